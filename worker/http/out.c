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

/* Without files by now. */
static void
queue_close(struct conn *conn)
{
	struct out_queue *queue = conn->queue;

	if (queue->wait != NULL)
		access_waited(conn, queue->wait, queue->unsent.bytes);
	conn->queue = NULL;
	event_del(&queue->event);
	deadline_stop(&queue->deadline);
	queue_clear(&queue->unsent, conn->http->calls);
	free(queue);
}

void
out_moved(struct conn *conn, size_t n)
{
	struct slot *slot = conn->http->slot;

	slot_add(slot->counters.bytes_out, n);
	if (conn->exchange != NULL && conn->exchange->response.timeout != NULL)
		response_moved(conn->exchange);
}

/*
 * What has come of a send: the number of bytes taken, 0 when the kernel is full, or -1: the
 * connection has been closed.
 */
static ssize_t
out_sent(struct conn *conn, ssize_t sent)
{
	if (sent >= 0)
		out_moved(conn, (size_t)sent);
	else
		conn_close(conn, true);
	return sent >= 0 ? sent : -1;
}

static ssize_t
out_send(struct conn *conn, struct iovec *parts, size_t n, int flags)
{
	return out_sent(conn, queue_send_parts(conn_fd(conn), parts, n, flags));
}

/* How long the client may take nothing. */
static struct deadlines *
out_limit(struct conn *conn)
{
	const struct exchange *exchange = conn->exchange;

	return exchange != NULL ? http_writes(conn->http, exchange->route->index)
				: &conn->http->writes;
}

/*
 * Sends the bytes before the first file. True: all of them; false: the kernel is full, or the
 * connection is lost.
 */
static bool
queue_send_bytes(struct conn *conn)
{
	struct queue *unsent = &conn->queue->unsent;
	const struct out_file *next = TAILQ_FIRST(&conn->queue->files);
	int flags = next != NULL && next->ready && next->left > 0 ? MSG_MORE : 0;

	while (unsent->bytes > 0) {
		ssize_t sent =
			out_sent(conn, queue_send(unsent, conn->http->calls, conn_fd(conn), flags));

		if (sent < 0)
			return false;
		if (sent == 0) {
			out_queue_wait(conn);
			return false;
		}
		deadline_start(&conn->queue->deadline, out_limit(conn));
	}
	return true;
}

/* Sends until the kernel is full, a thread has to do it, or the queue is empty. */
static void
queue_flush(struct conn *conn)
{
	while (conn->queue != NULL && queue_send_bytes(conn)) {
		if (TAILQ_EMPTY(&conn->queue->files)) {
			queue_close(conn);
			return;
		}
		if (!out_file_turn(conn))
			return;
	}
}

void
out_go(struct conn *conn)
{
	queue_flush(conn);
	if (conn->state != CONN_CLOSED && conn->queue == NULL)
		conn_sent(conn);
}

static void
queue_event(evutil_socket_t fd, short what, void *arg)
{
	struct conn *conn = arg;
	struct loop *loop = conn->http->loop;
	struct out_file *first = TAILQ_FIRST(&conn->queue->files);

	(void)fd;
	(void)what;
	loop_enter(loop);
	if (first != NULL && first->busy)
		first->writable = true; /* the thread may have found it full just before */
	else
		out_go(conn);
	loop_leave(loop);
}

struct out_queue *
out_queue_open(struct conn *conn)
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
	queue_init(&queue->unsent);
	TAILQ_INIT(&queue->files);
	event_assign(&queue->event, conn->http->loop->base, conn_fd(conn),
		     EV_WRITE | EV_PERSIST | EV_ET, queue_event, conn);
	conn->queue = queue;
	return queue;
}

/* An edge that came before the event is added is told again by the adding. */
void
out_queue_wait(struct conn *conn)
{
	struct out_queue *queue = conn->queue;

	if (!event_pending(&queue->event, EV_WRITE, NULL))
		event_add(&queue->event, NULL);
	if (queue->deadline.of == NULL)
		deadline_start(&queue->deadline, out_limit(conn));
}

/* Where bytes go: behind all that there is. */
static struct queue *
queue_end(struct out_queue *queue)
{
	struct out_file *last = TAILQ_LAST(&queue->files, out_file_list);

	return last != NULL ? &last->behind : &queue->unsent;
}

/* The same, made if need be, with somebody to send them. NULL: as out_queue_open. */
static struct queue *
queue_open_end(struct conn *conn)
{
	struct out_queue *queue = out_queue_open(conn);

	if (queue == NULL)
		return NULL;
	if (TAILQ_EMPTY(&queue->files))
		out_queue_wait(conn);
	return queue_end(queue);
}

/* So many bytes have been put there. */
static void
queue_grew(struct out_queue *queue, size_t n)
{
	if (!TAILQ_EMPTY(&queue->files))
		queue->behind += n;
}

/* Queues a copy of n bytes. Losing the connection shows in its state. */
static void
out_queue_copy(struct conn *conn, const void *p, size_t n)
{
	struct queue *end = n > 0 ? queue_open_end(conn) : NULL;

	if (end == NULL)
		return;
	if (queue_copy(end, p, n) == 0)
		queue_grew(conn->queue, n);
	else
		conn_close(conn, true);
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

static void
out_send_all(struct http *http, int flags)
{
	struct out *out = &http->out;
	struct conn *conn = out->owner;
	size_t len = out->len;
	ssize_t sent;

	out->owner = NULL;
	out->len = 0;
	if (conn == NULL || len == 0)
		return;
	sent = out_send(conn, &(struct iovec){out->buf, len}, 1, flags);
	if (sent >= 0 && (size_t)sent < len)
		out_queue_copy(conn, out->buf + sent, len - (size_t)sent);
}

void
out_flush(struct http *http)
{
	out_send_all(http, 0);
}

void
out_flush_before(struct conn *conn, bool more)
{
	if (conn->http->out.owner == conn)
		out_send_all(conn->http, more ? MSG_MORE : 0);
}

char *
out_reserve(struct conn *conn, size_t n)
{
	struct out *out;
	char *room;

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
	room = queue_reserve(queue_end(conn->queue), n);
	if (room == NULL)
		conn_close(conn, true);
	return room;
}

void
out_commit(struct conn *conn, size_t n)
{
	if (conn->queue == NULL) {
		conn->http->out.len += n;
		return;
	}
	queue_commit(queue_end(conn->queue), n);
	queue_grew(conn->queue, n);
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
	sent = collected > 0 ? out_send(conn, parts, 2, 0) : out_send(conn, parts + 1, 1, 0);
	if (sent < 0)
		return -1;
	if ((size_t)sent >= collected)
		return sent - (ssize_t)collected;
	out_queue_copy(conn, out->buf + sent, collected - (size_t)sent);
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
		out_queue_copy(conn, p, n);
		return;
	}
	out = out_take(conn);
	if (n < QUEUE_DIRECT && out->len + n <= OUT_SIZE) {
		memcpy(out->buf + out->len, p, n);
		out->len += n;
		return;
	}
	sent = out_send_with(conn, p, n);
	if (sent >= 0 && (size_t)sent < n)
		out_queue_copy(conn, (const char *)p + sent, n - (size_t)sent);
}

void
out_write_lent(struct conn *conn, char *p, size_t n, const struct lent *lent)
{
	struct calls *calls = conn->http->calls;
	struct queue *end;
	ssize_t sent = 0;

	if (conn->state != CONN_CLOSED && conn->queue == NULL)
		sent = out_send_with(conn, p, n);
	if (conn->state == CONN_CLOSED || (size_t)sent >= n || (end = queue_open_end(conn)) == NULL)
		lent_release(calls, lent);
	else if (queue_lend(end, calls, p + sent, n - (size_t)sent, lent) == 0)
		queue_grew(conn->queue, n - (size_t)sent);
	else
		conn_close(conn, true);
}

void
out_offer(struct conn *conn)
{
	if (conn->http->out.owner == conn)
		out_flush(conn->http);
	else if (conn->queue != NULL && TAILQ_EMPTY(&conn->queue->files))
		queue_send_bytes(conn);
}

bool
out_drop(struct conn *conn, bool reset)
{
	struct out *out = &conn->http->out;
	bool busy = false;

	if (out->owner == conn) {
		out->owner = NULL;
		out->len = 0;
	}
	if (conn->queue != NULL) {
		busy = out_files_drop(conn, reset);
		queue_close(conn);
	}
	return busy;
}

void
out_hand_over(struct conn *conn, struct queue *to)
{
	out_flush(conn->http);
	if (conn->queue == NULL)
		return;
	queue_move(to, &conn->queue->unsent);
	queue_close(conn);
}

size_t
out_held(const struct conn *conn)
{
	size_t n = conn->http->out.owner == conn ? conn->http->out.len : 0;

	return conn->queue != NULL ? n + conn->queue->unsent.bytes + conn->queue->behind : n;
}

uint64_t
out_unsent(const struct conn *conn)
{
	const struct out_file *file;
	uint64_t n = out_held(conn);

	if (conn->queue == NULL)
		return n;
	TAILQ_FOREACH(file, &conn->queue->files, link)
		n += file->left;
	return n;
}
