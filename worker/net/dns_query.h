/*
 * One query, as dns.c, hosts.c and dns_answer.c share it. Not for others.
 */
#ifndef EDDY_NET_DNS_QUERY_H
#define EDDY_NET_DNS_QUERY_H

#include "net/dns.h"
#include "net/names.h"
#include "net/records.h"

struct ares_addrinfo;
struct hostent;

enum dns_kind { DNS_LOOKUP, DNS_RESOLVE, DNS_REVERSE };

struct dns_query {
	TAILQ_ENTRY(dns_query) in; /* `queue` */
	LIST_ENTRY(dns_query) link;
	struct task task;
	struct dns *dns;
	struct dns_channel *channel; /* NULL: none needed */
	struct dns_queue *queue;     /* that it stands in; NULL: none */
	enum dns_kind kind;
	int family;		      /* of a lookup: AF_… */
	int type;		      /* of the records; a reverse's is PTR */
	struct net_address address;   /* a reverse's */
	bool ask_hosts;		      /* not done yet */
	bool answered;		      /* what follows is set */
	bool busy;		      /* the thread, or c-ares, has it */
	bool cancelled, posted, over; /* over: `done` has been called */
	struct dns_answer answer;
	void *block; /* where its addresses or names are */
	struct records records;
	dns_done *done;
	void *arg;
	char name[];
};

/* dns_answer.c: fills the answer in; on any thread that has the query. */
void answer_error(struct dns_query *query, int err);
void answer_addrinfo(struct dns_query *query, const struct ares_addrinfo *found);
void answer_host(struct dns_query *query, const struct hostent *host);
void answer_packet(struct dns_query *query, const unsigned char *packet, size_t n);
/* Of so many addresses. */
void answer_addresses(struct dns_query *query, const struct net_address *addresses, size_t n);
void answer_fini(struct dns_query *query);

/* hosts.c: on a thread. Answers it if the hosts file has it. */
void hosts_ask(struct ares_channeldata *hosts, struct dns_query *query);

#endif
