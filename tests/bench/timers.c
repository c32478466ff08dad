/*
 * What a million timers cost: eddy's, through eddy.h, beside libevent's own (event_new, evtimer_add).
 *
 * Started by a person, after `make bench`: tests/bench/timers [COUNT [ROUNDS]]. Each measurement is a
 * process of its own; the figures are medians of the rounds: CPU time (user and system) per timer,
 * and memory while all of them wait. A ratio above 1.3 fails.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker.h"

#define COUNT 1000000
#define ROUNDS 5
#define ROUNDS_MAX 99
#define RATIO_MAX 1.3
#define TRIM_THRESHOLD (1024 * 1024) /* as a worker sets it */

/* How long the i-th timer waits, in ms. */
struct pattern {
	const char *name;
	unsigned (*ms)(size_t i);
	bool fires;    /* else they are cleared */
	bool shuffled; /* in another order than they were set in */
};

/* The same for both sides. */
static uint32_t
mix(size_t i)
{
	uint64_t x = (i + 1) * 0x9e3779b97f4a7c15u;

	return (uint32_t)((x ^ x >> 29) * 0xbf58476d1ce4e5b9u >> 32);
}

static unsigned
ms_one(size_t i)
{
	(void)i;
	return 10;
}

static unsigned
ms_second(size_t i)
{
	return mix(i) % 1000 + 1;
}

static unsigned
ms_patience(size_t i)
{
	(void)i;
	return 25000;
}

static unsigned
ms_minute(size_t i)
{
	return mix(i) % 60000 + 1000;
}

static const struct pattern patterns[] = {
	{"10 ms each, fire", ms_one, true, false},
	{"1 to 1000 ms, fire", ms_second, true, false},
	{"25 s each, clear", ms_patience, false, false},
	{"25 s each, clear shuffled", ms_patience, false, true},
	{"1 to 61 s, clear", ms_minute, false, false},
	{"1 to 61 s, clear shuffled", ms_minute, false, true},
};

/* What one process finds out. */
struct result {
	double set_ns, end_ns; /* of CPU, per timer */
	double bytes;	       /* resident, per timer */
};

static size_t count = COUNT, fired;

static double
cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double
resident(void)
{
	unsigned long size, pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file == NULL || fscanf(file, "%lu %lu", &size, &pages) != 2)
		abort();
	fclose(file);
	return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

/* In which order the timers are cleared. */
static uint32_t *
order_new(bool shuffled)
{
	uint32_t *order = malloc(count * sizeof(*order));

	if (order == NULL)
		abort();
	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	for (size_t i = count; shuffled && i-- > 1;) {
		size_t j = mix(i) % (i + 1);
		uint32_t other = order[j];

		order[j] = order[i];
		order[i] = other;
	}
	return order;
}

/* libevent ------------------------------------------------------------------------ */

static struct event_base *base;

static void
libevent_fired(evutil_socket_t fd, short what, void *arg)
{
	struct event **event = arg;

	(void)fd;
	(void)what;
	event_free(*event);
	if (++fired == count)
		event_base_loopbreak(base);
}

static void
libevent_run(const struct pattern *pattern, void **timers, const uint32_t *order,
	     struct result *result)
{
	struct event **events = (struct event **)timers;
	double empty = resident(), start = cpu_ns(), middle;

	for (size_t i = 0; i < count; i++) {
		unsigned ms = pattern->ms(i);
		struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

		events[i] = event_new(base, -1, 0, libevent_fired, &events[i]);
		evtimer_add(events[i], &wait);
	}
	middle = cpu_ns();
	result->bytes = (resident() - empty) / (double)count;
	result->set_ns = (middle - start) / (double)count;
	start = cpu_ns();
	if (pattern->fires)
		event_base_loop(base, EVLOOP_NO_EXIT_ON_EMPTY);
	else
		for (size_t i = 0; i < count; i++)
			event_free(events[order[i]]);
	result->end_ns = (cpu_ns() - start) / (double)count;
}

/* eddy ---------------------------------------------------------------------------- */

static struct worker worker;
static struct slot slot;

static void
flush(void *arg)
{
	timers_arm(&((struct worker *)arg)->timers);
}

static void
eddy_fired(void *arg)
{
	(void)arg;
	if (++fired == count)
		event_base_loopbreak(worker.loop.base);
}

static void
eddy_run(const struct pattern *pattern, void **timers, const uint32_t *order, struct result *result)
{
	double empty = resident(), start = cpu_ns(), middle;

	loop_enter(&worker.loop);
	for (size_t i = 0; i < count; i++)
		timers[i] = eddy_set_timeout(eddy_fired, pattern->ms(i), &timers[i]);
	loop_leave(&worker.loop);
	middle = cpu_ns();
	result->bytes = (resident() - empty) / (double)count;
	result->set_ns = (middle - start) / (double)count;
	start = cpu_ns();
	if (pattern->fires)
		event_base_loop(worker.loop.base, EVLOOP_NO_EXIT_ON_EMPTY);
	else
		for (size_t i = 0; i < count; i++)
			eddy_clear_timeout(timers[order[i]]);
	result->end_ns = (cpu_ns() - start) / (double)count;
}

/* ------------------------------------------------------------------------------- */

typedef void run_function(const struct pattern *, void **, const uint32_t *, struct result *);

/* In a process of its own, so that none finds what another has left. */
static struct result
measure(const struct pattern *pattern, run_function *run)
{
	struct result result;
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0 || (pid = fork()) < 0)
		abort();
	if (pid == 0) {
		void **timers = malloc(count * sizeof(*timers));
		const uint32_t *order = order_new(pattern->shuffled);

		mallopt(M_TRIM_THRESHOLD, TRIM_THRESHOLD);
		memset(timers, 0xff, count * sizeof(*timers)); /* its pages are not theirs */
		base = event_base_new();
		worker.slot = &slot;
		worker.calls = (struct calls){.slot = &slot, .loop = &worker.loop};
		worker_self = &worker;
		if (base == NULL || loop_init(&worker.loop, flush, &worker) != 0 ||
		    timers_init(&worker) != 0)
			abort();
		run(pattern, timers, order, &result);
		_exit(write(ends[1], &result, sizeof(result)) == sizeof(result) ? 0 : 1);
	}
	if (read(ends[0], &result, sizeof(result)) != sizeof(result))
		abort();
	waitpid(pid, NULL, 0);
	close(ends[0]);
	close(ends[1]);
	return result;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median of one member, `offset` into each of n results. */
static double
median(const struct result *results, size_t n, size_t offset)
{
	double values[ROUNDS_MAX];

	for (size_t i = 0; i < n; i++)
		memcpy(&values[i], (const char *)&results[i] + offset, sizeof(double));
	qsort(values, n, sizeof(double), compare);
	return values[n / 2];
}

/* One line of the table; whether eddy's figure is within the limit. */
static bool
row(const char *what, const char *unit, double libevent, double eddy)
{
	printf("%-32s %9.1f %9.1f %s %8.2f%s\n", what, libevent, eddy, unit, eddy / libevent,
	       eddy > libevent * RATIO_MAX ? "  too much" : "");
	return eddy <= libevent * RATIO_MAX;
}

static bool
compare_pattern(const struct pattern *pattern, size_t rounds)
{
	static struct result libevent[ROUNDS_MAX], eddy[ROUNDS_MAX];
	char set[64], end[64];
	bool good;

	for (size_t i = 0; i < rounds; i++) {
		libevent[i] = measure(pattern, libevent_run);
		eddy[i] = measure(pattern, eddy_run);
	}
	printf("%s\n", pattern->name);
	snprintf(set, sizeof(set), "  set");
	snprintf(end, sizeof(end), "  %s", pattern->fires ? "fire" : "clear");
	good = row(set, "ns   ", median(libevent, rounds, offsetof(struct result, set_ns)),
		   median(eddy, rounds, offsetof(struct result, set_ns)));
	good &= row(end, "ns   ", median(libevent, rounds, offsetof(struct result, end_ns)),
		    median(eddy, rounds, offsetof(struct result, end_ns)));
	return row("  memory", "bytes", median(libevent, rounds, offsetof(struct result, bytes)),
		   median(eddy, rounds, offsetof(struct result, bytes))) &&
	       good;
}

int
main(int argc, char **argv)
{
	size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : ROUNDS;
	bool good = true;

	if (argc > 1)
		count = strtoul(argv[1], NULL, 10);
	if (count == 0 || rounds == 0 || rounds > ROUNDS_MAX || argc > 3) {
		fprintf(stderr, "usage: tests/bench/timers [COUNT [ROUNDS]]\n");
		return 64;
	}
	printf("%zu timers, medians of %zu rounds\n%-32s %9s %9s %14s\n", count, rounds, "",
	       "libevent", "eddy", "ratio");
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		good = compare_pattern(&patterns[i], rounds) && good;
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
