/*
 * The text of DNS servers; see dns_servers.h. Numbers only: a server's name would have to be looked
 * up.
 */
#include "net/dns_servers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DNS_PORT 53

/* Takes one server's text apart, which is n bytes long. 0 or -EINVAL. */
static int
server_parse(struct dns_server *server, const char *text, size_t n)
{
	char copy[64], *address = copy, *port = NULL, *end;
	unsigned long number = 0;

	if (n == 0 || n >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if (copy[0] == '[') {
		end = strchr(copy, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return -EINVAL;
		*end = '\0';
		port = end[1] == ':' ? end + 2 : NULL;
		address++;
	} else if (strchr(copy, ':') != NULL && strchr(copy, ':') == strrchr(copy, ':')) {
		port = strchr(copy, ':');
		*port++ = '\0';
	}
	for (end = port; end != NULL && *end >= '0' && *end <= '9' && number <= UINT16_MAX; end++)
		number = number * 10 + (unsigned long)(*end - '0');
	if (port != NULL && (*end != '\0' || number == 0 || number > UINT16_MAX))
		return -EINVAL;
	*server = (struct dns_server){.family = strchr(address, ':') != NULL ? AF_INET6 : AF_INET,
				      .port = number == DNS_PORT ? 0 : (uint16_t)number};
	if (copy[0] == '[' && server->family != AF_INET6)
		return -EINVAL;
	return inet_pton(server->family, address, server->address) == 1 ? 0 : -EINVAL;
}

int
dns_servers_parse(struct dns_servers *servers, const char *text)
{
	struct dns_servers found = {.n = 0};
	size_t n;

	for (;; text += n + 1) {
		n = strcspn(text, ",");
		if (found.n == DNS_SERVERS_MAX ||
		    server_parse(&found.list[found.n++], text, n) != 0)
			return -EINVAL;
		if (text[n] == '\0')
			break;
	}
	*servers = found;
	return 0;
}

size_t
dns_servers_format(const struct dns_servers *servers, char text[DNS_SERVERS_TEXT])
{
	char address[INET6_ADDRSTRLEN], *at = text;

	*at = '\0';
	for (size_t i = 0; i < servers->n; i++) {
		const struct dns_server *server = &servers->list[i];
		bool six = server->family == AF_INET6;

		inet_ntop(server->family, server->address, address, sizeof(address));
		at += sprintf(at, "%s%s%s%s", i > 0 ? "," : "", six ? "[" : "", address,
			      six ? "]" : "");
		if (server->port != 0)
			at += sprintf(at, ":%u", server->port);
	}
	return (size_t)(at - text);
}
