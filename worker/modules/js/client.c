/*
 * Requests to other servers, for lib/http/client.js. A request is there until its `close`. Its
 * answer is paused as soon as its head has come, and its body comes when JavaScript asks for it.
 *
 * Header fields cross the border as in http.c: one string, "name\0value\0…" of Latin-1.
 */
#include <stdlib.h>
#include <string.h>

#include "js.h"

struct asking {
	struct js *js;
	eddy_client_request *handle;
	double id;
};

static void
tell(const struct asking *asking, const char *what, JSValueRef value, JSValueRef more)
{
	struct js *js = asking->js;
	JSValueRef args[4] = {JSValueMakeNumber(js->ctx, asking->id), js_text(js, what), value,
			      more};

	js_dispatch(js, JS_CLIENT, 4, args);
}

static void
tell_plainly(const struct asking *asking, const char *what)
{
	tell(asking, what, js_undefined(asking->js), js_undefined(asking->js));
}

static void
asking_remove(struct asking *asking)
{
	js_table_remove(&asking->js->askings, asking->id);
	free(asking);
}

/* fields -------------------------------------------------------------------------- */

typedef bool field_function(const eddy_client_response *res, size_t i, eddy_str *name,
			    eddy_str *value);

static char *
put_field(char *at, eddy_str text)
{
	memcpy(at, text.p, text.n);
	at[text.n] = '\0';
	return at + text.n + 1;
}

/* What `next` tells one by one; undefined if there is no memory. */
static JSValueRef
fields_text(const struct js *js, const eddy_client_response *res, field_function *next)
{
	char few[2048], *all = few, *at;
	eddy_str name, value;
	JSValueRef text;
	size_t n = 0;

	for (size_t i = 0; next(res, i, &name, &value); i++)
		n += name.n + value.n + 2;
	if (n > sizeof(few) && (all = malloc(n)) == NULL)
		return js_undefined(js);
	at = all;
	for (size_t i = 0; next(res, i, &name, &value); i++)
		at = put_field(put_field(at, name), value);
	text = js_latin1_text(js, all, n);
	if (all != few)
		free(all);
	return text;
}

/* [status, reason, minor version, fields] */
static JSValueRef
head_array(const struct js *js, const eddy_client_response *res)
{
	eddy_str reason = eddy_client_response_reason(res);
	JSValueRef values[4] = {
		JSValueMakeNumber(js->ctx, eddy_client_response_status(res)),
		js_latin1_text(js, reason.p, reason.n),
		JSValueMakeNumber(js->ctx, eddy_client_response_http_version_minor(res)),
		fields_text(js, res, eddy_client_response_headers),
	};

	return JSObjectMakeArray(js->ctx, 4, values, NULL);
}

/* events -------------------------------------------------------------------------- */

static void
on_response(eddy_client_request *req, eddy_client_response *res, void *arg)
{
	const struct asking *asking = arg;

	(void)req;
	eddy_client_response_pause(res);
	tell(asking, "response", head_array(asking->js, res), js_undefined(asking->js));
}

static void
on_information(eddy_client_request *req, eddy_client_response *res, void *arg)
{
	const struct asking *asking = arg;

	(void)req;
	tell(asking, "information", head_array(asking->js, res), js_undefined(asking->js));
}

static void
on_upgrade(eddy_client_request *req, eddy_client_response *res, eddy_socket *sock, void *arg)
{
	const struct asking *asking = arg;
	struct js *js = asking->js;
	double id = js_net_adopt(js, sock);

	(void)req;
	if (id != 0)
		tell(asking, "upgrade", head_array(js, res), JSValueMakeNumber(js->ctx, id));
}

static void
on_data(eddy_client_response *res, eddy_str piece, void *arg)
{
	const struct asking *asking = arg;

	(void)res;
	tell(asking, "data", js_bytes(asking->js, piece.p, piece.n), js_undefined(asking->js));
}

static void
on_end(eddy_client_response *res, void *arg)
{
	const struct asking *asking = arg;

	tell(asking, "end", fields_text(asking->js, res, eddy_client_response_trailers),
	     js_undefined(asking->js));
}

static void
on_drain(eddy_client_request *req, void *arg)
{
	(void)req;
	tell_plainly(arg, "drain");
}

static void
on_timeout(eddy_client_request *req, void *arg)
{
	(void)req;
	tell_plainly(arg, "timeout");
}

static void
on_error(eddy_client_request *req, int error, void *arg)
{
	const struct asking *asking = arg;

	(void)req;
	tell(asking, "error", js_text(asking->js, eddy_error_name(error)),
	     js_text(asking->js, eddy_strerror(error)));
}

static void
on_close(eddy_client_request *req, void *arg)
{
	(void)req;
	tell_plainly(arg, "close");
	asking_remove(arg);
}

static void
on_connect(eddy_client_request *req, void *arg)
{
	const struct asking *asking = arg;

	tell(asking, "connect",
	     JSValueMakeBoolean(asking->js->ctx, eddy_client_request_reused_socket(req)),
	     js_undefined(asking->js));
}

static void
on_finish(eddy_client_request *req, void *arg)
{
	(void)req;
	tell_plainly(arg, "finish");
}

static const eddy_client_events events = {
	.response = on_response,
	.information = on_information,
	.upgrade = on_upgrade,
	.data = on_data,
	.end = on_end,
	.drain = on_drain,
	.timeout = on_timeout,
	.error = on_error,
	.close = on_close,
	.connect = on_connect,
	.finish = on_finish,
};

/* making one ---------------------------------------------------------------------- */

/* Points into `text`, which is the "name\0value\0…" of n bytes. NULL: no memory, or none. */
static eddy_header *
headers_of(const char *text, size_t n, uint32_t *count)
{
	eddy_header *headers;
	size_t strings = 0;

	*count = 0;
	for (size_t i = 0; i < n; i++)
		strings += text[i] == '\0';
	headers = malloc((strings / 2 + 1) * sizeof(*headers));
	if (headers == NULL)
		return NULL;
	for (const char *p = text, *end = text + n; p < end; (*count)++) {
		headers[*count].name = p;
		headers[*count].value = p + strlen(p) + 1;
		p = headers[*count].value + strlen(headers[*count].value) + 1;
	}
	return headers;
}

static char *
text_arg(const struct js *js, size_t argc, const JSValueRef argv[], size_t i)
{
	JSValueRef value = js_arg(js, argc, argv, i);

	return JSValueIsString(js->ctx, value) ? js_latin1(js, value, NULL) : NULL;
}

static eddy_client_request *
ask(struct asking *asking, size_t argc, const JSValueRef argv[])
{
	const struct js *js = asking->js;
	char *url = text_arg(js, argc, argv, 0), *method = text_arg(js, argc, argv, 1);
	char *path = text_arg(js, argc, argv, 2);
	char *socket_path = js_utf8(js, js_arg(js, argc, argv, 3), NULL);
	eddy_http_options options = {.size = sizeof(options),
				     .url = url,
				     .method = method,
				     .path = path,
				     .timeout = js_unsigned(js, js_arg(js, argc, argv, 5))};
	eddy_client_request *handle = NULL;
	eddy_header *headers = NULL;
	size_t n = 0;
	char *fields = js_latin1(js, js_arg(js, argc, argv, 4), &n);

	if (JSValueIsString(js->ctx, js_arg(js, argc, argv, 3)))
		options.socket_path = socket_path;
	options.agent = js_table_get(&js->agents, js_number(js, js_arg(js, argc, argv, 6), 0));
	if (fields != NULL)
		options.headers = headers = headers_of(fields, n, &options.nheaders);
	if (headers != NULL)
		handle = eddy_http_request(&options, &events, asking);
	free(headers);
	free(fields);
	free(socket_path);
	free(path);
	free(method);
	free(url);
	return handle;
}

/* clientRequest(url, method, path, socketPath, fields, timeout, agent): an id, or 0. */
static JSValueRef
client_request(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct asking *asking = calloc(1, sizeof(*asking));

	(void)exception;
	if (asking == NULL)
		return JSValueMakeNumber(js->ctx, 0);
	asking->js = js;
	asking->id = js_table_add(&js->askings, asking);
	if (asking->id != 0)
		asking->handle = ask(asking, argc, argv);
	if (asking->handle != NULL)
		return JSValueMakeNumber(js->ctx, asking->id);
	asking_remove(asking);
	return JSValueMakeNumber(js->ctx, 0);
}

/* functions of one ---------------------------------------------------------------- */

static eddy_client_request *
handle_arg(const struct js *js, size_t argc, const JSValueRef argv[])
{
	const struct asking *asking =
		js_table_get(&js->askings, js_number(js, js_arg(js, argc, argv, 0), 0));

	return asking != NULL ? asking->handle : NULL;
}

/* clientWrite(id, piece): whether there is room for more. */
static JSValueRef
client_write(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_client_request *req = handle_arg(js, argc, argv);
	bool more = false;
	const char *p;
	char *owned;
	size_t n;

	(void)exception;
	if (req != NULL && js_bytes_of(js, js_arg(js, argc, argv, 1), &p, &n, &owned)) {
		more = eddy_client_request_write(req, p, n);
		free(owned);
	}
	return JSValueMakeBoolean(js->ctx, more);
}

/* clientEnd(id, piece): with a last piece, or without. */
static JSValueRef
client_end(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_client_request *req = handle_arg(js, argc, argv);
	const char *p = NULL;
	char *owned = NULL;
	size_t n = 0;

	(void)exception;
	if (req == NULL)
		return js_undefined(js);
	if (!js_bytes_of(js, js_arg(js, argc, argv, 1), &p, &n, &owned))
		p = NULL, n = 0;
	eddy_client_request_end(req, p, n);
	free(owned);
	return js_undefined(js);
}

/* clientFlush(id), clientDestroy(id) */
static JSValueRef
client_flush(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_client_request *req = handle_arg(js, argc, argv);

	(void)exception;
	if (req != NULL)
		eddy_client_request_flush_headers(req);
	return js_undefined(js);
}

static JSValueRef
client_destroy(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_client_request *req = handle_arg(js, argc, argv);

	(void)exception;
	if (req != NULL)
		eddy_client_request_destroy(req);
	return js_undefined(js);
}

/* clientFlow(id, on): the answer's body comes, or waits. */
static JSValueRef
client_flow(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_client_request *req = handle_arg(js, argc, argv);

	(void)exception;
	if (req == NULL)
		return js_undefined(js);
	if (JSValueToBoolean(js->ctx, js_arg(js, argc, argv, 1)))
		eddy_client_response_resume(eddy_client_request_response(req));
	else
		eddy_client_response_pause(eddy_client_request_response(req));
	return js_undefined(js);
}

/* clientTimeout(id, ms) */
static JSValueRef
client_timeout(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_client_request *req = handle_arg(js, argc, argv);

	(void)exception;
	if (req != NULL)
		eddy_client_request_set_timeout(req, js_unsigned(js, js_arg(js, argc, argv, 1)));
	return js_undefined(js);
}

/* clientTrailers(id, fields) */
static JSValueRef
client_trailers(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_client_request *req = handle_arg(js, argc, argv);
	size_t n = 0;
	char *fields = js_latin1(js, js_arg(js, argc, argv, 1), &n);
	uint32_t count = 0;
	eddy_header *headers = fields != NULL ? headers_of(fields, n, &count) : NULL;
	int err = headers == NULL ? EDDY_ENOMEM : 0;

	for (uint32_t i = 0; req != NULL && err == 0 && i < count; i++)
		err = eddy_client_request_add_trailer(req, headers[i].name, headers[i].value);
	free(headers);
	free(fields);
	if (err != 0 && err != EDDY_ECLOSED)
		return js_throw(js, exception, eddy_error_name(err), "addTrailers: %s",
				eddy_strerror(err));
	return js_undefined(js);
}

/* clientAddresses(id): [remote address, remote port, local address, local port], or undefined. */
static JSValueRef
client_addresses(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_client_request *req = handle_arg(js, argc, argv);
	eddy_socket *sock = req != NULL ? eddy_client_request_socket(req) : NULL;

	return sock != NULL ? js_net_addresses(js, sock, exception) : js_undefined(js);
}

/* clientOption(id, "noDelay" "keepAlive", boolean, delay): of the connection that it has. */
static JSValueRef
client_option(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_client_request *req = handle_arg(js, argc, argv);
	eddy_socket *sock = req != NULL ? eddy_client_request_socket(req) : NULL;
	char *name = js_utf8(js, js_arg(js, argc, argv, 1), NULL);
	bool on = JSValueToBoolean(js->ctx, js_arg(js, argc, argv, 2));

	(void)exception;
	if (sock != NULL && name != NULL && strcmp(name, "noDelay") == 0)
		eddy_socket_set_no_delay(sock, on);
	else if (sock != NULL && name != NULL)
		eddy_socket_set_keep_alive(sock, on, js_unsigned(js, js_arg(js, argc, argv, 3)));
	free(name);
	return js_undefined(js);
}

/* agents -------------------------------------------------------------------------- */

/* agentNew(maxSockets, maxFreeSockets, timeout, keepAlive): an id. */
static JSValueRef
agent_new(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_agent_options options = {
		.size = sizeof(options),
		.max_sockets = js_unsigned(js, js_arg(js, argc, argv, 0)),
		.max_free_sockets = js_unsigned(js, js_arg(js, argc, argv, 1)),
		.timeout = js_unsigned(js, js_arg(js, argc, argv, 2)),
		.no_keep_alive = !JSValueToBoolean(js->ctx, js_arg(js, argc, argv, 3)),
	};
	eddy_agent *agent = eddy_http_create_agent(&options);
	double id = agent != NULL ? js_table_add(&js->agents, agent) : 0;

	if (id != 0)
		return JSValueMakeNumber(js->ctx, id);
	if (agent != NULL)
		eddy_agent_destroy(agent);
	return js_throw(js, exception, "ENOMEM", "no memory for an agent");
}

/* agentDestroy(id) */
static JSValueRef
agent_destroy(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	double id = js_number(js, js_arg(js, argc, argv, 0), 0);
	eddy_agent *agent = js_table_get(&js->agents, id);

	(void)exception;
	if (agent != NULL) {
		js_table_remove(&js->agents, id);
		eddy_agent_destroy(agent);
	}
	return js_undefined(js);
}

const struct js_binding js_client_bindings[] = {
	{"clientRequest", client_request},
	{"clientWrite", client_write},
	{"clientEnd", client_end},
	{"clientFlush", client_flush},
	{"clientDestroy", client_destroy},
	{"clientFlow", client_flow},
	{"clientTimeout", client_timeout},
	{"clientTrailers", client_trailers},
	{"clientAddresses", client_addresses},
	{"clientOption", client_option},
	{"agentNew", agent_new},
	{"agentDestroy", agent_destroy},
	{NULL, NULL},
};
