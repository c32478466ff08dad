/*
 * Parks every request and answers them all when its worker leaves: what a reload promises to parked requests.
 */
#include <eddy.h>
#include <stdlib.h>
#include <syslog.h>

struct parked {
	struct parked *next;
	eddy_response *res;
};

struct state {
	eddy_module *self;
	struct parked *first;
	bool draining;
};

static void
request(eddy_request *req, eddy_response *res, void *arg)
{
	struct state *state = arg;
	struct parked *parked = malloc(sizeof(*parked));

	(void)req;
	if (!parked)
		abort();
	parked->res = res;
	parked->next = state->first;
	state->first = parked;
}

static void
drain(void *arg)
{
	struct state *state = arg;

	eddy_log(state->self, LOG_INFO, "drain was called");
	state->draining = true;
	while (state->first) {
		struct parked *parked = state->first;
		state->first = parked->next;
		eddy_response_send(parked->res, 200, "text/plain", "answered by drain\n", 18);
		free(parked);
	}
}

static int
load(eddy_module *self, void **arg)
{
	struct state *state = calloc(1, sizeof(*state));

	if (!state)
		return eddy_module_fail(self, "no memory");
	state->self = self;
	*arg = state;
	return 0;
}

static void
unload(void *arg)
{
	struct state *state = arg;

	eddy_log(state->self, LOG_INFO, "unload was called, drained %d, parked %d", state->draining,
		 state->first != NULL);
	free(state);
}

EDDY_MODULE(.name = "drain", .load = load, .drain = drain, .unload = unload, .request = request);
