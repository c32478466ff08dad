/*
 * The engine: its start, its limits, and the one place where C enters JavaScript.
 *
 * Its collector stops threads with a signal, which is SIGUSR1 unless the environment says otherwise
 * before the first virtual machine is made: that one is the daemon's. Its compiler needs memory
 * that can be written and run; where that is forbidden (MemoryDenyWriteExecute) the engine
 * interprets, and the log says so once.
 *
 * The engine looks at the time every now and then while a script runs. That is where a script that
 * does not come back is named, and where its memory is looked at: a loop that allocates never comes
 * to the worker's loop.
 */
#include <errno.h>
#include <fcntl.h>
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
#define MEMORY_EXIT 70	      /* the worker's exit code when the script's memory is used up */
#define BACKTRACE_FRAMES 8

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

uint64_t
js_rss_now(void)
{
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	unsigned long long size, resident;
	char line[128];
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, line, sizeof(line) - 1); /* procfs: no disk is waited for */
	close(fd);
	if (n <= 0)
		return 0;
	line[n] = '\0';
	if (sscanf(line, "%llu %llu", &size, &resident) != 2)
		return 0;
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* "chat() at /srv/app/chat.js:12": the innermost frame, and all of them. To be freed. */
static char *
backtrace_text(JSContextRef ctx)
{
	JSStringRef text;
	size_t size;
	char *lines;

	if (JSContextCreateBacktrace == NULL)
		return NULL;
	text = JSContextCreateBacktrace(ctx, BACKTRACE_FRAMES);
	if (text == NULL)
		return NULL;
	size = JSStringGetMaximumUTF8CStringSize(text);
	lines = malloc(size);
	if (lines != NULL)
		JSStringGetUTF8CString(text, lines, size);
	JSStringRelease(text);
	for (char *p = lines; p != NULL && *p != '\0'; p++)
		if (*p == '\n')
			*p = ' '; /* one line of the log */
	return lines;
}

static void
engine_say_hang(struct js *js, JSContextRef ctx)
{
	char *where = backtrace_text(ctx);

	js->hang_said = true;
	eddy_log(js->self, LOG_WARNING,
		 "%s: JavaScript has run for a second without coming back to the loop: %s",
		 js->script, where != NULL ? where : "(no stack)");
	free(where);
}

static void
engine_say_memory(struct js *js, JSContextRef ctx, uint64_t rss)
{
	char *where = backtrace_text(ctx);

	eddy_log(js->self, LOG_ERR,
		 "%s: the worker has %llu MB of memory, and the module's option memory allows %llu "
		 "MB: this worker ends; it was at: %s",
		 js->script, (unsigned long long)(rss >> 20),
		 (unsigned long long)(js->memory_max >> 20), where != NULL ? where : "(no stack)");
	free(where);
	_exit(MEMORY_EXIT);
}

/*
 * Called by the engine while a script runs; once only, unless it is asked for again. Never ends the
 * script: what is to be done with a worker that hangs, the daemon decides.
 */
static bool
engine_look(JSContextRef ctx, void *arg)
{
	struct js *js = arg;
	uint64_t rss;

	if (!js->hang_said && js_watch_age_ns(&js->watch) >= HANG_NS)
		engine_say_hang(js, ctx);
	rss = js->memory_max > 0 ? js_rss_now() : 0;
	if (rss > 0 && rss > js->memory_max)
		engine_say_memory(js, ctx, rss);
	js_watch_looked(&js->watch);
	return false;
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
	if (!compiles && eddy_cluster_worker_id() == 0)
		eddy_log(
			js->self, LOG_NOTICE,
			"JavaScript is interpreted, not compiled: this process may not have memory "
			"that can be written and run (MemoryDenyWriteExecute=no in the unit would "
			"allow it)");
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

/* boot.js reports what is thrown in callbacks; what comes here is a fault of the libraries. */
static void
engine_call(struct js *js, size_t argc, const JSValueRef argv[])
{
	JSValueRef exception = NULL;
	char *text;

	if (js->entered++ == 0) {
		js_watch_enter(&js->watch);
		js->hang_said = false;
	}
	JSObjectCallAsFunction(js->ctx, js->dispatch, NULL, argc, argv, &exception);
	if (--js->entered == 0)
		js_watch_leave(&js->watch);
	if (exception == NULL)
		return;
	text = js_describe(js, exception);
	eddy_log(js->self, LOG_ERR, "%s: %s", js->script, text != NULL ? text : "no memory");
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
