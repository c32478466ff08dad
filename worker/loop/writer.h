/*
 * Lines that go to a file which may be slow, or never take them: written by a thread of their own.
 *
 * The loop puts whole lines into a ring of fixed size and never waits; a thread writes them in
 * batches, each of whole lines in one write(2), so that several processes may append to one file.
 * A file that cannot take a line now (a full disk, a pipe that nobody reads) is tried again; what
 * the ring has no room for meanwhile is refused, and counting it is the caller's.
 *
 *	loop    writer_put ---> ring ---> thread ---> write(2), or the sink
 *
 * What the ring holds dies with the process: a crash costs the lines of the last WRITER_GATHER_MS.
 *
 * One thread puts, which is also the one that calls everything else here. Nothing here knows what
 * the lines say.
 */
#ifndef EDDY_LOOP_WRITER_H
#define EDDY_LOOP_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WRITER_GATHER_MS 20   /* lines wait so long at most for others to be written with them */
#define WRITER_LINE_MAX 65536 /* bytes of one line, its end included */

struct writer;

/*
 * Takes one line, without its end, instead of a file; called by the writer's thread. 0, or -errno:
 * it is offered again.
 */
typedef int writer_sink(const char *line, size_t n);

/*
 * A writer with a ring of `size` bytes, a power of two and WRITER_LINE_MAX at least, on the open
 * file `fd`, which becomes its own; with a sink instead, fd is -1. NULL: no memory.
 */
struct writer *writer_new(size_t size, int fd, writer_sink *sink);
/* Starts its thread, which takes no signals. 0 or -errno. */
int writer_start(struct writer *writer);

/* Puts one line, which ends with "\n" and has no other. False: there is no room for it. */
bool writer_put(struct writer *writer, const char *line, size_t n);

/* What comes goes to this file from now on, which becomes the writer's own; the old is closed. */
void writer_reopen(struct writer *writer, int fd);
/* How many calls of writer_reopen are done: nothing goes to the files of before any more. */
uint32_t writer_reopened(const struct writer *writer);

/* Why the file does not take lines just now: an errno, or 0. */
int writer_error(const struct writer *writer);

/*
 * Writes what is left, for `ms` at most, and ends it. How many lines were not written. A thread
 * that hangs in the kernel even then is left behind, with the memory that it uses.
 */
uint64_t writer_free(struct writer *writer, unsigned ms);

#endif
