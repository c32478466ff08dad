/*
 * How long to wait before a worker that has died is started again.
 *
 * The first time at once, then 100 ms, doubling to 10 s, each ±20 % so that workers that die
 * together do not come back together; a worker that has lived for a minute starts over. One of
 * these per worker number. No clock, no state but this.
 */
#ifndef EDDY_DAEMON_BACKOFF_H
#define EDDY_DAEMON_BACKOFF_H

#include <stdint.h>

#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS 10000
#define BACKOFF_RESET_MS 60000 /* alive for so long: it was a new trouble, not the last one again */

/* Zero-initialise. */
struct backoff {
	unsigned deaths; /* in a row */
};

/*
 * The worker has died `alive_ms` after its start: the milliseconds to wait. `random`: any 32 bits.
 */
unsigned backoff_next(struct backoff *backoff, uint64_t alive_ms, uint32_t random);

#endif
