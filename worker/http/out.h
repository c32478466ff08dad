/*
 * What leaves on a connection.
 *
 * All answers of one turn of the loop are collected in one buffer of the worker, which belongs to
 * one connection at a time (`owner`), and leave in one send(2) at the end of the turn or when
 * another connection wants the buffer. What the kernel does not take is queued on the connection;
 * only then is there a write event.
 *
 * A queue has bytes and pieces of files, in the order in which they were written: bytes, then each
 * piece with the bytes behind it. While it is a piece's turn the threads send (loop/transfer.h), and
 * the loop does not:
 *
 *	            ready, and all before it is sent          the socket is full
 *	  in line ----------------------------------> busy <---------------------> waiting
 *	     |                                         | all of it, or an error       |
 *	     +------------ connection lost ------------+------------------------------+--> done
 *
 * A connection that is lost while its piece is busy leaves its descriptor to the piece, which closes
 * it when the thread is back: until then the number is nobody else's.
 */
#ifndef EDDY_HTTP_OUT_H
#define EDDY_HTTP_OUT_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "loop/deadline.h"
#include "loop/transfer.h"
#include "net/queue.h"

#define OUT_SIZE 65536

struct access_wait;
struct conn;
struct file;
struct http;

struct out {
	struct conn *owner; /* NULL: empty */
	size_t len;
	char *buf;
};

/* A piece of a file. Zero-initialise; set `done` and `back`. */
struct out_file {
	struct transfer transfer; /* first */
	struct threads *threads;
	TAILQ_ENTRY(out_file) link;
	struct conn *conn;   /* NULL: in no line */
	struct queue behind; /* bytes that follow it */
	uint64_t left;	     /* of it; the transfer's is the thread's while it is busy */
	int error;	     /* 0 or -errno: why the connection is being closed */
	bool chunked;	     /* it is a chunk */
	bool ready;	     /* what it is made of is known */
	bool begun;
	bool busy;     /* on a thread */
	bool writable; /* while it is, the socket has got room */
	bool closes;   /* the descriptor, when it is back … */
	bool reset;    /* … by RST */
	/* It is out of the line: 0, -ECANCELED (the connection is lost), or another -errno. */
	void (*done)(struct out_file *file, int error);
	/* The thread is back from one that was done before. */
	void (*back)(struct out_file *file);
};

TAILQ_HEAD(out_file_list, out_file);

/* What the kernel has not taken, and what waits for it to have room. */
struct out_queue {
	struct event event; /* EV_WRITE */
	struct deadline deadline;
	struct conn *conn;
	struct queue unsent; /* bytes before the first file */
	struct out_file_list files;
	size_t behind;		  /* bytes that follow files */
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
/*
 * Sends what the kernel takes now of what has been written to a connection that is about to be
 * closed. Losing it shows in its state.
 */
void out_offer(struct conn *conn);
/*
 * Drops what is collected and queued for a connection that closes. True: a thread has its descriptor
 * still; nothing more is sent, and it is closed when that is back.
 */
bool out_drop(struct conn *conn, bool reset);
/* Moves it to another queue: the connection's descriptor changes hands. */
void out_hand_over(struct conn *conn, struct queue *to);

/* Bytes that the kernel has not taken yet; how many of them are in memory. */
uint64_t out_unsent(const struct conn *conn);
size_t out_held(const struct conn *conn);

/* Sends of the queue what can be sent now, and tells the connection when that is all. */
void out_go(struct conn *conn);

/* out_file.c ---------------------------------------------------------------------- */

/*
 * Puts it behind what has been written, which need not leave before it (`more`). Losing the
 * connection shows in its state.
 */
void out_file_add(struct conn *conn, struct out_file *file, bool more);
/* It is n bytes of an open file from `offset` on. */
void out_file_ready(struct out_file *file, const struct file *from, uint64_t offset, uint64_t n);

/*
 * For out.c: it is the turn of the queue's first file. True: there are bytes to be sent, before it or
 * behind it.
 */
bool out_file_turn(struct conn *conn);
/* Takes all out of the line. True: the first is busy, and has the descriptor now. */
bool out_files_drop(struct conn *conn, bool reset);

/* out.c, for out_file.c: ---------------------------------------------------------- */

/* The connection's queue, made if need be. NULL: no memory; the connection has been closed. */
struct out_queue *out_queue_open(struct conn *conn);
/* Waits for the socket to have room. */
void out_queue_wait(struct conn *conn);
/* n bytes have been taken by the kernel. */
void out_moved(struct conn *conn, size_t n);
/* What is collected for this connection leaves now, as a part of what follows it (`more`). */
void out_flush_before(struct conn *conn, bool more);

#endif
