/*
 * Sending; see out.h. Nothing here calls into a module: what a module is to be told is posted.
 */
#include "http/out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "http/access.h"
#include "http/conn.h"
#include "http/exchange.h"
#include "http/http.h"

#define OUT_DIRECT 16384 /* from here on a system call costs less than a copy */
#define CHUNK_SIZE 16384 /* room of a queue's chunk for small pieces */
#define SEND_PARTS 16	 /* chunks that one sendmsg(2) takes */

/* An owned buffer's release, posted because it may not run inside the module's call. */
struct out_release {
	struct task task;
	struct calls *calls;
	struct eddy_module *module;
	void (*release)(void *p, void *arg);
	void *p, *arg;
};

static void
release_run(struct task *task)
{
	struct out_release *release = (struct out_release *)(void *)task;

	call_begin(release->calls, release->module, SLOT_RESPONSE, 0);
	release->release(release->p, release->arg);
	call_end(release->calls);
	free(release);
}

void
out_release(struct http *http, struct eddy_module *module, void *p,
	    void (*release)(void *p, void *arg), void *arg)
{
	struct out_release *later = malloc(sizeof(*later));

	if (later == NULL) /* a leak beats a callback inside the call that caused it */
		return;
	*later = (struct out_release){.task.run = release_run,
				      .calls = http->calls,
				      .module = module,
				      .release = release,
				      .p = p,
				      .arg = arg};
	task_post(&http->loop->ticks, &later->task);
}

static void
chunk_free(struct conn *conn, struct out_chunk *chunk)
{
	if (chunk->release != NULL)
		out_release(conn->http, chunk->module, chunk->owned, chunk->release, chunk->arg);
	free(chunk);
}

static void
queue_free(struct conn *conn)
{
	struct out_queue *queue = conn->queue;
	struct out_chunk *chunk;

	conn->queue = NULL;
	if (queue->wait != NULL)
		access_waited(conn, queue->wait, queue->bytes);
	event_del(&queue->event);
	deadline_stop(&queue->deadline);
	while ((chunk = TAILQ_FIRST(&queue->chunks)) != NULL) {
		TAILQ_REMOVE(&queue->chunks, chunk, link);
		chunk_free(conn, chunk);
	}
	free(queue);
}

/* What sendmsg has taken: n bytes of `conn`, whatever they were. */
static void
out_moved(struct conn *conn, size_t n)
{
	struct slot *slot = conn->http->slot;

	slot_add(slot->counters.bytes_out, n);
	if (conn->exchange != NULL && conn->exchange->response.timeout != NULL)
		response_moved(conn->exchange);
}

/*
 * Sends the parts; the number of bytes taken, 0 when the kernel is full, or -1: the connection has
 * been closed.
 */
static ssize_t
out_send(struct conn *conn, struct iovec *parts, size_t n)
{
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = n};
	ssize_t sent;

	do
		sent = n == 1 ? send(conn_fd(conn), parts[0].iov_base, parts[0].iov_len,
				     MSG_NOSIGNAL)
			      : sendmsg(conn_fd(conn), &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent >= 0) {
		out_moved(conn, (size_t)sent);
		return sent;
	}
	if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM)
		return 0;
	conn_close(conn, true);
	return -1;
}

static void
queue_advance(struct conn *conn, size_t sent)
{
	struct out_queue *queue = conn->queue;

	queue->bytes -= sent;
	while (sent > 0) {
		struct out_chunk *chunk = TAILQ_FIRST(&queue->chunks);

		if (sent < chunk->len) {
			chunk->p += sent;
			chunk->len -= sent;
			return;
		}
		sent -= chunk->len;
		TAILQ_REMOVE(&queue->chunks, chunk, link);
		chunk_free(conn, chunk);
	}
}

/* How long the client may take nothing. */
static struct deadlines *
out_limit(struct conn *conn)
{
	const struct exchange *exchange = conn->exchange;

	return exchange != NULL ? http_writes(conn->http, exchange->route->index)
				: &conn->http->writes;
}

/* The kernel has room again: sends until it is full or the queue is empty. */
static void
queue_send(struct conn *conn)
{
	while (conn->queue != NULL && conn->queue->bytes > 0) {
		struct iovec parts[SEND_PARTS];
		struct out_chunk *chunk;
		size_t n = 0;
		ssize_t sent;

		TAILQ_FOREACH(chunk, &conn->queue->chunks, link) {
			if (n == SEND_PARTS)
				break;
			parts[n++] = (struct iovec){chunk->p, chunk->len};
		}
		sent = out_send(conn, parts, n);
		if (sent < 0)
			return;
		if (sent == 0)
			break;
		queue_advance(conn, (size_t)sent);
		deadline_start(&conn->queue->deadline, out_limit(conn));
	}
	if (conn->queue != NULL && conn->queue->bytes == 0)
		queue_free(conn);
}

static void
queue_event(evutil_socket_t fd, short what, void *arg)
{
	struct conn *conn = arg;
	struct loop *loop = conn->http->loop;

	(void)fd;
	(void)what;
	loop_enter(loop);
	queue_send(conn);
	if (conn->state != CONN_CLOSED && conn->queue == NULL)
		conn_sent(conn);
	loop_leave(loop);
}

/*
 * The connection's queue, made when it is needed. NULL: no memory, and the connection has been
 * closed for it.
 */
static struct out_queue *
queue_open(struct conn *conn)
{
	struct out_queue *queue = conn->queue;

	if (queue != NULL)
		return queue;
	queue = calloc(1, sizeof(*queue));
	if (queue == NULL) {
		conn_close(conn, true);
		return NULL;
	}
	queue->conn = conn;
	TAILQ_INIT(&queue->chunks);
	event_assign(&queue->event, conn->http->loop->base, conn_fd(conn),
		     EV_WRITE | EV_PERSIST | EV_ET, queue_event, conn);
	event_add(&queue->event, NULL);
	deadline_start(&queue->deadline, out_limit(conn));
	conn->queue = queue;
	return queue;
}

/* A chunk at the queue's end with room for n bytes of ours. */
static struct out_chunk *
queue_chunk(struct conn *conn, size_t n)
{
	struct out_queue *queue = queue_open(conn);
	struct out_chunk *chunk;
	size_t size = n > CHUNK_SIZE ? n : CHUNK_SIZE;

	if (queue == NULL)
		return NULL;
	chunk = TAILQ_LAST(&queue->chunks, out_chunk_list);
	if (chunk != NULL && chunk->size != 0 &&
	    (size_t)(chunk->bytes + chunk->size - (chunk->p + chunk->len)) >= n)
		return chunk;
	chunk = malloc(sizeof(*chunk) + size);
	if (chunk == NULL) {
		conn_close(conn, true);
		return NULL;
	}
	*chunk = (struct out_chunk){.p = chunk->bytes, .size = size};
	TAILQ_INSERT_TAIL(&queue->chunks, chunk, link);
	return chunk;
}

static void
queue_copy(struct conn *conn, const void *p, size_t n)
{
	struct out_chunk *chunk;

	if (n == 0 || (chunk = queue_chunk(conn, n)) == NULL)
		return;
	memcpy(chunk->p + chunk->len, p, n);
	chunk->len += n;
	conn->queue->bytes += n;
}

/* Queues the last n bytes of an owned buffer without copying them. */
static void
queue_owned(struct conn *conn, void *p, size_t n, void *owned, void (*release)(void *p, void *arg),
	    void *arg)
{
	struct out_queue *queue = queue_open(conn);
	struct out_chunk *chunk = queue != NULL ? malloc(sizeof(*chunk)) : NULL;

	if (chunk == NULL) {
		conn_close(conn, true);
		out_release(conn->http, conn->http->calls->running, owned, release, arg);
		return;
	}
	*chunk = (struct out_chunk){.p = p,
				    .len = n,
				    .release = release,
				    .module = conn->http->calls->running,
				    .owned = owned,
				    .arg = arg};
	TAILQ_INSERT_TAIL(&queue->chunks, chunk, link);
	queue->bytes += n;
}

/* Makes the buffer this connection's. */
static struct out *
out_take(struct conn *conn)
{
	struct out *out = &conn->http->out;

	if (out->owner != conn) {
		out_flush(conn->http);
		out->owner = conn;
	}
	return out;
}

void
out_flush(struct http *http)
{
	struct out *out = &http->out;
	struct conn *conn = out->owner;
	size_t len = out->len;
	ssize_t sent;

	out->owner = NULL;
	out->len = 0;
	if (conn == NULL || len == 0)
		return;
	sent = out_send(conn, &(struct iovec){out->buf, len}, 1);
	if (sent >= 0 && (size_t)sent < len)
		queue_copy(conn, out->buf + sent, len - (size_t)sent);
}

char *
out_reserve(struct conn *conn, size_t n)
{
	struct out_chunk *chunk;
	struct out *out;

	if (conn->state == CONN_CLOSED || n > OUT_SIZE)
		return NULL;
	if (conn->queue == NULL) {
		out = out_take(conn);
		if (out->len + n > OUT_SIZE)
			out_flush(conn->http);
		if (conn->state == CONN_CLOSED)
			return NULL;
		if (conn->queue == NULL) {
			out->owner = conn;
			return out->buf + out->len;
		}
	}
	chunk = queue_chunk(conn, n);
	return chunk != NULL ? chunk->p + chunk->len : NULL;
}

void
out_commit(struct conn *conn, size_t n)
{
	if (conn->queue == NULL) {
		conn->http->out.len += n;
		return;
	}
	TAILQ_LAST(&conn->queue->chunks, out_chunk_list)->len += n;
	conn->queue->bytes += n;
}

/*
 * Sends what is collected and n bytes behind it in one system call; how many of the n were taken,
 * or -1.
 */
static ssize_t
out_send_with(struct conn *conn, const void *p, size_t n)
{
	struct out *out = out_take(conn);
	struct iovec parts[2] = {{out->buf, out->len}, {(void *)(uintptr_t)p, n}};
	size_t collected = out->len;
	ssize_t sent;

	out->owner = NULL;
	out->len = 0;
	sent = collected > 0 ? out_send(conn, parts, 2) : out_send(conn, parts + 1, 1);
	if (sent < 0)
		return -1;
	if ((size_t)sent >= collected)
		return sent - (ssize_t)collected;
	queue_copy(conn, out->buf + sent, collected - (size_t)sent);
	return conn->state == CONN_CLOSED ? -1 : 0;
}

void
out_write(struct conn *conn, const void *p, size_t n)
{
	struct out *out;
	ssize_t sent;

	if (conn->state == CONN_CLOSED || n == 0)
		return;
	if (conn->queue != NULL) {
		queue_copy(conn, p, n);
		return;
	}
	out = out_take(conn);
	if (n < OUT_DIRECT && out->len + n <= OUT_SIZE) {
		memcpy(out->buf + out->len, p, n);
		out->len += n;
		return;
	}
	sent = out_send_with(conn, p, n);
	if (sent >= 0 && (size_t)sent < n)
		queue_copy(conn, (const char *)p + sent, n - (size_t)sent);
}

void
out_write_owned(struct conn *conn, void *p, size_t n, void (*release)(void *p, void *arg),
		void *arg)
{
	ssize_t sent = 0;

	if (conn->state != CONN_CLOSED && conn->queue == NULL)
		sent = out_send_with(conn, p, n);
	if (conn->state == CONN_CLOSED || (size_t)sent >= n)
		out_release(conn->http, conn->http->calls->running, p, release, arg);
	else
		queue_owned(conn, (char *)p + sent, n - (size_t)sent, p, release, arg);
}

void
out_drop(struct conn *conn)
{
	struct out *out = &conn->http->out;

	if (out->owner == conn) {
		out->owner = NULL;
		out->len = 0;
	}
	if (conn->queue != NULL)
		queue_free(conn);
}

size_t
out_unsent(const struct conn *conn)
{
	size_t n = conn->queue != NULL ? conn->queue->bytes : 0;

	if (conn->http->out.owner == conn)
		n += conn->http->out.len;
	return n;
}
