/*
 * Tables and numbers for people.
 */
#include <stdint.h>
#include <string.h>

#include "daemon/human.h"
#include "daemon/table.h"
#include "tests/unit/suite.h"

static char buf[HUMAN_BYTES];

START_TEST(sizes_have_one_decimal_and_a_unit)
{
	ck_assert_str_eq(human_size(0, buf), "0 B");
	ck_assert_str_eq(human_size(1023, buf), "1023 B");
	ck_assert_str_eq(human_size(1024, buf), "1.0 KB");
	ck_assert_str_eq(human_size(3250586, buf), "3.1 MB");
	ck_assert_str_eq(human_size(1048575, buf), "1.0 MB"); /* not 1024.0 KB */
	ck_assert_str_eq(human_size(UINT64_MAX, buf), "16.0 EB");
}
END_TEST

START_TEST(durations_have_two_units)
{
	ck_assert_str_eq(human_duration(0, buf), "0.0s");
	ck_assert_str_eq(human_duration(-1, buf), "0.0s");
	ck_assert_str_eq(human_duration(2.54, buf), "2.5s");
	ck_assert_str_eq(human_duration(59.9, buf), "59s");
	ck_assert_str_eq(human_duration(185, buf), "3m 05s");
	ck_assert_str_eq(human_duration(7800, buf), "2h 10m");
	ck_assert_str_eq(human_duration(86400 * 12 + 3600 * 4, buf), "12d 4h");
}
END_TEST

START_TEST(counts_are_grouped)
{
	ck_assert_str_eq(human_count(0, buf), "0");
	ck_assert_str_eq(human_count(999, buf), "999");
	ck_assert_str_eq(human_count(1000, buf), "1,000");
	ck_assert_str_eq(human_count(1234567, buf), "1,234,567");
	ck_assert_str_eq(human_count(UINT64_MAX, buf), "18,446,744,073,709,551,615");
}
END_TEST

static void
prints(const struct table *table, const char *expected)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_int_eq(table_print(table, out), 0);
	fclose(out);
	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(columns_are_as_wide_as_they_need_to_be)
{
	static const struct table_column columns[] = {{"PID", true}, {"STATE", false}, {"N", true}};
	struct table table;

	table_init(&table, columns, 3);
	prints(&table, "PID  STATE  N\n");
	table_add(&table, "%d", 7);
	table_add(&table, "%s", "ACCEPTING");
	table_add(&table, "%d", 5);
	table_add(&table, "%d", 12345);
	table_add(&table, "%s", "INIT");
	table_add(&table, "%d", 100);
	prints(&table, "  PID  STATE        N\n"
		       "    7  ACCEPTING    5\n"
		       "12345  INIT       100\n");
	table_fini(&table);
}
END_TEST

START_TEST(lines_end_without_blanks)
{
	static const struct table_column columns[] = {{"A", false}, {"TEXT", false}};
	struct table table;

	table_init(&table, columns, 2);
	for (int i = 0; i < 100; i++) {
		table_add(&table, "a");
		table_add(&table, "%.*s", i % 2 ? 1 : 9, "xxxxxxxxx");
	}
	ck_assert_uint_eq(table.ncells, 200);
	table_fini(&table);
	table_init(&table, columns, 2);
	table_add(&table, "a");
	table_add(&table, "b");
	prints(&table, "A  TEXT\na  b\n");
	table_fini(&table);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, sizes_have_one_decimal_and_a_unit);
	tcase_add_test(tcase, durations_have_two_units);
	tcase_add_test(tcase, counts_are_grouped);
	tcase_add_test(tcase, columns_are_as_wide_as_they_need_to_be);
	tcase_add_test(tcase, lines_end_without_blanks);
}

int
main(void)
{
	return suite_run("daemon/table", tests_add);
}
