/* A module that calls what no eddy has: it cannot be loaded. */
#include <eddy.h>

void eddy_no_such_function(void);

static void
request(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_no_such_function();
	eddy_response_send(res, 200, NULL, NULL, 0);
}

EDDY_MODULE(.name = "unresolved", .request = request);
