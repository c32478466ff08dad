/*
 * eddy_log: a module's line for the log. The master writes it; the loop waits for nobody.
 */
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "worker.h"

#define LINE_MAX_BYTES 4096 /* longer lines are cut */

void
eddy_log(eddy_module *self, int priority, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;
	int n;

	if (api_check(fmt != NULL && (self == NULL || api_is_module(self)), __func__) != 0)
		return;
	if (self == NULL)
		self = worker_self->calls.running;
	if (priority < LOG_EMERG || priority > LOG_DEBUG)
		priority = LOG_NOTICE;
	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line))
		n = sizeof(line) - 1;
	link_log(worker_self, priority, self != NULL ? self->conf->name : "", line, (size_t)n);
}
