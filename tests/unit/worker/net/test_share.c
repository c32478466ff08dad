/*
 * A worker's share of the connections, from what the others say of themselves.
 */
#include <unistd.h>

#include "../suite.h"
#include "net/share.h"

#define NOW_NS UINT64_C(100000000000)
#define SLOTS 8

static struct scoreboard board;

static void
setup(void)
{
	int fd = scoreboard_create(SLOTS);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(scoreboard_map(&board, fd, SLOTS, SCOREBOARD_ALL), 0);
	close(fd);
}

static void
teardown(void)
{
	scoreboard_unmap(&board);
}

/* A worker that accepts and ticks. */
static struct slot *
worker_add(uint64_t connections)
{
	uint32_t i = scoreboard_head(&board)->used++;
	struct slot *slot = scoreboard_slot(&board, i);

	slot_set(slot->state, SLOT_ACCEPTING);
	slot_set(slot->generation, 2);
	slot_set(slot->connections, connections);
	slot_set(slot->connections_max, 1000);
	slot_set(slot->heartbeat_ns, NOW_NS - 1000000);
	return slot;
}

START_TEST(who_is_alone_has_no_limit)
{
	struct slot *own = worker_add(500);

	ck_assert_uint_eq(share_limit(&board, own, NOW_NS), SIZE_MAX);
}
END_TEST

START_TEST(the_limit_is_a_little_above_the_mean)
{
	struct slot *own = worker_add(300);

	worker_add(100);
	worker_add(0);
	worker_add(0);
	ck_assert_uint_eq(share_limit(&board, own, NOW_NS), 100 + 4 + 3);
}
END_TEST

START_TEST(a_few_connections_are_nobodys_concern)
{
	struct slot *own = worker_add(3);

	worker_add(0);
	ck_assert_uint_ge(share_limit(&board, own, NOW_NS), 4);
}
END_TEST

START_TEST(of_any_workers_one_is_below_its_limit)
{
	static const uint64_t held[] = {7, 0, 31, 900};
	struct slot *slots[4];
	unsigned below = 0;

	for (int i = 0; i < 4; i++)
		slots[i] = worker_add(held[i]);
	for (int i = 0; i < 4; i++)
		below += held[i] < share_limit(&board, slots[i], NOW_NS);
	ck_assert_uint_eq(below, 3);
}
END_TEST

/* Each makes the other one that could not take a connection anyway. */
static void
leaves(struct slot *slot)
{
	slot_set(slot->state, SLOT_DRAINING);
}

static void
is_of_another_generation(struct slot *slot)
{
	slot_set(slot->generation, 1);
}

static void
is_full(struct slot *slot)
{
	slot_set(slot->connections_max, 10);
}

static void
is_stuck(struct slot *slot)
{
	slot_set(slot->heartbeat_ns, NOW_NS - UINT64_C(2000000000));
}

START_TEST(who_can_take_none_does_not_count)
{
	void (*const ways[])(struct slot * slot) = {leaves, is_of_another_generation, is_full,
						    is_stuck};
	struct slot *own = worker_add(300), *other = worker_add(10);

	ck_assert_uint_lt(share_limit(&board, own, NOW_NS), 300);
	ways[_i](other);
	ck_assert_uint_eq(share_limit(&board, own, NOW_NS), SIZE_MAX);
}
END_TEST

START_TEST(a_scoreboard_gone_wild_is_not_believed)
{
	struct slot *own = worker_add(300);

	slot_set(scoreboard_head(&board)->used, UINT32_MAX);
	ck_assert_uint_eq(share_limit(&board, own, NOW_NS), SIZE_MAX);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, who_is_alone_has_no_limit);
	tcase_add_test(tcase, the_limit_is_a_little_above_the_mean);
	tcase_add_test(tcase, a_few_connections_are_nobodys_concern);
	tcase_add_test(tcase, of_any_workers_one_is_below_its_limit);
	tcase_add_loop_test(tcase, who_can_take_none_does_not_count, 0, 4);
	tcase_add_test(tcase, a_scoreboard_gone_wild_is_not_believed);
}

int
main(void)
{
	return suite_run("net/share", tests_add);
}
