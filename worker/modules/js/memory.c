/*
 * How much memory a worker with scripts may have, and what becomes of one that has more.
 *
 * The limit is of all its resident memory, which is what the machine runs out of. Without the option
 * it is, as Node's engine has it, a quarter of what there is, on the machine or in the service's
 * cgroup, within bounds. It is looked at once a second: what the engine could give back it is asked
 * for, then another worker takes this one's place, which drains when that serves. (It loads the script
 * as it is by then, and may refuse: this one goes on then.) A script that does not come back to the
 * loop meanwhile is looked at by engine.c, and its worker ends at once. That needs the script to run
 * code of its own now and then, and a worker that drains may wait for long; so a thread sees to it
 * that in no case there is more than twice as much.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "js.h"

#define LOOK_MS 1000
#define LOOKS_OVER 3 /* in a row: the first has the engine collect, the next see what that gave */
#define ASK_AGAIN 30 /* looks, where the next worker has refused to run */
#define SHARE 4	     /* of what there is: so much by default, */
#define DEFAULT_LEAST (256ULL << 20) /* but not less than a script of some size needs, */
#define DEFAULT_MOST (4ULL << 30)    /* nor more than one that leaks should have */

#define MOST 2		    /* times the limit: the worker ends in any case */
#define GROWTH (4ULL << 20) /* bytes in a millisecond: as fast as the kernel gives pages */
#define GUARD_LEAST_MS 10
#define GUARD_MOST_MS 1000

/* A small file of procfs or cgroupfs, which no disk is waited for, NUL-terminated. False: it is not there. */
static bool
file_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n < 0)
		return false;
	text[n] = '\0';
	return true;
}

uint64_t
js_rss_now(void)
{
	unsigned long long size, resident;
	char text[128];

	if (!file_text("/proc/self/statm", text, sizeof(text)) ||
	    sscanf(text, "%llu %llu", &size, &resident) != 2)
		return 0;
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The least limit of the process's cgroup (version 2) and those that it is in; UINT64_MAX: none. */
static uint64_t
cgroup_max(void)
{
	char text[4096], path[4352], *folder, *end;
	uint64_t least = UINT64_MAX;
	unsigned long long max;

	if (!file_text("/proc/self/cgroup", text, sizeof(text)))
		return least;
	folder = strncmp(text, "0::/", 4) == 0 ? text + 3 : strstr(text, "\n0::/");
	if (folder == NULL)
		return least;
	folder += folder[0] == '\n' ? 4 : 0;
	folder[strcspn(folder, "\n")] = '\0';
	do { /* up to "", which is the root: in a container, that has a limit, too */
		char value[32];

		snprintf(path, sizeof(path), "/sys/fs/cgroup%s/memory.max", folder);
		if (file_text(path, value, sizeof(value)) && sscanf(value, "%llu", &max) == 1 &&
		    max < least)
			least = max;
		end = strrchr(folder, '/');
		if (end != NULL)
			*end = '\0';
	} while (end != NULL);
	return least;
}

static uint64_t
memory_default(void)
{
	uint64_t all = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t mine = cgroup_max();

	if (mine < all)
		all = mine;
	all /= SHARE;
	return all < DEFAULT_LEAST ? DEFAULT_LEAST : all > DEFAULT_MOST ? DEFAULT_MOST : all;
}

/* A number of bytes with k, m or g behind it, of any case, as in the conf. False: it is none. */
static bool
size_parse(const char *text, uint64_t *bytes)
{
	char *end;
	unsigned shift = 0;

	if (*text < '0' || *text > '9')
		return false;
	*bytes = strtoull(text, &end, 10);
	if (*end != '\0' && strchr("kmgKMG", *end) != NULL) {
		shift = (*end | 0x20) == 'k' ? 10 : (*end | 0x20) == 'm' ? 20 : 30;
		end++;
	}
	if (*end != '\0' || *bytes > (UINT64_MAX >> shift))
		return false;
	*bytes <<= shift;
	return true;
}

/* Collects at once, and gives back what is free at once, where the engine has that. */
extern void collect_now(JSContextRef ctx) __asm__("JSSynchronousGarbageCollectForDebugging")
	__attribute__((weak));
extern void wtf_release(void) __asm__("_ZN3WTF27releaseFastMallocFreeMemoryEv")
	__attribute__((weak));

static void
memory_collect(const struct js *js)
{
	if (collect_now != NULL)
		collect_now(js->ctx);
	else
		JSGarbageCollect(js->ctx);
	if (wtf_release != NULL)
		wtf_release();
}

/* Once a second. */
static void
memory_look(void *arg)
{
	struct js *js = arg;
	uint64_t rss = js_rss_now();

	if (rss <= js->memory_max) {
		js->memory_over = 0;
		js->memory_left = false;
		return;
	}
	if (js->memory_over++ == 0)
		JSGarbageCollect(js->ctx);
	if (js->drains || js->memory_over < LOOKS_OVER ||
	    (js->memory_over - LOOKS_OVER) % ASK_AGAIN != 0)
		return;
	js->memory_left = true;
	eddy_log(js->self, LOG_ERR,
		 "the worker has %llu MB of memory, and the module's option memory %s %llu MB: "
		 "another takes its place, and this worker drains",
		 (unsigned long long)(rss >> 20), js->memory_said ? "allows" : JS_MEMORY_UNSAID,
		 (unsigned long long)(js->memory_max >> 20));
	eddy_process_replace();
}

/* Looks the sooner the less it takes to get there. */
static unsigned
guard_pause_ms(uint64_t left)
{
	uint64_t ms = left / GROWTH;

	if (ms < GUARD_LEAST_MS)
		return GUARD_LEAST_MS;
	return ms < GUARD_MOST_MS ? (unsigned)ms : GUARD_MOST_MS;
}

static void *
guard_run(void *arg)
{
	struct js *js = arg;
	uint64_t most = MOST * js->memory_max;

	while (!js->guard.stops) {
		uint64_t rss = js_rss_now();

		if (rss > most)
			eddy_process_fatal(js->self, JS_MEMORY_EXIT,
					   "the worker has %llu MB of memory, more than twice what "
					   "the module's option memory %s, %llu MB: this worker "
					   "ends at once",
					   (unsigned long long)(rss >> 20),
					   js->memory_said ? "allows" : JS_MEMORY_UNSAID,
					   (unsigned long long)(js->memory_max >> 20));
		js_thread_sleep(&js->guard, guard_pause_ms(most - rss));
	}
	return NULL;
}

int
js_memory_start(struct js *js)
{
	const char *said = eddy_module_option(js->self, "memory", NULL);

	js->memory_said = said != NULL;
	js->memory_max = memory_default();
	if (said != NULL && !size_parse(said, &js->memory_max))
		return eddy_module_fail(js->self,
					"bad memory \"%s\": a size is a number of bytes, or of k, "
					"m or g, such as \"512m\"; \"0\" is no limit",
					said);
	if (js->memory_max == 0)
		return 0;
	if (js->memory_max > UINT64_MAX / MOST)
		js->memory_max = UINT64_MAX / MOST;
	js->memory_timer = eddy_set_interval(memory_look, LOOK_MS, js);
	if (js->memory_timer == NULL || !js_thread_start(&js->guard, guard_run, js))
		return eddy_module_fail(js->self, "no memory for a timer and a thread");
	return 0;
}

/*
 * A limit that the worker is beyond before it serves would have one worker after another drain at
 * once. What is left of the loading may be garbage: it does not count.
 */
int
js_memory_loaded(struct js *js)
{
	uint64_t rss = js->memory_max > 0 ? js_rss_now() : 0;

	if (rss > js->memory_max) {
		memory_collect(js);
		rss = js_rss_now();
	}
	if (js->memory_max == 0 || rss <= js->memory_max)
		return 0;
	return eddy_module_fail(js->self,
				"the worker has %llu MB of memory with the script loaded, and the "
				"module's option memory %s %llu MB: say options { memory = \"…\" } "
				"with what it needs",
				(unsigned long long)(rss >> 20),
				js->memory_said ? "allows" : JS_MEMORY_UNSAID,
				(unsigned long long)(js->memory_max >> 20));
}

void
js_memory_stop(struct js *js)
{
	js_thread_stop(&js->guard);
	if (js->memory_timer != NULL)
		eddy_clear_interval(js->memory_timer);
	js->memory_timer = NULL;
}
