/*
 * One turn of the worker's loop: what every libevent callback does first and last.
 *
 * A callback that libevent calls is put between loop_enter and loop_leave. What must not happen
 * inside the call that caused it is posted as a task: `ticks` run when the module's callback that
 * is running has returned (events of a response, eddy_next_tick), `later` at the end of the turn,
 * when the shared buffers are free again (a connection that goes on with its next request). Last
 * comes the `flush`: what the turn has collected leaves in one send.
 *
 * What keeps a worker that drains alive, besides its HTTP connections, holds a reference (loop_ref):
 * jobs of the threads, sockets, queries.
 */
#ifndef EDDY_LOOP_LOOP_H
#define EDDY_LOOP_LOOP_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task {
	struct task *next;
	void (*run)(struct task *task);
};

struct task_queue {
	struct task *first, **last;
};

struct loop {
	struct event_base *base;
	int epoll;	 /* the base's, for exclusive.h; -1: not known */
	uint64_t now_ns; /* CLOCK_MONOTONIC_COARSE at the start of this turn */
	uint64_t turns;	 /* so far */
	struct task_queue ticks, later, again;
	struct event again_event;
	void (*flush)(void *arg);
	void *flush_arg;
	size_t refs;
};

/* 0 or -ENOMEM. */
int loop_init(struct loop *loop, void (*flush)(void *arg), void *flush_arg);
void loop_fini(struct loop *loop);

void loop_enter(struct loop *loop);
void loop_leave(struct loop *loop);

/* Runs the ticks posted so far and those that they post; after each callback into a module. */
void loop_run_ticks(struct loop *loop);

static inline void
task_queue_init(struct task_queue *queue)
{
	queue->first = NULL;
	queue->last = &queue->first;
}

static inline void
task_post(struct task_queue *queue, struct task *task)
{
	task->next = NULL;
	*queue->last = task;
	queue->last = &task->next;
}

/* Posts a task for the next turn. */
void loop_again(struct loop *loop, struct task *task);

/* In pairs, as with Node's ref and unref: a worker that drains stays while there is one. */
static inline void
loop_ref(struct loop *loop)
{
	loop->refs++;
}

static inline void
loop_unref(struct loop *loop)
{
	loop->refs--;
}

/* Whether nothing is left that keeps it, nor a task of this turn that might bring something. */
static inline bool
loop_is_done(const struct loop *loop)
{
	return loop->refs == 0 && loop->ticks.first == NULL && loop->later.first == NULL;
}

static inline uint64_t
loop_now_ms(const struct loop *loop)
{
	return loop->now_ns / 1000000;
}

#endif
