/*
 * Says in the log which signals it hears, from two listeners for each, and when it leaves. /on?NUMBER answers with what
 * eddy_process_on returns for that signal; what is added there is heard as "late".
 */
#define _GNU_SOURCE
#include <eddy.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static eddy_module *self;

static void
late(int signal, void *arg)
{
	(void)arg;
	eddy_log(self, LOG_INFO, "late SIG%s", sigabbrev_np(signal));
}

static void
tick(void *arg)
{
	eddy_log(self, LOG_INFO, "tick after %s", (const char *)arg);
}

static void
heard(int signal, void *arg)
{
	eddy_log(self, LOG_INFO, "%s SIG%s", (const char *)arg, sigabbrev_np(signal));
	if (signal == SIGUSR2 && strcmp(arg, "first") == 0) {
		eddy_next_tick(tick, arg);
		eddy_process_on(SIGUSR2, late, NULL);
	}
}

static int
load(eddy_module *module, void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

	(void)state;
	self = module;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (eddy_process_on(signals[i], heard, "first") != 0 ||
		    eddy_process_on(signals[i], heard, "second") != 0)
			return eddy_module_fail(module, "cannot listen to signal %d", signals[i]);
	return 0;
}

static void
drain(void *state)
{
	(void)state;
	eddy_log(self, LOG_INFO, "drain");
}

static void
on(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str query = eddy_request_query(req);
	char text[16];
	int n;

	(void)state;
	n = snprintf(text, sizeof(text), "%d",
		     eddy_process_on(query.n ? atoi(query.p) : 0, late, NULL));
	eddy_response_send(res, 200, "text/plain", text, (size_t)n);
}

EDDY_MODULE(.name = "signals", .load = load, .drain = drain, .request = on);
