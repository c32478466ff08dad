/*
 * Who is let in: the worker's listeners, and what happens when there is no room.
 *
 * At the limit of connections, and when descriptors or memory are short, the connections that have
 * been idle for longest go first. Where none is idle the listeners sleep, and new clients wait in
 * the kernel; http_flush wakes them when a connection has closed or become idle.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

#include "http/conn.h"
#include "worker.h"

#define SAY_EVERY_NS 10000000000 /* one line of a kind in 10 s: who floods the worker not the log */

static void worker_say(struct worker *worker, enum accept_trouble trouble, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A warning, unless there has been one of its kind just now. */
static void
worker_say(struct worker *worker, enum accept_trouble trouble, const char *fmt, ...)
{
	uint64_t *said_ns = &worker->trouble_said_ns[trouble];
	char line[256];
	va_list ap;
	int n;

	if (*said_ns != 0 && worker->loop.now_ns - *said_ns < SAY_EVERY_NS)
		return;
	*said_ns = worker->loop.now_ns;
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	link_log(worker, LOG_WARNING, "", line, (size_t)n);
}

static bool
worker_room(void *arg)
{
	const struct http *http = &((struct worker *)arg)->http;

	return http->nconns < http->max_conns;
}

static bool
worker_make_room(void *arg)
{
	struct worker *worker = arg;
	struct http *http = &worker->http;

	if (http_make_room(http))
		return true;
	http->full = true;
	worker_say(worker, TROUBLE_FULL,
		   "all %zu connections of this worker are in use and none is idle: new ones wait "
		   "(worker_connections)",
		   http->max_conns);
	return false;
}

static const char *
peer_format(const struct sockaddr *peer, char text[INET6_ADDRSTRLEN])
{
	const void *address =
		peer->sa_family == AF_INET6
			? (const void *)&((const struct sockaddr_in6 *)(const void *)peer)
				  ->sin6_addr
			: (const void *)&((const struct sockaddr_in *)(const void *)peer)->sin_addr;

	return inet_ntop(peer->sa_family, address, text, INET6_ADDRSTRLEN) != NULL ? text : "?";
}

static int
worker_accepted(void *arg, int fd, const struct sockaddr *peer)
{
	struct worker *worker = arg;
	struct http *http = &worker->http;
	int error = conn_open(http, fd, peer);
	char address[INET6_ADDRSTRLEN];

	if (error != -EUSERS)
		return error;
	worker_say(worker, TROUBLE_ADDRESS,
		   "%s has %u connections to this worker already: further ones are refused "
		   "(connections_per_address)",
		   peer_format(peer, address), http->addresses.max);
	return 0;
}

static bool
worker_accept_failed(void *arg, int error)
{
	struct worker *worker = arg;
	bool freed = http_make_room(&worker->http);

	worker_say(worker, TROUBLE_RESOURCES,
		   "cannot accept connections: %s: idle ones are closed, new ones wait "
		   "(%zu are open)",
		   strerror(error), worker->http.nconns);
	return freed;
}

static void
worker_wake(void *arg)
{
	struct worker *worker = arg;

	for (size_t i = 0; i < worker->nlisteners; i++)
		listener_wake(&worker->listeners[i]);
}

void
worker_accept_init(struct worker *worker)
{
	struct rlimit files = {.rlim_cur = RLIM_INFINITY};
	struct http *http = &worker->http;

	getrlimit(RLIMIT_NOFILE, &files);
	http->max_conns = conf_connections(worker->conf, files.rlim_cur);
	http->room = worker_wake;
	http->room_arg = worker;
	slot_set(worker->slot->connections_max, http->max_conns);
}

void
worker_accept(struct worker *worker)
{
	static const struct listener_events events = {
		.room = worker_room,
		.make_room = worker_make_room,
		.accepted = worker_accepted,
		.failed = worker_accept_failed,
	};

	if (worker->draining || slot_get(worker->slot->state) == SLOT_ACCEPTING)
		return;
	for (size_t i = 0; i < worker->nlisteners; i++)
		listener_start(&worker->listeners[i], &worker->loop, worker->listeners[i].fd,
			       &events, worker);
	slot_set(worker->slot->state, SLOT_ACCEPTING);
}

void
worker_stop_accepting(struct worker *worker)
{
	bool accepting = slot_get(worker->slot->state) == SLOT_ACCEPTING;

	worker->http.room = NULL;
	for (size_t i = 0; i < worker->nlisteners; i++) {
		if (accepting)
			listener_stop(&worker->listeners[i]);
		else if (worker->listeners[i].fd >= 0)
			close(worker->listeners[i].fd);
		worker->listeners[i].fd = -1;
	}
}
