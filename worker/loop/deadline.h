/*
 * Time limits of one kind, thousands at a time: all that wait have the same patience, so the list
 * is in order of time.
 *
 * Starting and stopping one is a list operation; a single libevent timer per kind wakes for the
 * first of the list. Unlike a libevent timeout that belongs to a persistent read event, a limit
 * started here is not put off by every byte that arrives: that is what bounds a client that sends
 * its head a byte at a time. The list's first is also the one that has waited longest.
 */
#ifndef EDDY_LOOP_DEADLINE_H
#define EDDY_LOOP_DEADLINE_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <sys/queue.h>

#include "loop/loop.h"

struct deadline {
	TAILQ_ENTRY(deadline) link;
	struct deadlines *of; /* NULL: not started */
	uint64_t at_ms;
};

TAILQ_HEAD(deadline_list, deadline);

struct deadlines {
	struct loop *loop;
	unsigned ms; /* 0: never; the list is kept all the same */
	void (*passed)(struct deadline *deadline);
	struct deadline_list list;
	size_t count;
	struct event timer;
	bool armed; /* the timer runs */
};

void deadlines_init(struct deadlines *deadlines, struct loop *loop, unsigned ms,
		    void (*passed)(struct deadline *));
void deadlines_fini(struct deadlines *deadlines);

/* Starts it, from now; a deadline that runs already, of this kind or another, starts anew. */
void deadline_start(struct deadline *deadline, struct deadlines *of);
void deadline_stop(struct deadline *deadline);

#endif
