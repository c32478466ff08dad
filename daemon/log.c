/*
 * The master's log.
 *
 * A line is at most PIPE_BUF long and is written only when poll(2) says that there is room: then a
 * pipe takes it whole without waiting. stderr is shared with whoever started eddyd, so it is never
 * made non-blocking.
 */
#include "daemon/log.h"
#include "daemon/color.h"
#include "daemon/escape.h"
#include "daemon/journal.h"

#include <event2/event.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES PIPE_BUF
#define IDENTIFIER "eddyd"   /* in the journal */
#define REPORT_AGAIN_MS 1000 /* how often to look whether a full log has room again */

static const char *const levels[] = {"emergency", "alert",  "critical", "error",
				     "warning",	  "notice", "info",	"debug"};

/*
 * A background job that writes to a terminal with `stty tostop` is sent SIGTTOU, and the write
 * starts over when the handler returns: for ever. With the signal blocked the kernel lets the write
 * through.
 */
static ssize_t
terminal_write(int fd, const char *line, size_t size)
{
	sigset_t ttou, before;
	ssize_t written;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	sigprocmask(SIG_BLOCK, &ttou, &before);
	written = write(fd, line, size);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return written;
}

static bool
line_put(struct log *log, const char *line, size_t size)
{
	struct pollfd pfd = {.fd = log->fd, .events = POLLOUT};
	ssize_t written;

	if (poll(&pfd, 1, log->wait_ms) != 1 || !(pfd.revents & POLLOUT)) {
		log->wait_ms = 0;
		return false;
	}
	if (log->form == LOG_FORM_TERMINAL)
		return terminal_write(log->fd, line, size) >= 0;
	/* A disk that is full takes a part of a line: what comes next begins with its end. */
	if (log->torn && write(log->fd, "\n", 1) != 1)
		return false;
	written = write(log->fd, line, size);
	log->torn = written >= 0 && (size_t)written < size;
	return written >= 0 && !log->torn;
}

static size_t
time_begin(char *line, size_t room)
{
	struct timespec now;
	char zone[8];
	struct tm tm;
	size_t used;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	used = strftime(line, room, "%Y-%m-%dT%H:%M:%S", &tm);
	return used +
	       (size_t)snprintf(line + used, room - used, ".%03ld%s ", now.tv_nsec / 1000000, zone);
}

static size_t
line_begin(const struct log *log, int priority, char *line, size_t room)
{
	time_t now;
	struct tm tm;
	size_t used = 0;

	if (priority < LOG_EMERG || priority > LOG_DEBUG)
		priority = LOG_NOTICE;
	switch (log->form) {
	case LOG_FORM_PRIORITY:
		used = (size_t)snprintf(line, room, "<%d>", priority);
		break;
	case LOG_FORM_TERMINAL:
		now = time(NULL);
		localtime_r(&now, &tm);
		used = strftime(line, room, "%H:%M:%S ", &tm);
		used += (size_t)snprintf(line + used, room - used, "%s: ", levels[priority]);
		break;
	case LOG_FORM_FILE:
		used = time_begin(line, room);
		used += (size_t)snprintf(line + used, room - used, "%s: ", levels[priority]);
		break;
	case LOG_FORM_PLAIN:
	case LOG_FORM_JOURNAL:
		break;
	}
	return used;
}

/* Where a line begins with a place, a file or a level, that has the colour. */
static size_t
line_paint(const struct log *log, int priority, char *line, size_t used, size_t room)
{
	const char *color = priority <= LOG_ERR ? COLOR_BAD : COLOR_WARN;
	const char *end = memmem(line, used, ": ", 2);
	size_t begin = strlen(color), len, more = begin + strlen(COLOR_END);

	if (!log->color || priority > LOG_WARNING || !end || used + more > room)
		return used;
	len = (size_t)(end + 1 - line);
	memmove(line + len + more, line + len, used - len);
	memmove(line + begin, line, len);
	memcpy(line, color, begin);
	memcpy(line + begin + len, COLOR_END, more - begin);
	return used + more;
}

static bool
line_write(struct log *log, int priority, const char *text, size_t size)
{
	static const char dots[] = "...";
	char line[LINE_BYTES];
	size_t used = line_begin(log, priority, line, sizeof(line));
	bool cut;

	used += escape_text(line + used, sizeof(line) - used - sizeof(dots), text, size, &cut);
	if (cut) {
		memcpy(line + used, dots, sizeof(dots) - 1);
		used += sizeof(dots) - 1;
	}
	used = line_paint(log, priority, line, used, sizeof(line) - 1);
	line[used++] = '\n';
	return line_put(log, line, used);
}

static void
about_add(struct journal_entry *entry, const struct log_about *about)
{
	journal_add_number(entry, "EDDY_WORKER", (long)about->worker);
	journal_add_number(entry, "EDDY_GENERATION", (long)about->generation);
	if (about->pid)
		journal_add_number(entry, "EDDY_WORKER_PID", (long)about->pid);
	if (about->module_size)
		journal_add(entry, "EDDY_MODULE", about->module, about->module_size);
	if (about->route)
		journal_add(entry, "EDDY_ROUTE", about->route, strlen(about->route));
}

static int
entry_write(struct log *log, int priority, const char *text, size_t size)
{
	struct journal_entry entry = {.used = 0};
	int error;

	journal_add_number(&entry, "PRIORITY", priority);
	journal_add(&entry, "SYSLOG_IDENTIFIER", IDENTIFIER, sizeof(IDENTIFIER) - 1);
	if (log->about)
		about_add(&entry, log->about);
	journal_add(&entry, "MESSAGE", text, size);
	error = journal_send(log->journal, &entry, log->wait_ms);
	if (error == -EAGAIN || error == 0)
		return error;
	/* Its socket has been made anew. */
	close(log->journal);
	log->journal = journal_open();
	return log->journal < 0 ? log->journal : journal_send(log->journal, &entry, 0);
}

/* False: it would have to wait. What the journal cannot take goes to stderr. */
static bool
text_put(struct log *log, int priority, const char *text, size_t size)
{
	int error;
	bool put;

	if (log->form != LOG_FORM_JOURNAL)
		return line_write(log, priority, text, size);
	error = entry_write(log, priority, text, size);
	if (error == 0 || error == -EAGAIN)
		return error == 0;
	log->form = LOG_FORM_PRIORITY;
	put = line_write(log, priority, text, size);
	log->form = LOG_FORM_JOURNAL;
	return put;
}

/* What was dropped is said before the next line that gets through. */
static bool
dropped_report(struct log *log)
{
	char text[80];
	int n;

	if (!log->dropped)
		return true;
	n = snprintf(text, sizeof(text), "%llu log line%s dropped: the log was full",
		     (unsigned long long)log->dropped, log->dropped == 1 ? " was" : "s were");
	if (!text_put(log, LOG_WARNING, text, (size_t)n))
		return false;
	log->dropped = 0;
	return true;
}

static void
log_text(struct log *log, int priority, const char *text, size_t size)
{
	static const struct timeval again = {.tv_sec = REPORT_AGAIN_MS / 1000};

	if (dropped_report(log) && text_put(log, priority, text, size))
		return;
	log->dropped++;
	log->lost++;
	if (log->report && !event_pending(log->report, EV_TIMEOUT, NULL))
		event_add(log->report, &again);
}

static void
on_report(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval again = {.tv_sec = REPORT_AGAIN_MS / 1000};
	struct log *log = arg;

	(void)fd;
	(void)what;
	if (!dropped_report(log))
		event_add(log->report, &again);
}

/* stderr, in the form that suits what it is. */
static void
outer_use(struct log *log)
{
	log->fd = log->outer;
	log->form = isatty(log->fd) ? LOG_FORM_TERMINAL : LOG_FORM_PRIORITY;
	log->color = color_wanted(log->fd);
}

static int
journal_use(struct log *log)
{
	if (log->journal < 0)
		log->journal = journal_open();
	if (log->journal < 0)
		return log->journal;
	log->form = LOG_FORM_JOURNAL;
	return 0;
}

static void
file_set(struct log *log, int file, const char *path)
{
	char *copy = path ? strdup(path) : NULL;

	if (log->file >= 0 && log->file != file)
		close(log->file);
	free(log->path);
	log->file = file;
	log->path = copy;
}

void
log_init(struct log *log, int fd)
{
	*log = (struct log){.outer = fd, .file = -1, .journal = -1};
	outer_use(log);
}

void
log_use(struct log *log, enum conf_log where, int file, const char *path)
{
	int error;

	if (log->form == LOG_FORM_PLAIN)
		return;
	outer_use(log);
	if (!path || !log->path || strcmp(path, log->path) != 0)
		log->torn = false;
	file_set(log, file, path);
	log->where = where;
	if (where == CONF_LOG_FILE) {
		log->fd = file;
		log->form = LOG_FORM_FILE;
		log->color = false;
	} else if (where == CONF_LOG_JOURNAL ||
		   (where == CONF_LOG_AUTO && journal_is_behind(log->outer))) {
		error = journal_use(log);
		if (error)
			log_error(log, "cannot reach the journal at " JOURNAL_SOCKET ": %s",
				  strerror(-error));
	}
}

/* Of libevent, which has no argument to pass on: a process has one log. */
static struct log *events_log;

static void
on_event_log(int severity, const char *text)
{
	static const int priorities[] = {
		[EVENT_LOG_DEBUG] = LOG_DEBUG,
		[EVENT_LOG_MSG] = LOG_INFO,
		[EVENT_LOG_WARN] = LOG_WARNING,
		[EVENT_LOG_ERR] = LOG_ERR,
	};

	if (events_log && severity >= EVENT_LOG_DEBUG && severity <= EVENT_LOG_ERR)
		log_write(events_log, priorities[severity], "libevent: %s", text);
}

int
log_attach(struct log *log, struct event_base *base)
{
	events_log = log;
	event_set_log_callback(on_event_log);
	log->report = evtimer_new(base, on_report, log);
	return log->report ? 0 : -ENOMEM;
}

void
log_fini(struct log *log)
{
	if (events_log == log) {
		event_set_log_callback(NULL);
		events_log = NULL;
	}
	if (log->report)
		event_free(log->report);
	log->report = NULL;
	file_set(log, -1, NULL);
	if (log->journal >= 0)
		close(log->journal);
	log->journal = -1;
	outer_use(log);
}

void
log_write(struct log *log, int priority, const char *fmt, ...)
{
	char text[LINE_BYTES];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	log_text(log, priority, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void
log_write_at(struct log *log, int priority, struct conf_where where, const char *fmt, ...)
{
	char text[LINE_BYTES], line[LINE_BYTES];
	struct conf_error about = {.where = where, .text = text};
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	conf_error_format(&about, line, sizeof(line));
	log_write(log, priority, "%s", line);
}

void
log_worker(struct log *log, int priority, unsigned worker, const char *module, size_t module_size,
	   const char *text, size_t size)
{
	char line[LINE_BYTES];
	int n;

	if (size > sizeof(line))
		size = sizeof(line);
	if (module_size > sizeof(line))
		module_size = sizeof(line);
	if (module_size)
		n = snprintf(line, sizeof(line), "worker %u (%.*s): %.*s", worker, (int)module_size,
			     module, (int)size, text);
	else
		n = snprintf(line, sizeof(line), "worker %u: %.*s", worker, (int)size, text);
	if (n < 0)
		return;
	log_text(log, priority, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}
