/*
 * The timers of eddy.h: setTimeout, setInterval, setImmediate and nextTick, on libevent's.
 *
 * A timer remembers the module that was running when it was made, so that its callback is charged
 * to that one. The handle that a module has is not the timer's address but its place in a table and
 * how often that place has been used: clearing a timer that has fired already, as everybody does
 * who comes from Node, finds that out and does nothing.
 */
#include <stdlib.h>

#include "worker.h"

enum timer_kind { TIMEOUT, INTERVAL, IMMEDIATE };

struct timer {
	struct event event;
	struct worker *worker;
	struct eddy_module *module;
	void (*cb)(void *arg);
	void *arg;
	uint64_t due_us; /* CLOCK_MONOTONIC */
	void *handle;
	unsigned ms;
	uint8_t kind;
	bool running, cleared;
};

static void
timer_free(struct timer *timer)
{
	event_del(&timer->event);
	handle_free(&timer->worker->timers, timer->handle);
	free(timer);
}

static uint64_t
now_us(void)
{
	return eddy_process_hrtime() / 1000;
}

static void
timer_add(struct timer *timer, uint64_t wait_us)
{
	struct timeval wait = {.tv_sec = (time_t)(wait_us / 1000000),
			       .tv_usec = (suseconds_t)(wait_us % 1000000)};

	event_add(&timer->event, &wait);
}

/*
 * An interval keeps to its beat: a late call does not move the next one. Beats that were missed
 * whole are left out.
 */
static void
timer_next_beat(struct timer *timer)
{
	uint64_t now = now_us(), step = (uint64_t)timer->ms * 1000;

	timer->due_us += step;
	if (timer->due_us <= now)
		timer->due_us += (now - timer->due_us) / step * step + step;
	timer_add(timer, timer->due_us - now);
}

static void
timer_fire(evutil_socket_t fd, short what, void *arg)
{
	struct timer *timer = arg;
	struct worker *worker = timer->worker;

	(void)fd;
	(void)what;
	loop_enter(&worker->loop);
	timer->running = true;
	call_begin(&worker->calls, timer->module, SLOT_TIMER, 0);
	timer->cb(timer->arg);
	call_end(&worker->calls);
	timer->running = false;
	if (timer->cleared)
		timer_free(timer);
	else if (timer->kind == INTERVAL)
		timer_next_beat(timer);
	else if (!event_pending(&timer->event, EV_TIMEOUT,
				NULL)) /* else its callback has refreshed it */
		timer_free(timer);
	loop_leave(&worker->loop);
}

static eddy_timer *
timer_new(void (*cb)(void *arg), unsigned ms, void *arg, enum timer_kind kind)
{
	struct worker *worker = worker_self;
	struct timer *timer = cb != NULL ? malloc(sizeof(*timer)) : NULL;

	if (timer == NULL)
		return NULL;
	if (ms == 0 && kind != IMMEDIATE)
		ms = 1;
	*timer = (struct timer){.worker = worker,
				.module = worker->calls.running,
				.cb = cb,
				.arg = arg,
				.ms = ms,
				.kind = kind};
	timer->handle = handle_new(&worker->timers, timer);
	if (timer->handle == NULL) {
		free(timer);
		return NULL;
	}
	if (kind == INTERVAL)
		timer->due_us = now_us() + (uint64_t)ms * 1000;
	evtimer_assign(&timer->event, worker->loop.base, timer_fire, timer);
	timer_add(timer, (uint64_t)ms * 1000);
	return timer->handle;
}

static void
timer_clear(eddy_timer *handle)
{
	struct timer *timer = handle_find(&worker_self->timers, handle);

	if (timer == NULL)
		return;
	if (timer->running)
		timer->cleared = true;
	else
		timer_free(timer);
}

eddy_timer *
eddy_set_timeout(void (*cb)(void *arg), unsigned ms, void *arg)
{
	return timer_new(cb, ms, arg, TIMEOUT);
}

eddy_timer *
eddy_set_interval(void (*cb)(void *arg), unsigned ms, void *arg)
{
	return timer_new(cb, ms, arg, INTERVAL);
}

eddy_timer *
eddy_set_immediate(void (*cb)(void *arg), void *arg)
{
	return timer_new(cb, 0, arg, IMMEDIATE);
}

void
eddy_clear_timeout(eddy_timer *timer)
{
	timer_clear(timer);
}

void
eddy_clear_interval(eddy_timer *timer)
{
	timer_clear(timer);
}

void
eddy_clear_immediate(eddy_timer *timer)
{
	timer_clear(timer);
}

void
eddy_timer_refresh(eddy_timer *handle)
{
	struct timer *timer = handle_find(&worker_self->timers, handle);

	if (timer == NULL || timer->cleared)
		return;
	timer->due_us = now_us();
	if (timer->running && timer->kind == INTERVAL)
		return; /* its next beat follows from that */
	timer->due_us += (uint64_t)timer->ms * 1000;
	timer_add(timer, (uint64_t)timer->ms * 1000);
}

void
timers_fini(struct worker *worker)
{
	for (size_t i = 0; i < worker->timers.count; i++)
		if (worker->timers.places[i].taken)
			timer_free(worker->timers.places[i].object);
	handles_fini(&worker->timers);
}

/* nextTick ------------------------------------------------------------------------ */

struct tick {
	struct task task;
	struct worker *worker;
	struct eddy_module *module;
	void (*cb)(void *arg);
	void *arg;
};

static void
tick_run(struct task *task)
{
	struct tick *tick = (struct tick *)(void *)task;

	call_begin(&tick->worker->calls, tick->module, SLOT_TIMER, 0);
	tick->cb(tick->arg);
	call_end(&tick->worker->calls);
	free(tick);
}

int
eddy_next_tick(void (*cb)(void *arg), void *arg)
{
	struct tick *tick;

	if (cb == NULL)
		return EDDY_EINVAL;
	tick = malloc(sizeof(*tick));
	if (tick == NULL)
		return EDDY_ENOMEM;
	*tick = (struct tick){.task.run = tick_run,
			      .worker = worker_self,
			      .module = worker_self->calls.running,
			      .cb = cb,
			      .arg = arg};
	task_post(&worker_self->loop.ticks, &tick->task);
	return 0;
}
