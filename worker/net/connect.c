/*
 * Connecting: to an address at once, to a name by Happy Eyeballs (RFC 8305).
 *
 * The addresses of a name are tried in the order of RFC 6724, IPv6 and IPv4 in turn; where one has
 * not answered after 250 ms the next is tried beside it, and the first connection that comes about
 * wins. An attempt that fails lets the next begin at once; when all have failed, the error is the
 * first one's.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "net/dns.h"
#include "net/names.h"
#include "net/socket.h"

#define ATTEMPT_DELAY_MS 250 /* RFC 8305 5 */
#define TARGETS_MAX 16	     /* addresses of one name that are tried */

struct attempt {
	struct event event; /* EV_WRITE */
	struct connect *connect;
	int fd; /* -1: not begun, or failed */
};

struct target {
	struct sockaddr_storage address;
	socklen_t size;
};

struct connect {
	struct socket *sock;
	struct dns_query *query; /* NULL: not a name, or answered */
	struct event timer;
	unsigned port;
	int error; /* of the first attempt that failed; 0: none has */
	size_t ntargets, next, running;
	struct target targets[TARGETS_MAX];
	struct attempt attempts[TARGETS_MAX];
};

static void connect_next(struct connect *connect);

/* Attempts ------------------------------------------------------------------------ */

static void
attempt_stop(struct attempt *attempt)
{
	if (attempt->fd < 0)
		return;
	event_del(&attempt->event);
	close(attempt->fd);
	attempt->fd = -1;
	attempt->connect->running--;
}

static void
attempt_failed(struct connect *connect, int error)
{
	if (connect->error == 0)
		connect->error = error;
	connect_next(connect);
}

/* The kernel has an answer. */
static void
attempt_event(evutil_socket_t fd, short what, void *arg)
{
	struct attempt *attempt = arg;
	struct connect *connect = attempt->connect;
	struct socket *sock = connect->sock;
	struct loop *loop = sock->net->loop;
	int error = 0;
	socklen_t size = sizeof(error);

	(void)what;
	loop_enter(loop);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	if (error == 0) {
		event_del(&attempt->event);
		attempt->fd = -1; /* the socket's now */
		socket_connected(sock, fd);
	} else {
		attempt_stop(attempt);
		attempt_failed(connect, EDDY_ERRNO(error));
	}
	loop_leave(loop);
}

/* Begins with the next target. 0, or the error. */
static int
attempt_start(struct connect *all)
{
	struct net *net = all->sock->net;
	const struct target *target = &all->targets[all->next];
	struct attempt *attempt = &all->attempts[all->next];
	const struct sockaddr *address = (const struct sockaddr *)&target->address;
	int error;

	all->next++;
	attempt->fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (attempt->fd < 0)
		return EDDY_ERRNO(errno);
	attempt->connect = all;
	if (connect(attempt->fd, address, target->size) == 0 || errno == EINPROGRESS) {
		event_assign(&attempt->event, net->loop->base, attempt->fd, EV_WRITE, attempt_event,
			     attempt);
		if (event_add(&attempt->event, NULL) == 0) {
			all->running++;
			return 0;
		}
		errno = ENOMEM;
	}
	error = errno;
	close(attempt->fd);
	attempt->fd = -1;
	return EDDY_ERRNO(error);
}

/*
 * Tries the next target, and those behind it while they fail at once. When all have failed the
 * timer says so, in the next turn: a module that tries again at once does not stop the loop.
 */
static void
connect_next(struct connect *connect)
{
	static const struct timeval delay = {.tv_usec = ATTEMPT_DELAY_MS * 1000}, now = {0};
	int error = -1;

	while (error != 0 && connect->next < connect->ntargets) {
		error = attempt_start(connect);
		if (error != 0 && connect->error == 0)
			connect->error = error;
	}
	if (connect->next < connect->ntargets)
		evtimer_add(&connect->timer, &delay);
	else if (connect->running == 0)
		evtimer_add(&connect->timer, &now);
}

static void
connect_delay_passed(evutil_socket_t fd, short what, void *arg)
{
	struct connect *connect = arg;
	struct loop *loop = connect->sock->net->loop;

	(void)fd;
	(void)what;
	loop_enter(loop);
	if (connect->next < connect->ntargets)
		connect_next(connect);
	else if (connect->running == 0)
		socket_fail(connect->sock, connect->error);
	loop_leave(loop);
}

/* Targets ------------------------------------------------------------------------- */

static void
target_add(struct connect *connect, const char *address)
{
	struct target *target = &connect->targets[connect->ntargets];
	struct sockaddr_in *in = (struct sockaddr_in *)&target->address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&target->address;
	struct net_address found;

	if (connect->ntargets == TARGETS_MAX || !name_is_address(address, &found))
		return;
	if (found.family == AF_INET) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)connect->port);
		memcpy(&in->sin_addr, found.bytes, sizeof(in->sin_addr));
		target->size = sizeof(*in);
	} else {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons((uint16_t)connect->port);
		in6->sin6_scope_id = found.zone;
		memcpy(&in6->sin6_addr, found.bytes, sizeof(in6->sin6_addr));
		target->size = sizeof(*in6);
	}
	connect->ntargets++;
}

/* The first address of that family at or after `from`; n: none. */
static size_t
address_find(const eddy_dns_address *addresses, size_t n, size_t from, int family)
{
	while (from < n && addresses[from].family != family)
		from++;
	return from;
}

/* In their order, but the two families in turn, from that of the first on (RFC 8305 4). */
static void
targets_add(struct connect *connect, const eddy_dns_address *addresses, size_t n)
{
	int family = n > 0 ? addresses[0].family : 4;
	size_t at[2] = {address_find(addresses, n, 0, 4), address_find(addresses, n, 0, 6)};

	for (size_t i = 0; i < n; i++) {
		size_t *next = &at[family == 6];

		if (*next == n)
			next = &at[family != 6];
		target_add(connect, addresses[*next].address);
		*next = address_find(addresses, n, *next + 1, addresses[*next].family);
		family = family == 4 ? 6 : 4;
	}
}

static void
connect_found(void *arg, const struct dns_answer *answer)
{
	struct connect *connect = arg;

	if (connect->sock == NULL) { /* it has been given up */
		free(connect);
		return;
	}
	connect->query = NULL;
	targets_add(connect, answer->addresses, answer->n);
	if (connect->ntargets == 0)
		connect->error = answer->err != 0 ? answer->err : EDDY_DNS_ENODATA;
	connect_next(connect);
}

/*
 * "host:port", or "[fe80::1%eth0]:port" (the conf, whose addresses those without a zone are, has no
 * zones: interfaces come and go). 0 with what the host is, or -EINVAL.
 */
static int
name_split(const char *address, const char **name, size_t *n, unsigned *port)
{
	const char *colon = strrchr(address, ':');
	bool brackets = address[0] == '[' && colon != NULL && colon[-1] == ']';
	char *end = NULL;
	unsigned long number;

	if (colon == NULL || colon == address || colon[1] < '0' || colon[1] > '9' ||
	    (!brackets && memchr(address, ':', (size_t)(colon - address))))
		return -EINVAL;
	number = strtoul(colon + 1, &end, 10);
	if (*end != '\0' || number == 0 || number > 65535)
		return -EINVAL;
	*name = address + brackets;
	*n = (size_t)(colon - *name) - brackets;
	*port = (unsigned)number;
	return 0;
}

static int
connect_to_name(struct connect *connect, const char *address)
{
	struct net_address zoned;
	const char *host;
	char *name;
	size_t n;
	int error = EDDY_EINVAL;

	if (name_split(address, &host, &n, &connect->port) != 0)
		return EDDY_EINVAL;
	name = strndup(host, n);
	if (name == NULL)
		return EDDY_ENOMEM;
	if (host == address) {
		connect->query =
			dns_lookup(connect->sock->net->dns, name, 0, connect_found, connect);
		error = connect->query != NULL ? 0 : EDDY_ENOMEM;
	} else if (name_is_address(name, &zoned) && zoned.zone != 0) {
		target_add(connect, name);
		error = 0;
	}
	free(name);
	return error;
}

void
connect_stop(struct socket *sock)
{
	struct connect *connect = sock->connect;

	if (connect == NULL)
		return;
	sock->connect = NULL;
	event_del(&connect->timer);
	for (size_t i = 0; i < connect->next; i++)
		attempt_stop(&connect->attempts[i]);
	if (connect->query == NULL) {
		free(connect);
		return;
	}
	connect->sock = NULL;
	dns_cancel(connect->query); /* connect_found follows */
}

void
connect_start(struct socket *sock, const char *address)
{
	struct connect *connect = calloc(1, sizeof(*connect));
	const char *why;

	if (connect == NULL) {
		socket_fail(sock, EDDY_ENOMEM);
		return;
	}
	connect->sock = sock;
	sock->connect = connect;
	evtimer_assign(&connect->timer, sock->net->loop->base, connect_delay_passed, connect);
	if (conf_address_parse(address, &connect->targets[0].address, &connect->targets[0].size,
			       &why) == 0)
		connect->ntargets = 1;
	else
		connect->error = connect_to_name(connect, address);
	if (connect->query == NULL)
		connect_next(connect);
}
