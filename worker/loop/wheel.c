/*
 * The wheel's slots; see wheel.h.
 *
 * Where an entry is follows from its due time and the wheel's: the level is that of the highest digit
 * (to the base 256) in which they differ, the slot is that digit of the due time. So all that is due
 * in one ms is in one slot at any time, and a slot that is dealt out keeps its order. Digits of slots
 * in use are never below the wheel's own.
 */
#include "loop/wheel.h"

#include <assert.h>

#define SLOT_MASK ((uint64_t)WHEEL_SLOTS - 1)

static unsigned
slot_of(uint64_t ms, unsigned level)
{
	return (unsigned)(ms >> (level * WHEEL_BITS) & SLOT_MASK);
}

static unsigned
level_of(const struct wheel *wheel, uint64_t due_ms)
{
	uint64_t differ = due_ms ^ wheel->now_ms;

	return differ <= SLOT_MASK ? 0 : (63 - (unsigned)__builtin_clzll(differ)) / WHEEL_BITS;
}

void
wheel_init(struct wheel *wheel, uint64_t now_ms)
{
	*wheel = (struct wheel){.now_ms = now_ms};
}

void
wheel_add(struct wheel *wheel, struct wheel_entry *entry)
{
	unsigned level = level_of(wheel, entry->due_ms), slot = slot_of(entry->due_ms, level);
	struct wheel_entry **first = &wheel->slots[level][slot];

	assert(entry->due_ms >= wheel->now_ms && level < WHEEL_LEVELS);
	entry->next = NULL;
	if (*first == NULL) {
		*first = entry->prev = entry;
		wheel->used[level][slot / 64] |= 1ull << slot % 64;
		return;
	}
	entry->prev = (*first)->prev;
	entry->prev->next = entry;
	(*first)->prev = entry;
}

void
wheel_remove(struct wheel *wheel, struct wheel_entry *entry)
{
	unsigned level = level_of(wheel, entry->due_ms), slot = slot_of(entry->due_ms, level);
	struct wheel_entry **first = &wheel->slots[level][slot];

	if (entry->next != NULL)
		entry->next->prev = entry->prev;
	else
		(*first)->prev = entry->prev;
	if (entry != *first)
		entry->prev->next = entry->next;
	else if ((*first = entry->next) == NULL)
		wheel->used[level][slot / 64] &= ~(1ull << slot % 64);
}

/* The first slot in use of a level; -1: there is none. */
static int
level_first(const struct wheel *wheel, unsigned level)
{
	for (unsigned word = 0; word < WHEEL_WORDS; word++)
		if (wheel->used[level][word] != 0)
			return (int)word * 64 + __builtin_ctzll(wheel->used[level][word]);
	return -1;
}

/* What has to be done first, on which level and when. All of a level comes before the next's. */
static uint64_t
wheel_first(const struct wheel *wheel, unsigned *level)
{
	for (*level = 0; *level < WHEEL_LEVELS; ++*level) {
		int slot = level_first(wheel, *level);
		unsigned shift = *level * WHEEL_BITS;

		if (slot >= 0)
			return ((wheel->now_ms >> shift & ~SLOT_MASK) | (unsigned)slot) << shift;
	}
	return WHEEL_NEVER;
}

/* Deals a slot that the time has come to out to the levels below. */
static void
wheel_deal(struct wheel *wheel, unsigned level)
{
	unsigned slot = slot_of(wheel->now_ms, level);
	struct wheel_entry *entry = wheel->slots[level][slot], *next;

	wheel->slots[level][slot] = NULL;
	wheel->used[level][slot / 64] &= ~(1ull << slot % 64);
	for (; entry != NULL; entry = next) {
		next = entry->next;
		wheel_add(wheel, entry);
	}
}

void
wheel_pass(struct wheel *wheel, uint64_t now_ms)
{
	unsigned level;

	if (now_ms > wheel->now_ms && wheel_first(wheel, &level) > now_ms)
		wheel->now_ms = now_ms;
}

struct wheel_entry *
wheel_take(struct wheel *wheel, uint64_t now_ms)
{
	struct wheel_entry *entry;
	uint64_t first_ms;
	unsigned level;

	while ((first_ms = wheel_first(wheel, &level)) <= now_ms) {
		wheel->now_ms = first_ms;
		if (level == 0) {
			entry = wheel->slots[0][slot_of(first_ms, 0)];
			wheel_remove(wheel, entry);
			return entry;
		}
		wheel_deal(wheel, level);
	}
	if (now_ms > wheel->now_ms)
		wheel->now_ms = now_ms;
	return NULL;
}

uint64_t
wheel_next_ms(const struct wheel *wheel)
{
	unsigned level;

	return wheel_first(wheel, &level);
}
