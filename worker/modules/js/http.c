/*
 * Requests and responses, for lib/http.js. An exchange is there from the request until its
 * response's `close`; one that is answered at once, and that nobody listens to, is forgotten with
 * the answer, so that its events are never made.
 *
 * Header fields cross the border as one string, "name\0value\0…" of Latin-1: one conversion for all.
 */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "js.h"

struct exchange {
	struct js *js;
	eddy_request *req;
	eddy_response *res;
	double id;
};

static struct exchange *
exchange_arg(const struct js *js, size_t argc, const JSValueRef argv[])
{
	return js_table_get(&js->exchanges, js_number(js, js_arg(js, argc, argv, 0), 0));
}

static void
exchange_remove(struct exchange *exchange)
{
	js_table_remove(&exchange->js->exchanges, exchange->id);
	free(exchange);
}

static void
exchange_tell(struct exchange *exchange, enum js_event event, const char *what, JSValueRef value)
{
	struct js *js = exchange->js;
	JSValueRef args[3] = {JSValueMakeNumber(js->ctx, exchange->id), js_text(js, what), value};

	js_dispatch(js, event, 3, args);
}

/* events -------------------------------------------------------------------------- */

static void
body_data(eddy_request *req, eddy_str piece, void *arg)
{
	struct exchange *exchange = arg;

	(void)req;
	exchange_tell(exchange, JS_BODY, "data", js_bytes(exchange->js, piece.p, piece.n));
}

static void
body_end(eddy_request *req, void *arg)
{
	struct exchange *exchange = arg;

	(void)req;
	exchange_tell(exchange, JS_BODY, "end", js_undefined(exchange->js));
}

static void
body_error(eddy_request *req, int error, void *arg)
{
	struct exchange *exchange = arg;

	(void)req;
	exchange_tell(exchange, JS_BODY, "error", js_text(exchange->js, eddy_error_name(error)));
}

static const eddy_request_events body_events = {body_data, body_end, body_error};

static void
response_drain(eddy_response *res, void *arg)
{
	struct exchange *exchange = arg;

	(void)res;
	exchange_tell(exchange, JS_RESPONSE, "drain", js_undefined(exchange->js));
}

static void
response_finish(eddy_response *res, void *arg)
{
	struct exchange *exchange = arg;

	(void)res;
	exchange_tell(exchange, JS_RESPONSE, "finish", js_undefined(exchange->js));
}

static void
response_close(eddy_response *res, void *arg)
{
	struct exchange *exchange = arg;

	(void)res;
	exchange_tell(exchange, JS_RESPONSE, "close", js_undefined(exchange->js));
	exchange_remove(exchange);
}

static const eddy_response_events response_events = {
	.drain = response_drain, .finish = response_finish, .close = response_close};

void
js_http_request(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str method = eddy_request_method(req), url = eddy_request_url(req);
	static const char none[] = "the script serves no requests\n";
	struct exchange *exchange;
	struct js *js = state;
	JSValueRef args[4];

	if (!js->shared.serves) {
		eddy_log(js->self, LOG_ERR,
			 "%s: a request has come, and the script exports no handler: say "
			 "module.exports = (req, res) => { … }",
			 js->script);
		eddy_response_send(res, 500, "text/plain", none, sizeof(none) - 1);
		return;
	}
	exchange = malloc(sizeof(*exchange));
	if (exchange == NULL) {
		eddy_response_send(res, 503, NULL, NULL, 0);
		return;
	}
	*exchange = (struct exchange){.js = js, .req = req, .res = res};
	exchange->id = js_table_add(&js->exchanges, exchange);
	args[0] = JSValueMakeNumber(js->ctx, exchange->id);
	args[1] = js_latin1_text(js, method.p, method.n);
	args[2] = js_latin1_text(js, url.p, url.n);
	args[3] = JSValueMakeNumber(js->ctx, eddy_request_http_version_minor(req));
	js_dispatch(js, JS_REQUEST, 4, args);
}

/* request ------------------------------------------------------------------------- */

/* requestFields(id): "name\0value\0…", as they came; undefined when the head is no longer there. */
static JSValueRef
request_fields(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);
	eddy_str name, value;
	char few[2048], *all = few;
	JSValueRef fields;
	size_t n = 0;

	(void)exception;
	if (exchange == NULL)
		return js_undefined(js);
	for (size_t i = 0; eddy_request_headers(exchange->req, i, &name, &value); i++)
		n += name.n + value.n + 2;
	if (n > sizeof(few) && (all = malloc(n)) == NULL)
		return js_undefined(js);
	n = 0;
	for (size_t i = 0; eddy_request_headers(exchange->req, i, &name, &value); i++) {
		memcpy(all + n, name.p, name.n);
		n += name.n;
		all[n++] = '\0';
		memcpy(all + n, value.p, value.n);
		n += value.n;
		all[n++] = '\0';
	}
	fields = js_latin1_text(js, all, n);
	if (all != few)
		free(all);
	return fields;
}

/* requestRead(id): reads the body; its events follow. False: the client has left. */
static JSValueRef
request_read(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);

	(void)exception;
	return JSValueMakeBoolean(js->ctx,
				  exchange != NULL && eddy_request_on(exchange->req, &body_events,
								      exchange) == 0);
}

/* requestPause(id), requestResume(id) */
static JSValueRef
request_pause(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);

	(void)exception;
	if (exchange != NULL)
		eddy_request_pause(exchange->req);
	return js_undefined(js);
}

static JSValueRef
request_resume(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);

	(void)exception;
	if (exchange != NULL)
		eddy_request_resume(exchange->req);
	return js_undefined(js);
}

/* requestAddress(id): the client's, or undefined. */
static JSValueRef
request_address(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);
	eddy_str address = {NULL, 0};

	(void)exception;
	if (exchange != NULL)
		address = eddy_request_remote_address(exchange->req);
	return address.p != NULL ? js_text_n(js, address.p, address.n) : js_undefined(js);
}

/* response ------------------------------------------------------------------------ */

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

static int
response_head(const struct js *js, const struct exchange *exchange, JSValueRef status,
	      JSValueRef reason, JSValueRef fields)
{
	char *text = JSValueIsString(js->ctx, reason) ? js_latin1(js, reason, NULL) : NULL;
	int err = fields_set(js, exchange->res, fields, eddy_response_append_header);

	if (err == 0)
		err = eddy_response_write_head(exchange->res, (int)js_number(js, status, 200),
					       text);
	free(text);
	return err;
}

/* responseHead(id, status, reason, fields) */
static JSValueRef
response_write_head(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);
	int err = 0;

	if (exchange != NULL)
		err = response_head(js, exchange, js_arg(js, argc, argv, 1),
				    js_arg(js, argc, argv, 2), js_arg(js, argc, argv, 3));
	return response_result(js, err, "writeHead", exception);
}

/* responseSend(id, status, reason, fields, body, watched): all of an answer that is whole. */
static JSValueRef
response_send(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);
	const char *body = NULL;
	char *owned = NULL;
	size_t n = 0;
	int err;

	if (exchange == NULL)
		return js_undefined(js);
	js_bytes_of(js, js_arg(js, argc, argv, 4), &body, &n, &owned);
	if (JSValueIsString(js->ctx, js_arg(js, argc, argv, 2))) {
		err = response_head(js, exchange, js_arg(js, argc, argv, 1),
				    js_arg(js, argc, argv, 2), js_arg(js, argc, argv, 3));
		if (err == 0)
			eddy_response_end(exchange->res, body, n);
	} else {
		err = fields_set(js, exchange->res, js_arg(js, argc, argv, 3),
				 eddy_response_append_header);
		if (err == 0)
			eddy_response_send(exchange->res,
					   (int)js_number(js, js_arg(js, argc, argv, 1), 200), NULL,
					   body, n);
	}
	free(owned);
	if (err == 0 && !JSValueToBoolean(js->ctx, js_arg(js, argc, argv, 5)))
		exchange_remove(exchange);
	return response_result(js, err, "end", exception);
}

/* responseWrite(id, piece): whether there is room for more. */
static JSValueRef
response_write(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);
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

/* responseEnd(id, piece, watched) */
static JSValueRef
response_end(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);
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
	struct exchange *exchange = exchange_arg(js, argc, argv);
	int err = exchange != NULL ? eddy_response_flush_headers(exchange->res) : 0;

	return response_result(js, err, "flushHeaders", exception);
}

static JSValueRef
response_destroy(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);

	(void)exception;
	if (exchange != NULL)
		eddy_response_destroy(exchange->res);
	return js_undefined(js);
}

/* responseWatch(id): its events are wanted. False: it is over. */
static JSValueRef
response_watch(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);
	int err;

	(void)exception;
	if (exchange == NULL)
		return JSValueMakeBoolean(js->ctx, false);
	err = eddy_response_on(exchange->res, &response_events, exchange);
	if (err != 0)
		exchange_remove(exchange);
	return JSValueMakeBoolean(js->ctx, err == 0);
}

/* responseTrailers(id, fields) */
static JSValueRef
response_trailers(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = exchange_arg(js, argc, argv);
	int err = exchange != NULL ? fields_set(js, exchange->res, js_arg(js, argc, argv, 1),
						eddy_response_add_trailer)
				   : 0;

	return response_result(js, err, "addTrailers", exception);
}

const struct js_binding js_http_bindings[] = {
	{"requestFields", request_fields},	 {"requestRead", request_read},
	{"requestPause", request_pause},	 {"requestResume", request_resume},
	{"requestAddress", request_address},	 {"responseHead", response_write_head},
	{"responseSend", response_send},	 {"responseWrite", response_write},
	{"responseEnd", response_end},		 {"responseFlush", response_flush},
	{"responseDestroy", response_destroy},	 {"responseWatch", response_watch},
	{"responseTrailers", response_trailers}, {NULL, NULL},
};
