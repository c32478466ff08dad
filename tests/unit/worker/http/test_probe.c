/*
 * Routes in quarantine, as two workers see them: which request is 503, and which is the probe.
 */
#include <unistd.h>

#include "http/probe.h"
#include "tests/unit/suite.h"

#define SECOND 1000000000ull
#define NOW (1000 * SECOND)
#define ROUTES 3

static struct quarantine_board master;
static struct probes one, two;
static unsigned retry_s;

static void
setup(void)
{
	int fd = quarantine_create(ROUTES);

	ck_assert_int_eq(quarantine_map(&master, fd, ROUTES, true), 0);
	ck_assert_int_eq(quarantine_map(&one.board, fd, ROUTES, false), 0);
	ck_assert_int_eq(quarantine_map(&two.board, fd, ROUTES, false), 0);
	one.me = 1;
	two.me = 9;
	close(fd);
}

static void
teardown(void)
{
	quarantine_unmap(&master);
	quarantine_unmap(&one.board);
	quarantine_unmap(&two.board);
}

START_TEST(only_routes_in_quarantine_are_a_concern)
{
	struct probes none = {0};

	slot_set(master.words[1].state, QUARANTINE_SHUT);
	ck_assert(!probe_concerns(&one, 0));
	ck_assert(probe_concerns(&one, 1));
	ck_assert(!probe_concerns(&none, 1));
}
END_TEST

START_TEST(while_it_is_shut_clients_are_told_when_to_come_again)
{
	slot_set(master.words[1].state, QUARANTINE_SHUT);
	slot_set(master.words[1].until_ns, NOW + 30 * SECOND);
	ck_assert(!probe_begin(&one, 1, NOW, &retry_s));
	ck_assert_uint_eq(retry_s, 30);
	ck_assert(!probe_begin(&one, 1, NOW + 1, &retry_s));
	ck_assert_uint_eq(retry_s, 30);
	ck_assert(!probe_begin(&one, 1, NOW + 29 * SECOND + 1, &retry_s));
	ck_assert_uint_eq(retry_s, 1);
	ck_assert(!probe_begin(&one, 1, NOW + 31 * SECOND, &retry_s)); /* the master is late */
	ck_assert_uint_eq(retry_s, 1);
	ck_assert_uint_eq(slot_get(master.tickets[1]), QUARANTINE_TICKET_FREE);
}
END_TEST

START_TEST(one_request_of_all_workers_is_the_probe)
{
	slot_set(master.words[1].state, QUARANTINE_PROBE);
	ck_assert(probe_begin(&two, 1, NOW, &retry_s));
	ck_assert_uint_eq(slot_get(master.tickets[1]), 9);
	ck_assert(!probe_begin(&one, 1, NOW, &retry_s));
	ck_assert_uint_eq(retry_s, 5);
	ck_assert(!probe_begin(&two, 1, NOW, &retry_s));
	probe_end(&two, 1, true);
	ck_assert_uint_eq(slot_get(master.tickets[1]), QUARANTINE_TICKET_PASSED);
	ck_assert(!probe_begin(&one, 1, NOW, &retry_s)); /* until the master has seen it */
}
END_TEST

START_TEST(a_probe_that_was_none_is_given_back)
{
	slot_set(master.words[1].state, QUARANTINE_PROBE);
	ck_assert(probe_begin(&one, 1, NOW, &retry_s));
	probe_end(&one, 1, false);
	ck_assert(probe_begin(&two, 1, NOW, &retry_s));
}
END_TEST

START_TEST(a_late_end_takes_nobody_elses_ticket)
{
	slot_set(master.words[1].state, QUARANTINE_PROBE);
	ck_assert(probe_begin(&one, 1, NOW, &retry_s));
	slot_set(master.tickets[1], QUARANTINE_TICKET_FREE); /* it took too long */
	ck_assert(probe_begin(&two, 1, NOW, &retry_s));
	probe_end(&one, 1, true);
	ck_assert_uint_eq(slot_get(master.tickets[1]), 9);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, only_routes_in_quarantine_are_a_concern);
	tcase_add_test(tcase, while_it_is_shut_clients_are_told_when_to_come_again);
	tcase_add_test(tcase, one_request_of_all_workers_is_the_probe);
	tcase_add_test(tcase, a_probe_that_was_none_is_given_back);
	tcase_add_test(tcase, a_late_end_takes_nobody_elses_ticket);
}

int
main(void)
{
	return suite_run("http/probe", add);
}
