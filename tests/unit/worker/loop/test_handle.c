/*
 * A handle stands for one object, and for nothing when that is gone: also when the table has shrunk
 * and grown again in between.
 */
#include "../suite.h"
#include "loop/handle.h"

static struct handles handles;
static int objects[3000];

START_TEST(handle_stands_for_its_object_until_it_is_freed)
{
	void *one = handle_new(&handles, &objects[1]), *two = handle_new(&handles, &objects[2]);

	ck_assert_ptr_nonnull(one);
	ck_assert_ptr_ne(one, two);
	ck_assert_ptr_eq(handle_find(&handles, one), &objects[1]);
	handle_free(&handles, one);
	ck_assert_ptr_null(handle_find(&handles, one));
	ck_assert_ptr_eq(handle_find(&handles, two), &objects[2]);
	handles_fini(&handles);
}
END_TEST

START_TEST(old_handle_is_not_that_of_the_next_in_its_place)
{
	void *one = handle_new(&handles, &objects[1]), *two;

	handle_free(&handles, one);
	two = handle_new(&handles, &objects[2]);
	ck_assert_ptr_ne(one, two);
	ck_assert_ptr_null(handle_find(&handles, one));
	ck_assert_ptr_eq(handle_find(&handles, two), &objects[2]);
	handles_fini(&handles);
}
END_TEST

START_TEST(what_is_no_handle_stands_for_nothing)
{
	ck_assert_ptr_null(handle_find(&handles, NULL));
	ck_assert_ptr_null(handle_find(&handles, &handles));
	handle_new(&handles, &objects[1]);
	ck_assert_ptr_null(handle_find(&handles, NULL));
	ck_assert_ptr_null(handle_find(&handles, (void *)(uintptr_t)2));
	handles_fini(&handles);
}
END_TEST

START_TEST(table_shrinks_when_a_crowd_has_left)
{
	void *all[COUNT(objects)];
	size_t large;

	for (int i = 0; i < COUNT(objects); i++)
		all[i] = handle_new(&handles, &objects[i]);
	large = handles.count;
	handles_trim(&handles);
	ck_assert_uint_eq(handles.count, large);
	for (int i = 0; i < COUNT(objects); i++)
		if (i != 100)
			handle_free(&handles, all[i]);
	handles_trim(&handles);
	ck_assert_uint_le(handles.count, 128);
	ck_assert_ptr_eq(handle_find(&handles, all[100]), &objects[100]);
	for (int i = 0; i < COUNT(objects); i++)
		if (i != 100)
			ck_assert_ptr_null(handle_find(&handles, all[i]));
	handles_fini(&handles);
}
END_TEST

START_TEST(old_handles_stay_dead_when_the_table_grows_again)
{
	enum { ROUNDS = 5 };
	static void *all[ROUNDS][COUNT(objects)];

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < COUNT(objects); i++)
			all[round][i] = handle_new(&handles, &objects[i]);
		for (int old = 0; old < round; old++)
			for (int i = 0; i < COUNT(objects); i++)
				ck_assert_ptr_null(handle_find(&handles, all[old][i]));
		for (int i = 0; i < COUNT(objects); i++)
			ck_assert_ptr_eq(handle_find(&handles, all[round][i]), &objects[i]);
		for (int i = 0; i < COUNT(objects); i++)
			handle_free(&handles, all[round][i]);
		handles_trim(&handles);
		ck_assert_uint_eq(handles.count, 64);
	}
	handles_fini(&handles);
}
END_TEST

START_TEST(empty_table_can_be_trimmed)
{
	handles_trim(&handles);
	ck_assert_uint_eq(handles.count, 0);
	handles_fini(&handles);
}
END_TEST

START_TEST(handle_says_of_which_kind_it_is_also_when_its_object_is_gone)
{
	struct handles timers, files;
	void *timer, *file;

	handles_init(&timers, HANDLE_TIMER);
	handles_init(&files, HANDLE_FILE);
	timer = handle_new(&timers, &objects[1]);
	file = handle_new(&files, &objects[2]);
	ck_assert_int_eq(handle_kind(timer), HANDLE_TIMER);
	ck_assert_int_eq(handle_kind(file), HANDLE_FILE);
	ck_assert_int_eq(handles_kind(&timers), HANDLE_TIMER);
	ck_assert_int_eq(handle_kind(NULL), HANDLE_NONE);
	ck_assert_ptr_null(handle_find(&files, timer));
	ck_assert_ptr_null(handle_find(&timers, file));
	handle_free(&timers, timer);
	ck_assert_int_eq(handle_kind(timer), HANDLE_TIMER);
	handles_fini(&timers);
	handles_fini(&files);
}
END_TEST

START_TEST(kind_stays_when_the_uses_of_a_place_overflow)
{
	struct handles timers;
	void *timer;

	handles_init(&timers, HANDLE_TIMER);
	timer = handle_new(&timers, &objects[1]);
	handle_free(&timers, timer);
	timers.places[0].uses = (((uint32_t)HANDLE_TIMER + 1) << HANDLE_USES_BITS) - 1;
	timer = handle_new(&timers, &objects[1]);
	ck_assert_int_eq(handle_kind(timer), HANDLE_TIMER);
	ck_assert_ptr_eq(handle_find(&timers, timer), &objects[1]);
	handle_free(&timers, timer);
	timer = handle_new(&timers, &objects[1]);
	ck_assert_int_eq(handle_kind(timer), HANDLE_TIMER);
	ck_assert_ptr_eq(handle_find(&timers, timer), &objects[1]);
	handles_fini(&timers);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, handle_stands_for_its_object_until_it_is_freed);
	tcase_add_test(tcase, old_handle_is_not_that_of_the_next_in_its_place);
	tcase_add_test(tcase, what_is_no_handle_stands_for_nothing);
	tcase_add_test(tcase, table_shrinks_when_a_crowd_has_left);
	tcase_add_test(tcase, old_handles_stay_dead_when_the_table_grows_again);
	tcase_add_test(tcase, empty_table_can_be_trimmed);
	tcase_add_test(tcase, handle_says_of_which_kind_it_is_also_when_its_object_is_gone);
	tcase_add_test(tcase, kind_stays_when_the_uses_of_a_place_overflow);
}

int
main(void)
{
	return suite_run("loop/handle", tests_add);
}
