/*
 * Accepting; see listener.h. A listener that sleeps has no event in the loop: what waits in the
 * kernel wakes nobody.
 */
#include "net/listener.h"
#include "loop/exclusive.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define ACCEPT_TURNS 16 /* connections in a row before those that are open get their turn */
#define LAST_TURNS \
	1024	     /* of those that wait when the listener stops: nobody else may come for them */
#define SLEEP_MS 100 /* for descriptors or memory to come free */

/*
 * Having stepped back: the others need a moment, and a worker that waits for a processor more than
 * one. Who still waits then is let in one at a time, and ever faster where the others are too busy.
 */
#define AWAY_MS 10
#define AWAY_MAX_MS 100
#define LOOKS_PATIENT 25

static void
timer_start(struct listener *listener, unsigned ms)
{
	event_add(&listener->timer, &(struct timeval){.tv_usec = (suseconds_t)ms * 1000});
}

static void
listener_sleep(struct listener *listener, unsigned ms)
{
	listener->away = false;
	event_del(&listener->event);
	if (ms > 0)
		timer_start(listener, ms);
}

/* Where it cannot be exclusive, all workers are woken for each client, which costs but works. */
static void
listener_add(struct listener *listener)
{
	struct loop *loop = listener->loop;

	if (event_add(&listener->event, NULL) == 0 &&
	    (!listener->shared || loop->epoll < 0 || exclusive_register(loop->epoll, listener->fd)))
		return;
	event_del(&listener->event);
	if (event_add(&listener->event, NULL) != 0)
		timer_start(listener, SLEEP_MS);
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
	case EINVAL: /* the master has not come to listen(2) yet */
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
listener_accept(struct listener *listener, unsigned most)
{
	for (unsigned turn = 0; turn < most && listener->fd >= 0; turn++)
		if (!listener_take(listener))
			return;
}

/*
 * Takes those that wait, but leaves others what is above this worker's share. It takes one at least:
 * for who has woken it the kernel has woken nobody else.
 */
static void
listener_accept_share(struct listener *listener)
{
	for (unsigned turn = 0; turn < ACCEPT_TURNS; turn++)
		if (!listener_take(listener) || listener->fd < 0 ||
		    (listener->shared && !listener->own && listener->events->enough(listener->arg)))
			return;
}

static void
listener_event(evutil_socket_t fd, short what, void *arg)
{
	struct listener *listener = arg;

	(void)fd;
	(void)what;
	loop_enter(listener->loop);
	listener_accept_share(listener);
	loop_leave(listener->loop);
}

static void
listener_step_back(struct listener *listener)
{
	event_del(&listener->event);
	listener->away = true;
	listener->away_ms = AWAY_MS;
	listener->looks = 0;
	timer_start(listener, AWAY_MS);
}

/* How many of those that wait are taken in at the n-th look at which somebody did. */
static unsigned
look_appetite(unsigned looks)
{
	unsigned more = looks > LOOKS_PATIENT ? looks - LOOKS_PATIENT : 0;

	return more < 4 ? 1u << more : ACCEPT_TURNS;
}

/*
 * Where nobody waits the others do well without it. Where somebody does they are busy, or do not come
 * round at all.
 */
static void
listener_look_back(struct listener *listener)
{
	if (!listener->events->enough(listener->arg)) {
		listener->away = false;
		listener_add(listener);
		return;
	}
	if (listener_waits(listener)) {
		listener->away_ms = AWAY_MS;
		timer_start(listener, AWAY_MS);
		listener_accept(listener, look_appetite(++listener->looks));
	} else {
		listener->looks = 0;
		if (listener->away_ms < AWAY_MAX_MS)
			listener->away_ms *= 2;
		timer_start(listener, listener->away_ms);
	}
}

static void
listener_timer(evutil_socket_t fd, short what, void *arg)
{
	struct listener *listener = arg;

	(void)fd;
	(void)what;
	loop_enter(listener->loop);
	if (listener->away)
		listener_look_back(listener);
	else
		listener_wake(listener);
	loop_leave(listener->loop);
}

void
listener_start(struct listener *listener, struct loop *loop, int fd, bool shared,
	       const struct listener_events *events, void *arg)
{
	*listener = (struct listener){
		.loop = loop, .fd = fd, .shared = shared, .events = events, .arg = arg};
	event_assign(&listener->event, loop->base, fd, EV_READ | EV_PERSIST, listener_event,
		     listener);
	evtimer_assign(&listener->timer, loop->base, listener_timer, listener);
	listener_add(listener);
}

static bool
listener_is_awake(const struct listener *listener)
{
	return listener->fd >= 0 && event_pending(&listener->event, EV_READ, NULL);
}

void
listener_wake(struct listener *listener)
{
	if (listener->fd >= 0 && !listener_is_awake(listener) &&
	    !event_pending(&listener->timer, EV_TIMEOUT, NULL))
		listener_add(listener);
}

void
listener_yield(struct listener *listener)
{
	if (!listener->shared || listener->own || !listener_is_awake(listener))
		return;
	if (listener->events->enough(listener->arg))
		listener_step_back(listener);
	else if (listener->loop->epoll >= 0 &&
		 !exclusive_register(listener->loop->epoll, listener->fd)) {
		event_del(&listener->event);
		listener_add(listener);
	}
}

void
listener_attend(struct listener *listener, bool attend)
{
	if (attend) {
		listener_wake(listener);
	} else if (listener->fd >= 0) {
		listener->away = false;
		event_del(&listener->event);
		event_del(&listener->timer);
	}
}

void
listener_look(struct listener *listener)
{
	if (listener->shared && listener_is_awake(listener))
		listener_accept_share(listener);
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
