/*
 * The line in front of a file: its jobs run one after the other, others' do not wait for them, and
 * closing is last, behind transfers too.
 *
 * A job that has to be at a certain place waits for a semaphore there; nothing here minds the time.
 */
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>

#include "../suite.h"
#include "loop/file.h"

#define FINI_MS 10000 /* only a broken pool takes so long */

static struct loop loop;
static struct threads threads;
static char done[64]; /* what has come back, a letter each; dropped ones in capitals */

struct letter {
	struct file_job job;
	char letter;
	int worked;
	sem_t *begun, *go; /* posted and waited for by `work`, if they are set */
	struct letter *then;
	bool releases; /* `done` gives a hold up */
	bool lasts;    /* `work` takes until the threads are stopped */
};

static bool
are_stopped(void)
{
	bool stopped;

	pthread_mutex_lock(&threads.mutex);
	stopped = threads.stopped;
	pthread_mutex_unlock(&threads.mutex);
	return stopped;
}

static void
letter_work(struct job *job)
{
	struct letter *letter = (struct letter *)(void *)job;

	letter->worked++;
	if (letter->begun != NULL)
		sem_post(letter->begun);
	if (letter->go != NULL)
		sem_wait(letter->go);
	while (letter->lasts && !are_stopped())
		sched_yield();
}

static void
letter_done(struct file_job *job)
{
	struct letter *letter = (struct letter *)(void *)job;
	size_t n = strlen(done);

	ck_assert_uint_lt(n + 1, sizeof(done));
	done[n] = (char)(letter->letter - (job->job.dropped ? 'a' - 'A' : 0));
	if (letter->releases)
		file_release(job->file);
	if (letter->then != NULL)
		ck_assert_int_eq(file_post(job->file, &letter->then->job), 0);
}

static struct letter
letter_of(char which)
{
	return (struct letter){.job = {.job.work = letter_work, .done = letter_done},
			       .letter = which};
}

static void
post(struct file *file, struct letter *letter)
{
	ck_assert_int_eq(file_post(file, &letter->job), 0);
}

static void
flush(void *arg)
{
	(void)arg;
}

static void
set_up(void)
{
	memset(done, 0, sizeof(done));
	ck_assert_int_eq(loop_init(&loop, flush, NULL), 0);
	ck_assert_int_eq(threads_init(&threads, &loop, 4), 0);
}

static void
tear_down(void)
{
	ck_assert_uint_eq(threads_fini(&threads, FINI_MS), 0);
	loop_fini(&loop);
}

static void
run(void)
{
	while (threads.pending > 0)
		event_base_loop(loop.base, EVLOOP_ONCE);
}

START_TEST(jobs_of_one_file_run_one_after_the_other)
{
	struct letter letters[10];
	struct file file;
	sem_t begun, go;

	sem_init(&begun, 0, 0);
	sem_init(&go, 0, 0);
	file_init(&file, &threads, 0);
	for (int i = 0; i < COUNT(letters); i++) {
		letters[i] = letter_of((char)('a' + i));
		letters[i].begun = i == 0 ? &begun : NULL;
		letters[i].go = i == 0 ? &go : NULL;
		post(&file, &letters[i]);
	}
	sem_wait(&begun);
	ck_assert_int_eq(letters[1].worked, 0); /* though there are threads for more */
	sem_post(&go);
	run();
	ck_assert_str_eq(done, "abcdefghij");
	for (int i = 0; i < COUNT(letters); i++)
		ck_assert_int_eq(letters[i].worked, 1);
}
END_TEST

START_TEST(the_next_begins_without_a_turn_of_the_loop)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	struct file file;
	sem_t go, begun;

	sem_init(&go, 0, 0);
	sem_init(&begun, 0, 0);
	a.go = &go;
	b.begun = &begun;
	file_init(&file, &threads, 0);
	post(&file, &a);
	post(&file, &b);
	post(&file, &c);
	sem_post(&go);
	sem_wait(&begun); /* the loop has not run */
	ck_assert_str_eq(done, "");
	run();
	ck_assert_str_eq(done, "abc");
}
END_TEST

START_TEST(the_next_of_a_file_does_not_overtake_others)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	struct file file, other;
	sem_t go;

	tear_down();
	ck_assert_int_eq(loop_init(&loop, flush, NULL), 0);
	ck_assert_int_eq(threads_init(&threads, &loop, 1), 0);
	sem_init(&go, 0, 0);
	a.go = &go;
	file_init(&file, &threads, 0);
	file_init(&other, &threads, 0);
	post(&file, &a);
	post(&file, &b);
	post(&other, &c);
	sem_post(&go);
	run();
	ck_assert_str_eq(done, "acb");
}
END_TEST

START_TEST(files_do_not_wait_for_each_other)
{
	struct letter a = letter_of('a'), b = letter_of('b');
	struct file one, other;
	sem_t go;

	sem_init(&go, 0, 0);
	a.go = &go;
	file_init(&one, &threads, 0);
	file_init(&other, &threads, 0);
	post(&one, &a);
	post(&other, &b);
	while (strlen(done) < 1)
		event_base_loop(loop.base, EVLOOP_ONCE);
	ck_assert_str_eq(done, "b");
	sem_post(&go);
	run();
	ck_assert_str_eq(done, "ba");
}
END_TEST

START_TEST(what_done_posts_comes_behind_what_waits)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	struct file file;

	a.then = &c;
	file_init(&file, &threads, 0);
	post(&file, &a);
	post(&file, &b);
	run();
	ck_assert_str_eq(done, "abc");
}
END_TEST

START_TEST(closing_is_last)
{
	struct letter a = letter_of('a'), b = letter_of('b');
	struct file file;

	b.job.closes = true;
	file_init(&file, &threads, 0);
	post(&file, &a);
	post(&file, &b);
	run();
	ck_assert_str_eq(done, "ab");
}
END_TEST

START_TEST(closing_waits_for_those_who_hold_the_file_and_others_do_not)
{
	struct letter a = letter_of('a'), b = letter_of('b');
	struct file file;

	b.job.closes = true;
	file_init(&file, &threads, 0);
	file_hold(&file);
	file_hold(&file);
	post(&file, &a);
	post(&file, &b);
	run();
	ck_assert_str_eq(done, "a");
	file_release(&file);
	ck_assert_uint_eq(threads.pending, 0);
	file_release(&file);
	run();
	ck_assert_str_eq(done, "ab");
}
END_TEST

START_TEST(closing_alone_waits_for_those_who_hold_the_file)
{
	struct letter a = letter_of('a');
	struct file file;

	a.job.closes = true;
	file_init(&file, &threads, 0);
	file_hold(&file);
	post(&file, &a);
	ck_assert_uint_eq(threads.pending, 0);
	file_release(&file);
	run();
	ck_assert_str_eq(done, "a");
}
END_TEST

/* Its `done` frees the file, as the close of eddy_fs_close does: nothing may look at it after that. */
static void
letter_done_and_file_freed(struct file_job *job)
{
	letter_done(job);
	free(job->file);
}

START_TEST(a_hold_given_up_in_done_lets_the_file_close_and_go)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	struct file *file = malloc(sizeof(*file));

	a.releases = true;
	c.job.closes = true;
	c.job.done = letter_done_and_file_freed;
	file_init(file, &threads, 0);
	file_hold(file);
	post(file, &a);
	post(file, &b);
	post(file, &c);
	run();
	ck_assert_str_eq(done, "abc");
}
END_TEST

START_TEST(at_the_end_a_hold_given_up_in_done_lets_the_file_go)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c');
	struct file *file = malloc(sizeof(*file));
	sem_t begun;

	sem_init(&begun, 0, 0);
	a.begun = &begun;
	a.lasts = true;
	b.releases = true;
	c.job.closes = true;
	c.job.done = letter_done_and_file_freed;
	file_init(file, &threads, 0);
	file_hold(file);
	post(file, &a);
	post(file, &b);
	post(file, &c);
	sem_wait(&begun);
	ck_assert_uint_eq(threads_fini(&threads, 0), 0);
	ck_assert_str_eq(done, "aBC");
	ck_assert_int_eq(threads_init(&threads, &loop, 1), 0); /* for tear_down */
}
END_TEST

START_TEST(at_the_end_what_waits_is_dropped_in_its_order)
{
	struct letter a = letter_of('a'), b = letter_of('b'), c = letter_of('c'),
		      d = letter_of('d');
	struct file file;
	sem_t begun;

	sem_init(&begun, 0, 0);
	a.begun = &begun;
	a.lasts = true;
	d.job.closes = true;
	file_init(&file, &threads, 0);
	post(&file, &a);
	post(&file, &b);
	post(&file, &c);
	post(&file, &d);
	sem_wait(&begun);
	ck_assert_uint_eq(threads_fini(&threads, 0), 0);
	ck_assert_str_eq(done, "aBCD");
	ck_assert_int_eq(threads_init(&threads, &loop, 1), 0); /* for tear_down */
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, jobs_of_one_file_run_one_after_the_other);
	tcase_add_test(tcase, the_next_begins_without_a_turn_of_the_loop);
	tcase_add_test(tcase, the_next_of_a_file_does_not_overtake_others);
	tcase_add_test(tcase, files_do_not_wait_for_each_other);
	tcase_add_test(tcase, what_done_posts_comes_behind_what_waits);
	tcase_add_test(tcase, closing_is_last);
	tcase_add_test(tcase, closing_waits_for_those_who_hold_the_file_and_others_do_not);
	tcase_add_test(tcase, closing_alone_waits_for_those_who_hold_the_file);
	tcase_add_test(tcase, a_hold_given_up_in_done_lets_the_file_close_and_go);
	tcase_add_test(tcase, at_the_end_a_hold_given_up_in_done_lets_the_file_go);
	tcase_add_test(tcase, at_the_end_what_waits_is_dropped_in_its_order);
}

int
main(void)
{
	return suite_run("loop/file", tests_add);
}
