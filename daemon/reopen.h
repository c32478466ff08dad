/*
 * Opening the log files again, because somebody (logrotate) has moved them away.
 */
#ifndef EDDY_DAEMON_REOPEN_H
#define EDDY_DAEMON_REOPEN_H

#include <stdbool.h>

struct event;
struct master;

#define REOPEN_LATE_MS 5000 /* a worker that has not changed over by then is told of */

struct reopen {
	bool waits; /* for workers to say that nothing goes to the files of before */
	struct event *late;
};

/* 0 or -ENOMEM. */
int reopen_init(struct master *master);
void reopen_fini(struct master *master);

/*
 * Opens the files of every generation anew and hands them to its workers; one that cannot be opened
 * leaves things as they were. `who` asks, for the log. 0, or -1: *error then holds a line for each
 * failure, the caller's to free (NULL: no memory). When all workers have changed over, or not in
 * time, the log and who waits for it are told: from reopen_look at the soonest.
 */
int reopen_logs(struct master *master, const char *who, char **error);

/* A worker has changed over, or has gone. */
void reopen_look(struct master *master);

/* In a program that has taken over (upgrade.h): waits for those that are still to answer. */
void reopen_resume(struct master *master);

#endif
