/*
 * What libevent keeps for each descriptor: given back when a crowd has left, without an event lost.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../suite.h"
#include "loop/entries.h"
#include "loop/loop.h"

#define CROWD 600 /* pages of entries, and less than any limit of open files */

static struct loop loop;
static struct event events[CROWD];
static unsigned came;
static int ends[2];

static void
flush(void *arg)
{
	(void)arg;
}

static void
event_came(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)arg;
	ck_assert_int_eq(what, EV_READ);
	came++;
}

/* A loop, a socket on which there is something to read, and its descriptor in many copies. */
static void
crowd_open(void)
{
	entries_init();
	ck_assert_int_eq(loop_init(&loop, flush, NULL), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	for (int i = 0; i < CROWD; i++) {
		int fd = fcntl(ends[0], F_DUPFD_CLOEXEC, 0);

		ck_assert_int_ge(fd, 0);
		event_assign(&events[i], loop.base, fd, EV_READ, event_came, NULL);
	}
}

static void
crowd_close(void)
{
	for (int i = 0; i < CROWD; i++) {
		event_del(&events[i]);
		close(event_get_fd(&events[i]));
	}
	close(ends[0]);
	close(ends[1]);
	loop_fini(&loop);
}

static void
crowd_turn(void)
{
	came = 0;
	for (unsigned last = CROWD + 1; came != last;) {
		last = came;
		event_base_loop(loop.base, EVLOOP_NONBLOCK);
	}
}

START_TEST(events_come_on_descriptors_whose_entries_were_given_back)
{
	crowd_open();
	for (int turn = 0; turn < 3; turn++) {
		for (int i = 0; i < CROWD; i++)
			ck_assert_int_eq(event_add(&events[i], NULL), 0);
		crowd_turn();
		ck_assert_uint_eq(came, CROWD);
		entries_trim();
	}
	crowd_close();
}
END_TEST

START_TEST(events_of_those_that_stay_outlive_a_trim)
{
	crowd_open();
	for (int i = 0; i < CROWD; i++)
		ck_assert_int_eq(event_add(&events[i], NULL), 0);
	for (int i = 0; i < CROWD; i++)
		if (i != CROWD / 2)
			event_del(&events[i]);
	entries_trim();
	crowd_turn();
	ck_assert_uint_eq(came, 1);
	crowd_close();
}
END_TEST

START_TEST(trimming_nothing_is_fine)
{
	entries_trim();
	entries_init();
	entries_trim();
	entries_trim();
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, events_come_on_descriptors_whose_entries_were_given_back);
	tcase_add_test(tcase, events_of_those_that_stay_outlive_a_trim);
	tcase_add_test(tcase, trimming_nothing_is_fine);
}

int
main(void)
{
	return suite_run("loop/entries", tests_add);
}
