/*
 * Accepting: a listening socket that all workers share, read by this worker's loop.
 */
#ifndef EDDY_NET_LISTENER_H
#define EDDY_NET_LISTENER_H

#include <event2/event_struct.h>
#include <sys/socket.h>

#include "loop/loop.h"

struct listener {
	struct event event;
	struct event resume; /* the timer that ends a pause */
	struct loop *loop;
	int fd;
	void (*accepted)(void *arg, int fd, const struct sockaddr *peer);
	void (*failed)(void *arg, int error, const char *what);
	void *arg;
};

/*
 * Accepts on fd (nonblocking, the listener's from now on) and hands each new socket, nonblocking
 * and close-on-exec, to `accepted`. When the process is out of descriptors or memory it tells
 * `failed` and pauses for a moment instead of spinning.
 */
void listener_start(struct listener *listener, struct loop *loop, int fd,
		    void (*accepted)(void *arg, int fd, const struct sockaddr *peer),
		    void (*failed)(void *arg, int error, const char *what), void *arg);
/*
 * Accepts what has been waiting, then stops and closes this worker's copy of the socket; the others
 * go on (never shutdown(2)). Safe to call twice.
 */
void listener_stop(struct listener *listener);

#endif
