/*
 * Blocks its worker in every way that a module can. `ms` of the query says for how long.
 */
#include <eddy.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long
now_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static long
wanted_ms(eddy_request *req)
{
	eddy_str query = eddy_request_query(req);

	if (query.n > 3 && memcmp(query.p, "ms=", 3) == 0)
		return strtol(query.p + 3, NULL, 10);
	return 600000;
}

/* Their names are looked for in the backtrace. */
static void __attribute__((noinline)) spin_about(long ms)
{
	clockid_t own = CLOCK_THREAD_CPUTIME_ID; /* others may want the processor, too */

	for (long end = now_ms(own) + ms; now_ms(own) < end;)
		;
}

static void __attribute__((noinline)) sleep_in_the_kernel(long ms)
{
	for (long end = now_ms(CLOCK_MONOTONIC) + ms, left;
	     (left = end - now_ms(CLOCK_MONOTONIC)) > 0;)
		poll(NULL, 0, (int)left);
}

static void
spin(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	spin_about(wanted_ms(req));
	eddy_response_send(res, 200, "text/plain", "spun\n", 5);
}

static void
block(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	sleep_in_the_kernel(wanted_ms(req));
	eddy_response_send(res, 200, "text/plain", "slept\n", 6);
}

static void
in_timer(void *arg)
{
	spin_about((long)(intptr_t)arg);
}

static void
timer(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	eddy_set_timeout(in_timer, 1, (void *)(intptr_t)wanted_ms(req));
	eddy_response_send(res, 200, "text/plain", "later\n", 6);
}

/* No call is long, and the loop never gets its turn. */
static void
tick(void *arg)
{
	eddy_next_tick(tick, arg);
}

static void
ticks(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", "for ever\n", 9);
	eddy_next_tick(tick, NULL);
}

/* Cannot be told to end, nor to say what it does. */
static void
deaf(eddy_request *req, eddy_response *res, void *state)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	block(req, res, state);
}

static void
idle(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", "idle\n", 5);
}

static const struct eddy_handler handlers[] = {
	{"spin", spin},	  {"block", block}, {"timer", timer},
	{"ticks", ticks}, {"deaf", deaf},   {NULL, NULL},
};

EDDY_MODULE(.name = "hang", .request = idle, .handlers = handlers);
