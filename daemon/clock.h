/*
 * The time that only goes forward: CLOCK_MONOTONIC in nanoseconds, the same clock as in the
 * scoreboard.
 */
#ifndef EDDY_DAEMON_CLOCK_H
#define EDDY_DAEMON_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t
clock_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

#endif
