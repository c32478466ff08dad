/*
 * Requests, for lib/http/: how they come in, and their bodies. http_response.c has the answers.
 *
 * An exchange is there from the request until its response's `close`; one that is answered at once,
 * which most are, is forgotten with the answer, so that its events are never made. JavaScript is
 * entered once for it: it is given all of the head, and leaves its answer in js->answer.
 *
 * Header fields cross the border as one string, "name\0value\0…" of Latin-1. JavaScript has them
 * from the start, so a request that is parked gives its head up in C.
 */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "http_private.h"

#define FIELDS_FEW 4096 /* bytes of fields that need no memory */

struct exchange *
js_exchange_arg(const struct js *js, size_t argc, const JSValueRef argv[])
{
	return js_table_get(&js->exchanges, js_number(js, js_arg(js, argc, argv, 0), 0));
}

void
js_exchange_remove(struct exchange *exchange)
{
	if (exchange->watched)
		eddy_response_on(exchange->res, NULL, NULL);
	if (exchange->timed)
		eddy_response_set_timeout(exchange->res, 0, NULL, NULL);
	js_table_remove(&exchange->js->exchanges, exchange->id);
	free(exchange);
}

void
js_exchange_tell(struct exchange *exchange, enum js_event event, int what, JSValueRef value)
{
	struct js *js = exchange->js;
	JSValueRef args[3] = {JSValueMakeNumber(js->ctx, exchange->id),
			      JSValueMakeNumber(js->ctx, what), value};

	js_dispatch(js, event, 3, args);
}

/* events -------------------------------------------------------------------------- */

static void
body_data(eddy_request *req, eddy_str piece, void *arg)
{
	struct exchange *exchange = arg;

	(void)req;
	js_exchange_tell(exchange, JS_BODY, BODY_DATA, js_bytes(exchange->js, piece.p, piece.n));
}

static void
body_end(eddy_request *req, void *arg)
{
	struct exchange *exchange = arg;

	(void)req;
	js_exchange_tell(exchange, JS_BODY, BODY_END, js_undefined(exchange->js));
}

static void
body_error(eddy_request *req, int error, void *arg)
{
	struct exchange *exchange = arg;

	(void)req;
	js_exchange_tell(exchange, JS_BODY, BODY_ERROR,
			 js_text(exchange->js, eddy_error_name(error)));
}

static const eddy_request_events body_events = {body_data, body_end, body_error};

static void
response_drain(eddy_response *res, void *arg)
{
	struct exchange *exchange = arg;

	(void)res;
	js_exchange_tell(exchange, JS_RESPONSE, RESPONSE_DRAIN, js_undefined(exchange->js));
}

static void
response_finish(eddy_response *res, void *arg)
{
	struct exchange *exchange = arg;

	(void)res;
	js_exchange_tell(exchange, JS_RESPONSE, RESPONSE_FINISH, js_undefined(exchange->js));
}

static void
response_close(eddy_response *res, void *arg)
{
	struct exchange *exchange = arg;

	(void)res;
	js_exchange_tell(exchange, JS_RESPONSE, RESPONSE_CLOSE, js_undefined(exchange->js));
	exchange->watched = false;
	js_exchange_remove(exchange);
}

/*
 * The client's FIN before the script has ended its answer: as in Node it has left, since nothing
 * else would tell a stream without an end.
 */
static void
response_left(eddy_response *res, void *arg)
{
	(void)arg;
	eddy_response_destroy(res);
}

/* Before the answer has begun a FIN is taken for leaving anyway, and with less ado: no reset. */
static const eddy_response_events waiting_events = {
	.drain = response_drain, .finish = response_finish, .close = response_close};
static const eddy_response_events begun_events = {.drain = response_drain,
						  .finish = response_finish,
						  .end = response_left,
						  .close = response_close};

static int
exchange_watch(struct exchange *exchange, bool begun)
{
	return eddy_response_on(exchange->res, begun ? &begun_events : &waiting_events, exchange);
}

int
js_exchange_watch(struct exchange *exchange)
{
	int err = exchange->watched
			  ? 0
			  : exchange_watch(exchange, eddy_response_headers_sent(exchange->res));

	if (err != 0)
		js_exchange_remove(exchange);
	else
		exchange->watched = true;
	return err;
}

static void
response_over(eddy_response *res, void *arg)
{
	struct exchange *exchange = arg;

	(void)res;
	exchange->watched = false;
	js_exchange_remove(exchange);
}

static const eddy_response_events over_events = {.close = response_over};

void
js_exchange_offer(struct exchange *exchange)
{
	exchange->watched = eddy_response_on(exchange->res, &over_events, exchange) == 0;
	if (!exchange->watched)
		js_exchange_remove(exchange);
}

void
js_exchange_begun(struct exchange *exchange)
{
	if (exchange->watched)
		exchange_watch(exchange, true);
}

/* request ------------------------------------------------------------------------- */

/* A function of eddy.h that gives the i-th line of a head or of trailers. */
typedef bool line_function(const eddy_request *req, size_t i, eddy_str *name, eddy_str *value);

/* "name\0value\0…": the lines as they came. */
static JSValueRef
lines_text(struct js *js, const eddy_request *req, line_function *line)
{
	char few[FIELDS_FEW], *all = few;
	eddy_str name, value;
	JSValueRef text;
	size_t n = 0;

	for (size_t i = 0; line(req, i, &name, &value); i++)
		n += name.n + value.n + 2;
	if (n > sizeof(few) && (all = malloc(n)) == NULL)
		return js_undefined(js);
	n = 0;
	for (size_t i = 0; line(req, i, &name, &value); i++) {
		memcpy(all + n, name.p, name.n);
		n += name.n;
		all[n++] = '\0';
		memcpy(all + n, value.p, value.n);
		n += value.n;
		all[n++] = '\0';
	}
	text = js_cache_text(js, all, n);
	if (all != few)
		free(all);
	return text;
}

static struct exchange *
exchange_new(struct js *js, eddy_request *req, eddy_response *res)
{
	struct exchange *exchange = malloc(sizeof(*exchange));

	if (exchange == NULL)
		return NULL;
	*exchange = (struct exchange){.js = js, .req = req, .res = res};
	exchange->id = js_table_add(&js->exchanges, exchange);
	if (exchange->id != 0)
		return exchange;
	free(exchange);
	return NULL;
}

void
js_http_serve(struct js *js, eddy_request *req, eddy_response *res, double server)
{
	eddy_str method = eddy_request_method(req), url = eddy_request_url(req);
	struct exchange *exchange = exchange_new(js, req, res);
	JSValueRef args[6];
	double id;

	if (exchange == NULL) {
		eddy_response_send(res, 503, NULL, NULL, 0);
		return;
	}
	id = exchange->id;
	args[0] = JSValueMakeNumber(js->ctx, id);
	args[1] = js_cache_text(js, method.p, method.n);
	args[2] = js_cache_text(js, url.p, url.n);
	args[3] = JSValueMakeNumber(js->ctx, eddy_request_http_version_minor(req));
	args[4] = lines_text(js, req, eddy_request_headers);
	args[5] = JSValueMakeNumber(js->ctx, server);
	js->answer.id = id;
	js->answer.given = ANSWER_NONE;
	js_dispatch(js, JS_REQUEST, 6, args);
	js->answer.id = 0;
	exchange = js_table_get(&js->exchanges, id);
	if (exchange == NULL)
		return;
	if (js->answer.given != ANSWER_NONE)
		js_answer_send(js, exchange, false);
	else
		eddy_request_release(req);
}

void
js_http_request(eddy_request *req, eddy_response *res, void *state)
{
	static const char none[] = "the script serves no requests\n";
	struct js *js = state;

	if (js->shared.serves) {
		js_http_serve(js, req, res, 0);
		return;
	}
	eddy_log(js->self, LOG_ERR,
		 "%s: a request has come, and the script exports no handler: say "
		 "module.exports = (req, res) => { … }",
		 js->script);
	eddy_response_send(res, 500, "text/plain", none, sizeof(none) - 1);
}

/* requestRead(id): reads the body; its events follow. False: the client has left. */
static JSValueRef
request_read(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);

	(void)exception;
	return JSValueMakeBoolean(js->ctx,
				  exchange != NULL && eddy_request_on(exchange->req, &body_events,
								      exchange) == 0);
}

/* requestPause(id), requestResume(id) */
static JSValueRef
request_pause(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);

	(void)exception;
	if (exchange != NULL)
		eddy_request_pause(exchange->req);
	return js_undefined(js);
}

static JSValueRef
request_resume(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct exchange *exchange = js_exchange_arg(js, argc, argv);

	(void)exception;
	if (exchange != NULL)
		eddy_request_resume(exchange->req);
	return js_undefined(js);
}

/* requestAddresses(id): [remote address, remote port, local address, local port], or undefined. */
static JSValueRef
request_addresses(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const struct exchange *exchange = js_exchange_arg(js, argc, argv);
	eddy_str address = {NULL, 0};
	JSValueRef values[4];

	if (exchange != NULL)
		address = eddy_request_remote_address(exchange->req);
	if (address.p == NULL)
		return js_undefined(js);
	values[0] = js_text_n(js, address.p, address.n);
	values[1] = JSValueMakeNumber(js->ctx, eddy_request_remote_port(exchange->req));
	address = eddy_request_local_address(exchange->req);
	values[2] = address.p != NULL ? js_text_n(js, address.p, address.n) : js_undefined(js);
	values[3] = JSValueMakeNumber(js->ctx, eddy_request_local_port(exchange->req));
	return JSObjectMakeArray(js->ctx, 4, values, exception);
}

/* requestTrailers(id): the fields behind a body that is whole. */
static JSValueRef
request_trailers(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const struct exchange *exchange = js_exchange_arg(js, argc, argv);

	(void)exception;
	return exchange != NULL ? lines_text(js, exchange->req, eddy_request_trailers)
				: js_undefined(js);
}

const struct js_binding js_http_bindings[] = {
	{"requestRead", request_read},	       {"requestPause", request_pause},
	{"requestResume", request_resume},     {"requestAddresses", request_addresses},
	{"requestTrailers", request_trailers}, {NULL, NULL},
};
