/*
 * Handlers that kill their workers: which routes, and which modules' HTTP servers, are shut, for how long, and when one request may
 * try again. What a worker may know of it is in contract.h; how a worker acts on it, in
 * worker/http/probe.c.
 *
 * It belongs to a generation: the next one, which may have a mended module, begins without. It lies
 * in a memfd, as far as it has to outlive the master's memory.
 */
#ifndef EDDY_DAEMON_QUARANTINE_H
#define EDDY_DAEMON_QUARANTINE_H

#include "worker/contract.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct child;
struct event;
struct generation;
struct master;

#define QUARANTINE_DEATHS 3	   /* that many, */
#define QUARANTINE_WINDOW_MS 60000 /* within that time, are no accident */
#define QUARANTINE_MAX_MS 600000   /* which the time doubles up to */
#define QUARANTINE_PASSED_MS 10000 /* a probe that has lived so long is well, if still parked */

/* What the master remembers of a route, or of a module's servers, beside its word. */
struct quarantine_route {
	uint64_t deaths_ns[QUARANTINE_DEATHS]; /* the latest, oldest first; 0: none */
	uint64_t probing_ns;		       /* since when somebody is seen to have the ticket */
};

struct quarantine {
	struct generation *generation;
	int fd; /* -1: there is nothing to be in it */
	struct quarantine_board board;
	struct quarantine_route *routes; /* by quarantine_places */
	struct event *look;		 /* runs while a route is in quarantine */
};

/*
 * For a generation with its conf; `fd`: the memfd that it has had so far, taken over, or -1 to make
 * one. 0 or -errno.
 */
int quarantine_init(struct quarantine *quarantine, struct generation *generation, int fd);
void quarantine_fini(struct quarantine *quarantine);

/* A worker has died with this wait status; its slot still says of what. */
void quarantine_death(struct child *child, int status, uint64_t now_ns);

/* Looks whether a time is over, or a probe. */
void quarantine_look(struct quarantine *quarantine, uint64_t now_ns);

/*
 * Ends it, for the routes of a module ("chat") or one of them ("chat/rooms/:room"), or all (NULL).
 * How many there were.
 */
unsigned quarantine_clear(struct master *master, const char *name);

/* What becomes of a route's requests: null (they are served), "shut" or "probe". */
json_t *quarantine_state_json(const struct quarantine *quarantine, size_t route);

/*
 * [{module, route, handler, methods, generation, state: "shut"|"probe", left, length}], seconds; route
 * null: the module's HTTP servers.
 */
json_t *quarantine_json(const struct master *master);

#endif
