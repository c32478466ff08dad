/*
 * The threads and their queue; see threads.h.
 *
 * One mutex guards both queues. A thread that has finished a job writes to the eventfd only if no
 * finished job is waiting already: under load many are delivered in one turn of the loop.
 */
#include "loop/threads.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "loop/clock.h"

#define STACK_SIZE (512 * 1024) /* bytes; pages that nobody touches cost nothing */
#define JOIN_SLACK_MS 1000	/* for the threads to see that it is over */
#define NS_PER_MS 1000000ull

/* On the threads ------------------------------------------------------------------ */

/* Waits for the next job; NULL: there will be none. With the mutex. */
static struct job *
job_take(struct threads *threads)
{
	struct job *job;

	while (TAILQ_EMPTY(&threads->queue) && !threads->stopped) {
		threads->idle++;
		pthread_cond_wait(&threads->work, &threads->mutex);
		threads->idle--;
	}
	job = TAILQ_FIRST(&threads->queue);
	if (job == NULL)
		return NULL;
	TAILQ_REMOVE(&threads->queue, job, link);
	threads->queued--;
	job->state = JOB_RUNNING;
	return job;
}

static void
job_queue(struct threads *threads, struct job *job)
{
	job->state = JOB_QUEUED;
	TAILQ_INSERT_TAIL(&threads->queue, job, link);
	threads->queued++;
}

/*
 * Whether the loop has to be woken for it. With the mutex. Who follows goes behind those that wait
 * already: this thread takes the next of them at once, so nobody else is woken for that.
 */
static bool
job_finish(struct threads *threads, struct job *job)
{
	bool first = TAILQ_EMPTY(&threads->finished);
	struct job *next = job->follower;

	job->state = JOB_DONE;
	TAILQ_INSERT_TAIL(&threads->finished, job, link);
	job->follower = NULL;
	if (next != NULL && threads->stopped) {
		next->dropped = true;
		job_finish(threads, next);
	} else if (next != NULL) {
		job_queue(threads, next);
	}
	return first;
}

static void *
thread_run(void *arg)
{
	struct threads *threads = arg;
	struct job *job;
	bool first;

	prctl(PR_SET_NAME, "eddy-pool"); /* its own: another's is a file in /proc */
	pthread_mutex_lock(&threads->mutex);
	while ((job = job_take(threads)) != NULL) {
		pthread_mutex_unlock(&threads->mutex);
		job->work(job);
		pthread_mutex_lock(&threads->mutex);
		first = job_finish(threads, job);
		pthread_mutex_unlock(&threads->mutex);
		if (first)
			eventfd_write(threads->wake, 1);
		pthread_mutex_lock(&threads->mutex);
	}
	pthread_mutex_unlock(&threads->mutex);
	return NULL;
}

/* One more thread, which takes no signals. 0 or -errno. */
static int
thread_start(struct threads *threads)
{
	sigset_t all, before;
	pthread_attr_t attr;
	int error;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&threads->ids[threads->count], &attr, thread_run, threads);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (error != 0)
		return -error;
	threads->count++;
	return 0;
}

/* On the loop --------------------------------------------------------------------- */

/* Calls `done` of all that have finished. */
static void
threads_deliver(struct threads *threads)
{
	struct job_list finished = TAILQ_HEAD_INITIALIZER(finished);
	eventfd_t times;
	struct job *job;

	eventfd_read(threads->wake, &times);
	pthread_mutex_lock(&threads->mutex);
	TAILQ_CONCAT(&finished, &threads->finished, link);
	pthread_mutex_unlock(&threads->mutex);
	loop_enter(threads->loop);
	while ((job = TAILQ_FIRST(&finished)) != NULL) {
		TAILQ_REMOVE(&finished, job, link);
		threads->pending--;
		loop_unref(threads->loop);
		job->state = JOB_IDLE;
		job->done(job);
		loop_run_ticks(threads->loop);
	}
	loop_leave(threads->loop);
}

static void
threads_wake(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	threads_deliver(arg);
}

int
threads_init(struct threads *threads, struct loop *loop, unsigned max)
{
	*threads = (struct threads){.loop = loop, .max = max};
	threads->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (threads->wake < 0)
		return -errno;
	threads->ids = calloc(max, sizeof(*threads->ids));
	if (threads->ids == NULL) {
		close(threads->wake);
		return -ENOMEM;
	}
	TAILQ_INIT(&threads->queue);
	TAILQ_INIT(&threads->finished);
	pthread_mutex_init(&threads->mutex, NULL);
	pthread_cond_init(&threads->work, NULL);
	event_assign(&threads->event, loop->base, threads->wake, EV_READ | EV_PERSIST, threads_wake,
		     threads);
	event_add(&threads->event, NULL);
	return 0;
}

int
threads_post(struct threads *threads, struct job *job)
{
	bool more;
	int error = 0;

	if (threads->stopped) /* only this thread sets it */
		return -ECANCELED;
	job->follower = NULL;
	job->dropped = false;
	pthread_mutex_lock(&threads->mutex);
	job_queue(threads, job);
	more = threads->queued > threads->idle && threads->count < threads->max;
	pthread_mutex_unlock(&threads->mutex);
	pthread_cond_signal(&threads->work); /* who wakes needs the mutex */
	threads->pending++;
	loop_ref(threads->loop);
	if (more)
		error = thread_start(threads);
	if (error == 0 || threads->count > 0) /* those that there are will do it */
		return 0;
	threads_cancel(threads, job);
	return -EAGAIN;
}

struct threads_load
threads_load(struct threads *threads)
{
	struct threads_load load;

	pthread_mutex_lock(&threads->mutex);
	load = (struct threads_load){
		.threads = threads->count,
		.busy = threads->count - threads->idle,
		.queued = threads->queued,
	};
	pthread_mutex_unlock(&threads->mutex);
	return load;
}

bool
threads_follow(struct threads *threads, struct job *job, struct job *next)
{
	bool follows;

	if (threads->stopped)
		return false;
	next->follower = NULL;
	next->dropped = false;
	pthread_mutex_lock(&threads->mutex);
	follows = job->follower == NULL && job->state != JOB_IDLE && job->state != JOB_DONE;
	if (follows) {
		job->follower = next;
		next->state = JOB_FOLLOWS;
	}
	pthread_mutex_unlock(&threads->mutex);
	if (!follows)
		return false;
	threads->pending++;
	loop_ref(threads->loop);
	return true;
}

bool
threads_cancel(struct threads *threads, struct job *job)
{
	bool queued;

	pthread_mutex_lock(&threads->mutex);
	queued = job->state == JOB_QUEUED;
	if (queued) {
		TAILQ_REMOVE(&threads->queue, job, link);
		threads->queued--;
		job->state = JOB_IDLE;
	}
	pthread_mutex_unlock(&threads->mutex);
	if (queued) {
		threads->pending--;
		loop_unref(threads->loop);
	}
	return queued;
}

/* The end ------------------------------------------------------------------------- */

static void
threads_wait(struct threads *threads, uint64_t until_ns)
{
	struct pollfd pfd = {.fd = threads->wake, .events = POLLIN};
	uint64_t now_ns;

	while (threads->pending > 0 && (now_ns = clock_now_ns()) < until_ns) {
		poll(&pfd, 1, (int)((until_ns - now_ns) / NS_PER_MS) + 1);
		threads_deliver(threads);
	}
}

static void
threads_stop(struct threads *threads)
{
	struct job *job;

	pthread_mutex_lock(&threads->mutex);
	threads->stopped = true;
	while ((job = TAILQ_FIRST(&threads->queue)) != NULL) {
		TAILQ_REMOVE(&threads->queue, job, link);
		threads->queued--;
		job->dropped = true;
		job_finish(threads, job);
	}
	pthread_cond_broadcast(&threads->work);
	pthread_mutex_unlock(&threads->mutex);
	threads_deliver(threads);
}

unsigned
threads_fini(struct threads *threads, unsigned ms)
{
	uint64_t until_ns = clock_now_ns() + ms * NS_PER_MS, join_ns;
	struct timespec until;
	unsigned hanging = 0;

	threads_wait(threads, until_ns);
	threads_stop(threads);
	join_ns = clock_now_ns() + JOIN_SLACK_MS * NS_PER_MS;
	until = (struct timespec){.tv_sec = (time_t)(join_ns / 1000000000),
				  .tv_nsec = (long)(join_ns % 1000000000)};
	for (unsigned i = 0; i < threads->count; i++)
		hanging +=
			pthread_clockjoin_np(threads->ids[i], NULL, CLOCK_MONOTONIC, &until) != 0;
	threads_deliver(threads);
	event_del(&threads->event);
	if (hanging > 0)
		return hanging;
	close(threads->wake);
	pthread_cond_destroy(&threads->work);
	pthread_mutex_destroy(&threads->mutex);
	free(threads->ids);
	threads->ids = NULL;
	return 0;
}
