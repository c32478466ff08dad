/*
 * Bytes that wait: they stay in their order, and none is copied again and again. The program is
 * linked with --wrap for realloc(3) and memmove(3), which are counted.
 */
#include <errno.h>

#include "../suite.h"
#include "http/held.h"

static struct held held;
static size_t grown, moved_bytes;
static bool counting; /* else it is Check's own */
static bool no_memory;

void *__real_realloc(void *p, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__real_memmove(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n);

void *
__wrap_realloc(void *p, size_t n)
{
	grown += counting;
	return no_memory ? NULL : __real_realloc(p, n);
}

void *
__wrap_memmove(void *to, const void *from, size_t n)
{
	moved_bytes += counting ? n : 0;
	return __real_memmove(to, from, n);
}

static void
teardown(void)
{
	held_fini(&held);
}

static void
add_text(const char *text)
{
	ck_assert_int_eq(held_add(&held, text, strlen(text)), 0);
}

static void
holds(const char *text)
{
	ck_assert_text(((eddy_str){held_bytes(&held), held.len}), text);
}

START_TEST(bytes_stay_in_their_order)
{
	add_text("one ");
	add_text("two ");
	held_take(&held, 4);
	add_text("three");
	holds("two three");
	held_take(&held, 2);
	holds("o three");
}
END_TEST

START_TEST(nothing_is_kept_for_nothing)
{
	ck_assert_int_eq(held_add(&held, "", 0), 0);
	ck_assert_ptr_null(held.p);
	add_text("x");
	held_take(&held, 1);
	ck_assert_ptr_null(held.p);
	ck_assert_uint_eq(held.size, 0);
}
END_TEST

START_TEST(a_head_that_comes_byte_by_byte_is_copied_a_few_times)
{
	int error = 0;

	counting = true;
	for (int i = 0; i < 65536; i++)
		error |= held_add(&held, "x", 1);
	counting = false;
	ck_assert_int_eq(error, 0);
	ck_assert_uint_eq(held.len, 65536);
	ck_assert_uint_le(grown, 8);
}
END_TEST

/* A byte is used, a byte comes: the place that becomes free in front is used in its turn. */
START_TEST(what_is_used_makes_room_without_being_moved_for_each)
{
	static const char much[10000];
	int error = 0;

	ck_assert_int_eq(held_add(&held, much, sizeof(much)), 0);
	counting = true;
	for (int i = 0; i < 1000000; i++) {
		held_take(&held, 1);
		error |= held_add(&held, "x", 1);
	}
	counting = false;
	ck_assert_int_eq(error, 0);
	ck_assert_uint_eq(held.len, sizeof(much));
	ck_assert_uint_le(grown, 2);
	ck_assert_uint_le(moved_bytes, 2 * 1000000);
}
END_TEST

START_TEST(no_memory_is_told_and_nothing_is_lost)
{
	static const char much[1000];
	int error;

	add_text("kept");
	no_memory = true;
	error = held_add(&held, much, sizeof(much));
	no_memory = false;
	ck_assert_int_eq(error, -ENOMEM);
	holds("kept");
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, bytes_stay_in_their_order);
	tcase_add_test(tcase, nothing_is_kept_for_nothing);
	tcase_add_test(tcase, a_head_that_comes_byte_by_byte_is_copied_a_few_times);
	tcase_add_test(tcase, what_is_used_makes_room_without_being_moved_for_each);
	tcase_add_test(tcase, no_memory_is_told_and_nothing_is_lost);
}

int
main(void)
{
	return suite_run("held", add);
}
