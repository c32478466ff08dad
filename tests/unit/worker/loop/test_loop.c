/*
 * One turn of the loop: what runs in which order between loop_enter and the end of loop_leave.
 */
#include <stdio.h>
#include <time.h>

#include "../suite.h"
#include "loop/loop.h"

/* What has run, a letter each; `.` is the flush. */
static char ran[64];

static void
note(char letter)
{
	size_t n = strlen(ran);

	ck_assert_uint_lt(n + 1, sizeof(ran));
	ran[n] = letter;
}

/* A task that notes its letter and posts another one. */
struct letter {
	struct task task;
	char letter;
	struct task_queue *queue;
	struct letter *next;
};

static void
letter_run(struct task *task)
{
	struct letter *letter = (struct letter *)(void *)task;

	note(letter->letter);
	if (letter->queue != NULL)
		task_post(letter->queue, &letter->next->task);
}

static struct letter
letter_of(char which)
{
	return (struct letter){.task.run = letter_run, .letter = which};
}

static void
flush(void *arg)
{
	(void)arg;
	note('.');
}

/* A flush that posts one task, once. */
struct posting {
	struct task_queue *queue;
	struct letter *letter;
};

static void
flush_and_post(void *arg)
{
	struct posting *posting = arg;

	note('.');
	if (posting->letter != NULL)
		task_post(posting->queue, &posting->letter->task);
	posting->letter = NULL;
}

static void
loop_open(struct loop *loop)
{
	memset(ran, 0, sizeof(ran));
	ck_assert_int_eq(loop_init(loop, flush, NULL), 0);
	ck_assert_ptr_nonnull(loop->base);
}

START_TEST(a_turn_without_tasks_ends_with_one_flush)
{
	struct loop loop;

	loop_open(&loop);
	loop_enter(&loop);
	loop_leave(&loop);
	ck_assert_str_eq(ran, ".");
	loop_fini(&loop);
}
END_TEST

START_TEST(tasks_run_in_the_order_in_which_they_were_posted)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	struct loop loop;

	loop_open(&loop);
	task_post(&loop.ticks, &b.task);
	task_post(&loop.ticks, &a.task);
	task_post(&loop.ticks, &c.task);
	loop_leave(&loop);
	ck_assert_str_eq(ran, "bac.");
	loop_fini(&loop);
}
END_TEST

START_TEST(ticks_run_before_what_is_for_later)
{
	struct letter a = letter_of('a'), b = letter_of('b');
	struct loop loop;

	loop_open(&loop);
	task_post(&loop.later, &a.task);
	task_post(&loop.ticks, &b.task);
	loop_leave(&loop);
	ck_assert_str_eq(ran, "ba.");
	loop_fini(&loop);
}
END_TEST

START_TEST(a_tick_that_a_tick_posts_runs_with_it)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	struct loop loop;

	loop_open(&loop);
	a.queue = &loop.ticks;
	a.next = &b;
	task_post(&loop.ticks, &a.task);
	task_post(&loop.later, &c.task);
	loop_leave(&loop);
	ck_assert_str_eq(ran, "abc.");
	loop_fini(&loop);
}
END_TEST

START_TEST(ticks_of_a_later_task_run_before_the_next_later_task)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	struct loop loop;

	loop_open(&loop);
	a.queue = &loop.ticks;
	a.next = &b;
	task_post(&loop.later, &a.task);
	task_post(&loop.later, &c.task);
	loop_leave(&loop);
	ck_assert_str_eq(ran, "abc.");
	loop_fini(&loop);
}
END_TEST

START_TEST(a_later_task_that_a_later_task_posts_runs_in_the_same_turn)
{
	struct letter a = letter_of('a'), b = letter_of('b');
	struct loop loop;

	loop_open(&loop);
	a.queue = &loop.later;
	a.next = &b;
	task_post(&loop.later, &a.task);
	loop_leave(&loop);
	ck_assert_str_eq(ran, "ab.");
	loop_fini(&loop);
}
END_TEST

START_TEST(a_tick_that_the_flush_posts_runs_and_is_flushed_again)
{
	struct letter a = letter_of('a');
	struct posting posting = {.letter = &a};
	struct loop loop;

	loop_open(&loop);
	loop.flush = flush_and_post;
	loop.flush_arg = &posting;
	posting.queue = &loop.ticks;
	loop_leave(&loop);
	ck_assert_str_eq(ran, ".a.");
	loop_fini(&loop);
}
END_TEST

START_TEST(a_later_task_that_the_flush_posts_runs_and_is_flushed_again)
{
	struct letter a = letter_of('a');
	struct posting posting = {.letter = &a};
	struct loop loop;

	loop_open(&loop);
	loop.flush = flush_and_post;
	loop.flush_arg = &posting;
	posting.queue = &loop.later;
	loop_leave(&loop);
	ck_assert_str_eq(ran, ".a.");
	loop_fini(&loop);
}
END_TEST

START_TEST(running_the_ticks_leaves_the_rest_for_the_end_of_the_turn)
{
	struct letter a = letter_of('a'), b = letter_of('b');
	struct loop loop;

	loop_open(&loop);
	task_post(&loop.later, &a.task);
	task_post(&loop.ticks, &b.task);
	loop_run_ticks(&loop);
	ck_assert_str_eq(ran, "b");
	loop_leave(&loop);
	ck_assert_str_eq(ran, "ba.");
	loop_fini(&loop);
}
END_TEST

START_TEST(a_task_can_be_posted_again_when_it_has_run)
{
	struct letter a = letter_of('a');
	struct loop loop;

	loop_open(&loop);
	for (int i = 0; i < 3; i++) {
		task_post(&loop.ticks, &a.task);
		loop_leave(&loop);
	}
	ck_assert_str_eq(ran, "a.a.a.");
	loop_fini(&loop);
}
END_TEST

START_TEST(a_task_may_post_itself_for_later)
{
	struct letter a = letter_of('a'), b = letter_of('b');
	struct loop loop;

	loop_open(&loop);
	a.queue = &loop.later;
	a.next = &a;
	task_post(&loop.ticks, &a.task);
	loop_run_ticks(&loop);
	a.queue = NULL;
	task_post(&loop.later, &b.task);
	loop_leave(&loop);
	ck_assert_str_eq(ran, "aab.");
	loop_fini(&loop);
}
END_TEST

START_TEST(the_flush_gets_its_argument)
{
	struct letter a = letter_of('a');
	struct loop loop;
	struct posting posting = {.letter = &a};

	memset(ran, 0, sizeof(ran));
	ck_assert_int_eq(loop_init(&loop, flush_and_post, &posting), 0);
	posting.queue = &loop.ticks;
	loop_leave(&loop);
	ck_assert_ptr_null(posting.letter);
	loop_fini(&loop);
}
END_TEST

START_TEST(a_turn_knows_the_time_of_the_monotonic_clock)
{
	struct timespec before, after;
	struct loop loop;

	loop_open(&loop);
	clock_gettime(CLOCK_MONOTONIC_COARSE, &before);
	loop_enter(&loop);
	clock_gettime(CLOCK_MONOTONIC, &after);
	ck_assert_uint_ge(loop.now_ns,
			  (uint64_t)before.tv_sec * 1000000000 + (uint64_t)before.tv_nsec);
	ck_assert_uint_le(loop.now_ns,
			  (uint64_t)after.tv_sec * 1000000000 + (uint64_t)after.tv_nsec);
	ck_assert_uint_eq(loop_now_ms(&loop), loop.now_ns / 1000000);
	loop_fini(&loop);
}
END_TEST

START_TEST(the_time_of_a_turn_stands_still_until_the_next)
{
	struct timespec wait = {.tv_nsec = 30000000};
	struct loop loop;
	uint64_t now;

	loop_open(&loop);
	loop_enter(&loop);
	now = loop.now_ns;
	nanosleep(&wait, NULL);
	loop_leave(&loop);
	ck_assert_uint_eq(loop.now_ns, now);
	loop_enter(&loop);
	ck_assert_uint_gt(loop.now_ns, now);
	loop_fini(&loop);
}
END_TEST

START_TEST(the_base_can_tell_edges_and_early_closes)
{
	struct loop loop;

	loop_open(&loop);
	ck_assert_str_eq(event_base_get_method(loop.base), "epoll");
	ck_assert(event_base_get_features(loop.base) & EV_FEATURE_ET);
	ck_assert(event_base_get_features(loop.base) & EV_FEATURE_EARLY_CLOSE);
	loop_fini(&loop);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, a_turn_without_tasks_ends_with_one_flush);
	tcase_add_test(tcase, tasks_run_in_the_order_in_which_they_were_posted);
	tcase_add_test(tcase, ticks_run_before_what_is_for_later);
	tcase_add_test(tcase, a_tick_that_a_tick_posts_runs_with_it);
	tcase_add_test(tcase, ticks_of_a_later_task_run_before_the_next_later_task);
	tcase_add_test(tcase, a_later_task_that_a_later_task_posts_runs_in_the_same_turn);
	tcase_add_test(tcase, a_tick_that_the_flush_posts_runs_and_is_flushed_again);
	tcase_add_test(tcase, a_later_task_that_the_flush_posts_runs_and_is_flushed_again);
	tcase_add_test(tcase, running_the_ticks_leaves_the_rest_for_the_end_of_the_turn);
	tcase_add_test(tcase, a_task_can_be_posted_again_when_it_has_run);
	tcase_add_test(tcase, a_task_may_post_itself_for_later);
	tcase_add_test(tcase, the_flush_gets_its_argument);
	tcase_add_test(tcase, a_turn_knows_the_time_of_the_monotonic_clock);
	tcase_add_test(tcase, the_time_of_a_turn_stands_still_until_the_next);
	tcase_add_test(tcase, the_base_can_tell_edges_and_early_closes);
}

int
main(void)
{
	return suite_run("loop/loop", tests_add);
}
