/*
 * What the worker reports of itself: heartbeat and loop lag every quarter of a second, memory and
 * CPU every second.
 *
 * The tick is set on the quarters of the wall clock's second, so that the Date header, which it
 * renews, turns just after the second does. How late it comes is the loop's lag; a timerfd wakes
 * for it, because libevent's own timers see a clock of 4 ms and would be the lag.
 */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "loop/entries.h"
#include "worker.h"

#define TICK_SLACK_MS 1 /* wake after the second has turned, not before */
#define NS_PER_MS 1000000
#define TRIM_MAX (64 << 20) /* bytes: some milliseconds; 0.3 for the 5 MB of 8,000 requests */

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* /proc/self/statm: pages in all, pages resident, … */
static uint64_t
rss_bytes(int statm)
{
	char text[128];
	ssize_t n = pread(statm, text, sizeof(text) - 1, 0);
	unsigned long long resident = 0;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	if (sscanf(text, "%*u %llu", &resident) != 1)
		return 0;
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t
timeval_us(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

static void
stats_process(struct worker *worker)
{
	struct slot *slot = worker->slot;
	struct mallinfo2 heap = mallinfo2();
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	slot_set(slot->rss_bytes, rss_bytes(worker->statm));
	slot_set(slot->heap_total_bytes, heap.arena + heap.hblkhd);
	slot_set(slot->heap_used_bytes, heap.uordblks + heap.hblkhd);
	slot_set(slot->counters.cpu_user_us, timeval_us(usage.ru_utime));
	slot_set(slot->counters.cpu_system_us, timeval_us(usage.ru_stime));
}

static void
stats_lag(struct worker *worker, uint64_t now_ns)
{
	struct slot *slot = worker->slot;
	uint64_t lag_us = now_ns > worker->tick_due_ns ? (now_ns - worker->tick_due_ns) / 1000 : 0;
	size_t bucket = 0;

	while (bucket < SLOT_LAG_BUCKETS - 1 && lag_us >= 1ull << bucket)
		bucket++;
	slot_set(slot->lag_us, lag_us);
	slot_add(slot->counters.lag[bucket], 1);
	slot_add(slot->counters.lag_sum_us, lag_us);
	if (lag_us > slot_get(slot->lag_highest_us))
		slot_set(slot->lag_highest_us, lag_us);
	if (lag_us > worker->lag_max_us)
		worker->lag_max_us = lag_us;
}

static void
stats_loop(struct worker *worker)
{
	struct slot *slot = worker->slot;
	struct threads_load load = threads_load(&worker->threads);

	slot_set(slot->counters.loop_turns, worker->loop.turns);
	slot_set(slot->fs_threads, load.threads);
	slot_set(slot->fs_busy, load.busy);
	slot_set(slot->fs_queued, load.queued);
}

/*
 * What a crowd has left is scattered: malloc gives it back from the top only, unless told. That
 * takes as long as there is much of it, so more than a loop can wait for is left to malloc.
 */
static void
stats_trim(struct worker *worker)
{
	timers_trim(&worker->timers);
	if (!http_trim(&worker->http))
		return;
	handles_trim(&worker->files);
	entries_trim();
	if (mallinfo2().fordblks <= TRIM_MAX)
		malloc_trim(0);
}

static void
stats_next(struct worker *worker)
{
	struct itimerspec due = {0};
	uint64_t period = SLOT_TICK_MS * (uint64_t)NS_PER_MS;
	uint64_t wait = period - clock_ns(CLOCK_REALTIME) % period + TICK_SLACK_MS * NS_PER_MS;

	worker->tick_due_ns = clock_ns(CLOCK_MONOTONIC) + wait;
	due.it_value.tv_sec = (time_t)(worker->tick_due_ns / 1000000000);
	due.it_value.tv_nsec = (long)(worker->tick_due_ns % 1000000000);
	timerfd_settime(worker->tick, TFD_TIMER_ABSTIME, &due, NULL);
}

static void
stats_tick(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC), times;

	(void)what;
	if (read(fd, &times, sizeof(times)) != sizeof(times))
		return;
	slot_set(worker->slot->heartbeat_ns, now_ns);
	stats_lag(worker, now_ns);
	stats_loop(worker);
	link_reopened(worker);
	date_renew(&worker->http.date, time(NULL));
	loop_enter(&worker->loop);
	worker_accept_tick(worker);
	net_tick(&worker->net);
	loop_leave(&worker->loop);
	if (worker->ticks++ % (1000 / SLOT_TICK_MS) == 0) {
		stats_trim(worker);
		stats_process(worker);
		worker_report_access(worker);
		slot_set(worker->slot->lag_max_us, worker->lag_max_us);
		worker->lag_max_us = 0;
	}
	stats_next(worker);
}

int
stats_start(struct worker *worker)
{
	worker->tick = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (worker->tick < 0)
		return -errno;
	slot_set(worker->slot->heartbeat_ns, clock_ns(CLOCK_MONOTONIC));
	stats_process(worker);
	event_assign(&worker->tick_event, worker->loop.base, worker->tick, EV_READ | EV_PERSIST,
		     stats_tick, worker);
	event_add(&worker->tick_event, NULL);
	stats_next(worker);
	return 0;
}

void
stats_stop(struct worker *worker)
{
	if (worker->tick < 0)
		return;
	event_del(&worker->tick_event);
	close(worker->tick);
}
