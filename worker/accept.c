/*
 * Who is let in: the conf's listeners, and what the worker says and does when there is no room.
 *
 * net/gate.c accepts; here are the worker's answers to it: which connections go when one too many
 * waits, and what the log is told.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <syslog.h>

#include "http/conn.h"
#include "net/server.h"
#include "net/share.h"
#include "net/socket.h"
#include "worker.h"

#define SAY_EVERY_NS 10000000000 /* one line of a kind in 10 s: who floods the worker not the log */

static void worker_say(struct worker *worker, enum net_trouble trouble, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A warning, unless there has been one of its kind just now. */
static void
worker_say(struct worker *worker, enum net_trouble trouble, const char *fmt, ...)
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

/* The connections that have been idle for longest go first. */
static bool
worker_make_room(void *arg)
{
	return http_make_room(&((struct worker *)arg)->http);
}

static bool
worker_may_have_room(void *arg)
{
	return http_may_make_room(&((struct worker *)arg)->http);
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

static void
worker_trouble(void *arg, enum net_trouble trouble, int error, const struct sockaddr *peer)
{
	struct worker *worker = arg;
	const struct net *net = &worker->net;
	char address[INET6_ADDRSTRLEN];

	switch (trouble) {
	case TROUBLE_FULL:
		worker_say(worker, trouble,
			   "all %zu connections of this worker are in use and none is idle: new "
			   "ones wait (worker_connections)",
			   net->max_clients);
		break;
	case TROUBLE_ADDRESS:
		worker_say(worker, trouble,
			   "%s has %u connections to this worker already: further ones are refused "
			   "(connections_per_address)",
			   peer_format(peer, address), net->addresses.max);
		break;
	case TROUBLE_RESOURCES:
		worker_say(worker, trouble,
			   "cannot accept connections: %s: idle ones are closed, new ones wait "
			   "(%zu are open)",
			   strerror(error), net->nclients);
		break;
	case TROUBLES:
		break;
	}
}

void
worker_refused(void *arg, struct eddy_module *module, const char *why)
{
	struct worker *worker = arg;
	char line[2048];

	if (worker->refused)
		return;
	worker->refused = true;
	snprintf(line, sizeof(line), "module \"%s\": load failed: %s", module->conf->name, why);
	link_fail(worker, CONTRACT_FAIL_MODULE, module->callee.index, line);
	event_base_loopbreak(worker->loop.base);
}

/* All that `load` has asked the master for is answered, and no module holds the worker back. */
static void
worker_settled(void *arg)
{
	struct worker *worker = arg;

	if (!worker->refused && !worker->draining)
		link_ready(worker);
}

const struct net_events worker_net_events = {
	.make_room = worker_make_room,
	.may_have_room = worker_may_have_room,
	.trouble = worker_trouble,
	.listen = link_listen,
	.unlisten = link_unlisten,
	.settled = worker_settled,
	.refused = worker_refused,
};

/* The conf's gates ---------------------------------------------------------------- */

static int
worker_http_entered(struct gate *gate, int fd, const struct sockaddr *peer)
{
	return conn_open(&((struct worker *)gate->arg)->http, NULL, fd, peer);
}

static void
worker_connection(struct socket *sock, void *arg)
{
	const struct eddy_module *module = arg;

	module->def->connection(socket_handle(sock), module->state);
}

static int
worker_tcp_entered(struct gate *gate, int fd, const struct sockaddr *peer)
{
	struct worker *worker = gate->arg;
	const struct conf_listen *listen = &worker->conf->listens[gate->index];
	struct eddy_module *module = &worker->modules[listen->module];

	return server_enter(&worker->net, fd, peer, module, worker_connection, module);
}

/* Of several sockets each worker has one of its own. */
static void
worker_listen_open(struct worker *worker, size_t index, size_t first)
{
	const struct conf_listen *listen = &worker->conf->listens[index];
	size_t sockets = worker->hello.sockets[index];

	for (size_t k = 0; k < sockets; k++) {
		struct gate *gate = &worker->gates[first + k];

		gate_open(gate, &worker->net, worker->listeners[first + k], true,
			  listen->protocol == CONF_TCP ? worker_tcp_entered : worker_http_entered,
			  worker);
		gate->index = index;
		gate->listener.own = sockets > 1 && k == worker->hello.worker;
		worker->listeners[first + k] = -1;
	}
}

/* Which workers of the generation come round to clients, by their numbers. */
static void
worker_numbers_taking(const struct worker *worker, bool taking[CONF_WORKERS_MAX])
{
	size_t used = slot_get(scoreboard_head(&worker->board)->used);

	for (size_t i = 0; i < used && i < worker->board.slots; i++) {
		const struct slot *slot = scoreboard_slot(&worker->board, i);
		uint32_t number = slot_get(slot->worker);

		if (number < CONF_WORKERS_MAX &&
		    share_takes(slot, worker->hello.generation, worker->loop.now_ns))
			taking[number] = true;
	}
}

/*
 * At the sockets of the others a worker waits only where their worker does not come round, or has
 * never been; or where it has none itself, because there are more workers than sockets. Each waiter
 * more would be woken in vain.
 */
void
worker_accept_tick(struct worker *worker)
{
	bool taking[CONF_WORKERS_MAX] = {false};
	size_t first = 0;

	if (!worker->net.accepting || worker->nlisteners == worker->conf->nlistens)
		return;
	worker_numbers_taking(worker, taking);
	for (size_t i = 0; first < worker->nlisteners; i++) {
		size_t sockets = worker->hello.sockets[i];

		for (size_t k = 0; sockets > 1 && k < sockets; k++)
			if (k != worker->hello.worker)
				listener_attend(&worker->gates[first + k].listener,
						worker->hello.worker >= sockets || !taking[k]);
		first += sockets;
	}
}

void
worker_accept_init(struct worker *worker)
{
	struct rlimit files = {.rlim_cur = RLIM_INFINITY};
	size_t first = 0;

	getrlimit(RLIMIT_NOFILE, &files);
	worker->net.max_clients = conf_connections(worker->conf, files.rlim_cur);
	slot_set(worker->slot->connections_max, worker->net.max_clients);
	for (size_t i = 0; first < worker->nlisteners; i++) {
		worker_listen_open(worker, i, first);
		first += worker->hello.sockets[i];
	}
}

void
worker_accept(struct worker *worker)
{
	static const char no_epoll[] =
		"the loop's epoll descriptor is not to be found: each client wakes all workers";

	if (worker->draining || worker->net.accepting)
		return;
	if (worker->loop.epoll < 0)
		link_log(worker, LOG_INFO, "", no_epoll, sizeof(no_epoll) - 1);
	net_accept(&worker->net);
	slot_set(worker->slot->state, SLOT_ACCEPTING);
}
