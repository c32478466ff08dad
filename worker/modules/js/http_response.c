/*
 * Responses, for lib/http/response.js. Framing is eddy's: what comes here is a status, fields and
 * pieces of a body.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>

#include "http_private.h"

/* An answer that was left in js->answer ------------------------------------------- */

/*
 * Gives the fields to eddy; the Content-Type goes with the answer, which is the short way. 0, or an
 * error, and what is wrong is the field `*name`.
 */
static int
answer_fields(const struct js_answer *answer, eddy_response *res, const char **name,
	      const char **type)
{
	const char *p = answer->bytes, *end = p + answer->fields, *value;
	int err = 0;

	for (*type = NULL; err == 0 && p < end; p = value + strlen(value) + 1) {
		*name = p;
		value = p + strlen(p) + 1;
		if (*type == NULL && strcasecmp(*name, "content-type") == 0)
			*type = value;
		else
			err = eddy_response_append_header(res, *name, value);
	}
	return err;
}

void
js_answer_send(struct js *js, struct exchange *exchange, bool now)
{
	const struct js_answer *answer = &js->answer;
	eddy_response *res = exchange->res;
	const char *name, *type;
	int err = answer_fields(answer, res, &name, &type);

	if (now)
		js_exchange_offer(exchange);
	else
		js_exchange_remove(exchange);
	if (err == 0) {
		eddy_response_send(res, (int)answer->status, type, answer->bytes + answer->fields,
				   answer->body);
	} else {
		if (err != EDDY_ECLOSED)
			eddy_log(js->self, LOG_ERR, "%s: an answer has a bad header %s: %s",
				 js->script, name, eddy_strerror(err));
		eddy_response_send(res, 500, NULL, NULL, 0);
	}
	if (answer->given == ANSWER_CLOSES)
		eddy_response_destroy(res);
}

/* Calls --------------------------------------------------------------------------- */

/* Throws what a function of eddy.h has returned, unless it is none or the client has left. */
static JSValueRef
response_result(const struct js *js, int err, const char *what, JSValueRef *exception)
{
	if (err != 0 && err != EDDY_ECLOSED)
		return js_throw(js, exception, eddy_error_name(err), "%s: %s", what,
				eddy_strerror(err));
	return js_undefined(js);
}

typedef int field_function(eddy_response *res, const char *name, const char *value);

/* Hands each of "name\0value\0…" to a function of eddy.h. */
static int
fields_set(const struct js *js, eddy_response *res, JSValueRef value, field_function *set)
{
	size_t n = 0;
	char *fields;
	int err = 0;

	if (!JSValueIsString(js->ctx, value))
		return 0;
	fields = js_latin1(js, value, &n);
	if (fields == NULL)
		return EDDY_ENOMEM;
	for (const char *p = fields; err == 0 && p < fields + n;) {
		const char *name = p, *text = name + strlen(name) + 1;

		err = set(res, name, text);
		p = text + strlen(text) + 1;
	}
	free(fields);
	return err;
}

/* status, reason, fields: three arguments from the i-th on. A reason that is none: the usual one. */
static int
response_head(const struct js *js, const struct exchange *exchange, const JSValueRef argv[])
{
	char *reason = JSValueIsString(js->ctx, argv[1]) ? js_latin1(js, argv[1], NULL) : NULL;
	int err = fields_set(js, exchange->res, argv[2], eddy_response_append_header);

	if (err == 0)
		err = eddy_response_write_head(exchange->res, js_int(js, argv[0], 200), reason);
	free(reason);
	return err;
}

/* responseHead(id, status, reason, fields) */
static JSValueRef
response_write_head(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);
	int err = exchange != NULL && argc >= 4 ? response_head(js, exchange, argv + 1) : 0;

	if (exchange != NULL && err == 0)
		js_exchange_begun(exchange);
	return response_result(js, err, "writeHead", exception);
}

/*
 * responseSend(id, status, reason, fields, body, watched): all of an answer that is whole. Unless it
 * is watched, the kernel is offered it now, and nothing of it is told.
 */
static JSValueRef
response_send(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);
	const char *body = NULL;
	char *owned = NULL;
	eddy_response *res;
	size_t n = 0;
	int err;

	if (exchange == NULL || argc < 6)
		return js_undefined(js);
	res = exchange->res;
	if (!js_bytes_of(js, argv[4], &body, &n, &owned))
		body = NULL, n = 0;
	if (JSValueIsString(js->ctx, argv[2]))
		err = response_head(js, exchange, argv + 1);
	else
		err = fields_set(js, res, argv[3], eddy_response_append_header);
	if (err == 0 && !JSValueToBoolean(js->ctx, argv[5]))
		js_exchange_offer(exchange);
	if (err == 0 && JSValueIsString(js->ctx, argv[2]))
		eddy_response_end(res, body, n);
	else if (err == 0)
		eddy_response_send(res, js_int(js, argv[1], 200), NULL, body, n);
	free(owned);
	return response_result(js, err, "end", exception);
}

/* responseNow(id): sends what has been left for it. */
static JSValueRef
response_now(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);

	(void)exception;
	if (exchange != NULL && exchange->id == js->answer.id && js->answer.given != ANSWER_NONE) {
		js_answer_send(js, exchange, true);
		js->answer.given = ANSWER_NONE;
	}
	return js_undefined(js);
}

/* responseWrite(id, piece): whether there is room for more. */
static JSValueRef
response_write(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);
	bool more = false;
	const char *p;
	char *owned;
	size_t n;

	(void)exception;
	if (exchange != NULL && js_bytes_of(js, js_arg(js, argc, argv, 1), &p, &n, &owned)) {
		more = eddy_response_write(exchange->res, p, n);
		free(owned);
	}
	return JSValueMakeBoolean(js->ctx, more);
}

/* responseEnd(id, piece) */
static JSValueRef
response_end(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);
	const char *p = NULL;
	char *owned = NULL;
	size_t n = 0;

	(void)exception;
	if (exchange == NULL)
		return js_undefined(js);
	if (!js_bytes_of(js, js_arg(js, argc, argv, 1), &p, &n, &owned))
		p = NULL, n = 0;
	eddy_response_end(exchange->res, p, n);
	free(owned);
	return js_undefined(js);
}

/* responseFlush(id), responseDestroy(id) */
static JSValueRef
response_flush(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);
	int err = exchange != NULL ? eddy_response_flush_headers(exchange->res) : 0;

	return response_result(js, err, "flushHeaders", exception);
}

static JSValueRef
response_destroy(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);

	(void)exception;
	if (exchange != NULL)
		eddy_response_destroy(exchange->res);
	return js_undefined(js);
}

/* responseWatch(id): its events are wanted. False: it is over. */
static JSValueRef
response_watch(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);

	(void)exception;
	return JSValueMakeBoolean(js->ctx, exchange != NULL && js_exchange_watch(exchange) == 0);
}

/* responseTrailers(id, fields) */
static JSValueRef
response_trailers(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);
	int err = exchange != NULL ? fields_set(js, exchange->res, js_arg(js, argc, argv, 1),
						eddy_response_add_trailer)
				   : 0;

	return response_result(js, err, "addTrailers", exception);
}

/* responseContinue(id): 100 Continue, to who waits for it. */
static JSValueRef
response_continue(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const struct exchange *exchange = js_exchange_arg(js, argc, argv);
	int err = exchange != NULL ? eddy_response_write_continue(exchange->res) : 0;

	return response_result(js, err, "writeContinue", exception);
}

#define HINTS_MAX 64

/* responseHints(id, fields): 103 Early Hints. */
static JSValueRef
response_hints(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const struct exchange *exchange = js_exchange_arg(js, argc, argv);
	eddy_header headers[HINTS_MAX];
	char *fields, *p;
	size_t n = 0, count = 0;
	int err;

	if (exchange == NULL)
		return js_undefined(js);
	fields = js_latin1(js, js_arg(js, argc, argv, 1), &n);
	if (fields == NULL)
		return response_result(js, EDDY_ENOMEM, "writeEarlyHints", exception);
	for (p = fields; p < fields + n && count < HINTS_MAX; count++) {
		headers[count].name = p;
		headers[count].value = p + strlen(p) + 1;
		p = (char *)headers[count].value + strlen(headers[count].value) + 1;
	}
	err = p < fields + n ? EDDY_ETOOBIG
			     : eddy_response_write_early_hints(exchange->res, headers, count);
	free(fields);
	return response_result(js, err, "writeEarlyHints", exception);
}

static void
response_timed_out(eddy_response *res, void *arg)
{
	struct exchange *exchange = arg;

	(void)res;
	exchange->timed = false;
	js_exchange_tell(exchange, JS_RESPONSE, RESPONSE_TIMEOUT, js_undefined(exchange->js));
}

/* responseTimeout(id, ms): tells when nothing has moved for so long; 0: never. */
static JSValueRef
response_timeout(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);
	unsigned ms = js_unsigned(js, js_arg(js, argc, argv, 1));
	int err = 0;

	if (exchange != NULL) {
		exchange->timed = ms > 0;
		err = eddy_response_set_timeout(exchange->res, ms,
						ms > 0 ? response_timed_out : NULL, exchange);
	}
	return response_result(js, err, "setTimeout", exception);
}

/* responseLength(id): bytes that the kernel has not taken. */
static JSValueRef
response_length(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const struct exchange *exchange = js_exchange_arg(js, argc, argv);

	(void)exception;
	return JSValueMakeNumber(
		js->ctx,
		exchange != NULL ? (double)eddy_response_writable_length(exchange->res) : 0);
}

/* responseDetach(id): the id of the socket that the connection is from now on; 0: it cannot be. */
static JSValueRef
response_detach(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);
	double id = exchange != NULL ? js_net_detach(js, exchange->res) : 0;

	(void)exception;
	if (id != 0)
		js_exchange_remove(exchange);
	return JSValueMakeNumber(js->ctx, id);
}

const struct js_binding js_response_bindings[] = {
	{"responseHead", response_write_head},
	{"responseSend", response_send},
	{"responseWrite", response_write},
	{"responseEnd", response_end},
	{"responseNow", response_now},
	{"responseFlush", response_flush},
	{"responseDestroy", response_destroy},
	{"responseWatch", response_watch},
	{"responseTrailers", response_trailers},
	{"responseContinue", response_continue},
	{"responseHints", response_hints},
	{"responseTimeout", response_timeout},
	{"responseLength", response_length},
	{"responseDetach", response_detach},
	{NULL, NULL},
};
