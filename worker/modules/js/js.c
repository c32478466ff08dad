/*
 * js: handlers and servers in JavaScript, with the names that Node.js has.
 *
 *	module "js" { options { script = "/srv/app/app.js"  memory = "512m" } }
 *	route "/" { module = "js" }
 *
 * The script is loaded in each worker before it serves; js.h says how the parts belong together.
 */
#include <stdlib.h>
#include <string.h>

#include "js.h"

static void
js_unload(void *state)
{
	struct js *js = state;

	js_memory_stop(js);
	if (js->calls > 0) { /* threads write into the engine's memory: it ends with the process */
		js->orphaned = true;
		return;
	}
	js_cache_fini(js);
	js_engine_stop(js);
	js_fs_fini(js);
	js_table_fini(&js->exchanges);
	js_table_fini(&js->sockets);
	js_table_fini(&js->servers);
	js_table_fini(&js->timers);
	js_table_fini(&js->questions);
	js_table_fini(&js->askings);
	js_table_fini(&js->agents);
	js_table_fini(&js->resolvers);
	js_topics_free(js->topics);
	free(js->script);
	free(js);
}

/* The option `script`: a relative one starts at the conf file, whatever folder the daemon is in. */
static int
script_find(struct js *js)
{
	const char *said = eddy_module_option(js->self, "script", NULL);
	char path[PATH_MAX];

	if (said == NULL || said[0] == '\0')
		return eddy_module_fail(
			js->self, "which script? Say options { script = \"/srv/app/app.js\" }");
	if (eddy_module_path(js->self, said, path, sizeof(path)) != 0)
		return eddy_module_fail(js->self, "script: the path is too long");
	js->script = strdup(path);
	return js->script != NULL ? 0 : eddy_module_fail(js->self, "no memory for a path");
}

/* Makes the state; `check`: the script is looked at only. On failure it is gone, with *made. */
static int
js_make(eddy_module *self, bool check, struct js **made)
{
	struct js *js = calloc(1, sizeof(*js));
	int err;

	if (js == NULL)
		return eddy_module_fail(self, "no memory for the script's state");
	js->self = self;
	err = script_find(js);
	if (err != 0)
		goto out;
	err = js_memory_start(js);
	if (err == 0)
		err = js_engine_start(js);
	if (err == 0) {
		js->loading = true;
		err = js_loader_start(js, check);
		js->loading = false;
	}
	if (err == 0 && !check)
		err = js_memory_loaded(js);
out:
	if (err == 0)
		*made = js;
	else
		js_unload(js);
	return err;
}

static int
js_load(eddy_module *self, void **state)
{
	struct js *js = NULL;
	int err = js_make(self, false, &js);

	*state = js;
	return err;
}

static int
js_check(eddy_module *self)
{
	struct js *js = NULL;
	int err = js_make(self, true, &js);

	if (err == 0)
		js_unload(js);
	return err;
}

static void
js_drain(void *state)
{
	struct js *js = state;

	js->drains = true;
	js_dispatch(js, JS_DRAIN, 0, NULL);
}

static const char *const options[] = {"script", "memory", NULL};

EDDY_MODULE(.name = "js", .version = "1", .load = js_load, .drain = js_drain, .unload = js_unload,
	    .request = js_http_request, .connection = js_net_connection, .options = options,
	    .check = js_check);
