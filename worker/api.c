/*
 * What is said about misuse of eddy.h; see api.h.
 */
#include "api.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "worker.h"

#define LINE_MAX_BYTES 256

static const char *const kind_names[HANDLE_KINDS] = {
	[HANDLE_NONE] = "what is no handle of eddy's",
	[HANDLE_EXCHANGE] = "a request or response",
	[HANDLE_TIMER] = "a timer",
	[HANDLE_FILE] = "a file",
	[HANDLE_SOCKET] = "a socket",
	[HANDLE_SERVER] = "a server",
	[HANDLE_QUERY] = "a DNS query",
	[HANDLE_CLIENT] = "a client's request or response",
	[HANDLE_AGENT] = "an agent",
	[HANDLE_RESOLVER] = "a DNS resolver",
};

static const char *
kind_name(const void *handle)
{
	enum handle_kind kind = handle_kind(handle);

	if (handle == NULL)
		return "NULL";
	return kind_names[kind < HANDLE_KINDS ? kind : HANDLE_NONE];
}

int
api_misuse_as(int error, const char *what, const char *why)
{
	eddy_log(NULL, LOG_WARNING, "%s: %s", what, why);
	return error;
}

int
api_misuse(int error, const char *what)
{
	return api_misuse_as(error, what, eddy_strerror(error));
}

bool
api_is_module(const struct eddy_module *module)
{
	const struct worker *worker = worker_self;

	for (size_t i = 0; i < worker->nmodules; i++)
		if (&worker->modules[i] == module)
			return true;
	return false;
}

void
api_lost(const void *handle, enum handle_kind kind, const char *what)
{
	if (api_here(what) && handle_kind(handle) != kind)
		eddy_log(NULL, LOG_WARNING, "%s: %s where %s is due", what, kind_name(handle),
			 kind_names[kind]);
}

#ifdef EDDY_DEBUG

#include <dlfcn.h>
#include <execinfo.h>
#include <unistd.h>

#define FRAMES 32 /* of a call, from here to the module's function */

/* The loop's is the process's first thread. */
bool
api_on_loop(void)
{
	static _Thread_local enum { UNKNOWN, LOOP, OTHER } thread;

	if (thread == UNKNOWN)
		thread = gettid() == getpid() ? LOOP : OTHER;
	return thread == LOOP;
}

/* The module whose code has an address; NULL: none. */
static const struct eddy_module *
module_at(const void *address)
{
	const struct worker *worker = worker_self;
	Dl_info object, of_module;

	if (dladdr(address, &object) == 0)
		return NULL;
	for (size_t i = 0; i < worker->nmodules; i++) {
		const struct eddy_module *module = &worker->modules[i];

		if (module->entry != NULL && dladdr(module->entry, &of_module) != 0 &&
		    of_module.dli_fbase == object.dli_fbase)
			return module;
	}
	return NULL;
}

/*
 * Whose thread it is follows from who calls: the module that the loop runs at this moment is another
 * matter, and not to be looked at from here.
 */
static const struct eddy_module *
module_calling(void)
{
	const struct eddy_module *module = NULL;
	void *frames[FRAMES];
	int n = backtrace(frames, FRAMES);

	for (int i = 0; i < n && module == NULL; i++)
		module = module_at(frames[i]);
	return module;
}

bool
api_here(const char *what)
{
	const struct eddy_module *module;
	char line[LINE_MAX_BYTES];
	int n;

	if (api_on_loop())
		return true;
	module = module_calling();
	n = snprintf(line, sizeof(line),
		     "%s: called on thread %d: eddy's functions are for the "
		     "loop's thread alone",
		     what, (int)gettid());
	link_log_aside(worker_self, LOG_WARNING, module != NULL ? module->conf->name : "", line,
		       (size_t)n);
	return false;
}

#endif
