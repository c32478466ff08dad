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

#define OUT_SIZE 65536
#define OUT_HIGH_WATER 65536 /* bytes queued on a connection beyond which write says false */

struct access_wait;
struct conn;
struct eddy_module;
struct http;

struct out {
	struct conn *owner; /* NULL: empty */
	size_t len;
	char *buf;
};

/*
 * Bytes that the kernel has not taken: a copy, or the module's own with the function that releases
 * them.
 */
struct out_chunk {
	TAILQ_ENTRY(out_chunk) link;
	char *p;
	size_t len, size; /* used; room behind p (0: not ours to write to) */
	void (*release)(void *p, void *arg);
	void *owned, *arg;
	struct eddy_module *module; /* whose it is */
	char bytes[];
};

TAILQ_HEAD(out_chunk_list, out_chunk);

struct out_queue {
	struct event event; /* EV_WRITE */
	struct deadline deadline;
	struct conn *conn;
	struct out_chunk_list chunks;
	size_t bytes;
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
/*
 * The same without a copy: `release` is called through the loop when the bytes are not needed any
 * more.
 */
void out_write_owned(struct conn *conn, void *p, size_t n, void (*release)(void *p, void *arg),
		     void *arg);

/* Calls `release` of a module through the loop: an owned buffer that nobody needs any more. */
void out_release(struct http *http, struct eddy_module *module, void *p,
		 void (*release)(void *p, void *arg), void *arg);

/* Sends what is collected, whoever's it is. */
void out_flush(struct http *http);
/* Drops what is collected and queued for a connection that closes. */
void out_drop(struct conn *conn);

/* Bytes that the kernel has not taken yet. */
size_t out_unsent(const struct conn *conn);

#endif
