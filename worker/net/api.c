/*
 * The net part of eddy.h: sockets and servers as modules call them. A handle that stands for
 * nothing any more does nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "net/ends.h"
#include "net/server.h"
#include "net/socket.h"
#include "worker.h"

/* The socket, as long as it is not over. `what`: the function that was called. */
static struct socket *
socket_find(const eddy_socket *handle, const char *what)
{
	struct socket *sock = api_find(&worker_self->net.sockets, handle, what);

	return sock != NULL && sock->state != SOCKET_CLOSED ? sock : NULL;
}

static struct server *
server_find(const eddy_server *handle, const char *what)
{
	return api_find(&worker_self->net.servers, handle, what);
}

/* Whether it is the module's own; says so if it is one that it may only look at. */
static bool
socket_is_own(const struct socket *sock, const char *what)
{
	if (!sock->lent)
		return true;
	api_misuse_as(EDDY_EINVAL, what,
		      "the connection is a client's request's, not the module's");
	return false;
}

/* Opening ------------------------------------------------------------------------- */

eddy_socket *
eddy_net_connect(const char *address, const eddy_socket_events *events, void *arg)
{
	struct socket *sock;

	if (api_check(address != NULL, __func__) != 0)
		return NULL;
	sock = socket_new(&worker_self->net, events, arg);
	if (sock == NULL)
		return NULL;
	connect_start(sock, address);
	return socket_handle(sock);
}

eddy_socket *
eddy_socket_open(int fd, const eddy_socket_events *events, void *arg)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(int), peer_size = sizeof(peer);
	int type = 0;
	struct socket *sock;

	if (api_check(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
			      type == SOCK_STREAM &&
			      getpeername(fd, (struct sockaddr *)&peer, &peer_size) == 0,
		      __func__) != 0)
		return NULL;
	sock = socket_of_fd(&worker_self->net, fd, events, arg);
	if (sock == NULL)
		return NULL;
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return socket_handle(sock);
}

int
eddy_socket_detach(eddy_socket *handle)
{
	struct socket *sock = socket_find(handle, __func__);

	if (sock == NULL)
		return api_error(handle, HANDLE_SOCKET);
	return socket_is_own(sock, __func__) ? socket_detach(sock) : EDDY_EINVAL;
}

int
eddy_socket_on(eddy_socket *handle, const eddy_socket_events *events, void *arg)
{
	struct socket *sock = api_find(&worker_self->net.sockets, handle, __func__);

	if (sock == NULL)
		return api_error(handle, HANDLE_SOCKET);
	if (!socket_is_own(sock, __func__))
		return EDDY_EINVAL;
	sock->events = events;
	sock->arg = arg;
	socket_later(sock);
	return 0;
}

/* Writing ------------------------------------------------------------------------- */

/* The socket, if it may be written to; says what is wrong if not. */
static struct socket *
socket_writable(const eddy_socket *handle, bool good, const char *what)
{
	struct socket *sock = api_check(good, what) == 0 ? socket_find(handle, what) : NULL;

	if (sock == NULL || !sock->ended)
		return sock;
	if (!sock->auto_ended) /* else the other side has, and eddy for the module */
		api_misuse(EDDY_EWRITE_AFTER_END, what);
	return NULL;
}

bool
eddy_socket_write(eddy_socket *handle, const void *p, size_t n)
{
	struct socket *sock = socket_writable(handle, p != NULL || n == 0, __func__);

	return sock != NULL && socket_write(sock, p, n);
}

bool
eddy_socket_write_owned(eddy_socket *handle, void *p, size_t n, void (*release)(void *p, void *arg),
			void *arg)
{
	struct lent lent = {.p = p, .arg = arg, .release = release};
	struct socket *sock;

	if (api_check(release != NULL, __func__) != 0)
		return false; /* and the bytes stay the caller's */
	lent.module = worker_self->calls.running;
	sock = socket_writable(handle, p != NULL || n == 0, __func__);
	if (sock != NULL)
		return socket_write_lent(sock, p, n, &lent);
	lent_release(&worker_self->calls, &lent);
	return false;
}

void
eddy_socket_end(eddy_socket *handle, const void *p, size_t n)
{
	struct socket *sock = socket_find(handle, __func__);

	if (sock == NULL || (sock->ended && n == 0))
		return;
	sock = socket_writable(handle, p != NULL || n == 0, __func__);
	if (sock == NULL)
		return;
	if (n > 0)
		socket_write(sock, p, n);
	if (sock->state != SOCKET_CLOSED)
		socket_end(sock);
}

void
eddy_socket_destroy(eddy_socket *handle)
{
	struct socket *sock = socket_find(handle, __func__);

	if (sock != NULL)
		socket_destroy(sock);
}

void
eddy_socket_reset_and_destroy(eddy_socket *handle)
{
	struct socket *sock = socket_find(handle, __func__);

	if (sock != NULL)
		socket_close(sock, true);
}

/* Reading ------------------------------------------------------------------------- */

void
eddy_socket_pause(eddy_socket *handle)
{
	struct socket *sock = socket_find(handle, __func__);

	if (sock != NULL)
		sock->paused = true;
}

void
eddy_socket_resume(eddy_socket *handle)
{
	struct socket *sock = socket_find(handle, __func__);

	if (sock == NULL)
		return;
	sock->paused = false;
	socket_later(sock);
}

/* Options ------------------------------------------------------------------------- */

int
eddy_socket_fd(const eddy_socket *handle)
{
	const struct socket *sock = socket_find(handle, __func__);

	if (sock == NULL)
		return api_error(handle, HANDLE_SOCKET);
	return socket_has_fd(sock) ? socket_fd(sock) : EDDY_EINVAL;
}

int
eddy_socket_set_timeout(eddy_socket *handle, unsigned ms)
{
	struct socket *sock = socket_find(handle, __func__);

	return sock != NULL ? socket_set_timeout(sock, ms) : api_error(handle, HANDLE_SOCKET);
}

int
eddy_socket_set_no_delay(eddy_socket *handle, bool on)
{
	struct socket *sock = socket_find(handle, __func__);

	return sock != NULL ? socket_set_no_delay(sock, on) : api_error(handle, HANDLE_SOCKET);
}

int
eddy_socket_set_keep_alive(eddy_socket *handle, bool on, unsigned initial_delay)
{
	struct socket *sock = socket_find(handle, __func__);
	unsigned idle_s = initial_delay / 1000 + (initial_delay % 1000 != 0);

	return sock != NULL ? socket_set_keep_alive(sock, on, idle_s)
			    : api_error(handle, HANDLE_SOCKET);
}

/* Facts --------------------------------------------------------------------------- */

static eddy_str
socket_address(const eddy_socket *handle, bool remote, const char *what)
{
	struct socket *sock = socket_find(handle, what);
	struct end end;
	char *text;

	if (sock == NULL || !socket_has_fd(sock) || !end_get(&end, socket_fd(sock), remote))
		return (eddy_str){NULL, 0};
	if (sock->names == NULL)
		sock->names = calloc(1, sizeof(*sock->names));
	if (sock->names == NULL)
		return (eddy_str){NULL, 0};
	text = remote ? sock->names->remote : sock->names->local;
	return end_format(&end, text);
}

static unsigned
socket_port(const eddy_socket *handle, bool remote, const char *what)
{
	const struct socket *sock = socket_find(handle, what);
	struct end end;

	return sock != NULL && socket_has_fd(sock) && end_get(&end, socket_fd(sock), remote)
		       ? end_port(&end)
		       : 0;
}

eddy_str
eddy_socket_remote_address(const eddy_socket *handle)
{
	return socket_address(handle, true, __func__);
}

unsigned
eddy_socket_remote_port(const eddy_socket *handle)
{
	return socket_port(handle, true, __func__);
}

eddy_str
eddy_socket_local_address(const eddy_socket *handle)
{
	return socket_address(handle, false, __func__);
}

unsigned
eddy_socket_local_port(const eddy_socket *handle)
{
	return socket_port(handle, false, __func__);
}

uint64_t
eddy_socket_bytes_read(const eddy_socket *handle)
{
	const struct socket *sock = api_find(&worker_self->net.sockets, handle, __func__);

	return sock != NULL ? sock->bytes_read : 0;
}

uint64_t
eddy_socket_bytes_written(const eddy_socket *handle)
{
	const struct socket *sock = api_find(&worker_self->net.sockets, handle, __func__);

	return sock != NULL ? sock->bytes_written : 0;
}

size_t
eddy_socket_writable_length(const eddy_socket *handle)
{
	const struct socket *sock = socket_find(handle, __func__);

	return sock != NULL ? sock->queue.bytes : 0;
}

/* Servers ------------------------------------------------------------------------- */

eddy_server *
eddy_net_create_server(const eddy_server_events *events, void *arg)
{
	struct server *server =
		api_check(true, __func__) == 0 ? server_new(&worker_self->net, events, arg) : NULL;

	return server != NULL ? server_handle(server) : NULL;
}

int
eddy_server_listen(eddy_server *handle, const char *address)
{
	struct server *server = server_find(handle, __func__);

	if (server == NULL)
		return api_error(handle, HANDLE_SERVER);
	if (api_check(address != NULL, __func__) != 0)
		return EDDY_EINVAL;
	return server_listen(server, address);
}

int
eddy_server_close(eddy_server *handle)
{
	struct server *server = server_find(handle, __func__);

	if (server == NULL)
		return api_error(handle, HANDLE_SERVER);
	if (server->state == SERVER_CLOSED)
		return EDDY_ECLOSED;
	server_close(server);
	return 0;
}

eddy_str
eddy_server_address(const eddy_server *handle)
{
	const struct server *server = server_find(handle, __func__);

	if (server == NULL || server->state != SERVER_LISTENING)
		return (eddy_str){NULL, 0};
	return (eddy_str){server->address, strlen(server->address)};
}

size_t
eddy_server_connections(const eddy_server *handle)
{
	const struct server *server = server_find(handle, __func__);

	return server != NULL ? server->nsockets : 0;
}
