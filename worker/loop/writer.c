/*
 * The ring and the thread that empties it; see writer.h.
 *
 * `head` is moved by the putting thread, `tail` by the writing one, both only by whole lines, so
 * that what lies between them can always be written. The writing thread says in `mood` what it
 * sleeps for: a system call to wake it is made for the first line after a silence, and when the
 * ring fills faster than it looks. Under load it wakes by itself, and putting costs no system call.
 */
#include "loop/writer.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "loop/clock.h"

#define RETRY_MS 100	  /* between two tries at a file that fails */
#define JOIN_SLACK_MS 200 /* for the thread to see that its time is over */
#define WAKE_PART 4	  /* 1 / this of the ring is used: not a time to gather any more */
#define NS_PER_MS 1000000ull

enum mood {
	MOOD_AWAKE,
	MOOD_IDLE,	/* the ring is empty: any line wakes */
	MOOD_GATHERING, /* lines may come together: only a ring that fills wakes */
};

struct writer {
	/* set once */
	char *ring;
	size_t size;
	writer_sink *sink;
	pthread_t thread;
	bool started;

	/* the putting thread's */
	_Alignas(64) _Atomic uint64_t head; /* bytes put */
	uint64_t tail_seen;

	/* the writing thread's */
	_Alignas(64) _Atomic uint64_t tail; /* bytes written */
	_Atomic int error;
	char *line; /* for a sink: one that runs over the ring's end, in one piece */
	int fd;
	bool is_file, is_socket;
	bool torn; /* the file ends in the middle of a line */
	_Atomic uint32_t reopened;

	/* from one to the other */
	_Alignas(64) _Atomic uint32_t mood; /* a futex */
	_Atomic int next_fd;
	_Atomic uint32_t
		reopens; /* counted after next_fd has been set: who sees it sees the file */
	_Atomic uint64_t stop_ns; /* CLOCK_MONOTONIC; 0: go on */
};

/* The ring ------------------------------------------------------------------------ */

static char *
ring_at(const struct writer *writer, uint64_t at)
{
	return writer->ring + (at & (writer->size - 1));
}

/* The n bytes from `at` on, as one part or two; how many. */
static int
ring_parts(const struct writer *writer, uint64_t at, size_t n, struct iovec parts[2])
{
	size_t first = writer->size - (size_t)(at & (writer->size - 1));

	if (first > n)
		first = n;
	parts[0] = (struct iovec){ring_at(writer, at), first};
	parts[1] = (struct iovec){writer->ring, n - first};
	return first < n ? 2 : 1;
}

/* How many of the first n bytes from `at` on are whole lines. */
static size_t
ring_lines(const struct writer *writer, uint64_t at, size_t n)
{
	struct iovec parts[2];

	for (int i = ring_parts(writer, at, n, parts) - 1; i >= 0; i--) {
		const char *end = memrchr(parts[i].iov_base, '\n', parts[i].iov_len);

		if (end != NULL)
			return (size_t)(end - (char *)parts[i].iov_base) + 1 +
			       (i == 1 ? parts[0].iov_len : 0);
	}
	return 0;
}

/* The length of the first line from `at` on, its end included; there is one. */
static size_t
ring_line(const struct writer *writer, uint64_t at, size_t n)
{
	struct iovec parts[2];
	int nparts = ring_parts(writer, at, n, parts);
	const char *end = memchr(parts[0].iov_base, '\n', parts[0].iov_len);

	if (end != NULL)
		return (size_t)(end - (char *)parts[0].iov_base) + 1;
	if (nparts == 2)
		end = memchr(parts[1].iov_base, '\n', parts[1].iov_len);
	return end != NULL ? parts[0].iov_len + (size_t)(end - (char *)parts[1].iov_base) + 1 : n;
}

/* Sleeping and waking ------------------------------------------------------------- */

static void
wake(struct writer *writer)
{
	atomic_store(&writer->mood, MOOD_AWAKE);
	syscall(SYS_futex, &writer->mood, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static bool
is_asked(struct writer *writer)
{
	return atomic_load(&writer->reopens) != atomic_load(&writer->reopened) ||
	       atomic_load(&writer->stop_ns) != 0;
}

static size_t
ring_used(struct writer *writer)
{
	return (size_t)(atomic_load(&writer->head) -
			atomic_load_explicit(&writer->tail, memory_order_relaxed));
}

/*
 * Sleeps as the mood says, for `ms` at most (0: for ever). What would wake is looked at again after
 * the mood has been said: a line put just before it is not slept over.
 */
static void
sleep_in(struct writer *writer, enum mood mood, unsigned ms)
{
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	size_t enough = mood == MOOD_IDLE ? 1 : writer->size / WAKE_PART;

	atomic_store(&writer->mood, mood);
	if (!is_asked(writer) && ring_used(writer) < enough)
		syscall(SYS_futex, &writer->mood, FUTEX_WAIT_PRIVATE, mood, ms > 0 ? &time : NULL,
			NULL, 0);
	atomic_store(&writer->mood, MOOD_AWAKE);
}

/* Until the file may take something again, or a while has passed. */
static void
sleep_blocked(const struct writer *writer)
{
	struct pollfd pfd = {.fd = writer->fd, .events = POLLOUT};

	/* a regular file is always ready, and an end of a pipe that has no reader too */
	if (writer->sink == NULL && !writer->is_file &&
	    atomic_load_explicit(&writer->error, memory_order_relaxed) == EAGAIN)
		poll(&pfd, 1, RETRY_MS);
	else
		poll(NULL, 0, RETRY_MS);
}

/* Writing ------------------------------------------------------------------------- */

static void
file_take(struct writer *writer, int fd)
{
	struct stat st;

	if (writer->fd >= 0)
		close(writer->fd);
	writer->fd = fd;
	writer->is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	writer->is_socket = !writer->is_file && S_ISSOCK(st.st_mode);
}

/*
 * One write of these parts. The file may be in blocking mode, because it is shared with others
 * (stderr): then a pipe that has said that it has room takes PIPE_BUF bytes without waiting.
 */
static ssize_t
file_write(const struct writer *writer, const struct iovec *parts, int n)
{
	struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts,
				 .msg_iovlen = (size_t)n};
	struct pollfd pfd = {.fd = writer->fd, .events = POLLOUT};
	ssize_t written;

	if (writer->is_socket) {
		written = sendmsg(writer->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	} else if (!writer->is_file && poll(&pfd, 1, 0) == 0) {
		return -EAGAIN;
	} else {
		written = writev(writer->fd, parts, n);
	}
	return written >= 0 ? written : -errno;
}

/*
 * Writes whole lines of the n bytes at the tail, to a pipe or terminal so many that they are taken
 * whole or not at all. Where a disk runs full in the middle of a line, that line is written again
 * on a new one later: others may have appended in between. How many bytes are done, or -errno.
 */
static ssize_t
batch_write(struct writer *writer, uint64_t tail, size_t n)
{
	struct iovec parts[3] = {{(char *)(uintptr_t) "\n", 1}};
	ssize_t written;
	size_t got, done;
	int nparts;

	if (!writer->is_file && n > PIPE_BUF - 1) {
		size_t lines = ring_lines(writer, tail, PIPE_BUF - 1);

		n = lines > 0 ? lines : ring_line(writer, tail, n);
	}
	nparts = ring_parts(writer, tail, n, parts + 1);
	written = writer->torn ? file_write(writer, parts, nparts + 1)
			       : file_write(writer, parts + 1, nparts);
	if (written <= 0)
		return written == 0 ? -EAGAIN : written;
	got = (size_t)written - (writer->torn ? 1 : 0);
	done = got < n ? ring_lines(writer, tail, got) : n;
	writer->torn = done < got;
	return done > 0 ? (ssize_t)done : -EAGAIN;
}

/* Gives one line to the sink. As batch_write. */
static ssize_t
line_sink(struct writer *writer, uint64_t tail, size_t n)
{
	size_t len = ring_line(writer, tail, n);
	struct iovec parts[2];
	const char *line = ring_at(writer, tail);
	int error;

	if (ring_parts(writer, tail, len, parts) == 2) {
		memcpy(mempcpy(writer->line, parts[0].iov_base, parts[0].iov_len),
		       parts[1].iov_base, parts[1].iov_len);
		line = writer->line;
	}
	error = writer->sink(line, len - 1);
	return error != 0 ? error : (ssize_t)len;
}

/* Writes until the ring is empty or the file takes no more. False: lines are left. */
static bool
ring_write(struct writer *writer)
{
	uint64_t tail = atomic_load_explicit(&writer->tail, memory_order_relaxed);
	ssize_t done = 0;
	size_t n;

	while ((n = ring_used(writer)) > 0) {
		done = writer->sink != NULL ? line_sink(writer, tail, n)
					    : batch_write(writer, tail, n);
		if (done == -EINTR)
			continue;
		if (done < 0)
			break;
		tail += (uint64_t)done;
		atomic_store_explicit(&writer->tail, tail, memory_order_release);
		if (is_asked(writer))
			break; /* the time may be over, the file another */
	}
	atomic_store_explicit(&writer->error, done < 0 ? (int)-done : 0, memory_order_relaxed);
	return ring_used(writer) == 0;
}

/* A file that was replaced before it came to be used is not written to either. */
static void
file_take_next(struct writer *writer)
{
	uint32_t reopens = atomic_load(&writer->reopens);
	int fd = atomic_exchange(&writer->next_fd, -1);

	if (fd >= 0)
		file_take(writer, fd);
	atomic_store(&writer->reopened, reopens);
}

static void *
writer_run(void *arg)
{
	struct writer *writer = arg;
	uint64_t stop_ns;
	bool empty, wrote;

	for (;;) {
		file_take_next(writer);
		wrote = ring_used(writer) > 0;
		empty = ring_write(writer);
		stop_ns = atomic_load(&writer->stop_ns);
		if (stop_ns != 0 && (empty || clock_now_ns() >= stop_ns))
			return NULL;
		if (!empty && atomic_load_explicit(&writer->error, memory_order_relaxed) != 0)
			sleep_blocked(writer);
		else if (empty)
			sleep_in(writer, wrote ? MOOD_GATHERING : MOOD_IDLE,
				 wrote ? WRITER_GATHER_MS : 0);
	}
}

/* The putting side ---------------------------------------------------------------- */

struct writer *
writer_new(size_t size, int fd, writer_sink *sink)
{
	struct writer *writer = aligned_alloc(64, sizeof(*writer));

	if (writer == NULL)
		return NULL;
	*writer = (struct writer){.size = size, .sink = sink, .fd = -1};
	atomic_store(&writer->next_fd, -1);
	writer->ring = malloc(size);
	writer->line = sink != NULL ? malloc(WRITER_LINE_MAX) : NULL;
	if (writer->ring == NULL || (sink != NULL && writer->line == NULL)) {
		free(writer->line);
		free(writer->ring);
		free(writer);
		return NULL;
	}
	if (fd >= 0)
		file_take(writer, fd);
	return writer;
}

int
writer_start(struct writer *writer)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&writer->thread, NULL, writer_run, writer);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error != 0)
		return -error;
	writer->started = true;
	pthread_setname_np(writer->thread, "eddy-log");
	return 0;
}

bool
writer_put(struct writer *writer, const char *line, size_t n)
{
	uint64_t head = atomic_load_explicit(&writer->head, memory_order_relaxed);
	struct iovec parts[2];
	uint32_t mood;

	if (head + n - writer->tail_seen >
	    writer->size / WAKE_PART) { /* look again, and not each time */
		writer->tail_seen = atomic_load_explicit(&writer->tail, memory_order_acquire);
		if (head + n - writer->tail_seen > writer->size)
			return false;
	}
	ring_parts(writer, head, n, parts);
	memcpy(parts[0].iov_base, line, parts[0].iov_len);
	memcpy(parts[1].iov_base, line + parts[0].iov_len, parts[1].iov_len);
	atomic_store(&writer->head, head + n);
	mood = atomic_load(&writer->mood);
	if (mood == MOOD_IDLE ||
	    (mood == MOOD_GATHERING && head + n - writer->tail_seen >= writer->size / WAKE_PART))
		wake(writer);
	return true;
}

void
writer_reopen(struct writer *writer, int fd)
{
	int unused = atomic_exchange(&writer->next_fd, fd);

	if (unused >= 0)
		close(unused);
	atomic_fetch_add(&writer->reopens, 1);
	wake(writer);
}

uint32_t
writer_reopened(const struct writer *writer)
{
	return atomic_load(&writer->reopened);
}

int
writer_error(const struct writer *writer)
{
	return atomic_load_explicit(&writer->error, memory_order_relaxed);
}

static uint64_t
ring_count(struct writer *writer)
{
	uint64_t at = atomic_load(&writer->tail), head = atomic_load(&writer->head), lines = 0;

	for (; at < head; at++)
		lines += *ring_at(writer, at) == '\n';
	return lines;
}

uint64_t
writer_free(struct writer *writer, unsigned ms)
{
	uint64_t stop_ns = clock_now_ns() + ms * NS_PER_MS, lines, join_ns;
	struct timespec until;
	int next;

	if (writer->started) {
		join_ns = stop_ns + JOIN_SLACK_MS * NS_PER_MS;
		until = (struct timespec){.tv_sec = (time_t)(join_ns / 1000000000),
					  .tv_nsec = (long)(join_ns % 1000000000)};
		atomic_store(&writer->stop_ns, stop_ns);
		wake(writer);
		if (pthread_clockjoin_np(writer->thread, NULL, CLOCK_MONOTONIC, &until) != 0)
			return ring_count(writer);
	}
	lines = ring_count(writer);
	next = atomic_load(&writer->next_fd);
	if (next >= 0)
		close(next);
	if (writer->fd >= 0)
		close(writer->fd);
	free(writer->line);
	free(writer->ring);
	free(writer);
	return lines;
}
