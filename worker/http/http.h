/*
 * The HTTP/1 side of a worker: what its connections share.
 *
 * One of these per worker. It owns the buffers that every connection uses in turn (the rules of the
 * hot path: an idle connection owns none), the time limits, and the list of connections. worker.c
 * makes it and hands it listeners.
 */
#ifndef EDDY_HTTP_HTTP_H
#define EDDY_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "conf/conf.h"
#include "contract.h"
#include "http/date.h"
#include "http/head.h"
#include "http/out.h"
#include "http/probe.h"
#include "http/server.h"
#include "loop/deadline.h"
#include "loop/handle.h"
#include "loop/loop.h"
#include "loop/pool.h"
#include "module/module.h"
#include "module/route.h"
#include "net/net.h"

#define HTTP_TYPE_MAX 64 /* of a Content-Type that is remembered; few are longer */

struct access;
struct conn;
struct exchange;

/* A route's time limits; the same ones as http's where it says nothing else. */
struct route_limits {
	struct deadlines *bodies, *writes;
};

TAILQ_HEAD(conn_list, conn);

struct http {
	struct loop *loop;
	struct net *net;
	struct calls *calls;
	struct slot *slot;
	const struct conf_http *conf;
	const struct router *router;
	struct probes probes; /* worker.c's */

	char *scratch; /* the net's: what recv brings; one connection's at a time */
	struct head_limits head_limits;
	struct head head;    /* of the request that is being read from it */
	struct head trailer; /* the same for a trailer section */
	struct out out;	     /* what is about to be sent */
	struct date date;
	char type[HTTP_TYPE_MAX]; /* the last Content-Type that was found fit to be sent */
	size_t type_len;
	struct access *access; /* NULL: there is no access log; worker.c's */

	struct deadlines idle;	  /* keepalive_timeout: between two requests */
	struct deadlines heads;	  /* header_timeout: from the first byte, or accept */
	struct deadlines bodies;  /* body_timeout: between two pieces of a body */
	struct deadlines writes;  /* write_timeout: between two pieces that the client takes */
	struct deadlines lingers; /* a connection that waits for the client to close */
	struct deadlines graces;  /* while draining: an idle connection's last chance */
	struct http_server_list servers; /* those with another keep-alive timeout */

	struct conn_list conns;
	size_t nconns;
	size_t most;		  /* nconns at most in this second */
	size_t crowd;		  /* and since memory was last given back */
	struct socket *upgrading; /* what the connection in conn_process becomes; NULL: it stays */
	struct conn_list dead;	  /* closed in this turn of the loop, freed at its end */
	struct pool conn_pool, exchange_pool;
	struct handles handles; /* the modules', for requests and responses */

	struct route_limits *routes; /* by the route's index; NULL: http's own hold for all */
	size_t nroutes;

	bool draining;
};

/* 0 or -errno. */
int http_init(struct http *http, struct net *net, const struct conf_http *conf,
	      const struct router *router);
void http_fini(struct http *http);

/* Closes whatever is open, before the modules go. */
void http_close(struct http *http);

/* Makes the time limits of the routes that have their own. 0 or -ENOMEM. */
int http_routes_init(struct http *http, const struct conf *conf);

/* The time limits of a body, and of what a client takes, for a route's index. */
struct deadlines *http_bodies(struct http *http, size_t route);
struct deadlines *http_writes(struct http *http, size_t route);

/*
 * Closes the connection that has been idle for longest, after a last look whether it still is: a
 * request that has just arrived is answered instead. False: none could be closed.
 */
bool http_make_room(struct http *http);
/* Whether there is one that could be. */
bool http_may_make_room(const struct http *http);

/*
 * Once a second: when a crowd of clients has left, its memory goes back to the kernel. True: it
 * has, what else it has used may go too.
 */
bool http_trim(struct http *http);

/* The end of a turn: frees what closed, sends what was collected. */
void http_flush(struct http *http);

/*
 * Starts leaving: idle connections get a short grace, what runs finishes with `Connection: close`.
 * The listeners are closed by then. http_abort ends what is left: a parked request is answered 503,
 * an answer under way is cut off by RST.
 */
void http_drain(struct http *http);
void http_abort(struct http *http);

/* Whether there are no connections, nor what is left of one. */
static inline bool
http_is_empty(const struct http *http)
{
	return http->nconns == 0 && TAILQ_EMPTY(&http->dead);
}

#endif
