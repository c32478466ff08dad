/*
 * How long to wait before a worker that has died is started again.
 */
#include "daemon/backoff.h"

unsigned
backoff_next(struct backoff *backoff, uint64_t alive_ms, uint32_t random)
{
	unsigned base = BACKOFF_FIRST_MS;
	unsigned spread;

	if (alive_ms >= BACKOFF_RESET_MS)
		backoff->deaths = 0;
	if (backoff->deaths++ == 0)
		return 0;
	for (unsigned i = 2; i < backoff->deaths && base < BACKOFF_MAX_MS; i++)
		base *= 2;
	if (base > BACKOFF_MAX_MS)
		base = BACKOFF_MAX_MS;
	spread = base / 5; /* 20 % either way */
	return base - spread + (unsigned)((uint64_t)(2 * spread + 1) * random >> 32);
}
