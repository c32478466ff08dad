/* Refuses to load: with a reason or without (option silent), while a file is there (option flag) if one is named. */
#include <eddy.h>
#include <unistd.h>

static int
load(eddy_module *self, void **state)
{
	const char *silent = eddy_module_option(self, "silent", NULL);
	const char *flag = eddy_module_option(self, "flag", NULL);

	(void)state;
	if (flag && access(flag, F_OK) != 0)
		return 0;
	if (silent)
		return -1;
	return eddy_module_fail(self, "no %s today, %d times no",
				eddy_module_option(self, "wish", "pigs that fly"), 3);
}

static void
never(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, NULL, NULL, 0);
}

EDDY_MODULE(.name = "refuse", .load = load, .request = never);
