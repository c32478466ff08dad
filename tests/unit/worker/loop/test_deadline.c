/*
 * Time limits: they pass in their order and not before their time, and can be stopped, put off and
 * changed for another kind.
 *
 * The clock is the real one; the loop sleeps in between. No test minds how late a slow machine is.
 */
#include <stdio.h>

#include "../suite.h"
#include "loop/deadline.h"

#define MS 20	     /* the patience of most kinds here */
#define WAIT_MS 2000 /* for what has to come: only a broken limit takes so long */

static struct loop loop;
static struct deadlines patient, other;

/* A deadline with a letter, which is noted when it passes. */
struct limit {
	struct deadline deadline;
	char letter;
	struct limit *then;    /* started when this one passes */
	struct limit *instead; /* stopped when this one passes */
	struct deadlines *of;  /* what `then` is started in */
};

static char passed[32];
static uint64_t passed_ms; /* when the last one passed */

static void
on_passed(struct deadline *deadline)
{
	struct limit *limit = (struct limit *)(void *)deadline;
	size_t n = strlen(passed);

	ck_assert_ptr_null(deadline->of);
	ck_assert_uint_lt(n + 1, sizeof(passed));
	passed[n] = limit->letter;
	passed_ms = loop_now_ms(&loop);
	if (limit->then != NULL)
		deadline_start(&limit->then->deadline, limit->of);
	if (limit->instead != NULL)
		deadline_stop(&limit->instead->deadline);
}

static void
flush(void *arg)
{
	(void)arg;
}

static void
set_up(void)
{
	memset(passed, 0, sizeof(passed));
	ck_assert_int_eq(loop_init(&loop, flush, NULL), 0);
	deadlines_init(&patient, &loop, MS, on_passed);
	deadlines_init(&other, &loop, 2 * MS, on_passed);
	loop_enter(&loop);
}

static void
tear_down(void)
{
	deadlines_fini(&patient);
	deadlines_fini(&other);
	loop_fini(&loop);
}

static struct limit
limit_of(char letter)
{
	return (struct limit){.letter = letter};
}

/* Runs the loop for so long; then a new turn begins. */
static void
run_ms(unsigned ms)
{
	struct timeval time = {.tv_sec = (time_t)(ms / 1000),
			       .tv_usec = (suseconds_t)(ms % 1000 * 1000)};

	event_base_loopexit(loop.base, &time);
	event_base_dispatch(loop.base);
	loop_enter(&loop);
}

/* The turn that is under way is a later one: nothing has run in between. */
static void
skip_ms(unsigned ms)
{
	loop.now_ns += (uint64_t)ms * 1000000;
}

/* Runs the loop until so many have passed. */
static void
run_until(size_t count)
{
	for (unsigned ms = 0; strlen(passed) < count; ms += MS) {
		ck_assert_msg(ms < WAIT_MS, "only \"%s\" passed", passed);
		run_ms(MS);
	}
}

START_TEST(a_limit_passes_once)
{
	struct limit a = limit_of('a');

	deadline_start(&a.deadline, &patient);
	run_until(1);
	run_ms(3 * MS);
	ck_assert_str_eq(passed, "a");
	ck_assert_uint_eq(patient.count, 0);
}
END_TEST

START_TEST(a_limit_does_not_pass_before_its_time)
{
	struct limit a = limit_of('a');
	uint64_t started_ms = loop_now_ms(&loop);

	deadline_start(&a.deadline, &patient);
	run_until(1);
	ck_assert_uint_ge(passed_ms, started_ms + MS);
}
END_TEST

START_TEST(limits_pass_in_the_order_in_which_they_were_started)
{
	struct limit a = limit_of('a'), b = limit_of('b'), c = limit_of('c');

	deadline_start(&b.deadline, &patient);
	deadline_start(&a.deadline, &patient);
	skip_ms(MS / 4);
	deadline_start(&c.deadline, &patient);
	ck_assert_uint_eq(patient.count, 3);
	run_until(3);
	ck_assert_str_eq(passed, "bac");
}
END_TEST

START_TEST(a_limit_that_is_stopped_does_not_pass)
{
	struct limit a = limit_of('a');

	deadline_start(&a.deadline, &patient);
	deadline_stop(&a.deadline);
	ck_assert_uint_eq(patient.count, 0);
	run_ms(3 * MS);
	ck_assert_str_eq(passed, "");
}
END_TEST

START_TEST(stopping_what_was_not_started_does_nothing)
{
	struct limit a = limit_of('a');

	deadline_stop(&a.deadline);
	deadline_start(&a.deadline, &patient);
	deadline_stop(&a.deadline);
	deadline_stop(&a.deadline);
	ck_assert_uint_eq(patient.count, 0);
}
END_TEST

START_TEST(the_others_pass_though_the_first_is_stopped)
{
	struct limit a = limit_of('a'), b = limit_of('b'), c = limit_of('c');

	deadline_start(&a.deadline, &patient);
	deadline_start(&b.deadline, &patient);
	skip_ms(MS / 2);
	deadline_start(&c.deadline, &patient);
	deadline_stop(&a.deadline);
	run_until(2);
	ck_assert_str_eq(passed, "bc");
}
END_TEST

START_TEST(a_limit_that_is_started_again_is_put_off)
{
	struct limit a = limit_of('a'), b = limit_of('b');
	uint64_t again_ms;

	deadline_start(&a.deadline, &patient);
	deadline_start(&b.deadline, &patient);
	skip_ms(MS / 2);
	again_ms = loop_now_ms(&loop);
	deadline_start(&a.deadline, &patient);
	ck_assert_uint_eq(patient.count, 2);
	run_until(2);
	ck_assert_str_eq(passed, "ba");
	ck_assert_uint_ge(passed_ms, again_ms + MS);
}
END_TEST

START_TEST(a_limit_that_is_put_off_again_and_again_does_not_pass)
{
	struct limit a = limit_of('a');

	for (int i = 0; i < 10; i++) {
		deadline_start(&a.deadline, &other);
		run_ms(MS / 4);
		if (loop_now_ms(&loop) >= a.deadline.at_ms)
			return; /* the machine slept: nothing can be said */
	}
	ck_assert_str_eq(passed, "");
	ck_assert_uint_eq(other.count, 1);
	run_until(1);
}
END_TEST

START_TEST(a_limit_started_in_another_kind_has_left_the_first)
{
	struct limit a = limit_of('a');
	uint64_t started_ms = loop_now_ms(&loop);

	deadline_start(&a.deadline, &patient);
	deadline_start(&a.deadline, &other);
	ck_assert_uint_eq(patient.count, 0);
	ck_assert_uint_eq(other.count, 1);
	ck_assert_ptr_eq(a.deadline.of, &other);
	run_until(1);
	ck_assert_str_eq(passed, "a");
	ck_assert_uint_ge(passed_ms, started_ms + 2 * MS);
}
END_TEST

START_TEST(a_kind_without_a_limit_keeps_its_list_and_never_passes)
{
	struct limit a = limit_of('a'), b = limit_of('b');
	struct deadlines never;

	deadlines_init(&never, &loop, 0, on_passed);
	deadline_start(&a.deadline, &never);
	deadline_start(&b.deadline, &never);
	run_ms(2 * MS);
	ck_assert_str_eq(passed, "");
	ck_assert_uint_eq(never.count, 2);
	ck_assert_ptr_eq(TAILQ_FIRST(&never.list), &a.deadline);
	deadline_stop(&a.deadline);
	deadline_stop(&b.deadline);
	deadlines_fini(&never);
}
END_TEST

START_TEST(one_that_passes_may_start_itself_again)
{
	struct limit a = limit_of('a');

	a.then = &a;
	a.of = &patient;
	deadline_start(&a.deadline, &patient);
	run_until(3);
	ck_assert_uint_eq(patient.count, 1);
	deadline_stop(&a.deadline);
}
END_TEST

START_TEST(one_that_passes_may_start_another)
{
	struct limit a = limit_of('a'), b = limit_of('b');

	a.then = &b;
	a.of = &other;
	deadline_start(&a.deadline, &patient);
	run_until(2);
	ck_assert_str_eq(passed, "ab");
}
END_TEST

START_TEST(one_that_passes_may_stop_the_next)
{
	struct limit a = limit_of('a'), b = limit_of('b'), c = limit_of('c');

	a.instead = &b;
	deadline_start(&a.deadline, &patient);
	deadline_start(&b.deadline, &patient);
	deadline_start(&c.deadline, &patient);
	run_until(2);
	run_ms(2 * MS);
	ck_assert_str_eq(passed, "ac");
}
END_TEST

START_TEST(a_list_that_was_empty_passes_again)
{
	struct limit a = limit_of('a');

	for (size_t i = 1; i <= 3; i++) {
		deadline_start(&a.deadline, &patient);
		run_until(i);
		ck_assert_uint_eq(patient.count, 0);
	}
	ck_assert_str_eq(passed, "aaa");
}
END_TEST

START_TEST(a_list_that_was_emptied_by_stopping_passes_again)
{
	struct limit a = limit_of('a'), b = limit_of('b');

	deadline_start(&a.deadline, &patient);
	skip_ms(MS / 2);
	deadline_stop(&a.deadline);
	deadline_start(&b.deadline, &patient);
	run_until(1);
	ck_assert_str_eq(passed, "b");
}
END_TEST

START_TEST(the_first_of_the_list_has_waited_longest)
{
	struct limit a = limit_of('a'), b = limit_of('b');

	deadline_start(&a.deadline, &other);
	deadline_start(&b.deadline, &other);
	ck_assert_ptr_eq(TAILQ_FIRST(&other.list), &a.deadline);
	deadline_start(&a.deadline, &other);
	ck_assert_ptr_eq(TAILQ_FIRST(&other.list), &b.deadline);
	deadline_stop(&a.deadline);
	deadline_stop(&b.deadline);
}
END_TEST

START_TEST(thousands_pass_and_each_of_them_once)
{
	enum { MANY = 5000 };
	struct limit *many = calloc(MANY, sizeof(*many));
	struct limit last = limit_of('z');

	for (int i = 0; i < MANY; i++)
		deadline_start(&many[i].deadline, &patient); /* letter 0: they leave no note */
	deadline_start(&last.deadline, &patient);
	ck_assert_uint_eq(patient.count, MANY + 1);
	run_until(1);
	ck_assert_uint_eq(patient.count, 0);
	for (int i = 0; i < MANY; i++)
		ck_assert_ptr_null(many[i].deadline.of);
	free(many);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_limit_passes_once);
	tcase_add_test(tcase, a_limit_does_not_pass_before_its_time);
	tcase_add_test(tcase, limits_pass_in_the_order_in_which_they_were_started);
	tcase_add_test(tcase, a_limit_that_is_stopped_does_not_pass);
	tcase_add_test(tcase, stopping_what_was_not_started_does_nothing);
	tcase_add_test(tcase, the_others_pass_though_the_first_is_stopped);
	tcase_add_test(tcase, a_limit_that_is_started_again_is_put_off);
	tcase_add_test(tcase, a_limit_that_is_put_off_again_and_again_does_not_pass);
	tcase_add_test(tcase, a_limit_started_in_another_kind_has_left_the_first);
	tcase_add_test(tcase, a_kind_without_a_limit_keeps_its_list_and_never_passes);
	tcase_add_test(tcase, one_that_passes_may_start_itself_again);
	tcase_add_test(tcase, one_that_passes_may_start_another);
	tcase_add_test(tcase, one_that_passes_may_stop_the_next);
	tcase_add_test(tcase, a_list_that_was_empty_passes_again);
	tcase_add_test(tcase, a_list_that_was_emptied_by_stopping_passes_again);
	tcase_add_test(tcase, the_first_of_the_list_has_waited_longest);
	tcase_add_test(tcase, thousands_pass_and_each_of_them_once);
}

int
main(void)
{
	return suite_run("loop/deadline", tests_add);
}
