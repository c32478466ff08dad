/*
 * Calls into modules: who is being called, and why.
 *
 * Every call is put between call_begin and call_end: that sets the blame mark, by which the master
 * names the culprit when a worker crashes or hangs, and the module that the log and whatever the
 * callback makes (timers, sockets, queries) are charged to.
 */
#ifndef EDDY_LOOP_CALLS_H
#define EDDY_LOOP_CALLS_H

#include <stddef.h>
#include <stdint.h>

#include "contract.h"
#include "loop/loop.h"

struct eddy_module;

/* What has to be known of a module here: struct eddy_module begins with it. */
struct callee {
	uint32_t index; /* into conf.modules */
};

struct calls {
	struct slot *slot;
	struct loop *loop;
	struct eddy_module *running; /* NULL: no module */
};

/*
 * Around every call into a module. `route`: index + 1, or 0. The request's line, if there is one,
 * is set after it.
 */
static inline void
call_begin(struct calls *calls, struct eddy_module *module, enum slot_callback kind, uint32_t route)
{
	const struct callee *callee = (const struct callee *)(const void *)module;
	struct slot *slot = calls->slot;

	calls->running = module;
	slot_set(slot->module, callee != NULL ? callee->index + 1 : 0);
	slot_set(slot->route, route);
	slot_set(slot->line_size, 0);
	slot_set(slot->since_ns, calls->loop->now_ns);
	slot_add(slot->calls, 1);
	slot_set(slot->callback, (uint32_t)kind);
}

static inline void
call_end(struct calls *calls)
{
	slot_set(calls->slot->callback, SLOT_IDLE);
	calls->running = NULL;
}

#endif
