/*
 * Exclusive registrations behind libevent's back: one of many is woken, and in turn.
 */
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../suite.h"
#include "loop/exclusive.h"

static unsigned fired;

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	fired++;
}

START_TEST(the_epoll_of_a_base_is_found_among_others)
{
	struct event_base *bases[3];
	int found[3], fd = eventfd(1, 0);
	struct epoll_event event;

	for (int i = 0; i < 3; i++) {
		bases[i] = event_base_new();
		found[i] = exclusive_find(bases[i]);
		ck_assert_int_ge(found[i], 0);
	}
	ck_assert(found[0] != found[1] && found[1] != found[2] && found[0] != found[2]);
	for (int i = 0; i < 3; i++) { /* what was tried has left nothing behind */
		ck_assert_int_eq(epoll_wait(found[i], &event, 1, 0), 0);
		event_base_free(bases[i]);
	}
	close(fd);
}
END_TEST

START_TEST(a_base_without_epoll_has_none)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	event_config_avoid_method(config, "epoll");
	base = event_base_new_with_config(config);
	ck_assert_int_eq(exclusive_find(base), -1);
	event_base_free(base);
	event_config_free(config);
}
END_TEST

START_TEST(an_exclusive_event_fires_and_can_be_deleted_and_added)
{
	struct event_base *base = event_base_new();
	int fd = eventfd(1, 0), epoll = exclusive_find(base);
	struct event event;

	fired = 0;
	event_assign(&event, base, fd, EV_READ | EV_PERSIST, on_event, NULL);
	for (unsigned i = 1; i <= 3; i++) {
		ck_assert_int_eq(event_add(&event, NULL), 0);
		ck_assert(exclusive_register(epoll, fd));
		ck_assert(exclusive_register(epoll, fd));
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		ck_assert_uint_eq(fired, i);
		ck_assert_int_eq(event_del(&event), 0);
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		ck_assert_uint_eq(fired, i);
	}
	close(fd);
	event_base_free(base);
}
END_TEST

START_TEST(what_libevent_has_not_registered_cannot_be_made_exclusive)
{
	struct event_base *base = event_base_new();
	int fd = eventfd(1, 0);

	ck_assert(!exclusive_register(exclusive_find(base), fd));
	close(fd);
	event_base_free(base);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, the_epoll_of_a_base_is_found_among_others);
	tcase_add_test(tcase, a_base_without_epoll_has_none);
	tcase_add_test(tcase, an_exclusive_event_fires_and_can_be_deleted_and_added);
	tcase_add_test(tcase, what_libevent_has_not_registered_cannot_be_made_exclusive);
}

int
main(void)
{
	return suite_run("loop/exclusive", tests_add);
}
