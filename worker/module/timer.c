/*
 * The timers of eddy.h: setTimeout, setInterval, setImmediate and nextTick; see timer.h.
 *
 * A timer remembers the module that was running when it was made, so that its callback is charged
 * to that one. The handle that a module has is not the timer's address but its place in a table and
 * how often that place has been used: clearing a timer that has fired already, as everybody does
 * who comes from Node, finds that out and does nothing.
 *
 * Time is in whole milliseconds of CLOCK_MONOTONIC, and a timer's start counts from the end of the
 * one that has begun: it is never early.
 */
#include "module/timer.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "worker.h"

#define NS_PER_MS 1000000
#define TURN_TIMERS 1000 /* in one turn, before connections get theirs */
#define CROWD 1000	 /* timers that have gone, for their memory to be worth a look */

enum timer_kind { TIMEOUT, INTERVAL, IMMEDIATE };

struct timer {
	union {
		struct wheel_entry entry; /* if it is `waiting` in the wheel */
		struct {
			TAILQ_ENTRY(timer) link; /* an immediate's */
			uint64_t turn;		 /* that it was made in */
		};
	};
	void (*cb)(void *arg);
	void *arg;
	struct eddy_module *module;
	void *handle; /* NULL: it has been cleared while it was running */
	unsigned ms;
	uint8_t kind;
	bool waiting;
};

static void
timer_free(struct timers *timers, struct timer *timer)
{
	if (timer->handle != NULL)
		handle_free(&timers->handles, timer->handle);
	pool_free(&timers->pool, timer);
	timers->count--;
}

static struct timer *
timer_new(struct worker *worker, void (*cb)(void *arg), unsigned ms, void *arg,
	  enum timer_kind kind)
{
	struct timers *timers = &worker->timers;
	struct timer *timer = pool_new(&timers->pool);

	if (timer == NULL)
		return NULL;
	*timer = (struct timer){.cb = cb,
				.arg = arg,
				.module = worker->calls.running,
				.handle = handle_new(&timers->handles, timer),
				.ms = ms,
				.kind = kind};
	if (timer->handle == NULL) {
		pool_free(&timers->pool, timer);
		return NULL;
	}
	if (++timers->count > timers->crowd)
		timers->crowd = timers->count;
	return timer;
}

/* Time ---------------------------------------------------------------------------- */

static uint64_t
now_ms(void)
{
	return eddy_process_hrtime() / NS_PER_MS;
}

static void
timer_wait(struct timers *timers, struct timer *timer)
{
	timer->waiting = true;
	wheel_add(&timers->wheel, &timer->entry);
	if (timer->entry.due_ms < timers->armed_ms)
		timers->sooner = true;
}

static void
timer_unwait(struct timers *timers, struct timer *timer)
{
	if (timer->waiting)
		wheel_remove(&timers->wheel, &timer->entry);
	timer->waiting = false;
}

/* From now on: the millisecond that has begun does not count. */
static void
timer_start(struct timers *timers, struct timer *timer)
{
	uint64_t now = now_ms();

	wheel_pass(&timers->wheel, now); /* it may have rested for long */
	timer->entry.due_ms = now + 1 + timer->ms;
	timer_wait(timers, timer);
}

/*
 * An interval keeps to its beat: a late call does not move the next one. Beats that were missed
 * whole are left out.
 */
static void
timer_next_beat(struct timers *timers, struct timer *timer)
{
	uint64_t now = now_ms(), due = timer->entry.due_ms + timer->ms;

	if (due <= now)
		due += (now - due) / timer->ms * timer->ms + timer->ms;
	timer->entry.due_ms = due;
	timer_wait(timers, timer);
}

void
timers_arm(struct timers *timers)
{
	uint64_t next_ms;
	struct itimerspec due = {0};

	if (!timers->sooner)
		return;
	timers->sooner = false;
	next_ms = wheel_next_ms(&timers->wheel);
	if (next_ms >= timers->armed_ms) /* what was sooner has been cleared again */
		return;
	timers->armed_ms = next_ms;
	due.it_value.tv_sec = (time_t)(next_ms / 1000);
	due.it_value.tv_nsec = (long)(next_ms % 1000 * NS_PER_MS);
	timerfd_settime(timers->fd, TFD_TIMER_ABSTIME, &due, NULL);
}

/* The turn ------------------------------------------------------------------------ */

static void
timer_call(struct worker *worker, struct timer *timer)
{
	loop_enter(&worker->loop); /* since when it runs, for who watches */
	worker->timers.running = timer;
	call_begin(&worker->calls, timer->module, SLOT_TIMER, 0);
	timer->cb(timer->arg);
	call_end(&worker->calls);
	worker->timers.running = NULL;
}

static void
timer_fire(struct worker *worker, struct timer *timer)
{
	struct timers *timers = &worker->timers;

	timer->waiting = false;
	timer_call(worker, timer);
	if (timer->handle != NULL && timer->kind == INTERVAL && !timer->waiting)
		timer_next_beat(timers, timer);
	if (!timer->waiting) /* else its callback has refreshed it, or it is an interval's beat */
		timer_free(timers, timer);
	loop_run_ticks(&worker->loop);
}

/* Those that there were before: what they make is for the next turn. */
static void
immediates_run(struct worker *worker)
{
	struct timers *timers = &worker->timers;
	struct timer *timer;
	uint64_t turn = timers->turn++;

	while ((timer = TAILQ_FIRST(&timers->immediates)) != NULL && timer->turn <= turn) {
		TAILQ_REMOVE(&timers->immediates, timer, link);
		timer_call(worker, timer);
		timer_free(timers, timer);
		loop_run_ticks(&worker->loop);
	}
}

/* What is left of those that are due keeps the timerfd awake. */
static void
timeouts_run(struct worker *worker)
{
	uint64_t now = now_ms();

	for (unsigned n = 0; n < TURN_TIMERS; n++) {
		struct wheel_entry *entry = wheel_take(&worker->timers.wheel, now);

		if (entry == NULL)
			return;
		timer_fire(worker, (struct timer *)(void *)entry);
	}
}

static void
timers_turn(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval at_once = {0};
	struct worker *worker = arg;
	struct timers *timers = &worker->timers;

	(void)fd;
	(void)what;
	loop_enter(&worker->loop);
	timers->turning = true;
	immediates_run(worker);
	timeouts_run(worker);
	loop_leave(&worker->loop);
	timers->turning = false;
	if (!TAILQ_EMPTY(&timers->immediates))
		evtimer_add(&timers->turn_event, &at_once);
}

/* After the events of sockets that this turn has brought. */
static void
timers_post(struct timers *timers)
{
	if (!timers->turning)
		event_active(&timers->turn_event, EV_TIMEOUT, 0);
}

/* The timerfd wakes once each time it is set, read or not: it is watched for edges. */
static void
timers_due(evutil_socket_t fd, short what, void *arg)
{
	struct timers *timers = arg;

	(void)fd;
	(void)what;
	timers->armed_ms = WHEEL_NEVER;
	timers->sooner = true;
	timers_post(timers);
}

/* API ----------------------------------------------------------------------------- */

static eddy_timer *
timer_set(void (*cb)(void *arg), unsigned ms, void *arg, enum timer_kind kind, const char *what)
{
	struct worker *worker = worker_self;
	struct timer *timer;

	if (api_check(cb != NULL, what) != 0)
		return NULL;
	timer = timer_new(worker, cb, ms > 0 ? ms : 1, arg, kind);
	if (timer == NULL)
		return NULL;
	timer_start(&worker->timers, timer);
	return timer->handle;
}

/* NULL is fine, as it is for Node and free(3). */
static void
timer_clear(eddy_timer *handle, const char *what)
{
	struct timers *timers = &worker_self->timers;
	struct timer *timer;

	if (!api_here(what) || handle == NULL)
		return;
	timer = api_find(&timers->handles, handle, what);
	if (timer == NULL)
		return;
	if (timer == timers->running) {
		timer_unwait(timers, timer);
		handle_free(&timers->handles, timer->handle);
		timer->handle = NULL;
		return;
	}
	if (timer->kind == IMMEDIATE)
		TAILQ_REMOVE(&timers->immediates, timer, link);
	else
		timer_unwait(timers, timer);
	timer_free(timers, timer);
}

eddy_timer *
eddy_set_timeout(void (*cb)(void *arg), unsigned ms, void *arg)
{
	return timer_set(cb, ms, arg, TIMEOUT, __func__);
}

eddy_timer *
eddy_set_interval(void (*cb)(void *arg), unsigned ms, void *arg)
{
	return timer_set(cb, ms, arg, INTERVAL, __func__);
}

eddy_timer *
eddy_set_immediate(void (*cb)(void *arg), void *arg)
{
	struct timers *timers = &worker_self->timers;
	struct timer *timer;

	if (api_check(cb != NULL, __func__) != 0)
		return NULL;
	timer = timer_new(worker_self, cb, 0, arg, IMMEDIATE);
	if (timer == NULL)
		return NULL;
	timer->turn = timers->turn;
	TAILQ_INSERT_TAIL(&timers->immediates, timer, link);
	timers_post(timers);
	return timer->handle;
}

void
eddy_clear_timeout(eddy_timer *timer)
{
	timer_clear(timer, __func__);
}

void
eddy_clear_interval(eddy_timer *timer)
{
	timer_clear(timer, __func__);
}

void
eddy_clear_immediate(eddy_timer *timer)
{
	timer_clear(timer, __func__);
}

void
eddy_timer_refresh(eddy_timer *handle)
{
	struct timers *timers = &worker_self->timers;
	struct timer *timer = api_find(&timers->handles, handle, __func__);

	if (timer == NULL || timer->kind == IMMEDIATE)
		return;
	timer_unwait(timers, timer);
	timer_start(timers, timer);
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
	struct tick *tick = (struct tick *)(void *)task, now = *tick;

	pool_free(&now.worker->timers.ticks, tick);
	call_begin(&now.worker->calls, now.module, SLOT_TIMER, 0);
	now.cb(now.arg);
	call_end(&now.worker->calls);
}

int
eddy_next_tick(void (*cb)(void *arg), void *arg)
{
	int error = api_check(cb != NULL, __func__);
	struct tick *tick;

	if (error != 0)
		return error;
	tick = pool_new(&worker_self->timers.ticks);
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

/* The worker's -------------------------------------------------------------------- */

int
timers_init(struct worker *worker)
{
	struct timers *timers = &worker->timers;

	wheel_init(&timers->wheel, now_ms());
	TAILQ_INIT(&timers->immediates);
	handles_init(&timers->handles, HANDLE_TIMER);
	pool_init(&timers->pool, sizeof(struct timer));
	pool_init(&timers->ticks, sizeof(struct tick));
	timers->armed_ms = WHEEL_NEVER;
	timers->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (timers->fd < 0)
		return -errno;
	evtimer_assign(&timers->turn_event, worker->loop.base, timers_turn, worker);
	event_assign(&timers->due_event, worker->loop.base, timers->fd,
		     EV_READ | EV_PERSIST | EV_ET, timers_due, timers);
	event_add(&timers->due_event, NULL);
	return 0;
}

void
timers_fini(struct worker *worker)
{
	struct timers *timers = &worker->timers;

	if (timers->fd < 0)
		return;
	for (size_t i = 0; i < timers->handles.count; i++)
		if (timers->handles.places[i].taken)
			timer_free(timers, timers->handles.places[i].object);
	event_del(&timers->turn_event);
	event_del(&timers->due_event);
	close(timers->fd);
	handles_fini(&timers->handles);
	pool_fini(&timers->pool);
	pool_fini(&timers->ticks);
}

void
timers_trim(struct timers *timers)
{
	if (timers->count > timers->crowd / 2 || timers->crowd - timers->count < CROWD)
		return;
	timers->crowd = timers->count;
	handles_trim(&timers->handles);
}
