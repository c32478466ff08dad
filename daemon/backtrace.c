/*
 * Backtraces of workers: a signal goes out, a message of the link comes back.
 */
#include "daemon/backtrace.h"
#include "daemon/child.h"
#include "daemon/clock.h"
#include "daemon/control.h"
#include "daemon/master.h"
#include "daemon/proc.h"
#include "daemon/status.h"

#include <event2/event.h>
#include <jansson.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void
tell(const struct child *child, json_t *answer)
{
	control_tell(&child->master->control, CONTROL_DUMP, (unsigned)child->pid, answer);
}

static void
tell_failure(const struct child *child, const char *why)
{
	tell(child, json_pack("{s:b, s:o}", "ok", 0, "error", status_text_json(why)));
}

static void
on_late(evutil_socket_t fd, short what, void *arg)
{
	struct child *child = arg;
	struct backtrace *backtrace = &child->backtrace;
	char why[BACKTRACE_WHY_BYTES];

	(void)fd;
	(void)what;
	snprintf(why, sizeof(why), "worker %u (pid %d) has given no backtrace within %d s: it %s",
		 child->worker, (int)child->pid, BACKTRACE_LATE_MS / 1000,
		 proc_is_stopped(child->pid)
			 ? "is stopped (SIGSTOP, or a debugger holds it)"
			 : "waits in the kernel, where no signal reaches it, or blocks signals");
	if (backtrace->logs)
		log_warning(&child->master->log, "%s", why);
	backtrace->asked = backtrace->logs = false;
	tell_failure(child, why);
}

int
backtrace_ask(struct child *child, bool logs)
{
	struct backtrace *backtrace = &child->backtrace;
	pid_t tid = (pid_t)slot_get(slots_get(&child->master->slots, child->slot)->tid);

	if (child->reaped || child->link < 0 || tid <= 0)
		return -EAGAIN;
	backtrace->logs |= logs;
	if (backtrace->asked)
		return 0;
	if (!backtrace->late)
		backtrace->late = evtimer_new(child->master->base, on_late, child);
	if (!backtrace->late)
		return -ENOMEM;
	if (tgkill(child->pid, tid, CONTRACT_TRACE_SIGNAL) < 0)
		return -errno;
	backtrace->asked = true;
	timer_set(backtrace->late, BACKTRACE_LATE_MS);
	return 0;
}

int
backtrace_resume(struct child *child, int late_ms)
{
	struct backtrace *backtrace = &child->backtrace;

	if (late_ms < 0)
		return 0;
	backtrace->late = evtimer_new(child->master->base, on_late, child);
	if (!backtrace->late)
		return -ENOMEM;
	timer_set(backtrace->late, (unsigned)late_ms);
	return 0;
}

int
backtrace_dump(struct master *master, pid_t pid, char *why)
{
	struct child *child = pid > 0 ? master_child(master, pid) : NULL;
	int error;

	if (!child) {
		snprintf(why, BACKTRACE_WHY_BYTES,
			 "no worker has the pid %d: `eddyctl workers` says which there are",
			 (int)pid);
		return -1;
	}
	error = backtrace_ask(child, false);
	if (error)
		snprintf(why, BACKTRACE_WHY_BYTES, "worker %u (pid %d) cannot be asked now: %s",
			 child->worker, (int)pid,
			 error == -EAGAIN ? "it is starting, or ending" : strerror(-error));
	return error ? -1 : 0;
}

static void
lines_log(struct child *child, const char *text, size_t size)
{
	const char *end = text + size;
	struct log_about about;

	child_about(child, &about);
	child->master->log.about = &about;
	while (text < end) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));
		int n = (int)((line_end ? line_end : end) - text);

		log_warning(&child->master->log, "worker %u (pid %d): %.*s", child->worker,
			    (int)child->pid, n, text);
		text += n + 1;
	}
	child->master->log.about = NULL;
}

/* One that nobody has asked for, who has sent the signal by hand wants to see in the log. */
bool
backtrace_take(struct child *child, const struct contract_message *message)
{
	struct backtrace *backtrace = &child->backtrace;
	bool logs = backtrace->logs || !backtrace->asked;

	if (backtrace->late)
		event_del(backtrace->late);
	backtrace->asked = backtrace->logs = false;
	if (logs)
		lines_log(child, message->body, message->size);
	tell(child, status_backtrace_json(child, message->body, message->size));
	return true;
}

void
backtrace_end(struct child *child)
{
	struct backtrace *backtrace = &child->backtrace;
	char why[BACKTRACE_WHY_BYTES];

	if (backtrace->late)
		event_free(backtrace->late);
	backtrace->late = NULL;
	if (!backtrace->asked)
		return;
	backtrace->asked = false;
	snprintf(why, sizeof(why), "worker %u (pid %d) has ended meanwhile", child->worker,
		 (int)child->pid);
	tell_failure(child, why);
}
