/*
 * eddy_log: a module's line for the log. The master writes it; the loop waits for nobody. And
 * eddy_process_fatal, whose line is the last.
 */
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "worker.h"

#define LINE_MAX_BYTES 4096 /* longer lines are cut */

/* A line's bytes, cut if there are too many; how many there are. */
__attribute__((format(printf, 2, 0))) static size_t
line_format(char line[LINE_MAX_BYTES], const char *fmt, va_list ap)
{
	int n = vsnprintf(line, LINE_MAX_BYTES, fmt, ap);

	if (n < 0)
		return 0;
	return n < LINE_MAX_BYTES ? (size_t)n : LINE_MAX_BYTES - 1;
}

void
eddy_log(eddy_module *self, int priority, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;
	size_t n;

	if (api_check(fmt != NULL && (self == NULL || api_is_module(self)), __func__) != 0)
		return;
	if (self == NULL)
		self = worker_self->calls.running;
	if (priority < LOG_EMERG || priority > LOG_DEBUG)
		priority = LOG_NOTICE;
	va_start(ap, fmt);
	n = line_format(line, fmt, ap);
	va_end(ap);
	link_log(worker_self, priority, self != NULL ? self->conf->name : "", line, n);
}

/* On any thread: nothing of the loop's is touched. */
void
eddy_process_fatal(eddy_module *self, int code, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = line_format(line, fmt, ap);
	va_end(ap);
	link_log_aside(worker_self, LOG_ERR, api_is_module(self) ? self->conf->name : "", line, n);
	_exit(code > 0 && code < 256 ? code : 1);
}
