/*
 * Dies in every way that a module can: the worker has to go down alone, and the log has to say whose fault it was.
 */
#include <eddy.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile int *volatile nowhere;

static void
null(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	*nowhere = 1;
}

static void
abortion(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	abort();
}

static void
leave(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	_exit(7);
}

/* Goes without a crash, with a code that has a meaning to the master: what a library may do that gives up. */
static void
exit_0(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	exit(0);
}

static void
exit_3(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	exit(3);
}

static void
answer_late(void *arg)
{
	eddy_response_send(arg, 200, "text/plain", "late\n", 5);
}

/* Does what the query says: dies at once, or when its answer is due, or answers late, or at once. */
static void
moody(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str query = eddy_request_query(req);

	(void)state;
	if (query.n == 3 && memcmp(query.p, "die", 3) == 0)
		*nowhere = 1;
	else if (query.n == 4 && memcmp(query.p, "late", 4) == 0)
		eddy_set_timeout(answer_late, 1000, res);
	else
		eddy_response_send(res, 200, "text/plain", "good\n", 5);
}

static void
timer_fired(void *arg)
{
	(void)arg;
	*nowhere = 1;
}

/* Parks, and crashes in the timer. */
static void
timer(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	eddy_set_timeout(timer_fired, 20, NULL);
}

static void
data_came(eddy_request *req, eddy_str piece, void *arg)
{
	(void)req;
	(void)piece;
	(void)arg;
	*nowhere = 1;
}

static const eddy_request_events data_events = {.data = data_came};

static void
data(eddy_request *req, eddy_response *res, void *state)
{
	(void)res;
	(void)state;
	eddy_request_on(req, &data_events, NULL);
}

static void
release_owned(void *p, void *arg)
{
	(void)arg;
	free(p);
	*nowhere = 1;
}

static void
give_away(eddy_response *res, size_t n)
{
	char *p = calloc(1, n);

	if (!p)
		abort();
	eddy_response_write_owned(res, p, n, release_owned, NULL);
	eddy_response_end(res, NULL, 0);
}

/* Crashes when it gets back what it has given away: as soon as its handler has returned. */
static void
release(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	give_away(res, 10);
}

/* The same when the client has taken it: more than a socket holds. */
static void
release_late(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	give_away(res, 32 << 20);
}

static void
alive(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", "alive\n", 6);
}

static int
load(eddy_module *self, void **state)
{
	(void)state;
	if (strcmp(eddy_module_option(self, "when", "never"), "load") == 0)
		*nowhere = 1;
	return 0;
}

static const struct eddy_handler handlers[] = {
	{"null", null},	      {"abort", abortion},
	{"leave", leave},     {"exit_0", exit_0},
	{"exit_3", exit_3},   {"timer", timer},
	{"moody", moody},     {"data", data},
	{"release", release}, {"release_late", release_late},
	{NULL, NULL},
};

EDDY_MODULE(.name = "crash", .load = load, .request = alive, .handlers = handlers);
