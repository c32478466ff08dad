/*
 * A timing wheel: what is due when, a million entries and more, in order of time.
 *
 * Adding and removing are a few list operations, whatever waits already. Those due in the next 256
 * ms have a slot for each ms; those due later wait in coarser slots, and are dealt out to finer ones
 * when the time comes near: at most four times, mostly once. Entries that are due in the same ms are
 * taken in the order in which they were added, however far ahead that was.
 */
#ifndef EDDY_LOOP_WHEEL_H
#define EDDY_LOOP_WHEEL_H

#include <stddef.h>
#include <stdint.h>

#define WHEEL_BITS 8   /* of the time, for each level */
#define WHEEL_LEVELS 5 /* 2^40 ms are 34 years */
#define WHEEL_SLOTS (1 << WHEEL_BITS)
#define WHEEL_WORDS (WHEEL_SLOTS / 64)
#define WHEEL_NEVER UINT64_MAX

struct wheel_entry {
	struct wheel_entry *next; /* NULL: the slot's last */
	struct wheel_entry *prev; /* the first's: the last */
	uint64_t due_ms;
};

struct wheel {
	uint64_t now_ms;			  /* what was due before it has been taken */
	uint64_t used[WHEEL_LEVELS][WHEEL_WORDS]; /* a bit for each slot that has entries */
	struct wheel_entry *slots[WHEEL_LEVELS][WHEEL_SLOTS];
};

/* Empty; time starts at now_ms. Nothing is to be freed. */
void wheel_init(struct wheel *wheel, uint64_t now_ms);

/*
 * Adds an entry, with its due_ms set: later than what wheel_take and wheel_pass have been told last,
 * and less than 34 years after the wheel's start.
 */
void wheel_add(struct wheel *wheel, struct wheel_entry *entry);
/* Removes one that has been added and not taken. */
void wheel_remove(struct wheel *wheel, struct wheel_entry *entry);

/* Takes the first entry that is due by then; NULL: none is. */
struct wheel_entry *wheel_take(struct wheel *wheel, uint64_t now_ms);

/* Time has come so far: what is added from now on has its slot by that. Entries that are due wait on. */
void wheel_pass(struct wheel *wheel, uint64_t now_ms);

/* When to call wheel_take again: no later than the first entry is due; WHEEL_NEVER: it is empty. */
uint64_t wheel_next_ms(const struct wheel *wheel);

#endif
