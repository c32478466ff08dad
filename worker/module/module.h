/*
 * Modules: the shared objects that the conf names, opened, checked and loaded;
 */
#ifndef EDDY_MODULE_MODULE_H
#define EDDY_MODULE_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "contract.h"
#include "eddy.h"
#include "loop/calls.h"

struct eddy_module {
	struct callee callee; /* first, for loop/calls.h */
	const struct conf_module *conf;
	void *object; /* dlopen's */
	const struct eddy_module_def
		*entry; /* the object's; it may be shorter than ours, or longer */
	const struct eddy_module_def *def; /* `known`, once it is open */
	struct eddy_module_def known;	   /* the entry, as far as both eddy.h know it */
	void *state;
	bool loaded, drained;
	unsigned held; /* eddy_module_hold's that have not been released */
	char *reason;  /* eddy_module_fail's */
};

/*
 * Opens the module's file and checks that it is one for this worker. 0, or -1 with the reason
 * (module, path, what dlopen said) in `why`. `dir` is where a path without a slash is looked up.
 */
int module_open(struct eddy_module *module, const struct conf_module *conf, const char *dir,
		struct calls *calls, char *why, size_t size);
/*
 * Whether it takes all options that the conf has for it. 0, or -1 with the reason in `why`; *index
 * is then the option's.
 */
int module_check_options(const struct eddy_module *module, size_t *index, char *why, size_t size);
/* Calls its `load`. 0, or -1 with the reason in `why`. */
int module_load(struct eddy_module *module, struct calls *calls, char *why, size_t size);
/* Calls its `check`, if it has one. 0, or -1 with the reason in `why`. */
int module_check(struct eddy_module *module, struct calls *calls, char *why, size_t size);
void module_drain(struct eddy_module *module, struct calls *calls);
void module_unload(struct eddy_module *module, struct calls *calls);

/* The handler of that name; NULL name: the module's `request`. NULL: there is none. */
eddy_request_handler *module_handler(const struct eddy_module *module, const char *name);

#endif
