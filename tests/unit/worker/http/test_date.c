/*
 * The Date header: the form of RFC 9110 5.6.7, for any second.
 */
#include <stdio.h>
#include <time.h>

#include "../suite.h"
#include "http/date.h"

static const struct {
	time_t second;
	const char *line;
} dates[] = {
	{784111777, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"}, /* the RFC's own */
	{1, "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n"},
	{951782399, "Date: Mon, 28 Feb 2000 23:59:59 GMT\r\n"},
	{951782400, "Date: Tue, 29 Feb 2000 00:00:00 GMT\r\n"},
	{1000000000, "Date: Sun, 09 Sep 2001 01:46:40 GMT\r\n"},
	{2147483648, "Date: Tue, 19 Jan 2038 03:14:08 GMT\r\n"},
	{4107542399, "Date: Sun, 28 Feb 2100 23:59:59 GMT\r\n"},
	{253402300799, "Date: Fri, 31 Dec 9999 23:59:59 GMT\r\n"},
};

START_TEST(a_date_has_the_form_of_the_rfc)
{
	struct date date = {0};

	date_renew(&date, dates[_i].second);
	ck_assert_str_eq(date.line, dates[_i].line);
	ck_assert_uint_eq(strlen(date.line), DATE_LINE_LEN);
}
END_TEST

START_TEST(every_day_of_four_years_is_what_the_c_library_says)
{
	struct date date = {0};
	char expected[64];
	struct tm tm;

	for (time_t now = 946684800 + 3661; now < 946684800 + 1461 * 86400; now += 86400) {
		gmtime_r(&now, &tm);
		strftime(expected, sizeof(expected), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
		date_renew(&date, now);
		ck_assert_str_eq(date.line, expected);
	}
}
END_TEST

START_TEST(the_same_second_is_not_formatted_again)
{
	struct date date = {0};

	date_renew(&date, 784111777);
	date.line[6] = 'X';
	date_renew(&date, 784111777);
	ck_assert_int_eq(date.line[6], 'X');
}
END_TEST

START_TEST(another_second_is_formatted_also_when_the_clock_was_set_back)
{
	struct date date = {0};

	date_renew(&date, 784111778);
	date_renew(&date, 784111777);
	ck_assert_str_eq(date.line, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}
END_TEST

START_TEST(the_time_zone_makes_no_difference)
{
	struct date date = {0};

	setenv("TZ", "XYZ-5:30", 1);
	tzset();
	date_renew(&date, 784111777);
	ck_assert_str_eq(date.line, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_loop_test(tcase, a_date_has_the_form_of_the_rfc, 0, COUNT(dates));
	tcase_add_test(tcase, every_day_of_four_years_is_what_the_c_library_says);
	tcase_add_test(tcase, the_same_second_is_not_formatted_again);
	tcase_add_test(tcase, another_second_is_formatted_also_when_the_clock_was_set_back);
	tcase_add_test(tcase, the_time_zone_makes_no_difference);
}

int
main(void)
{
	return suite_run("http/date", tests_add);
}
