/*
 * The response's side of eddy.h: body, end, events. The head is response_head.c's.
 */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "http/chars.h"
#include "http/conn.h"
#include "http/framing.h"
#include "http/http.h"
#include "http/response.h"
#include "http/status.h"
#include "worker.h"

#define TYPE_MAX 512 /* bytes of a Content-Type given to eddy_response_send */

static const char no_bytes[] = "there are to be bytes, and there is no pointer to them";

struct response_timeout {
	struct exchange *exchange;
	eddy_timer *timer;
	void (*cb)(eddy_response *res, void *arg);
	void *arg;
};

int
response_misuse_as(struct exchange *exchange, int error, const char *what, const char *why)
{
	if (exchange->response.answered)
		return EDDY_ECLOSED;
	eddy_log(exchange->route->module, LOG_WARNING, "%s: %s", what,
		 why != NULL ? why : eddy_strerror(error));
	return error;
}

int
response_misuse(struct exchange *exchange, int error, const char *what)
{
	return response_misuse_as(exchange, error, what, NULL);
}

struct exchange *
response_find(const eddy_response *handle, const char *what)
{
	return api_find(&worker_self->http.handles, handle, what);
}

/* The body ------------------------------------------------------------------------ */

static void
chunk_begin(struct conn *conn, size_t n)
{
	char line[CHUNK_LINE_MAX];

	out_write(conn, line, chunk_line(line, n));
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
	if (out_held(exchange->conn) > QUEUE_HIGH_WATER)
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
	if (!exchange->response.head_sent && !response_begin(exchange))
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

void
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
 * The module has ended it in a way that cannot be sent: the client gets a 500, or a cut connection.
 */
static void
response_spoilt(struct exchange *exchange, int error, const char *what, const char *why)
{
	response_misuse_as(exchange, error, what, why);
	exchange_answer(exchange, 500);
	exchange->response.ended = true;
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
	if (res->ended) {
		response_misuse(exchange, EDDY_EWRITE_AFTER_END, what);
		return NULL;
	}
	if (head_too && res->head_fixed) {
		response_spoilt(exchange, EDDY_EHEADERS_SENT, what, NULL);
		return NULL;
	}
	if (exchange->conn == NULL || res->answered) {
		res->ended = true;
		return NULL;
	}
	return exchange;
}

static void
response_end_with(struct exchange *exchange, const void *p, size_t n, const char *type,
		  size_t type_len)
{
	struct response *res = &exchange->response;
	uint64_t written = res->written;
	bool out = res->head_sent;

	if (response_waits(res) && n == 0) { /* the head waits for the file's length */
		res->ended = true;
		return;
	}
	if (!out)
		out = response_waits(res) ? response_begin(exchange)
					  : response_start_whole(exchange, p, n, type, type_len);
	if (out && res->written == written) /* else it has gone with the head */
		response_put(exchange, p, n);
	res->ended = true;
	if (out)
		response_finish(exchange);
}

void
eddy_response_end(eddy_response *handle, const void *p, size_t n)
{
	struct exchange *exchange = response_ending(handle, false, __func__);
	struct response *res = exchange != NULL ? &exchange->response : NULL;

	if (exchange == NULL)
		return;
	if (response_is_checked(exchange) && !response_is_unsettled(res) &&
	    res->written + n != res->length)
		response_spoilt(exchange, EDDY_ECONTENT_LENGTH, __func__, NULL);
	else if (p == NULL && n > 0)
		response_spoilt(exchange, EDDY_EINVAL, __func__, no_bytes);
	else
		response_end_with(exchange, p, n, NULL, 0);
}

/*
 * Whether it may stand in a head. Modules give the same few again and again, often one: the last is
 * known by its bytes.
 */
static bool
type_is_valid(struct http *http, const char *type, size_t n)
{
	if (n == 0 || (n == http->type_len && memcmp(type, http->type, n) == 0))
		return true;
	if (!chars_all_or_none(type, n, CHAR_VALUE))
		return false;
	if (n <= sizeof(http->type)) {
		memcpy(http->type, type, n);
		http->type_len = n;
	}
	return true;
}

/* Which of its arguments is. */
static const char *
send_wrong(int status, size_t type_len, bool no_body)
{
	if (status < 200 || status > 599)
		return RESPONSE_BAD_STATUS;
	if (no_body)
		return no_bytes;
	return type_len > TYPE_MAX ? "a Content-Type has 512 bytes at most"
				   : "the Content-Type has bytes that a header may not have";
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
	    !type_is_valid(exchange->http, type, type_len)) {
		response_spoilt(exchange, EDDY_EINVAL, __func__,
				send_wrong(status, type_len, p == NULL && n > 0));
		return;
	}
	res->status = (uint16_t)status;
	if (res->has_length) /* what is sent is what counts */
		response_header_remove(res, "Content-Length", sizeof("Content-Length") - 1);
	if (res->has_type && type_len > 0)
		response_header_remove(res, "Content-Type", sizeof("Content-Type") - 1);
	response_end_with(exchange, p, n, type, type_len);
}

/*
 * Its last byte has been written: the connection closes behind it, or is cut where the kernel does
 * not take all of it now.
 */
static void
response_leave(struct exchange *exchange)
{
	struct conn *conn = exchange->conn;

	if (exchange->past != NULL) {
		conn_leave(exchange->past);
		return;
	}
	exchange->response.keep = false;
	if (conn != NULL && conn->state != CONN_UPGRADE &&
	    !response_has_pieces(&exchange->response))
		out_go(conn);
	if (exchange->conn != NULL)
		response_cut(exchange);
}

void
eddy_response_destroy(eddy_response *handle)
{
	struct exchange *exchange = response_find(handle, __func__);

	if (exchange == NULL)
		return;
	if (response_is_written(&exchange->response)) {
		response_leave(exchange);
		return;
	}
	exchange->response.ended = true;
	if (exchange->conn != NULL)
		out_offer(exchange->conn);
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
	send_file_drop(exchange, EDDY_ECLOSED);
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
	if (!response_start_whole(exchange, NULL, text.n + 1, "text/plain", 10))
		return;
	response_put(exchange, text.p, text.n);
	response_put(exchange, "\n", 1);
	response_finish(exchange);
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
	else if ((exchange->conn->eof || exchange->left) && !exchange->response.ended &&
		 events != NULL && events->end != NULL)
		exchange_post(exchange, EXCHANGE_END);
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
