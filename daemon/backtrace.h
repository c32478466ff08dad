/*
 * Backtraces of workers: asked for by a hang, for the log, or by `eddyctl dump PID`.
 */
#ifndef EDDY_DAEMON_BACKTRACE_H
#define EDDY_DAEMON_BACKTRACE_H

#include "worker/contract.h"

#include <stdbool.h>
#include <sys/types.h>

struct child;
struct event;
struct master;

#define BACKTRACE_WHY_BYTES 160
#define BACKTRACE_LATE_MS 3000 /* a worker that has not answered by then does not */

/* Of one worker. */
struct backtrace {
	struct event *late; /* made when first needed */
	bool asked;
	bool logs; /* the log wants it; who else does, the control socket knows */
};

/*
 * Asks the worker for it, also when it has been asked already; `logs`: for the log. 0, or -errno:
 * -EAGAIN when it is too young or too old to be asked.
 */
int backtrace_ask(struct child *child, bool logs);

/*
 * The same for `eddyctl dump PID`: who waits for this pid is told. 0, or -1 with the reason in `why`,
 * of BACKTRACE_WHY_BYTES.
 */
int backtrace_dump(struct master *master, pid_t pid, char *why);

/* Takes the worker's message. False: it is not in order. */
bool backtrace_take(struct child *child, const struct contract_message *message);

/*
 * Of a master before (handover.h), whose members have been filled in: waits on for the answer, for
 * so many ms; -1: none is waited for. 0 or -ENOMEM.
 */
int backtrace_resume(struct child *child, int late_ms);

/* The worker has gone: nobody need wait any more. */
void backtrace_end(struct child *child);

#endif
