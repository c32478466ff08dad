/*
 * A worker's share of the connections; see share.h.
 *
 * Who does not tick is blocked or stopped, and who is full takes nothing: these are no others to
 * leave a connection to. What is read here is a moment old, and need not be better.
 */
#include "net/share.h"

#define TICKS_MISSED 3 /* and a worker is taken for one that does not come round */
#define SPARE 4	       /* connections above the mean that are nothing to be noticed, */
#define SPARE_PART 32  /* and one more for so many of it */

bool
share_takes(const struct slot *slot, uint32_t generation, uint64_t now_ns)
{
	uint64_t beat_ns = slot_get(slot->heartbeat_ns);

	return slot_get(slot->state) == SLOT_ACCEPTING &&
	       slot_get(slot->generation) == generation &&
	       slot_get(slot->connections) < slot_get(slot->connections_max) &&
	       beat_ns + TICKS_MISSED * SLOT_TICK_MS * UINT64_C(1000000) > now_ns;
}

size_t
share_limit(const struct scoreboard *board, const struct slot *own, uint64_t now_ns)
{
	uint32_t used = slot_get(scoreboard_head(board)->used);
	uint32_t generation = slot_get(own->generation);
	uint64_t sum = slot_get(own->connections), workers = 1, mean;

	for (uint32_t i = 0; i < used && i < board->slots; i++) {
		const struct slot *slot = scoreboard_slot(board, i);

		if (slot == own || !share_takes(slot, generation, now_ns))
			continue;
		sum += slot_get(slot->connections);
		workers++;
	}
	if (workers == 1)
		return SIZE_MAX;
	mean = sum / workers;
	return (size_t)(mean + SPARE + mean / SPARE_PART);
}
