/*
 * What libevent allocates; see entries.h. Only room in the address space is taken, and its pages as
 * they are needed. libevent asks without saying who asks, hence the one static here.
 */
#include "loop/entries.h"
#include "loop/pool.h"

#ifdef POOL_IS_MALLOC

void
entries_init(void)
{
}

void
entries_trim(void)
{
}

#else

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ENTRY_SIZE 16
#define ENTRIES_SIZE ((size_t)ENTRY_SIZE << 20) /* a million descriptors; more go to malloc */

struct entry {
	struct entry *next;
};

static struct {
	char *start;
	size_t used; /* bytes that have ever been handed out */
	struct entry *free;
} entries;

static bool
is_entry(const void *p)
{
	return (uintptr_t)p - (uintptr_t)entries.start < ENTRIES_SIZE;
}

static void *
entries_malloc(size_t size)
{
	struct entry *entry = entries.free;

	if (size > ENTRY_SIZE)
		return malloc(size);
	if (entry != NULL) {
		entries.free = entry->next;
		return entry;
	}
	if (entries.used == ENTRIES_SIZE)
		return malloc(size);
	entries.used += ENTRY_SIZE;
	return entries.start + entries.used - ENTRY_SIZE;
}

static void
entries_free(void *p)
{
	struct entry *entry = p;

	if (!is_entry(p)) {
		free(p);
		return;
	}
	entry->next = entries.free;
	entries.free = entry;
}

static void *
entries_realloc(void *p, size_t size)
{
	void *moved;

	if (p == NULL)
		return entries_malloc(size);
	if (!is_entry(p))
		return realloc(p, size);
	if (size <= ENTRY_SIZE)
		return p;
	moved = malloc(size);
	if (moved == NULL)
		return NULL;
	memcpy(moved, p, ENTRY_SIZE);
	entries_free(p);
	return moved;
}

void
entries_init(void)
{
	void *start;

	if (entries.start != NULL)
		return;
	start = mmap(NULL, ENTRIES_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (start == MAP_FAILED) /* an address space with a limit: malloc does it all */
		return;
	entries.start = start;
	event_set_mem_functions(entries_malloc, entries_realloc, entries_free);
}

static bool
is_zero(const char *p, size_t n)
{
	return p[0] == 0 && memcmp(p, p + 1, n - 1) == 0;
}

/* An entry without events is all zeros (a list's head and counts), and so is a page given back. */
void
entries_trim(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t at = 0; at + page <= entries.used; at += page)
		if (is_zero(entries.start + at, page))
			madvise(entries.start + at, page, MADV_DONTNEED);
}

#endif
