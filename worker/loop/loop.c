/*
 * The turn of the loop; see loop.h. libevent is used for its core only: raw events, timers, one
 * thread, no locks.
 */
#include "loop/loop.h"
#include "loop/exclusive.h"

#include <errno.h>
#include <stddef.h>
#include <time.h>

static struct task *
task_take(struct task_queue *queue)
{
	struct task *task = queue->first;

	if (task != NULL) {
		queue->first = task->next;
		if (queue->first == NULL)
			queue->last = &queue->first;
	}
	return task;
}

/* Those that were posted in the turns before; what they post again is for the next one. */
static void
loop_next_turn(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;
	struct task *task = loop->again.first, *next;

	(void)fd;
	(void)what;
	task_queue_init(&loop->again);
	loop_enter(loop);
	for (; task != NULL; task = next) {
		next = task->next;
		task->run(task);
		loop_run_ticks(loop);
	}
	loop_leave(loop);
}

int
loop_init(struct loop *loop, void (*flush)(void *arg), void *flush_arg)
{
	struct event_config *config = event_config_new();

	*loop = (struct loop){.flush = flush, .flush_arg = flush_arg};
	task_queue_init(&loop->ticks);
	task_queue_init(&loop->later);
	task_queue_init(&loop->again);
	if (config == NULL)
		return -ENOMEM;
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	event_config_require_features(config, EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE);
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	if (loop->base == NULL)
		return -ENOMEM;
	loop->epoll = exclusive_find(loop->base);
	evtimer_assign(&loop->again_event, loop->base, loop_next_turn, loop);
	return 0;
}

void
loop_again(struct loop *loop, struct task *task)
{
	static const struct timeval now = {0};

	if (loop->again.first == NULL)
		evtimer_add(&loop->again_event, &now);
	task_post(&loop->again, task);
}

void
loop_fini(struct loop *loop)
{
	event_del(&loop->again_event);
	event_base_free(loop->base);
	loop->base = NULL;
}

void
loop_enter(struct loop *loop)
{
	struct timespec now;

	loop->turns++;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	loop->now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void
loop_run_ticks(struct loop *loop)
{
	struct task *task;

	while ((task = task_take(&loop->ticks)) != NULL)
		task->run(task);
}

void
loop_leave(struct loop *loop)
{
	struct task *task;

	do {
		loop_run_ticks(loop);
		while ((task = task_take(&loop->later)) != NULL) {
			task->run(task);
			loop_run_ticks(loop);
		}
		loop->flush(loop->flush_arg);
	} while (loop->ticks.first != NULL || loop->later.first != NULL);
}
