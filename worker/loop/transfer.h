/*
 * Bytes of a file on their way to a socket, by sendfile(2) on the threads.
 *
 * A thread sends until the socket is full or it has had its turn, and comes back to the loop; who
 * owns the transfer posts it again, at once or when the socket has room. So no thread waits for a
 * client, and of many large transfers each has its turn, with other jobs in between.
 *
 * Both descriptors stay the owner's and have to stay open until `moved`: the file by file_hold
 * (loop/file.h); a socket whose connection ends is closed then.
 */
#ifndef EDDY_LOOP_TRANSFER_H
#define EDDY_LOOP_TRANSFER_H

#include <stddef.h>
#include <stdint.h>

#include "loop/threads.h"

#define TRANSFER_TURN (1 << 20) /* bytes: some milliseconds of a slow disk */

struct transfer {
	struct job job; /* first */
	int from, to;	/* a regular file, and a nonblocking socket */
	uint64_t offset, left;
	size_t sent; /* in the last turn; `offset` and `left` have been moved */
	/*
	 * 0; -EAGAIN: the socket is full; -ENODATA: the file ends before `left` does; or what
	 * sendfile(2) says of either side.
	 */
	int error;
	/* On the loop: the thread is back. May post it again, and may free it. */
	void (*moved)(struct transfer *transfer);
};

/* One turn. 0, or what threads_post says. */
int transfer_post(struct threads *threads, struct transfer *transfer);

#endif
