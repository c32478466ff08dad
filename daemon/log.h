/*
 * The master's log, one line per event: to the journal where stderr leads there, for people on a
 * terminal, with sd-daemon(3) priorities on another stderr; or as the conf says, to the journal,
 * stderr or a file with the time in front.
 *
 * In the journal an entry has fields for what it is about (log_about): EDDY_WORKER,
 * EDDY_WORKER_PID, EDDY_GENERATION, EDDY_MODULE and EDDY_ROUTE, as far as these are known.
 *
 * A log that is not read must never stop the master: a line that would have to wait is dropped and
 * counted, and the count is logged as soon as there is room. Control bytes are escaped, so that
 * nobody's text can pass for another line.
 */
#ifndef EDDY_DAEMON_LOG_H
#define EDDY_DAEMON_LOG_H

#include "conf/conf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <syslog.h>

struct event;
struct event_base;

enum log_form {
	LOG_FORM_PRIORITY, /* <3>text */
	LOG_FORM_TERMINAL, /* 13:05:59 error: text */
	LOG_FORM_PLAIN,	   /* text */
	LOG_FORM_FILE,	   /* 2026-11-23T13:05:59.123+0100 error: text */
	LOG_FORM_JOURNAL,
};

/* Which worker a line is about. */
struct log_about {
	unsigned worker, generation;
	pid_t pid;
	const char *module; /* NULL: not known, or none */
	size_t module_size;
	const char *route;
};

struct log {
	int fd;		     /* where lines go, if not to the journal: `outer` or `file` */
	int outer;	     /* stderr */
	int file, journal;   /* its own; -1 */
	char *path;	     /* of `file`; NULL */
	enum conf_log where; /* as the conf says; OFF: it has not said yet */
	const struct log_about
		*about; /* of all lines, until it is taken back; NULL: of no worker */
	int wait_ms; /* for room for a line; 0 while anybody is served, -1: as long as it takes */
	enum log_form form;
	bool color;	      /* the terminal that lines go to shows it */
	bool torn;	      /* the last line has only been taken in part */
	uint64_t dropped;     /* lines, not yet reported */
	uint64_t lost;	      /* lines dropped since the start */
	struct event *report; /* for when nothing else is logged; NULL without a loop */
};

/*
 * The terminal's form if `fd` is one, else with priorities. Where it leads to the journal it is not
 * passed by yet: a start that fails ends at once, and of whom has ended journald cannot tell the
 * unit, except by the stream.
 */
void log_init(struct log *log, int fd);

/*
 * From now on as the conf says; the `file` of that path becomes the log's own (-1 and NULL where it
 * is none). A journal that is not there is said, and lines go to stderr.
 */
void log_use(struct log *log, enum conf_log where, int file, const char *path);

/* Lets the log report what it has dropped from the loop. 0 or -ENOMEM. */
int log_attach(struct log *log, struct event_base *base);
void log_fini(struct log *log);

void log_write(struct log *log, int priority, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same about a place in the conf, which comes first; a file of NULL: about none. */
void log_write_at(struct log *log, int priority, struct conf_where where, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* A worker's line: `worker 1 (hello): text`. Without a module's name it is the worker's own. */
void log_worker(struct log *log, int priority, unsigned worker, const char *module,
		size_t module_size, const char *text, size_t size);

#define log_error(log, ...) log_write(log, LOG_ERR, __VA_ARGS__)
#define log_warning(log, ...) log_write(log, LOG_WARNING, __VA_ARGS__)
#define log_notice(log, ...) log_write(log, LOG_NOTICE, __VA_ARGS__)
#define log_info(log, ...) log_write(log, LOG_INFO, __VA_ARGS__)

#endif
