/*
 * What leaves on a connection.
 *
 * All answers of one turn of the loop are collected in one buffer of the worker, which belongs to
 * one connection at a time (`owner`), and leave in one send(2) at the end of the turn or when
 * another connection wants the buffer. What the kernel does not take is queued on the connection;
 * only then is there a write event.
 */
#ifndef EDDY_HTTP_OUT_H
#define EDDY_HTTP_OUT_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "loop/deadline.h"
#include "net/queue.h"

#define OUT_SIZE 65536

struct access_wait;
struct conn;
struct http;

struct out {
	struct conn *owner; /* NULL: empty */
	size_t len;
	char *buf;
};

/* What the kernel has not taken, and what waits for it to have room. */
struct out_queue {
	struct event event; /* EV_WRITE */
	struct deadline deadline;
	struct conn *conn;
	struct queue unsent;
	struct access_wait *wait; /* the answer's line in the access log; NULL: none */
};

/*
 * Room for n bytes (at most OUT_SIZE) at the end of what leaves; out_commit says how many of them
 * were used. NULL: no memory, or the connection has just been lost.
 */
char *out_reserve(struct conn *conn, size_t n);
void out_commit(struct conn *conn, size_t n);

/*
 * Appends n bytes: copied, or sent at once if they are many. Losing the connection shows in its
 * state.
 */
void out_write(struct conn *conn, const void *p, size_t n);
/* The same without a copy: the buffer goes back through the loop when it is not needed any more. */
void out_write_lent(struct conn *conn, char *p, size_t n, const struct lent *lent);

/* Sends what is collected, whoever's it is. */
void out_flush(struct http *http);
/* Drops what is collected and queued for a connection that closes. */
void out_drop(struct conn *conn);
/* Moves it to another queue: the connection's descriptor changes hands. */
void out_hand_over(struct conn *conn, struct queue *to);

/* Bytes that the kernel has not taken yet. */
size_t out_unsent(const struct conn *conn);

#endif
