/*
 * From bytes to calls: what a connection has read becomes heads, handlers, pieces of bodies, and
 * the next request.
 *
 * conn_process works through the bytes by the connection's state (conn.h) as far as it can; what it
 * cannot use now is held. A module is called from here and from tasks only; what modules call
 * (request.c, response.c) changes fields and comes back here through conn_response_ended and
 * conn_later at most, never into conn_process.
 */
#include "http/conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/access.h"
#include "http/exchange.h"
#include "http/status.h"
#include "loop/clock.h"

#define RATE_GRACE_MS 5000 /* before min_rate is looked at: a slow start is no attack */
#define DISCARD_MAX 262144 /* bytes of an unread body: cheaper to read than a new connection */

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

/* The same to a request that has been read. */
static void
conn_answer_to(struct conn *conn, const struct head *head, const struct route *route, int status,
	       bool keep, const char *field)
{
	conn_answer(conn, status, head->is_head, keep, field);
	if (conn->http->access != NULL)
		access_answered_on(conn, head, route, status);
}

/*
 * The request is not one: says so, and closes so that the client reads it. Nothing more is read as
 * a request.
 */
void
conn_refuse(struct conn *conn, int status, const char *p, size_t n)
{
	conn_answer(conn, status, false, false, "");
	if (conn->http->access != NULL)
		access_refused_on(conn, status, p, n);
	conn->closing = conn->lingering = true;
}

/* Requests ------------------------------------------------------------------------ */

bool
conn_may_begin(const struct conn *conn)
{
	return conn->exchange == NULL && conn->queue == NULL && !conn->closing;
}

static bool
conn_keeps_alive(const struct conn *conn, const struct head *head)
{
	unsigned most = conn->http->conf->keepalive_requests;

	if (conn_is_last(conn) || (most != 0 && conn->requests >= most))
		return false;
	return head->minor > 0 ? !head->close : head->keep_alive;
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
conn_leave(struct conn *conn)
{
	if (conn->exchange != NULL || conn->state == CONN_LINGER || conn->state == CONN_CLOSED)
		return;
	if (conn->state != CONN_HEAD)
		conn->lingering = true; /* some of the request is still to come */
	conn->state = CONN_HEAD;
	conn->closing = true;
	conn_later(conn);
}

void
conn_response_ended(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;
	const eddy_response_events *events = exchange->response.events;

	if (response_has_pieces(&exchange->response) && conn->queue != NULL)
		return; /* conn_sent comes back here */
	if (conn->http->access != NULL)
		access_ended_on(exchange, false);
	if (events != NULL && (events->finish != NULL || events->close != NULL)) {
		if (conn->http->out.owner == conn)
			out_flush(conn->http);
		if (conn->state == CONN_CLOSED || conn->queue != NULL)
			return; /* conn_sent comes back here */
		if (exchange->response.ended)
			exchange_post(exchange, EXCHANGE_FINISH);
	}
	conn->exchange = NULL;
	exchange->past = conn; /* until it is freed, by a tick: before the connection goes on */
	conn_next(conn,
		  exchange->response.keep && !conn_body_is_left(conn, exchange->expect_continue));
	exchange_detach(exchange, false);
	conn_later(conn);
}

/* Calls the handler, the route's or the server's, with a new exchange. */
static void
conn_call(struct conn *conn, const struct route *route, bool probe)
{
	struct http *http = conn->http;
	struct exchange *exchange = exchange_new(conn, route, &http->head);

	if (exchange == NULL) {
		if (probe)
			probe_end(&http->probes, route->index, false);
		conn_answer_to(conn, &http->head, route, 503, false, "");
		conn_next(conn, false);
		return;
	}
	exchange->probe = probe;
	exchange->response.keep = conn_keeps_alive(conn, &http->head);
	exchange->response.no_body = http->head.is_head;
	conn->exchange = exchange;
	exchange->running = true;
	exchange_call(exchange, SLOT_REQUEST);
	if (conn->server != NULL)
		http_server_call(conn->server, exchange);
	else
		route->handler(exchange_request(exchange), exchange_response(exchange),
			       route->module->state);
	call_end(http->calls);
	exchange->running = false;
	if (exchange->conn == NULL && !exchange->posted)
		exchange_free(exchange);
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
	if (conn->server != NULL) {
		*route = &conn->server->route;
		return head->has_length && head->length > conn->server->conf.max_body ? 413 : 0;
	}
	if (!head->is_connect && head->path.len == 1 && head->bytes[head->path.at] == '*')
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

/*
 * The same for a route in quarantine. 0: the request is its probe. The turn's time may be older than
 * the quarantine, which would make a second more of it.
 */
static int
conn_probe(const struct conn *conn, const struct route *route, char *field, size_t size)
{
	const struct http *http = conn->http;
	unsigned retry_s;

	if (probe_begin(&http->probes, route->index, clock_now_ns(), &retry_s))
		return 0;
	snprintf(field, size, "Retry-After: %u\r\n", retry_s);
	return 503;
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
	bool keep, probe = false;

	access_begin(http->access);
	conn->requests++;
	conn->burst--;
	slot_add(http->slot->counters.requests, 1);
	conn->body_bytes = 0;
	if (head->chunked)
		body_init_chunked(&conn->body);
	else
		body_init_length(&conn->body, head->length);
	conn->state = head->chunked || head->length > 0 ? CONN_BODY : CONN_WAIT;
	status = conn_route(conn, head, &route, field, sizeof(field));
	if (status == 0 && probe_concerns(&http->probes, route->index)) {
		status = conn_probe(conn, route, field, sizeof(field));
		probe = status == 0;
	}
	if (status == 0) {
		conn_call(conn, route, probe);
		return;
	}
	keep = status != 413 && status != 501 && conn_keeps_alive(conn, head) &&
	       !conn_body_is_left(conn, head->expect_continue);
	conn_answer_to(conn, head, route, status, keep, field);
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
	if (conn->burst == 0) {
		conn_again(conn);
		return false;
	}
	if (!conn->partial)
		head_init(head);
	conn->partial = false;
	result = head_parse(head, *p, *n, &http->head_limits);
	if (result == HEAD_AGAIN) {
		conn_hold(conn, head, *p, *n);
		*n = 0;
		return false;
	}
	if (result != HEAD_DONE) {
		slot_add(http->slot->counters.requests, 1);
		conn_refuse(conn, result, *p, *n);
		*n = 0;
		return false;
	}
	*p += head->size;
	*n -= head->size;
	if (conn->deadline.of == conn_heads(conn)) /* the next head has a time of its own */
		deadline_stop(&conn->deadline);
	conn_begin(conn);
	return true;
}

bool
conn_reading(const struct conn *conn)
{
	const struct exchange *exchange = conn->exchange;

	return exchange != NULL && exchange->request.reading && !exchange->request.paused &&
	       !exchange->request.ended;
}

/*
 * The body is broken, stalled or too large; the module hears of it, and may answer. Without one the
 * connection ends behind the answer that it has had.
 */
void
conn_body_failed(struct conn *conn, int error)
{
	conn->lingering = conn->closing = true;
	if (conn->exchange == NULL) {
		conn->state = CONN_HEAD;
		return;
	}
	exchange_error(conn->exchange, error);
	loop_run_ticks(conn->http->loop);
}

/* Whether the client sends slower than min_rate, on average since somebody has been reading. */
static bool
conn_body_is_slow(const struct conn *conn)
{
	const struct request *req = &conn->exchange->request;
	uint64_t min_rate = conn->exchange->route->conf->min_rate;
	uint64_t ms = loop_now_ms(conn->http->loop) - req->rate_since_ms;

	return ms >= RATE_GRACE_MS && req->rate_bytes * 1000 / ms < min_rate;
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
		conn->exchange->request.rate_bytes += piece.n;
		if (conn->body_bytes > conn->exchange->route->conf->max_body)
			conn_body_failed(conn, EDDY_ETOOBIG);
		else if (conn_body_is_slow(conn))
			conn_body_failed(conn, EDDY_ETIMEOUT);
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
	conn_body_failed(conn, EDDY_EBADMSG);
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
	result = head_parse(trailer, *p, *n, &http->head_limits);
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

/* A module has taken the connection over. */
static void
conn_upgrade(struct conn *conn, const char *p, size_t n)
{
	struct socket *sock = conn->http->upgrading;

	conn->http->upgrading = NULL;
	conn->partial = false;
	conn_hand_over(conn, sock, p, n);
}

void
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
		case CONN_UPGRADE:
			more = false;
			break;
		case CONN_LINGER:
		case CONN_CLOSED:
			n = 0;
			more = false;
			break;
		}
	}
	conn->busy = false;
	if (conn->http->upgrading != NULL) {
		conn_upgrade(conn, p, n);
		return;
	}
	if (conn->closing && conn->exchange == NULL)
		n = 0;		    /* nothing behind a broken or last request is ever read */
	if (n > 0 && conn->partial) /* not looked at yet: it keeps the parser's place */
		conn_hold(conn, conn_parser(conn), p, n);
	else if (n > 0)
		conn_hold_raw(conn, p, n);
	conn->partial = false;
	if (conn->exchange != NULL && exchange_park(conn->exchange) != 0)
		conn_close(conn, true);
}
