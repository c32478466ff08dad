/*
 * Link messages over real socketpairs: whole ones with and without descriptors, and all the ways to
 * be none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "worker/contract.h"
#include "tests/unit/suite.h"

static struct contract_message message;
static char big[CONTRACT_MESSAGE_MAX + 8];
static int ends[2];

static void
link_open(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	memset(&message, 0xa5, sizeof(message));
}

static void
link_close(void)
{
	close(ends[0]);
	if (ends[1] >= 0)
		close(ends[1]);
}

static struct iovec
part(const void *p, size_t n)
{
	return (struct iovec){.iov_base = (void *)p, .iov_len = n};
}

static size_t
fds_open(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
raw_send(const void *p, size_t n)
{
	ck_assert_int_eq(send(ends[0], p, n, 0), (ssize_t)n);
}

static void
is_refused(unsigned version)
{
	size_t before = fds_open();

	ck_assert_int_eq(contract_recv(ends[1], &message), -EPROTO);
	ck_assert_uint_eq(message.type, version);
	ck_assert_uint_eq(message.nfds, 0);
	ck_assert_uint_eq(message.size, 0);
	ck_assert_uint_eq(fds_open(), before);
}

START_TEST(message_arrives_as_it_was_sent)
{
	struct iovec parts[] = {part("ab", 2), part("", 0), part("cde", 3), part("f", 1)};

	ck_assert_int_eq(contract_send(ends[0], CONTRACT_LOG, parts, 4, NULL, 0), 0);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_uint_eq(message.type, CONTRACT_LOG);
	ck_assert_uint_eq(message.size, 6);
	ck_assert_mem_eq(message.body, "abcdef", 6);
	ck_assert_uint_eq(message.nfds, 0);
}
END_TEST

START_TEST(message_without_a_body_is_one)
{
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_READY, NULL, 0, NULL, 0), 0);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_uint_eq(message.type, CONTRACT_READY);
	ck_assert_uint_eq(message.size, 0);
}
END_TEST

START_TEST(both_sides_may_speak)
{
	ck_assert_int_eq(contract_send(ends[1], CONTRACT_READY, NULL, 0, NULL, 0), 0);
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_ACCEPT, NULL, 0, NULL, 0), 0);
	ck_assert_int_eq(contract_recv(ends[0], &message), 1);
	ck_assert_uint_eq(message.type, CONTRACT_READY);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_uint_eq(message.type, CONTRACT_ACCEPT);
}
END_TEST

START_TEST(messages_keep_their_order_and_borders)
{
	struct iovec one = part("1", 1), two = part("22", 2);

	ck_assert_int_eq(contract_send(ends[0], CONTRACT_LOG, &one, 1, NULL, 0), 0);
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_LOG, &two, 1, NULL, 0), 0);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_uint_eq(message.size, 1);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_uint_eq(message.size, 2);
	ck_assert_mem_eq(message.body, "22", 2);
}
END_TEST

START_TEST(largest_message_passes)
{
	struct iovec all = part(big, CONTRACT_MESSAGE_MAX - sizeof(struct contract_header));

	ck_assert_int_eq(contract_send(ends[0], CONTRACT_PUBLISH, &all, 1, NULL, 0), 0);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_uint_eq(message.size, all.iov_len);
}
END_TEST

START_TEST(longer_message_is_not_sent)
{
	struct iovec all = part(big, CONTRACT_MESSAGE_MAX - sizeof(struct contract_header) + 1);
	struct iovec halves[] = {part(big, SIZE_MAX / 2 + 2), part(big, SIZE_MAX / 2 + 2)};

	ck_assert_int_eq(contract_send(ends[0], CONTRACT_PUBLISH, &all, 1, NULL, 0), -EMSGSIZE);
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_PUBLISH, halves, 2, NULL, 0), -EMSGSIZE);
	ck_assert_int_eq(contract_recv(ends[1], &message), -EAGAIN);
}
END_TEST

START_TEST(too_many_parts_or_descriptors_are_an_error)
{
	struct iovec parts[5] = {part("a", 1)};
	int fds[CONTRACT_FDS_MAX + 1] = {0};

	ck_assert_int_eq(contract_send(ends[0], CONTRACT_LOG, parts, 5, NULL, 0), -EINVAL);
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_HELLO, NULL, 0, fds, CONTRACT_FDS_MAX + 1),
			 -EINVAL);
}
END_TEST

START_TEST(descriptors_come_with_it_close_on_exec)
{
	struct contract_hello hello = {.slot = 7, .generation = 3};
	struct iovec parts[] = {part(&hello, sizeof(hello)), part("/dir", 4)};
	const struct contract_hello *got;
	const char *rest;
	size_t nrest;
	int pair[2];
	char byte;

	ck_assert_int_eq(pipe(pair), 0);
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_HELLO, parts, 2, pair, 2), 0);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_uint_eq(message.nfds, 2);
	ck_assert_int_eq(fcntl(message.fds[0], F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(message.fds[1], F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(write(message.fds[1], "x", 1), 1);
	ck_assert_int_eq(read(pair[0], &byte, 1), 1);
	got = contract_body(&message, sizeof(*got), &rest, &nrest);
	ck_assert_uint_eq(got->slot, 7);
	ck_assert_uint_eq(got->generation, 3);
	ck_assert_uint_eq(nrest, 4);
	ck_assert_mem_eq(rest, "/dir", 4);
	for (size_t i = 0; i < 2; i++) {
		close(message.fds[i]);
		close(pair[i]);
	}
}
END_TEST

START_TEST(as_many_descriptors_as_the_kernel_takes)
{
	int fds[CONTRACT_FDS_MAX];

	for (size_t i = 0; i < CONTRACT_FDS_MAX; i++)
		fds[i] = ends[0];
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_HELLO, NULL, 0, fds, CONTRACT_FDS_MAX), 0);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_uint_eq(message.nfds, CONTRACT_FDS_MAX);
	for (size_t i = 0; i < message.nfds; i++)
		ck_assert_int_eq(close(message.fds[i]), 0);
}
END_TEST

START_TEST(nothing_there_is_eagain)
{
	ck_assert_int_eq(contract_recv(ends[1], &message), -EAGAIN);
	ck_assert_uint_eq(message.nfds, 0);
}
END_TEST

START_TEST(end_of_file_comes_after_the_last_message)
{
	struct iovec words = part("bye", 3);

	ck_assert_int_eq(contract_send(ends[0], CONTRACT_FAIL, &words, 1, NULL, 0), 0);
	close(ends[0]);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_mem_eq(message.body, "bye", 3);
	ck_assert_int_eq(contract_recv(ends[1], &message), 0);
	ck_assert_int_eq(contract_recv(ends[1], &message), 0);
	ends[0] = dup(ends[1]);
}
END_TEST

/* A worker that dies with HELLO unread must not take its FAIL with it. */
START_TEST(last_message_survives_a_peer_that_has_not_read)
{
	ck_assert_int_eq(contract_send(ends[1], CONTRACT_HELLO, NULL, 0, NULL, 0), 0);
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_FAIL, NULL, 0, NULL, 0), 0);
	close(ends[0]);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_uint_eq(message.type, CONTRACT_FAIL);
	ck_assert_int_eq(contract_recv(ends[1], &message), 0);
	ends[0] = dup(ends[1]);
}
END_TEST

START_TEST(sending_to_nobody_is_epipe_and_no_signal)
{
	close(ends[1]);
	ends[1] = -1;
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_DRAIN, NULL, 0, NULL, 0), -EPIPE);
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_DRAIN, NULL, 0, NULL, 0), -EPIPE);
}
END_TEST

START_TEST(full_link_is_eagain_and_loses_nothing)
{
	struct iovec some = part(big, 10000);
	unsigned sent = 0, got = 0;
	int result;

	while ((result = contract_send(ends[0], CONTRACT_PUBLISH, &some, 1, NULL, 0)) == 0)
		sent++;
	ck_assert_int_eq(result, -EAGAIN);
	ck_assert_uint_gt(sent, 3);
	while (contract_recv(ends[1], &message) == 1)
		got++;
	ck_assert_uint_eq(got, sent);
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_PUBLISH, &some, 1, NULL, 0), 0);
}
END_TEST

START_TEST(packet_shorter_than_a_header_is_refused)
{
	raw_send("1234567", 7);
	is_refused(0);
}
END_TEST

START_TEST(other_version_is_refused_and_named)
{
	struct contract_header header = {.version = 77, .type = CONTRACT_READY, .size = 5};

	raw_send(&header, sizeof(header));
	is_refused(77);
}
END_TEST

START_TEST(wrong_size_is_refused)
{
	struct contract_header header = {.version = CONTRACT_VERSION, .type = CONTRACT_READY};

	header.size = 1;
	raw_send(&header, sizeof(header));
	is_refused(0);
	header.size = UINT32_MAX;
	raw_send(&header, sizeof(header));
	is_refused(0);
}
END_TEST

START_TEST(packet_that_does_not_fit_is_refused)
{
	struct contract_header header = {
		.version = CONTRACT_VERSION,
		.type = CONTRACT_PUBLISH,
		.size = CONTRACT_MESSAGE_MAX - sizeof(header),
	};

	memcpy(big, &header, sizeof(header));
	raw_send(big, CONTRACT_MESSAGE_MAX + 1);
	is_refused(0);
}
END_TEST

START_TEST(descriptors_of_a_refused_message_are_closed)
{
	int fds[3] = {0, 1, 2};
	struct contract_header header = {.version = 9};
	struct iovec iov = part(&header, sizeof(header));
	char control[CMSG_SPACE(sizeof(fds))] __attribute__((aligned(8))) = {0};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(cmsg), fds, sizeof(fds));
	ck_assert_int_gt(sendmsg(ends[0], &msg, 0), 0);
	is_refused(9);
}
END_TEST

START_TEST(good_message_follows_a_refused_one)
{
	raw_send("x", 1);
	ck_assert_int_eq(contract_send(ends[0], CONTRACT_READY, NULL, 0, NULL, 0), 0);
	is_refused(0);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_uint_eq(message.type, CONTRACT_READY);
}
END_TEST

START_TEST(body_that_is_too_short_is_none)
{
	struct iovec some = part("1234567", 7);
	const char *rest = NULL;
	size_t nrest = 99;

	ck_assert_int_eq(contract_send(ends[0], CONTRACT_FAIL, &some, 1, NULL, 0), 0);
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	ck_assert_ptr_null(contract_body(&message, 8, &rest, &nrest));
	ck_assert_ptr_eq(contract_body(&message, 7, &rest, &nrest), message.body);
	ck_assert_uint_eq(nrest, 0);
	ck_assert_ptr_eq(contract_body(&message, 0, NULL, NULL), message.body);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, link_open, link_close);
	tcase_add_test(tcase, message_arrives_as_it_was_sent);
	tcase_add_test(tcase, message_without_a_body_is_one);
	tcase_add_test(tcase, both_sides_may_speak);
	tcase_add_test(tcase, messages_keep_their_order_and_borders);
	tcase_add_test(tcase, largest_message_passes);
	tcase_add_test(tcase, longer_message_is_not_sent);
	tcase_add_test(tcase, too_many_parts_or_descriptors_are_an_error);
	tcase_add_test(tcase, descriptors_come_with_it_close_on_exec);
	tcase_add_test(tcase, as_many_descriptors_as_the_kernel_takes);
	tcase_add_test(tcase, nothing_there_is_eagain);
	tcase_add_test(tcase, end_of_file_comes_after_the_last_message);
	tcase_add_test(tcase, last_message_survives_a_peer_that_has_not_read);
	tcase_add_test(tcase, sending_to_nobody_is_epipe_and_no_signal);
	tcase_add_test(tcase, full_link_is_eagain_and_loses_nothing);
	tcase_add_test(tcase, packet_shorter_than_a_header_is_refused);
	tcase_add_test(tcase, other_version_is_refused_and_named);
	tcase_add_test(tcase, wrong_size_is_refused);
	tcase_add_test(tcase, packet_that_does_not_fit_is_refused);
	tcase_add_test(tcase, descriptors_of_a_refused_message_are_closed);
	tcase_add_test(tcase, good_message_follows_a_refused_one);
	tcase_add_test(tcase, body_that_is_too_short_is_none);
}

int
main(void)
{
	return suite_run("worker/contract", tests_add);
}
