/*
 * One client's connection.
 *
 *	          head complete         handler reads          body complete
 *	  HEAD ------------------> BODY ------------> BODY ------------------> WAIT
 *	   ^   \__ no body _______________________________________________________^
 *	   |                         | response ends                             | response ends
 *	   |                         v                                           |
 *	   +---- DISCARD <-----------+                                           |
 *	   +---------------------------------------------------------------------+
 *	 closing, and all is sent:  CLOSED, or LINGER first where the client may still be sending
 *	 eddy_response_upgrade in WAIT:  UPGRADE, then CLOSED here; the descriptor is a socket's
 *
 * One request at a time: while one is under way, what the client sends behind it waits, a bounded
 * part of it in `held`, the rest in the kernel. Read events are edge-triggered, so that not wanting
 * to read costs no system call; `readable` remembers what has not been read yet.
 */
#ifndef EDDY_HTTP_CONN_H
#define EDDY_HTTP_CONN_H

#include <event2/event_struct.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "http/body.h"
#include "http/head.h"
#include "http/http.h"

enum conn_state {
	CONN_HEAD,
	CONN_BODY,
	CONN_TRAILER, /* behind the last chunk of a BODY or DISCARD */
	CONN_WAIT,
	CONN_DISCARD,
	CONN_LINGER,
	CONN_UPGRADE, /* about to become a raw socket */
	CONN_CLOSED,
};

struct conn {
	struct event event; /* EV_READ | EV_CLOSED */
	struct http *http;
	struct http_server *server; /* whose connection it is; NULL: a listen of the conf's */
	TAILQ_ENTRY(conn) link;
	struct task task; /* conn_resume, posted to `later` */
	struct deadline deadline;
	struct exchange *exchange; /* the request under way, or NULL */
	struct head *held;	   /* bytes read and not used, with the parser's place */
	struct out_queue *queue;   /* bytes that the kernel has not taken, or NULL */
	struct body body;	   /* of the request under way */
	uint64_t body_bytes;	   /* of it so far; while discarding: how many more may be */
	uint32_t held_len;
	uint32_t requests;
	uint16_t burst; /* how many requests may still begin in this turn */
	struct peer peer;
	uint8_t state;
	bool registered : 1; /* the event is in the loop */
	bool readable : 1;   /* there may be something to read that no event will tell again */
	bool fin : 1;	     /* the kernel has seen the client's FIN or RST */
	bool eof : 1;	     /* we have read it */
	bool partial : 1;    /* http->head holds the parser's place for the bytes at hand */
	bool busy : 1;	     /* conn_process is on the stack */
	bool posted : 1;     /* the task is in the queue */
	bool closing : 1;    /* when all is sent */
	bool lingering : 1;  /* … with an eye on what the client is still sending */
	bool counted_idle : 1;
	bool dismissed : 1; /* it goes if it is still idle after the next look */
};

/* conn.c -------------------------------------------------------------------------- */

/*
 * Takes an accepted socket (nonblocking), of a module's server or else (NULL) of the conf's, and
 * reads at once. The fd is the connection's, also when it is refused: then it is reset, and the
 * result is -EUSERS (connections_per_address) or -ENOMEM.
 */
int conn_open(struct http *http, struct http_server *server, int fd,
	      const struct sockaddr *address);

/* Closes now; `reset` by RST. Safe at any time: the struct lives to the end of the loop's turn. */
void conn_close(struct conn *conn, bool reset);

/* Forgets the connection's descriptor, whose owner is the caller from now on. */
int conn_give_up(struct conn *conn);

/* upgrade.c: makes it the socket's, with the n bytes that have been read behind the request. */
void conn_hand_over(struct conn *conn, struct socket *sock, const char *p, size_t n);

/* Whether it has had a request, and waits for the next one. */
bool conn_is_idle(const struct conn *conn);
/* Closes an idle one, after a last look for a request. Safe in a module's call. */
void conn_dismiss(struct conn *conn);
/* Whether no request is to come behind the one under way: the worker or its server leaves. */
bool conn_is_last(const struct conn *conn);

/* Lets the connection go on at the end of the turn: something has changed that it waited for. */
void conn_later(struct conn *conn);

/* It has had its share of this turn: it goes on in the next one. */
void conn_again(struct conn *conn);

/* Keeps n bytes for later, with the parser's place if they are an unfinished head. */
void conn_hold(struct conn *conn, const struct head *head, const char *p, size_t n);
void conn_hold_raw(struct conn *conn, const char *p, size_t n);

/* out.c tells: the queue is empty again. */
void conn_sent(struct conn *conn);

/* http.c: while draining. */
void conn_drain(struct conn *conn);
void conn_abort(struct conn *conn);

/* The time limits' callbacks. */
void conn_idle_passed(struct deadline *deadline);
void conn_head_passed(struct deadline *deadline);
void conn_body_passed(struct deadline *deadline);
void conn_linger_passed(struct deadline *deadline);
void conn_write_passed(struct deadline *deadline);

/* serve.c ------------------------------------------------------------------------- */

/* Works through n bytes, as far as the connection's state lets it; calls modules. */
void conn_process(struct conn *conn, const char *p, size_t n);

/* Whether the next request may begin: the answer before it has gone out whole. */
bool conn_may_begin(const struct conn *conn);
/* Whether the module reads the body of the request under way. */
bool conn_reading(const struct conn *conn);
/* Whether so much of the request's body has not been read that the connection cannot go on. */
bool conn_body_is_left(const struct conn *conn, bool expects_continue);

/*
 * What came, the n bytes at p, is no request: answers `status` and closes so that the client can
 * read it.
 */
void conn_refuse(struct conn *conn, int status, const char *p, size_t n);
/* The body is broken, stalled or too large (EDDY_E…): the module hears of it, and may answer. */
void conn_body_failed(struct conn *conn, int error);

/* The response under way is complete: all of it has been handed to out. */
void conn_response_ended(struct conn *conn);

/* The answer that is out was the last: closes, when it has been sent. */
void conn_leave(struct conn *conn);

/* Where the parser's place for the bytes at hand is: in a head, or in a trailer section. */
static inline struct head *
conn_parser(const struct conn *conn)
{
	return conn->state == CONN_TRAILER ? &conn->http->trailer : &conn->http->head;
}

/* The time that a head has. */
static inline struct deadlines *
conn_heads(const struct conn *conn)
{
	return conn->server != NULL ? conn->server->heads : &conn->http->heads;
}

static inline int
conn_fd(const struct conn *conn)
{
	return conn->event.ev_fd;
}

#endif
