/*
 * The ring and its thread: every line arrives whole, once and in order, or is refused; nothing that
 * the file does holds the putting side up.
 */
#include "loop/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../suite.h"

#define RING 65536

static int
file_make(void)
{
	char path[] = "/tmp/eddy-test-writer-XXXXXX";
	int fd = mkostemp(path, O_APPEND | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	return fd;
}

static struct writer *
writer_make(int fd)
{
	struct writer *writer = writer_new(RING, dup(fd), NULL);

	ck_assert_ptr_nonnull(writer);
	ck_assert_int_eq(writer_start(writer), 0);
	return writer;
}

static char *
file_text(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = malloc((size_t)size + 1);

	ck_assert_int_eq(pread(fd, text, (size_t)size, 0), size);
	text[size] = '\0';
	return text;
}

static double
now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Line i: a number and so many letters that lines are of all lengths. */
static size_t
line_make(char *line, unsigned i)
{
	size_t n = (size_t)sprintf(line, "%u ", i), more = i * 7919 % 500;

	memset(line + n, 'a' + (int)(i % 26), more);
	line[n + more] = '\n';
	return n + more + 1;
}

static void
lines_check(const char *text, unsigned count)
{
	char line[1024];

	for (unsigned i = 0; i < count; i++) {
		size_t n = line_make(line, i);

		ck_assert_msg(strncmp(text, line, n) == 0, "line %u is \"%.40s\"", i, text);
		text += n;
	}
	ck_assert_str_eq(text, "");
}

/* Puts line i, waiting for room as the loop never would. */
static void
line_put(struct writer *writer, unsigned i)
{
	static const struct timespec moment = {.tv_nsec = 100000};
	char line[1024];
	size_t n = line_make(line, i);

	while (!writer_put(writer, line, n))
		nanosleep(&moment, NULL);
}

START_TEST(lines_arrive_without_more_being_put)
{
	int fd = file_make();
	struct writer *writer = writer_make(fd);
	double end = now_s() + 10;
	char *text;

	ck_assert(writer_put(writer, BYTES("one\n")));
	while (lseek(fd, 0, SEEK_END) < 4)
		ck_assert(now_s() < end);
	ck_assert(writer_put(writer, BYTES("two\n")));
	ck_assert_uint_eq(writer_free(writer, 1000), 0);
	text = file_text(fd);
	ck_assert_str_eq(text, "one\ntwo\n");
	free(text);
	close(fd);
}
END_TEST

/* 200,000 lines are some 700 times around the ring; run it under -fsanitize=thread, too. */
START_TEST(lines_keep_whole_and_in_order_around_the_ring)
{
	int fd = file_make();
	struct writer *writer = writer_make(fd);
	char *text;

	for (unsigned i = 0; i < 200000; i++)
		line_put(writer, i);
	ck_assert_uint_eq(writer_free(writer, 10000), 0);
	text = file_text(fd);
	lines_check(text, 200000);
	free(text);
	close(fd);
}
END_TEST

START_TEST(lines_as_long_as_they_may_be_arrive)
{
	int fd = file_make();
	struct writer *writer = writer_make(fd);
	static char line[WRITER_LINE_MAX];
	char *text;

	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	ck_assert(writer_put(writer, line, sizeof(line)));
	ck_assert_uint_eq(writer_free(writer, 10000), 0);
	text = file_text(fd);
	ck_assert_uint_eq(strlen(text), sizeof(line));
	free(text);
	close(fd);
}
END_TEST

START_TEST(lines_without_room_are_refused_and_the_others_are_kept)
{
	int ends[2], kept = 0;
	struct writer *writer;
	char line[128], *text = calloc(1, 1 << 20);
	size_t used = 0;
	ssize_t n;

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	writer = writer_make(ends[1]);
	while (writer_put(writer, line, (size_t)sprintf(line, "%099d\n", kept)))
		kept++;
	ck_assert_int_ge(kept, RING / 100);
	while (used < (size_t)kept * 100) {
		n = read(ends[0], text + used, (1 << 20) - used);
		if (n > 0)
			used += (size_t)n;
	}
	ck_assert_uint_eq(used, kept * 100);
	for (int i = 0; i < kept; i++)
		ck_assert_int_eq(atoi(text + (size_t)i * 100), i);
	ck_assert(writer_put(writer, BYTES("more\n")));
	ck_assert_uint_eq(writer_free(writer, 1000), 0);
	free(text);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(pipe_that_nobody_reads_does_not_hold_up_the_end)
{
	int ends[2];
	struct writer *writer;
	double begun;

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	ck_assert_int_gt(fcntl(ends[1], F_SETPIPE_SZ, 4096), 0);
	writer = writer_make(ends[1]);
	while (writer_put(writer, BYTES("0123456789\n")))
		;
	begun = now_s();
	ck_assert_uint_gt(writer_free(writer, 200), 0);
	ck_assert(now_s() - begun < 5);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(pipe_in_blocking_mode_does_not_hold_up_the_end)
{
	int ends[2];
	struct writer *writer;

	ck_assert_int_eq(pipe2(ends, 0), 0);
	ck_assert_int_gt(fcntl(ends[1], F_SETPIPE_SZ, 4096), 0);
	writer = writer_make(ends[1]);
	while (writer_put(writer, BYTES("0123456789\n")))
		;
	ck_assert_uint_gt(writer_free(writer, 200), 0);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

/* stderr under a service manager. */
START_TEST(socket_in_blocking_mode_does_not_hold_up_the_end)
{
	int ends[2];
	struct writer *writer;
	char text[8] = "";
	int small = 4096; /* less than the ring */

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
	writer = writer_make(ends[1]);
	ck_assert(writer_put(writer, BYTES("first\n")));
	ck_assert_int_eq(read(ends[0], text, sizeof(text) - 1), 6);
	ck_assert_str_eq(text, "first\n");
	while (writer_put(writer, BYTES("0123456789\n")))
		;
	ck_assert_uint_gt(writer_free(writer, 200), 0);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(broken_pipe_is_an_error_and_no_signal)
{
	int ends[2];
	struct writer *writer;
	double end = now_s() + 10;

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	close(ends[0]);
	writer = writer_make(ends[1]);
	ck_assert(writer_put(writer, BYTES("lost\n")));
	while (writer_error(writer) != EPIPE)
		ck_assert(now_s() < end);
	ck_assert_uint_eq(writer_free(writer, 100), 1);
	close(ends[1]);
}
END_TEST

START_TEST(lines_wait_for_a_full_disk)
{
	int full = open("/dev/full", O_WRONLY), fd = file_make();
	struct writer *writer = writer_make(full);
	double end = now_s() + 10;
	char *text;

	ck_assert(writer_put(writer, BYTES("one\n")));
	while (writer_error(writer) != ENOSPC)
		ck_assert(now_s() < end);
	ck_assert(writer_put(writer, BYTES("two\n")));
	writer_reopen(writer, dup(fd));
	ck_assert_uint_eq(writer_free(writer, 5000), 0);
	text = file_text(fd);
	ck_assert_str_eq(text, "one\ntwo\n");
	free(text);
	close(full);
	close(fd);
}
END_TEST

START_TEST(reopened_file_takes_over_and_no_line_is_lost)
{
	int first = file_make(), second = file_make();
	struct writer *writer = writer_make(first);
	char *before, *after, *text;

	for (unsigned i = 0; i < 20000; i++) {
		if (i == 10000)
			writer_reopen(writer, dup(second));
		line_put(writer, i);
	}
	ck_assert_uint_eq(writer_free(writer, 10000), 0);
	before = file_text(first);
	after = file_text(second);
	ck_assert_str_ne(after, "");
	ck_assert_int_gt(asprintf(&text, "%s%s", before, after), 0);
	lines_check(text, 20000);
	free(before);
	free(after);
	free(text);
	close(first);
	close(second);
}
END_TEST

/* Whoever has moved a file away waits for this before it is compressed. */
START_TEST(what_is_put_after_a_reopening_is_done_does_not_go_to_the_file_before)
{
	int first = file_make(), second = file_make();
	struct writer *writer = writer_make(first);
	double end = now_s() + 10;
	char *before, *after;
	off_t left;

	for (unsigned i = 0; i < 5000; i++)
		line_put(writer, i);
	ck_assert_uint_eq(writer_reopened(writer), 0);
	writer_reopen(writer, dup(first));
	writer_reopen(writer, dup(second));
	while (writer_reopened(writer) != 2)
		ck_assert(now_s() < end);
	left = lseek(first, 0, SEEK_END);
	for (unsigned i = 5000; i < 10000; i++)
		line_put(writer, i);
	ck_assert_uint_eq(writer_free(writer, 10000), 0);
	ck_assert_int_eq(lseek(first, 0, SEEK_END), left);
	before = file_text(first);
	after = file_text(second);
	ck_assert_uint_eq(strlen(before), (size_t)left);
	ck_assert_str_ne(after, "");
	free(before);
	free(after);
	close(first);
	close(second);
}
END_TEST

START_TEST(reopening_twice_at_once_closes_the_file_between)
{
	int fd = file_make(), unused[2];
	struct writer *writer = writer_new(RING, dup(fd), NULL);
	char byte;

	ck_assert_int_eq(pipe2(unused, O_NONBLOCK), 0);
	writer_reopen(writer, unused[1]); /* the thread has not started */
	writer_reopen(writer, dup(fd));
	ck_assert_int_eq(read(unused[0], &byte, 1), 0);
	ck_assert_uint_eq(writer_free(writer, 0), 0);
	close(unused[0]);
	close(fd);
}
END_TEST

static _Atomic unsigned sunk;
static _Atomic bool sink_fails;

static int
sink(const char *line, size_t n)
{
	char wanted[1024];

	if (sink_fails)
		return -EAGAIN;
	if (line_make(wanted, sunk) == n + 1 && memcmp(line, wanted, n) == 0)
		sunk++;
	return 0;
}

START_TEST(sink_gets_line_by_line_in_one_piece_each)
{
	struct writer *writer = writer_new(RING, -1, sink);

	ck_assert_int_eq(writer_start(writer), 0);
	for (unsigned i = 0; i < 5000; i++)
		line_put(writer, i);
	ck_assert_uint_eq(writer_free(writer, 10000), 0);
	ck_assert_uint_eq(sunk, 5000);
}
END_TEST

START_TEST(sink_that_fails_is_offered_the_line_again)
{
	struct writer *writer = writer_new(RING, -1, sink);
	double end = now_s() + 10;

	sink_fails = true;
	ck_assert_int_eq(writer_start(writer), 0);
	line_put(writer, 0);
	while (writer_error(writer) != EAGAIN)
		ck_assert(now_s() < end);
	sink_fails = false;
	ck_assert_uint_eq(writer_free(writer, 10000), 0);
	ck_assert_uint_eq(sunk, 1);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, lines_arrive_without_more_being_put);
	tcase_add_test(tcase, lines_keep_whole_and_in_order_around_the_ring);
	tcase_add_test(tcase, lines_as_long_as_they_may_be_arrive);
	tcase_add_test(tcase, lines_without_room_are_refused_and_the_others_are_kept);
	tcase_add_test(tcase, pipe_that_nobody_reads_does_not_hold_up_the_end);
	tcase_add_test(tcase, pipe_in_blocking_mode_does_not_hold_up_the_end);
	tcase_add_test(tcase, socket_in_blocking_mode_does_not_hold_up_the_end);
	tcase_add_test(tcase, broken_pipe_is_an_error_and_no_signal);
	tcase_add_test(tcase, lines_wait_for_a_full_disk);
	tcase_add_test(tcase, reopened_file_takes_over_and_no_line_is_lost);
	tcase_add_test(tcase, what_is_put_after_a_reopening_is_done_does_not_go_to_the_file_before);
	tcase_add_test(tcase, reopening_twice_at_once_closes_the_file_between);
	tcase_add_test(tcase, sink_gets_line_by_line_in_one_piece_each);
	tcase_add_test(tcase, sink_that_fails_is_offered_the_line_again);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN); /* as a worker does */
	return suite_run("worker/loop/writer", tests_add);
}
