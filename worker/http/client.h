/*
 * Requests to other servers: what a module's eddy_client_request stands for.
 *
 *	       first write, end, flush           a connection is there
 *	  MADE ------------------------> WAITING ---------------------> RUNNING
 *	   |                                |  ^                          |   |
 *	   |                                |  +------- sent again -------+   | answer whole, handed over,
 *	   +----- failed, destroyed --------+------------ (once) -------------+ failed, destroyed
 *	                                    |
 *	                                    +----> OVER: `error` if it failed, `close`, then it is freed
 *
 * The agent (agent.h) finds it a connection, which reads the answer (client_conn.h); what is sent is
 * client_send.c's, and the functions of eddy.h are client_api.c's. The module's two handles are one
 * handle of loop/handle.h. A module's call never calls back: what it is owed is noted in `pending`
 * and told by a tick; `response`, `data` and `end` are told while the connection reads. A request
 * that has begun keeps a worker that drains, until it is over.
 */
#ifndef EDDY_HTTP_CLIENT_H
#define EDDY_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "eddy.h"
#include "http/agent.h"
#include "http/fields.h"
#include "http/head.h"
#include "http/joined.h"
#include "loop/calls.h"
#include "loop/deadline.h"
#include "loop/handle.h"
#include "loop/loop.h"

struct client_conn;

TAILQ_HEAD(client_request_list, client_request);

/* The client side of a worker: one per worker. */
struct client {
	struct loop *loop; /* NULL: it has not been made */
	struct calls *calls;
	struct client_request_list requests;
	struct agent_list agents;
	struct agent *own;	    /* of requests that name none */
	struct handles handles;	    /* the modules', for requests and responses */
	struct handles of_agents;   /* and for agents */
	struct deadlines continues; /* how long a body waits for 100 */
	bool draining;
	bool closed; /* nothing is asked any more */
};

enum client_state { CLIENT_MADE, CLIENT_WAITING, CLIENT_RUNNING, CLIENT_OVER };

/* How the request's body is framed. */
enum client_framing {
	CLIENT_UNDECIDED, /* the head has not been made */
	CLIENT_NO_BODY,
	CLIENT_LENGTH,
	CLIENT_CHUNKED,
};

/* Events that are owed, in the order of their delivery. */
enum client_event {
	CLIENT_CONNECT = 1,
	CLIENT_DRAIN = 2,
	CLIENT_FINISH = 4,
	CLIENT_TIMEOUT = 8,
	CLIENT_ERROR = 16,
	CLIENT_CLOSE = 32,
};

struct client_request {
	TAILQ_ENTRY(client_request) link;    /* of the client's */
	TAILQ_ENTRY(client_request) waiting; /* of those that wait for a connection to a host */
	struct client *client;
	struct eddy_module *module;
	const eddy_client_events *events;
	void *arg;
	void *handle;
	struct task task;
	struct agent *agent;	  /* NULL: over */
	struct agent_host *host;  /* while it waits in line; or NULL */
	struct client_conn *conn; /* while it runs; or NULL */

	/* what is asked */
	char *address;	      /* where to connect to */
	char *line;	      /* "GET /path HTTP/1.1\r\nHost: …\r\n" */
	struct fields fields; /* what the module gave */
	struct fields trailer_fields;
	char *head; /* all of it, when it has been made */
	size_t head_len;
	char *unsent; /* framed bytes of the body that no connection has been given yet */
	size_t unsent_len, unsent_size;
	uint64_t length;	/* Content-Length, with CLIENT_LENGTH or has_length */
	uint64_t written;	/* of the body */
	struct deadline expect; /* 100 Continue */
	eddy_timer *timer;	/* `timeout`, while there is no connection */
	unsigned timeout_ms;

	/* what is answered */
	struct head *answer; /* the final one, or during `information` that; or NULL */
	struct head *trailers;
	struct joined *joined;

	int error;
	uint8_t state, framing, pending;
	bool posted : 1;
	bool has_length : 1; /* given by the module, as the next ones */
	bool has_chunked : 1;
	bool has_host : 1;
	bool has_connection : 1;
	bool close : 1;	  /* Connection: close */
	bool expects : 1; /* Expect: 100-continue; false again when the body may leave */
	bool is_head : 1;
	bool is_connect : 1;
	bool has_body : 1; /* its method gives a body a meaning: its absence is said */
	bool idempotent : 1;
	bool full : 1;	    /* a write has said false: `drain` is owed */
	bool ended : 1;	    /* by the module */
	bool body_sent : 1; /* a connection has been given some of the body */
	bool finished : 1;  /* all of it has been taken by the kernel */
	bool reused : 1;    /* its connection has answered another before */
	bool again : 1;	    /* it has been sent again */
	bool paused : 1;    /* the answer, by the module */
};

/* The module's handles. */
static inline eddy_client_request *
client_request_handle(const struct client_request *req)
{
	return req->handle;
}

static inline eddy_client_response *
client_response_handle(const struct client_request *req)
{
	return req->handle;
}

/* client.c ------------------------------------------------------------------------ */

/* 0 or -ENOMEM. */
int client_init(struct client *client, struct loop *loop, struct calls *calls);
void client_fini(struct client *client);

/* While draining: idle connections go, and none is kept. */
void client_drain(struct client *client);
/* Ends all requests, before the modules go. */
void client_close(struct client *client);

/* NULL: no memory, or the worker ends. The module that is running is charged. */
struct client_request *client_request_new(struct client *client, const eddy_client_events *events,
					  void *arg);

/* Notes events for delivery when the running callback has returned. */
void client_post(struct client_request *req, unsigned events);
/* Its last: `error` with EDDY_E… (0: none), and `close`. The connection, if it has one, is closed. */
void client_over(struct client_request *req, int error);
/* Its connection has failed and is not its own any more: it is sent again, or over. */
void client_failed(struct client_request *req, int error, bool again);
/* The first step out of CLIENT_MADE, or the second attempt: asks for a connection. */
void client_begin(struct client_request *req);
/* Counts its `timeout` while there is no connection that could, and it is not paused. */
void client_timer_start(struct client_request *req);
void client_timer_stop(struct client_request *req);

/* Around a call into the module. The second runs the ticks: the request may be gone after it. */
void client_call_begin(struct client *client, const struct client_request *req);
void client_call_end(struct client *client);

/* client_send.c ------------------------------------------------------------------- */

/* What the options say of the request. 0, or an error with what is wrong in *why. */
int client_describe(struct client_request *req, const eddy_http_options *options, const char **why);

/* The module's calls, in the terms of eddy.h; `what` is the function's name. */
bool client_write(struct client_request *req, const void *p, size_t n, const char *what);
bool client_write_owned(struct client_request *req, void *p, size_t n,
			void (*release)(void *p, void *arg), void *arg, const char *what);
void client_end(struct client_request *req, const void *p, size_t n, const char *what);
void client_flush(struct client_request *req);
int client_add_trailer(struct client_request *req, const char *name, const char *value,
		       const char *what);

/* A connection is its own now: head, and as much of the body as may leave. */
void client_send(struct client_request *req);
/* 100 has come, or time has passed: the body may leave. */
void client_continue(struct client_request *req);
void client_continue_passed(struct deadline *deadline);
/* The connection has sent all that it was given. */
void client_drained(struct client_request *req);
/* Its connection is there. */
void client_connected(struct client_request *req);

#endif
