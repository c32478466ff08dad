/*
 * The ids that stand for pointers in JavaScript: stale ones find nothing, however their place is
 * used since, and whatever a script makes of them.
 */
#include <math.h>

#include "tests/unit/suite.h"
#include "worker/modules/js/table.h"

#define MANY 1000

static int objects[MANY];

START_TEST(an_id_finds_its_object_until_that_is_removed)
{
	struct js_table table = {0};
	double a = js_table_add(&table, &objects[0]), b = js_table_add(&table, &objects[1]);

	ck_assert_double_ne(a, 0);
	ck_assert_double_ne(a, b);
	ck_assert_ptr_eq(js_table_get(&table, a), &objects[0]);
	ck_assert_ptr_eq(js_table_get(&table, b), &objects[1]);
	js_table_remove(&table, a);
	ck_assert_ptr_null(js_table_get(&table, a));
	ck_assert_ptr_eq(js_table_get(&table, b), &objects[1]);
	js_table_remove(&table, a);
	js_table_fini(&table);
	ck_assert_ptr_null(js_table_get(&table, b));
}
END_TEST

START_TEST(a_place_that_is_used_again_has_another_id)
{
	struct js_table table = {0};
	double before = js_table_add(&table, &objects[0]);

	for (int i = 1; i < MANY; i++) {
		double id;

		js_table_remove(&table, before);
		id = js_table_add(&table, &objects[i]);
		ck_assert_double_ne(id, before);
		ck_assert_ptr_null(js_table_get(&table, before));
		js_table_remove(&table, before); /* a late call: the new object stays */
		ck_assert_ptr_eq(js_table_get(&table, id), &objects[i]);
		before = id;
	}
	ck_assert_uint_eq(table.used, 1);
	js_table_fini(&table);
}
END_TEST

START_TEST(what_is_no_id_finds_nothing)
{
	struct js_table table = {0};
	double id = js_table_add(&table, &objects[0]);
	const double bad[] = {0,	-1,	   0.5,		-id,	   1,	   2,
			      id + 1,	id - 1,	   0x1p24,	0x1p53,	   0x1p60, -0x1p60,
			      INFINITY, -INFINITY, (double)NAN, 16777215.0};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_ptr_null(js_table_get(&table, bad[i]));
		js_table_remove(&table, bad[i]);
	}
	ck_assert_ptr_eq(js_table_get(&table, id), &objects[0]);
	js_table_fini(&table);
}
END_TEST

START_TEST(a_table_grows_and_keeps_what_it_has)
{
	struct js_table table = {0};
	double ids[MANY];
	uint32_t at = 0;
	int n = 0;

	for (int i = 0; i < MANY; i++)
		ids[i] = js_table_add(&table, &objects[i]);
	for (int i = 0; i < MANY; i++)
		ck_assert_ptr_eq(js_table_get(&table, ids[i]), &objects[i]);
	for (int i = 0; i < MANY; i += 2)
		js_table_remove(&table, ids[i]);
	for (int *object; (object = js_table_next(&table, &at)) != NULL; n++)
		ck_assert_int_eq((object - objects) % 2, 1);
	ck_assert_int_eq(n, MANY / 2);
	for (int i = 0; i < MANY; i += 2)
		ids[i] = js_table_add(&table, &objects[i]);
	ck_assert_uint_eq(table.used, MANY); /* in the places that were free */
	for (int i = 0; i < MANY; i++)
		ck_assert_ptr_eq(js_table_get(&table, ids[i]), &objects[i]);
	js_table_fini(&table);
}
END_TEST

static void
add_tests(TCase *tcase)
{
	tcase_add_test(tcase, an_id_finds_its_object_until_that_is_removed);
	tcase_add_test(tcase, a_place_that_is_used_again_has_another_id);
	tcase_add_test(tcase, what_is_no_id_finds_nothing);
	tcase_add_test(tcase, a_table_grows_and_keeps_what_it_has);
}

int
main(void)
{
	return suite_run("js_table", add_tests);
}
