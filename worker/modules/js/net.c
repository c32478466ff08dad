/*
 * Sockets and servers, for lib/net.js. A socket is there until its `close`; reading begins when
 * JavaScript asks for it, so that what nobody reads waits in the kernel.
 */
#include <stdlib.h>
#include <string.h>

#include "js.h"

struct sock {
	struct js *js;
	eddy_socket *handle;
	double id;
};

struct server {
	struct js *js;
	eddy_server *handle;
	double id;
};

static void
sock_tell(const struct sock *sock, const char *what, JSValueRef value)
{
	struct js *js = sock->js;
	JSValueRef args[3] = {JSValueMakeNumber(js->ctx, sock->id), js_text(js, what), value};

	js_dispatch(js, JS_SOCKET, 3, args);
}

static void
sock_remove(struct sock *sock)
{
	js_table_remove(&sock->js->sockets, sock->id);
	free(sock);
}

static void
on_connect(eddy_socket *handle, void *arg)
{
	const struct sock *sock = arg;

	(void)handle;
	sock_tell(sock, "connect", js_undefined(sock->js));
}

static void
on_data(eddy_socket *handle, eddy_str piece, void *arg)
{
	const struct sock *sock = arg;

	(void)handle;
	sock_tell(sock, "data", js_bytes(sock->js, piece.p, piece.n));
}

static void
on_end(eddy_socket *handle, void *arg)
{
	const struct sock *sock = arg;

	(void)handle;
	sock_tell(sock, "end", js_undefined(sock->js));
}

static void
on_drain(eddy_socket *handle, void *arg)
{
	const struct sock *sock = arg;

	(void)handle;
	sock_tell(sock, "drain", js_undefined(sock->js));
}

static void
on_finish(eddy_socket *handle, void *arg)
{
	const struct sock *sock = arg;

	(void)handle;
	sock_tell(sock, "finish", js_undefined(sock->js));
}

static void
on_timeout(eddy_socket *handle, void *arg)
{
	const struct sock *sock = arg;

	(void)handle;
	sock_tell(sock, "timeout", js_undefined(sock->js));
}

static void
on_error(eddy_socket *handle, int error, void *arg)
{
	const struct sock *sock = arg;

	(void)handle;
	sock_tell(sock, "error", js_text(sock->js, eddy_error_name(error)));
}

static void
on_close(eddy_socket *handle, void *arg)
{
	struct sock *sock = arg;

	(void)handle;
	sock_tell(sock, "close", js_undefined(sock->js));
	sock_remove(sock);
}

static const eddy_socket_events sock_events = {
	.connect = on_connect,
	.data = on_data,
	.end = on_end,
	.drain = on_drain,
	.finish = on_finish,
	.timeout = on_timeout,
	.error = on_error,
	.close = on_close,
};

static struct sock *
sock_new(struct js *js)
{
	struct sock *sock = calloc(1, sizeof(*sock));

	if (sock == NULL)
		return NULL;
	sock->js = js;
	sock->id = js_table_add(&js->sockets, sock);
	if (sock->id == 0) {
		free(sock);
		return NULL;
	}
	return sock;
}

/* Takes a connection that has come; NULL: no memory, and eddy closes it. */
static struct sock *
sock_adopt(struct js *js, eddy_socket *handle)
{
	struct sock *sock = sock_new(js);

	if (sock == NULL)
		return NULL;
	sock->handle = handle;
	eddy_socket_pause(handle);
	if (eddy_socket_on(handle, &sock_events, sock) == 0)
		return sock;
	sock_remove(sock);
	return NULL;
}

double
js_net_adopt(struct js *js, eddy_socket *handle)
{
	const struct sock *sock = sock_adopt(js, handle);

	return sock != NULL ? sock->id : 0;
}

void
js_net_connection(eddy_socket *handle, void *state)
{
	struct js *js = state;
	struct sock *sock = sock_adopt(js, handle);
	JSValueRef id;

	if (sock == NULL)
		return;
	id = JSValueMakeNumber(js->ctx, sock->id);
	js_dispatch(js, JS_CONNECTION, 1, &id);
}

double
js_net_detach(struct js *js, eddy_response *res)
{
	struct sock *sock = sock_new(js);

	if (sock == NULL)
		return 0;
	sock->handle = eddy_response_detach_socket(res, &sock_events, sock);
	if (sock->handle == NULL) {
		sock_remove(sock);
		return 0;
	}
	eddy_socket_pause(sock->handle);
	return sock->id;
}

/* sockets ------------------------------------------------------------------------- */

static struct sock *
sock_arg(const struct js *js, size_t argc, const JSValueRef argv[])
{
	return js_table_get(&js->sockets, js_number(js, js_arg(js, argc, argv, 0), 0));
}

/* socketConnect(address): an id. */
static JSValueRef
socket_connect(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *address = js_utf8(js, js_arg(js, argc, argv, 0), NULL);
	struct sock *sock = address != NULL ? sock_new(js) : NULL;

	if (sock != NULL)
		sock->handle = eddy_net_connect(address, &sock_events, sock);
	free(address);
	if (sock == NULL || sock->handle == NULL) {
		if (sock != NULL)
			sock_remove(sock);
		return js_throw(js, exception, "ENOMEM", "no memory for a socket");
	}
	eddy_socket_pause(sock->handle);
	return JSValueMakeNumber(js->ctx, sock->id);
}

/* socketWrite(id, piece): whether there is room for more. */
static JSValueRef
socket_write(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct sock *sock = sock_arg(js, argc, argv);
	bool more = false;
	const char *p;
	char *owned;
	size_t n;

	(void)exception;
	if (sock != NULL && js_bytes_of(js, js_arg(js, argc, argv, 1), &p, &n, &owned)) {
		more = eddy_socket_write(sock->handle, p, n);
		free(owned);
	}
	return JSValueMakeBoolean(js->ctx, more);
}

/* socketEnd(id) */
static JSValueRef
socket_end(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct sock *sock = sock_arg(js, argc, argv);

	(void)exception;
	if (sock != NULL)
		eddy_socket_end(sock->handle, NULL, 0);
	return js_undefined(js);
}

/* socketDestroy(id, reset) */
static JSValueRef
socket_destroy(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct sock *sock = sock_arg(js, argc, argv);

	(void)exception;
	if (sock == NULL)
		return js_undefined(js);
	if (JSValueToBoolean(js->ctx, js_arg(js, argc, argv, 1)))
		eddy_socket_reset_and_destroy(sock->handle);
	else
		eddy_socket_destroy(sock->handle);
	return js_undefined(js);
}

/* socketFlow(id, on): reads, or lets what comes wait. */
static JSValueRef
socket_flow(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct sock *sock = sock_arg(js, argc, argv);

	(void)exception;
	if (sock == NULL)
		return js_undefined(js);
	if (JSValueToBoolean(js->ctx, js_arg(js, argc, argv, 1)))
		eddy_socket_resume(sock->handle);
	else
		eddy_socket_pause(sock->handle);
	return js_undefined(js);
}

/* socketOption(id, "timeout" "noDelay" "keepAlive", number or boolean, delay) */
static JSValueRef
socket_option(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct sock *sock = sock_arg(js, argc, argv);
	char *name = js_utf8(js, js_arg(js, argc, argv, 1), NULL);
	JSValueRef value = js_arg(js, argc, argv, 2);

	(void)exception;
	if (sock == NULL || name == NULL)
		goto out;
	if (strcmp(name, "timeout") == 0)
		eddy_socket_set_timeout(sock->handle, js_unsigned(js, value));
	else if (strcmp(name, "noDelay") == 0)
		eddy_socket_set_no_delay(sock->handle, JSValueToBoolean(js->ctx, value));
	else
		eddy_socket_set_keep_alive(sock->handle, JSValueToBoolean(js->ctx, value),
					   js_unsigned(js, js_arg(js, argc, argv, 3)));
out:
	free(name);
	return js_undefined(js);
}

JSValueRef
js_net_addresses(const struct js *js, const eddy_socket *handle, JSValueRef *exception)
{
	eddy_str address = eddy_socket_remote_address(handle);
	JSValueRef values[4];

	if (address.p == NULL)
		return js_undefined(js);
	values[0] = js_text_n(js, address.p, address.n);
	values[1] = JSValueMakeNumber(js->ctx, eddy_socket_remote_port(handle));
	address = eddy_socket_local_address(handle);
	values[2] = address.p != NULL ? js_text_n(js, address.p, address.n) : js_undefined(js);
	values[3] = JSValueMakeNumber(js->ctx, eddy_socket_local_port(handle));
	return JSObjectMakeArray(js->ctx, 4, values, exception);
}

/* socketAddresses(id) */
static JSValueRef
socket_addresses(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const struct sock *sock = sock_arg(js, argc, argv);

	return sock != NULL ? js_net_addresses(js, sock->handle, exception) : js_undefined(js);
}

/* servers ------------------------------------------------------------------------- */

static void
server_tell(const struct server *server, const char *what, JSValueRef value)
{
	struct js *js = server->js;
	JSValueRef args[3] = {JSValueMakeNumber(js->ctx, server->id), js_text(js, what), value};

	js_dispatch(js, JS_SERVER, 3, args);
}

static void
server_listening(eddy_server *handle, void *arg)
{
	const struct server *server = arg;

	(void)handle;
	server_tell(server, "listening", js_undefined(server->js));
}

static void
server_connection(eddy_server *handle, eddy_socket *connection, void *arg)
{
	const struct server *server = arg;
	const struct sock *sock = sock_adopt(server->js, connection);

	(void)handle;
	if (sock != NULL)
		server_tell(server, "connection", JSValueMakeNumber(server->js->ctx, sock->id));
}

static void
server_error(eddy_server *handle, int error, void *arg)
{
	const struct server *server = arg;

	(void)handle;
	server_tell(server, "error", js_text(server->js, eddy_error_name(error)));
}

static void
server_close(eddy_server *handle, void *arg)
{
	struct server *server = arg;

	(void)handle;
	server_tell(server, "close", js_undefined(server->js));
	js_table_remove(&server->js->servers, server->id);
	free(server);
}

static const eddy_server_events server_events = {server_listening, server_connection, server_error,
						 server_close};

static void
server_request(eddy_server *handle, eddy_request *req, eddy_response *res, void *arg)
{
	const struct server *server = arg;

	(void)handle;
	js_http_serve(server->js, req, res, server->id);
}

static const eddy_http_server_events http_server_events = {server_listening, server_request,
							   server_error, server_close};

/* A server of HTTP: `argv` has its keepAliveTimeout and headersTimeout; 0: as the conf says. */
static eddy_server *
http_server_new(const struct js *js, const JSValueRef argv[], struct server *server)
{
	eddy_http_server_options options = {
		.size = sizeof(options),
		.keep_alive_timeout = js_unsigned(js, argv[0]),
		.headers_timeout = js_unsigned(js, argv[1]),
		.max_body = UINT64_MAX,
	};

	return eddy_http_create_server(&options, &http_server_events, server);
}

/*
 * serverListen(address), serverListen(address, keepAliveTimeout, headersTimeout) for one of HTTP: an
 * id; how it goes, events tell.
 */
static JSValueRef
server_listen(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *address = js_utf8(js, js_arg(js, argc, argv, 0), NULL);
	struct server *server = calloc(1, sizeof(*server));
	int err = EDDY_ENOMEM;

	if (address == NULL || server == NULL)
		goto failed;
	server->js = js;
	server->id = js_table_add(&js->servers, server);
	if (server->id == 0)
		goto failed;
	server->handle = argc >= 3 ? http_server_new(js, argv + 1, server)
				   : eddy_net_create_server(&server_events, server);
	if (server->handle != NULL)
		err = eddy_server_listen(server->handle, address);
	if (err == 0) {
		free(address);
		return JSValueMakeNumber(js->ctx, server->id);
	}
	js_table_remove(&js->servers, server->id);
	if (server->handle != NULL) {
		eddy_server_close(server->handle); /* its close frees it */
		server = NULL;
	}
failed:
	free(address);
	free(server);
	return js_throw(js, exception, eddy_error_name(err), "listen: %s", eddy_strerror(err));
}

static struct server *
server_arg(const struct js *js, size_t argc, const JSValueRef argv[])
{
	return js_table_get(&js->servers, js_number(js, js_arg(js, argc, argv, 0), 0));
}

/* serverClose(id) */
static JSValueRef
server_stop(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct server *server = server_arg(js, argc, argv);

	(void)exception;
	if (server != NULL)
		eddy_server_close(server->handle);
	return js_undefined(js);
}

/* serverCut(id, all): closes the connections that are idle, or all. */
static JSValueRef
server_cut(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const struct server *server = server_arg(js, argc, argv);

	(void)exception;
	if (server == NULL)
		return js_undefined(js);
	if (JSValueToBoolean(js->ctx, js_arg(js, argc, argv, 1)))
		eddy_server_close_all_connections(server->handle);
	else
		eddy_server_close_idle_connections(server->handle);
	return js_undefined(js);
}

/* serverAddress(id): "127.0.0.1:8000", or undefined. */
static JSValueRef
server_address(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const struct server *server = server_arg(js, argc, argv);
	eddy_str address = {NULL, 0};

	(void)exception;
	if (server != NULL)
		address = eddy_server_address(server->handle);
	return address.p != NULL ? js_text_n(js, address.p, address.n) : js_undefined(js);
}

/* serverConnections(id) */
static JSValueRef
server_connections(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const struct server *server = server_arg(js, argc, argv);

	(void)exception;
	return JSValueMakeNumber(
		js->ctx, server != NULL ? (double)eddy_server_connections(server->handle) : 0);
}

const struct js_binding js_net_bindings[] = {
	{"socketConnect", socket_connect},
	{"socketWrite", socket_write},
	{"socketEnd", socket_end},
	{"socketDestroy", socket_destroy},
	{"socketFlow", socket_flow},
	{"socketOption", socket_option},
	{"socketAddresses", socket_addresses},
	{"serverListen", server_listen},
	{"serverClose", server_stop},
	{"serverCut", server_cut},
	{"serverAddress", server_address},
	{"serverConnections", server_connections},
	{NULL, NULL},
};
