/*
 * Timers as a module sees them: in which order they run in a real worker, and a crowd of them.
 */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One request and what has run for it. */
struct run {
	eddy_response *res;
	eddy_timer *gone, *interval;
	uint64_t set, fired, disorder;
	uint64_t latest; /* ms: what has fired was due then or later */
	char text[1024];
};

static void
note(struct run *run, const char *what)
{
	size_t n = strlen(run->text);

	snprintf(run->text + n, sizeof(run->text) - n, "%s ", what);
}

static struct run *
run_new(eddy_response *res)
{
	struct run *run = calloc(1, sizeof(*run));

	if (!run)
		abort();
	run->res = res;
	return run;
}

static void
run_answer(struct run *run)
{
	eddy_response_send(run->res, 200, "text/plain", run->text, strlen(run->text));
	free(run);
}

static void
burn(unsigned ms)
{
	uint64_t until = eddy_process_hrtime() + (uint64_t)ms * 1000000;

	while (eddy_process_hrtime() < until)
		;
}

/* What each of them notes is its name. */

static void
tick(void *arg)
{
	note(arg, "tick");
}

static void
immediate_2(void *arg)
{
	note(arg, "immediate-2");
}

static void
immediate_in_immediate(void *arg)
{
	note(arg, "immediate-in-immediate");
}

static void
immediate_1_tick(void *arg)
{
	note(arg, "immediate-1-tick");
}

static void
immediate_1(void *arg)
{
	note(arg, "immediate-1");
	eddy_next_tick(immediate_1_tick, arg);
	eddy_set_immediate(immediate_in_immediate, arg);
}

static void
timeout_in_timeout(void *arg)
{
	note(arg, "timeout-in-timeout");
	run_answer(arg);
}

static void
immediate_in_timeout(void *arg)
{
	note(arg, "immediate-in-timeout");
}

static void
timeout_1_tick(void *arg)
{
	note(arg, "timeout-1-tick");
}

static void
timeout_1(void *arg)
{
	struct run *run = arg;

	note(run, "timeout-1");
	eddy_next_tick(timeout_1_tick, run);
	eddy_clear_timeout(run->gone);
	eddy_set_timeout(timeout_in_timeout, 0, run);
	eddy_set_immediate(immediate_in_timeout, run);
	burn(5);
}

static void
cleared(void *arg)
{
	note(arg, "cleared");
}

static void
timeout_2(void *arg)
{
	note(arg, "timeout-2");
}

/* All kinds at once, from a callback that takes so long that the timeouts are due after it. */
static void
turns(eddy_request *req, eddy_response *res, void *state)
{
	struct run *run = run_new(res);

	(void)req;
	(void)state;
	eddy_set_timeout(timeout_1, 1, run);
	run->gone = eddy_set_timeout(cleared, 1, run);
	eddy_set_timeout(timeout_2, 2, run);
	eddy_set_immediate(immediate_1, run);
	eddy_set_immediate(immediate_2, run);
	eddy_next_tick(tick, run);
	burn(6);
	note(run, "handler");
}

/* One of many. When it is due is not known to the nanosecond: somewhere between these two. */
struct one {
	struct run *run;
	uint64_t after, before;
};

static void
one_fired(void *arg)
{
	struct one *one = arg;
	struct run *run = one->run;

	if (eddy_process_hrtime() < one->after || one->before / 1000000 < run->latest)
		run->disorder++;
	if (one->after / 1000000 > run->latest)
		run->latest = one->after / 1000000;
	free(one);
	if (++run->fired < run->set)
		return;
	snprintf(run->text, sizeof(run->text), "%llu fired, %llu early or out of order\n",
		 (unsigned long long)run->fired, (unsigned long long)run->disorder);
	run_answer(run);
}

static void
crowd(eddy_request *req, eddy_response *res, void *state)
{
	struct run *run = run_new(res);

	(void)req;
	(void)state;
	run->set = 20000;
	for (unsigned i = 0; i < run->set; i++) {
		struct one *one = calloc(1, sizeof(*one));
		unsigned ms = i * 7919 % 300 + 1;

		if (!one)
			abort();
		one->run = run;
		one->after = eddy_process_hrtime() + ms * 1000000ull;
		eddy_set_timeout(one_fired, ms, one);
		one->before = eddy_process_hrtime() + ms * 1000000ull;
	}
}

/* Many that wait long, and are cleared by a later request. */
#define PILE 200000

static eddy_timer **pile_timers;

static void
never(void *arg)
{
	(void)arg;
	abort();
}

static void
pile(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	pile_timers = calloc(PILE, sizeof(*pile_timers));
	if (!pile_timers)
		abort();
	for (unsigned i = 0; i < PILE; i++)
		pile_timers[i] = eddy_set_timeout(never, 600000 + i, NULL);
	eddy_response_send(res, 200, "text/plain", "piled\n", 6);
}

static void
unpile(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	for (unsigned i = 0; i < PILE; i++)
		eddy_clear_timeout(pile_timers[i]);
	free(pile_timers);
	eddy_response_send(res, 200, "text/plain", "cleared\n", 8);
}

static const struct eddy_handler handlers[] = {
	{"turns", turns}, {"crowd", crowd}, {"pile", pile}, {"unpile", unpile}, {NULL, NULL}};

EDDY_MODULE(.name = "timers", .handlers = handlers);
