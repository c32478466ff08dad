/*
 * Has its worker exit: GET on handler "exit" with the code in the query, twice; "replace" has another take its place;
 * "park" waits until the worker drains; "fatal" ends it at once, and "aside" on a thread of its own, while the loop is
 * busy. Option "when": "load" exits in there, and a number so many milliseconds later. Where the file of the option
 * "refuse" is, it refuses to load.
 */
#include <eddy.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

static eddy_module *self;
static eddy_response *parked;

static void
leave(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str query = eddy_request_query(req);
	int code = query.n > 0 ? query.p[0] - '0' : 0;

	(void)state;
	if (eddy_process_exit(code) != 0 || eddy_process_exit(9) != 0)
		abort();
	eddy_response_send(res, 200, "text/plain", "leaving\n", 8);
}

static void
replace(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	if (eddy_process_replace() != 0 || eddy_process_replace() != 0)
		abort();
	eddy_response_send(res, 200, "text/plain", "going\n", 6);
}

static void
park(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	parked = res;
}

static void
fatal(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	eddy_process_fatal(self, 77, "nothing is left of %s", "everything");
}

static void *
seen_from_aside(void *arg)
{
	(void)arg;
	eddy_process_fatal(self, 300, "seen from aside");
}

static void
aside(eddy_request *req, eddy_response *res, void *state)
{
	pthread_t thread;

	(void)req;
	(void)res;
	(void)state;
	if (pthread_create(&thread, NULL, seen_from_aside, NULL) != 0)
		abort();
	for (volatile int forever = 1; forever;)
		;
}

static void
soon(void *arg)
{
	(void)arg;
	eddy_process_exit(1);
}

static int
load(eddy_module *module, void **state)
{
	const char *when = eddy_module_option(module, "when", "");
	const char *refuse = eddy_module_option(module, "refuse", NULL);

	(void)state;
	self = module;
	if (refuse != NULL && access(refuse, F_OK) == 0)
		return eddy_module_fail(module, "not any more");
	if (strcmp(when, "load") == 0)
		eddy_log(self, LOG_INFO, "in load: %s, %s", eddy_error_name(eddy_process_exit(1)),
			 eddy_error_name(eddy_process_replace()));
	else if (*when != '\0')
		eddy_set_timeout(soon, (unsigned)strtoul(when, NULL, 10), NULL);
	return 0;
}

static void
drain(void *state)
{
	(void)state;
	if (eddy_process_exit(7) != 0 || eddy_process_replace() != 0)
		abort();
	if (parked != NULL)
		eddy_response_send(parked, 200, "text/plain", "drained\n", 8);
}

static const struct eddy_handler handlers[] = {{"exit", leave},	 {"replace", replace},
					       {"park", park},	 {"fatal", fatal},
					       {"aside", aside}, {NULL, NULL}};

EDDY_MODULE(.name = "leaver", .load = load, .drain = drain, .handlers = handlers);
