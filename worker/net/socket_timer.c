/*
 * How long nothing may move on a socket (eddy_socket_set_timeout); see socket.h.
 *
 * Each byte that moves notes the time and no more: the timer looks at it when it fires, and waits
 * for what is left. It is told in a tick, until which it can be taken back.
 */
#include <stdlib.h>

#include "net/socket.h"

void
socket_timer_free(struct socket *sock)
{
	if (sock->timer == NULL)
		return;
	event_del(&sock->timer->event);
	free(sock->timer);
	sock->timer = NULL;
}

void
socket_moved(struct socket *sock)
{
	struct socket_timer *timer = sock->timer;
	struct timeval wait;

	if (timer == NULL)
		return;
	timer->moved_ms = loop_now_ms(sock->net->loop);
	if (event_pending(&timer->event, EV_TIMEOUT, NULL))
		return;
	wait = (struct timeval){.tv_sec = timer->ms / 1000, .tv_usec = timer->ms % 1000 * 1000};
	event_add(&timer->event, &wait);
}

static void
socket_timed_out(evutil_socket_t fd, short what, void *arg)
{
	struct socket *sock = arg;
	struct socket_timer *timer = sock->timer;
	struct loop *loop = sock->net->loop;
	uint64_t idle;
	unsigned left;

	(void)fd;
	(void)what;
	loop_enter(loop);
	idle = loop_now_ms(loop) - timer->moved_ms;
	if (idle + 1 < timer->ms) { /* a byte has moved since: the rest of its time */
		left = timer->ms - (unsigned)idle;
		event_add(&timer->event,
			  &(struct timeval){.tv_sec = left / 1000, .tv_usec = left % 1000 * 1000});
	} else {
		timer->passed = true;
		socket_post(sock, SOCKET_TIMEOUT);
	}
	loop_leave(loop);
}

int
socket_set_timeout(struct socket *sock, unsigned ms)
{
	if (ms == 0) {
		socket_timer_free(sock);
		return 0;
	}
	if (sock->timer == NULL) {
		sock->timer = malloc(sizeof(*sock->timer));
		if (sock->timer == NULL)
			return EDDY_ENOMEM;
		evtimer_assign(&sock->timer->event, sock->net->loop->base, socket_timed_out, sock);
	}
	event_del(&sock->timer->event);
	sock->timer->ms = ms;
	sock->timer->passed = false;
	socket_moved(sock);
	return 0;
}
