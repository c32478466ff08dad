/*
 * What waits to be sent: its bytes leave in their order, whose they are gets them back, and what a
 * failed send means is told apart. The program is linked with --wrap for send(2) and sendmsg(2), so
 * that they fail when a test says so.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../suite.h"
#include "net/queue.h"

#define PARTS 16 /* that one system call takes */

static struct loop loop;
static struct slot slot;
static struct calls calls = {.slot = &slot, .loop = &loop};
static struct queue queue;
static int pair[2];
static unsigned released, sends;
static int send_error; /* what the next sends say; 0: the kernel decides */

ssize_t __real_send(int fd, const void *p, size_t n, int flags);
ssize_t __wrap_send(int fd, const void *p, size_t n, int flags);
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);

ssize_t
__wrap_send(int fd, const void *p, size_t n, int flags)
{
	ck_assert_int_eq(flags, MSG_NOSIGNAL);
	sends++;
	errno = send_error;
	return send_error != 0 ? -1 : __real_send(fd, p, n, flags);
}

ssize_t
__wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
	ck_assert_int_eq(flags, MSG_NOSIGNAL);
	sends++;
	errno = send_error;
	return send_error != 0 ? -1 : __real_sendmsg(fd, message, flags);
}

static void
flush(void *arg)
{
	(void)arg;
}

static void
setup(void)
{
	ck_assert_int_eq(loop_init(&loop, flush, NULL), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	queue_init(&queue);
}

static void
teardown(void)
{
	queue_clear(&queue, &calls);
	loop_run_ticks(&loop);
	loop_fini(&loop);
	close(pair[0]);
	close(pair[1]);
}

static void
release(void *p, void *arg)
{
	(*(unsigned *)arg)++;
	free(p);
}

static void
copy(const char *text)
{
	ck_assert_int_eq(queue_copy(&queue, text, strlen(text)), 0);
}

static void
lend(const char *text)
{
	char *p = strdup(text);
	const struct lent lent = {.p = p, .arg = &released, .release = release};

	ck_assert_int_eq(queue_lend(&queue, &calls, p, strlen(p), &lent), 0);
}

static ssize_t
leave(void)
{
	return queue_send(&queue, &calls, pair[0], 0);
}

static void
arrived(const char *text)
{
	char got[256];
	ssize_t n = recv(pair[1], got, sizeof(got), 0);

	ck_assert_int_ge(n, 0);
	ck_assert_text(((eddy_str){got, (size_t)n}), text);
}

/* Fills the kernel's buffers. */
static void
kernel_fill(void)
{
	static const char much[65536];

	while (__real_send(pair[0], much, sizeof(much), 0) > 0)
		;
	ck_assert_int_eq(errno, EAGAIN);
}

START_TEST(an_empty_queue_sends_nothing)
{
	ck_assert_int_eq(leave(), 0);
	ck_assert_uint_eq(sends, 0);
}
END_TEST

START_TEST(bytes_leave_in_their_order)
{
	copy("one ");
	lend("two ");
	copy("three");
	ck_assert_uint_eq(queue.bytes, 13);
	ck_assert_int_eq(leave(), 13);
	ck_assert_uint_eq(sends, 1);
	ck_assert_uint_eq(queue.bytes, 0);
	arrived("one two three");
}
END_TEST

START_TEST(small_pieces_share_a_chunk)
{
	copy("a");
	copy("b");
	ck_assert_ptr_eq(TAILQ_FIRST(&queue.chunks), TAILQ_LAST(&queue.chunks, queue_chunk_list));
}
END_TEST

START_TEST(a_piece_behind_a_lent_one_gets_a_chunk_of_its_own)
{
	static const char large[40000] = "x";

	lend("lent");
	copy("a");
	ck_assert_int_eq(queue_copy(&queue, large, sizeof(large)), 0);
	ck_assert_uint_eq(queue.bytes, 5 + sizeof(large));
	ck_assert_uint_eq(TAILQ_LAST(&queue.chunks, queue_chunk_list)->len, sizeof(large));
}
END_TEST

START_TEST(what_is_reserved_counts_when_it_is_committed)
{
	memcpy(queue_reserve(&queue, 100), "made in place", 13);
	ck_assert_uint_eq(queue.bytes, 0);
	queue_commit(&queue, 13);
	ck_assert_int_eq(leave(), 13);
	arrived("made in place");
}
END_TEST

START_TEST(a_lent_buffer_goes_back_through_the_loop)
{
	lend("mine");
	ck_assert_int_eq(leave(), 4);
	ck_assert_uint_eq(released, 0);
	loop_run_ticks(&loop);
	ck_assert_uint_eq(released, 1);
}
END_TEST

START_TEST(a_lent_buffer_that_is_half_sent_stays)
{
	size_t n = 4 << 20, sent = 0;
	char *p = calloc(1, n);
	const struct lent lent = {.p = p, .arg = &released, .release = release};
	ssize_t took;

	ck_assert_int_eq(queue_lend(&queue, &calls, p, n, &lent), 0);
	while ((took = leave()) > 0)
		sent += (size_t)took;
	ck_assert_int_eq(took, 0);
	loop_run_ticks(&loop);
	ck_assert_uint_eq(released, 0);
	ck_assert_uint_eq(queue.bytes, n - sent);
	ck_assert_ptr_eq(TAILQ_FIRST(&queue.chunks)->p, p + sent);
}
END_TEST

START_TEST(what_is_dropped_goes_back_too)
{
	copy("a");
	lend("b");
	lend("c");
	queue_clear(&queue, &calls);
	ck_assert_uint_eq(queue.bytes, 0);
	ck_assert(TAILQ_EMPTY(&queue.chunks));
	loop_run_ticks(&loop);
	ck_assert_uint_eq(released, 2);
}
END_TEST

START_TEST(what_is_moved_goes_behind)
{
	struct queue other;

	queue_init(&other);
	ck_assert_int_eq(queue_copy(&other, "second", 6), 0);
	copy("first ");
	queue_move(&queue, &other);
	ck_assert_uint_eq(other.bytes, 0);
	ck_assert_int_eq(leave(), 12);
	arrived("first second");
}
END_TEST

START_TEST(many_chunks_take_several_calls)
{
	for (int i = 0; i < 2 * PARTS + 1; i++)
		lend("x");
	ck_assert_int_eq(leave(), PARTS);
	ck_assert_int_eq(leave(), PARTS);
	ck_assert_int_eq(leave(), 1);
	ck_assert_uint_eq(sends, 3);
}
END_TEST

START_TEST(a_full_kernel_takes_nothing_and_all_is_kept)
{
	kernel_fill();
	copy("kept");
	ck_assert_int_eq(leave(), 0);
	ck_assert_uint_eq(queue.bytes, 4);
}
END_TEST

START_TEST(a_peer_that_is_gone_is_an_error)
{
	shutdown(pair[1], SHUT_RD);
	copy("lost");
	lend("lost");
	ck_assert_int_eq(leave(), -EPIPE);
	ck_assert_uint_eq(queue.bytes, 8);
}
END_TEST

/* No event tells when there is memory again: that is not what "full" means. */
START_TEST(no_memory_for_a_send_is_an_error)
{
	static const int errors[] = {ENOBUFS, ENOMEM};

	copy("one");
	for (int part = 0; part < 2; part++, lend("two"))
		for (int i = 0; i < COUNT(errors); i++) {
			send_error = errors[i];
			ck_assert_int_eq(leave(), -errors[i]);
		}
	ck_assert_uint_eq(sends, 4);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_empty_queue_sends_nothing);
	tcase_add_test(tcase, bytes_leave_in_their_order);
	tcase_add_test(tcase, small_pieces_share_a_chunk);
	tcase_add_test(tcase, a_piece_behind_a_lent_one_gets_a_chunk_of_its_own);
	tcase_add_test(tcase, what_is_reserved_counts_when_it_is_committed);
	tcase_add_test(tcase, a_lent_buffer_goes_back_through_the_loop);
	tcase_add_test(tcase, a_lent_buffer_that_is_half_sent_stays);
	tcase_add_test(tcase, what_is_dropped_goes_back_too);
	tcase_add_test(tcase, what_is_moved_goes_behind);
	tcase_add_test(tcase, many_chunks_take_several_calls);
	tcase_add_test(tcase, a_full_kernel_takes_nothing_and_all_is_kept);
	tcase_add_test(tcase, a_peer_that_is_gone_is_an_error);
	tcase_add_test(tcase, no_memory_for_a_send_is_an_error);
}

int
main(void)
{
	return suite_run("queue", add);
}
