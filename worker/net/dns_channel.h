/*
 * A channel of c-ares's on the worker's loop: its sockets are libevent's to watch, its timeouts the
 * loop's.
 *
 * What /etc/resolv.conf says is read once, before the worker serves (resolver_init). A channel is
 * opened from that on a thread, since c-ares reads /dev/urandom for it; all the rest is the loop's,
 * and opens nothing. A channel keeps its servers and times: others mean another channel, and the
 * old one goes with its last query.
 */
#ifndef EDDY_NET_DNS_CHANNEL_H
#define EDDY_NET_DNS_CHANNEL_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <sys/queue.h>

#include "loop/loop.h"
#include "net/dns_servers.h"

struct ares_channeldata;
struct ares_options;

/* How the machine asks: resolv.conf and the environment, as c-ares reads them. */
struct resolver {
	struct ares_options *options;
	int mask;
};

/* 0 or -ENOMEM. `servers` gets those of resolv.conf, or this host if there are none. */
int resolver_init(struct resolver *resolver, struct dns_servers *servers);
void resolver_fini(struct resolver *resolver);

/* A channel for the hosts file alone, which it reads at every question; on a thread. Or NULL. */
struct ares_channeldata *resolver_open_hosts(const struct resolver *resolver);

/* What a module may change. 0: as resolv.conf has it. */
struct dns_settings {
	struct dns_servers servers;
	unsigned timeout_ms, tries;
};

struct dns_socket;

struct dns_channel {
	LIST_ENTRY(dns_channel) link; /* dns.c's */
	unsigned refs;		      /* the same */
	struct loop *loop;
	const struct resolver *resolver;
	struct dns_settings settings;
	struct ares_channeldata *ares; /* NULL: not open; a thread's until `ready` */
	bool ready;
	LIST_HEAD(, dns_socket) sockets;
	struct event timer;
	void (*worked)(void *arg); /* in each turn in which c-ares has done something */
	void *arg;
};

/* Not open yet. NULL: no memory. */
struct dns_channel *dns_channel_new(struct loop *loop, const struct resolver *resolver,
				    const struct dns_settings *settings, void (*worked)(void *arg),
				    void *arg);
/* All of its queries end. Not from inside a call of c-ares's. */
void dns_channel_free(struct dns_channel *channel);

/* On a thread: no other may use it meanwhile. Leaves `ares` NULL if there is no memory. */
void dns_channel_open(struct dns_channel *channel);
/* To be called when a query has been given to c-ares. */
void dns_channel_watch(struct dns_channel *channel);

#endif
