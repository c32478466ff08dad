/* A module as an eddy.h of years to come might build it: its definition has members that this worker does not know. */
#include <eddy.h>

static void
future(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", "new\n", 4);
}

struct new_def {
	struct eddy_module_def def;
	uintptr_t unknown[8];
};

EDDY_API extern const struct new_def eddy_module_entry;
const struct new_def eddy_module_entry = {
	.def = {.abi = EDDY_ABI, .size = sizeof(struct new_def), .name = "new", .request = future},
	.unknown = {1, 1, 1, 1, 1, 1, 1, 1}};
