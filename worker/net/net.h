/*
 * The net side of a worker: what its connections, sockets and servers share.
 *
 * One of these per worker. It counts the connections that clients have made, HTTP's and raw ones
 * alike, against the worker's limits; it owns the buffer that each of them reads into in turn, and
 * the sockets that modules have.
 */
#ifndef EDDY_NET_NET_H
#define EDDY_NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "loop/calls.h"
#include "loop/handle.h"
#include "loop/loop.h"
#include "loop/pool.h"
#include "net/addresses.h"
#include "net/peer.h"

/*
 * What one recv(2) may bring. Room for the largest request head that can wait unfinished in front
 * of as much again, and large enough that a fast upload costs few system calls.
 */
#define NET_SCRATCH_SIZE (2 * 65536)

struct dns;
struct gate;
struct server;
struct socket;

LIST_HEAD(gate_list, gate);
LIST_HEAD(server_list, server);
TAILQ_HEAD(socket_list, socket);

/* Why a client is not let in; the log is told about each now and then. */
enum net_trouble { TROUBLE_FULL, TROUBLE_RESOURCES, TROUBLE_ADDRESS, TROUBLES };

/* What the worker does for it; static, kept by pointer. */
struct net_events {
	/* Closes a connection that can be spared. False: there is none. */
	bool (*make_room)(void *arg);
	/* Whether there is one, or room without. */
	bool (*may_have_room)(void *arg);
	/* For the log; `peer` with TROUBLE_ADDRESS, `error` with TROUBLE_RESOURCES. */
	void (*trouble)(void *arg, enum net_trouble trouble, int error,
			const struct sockaddr *peer);
	/* Asks the master for a listener; tells it that one is not needed any more. 0 or -errno. */
	int (*listen)(void *arg, uint32_t id, const char *address);
	int (*unlisten)(void *arg, uint32_t id);
	/* The answer to the last of them has come, while the worker was starting. */
	void (*settled)(void *arg);
	/* It cannot listen, `load` has asked for it, and the module does not want to hear of it. */
	void (*refused)(void *arg, struct eddy_module *module, const char *why);
};

struct net {
	struct loop *loop;
	struct calls *calls;
	struct slot *slot;
	const struct scoreboard *board; /* NULL: there are no other workers */
	struct dns *dns;		/* the worker's; set before anything connects to a name */
	const struct net_events *events;
	void *arg;

	char *scratch; /* what recv brings; one connection's at a time */

	size_t nclients;	    /* connections that clients have made */
	size_t max_clients;	    /* where accepting pauses */
	struct addresses addresses; /* of them */
	bool full;		    /* a client waits for room */
	size_t share;		    /* connections that are no more than this worker's share */
	struct gate_list gates;
	struct gate *took;	/* that has let somebody in in this turn; NULL: none */
	size_t nclients_before; /* that */

	struct handles sockets, servers; /* the modules' */
	struct pool socket_pool;
	struct socket_list open; /* all sockets */
	struct socket_list dead; /* closed in this turn of the loop, freed at its end */
	struct server_list servers_all;
	struct server_list servers_dead; /* the same: over in this turn */
	uint32_t last_server;		 /* the last id that one has been given */
	size_t nasked;			 /* what is not settled: servers that the master has not
					    answered yet, and what modules hold */
	bool starting;			 /* READY has not been said */
	bool accepting;			 /* this worker's generation is the one that does */
	bool stopped;			 /* it has been */
	bool closed;			 /* no socket is made any more */
};

/* 0 or -errno. */
int net_init(struct net *net, struct loop *loop, struct calls *calls,
	     const struct net_events *events, void *arg, unsigned connections_per_address);
void net_fini(struct net *net);

/* One client more: 0, -EUSERS (connections_per_address), or -ENOMEM. One less. */
int net_client_add(struct net *net, const struct peer *peer);
void net_client_remove(struct net *net, const struct peer *peer);

/*
 * Closes a client's descriptor that is not to become a connection: a reset costs least, here and in
 * the kernel, and whom it is meant for has many connections more. Returns `error`.
 */
int net_turn_away(struct net *net, int fd, int error);

/* Starts accepting at all gates, and at those that come; stops for good. */
void net_accept(struct net *net);
void net_stop_accepting(struct net *net);

/*
 * Every SLOT_TICK_MS: what may have been missed, or has changed elsewhere; and another worker has its
 * turn to be the first in the row.
 */
void net_tick(struct net *net);

/* The end of a turn: frees what closed, wakes gates when there is room again. */
void net_flush(struct net *net);

/* Closes whatever is open, before the modules go; they get no other. */
void net_close(struct net *net);

/* Closes it; `reset` by RST. */
void net_fd_close(int fd, bool reset);
/* Ends its connection in the same way, now, where a thread uses it still and it is closed later. */
void net_fd_cut(int fd, bool reset);

#endif
