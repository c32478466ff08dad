/*
 * The master's side of the scoreboard: which slots are taken.
 */
#ifndef EDDY_DAEMON_SLOTS_H
#define EDDY_DAEMON_SLOTS_H

#include "conf/conf.h"
#include "worker/contract.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * One running generation, one candidate, three draining, and workers that wait to be reaped. Pages
 * unused cost nothing.
 */
#define SLOTS_MAX ((size_t)6 * CONF_WORKERS_MAX)

struct slots {
	int fd;
	struct scoreboard board;
	bool taken[SLOTS_MAX];
};

/* 0 or -errno. */
int slots_init(struct slots *slots);
void slots_fini(struct slots *slots);

/*
 * Takes over the scoreboard of a master before (handover.h), with the fd; slots_occupy says of each
 * worker that is there which slot it has. 0 or -errno.
 */
int slots_adopt(struct slots *slots, int fd);
/* 0, or -EINVAL: there is no such slot, or it is somebody else's already. */
int slots_occupy(struct slots *slots, size_t slot);

/* Takes the first free slot and writes whose it is (all but the pid). Its number, or -ENOSPC. */
int slots_take(struct slots *slots, unsigned worker, unsigned generation, uint64_t now_ns);

/* The worker has died: its counters go to the totals, and the slot is free again. */
void slots_release(struct slots *slots, size_t slot);

/* What the master tells everybody of itself. */
static inline struct scoreboard_head *
slots_head(const struct slots *slots)
{
	return scoreboard_head(&slots->board);
}

static inline struct slot *
slots_get(const struct slots *slots, size_t slot)
{
	return scoreboard_slot(&slots->board, slot);
}

#endif
