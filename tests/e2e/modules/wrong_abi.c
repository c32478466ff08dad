/* A module of another time: its ABI number is not this eddy's. */
#include <eddy.h>

EDDY_API extern const struct eddy_module_def eddy_module_entry;
const struct eddy_module_def eddy_module_entry = {
	.abi = EDDY_ABI + 41, .size = sizeof(struct eddy_module_def), .name = "wrong_abi"};
