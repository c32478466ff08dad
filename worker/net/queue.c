/*
 * The bytes that wait to be sent; see queue.h.
 */
#include "net/queue.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CHUNK_SIZE 16384 /* room for small pieces */
#define SEND_PARTS 16	 /* chunks that one sendmsg(2) takes */

struct lent_task {
	struct task task;
	struct calls *calls;
	struct lent lent;
};

static void
lent_run(struct task *task)
{
	struct lent_task *later = (struct lent_task *)(void *)task;

	call_begin(later->calls, later->lent.module, SLOT_RESPONSE, 0);
	later->lent.release(later->lent.p, later->lent.arg);
	call_end(later->calls);
	free(later);
}

void
lent_release(struct calls *calls, const struct lent *lent)
{
	struct lent_task *later = malloc(sizeof(*later));

	if (later == NULL) /* a leak beats a callback inside the call that caused it */
		return;
	*later = (struct lent_task){.task.run = lent_run, .calls = calls, .lent = *lent};
	task_post(&calls->loop->ticks, &later->task);
}

void
queue_init(struct queue *queue)
{
	TAILQ_INIT(&queue->chunks);
	queue->bytes = 0;
}

static void
chunk_remove(struct queue *queue, struct queue_chunk *chunk, struct calls *calls)
{
	TAILQ_REMOVE(&queue->chunks, chunk, link);
	if (chunk->lent.release != NULL)
		lent_release(calls, &chunk->lent);
	free(chunk);
}

void
queue_clear(struct queue *queue, struct calls *calls)
{
	struct queue_chunk *chunk;

	while ((chunk = TAILQ_FIRST(&queue->chunks)) != NULL)
		chunk_remove(queue, chunk, calls);
	queue->bytes = 0;
}

void
queue_move(struct queue *queue, struct queue *from)
{
	TAILQ_CONCAT(&queue->chunks, &from->chunks, link);
	queue->bytes += from->bytes;
	from->bytes = 0;
}

/* Writing ------------------------------------------------------------------------- */

/* A chunk at the end with room for n bytes of ours. */
static struct queue_chunk *
chunk_with_room(struct queue *queue, size_t n)
{
	struct queue_chunk *chunk = TAILQ_LAST(&queue->chunks, queue_chunk_list);
	size_t size = n > CHUNK_SIZE ? n : CHUNK_SIZE;

	if (chunk != NULL && chunk->size != 0 &&
	    (size_t)(chunk->bytes + chunk->size - (chunk->p + chunk->len)) >= n)
		return chunk;
	chunk = malloc(sizeof(*chunk) + size);
	if (chunk == NULL)
		return NULL;
	*chunk = (struct queue_chunk){.p = chunk->bytes, .size = size};
	TAILQ_INSERT_TAIL(&queue->chunks, chunk, link);
	return chunk;
}

char *
queue_reserve(struct queue *queue, size_t n)
{
	struct queue_chunk *chunk = chunk_with_room(queue, n);

	return chunk != NULL ? chunk->p + chunk->len : NULL;
}

void
queue_commit(struct queue *queue, size_t n)
{
	TAILQ_LAST(&queue->chunks, queue_chunk_list)->len += n;
	queue->bytes += n;
}

int
queue_copy(struct queue *queue, const void *p, size_t n)
{
	char *room = n > 0 ? queue_reserve(queue, n) : NULL;

	if (n == 0)
		return 0;
	if (room == NULL)
		return -ENOMEM;
	memcpy(room, p, n);
	queue_commit(queue, n);
	return 0;
}

int
queue_lend(struct queue *queue, struct calls *calls, char *p, size_t n, const struct lent *lent)
{
	struct queue_chunk *chunk = malloc(sizeof(*chunk));

	if (chunk == NULL) {
		lent_release(calls, lent);
		return -ENOMEM;
	}
	*chunk = (struct queue_chunk){.p = p, .len = n, .lent = *lent};
	TAILQ_INSERT_TAIL(&queue->chunks, chunk, link);
	queue->bytes += n;
	return 0;
}

/* Sending ------------------------------------------------------------------------- */

ssize_t
queue_send_parts(int fd, struct iovec *parts, size_t n, int flags)
{
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = n};
	ssize_t sent;

	flags |= MSG_NOSIGNAL;
	do
		sent = n == 1 ? send(fd, parts[0].iov_base, parts[0].iov_len, flags)
			      : sendmsg(fd, &message, flags);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return sent;
	return errno == EAGAIN ? 0 : -errno; /* no event follows ENOBUFS or ENOMEM */
}

static void
queue_advance(struct queue *queue, struct calls *calls, size_t sent)
{
	queue->bytes -= sent;
	while (sent > 0) {
		struct queue_chunk *chunk = TAILQ_FIRST(&queue->chunks);

		if (sent < chunk->len) {
			chunk->p += sent;
			chunk->len -= sent;
			return;
		}
		sent -= chunk->len;
		chunk_remove(queue, chunk, calls);
	}
}

ssize_t
queue_send(struct queue *queue, struct calls *calls, int fd, int flags)
{
	struct iovec parts[SEND_PARTS];
	struct queue_chunk *chunk;
	size_t n = 0;
	ssize_t sent;

	TAILQ_FOREACH(chunk, &queue->chunks, link) {
		if (n == SEND_PARTS)
			break;
		parts[n++] = (struct iovec){chunk->p, chunk->len};
	}
	if (n == 0)
		return 0;
	sent = queue_send_parts(fd, parts, n, flags);
	if (sent > 0)
		queue_advance(queue, calls, (size_t)sent);
	return sent;
}
