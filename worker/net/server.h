/*
 * Servers that modules make, on listeners that the master shares out.
 *
 *	        eddy_server_listen         the master has bound it
 *	  IDLE --------------------> ASKED ------------------------> LISTENING
 *	   |                           | it could not                   | the worker drains
 *	   +---------------------------+----- eddy_server_close --------+--> CLOSED: `close` when the
 *	                                                                     last socket has gone
 *
 * One that was closed is told so only when the master has let go of its listener, too: its address is
 * then free, unless other workers have it.
 */
#ifndef EDDY_NET_SERVER_H
#define EDDY_NET_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "eddy.h"
#include "net/gate.h"
#include "net/net.h"

enum server_state { SERVER_IDLE, SERVER_ASKED, SERVER_LISTENING, SERVER_CLOSED };

struct server;

/* What a kind of server does in its own way; static, kept by pointer. */
struct server_kind {
	/* Takes a client's descriptor; the gate's `arg` is the server. */
	int (*entered)(struct gate *gate, int fd, const struct sockaddr *peer);
	/* The module has closed it; inside of that call. NULL: nothing is to be done. */
	void (*closed)(struct server *server);
	/* It is over, and about to be freed. NULL: it owns nothing more. */
	void (*fini)(struct server *server);
};

/* What every kind tells its module; members may be NULL. */
struct server_calls {
	void (*listening)(eddy_server *server, void *arg);
	void (*error)(eddy_server *server, int error, void *arg);
	void (*close)(eddy_server *server, void *arg);
};

/* Other kinds begin with it, and are freed by its address. */
struct server {
	struct gate gate;
	LIST_ENTRY(server) link; /* in net.servers_all */
	struct net *net;
	struct task task;
	const struct server_kind *kind;
	struct server_calls calls;
	const eddy_server_events *events; /* of the plain kind; NULL: none */
	void *arg;
	struct eddy_module *module;
	void *handle;
	char *address;	 /* asked for, then bound to */
	size_t nsockets; /* connections that are open, sockets or HTTP's */
	uint32_t id;	 /* the master's name for it */
	int error;	 /* to be told */
	uint8_t state;
	bool posted : 1;
	bool listening : 1; /* to be told */
	bool left : 1;	    /* one of its connections is over, whose own last words come first */
	bool loading : 1;   /* asked for by the module's `load` */
	bool held : 1;	    /* closed, and the master has not let go of its listener yet */
};

/*
 * For the module that is running: one in zeroed memory of malloc's, which is the server's from then
 * on. 0 or -ENOMEM.
 */
int server_init(struct server *server, struct net *net, const struct server_kind *kind, void *arg);
/* The plain kind, whose connections are sockets. NULL: no memory. */
struct server *server_new(struct net *net, const eddy_server_events *events, void *arg);
/* 0, EDDY_EINVAL, EDDY_EAGAIN, EDDY_ENOMEM. */
int server_listen(struct server *server, const char *address);
void server_close(struct server *server);

/*
 * The worker accepts no more, and its gates are closed: servers are, too, and those that have asked
 * hear that they cannot listen.
 */
void servers_stop(struct net *net);

/* Of what the worker waits for before it is ready, net->nasked, one thing less. */
void servers_settle(struct net *net);
/* The master's answer: an errno, or the address that it has bound and the listener's descriptor. */
void server_answered(struct net *net, uint32_t id, int error, eddy_str address, int fd);
/* The master has let go of a listener. */
void server_released(struct net *net, uint32_t id);

/* One of its connections is over, and what its module has still to hear of it is posted. */
void server_left(struct server *server);

/*
 * A client's descriptor becomes a socket of the module; `tell` calls it, and one whose events are
 * not set then is closed. 0, or net_turn_away's result.
 */
int server_enter(struct net *net, int fd, const struct sockaddr *address,
		 struct eddy_module *module, void (*tell)(struct socket *sock, void *arg),
		 void *arg);

/* Frees those that are over; and what modules have left behind. */
void servers_flush(struct net *net);
void servers_fini(struct net *net);

static inline eddy_server *
server_handle(const struct server *server)
{
	return server->handle;
}

#endif
