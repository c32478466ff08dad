/*
 * Threads beside the loop's; see thread.h.
 */
#include "thread.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

bool
js_thread_start(struct js_thread *thread, void *(*run)(void *arg), void *arg)
{
	sigset_t all, before;

	sem_init(&thread->wake, 0, 0);
	thread->stops = false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	thread->started = pthread_create(&thread->id, NULL, run, arg) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!thread->started)
		sem_destroy(&thread->wake);
	return thread->started;
}

void
js_thread_stop(struct js_thread *thread)
{
	if (!thread->started)
		return;
	thread->stops = true;
	js_thread_wake(thread);
	pthread_join(thread->id, NULL);
	sem_destroy(&thread->wake);
	thread->started = false;
}

void
js_thread_wake(struct js_thread *thread)
{
	sem_post(&thread->wake);
}

void
js_thread_sleep(struct js_thread *thread, unsigned ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	while (sem_clockwait(&thread->wake, CLOCK_MONOTONIC, &until) < 0 && errno == EINTR)
		;
}
