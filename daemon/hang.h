/*
 * Workers that serve nobody: a call into a module does not come back, or the loop does not turn.
 *
 *	FINE ---> SLOW ---------> TRACED ---------> ABORTED ----------> KILLED
 *	      0.2 s: the log   2 s: and gets a   hang_timeout:     5 s: SIGKILL
 *	      names the call   backtrace         SIGABRT
 *	  ^        |                |
 *	  +--------+----------------+  it goes on: the log says after how long
 *
 * The master looks at each worker's slot every quarter of a second, and believes its own clock and
 * eyes only: a call counts from when it was first seen, and not while it has waited for a processor.
 * What the master has not watched, because it was stopped itself, counts for nothing. A worker that
 * somebody has stopped, or holds in a debugger, is left alone.
 */
#ifndef EDDY_DAEMON_HANG_H
#define EDDY_DAEMON_HANG_H

#include <stdbool.h>
#include <stdint.h>

struct child;
struct event;
struct master;

#define HANG_LOOK_MS 250
#define HANG_SLOW_MS 200   /* of a call: everybody else has noticed by then */
#define HANG_TRACE_MS 2000 /* of a call, or of a loop that does not turn */
#define HANG_LOAD_MS 5000  /* of a `load`, while which nobody waits: half of what it may take */
#define HANG_ABORT_MS 5000 /* for a worker to die of SIGABRT */

enum hang_stage { HANG_FINE, HANG_SLOW, HANG_TRACED, HANG_ABORTED, HANG_KILLED };

/* Something of a slot that moves as long as the worker does. */
struct standstill {
	uint64_t mark;	    /* 0: it need not move now */
	uint64_t before_ns; /* the mark was another one then, */
	uint64_t seen_ns;   /* and has been this one since */
	uint64_t waited_ns; /* for a processor, by then */
};

/* One worker's. */
struct hang {
	enum hang_stage stage;
	struct standstill call, loop;
	bool by_call;	     /* what `stage` is about: the call, or the loop */
	bool stopped;	     /* by somebody, and the log has been told */
	uint64_t since_ns;   /* it has been blocked, from SLOW on */
	uint64_t aborted_ns; /* from ABORTED on */
	char *blamed;	     /* the call, in words, from SLOW on; NULL: no memory */
};

/* The master's rounds. */
struct hang_watch {
	struct event *next;
	uint64_t looked_ns; /* 0: never */
};

/* 0 or -ENOMEM. */
int hang_watch_start(struct master *master);
void hang_watch_stop(struct master *master);

/* One round at that time; the milliseconds until the next one. */
unsigned hang_watch_look(struct master *master, uint64_t now_ns);

/* Whether the worker was ended for it. */
static inline bool
hang_is_over(const struct hang *hang)
{
	return hang->stage >= HANG_ABORTED;
}

/* How long it has been blocked; 0: it is not, as far as the master knows. */
static inline uint64_t
hang_blocked_ns(const struct hang *hang, uint64_t now_ns)
{
	return hang->stage == HANG_FINE || now_ns < hang->since_ns ? 0 : now_ns - hang->since_ns;
}

void hang_fini(struct hang *hang);

#endif
