/*
 * fork and exec of one worker: what it inherits, and nothing else.
 */
#ifndef EDDY_DAEMON_SPAWN_H
#define EDDY_DAEMON_SPAWN_H

#include <sys/types.h>

struct identity;

/* What all workers of a master have in common. */
struct spawner {
	const char *path; /* the worker program */
	char **env;	  /* the master's, without what systemd says to the master alone */
	int null;	  /* /dev/null, the workers' stdin */
};

/*
 * Occupies the descriptors 0 to 3 where they are free, so that nothing the master opens gets the
 * number that the link has in a worker, and marks whatever was inherited close-on-exec. 0 or
 * -errno.
 */
int spawner_init(struct spawner *spawner, const char *path);
void spawner_fini(struct spawner *spawner);

/*
 * Starts a worker on its end of the link, which stays the caller's to close. The pid or -errno.
 * What goes wrong after the fork comes as FAIL over the link.
 */
pid_t spawner_start(const struct spawner *spawner, int link, const struct identity *identity);

/* In any child: no signal blocked, ignored or handled. Async-signal-safe. */
void spawner_signals_reset(void);

#endif
