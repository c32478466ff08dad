/*
 * How many workers serve, and who of them leaves: SIGTTIN, SIGTTOU, `eddyctl set workers N`,
 * `eddyctl drain PID`, a module's eddy_process_replace.
 *
 * A number that was set lives as long as its generation: at the next reload the conf's counts again.
 * The worker with the highest number leaves first, so that the ids stay 0 to workers-1.
 */
#ifndef EDDY_DAEMON_WORKERS_H
#define EDDY_DAEMON_WORKERS_H

#include <stddef.h>
#include <sys/types.h>

struct child;
struct generation;
struct master;

#define WORKERS_WHY_BYTES 640

/*
 * Has n workers serve from now on; `who` asks, for the log. 0, or -1 with the reason in `why`, of
 * WORKERS_WHY_BYTES. When it is so, workers_look tells who waits for it.
 */
int workers_set(struct master *master, unsigned n, const char *who, char *why);

/* One more (1) or one fewer (-1), asked for by the signal `who`. */
void workers_step(struct master *master, int step, const char *who);

/*
 * Has another worker take the place of this one, which drains when the other is READY. 0, or -1
 * with the reason in `why`. When it is so, who waits for this pid is told.
 */
int workers_drain(struct master *master, pid_t pid, char *why);

/*
 * The same for a worker that asks for it itself. One that leaves anyway, or does not serve yet, asks
 * in vain; if the other cannot be started the log says so.
 */
void workers_replace(struct child *child);

/* Whether the running generation has as many workers as it should: who waits for that is told. */
void workers_look(struct master *master);

/* A child accepts nothing any more, and may be dead: who waits for that is told. */
void workers_stopped(const struct child *child);

/* A child that was to serve has not come up. */
void workers_failed(const struct child *child, const char *why);

/* What was to take its place has not come up: it keeps it. */
void workers_kept(const struct child *child, const char *why);

/* The number that was asked for last will not be. */
void workers_abandon(struct master *master, const char *why);

/*
 * Starts workers in the empty seats of the running generation, some at a time; for when one of them
 * has come up or gone, too. 0, or -1 with the reason in `why`: that one is tried again later.
 */
int workers_fill(struct generation *generation, char *why);

#endif
