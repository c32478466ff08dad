/*
 * EPOLLEXCLUSIVE; see exclusive.h.
 *
 * The kernel wakes the first in the row that is asleep, and never changes the row: without
 * registering anew one worker would get all there is. EPOLL_CTL_MOD is refused for exclusive
 * registrations, and libevent never uses it for a descriptor that has one event.
 */
#include "loop/exclusive.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define FDS_MAX 4096 /* a base is made early: its descriptor is among the first */

static void
probe_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

/* The one in which what the base has registered can be modified. */
static int
epoll_with(int fd)
{
	struct epoll_event probe = {.events = EPOLLIN, .data.fd = fd};

	for (int epoll = 0; epoll < FDS_MAX; epoll++)
		if (epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &probe) == 0)
			return epoll;
	return -1;
}

int
exclusive_find(struct event_base *base)
{
	struct event event;
	int fd, epoll = -1;

	if (strcmp(event_base_get_method(base), "epoll") != 0)
		return -1;
	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return -1;
	event_assign(&event, base, fd, EV_READ, probe_event, NULL);
	if (event_add(&event, NULL) == 0) {
		epoll = epoll_with(fd);
		event_del(&event);
	}
	close(fd);
	return epoll;
}

bool
exclusive_register(int epoll, int fd)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = fd};

	return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL) == 0 &&
	       epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}
