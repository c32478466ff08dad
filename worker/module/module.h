/*
 * Modules: the shared objects that the conf names, opened, checked and loaded; and calls into them.
 */
#ifndef EDDY_MODULE_MODULE_H
#define EDDY_MODULE_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "contract.h"
#include "eddy.h"
#include "loop/loop.h"

struct eddy_module {
	const struct conf_module *conf;
	uint32_t index; /* into conf.modules */
	void *object;	/* dlopen's */
	const struct eddy_module_def *def;
	void *state;
	bool loaded, drained;
	char *reason; /* eddy_module_fail's */
};

/*
 * Who is being called: the blame mark for the master, and the module that the log and timers
 * charge.
 */
struct calls {
	struct slot *slot;
	const struct loop *loop;
	struct eddy_module *running; /* NULL: no module */
};

/*
 * Opens the module's file and checks that it is one for this worker. 0, or -1 with the reason
 * (module, path, what dlopen said) in `why`. `dir` is where a path without a slash is looked up.
 */
int module_open(struct eddy_module *module, const struct conf_module *conf, const char *dir,
		struct calls *calls, char *why, size_t size);
/* Calls its `load`. 0, or -1 with the reason in `why`. */
int module_load(struct eddy_module *module, struct calls *calls, char *why, size_t size);
void module_drain(struct eddy_module *module, struct calls *calls);
void module_unload(struct eddy_module *module, struct calls *calls);

/* The handler of that name; NULL name: the module's `request`. NULL: there is none. */
eddy_request_handler *module_handler(const struct eddy_module *module, const char *name);

/*
 * Around every call into a module. `route`: index + 1, or 0. The request's line, if there is one,
 * is set after it.
 */
static inline void
call_begin(struct calls *calls, struct eddy_module *module, enum slot_callback kind, uint32_t route)
{
	struct slot *slot = calls->slot;

	calls->running = module;
	slot_set(slot->module, module != NULL ? module->index + 1 : 0);
	slot_set(slot->route, route);
	slot_set(slot->line_size, 0);
	slot_set(slot->since_ns, calls->loop->now_ns);
	slot_set(slot->callback, (uint32_t)kind);
}

static inline void
call_end(struct calls *calls)
{
	slot_set(calls->slot->callback, SLOT_IDLE);
	calls->running = NULL;
}

#endif
