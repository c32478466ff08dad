/*
 * Percentiles of a histogram whose i-th bucket counts values below 2^i, as the scoreboard's of the
 * loop's lag does.
 */
#ifndef EDDY_DAEMON_HISTOGRAM_H
#define EDDY_DAEMON_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

/*
 * The value that `part` (0 to 1) of all counted are not above, as if they were spread evenly in
 * their bucket; never above `highest`, which is the highest of all. 0 if none has been counted.
 */
double histogram_percentile(const uint64_t *counts, size_t n, double part, uint64_t highest);

#endif
