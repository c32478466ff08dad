/*
 * The response's head: the module's headers, and what is put before the first byte of the body.
 *
 * The head is put together when that byte has to leave, so that an answer which is complete by then
 * carries a Content-Length. Nothing is formatted that can be copied: status lines, the Date and the
 * module's own lines are ready.
 */
#include <stdlib.h>
#include <string.h>

#include "http/chars.h"
#include "http/conn.h"
#include "http/response.h"
#include "http/status.h"
#include "worker.h"

enum framing { FRAMING_LENGTH, FRAMING_CHUNKED, FRAMING_CLOSE, FRAMING_NONE };

#define HEAD_RESERVE 256    /* bytes of a head's own lines, of which 180 are needed at most */
#define REASON_MAX 256	    /* bytes of a reason phrase */
#define BODY_WITH_HEAD 4096 /* bytes of a body that need no piece of their own */

#define COPY(p, text) ((char *)mempcpy((p), (text), sizeof(text) - 1))

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
 * Headers that mean something to eddy. 1: to be added like any other, 0: done, or an error, which
 * *why says in words.
 */
static int
header_own(struct response *res, const char *name, size_t n, const char *value, const char **why)
{
	if (name_is(name, n, "content-length")) {
		*why = "a Content-Length is a number of bytes, in digits";
		return header_length(res, value) == 0 ? 1 : EDDY_EINVAL;
	}
	if (name_is(name, n, "transfer-encoding")) {
		*why = "Transfer-Encoding is eddy's: what has no Content-Length is chunked";
		return EDDY_EINVAL;
	}
	if (name_is(name, n, "connection")) {
		*why = "Connection is \"close\" or \"keep-alive\"";
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

void
response_header_remove(struct response *res, const char *name, size_t n)
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
	char *end = p + 1;

	for (uint64_t rest = n; rest >= 10; rest /= 10)
		end++;
	for (p = end; n >= 10; n /= 10)
		*--p = (char)('0' + n % 10);
	p[-1] = (char)('0' + n);
	return end;
}

static char *
put_status(char *p, const struct response *res)
{
	eddy_str line;

	if (res->status == 200 && res->reason == NULL)
		return COPY(p, "HTTP/1.1 200 OK\r\n");
	line = status_line(res->status);
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
response_keeps(const struct exchange *exchange)
{
	const struct conn *conn = exchange->conn;

	return exchange->response.keep && !conn_is_last(conn) &&
	       (exchange->request.reading || !conn_body_is_left(conn, exchange->expect_continue));
}

/* What is known of an answer that is complete when its head leaves. */
struct whole {
	const void *p; /* the body, if it goes with the head; or NULL */
	uint64_t n;    /* its length */
	const char *type;
	size_t type_len;
};

/* Sends the head, and what there is of the body. False: the connection is lost. */
static bool
response_send_head(struct exchange *exchange, enum framing framing, const struct whole *whole)
{
	struct response *res = &exchange->response;
	size_t reason_len = res->reason != NULL ? strlen(res->reason) : 0;
	size_t body_len = whole->p != NULL ? whole->n : 0;
	char *head = out_reserve(exchange->conn, HEAD_RESERVE + reason_len + whole->type_len +
							 res->fields.len + body_len),
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
	if (whole->type_len > 0) {
		p = COPY(p, "Content-Type: ");
		p = (char *)mempcpy(p, whole->type, whole->type_len);
		p = COPY(p, "\r\n");
	}
	if (framing == FRAMING_LENGTH) {
		p = COPY(p, "Content-Length: ");
		p = put_number(p, whole->n);
		p = COPY(p, "\r\n");
	} else if (framing == FRAMING_CHUNKED) {
		p = COPY(p, "Transfer-Encoding: chunked\r\n");
	}
	if (!res->keep)
		p = COPY(p, "Connection: close\r\n");
	else if (exchange->minor == 0)
		p = COPY(p, "Connection: keep-alive\r\n");
	p = COPY(p, "\r\n");
	if (body_len > 0)
		p = (char *)mempcpy(p, whole->p, body_len);
	res->written += body_len;
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
		response_header_remove(res, "Content-Length", sizeof("Content-Length") - 1);
}

/* The head of an answer whose length is not known yet. */
bool
response_start(struct exchange *exchange)
{
	struct response *res = &exchange->response;
	enum framing framing = exchange->minor > 0 ? FRAMING_CHUNKED : FRAMING_CLOSE;

	response_settle_body(exchange);
	if (res->has_length || !status_has_body(res->status) ||
	    (res->no_body && !exchange->is_head))
		framing = FRAMING_NONE;
	return response_send_head(exchange, framing, &(struct whole){0});
}

/* The head of an answer that is complete with n bytes, and these if they are few. */
bool
response_start_whole(struct exchange *exchange, const void *p, uint64_t n, const char *type,
		     size_t type_len)
{
	struct response *res = &exchange->response;
	struct whole whole = {.n = n, .type = type, .type_len = type_len};
	enum framing framing = FRAMING_LENGTH;

	response_settle_body(exchange);
	if (res->has_length || !status_has_body(res->status) ||
	    (res->no_body && !exchange->is_head))
		framing = FRAMING_NONE;
	else if (res->trailers.len > 0 && exchange->minor > 0)
		framing = FRAMING_CHUNKED;
	if (framing != FRAMING_CHUNKED && n < BODY_WITH_HEAD && !res->no_body)
		whole.p = p;
	return response_send_head(exchange, framing, &whole);
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
	const char *why = NULL;
	size_t n;

	if (exchange == NULL)
		return result;
	if (name == NULL || value == NULL)
		return response_misuse(exchange, EDDY_EINVAL, what);
	n = strlen(name);
	if (!chars_all(name, n, CHAR_TOKEN) || !chars_all_or_none(value, strlen(value), CHAR_VALUE))
		return response_misuse(exchange, EDDY_EHEADER, what);
	if (replace || name_is(name, n, "content-length"))
		response_header_remove(res, name, n);
	result = header_own(res, name, n, value, &why);
	if (result == EDDY_EINVAL)
		return response_misuse_as(exchange, result, what, why);
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
	response_header_remove(&exchange->response, name, strlen(name));
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
	if (status < 200 || status > 599)
		return response_misuse_as(exchange, EDDY_EINVAL, __func__, RESPONSE_BAD_STATUS);
	if (n > REASON_MAX)
		return response_misuse_as(exchange, EDDY_EINVAL, __func__,
					  "a reason phrase has 256 bytes at most");
	if (!chars_all_or_none(reason, n, CHAR_VALUE))
		return response_misuse(exchange, EDDY_EHEADER, __func__);
	if (n > 0 && (copy = strdup(reason)) == NULL)
		return EDDY_ENOMEM;
	res->reason = copy;
	res->status = (uint16_t)status;
	res->head_fixed = true;
	return 0;
}

void
response_head_give_back(struct response *res)
{
	free(res->reason);
	res->reason = NULL;
	res->status = 200;
	res->head_fixed = false;
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
	if (!exchange->response.head_sent && !response_begin(exchange))
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
