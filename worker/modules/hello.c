/*
 * hello: answers every request with one line of text.
 *
 *	module "hello" { options { greeting = "Hello World" } }
 *	route "/" { module = "hello" }
 */
#include <eddy.h>
#include <stdlib.h>
#include <string.h>

struct hello {
	size_t n;
	char line[];
};

static void
hello_request(eddy_request *req, eddy_response *res, void *state)
{
	const struct hello *hello = state;

	(void)req;
	eddy_response_send(res, 200, "text/plain; charset=utf-8", hello->line, hello->n);
}

/* The state is allocated, not static: one module file may be loaded under several names. */
static int
hello_load(eddy_module *self, void **state)
{
	const char *greeting = eddy_module_option(self, "greeting", "Hello World");
	size_t n = strlen(greeting);
	struct hello *hello = malloc(sizeof(*hello) + n + 1);

	if (hello == NULL)
		return eddy_module_fail(self, "no memory for the greeting");
	memcpy(hello->line, greeting, n);
	hello->line[n] = '\n';
	hello->n = n + 1;
	*state = hello;
	return 0;
}

static void
hello_unload(void *state)
{
	free(state);
}

static const char *const options[] = {"greeting", NULL};

EDDY_MODULE(.name = "hello", .version = "1", .load = hello_load, .unload = hello_unload,
	    .request = hello_request, .options = options);
