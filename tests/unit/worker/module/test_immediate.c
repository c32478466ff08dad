/*
 * Immediates and ticks: in which order they run, among themselves, the events of sockets and timers.
 */
#include "tests/unit/worker/module/timers.h"

static void
mixed(void)
{
	note_timeout("d", 1);
	note_immediate("b");
	note_tick("a");
	note_immediate("c");
	burn(3);
}

START_TEST(immediates_run_after_the_events_of_their_turn_and_before_its_timers)
{
	turn(mixed, 4);
	ck_assert_str_eq(ran, "|abcd");
}
END_TEST

static void
immediate_again(void *arg)
{
	note_arg(arg);
	note_immediate("b");
	note_tick("t");
}

static void
immediate_in_immediate(void)
{
	eddy_set_immediate(immediate_again, LETTER("a"));
	note_immediate("c");
	note_timeout("d", 1);
	burn(3);
}

START_TEST(an_immediate_set_by_an_immediate_runs_in_the_next_turn)
{
	turn(immediate_in_immediate, 5);
	ck_assert_str_eq(ran, "|atcd|b");
}
END_TEST

static void
immediate_of_timer(void)
{
	eddy_set_timeout(immediate_again, 1, LETTER("a"));
	note_timeout("c", 2);
	burn(4);
}

START_TEST(an_immediate_set_by_a_timer_runs_after_the_events_of_the_next_turn)
{
	turn(immediate_of_timer, 4);
	ck_assert_str_eq(ran, "|atc|b");
}
END_TEST

static void
clear_next_immediate(void *arg)
{
	note_arg(arg);
	eddy_clear_immediate(victim);
}

static void
clearing_immediates(void)
{
	eddy_set_immediate(clear_next_immediate, LETTER("a"));
	victim = eddy_set_immediate(note_arg, LETTER("x"));
	note_immediate("b");
}

START_TEST(an_immediate_cleared_by_an_earlier_one_does_not_run)
{
	turn(clearing_immediates, 2);
	ck_assert_str_eq(ran, "|ab");
	ck_assert_uint_eq(worker.timers.count, 0);
}
END_TEST

static void
clear_last_immediate(void)
{
	note_immediate("a");
	eddy_clear_immediate(eddy_set_immediate(note_arg, LETTER("x")));
	note_immediate("b");
}

START_TEST(the_last_immediate_may_be_cleared_and_another_set)
{
	turn(clear_last_immediate, 2);
	ck_assert_str_eq(ran, "|ab");
}
END_TEST

static void
ticking(void *arg)
{
	note_arg(arg);
	note_tick("t");
}

static void
ticks_between(void)
{
	eddy_set_immediate(ticking, LETTER("a"));
	eddy_set_immediate(ticking, LETTER("b"));
	eddy_set_timeout(ticking, 1, LETTER("c"));
	eddy_set_timeout(ticking, 1, LETTER("d"));
	burn(3);
}

START_TEST(ticks_run_after_each_callback_before_the_next)
{
	turn(ticks_between, 8);
	ck_assert_str_eq(ran, "|atbtctdt");
}
END_TEST

static void
tick_in_tick(void *arg)
{
	note_arg(arg);
	note_tick("c");
}

static void
ticks(void)
{
	note_immediate("d");
	eddy_next_tick(tick_in_tick, LETTER("a"));
	note_tick("b");
}

START_TEST(ticks_of_ticks_run_before_anything_else)
{
	turn(ticks, 4);
	ck_assert_str_eq(ran, "|abcd");
}
END_TEST

/* What runs is charged to the module that set it. */
static void
note_module(void *arg)
{
	(void)arg;
	note(worker.calls.running == &module ? 'm' : 'x');
}

static void
modules(void)
{
	eddy_set_timeout(note_module, 1, NULL);
	eddy_set_immediate(note_module, NULL);
	eddy_next_tick(note_module, NULL);
}

START_TEST(a_callback_is_charged_to_the_module_that_has_set_it)
{
	turn(modules, 3);
	ck_assert_int_eq(ran[1], 'm');
	ck_assert_ptr_null(strchr(ran, 'x'));
}
END_TEST

static void
immediate_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, immediates_run_after_the_events_of_their_turn_and_before_its_timers);
	tcase_add_test(tcase, an_immediate_set_by_an_immediate_runs_in_the_next_turn);
	tcase_add_test(tcase, an_immediate_set_by_a_timer_runs_after_the_events_of_the_next_turn);
	tcase_add_test(tcase, an_immediate_cleared_by_an_earlier_one_does_not_run);
	tcase_add_test(tcase, the_last_immediate_may_be_cleared_and_another_set);
	tcase_add_test(tcase, ticks_run_after_each_callback_before_the_next);
	tcase_add_test(tcase, ticks_of_ticks_run_before_anything_else);
	tcase_add_test(tcase, a_callback_is_charged_to_the_module_that_has_set_it);
}

int
main(void)
{
	return suite_run("immediate", immediate_tests);
}
