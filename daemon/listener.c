/*
 * Listening sockets.
 */
#include "daemon/listener.h"
#include "daemon/activation.h"
#include "daemon/advice.h"
#include "daemon/holder.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFER_ACCEPT_S 1 /* wake a worker with something to read, or after 1 s all the same */

static bool
listener_is_inet(const struct listener *listener)
{
	return listener->addr.ss_family != AF_UNIX;
}

bool
listener_is_at(const struct listener *listener, const struct sockaddr_storage *addr,
	       socklen_t addrlen)
{
	return listener_addr_same(&listener->addr, listener->addrlen, addr, addrlen);
}

bool
listener_serves(const struct listener *listener, const struct conf_listen *want)
{
	const struct sockaddr_un *un = (const void *)&listener->addr;

	if (want->addr.ss_family == AF_UNSPEC)
		return listener->passed && strcmp(listener->address, want->address) == 0;
	if (!listener_is_at(listener, &want->addr, want->addrlen))
		return false;
	if (want->addr.ss_family == AF_INET6)
		return listener->ipv6only == want->ipv6only;
	if (want->addr.ss_family == AF_UNIX && un->sun_path[0] && !listener->passed)
		return unix_file_is(&listener->file, un->sun_path);
	return true;
}

/* Keeps so many. */
static void
listener_more_close(struct listener *listener, size_t keep)
{
	while (listener->nmore > keep)
		close(listener->more[--listener->nmore]);
	if (listener->nlistening > keep)
		listener->nlistening = keep;
}

static void
listener_free(struct listener *listener)
{
	const struct sockaddr_un *un = (const void *)&listener->addr;

	if (listener->file.ino && !listener->nstored)
		unix_unlink(&listener->file, un->sun_path);
	listener_more_close(listener, 0);
	free(listener->more);
	if (listener->fd >= 0)
		close(listener->fd);
	free(listener->address);
	free(listener);
}

void
listener_unref(struct listener *listener)
{
	if (--listener->refs == 0)
		listener_free(listener);
}

struct listener *
listener_new(const struct conf_listen *want)
{
	struct listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		return NULL;
	listener->refs = 1;
	listener->fd = -1;
	listener->addr = want->addr;
	listener->addrlen = want->addrlen;
	listener->ipv6only = want->ipv6only;
	listener->reuseport = want->accept == CONF_ACCEPT_REUSEPORT;
	listener->address = strdup(want->address);
	if (listener->address)
		return listener;
	listener_free(listener);
	return NULL;
}

static int
listener_socket(struct listener *listener)
{
	listener->fd =
		socket(listener->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return listener->fd < 0 ? -errno : 0;
}

static int
option_set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) < 0 ? -errno : 0;
}

/* An HTTP client speaks first. Other protocols are not known: in some, the server does. */
static int
inet_defer(int fd, enum conf_protocol protocol)
{
	return option_set(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT,
			  protocol == CONF_HTTP ? DEFER_ACCEPT_S : 0);
}

/*
 * TCP_NODELAY is inherited by what is accepted, which saves the workers a system call per
 * connection.
 */
static int
inet_prepare(const struct listener *listener, int fd, enum conf_protocol protocol)
{
	int error = option_set(fd, SOL_SOCKET, SO_REUSEADDR, 1);

	if (!error && listener->reuseport)
		error = option_set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (!error && listener->addr.ss_family == AF_INET6)
		error = option_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, listener->ipv6only);
	if (!error)
		error = option_set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (!error)
		error = inet_defer(fd, protocol);
	return error;
}

static int
inet_listen(const struct listener *listener, int backlog)
{
	if (bind(listener->fd, (const struct sockaddr *)&listener->addr, listener->addrlen) < 0)
		return -errno;
	return listen(listener->fd, backlog) < 0 ? -errno : 0;
}

/* What may go at the switch has SO_REUSEPORT now, or has not; false: there is nothing. */
static bool
old_share(in_port_t port, const struct listener_set *old, const struct activation *activation,
	  bool share)
{
	bool any = false;

	for (size_t i = 0; old && i < old->count; i++) {
		const struct listener *one = old->list[i];

		if (listener_addr_port(&one->addr) == port &&
		    option_set(one->fd, SOL_SOCKET, SO_REUSEPORT, share || one->reuseport) == 0)
			any = true;
	}
	for (size_t i = 0; activation && i < activation->count; i++) {
		const struct activation_socket *one = &activation->list[i];

		if (one->stored && one->fd >= 0 && listener_addr_port(&one->addr) == port &&
		    option_set(one->fd, SOL_SOCKET, SO_REUSEPORT, share || one->reuseport) == 0)
			any = true;
	}
	return any;
}

/*
 * A reload from *:80 to 127.0.0.1:80 has to bind the new address while the old one still serves,
 * and the two overlap; and so does a start where the service manager still has the old one. The
 * kernel allows that between sockets of one user which all have SO_REUSEPORT at that moment; it is
 * taken back at once, so that a port in use stays an error for everybody else.
 */
static int
inet_listen_beside(const struct listener *listener, int backlog, const struct listener_set *old,
		   const struct activation *activation)
{
	in_port_t port = listener_addr_port(&listener->addr);
	int error = -EADDRINUSE;

	if (!old_share(port, old, activation, true))
		return error;
	if (option_set(listener->fd, SOL_SOCKET, SO_REUSEPORT, 1) == 0)
		error = inet_listen(listener, backlog);
	old_share(port, old, activation, false);
	option_set(listener->fd, SOL_SOCKET, SO_REUSEPORT, listener->reuseport);
	return error;
}

/* Who is there already, as far as it shows. */
static const char *
holder_say(const struct sockaddr_storage *addr, char *text, size_t size)
{
	struct holder holder;

	if (!holder_find(addr, &holder))
		return "another process or a module listens there; as root, `ss -ltnp` shows which";
	if (holder.pid == getpid())
		return "a module of this eddyd listens there";
	snprintf(text, size, "%s (pid %d) listens there%s", holder.name, (int)holder.pid,
		 strcmp(holder.name, "eddyd") == 0
			 ? ": is eddy running already? `eddyctl status` says"
			 : "");
	return text;
}

static void
inet_explain(int error, const struct sockaddr_storage *addr, char *why, size_t size)
{
	char text[ADVICE_BYTES];
	const char *hint = NULL;

	switch (error) {
	case -EADDRINUSE:
		hint = holder_say(addr, text, sizeof(text));
		break;
	case -EADDRNOTAVAIL:
		hint = "no interface of this machine has that address";
		break;
	case -EACCES:
		hint = advice_for_port(text);
		break;
	case -EAFNOSUPPORT:
		hint = "this machine has IPv6 switched off";
		break;
	}
	snprintf(why, size, hint ? "%s: %s" : "%s", strerror(-error), hint);
}

static int
inet_open(struct listener *listener, const struct conf_listen *want, const struct listener_set *old,
	  const struct activation *activation, char *why, size_t size)
{
	int error = inet_prepare(listener, listener->fd, want->protocol);

	if (!error)
		error = inet_listen(listener, want->backlog);
	if (error == -EADDRINUSE)
		error = inet_listen_beside(listener, want->backlog, old, activation);
	if (error && (error != -EADDRINUSE || !activation ||
		      !activation_explain(activation, want, why, size)))
		inet_explain(error, &listener->addr, why, size);
	return error;
}

static int
unix_open(struct listener *listener, const struct conf_listen *want, char *why, size_t size)
{
	const struct sockaddr_un *un = (const void *)&listener->addr;
	pid_t pid;
	int error = unix_bind(listener->fd, un, listener->addrlen, want->mode, &listener->file,
			      &pid, why, size);

	if (!error && listen(listener->fd, want->backlog) < 0) {
		error = -errno;
		snprintf(why, size, "%s", strerror(errno));
	}
	return error;
}

/* What the kernel has bound: the port that it has picked for 0. */
static int
inet_learn(struct listener *listener)
{
	listener->addrlen = sizeof(listener->addr);
	return getsockname(listener->fd, (struct sockaddr *)&listener->addr, &listener->addrlen) < 0
		       ? -errno
		       : 0;
}

int
listener_open(struct listener **opened, const struct conf_listen *want,
	      const struct listener_set *old, const struct activation *activation, char *why,
	      size_t size)
{
	struct listener *listener = listener_new(want);
	int error = listener ? listener_socket(listener) : -ENOMEM;

	*opened = NULL;
	if (error) {
		inet_explain(error, &want->addr, why, size);
		if (listener)
			listener_free(listener);
		return error;
	}
	if (listener_is_inet(listener))
		error = inet_open(listener, want, old, activation, why, size);
	else
		error = unix_open(listener, want, why, size);
	if (!error && listener_is_inet(listener))
		error = inet_learn(listener);
	if (error)
		listener_free(listener);
	else
		*opened = listener;
	return error;
}

/* more sockets ------------------------------------------------------------------------------- */

static int
more_bind(const struct listener *listener, enum conf_protocol protocol)
{
	int fd = socket(listener->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error = fd < 0 ? -errno : inet_prepare(listener, fd, protocol);

	if (!error && bind(fd, (const struct sockaddr *)&listener->addr, listener->addrlen) < 0)
		error = -errno;
	if (error && fd >= 0)
		close(fd);
	return error ? error : fd;
}

/* Binds until there are so many in all. 0 or -errno. */
static int
listener_more(struct listener *listener, enum conf_protocol protocol, size_t sockets)
{
	int *grown, fd, error;

	if (sockets <= 1 + listener->nmore && listener->reuseport)
		return 0;
	listener->reuseport = true;
	error = option_set(listener->fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (error)
		return error;
	if (sockets <= 1 + listener->nmore)
		return 0;
	grown = reallocarray(listener->more, sockets - 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	listener->more = grown;
	while (1 + listener->nmore < sockets) {
		fd = more_bind(listener, protocol);
		if (fd < 0)
			return fd;
		listener->more[listener->nmore++] = fd;
	}
	return 0;
}

/* One for each worker, as far as there is room beside the other listeners. */
static size_t
sockets_wanted(const struct conf *conf)
{
	size_t n = 0, room;

	for (size_t i = 0; i < conf->nlistens; i++)
		n += conf->listens[i].accept == CONF_ACCEPT_REUSEPORT;
	room = n ? 1 + (LISTENER_SOCKETS_MAX - conf->nlistens) / n : 1;
	return conf->workers < room ? conf->workers : room;
}

/* False, with an error added: they cannot be opened, or there would be too many. */
static bool
listener_set_more(const struct listener_set *set, const struct conf *conf,
		  struct conf_errors *errors)
{
	size_t wanted = sockets_wanted(conf), all = 0;
	char why[LISTENER_WHY_BYTES];

	for (size_t i = 0; i < set->count; i++) {
		const struct conf_listen *want = &conf->listens[i];
		int error = 0;

		if (want->accept == CONF_ACCEPT_REUSEPORT)
			error = listener_more(set->list[i], want->protocol, wanted);
		all += 1 + set->list[i]->nmore;
		if (!error && all <= LISTENER_SOCKETS_MAX)
			continue;
		if (error == -EADDRINUSE && set->list[i]->passed)
			snprintf(why, sizeof(why),
				 "a socket unit has opened the first, and the kernel lets nobody "
				 "else open more beside it: leave out accept = \"reuseport\", or "
				 "the socket unit");
		else if (error)
			inet_explain(error, &set->list[i]->addr, why, sizeof(why));
		else
			snprintf(why, sizeof(why),
				 "there are more than %d sockets with those of the workers that "
				 "there have been: stop eddyd, and start it again",
				 LISTENER_SOCKETS_MAX);
		conf_errors_add(errors, want->where, "cannot listen on %s with %zu sockets: %s",
				want->address, wanted, why);
		return false;
	}
	return true;
}

void
listener_set_listen(const struct listener_set *set, const struct conf *conf)
{
	for (size_t i = 0; i < set->count; i++) {
		struct listener *listener = set->list[i];

		while (listener->nlistening < listener->nmore)
			if (listen(listener->more[listener->nlistening], conf->listens[i].backlog) <
			    0)
				listener_more_close(listener, listener->nlistening);
			else
				listener->nlistening++;
	}
}

/* What a switch that has not come would have needed. */
static void
listener_trim(struct listener *listener)
{
	listener_more_close(listener, listener->nlistening);
	if (listener->nmore == 0 && listener->reuseport &&
	    option_set(listener->fd, SOL_SOCKET, SO_REUSEPORT, 0) == 0)
		listener->reuseport = false;
}

/* the listeners of a conf -------------------------------------------------------------------- */

static struct listener *
listener_open_for_conf(const struct conf_listen *want, const struct listener_set *old,
		       const struct activation *activation, struct conf_errors *errors)
{
	struct listener *listener;
	char why[LISTENER_WHY_BYTES] = "";
	int error = listener_open_passed(&listener, want, activation, why, sizeof(why));

	if (!error && !listener)
		error = listener_open(&listener, want, old, activation, why, sizeof(why));
	if (error)
		conf_errors_add(errors, want->where, "cannot listen on %s: %s", want->address, why);
	return listener;
}

const char *
listener_format(const struct listener *listener, char *buf, size_t size)
{
	return listener_addr_format(&listener->addr, listener->addrlen, buf, size);
}

static struct listener *
listener_find(const struct listener_set *set, const struct conf_listen *want)
{
	for (size_t i = 0; set && i < set->count; i++)
		if (listener_serves(set->list[i], want))
			return set->list[i];
	return NULL;
}

/* False, with an error added: a name and an address mean the same socket. */
static bool
listener_set_differs(const struct listener_set *set, const struct conf *conf,
		     struct conf_errors *errors)
{
	char why[LISTENER_WHY_BYTES];
	bool differs = true;

	for (size_t i = 0; i < set->count; i++) {
		const struct conf_listen *want = &conf->listens[i];
		const struct listener *one = set->list[i];

		for (size_t j = 0; one->passed && j < i; j++) {
			if (!listener_is_at(set->list[j], &one->addr, one->addrlen))
				continue;
			snprintf(why, sizeof(why), "that is the socket of listen \"%s\", too",
				 conf->listens[j].address);
			conf_errors_add(errors, want->where, "cannot listen on %s: %s",
					want->address, why);
			differs = false;
		}
	}
	return differs;
}

int
listener_set_open(struct listener_set *set, const struct conf *conf, const struct listener_set *old,
		  const struct activation *activation, struct conf_errors *errors)
{
	bool failed = false;

	*set = (struct listener_set){0};
	set->list = calloc(conf->nlistens ? conf->nlistens : 1, sizeof(*set->list));
	if (!set->list) {
		conf_errors_add(errors, (struct conf_where){0}, "no memory for the listeners");
		return -1;
	}
	for (size_t i = 0; i < conf->nlistens; i++) {
		struct listener *listener = listener_find(old, &conf->listens[i]);

		if (listener)
			listener->refs++;
		else
			listener =
				listener_open_for_conf(&conf->listens[i], old, activation, errors);
		if (listener)
			set->list[set->count++] = listener;
		else
			failed = true;
	}
	if (!failed &&
	    (!listener_set_differs(set, conf, errors) || !listener_set_more(set, conf, errors)))
		failed = true;
	if (failed)
		listener_set_close(set);
	return failed ? -1 : 0;
}

static void
socket_adjust(const struct listener *listener, int fd, const struct conf_listen *want)
{
	listen(fd, want->backlog);
	if (listener_is_inet(listener))
		inet_defer(fd, want->protocol);
}

void
listener_set_adjust(const struct listener_set *set, const struct conf *conf)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct listener *listener = set->list[i];
		const struct sockaddr_un *un = (const void *)&listener->addr;

		socket_adjust(listener, listener->fd, &conf->listens[i]);
		for (size_t k = 0; k < listener->nmore; k++)
			socket_adjust(listener, listener->more[k], &conf->listens[i]);
		if (listener->file.ino && unix_file_is(&listener->file, un->sun_path))
			chmod(un->sun_path, conf->listens[i].mode);
	}
}

void
listener_set_close(struct listener_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		listener_trim(set->list[i]);
		listener_unref(set->list[i]);
	}
	free(set->list);
	*set = (struct listener_set){0};
}

/* As the conf writes it, and what that means: "fd:web (127.0.0.1:80)". */
static const char *
listener_title(const struct listener *listener, char *buf, size_t size)
{
	char bound[LISTENER_ADDRESS_BYTES];

	if (strncmp(listener->address, CONF_FD_PREFIX, strlen(CONF_FD_PREFIX)) != 0)
		return listener->address;
	snprintf(buf, size, "%s (%s)", listener->address,
		 listener_format(listener, bound, sizeof(bound)));
	return buf;
}

bool
listener_list_add(char *buf, size_t size, const char *address)
{
	size_t used = strlen(buf);
	int n = snprintf(buf + used, size - used, "%s%s", used > 0 ? ", " : "", address);

	if (n >= 0 && (size_t)n < size - used)
		return true;
	strcpy(buf + size - sizeof("..."), "...");
	return false;
}

const char *
listener_set_format(const struct listener_set *set, char *buf, size_t size)
{
	char title[512];
	bool more = true;

	buf[0] = '\0';
	for (size_t i = 0; i < set->count && more; i++)
		more = listener_list_add(buf, size,
					 listener_title(set->list[i], title, sizeof(title)));
	return buf;
}
