/*
 * Modules' HTTP servers; see server.h.
 */
#include "http/server.h"

#include <errno.h>
#include <stdlib.h>

#include "http/conn.h"
#include "http/exchange.h"
#include "http/http.h"
#include "worker.h"

static struct http_server *
http_server_of(struct server *server)
{
	return (struct http_server *)(void *)server; /* its first member */
}

/* As a kind of server ------------------------------------------------------------- */

static int
http_server_entered(struct gate *gate, int fd, const struct sockaddr *peer)
{
	struct http_server *server = gate->arg;

	return conn_open(&worker_self->http, server, fd, peer);
}

/* Those that are between two requests go; after a last look, as nobody may be called now. */
static void
http_server_dismiss(struct server *server)
{
	struct conn *conn;

	TAILQ_FOREACH(conn, &worker_self->http.conns, link)
		if (conn->server == http_server_of(server) && conn_is_idle(conn))
			conn_dismiss(conn);
}

static void
http_server_fini(struct server *base)
{
	struct http_server *server = http_server_of(base);

	if (server->idle == &server->own_idle) {
		LIST_REMOVE(server, own);
		deadlines_fini(&server->own_idle);
	}
	if (server->heads == &server->own_heads)
		deadlines_fini(&server->own_heads);
}

static const struct server_kind kind = {
	.entered = http_server_entered, .closed = http_server_dismiss, .fini = http_server_fini};

/* The server, if it is of this kind; *error says why not. */
static struct server *
http_server_find(const eddy_server *handle, const char *what, int *error)
{
	struct server *server = api_find(&worker_self->net.servers, handle, what);

	*error = 0;
	if (server == NULL)
		*error = api_error(handle, HANDLE_SERVER);
	else if (server->kind != &kind)
		*error = api_misuse_as(EDDY_EINVAL, what,
				       "the server is none of eddy_http_create_server's");
	return *error == 0 ? server : NULL;
}

/* Made ---------------------------------------------------------------------------- */

static void
http_server_limits(struct http_server *server, struct http *http,
		   const eddy_http_server_options *options)
{
	server->idle = &http->idle;
	server->heads = &http->heads;
	if (options->keep_alive_timeout != 0) {
		server->idle = &server->own_idle;
		deadlines_init(server->idle, http->loop, options->keep_alive_timeout,
			       conn_idle_passed);
		LIST_INSERT_HEAD(&http->servers, server, own);
	}
	if (options->headers_timeout != 0) {
		server->heads = &server->own_heads;
		deadlines_init(server->heads, http->loop, options->headers_timeout,
			       conn_head_passed);
	}
}

/* What a route of the conf would say. */
static void
http_server_route(struct http_server *server, const struct http *http,
		  const eddy_http_server_options *options)
{
	struct eddy_module *module = server->server.module;

	server->conf = (struct conf_route){
		.module = module->callee.index,
		.max_body = options->max_body != 0 ? options->max_body : http->conf->max_body,
		.body_timeout_ms = http->conf->body_timeout_ms,
		.write_timeout_ms = http->conf->write_timeout_ms,
		.min_rate = http->conf->min_rate,
		.access_log = true,
	};
	server->route = (struct route){.conf = &server->conf,
				       .index = (uint32_t)(http->nroutes + module->callee.index),
				       .is_server = true,
				       .module = module};
}

static struct http_server *
http_server_new(struct http *http, const eddy_http_server_options *options,
		const eddy_http_server_events *events, void *arg)
{
	struct http_server *server = calloc(1, sizeof(*server));

	if (server == NULL || server_init(&server->server, http->net, &kind, arg) != 0) {
		free(server);
		return NULL;
	}
	server->events = events;
	server->server.calls =
		(struct server_calls){events->listening, events->error, events->close};
	http_server_limits(server, http, options);
	http_server_route(server, http, options);
	return server;
}

void
http_server_call(const struct http_server *server, const struct exchange *exchange)
{
	server->events->request(server_handle(&server->server), exchange_request(exchange),
				exchange_response(exchange), server->server.arg);
}

/* eddy.h -------------------------------------------------------------------------- */

eddy_server *
eddy_http_create_server(const eddy_http_server_options *options,
			const eddy_http_server_events *events, void *arg)
{
	const size_t least = API_SIZE_TO(eddy_http_server_options, max_body);
	eddy_http_server_options own = {0};
	struct http_server *server;

	if (api_check_as(options == NULL || options->size >= least, __func__,
			 API_NO_SIZE(eddy_http_server_options)) != 0 ||
	    api_check_as(events != NULL && events->request != NULL, __func__,
			 "there is no `request`: who would answer?") != 0)
		return NULL;
	if (options != NULL)
		memcpy(&own, options, options->size < sizeof(own) ? options->size : sizeof(own));
	server = http_server_new(&worker_self->http, &own, events, arg);
	return server != NULL ? server_handle(&server->server) : NULL;
}

int
eddy_server_close_idle_connections(eddy_server *handle)
{
	int error;
	struct server *server = http_server_find(handle, __func__, &error);

	if (server != NULL)
		http_server_dismiss(server);
	return error;
}

int
eddy_server_close_all_connections(eddy_server *handle)
{
	int error;
	struct server *server = http_server_find(handle, __func__, &error);
	struct conn *conn, *next;

	if (server == NULL)
		return error;
	for (conn = TAILQ_FIRST(&worker_self->http.conns); conn != NULL; conn = next) {
		next = TAILQ_NEXT(conn, link);
		if (conn->server == http_server_of(server))
			conn_close(conn, conn->exchange != NULL);
	}
	return 0;
}
