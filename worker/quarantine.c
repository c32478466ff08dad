/*
 * The memory of a generation's quarantine; see contract.h.
 *
 * The words and the tickets have pages of their own, so that a worker, which has to write a ticket,
 * cannot write a word: a wild one may spoil a probe, and no more than that.
 */
#include "worker/contract.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

static size_t
pages_of(size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

static size_t
words_size(size_t routes)
{
	return pages_of(routes * sizeof(struct quarantine_word));
}

static size_t
tickets_size(size_t routes)
{
	return pages_of(routes * sizeof(_Atomic uint32_t));
}

int
quarantine_create(size_t routes)
{
	off_t size = (off_t)(words_size(routes) + tickets_size(routes));
	int fd = memfd_create("eddy-quarantine", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int error;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, size) < 0 || fcntl(fd, F_ADD_SEALS, SEALS) < 0) {
		error = errno;
		close(fd);
		return -error;
	}
	return fd;
}

int
quarantine_map(struct quarantine_board *board, int fd, size_t routes, bool master)
{
	size_t words = words_size(routes), tickets = tickets_size(routes);
	struct stat st;
	char *pages;
	int error;

	*board = (struct quarantine_board){0};
	if (routes == 0)
		return 0;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size < 0 || (size_t)st.st_size < words + tickets)
		return -EPROTO; /* which would be a SIGBUS later */
	pages = mmap(NULL, words + tickets, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (pages == MAP_FAILED)
		return -errno;
	if (!master && mprotect(pages, words, PROT_READ) < 0) {
		error = -errno;
		munmap(pages, words + tickets);
		return error;
	}
	board->words = (struct quarantine_word *)(void *)pages;
	board->tickets = (_Atomic uint32_t *)(void *)(pages + words);
	board->routes = routes;
	return 0;
}

void
quarantine_unmap(struct quarantine_board *board)
{
	if (board->words)
		munmap(board->words, words_size(board->routes) + tickets_size(board->routes));
	*board = (struct quarantine_board){0};
}
