/*
 * The request's side of eddy.h: views into its head, and reading its body. The mechanism is in
 * conn.c, serve.c and exchange.c. A handle that stands for nothing any more gives nothing.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "http/conn.h"
#include "http/exchange.h"
#include "http/http.h"
#include "net/ends.h"
#include "worker.h"

static const eddy_str nothing = {NULL, 0};

static struct exchange *
request_find(const eddy_request *req, const char *what)
{
	return api_find(&worker_self->http.handles, req, what);
}

static const struct head *
request_head(const eddy_request *req, const char *what)
{
	const struct exchange *exchange = request_find(req, what);

	return exchange != NULL ? exchange->head : NULL;
}

eddy_str
eddy_request_method(const eddy_request *req)
{
	const struct head *head = request_head(req, __func__);

	return head != NULL ? head_str(head, head->method) : nothing;
}

eddy_str
eddy_request_url(const eddy_request *req)
{
	const struct head *head = request_head(req, __func__);

	return head != NULL ? head_str(head, head->target) : nothing;
}

eddy_str
eddy_request_path(const eddy_request *req)
{
	const struct head *head = request_head(req, __func__);

	return head != NULL ? head_path(head) : nothing;
}

eddy_str
eddy_request_query(const eddy_request *req)
{
	const struct head *head = request_head(req, __func__);

	return head != NULL && head->query.at != 0 ? head_str(head, head->query) : nothing;
}

int
eddy_request_http_version_minor(const eddy_request *req)
{
	const struct exchange *exchange = request_find(req, __func__);

	return exchange != NULL ? exchange->minor : 0;
}

eddy_str
eddy_request_header(eddy_request *req, const char *name)
{
	struct exchange *exchange = request_find(req, __func__);

	if (exchange == NULL || exchange->head == NULL || api_check(name != NULL, __func__) != 0)
		return nothing;
	return joined_find(exchange->head, &exchange->joined, name);
}

bool
eddy_request_headers(const eddy_request *req, size_t i, eddy_str *name, eddy_str *value)
{
	const struct head *head = request_head(req, __func__);

	return head != NULL && api_check(name != NULL && value != NULL, __func__) == 0 &&
	       head_field(head, i, name, value);
}

eddy_str
eddy_request_param(const eddy_request *req, const char *name)
{
	const struct exchange *exchange = request_find(req, __func__);

	if (exchange == NULL || exchange->head == NULL || api_check(name != NULL, __func__) != 0)
		return nothing;
	return route_param(exchange->route, head_path(exchange->head), name);
}

eddy_str
eddy_request_trailer(const eddy_request *req, const char *name)
{
	const struct exchange *exchange = request_find(req, __func__);
	const struct head *trailers = exchange != NULL ? exchange->request.trailers : NULL;

	if (trailers == NULL || api_check(name != NULL, __func__) != 0)
		return nothing;
	return head_get(trailers, name);
}

bool
eddy_request_trailers(const eddy_request *req, size_t i, eddy_str *name, eddy_str *value)
{
	const struct exchange *exchange = request_find(req, __func__);
	const struct head *trailers = exchange != NULL ? exchange->request.trailers : NULL;

	return trailers != NULL && api_check(name != NULL && value != NULL, __func__) == 0 &&
	       head_field(trailers, i, name, value);
}

eddy_str
eddy_request_remote_address(const eddy_request *req)
{
	static char
		text[INET6_ADDRSTRLEN]; /* one thread; a view lives until the callback returns */
	const struct exchange *exchange = request_find(req, __func__);
	const struct conn *conn = exchange != NULL ? exchange->conn : NULL;

	if (conn == NULL)
		return nothing;
	if (conn->peer.family == AF_UNIX)
		return (eddy_str){"unix:", 5};
	if (inet_ntop(conn->peer.family, conn->peer.address, text, sizeof(text)) == NULL)
		return nothing;
	return (eddy_str){text, strlen(text)};
}

unsigned
eddy_request_remote_port(const eddy_request *req)
{
	const struct exchange *exchange = request_find(req, __func__);

	return exchange != NULL && exchange->conn != NULL ? ntohs(exchange->conn->peer.port) : 0;
}

/* This end of the request's connection. False: there is none any more. */
static bool
request_local(const eddy_request *req, struct end *end, const char *what)
{
	const struct exchange *exchange = request_find(req, what);

	return exchange != NULL && exchange->conn != NULL &&
	       end_get(end, conn_fd(exchange->conn), false);
}

eddy_str
eddy_request_local_address(const eddy_request *req)
{
	static char text[END_TEXT_MAX]; /* as above */
	struct end end;

	return request_local(req, &end, __func__) ? end_format(&end, text) : nothing;
}

unsigned
eddy_request_local_port(const eddy_request *req)
{
	struct end end;

	return request_local(req, &end, __func__) ? end_port(&end) : 0;
}

/* Reading the body ---------------------------------------------------------------- */

static void
request_rate_start(struct exchange *exchange)
{
	exchange->request.rate_since_ms = loop_now_ms(exchange->http->loop);
	exchange->request.rate_bytes = 0;
}

/* Tells a client that waits for the word that it may send the body. */
static void
request_continue(struct exchange *exchange)
{
	static const char word[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (exchange->expect_continue && !exchange->response.head_sent)
		out_write(exchange->conn, word, sizeof(word) - 1);
	exchange->expect_continue = false;
}

/* Somebody wants the body: the connection may go on. */
static void
request_read(struct exchange *exchange)
{
	exchange->request.reading = true;
	request_rate_start(exchange);
	request_continue(exchange);
	if (exchange->conn != NULL)
		conn_later(exchange->conn);
}

/* The exchange, if its body can still be read. */
static struct exchange *
request_open(const eddy_request *req, const char *what)
{
	struct exchange *exchange = request_find(req, what);

	return exchange != NULL && exchange->conn != NULL ? exchange : NULL;
}

int
eddy_request_on(eddy_request *req, const eddy_request_events *events, void *arg)
{
	struct exchange *exchange = request_open(req, __func__);

	if (exchange == NULL)
		return api_error(req, HANDLE_EXCHANGE);
	exchange->request.events = events;
	exchange->request.arg = arg;
	if (events != NULL && !exchange->request.reading)
		request_read(exchange);
	return 0;
}

int
eddy_response_write_continue(eddy_response *handle)
{
	struct exchange *exchange = api_find(&worker_self->http.handles, handle, __func__);

	if (exchange == NULL || exchange->conn == NULL)
		return api_error(handle, HANDLE_EXCHANGE);
	if (exchange->response.head_sent || exchange->response.ended)
		return api_misuse(EDDY_EHEADERS_SENT, __func__);
	request_continue(exchange);
	return 0;
}

void
eddy_request_pause(eddy_request *req)
{
	struct exchange *exchange = request_open(req, __func__);

	if (exchange != NULL)
		exchange->request.paused = true;
}

void
eddy_request_resume(eddy_request *req)
{
	struct exchange *exchange = request_open(req, __func__);

	if (exchange == NULL || !exchange->request.paused)
		return;
	exchange->request.paused = false;
	request_rate_start(exchange); /* the pause was not the client's */
	conn_later(exchange->conn);
}

int
eddy_request_body(eddy_request *req, size_t limit,
		  void (*cb)(eddy_request *req, int err, eddy_str body, void *arg), void *arg)
{
	struct exchange *exchange = request_open(req, __func__);
	struct collect *collect;
	uint64_t max;

	if (exchange == NULL)
		return api_error(req, HANDLE_EXCHANGE);
	if (cb == NULL)
		return api_misuse(EDDY_EINVAL, __func__);
	if (exchange->request.reading)
		return api_misuse_as(EDDY_EINVAL, __func__, "the body is being read already");
	collect = malloc(sizeof(*collect));
	if (collect == NULL)
		return EDDY_ENOMEM;
	max = exchange->route->conf->max_body;
	if (limit == 0)
		limit = max < SIZE_MAX ? (size_t)max : SIZE_MAX;
	*collect = (struct collect){.cb = cb, .arg = arg, .limit = limit};
	exchange->request.collect = collect;
	request_read(exchange);
	return 0;
}

void
eddy_request_release(eddy_request *req)
{
	struct exchange *exchange = request_find(req, __func__);

	if (exchange == NULL)
		return;
	if (exchange->running) /* the head costs nothing yet, and is in use up the stack */
		exchange->released = true;
	else
		exchange_release(exchange);
}

eddy_response *
eddy_request_response(eddy_request *req)
{
	if (request_find(req, __func__) == NULL && api_error(req, HANDLE_EXCHANGE) != EDDY_ECLOSED)
		return NULL;
	return (eddy_response *)(void *)req; /* one handle, two types */
}
