/*
 * EPOLLEXCLUSIVE, which libevent 2.1 does not know: a descriptor that many processes wait for wakes
 * one of them, not all.
 *
 * An event is added by libevent and its registration then made exclusive behind its back; libevent
 * deletes it as any other. What is added again has to be made exclusive again.
 */
#ifndef EDDY_LOOP_EXCLUSIVE_H
#define EDDY_LOOP_EXCLUSIVE_H

#include <stdbool.h>

struct event_base;

/* The base's epoll descriptor; -1: it has none, or it cannot be found. */
int exclusive_find(struct event_base *base);

/*
 * Makes the registration of fd, which waits for EV_READ alone, exclusive, and the last in the row of
 * those that wait. False: it is not registered any more, whatever libevent thinks.
 */
bool exclusive_register(int epoll, int fd);

#endif
