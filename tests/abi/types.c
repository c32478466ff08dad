/*
 * What of eddy.h no function of the worker's leads to: a module's definition, and the numbers of the
 * enums. Built into an object of its own for tests/abi/check to look at.
 */
#include "eddy.h"

EDDY_API extern const struct eddy_module_def *const eddy_abi_module_def;
EDDY_API extern const enum eddy_error eddy_abi_error;

const struct eddy_module_def *const eddy_abi_module_def = NULL;
const enum eddy_error eddy_abi_error = EDDY_OK;
