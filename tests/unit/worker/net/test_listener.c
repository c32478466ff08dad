/*
 * A listener whose accept4(2) and poll(2) say what the test wants: out of descriptors or memory, it
 * must neither spin nor give up. The program is linked with --wrap for the two.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "../suite.h"
#include "net/listener.h"

/* What accept4 says in turn: 0 a client, or an errno; EAGAIN behind the last. */
static const int *answers;
static unsigned asked, waiting;

static struct {
	unsigned accepted, failed, made_room;
	int error, accepting; /* the last failure; what `accepted` returns */
	bool room, makes_room, frees;
	unsigned share; /* clients that are enough */
} owner;

int __wrap_accept4(int fd, struct sockaddr *peer, socklen_t *size, int flags);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);

int
__wrap_accept4(int fd, struct sockaddr *peer, socklen_t *size, int flags)
{
	int error = answers[asked];

	(void)fd;
	ck_assert_int_eq(flags, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (error != EAGAIN)
		asked++;
	if (error != 0) {
		errno = error;
		return -1;
	}
	peer->sa_family = AF_UNIX;
	*size = sizeof(peer->sa_family);
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

int
__wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(timeout, 0);
	fds->revents = waiting ? POLLIN : 0;
	return waiting != 0;
}

static bool
owner_room(void *arg)
{
	(void)arg;
	return owner.room;
}

static bool
owner_make_room(void *arg)
{
	(void)arg;
	owner.made_room++;
	owner.room = owner.makes_room;
	return owner.makes_room;
}

static int
owner_accepted(void *arg, int fd, const struct sockaddr *peer)
{
	(void)arg;
	ck_assert_int_eq(peer->sa_family, AF_UNIX);
	close(fd);
	owner.accepted++;
	return owner.accepting;
}

static bool
owner_failed(void *arg, int error)
{
	(void)arg;
	owner.failed++;
	owner.error = error;
	return owner.frees && owner.failed < 3;
}

static bool
owner_enough(void *arg)
{
	(void)arg;
	return owner.accepted >= owner.share;
}

static void
flush(void *arg)
{
	(void)arg;
}

static const struct listener_events events = {.room = owner_room,
					      .make_room = owner_make_room,
					      .accepted = owner_accepted,
					      .failed = owner_failed,
					      .enough = owner_enough};

static struct loop loop;
static struct listener listener;
static bool shared;
static int client; /* keeps the listener's socket readable: somebody always waits */

/* A listener at whose socket somebody waits. */
static void
listener_open(const int *what)
{
	int pair[2];

	answers = what;
	asked = 0;
	waiting = 1;
	memset(&owner, 0, sizeof(owner));
	owner.room = true;
	ck_assert_int_eq(loop_init(&loop, flush, NULL), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	client = pair[1];
	ck_assert_int_eq(write(client, "x", 1), 1);
	listener_start(&listener, &loop, pair[0], shared, &events, NULL);
}

static void
listener_close(void)
{
	listener_stop(&listener);
	close(client);
	loop_fini(&loop);
	shared = false;
}

static void
turn(void)
{
	event_base_loop(loop.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

static bool
sleeps(void)
{
	return !event_pending(&listener.event, EV_READ, NULL);
}

static bool
will_wake(void)
{
	return event_pending(&listener.timer, EV_TIMEOUT, NULL) != 0;
}

static const int shortages[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM};
static const int troubles[] = {EINTR, ECONNABORTED, EPROTO};

START_TEST(clients_are_accepted_until_there_are_no_more)
{
	listener_open((const int[]){0, 0, 0, EAGAIN});
	turn();
	ck_assert_uint_eq(owner.accepted, 3);
	ck_assert(!sleeps());
	listener_close();
}
END_TEST

START_TEST(a_shortage_is_told_once_and_puts_the_listener_to_sleep)
{
	const int what[] = {0, shortages[_i], 0, EAGAIN};

	listener_open(what);
	for (int i = 0; i < 10; i++)
		turn();
	ck_assert_uint_eq(owner.accepted, 1);
	ck_assert_uint_eq(owner.failed, 1);
	ck_assert_int_eq(owner.error, shortages[_i]);
	ck_assert(sleeps());
	ck_assert(will_wake());
	listener_close();
}
END_TEST

START_TEST(a_listener_wakes_from_a_shortage_by_itself)
{
	const int what[] = {shortages[_i], 0, EAGAIN};

	listener_open(what);
	turn();
	ck_assert_uint_eq(owner.accepted, 0);
	while (owner.accepted == 0)
		event_base_loop(loop.base, EVLOOP_ONCE);
	ck_assert_uint_eq(owner.failed, 1);
	ck_assert(!sleeps());
	listener_close();
}
END_TEST

START_TEST(room_that_comes_free_does_not_wake_a_listener_from_a_shortage)
{
	listener_open((const int[]){EMFILE, 0, EAGAIN});
	turn();
	listener_wake(&listener);
	turn();
	ck_assert(sleeps());
	ck_assert_uint_eq(owner.accepted, 0);
	listener_close();
}
END_TEST

START_TEST(what_is_freed_in_a_shortage_is_tried_at_once)
{
	const int what[] = {shortages[_i], 0, EAGAIN};

	listener_open(what);
	owner.frees = true;
	turn();
	ck_assert_uint_eq(owner.failed, 1);
	ck_assert_uint_eq(owner.accepted, 1);
	ck_assert(!sleeps());
	listener_close();
}
END_TEST

/* Another worker may have been faster: out of descriptors, accept4 says so without looking. */
START_TEST(a_shortage_without_anybody_waiting_is_none)
{
	const int what[] = {shortages[_i], 0, EAGAIN};

	listener_open(what);
	waiting = 0;
	turn();
	ck_assert_uint_eq(owner.failed, 0);
	ck_assert(!sleeps());
	listener_close();
}
END_TEST

START_TEST(a_client_that_is_gone_is_no_reason_to_stop)
{
	const int what[] = {troubles[_i], 0, troubles[_i], 0, EAGAIN};

	listener_open(what);
	turn();
	ck_assert_uint_eq(owner.accepted, 2);
	ck_assert_uint_eq(owner.failed, 0);
	ck_assert(!sleeps());
	listener_close();
}
END_TEST

START_TEST(a_connection_that_there_is_no_memory_for_is_a_shortage)
{
	listener_open((const int[]){0, 0, EAGAIN});
	owner.accepting = -ENOMEM;
	turn();
	ck_assert_uint_eq(owner.accepted, 1);
	ck_assert_int_eq(owner.error, ENOMEM);
	ck_assert(sleeps());
	ck_assert(will_wake());
	listener_close();
}
END_TEST

START_TEST(a_listener_without_room_sleeps_until_it_is_woken)
{
	listener_open((const int[]){0, EAGAIN});
	owner.room = false;
	for (int i = 0; i < 10; i++)
		turn();
	ck_assert_uint_eq(owner.made_room, 1);
	ck_assert_uint_eq(owner.accepted, 0);
	ck_assert(sleeps());
	ck_assert(!will_wake());
	owner.room = true;
	listener_wake(&listener);
	turn();
	ck_assert_uint_eq(owner.accepted, 1);
	listener_close();
}
END_TEST

START_TEST(room_is_made_for_who_waits_and_for_nobody_else)
{
	listener_open((const int[]){0, EAGAIN});
	owner.room = false;
	owner.makes_room = true;
	waiting = 0;
	turn();
	ck_assert_uint_eq(owner.made_room, 0);
	waiting = 1;
	turn();
	ck_assert_uint_eq(owner.made_room, 1);
	ck_assert_uint_eq(owner.accepted, 1);
	listener_close();
}
END_TEST

/* A turn accepts so many; the connections that are open get theirs before the rest. */
START_TEST(a_crowd_is_let_in_bit_by_bit)
{
	int what[101] = {0};

	what[100] = EAGAIN;
	listener_open(what);
	turn();
	ck_assert_uint_gt(owner.accepted, 0);
	ck_assert_uint_lt(owner.accepted, 50);
	while (owner.accepted < 100)
		turn();
	ck_assert(!sleeps());
	listener_close();
}
END_TEST

START_TEST(who_has_been_waiting_is_let_in_when_the_listener_stops)
{
	int what[101] = {0};

	what[100] = EAGAIN;
	listener_open(what);
	listener_stop(&listener);
	ck_assert_uint_eq(owner.accepted, 100);
	listener_stop(&listener);
	ck_assert_uint_eq(owner.accepted, 100);
	listener_close();
}
END_TEST

static void
shared_open(const int *what, unsigned share)
{
	shared = true;
	listener_open(what);
	owner.share = share;
}

START_TEST(a_worker_takes_no_more_than_its_share_in_a_turn)
{
	shared_open((const int[]){0, 0, 0, 0, EAGAIN}, 2);
	turn();
	ck_assert_uint_eq(owner.accepted, 2);
	ck_assert(!sleeps()); /* how many of them stay the turn's end will tell */
	turn();
	ck_assert_uint_eq(owner.accepted, 3);
	listener_close();
}
END_TEST

START_TEST(a_worker_with_its_share_steps_back_and_looks_back)
{
	shared_open((const int[]){0, 0, 0, 0, EAGAIN}, 2);
	turn();
	listener_yield(&listener);
	ck_assert(sleeps());
	ck_assert(will_wake());
	turn();
	ck_assert_uint_eq(owner.accepted, 2);
	owner.share = 10; /* the others have caught up */
	while (sleeps())
		event_base_loop(loop.base, EVLOOP_ONCE);
	turn();
	ck_assert_uint_eq(owner.accepted, 4);
	listener_close();
}
END_TEST

START_TEST(who_waits_although_others_should_come_is_taken_in_after_all)
{
	int what[101] = {0};

	what[100] = EAGAIN;
	shared_open(what, 1);
	turn();
	listener_yield(&listener);
	while (owner.accepted < 100)
		event_base_loop(loop.base, EVLOOP_ONCE);
	ck_assert(sleeps());
	listener_close();
}
END_TEST

START_TEST(a_worker_that_has_stepped_back_takes_nobody_while_nobody_waits)
{
	shared_open((const int[]){0, 0, EAGAIN}, 1);
	turn();
	listener_yield(&listener);
	waiting = 0;
	for (int i = 0; i < 3; i++)
		event_base_loop(loop.base, EVLOOP_ONCE);
	ck_assert_uint_eq(owner.accepted, 1);
	ck_assert(sleeps());
	ck_assert(will_wake());
	listener_wake(&listener); /* room is not what it lacks */
	ck_assert(sleeps());
	listener_close();
}
END_TEST

START_TEST(a_worker_below_its_share_stays_in_the_row)
{
	shared_open((const int[]){0, EAGAIN}, 10);
	for (int i = 0; i < 3; i++) {
		turn();
		listener_yield(&listener);
		ck_assert(!sleeps());
		ck_assert(!will_wake());
	}
	ck_assert_uint_eq(owner.accepted, 1);
	asked = 0;
	turn(); /* registered anew, it still sees who waits */
	ck_assert_uint_eq(owner.accepted, 2);
	listener_close();
}
END_TEST

START_TEST(a_listener_of_ones_own_never_steps_back)
{
	listener_open((const int[]){0, 0, 0, EAGAIN});
	turn();
	listener_yield(&listener);
	ck_assert_uint_eq(owner.accepted, 3);
	ck_assert(!sleeps());
	listener_close();
}
END_TEST

START_TEST(a_listener_that_need_not_attend_sleeps_until_it_must)
{
	shared_open((const int[]){0, EAGAIN}, 10);
	listener_attend(&listener, false);
	turn();
	listener_look(&listener);
	listener_yield(&listener);
	ck_assert(sleeps());
	ck_assert(!will_wake());
	ck_assert_uint_eq(owner.accepted, 0);
	listener_attend(&listener, true);
	listener_attend(&listener, true);
	turn();
	ck_assert_uint_eq(owner.accepted, 1);
	listener_close();
}
END_TEST

START_TEST(a_look_takes_in_who_waits_unnoticed)
{
	shared_open((const int[]){EAGAIN, 0, EAGAIN}, 10);
	listener_look(&listener);
	ck_assert_uint_eq(owner.accepted, 0);
	asked = 1;
	listener_look(&listener);
	ck_assert_uint_eq(owner.accepted, 1);
	listener_close();
}
END_TEST

START_TEST(a_worker_that_has_stepped_back_takes_in_who_waits_when_it_stops)
{
	shared_open((const int[]){0, 0, 0, EAGAIN}, 1);
	turn();
	listener_yield(&listener);
	listener_stop(&listener);
	ck_assert_uint_eq(owner.accepted, 3);
	listener_close();
}
END_TEST

static void
tests_add(TCase *tcase)
{
	int kinds = COUNT(shortages);

	tcase_add_test(tcase, clients_are_accepted_until_there_are_no_more);
	tcase_add_loop_test(tcase, a_shortage_is_told_once_and_puts_the_listener_to_sleep, 0,
			    kinds);
	tcase_add_loop_test(tcase, a_listener_wakes_from_a_shortage_by_itself, 0, kinds);
	tcase_add_test(tcase, room_that_comes_free_does_not_wake_a_listener_from_a_shortage);
	tcase_add_loop_test(tcase, what_is_freed_in_a_shortage_is_tried_at_once, 0, kinds);
	tcase_add_loop_test(tcase, a_shortage_without_anybody_waiting_is_none, 0, kinds);
	tcase_add_loop_test(tcase, a_client_that_is_gone_is_no_reason_to_stop, 0, COUNT(troubles));
	tcase_add_test(tcase, a_connection_that_there_is_no_memory_for_is_a_shortage);
	tcase_add_test(tcase, a_listener_without_room_sleeps_until_it_is_woken);
	tcase_add_test(tcase, room_is_made_for_who_waits_and_for_nobody_else);
	tcase_add_test(tcase, a_crowd_is_let_in_bit_by_bit);
	tcase_add_test(tcase, who_has_been_waiting_is_let_in_when_the_listener_stops);
	tcase_add_test(tcase, a_worker_takes_no_more_than_its_share_in_a_turn);
	tcase_add_test(tcase, a_worker_with_its_share_steps_back_and_looks_back);
	tcase_add_test(tcase, who_waits_although_others_should_come_is_taken_in_after_all);
	tcase_add_test(tcase, a_worker_that_has_stepped_back_takes_nobody_while_nobody_waits);
	tcase_add_test(tcase, a_worker_below_its_share_stays_in_the_row);
	tcase_add_test(tcase, a_listener_of_ones_own_never_steps_back);
	tcase_add_test(tcase, a_listener_that_need_not_attend_sleeps_until_it_must);
	tcase_add_test(tcase, a_look_takes_in_who_waits_unnoticed);
	tcase_add_test(tcase, a_worker_that_has_stepped_back_takes_in_who_waits_when_it_stops);
}

int
main(void)
{
	return suite_run("net/listener", tests_add);
}
