/*
 * A file on its way to a socket: which bytes, how many in a turn, and what stops it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../suite.h"
#include "loop/transfer.h"

#define FINI_MS 10000 /* only a broken pool takes so long */
#define FILE_SIZE (3 * TRANSFER_TURN)

static struct loop loop;
static struct threads threads;
static struct transfer transfer;
static int file, ends[2];
static unsigned moves;
static char content[FILE_SIZE], buf[FILE_SIZE];

static void
flush(void *arg)
{
	(void)arg;
}

static void
moved(struct transfer *which)
{
	ck_assert_ptr_eq(which, &transfer);
	moves++;
}

static void
set_up(void)
{
	for (size_t i = 0; i < FILE_SIZE; i++)
		content[i] = (char)(i * 31 + i / 251);
	file = memfd_create("file", MFD_CLOEXEC);
	ck_assert_int_eq(write(file, content, FILE_SIZE), FILE_SIZE);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	ck_assert_int_eq(loop_init(&loop, flush, NULL), 0);
	ck_assert_int_eq(threads_init(&threads, &loop, 1), 0);
	transfer = (struct transfer){.from = file, .to = ends[0], .moved = moved};
	moves = 0;
}

static void
tear_down(void)
{
	ck_assert_uint_eq(threads_fini(&threads, FINI_MS), 0);
	loop_fini(&loop);
	close(file);
	close(ends[0]);
	close(ends[1]);
}

/* One turn: what it says of its end. */
static int
turn(void)
{
	unsigned before = moves;

	ck_assert_int_eq(transfer_post(&threads, &transfer), 0);
	while (moves == before)
		event_base_loop(loop.base, EVLOOP_ONCE);
	ck_assert_uint_eq(moves, before + 1);
	return transfer.error;
}

/* Reads what has come, behind the n bytes of before; how many there are then. */
static size_t
take(size_t n)
{
	ssize_t got;

	while ((got = read(ends[1], buf + n, sizeof(buf) - n)) > 0)
		n += (size_t)got;
	return n;
}

/* Sends from `offset` on until it has come whole, however often that needs a turn. */
static void
send_all(uint64_t offset, uint64_t size)
{
	size_t n = 0;

	transfer.offset = offset;
	transfer.left = size;
	while (transfer.left > 0) {
		int error = turn();

		ck_assert_msg(error == 0 || error == -EAGAIN, "error %d", error);
		n = take(n);
	}
	ck_assert_uint_eq(n, size);
	ck_assert_int_eq(memcmp(buf, content + offset, n), 0);
	ck_assert_uint_eq(transfer.offset, offset + size);
}

START_TEST(a_piece_is_sent_with_its_bytes)
{
	send_all(1000, 5000);
	ck_assert_uint_eq(transfer.sent, 5000);
	ck_assert_uint_eq(moves, 1);
}
END_TEST

START_TEST(a_full_socket_ends_the_turn_and_the_next_goes_on_there)
{
	transfer.left = FILE_SIZE;
	ck_assert_int_eq(turn(), -EAGAIN);
	ck_assert_uint_gt(transfer.sent, 0);
	ck_assert_int_eq(turn(), -EAGAIN);
	ck_assert_uint_eq(transfer.sent, 0);
	take(0);
	send_all(0, FILE_SIZE);
	ck_assert_uint_gt(moves, 3);
}
END_TEST

START_TEST(a_turn_has_an_end_though_there_is_room_for_all)
{
	transfer.to = open("/dev/null", O_WRONLY | O_CLOEXEC);
	transfer.left = FILE_SIZE;
	ck_assert_int_eq(turn(), 0);
	ck_assert_uint_eq(transfer.sent, TRANSFER_TURN);
	ck_assert_uint_eq(transfer.left, FILE_SIZE - TRANSFER_TURN);
	close(transfer.to);
}
END_TEST

START_TEST(a_file_that_ends_before_is_an_error_behind_what_there_was)
{
	transfer.offset = FILE_SIZE - 100;
	transfer.left = 200;
	ck_assert_int_eq(turn(), -ENODATA);
	ck_assert_uint_eq(transfer.sent, 100);
	ck_assert_uint_eq(transfer.left, 100);
	ck_assert_uint_eq(take(0), 100);
}
END_TEST

START_TEST(a_peer_that_is_gone_is_an_error_and_no_signal)
{
	shutdown(ends[1], SHUT_RDWR);
	transfer.left = 100;
	ck_assert_int_eq(turn(), -EPIPE);
	ck_assert_uint_eq(transfer.sent, 0);
}
END_TEST

START_TEST(what_is_not_open_is_an_error)
{
	transfer.from = -1;
	transfer.left = 100;
	ck_assert_int_eq(turn(), -EBADF);
}
END_TEST

/* sendfile(2) refuses a descriptor with O_APPEND as it refuses a file system that cannot splice. */
START_TEST(what_sendfile_refuses_is_copied)
{
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_APPEND | O_NONBLOCK), 0);
	ck_assert_int_lt(sendfile(ends[0], file, NULL, 1), 0);
	ck_assert_int_eq(errno, EINVAL);
	send_all(7, FILE_SIZE - 7);
	transfer.left = 1;
	ck_assert_int_eq(turn(), -ENODATA);
}
END_TEST

START_TEST(at_the_end_none_begins)
{
	ck_assert_uint_eq(threads_fini(&threads, FINI_MS), 0);
	ck_assert_int_eq(transfer_post(&threads, &transfer), -ECANCELED);
	ck_assert_int_eq(threads_init(&threads, &loop, 1), 0); /* for tear_down */
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_piece_is_sent_with_its_bytes);
	tcase_add_test(tcase, a_full_socket_ends_the_turn_and_the_next_goes_on_there);
	tcase_add_test(tcase, a_turn_has_an_end_though_there_is_room_for_all);
	tcase_add_test(tcase, a_file_that_ends_before_is_an_error_behind_what_there_was);
	tcase_add_test(tcase, a_peer_that_is_gone_is_an_error_and_no_signal);
	tcase_add_test(tcase, what_is_not_open_is_an_error);
	tcase_add_test(tcase, what_sendfile_refuses_is_copied);
	tcase_add_test(tcase, at_the_end_none_begins);
}

int
main(void)
{
	return suite_run("loop/transfer", tests_add);
}
