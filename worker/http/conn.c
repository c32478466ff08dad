/*
 * One connection's states; see conn.h for the picture.
 *
 * conn_input reads into the worker's scratch buffer and conn_process works through the bytes;
 * whatever it cannot use now is held. conn_settle comes last and decides what the connection waits
 * for. A module is called from conn_process and from tasks only; what modules call back (exchange,
 * response) changes fields and never re-enters conn_process.
 */
#include "http/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "http/exchange.h"
#include "http/status.h"

#define READ_TURNS 8	   /* reads in a row before other connections get their turn */
#define DISCARD_MAX 262144 /* bytes of an unread body: cheaper to read than a new connection */

static void conn_resume(struct task *task);
static void conn_event(evutil_socket_t fd, short what, void *arg);

/* Opening and closing ------------------------------------------------------------- */

static struct conn_peer
peer_of(const struct sockaddr *address)
{
	struct conn_peer peer = {.family = address->sa_family};

	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;

		memcpy(peer.address, &in->sin_addr, 4);
		peer.port = in->sin_port;
	} else if (address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;

		memcpy(peer.address, &in6->sin6_addr, 16);
		peer.port = in6->sin6_port;
	}
	return peer;
}

static struct conn *
conn_new(struct http *http)
{
	struct conn *conn = TAILQ_FIRST(&http->spare);

	if (conn == NULL)
		return malloc(sizeof(*conn));
	TAILQ_REMOVE(&http->spare, conn, link);
	http->nspare--;
	return conn;
}

void
conn_close(struct conn *conn, bool reset)
{
	struct http *http = conn->http;
	struct exchange *exchange = conn->exchange;

	if (conn->state == CONN_CLOSED)
		return;
	conn->state = CONN_CLOSED;
	out_drop(conn);
	if (conn->registered)
		event_del(&conn->event);
	deadline_stop(&conn->deadline);
	if (conn->counted_idle)
		slot_add(http->slot->idle, (uint64_t)-1);
	free(conn->held);
	conn->held = NULL;
	if (reset)
		setsockopt(conn_fd(conn), SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1},
			   sizeof(struct linger));
	close(conn_fd(conn));
	TAILQ_REMOVE(&http->conns, conn, link);
	http->nconns--;
	slot_set(http->slot->connections, http->nconns);
	TAILQ_INSERT_TAIL(&http->dead, conn, link);
	conn->exchange = NULL;
	if (exchange != NULL)
		exchange_detach(exchange, true);
}

/* Holding bytes ------------------------------------------------------------------- */

/* Keeps n bytes for later, with the parser's place if they are an unfinished head. */
static void
conn_hold(struct conn *conn, const struct head *head, const char *p, size_t n)
{
	conn->held = head_save(head, p, n);
	if (conn->held == NULL) {
		conn_close(conn, true);
		return;
	}
	conn->held_len = (uint32_t)n;
}

static void
conn_hold_raw(struct conn *conn, const char *p, size_t n)
{
	struct head none;

	head_init(&none);
	conn_hold(conn, &none, p, n);
}

/* Brings what is held back to the front of the scratch buffer. */
static size_t
conn_unhold(struct conn *conn)
{
	struct http *http = conn->http;
	size_t n = conn->held_len;

	if (conn->held == NULL)
		return 0;
	if (conn->held->pos > 0) {
		head_load(conn->state == CONN_TRAILER ? &http->trailer : &http->head, conn->held);
		conn->partial = true;
	}
	memcpy(http->scratch, conn->held->bytes, n);
	free(conn->held);
	conn->held = NULL;
	return n;
}

/* Answers that eddy gives itself -------------------------------------------------- */

/* An answer without a handler: a status, its text as the body, one header line (or ""). */
static void
conn_answer(struct conn *conn, int status, bool head_only, bool keep, const char *field)
{
	struct http *http = conn->http;
	eddy_str line = status_line(status), text = status_text(status);
	bool body = status != 204;
	char *p = out_reserve(conn, 1024 + strlen(field));
	int n;

	if (p == NULL)
		return;
	n = snprintf(p, 1024 + strlen(field), "%.*s%s%s%s%s", (int)line.n, line.p, http->date.line,
		     field, body ? "Content-Type: text/plain\r\n" : "",
		     keep ? "" : "Connection: close\r\n");
	if (body)
		n += sprintf(p + n, "Content-Length: %zu\r\n", text.n + 1);
	n += sprintf(p + n, "\r\n");
	if (body && !head_only)
		n += sprintf(p + n, "%.*s\n", (int)text.n, text.p);
	out_commit(conn, (size_t)n);
	slot_add(http->slot->counters.responses[status / 100], 1);
}

/*
 * The request is not one: says so, and closes so that the client reads it. Nothing more is read as
 * a request.
 */
static void
conn_refuse(struct conn *conn, int status)
{
	conn_answer(conn, status, false, false, "");
	conn->closing = conn->lingering = true;
}

/* Requests ------------------------------------------------------------------------ */

/* Whether the next request may begin: the answer before it has gone out whole. */
static bool
conn_may_begin(const struct conn *conn)
{
	return conn->exchange == NULL && conn->queue == NULL && !conn->closing;
}

static bool
conn_keeps_alive(const struct conn *conn, const struct head *head)
{
	return (head->minor > 0 ? !head->close : head->keep_alive) && !conn->http->draining;
}

bool
conn_body_is_left(const struct conn *conn, bool expects_continue)
{
	if (conn->state != CONN_BODY && conn->state != CONN_TRAILER)
		return false;
	return expects_continue || body_is_longer(&conn->body, DISCARD_MAX);
}

/* The answer to the request under way is out: what becomes of the rest of its body? */
static void
conn_next(struct conn *conn, bool keep)
{
	bool unread = conn->state == CONN_BODY || conn->state == CONN_TRAILER;

	if (unread && keep) {
		conn->body_bytes = DISCARD_MAX;
		if (conn->state == CONN_BODY)
			conn->state = CONN_DISCARD;
		return;
	}
	if (!keep)
		conn->closing = true;
	if (unread)
		conn->lingering = true;
	conn->state = CONN_HEAD;
}

void
conn_response_ended(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;
	const eddy_response_events *events = exchange->response.events;

	if (events != NULL && (events->finish != NULL || events->close != NULL)) {
		if (conn->http->out.owner == conn)
			out_flush(conn->http);
		if (conn->state == CONN_CLOSED || conn->queue != NULL)
			return; /* conn_sent comes back here */
		if (exchange->response.ended)
			exchange_post(exchange, EXCHANGE_FINISH);
	}
	conn->exchange = NULL;
	conn_next(conn,
		  exchange->response.keep && !conn_body_is_left(conn, exchange->expect_continue));
	exchange_detach(exchange, false);
	conn_later(conn);
}

void
conn_later(struct conn *conn)
{
	if (conn->busy || conn->posted || conn->state == CONN_CLOSED)
		return;
	conn->posted = true;
	task_post(&conn->http->loop->later, &conn->task);
}

/* Calls the route's handler with a new exchange. */
static void
conn_call(struct conn *conn, const struct route *route)
{
	struct http *http = conn->http;
	struct exchange *exchange = exchange_new(conn, route, &http->head);

	if (exchange == NULL) {
		conn_answer(conn, 503, false, false, "");
		conn_next(conn, false);
		return;
	}
	exchange->response.keep = conn_keeps_alive(conn, &http->head);
	exchange->response.no_body = http->head.is_head;
	conn->exchange = exchange;
	exchange->running = true;
	call_begin(http->calls, route->module, SLOT_REQUEST, route->index + 1);
	blame_line(http->slot, &http->head);
	route->handler(&exchange->request, &exchange->response, route->module->state);
	call_end(http->calls);
	exchange->running = false;
	if (exchange->conn == NULL && exchange->response.ended) {
		if (!exchange->posted)
			exchange_free(exchange);
		else if (!(exchange->pending & EXCHANGE_CLOSE))
			exchange_post(exchange, EXCHANGE_FREE);
	}
	loop_run_ticks(http->loop);
}

/*
 * The status that the request gets without a handler, or 0 with its route. `field`: a header line
 * for the answer.
 */
static int
conn_route(const struct conn *conn, const struct head *head, const struct route **route,
	   char *field, size_t size)
{
	char allow[ROUTE_ALLOW_MAX];
	int status = 0;

	field[0] = '\0';
	if (head->is_connect)
		return 501;
	if (head->path.len == 1 && head->bytes[head->path.at] == '*')
		return 204;
	*route = router_find(conn->http->router, head_path(head), head_str(head, head->method),
			     &status, allow);
	if (*route == NULL) {
		if (status == 405)
			snprintf(field, size, "Allow: %s\r\n", allow);
		return status;
	}
	if (head->has_length && head->length > (*route)->conf->max_body)
		return 413;
	return 0;
}

/* A head is complete: what is its body, whose is it? */
static void
conn_begin(struct conn *conn)
{
	struct http *http = conn->http;
	const struct head *head = &http->head;
	const struct route *route = NULL;
	char field[ROUTE_ALLOW_MAX + 16];
	int status;
	bool keep;

	conn->requests++;
	slot_add(http->slot->counters.requests, 1);
	conn->body_bytes = 0;
	if (head->chunked)
		body_init_chunked(&conn->body);
	else
		body_init_length(&conn->body, head->length);
	conn->state = head->chunked || head->length > 0 ? CONN_BODY : CONN_WAIT;
	status = conn_route(conn, head, &route, field, sizeof(field));
	if (status == 0) {
		conn_call(conn, route);
		return;
	}
	keep = status != 413 && status != 501 && conn_keeps_alive(conn, head) &&
	       !conn_body_is_left(conn, head->expect_continue);
	conn_answer(conn, status, head->is_head, keep, field);
	conn_next(conn, keep);
}

/*
 * Each of these works on the *n bytes at *p, and says whether there is more to do with what it
 * left.
 */
static bool
conn_take_head(struct conn *conn, const char **p, size_t *n)
{
	struct http *http = conn->http;
	struct head *head = &http->head;
	int result;

	if (*n == 0 || !conn_may_begin(conn))
		return false;
	if (!conn->partial)
		head_init(head);
	conn->partial = false;
	result = head_parse(head, *p, *n, http->conf->max_head);
	if (result == HEAD_AGAIN) {
		conn_hold(conn, head, *p, *n);
		*n = 0;
		return false;
	}
	if (result != HEAD_DONE) {
		slot_add(http->slot->counters.requests, 1);
		conn_refuse(conn, result);
		*n = 0;
		return false;
	}
	*p += head->size;
	*n -= head->size;
	conn_begin(conn);
	return true;
}

static bool
conn_reading(const struct conn *conn)
{
	const struct exchange *exchange = conn->exchange;

	return exchange != NULL && exchange->request.reading && !exchange->request.paused &&
	       !exchange->request.ended;
}

/* The body is broken or too large; the module hears of it, and may answer. */
static void
conn_body_failed(struct conn *conn, int error)
{
	conn->lingering = conn->closing = true;
	if (conn->exchange == NULL)
		return;
	exchange_error(conn->exchange, error);
	loop_run_ticks(conn->http->loop);
}

static bool
conn_take_body(struct conn *conn, const char **p, size_t *n)
{
	eddy_str piece;

	if (!conn_reading(conn))
		return false;
	switch (body_decode(&conn->body, p, n, &piece)) {
	case BODY_AGAIN:
		return false;
	case BODY_PIECE:
		conn->body_bytes += piece.n;
		conn->exchange->expect_continue = false;
		if (conn->body_bytes > conn->exchange->route->conf->max_body)
			conn_body_failed(conn, EDDY_ETOOBIG);
		else
			exchange_data(conn->exchange, piece);
		return true;
	case BODY_TRAILER:
		conn->state = CONN_TRAILER;
		return true;
	case BODY_DONE:
		conn->state = CONN_WAIT;
		exchange_end(conn->exchange);
		return true;
	case BODY_BAD:
		break;
	}
	conn_body_failed(conn, EDDY_EBADMSG);
	return true;
}

/* The rest of a body that nobody will read. */
static bool
conn_take_rest(struct conn *conn, const char **p, size_t *n)
{
	eddy_str piece;

	switch (body_decode(&conn->body, p, n, &piece)) {
	case BODY_AGAIN:
		return false;
	case BODY_PIECE:
		if (piece.n <= conn->body_bytes) {
			conn->body_bytes -= piece.n;
			return true;
		}
		break;
	case BODY_TRAILER:
		conn->state = CONN_TRAILER;
		return true;
	case BODY_DONE:
		conn->state = CONN_HEAD;
		return true;
	case BODY_BAD:
		break;
	}
	conn->closing = conn->lingering = true;
	conn->state = CONN_HEAD;
	return true;
}

static void
conn_trailers(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;
	const struct head *trailer = &conn->http->trailer;

	if (exchange == NULL) {
		conn->state = CONN_HEAD;
		return;
	}
	conn->state = CONN_WAIT;
	if (trailer->nfields > 0)
		exchange->request.trailers = head_save(trailer, trailer->bytes, trailer->size);
	exchange_end(exchange);
}

static bool
conn_take_trailer(struct conn *conn, const char **p, size_t *n)
{
	struct http *http = conn->http;
	struct head *trailer = &http->trailer;
	int result;

	if (*n == 0 || (conn->exchange != NULL && !conn_reading(conn)))
		return false;
	if (!conn->partial)
		head_init_trailer(trailer);
	conn->partial = false;
	result = head_parse(trailer, *p, *n, http->conf->max_head);
	if (result == HEAD_AGAIN) {
		conn_hold(conn, trailer, *p, *n);
		*n = 0;
		return false;
	}
	if (result == HEAD_DONE) {
		*p += trailer->size;
		*n -= trailer->size;
		conn_trailers(conn);
		return true;
	}
	*n = 0;
	if (conn->exchange == NULL) {
		conn->closing = conn->lingering = true;
		conn->state = CONN_HEAD;
	}
	conn_body_failed(conn, EDDY_EBADMSG);
	return true;
}

/* A request without a body has its `end` too, once somebody wants to hear it. */
static bool
conn_take_nothing(struct conn *conn)
{
	if (!conn_reading(conn))
		return false;
	exchange_end(conn->exchange);
	return true;
}

static void
conn_process(struct conn *conn, const char *p, size_t n)
{
	bool more = true;

	conn->busy = true;
	while (more) {
		switch ((enum conn_state)conn->state) {
		case CONN_HEAD:
			more = conn_take_head(conn, &p, &n);
			break;
		case CONN_BODY:
			more = conn_take_body(conn, &p, &n);
			break;
		case CONN_TRAILER:
			more = conn_take_trailer(conn, &p, &n);
			break;
		case CONN_WAIT:
			more = conn_take_nothing(conn);
			break;
		case CONN_DISCARD:
			more = conn_take_rest(conn, &p, &n);
			break;
		case CONN_LINGER:
			n = 0;
			more = false;
			break;
		case CONN_CLOSED:
			n = 0;
			more = false;
			break;
		}
	}
	conn->busy = false;
	if (conn->closing && conn->exchange == NULL)
		n = 0; /* nothing behind a broken or last request is ever read */
	if (n > 0)
		conn_hold_raw(conn, p, n);
	if (conn->exchange != NULL && exchange_park(conn->exchange) != 0)
		conn_close(conn, true);
}

/* Reading ------------------------------------------------------------------------- */

static bool
conn_wants_input(const struct conn *conn)
{
	if (conn->eof)
		return false;
	switch ((enum conn_state)conn->state) {
	case CONN_HEAD:
		return conn_may_begin(conn) || (conn->held == NULL && !conn->closing);
	case CONN_BODY:
		return conn->held == NULL && conn_reading(conn);
	case CONN_TRAILER:
		return conn->exchange == NULL || conn_reading(conn);
	case CONN_WAIT:
		return conn->held == NULL;
	case CONN_DISCARD:
	case CONN_LINGER:
		return true;
	case CONN_CLOSED:
		break;
	}
	return false;
}

/* The client has sent FIN, and all before it has been read. */
static void
conn_eof(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;
	const eddy_response_events *events;

	conn->eof = true;
	switch ((enum conn_state)conn->state) {
	case CONN_BODY:
	case CONN_TRAILER:
		conn_close(conn, false); /* the body cannot come whole: EDDY_EABORTED follows */
		return;
	case CONN_WAIT:
		if (exchange == NULL || exchange->response.head_sent)
			return; /* the answer is finished */
		events = exchange->response.events;
		if (events == NULL || events->end == NULL)
			conn_close(conn, false);
		else
			exchange_post(exchange, EXCHANGE_END);
		return;
	case CONN_LINGER:
		conn_close(conn, false);
		return;
	case CONN_DISCARD:
		conn->closing = true;
		conn->state = CONN_HEAD;
		return;
	default: /* conn_settle closes, once what is held has been answered */
		return;
	}
}

/*
 * Whether the client has left in the middle of a body that nobody is reading: what is there cannot
 * be all of it.
 */
static bool
conn_body_is_cut(const struct conn *conn)
{
	int unread = 0;

	return conn->state == CONN_BODY && ioctl(conn_fd(conn), FIONREAD, &unread) == 0 &&
	       body_is_longer(&conn->body,
			      (uint64_t)unread + (conn->held != NULL ? conn->held_len : 0));
}

/* Something has happened while nothing is to be read: is the client still there? */
static void
conn_notice(struct conn *conn)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(conn_fd(conn), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0) {
		conn_close(conn, false);
		return;
	}
	if (!conn->fin || conn->eof)
		return;
	if (conn->state == CONN_WAIT)
		conn_eof(conn);
	else if (conn_body_is_cut(conn))
		conn_close(conn, false);
}

/* One recv and what it brought. False: there is nothing more to read now. */
static bool
conn_read(struct conn *conn)
{
	struct http *http = conn->http;
	size_t held = conn->held != NULL ? conn->held_len : 0, room = HTTP_SCRATCH_SIZE - held;
	ssize_t n;

	if (room == 0)
		return false;
	n = recv(conn_fd(conn), http->scratch + held, room, 0);
	if (n < 0) {
		if (errno == EINTR)
			return true;
		if (errno != EAGAIN)
			conn_close(conn, false);
		return false;
	}
	if (n == 0) {
		conn_eof(conn);
		return false;
	}
	slot_add(http->slot->counters.bytes_in, (uint64_t)n);
	conn_process(conn, http->scratch, conn_unhold(conn) + (size_t)n);
	return (size_t)n == room || conn->fin;
}

static void
conn_input(struct conn *conn)
{
	conn->readable = false;
	for (int turn = 0; conn->state != CONN_CLOSED; turn++) {
		if (!conn_wants_input(conn)) {
			conn->readable = true;
			conn_notice(conn);
			return;
		}
		if (turn == READ_TURNS) {
			conn->readable = true;
			event_active(&conn->event, EV_READ, 1);
			return;
		}
		if (!conn_read(conn))
			return;
	}
}

/* Waiting ------------------------------------------------------------------------- */

/*
 * All is said. Closes, or waits a little so that the client reads the answer before a RST could
 * take it away.
 */
static void
conn_finish(struct conn *conn)
{
	if (conn->http->out.owner == conn)
		out_flush(conn->http);
	if (conn->state == CONN_CLOSED || conn->queue != NULL)
		return;
	if (!conn->lingering || conn->eof) {
		conn_close(conn, false);
		return;
	}
	shutdown(conn_fd(conn), SHUT_WR);
	conn->state = CONN_LINGER;
	deadline_start(&conn->deadline, &conn->http->lingers);
	if (conn->readable && conn->registered)
		event_active(&conn->event, EV_READ, 1);
}

static void
conn_count_idle(struct conn *conn, bool idle)
{
	if (conn->counted_idle == idle)
		return;
	conn->counted_idle = idle;
	slot_add(conn->http->slot->idle, idle ? 1 : (uint64_t)-1);
}

static void
conn_wait(struct conn *conn, struct deadlines *limit)
{
	if (limit == NULL)
		deadline_stop(&conn->deadline);
	else if (conn->deadline.of != limit || limit != &conn->http->heads)
		deadline_start(&conn->deadline, limit); /* a head's time is not put off */
}

/*
 * Decides which time limit runs, and whether it is time to close. The last step of every turn that
 * touched it.
 */
static void
conn_settle(struct conn *conn)
{
	struct http *http = conn->http;
	struct deadlines *limit = NULL;
	bool idle = false;

	if (conn->state == CONN_CLOSED || conn->state == CONN_LINGER)
		return;
	if (conn->eof && conn->exchange == NULL && (conn->held == NULL || conn->held->pos > 0))
		conn->closing = true;
	if (conn->closing && conn->exchange == NULL) {
		conn_count_idle(conn, false);
		conn_wait(conn, NULL);
		conn_finish(conn);
		return;
	}
	if (conn->state == CONN_HEAD && conn->exchange == NULL && conn->queue == NULL) {
		idle = conn->held == NULL;
		if (!idle || conn->requests == 0)
			limit = &http->heads;
		else
			limit = http->draining ? &http->graces : &http->idle;
	} else if (conn->state == CONN_DISCARD ||
		   ((conn->state == CONN_BODY || conn->state == CONN_TRAILER) &&
		    conn_reading(conn))) {
		limit = &http->bodies;
	}
	conn_count_idle(conn, idle);
	conn_wait(conn, limit);
}

static void
conn_register(struct conn *conn)
{
	if (conn->registered || conn->state == CONN_CLOSED)
		return;
	if (event_add(&conn->event, NULL) != 0) {
		conn_close(conn, true);
		return;
	}
	conn->registered = true;
}

static void
conn_event(evutil_socket_t fd, short what, void *arg)
{
	struct conn *conn = arg;
	struct loop *loop = conn->http->loop;

	(void)fd;
	loop_enter(loop);
	if (what & EV_CLOSED)
		conn->fin = true;
	conn_input(conn);
	conn_settle(conn);
	loop_leave(loop);
}

/*
 * The end of a turn in which something changed: an answer was given, the body asked for, the queue
 * emptied.
 */
static void
conn_resume(struct task *task)
{
	struct conn *conn = (struct conn *)(void *)((char *)task - offsetof(struct conn, task));
	struct http *http = conn->http;

	conn->posted = false;
	if (conn->state == CONN_CLOSED)
		return;
	if (conn->held != NULL && (conn->state != CONN_HEAD || conn->held->pos == 0)) {
		size_t n = conn_unhold(conn);

		conn_process(conn, http->scratch, n);
	} else if (conn->held == NULL) {
		conn_process(conn, http->scratch, 0);
	}
	if (conn->readable && conn->state != CONN_CLOSED && conn_wants_input(conn))
		conn_input(conn);
	conn_settle(conn);
	conn_register(conn);
}

void
conn_open(struct http *http, int fd, const struct sockaddr *peer)
{
	struct conn *conn = conn_new(http);

	if (conn == NULL) {
		close(fd);
		return;
	}
	*conn = (struct conn){
		.http = http, .task.run = conn_resume, .peer = peer_of(peer), .state = CONN_HEAD};
	event_assign(&conn->event, http->loop->base, fd, EV_READ | EV_CLOSED | EV_PERSIST | EV_ET,
		     conn_event, conn);
	TAILQ_INSERT_TAIL(&http->conns, conn, link);
	http->nconns++;
	slot_set(http->slot->connections, http->nconns);
	slot_add(http->slot->counters.accepted, 1);
	conn_input(conn);
	conn_settle(conn);
	conn_register(conn);
}

void
conn_sent(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;

	if (exchange != NULL && (exchange->response.ended || exchange->response.answered)) {
		conn_response_ended(conn);
	} else if (exchange != NULL && exchange->response.full) {
		exchange->response.full = false;
		exchange_post(exchange, EXCHANGE_DRAIN);
	}
	conn_later(conn);
}

/* Time limits --------------------------------------------------------------------- */

static struct conn *
conn_of_deadline(struct deadline *deadline)
{
	return (struct conn *)(void *)((char *)deadline - offsetof(struct conn, deadline));
}

/* Its last chance: a request that has just arrived is still answered. */
void
conn_idle_passed(struct deadline *deadline)
{
	struct conn *conn = conn_of_deadline(deadline);
	uint32_t requests = conn->requests;

	conn_input(conn);
	if (conn->state == CONN_HEAD && conn->exchange == NULL && conn->held == NULL &&
	    conn->requests == requests)
		conn->closing = true;
	conn_settle(conn);
}

void
conn_head_passed(struct deadline *deadline)
{
	struct conn *conn = conn_of_deadline(deadline);

	if (conn->held == NULL) { /* it never sent a byte */
		conn_close(conn, false);
		return;
	}
	conn_refuse(conn, 408);
	free(conn->held);
	conn->held = NULL;
	conn_settle(conn);
}

void
conn_body_passed(struct deadline *deadline)
{
	struct conn *conn = conn_of_deadline(deadline);

	conn_body_failed(conn, EDDY_ETIMEOUT);
	conn_settle(conn);
}

void
conn_linger_passed(struct deadline *deadline)
{
	conn_close(conn_of_deadline(deadline), false);
}

void
conn_write_passed(struct deadline *deadline)
{
	char *queue = (char *)deadline - offsetof(struct out_queue, deadline);

	conn_close(((struct out_queue *)(void *)queue)->conn, true);
}

/* Leaving ------------------------------------------------------------------------- */

void
conn_drain(struct conn *conn)
{
	if (conn->exchange != NULL)
		conn->exchange->response.keep = false;
	else if (conn->state == CONN_HEAD && conn->held == NULL && conn->queue == NULL)
		deadline_start(&conn->deadline, &conn->http->graces);
}

void
conn_abort(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;

	if (exchange != NULL && !exchange->response.head_sent)
		exchange_answer(exchange, 503);
	else
		conn_close(conn, exchange != NULL);
}
