/*
 * Listeners out of sockets that were passed (activation.h): nothing is bound, and what the conf says of
 * a socket is learnt or set afterwards.
 */
#include "daemon/activation.h"
#include "daemon/listener.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The sockets that are bound to the same address, all of them: each may have clients waiting. */
static int
more_take(struct listener *listener, const struct activation *activation,
	  struct activation_socket *sock)
{
	while ((sock = activation_next(activation, sock))) {
		int *grown = reallocarray(listener->more, listener->nmore + 1, sizeof(*grown));
		int fd = grown ? activation_take(sock) : -ENOMEM;

		if (grown)
			listener->more = grown;
		if (fd < 0)
			return fd;
		listener->more[listener->nmore++] = fd;
		listener->nlistening = listener->nmore;
	}
	return 0;
}

/* What accepted connections inherit is set. */
static void
options_take(struct listener *listener)
{
	int on = 1;

	if (listener->addr.ss_family != AF_UNIX)
		setsockopt(listener->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static int
sock_take(struct listener *listener, const struct activation *activation,
	  struct activation_socket *sock)
{
	int error;

	listener->passed = !sock->stored;
	listener->addr = sock->addr;
	listener->addrlen = sock->addrlen;
	listener->ipv6only = sock->ipv6only;
	listener->reuseport =
		sock->reuseport; /* others are let bind beside it as they were before */
	listener->file = sock->file;
	listener->fd = activation_take(sock);
	error = listener->fd < 0 ? listener->fd : more_take(listener, activation, sock);
	listener->nstored = sock->stored ? 1 + listener->nmore : 0;
	options_take(listener);
	return error;
}

int
listener_open_passed(struct listener **opened, const struct conf_listen *want,
		     const struct activation *activation, char *why, size_t size)
{
	struct activation_socket *sock = activation_find(activation, want, why, size);
	struct listener *listener;
	int error;

	*opened = NULL;
	if (!sock)
		return *why ? -ENOENT : 0;
	listener = listener_new(want);
	error = listener ? sock_take(listener, activation, sock) : -ENOMEM;
	if (error) {
		snprintf(why, size, "%s", strerror(-error));
		if (listener)
			listener_unref(listener);
		return error;
	}
	*opened = listener;
	return 0;
}
