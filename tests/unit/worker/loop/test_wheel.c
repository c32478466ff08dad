/*
 * The timing wheel: what comes out, when and in which order, against a plain list.
 */
#include <stdint.h>

#include "../suite.h"
#include "loop/wheel.h"

#define ENTRIES 2000
#define MINUTE 60000

static struct wheel wheel;
static struct wheel_entry entries[ENTRIES];

static void
add(size_t i, uint64_t due_ms)
{
	entries[i].due_ms = due_ms;
	wheel_add(&wheel, &entries[i]);
}

/* The number of the entry that is taken; -1: none. */
static int
take(uint64_t now_ms)
{
	struct wheel_entry *entry = wheel_take(&wheel, now_ms);

	return entry != NULL ? (int)(entry - entries) : -1;
}

START_TEST(an_empty_wheel_has_nothing_and_no_next)
{
	wheel_init(&wheel, 1000);
	ck_assert_int_eq(take(1000), -1);
	ck_assert_int_eq(take(UINT32_MAX), -1);
	ck_assert(wheel_next_ms(&wheel) == WHEEL_NEVER);
}
END_TEST

START_TEST(an_entry_is_taken_when_it_is_due_and_not_before)
{
	wheel_init(&wheel, 1000);
	add(0, 1010);
	ck_assert_int_eq(take(1009), -1);
	ck_assert_int_eq(take(1010), 0);
	ck_assert_int_eq(take(1010), -1);
	ck_assert(wheel_next_ms(&wheel) == WHEEL_NEVER);
}
END_TEST

/* On each level, one ms before and at its time, whatever the time was when it was added. */
START_TEST(far_entries_are_taken_to_the_millisecond)
{
	for (uint64_t start = 0; start < 1ull << 34; start = start * 3 + 251)
		for (unsigned bit = 0; bit < 36; bit++) {
			uint64_t due = start + (1ull << bit);

			wheel_init(&wheel, start);
			add(0, due);
			ck_assert_int_eq(take(due - 1), -1);
			ck_assert_int_eq(take(due), 0);
		}
}
END_TEST

START_TEST(earlier_ones_come_first_in_one_leap)
{
	wheel_init(&wheel, 0);
	add(0, 10 * MINUTE);
	add(1, 5);
	add(2, 1000);
	add(3, 70000);
	add(4, 300);
	ck_assert_int_eq(take(20 * MINUTE), 1);
	ck_assert_int_eq(take(20 * MINUTE), 4);
	ck_assert_int_eq(take(20 * MINUTE), 2);
	ck_assert_int_eq(take(20 * MINUTE), 3);
	ck_assert_int_eq(take(20 * MINUTE), 0);
	ck_assert_int_eq(take(20 * MINUTE), -1);
}
END_TEST

START_TEST(entries_of_one_millisecond_keep_their_order_from_near_and_far)
{
	wheel_init(&wheel, 0);
	add(0, MINUTE);
	add(1, MINUTE);
	ck_assert_int_eq(take(MINUTE - 20000), -1);
	add(2, MINUTE);
	ck_assert_int_eq(take(MINUTE - 100), -1);
	add(3, MINUTE);
	ck_assert_int_eq(take(MINUTE - 1), -1);
	add(4, MINUTE);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(take(MINUTE), i);
}
END_TEST

START_TEST(the_first_the_last_and_a_middle_one_can_be_removed)
{
	for (size_t gone = 0; gone < 3; gone++) {
		wheel_init(&wheel, 0);
		for (size_t i = 0; i < 3; i++)
			add(i, 5000);
		wheel_remove(&wheel, &entries[gone]);
		add(3, 5000);
		for (int i = 0; i < 4; i++)
			if (i != (int)gone)
				ck_assert_int_eq(take(5000), i);
		ck_assert_int_eq(take(5000), -1);
	}
}
END_TEST

START_TEST(the_last_of_a_slot_leaves_it_empty)
{
	wheel_init(&wheel, 0);
	add(0, 7);
	wheel_remove(&wheel, &entries[0]);
	ck_assert(wheel_next_ms(&wheel) == WHEEL_NEVER);
	ck_assert_int_eq(take(MINUTE), -1);
}
END_TEST

START_TEST(next_is_never_later_than_the_first_entry_and_comes_nearer)
{
	const uint64_t due = 12345678;
	uint64_t next;

	wheel_init(&wheel, 0);
	add(0, due);
	for (unsigned n = 0; (next = wheel_next_ms(&wheel)) < due; n++) {
		ck_assert_uint_lt(n, WHEEL_LEVELS);
		ck_assert(next > wheel.now_ms);
		ck_assert_int_eq(take(next), -1);
	}
	ck_assert(next == due);
}
END_TEST

START_TEST(one_taken_entry_may_be_added_again_at_once)
{
	wheel_init(&wheel, 0);
	add(0, 10);
	add(1, 10);
	ck_assert_int_eq(take(12), 0);
	add(0, 13);
	ck_assert_int_eq(take(12), 1);
	ck_assert_int_eq(take(12), -1);
	ck_assert_int_eq(take(13), 0);
}
END_TEST

START_TEST(after_a_rest_what_is_near_is_next_to_the_millisecond)
{
	wheel_init(&wheel, 1000);
	add(0, 100 * MINUTE);
	wheel_pass(&wheel, 10 * MINUTE);
	add(1, 10 * MINUTE + 5);
	ck_assert(wheel_next_ms(&wheel) == 10 * MINUTE + 5);
	ck_assert_int_eq(take(100 * MINUTE), 1);
	ck_assert_int_eq(take(100 * MINUTE), 0);
}
END_TEST

START_TEST(time_does_not_pass_over_what_is_due)
{
	wheel_init(&wheel, 1000);
	add(0, 1300);
	wheel_pass(&wheel, 5000);
	ck_assert_int_eq(take(1299), -1);
	wheel_pass(&wheel, 5000);
	add(1, 5001);
	ck_assert_int_eq(take(6000), 0);
	ck_assert_int_eq(take(6000), 1);
}
END_TEST

/* The plain list: who waits, since when. */
static struct {
	bool waiting;
	uint64_t added;
} model[ENTRIES];

static int
model_first(uint64_t now_ms)
{
	int first = -1;

	for (int i = 0; i < ENTRIES; i++) {
		if (!model[i].waiting || entries[i].due_ms > now_ms)
			continue;
		if (first < 0 || entries[i].due_ms < entries[first].due_ms ||
		    (entries[i].due_ms == entries[first].due_ms &&
		     model[i].added < model[first].added))
			first = i;
	}
	return first;
}

/* Test number _i: times up to 2^(2 * _i) ms ahead. */
START_TEST(a_wheel_does_what_a_plain_list_does)
{
	uint64_t now = 1ull << (2 * _i), added = 0;
	unsigned range = 2 * (unsigned)_i;

	srandom((unsigned)_i + 1);
	wheel_init(&wheel, now);
	for (int step = 0; step < 20000; step++) {
		size_t i = (size_t)random() % ENTRIES;
		uint64_t ahead = (uint64_t)random() >> (random() % 31);

		if (step % 3 == 0) {
			int first;

			now += ahead & ((1ull << range) / 16);
			first = model_first(now);
			ck_assert_int_eq(take(now), first);
			if (first >= 0)
				model[first].waiting = false;
			else
				ck_assert(wheel_next_ms(&wheel) > now);
		} else if (step % 7 == 0) {
			now += ahead & ((1ull << range) / 64);
			wheel_pass(&wheel, now);
		} else if (model[i].waiting) {
			wheel_remove(&wheel, &entries[i]);
			model[i].waiting = false;
		} else {
			add(i, now + 1 + (ahead & ((1ull << range) - 1)));
			model[i].waiting = true;
			model[i].added = added++;
		}
	}
}
END_TEST

static void
wheel_tests(TCase *tcase)
{
	tcase_add_test(tcase, an_empty_wheel_has_nothing_and_no_next);
	tcase_add_test(tcase, an_entry_is_taken_when_it_is_due_and_not_before);
	tcase_add_test(tcase, far_entries_are_taken_to_the_millisecond);
	tcase_add_test(tcase, earlier_ones_come_first_in_one_leap);
	tcase_add_test(tcase, entries_of_one_millisecond_keep_their_order_from_near_and_far);
	tcase_add_test(tcase, the_first_the_last_and_a_middle_one_can_be_removed);
	tcase_add_test(tcase, the_last_of_a_slot_leaves_it_empty);
	tcase_add_test(tcase, next_is_never_later_than_the_first_entry_and_comes_nearer);
	tcase_add_test(tcase, one_taken_entry_may_be_added_again_at_once);
	tcase_add_test(tcase, after_a_rest_what_is_near_is_next_to_the_millisecond);
	tcase_add_test(tcase, time_does_not_pass_over_what_is_due);
	tcase_add_loop_test(tcase, a_wheel_does_what_a_plain_list_does, 1, 16);
}

int
main(void)
{
	return suite_run("wheel", wheel_tests);
}
