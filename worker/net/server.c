/*
 * Servers; see server.h.
 */
#include "net/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "conf/conf.h"
#include "net/socket.h"

static void server_tell(struct task *task);

/* Telling the module -------------------------------------------------------------- */

static void
server_post(struct server *server)
{
	if (server->posted)
		return;
	server->posted = true;
	task_post(&server->net->loop->ticks, &server->task);
}

static void
server_call(struct server *server, void (*call)(eddy_server *handle, void *arg))
{
	if (call == NULL)
		return;
	call_begin(server->net->calls, server->module, SLOT_SERVER, 0);
	call(server_handle(server), server->arg);
	call_end(server->net->calls);
}

/* What is wrong with an address that cannot be understood, else what the system has said. */
static const char *
server_why(const struct server *server, int error)
{
	struct sockaddr_storage parsed;
	socklen_t size;
	const char *why;

	if (error == EDDY_EINVAL &&
	    conf_address_parse_any_port(server->address, &parsed, &size, &why) != 0)
		return why;
	return eddy_strerror(error);
}

/* Where nobody listens for the error, it is the loading module's, or a line in the log. */
static void
server_call_error(struct server *server, int error)
{
	struct net *net = server->net;
	char why[256];

	if (server->calls.error != NULL) {
		call_begin(net->calls, server->module, SLOT_SERVER, 0);
		server->calls.error(server_handle(server), error, server->arg);
		call_end(net->calls);
		return;
	}
	snprintf(why, sizeof(why), "cannot listen on %.128s: %s", server->address,
		 server_why(server, error));
	if (server->loading && net->starting && !net->stopped)
		net->events->refused(net->arg, server->module, why);
	else
		eddy_log(server->module, LOG_ERR, "%s", why);
}

/* The handle means nothing any more. Its gate may be accepting: it is freed at the turn's end. */
static void
server_over(struct server *server)
{
	LIST_REMOVE(server, link);
	LIST_INSERT_HEAD(&server->net->servers_dead, server, link);
	handle_free(&server->net->servers, server->handle);
}

void
servers_flush(struct net *net)
{
	struct server *server;

	while ((server = LIST_FIRST(&net->servers_dead)) != NULL) {
		LIST_REMOVE(server, link);
		if (server->kind->fini != NULL)
			server->kind->fini(server);
		free(server->address);
		free(server);
	}
}

static void
server_tell(struct task *task)
{
	struct server *server =
		(struct server *)(void *)((char *)task - offsetof(struct server, task));
	int error = server->error;

	server->posted = false;
	server->error = 0;
	if (server->listening && server->state == SERVER_LISTENING)
		server_call(server, server->calls.listening);
	server->listening = false;
	if (error != 0)
		server_call_error(server, error);
	if (server->left && server->state == SERVER_CLOSED)
		server_post(server); /* behind what the connection has posted */
	server->left = false;
	if (server->state != SERVER_CLOSED || server->nsockets > 0 || server->held ||
	    server->posted)
		return;
	server_call(server, server->calls.close);
	server_over(server);
}

/* Listening ----------------------------------------------------------------------- */

int
server_init(struct server *server, struct net *net, const struct server_kind *kind, void *arg)
{
	server->net = net;
	server->task.run = server_tell;
	server->kind = kind;
	server->arg = arg;
	server->module = net->calls->running;
	server->handle = handle_new(&net->servers, server);
	if (server->handle == NULL)
		return -ENOMEM;
	LIST_INSERT_HEAD(&net->servers_all, server, link);
	return 0;
}

/* It cannot listen. */
static void
server_refuse(struct server *server, int error)
{
	server->state = SERVER_CLOSED;
	server->error = error;
	server_post(server);
}

int
server_listen(struct server *server, const char *address)
{
	struct net *net = server->net;
	char *copy;

	if (server->state != SERVER_IDLE)
		return server->state == SERVER_CLOSED ? EDDY_ECLOSED : EDDY_EINVAL;
	copy = strdup(address);
	if (copy == NULL)
		return EDDY_ENOMEM;
	if (net->stopped) { /* told by its event, as it is to one that has asked just before */
		server->address = copy;
		server_refuse(server, EDDY_ERRNO(ECANCELED));
		return 0;
	}
	server->id = ++net->last_server;
	if (net->events->listen(net->arg, server->id, address) != 0) {
		free(copy);
		return EDDY_EAGAIN;
	}
	server->address = copy;
	server->state = SERVER_ASKED;
	server->loading = net->starting;
	net->nasked++;
	return 0;
}

void
server_close(struct server *server)
{
	struct net *net = server->net;

	if (server->state == SERVER_CLOSED)
		return;
	if (server->state != SERVER_IDLE)
		server->held = net->events->unlisten(net->arg, server->id) == 0;
	gate_drop(&server->gate);
	server->state = SERVER_CLOSED;
	if (server->kind->closed != NULL)
		server->kind->closed(server);
	server_post(server);
}

/* A client's socket, counted. NULL: it has been turned away with *error. */
static struct socket *
client_enter(struct net *net, int fd, const struct sockaddr *address, int *error)
{
	struct peer peer = peer_of(address);
	struct socket *sock;

	*error = net_client_add(net, &peer);
	if (*error != 0) {
		net_turn_away(net, fd, *error);
		return NULL;
	}
	sock = socket_new(net, NULL, NULL);
	if (sock == NULL) {
		net_client_remove(net, &peer);
		*error = net_turn_away(net, fd, -ENOMEM);
		return NULL;
	}
	socket_is_client(sock, &peer);
	socket_connected(sock, fd);
	slot_add(net->slot->counters.accepted, 1);
	return sock;
}

int
server_enter(struct net *net, int fd, const struct sockaddr *address, struct eddy_module *module,
	     void (*tell)(struct socket *sock, void *arg), void *arg)
{
	int error;
	struct socket *sock = client_enter(net, fd, address, &error);

	if (sock == NULL)
		return error;
	sock->module = module;
	call_begin(net->calls, module, SLOT_SERVER, 0);
	tell(sock, arg);
	call_end(net->calls);
	if (sock->events == NULL) /* nobody wants it */
		socket_close(sock, false);
	loop_run_ticks(net->loop);
	return 0;
}

static void
server_connection(struct socket *sock, void *arg)
{
	struct server *server = arg;

	sock->server = server;
	server->nsockets++;
	if (server->events != NULL && server->events->connection != NULL)
		server->events->connection(server_handle(server), socket_handle(sock), server->arg);
}

static int
server_entered(struct gate *gate, int fd, const struct sockaddr *peer)
{
	struct server *server = gate->arg;

	return server_enter(server->net, fd, peer, server->module, server_connection, server);
}

struct server *
server_new(struct net *net, const eddy_server_events *events, void *arg)
{
	static const struct server_kind kind = {.entered = server_entered};
	struct server *server = calloc(1, sizeof(*server));

	if (server == NULL || server_init(server, net, &kind, arg) != 0) {
		free(server);
		return NULL;
	}
	server->events = events;
	if (events != NULL)
		server->calls =
			(struct server_calls){events->listening, events->error, events->close};
	return server;
}

static struct server *
server_asked(struct net *net, uint32_t id)
{
	struct server *server;

	LIST_FOREACH(server, &net->servers_all, link)
		if (server->id == id && server->state == SERVER_ASKED)
			return server;
	return NULL;
}

static void
server_bound(struct server *server, eddy_str address, int fd)
{
	char *bound = strndup(address.p, address.n);

	if (bound != NULL) {
		free(server->address);
		server->address = bound;
	}
	server->state = SERVER_LISTENING;
	server->listening = true;
	gate_open(&server->gate, server->net, fd, true, server->kind->entered, server);
}

void
servers_settle(struct net *net)
{
	if (--net->nasked == 0 && net->starting)
		net->events->settled(net->arg);
}

void
server_answered(struct net *net, uint32_t id, int error, eddy_str address, int fd)
{
	struct server *server = server_asked(net, id);

	if (server == NULL) {
		if (fd >= 0)
			close(fd);
	} else if (error == 0) {
		server_bound(server, address, fd);
		server_post(server);
	} else {
		server_refuse(server, error == EINVAL ? EDDY_EINVAL : EDDY_ERRNO(error));
	}
	loop_run_ticks(net->loop);
	servers_settle(net);
}

static void
server_release(struct server *server)
{
	server->held = false;
	server_post(server);
}

void
server_released(struct net *net, uint32_t id)
{
	struct server *server;

	LIST_FOREACH(server, &net->servers_all, link)
		if (server->id == id && server->held)
			server_release(server);
	loop_run_ticks(net->loop);
}

void
servers_stop(struct net *net)
{
	struct server *server;

	LIST_FOREACH(server, &net->servers_all, link) {
		if (server->held) /* who leaves does not wait for a master that may be gone */
			server_release(server);
		if (server->state == SERVER_ASKED) {
			net->events->unlisten(net->arg, server->id);
			server_refuse(server, EDDY_ERRNO(ECANCELED));
		} else if (server->state == SERVER_LISTENING) { /* its gate is closed */
			server->state = SERVER_CLOSED;
			server_post(server);
		}
	}
}

void
server_left(struct server *server)
{
	server->nsockets--;
	server->left = server->posted;
	if (server->state == SERVER_CLOSED)
		server_post(server);
}

void
servers_fini(struct net *net)
{
	while (!LIST_EMPTY(&net->servers_all))
		server_over(LIST_FIRST(&net->servers_all));
	servers_flush(net);
}
