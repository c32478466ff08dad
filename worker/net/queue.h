/*
 * What has been written to a socket and the kernel has not taken: copies, and buffers that their
 * owners lend.
 *
 * An empty queue owns nothing. A lent buffer is released through the loop, because its owner may
 * not be called back from inside the call that gave it. Nothing here closes a socket or calls a
 * module: what a failed send means is the caller's to say.
 */
#ifndef EDDY_NET_QUEUE_H
#define EDDY_NET_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "loop/calls.h"

#define QUEUE_HIGH_WATER 65536 /* bytes beyond which write says false */
#define QUEUE_DIRECT 16384     /* from here on a system call costs less than a copy */

/* A buffer that is lent, and how it goes back. */
struct lent {
	void *p, *arg;
	void (*release)(void *p, void *arg);
	struct eddy_module *module; /* whose it is */
};

struct queue_chunk {
	TAILQ_ENTRY(queue_chunk) link;
	char *p;
	size_t len, size; /* used; room from `bytes` on (0: lent) */
	struct lent lent;
	char bytes[];
};

TAILQ_HEAD(queue_chunk_list, queue_chunk);

struct queue {
	struct queue_chunk_list chunks;
	size_t bytes;
};

void queue_init(struct queue *queue);
/* Drops what is in it. */
void queue_clear(struct queue *queue, struct calls *calls);
/* What is in `from` goes behind what is in `queue`. */
void queue_move(struct queue *queue, struct queue *from);

/* Room for n bytes at its end, of which queue_commit says how many were used. NULL: no memory. */
char *queue_reserve(struct queue *queue, size_t n);
void queue_commit(struct queue *queue, size_t n);
/* A copy of n bytes. 0 or -ENOMEM. */
int queue_copy(struct queue *queue, const void *p, size_t n);
/* n bytes at p, inside the lent buffer. 0, or -ENOMEM: it has been released. */
int queue_lend(struct queue *queue, struct calls *calls, char *p, size_t n,
	       const struct lent *lent);

/*
 * Sends the parts: how many bytes the kernel took, 0: it is full and an event will tell when it is
 * not, or -errno: the peer is lost. `flags`: send(2)'s, MSG_MORE or 0.
 */
ssize_t queue_send_parts(int fd, struct iovec *parts, size_t n, int flags);
/* One system call's worth of the queue, in the same terms. */
ssize_t queue_send(struct queue *queue, struct calls *calls, int fd, int flags);

/* Releases it through the loop. */
void lent_release(struct calls *calls, const struct lent *lent);

#endif
