/*
 * Accepting; see listener.h. A listener that sleeps has no event in the loop: what waits in the
 * kernel wakes nobody.
 */
#include "net/listener.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define ACCEPT_TURNS 16 /* connections in a row before those that are open get their turn */
#define LAST_TURNS \
	1024	     /* of those that wait when the listener stops: nobody else may come for them */
#define SLEEP_MS 100 /* for descriptors or memory to come free */

static void
listener_sleep(struct listener *listener, unsigned ms)
{
	event_del(&listener->event);
	if (ms > 0)
		event_add(&listener->timer, &(struct timeval){.tv_usec = (suseconds_t)ms * 1000});
}

/*
 * Whether somebody waits indeed. Another worker may have been faster; and out of descriptors,
 * accept4(2) says so without looking.
 */
static bool
listener_waits(const struct listener *listener)
{
	struct pollfd queue = {.fd = listener->fd, .events = POLLIN};

	return poll(&queue, 1, 0) == 1;
}

/* Whether there is more to accept now. */
static bool
listener_failed(struct listener *listener, int error)
{
	switch (error) {
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		if (!listener_waits(listener))
			return false;
		if (listener->events->failed(listener->arg, error))
			return true;
		if (listener->fd >= 0)
			listener_sleep(listener, SLEEP_MS);
		return false;
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
		return true; /* that client is gone; the next one may not be */
	default:
		return false;
	}
}

/* One of those that wait. False: there is none, or it has to wait on. */
static bool
listener_take(struct listener *listener)
{
	struct sockaddr_storage peer = {0};
	socklen_t size = sizeof(peer);
	int client, error;

	if (!listener->events->room(listener->arg)) {
		if (!listener_waits(listener))
			return false;
		if (!listener->events->make_room(listener->arg)) {
			if (listener->fd >= 0)
				listener_sleep(listener, 0);
			return false;
		}
	}
	client = accept4(listener->fd, (struct sockaddr *)&peer, &size,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (client < 0)
		return listener_failed(listener, errno);
	error = listener->events->accepted(listener->arg, client, (const struct sockaddr *)&peer);
	return error == 0 || listener_failed(listener, -error);
}

/* Takes up to so many of them. */
static void
listener_accept(struct listener *listener, int most)
{
	for (int turn = 0; turn < most && listener->fd >= 0; turn++)
		if (!listener_take(listener))
			return;
}

static void
listener_event(evutil_socket_t fd, short what, void *arg)
{
	struct listener *listener = arg;

	(void)fd;
	(void)what;
	loop_enter(listener->loop);
	listener_accept(listener, ACCEPT_TURNS);
	loop_leave(listener->loop);
}

static void
listener_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	listener_wake(arg);
}

void
listener_start(struct listener *listener, struct loop *loop, int fd,
	       const struct listener_events *events, void *arg)
{
	*listener = (struct listener){.loop = loop, .fd = fd, .events = events, .arg = arg};
	event_assign(&listener->event, loop->base, fd, EV_READ | EV_PERSIST, listener_event,
		     listener);
	evtimer_assign(&listener->timer, loop->base, listener_timer, listener);
	event_add(&listener->event, NULL);
}

void
listener_wake(struct listener *listener)
{
	if (listener->fd >= 0 && !event_pending(&listener->timer, EV_TIMEOUT, NULL))
		event_add(&listener->event, NULL);
}

void
listener_stop(struct listener *listener)
{
	if (listener->fd < 0)
		return;
	listener_accept(listener, LAST_TURNS);
	listener_drop(listener);
}

void
listener_drop(struct listener *listener)
{
	if (listener->fd < 0)
		return;
	event_del(&listener->event);
	event_del(&listener->timer);
	close(listener->fd);
	listener->fd = -1;
}
