/*
 * The scoreboard's memory: made by the master, mapped by everyone, each with the rights that it
 * needs.
 *
 * A worker may write its own page alone; the kernel, not good manners, keeps the others safe from
 * it. The size is sealed, so that nobody can shrink the file under the other processes' mappings.
 */
#include "worker/contract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOTS_COUNT_MAX 65000 /* head.fold has 16 bits for the number of one */
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

_Static_assert(sizeof(struct slot_counters) == SLOT_COUNTERS * sizeof(_Atomic uint64_t),
	       "counters are an array");

int
scoreboard_create(size_t slots)
{
	int fd, error;

	if (slots == 0 || slots > SLOTS_COUNT_MAX)
		return -EINVAL;
	fd = memfd_create("eddy-scoreboard", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)((slots + 1) * SLOT_SIZE)) < 0 ||
	    fcntl(fd, F_ADD_SEALS, SEALS) < 0) {
		error = errno;
		close(fd);
		return -error;
	}
	return fd;
}

/* Where pages are larger than a slot, the neighbours on the same page become writable with it. */
static int
slot_allow_writing(struct scoreboard *board, size_t slot)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t offset = (slot + 1) * SLOT_SIZE;
	size_t start = offset - offset % page;

	return mprotect(board->pages + start, offset + SLOT_SIZE - start, PROT_READ | PROT_WRITE) <
			       0
		       ? -errno
		       : 0;
}

int
scoreboard_map(struct scoreboard *board, int fd, size_t slots, size_t writable)
{
	int prot = writable == SCOREBOARD_ALL ? PROT_READ | PROT_WRITE : PROT_READ;
	struct stat st;
	void *pages;
	int error = 0;

	*board = (struct scoreboard){0};
	if (slots == 0 || (writable < SCOREBOARD_NONE && writable >= slots))
		return -EINVAL;
	/* A file shorter than its slots would be a SIGBUS later. */
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size < 0 || (uint64_t)st.st_size / SLOT_SIZE < slots + 1)
		return -EPROTO;
	pages = mmap(NULL, (slots + 1) * SLOT_SIZE, prot, MAP_SHARED, fd, 0);
	if (pages == MAP_FAILED)
		return -errno;
	*board = (struct scoreboard){.pages = pages, .slots = slots};
	if (writable < SCOREBOARD_NONE)
		error = slot_allow_writing(board, writable);
	if (error)
		scoreboard_unmap(board);
	return error;
}

void
scoreboard_unmap(struct scoreboard *board)
{
	if (board->pages)
		munmap(board->pages, (board->slots + 1) * SLOT_SIZE);
	*board = (struct scoreboard){0};
}

void
slot_fold(struct slot_counters *totals, const struct slot *slot)
{
	_Atomic uint64_t *to = (_Atomic uint64_t *)(void *)totals;
	const _Atomic uint64_t *from = (const _Atomic uint64_t *)(const void *)&slot->counters;

	for (size_t i = 0; i < SLOT_COUNTERS; i++)
		slot_add(to[i], slot_get(from[i]));
}

static void
dead_add(struct slot_dead *dead, const struct slot *slot)
{
	uint64_t highest_us = slot_get(slot->lag_highest_us);

	slot_fold(&dead->counters, slot);
	if (highest_us > slot_get(dead->lag_highest_us))
		slot_set(dead->lag_highest_us, highest_us);
}

/* head.fold */
#define FOLD_DEAD 1
#define FOLD_SLOT(fold) ((fold) >> 1 & 0xffff)
#define FOLD_STEP ((uint64_t)1 << 17)

/*
 * Nobody ever waits for the master to finish this, even if it is stopped in the middle: the sum is
 * made beside the one that counts, and one store makes it count and takes the slot out.
 */
void
scoreboard_fold(struct scoreboard *board, size_t slot)
{
	struct scoreboard_head *head = scoreboard_head(board);
	uint64_t fold = slot_get(head->fold);
	struct slot_dead *next = &head->dead[~fold & FOLD_DEAD];

	memcpy((void *)next, (const void *)&head->dead[fold & FOLD_DEAD], sizeof(*next));
	dead_add(next, scoreboard_slot(board, slot));
	fold = (fold / FOLD_STEP + 1) * FOLD_STEP | (~fold & FOLD_DEAD);
	atomic_store_explicit(&head->fold, fold | (slot + 1) << 1, memory_order_release);
	atomic_thread_fence(memory_order_release);
	memset((void *)scoreboard_slot(board, slot), 0, SLOT_SIZE); /* SLOT_FREE is 0 */
	atomic_store_explicit(&head->fold, fold + FOLD_STEP, memory_order_release);
}

static void
total_at(const struct scoreboard *board, uint64_t fold, struct slot_dead *totals)
{
	const struct scoreboard_head *head = scoreboard_head(board);
	size_t used = slot_get(head->used);

	memcpy((void *)totals, (const void *)&head->dead[fold & FOLD_DEAD], sizeof(*totals));
	for (size_t i = 0; i < used && i < board->slots; i++)
		if (i + 1 != FOLD_SLOT(fold))
			dead_add(totals, scoreboard_slot(board, i));
}

void
scoreboard_total(const struct scoreboard *board, struct slot_dead *totals)
{
	struct scoreboard_head *head = scoreboard_head(board);
	uint64_t fold = atomic_load_explicit(&head->fold, memory_order_acquire), before;

	do {
		before = fold;
		total_at(board, fold, totals);
		atomic_thread_fence(memory_order_acquire);
		fold = atomic_load_explicit(&head->fold, memory_order_acquire);
	} while (fold != before);
}
