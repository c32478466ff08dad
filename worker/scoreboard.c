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
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

_Static_assert(sizeof(struct slot_counters) == SLOT_COUNTERS * sizeof(_Atomic uint64_t),
	       "counters are an array");

int
scoreboard_create(size_t slots)
{
	int fd, error;

	if (slots == 0 || slots > INT32_MAX / SLOT_SIZE)
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
