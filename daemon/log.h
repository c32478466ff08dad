/*
 * The master's log: one line per event on stderr, for people on a terminal, with sd-daemon(3)
 * priorities elsewhere.
 *
 * A log that is not read must never stop the master: a line that would have to wait is dropped and
 * counted, and the count is logged as soon as there is room. Control bytes are escaped, so that
 * nobody's text can pass for another line.
 */
#ifndef EDDY_DAEMON_LOG_H
#define EDDY_DAEMON_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <syslog.h>

struct event;
struct event_base;

enum log_form {
	LOG_FORM_PRIORITY, /* <3>text */
	LOG_FORM_TERMINAL, /* 13:05:59 error: text */
	LOG_FORM_PLAIN,	   /* text */
};

struct log {
	int fd;
	int wait_ms; /* for room for a line; 0 while anybody is served, -1: as long as it takes */
	enum log_form form;
	uint64_t dropped;     /* lines, not yet reported */
	uint64_t lost;	      /* lines dropped since the start */
	struct event *report; /* for when nothing else is logged; NULL without a loop */
};

/* The terminal's form if `fd` is one, else with priorities. */
void log_init(struct log *log, int fd);
/* Lets the log report what it has dropped from the loop. 0 or -ENOMEM. */
int log_attach(struct log *log, struct event_base *base);
void log_fini(struct log *log);

void log_write(struct log *log, int priority, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A worker's line: `worker 1 (hello): text`. Without a module's name it is the worker's own. */
void log_worker(struct log *log, int priority, unsigned worker, const char *module,
		size_t module_size, const char *text, size_t size);

#define log_error(log, ...) log_write(log, LOG_ERR, __VA_ARGS__)
#define log_warning(log, ...) log_write(log, LOG_WARNING, __VA_ARGS__)
#define log_notice(log, ...) log_write(log, LOG_NOTICE, __VA_ARGS__)
#define log_info(log, ...) log_write(log, LOG_INFO, __VA_ARGS__)

#endif
