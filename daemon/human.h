/*
 * Numbers for people: sizes, durations, counts.
 */
#ifndef EDDY_DAEMON_HUMAN_H
#define EDDY_DAEMON_HUMAN_H

#include <stdint.h>

#define HUMAN_BYTES 32 /* room for any of these */

/* "0 B", "512 B", "3.1 MB": powers of 1024, as in the conf. Each returns `buf`. */
const char *human_size(uint64_t bytes, char buf[HUMAN_BYTES]);
/* "0.4s", "12s", "3m 05s", "2h 10m", "12d 4h". */
const char *human_duration(double seconds, char buf[HUMAN_BYTES]);
/* "1,234,567". */
const char *human_count(uint64_t n, char buf[HUMAN_BYTES]);

/* What a word for so many ends in. */
#define human_s(n) ((n) == 1 ? "" : "s")

#endif
