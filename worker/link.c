/*
 * The worker's end of the link to the master; see contract.h.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "http/access.h"
#include "net/server.h"
#include "worker.h"

#define FAIL_WAIT_MS 5000
#define MESSAGE_TURNS 32 /* messages in a row before connections get their turn */

/* HELLO --------------------------------------------------------------------------- */

static void
link_close_fds(struct contract_message *message)
{
	for (size_t i = 0; i < message->nfds; i++)
		if (message->fds[i] >= 0)
			close(message->fds[i]);
	message->nfds = 0;
}

static size_t
link_fds_before_listeners(const struct contract_hello *hello)
{
	return hello->flags & CONTRACT_HELLO_LOG ? 4 : 3;
}

/* Takes the descriptors over: conf, scoreboard, the access log. 0 or -1 with the reason told. */
static int
link_take_hello(struct worker *worker, struct contract_message *message)
{
	const char *dir;
	size_t dir_n;
	const struct contract_hello *hello = contract_body(message, sizeof(*hello), &dir, &dir_n);
	struct conf_snapshot snapshot = {0};
	struct conf_errors errors = {0};
	int error;

	if (hello == NULL || message->nfds < link_fds_before_listeners(hello)) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0,
			  "the master's first message is not what this worker expects");
		return -1;
	}
	worker->hello = *hello;
	worker->module_dir = strndup(dir, dir_n);
	if (hello->flags & CONTRACT_HELLO_LOG) {
		worker->access_fd = message->fds[3];
		message->fds[3] = -1;
	}
	error = scoreboard_map(&worker->board, message->fds[1], hello->slots, hello->slot);
	if (error == 0)
		error = conf_snapshot_from_fd(&snapshot, message->fds[0]);
	if (error != 0) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, strerror(-error));
		return -1;
	}
	worker->slot = scoreboard_slot(&worker->board, hello->slot);
	worker->conf = conf_parse(&snapshot, &errors);
	conf_snapshot_fini(&snapshot);
	conf_errors_fini(&errors);
	if (worker->conf == NULL) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0,
			  "the conf that the master has checked is not one to this worker: "
			  "are eddyd and eddy-worker of one version?");
		return -1;
	}
	error = quarantine_map(&worker->quarantine, message->fds[2],
			       quarantine_places(worker->conf), false);
	if (error != 0) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, strerror(-error));
		return -1;
	}
	return 0;
}

static int
link_take_listeners(struct worker *worker, struct contract_message *message)
{
	size_t before = link_fds_before_listeners(&worker->hello), n = message->nfds - before;
	size_t expected = 0;

	for (size_t i = 0; i < worker->conf->nlistens; i++)
		expected += worker->hello.sockets[i];
	if (n != 0 && n != expected) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0,
			  "the master has sent another number of listeners than the conf has");
		return -1;
	}
	worker->listeners = calloc(n + 1, sizeof(*worker->listeners));
	if (worker->listeners == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		worker->listeners[i] = message->fds[before + i];
		message->fds[before + i] = -1;
	}
	worker->nlisteners = n;
	return 0;
}

int
link_open(struct worker *worker)
{
	struct contract_message *message = worker->message;
	struct pollfd readable = {.fd = worker->link, .events = POLLIN};
	int got, result = -1;

	do {
		poll(&readable, 1, -1);
		got = contract_recv(worker->link, message);
	} while (got == -EAGAIN || got == -EINTR);
	if (got == -EPROTO) {
		char why[128];

		snprintf(why, sizeof(why),
			 "the master speaks version %u of the protocol, this worker version %d: "
			 "restart eddyd",
			 message->type, CONTRACT_VERSION);
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, why);
	}
	if (got != 1)
		return -1;
	if (message->type == CONTRACT_HELLO && link_take_hello(worker, message) == 0)
		result = link_take_listeners(worker, message);
	link_close_fds(message);
	return result;
}

/* What the master says while the loop runs ---------------------------------------- */

static void
link_publish(struct worker *worker, const struct contract_message *message)
{
	const char *rest;
	size_t n;
	const struct contract_publish *publish =
		contract_body(message, sizeof(*publish), &rest, &n);

	if (publish != NULL && publish->topic_size <= n)
		cluster_deliver(worker, rest, publish->topic_size,
				(eddy_str){rest + publish->topic_size, n - publish->topic_size});
}

static void
link_lost(struct worker *worker, const struct contract_message *message)
{
	char line[128];
	const char *rest;
	size_t n;
	const struct contract_lost *lost = contract_body(message, sizeof(*lost), &rest, &n);

	if (lost == NULL)
		return;
	n = (size_t)snprintf(line, sizeof(line),
			     "too slow for %u cluster message%s: lost to this worker",
			     lost->messages, lost->messages == 1 ? "" : "s");
	link_log(worker, LOG_WARNING, "", line, n);
}

/* Another file for the access log; opening it is nothing that a worker's user may be able to do. */
static void
link_reopen(struct worker *worker, struct contract_message *message)
{
	if (message->nfds != 1 || worker->http.access == NULL)
		return;
	access_reopen(worker->http.access, message->fds[0]);
	message->nfds = 0;
}

/* The master's answer to one of link_listen. */
static void
link_listening(struct worker *worker, struct contract_message *message)
{
	const char *rest;
	size_t n;
	const struct contract_listening *listening =
		contract_body(message, sizeof(*listening), &rest, &n);
	int fd = message->nfds == 1 ? message->fds[0] : -1;

	if (listening == NULL || (listening->error == 0) != (fd >= 0))
		return;
	message->nfds = 0;
	server_answered(&worker->net, listening->id, listening->error, (eddy_str){rest, n}, fd);
}

/* The master's answer to one of link_unlisten. */
static void
link_unlistened(struct worker *worker, const struct contract_message *message)
{
	const struct contract_unlisten *unlisten =
		contract_body(message, sizeof(*unlisten), NULL, NULL);

	if (unlisten != NULL)
		server_released(&worker->net, unlisten->id);
}

static void
link_signal(struct worker *worker, const struct contract_message *message)
{
	const struct contract_signal *signal = contract_body(message, sizeof(*signal), NULL, NULL);

	if (signal != NULL)
		signal_deliver(worker, (int)signal->signal);
}

static void
link_handle(struct worker *worker, struct contract_message *message)
{
	switch (message->type) {
	case CONTRACT_ACCEPT:
		worker_accept(worker);
		break;
	case CONTRACT_DRAIN:
		worker_drain(worker);
		break;
	case CONTRACT_HURRY:
		worker_hurry(worker);
		break;
	case CONTRACT_PUBLISH:
		link_publish(worker, message);
		break;
	case CONTRACT_LOST:
		link_lost(worker, message);
		break;
	case CONTRACT_REOPEN:
		link_reopen(worker, message);
		break;
	case CONTRACT_LISTENING:
		link_listening(worker, message);
		break;
	case CONTRACT_UNLISTENED:
		link_unlistened(worker, message);
		break;
	case CONTRACT_SIGNAL:
		link_signal(worker, message);
		break;
	default: /* a newer master's: nothing here depends on it */
		break;
	}
	link_close_fds(message);
}

static void
link_event(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;
	int got = 1;

	(void)what;
	loop_enter(&worker->loop);
	for (int turn = 0; turn < MESSAGE_TURNS && (got = contract_recv(fd, worker->message)) == 1;
	     turn++)
		link_handle(worker, worker->message);
	if (got != 1 && got != -EAGAIN &&
	    got != -EINTR) { /* the master is gone, or not to be understood any more */
		event_del(&worker->link_event);
		worker_orphaned(worker);
	}
	loop_leave(&worker->loop);
}

/*
 * READY, STOPPED, REOPENED and REPLACE must arrive: while the link is full (of log lines, say) they
 * are owed.
 */
static void
link_pay(struct worker *worker)
{
	static const enum contract_type types[] = {CONTRACT_READY, CONTRACT_STOPPED,
						   CONTRACT_REOPENED, CONTRACT_REPLACE};
	struct contract_reopened reopened = {.count = worker->reopened};
	struct iovec body = {&reopened, sizeof(reopened)};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!(worker->owed & 1u << types[i]))
			continue;
		if (contract_send(worker->link, types[i], &body, types[i] == CONTRACT_REOPENED,
				  NULL, 0) == -EAGAIN) {
			if (event_initialized(&worker->link_writable)) /* else: eddyd -t */
				event_add(&worker->link_writable, NULL);
			return;
		}
		worker->owed &= ~(1u << types[i]);
	}
}

static void
link_has_room(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	link_pay(arg);
}

void
link_start(struct worker *worker)
{
	event_assign(&worker->link_writable, worker->loop.base, worker->link, EV_WRITE,
		     link_has_room, worker);
	event_assign(&worker->link_event, worker->loop.base, worker->link, EV_READ | EV_PERSIST,
		     link_event, worker);
	event_add(&worker->link_event, NULL);
}

/* What the worker says ------------------------------------------------------------ */

void
link_ready(struct worker *worker)
{
	worker->net.starting = false;
	slot_set(worker->slot->state, SLOT_READY);
	worker->owed |= 1u << CONTRACT_READY;
	link_pay(worker);
}

void
link_stopped(struct worker *worker)
{
	slot_set(worker->slot->state, SLOT_DRAINING);
	worker->owed |= 1u << CONTRACT_STOPPED;
	link_pay(worker);
}

void
link_replace(struct worker *worker)
{
	worker->owed |= 1u << CONTRACT_REPLACE;
	link_pay(worker);
}

void
link_reopened(struct worker *worker)
{
	uint32_t reopened = worker->http.access ? access_reopened(worker->http.access) : 0;

	if (reopened == worker->reopened)
		return;
	worker->reopened = reopened;
	worker->owed |= 1u << CONTRACT_REOPENED;
	link_pay(worker);
}

void
link_fail(struct worker *worker, enum contract_fail_kind kind, size_t index, const char *why)
{
	struct contract_fail fail = {.kind = (uint32_t)kind, .index = (uint32_t)index};
	struct pollfd room = {.fd = worker->link, .events = POLLOUT};
	struct iovec parts[] = {{&fail, sizeof(fail)}, {(void *)(uintptr_t)why, strlen(why)}};

	/* there is nothing else to do any more: these words may wait until the master has room */
	while (contract_send(worker->link, CONTRACT_FAIL, parts, 2, NULL, 0) == -EAGAIN &&
	       poll(&room, 1, FAIL_WAIT_MS) > 0)
		;
}

int
link_listen(void *arg, uint32_t id, const char *address)
{
	struct worker *worker = arg;
	struct contract_listen listen = {.id = id, .flags = CONTRACT_LISTEN_DUAL};
	struct iovec parts[] = {{&listen, sizeof(listen)},
				{(void *)(uintptr_t)address, strlen(address)}};

	return contract_send(worker->link, CONTRACT_LISTEN, parts, 2, NULL, 0);
}

/* Where the link is full it is dropped: the listener is then the worker's until it goes. */
int
link_unlisten(void *arg, uint32_t id)
{
	struct worker *worker = arg;
	struct contract_unlisten unlisten = {.id = id};

	return contract_send(worker->link, CONTRACT_UNLISTEN,
			     &(struct iovec){&unlisten, sizeof(unlisten)}, 1, NULL, 0);
}

static int
link_log_send(struct worker *worker, int priority, const char *module, const char *text, size_t n)
{
	struct contract_log log = {.priority = (uint32_t)priority,
				   .module_size = (uint32_t)strlen(module)};
	struct iovec parts[] = {{&log, sizeof(log)},
				{(void *)(uintptr_t)module, log.module_size},
				{(void *)(uintptr_t)text, n}};

	return contract_send(worker->link, CONTRACT_LOG, parts, 3, NULL, 0);
}

/*
 * A line that the link has no room for is dropped and counted; the next that gets through says how
 * many were.
 */
void
link_log(struct worker *worker, int priority, const char *module, const char *text, size_t n)
{
	char line[96];
	int len;

	if (worker->log_dropped > 0) {
		len = snprintf(line, sizeof(line),
			       "%llu log lines were dropped: the log could not take them",
			       (unsigned long long)worker->log_dropped);
		if (link_log_send(worker, LOG_WARNING, "", line, (size_t)len) == 0)
			worker->log_dropped = 0;
	}
	if (worker->log_dropped == 0 && link_log_send(worker, priority, module, text, n) == 0)
		return;
	worker->log_dropped++;
	slot_add(worker->slot->counters.log_dropped, 1);
}

/* Sending is the kernel's; the rest of what link_log does is the loop's. */
void
link_log_aside(struct worker *worker, int priority, const char *module, const char *text, size_t n)
{
	if (link_log_send(worker, priority, module, text, n) != 0)
		atomic_fetch_add_explicit(&worker->slot->counters.log_dropped, 1,
					  memory_order_relaxed);
}
