/*
 * A response's header lines: added, found, removed; and nothing that could be injected by them.
 */
#include <stdio.h>

#include "../suite.h"
#include "http/fields.h"

static int
add(struct fields *fields, const char *name, const char *value)
{
	return fields_add(fields, name, strlen(name), value, strlen(value));
}

static eddy_str
find(const struct fields *fields, const char *name)
{
	return fields_find(fields, name, strlen(name));
}

static bool
drop(struct fields *fields, const char *name)
{
	return fields_remove(fields, name, strlen(name));
}

static eddy_str
block(const struct fields *fields)
{
	return (eddy_str){fields->p, fields->len};
}

/* "A: 1", "Set-Cookie: x", "B: 2", "set-cookie: y" */
static struct fields
four(void)
{
	struct fields fields = {0};

	ck_assert_int_eq(add(&fields, "A", "1"), 0);
	ck_assert_int_eq(add(&fields, "Set-Cookie", "x"), 0);
	ck_assert_int_eq(add(&fields, "B", "2"), 0);
	ck_assert_int_eq(add(&fields, "set-cookie", "y"), 0);
	return fields;
}

START_TEST(lines_stand_in_the_order_in_which_they_were_added)
{
	struct fields fields = four();

	ck_assert_text(block(&fields), "A: 1\r\nSet-Cookie: x\r\nB: 2\r\nset-cookie: y\r\n");
	fields_fini(&fields);
}
END_TEST

START_TEST(an_empty_value_is_a_line_too)
{
	struct fields fields = {0};

	ck_assert_int_eq(add(&fields, "X", ""), 0);
	ck_assert_text(block(&fields), "X: \r\n");
	ck_assert_text(find(&fields, "X"), "");
	fields_fini(&fields);
}
END_TEST

START_TEST(a_name_and_a_value_need_not_end_with_a_nul)
{
	struct fields fields = {0};

	ck_assert_int_eq(fields_add(&fields, "Name-and", 4, "value-and", 5), 0);
	ck_assert_text(block(&fields), "Name: value\r\n");
	fields_fini(&fields);
}
END_TEST

START_TEST(the_first_line_of_a_name_is_found_in_any_case)
{
	struct fields fields = four();

	ck_assert_text(find(&fields, "SET-COOKIE"), "x");
	ck_assert_text(find(&fields, "b"), "2");
	fields_fini(&fields);
}
END_TEST

START_TEST(a_name_that_is_part_of_another_is_not_found)
{
	struct fields fields = four();

	ck_assert_text(find(&fields, "Set"), NULL);
	ck_assert_text(find(&fields, "Cookie"), NULL);
	ck_assert_text(find(&fields, "Set-Cookies"), NULL);
	ck_assert_text(find(&fields, "set-cookie: y\r\nand much more behind it"), NULL);
	ck_assert_text(find(&fields, ""), NULL);
	fields_fini(&fields);
}
END_TEST

START_TEST(a_value_that_looks_like_a_name_is_not_found)
{
	struct fields fields = {0};

	ck_assert_int_eq(add(&fields, "A", "B: 2"), 0);
	ck_assert_text(find(&fields, "B"), NULL);
	ck_assert_text(find(&fields, "A"), "B: 2");
	fields_fini(&fields);
}
END_TEST

START_TEST(nothing_is_found_among_no_lines)
{
	struct fields fields = {0};

	ck_assert_text(find(&fields, "A"), NULL);
	ck_assert(!drop(&fields, "A"));
	fields_fini(&fields);
}
END_TEST

START_TEST(all_lines_of_a_name_are_removed)
{
	struct fields fields = four();

	ck_assert(drop(&fields, "Set-Cookie"));
	ck_assert_text(block(&fields), "A: 1\r\nB: 2\r\n");
	fields_fini(&fields);
}
END_TEST

START_TEST(lines_of_a_name_that_stand_together_are_removed)
{
	struct fields fields = {0};

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(add(&fields, "X", "1"), 0);
	ck_assert(drop(&fields, "x"));
	ck_assert_uint_eq(fields.len, 0);
	fields_fini(&fields);
}
END_TEST

START_TEST(removing_what_is_not_there_says_so_and_changes_nothing)
{
	struct fields fields = four();

	ck_assert(!drop(&fields, "Set"));
	ck_assert_text(block(&fields), "A: 1\r\nSet-Cookie: x\r\nB: 2\r\nset-cookie: y\r\n");
	fields_fini(&fields);
}
END_TEST

START_TEST(lines_can_be_added_again_after_they_were_removed)
{
	struct fields fields = four();

	ck_assert(drop(&fields, "A"));
	ck_assert_int_eq(add(&fields, "A", "3"), 0);
	ck_assert_text(find(&fields, "A"), "3");
	fields_fini(&fields);
}
END_TEST

static const struct {
	const char *name, *value;
	size_t value_n;
} injected[] = {
	{"X", "a\r\nY: b", 7}, {"X", "a\nb", 3},     {"X", "a\rb", 3},	   {"X", "\n", 1},
	{"X", "a\0b", 3},      {"X", "a\177", 2},    {"X", "\033[31m", 5}, {"", "a", 1},
	{"X:", "a", 1},	       {"X Y", "a", 1},	     {"X\r\nY", "a", 1},   {"X\t", "a", 1},
	{"X(", "a", 1},	       {"\xc3\xa4", "a", 1},
};

START_TEST(a_byte_that_may_not_be_there_adds_nothing)
{
	struct fields fields = four();
	uint32_t len = fields.len;

	ck_assert_int_eq(fields_add(&fields, injected[_i].name, strlen(injected[_i].name),
				    injected[_i].value, injected[_i].value_n),
			 EDDY_EHEADER);
	ck_assert_uint_eq(fields.len, len);
	fields_fini(&fields);
}
END_TEST

START_TEST(tabs_and_bytes_above_ascii_may_be_in_a_value)
{
	struct fields fields = {0};

	ck_assert_int_eq(add(&fields, "X", "a\tb \xc3\xa4"), 0);
	ck_assert_text(find(&fields, "X"), "a\tb \xc3\xa4");
	fields_fini(&fields);
}
END_TEST

/* Adds one line that is n bytes long, its end included. */
static int
add_line(struct fields *fields, size_t n)
{
	char *value = malloc(n);
	int result;

	memset(value, 'x', n);
	result = fields_add(fields, "X", 1, value, n - 5);
	free(value);
	return result;
}

START_TEST(the_block_may_be_as_long_as_its_limit_and_no_longer)
{
	struct fields fields = {0};

	ck_assert_int_eq(add_line(&fields, FIELDS_MAX), 0);
	ck_assert_uint_eq(fields.len, FIELDS_MAX);
	ck_assert_int_eq(add(&fields, "Y", ""), EDDY_ETOOBIG);
	ck_assert_uint_eq(fields.len, FIELDS_MAX);
	fields_fini(&fields);
}
END_TEST

START_TEST(a_line_longer_than_the_limit_is_too_big)
{
	struct fields fields = {0};

	ck_assert_int_eq(add_line(&fields, FIELDS_MAX + 1), EDDY_ETOOBIG);
	ck_assert_int_eq(add_line(&fields, 4 * FIELDS_MAX), EDDY_ETOOBIG);
	ck_assert_uint_eq(fields.len, 0);
	fields_fini(&fields);
}
END_TEST

START_TEST(many_lines_grow_the_block_and_keep_what_was_there)
{
	struct fields fields = {0};
	char name[16], value[16];

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "N-%d", i);
		snprintf(value, sizeof(value), "v-%d", i);
		ck_assert_int_eq(add(&fields, name, value), 0);
	}
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "n-%d", i);
		snprintf(value, sizeof(value), "v-%d", i);
		ck_assert_text(find(&fields, name), value);
	}
	fields_fini(&fields);
}
END_TEST

START_TEST(fini_leaves_an_empty_block_that_can_be_used_again)
{
	struct fields fields = four();

	fields_fini(&fields);
	ck_assert_ptr_null(fields.p);
	ck_assert_uint_eq(fields.len, 0);
	ck_assert_int_eq(add(&fields, "A", "1"), 0);
	fields_fini(&fields);
	fields_fini(&fields);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, lines_stand_in_the_order_in_which_they_were_added);
	tcase_add_test(tcase, an_empty_value_is_a_line_too);
	tcase_add_test(tcase, a_name_and_a_value_need_not_end_with_a_nul);
	tcase_add_test(tcase, the_first_line_of_a_name_is_found_in_any_case);
	tcase_add_test(tcase, a_name_that_is_part_of_another_is_not_found);
	tcase_add_test(tcase, a_value_that_looks_like_a_name_is_not_found);
	tcase_add_test(tcase, nothing_is_found_among_no_lines);
	tcase_add_test(tcase, all_lines_of_a_name_are_removed);
	tcase_add_test(tcase, lines_of_a_name_that_stand_together_are_removed);
	tcase_add_test(tcase, removing_what_is_not_there_says_so_and_changes_nothing);
	tcase_add_test(tcase, lines_can_be_added_again_after_they_were_removed);
	tcase_add_loop_test(tcase, a_byte_that_may_not_be_there_adds_nothing, 0, COUNT(injected));
	tcase_add_test(tcase, tabs_and_bytes_above_ascii_may_be_in_a_value);
	tcase_add_test(tcase, the_block_may_be_as_long_as_its_limit_and_no_longer);
	tcase_add_test(tcase, a_line_longer_than_the_limit_is_too_big);
	tcase_add_test(tcase, many_lines_grow_the_block_and_keep_what_was_there);
	tcase_add_test(tcase, fini_leaves_an_empty_block_that_can_be_used_again);
}

int
main(void)
{
	return suite_run("http/fields", tests_add);
}
