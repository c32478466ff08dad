/*
 * The engine: its start, its limits, and the one place where C enters JavaScript.
 *
 * Its collector stops threads with a signal, which is SIGUSR1 unless the environment says otherwise
 * before the first virtual machine is made: that one is the daemon's. Its compiler needs memory
 * that can be written and run; where that is forbidden (MemoryDenyWriteExecute) the engine
 * interprets, and the log says so once for each conf that is loaded.
 *
 * The engine looks at the time every now and then while a script runs. That is where a script that
 * does not come back is named, and where its memory is looked at: a loop that allocates never comes
 * to the worker's loop.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <unistd.h>

#include "engine_private.h"
#include "js.h"

#define GC_SIGNAL \
	(SIGRTMIN + 7) /* RTMIN and RTMIN + 1 are the daemon's, C libraries take others' */
#define GC_SIGNAL_VARIABLE "JSC_SIGNAL_FOR_GC"

#define HANG_NS 1000000000ULL /* a second in one callback is reported */
#define BACKTRACE_FRAMES 64
#define BACKTRACE_SHOWN 6

/* Whether memory may be written and run: what the engine's compiler asks for. */
static bool
engine_may_compile(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *memory = mmap(NULL, page, PROT_READ | PROT_WRITE | PROT_EXEC,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return false;
	munmap(memory, page);
	return true;
}

/*
 * Chooses the collector's signal, which the engine's lowest layer reads when it is initialised. The
 * engine's own options have the same prefix, and it would say on stderr that this is none of them:
 * so the layer is initialised alone first, where that function can be found, and the variable is
 * gone before the rest looks.
 */
extern void wtf_initialize(void) __asm__("_ZN3WTF10initializeEv") __attribute__((weak));

static JSContextGroupRef
engine_group(void)
{
	const char *said = getenv(GC_SIGNAL_VARIABLE);
	JSContextGroupRef group;
	char number[16];

	if (said == NULL) {
		snprintf(number, sizeof(number), "%d", GC_SIGNAL);
		setenv(GC_SIGNAL_VARIABLE, number, 1);
	}
	if (wtf_initialize != NULL) {
		wtf_initialize();
		unsetenv(GC_SIGNAL_VARIABLE);
	}
	group = JSContextGroupCreate();
	unsetenv(GC_SIGNAL_VARIABLE);
	return group;
}

/*
 * Adds a frame, "#1 chat() at /srv/app/chat.js:12", to what is said of the stack: "chat() at
 * /srv/app/chat.js:12". Those of the libraries are left out, and of the engine's own functions
 * those that no script has called: they help nobody to find a slip.
 */
static bool
frame_put(FILE *out, const char *line, bool first)
{
	const char *name = strchr(line, ' '), *at = strstr(line, "() at ");
	const char *before = first ? "" : ", called by ";

	if (name == NULL || at == NULL || at < name)
		return false;
	name++;
	at += strlen("() at ");
	if (strncmp(at, "node:", 5) == 0 || at[0] == ':')
		return false;
	if (at[0] == '[')
		fprintf(out, "%s%.*s", before, (int)(strcspn(name, ")") + 1), name);
	else if (name[0] == '(')
		fprintf(out, "%sa function at %s", before, at);
	else
		fprintf(out, "%s%s", before, name);
	return true;
}

/* "spin() at /srv/app/app.js:12, called by a function at …:3": the innermost frame first. To be freed. */
static char *
stack_text(JSContextRef ctx)
{
	JSStringRef lines = JSContextCreateBacktrace != NULL
				    ? JSContextCreateBacktrace(ctx, BACKTRACE_FRAMES)
				    : NULL;
	size_t size = lines != NULL ? JSStringGetMaximumUTF8CStringSize(lines) : 0, n = 0;
	char *bytes = malloc(size + 1), *text = NULL, *rest = bytes;
	FILE *out = bytes != NULL ? open_memstream(&text, &n) : NULL;
	unsigned put = 0;

	if (bytes != NULL)
		bytes[0] = '\0';
	if (lines != NULL && bytes != NULL)
		JSStringGetUTF8CString(lines, bytes, size + 1);
	for (char *line; out != NULL && put < BACKTRACE_SHOWN && (line = strsep(&rest, "\n"));)
		put += frame_put(out, line, put == 0);
	if (out != NULL && put == 0)
		fputs("no function of the script's", out);
	if (out != NULL)
		fclose(out);
	free(bytes);
	if (lines != NULL)
		JSStringRelease(lines);
	return text;
}

static void
engine_say_hang(struct js *js, JSContextRef ctx)
{
	char *where = stack_text(ctx);

	js->hang_said = true;
	eddy_log(js->self, LOG_WARNING,
		 "JavaScript has run for a second without coming back to the loop, in %s",
		 where != NULL ? where : "?");
	free(where);
}

static void
engine_end(struct js *js, JSContextRef ctx, uint64_t rss)
{
	char *where = stack_text(ctx);

	eddy_process_fatal(js->self, JS_MEMORY_EXIT,
			   "the worker has %llu MB of memory, and the module's option memory %s "
			   "%llu MB: this worker ends, in %s",
			   (unsigned long long)(rss >> 20),
			   js->memory_said ? "allows" : JS_MEMORY_UNSAID,
			   (unsigned long long)(js->memory_max >> 20), where != NULL ? where : "?");
}

/*
 * What is garbage by now may go first, and a worker that is to be replaced, since it has too much,
 * may go on with its requests meanwhile.
 */
static void
engine_look_at_memory(struct js *js, JSContextRef ctx)
{
	uint64_t rss = js->memory_max > 0 ? js_rss_now() : 0;

	if (rss <= (js->memory_left ? 2 * js->memory_max : js->memory_max))
		js->memory_pressed = false;
	else if (js->memory_pressed)
		engine_end(js, ctx, rss);
	else
		js->memory_pressed = true, JSGarbageCollect(ctx);
}

/*
 * Called by the engine while a script runs; once only, unless it is asked for again. Never ends the
 * script: what is to be done with a worker that hangs, the daemon decides.
 */
static bool
engine_look(JSContextRef ctx, void *arg)
{
	struct js *js = arg;

	if (!js->hang_said && js_watch_age_ns(&js->watch) >= HANG_NS)
		engine_say_hang(js, ctx);
	engine_look_at_memory(js, ctx);
	js_watch_looked(&js->watch);
	return false;
}

/* Whether this worker is the first of its generation, and no replacement of one that served. */
static bool
worker_is_first(void)
{
	eddy_totals totals = {.size = sizeof(totals)};
	eddy_worker_info info = {.size = sizeof(info)};

	if (eddy_cluster_worker_id() != 0 || eddy_cluster_totals(&totals) != 0)
		return false;
	for (size_t i = 0; eddy_cluster_workers(i, &info); i++)
		if (info.pid == eddy_process_pid())
			return info.generation > totals.generation;
	return true;
}

static void
engine_say_interpreted(const struct js *js)
{
	static bool said; /* by another module with a script */

	if (said || !worker_is_first())
		return;
	said = true;
	eddy_log(js->self, LOG_NOTICE,
		 "JavaScript is interpreted, not compiled: this process may not have memory that "
		 "can be written and run. MemoryDenyWriteExecute=no in the unit allows it from the "
		 "next restart on");
}

int
js_engine_start(struct js *js)
{
	bool compiles = engine_may_compile();

	js->group = engine_group();
	js->ctx = JSGlobalContextCreateInGroup(js->group, NULL);
	if (js->ctx == NULL)
		return eddy_module_fail(js->self, "%s: no memory for a JavaScript context",
					js->script);
	if (!compiles)
		engine_say_interpreted(js);
	js_watch_start(&js->watch, js->group, compiles, engine_look, js);
	return 0;
}

void
js_engine_stop(struct js *js)
{
	js_watch_stop(&js->watch);
	if (js->ctx != NULL)
		JSGlobalContextRelease(js->ctx);
	if (js->group != NULL)
		JSContextGroupRelease(js->group);
	if (js->native_class != NULL)
		JSClassRelease(js->native_class);
}

void
js_enter(struct js *js)
{
	if (js->entered++ > 0)
		return;
	js_watch_enter(&js->watch);
	js->hang_said = false;
	js->memory_pressed = false;
}

void
js_exit(struct js *js)
{
	if (--js->entered == 0)
		js_watch_leave(&js->watch);
}

/* boot.js reports what is thrown in callbacks; what comes here is a fault of the libraries. */
static void
engine_call(struct js *js, size_t argc, const JSValueRef argv[])
{
	JSValueRef exception = NULL;
	char *text;

	js_enter(js);
	JSObjectCallAsFunction(js->ctx, js->dispatch, NULL, argc, argv, &exception);
	js_exit(js);
	if (exception == NULL)
		return;
	text = js_describe(js, exception);
	eddy_log(js->self, LOG_ERR, "Uncaught in eddy's libraries: %s",
		 text != NULL ? text : "no memory");
	free(text);
}

void
js_settle(struct js *js)
{
	JSValueRef event = JSValueMakeNumber(js->ctx, JS_TICKS);

	while (js->shared.pending)
		engine_call(js, 1, &event);
}

void
js_dispatch(struct js *js, enum js_event event, size_t argc, const JSValueRef argv[])
{
	JSValueRef all[8];

	if (js->dispatch == NULL || argc >= sizeof(all) / sizeof(all[0]))
		return;
	all[0] = JSValueMakeNumber(js->ctx, event);
	for (size_t i = 0; i < argc; i++)
		all[i + 1] = argv[i];
	engine_call(js, argc + 1, all);
	js_settle(js);
}
