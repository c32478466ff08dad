/* A module with named handlers only: a route without `handler` has nothing to call. */
#include <eddy.h>

static void
named(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", "named\n", 6);
}

static const struct eddy_handler handlers[] = {{"named", named}, {NULL, NULL}};

EDDY_MODULE(.name = "no_request", .handlers = handlers);
