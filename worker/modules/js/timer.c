/*
 * Timers: one of eddy's for each of the script's. lib/timers.js has Node's objects; here are their
 * ids. A timer that its own callback has started again lives on.
 */
#include <stdlib.h>

#include "js.h"

struct timer {
	struct js *js;
	eddy_timer *handle;
	double id;
	bool again; /* refreshed since it fired */
};

static void
timer_remove(struct timer *timer)
{
	js_table_remove(&timer->js->timers, timer->id);
	free(timer);
}

static void
timer_fire(void *arg)
{
	struct timer *timer = arg;
	struct js *js = timer->js;
	double id = timer->id;
	JSValueRef value = JSValueMakeNumber(js->ctx, id);

	timer->again = false;
	js_dispatch(js, JS_TIMER, 1, &value);
	timer = js_table_get(&js->timers, id); /* the callback may have cleared it */
	if (timer != NULL && !timer->again)
		timer_remove(timer);
}

static JSValueRef
timer_add(struct js *js, bool immediate, unsigned ms, JSValueRef *exception)
{
	struct timer *timer = calloc(1, sizeof(*timer));

	if (timer == NULL)
		return js_throw(js, exception, "ENOMEM", "no memory for a timer");
	timer->js = js;
	timer->id = js_table_add(&js->timers, timer);
	if (timer->id != 0)
		timer->handle = immediate ? eddy_set_immediate(timer_fire, timer)
					  : eddy_set_timeout(timer_fire, ms, timer);
	if (timer->handle == NULL) {
		timer_remove(timer);
		return js_throw(js, exception, "ENOMEM", "no memory for a timer");
	}
	return JSValueMakeNumber(js->ctx, timer->id);
}

/* timerStart(ms): an id. */
static JSValueRef
timer_start(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	return timer_add(js, false, js_unsigned(js, js_arg(js, argc, argv, 0)), exception);
}

/* immediateStart(): an id. */
static JSValueRef
immediate_start(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	(void)argc;
	(void)argv;
	return timer_add(js, true, 0, exception);
}

/* timerRefresh(id): false when it is over. */
static JSValueRef
timer_refresh(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct timer *timer =
		js_table_get(&js->timers, js_number(js, js_arg(js, argc, argv, 0), 0));

	(void)exception;
	if (timer != NULL) {
		timer->again = true;
		eddy_timer_refresh(timer->handle);
	}
	return JSValueMakeBoolean(js->ctx, timer != NULL);
}

/* timerStop(id) */
static JSValueRef
timer_stop(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct timer *timer =
		js_table_get(&js->timers, js_number(js, js_arg(js, argc, argv, 0), 0));

	(void)exception;
	if (timer != NULL) {
		eddy_clear_timeout(timer->handle);
		timer_remove(timer);
	}
	return js_undefined(js);
}

const struct js_binding js_timer_bindings[] = {
	{"timerStart", timer_start},
	{"immediateStart", immediate_start},
	{"timerRefresh", timer_refresh},
	{"timerStop", timer_stop},
	{NULL, NULL},
};
