/*
 * Percentiles of a histogram with buckets of powers of two.
 */
#include "daemon/histogram.h"
#include "tests/unit/suite.h"

#define BUCKETS 8

static double
percentile(const uint64_t *counts, double part, uint64_t highest)
{
	return histogram_percentile(counts, BUCKETS, part, highest);
}

START_TEST(nothing_counted_is_nothing)
{
	const uint64_t counts[BUCKETS] = {0};

	ck_assert_double_eq(percentile(counts, 0.5, 0), 0);
	ck_assert_double_eq(percentile(counts, 1, 0), 0);
}
END_TEST

START_TEST(a_value_is_in_its_bucket)
{
	for (unsigned i = 1; i + 1 < BUCKETS; i++) {
		uint64_t counts[BUCKETS] = {0};

		counts[i] = 10;
		ck_assert_double_eq(percentile(counts, 0.5, 1000), 0.75 * (1u << i));
		ck_assert_double_eq(percentile(counts, 1, 1000), 1u << i);
	}
}
END_TEST

START_TEST(no_percentile_is_above_the_highest)
{
	const uint64_t counts[BUCKETS] = {[6] = 100};

	ck_assert_double_eq(percentile(counts, 1, 40), 40);
	ck_assert_double_eq(percentile(counts, 0.5, 40), 36);
	ck_assert_double_eq(percentile(counts, 0.5, 7), 7); /* read a moment earlier */
}
END_TEST

START_TEST(the_last_bucket_ends_with_the_highest)
{
	const uint64_t counts[BUCKETS] = {[7] = 4};

	ck_assert_double_eq(percentile(counts, 1, 100000), 100000);
	ck_assert_double_eq(percentile(counts, 0, 100000), 64);
}
END_TEST

START_TEST(percentiles_rise)
{
	const uint64_t counts[BUCKETS] = {5, 0, 80, 10, 0, 4, 0, 1};
	double before = 0;

	for (int i = 0; i <= 1000; i++) {
		double now = percentile(counts, i / 1000.0, 200);

		ck_assert_double_ge(now, before);
		before = now;
	}
	ck_assert_double_eq(before, 200);
	ck_assert_double_le(percentile(counts, 0.85, 200), 4);
	ck_assert_double_gt(percentile(counts, 0.96, 200), 16);
	ck_assert_double_le(percentile(counts, 0.99, 200), 32);
}
END_TEST

START_TEST(zeros_are_zeros)
{
	const uint64_t counts[BUCKETS] = {10, 10};

	ck_assert_double_eq(percentile(counts, 0.5, 1), 0);
	ck_assert_double_eq(percentile(counts, 1, 1), 1);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, nothing_counted_is_nothing);
	tcase_add_test(tcase, a_value_is_in_its_bucket);
	tcase_add_test(tcase, no_percentile_is_above_the_highest);
	tcase_add_test(tcase, the_last_bucket_ends_with_the_highest);
	tcase_add_test(tcase, percentiles_rise);
	tcase_add_test(tcase, zeros_are_zeros);
}

int
main(void)
{
	return suite_run("daemon/histogram", tests_add);
}
