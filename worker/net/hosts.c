/*
 * The hosts file, which c-ares opens and reads for every question: on a thread. A channel that knows
 * nothing but files calls back before it returns.
 */
#include <ares.h>
#include <netdb.h>
#include <sys/socket.h>

#include "net/dns_query.h"

static void
hosts_looked_up(void *arg, int status, int timeouts, struct ares_addrinfo *found)
{
	(void)timeouts;
	if (status == ARES_SUCCESS) {
		answer_addrinfo(arg, found);
		ares_freeaddrinfo(found);
	}
}

static void
hosts_reversed(void *arg, int status, int timeouts, struct hostent *host)
{
	(void)timeouts;
	if (status == ARES_SUCCESS)
		answer_host(arg, host);
}

void
hosts_ask(struct ares_channeldata *hosts, struct dns_query *query)
{
	struct ares_addrinfo_hints hints = {.ai_family = query->family};
	const struct net_address *address = &query->address;

	if (query->kind == DNS_LOOKUP)
		ares_getaddrinfo(hosts, query->name, NULL, &hints, hosts_looked_up, query);
	else
		ares_gethostbyaddr(hosts, address->bytes, address->family == AF_INET ? 4 : 16,
				   address->family, hosts_reversed, query);
}
