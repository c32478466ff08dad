/*
 * What a service manager is told; see notify.h.
 */
#include "daemon/notify.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/human.h"
#include "daemon/listener.h"
#include "daemon/master.h"
#include "daemon/status.h"

#include <event2/event.h>

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 1000
#define FIGURES_MS 5000	   /* between two looks at the requests per second */
#define EXTEND_US 10000000 /* what an EXTEND_TIMEOUT_USEC asks for, told anew at each tick */
#define MESSAGE_BYTES 1024

/* sending ------------------------------------------------------------------------------------ */

/* Whether it has left. Nothing is left for a manager that has gone, and nothing is owed to it. */
static bool
text_send(const struct notify *notify, char *text, size_t size, int *fds, size_t nfds)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(LISTENER_SOCKETS_MAX * sizeof(int))];
	} control;
	struct iovec part = {text, size};
	struct msghdr message = {
		.msg_name = (void *)(uintptr_t)&notify->address,
		.msg_namelen = notify->address_size,
		.msg_iov = &part,
		.msg_iovlen = 1,
	};

	if (nfds) {
		memset(&control, 0, sizeof(control));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(nfds * sizeof(*fds));
		memcpy(CMSG_DATA(&control.head), fds, nfds * sizeof(*fds));
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(nfds * sizeof(*fds));
	}
	return sendmsg(notify->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 ||
	       (errno != EAGAIN && errno != EINTR && errno != ENOBUFS);
}

static bool
notify_send(const struct notify *notify, const char *fmt, ...)
{
	char text[MESSAGE_BYTES];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return n < 0 || (size_t)n >= sizeof(text) || text_send(notify, text, (size_t)n, NULL, 0);
}

bool
notify_store(const struct notify *notify, const char *name, int *fds, size_t nfds)
{
	char text[MESSAGE_BYTES];
	int n = snprintf(text, sizeof(text), "FDSTORE=1\nFDNAME=%s", name);

	return text_send(notify, text, (size_t)n, fds, nfds);
}

bool
notify_unstore(const struct notify *notify, const char *name)
{
	return notify_send(notify, "FDSTOREREMOVE=1\nFDNAME=%s", name);
}

/* status ------------------------------------------------------------------------------------- */

static unsigned
requests_per_second(struct master *master, uint64_t now_ns)
{
	struct notify *notify = &master->notify;
	uint64_t ms = (now_ns - notify->looked_ns) / NS_PER_MS, before = notify->requests;
	struct slot_dead totals;

	scoreboard_total(&master->slots.board, &totals);
	notify->requests = slot_get(totals.counters.requests);
	notify->looked_ns = now_ns;
	return ms ? (unsigned)((notify->requests - before) * 1000 / ms) : 0;
}

static void
figures_format(struct master *master, char *text, size_t size)
{
	const struct generation *running = master->running;
	size_t workers = generation_count(running, CHILD_ACCEPTING);
	struct slot sum;

	status_load_sum(master, &sum);
	snprintf(text, size,
		 "%zu worker%s of generation %u, %llu connection%s (%llu parked), %u requests/s",
		 workers, human_s(workers), running->number, (unsigned long long)sum.connections,
		 human_s(sum.connections), (unsigned long long)sum.parked,
		 requests_per_second(master, clock_now_ns()));
}

/* The last reload's error, its first line, as long as it is the last word on the conf. */
static void
failure_format(const struct master *master, char *text, size_t size)
{
	const char *error = master->reload.result.error;

	snprintf(text, size, "The last reload failed: %.*s; generation %u goes on",
		 error ? (int)strcspn(error, "\n") : 1, error ? error : "?",
		 master->running->number);
}

/* What the start has failed for, as long as the unit is shown as failed; or how far the end is. */
static void
end_format(struct master *master, char *text, size_t size)
{
	const struct reload_result *result = &master->reload.result;
	struct slot sum;

	if (result->at == 0 && result->error) {
		snprintf(text, size, "The start failed: %.*s", (int)strcspn(result->error, "\n"),
			 result->error);
		return;
	}
	status_load_sum(master, &sum);
	snprintf(text, size, "Draining: %llu connections are left",
		 (unsigned long long)sum.connections);
}

static void
status_format(struct master *master, char *text, size_t size)
{
	switch (master->state) {
	case MASTER_STARTING:
		snprintf(text, size, "Starting");
		break;
	case MASTER_RELOADING:
		snprintf(text, size, "Reloading; generation %u serves", master->running->number);
		break;
	case MASTER_RUNNING:
		if (generation_count(master->running, CHILD_ACCEPTING) == 0)
			snprintf(text, size, "NO WORKER SERVES: the log says why");
		else if (master->reload.result.ok)
			figures_format(master, text, size);
		else
			failure_format(master, text, size);
		break;
	default:
		end_format(master, text, size);
	}
}

/* Told only when it has changed. */
static void
status_tell(struct master *master)
{
	struct notify *notify = &master->notify;
	char text[NOTIFY_STATUS_BYTES];

	status_format(master, text, sizeof(text));
	if (!strcmp(text, notify->status) || !notify_send(notify, "STATUS=%s", text))
		return;
	memcpy(notify->status, text, sizeof(text));
}

/* state -------------------------------------------------------------------------------------- */

/*
 * Both in one message. A manager that was not told when RELOADING began would take the time out of
 * the start's.
 */
static void
state_tell(struct master *master, const char *state)
{
	struct notify *notify = &master->notify;
	char when[64] = "";

	if (master->state == MASTER_RELOADING)
		snprintf(when, sizeof(when), "MONOTONIC_USEC=%llu\n",
			 (unsigned long long)clock_now_ns() / 1000);
	status_format(master, notify->status, sizeof(notify->status));
	notify->owed = !notify_send(notify, "%s\n%sSTATUS=%s", state, when, notify->status);
}

static void
state_now_tell(struct master *master)
{
	static const char *const states[] = {
		[MASTER_RUNNING] = "READY=1",
		[MASTER_RELOADING] = "RELOADING=1",
		[MASTER_DRAINING] = "STOPPING=1",
		[MASTER_STOPPED] = "STOPPING=1",
	};

	if (states[master->state])
		state_tell(master, states[master->state]);
	else
		status_tell(master);
}

void
notify_state(struct master *master)
{
	if (master->notify.fd >= 0)
		state_now_tell(master);
}

/* ticks -------------------------------------------------------------------------------------- */

/* Whether any worker that serves has had a turn of its loop within the watchdog's period. */
static bool
workers_tick(const struct master *master)
{
	const struct child *child;
	uint64_t now_ns = clock_now_ns(), period_ns = master->notify.watchdog_ms * NS_PER_MS;

	if (!master->running) /* starting or stopping: the timeouts of these are told otherwise */
		return true;
	TAILQ_FOREACH(child, &master->running->children, entry) {
		uint64_t beat = slot_get(slots_get(&master->slots, child->slot)->heartbeat_ns);

		if (now_ns < beat + period_ns / 2)
			return true;
	}
	return false;
}

static void
watchdog_tell(struct master *master)
{
	struct notify *notify = &master->notify;
	uint64_t now_ns = clock_now_ns();

	if (!notify->watchdog_ms ||
	    now_ns - notify->watched_ns < notify->watchdog_ms * NS_PER_MS / 4)
		return;
	if (workers_tick(master) && notify_send(notify, "WATCHDOG=1"))
		notify->watched_ns = now_ns;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct master *master = arg;
	struct notify *notify = &master->notify;

	(void)fd;
	(void)what;
	if (notify->owed)
		state_now_tell(master);
	if (master->store.owed)
		store_tick(master);
	watchdog_tell(master);
	if (master->state != MASTER_RUNNING)
		notify_send(notify, "EXTEND_TIMEOUT_USEC=%d", EXTEND_US);
	if (master->state != MASTER_RUNNING ||
	    clock_now_ns() - notify->looked_ns >= FIGURES_MS * NS_PER_MS)
		status_tell(master);
}

/* life --------------------------------------------------------------------------------------- */

/* A path, or an abstract name behind an @. Others (vsock) are not for a service of this machine. */
static int
address_parse(struct notify *notify, const char *name)
{
	size_t n = strlen(name);

	notify->address.sun_family = AF_UNIX;
	if ((name[0] != '/' && name[0] != '@') || n < 2 || n >= sizeof(notify->address.sun_path))
		return -EINVAL;
	memcpy(notify->address.sun_path, name, n);
	if (name[0] == '@')
		notify->address.sun_path[0] = '\0';
	notify->address_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	return 0;
}

/* WATCHDOG_USEC counts for the process that WATCHDOG_PID names. */
static uint64_t
watchdog_parse(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!usec || (pid && strtoul(pid, NULL, 10) != (unsigned long)getpid()))
		return 0;
	return strtoull(usec, NULL, 10) / 1000;
}

int
notify_init(struct master *master)
{
	struct notify *notify = &master->notify;
	const char *name = getenv("NOTIFY_SOCKET");
	uint64_t tick_ms = TICK_MS;

	if (!name || master->options->check)
		return 0;
	if (address_parse(notify, name) < 0) {
		log_warning(&master->log, "NOTIFY_SOCKET=%s is no unix socket: nobody is notified",
			    name);
		return 0;
	}
	notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (notify->fd < 0)
		return -errno;
	notify->watchdog_ms = watchdog_parse();
	notify->watched_ns = notify->looked_ns = clock_now_ns();
	if (notify->watchdog_ms && notify->watchdog_ms / 4 < tick_ms)
		tick_ms = notify->watchdog_ms / 4 + 1;
	notify->tick = event_new(master->base, -1, EV_PERSIST, on_tick, master);
	if (!notify->tick)
		return -ENOMEM;
	timer_set(notify->tick, (unsigned)tick_ms);
	notify_state(master);
	return 0;
}

void
notify_fini(struct master *master)
{
	struct notify *notify = &master->notify;

	if (notify->tick)
		event_free(notify->tick);
	if (notify->fd >= 0)
		close(notify->fd);
}
