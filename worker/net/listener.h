/*
 * Accepting: a listening socket, which all workers share or which is one's own, read by this
 * worker's loop.
 *
 * Of the workers that wait at a shared one, the kernel wakes one for each client (exclusive.h); who
 * has taken a client that stays goes to the end of the row. A worker that has more than its share
 * steps back: it waits there no more, and looks every now and then whether that is still so, or
 * whether clients wait that the others do not come round to.
 */
#ifndef EDDY_NET_LISTENER_H
#define EDDY_NET_LISTENER_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "loop/loop.h"

/* What its owner decides; static, kept by pointer. */
struct listener_events {
	/* Whether there is room for one more. */
	bool (*room)(void *arg);
	/*
	 * One waits and there is no room: makes some. False: there is none to make; the listener
	 * sleeps until listener_wake, and who waits stays in the kernel or goes to another worker.
	 */
	bool (*make_room)(void *arg);
	/* A new socket, nonblocking and close-on-exec, is the owner's. 0, or -ENOMEM: see failed. */
	int (*accepted)(void *arg, int fd, const struct sockaddr *peer);
	/*
	 * One waits, and the process or the system is out of descriptors or memory. True: something
	 * has been freed, it is worth another try at once; false: the listener sleeps for a moment.
	 */
	bool (*failed)(void *arg, int error);
	/* Of a shared one: whether the worker has its share, and others could take the next. */
	bool (*enough)(void *arg);
};

struct listener {
	struct event event;
	struct event timer; /* ends a sleep after a failure; or time to look back */
	struct loop *loop;
	int fd;
	bool shared;
	bool own;	  /* this worker's in the first place: it leaves nobody there to others */
	bool away;	  /* it has stepped back */
	unsigned away_ms; /* until it looks back */
	unsigned looks;	  /* in a row, at which somebody waited */
	const struct listener_events *events;
	void *arg;
};

/*
 * Accepts on fd (nonblocking, the listener's from now on), which other workers wait at too if it is
 * shared.
 */
void listener_start(struct listener *listener, struct loop *loop, int fd, bool shared,
		    const struct listener_events *events, void *arg);
/*
 * At the end of a turn in which clients came that stay: to the end of the row, or steps back where the
 * worker has its share.
 */
void listener_yield(struct listener *listener);
/* Whether it is to wait for clients at all: at a socket that is another worker's, as long as needed. */
void listener_attend(struct listener *listener, bool attend);
/* Accepts if somebody waits, in case who was woken for it has died or is stuck. */
void listener_look(struct listener *listener);
/* There may be room again. Does nothing to one that is awake, or sleeps after a failure. */
void listener_wake(struct listener *listener);
/*
 * Accepts what has been waiting, then stops and closes this worker's copy of the socket; the others
 * go on (never shutdown(2)). Safe to call twice.
 */
void listener_stop(struct listener *listener);
/* The same without accepting any more: safe in `accepted`, too. */
void listener_drop(struct listener *listener);

#endif
