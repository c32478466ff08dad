/*
 * What root's rights are reduced to: all of them in a worker that is not root, most of them in the
 * master of workers that become another user.
 *
 * A worker that runs as root (no `user` in the conf) inherits the master's, which are then left as
 * they are: what its modules may do is not the master's to take away.
 */
#ifndef EDDY_DAEMON_PRIVILEGES_H
#define EDDY_DAEMON_PRIVILEGES_H

#include <stdint.h>

/*
 * In a worker, on both sides of becoming its user: first nothing can be gained any more, then all
 * that there was is given up. 0 or -errno. Async-signal-safe.
 */
int privileges_bound_none(void);
int privileges_drop(void);

/*
 * In the master: keeps what it needs to supervise workers of another user (privileges.c has the
 * list), for good, and over an exec of itself. What it was not started with, it does not get. 0 or
 * -errno.
 */
int privileges_keep_few(void);

/*
 * In a master that is not root: puts aside what it was started with (a service's ambient
 * capabilities), and takes that up again. 0, or -errno with nothing changed.
 */
int privileges_rest(uint64_t *resting);
int privileges_resume(uint64_t resting);

#endif
