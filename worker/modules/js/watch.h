/*
 * Looking at a script while it runs: has one call into it lasted for long, the engine is made to
 * call back in the middle of it.
 *
 * The engine can do so by itself: it has a time limit, which calls a function. But while a limit is
 * set, each call into JavaScript begins with a look at the thread's CPU clock, which takes three
 * times as long as the rest of the call. So a thread of ours watches a counter that each call moves
 * twice, and the limit is set for a call only when that has lasted for a while. See watch.c for how
 * it can be set while the script runs. A worker without calls costs nothing: the thread sleeps.
 */
#ifndef JS_WATCH_H
#define JS_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine_private.h"
#include "thread.h"

struct js_watch {
	JSContextGroupRef group;
	js_time_limit_callback *look;
	void *arg;
	atomic_uint calls;	    /* begun and ended: odd while one runs */
	atomic_uint looks;	    /* that `look` has had */
	atomic_uint asked;	    /* the call that is to be looked at */
	atomic_bool sleeps;	    /* the thread, until it is woken */
	atomic_bool limited;	    /* a limit is set */
	atomic_uint_fast64_t since; /* hrtime at which the call was first seen to run */
	uintptr_t code, code_end;   /* where compiled scripts are */
	pthread_t script;
	struct js_thread thread; /* not started: the limit is always set, or cannot be */
};

/*
 * `look(context, arg)` is called on the script's thread while a call lasts, some JS_WATCH_MS after
 * its beginning, and as often again. Without `compiles` the engine interprets: then the limit is
 * always set, which is little beside the rest. False: no thread could be had; nothing is looked at.
 */
#define JS_WATCH_MS 100
bool js_watch_start(struct js_watch *watch, JSContextGroupRef group, bool compiles,
		    js_time_limit_callback *look, void *arg);
void js_watch_stop(struct js_watch *watch);
/* To be called by `look`, last. */
void js_watch_looked(struct js_watch *watch);
/* How long the call that is looked at has lasted, give or take JS_WATCH_MS. */
uint64_t js_watch_age_ns(struct js_watch *watch);

void js_watch_wake(struct js_watch *watch);
void js_watch_unlimit(struct js_watch *watch);

/* Around each call into JavaScript; not nested. */
static inline void
js_watch_enter(struct js_watch *watch)
{
	atomic_store_explicit(&watch->calls, watch->calls + 1, memory_order_relaxed);
	if (atomic_load_explicit(&watch->sleeps, memory_order_relaxed))
		js_watch_wake(watch);
}

static inline void
js_watch_leave(struct js_watch *watch)
{
	atomic_store_explicit(&watch->calls, watch->calls + 1, memory_order_relaxed);
	if (atomic_load_explicit(&watch->limited, memory_order_relaxed))
		js_watch_unlimit(watch);
}

#endif
