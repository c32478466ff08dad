/*
 * A connection to another server: reads answers.
 *
 *	        begins                 head             body whole, and can be used again
 *	  IDLE ------------> HEAD --------------> BODY ----------------------------------> IDLE
 *	                     ^  |                  |  last chunk
 *	                     +--+ 1xx              +-------> TRAILER ---> IDLE
 *	  from any of them: CLOSED; by 101 or CONNECT the socket leaves and is the module's
 *
 * How an answer ends is RFC 9112 6.3's: none behind HEAD, 1xx, 204 and 304; chunks; Content-Length;
 * else with the connection. The struct lives until the socket's `close`, and belongs to no module.
 */
#ifndef EDDY_HTTP_CLIENT_CONN_H
#define EDDY_HTTP_CLIENT_CONN_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "eddy.h"
#include "http/body.h"
#include "http/head.h"
#include "http/held.h"
#include "loop/deadline.h"
#include "loop/loop.h"

struct agent_host;
struct client;
struct client_request;

enum client_conn_state {
	CLIENT_CONN_IDLE,
	CLIENT_CONN_HEAD,
	CLIENT_CONN_BODY,
	CLIENT_CONN_TRAILER,
	CLIENT_CONN_CLOSED,
};

struct client_conn {
	TAILQ_ENTRY(client_conn) link; /* of the host's idle ones */
	struct client *client;
	struct agent_host *host; /* NULL: closed */
	eddy_socket *sock;	 /* NULL: gone */
	struct client_request *request;
	struct deadline deadline; /* while it is idle: the agent's patience, and the server's */
	struct event limit;
	unsigned keep_ms; /* the server's; 0: it does not say */
	struct task task; /* an answer goes on after a pause */
	struct body body;
	struct held held; /* bytes read and not used: of an unfinished head, or behind a pause */
	uint8_t state;
	uint8_t interim; /* 1xx answers to this request */
	bool connected : 1;
	bool reused : 1;      /* it has answered a request before */
	bool heard : 1;	      /* some of the answer has come */
	bool until_close : 1; /* the answer ends with the connection */
	bool keep : 1;	      /* this answer leaves it fit for use */
	bool busy : 1;	      /* client_conn_input is on the stack */
	bool posted : 1;      /* the task is in the queue */
	struct head head;     /* that is being read */
};

/* Connects to the host. NULL: no memory. */
struct client_conn *client_conn_new(struct client *client, struct agent_host *host);

/* Whether the kernel has all that was written; if not, client_drained will be called when it has. */
bool client_conn_is_sent(struct client_conn *conn);

/* It is the request's from now on. */
void client_conn_begin(struct client_conn *conn, struct client_request *req);

/* Whether an idle one is still there and silent. */
bool client_conn_is_alive(const struct client_conn *conn);

/* Closes it now; whose it was must have been told. */
void client_conn_close(struct client_conn *conn);

/* The module has paused, or goes on. */
void client_conn_pause(struct client_conn *conn);
void client_conn_resume(struct client_conn *conn);

/*
 * The module has done what it was waited for, or does it next: if the timeout stood still, it begins
 * anew. Called before that changes the request.
 */
void client_conn_wait(struct client_conn *conn);

void client_conn_idle_passed(struct deadline *deadline);

#endif
