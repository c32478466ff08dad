/*
 * Why a module's file, or what the conf wants of it, is not there: in words that say what to do.
 */
#ifndef EDDY_MODULE_EXPLAIN_H
#define EDDY_MODULE_EXPLAIN_H

#include <stddef.h>

#include "module/module.h"

/*
 * The reason why the file at `path` cannot be opened, which is where the conf's path leads; `said`
 * is what dlerror(3) says. `dir` is where a path without a slash is looked up.
 */
void module_explain_open(const struct conf_module *conf, const char *path, const char *dir,
			 const char *said, char *why, size_t size);
/* What there is instead of a handler of that name. */
void module_explain_handler(const struct eddy_module *module, const char *name, char *text,
			    size_t size);
/* What there is instead of an option of that name. */
void module_explain_option(const struct eddy_module *module, const char *key, char *text,
			   size_t size);

#endif
