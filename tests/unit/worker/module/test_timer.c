/*
 * Timeouts and intervals: when they run, in which order, and what ends or restarts them.
 */
#include "tests/unit/worker/module/timers.h"

/* Timeouts ------------------------------------------------------------------------ */

static void
equal_times(void)
{
	note_timeout("a", 1);
	note_timeout("b", 1);
	note_timeout("c", 0);
	burn(3);
}

START_TEST(timers_of_equal_time_run_in_the_order_they_were_set)
{
	turn(equal_times, 3);
	ck_assert_str_eq(ran, "|abc");
}
END_TEST

static void
different_times(void)
{
	note_timeout("e", 400);
	note_timeout("c", 20);
	note_timeout("d", 30);
	note_timeout("a", 1);
	note_timeout("b", 10);
	burn(403);
}

START_TEST(timers_of_different_times_run_in_the_order_they_are_due)
{
	turn(different_times, 5);
	ck_assert_str_eq(ran, "|abcde");
}
END_TEST

static void
due_between(void)
{
	note_timeout("b", 30);
	burn(20);
	note_timeout("c", 20);
	note_timeout("a", 5);
	burn(25);
}

START_TEST(a_short_one_set_later_runs_before_a_long_one_that_is_due_later)
{
	turn(due_between, 3);
	ck_assert_str_eq(ran, "|abc");
}
END_TEST

static uint64_t set_ns, fired_ns;

static void
note_time(void *arg)
{
	fired_ns = clock_ns;
	note_arg(arg);
}

static void
timed(void)
{
	clock_ns += 777777; /* the turn's own time is older than this */
	set_ns = clock_ns;
	eddy_set_timeout(note_time, 7, LETTER("a"));
}

START_TEST(no_timer_is_early_nor_late_by_more_than_one_millisecond)
{
	for (int i = 0; i < 20; i++) {
		ran[0] = '\0';
		turn(timed, 1);
		ck_assert_uint_ge(fired_ns - set_ns, 7 * MS);
	}
}
END_TEST

static void
one_far_away(void)
{
	note_timeout("b", 3600000);
}

static void
one_soon(void)
{
	note_timeout("a", 7);
	set_ns = clock_ns;
}

START_TEST(after_a_long_rest_the_loop_is_woken_once_when_it_is_time)
{
	io_then = one_far_away;
	event_base_loop(worker.loop.base, EVLOOP_ONCE);
	clock_ns += 600000 * MS;
	armed_ns = UINT64_MAX; /* that it would have woken on the way is another matter */
	worker.timers.armed_ms = WHEEL_NEVER;
	io_then = one_soon;
	event_base_loop(worker.loop.base, EVLOOP_ONCE);
	ck_assert_uint_ge(armed_ns - set_ns, 7 * MS);
	ck_assert_uint_le(armed_ns - set_ns, 8 * MS);
}
END_TEST

static void
set_another(void *arg)
{
	note_arg(arg);
	note_timeout("b", 0);
	burn(5);
}

static void
timer_in_timer(void)
{
	eddy_set_timeout(set_another, 1, LETTER("a"));
	eddy_set_timeout(note_arg, 2, LETTER("c"));
	burn(4);
}

START_TEST(a_timer_set_by_a_timer_runs_in_a_later_turn)
{
	turn(timer_in_timer, 3);
	ck_assert_str_eq(ran, "|ac|b");
}
END_TEST

static void
clear_victim(void *arg)
{
	note_arg(arg);
	eddy_clear_timeout(victim);
}

static void
clearing(void)
{
	eddy_set_timeout(clear_victim, 1, LETTER("a"));
	victim = eddy_set_timeout(note_arg, 1, LETTER("x"));
	note_timeout("b", 2);
	burn(4);
}

START_TEST(a_timer_cleared_by_an_earlier_one_of_its_turn_does_not_run)
{
	turn(clearing, 2);
	ck_assert_str_eq(ran, "|ab");
}
END_TEST

static void
clear_tick(void *arg)
{
	eddy_clear_timeout(arg);
}

static void
tick_clears(void *arg)
{
	note_arg(arg);
	eddy_next_tick(clear_tick, victim);
}

static void
clearing_by_tick(void)
{
	eddy_set_timeout(tick_clears, 1, LETTER("a"));
	victim = eddy_set_timeout(note_arg, 1, LETTER("x"));
	note_timeout("b", 2);
	burn(4);
}

START_TEST(a_timer_cleared_by_a_tick_between_two_does_not_run)
{
	turn(clearing_by_tick, 2);
	ck_assert_str_eq(ran, "|ab");
}
END_TEST

static void
cleared_at_once(void)
{
	eddy_timer *all[] = {eddy_set_timeout(note_arg, 1, LETTER("x")),
			     eddy_set_interval(note_arg, 1, LETTER("x")),
			     eddy_set_immediate(note_arg, LETTER("x"))};

	note_timeout("a", 2);
	for (int i = 0; i < COUNT(all); i++)
		eddy_clear_timeout(all[i]);
	for (int i = 0; i < COUNT(all); i++)
		eddy_clear_interval(all[i]); /* twice is fine */
	eddy_clear_immediate(NULL);
	burn(5);
}

START_TEST(cleared_timers_of_each_kind_do_not_run)
{
	turn(cleared_at_once, 1);
	ck_assert_str_eq(ran, "|a");
	ck_assert_uint_eq(worker.timers.count, 0);
}
END_TEST

static void
clear_self(void *arg)
{
	note_arg(arg);
	eddy_clear_timeout(victim);
	eddy_timer_refresh(victim); /* what is cleared stays so */
}

static void
set_clearing_itself(void)
{
	victim = eddy_set_timeout(clear_self, 1, LETTER("a"));
}

START_TEST(a_timer_may_be_cleared_by_its_own_callback)
{
	turn(set_clearing_itself, 1);
	ck_assert_uint_eq(worker.timers.count, 0);
	ck_assert(wheel_next_ms(&worker.timers.wheel) == WHEEL_NEVER);
}
END_TEST

/* refresh ------------------------------------------------------------------------- */

static void
refreshing(void)
{
	victim = eddy_set_timeout(note_arg, 20, LETTER("b"));
	burn(10);
	note_timeout("a", 15);
	eddy_timer_refresh(victim);
	burn(25);
}

START_TEST(a_refreshed_timer_starts_again_from_now)
{
	turn(refreshing, 2);
	ck_assert_str_eq(ran, "|ab");
}
END_TEST

static void
refresh_equal(void)
{
	victim = eddy_set_timeout(note_arg, 2, LETTER("c"));
	note_timeout("a", 1);
	note_timeout("b", 1);
	eddy_timer_refresh(victim);
	burn(5);
}

START_TEST(a_refreshed_timer_comes_after_those_of_its_time)
{
	turn(refresh_equal, 3);
	ck_assert_str_eq(ran, "|abc");
}
END_TEST

static unsigned refreshes;

static void
refresh_self(void *arg)
{
	note_arg(arg);
	if (refreshes-- > 0)
		eddy_timer_refresh(victim);
}

static void
set_refreshing_itself(void)
{
	victim = eddy_set_timeout(refresh_self, 1, LETTER("a"));
}

START_TEST(a_timer_that_refreshes_itself_runs_again_in_a_later_turn)
{
	refreshes = 2;
	turn(set_refreshing_itself, 3);
	ck_assert_str_eq(ran, "|a|a|a");
	ck_assert_uint_eq(worker.timers.count, 0);
}
END_TEST

static void
refresh_and_clear(void *arg)
{
	note_arg(arg);
	eddy_timer_refresh(victim);
	eddy_clear_timeout(victim);
}

static void
set_refresh_and_clear(void)
{
	victim = eddy_set_interval(refresh_and_clear, 1, LETTER("a"));
	note_timeout("b", 30);
}

START_TEST(a_timer_cleared_after_its_refresh_is_over)
{
	turn(set_refresh_and_clear, 2);
	ck_assert_str_eq(ran, "|a|b");
	ck_assert_uint_eq(worker.timers.count, 0);
}
END_TEST

static void
refresh_late(void)
{
	eddy_timer_refresh(victim);
	eddy_timer_refresh(NULL);
	note_timeout("b", 1);
}

START_TEST(refreshing_a_timer_that_is_over_does_nothing)
{
	victim = NULL;
	turn(set_clearing_itself, 1);
	turn(refresh_late, 1);
	ck_assert_str_eq(ran, "|a|b");
	ck_assert_uint_eq(worker.timers.count, 0);
}
END_TEST

/* Intervals ----------------------------------------------------------------------- */

static unsigned late_ms; /* how long the interval's callback takes */

static void
beat(void *arg)
{
	note_arg(arg);
	burn(late_ms);
}

static void
set_interval(void)
{
	victim = eddy_set_interval(beat, 10, LETTER("a"));
}

/* When it has its next beat, in ms from the first; its callback takes so long. */
static uint64_t
next_beat(unsigned late)
{
	static uint64_t first_ns;
	uint64_t began_ns;

	late_ms = late;
	run(1);
	began_ns = clock_ns - late * MS;
	if (first_ns == 0)
		first_ns = began_ns;
	return (began_ns - first_ns) / MS;
}

START_TEST(an_interval_keeps_to_its_beat_and_leaves_out_what_was_missed_whole)
{
	io_then = set_interval;
	ck_assert_uint_eq(next_beat(0), 0);
	ck_assert_uint_eq(next_beat(7), 10);
	ck_assert_uint_eq(next_beat(12), 20);
	ck_assert_uint_eq(next_beat(95), 40);
	ck_assert_uint_eq(next_beat(5), 140);
	ck_assert_uint_eq(next_beat(0), 150);
	eddy_clear_interval(victim);
	ck_assert_uint_eq(worker.timers.count, 0);
}
END_TEST

static void
refresh_interval(void)
{
	burn(3);
	eddy_timer_refresh(victim);
	note_timeout("b", 9);
}

START_TEST(a_refreshed_interval_has_its_beat_from_then_on)
{
	turn(set_interval, 1);
	turn(refresh_interval, 2);
	ck_assert_str_eq(ran, "|a|b|a");
	eddy_clear_interval(victim);
}
END_TEST

/* Crowds -------------------------------------------------------------------------- */

#define CROWD 5000

static size_t crowd_fired;

static void
crowd_fire(void *arg)
{
	ck_assert_uint_eq((uintptr_t)arg, crowd_fired);
	crowd_fired++;
}

static void
crowd_set(void)
{
	for (size_t i = 0; i < CROWD; i++)
		eddy_set_timeout(crowd_fire, 1, (void *)i);
	burn(3);
}

START_TEST(a_crowd_that_is_due_at_once_runs_in_order_and_lets_events_through)
{
	size_t turns = 0;

	io_then = crowd_set;
	for (; crowd_fired < CROWD; turns++) {
		clock_look(true);
		event_base_loop(worker.loop.base, EVLOOP_ONCE);
		ran[0] = '\0';
	}
	ck_assert_uint_ge(turns, 3);
	ck_assert_uint_eq(worker.timers.count, 0);
}
END_TEST

START_TEST(a_crowd_gives_its_memory_back)
{
	static eddy_timer *crowd[CROWD];

	for (int i = 0; i < CROWD; i++)
		crowd[i] = eddy_set_timeout(note_arg, 60000, NULL);
	timers_trim(&worker.timers);
	ck_assert_uint_ge(worker.timers.handles.count, CROWD);
	for (int i = 1; i < CROWD; i++)
		eddy_clear_timeout(crowd[i]);
	timers_trim(&worker.timers);
	ck_assert_uint_lt(worker.timers.handles.count, CROWD / 10);
	eddy_clear_timeout(crowd[0]);
	ck_assert_uint_eq(worker.timers.count, 0);
}
END_TEST

START_TEST(a_handle_of_a_timer_that_is_over_is_no_other_timers)
{
	eddy_timer *old = eddy_set_timeout(note_arg, 60000, NULL), *new;

	eddy_clear_timeout(old);
	new = eddy_set_timeout(note_arg, 60000, NULL);
	ck_assert_ptr_ne(old, new);
	eddy_clear_timeout(old);
	ck_assert_uint_eq(worker.timers.count, 1);
}
END_TEST

static void
timer_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, timers_of_equal_time_run_in_the_order_they_were_set);
	tcase_add_test(tcase, timers_of_different_times_run_in_the_order_they_are_due);
	tcase_add_test(tcase, a_short_one_set_later_runs_before_a_long_one_that_is_due_later);
	tcase_add_test(tcase, no_timer_is_early_nor_late_by_more_than_one_millisecond);
	tcase_add_test(tcase, after_a_long_rest_the_loop_is_woken_once_when_it_is_time);
	tcase_add_test(tcase, a_timer_set_by_a_timer_runs_in_a_later_turn);
	tcase_add_test(tcase, a_timer_cleared_by_an_earlier_one_of_its_turn_does_not_run);
	tcase_add_test(tcase, a_timer_cleared_by_a_tick_between_two_does_not_run);
	tcase_add_test(tcase, cleared_timers_of_each_kind_do_not_run);
	tcase_add_test(tcase, a_timer_may_be_cleared_by_its_own_callback);
	tcase_add_test(tcase, a_refreshed_timer_starts_again_from_now);
	tcase_add_test(tcase, a_refreshed_timer_comes_after_those_of_its_time);
	tcase_add_test(tcase, a_timer_that_refreshes_itself_runs_again_in_a_later_turn);
	tcase_add_test(tcase, a_timer_cleared_after_its_refresh_is_over);
	tcase_add_test(tcase, refreshing_a_timer_that_is_over_does_nothing);
	tcase_add_test(tcase, an_interval_keeps_to_its_beat_and_leaves_out_what_was_missed_whole);
	tcase_add_test(tcase, a_refreshed_interval_has_its_beat_from_then_on);
	tcase_add_test(tcase, a_crowd_that_is_due_at_once_runs_in_order_and_lets_events_through);
	tcase_add_test(tcase, a_crowd_gives_its_memory_back);
	tcase_add_test(tcase, a_handle_of_a_timer_that_is_over_is_no_other_timers);
}

int
main(void)
{
	return suite_run("timer", timer_tests);
}
