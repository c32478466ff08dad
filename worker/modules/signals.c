/*
 * signals: the daemon's signals as a module hears them, and the facts of its process.
 *
 *	module "signals" {}
 *	route "/process" { module = "signals" }
 *
 * A worker does not get the signals itself: eddyd tells it of SIGINT, SIGTERM, SIGHUP, SIGUSR1 and
 * SIGUSR2 before it acts on them, and does then what it always does.
 */
#include <eddy.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <syslog.h>

static const struct {
	int number;
	const char *name;
} told[] = {{SIGINT, "SIGINT"},
	    {SIGTERM, "SIGTERM"},
	    {SIGHUP, "SIGHUP"},
	    {SIGUSR1, "SIGUSR1"},
	    {SIGUSR2, "SIGUSR2"}};

static void
signals_heard(int signal, void *arg)
{
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (told[i].number == signal)
			eddy_log(arg, LOG_NOTICE, "got %s", told[i].name);
}

static void
signals_request(eddy_request *req, eddy_response *res, void *state)
{
	eddy_memory_usage memory = {.size = sizeof(memory)};
	const char *home = eddy_process_env("HOME");
	char text[PATH_MAX + 512], cwd[PATH_MAX] = "?";
	int n;

	(void)req;
	(void)state;
	eddy_process_cwd(cwd, sizeof(cwd));
	eddy_process_memory_usage(&memory);
	n = snprintf(text, sizeof(text),
		     "pid %d\ncwd %s\nHOME %.256s\nuptime %.1f s\nrss %llu KB\n",
		     (int)eddy_process_pid(), cwd, home != NULL ? home : "(not set)",
		     eddy_process_uptime(), (unsigned long long)memory.rss / 1024);
	eddy_response_send(res, 200, "text/plain; charset=utf-8", text, (size_t)n);
}

static int
signals_load(eddy_module *self, void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (eddy_process_on(told[i].number, signals_heard, self) != 0)
			return eddy_module_fail(self, "no memory");
	return 0;
}

EDDY_MODULE(.name = "signals", .version = "1", .load = signals_load, .request = signals_request);
