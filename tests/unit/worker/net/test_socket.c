/*
 * Raw sockets as a module has them: what is written, read, paused, ended and lost, and the order in
 * which that is told. The other side is the other end of a socket pair; turns of the loop are made
 * by hand. The program is linked with --wrap for send(2), which fails when a test says so.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../suite.h"
#include "net/socket.h"
#include "worker.h"

#define MUCH (4 << 20) /* more than the kernel takes at once */

static struct worker worker;
static struct slot slot;
static struct eddy_module module;
static struct socket *sock;
static eddy_socket *handle;
static int peer;
static int send_error; /* what sends say; 0: the kernel decides */

static char told[4096]; /* the events, a word each */
static unsigned released;
static void (*on_event)(const char *event); /* what the module does then */

ssize_t __real_send(int fd, const void *p, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *p, size_t n, int flags);

ssize_t
__wrap_send(int fd, const void *p, size_t n, int flags)
{
	errno = send_error;
	return send_error != 0 ? -1 : __real_send(fd, p, n, flags);
}

/* The module ---------------------------------------------------------------------- */

static void
tell(const char *event)
{
	size_t n = strlen(told);

	ck_assert_ptr_eq(worker.calls.running, &module);
	snprintf(told + n, sizeof(told) - n, "%s%s", n > 0 ? " " : "", event);
	if (on_event != NULL)
		on_event(event);
}

static void
on_data(eddy_socket *it, eddy_str piece, void *arg)
{
	char text[512];

	ck_assert_ptr_eq(it, handle);
	ck_assert_ptr_eq(arg, &module);
	snprintf(text, sizeof(text), "data:%.*s", (int)(piece.n < 100 ? piece.n : 100), piece.p);
	tell(text);
}

static void
on_end(eddy_socket *it, void *arg)
{
	(void)it;
	(void)arg;
	tell("end");
}

static void
on_drain(eddy_socket *it, void *arg)
{
	(void)it;
	(void)arg;
	tell("drain");
}

static void
on_finish(eddy_socket *it, void *arg)
{
	(void)it;
	(void)arg;
	tell("finish");
}

static void
on_timeout(eddy_socket *it, void *arg)
{
	(void)it;
	(void)arg;
	tell("timeout");
}

static void
on_error(eddy_socket *it, int error, void *arg)
{
	(void)it;
	(void)arg;
	tell(eddy_error_name(error));
}

static void
on_close(eddy_socket *it, void *arg)
{
	(void)it;
	(void)arg;
	tell("close");
}

static const eddy_socket_events half_open = {.data = on_data,
					     .end = on_end,
					     .drain = on_drain,
					     .finish = on_finish,
					     .timeout = on_timeout,
					     .error = on_error,
					     .close = on_close},
				whole = {.data = on_data,
					 .drain = on_drain,
					 .finish = on_finish,
					 .timeout = on_timeout,
					 .error = on_error,
					 .close = on_close};

/* The world ----------------------------------------------------------------------- */

static void
flush(void *arg)
{
	(void)arg;
	net_flush(&worker.net);
}

/* Opens the socket, as inside a call of the module. */
static void
open_socket(const eddy_socket_events *events)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	peer = pair[1];
	loop_enter(&worker.loop);
	call_begin(&worker.calls, &module, SLOT_DATA, 0);
	sock = socket_of_fd(&worker.net, pair[0], events, &module);
	call_end(&worker.calls);
	ck_assert_ptr_nonnull(sock);
	handle = socket_handle(sock);
	loop_leave(&worker.loop);
}

static void
setup(void)
{
	worker_self = &worker;
	worker.link = -1;
	worker.slot = &slot;
	worker.calls = (struct calls){.slot = &slot, .loop = &worker.loop};
	ck_assert_int_eq(loop_init(&worker.loop, flush, NULL), 0);
	ck_assert_int_eq(net_init(&worker.net, &worker.loop, &worker.calls, NULL, NULL, 0), 0);
	open_socket(&half_open);
}

static void
teardown(void)
{
	on_event = NULL;
	loop_enter(&worker.loop);
	net_close(&worker.net);
	loop_leave(&worker.loop);
	ck_assert_uint_eq(worker.loop.refs, 0);
	net_fini(&worker.net);
	loop_fini(&worker.loop);
	close(peer);
}

/* What happens by itself, until nothing does any more. */
static void
turn(void)
{
	for (int i = 0; i < 8; i++)
		event_base_loop(worker.loop.base, EVLOOP_NONBLOCK);
}

/* Does it as a call of the module would, and what follows. */
static void
act(void (*what)(void))
{
	loop_enter(&worker.loop);
	call_begin(&worker.calls, &module, SLOT_DATA, 0);
	what();
	call_end(&worker.calls);
	loop_leave(&worker.loop);
	turn();
}

static void
peer_says(const char *text)
{
	ck_assert_int_eq(send(peer, text, strlen(text), 0), (ssize_t)strlen(text));
	turn();
}

static void
peer_hears(const char *text)
{
	char got[256];
	ssize_t n = recv(peer, got, sizeof(got), 0);

	ck_assert_int_ge(n, 0);
	ck_assert_text(((eddy_str){got, (size_t)n}), text);
}

static size_t
peer_reads_all(void)
{
	static char got[65536];
	size_t all = 0;
	ssize_t n;

	while ((n = recv(peer, got, sizeof(got), 0)) > 0) {
		all += (size_t)n;
		turn();
	}
	return all;
}

/* What the module does ------------------------------------------------------------ */

static void
write_hello(void)
{
	ck_assert(eddy_socket_write(handle, "hello ", 6));
	ck_assert(eddy_socket_write(handle, "you", 3));
}

static void
write_much(void)
{
	static const char much[MUCH];

	ck_assert(!eddy_socket_write(handle, much, sizeof(much)));
}

static void
release(void *p, void *arg)
{
	(void)arg;
	released++;
	free(p);
}

static void
lend_much(void)
{
	eddy_socket_write_owned(handle, calloc(1, MUCH), MUCH, release, NULL);
}

static void
end_bye(void)
{
	eddy_socket_end(handle, "bye", 3);
}

static void
end(void)
{
	eddy_socket_end(handle, NULL, 0);
}

static void
destroy(void)
{
	eddy_socket_destroy(handle);
}

static void
stop_reading(void)
{
	eddy_socket_pause(handle);
}

static void
read_on(void)
{
	eddy_socket_resume(handle);
}

static void
time_limit(void)
{
	ck_assert_int_eq(eddy_socket_set_timeout(handle, 1), 0);
}

static void
no_time_limit(void)
{
	ck_assert_int_eq(eddy_socket_set_timeout(handle, 0), 0);
}

static void
long_time_limit(void)
{
	ck_assert_int_eq(eddy_socket_set_timeout(handle, 3600000), 0);
}

static void
destroy_at_data(const char *event)
{
	if (strncmp(event, "data", 4) == 0)
		destroy();
}

static void
pause_at_data(const char *event)
{
	if (strncmp(event, "data", 4) == 0)
		stop_reading();
}

static void
no_limit_at_drain(const char *event)
{
	if (strcmp(event, "drain") == 0)
		no_time_limit();
}

static void
long_limit_at_drain(const char *event)
{
	if (strcmp(event, "drain") == 0)
		long_time_limit();
}

/* Tests --------------------------------------------------------------------------- */

START_TEST(what_is_written_in_a_turn_leaves_at_its_end)
{
	act(write_hello);
	peer_hears("hello you");
	ck_assert_uint_eq(eddy_socket_bytes_written(handle), 9);
	ck_assert_str_eq(told, "");
}
END_TEST

START_TEST(what_comes_is_told)
{
	peer_says("one");
	peer_says("two");
	ck_assert_str_eq(told, "data:one data:two");
	ck_assert_uint_eq(eddy_socket_bytes_read(handle), 6);
}
END_TEST

START_TEST(what_comes_during_a_pause_waits)
{
	act(stop_reading);
	peer_says("late");
	ck_assert_str_eq(told, "");
	act(read_on);
	ck_assert_str_eq(told, "data:late");
}
END_TEST

START_TEST(a_fin_during_a_pause_waits_too)
{
	on_event = pause_at_data;
	peer_says("last");
	shutdown(peer, SHUT_WR);
	turn();
	ck_assert_str_eq(told, "data:last");
	act(read_on);
	ck_assert_str_eq(told, "data:last end");
}
END_TEST

START_TEST(bytes_that_are_held_come_first)
{
	act(stop_reading);
	peer_says("second");
	ck_assert_int_eq(socket_hold(sock, "first", 5), 0);
	ck_assert_int_eq(eddy_socket_detach(handle), EDDY_EAGAIN);
	act(read_on);
	ck_assert_str_eq(told, "data:first data:second");
}
END_TEST

START_TEST(more_than_the_mark_is_false_and_drain_follows)
{
	act(write_much);
	ck_assert_uint_gt(eddy_socket_writable_length(handle), QUEUE_HIGH_WATER);
	ck_assert_str_eq(told, "");
	ck_assert_uint_eq(peer_reads_all(), MUCH);
	ck_assert_str_eq(told, "drain");
	ck_assert_uint_eq(eddy_socket_writable_length(handle), 0);
}
END_TEST

START_TEST(a_lent_buffer_goes_back_when_it_is_sent)
{
	act(lend_much);
	ck_assert_uint_eq(released, 0);
	ck_assert_uint_eq(peer_reads_all(), MUCH);
	ck_assert_uint_eq(released, 1);
}
END_TEST

START_TEST(a_lent_buffer_goes_back_when_the_socket_is_destroyed)
{
	act(lend_much);
	act(destroy);
	ck_assert_uint_eq(released, 1);
	ck_assert_str_eq(told, "close");
}
END_TEST

START_TEST(the_end_is_a_fin_and_reading_goes_on)
{
	act(end_bye);
	ck_assert_str_eq(told, "finish");
	peer_hears("bye");
	peer_hears("");
	peer_says("and you");
	shutdown(peer, SHUT_WR);
	turn();
	ck_assert_str_eq(told, "finish data:and you end close");
	ck_assert_uint_eq(slot.callback, SLOT_IDLE);
}
END_TEST

START_TEST(the_end_comes_behind_all_that_was_written)
{
	act(write_much);
	act(end);
	ck_assert_str_eq(told, "");
	ck_assert_uint_eq(peer_reads_all(), MUCH);
	ck_assert_str_eq(told, "finish");
}
END_TEST

START_TEST(who_hears_the_end_ends_itself)
{
	shutdown(peer, SHUT_WR);
	turn();
	ck_assert_str_eq(told, "end");
	act(end);
	ck_assert_str_eq(told, "end finish close");
}
END_TEST

START_TEST(who_does_not_hear_the_end_ends_with_it)
{
	ck_assert_int_eq(eddy_socket_on(handle, &whole, &module), 0);
	shutdown(peer, SHUT_WR);
	turn();
	ck_assert_str_eq(told, "finish close");
	ck_assert(!eddy_socket_write(handle, "x", 1));
}
END_TEST

START_TEST(who_is_destroyed_in_its_event_hears_close_alone)
{
	on_event = destroy_at_data;
	act(stop_reading);
	peer_says("x");
	shutdown(peer, SHUT_WR);
	act(read_on);
	ck_assert_str_eq(told, "data:x close");
}
END_TEST

START_TEST(last_words_come_before_the_failure)
{
	act(write_hello); /* unread by the peer, whose close is a reset for that */
	ck_assert_int_eq(send(peer, "words", 5, 0), 5);
	close(peer);
	turn();
	ck_assert_str_eq(told, "data:words ECONNRESET close");
	peer = -1;
}
END_TEST

/* A send that fails takes the error with it: what a read says then looks like the end. */
START_TEST(a_failed_send_is_a_failure_and_no_end)
{
	act(stop_reading);
	peer_says("words");
	shutdown(peer, SHUT_WR);
	turn();
	send_error = ECONNRESET;
	act(write_hello);
	ck_assert_str_eq(told, "");
	act(read_on);
	ck_assert_str_eq(told, "data:words ECONNRESET close");
}
END_TEST

START_TEST(a_send_without_memory_fails_by_name)
{
	send_error = ENOBUFS;
	act(write_hello);
	ck_assert_str_eq(told, "ENOBUFS close");
}
END_TEST

START_TEST(a_descriptor_that_is_given_back_is_good)
{
	int fd = eddy_socket_detach(handle);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(eddy_socket_detach(handle), EDDY_ECLOSED);
	ck_assert_int_eq(send(fd, "mine", 4, 0), 4);
	peer_hears("mine");
	close(fd);
	turn();
	ck_assert_str_eq(told, "");
}
END_TEST

START_TEST(a_descriptor_is_not_given_back_while_bytes_wait)
{
	act(write_much);
	ck_assert_int_eq(eddy_socket_detach(handle), EDDY_EAGAIN);
	peer_reads_all();
	ck_assert_int_ge(close(eddy_socket_detach(handle)), 0);
}
END_TEST

/* Waits for the limit of 1 ms, without a turn of the module's. */
static void
wait_for_timer(void)
{
	while (!sock->timer->passed && told[0] == '\0')
		event_base_loop(worker.loop.base, EVLOOP_ONCE);
}

START_TEST(nothing_has_moved_for_so_long)
{
	act(time_limit);
	wait_for_timer();
	turn();
	ck_assert_str_eq(told, "timeout");
}
END_TEST

/* Drain and timeout are owed together: the first of them takes the other back. */
static void
drain_and_timeout(void)
{
	act(time_limit);
	sock->timer->passed = true;
	sock->pending = SOCKET_DRAIN | SOCKET_TIMEOUT;
	sock->telling = true;
	task_post(&worker.loop.ticks, &sock->tell_task);
	loop_leave(&worker.loop);
}

START_TEST(a_timeout_that_is_owed_is_told)
{
	drain_and_timeout();
	ck_assert_str_eq(told, "drain timeout");
}
END_TEST

START_TEST(a_timeout_that_is_owed_can_be_taken_back)
{
	on_event = no_limit_at_drain;
	drain_and_timeout();
	turn();
	ck_assert_str_eq(told, "drain");
}
END_TEST

START_TEST(a_timeout_that_is_set_anew_is_not_owed_any_more)
{
	on_event = long_limit_at_drain;
	drain_and_timeout();
	turn();
	ck_assert_str_eq(told, "drain");
}
END_TEST

START_TEST(a_descriptor_that_is_expected_can_be_asked_for)
{
	int fds[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	call_begin(&worker.calls, &module, SLOT_DATA, 0);
	sock = socket_new(&worker.net, &half_open, &module);
	call_end(&worker.calls);
	handle = socket_handle(sock);
	ck_assert_int_eq(eddy_socket_fd(handle), EDDY_EINVAL);
	socket_expect(sock, fds[0]);
	ck_assert_int_eq(eddy_socket_fd(handle), fds[0]);
	socket_expect(sock, -1);
	ck_assert_int_eq(eddy_socket_fd(handle), EDDY_EINVAL);
	socket_connected(sock, fds[0]);
	ck_assert_int_eq(eddy_socket_fd(handle), fds[0]);
	close(fds[1]);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_is_written_in_a_turn_leaves_at_its_end);
	tcase_add_test(tcase, what_comes_is_told);
	tcase_add_test(tcase, what_comes_during_a_pause_waits);
	tcase_add_test(tcase, a_fin_during_a_pause_waits_too);
	tcase_add_test(tcase, bytes_that_are_held_come_first);
	tcase_add_test(tcase, more_than_the_mark_is_false_and_drain_follows);
	tcase_add_test(tcase, a_lent_buffer_goes_back_when_it_is_sent);
	tcase_add_test(tcase, a_lent_buffer_goes_back_when_the_socket_is_destroyed);
	tcase_add_test(tcase, the_end_is_a_fin_and_reading_goes_on);
	tcase_add_test(tcase, the_end_comes_behind_all_that_was_written);
	tcase_add_test(tcase, who_hears_the_end_ends_itself);
	tcase_add_test(tcase, who_does_not_hear_the_end_ends_with_it);
	tcase_add_test(tcase, who_is_destroyed_in_its_event_hears_close_alone);
	tcase_add_test(tcase, last_words_come_before_the_failure);
	tcase_add_test(tcase, a_failed_send_is_a_failure_and_no_end);
	tcase_add_test(tcase, a_send_without_memory_fails_by_name);
	tcase_add_test(tcase, a_descriptor_that_is_given_back_is_good);
	tcase_add_test(tcase, a_descriptor_is_not_given_back_while_bytes_wait);
	tcase_add_test(tcase, nothing_has_moved_for_so_long);
	tcase_add_test(tcase, a_timeout_that_is_owed_is_told);
	tcase_add_test(tcase, a_timeout_that_is_owed_can_be_taken_back);
	tcase_add_test(tcase, a_timeout_that_is_set_anew_is_not_owed_any_more);
	tcase_add_test(tcase, a_descriptor_that_is_expected_can_be_asked_for);
}

int
main(void)
{
	return suite_run("socket", add);
}
