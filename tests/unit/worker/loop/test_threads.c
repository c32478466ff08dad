/*
 * The threads: jobs run on them and come back to the loop, in order, once each, and can be
 * cancelled before they begin.
 *
 * Jobs that have to be at a certain place wait for a semaphore there; nothing here minds the time.
 */
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

#include "../suite.h"
#include "loop/threads.h"

#define FINI_MS 10000 /* only a broken pool takes so long */

static struct loop loop;
static struct threads threads;
static char done[64]; /* what has come back, a letter each; `.` is a tick */
static pthread_t loop_thread;

/* A job with a letter. */
struct letter {
	struct job job;
	struct task tick;
	char letter;
	pthread_t worked_on, done_on;
	int worked;
	sem_t *begun, *go; /* posted and waited for by `work`, if they are set */
	struct letter *then;
	int then_result;
};

static void
note(char letter)
{
	size_t n = strlen(done);

	ck_assert_uint_lt(n + 1, sizeof(done));
	done[n] = letter;
}

static void
letter_work(struct job *job)
{
	struct letter *letter = (struct letter *)(void *)job;

	letter->worked_on = pthread_self();
	letter->worked++;
	if (letter->begun != NULL)
		sem_post(letter->begun);
	if (letter->go != NULL)
		sem_wait(letter->go);
}

static void
letter_tick(struct task *task)
{
	(void)task;
	note('.');
}

static void
letter_done(struct job *job)
{
	struct letter *letter = (struct letter *)(void *)job;

	letter->done_on = pthread_self();
	note(letter->letter);
	if (letter->tick.run != NULL)
		task_post(&loop.ticks, &letter->tick);
	if (letter->then != NULL)
		letter->then_result = threads_post(&threads, &letter->then->job);
}

static struct letter
letter_of(char which)
{
	return (struct letter){.job = {.work = letter_work, .done = letter_done}, .letter = which};
}

static void
post(struct letter *letter)
{
	ck_assert_int_eq(threads_post(&threads, &letter->job), 0);
}

static void
flush(void *arg)
{
	(void)arg;
}

static void
pool_open(unsigned max)
{
	memset(done, 0, sizeof(done));
	loop_thread = pthread_self();
	ck_assert_int_eq(loop_init(&loop, flush, NULL), 0);
	ck_assert_int_eq(threads_init(&threads, &loop, max), 0);
}

static void
pool_close(void)
{
	ck_assert_uint_eq(threads_fini(&threads, FINI_MS), 0);
	ck_assert_uint_eq(loop.refs, 0);
	loop_fini(&loop);
}

/* Turns the loop until all that was posted has come back. */
static void
run(void)
{
	while (threads.pending > 0)
		event_base_loop(loop.base, EVLOOP_ONCE);
}

START_TEST(there_is_no_thread_before_the_first_job)
{
	struct letter a = letter_of('a');

	pool_open(4);
	ck_assert_uint_eq(threads.count, 0);
	post(&a);
	ck_assert_uint_eq(threads.count, 1);
	run();
	pool_close();
}
END_TEST

START_TEST(work_is_done_elsewhere_and_comes_back_to_the_loop)
{
	struct letter a = letter_of('a');

	pool_open(4);
	post(&a);
	run();
	ck_assert_str_eq(done, "a");
	ck_assert_int_eq(a.worked, 1);
	ck_assert(!pthread_equal(a.worked_on, loop_thread));
	ck_assert(pthread_equal(a.done_on, loop_thread));
	ck_assert(!a.job.dropped);
	pool_close();
}
END_TEST

START_TEST(one_thread_does_the_jobs_in_their_order)
{
	struct letter letters[10];

	pool_open(1);
	for (int i = 0; i < COUNT(letters); i++) {
		letters[i] = letter_of((char)('a' + i));
		post(&letters[i]);
	}
	run();
	ck_assert_str_eq(done, "abcdefghij");
	ck_assert_uint_eq(threads.count, 1);
	pool_close();
}
END_TEST

START_TEST(jobs_run_at_once_up_to_the_limit)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	sem_t begun, go;

	sem_init(&begun, 0, 0);
	sem_init(&go, 0, 0);
	a.begun = b.begun = c.begun = &begun;
	a.go = b.go = &go;
	pool_open(2);
	post(&a);
	post(&b);
	post(&c);
	sem_wait(&begun); /* both have begun, though neither has ended */
	sem_wait(&begun);
	ck_assert_uint_eq(threads.count, 2);
	ck_assert_int_eq(c.worked, 0);
	sem_post(&go);
	sem_post(&go);
	run();
	ck_assert_int_eq(c.worked, 1);
	ck_assert_uint_eq(threads.count, 2);
	pool_close();
}
END_TEST

START_TEST(a_thread_that_has_nothing_to_do_is_used_again)
{
	struct letter a = letter_of('a'), b = letter_of('b');
	bool idle = false;

	pool_open(4);
	post(&a);
	run();
	while (!idle) { /* it is on its way to sleep */
		pthread_mutex_lock(&threads.mutex);
		idle = threads.idle == 1;
		pthread_mutex_unlock(&threads.mutex);
	}
	post(&b);
	run();
	ck_assert_uint_eq(threads.count, 1);
	ck_assert(pthread_equal(a.worked_on, b.worked_on));
	pool_close();
}
END_TEST

START_TEST(ticks_run_behind_each_done)
{
	struct letter a = letter_of('a'), b = letter_of('b');

	a.tick.run = b.tick.run = letter_tick;
	pool_open(1);
	post(&a);
	post(&b);
	run();
	ck_assert_str_eq(done, "a.b.");
	pool_close();
}
END_TEST

START_TEST(done_may_post_another_job)
{
	struct letter a = letter_of('a'), b = letter_of('b');

	a.then = &b;
	pool_open(1);
	post(&a);
	run();
	ck_assert_str_eq(done, "ab");
	ck_assert_int_eq(a.then_result, 0);
	pool_close();
}
END_TEST

START_TEST(done_may_post_its_job_again)
{
	struct letter a = letter_of('a');

	pool_open(1);
	a.then = &a;
	post(&a);
	while (strlen(done) < 3)
		event_base_loop(loop.base, EVLOOP_ONCE);
	a.then = NULL;
	run();
	ck_assert_str_eq(done, "aaaa");
	ck_assert_int_eq(a.worked, 4);
	pool_close();
}
END_TEST

START_TEST(a_job_that_has_not_begun_can_be_cancelled)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	sem_t begun, go;

	sem_init(&begun, 0, 0);
	sem_init(&go, 0, 0);
	a.begun = &begun;
	a.go = &go;
	pool_open(1);
	post(&a);
	post(&b);
	post(&c);
	sem_wait(&begun);
	ck_assert(threads_cancel(&threads, &b.job));
	ck_assert(!threads_cancel(&threads, &b.job));
	sem_post(&go);
	run();
	ck_assert_str_eq(done, "ac");
	ck_assert_int_eq(b.worked, 0);
	pool_close();
}
END_TEST

START_TEST(a_job_that_has_begun_cannot_be_cancelled)
{
	struct letter a = letter_of('a');
	sem_t begun, go;

	sem_init(&begun, 0, 0);
	sem_init(&go, 0, 0);
	a.begun = &begun;
	a.go = &go;
	pool_open(1);
	post(&a);
	sem_wait(&begun);
	ck_assert(!threads_cancel(&threads, &a.job));
	sem_post(&go);
	run();
	ck_assert_str_eq(done, "a");
	ck_assert(!threads_cancel(&threads, &a.job));
	pool_close();
}
END_TEST

START_TEST(each_job_keeps_a_draining_worker)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	sem_t begun, go;

	sem_init(&begun, 0, 0);
	sem_init(&go, 0, 0);
	a.begun = &begun;
	a.go = &go;
	pool_open(1);
	post(&a);
	post(&b);
	post(&c);
	ck_assert_uint_eq(loop.refs, 3);
	ck_assert(!loop_is_done(&loop));
	sem_wait(&begun);
	threads_cancel(&threads, &c.job);
	ck_assert_uint_eq(loop.refs, 2);
	sem_post(&go);
	run();
	ck_assert(loop_is_done(&loop));
	pool_close();
}
END_TEST

static void
mask_work(struct job *job)
{
	struct letter *letter = (struct letter *)(void *)job;
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	letter->worked = sigismember(&mask, SIGTERM) && sigismember(&mask, SIGINT) &&
			 sigismember(&mask, SIGXFSZ);
}

START_TEST(threads_take_no_signals_and_the_loop_does)
{
	struct letter a = letter_of('a');
	sigset_t mask;

	a.job.work = mask_work;
	pool_open(1);
	post(&a);
	run();
	ck_assert(a.worked);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	ck_assert(!sigismember(&mask, SIGTERM));
	pool_close();
}
END_TEST

static void
count_work(struct job *job)
{
	((struct letter *)(void *)job)->worked++;
}

static void
count_done(struct job *job)
{
	((struct letter *)(void *)job)->then_result++;
}

START_TEST(thousands_are_done_once_each)
{
	enum { MANY = 20000 };
	struct letter *many = calloc(MANY, sizeof(*many));

	pool_open(4);
	for (int i = 0; i < MANY; i++) {
		many[i].job = (struct job){.work = count_work, .done = count_done};
		post(&many[i]);
	}
	run();
	for (int i = 0; i < MANY; i++) {
		ck_assert_int_eq(many[i].worked, 1);
		ck_assert_int_eq(many[i].then_result, 1);
	}
	ck_assert_uint_le(threads.count, 4);
	free(many);
	pool_close();
}
END_TEST

START_TEST(the_end_waits_for_what_is_under_way_and_queued)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');

	pool_open(1);
	b.then = &c;
	post(&a);
	post(&b);
	pool_close();
	ck_assert_str_eq(done, "abc");
	ck_assert_int_eq(c.worked, 1);
	ck_assert(!c.job.dropped);
}
END_TEST

/* It is dropped: the one that is under way may end. */
static void
drop_done(struct job *job)
{
	letter_done(job);
	sem_post(((struct letter *)(void *)job)->go);
}

START_TEST(the_end_drops_what_has_not_begun_in_time)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	sem_t begun, go;

	sem_init(&begun, 0, 0);
	sem_init(&go, 0, 0);
	a.begun = &begun;
	a.go = &go;
	b.go = &go;
	b.job.done = drop_done;
	b.then = &c;
	pool_open(1);
	post(&a);
	post(&b);
	sem_wait(&begun);
	ck_assert_uint_eq(threads_fini(&threads, 0), 0);
	ck_assert_str_eq(done, "ba");
	ck_assert_int_eq(b.worked, 0);
	ck_assert(b.job.dropped);
	ck_assert(!a.job.dropped);
	ck_assert_int_eq(b.then_result, -ECANCELED);
	ck_assert_uint_eq(loop.refs, 0);
	loop_fini(&loop);
}
END_TEST

START_TEST(the_end_does_not_wait_for_a_job_that_hangs)
{
	static struct letter a;
	static sem_t begun, go;

	a = letter_of('a');
	sem_init(&begun, 0, 0);
	sem_init(&go, 0, 0);
	a.begun = &begun;
	a.go = &go;
	pool_open(4);
	post(&a);
	sem_wait(&begun);
	ck_assert_uint_eq(threads_fini(&threads, 1), 1);
	ck_assert_str_eq(done, "");
	sem_post(&go); /* and for the sanitizers, let it end */
	pthread_join(threads.ids[0], NULL);
	free(threads.ids);
	loop_fini(&loop);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, there_is_no_thread_before_the_first_job);
	tcase_add_test(tcase, work_is_done_elsewhere_and_comes_back_to_the_loop);
	tcase_add_test(tcase, one_thread_does_the_jobs_in_their_order);
	tcase_add_test(tcase, jobs_run_at_once_up_to_the_limit);
	tcase_add_test(tcase, a_thread_that_has_nothing_to_do_is_used_again);
	tcase_add_test(tcase, ticks_run_behind_each_done);
	tcase_add_test(tcase, done_may_post_another_job);
	tcase_add_test(tcase, done_may_post_its_job_again);
	tcase_add_test(tcase, a_job_that_has_not_begun_can_be_cancelled);
	tcase_add_test(tcase, a_job_that_has_begun_cannot_be_cancelled);
	tcase_add_test(tcase, each_job_keeps_a_draining_worker);
	tcase_add_test(tcase, threads_take_no_signals_and_the_loop_does);
	tcase_add_test(tcase, thousands_are_done_once_each);
	tcase_add_test(tcase, the_end_waits_for_what_is_under_way_and_queued);
	tcase_add_test(tcase, the_end_drops_what_has_not_begun_in_time);
	tcase_add_test(tcase, the_end_does_not_wait_for_a_job_that_hangs);
}

int
main(void)
{
	return suite_run("loop/threads", tests_add);
}
