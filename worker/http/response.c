/*
 * The response's side of eddy.h: head, framing, body, end.
 *
 * The head is put together when the first byte has to leave, so that an answer which is complete by
 * then carries a Content-Length. Nothing is formatted that can be copied: status lines, the Date
 * and the module's own lines are ready.
 */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "http/chars.h"
#include "http/conn.h"
#include "http/exchange.h"
#include "http/http.h"
#include "http/status.h"
#include "worker.h"

enum framing { FRAMING_LENGTH, FRAMING_CHUNKED, FRAMING_CLOSE, FRAMING_NONE };

#define HEAD_RESERVE 256 /* bytes of a head's own lines, of which 180 are needed at most */
#define REASON_MAX 256	 /* bytes of a reason phrase */
#define TYPE_MAX 512	 /* bytes of a Content-Type given to eddy_response_send */

struct response_timeout {
	struct exchange *exchange;
	eddy_timer *timer;
	void (*cb)(eddy_response *res, void *arg);
	void *arg;
};

#define COPY(p, text) ((char *)mempcpy((p), (text), sizeof(text) - 1))

/*
 * A call that cannot be. Where eddy has answered in the module's stead it is none of the module's
 * fault.
 */
static int
response_misuse(struct exchange *exchange, int error, const char *what)
{
	if (exchange->response.answered)
		return EDDY_ECLOSED;
	eddy_log(exchange->route->module, LOG_WARNING, "%s: %s", what, eddy_strerror(error));
	return error;
}

static struct exchange *
response_find(const eddy_response *handle, const char *what)
{
	return api_find(&worker_self->http.handles, handle, what);
}

/* Headers that mean something ----------------------------------------------------- */

static bool
name_is(const char *name, size_t n, const char *lower)
{
	return strlen(lower) == n && chars_equal_nocase(name, lower, n);
}

/* Content-Length is remembered, to be checked. 0 or EDDY_EINVAL. */
static int
header_length(struct response *res, const char *value)
{
	uint64_t length = 0;

	for (const char *p = value; *p != '\0'; p++) {
		if (!char_is((unsigned char)*p, CHAR_DIGIT) || length > (UINT64_MAX - 9) / 10)
			return EDDY_EINVAL;
		length = length * 10 + (uint64_t)(*p - '0');
	}
	if (*value == '\0')
		return EDDY_EINVAL;
	res->length = length;
	res->has_length = true;
	return 0;
}

/*
 * Headers that mean something to eddy. 1: to be added like any other, 0: done, or an error.
 */
static int
header_own(struct response *res, const char *name, size_t n, const char *value)
{
	if (name_is(name, n, "content-length"))
		return header_length(res, value) == 0 ? 1 : EDDY_EINVAL;
	if (name_is(name, n, "transfer-encoding"))
		return EDDY_EINVAL;
	if (name_is(name, n, "connection")) {
		if (name_is(value, strlen(value), "close"))
			res->keep = false;
		else if (!name_is(value, strlen(value), "keep-alive"))
			return EDDY_EINVAL;
		return 0;
	}
	if (name_is(name, n, "date"))
		res->has_date = true;
	else if (name_is(name, n, "content-type"))
		res->has_type = true;
	return 1;
}

static void
header_remove(struct response *res, const char *name, size_t n)
{
	fields_remove(&res->fields, name, n);
	if (name_is(name, n, "content-length"))
		res->has_length = false;
	else if (name_is(name, n, "date"))
		res->has_date = false;
	else if (name_is(name, n, "content-type"))
		res->has_type = false;
}

/* The head ------------------------------------------------------------------------ */

static char *
put_number(char *p, uint64_t n)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	return (char *)mempcpy(p, digits + i, sizeof(digits) - i);
}

static char *
put_status(char *p, const struct response *res)
{
	eddy_str line = status_line(res->status);

	if (line.p != NULL && res->reason == NULL)
		return (char *)mempcpy(p, line.p, line.n);
	p = COPY(p, "HTTP/1.1 ");
	p = put_number(p, res->status);
	*p++ = ' ';
	if (res->reason != NULL)
		p = stpcpy(p, res->reason);
	return COPY(p, "\r\n");
}

static bool
status_has_body(int status)
{
	return status != 204 && status != 304;
}

static bool
response_keeps(const struct exchange *exchange)
{
	const struct conn *conn = exchange->conn;

	return exchange->response.keep && !exchange->http->draining &&
	       (exchange->request.reading || !conn_body_is_left(conn, exchange->expect_continue));
}

/* Sends the head; `length` goes with FRAMING_LENGTH. False: the connection is lost. */
static bool
response_send_head(struct exchange *exchange, enum framing framing, uint64_t length,
		   const char *type, size_t type_len)
{
	struct response *res = &exchange->response;
	size_t reason_len = res->reason != NULL ? strlen(res->reason) : 0;
	char *head = out_reserve(exchange->conn,
				 HEAD_RESERVE + reason_len + type_len + res->fields.len),
	     *p = head;

	if (head == NULL)
		return false;
	if (framing == FRAMING_CLOSE)
		res->keep = false;
	res->keep = response_keeps(exchange);
	p = put_status(p, res);
	if (!res->has_date)
		p = (char *)mempcpy(p, exchange->http->date.line, DATE_LINE_LEN);
	if (res->fields.len > 0)
		p = (char *)mempcpy(p, res->fields.p, res->fields.len);
	if (type_len > 0) {
		p = COPY(p, "Content-Type: ");
		p = (char *)mempcpy(p, type, type_len);
		p = COPY(p, "\r\n");
	}
	if (framing == FRAMING_LENGTH) {
		p = COPY(p, "Content-Length: ");
		p = put_number(p, length);
		p = COPY(p, "\r\n");
	} else if (framing == FRAMING_CHUNKED) {
		p = COPY(p, "Transfer-Encoding: chunked\r\n");
	}
	if (!res->keep)
		p = COPY(p, "Connection: close\r\n");
	else if (exchange->minor == 0)
		p = COPY(p, "Connection: keep-alive\r\n");
	p = COPY(p, "\r\n");
	out_commit(exchange->conn, (size_t)(p - head));
	res->head_fixed = res->head_sent = true;
	res->chunked = framing == FRAMING_CHUNKED;
	slot_add(exchange->http->slot->counters.responses[res->status / 100], 1);
	return true;
}

/*
 * An answer without a body has none whatever is written, and 204 has no length either (RFC 9110
 * 8.6), nor has 2xx to CONNECT.
 */
static void
response_settle_body(struct exchange *exchange)
{
	struct response *res = &exchange->response;
	bool tunnel = exchange->is_connect && res->status / 100 == 2;

	if (tunnel) /* which nobody has taken over: there is nothing in it, and it ends */
		res->keep = false;
	if (tunnel || !status_has_body(res->status))
		res->no_body = true;
	if ((tunnel || res->status == 204) && res->has_length)
		header_remove(res, "Content-Length", sizeof("Content-Length") - 1);
}

/* The head of an answer whose length is not known yet. */
static bool
response_start(struct exchange *exchange)
{
	struct response *res = &exchange->response;
	enum framing framing = exchange->minor > 0 ? FRAMING_CHUNKED : FRAMING_CLOSE;

	response_settle_body(exchange);
	if (res->has_length || !status_has_body(res->status) ||
	    (res->no_body && !exchange->is_head))
		framing = FRAMING_NONE;
	return response_send_head(exchange, framing, 0, NULL, 0);
}

/* The head of an answer that is complete with n bytes. */
static bool
response_start_whole(struct exchange *exchange, size_t n, const char *type, size_t type_len)
{
	struct response *res = &exchange->response;
	enum framing framing = FRAMING_LENGTH;

	response_settle_body(exchange);
	if (res->has_length || !status_has_body(res->status) ||
	    (res->no_body && !exchange->is_head))
		framing = FRAMING_NONE;
	else if (res->trailers.len > 0 && exchange->minor > 0)
		framing = FRAMING_CHUNKED;
	return response_send_head(exchange, framing, n, type, type_len);
}

/* The body ------------------------------------------------------------------------ */

static void
chunk_begin(struct conn *conn, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	char line[18];
	size_t i = sizeof(line);

	line[--i] = '\n';
	line[--i] = '\r';
	do
		line[--i] = hex[n & 15];
	while ((n >>= 4) > 0);
	out_write(conn, line + i, sizeof(line) - i);
}

/* Whether a piece of n bytes may be written now; says what is wrong if not. */
static bool
response_may_write(struct exchange *exchange, const void *p, size_t n, const char *what)
{
	struct response *res = &exchange->response;

	if (res->ended || res->answered) {
		response_misuse(exchange, EDDY_EWRITE_AFTER_END, what);
		return false;
	}
	if (exchange->conn == NULL)
		return false;
	if (p == NULL && n > 0) {
		response_misuse(exchange, EDDY_EINVAL, what);
		return false;
	}
	if (res->has_length && !exchange->is_head && res->written + n > res->length) {
		response_misuse(exchange, EDDY_ECONTENT_LENGTH, what);
		return false;
	}
	return true;
}

/* After a piece: is there room for more? */
static bool
response_wrote(struct exchange *exchange)
{
	struct response *res = &exchange->response;

	if (exchange->conn == NULL)
		return false;
	if (out_unsent(exchange->conn) > QUEUE_HIGH_WATER)
		res->full = true;
	return !res->full;
}

static void
response_put(struct exchange *exchange, const void *p, size_t n)
{
	struct response *res = &exchange->response;

	res->written += n;
	if (n == 0 || res->no_body)
		return;
	if (res->chunked)
		chunk_begin(exchange->conn, n);
	if (exchange->conn != NULL)
		out_write(exchange->conn, p, n);
	if (res->chunked && exchange->conn != NULL)
		out_write(exchange->conn, "\r\n", 2);
}

/* The exchange, if a piece of n bytes may be written to it now, and its head is out. */
static struct exchange *
response_open(const eddy_response *handle, const void *p, size_t n, const char *what)
{
	struct exchange *exchange = response_find(handle, what);

	if (exchange == NULL || !response_may_write(exchange, p, n, what))
		return NULL;
	if (!exchange->response.head_sent && !response_start(exchange))
		return NULL;
	return exchange;
}

bool
eddy_response_write(eddy_response *handle, const void *p, size_t n)
{
	struct exchange *exchange = response_open(handle, p, n, __func__);

	if (exchange == NULL)
		return false;
	response_put(exchange, p, n);
	return response_wrote(exchange);
}

bool
eddy_response_write_owned(eddy_response *handle, void *p, size_t n,
			  void (*release)(void *p, void *arg), void *arg)
{
	struct lent lent = {.p = p, .arg = arg, .release = release};
	struct exchange *exchange;
	struct calls *calls;
	struct response *res;

	if (api_check(release != NULL, __func__) != 0)
		return false; /* and the bytes stay the caller's */
	calls = &worker_self->calls;
	lent.module = calls->running;
	exchange = response_open(handle, p, n, __func__);
	res = exchange != NULL ? &exchange->response : NULL;
	if (exchange != NULL && n > 0 && !res->no_body && res->chunked)
		chunk_begin(exchange->conn, n);
	if (exchange == NULL || exchange->conn == NULL || n == 0 || res->no_body) {
		lent_release(calls, &lent);
		return exchange != NULL && response_wrote(exchange);
	}
	res->written += n;
	out_write_lent(exchange->conn, p, n, &lent);
	if (res->chunked && exchange->conn != NULL)
		out_write(exchange->conn, "\r\n", 2);
	return response_wrote(exchange);
}

/* The end ------------------------------------------------------------------------- */

/* The last byte has been written. */
static void
response_finish(struct exchange *exchange)
{
	struct response *res = &exchange->response;
	struct conn *conn = exchange->conn;

	response_timeout_free(exchange);
	if (conn ==
	    NULL) /* lost while the last piece was written: conn_close has posted what follows */
		return;
	if (res->chunked && !res->no_body) {
		out_write(conn, "0\r\n", 3);
		out_write(conn, res->trailers.p, res->trailers.len);
		out_write(conn, "\r\n", 2);
	}
	if (exchange->conn != NULL)
		conn_response_ended(conn);
}

static void
response_cut(struct exchange *exchange)
{
	response_timeout_free(exchange);
	conn_close(exchange->conn, true);
}

/*
 * The exchange, if the module may finish it now, as far as that can be said without looking at the
 * body.
 */
static struct exchange *
response_ending(const eddy_response *handle, bool head_too, const char *what)
{
	struct exchange *exchange = response_find(handle, what);
	struct response *res = exchange != NULL ? &exchange->response : NULL;

	if (exchange == NULL)
		return NULL;
	if (res->ended || (head_too && res->head_fixed)) {
		response_misuse(exchange, res->ended ? EDDY_EWRITE_AFTER_END : EDDY_EHEADERS_SENT,
				what);
		return NULL;
	}
	if (exchange->conn == NULL || res->answered) {
		res->ended = true;
		return NULL;
	}
	return exchange;
}

/*
 * The module has ended it in a way that cannot be sent: the client gets a 500, or a cut connection.
 */
static void
response_spoilt(struct exchange *exchange, int error, const char *what)
{
	response_misuse(exchange, error, what);
	exchange_answer(exchange, 500);
	exchange->response.ended = true;
}

static void
response_end_with(struct exchange *exchange, const void *p, size_t n, const char *type,
		  size_t type_len)
{
	struct response *res = &exchange->response;
	bool lost = !res->head_sent && !response_start_whole(exchange, n, type, type_len);

	if (!lost)
		response_put(exchange, p, n);
	res->ended = true;
	if (!lost)
		response_finish(exchange);
}

void
eddy_response_end(eddy_response *handle, const void *p, size_t n)
{
	struct exchange *exchange = response_ending(handle, false, __func__);
	struct response *res = exchange != NULL ? &exchange->response : NULL;

	if (exchange == NULL)
		return;
	if (res->has_length && !exchange->is_head && status_has_body(res->status) &&
	    res->written + n != res->length)
		response_spoilt(exchange, EDDY_ECONTENT_LENGTH, __func__);
	else if (p == NULL && n > 0)
		response_spoilt(exchange, EDDY_EINVAL, __func__);
	else
		response_end_with(exchange, p, n, NULL, 0);
}

void
eddy_response_send(eddy_response *handle, int status, const char *type, const void *p, size_t n)
{
	struct exchange *exchange = response_ending(handle, true, __func__);
	struct response *res = exchange != NULL ? &exchange->response : NULL;
	size_t type_len = type != NULL ? strlen(type) : 0;

	if (exchange == NULL)
		return;
	if (status < 200 || status > 599 || type_len > TYPE_MAX || (p == NULL && n > 0) ||
	    !chars_all_or_none(type, type_len, CHAR_VALUE)) {
		response_spoilt(exchange, EDDY_EINVAL, __func__);
		return;
	}
	res->status = (uint16_t)status;
	if (res->has_length) /* what is sent is what counts */
		header_remove(res, "Content-Length", sizeof("Content-Length") - 1);
	if (res->has_type && type_len > 0)
		header_remove(res, "Content-Type", sizeof("Content-Type") - 1);
	response_end_with(exchange, p, n, type, type_len);
}

void
eddy_response_destroy(eddy_response *handle)
{
	struct exchange *exchange = response_find(handle, __func__);

	if (exchange == NULL)
		return;
	exchange->response.ended = true;
	if (exchange->conn != NULL)
		response_cut(exchange);
}

void
exchange_answer(struct exchange *exchange, int status)
{
	struct response *res = &exchange->response;
	eddy_str text = status_text(status);

	if (res->answered || exchange->conn == NULL)
		return;
	res->answered = true;
	if (res->head_sent) {
		response_cut(exchange);
		return;
	}
	fields_fini(&res->fields);
	fields_fini(&res->trailers);
	free(res->reason);
	res->reason = NULL;
	res->has_length = res->has_date = res->has_type = res->keep = false;
	res->status = (uint16_t)status;
	if (!response_start_whole(exchange, text.n + 1, "text/plain", 10))
		return;
	response_put(exchange, text.p, text.n);
	response_put(exchange, "\n", 1);
	response_finish(exchange);
}

/* Headers, the module's side ----------------- */

/* The exchange, if its headers can still be changed; or NULL and the error. */
static struct exchange *
response_headers(const eddy_response *handle, const char *what, int *error)
{
	struct exchange *exchange = response_find(handle, what);

	*error = 0;
	if (exchange == NULL || exchange->conn == NULL)
		*error = api_error(handle, HANDLE_EXCHANGE);
	if (exchange != NULL && (exchange->response.ended || exchange->response.head_fixed))
		*error = response_misuse(exchange, EDDY_EHEADERS_SENT, what);
	return *error == 0 ? exchange : NULL;
}

static int
response_header(const eddy_response *handle, const char *name, const char *value, bool replace,
		const char *what)
{
	int result;
	struct exchange *exchange = response_headers(handle, what, &result);
	struct response *res = exchange != NULL ? &exchange->response : NULL;
	size_t n;

	if (exchange == NULL)
		return result;
	if (name == NULL || value == NULL)
		return response_misuse(exchange, EDDY_EINVAL, what);
	n = strlen(name);
	if (!chars_all(name, n, CHAR_TOKEN) || !chars_all_or_none(value, strlen(value), CHAR_VALUE))
		return response_misuse(exchange, EDDY_EHEADER, what);
	if (replace || name_is(name, n, "content-length"))
		header_remove(res, name, n);
	result = header_own(res, name, n, value);
	if (result == 1)
		result = fields_add(&res->fields, name, n, value, strlen(value));
	return result != 0 ? response_misuse(exchange, result, what) : 0;
}

int
eddy_response_set_header(eddy_response *res, const char *name, const char *value)
{
	return response_header(res, name, value, true, __func__);
}

int
eddy_response_append_header(eddy_response *res, const char *name, const char *value)
{
	return response_header(res, name, value, false, __func__);
}

eddy_str
eddy_response_get_header(const eddy_response *handle, const char *name)
{
	const struct exchange *exchange = response_find(handle, __func__);

	if (exchange == NULL || api_check(name != NULL, __func__) != 0)
		return (eddy_str){NULL, 0};
	return fields_find(&exchange->response.fields, name, strlen(name));
}

int
eddy_response_remove_header(eddy_response *handle, const char *name)
{
	int error;
	struct exchange *exchange = response_headers(handle, __func__, &error);

	if (exchange == NULL)
		return error;
	if (name == NULL)
		return response_misuse(exchange, EDDY_EINVAL, __func__);
	header_remove(&exchange->response, name, strlen(name));
	return 0;
}

int
eddy_response_write_head(eddy_response *handle, int status, const char *reason)
{
	int error;
	struct exchange *exchange = response_headers(handle, __func__, &error);
	struct response *res = exchange != NULL ? &exchange->response : NULL;
	size_t n = reason != NULL ? strlen(reason) : 0;
	char *copy = NULL;

	if (exchange == NULL)
		return error;
	if (status < 200 || status > 599 || n > REASON_MAX)
		return response_misuse(exchange, EDDY_EINVAL, __func__);
	if (!chars_all_or_none(reason, n, CHAR_VALUE))
		return response_misuse(exchange, EDDY_EHEADER, __func__);
	if (n > 0 && (copy = strdup(reason)) == NULL)
		return EDDY_ENOMEM;
	res->reason = copy;
	res->status = (uint16_t)status;
	res->head_fixed = true;
	return 0;
}

int
eddy_response_write_early_hints(eddy_response *handle, const eddy_header *headers, size_t n)
{
	struct exchange *exchange = response_find(handle, __func__);
	eddy_str line = status_line(103);
	struct fields fields = {0};
	int error = 0;

	if (exchange == NULL || exchange->conn == NULL)
		return api_error(handle, HANDLE_EXCHANGE);
	if (exchange->response.head_sent || exchange->response.ended)
		return response_misuse(exchange, EDDY_EHEADERS_SENT, __func__);
	if (headers == NULL && n > 0)
		return response_misuse(exchange, EDDY_EINVAL, __func__);
	for (size_t i = 0; i < n && error == 0; i++)
		error = headers[i].name == NULL || headers[i].value == NULL
				? EDDY_EINVAL
				: fields_add(&fields, headers[i].name, strlen(headers[i].name),
					     headers[i].value, strlen(headers[i].value));
	if (error == 0 && exchange->minor > 0) {
		out_write(exchange->conn, line.p, line.n);
		out_write(exchange->conn, fields.p, fields.len);
		out_write(exchange->conn, "\r\n", 2);
		slot_add(exchange->http->slot->counters.responses[1], 1);
	}
	fields_fini(&fields);
	return error != 0 ? response_misuse(exchange, error, __func__) : 0;
}

int
eddy_response_flush_headers(eddy_response *handle)
{
	struct exchange *exchange = response_find(handle, __func__);

	if (exchange != NULL && exchange->response.ended)
		return response_misuse(exchange, EDDY_EWRITE_AFTER_END, __func__);
	if (exchange == NULL || exchange->conn == NULL)
		return api_error(handle, HANDLE_EXCHANGE);
	if (!exchange->response.head_sent && !response_start(exchange))
		return EDDY_ECLOSED;
	return 0;
}

int
eddy_response_add_trailer(eddy_response *handle, const char *name, const char *value)
{
	struct exchange *exchange = response_find(handle, __func__);
	int error;

	if (exchange != NULL && exchange->response.ended)
		return response_misuse(exchange, EDDY_EWRITE_AFTER_END, __func__);
	if (exchange == NULL || exchange->conn == NULL)
		return api_error(handle, HANDLE_EXCHANGE);
	if (name == NULL || value == NULL)
		return response_misuse(exchange, EDDY_EINVAL, __func__);
	error = fields_add(&exchange->response.trailers, name, strlen(name), value, strlen(value));
	return error != 0 ? response_misuse(exchange, error, __func__) : 0;
}

/* State and events ---------------------------------------------------------------- */

bool
eddy_response_headers_sent(const eddy_response *handle)
{
	const struct exchange *exchange = response_find(handle, __func__);

	return exchange != NULL && exchange->response.head_sent;
}

bool
eddy_response_writable_ended(const eddy_response *handle)
{
	const struct exchange *exchange = response_find(handle, __func__);

	return exchange == NULL || exchange->response.ended || exchange->response.answered;
}

size_t
eddy_response_writable_length(const eddy_response *handle)
{
	const struct exchange *exchange = response_find(handle, __func__);

	return exchange != NULL && exchange->conn != NULL ? out_unsent(exchange->conn) : 0;
}

int
eddy_response_on(eddy_response *handle, const eddy_response_events *events, void *arg)
{
	struct exchange *exchange = response_find(handle, __func__);

	if (exchange == NULL)
		return api_error(handle, HANDLE_EXCHANGE);
	exchange->response.events = events;
	exchange->response.arg = arg;
	if (exchange->conn == NULL) /* over, but it has not been told yet */
		exchange_post(exchange, EXCHANGE_CLOSE);
	return 0;
}

/* Its timeout --------------------------------------------------------------------- */

static void
response_timed_out(void *arg)
{
	struct response_timeout *timeout = arg;

	timeout->timer = NULL;
	exchange_timed_out(timeout->exchange, timeout->cb, timeout->arg);
}

void
response_timeout_free(struct exchange *exchange)
{
	struct response_timeout *timeout = exchange->response.timeout;

	if (timeout == NULL)
		return;
	exchange->response.timeout = NULL;
	eddy_clear_timeout(timeout->timer);
	free(timeout);
}

void
response_moved(struct exchange *exchange)
{
	if (exchange->response.timeout->timer != NULL)
		eddy_timer_refresh(exchange->response.timeout->timer);
}

int
eddy_response_set_timeout(eddy_response *handle, unsigned ms,
			  void (*cb)(eddy_response *res, void *arg), void *arg)
{
	struct exchange *exchange = response_find(handle, __func__);
	struct response_timeout *timeout;

	if (exchange == NULL || exchange->conn == NULL || exchange->response.ended)
		return api_error(handle, HANDLE_EXCHANGE);
	response_timeout_free(exchange);
	if (ms == 0 || cb == NULL)
		return 0;
	timeout = malloc(sizeof(*timeout));
	if (timeout == NULL)
		return EDDY_ENOMEM;
	*timeout = (struct response_timeout){.exchange = exchange, .cb = cb, .arg = arg};
	timeout->timer = eddy_set_timeout(response_timed_out, ms, timeout);
	if (timeout->timer == NULL) {
		free(timeout);
		return EDDY_ENOMEM;
	}
	exchange->response.timeout = timeout;
	return 0;
}
