/*
 * What the kernel says of a worker's first thread, the one that runs its loop.
 */
#ifndef EDDY_DAEMON_PROC_H
#define EDDY_DAEMON_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Its state as ps(1) shows it: 'R', 'S', 'D', 'T', …; '?' if that cannot be read. */
char proc_state(pid_t pid);

/* Whether it stands still because somebody wants it to: SIGSTOP, a debugger. */
static inline bool
proc_is_stopped(pid_t pid)
{
	char state = proc_state(pid);

	return state == 'T' || state == 't';
}

/* How long it has been ready to run so far, and had no processor; 0 if that cannot be read. */
uint64_t proc_waited_ns(pid_t pid);

#endif
