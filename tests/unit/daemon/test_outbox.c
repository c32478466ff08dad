/*
 * What waits for a slow worker: bounded, in order, control messages first, and losses told.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/outbox.h"
#include "tests/unit/suite.h"

#define DATA_BYTES 60000

static struct contract_message message;
static struct outbox outbox;
static int ends[2];
static uint32_t published; /* each message carries its number */

static void
link_open(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	outbox_init(&outbox, ends[0]);
}

static void
link_close(void)
{
	outbox_fini(&outbox);
	close(ends[0]);
	close(ends[1]);
}

static void
publish_next(void)
{
	static char data[DATA_BYTES];
	struct iovec part = {.iov_base = data, .iov_len = sizeof(data)};
	struct packet *packet;

	memcpy(data, &published, sizeof(published));
	published++;
	packet = packet_new(CONTRACT_PUBLISH, &part, 1);
	ck_assert_int_eq(outbox_publish(&outbox, packet), 0);
	packet_unref(packet);
}

static void
control_next(enum contract_type type)
{
	struct packet *packet = packet_new(type, NULL, 0);

	ck_assert_int_eq(outbox_control(&outbox, packet), 0);
	packet_unref(packet);
}

static enum contract_type
next_type(void)
{
	ck_assert_int_eq(contract_recv(ends[1], &message), 1);
	return message.type;
}

static uint32_t
next_number(void)
{
	uint32_t number;

	ck_assert_int_eq(next_type(), CONTRACT_PUBLISH);
	memcpy(&number, message.body, sizeof(number));
	return number;
}

START_TEST(link_with_room_is_used_at_once)
{
	publish_next();
	control_next(CONTRACT_DRAIN);
	ck_assert(!outbox_waits(&outbox));
	ck_assert_uint_eq(next_number(), 0);
	ck_assert_int_eq(next_type(), CONTRACT_DRAIN);
}
END_TEST

START_TEST(full_link_queues_in_order)
{
	uint32_t got = 0;

	while (!outbox_waits(&outbox))
		publish_next();
	publish_next();
	ck_assert_uint_eq(outbox.bytes, 2 * DATA_BYTES);
	while (got < published) {
		ck_assert_uint_eq(next_number(), got++);
		ck_assert_int_eq(outbox_flush(&outbox), 0);
	}
	ck_assert(!outbox_waits(&outbox));
	ck_assert_uint_eq(outbox.bytes, 0);
	ck_assert_int_eq(contract_recv(ends[1], &message), -EAGAIN);
}
END_TEST

START_TEST(control_overtakes_what_waits)
{
	uint32_t in_link;

	while (!outbox_waits(&outbox))
		publish_next();
	in_link = published - 1;
	publish_next();
	control_next(CONTRACT_ACCEPT);
	control_next(CONTRACT_DRAIN);
	for (uint32_t i = 0; i < in_link; i++)
		ck_assert_uint_eq(next_number(), i);
	ck_assert_int_eq(outbox_flush(&outbox), 0);
	ck_assert_int_eq(next_type(), CONTRACT_ACCEPT);
	ck_assert_int_eq(next_type(), CONTRACT_DRAIN);
	ck_assert_uint_eq(next_number(), in_link);
}
END_TEST

START_TEST(losses_are_told_after_what_came_before_them)
{
	const struct contract_lost *lost;
	uint32_t kept, got = 0;

	while (!outbox.lost)
		publish_next();
	kept = published - 1;
	publish_next();
	publish_next();
	ck_assert_uint_eq(outbox.lost, 3);
	ck_assert_uint_le(outbox.bytes, OUTBOX_BYTES);
	ck_assert_uint_gt(outbox.bytes, OUTBOX_BYTES - DATA_BYTES);
	while (got < kept) {
		ck_assert_uint_eq(next_number(), got++);
		ck_assert_int_eq(outbox_flush(&outbox), 0);
	}
	ck_assert_int_eq(next_type(), CONTRACT_LOST);
	lost = contract_body(&message, sizeof(*lost), NULL, NULL);
	ck_assert_uint_eq(lost->messages, 3);
	ck_assert_uint_eq(outbox.lost, 0);
	publish_next();
	ck_assert_uint_eq(next_number(), kept + 3);
}
END_TEST

START_TEST(control_is_never_dropped)
{
	unsigned drains = 0;

	while (outbox.lost < 10)
		publish_next();
	for (int i = 0; i < 1000; i++)
		control_next(CONTRACT_DRAIN);
	for (;;) {
		ck_assert_int_eq(outbox_flush(&outbox), 0);
		if (contract_recv(ends[1], &message) != 1)
			break;
		drains += message.type == CONTRACT_DRAIN;
	}
	ck_assert_uint_eq(drains, 1000);
}
END_TEST

START_TEST(one_packet_serves_many)
{
	struct packet *packet;
	struct iovec parts[] = {{(void *)"ab", 2}, {(void *)"c", 1}};
	struct outbox other;

	while (!outbox_waits(&outbox))
		publish_next();
	outbox_init(&other, ends[0]);
	packet = packet_new(CONTRACT_PUBLISH, parts, 2);
	ck_assert_uint_eq(packet->size, 3);
	ck_assert_mem_eq(packet->bytes, "abc", 3);
	ck_assert_int_eq(outbox_publish(&outbox, packet), 0);
	ck_assert_int_eq(outbox_publish(&other, packet), 0);
	ck_assert_uint_eq(packet->refs, 3);
	outbox_fini(&other);
	ck_assert_uint_eq(packet->refs, 2);
	packet_unref(packet);
	packet_unref(NULL);
}
END_TEST

START_TEST(descriptor_waits_with_its_packet)
{
	struct packet *packet = packet_new(CONTRACT_REOPEN, NULL, 0);
	int unread[2];
	char byte;

	ck_assert_int_eq(pipe(unread), 0);
	while (!outbox_waits(&outbox))
		publish_next();
	packet->fd = unread[1];
	ck_assert_int_eq(outbox_control(&outbox, packet), 0);
	packet_unref(packet);
	ck_assert(outbox_waits(&outbox));
	do {
		ck_assert_int_eq(contract_recv(ends[1], &message), 1);
		ck_assert_int_eq(outbox_flush(&outbox), 0);
	} while (message.type != CONTRACT_REOPEN);
	ck_assert_uint_eq(message.nfds, 1);
	ck_assert_int_eq(write(message.fds[0], "x", 1), 1);
	close(message.fds[0]);
	ck_assert_int_eq(read(unread[0], &byte, 1), 1);
	ck_assert_int_eq(read(unread[0], &byte, 1), 0); /* the packet's own has been closed */
	close(unread[0]);
}
END_TEST

START_TEST(dead_link_is_said)
{
	struct packet *packet = packet_new(CONTRACT_DRAIN, NULL, 0);

	while (!outbox_waits(&outbox))
		publish_next();
	close(ends[1]);
	ck_assert_int_eq(outbox_flush(&outbox), -EPIPE);
	outbox_fini(&outbox);
	ck_assert_int_eq(outbox_control(&outbox, packet), -EPIPE);
	ck_assert_int_eq(outbox_publish(&outbox, packet), -EPIPE);
	packet_unref(packet);
	ends[1] = dup(ends[0]);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, link_open, link_close);
	tcase_add_test(tcase, link_with_room_is_used_at_once);
	tcase_add_test(tcase, full_link_queues_in_order);
	tcase_add_test(tcase, control_overtakes_what_waits);
	tcase_add_test(tcase, losses_are_told_after_what_came_before_them);
	tcase_add_test(tcase, control_is_never_dropped);
	tcase_add_test(tcase, one_packet_serves_many);
	tcase_add_test(tcase, descriptor_waits_with_its_packet);
	tcase_add_test(tcase, dead_link_is_said);
}

int
main(void)
{
	return suite_run("daemon/outbox", tests_add);
}
