/* A module whose definition is shorter than any eddy.h has ever had it. */
#include <eddy.h>

EDDY_API extern const struct eddy_module_def eddy_module_entry;
const struct eddy_module_def eddy_module_entry = {
	.abi = EDDY_ABI, .size = offsetof(struct eddy_module_def, request), .name = "cut"};
