/*
 * Accepting: a listening socket that all workers share, read by this worker's loop.
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
};

struct listener {
	struct event event;
	struct event timer; /* ends a sleep after a failure */
	struct loop *loop;
	int fd;
	const struct listener_events *events;
	void *arg;
};

/* Accepts on fd (nonblocking, the listener's from now on). */
void listener_start(struct listener *listener, struct loop *loop, int fd,
		    const struct listener_events *events, void *arg);
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
