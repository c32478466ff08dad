/*
 * Reading answers; see client_conn.h.
 *
 * What one read has brought is taken apart where it lies. What cannot be used yet, since a head is
 * not complete or the module has paused, is held, and what comes next is put behind it: in a buffer
 * that doubles, so that a head that comes byte by byte is not copied byte by byte.
 */
#include "http/client_conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "http/agent.h"
#include "http/client.h"
#include "http/framing.h"
#include "net/socket.h"
#include "worker.h"

#define HEAD_BYTES_MAX 65535 /* the offsets in struct head have 16 bits */
#define LINE_BYTES_MAX 16384
#define KEEP_MARGIN_MS 1000 /* a request that is on its way must come before the server closes */
#define INTERIM_MAX 64	    /* 1xx answers to one request: more is no progress */

static const struct head_limits limits = {
	.line = LINE_BYTES_MAX,
	.head = HEAD_BYTES_MAX,
	.fields = HEAD_FIELDS_MAX,
};

/* The end of a connection --------------------------------------------------------- */

static void
client_conn_free(struct client_conn *conn)
{
	held_fini(&conn->held);
	free(conn);
}

/* Frees it, if nothing has it any more. */
static void
client_conn_settle(struct client_conn *conn)
{
	if (conn->sock == NULL && !conn->busy && !conn->posted)
		client_conn_free(conn);
}

void
client_conn_close(struct client_conn *conn)
{
	if (conn->state == CLIENT_CONN_CLOSED && conn->host == NULL)
		return;
	agent_lost(conn);
	if (conn->sock != NULL)
		eddy_socket_destroy(conn->sock);
}

/* Closes it, and tells whose it was. */
static void
client_conn_fail(struct client_conn *conn, int error)
{
	struct client_request *req = conn->request;
	bool again =
		req != NULL && conn->reused && !conn->heard && req->idempotent && !req->body_sent;

	conn->request = NULL;
	if (req != NULL)
		req->conn = NULL;
	if (again) /* in front of those that wait for the place that becomes free */
		client_failed(req, error, true);
	client_conn_close(conn);
	if (req != NULL && !again)
		client_failed(req, error, false);
}

void
client_conn_idle_passed(struct deadline *deadline)
{
	client_conn_close((struct client_conn *)(void *)((char *)deadline -
							 offsetof(struct client_conn, deadline)));
}

/* Its timeout --------------------------------------------------------------------- */

/*
 * Whether the server is who is waited for: it has to read what was sent, or to answer. It is the
 * module while that has paused, or while all that it has written so far is on its way.
 */
static bool
client_conn_waits(const struct client_conn *conn)
{
	const struct client_request *req = conn->request;

	return !req->paused &&
	       (req->ended || req->unsent_len > 0 || eddy_socket_writable_length(conn->sock) > 0);
}

void
client_conn_wait(struct client_conn *conn)
{
	struct socket *sock = handle_find(&worker_self->net.sockets, conn->sock);

	if (sock != NULL && !client_conn_waits(conn))
		socket_moved(sock);
}

/* The end of an answer ------------------------------------------------------------ */

/* Whether the connection can take another request, `left` bytes being behind this answer. */
static bool
client_conn_is_fit(const struct client_conn *conn, const struct client_request *req, size_t left)
{
	return conn->keep && left == 0 && req->ended && !req->expects && !req->close &&
	       eddy_socket_writable_length(conn->sock) == 0;
}

/*
 * The answer has come whole: the connection is free before the module hears of it, so that what it
 * asks for next can have it.
 */
static void
client_conn_finish(struct client_conn *conn, size_t left)
{
	struct client *client = conn->client;
	struct client_request *req = conn->request;

	conn->request = NULL;
	req->conn = NULL;
	if (client_conn_is_fit(conn, req, left)) {
		eddy_socket_set_timeout(conn->sock, 0);
		eddy_socket_resume(conn->sock); /* a pause may have been taken back just now */
		conn->reused = true;
		agent_keep(conn);
	} else {
		client_conn_close(conn);
	}
	if (req->events->end != NULL) {
		client_call_begin(client, req);
		req->events->end(client_response_handle(req), req->arg);
		call_end(client->calls);
	}
	client_over(req, 0);
	loop_run_ticks(client->loop);
}

/* The socket leaves it for the module, with the n bytes at p to come first. 0 or -ENOMEM. */
static int
client_conn_release(struct client_conn *conn, struct socket *sock, const char *p, size_t n)
{
	struct client_request *req = conn->request;

	if (socket_hold(sock, p, n) != 0)
		return -ENOMEM;
	socket_set_timeout(sock, 0);
	sock->module = req->module;
	sock->events = NULL;
	sock->arg = NULL;
	sock->lent = false;
	conn->sock = NULL;
	conn->request = NULL;
	req->conn = NULL;
	agent_lost(conn);
	return 0;
}

/*
 * 101, or 2xx to CONNECT: the socket is the module's, with the bytes behind the head. One whose
 * events are not set then is closed.
 */
static void
client_conn_hand_over(struct client_conn *conn, const char *p, size_t n)
{
	struct client *client = conn->client;
	struct client_request *req = conn->request;
	struct handles *sockets = &worker_self->net.sockets;
	struct socket *sock = handle_find(sockets, conn->sock);
	eddy_socket *handle = conn->sock;

	if (req->events->upgrade == NULL) {
		client_conn_fail(conn, EDDY_EBADMSG);
		return;
	}
	if (client_conn_release(conn, sock, p, n) != 0) {
		client_conn_fail(conn, EDDY_ENOMEM);
		return;
	}
	call_begin(client->calls, req->module, SLOT_CLIENT, 0);
	req->events->upgrade(client_request_handle(req), client_response_handle(req), handle,
			     req->arg);
	call_end(client->calls);
	sock = handle_find(sockets, handle);
	if (sock != NULL && sock->events == NULL)
		socket_close(sock, false);
	client_over(req, 0);
	loop_run_ticks(client->loop);
}

/* Heads --------------------------------------------------------------------------- */

/* What the answer's head says of the connection (RFC 9112 9.3). */
static bool
head_keeps(const struct head *head)
{
	return head->minor > 0 ? !head->close : head->keep_alive && !head->close;
}

/*
 * How long the server keeps a connection that is idle. One that it may be closing already is not
 * kept here.
 */
static void
client_conn_read_keep(struct client_conn *conn)
{
	int s = framing_keep_alive_s(conn->request->answer);

	conn->keep_ms = 0;
	if (s >= 0 && s * 1000 > KEEP_MARGIN_MS)
		conn->keep_ms = (unsigned)s * 1000 - KEEP_MARGIN_MS;
	else if (s >= 0)
		conn->keep = false;
}

/* How the answer ends (RFC 9112 6.3). False: it has no body. */
static bool
client_conn_frame(struct client_conn *conn)
{
	const struct head *head = &conn->head;

	conn->keep = head_keeps(head);
	client_conn_read_keep(conn);
	conn->until_close = false;
	if (conn->request->is_head || head->status == 204 || head->status == 304)
		return false;
	if (head->chunked) {
		body_init_chunked(&conn->body);
	} else if (head->has_length) {
		body_init_length(&conn->body, head->length);
	} else {
		conn->until_close = true;
		conn->keep = false;
	}
	return true;
}

/* Gives the head to the request. False: no memory. */
static bool
client_conn_save(struct client_conn *conn, const char *p)
{
	struct client_request *req = conn->request;

	free(req->answer);
	req->answer = head_save(&conn->head, p, conn->head.size);
	if (req->answer == NULL)
		client_conn_fail(conn, EDDY_ENOMEM);
	return req->answer != NULL;
}

static void
client_conn_interim(struct client_conn *conn)
{
	struct client *client = conn->client;
	struct client_request *req = conn->request;

	if (++conn->interim > INTERIM_MAX) {
		client_conn_fail(conn, EDDY_EBADMSG);
		return;
	}
	if (conn->head.status == 100)
		client_continue(req);
	head_init_response(&conn->head);
	if (req->events->information != NULL) {
		call_begin(client->calls, req->module, SLOT_CLIENT, 0);
		req->events->information(client_request_handle(req), client_response_handle(req),
					 req->arg);
		call_end(client->calls);
	}
	free(req->answer);
	req->answer = NULL;
	loop_run_ticks(client->loop);
}

static void
client_conn_final(struct client_conn *conn)
{
	struct client *client = conn->client;
	struct client_request *req = conn->request;
	bool body = client_conn_frame(conn);

	conn->state = CLIENT_CONN_BODY;
	if (!body)
		body_init_length(&conn->body, 0);
	if (req->events->response == NULL)
		return;
	client_call_begin(client, req);
	req->events->response(client_request_handle(req), client_response_handle(req), req->arg);
	client_call_end(client);
}

/* The steps: how many of the n bytes at p are used; all of them where it is over -------- */

static int
head_error(int status)
{
	return status == 414 || status == 431 ? EDDY_ETOOBIG : EDDY_EBADMSG;
}

static size_t
client_conn_head(struct client_conn *conn, const char *p, size_t n)
{
	const struct client_request *req = conn->request;
	int result = head_parse_response(&conn->head, p, n, &limits);
	unsigned status = conn->head.status;
	size_t size = conn->head.size;

	if (result == HEAD_AGAIN)
		return 0;
	if (result != HEAD_DONE || status >= 600) {
		client_conn_fail(conn, result != HEAD_DONE ? head_error(result) : EDDY_EBADMSG);
		return n;
	}
	if (!client_conn_save(conn, p))
		return n;
	if (status == 101 || (req->is_connect && status / 100 == 2)) {
		client_conn_hand_over(conn, p + size, n - size);
		return n;
	}
	if (status < 200)
		client_conn_interim(conn);
	else
		client_conn_final(conn);
	return size;
}

static void
client_conn_data(struct client_conn *conn, eddy_str piece)
{
	struct client_request *req = conn->request;

	if (req->events->data == NULL || piece.n == 0)
		return;
	client_call_begin(conn->client, req);
	req->events->data(client_response_handle(req), piece, req->arg);
	client_call_end(conn->client);
}

static size_t
client_conn_body(struct client_conn *conn, const char *p, size_t n)
{
	const char *at = p;
	size_t left = n;
	eddy_str piece;

	if (conn->until_close) {
		client_conn_data(conn, (eddy_str){p, n});
		return n;
	}
	switch (body_decode(&conn->body, &at, &left, &piece)) {
	case BODY_AGAIN:
		break;
	case BODY_PIECE:
		client_conn_data(conn, piece);
		break;
	case BODY_TRAILER:
		head_init_trailer(&conn->head);
		conn->state = CLIENT_CONN_TRAILER;
		break;
	case BODY_DONE:
		client_conn_finish(conn, left);
		return n;
	case BODY_BAD:
		client_conn_fail(conn, EDDY_EBADMSG);
		return n;
	}
	return n - left;
}

static size_t
client_conn_trailer(struct client_conn *conn, const char *p, size_t n)
{
	int result = head_parse(&conn->head, p, n, &limits);

	if (result == HEAD_AGAIN)
		return 0;
	if (result != HEAD_DONE) {
		client_conn_fail(conn, head_error(result));
		return n;
	}
	conn->request->trailers = head_save(&conn->head, p, conn->head.size);
	if (conn->request->trailers == NULL)
		client_conn_fail(conn, EDDY_ENOMEM);
	else
		client_conn_finish(conn, n - conn->head.size);
	return n;
}

/* Whether the request that has been read for goes on reading. */
static bool
client_conn_goes_on(const struct client_conn *conn, const struct client_request *req)
{
	return conn->request == req && !req->paused;
}

/*
 * Takes the n bytes at p apart, as far as they go. A body that is known to be over ends without
 * another byte.
 */
static size_t
client_conn_process(struct client_conn *conn, const char *p, size_t n)
{
	const struct client_request *req = conn->request;
	size_t at = 0, used = 1;

	while (used > 0 && client_conn_goes_on(conn, req)) {
		if (conn->state == CLIENT_CONN_HEAD)
			used = at < n ? client_conn_head(conn, p + at, n - at) : 0;
		else if (conn->state == CLIENT_CONN_TRAILER)
			used = at < n ? client_conn_trailer(conn, p + at, n - at) : 0;
		else if (at < n || !conn->until_close)
			used = client_conn_body(conn, p + at, n - at);
		else
			used = 0;
		at += used;
	}
	return conn->request == req ? at : n;
}

/* Reading ------------------------------------------------------------------------- */

/* Keeps n bytes that cannot be used yet. False: no memory, and it has failed. */
static bool
client_conn_hold(struct client_conn *conn, const char *p, size_t n)
{
	if (held_add(&conn->held, p, n) == 0)
		return true;
	client_conn_fail(conn, EDDY_ENOMEM);
	return false;
}

/* The n bytes at p have come. */
static void
client_conn_input(struct client_conn *conn, const char *p, size_t n)
{
	bool held = conn->held.len > 0;
	size_t used;

	if (held) {
		if (!client_conn_hold(conn, p, n))
			return;
		p = held_bytes(&conn->held);
		n = conn->held.len;
	}
	conn->busy = true;
	used = client_conn_process(conn, p, n);
	if (held)
		held_take(&conn->held, used);
	else
		client_conn_hold(conn, p + used, n - used);
	conn->busy = false;
	client_conn_settle(conn);
}

static void
client_conn_on_connect(eddy_socket *sock, void *arg)
{
	struct client_conn *conn = arg;

	(void)sock;
	conn->connected = true;
	if (conn->request != NULL)
		client_connected(conn->request);
}

static void
client_conn_on_data(eddy_socket *sock, eddy_str piece, void *arg)
{
	struct client_conn *conn = arg;

	(void)sock;
	if (conn->state == CLIENT_CONN_CLOSED)
		return;
	if (conn->request == NULL) { /* an idle one has nothing to say */
		client_conn_close(conn);
		return;
	}
	conn->heard = true;
	client_conn_input(conn, piece.p, piece.n);
}

static void
client_conn_on_end(eddy_socket *sock, void *arg)
{
	struct client_conn *conn = arg;

	(void)sock;
	if (conn->state == CLIENT_CONN_CLOSED)
		return;
	conn->busy = true;
	if (conn->request == NULL)
		client_conn_close(conn);
	else if (conn->state == CLIENT_CONN_BODY && conn->until_close)
		client_conn_finish(conn, 0);
	else
		client_conn_fail(conn, EDDY_EABORTED);
	conn->busy = false;
	client_conn_settle(conn);
}

static void
client_conn_on_drain(eddy_socket *sock, void *arg)
{
	const struct client_conn *conn = arg;

	(void)sock;
	if (conn->request != NULL)
		client_drained(conn->request);
}

static void
client_conn_on_timeout(eddy_socket *sock, void *arg)
{
	const struct client_conn *conn = arg;

	(void)sock;
	if (conn->request != NULL && client_conn_waits(conn))
		client_post(conn->request, CLIENT_TIMEOUT);
}

static void
client_conn_on_error(eddy_socket *sock, int error, void *arg)
{
	(void)sock;
	client_conn_fail(arg, error);
}

static void
client_conn_on_close(eddy_socket *sock, void *arg)
{
	struct client_conn *conn = arg;

	(void)sock;
	conn->sock = NULL;
	client_conn_fail(conn, EDDY_EABORTED); /* the worker has closed what was open */
	client_conn_settle(conn);
}

static const eddy_socket_events socket_events = {
	.connect = client_conn_on_connect,
	.data = client_conn_on_data,
	.end = client_conn_on_end,
	.drain = client_conn_on_drain,
	.timeout = client_conn_on_timeout,
	.error = client_conn_on_error,
	.close = client_conn_on_close,
};

/* Pause and resume ---------------------------------------------------------------- */

/* In its turn: what was held first, then the socket. */
static void
client_conn_go_on(struct task *task)
{
	struct client_conn *conn =
		(struct client_conn *)(void *)((char *)task - offsetof(struct client_conn, task));

	conn->posted = false;
	if (conn->request == NULL || conn->request->paused) {
		client_conn_settle(conn);
		return;
	}
	eddy_socket_resume(conn->sock);
	client_conn_input(conn, "", 0);
}

void
client_conn_pause(struct client_conn *conn)
{
	eddy_socket_pause(conn->sock);
}

void
client_conn_resume(struct client_conn *conn)
{
	if (conn->posted)
		return;
	conn->posted = true;
	task_post(&conn->client->loop->later, &conn->task);
}

/* Its life ------------------------------------------------------------------------ */

struct client_conn *
client_conn_new(struct client *client, struct agent_host *host)
{
	struct client_conn *conn = calloc(1, sizeof(*conn));
	struct eddy_module *running = client->calls->running;
	struct socket *sock;

	if (conn == NULL)
		return NULL;
	conn->client = client;
	conn->host = host;
	conn->task.run = client_conn_go_on;
	client->calls->running = NULL; /* it outlives this request, and may serve another module */
	conn->sock = eddy_net_connect(host->address, &socket_events, conn);
	client->calls->running = running;
	if (conn->sock == NULL) {
		free(conn);
		return NULL;
	}
	sock = handle_find(&worker_self->net.sockets, conn->sock);
	if (sock != NULL)
		sock->lent = true;
	return conn;
}

void
client_conn_begin(struct client_conn *conn, struct client_request *req)
{
	conn->request = req;
	req->conn = conn;
	req->state = CLIENT_RUNNING;
	conn->state = CLIENT_CONN_HEAD;
	conn->heard = conn->keep = conn->until_close = false;
	conn->interim = 0;
	head_init_response(&conn->head);
	client_timer_stop(req);
	eddy_socket_set_timeout(conn->sock, req->timeout_ms);
	if (req->paused)
		eddy_socket_pause(conn->sock);
	req->reused = conn->reused;
	client_send(req);
	if (conn->connected)
		client_connected(req);
}

bool
client_conn_is_sent(struct client_conn *conn)
{
	struct socket *sock = handle_find(&worker_self->net.sockets, conn->sock);

	if (sock == NULL || !conn->connected)
		return false;
	if (sock->queue.bytes > 0)
		sock->full = true; /* `drain` is owed */
	return sock->queue.bytes == 0;
}

/* A FIN or bytes that the loop has not brought yet are seen here. */
bool
client_conn_is_alive(const struct client_conn *conn)
{
	int fd = eddy_socket_fd(conn->sock);
	char byte;

	return fd >= 0 && recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}
