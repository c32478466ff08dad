/*
 * Looking at a script while it runs; see watch.h.
 *
 * The engine's limit can be set by the script's thread only, and that thread is in the script. So
 * it gets a signal, whose handler sets the limit if, and only if, the signal has met the thread in
 * code that the engine has compiled of a script: there it is in no function of any library, holds
 * no lock, and is in the middle of no allocation, so that calling the engine is what calling it
 * from the script would be. Met elsewhere, the thread is asked again soon; a script that hangs is
 * mostly in its own code. (A regular expression that does not end is code that looks at no limit,
 * and promises that wait for each other for ever are mostly the engine's code: of these the daemon's
 * own report is all there is.)
 */
#include "watch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>

#define WATCH_SIGNAL (SIGRTMIN + 8) /* the one before it is the collector's, see engine.c */
#define ASK_MS 2       /* until it is asked again: many calls are mostly in libraries */
#define QUIET_LOOKS 3  /* without a call: the thread goes to sleep, */
#define SLEEP_MS 10000 /* to look then all the same: a call may have begun as it fell asleep */
/*
 * The limit: what the call may still take before the engine calls back. Not less: the engine begins
 * a timer of that length for each promise job, too, and aborts when one goes off while its thread
 * is just taking note of the one before.
 */
#define LIMIT_SECONDS 0.01

#if defined(__x86_64__)
#define PROGRAM_COUNTER(context) ((uintptr_t)(context)->uc_mcontext.gregs[REG_RIP])
#elif defined(__aarch64__)
#define PROGRAM_COUNTER(context) ((uintptr_t)(context)->uc_mcontext.pc)
#endif

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

#ifdef PROGRAM_COUNTER

/* On the script's thread. */
static void
watch_asked(int signal, siginfo_t *info, void *context)
{
	struct js_watch *watch = info->si_value.sival_ptr;
	uintptr_t at = PROGRAM_COUNTER((ucontext_t *)context);
	int saved = errno;

	(void)signal;
	if (info->si_code == SI_QUEUE && watch->calls == watch->asked && !watch->limited &&
	    at >= watch->code && at < watch->code_end) {
		watch->limited = true;
		JSContextGroupSetExecutionTimeLimit(watch->group, LIMIT_SECONDS, watch->look,
						    watch->arg);
	}
	errno = saved;
}

/*
 * Where compiled code is: the largest piece of memory of no file that can be run. There may be
 * others, of libraries that make code, and anything between them.
 */
static void
watch_find_code(struct js_watch *watch)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long first, end, start = 0, before = 0;
	char line[512], rights[5];

	watch->code = 0;
	watch->code_end = 0;
	while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
		int name = 0;

		if (sscanf(line, "%lx-%lx %4s %*s %*s %*s%n", &first, &end, rights, &name) != 3 ||
		    rights[2] != 'x' || line[name + strspn(line + name, " ")] != '\n')
			continue;
		if (first != before)
			start = first;
		before = end;
		if (end - start > watch->code_end - watch->code) {
			watch->code = start;
			watch->code_end = end;
		}
	}
	if (maps != NULL)
		fclose(maps);
}

/* No call for a while: sleeps until there is one. */
static void
watch_rest(struct js_watch *watch, unsigned calls)
{
	watch->sleeps = true;
	if (watch->calls == calls && !watch->thread.stops)
		js_thread_sleep(&watch->thread, SLEEP_MS);
	watch->sleeps = false;
}

static void
watch_ask(struct js_watch *watch, unsigned call)
{
	union sigval value = {.sival_ptr = watch};

	watch->asked = call;
	pthread_sigqueue(watch->script, WATCH_SIGNAL, value);
}

/* A call lasts: asks until the engine has called back. */
static void
watch_call(struct js_watch *watch, unsigned call)
{
	unsigned looks = watch->looks;

	watch_find_code(watch);
	while (watch->calls == call && watch->looks == looks && !watch->thread.stops) {
		if (!watch->limited)
			watch_ask(watch, call);
		js_thread_sleep(&watch->thread, ASK_MS);
	}
	js_thread_sleep(&watch->thread, JS_WATCH_MS);
}

static void *
watch_run(void *arg)
{
	struct js_watch *watch = arg;
	unsigned before = 0, quiet = 0;

	while (!watch->thread.stops) {
		unsigned calls = watch->calls;

		if (calls != before) {
			watch->since = now_ns();
			before = calls;
			quiet = 0;
			js_thread_sleep(&watch->thread, JS_WATCH_MS);
		} else if (calls % 2 == 1) {
			watch_call(watch, calls);
		} else if (quiet++ < QUIET_LOOKS) {
			js_thread_sleep(&watch->thread, JS_WATCH_MS);
		} else {
			watch_rest(watch, calls);
		}
	}
	return NULL;
}

static bool
watch_start_thread(struct js_watch *watch)
{
	struct sigaction action = {.sa_sigaction = watch_asked,
				   .sa_flags = SA_SIGINFO | SA_RESTART};

	/* The engine notes calls once it has had a limit. */
	JSContextGroupSetExecutionTimeLimit(watch->group, JS_WATCH_MS / 1e3, watch->look,
					    watch->arg);
	JSContextGroupClearExecutionTimeLimit(watch->group);
	sigemptyset(&action.sa_mask);
	watch->script = pthread_self();
	sigaction(WATCH_SIGNAL, &action, NULL);
	return js_thread_start(&watch->thread, watch_run, watch);
}

#else

static bool
watch_start_thread(struct js_watch *watch)
{
	(void)watch;
	return false;
}

#endif

bool
js_watch_start(struct js_watch *watch, JSContextGroupRef group, bool compiles,
	       js_time_limit_callback *look, void *arg)
{
	watch->group = group;
	watch->look = look;
	watch->arg = arg;
	if (JSContextGroupSetExecutionTimeLimit == NULL ||
	    JSContextGroupClearExecutionTimeLimit == NULL)
		return false;
	if (!compiles || !watch_start_thread(watch)) {
		watch->sleeps = true; /* for good: each call notes when it begins */
		js_watch_looked(watch);
	}
	return true;
}

void
js_watch_stop(struct js_watch *watch)
{
	js_thread_stop(&watch->thread);
}

void
js_watch_looked(struct js_watch *watch)
{
	watch->looks++;
	watch->limited = false; /* it holds for one look */
	if (!watch->thread.started)
		JSContextGroupSetExecutionTimeLimit(watch->group, JS_WATCH_MS / 1e3, watch->look,
						    watch->arg);
}

uint64_t
js_watch_age_ns(struct js_watch *watch)
{
	if (watch->thread.started && watch->asked != watch->calls)
		return 0; /* meant for a call that has ended meanwhile */
	return now_ns() - watch->since;
}

void
js_watch_wake(struct js_watch *watch)
{
	if (!watch->thread.started) {
		watch->since = now_ns();
		return;
	}
	watch->sleeps = false;
	js_thread_wake(&watch->thread);
}

void
js_watch_unlimit(struct js_watch *watch)
{
	watch->limited = false;
	JSContextGroupClearExecutionTimeLimit(watch->group);
}
