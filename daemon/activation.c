/*
 * Sockets that were listening before this eddyd was started; see activation.h.
 */
#include "daemon/activation.h"
#include "conf/conf.h"
#include "daemon/listener.h"
#include "daemon/log.h"
#include "daemon/store.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FDS_FIRST 3
#define FDS_MAX 65536 /* more cannot be open */
#define NAMES_BYTES 256

/* what is passed ----------------------------------------------------------------------------- */

/* In the form that conf_address_parse gives it. */
static void
unix_normalise(struct activation_socket *sock)
{
	const struct sockaddr_un *un = (const void *)&sock->addr;

	if (sock->addr.ss_family == AF_UNIX && un->sun_path[0])
		sock->addrlen = sizeof(*un);
}

/* 0, or what is wrong with it. */
static const char *
socket_learn(struct activation_socket *sock)
{
	int listening = 0, type = 0, only = 0, reuseport = 0;
	socklen_t size = sizeof(type);

	if (fcntl(sock->fd, F_SETFD, FD_CLOEXEC) < 0) {
		sock->fd = -1; /* the number may be somebody else's by the time all are closed */
		return "no such descriptor is open";
	}
	if (getsockopt(sock->fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0)
		return "it is no socket";
	if (type != SOCK_STREAM)
		return "it is no stream socket, which ListenStream= of a socket unit makes";
	size = sizeof(listening);
	if (getsockopt(sock->fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) < 0 || !listening)
		return "it does not listen: the socket unit needs Accept=no";
	sock->addrlen = sizeof(sock->addr);
	if (getsockname(sock->fd, (struct sockaddr *)&sock->addr, &sock->addrlen) < 0 ||
	    fcntl(sock->fd, F_SETFL, fcntl(sock->fd, F_GETFL) | O_NONBLOCK) < 0)
		return "the kernel does not say what it is bound to";
	switch (sock->addr.ss_family) {
	case AF_INET6:
		size = sizeof(only);
		getsockopt(sock->fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &size);
		sock->ipv6only = only;
		/* fall through */
	case AF_INET:
		size = sizeof(reuseport);
		getsockopt(sock->fd, SOL_SOCKET, SO_REUSEPORT, &reuseport, &size);
		sock->reuseport = reuseport;
		return NULL;
	case AF_UNIX:
		unix_normalise(sock);
		return NULL;
	default:
		return "it is neither for IP nor a unix socket";
	}
}

struct activation_socket *
activation_add(struct activation *activation, int fd, const char *name)
{
	struct activation_socket *grown, *sock;
	char *copy = strdup(name);

	grown = reallocarray(activation->list, activation->count + 1, sizeof(*grown));
	if (grown)
		activation->list = grown;
	if (!grown || !copy) {
		free(copy);
		close(fd);
		return NULL;
	}
	sock = &grown[activation->count++];
	*sock = (struct activation_socket){.fd = fd, .name = copy};
	sock->wrong = socket_learn(sock);
	sock->stored = store_name_parse(name, &sock->file);
	return sock;
}

/* What LISTEN_FDS says, if it is meant for this process. */
static size_t
fds_count(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	unsigned long n;

	if (!pid || !fds || strtoul(pid, NULL, 10) != (unsigned long)getpid())
		return 0;
	n = strtoul(fds, NULL, 10);
	return n <= FDS_MAX ? n : 0;
}

/* The first of "web:admin"; one without a name is "unknown", as systemd has it. */
static int
first_add(struct activation *activation, int fd, const char *names, struct log *log)
{
	size_t n = strcspn(names, ":");
	char *name = n ? strndup(names, n) : strdup("unknown");
	const struct activation_socket *sock = name ? activation_add(activation, fd, name) : NULL;

	free(name);
	if (sock && sock->wrong)
		log_warning(log, "nobody can listen at what the service manager passes as %s: %s",
			    sock->name, sock->wrong);
	return sock ? 0 : -ENOMEM;
}

int
activation_init(struct activation *activation, struct log *log)
{
	size_t n = fds_count();
	const char *names = getenv("LISTEN_FDNAMES");
	int error = 0;

	names = names ? names : "";
	for (size_t i = 0; !error && i < n; i++) {
		error = first_add(activation, FDS_FIRST + (int)i, names, log);
		names += strcspn(names, ":");
		names += *names == ':';
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return error;
}

void
activation_fini(struct activation *activation)
{
	for (size_t i = 0; i < activation->count; i++) {
		if (activation->list[i].fd >= 0)
			close(activation->list[i].fd);
		free(activation->list[i].name);
	}
	free(activation->list);
	*activation = (struct activation){0};
}

/* taking over -------------------------------------------------------------------------------- */

static const char *
fd_name(const struct conf_listen *want)
{
	return want->address + strlen(CONF_FD_PREFIX);
}

/* The address of one, as a conf has it. */
static const char *
sock_format(const struct activation_socket *sock, char *buf, size_t size)
{
	return listener_addr_format(&sock->addr, sock->addrlen, buf, size);
}

/* The names that can be listened at, "web, admin"; returns `buf`. */
static const char *
names_format(const struct activation *activation, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < activation->count && used < size; i++)
		if (!activation->list[i].stored)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
						 activation->list[i].name);
	return buf;
}

static void
name_explain(const struct activation *activation, const struct conf_listen *want, char *why,
	     size_t size)
{
	char names[NAMES_BYTES];

	if (*names_format(activation, names, sizeof(names)))
		snprintf(why, size,
			 "the service manager passes no socket of the name \"%s\", but %s "
			 "(FileDescriptorName= in the socket unit)",
			 fd_name(want), names);
	else
		snprintf(why, size,
			 "no socket has been passed: \"%s\" comes from a socket unit of systemd's "
			 "that starts eddyd",
			 fd_name(want));
}

static struct activation_socket *
find_by_name(const struct activation *activation, const struct conf_listen *want, char *why,
	     size_t size)
{
	struct activation_socket *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < activation->count; i++) {
		struct activation_socket *sock = &activation->list[i];

		if (sock->stored || strcmp(sock->name, fd_name(want)) != 0)
			continue;
		n++;
		found = found ? found : sock;
	}
	if (!found)
		name_explain(activation, want, why, size);
	else if (n > 1)
		snprintf(why, size,
			 "%zu sockets are passed under that name: write their addresses instead, "
			 "or give each a socket unit with a FileDescriptorName= of its own",
			 n);
	else if (found->wrong)
		snprintf(why, size, "%s", found->wrong);
	else
		return found;
	return NULL;
}

static bool
sock_is_at(const struct activation_socket *sock, const struct sockaddr_storage *addr,
	   socklen_t addrlen)
{
	return sock->fd >= 0 && !sock->wrong &&
	       listener_addr_same(&sock->addr, sock->addrlen, addr, addrlen);
}

/* A stored unix socket whose file has been removed since reaches nobody. */
static bool
sock_serves(const struct activation_socket *sock, const struct conf_listen *want)
{
	const struct sockaddr_un *un = (const void *)&sock->addr;

	if (!sock_is_at(sock, &want->addr, want->addrlen))
		return false;
	if (want->addr.ss_family == AF_INET6)
		return sock->ipv6only == want->ipv6only;
	return !sock->file.ino || unix_file_is(&sock->file, un->sun_path);
}

struct activation_socket *
activation_find(const struct activation *activation, const struct conf_listen *want, char *why,
		size_t size)
{
	why[0] = '\0';
	if (want->addr.ss_family == AF_UNSPEC)
		return find_by_name(activation, want, why, size);
	for (size_t i = 0; i < activation->count; i++)
		if (sock_serves(&activation->list[i], want))
			return &activation->list[i];
	return NULL;
}

struct activation_socket *
activation_next(const struct activation *activation, const struct activation_socket *sock)
{
	for (size_t i = (size_t)(sock - activation->list) + 1; i < activation->count; i++)
		if (activation->list[i].stored == sock->stored &&
		    sock_is_at(&activation->list[i], &sock->addr, sock->addrlen))
			return &activation->list[i];
	return NULL;
}

int
activation_take(struct activation_socket *sock)
{
	int fd = sock->fd;

	if (sock->stored) {
		sock->fd = -1;
		return fd;
	}
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

static bool
set_serves(const struct listener_set *set, const struct activation_socket *sock)
{
	for (size_t i = 0; i < set->count; i++)
		if (sock_is_at(sock, &set->list[i]->addr, set->list[i]->addrlen))
			return true;
	return false;
}

void
activation_serve(struct activation *activation, const struct listener_set *set, struct log *log)
{
	char address[LISTENER_ADDRESS_BYTES];

	for (size_t i = 0; i < activation->count; i++) {
		struct activation_socket *sock = &activation->list[i];
		bool served;

		if (sock->stored || sock->wrong)
			continue;
		served = set_serves(set, sock);
		if (!served && !sock->unserved)
			log_warning(log,
				    "nobody serves %s, which the service manager listens at and "
				    "passes as \"%s\": clients wait there until a listen of the "
				    "conf names it",
				    sock_format(sock, address, sizeof(address)), sock->name);
		sock->unserved = !served;
	}
}

/* what is in the way ------------------------------------------------------------------------- */

static bool
sock_overlaps(const struct activation_socket *sock, const struct conf_listen *want)
{
	struct conf_listen there = {.addr = sock->addr, .ipv6only = sock->ipv6only};

	return !sock->stored && !sock->wrong && want->addr.ss_family != AF_UNSPEC &&
	       (sock_is_at(sock, &want->addr, want->addrlen) || conf_listens_overlap(&there, want));
}

bool
activation_explain(const struct activation *activation, const struct conf_listen *want, char *why,
		   size_t size)
{
	char address[LISTENER_ADDRESS_BYTES];

	for (size_t i = 0; i < activation->count; i++) {
		const struct activation_socket *sock = &activation->list[i];

		if (!sock_overlaps(sock, want))
			continue;
		snprintf(why, size,
			 "the service manager listens there itself, at %s%s, and passes that as "
			 "\"%s\": write listen \"fd:%s\" or its address",
			 sock_format(sock, address, sizeof(address)),
			 sock->addr.ss_family != AF_INET6 ? ""
			 : sock->ipv6only		  ? " { ipv6only = true }"
							  : " { ipv6only = false }",
			 sock->name, sock->name);
		return true;
	}
	return false;
}
