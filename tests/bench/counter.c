/*
 * The handler that tells valgrind to write down the instructions since the last time; a request to
 * it ends each part of tests/bench/callgrind, which builds this.
 */
#include <eddy.h>
#include <valgrind/callgrind.h>

static void
count(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	CALLGRIND_DUMP_STATS;
	eddy_response_send(res, 200, "text/plain", "counted\n", 8);
}

EDDY_MODULE(.name = "counter", .version = "1", .request = count);
