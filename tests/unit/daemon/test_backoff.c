/*
 * Back-off: at once, 100 ms, doubling to 10 s, ±20 %, over again after a minute of life.
 */
#include "daemon/backoff.h"
#include "tests/unit/suite.h"

#define MIDDLE 0x80000000u /* the random number that changes nothing */

START_TEST(first_restart_is_at_once)
{
	struct backoff backoff = {0};

	ck_assert_uint_eq(backoff_next(&backoff, 5, UINT32_MAX), 0);
}
END_TEST

START_TEST(it_doubles_up_to_ten_seconds)
{
	static const unsigned expected[] = {0,	  100,	200,   400,   800,  1600,
					    3200, 6400, 10000, 10000, 10000};
	struct backoff backoff = {0};

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		ck_assert_uint_eq(backoff_next(&backoff, 5, MIDDLE), expected[i]);
}
END_TEST

START_TEST(it_spreads_by_a_fifth_either_way)
{
	struct backoff low = {0}, high = {0};

	backoff_next(&low, 0, 0);
	backoff_next(&high, 0, 0);
	ck_assert_uint_eq(backoff_next(&low, 0, 0), 80);
	ck_assert_uint_eq(backoff_next(&high, 0, UINT32_MAX), 120);
	ck_assert_uint_eq(backoff_next(&low, 0, 0), 160);
	ck_assert_uint_eq(backoff_next(&high, 0, UINT32_MAX), 240);
	for (int i = 0; i < 20; i++) {
		backoff_next(&low, 0, 0);
		backoff_next(&high, 0, 0);
	}
	ck_assert_uint_eq(backoff_next(&low, 0, 0), 8000);
	ck_assert_uint_eq(backoff_next(&high, 0, UINT32_MAX), 12000);
}
END_TEST

START_TEST(a_minute_of_life_starts_it_over)
{
	struct backoff backoff = {0};

	for (int i = 0; i < 5; i++)
		backoff_next(&backoff, 59999, MIDDLE);
	ck_assert_uint_eq(backoff_next(&backoff, 59999, MIDDLE), 1600);
	ck_assert_uint_eq(backoff_next(&backoff, 60000, MIDDLE), 0);
	ck_assert_uint_eq(backoff_next(&backoff, 0, MIDDLE), 100);
}
END_TEST

START_TEST(a_very_long_row_of_deaths_stays_at_the_limit)
{
	struct backoff backoff = {.deaths = 4000000000u};

	ck_assert_uint_eq(backoff_next(&backoff, 0, MIDDLE), 10000);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, first_restart_is_at_once);
	tcase_add_test(tcase, it_doubles_up_to_ten_seconds);
	tcase_add_test(tcase, it_spreads_by_a_fifth_either_way);
	tcase_add_test(tcase, a_minute_of_life_starts_it_over);
	tcase_add_test(tcase, a_very_long_row_of_deaths_stays_at_the_limit);
}

int
main(void)
{
	return suite_run("daemon/backoff", tests_add);
}
