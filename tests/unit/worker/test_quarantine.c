/*
 * The memory of a quarantine: what a worker may write of it, the kernel says.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker/contract.h"
#include "tests/unit/suite.h"

#define ROUTES 300 /* more than one page of words */

static struct quarantine_board master, worker;
static int fd;

static void
setup(void)
{
	fd = quarantine_create(ROUTES);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(quarantine_map(&master, fd, ROUTES, true), 0);
	ck_assert_int_eq(quarantine_map(&worker, fd, ROUTES, false), 0);
}

static void
teardown(void)
{
	quarantine_unmap(&master);
	quarantine_unmap(&worker);
	close(fd);
}

START_TEST(a_new_one_has_no_route_in_quarantine)
{
	for (size_t i = 0; i < ROUTES; i++) {
		ck_assert_uint_eq(slot_get(worker.words[i].state), QUARANTINE_NONE);
		ck_assert_uint_eq(slot_get(worker.tickets[i]), QUARANTINE_TICKET_FREE);
	}
}
END_TEST

START_TEST(workers_see_what_the_master_writes_and_it_their_tickets)
{
	slot_set(master.words[ROUTES - 1].state, QUARANTINE_PROBE);
	ck_assert_uint_eq(slot_get(worker.words[ROUTES - 1].state), QUARANTINE_PROBE);
	slot_set(worker.tickets[ROUTES - 1], 7);
	ck_assert_uint_eq(slot_get(master.tickets[ROUTES - 1]), 7);
	ck_assert_uint_eq(slot_get(master.words[0].state), QUARANTINE_NONE);
}
END_TEST

START_TEST(a_worker_cannot_write_a_word)
{
	const size_t at[] = {0, ROUTES - 1};

	for (size_t i = 0; i < 2; i++) {
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			signal(SIGSEGV, SIG_DFL);
			slot_set(worker.words[at[i]].state, QUARANTINE_SHUT);
			_exit(0);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	}
}
END_TEST

START_TEST(one_that_is_too_short_is_refused)
{
	struct quarantine_board board;

	ck_assert_int_eq(quarantine_map(&board, fd, 100 * ROUTES, false), -EPROTO);
	ck_assert_ptr_null(board.words);
	quarantine_unmap(&board);
}
END_TEST

START_TEST(nobody_can_cut_it_off)
{
	ck_assert_int_eq(ftruncate(fd, 0), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

START_TEST(one_of_no_routes_is_nothing)
{
	struct quarantine_board board;
	int none = quarantine_create(0);

	ck_assert_int_ge(none, 0);
	ck_assert_int_eq(quarantine_map(&board, none, 0, true), 0);
	ck_assert_ptr_null(board.words);
	quarantine_unmap(&board);
	close(none);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_new_one_has_no_route_in_quarantine);
	tcase_add_test(tcase, workers_see_what_the_master_writes_and_it_their_tickets);
	tcase_add_test(tcase, a_worker_cannot_write_a_word);
	tcase_add_test(tcase, one_that_is_too_short_is_refused);
	tcase_add_test(tcase, nobody_can_cut_it_off);
	tcase_add_test(tcase, one_of_no_routes_is_nothing);
}

int
main(void)
{
	return suite_run("worker/quarantine", add);
}
