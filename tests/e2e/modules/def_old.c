/*
 * A module as an eddy.h of the first release would have built it: its definition ends with the handlers. What lies
 * behind it is no part of it.
 */
#include <eddy.h>

static void
old(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", "old\n", 4);
}

struct old_def {
	uint32_t abi, size;
	const char *name, *version;
	int (*load)(eddy_module *self, void **state);
	void (*drain)(void *state);
	void (*unload)(void *state);
	eddy_request_handler *request;
	const struct eddy_handler *handlers;
};

struct old_entry {
	struct old_def def;
	uintptr_t behind[8];
};

EDDY_API extern const struct old_entry eddy_module_entry;
const struct old_entry eddy_module_entry = {
	.def = {.abi = EDDY_ABI, .size = sizeof(struct old_def), .name = "old", .request = old},
	.behind = {1, 1, 1, 1, 1, 1, 1, 1}};
