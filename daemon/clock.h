/*
 * The time that only goes forward, CLOCK_MONOTONIC in nanoseconds, the same clock as in the
 * scoreboard; and timers in milliseconds.
 */
#ifndef EDDY_DAEMON_CLOCK_H
#define EDDY_DAEMON_CLOCK_H

#include <event2/event.h>
#include <stdint.h>
#include <time.h>

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

#endif
