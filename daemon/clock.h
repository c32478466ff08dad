/*
 * The time that only goes forward, CLOCK_MONOTONIC in nanoseconds, the same clock as in the
 * scoreboard; and timers in milliseconds.
 */
#ifndef EDDY_DAEMON_CLOCK_H
#define EDDY_DAEMON_CLOCK_H

#include <event2/event.h>
#include <event2/util.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_MS UINT64_C(1000000)

static inline uint64_t
clock_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Starts a timer, anew if it runs already. */
static inline void
timer_set(struct event *timer, unsigned ms)
{
	struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

	event_add(timer, &wait);
}

/* The milliseconds that a timer has to go, rounded up; -1: it does not run. */
static inline int
timer_left_ms(const struct event *timer)
{
	struct timeval at, now, left;

	if (!timer || !event_pending(timer, EV_TIMEOUT, &at))
		return -1;
	evutil_gettimeofday(&now, NULL);
	if (!evutil_timercmp(&at, &now, >))
		return 0;
	evutil_timersub(&at, &now, &left);
	return (int)(left.tv_sec * 1000 + (left.tv_usec + 999) / 1000);
}

#endif
