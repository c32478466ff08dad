/*
 * One turn of a transfer; see transfer.h.
 *
 * sendfile(2) has no MSG_NOSIGNAL: the threads block all signals, SIGPIPE too.
 */
#include "loop/transfer.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#define COPY_SIZE 65536 /* bytes on a thread's stack */

/*
 * For files that sendfile(2) does not know how to read: what the socket does not take is read again
 * later.
 */
static ssize_t
transfer_copy(const struct transfer *transfer, size_t n)
{
	char buf[COPY_SIZE];
	ssize_t got = pread(transfer->from, buf, n < sizeof(buf) ? n : sizeof(buf),
			    (off_t)transfer->offset);

	return got > 0 ? send(transfer->to, buf, (size_t)got, MSG_NOSIGNAL | MSG_DONTWAIT) : got;
}

/* Up to n bytes; how many, 0 at the end of the file, or -1 with errno. */
static ssize_t
transfer_send(const struct transfer *transfer, size_t n)
{
	off_t offset = (off_t)transfer->offset;
	ssize_t sent = sendfile(transfer->to, transfer->from, &offset, n);

	return sent < 0 && (errno == EINVAL || errno == ENOSYS) ? transfer_copy(transfer, n) : sent;
}

static void
transfer_work(struct job *job)
{
	struct transfer *transfer = (struct transfer *)(void *)job;
	size_t turn = transfer->left < TRANSFER_TURN ? (size_t)transfer->left : TRANSFER_TURN;

	while (transfer->error == 0 && transfer->sent < turn) {
		ssize_t sent = transfer_send(transfer, turn - transfer->sent);

		if (sent > 0) {
			transfer->sent += (size_t)sent;
			transfer->offset += (uint64_t)sent;
			transfer->left -= (uint64_t)sent;
		} else if (sent == 0) {
			transfer->error = -ENODATA;
		} else if (errno != EINTR) {
			transfer->error = -errno; /* no event follows ENOBUFS or ENOMEM */
		}
	}
}

static void
transfer_done(struct job *job)
{
	struct transfer *transfer = (struct transfer *)(void *)job;

	if (job->dropped)
		transfer->error = -ECANCELED;
	transfer->moved(transfer);
}

int
transfer_post(struct threads *threads, struct transfer *transfer)
{
	transfer->job.work = transfer_work;
	transfer->job.done = transfer_done;
	transfer->sent = 0;
	transfer->error = 0;
	return threads_post(threads, &transfer->job);
}
