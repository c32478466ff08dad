/*
 * The scoreboard: who may write where is the kernel's to say, and what a dead worker has done stays
 * counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/contract.h"
#include "tests/unit/suite.h"

#define SLOTS 5

static struct scoreboard board;
static int fd;

static void
board_open(void)
{
	fd = scoreboard_create(SLOTS);
	ck_assert_int_ge(fd, 0);
}

static void
board_close(void)
{
	scoreboard_unmap(&board);
	close(fd);
}

/* Writes one byte in a process of its own; the signal that this ends it with, 0 for none. */
static int
signal_of_writing(size_t slot)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		slot_set(scoreboard_slot(&board, slot)->idle, 1);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

START_TEST(new_scoreboard_is_zero)
{
	static const char zero[SLOT_SIZE];

	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, SCOREBOARD_NONE), 0);
	for (size_t i = 0; i < SLOTS; i++)
		ck_assert_mem_eq(scoreboard_slot(&board, i), zero, SLOT_SIZE);
	ck_assert_uint_eq(SLOT_FREE, 0);
	ck_assert_uint_eq(slot_get(scoreboard_head(&board)->used), 0);
}
END_TEST

START_TEST(fd_is_closed_on_exec_and_sealed_in_size)
{
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(ftruncate(fd, SLOT_SIZE), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(ftruncate(fd, 100 * SLOT_SIZE), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
}
END_TEST

START_TEST(worker_writes_its_own_slot_only)
{
	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, 2), 0);
	ck_assert_int_eq(signal_of_writing(2), 0);
	for (size_t i = 0; i < SLOTS; i++)
		if (i != 2)
			ck_assert_int_eq(signal_of_writing(i), SIGSEGV);
}
END_TEST

START_TEST(first_and_last_slot_are_no_exception)
{
	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, 0), 0);
	ck_assert_int_eq(signal_of_writing(0), 0);
	ck_assert_int_eq(signal_of_writing(1), SIGSEGV);
	scoreboard_unmap(&board);
	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, SLOTS - 1), 0);
	ck_assert_int_eq(signal_of_writing(SLOTS - 1), 0);
	ck_assert_int_eq(signal_of_writing(SLOTS - 2), SIGSEGV);
}
END_TEST

START_TEST(master_writes_all_and_a_reader_none)
{
	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, SCOREBOARD_ALL), 0);
	ck_assert_int_eq(signal_of_writing(0), 0);
	ck_assert_int_eq(signal_of_writing(SLOTS - 1), 0);
	scoreboard_unmap(&board);
	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, SCOREBOARD_NONE), 0);
	ck_assert_int_eq(signal_of_writing(0), SIGSEGV);
}
END_TEST

START_TEST(what_one_maps_another_sees)
{
	struct scoreboard worker;

	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, SCOREBOARD_ALL), 0);
	ck_assert_int_eq(scoreboard_map(&worker, fd, SLOTS, 3), 0);
	slot_set(scoreboard_slot(&board, 3)->pid, 42);
	ck_assert_uint_eq(slot_get(scoreboard_slot(&worker, 3)->pid), 42);
	slot_add(scoreboard_slot(&worker, 3)->counters.requests, 2);
	slot_add(scoreboard_slot(&worker, 3)->counters.requests, 3);
	ck_assert_uint_eq(slot_get(scoreboard_slot(&board, 3)->counters.requests), 5);
	ck_assert_uint_eq(slot_get(scoreboard_slot(&board, 2)->counters.requests), 0);
	scoreboard_unmap(&worker);
}
END_TEST

START_TEST(mapping_more_than_there_is_fails)
{
	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS + 1, 0), -EPROTO);
	ck_assert_ptr_null(board.pages);
	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, SLOTS), -EINVAL);
	ck_assert_int_eq(scoreboard_map(&board, fd, 0, SCOREBOARD_ALL), -EINVAL);
	ck_assert_int_eq(scoreboard_map(&board, -1, SLOTS, 0), -EBADF);
	scoreboard_unmap(&board); /* is fine on what was never mapped */
}
END_TEST

START_TEST(silly_sizes_are_refused)
{
	ck_assert_int_eq(scoreboard_create(0), -EINVAL);
	ck_assert_int_eq(scoreboard_create(SIZE_MAX / SLOT_SIZE), -EINVAL);
}
END_TEST

START_TEST(fold_adds_every_counter)
{
	struct slot_counters totals;
	_Atomic uint64_t *counters, *sums = (void *)&totals;
	struct slot *slot;

	memset((void *)&totals, 0, sizeof(totals));
	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, SCOREBOARD_ALL), 0);
	slot = scoreboard_slot(&board, 1);
	counters = (void *)&slot->counters;
	for (size_t i = 0; i < SLOT_COUNTERS; i++)
		slot_set(counters[i], 1000 + i);
	slot_set(slot->connections, 7); /* of now: dies with the worker */
	slot_fold(&totals, slot);
	slot_fold(&totals, slot);
	for (size_t i = 0; i < SLOT_COUNTERS; i++)
		ck_assert_uint_eq(slot_get(sums[i]), 2 * (1000 + i));
	ck_assert_uint_eq(slot_get(totals.accepted), 2000);
	ck_assert_uint_eq(slot_get(totals.lag[SLOT_LAG_BUCKETS - 1]),
			  2 * (1000 + SLOT_COUNTERS - 1));
	ck_assert_uint_eq(slot_get(slot->counters.accepted), 1000);
}
END_TEST

static uint64_t
highest(void)
{
	struct slot_dead totals;

	scoreboard_total(&board, &totals);
	return slot_get(totals.lag_highest_us);
}

START_TEST(the_latest_tick_of_a_worker_that_is_gone_stays_the_latest)
{
	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, SCOREBOARD_ALL), 0);
	slot_set(scoreboard_head(&board)->used, 2);
	slot_set(scoreboard_slot(&board, 0)->lag_highest_us, 700);
	slot_set(scoreboard_slot(&board, 1)->lag_highest_us, 500);
	ck_assert_uint_eq(highest(), 700);
	scoreboard_fold(&board, 0);
	ck_assert_uint_eq(highest(), 700);
	scoreboard_fold(&board, 1);
	ck_assert_uint_eq(highest(), 700);
}
END_TEST

#define DEATHS 20000
#define EACH 10 /* requests of a worker */

/* The master: a worker comes to slot 1, serves, and dies, again and again. */
static void *
many_die(void *arg)
{
	struct slot *slot = scoreboard_slot(&board, 1);

	for (int i = 0; i < DEATHS; i++) {
		slot_set(slot->counters.requests, EACH);
		scoreboard_fold(&board, 1);
	}
	return arg;
}

START_TEST(totals_never_go_back_while_workers_die)
{
	uint64_t before = 0, now = 0;
	struct slot_dead totals;
	struct scoreboard worker;
	pthread_t master;

	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, SCOREBOARD_ALL), 0);
	ck_assert_int_eq(scoreboard_map(&worker, fd, SLOTS, 0), 0);
	slot_set(scoreboard_head(&board)->used, 2);
	slot_set(scoreboard_slot(&board, 0)->counters.requests, 5);
	ck_assert_int_eq(pthread_create(&master, NULL, many_die, NULL), 0);
	while (now < (uint64_t)DEATHS * EACH + 5) {
		scoreboard_total(&worker, &totals);
		now = slot_get(totals.counters.requests);
		ck_assert_uint_ge(now, before);
		ck_assert_uint_le(now, (uint64_t)DEATHS * EACH + 5);
		before = now;
	}
	ck_assert_int_eq(pthread_join(master, NULL), 0);
	scoreboard_unmap(&worker);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, board_open, board_close);
	tcase_add_test(tcase, new_scoreboard_is_zero);
	tcase_add_test(tcase, fd_is_closed_on_exec_and_sealed_in_size);
	tcase_add_test(tcase, worker_writes_its_own_slot_only);
	tcase_add_test(tcase, first_and_last_slot_are_no_exception);
	tcase_add_test(tcase, master_writes_all_and_a_reader_none);
	tcase_add_test(tcase, what_one_maps_another_sees);
	tcase_add_test(tcase, mapping_more_than_there_is_fails);
	tcase_add_test(tcase, silly_sizes_are_refused);
	tcase_add_test(tcase, fold_adds_every_counter);
	tcase_add_test(tcase, the_latest_tick_of_a_worker_that_is_gone_stays_the_latest);
	tcase_add_test(tcase, totals_never_go_back_while_workers_die);
}

int
main(void)
{
	return suite_run("worker/scoreboard", tests_add);
}
