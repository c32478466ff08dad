/*
 * The master's side of the scoreboard.
 *
 * The first free slot is taken, so that the used pages stay together at the front of a mostly empty
 * memfd. Only slots that are taken are looked at: touching a page that nobody uses would make it.
 */
#include "daemon/slots.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int
slots_init(struct slots *slots)
{
	int error;

	memset(slots, 0, sizeof(*slots));
	slots->fd = scoreboard_create(SLOTS_MAX);
	if (slots->fd < 0)
		return slots->fd;
	error = scoreboard_map(&slots->board, slots->fd, SLOTS_MAX, SCOREBOARD_ALL);
	if (error)
		slots_fini(slots);
	return error;
}

void
slots_fini(struct slots *slots)
{
	scoreboard_unmap(&slots->board);
	if (slots->fd >= 0)
		close(slots->fd);
	slots->fd = -1;
}

int
slots_adopt(struct slots *slots, int fd)
{
	slots_fini(slots);
	memset(slots, 0, sizeof(*slots));
	slots->fd = fd;
	return scoreboard_map(&slots->board, fd, SLOTS_MAX, SCOREBOARD_ALL);
}

int
slots_occupy(struct slots *slots, size_t slot)
{
	if (slot >= SLOTS_MAX || slots->taken[slot])
		return -EINVAL;
	slots->taken[slot] = true;
	return 0;
}

int
slots_take(struct slots *slots, unsigned worker, unsigned generation, uint64_t now_ns)
{
	size_t i = 0;
	struct slot *slot;

	while (i < SLOTS_MAX && slots->taken[i])
		i++;
	if (i == SLOTS_MAX)
		return -ENOSPC;
	slots->taken[i] = true;
	if (slot_get(slots_head(slots)->used) <= i)
		slot_set(slots_head(slots)->used, (uint32_t)i + 1);
	slot = slots_get(slots, i);
	slot_set(slot->worker, worker);
	slot_set(slot->generation, generation);
	slot_set(slot->started_ns, now_ns);
	slot_set(slot->state, SLOT_INIT);
	return (int)i;
}

void
slots_release(struct slots *slots, size_t i)
{
	scoreboard_fold(&slots->board, i);
	slots->taken[i] = false;
}
