/*
 * A few threads that do what would wait: files, and whatever else has no nonblocking form.
 *
 * A job is embedded in what it is for. Its `work` runs on one of the threads and touches nothing
 * but the job; its `done` runs on the loop's thread, as any libevent callback between loop_enter
 * and loop_leave, with the ticks behind it.
 *
 *	threads_post ---> QUEUED ---> RUNNING (work) ---> DONE ---> done, and it is the caller's again
 *	                    |
 *	                    +--- threads_cancel: the caller's at once
 *
 * Jobs begin in the order in which they were posted, and one that follows another when that is done. No thread exists before the first job; then
 * there are as many as there were jobs at once, up to the limit. The queue has none: what waits in
 * it belongs to requests, of which there is a limit, and costs nothing but the job itself. A disk
 * that hangs holds the jobs that need a thread up, and nothing else.
 *
 * Each job keeps a worker that drains alive (loop_ref).
 */
#ifndef EDDY_LOOP_THREADS_H
#define EDDY_LOOP_THREADS_H

#include <event2/event_struct.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "loop/loop.h"

enum job_state { JOB_IDLE, JOB_QUEUED, JOB_FOLLOWS, JOB_RUNNING, JOB_DONE };

/* Zero-initialise; set `work` and `done`. */
struct job {
	TAILQ_ENTRY(job) link;
	void (*work)(struct job *job);
	void (*done)(struct job *job); /* may free the job, and may post it again */
	struct job *follower;	       /* the mutex's: queued when this one is done; or NULL */
	bool dropped;  /* for `done`: the worker is at its end, `work` has not been called */
	uint8_t state; /* the mutex's */
};

TAILQ_HEAD(job_list, job);

struct threads {
	struct loop *loop;
	struct event event; /* of `wake` */
	int wake;	    /* an eventfd: jobs are done */
	unsigned max, count;
	pthread_t *ids;
	size_t pending; /* jobs posted, and `done` not called yet */

	pthread_mutex_t mutex; /* of what follows; held for a few instructions at a time */
	pthread_cond_t work;
	struct job_list queue, finished;
	size_t queued;
	unsigned idle;
	bool stopped;
};

/* Up to `max` threads, none so far. 0 or -errno. */
int threads_init(struct threads *threads, struct loop *loop, unsigned max);

/*
 * Lets what has been posted go on for `ms`, drops what has not begun by then, and ends the threads.
 * The last calls of `done` are made here. How many threads hang in the kernel even then: these are
 * left behind, with their jobs and all that these use, so that nothing of it may be freed.
 */
unsigned threads_fini(struct threads *threads, unsigned ms);

/* 0; or -EAGAIN: no thread can be started; -ECANCELED: the worker is at its end. */
int threads_post(struct threads *threads, struct job *job);

/* For the figures of the worker. */
struct threads_load {
	unsigned threads, busy; /* busy: the threads with a job */
	size_t queued;		/* jobs that no thread has begun yet */
};
struct threads_load threads_load(struct threads *threads);

/*
 * Posts what has to come after a job that has been posted: it is queued by the thread that has done
 * that one, with no turn of the loop in between. True; or false: that one is done already, or has
 * somebody behind it.
 */
bool threads_follow(struct threads *threads, struct job *job, struct job *next);

/*
 * Not for one that follows, or is followed. True: it had not begun; neither `work` nor `done` will
 * be called. False: `done` will be.
 */
bool threads_cancel(struct threads *threads, struct job *job);

#endif
