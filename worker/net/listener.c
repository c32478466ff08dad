/*
 * Accepting; see listener.h.
 */
#include "net/listener.h"

#include <errno.h>
#include <unistd.h>

#define ACCEPT_TURNS 16 /* connections in a row before those that are open get their turn */
#define LAST_TURNS \
	1024	     /* of those that wait when the listener stops: nobody else may come for them */
#define PAUSE_MS 100 /* for descriptors or memory to come free */

static void
listener_pause(struct listener *listener, int error)
{
	listener->failed(listener->arg, error, "accept");
	event_del(&listener->event);
	event_add(&listener->resume, &(struct timeval){.tv_usec = PAUSE_MS * 1000});
}

static void
listener_resume(evutil_socket_t fd, short what, void *arg)
{
	struct listener *listener = arg;

	(void)fd;
	(void)what;
	if (listener->fd >= 0)
		event_add(&listener->event, NULL);
}

/* Takes up to so many of those that wait. */
static void
listener_accept(struct listener *listener, int most)
{
	for (int turn = 0; turn < most && listener->fd >= 0; turn++) {
		struct sockaddr_storage peer = {0};
		socklen_t size = sizeof(peer);
		int client = accept4(listener->fd, (struct sockaddr *)&peer, &size,
				     SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (client >= 0) {
			listener->accepted(listener->arg, client, (const struct sockaddr *)&peer);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			listener_pause(listener, errno);
		else if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO)
			continue; /* that client is gone; the next one may not be */
		return;
	}
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

void
listener_start(struct listener *listener, struct loop *loop, int fd,
	       void (*accepted)(void *arg, int fd, const struct sockaddr *peer),
	       void (*failed)(void *arg, int error, const char *what), void *arg)
{
	*listener = (struct listener){
		.loop = loop, .fd = fd, .accepted = accepted, .failed = failed, .arg = arg};
	event_assign(&listener->event, loop->base, fd, EV_READ | EV_PERSIST, listener_event,
		     listener);
	evtimer_assign(&listener->resume, loop->base, listener_resume, listener);
	event_add(&listener->event, NULL);
}

void
listener_stop(struct listener *listener)
{
	if (listener->fd < 0)
		return;
	listener_accept(listener, LAST_TURNS);
	event_del(&listener->event);
	event_del(&listener->resume);
	close(listener->fd);
	listener->fd = -1;
}
