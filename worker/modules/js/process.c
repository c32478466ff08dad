/* The process and the log, for lib/process.js, console.js and os.js. */
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <syslog.h>
#include <unistd.h>

#include "js.h"

#define LOG_LINE_MAX 4000 /* of eddy_log's 4095; the rest of a longer line is a line of its own */

/* Where a line of n bytes that is too long is cut: not inside of a character. */
static size_t
line_cut(const char *line, size_t n)
{
	if (n <= LOG_LINE_MAX)
		return n;
	n = LOG_LINE_MAX;
	while (n > LOG_LINE_MAX - 4 && ((unsigned char)line[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* log(priority, text): a line of the log for each of its lines. A NUL would end one: it is a space. */
static JSValueRef
process_log(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	int priority = js_int(js, js_arg(js, argc, argv, 0), LOG_INFO);
	size_t size = 0;
	char *text = js_utf8(js, js_arg(js, argc, argv, 1), &size), *nul = text;

	(void)exception;
	while (text != NULL && (nul = memchr(nul, '\0', size - (size_t)(nul - text))) != NULL)
		*nul++ = ' ';
	for (const char *p = text; p != NULL;) {
		size_t line = strcspn(p, "\n"), n = line_cut(p, line);

		eddy_log(js->self, priority, "%.*s", (int)n, p);
		p += n;
		if (n == line)
			p = *p == '\n' ? p + 1 : NULL;
	}
	free(text);
	return js_undefined(js);
}

static JSValueRef
process_pid(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	(void)argc;
	(void)argv;
	(void)exception;
	return JSValueMakeNumber(js->ctx, eddy_process_pid());
}

/* ids(): [parent, user, effective user, group, effective group] */
static JSValueRef
process_ids(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	JSValueRef values[5] = {JSValueMakeNumber(js->ctx, getppid()),
				JSValueMakeNumber(js->ctx, getuid()),
				JSValueMakeNumber(js->ctx, geteuid()),
				JSValueMakeNumber(js->ctx, getgid()),
				JSValueMakeNumber(js->ctx, getegid())};

	(void)argc;
	(void)argv;
	return JSObjectMakeArray(js->ctx, 5, values, exception);
}

/* kill(pid, number) */
static JSValueRef
process_kill(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	int pid = js_int(js, js_arg(js, argc, argv, 0), 0);
	int number = js_int(js, js_arg(js, argc, argv, 1), 0);

	if (kill(pid, number) < 0)
		return js_throw(js, exception, eddy_error_name(EDDY_ERRNO(errno)), "kill %s",
				eddy_error_name(EDDY_ERRNO(errno)));
	return js_undefined(js);
}

static JSValueRef
process_cwd(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char path[PATH_MAX];
	int err = eddy_process_cwd(path, sizeof(path));

	(void)argc;
	(void)argv;
	if (err != 0)
		return js_throw(js, exception, eddy_error_name(err), "%s: the current directory",
				eddy_strerror(err));
	return js_text(js, path);
}

/* environment(): an object with all variables. */
static JSValueRef
process_environment(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	JSObjectRef object = JSObjectMake(js->ctx, NULL, NULL);

	(void)argc;
	(void)argv;
	(void)exception;
	for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
		const char *equals = strchr(*entry, '=');
		char *name = equals != NULL ? strndup(*entry, (size_t)(equals - *entry)) : NULL;

		if (name != NULL)
			js_set(js, object, name, js_text(js, equals + 1));
		free(name);
	}
	return object;
}

/* memoryUsage(): [rss, heapTotal, heapUsed, external] */
static JSValueRef
process_memory_usage(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_memory_usage usage = {.size = sizeof(usage)};
	JSValueRef values[4];

	(void)argc;
	(void)argv;
	eddy_process_memory_usage(&usage);
	if (usage.rss == 0) { /* the worker has not looked yet: the script is loading */
		struct mallinfo2 heap = mallinfo2();

		usage.rss = js_rss_now();
		usage.heap_total = heap.arena + heap.hblkhd;
		usage.heap_used = heap.uordblks + heap.hblkhd;
	}
	values[0] = JSValueMakeNumber(js->ctx, (double)usage.rss);
	values[1] = JSValueMakeNumber(js->ctx, (double)usage.heap_total);
	values[2] = JSValueMakeNumber(js->ctx, (double)usage.heap_used);
	values[3] = JSValueMakeNumber(js->ctx, (double)usage.external);
	return JSObjectMakeArray(js->ctx, 4, values, exception);
}

/* cpuUsage(): [user, system] */
static JSValueRef
process_cpu_usage(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_cpu_usage usage = {.size = sizeof(usage)};
	JSValueRef values[2];

	(void)argc;
	(void)argv;
	eddy_process_cpu_usage(&usage);
	values[0] = JSValueMakeNumber(js->ctx, (double)usage.user);
	values[1] = JSValueMakeNumber(js->ctx, (double)usage.system);
	return JSObjectMakeArray(js->ctx, 2, values, exception);
}

/*
 * resources(): [user, system] in microseconds, [resident at most] in kB, page faults without and with
 * a disk, blocks read and written, switches of its own and others: getrusage(2).
 */
static JSValueRef
process_resources(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	eddy_cpu_usage cpu = {.size = sizeof(cpu)};
	struct rusage usage = {0};
	JSValueRef values[9];

	(void)argc;
	(void)argv;
	eddy_process_cpu_usage(&cpu);
	getrusage(RUSAGE_SELF, &usage);
	values[0] = JSValueMakeNumber(js->ctx, (double)cpu.user);
	values[1] = JSValueMakeNumber(js->ctx, (double)cpu.system);
	values[2] = JSValueMakeNumber(js->ctx, (double)usage.ru_maxrss);
	values[3] = JSValueMakeNumber(js->ctx, (double)usage.ru_minflt);
	values[4] = JSValueMakeNumber(js->ctx, (double)usage.ru_majflt);
	values[5] = JSValueMakeNumber(js->ctx, (double)usage.ru_inblock);
	values[6] = JSValueMakeNumber(js->ctx, (double)usage.ru_oublock);
	values[7] = JSValueMakeNumber(js->ctx, (double)usage.ru_nvcsw);
	values[8] = JSValueMakeNumber(js->ctx, (double)usage.ru_nivcsw);
	return JSObjectMakeArray(js->ctx, 9, values, exception);
}

/* groups(): the ids of all groups that the process is in. */
static JSValueRef
process_groups(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	JSObjectRef list = JSObjectMakeArray(js->ctx, 0, NULL, exception);
	int n = getgroups(0, NULL);
	gid_t *groups = n > 0 ? calloc((size_t)n, sizeof(*groups)) : NULL;

	(void)argc;
	(void)argv;
	n = groups != NULL ? getgroups(n, groups) : 0;
	for (int i = 0; i < n; i++)
		JSObjectSetPropertyAtIndex(js->ctx, list, (unsigned)i,
					   JSValueMakeNumber(js->ctx, groups[i]), exception);
	free(groups);
	return list;
}

/* memoryMax(): what the option memory allows, or what stands for it; 0: any. */
static JSValueRef
process_memory_max(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	(void)argc;
	(void)argv;
	(void)exception;
	return JSValueMakeNumber(js->ctx, (double)js->memory_max);
}

static JSValueRef
process_uptime(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	(void)argc;
	(void)argv;
	(void)exception;
	return JSValueMakeNumber(js->ctx, eddy_process_uptime());
}

/* hrtime(): [seconds, nanoseconds], which a double has exactly each. */
static JSValueRef
process_hrtime(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	uint64_t now = eddy_process_hrtime();
	JSValueRef values[2] = {JSValueMakeNumber(js->ctx, (double)(now / 1000000000)),
				JSValueMakeNumber(js->ctx, (double)(now % 1000000000))};

	(void)argc;
	(void)argv;
	return JSObjectMakeArray(js->ctx, 2, values, exception);
}

static void
process_signalled(int number, void *arg)
{
	struct js *js = arg;
	JSValueRef value = JSValueMakeNumber(js->ctx, number);

	js_dispatch(js, JS_SIGNAL, 1, &value);
}

/* onSignal(number): false if the daemon does not hand that one on. */
static JSValueRef
process_on_signal(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	int number = js_int(js, js_arg(js, argc, argv, 0), 0), err;

	(void)exception;
	if (number != SIGINT && number != SIGTERM && number != SIGHUP && number != SIGUSR1 &&
	    number != SIGUSR2)
		return JSValueMakeBoolean(js->ctx, false);
	err = eddy_process_on(number, process_signalled, js);
	return JSValueMakeBoolean(js->ctx, err == 0);
}

/* leave(code, caller): the worker drains, and is replaced. */
static JSValueRef
process_leave(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	int code = js_int(js, js_arg(js, argc, argv, 0), 0);
	char *caller = js_utf8(js, js_arg(js, argc, argv, 1), NULL);

	(void)exception;
	if (caller != NULL)
		eddy_log(js->self, code == 0 ? LOG_NOTICE : LOG_WARNING,
			 "process.exit was called by %s", caller);
	free(caller);
	eddy_process_exit(code);
	return js_undefined(js);
}

/* workerId() */
static JSValueRef
process_worker_id(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	(void)argc;
	(void)argv;
	(void)exception;
	return JSValueMakeNumber(js->ctx, eddy_cluster_worker_id());
}

/* system(): [sysname, release, version, machine, hostname, processors, memory, memory that is free] */
static JSValueRef
process_system(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	double pages = (double)sysconf(_SC_PHYS_PAGES), page = (double)sysconf(_SC_PAGESIZE);
	double spare = (double)sysconf(_SC_AVPHYS_PAGES);
	struct utsname name = {0};
	JSValueRef values[8];

	(void)argc;
	(void)argv;
	uname(&name);
	values[0] = js_text(js, name.sysname);
	values[1] = js_text(js, name.release);
	values[2] = js_text(js, name.version);
	values[3] = js_text(js, name.machine);
	values[4] = js_text(js, name.nodename);
	values[5] = JSValueMakeNumber(js->ctx, (double)sysconf(_SC_NPROCESSORS_ONLN));
	values[6] = JSValueMakeNumber(js->ctx, pages * page);
	values[7] = JSValueMakeNumber(js->ctx, spare * page);
	return JSObjectMakeArray(js->ctx, 8, values, exception);
}

const struct js_binding js_process_bindings[] = {
	{"log", process_log},
	{"pid", process_pid},
	{"ids", process_ids},
	{"kill", process_kill},
	{"cwd", process_cwd},
	{"environment", process_environment},
	{"memoryUsage", process_memory_usage},
	{"cpuUsage", process_cpu_usage},
	{"resources", process_resources},
	{"groups", process_groups},
	{"memoryMax", process_memory_max},
	{"uptime", process_uptime},
	{"hrtime", process_hrtime},
	{"onSignal", process_on_signal},
	{"leave", process_leave},
	{"workerId", process_worker_id},
	{"system", process_system},
	{NULL, NULL},
};
