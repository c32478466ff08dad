/*
 * Opening the log files again, because somebody (logrotate) has moved them away.
 */
#ifndef EDDY_DAEMON_REOPEN_H
#define EDDY_DAEMON_REOPEN_H

struct master;

/*
 * Opens the files of every generation anew and hands them to its workers; one that cannot be opened
 * leaves things as they were. `who` asks, for the log. 0, or -1: *error then holds a line for each
 * failure, the caller's to free (NULL: no memory).
 */
int reopen_logs(struct master *master, const char *who, char **error);

#endif
