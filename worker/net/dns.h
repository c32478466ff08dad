/*
 * Asking for names: the hosts file on a thread, then the servers from the loop.
 *
 *	         +--> known: an address, localhost, no name --------+
 *	         |                                                  v
 *	asked ---+--> WAITING --> a thread: hosts file --(found)--> answered --> done
 *	         |                   |                              ^
 *	         +--> WIRE <---------+ not in there                 |
 *	               |                                            |
 *	               +--> c-ares: the servers --------------------+
 *
 * Nothing is opened before the first question; what is asked meanwhile waits for it. Queries go to
 * the servers in small batches, so that a thousand at once do not overrun a socket's buffer.
 * Each ends with one call of `done`, in the next turn of the loop: a `done` that asks again, for
 * what needs no server, leaves sockets and timers their turn. Until then it keeps a worker that
 * drains (loop_ref).
 */
#ifndef EDDY_NET_DNS_H
#define EDDY_NET_DNS_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "eddy.h"
#include "loop/handle.h"
#include "loop/loop.h"
#include "loop/threads.h"
#include "net/dns_channel.h"

struct dns_query;
TAILQ_HEAD(dns_queue, dns_query);

/* What `done` gets; it lives until done returns. One of the three, as it was asked. */
struct dns_answer {
	int err; /* 0, EDDY_ENOMEM, EDDY_EINVAL or EDDY_DNS_…; then n is 0 */
	size_t n;
	const eddy_dns_address *addresses;
	const eddy_dns_record *const *records;
	const char *const *names;
};
typedef void dns_done(void *arg, const struct dns_answer *answer);

/* Who is asked: the worker's servers and times, or a resolver's own. */
struct dns_source {
	LIST_ENTRY(dns_source) link; /* of resolvers */
	struct dns *dns;
	struct dns_settings settings;
	struct dns_channel *channel; /* for what is asked from now on; NULL: none yet */
	void *handle;		     /* module/dns.c's, of a resolver */
};

struct dns {
	struct loop *loop;
	struct threads *threads;
	struct resolver resolver;
	struct dns_source own; /* the worker's */
	LIST_HEAD(, dns_source) sources;
	LIST_HEAD(, dns_channel) channels;
	struct ares_channeldata *hosts; /* the job's */
	struct job job;
	bool working; /* the job is under way with `batch` */
	bool closed;
	struct dns_queue waiting, batch, wire;
	LIST_HEAD(, dns_query) queries; /* whose `done` has not been called */
	unsigned room;			/* queries that may go out before some have been answered */
	struct event pace;
	struct task_queue over; /* queries to be told of in the next turn, by `turn` */
	struct task turn;
	struct handles handles; /* module/dns.c's, and the text of eddy_dns_get_servers */
	struct handles of_resolvers;
	char servers[DNS_SERVERS_TEXT];
};

/* Reads resolv.conf: before the worker serves. 0 or -ENOMEM. */
int dns_init(struct dns *dns, struct loop *loop, struct threads *threads);
/* Ends all queries, in the tasks of this turn, and takes no more. */
void dns_close(struct dns *dns);
/* When no thread runs any more. */
void dns_fini(struct dns *dns);

/*
 * As the functions of eddy.h of these names. NULL: no memory, or closed. The query is over when
 * `done` is called.
 */
struct dns_query *dns_lookup(struct dns *dns, const char *host, int family, dns_done *done,
			     void *arg);
struct dns_query *dns_resolve(struct dns_source *source, const char *name, const char *type,
			      dns_done *done, void *arg);
struct dns_query *dns_reverse(struct dns_source *source, const char *address, dns_done *done,
			      void *arg);
/* `done` will say EDDY_DNS_ECANCELLED, soon. */
void dns_cancel(struct dns_query *query);

/* For what is asked from now on. */
void dns_set(struct dns_source *source, const struct dns_settings *settings);

/* A resolver, with settings of its own. NULL: no memory. Queries under way outlive it. */
struct dns_source *dns_source_new(struct dns *dns, const struct dns_settings *settings);
void dns_source_free(struct dns_source *source);

#endif
