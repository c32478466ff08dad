/*
 * What the functions of eddy.h do first: find what they were called for, and say what is wrong with
 * the call if they cannot.
 *
 * Misuse is a named error to the caller and one line in the log with the module's and the function's
 * name (`what`: __func__). A handle whose object is gone is no misuse: that call is late, and does
 * nothing. With --enable-debug each of these also asks whether it runs on the loop's thread, and is
 * EDDY_ETHREAD on any other; without, that question costs nothing.
 *
 *	struct exchange *exchange = api_find(&worker_self->http.handles, res, __func__);
 *
 *	if (exchange == NULL)
 *		return api_error(res, HANDLE_EXCHANGE);
 */
#ifndef EDDY_WORKER_API_H
#define EDDY_WORKER_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "eddy.h"
#include "loop/handle.h"

struct worker;

/*
 * The worker of this process, for the functions of eddy.h that have no handle to find it by.
 * Everything else is handed what it needs.
 */
extern struct worker *worker_self;

/*
 * Logs what is wrong, under the name of the module that is running: the error's own sentence, or
 * another. Returns the error.
 */
int api_misuse(int error, const char *what);
int api_misuse_as(int error, const char *what, const char *why);

/* Whether that is one of this worker's modules. */
bool api_is_module(const struct eddy_module *module);

/* Logs why a handle stands for nothing, if that is misuse. */
void api_lost(const void *handle, enum handle_kind kind, const char *what) __attribute__((cold));

#ifdef EDDY_DEBUG
/* Whether this is the loop's thread. */
bool api_on_loop(void);
/* The same; if not, the log is told. */
bool api_here(const char *what);
#else
static inline bool
api_on_loop(void)
{
	return true;
}

static inline bool
api_here(const char *what)
{
	(void)what;
	return true;
}
#endif

/* What the handle stands for; NULL: nothing, see api_error. */
static inline void *
api_find(const struct handles *handles, const void *handle, const char *what)
{
	void *object = api_on_loop() ? handle_find(handles, handle) : NULL;

	if (object == NULL)
		api_lost(handle, handles_kind(handles), what);
	return object;
}

/* What to return where api_find has found nothing. */
static inline int
api_error(const void *handle, enum handle_kind kind)
{
	if (!api_on_loop())
		return EDDY_ETHREAD;
	return handle_kind(handle) == kind ? EDDY_ECLOSED : EDDY_EINVAL;
}

/*
 * Whether the call can be: on the right thread, and with what it needs. 0 or the error. `why` says
 * what it needs.
 */
static inline int
api_check_as(bool good, const char *what, const char *why)
{
	if (!api_here(what))
		return EDDY_ETHREAD;
	return good ? 0 : api_misuse_as(EDDY_EINVAL, what, why);
}

static inline int
api_check(bool good, const char *what)
{
	if (!api_here(what))
		return EDDY_ETHREAD;
	return good ? 0 : api_misuse(EDDY_EINVAL, what);
}

/* What is wrong with a struct that begins with its size, for api_check_as. */
#define API_NO_SIZE(type) "there is no " #type ", or it has no size: .size = sizeof(" #type ")"

/* The size of a struct up to and with a member: what the first eddy.h had of it. */
#define API_SIZE_TO(type, member) (offsetof(type, member) + sizeof(((type *)NULL)->member))

/*
 * Fills a struct in that begins with its size: of ours, n bytes, as much as the caller's eddy.h
 * knows.
 */
static inline void
api_fill(void *to, const void *ours, size_t n)
{
	uint32_t size;

	memcpy(&size, to, sizeof(size));
	if (size < n)
		n = size;
	memcpy((char *)to + sizeof(size), (const char *)ours + sizeof(size), n - sizeof(size));
}

#endif
