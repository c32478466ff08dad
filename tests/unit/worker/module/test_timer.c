/*
 * Timers, immediates and ticks, in a worker that has a loop and nothing else: who runs in which order,
 * in which turn of the loop. Its clock and its timerfd are made here (the linker puts them in place
 * of the C library's), so that time passes when a test says so.
 */
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "../suite.h"
#include "worker.h"

static struct worker worker;
static struct slot slot;
static char name[] = "test";
static struct conf_module conf = {.name = name};
static struct eddy_module module = {.conf = &conf};
static struct event io_event;

/* What has run, a letter each; `|` is the start of a turn of the loop, in its first event. */
static char ran[256];

static void
note(char letter)
{
	size_t n = strlen(ran);

	ck_assert_uint_lt(n + 1, sizeof(ran));
	ran[n] = letter;
	ran[n + 1] = '\0';
}

#define MS 1000000ull

static uint64_t clock_ns = 5000 * MS + 300000; /* in the middle of a millisecond */
static uint64_t armed_ns = UINT64_MAX;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *due, struct itimerspec *old);

int
__wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	*now = (struct timespec){.tv_sec = (time_t)(clock_ns / 1000000000),
				 .tv_nsec = (long)(clock_ns % 1000000000)};
	return 0;
}

int
__wrap_timerfd_settime(int fd, int flags, const struct itimerspec *due, struct itimerspec *old)
{
	ck_assert_int_eq(fd, worker.timers.fd);
	ck_assert_int_eq(flags, TFD_TIMER_ABSTIME);
	ck_assert_ptr_null(old);
	armed_ns = (uint64_t)due->it_value.tv_sec * 1000000000 + (uint64_t)due->it_value.tv_nsec;
	return 0;
}

/* A callback takes its time. */
static void
burn(unsigned ms)
{
	clock_ns += ms * MS;
}

/* What epoll would see. If nothing else is to be done, time passes until the timerfd wakes. */
static void
clock_look(bool idle)
{
	if (idle && TAILQ_EMPTY(&worker.timers.immediates) && armed_ns != UINT64_MAX &&
	    armed_ns > clock_ns)
		clock_ns = armed_ns;
	if (armed_ns > clock_ns)
		return;
	armed_ns = UINT64_MAX;
	event_active(&worker.timers.due_event, EV_READ, 1);
}

static void
flush(void *arg)
{
	(void)arg;
	timers_arm(&worker.timers);
}

static void (*io_then)(void); /* what the first event does, once */

static void
io(evutil_socket_t fd, short what, void *arg)
{
	void (*then)(void) = io_then;

	(void)fd;
	(void)what;
	(void)arg;
	loop_enter(&worker.loop);
	call_begin(&worker.calls, &module, SLOT_DATA, 0);
	note('|');
	io_then = NULL;
	if (then != NULL)
		then();
	call_end(&worker.calls);
	loop_leave(&worker.loop);
}

/* A worker with one descriptor that is always readable, as a busy connection is. */
static void
setup(void)
{
	int fd = eventfd(1, EFD_CLOEXEC);

	worker_self = &worker;
	worker.link = -1;
	worker.slot = &slot;
	worker.calls = (struct calls){.slot = &slot, .loop = &worker.loop};
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(loop_init(&worker.loop, flush, NULL), 0);
	ck_assert_int_eq(timers_init(&worker), 0);
	event_assign(&io_event, worker.loop.base, fd, EV_READ | EV_PERSIST, io, NULL);
	event_add(&io_event, NULL);
}

static void
teardown(void)
{
	event_del(&io_event);
	close(event_get_fd(&io_event));
	timers_fini(&worker);
	loop_fini(&worker.loop);
}

/* Runs turns until n of something have run; the turns without any are left out of `ran`. */
static void
run(size_t n)
{
	bool idle = false;

	for (size_t had = 0; had < n;) {
		size_t len = strlen(ran), more;

		clock_look(idle);
		event_base_loop(worker.loop.base, EVLOOP_ONCE);
		ck_assert_int_eq(ran[len], '|');
		more = strlen(ran) - len - 1;
		if (more == 0)
			ran[len] = '\0';
		had += more;
		idle = more == 0;
	}
}

/* Does this in an event of a socket, and runs turns until n letters have been noted. */
static void
turn(void (*then)(void), size_t n)
{
	io_then = then;
	run(n);
}

static void
note_arg(void *arg)
{
	note(*(const char *)arg);
}

#define LETTER(letter) ((void *)(uintptr_t) & (letter)[0])

static void
note_timeout(const char *letter, unsigned ms)
{
	ck_assert_ptr_nonnull(eddy_set_timeout(note_arg, ms, LETTER(letter)));
}

static void
note_immediate(const char *letter)
{
	ck_assert_ptr_nonnull(eddy_set_immediate(note_arg, LETTER(letter)));
}

static void
note_tick(const char *letter)
{
	ck_assert_int_eq(eddy_next_tick(note_arg, LETTER(letter)), 0);
}

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

static eddy_timer *victim;

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

/* Immediates and ticks ------------------------------------------------------------ */

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
	tcase_add_test(tcase, immediates_run_after_the_events_of_their_turn_and_before_its_timers);
	tcase_add_test(tcase, an_immediate_set_by_an_immediate_runs_in_the_next_turn);
	tcase_add_test(tcase, an_immediate_set_by_a_timer_runs_after_the_events_of_the_next_turn);
	tcase_add_test(tcase, an_immediate_cleared_by_an_earlier_one_does_not_run);
	tcase_add_test(tcase, the_last_immediate_may_be_cleared_and_another_set);
	tcase_add_test(tcase, ticks_run_after_each_callback_before_the_next);
	tcase_add_test(tcase, ticks_of_ticks_run_before_anything_else);
	tcase_add_test(tcase, a_crowd_that_is_due_at_once_runs_in_order_and_lets_events_through);
	tcase_add_test(tcase, a_crowd_gives_its_memory_back);
	tcase_add_test(tcase, a_handle_of_a_timer_that_is_over_is_no_other_timers);
	tcase_add_test(tcase, a_callback_is_charged_to_the_module_that_has_set_it);
}

int
main(void)
{
	return suite_run("timer", timer_tests);
}
