/*
 * The time at this moment. Within a turn loop->now_ns is cheaper, and good enough wherever some
 * milliseconds do not matter.
 */
#ifndef EDDY_LOOP_CLOCK_H
#define EDDY_LOOP_CLOCK_H

#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in nanoseconds: the clock of the scoreboard and of the master. */
static inline uint64_t
clock_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

#endif
