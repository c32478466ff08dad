/*
 * From a conf file to a generation that serves: what the start and every reload do, step by step.
 *
 *	reload_begin: read the conf, check it, look up the user, bind what is new
 *	     |                                          start the candidate (generation.h)
 *	     +--> reload_candidate_ready:  the switch: it serves, the one before drains
 *	     |         +--> reload_left:   the one before accepts nothing any more: it is told
 *	     +--> reload_candidate_failed: it goes, the one before has noticed nothing
 *
 * Who has asked for a reload is told when no worker of the generation before accepts any more, so
 * that the next connection is sure to meet the new conf.
 *
 * The first start is a reload from nothing, except that its failure ends the master. One reload
 * runs at a time; however many are asked for meanwhile, one more follows. At most three generations
 * drain: before the switch that would make a fourth, the oldest has to finish.
 */
#ifndef EDDY_DAEMON_RELOAD_H
#define EDDY_DAEMON_RELOAD_H

#include "daemon/control.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct event;
struct generation;
struct log;
struct master;

#define RELOAD_LEAVE_MS 2000  /* for the workers of the generation before to stop accepting */
#define RELOAD_DRAINING_MAX 3 /* generations; before one more begins to, the oldest has to finish */

/* How the last one ended. */
struct reload_result {
	bool ok;
	int code;	     /* sysexits: 0, EX_CONFIG, EX_UNAVAILABLE (cannot bind), EX_SOFTWARE */
	char *error;	     /* one line per error; NULL: none */
	unsigned generation; /* that serves now */
	time_t at;
	uint64_t took_ms;
};

struct reload {
	unsigned serial; /* of the one that runs or ran last; the start is 1 */
	bool again;	 /* another was asked for meanwhile */
	bool waiting;	 /* the candidate is ready, but too many generations are draining */
	struct event *next;
	struct generation *leaving; /* the one before, as long as a worker of it may accept; NULL */
	struct event *patience; /* with the latter: a worker that hangs must not hold up the word */
	uint64_t begun_ns;
	struct control_socket control; /* a new one, until the switch */
	int log_fd;		       /* of a new log, until the switch; -1 */
	struct reload_result result;
};

/* 0 or -ENOMEM. */
int reload_init(struct master *master);
void reload_fini(struct master *master);

/* The start. */
void reload_begin(struct master *master);

/*
 * A reload, now or after the one that runs; `who` asks, for the log. 0, or -ESHUTDOWN: the master
 * is stopping.
 */
int reload_request(struct master *master, const char *who);

/* The serial of the reload that a request made now will get. */
static inline unsigned
reload_serial_next(const struct reload *reload)
{
	return reload->serial + 1;
}

/* Each error is a line of the log and of the text that is returned; NULL without memory. */
char *reload_errors_tell(struct log *log, const struct conf_errors *errors);

/* From the candidate. */
void reload_candidate_ready(struct generation *generation);
/* `text`: the reasons, a line for each. */
void reload_candidate_failed(struct generation *generation, int code, const char *text);

/* From a generation: one of its workers has stopped accepting, or has died. */
void reload_left(struct generation *generation);

/* A generation has ended: a candidate that waits for its place may take it. */
void reload_generation_gone(struct master *master);

/* Gives up the one that runs, because the master stops. */
void reload_abandon(struct master *master);

#endif
