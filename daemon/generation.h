/*
 * The workers of one conf, together with that conf and its listeners: what a reload replaces as a
 * whole.
 *
 *	            all READY, switch             reload, stop             all gone
 *	CANDIDATE ---------------------> RUNNING --------------> DRAINING ----------> (freed)
 *	    |                                                       |
 *	    | one fails, refuses, dies, is late                     | drain_timeout + 5 s:
 *	    v                                                       | what is left is killed
 *	  FAILED (all killed) -----------------------------------> (freed)
 *
 * A candidate starts one worker first, the canary: what is wrong with the conf or a module shows
 * once, not once per worker. While RUNNING, a worker that dies is replaced in its seat, after its
 * back-off; one that refuses (exit 3) is not. workers.h changes their number meanwhile.
 */
#ifndef EDDY_DAEMON_GENERATION_H
#define EDDY_DAEMON_GENERATION_H

#include "conf/conf.h"
#include "daemon/child.h"
#include "daemon/identity.h"
#include "daemon/listener.h"
#include "daemon/quarantine.h"
#include "daemon/seat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct event;
struct master;

#define GENERATION_DRAIN_GRACE_MS \
	5000 /* the workers keep to drain_timeout themselves; after this they are stuck */
#define GENERATION_HURRY_MS 3000 /* for workers whose drain_timeout is cut short */

#define GENERATION_STARTING_MAX 16 /* workers that are not READY yet */

enum generation_state {
	GENERATION_CANDIDATE,
	GENERATION_RUNNING,
	GENERATION_DRAINING,
	GENERATION_FAILED,
};

struct generation {
	TAILQ_ENTRY(generation) entry;
	struct master *master;
	unsigned number;
	enum generation_state state;
	bool check; /* eddyd -t: one worker, which loads nothing and exits when it is READY */
	struct conf *conf;
	int snapshot; /* the memfd with the conf's bytes */
	struct identity identity;
	struct listener_set listeners;
	struct quarantine quarantine;
	int log_fd;	    /* the access log's file; -1: it takes none */
	struct seat *seats; /* CONF_WORKERS_MAX; of these, there are workers in */
	unsigned nseats;    /* conf->workers, and what was asked for since */
	unsigned started;   /* seats of a candidate that have been filled so far */
	struct child_list children;
	struct event *deadline; /* of the draining */
	bool hurried;		/* its drain_timeout was cut short */
	bool killed;		/* what is left of it has been killed */
};

TAILQ_HEAD(generation_list, generation);

/*
 * A candidate of this number. It takes over `conf` and the `snapshot` fd, also when it returns NULL
 * (no memory).
 */
struct generation *generation_new(struct master *master, unsigned number, struct conf *conf,
				  int snapshot);
void generation_free(struct generation *generation);

/* The file that its next workers get for the access log; it becomes the generation's. */
void generation_log_set(struct generation *generation, int fd);

/*
 * Starts the canary; generation_ready or generation_failed of the reload follows from the loop, or
 * at once.
 */
void generation_start(struct generation *generation);

/* The switch: the workers are told to serve. */
void generation_run(struct generation *generation);

/*
 * No more refills, no more listeners in the master; the workers are told to finish. Without any, it
 * is freed.
 */
void generation_drain(struct generation *generation);

/*
 * A generation that drains is to be over now: what its workers still have is answered 503 or
 * closed; GENERATION_HURRY_MS later what is left is killed.
 */
void generation_hurry(struct generation *generation);

/* A candidate is given up. Without workers, it is freed. */
void generation_fail(struct generation *generation);

/* Everything that still lives is killed now; `reason` is static text for the log. */
void generation_kill(struct generation *generation, const char *reason);

/* Whether any of its workers may still accept connections. */
bool generation_accepts(const struct generation *generation);

size_t generation_count(const struct generation *generation, enum child_state state);

/* From the child: */
void generation_child_ready(struct child *child);
void generation_child_stopped(struct child *child);
/*
 * It has been reaped with this wait status. The child is freed, and the generation too if it was
 * the last of it.
 */
void generation_child_died(struct child *child, int status);

#endif
