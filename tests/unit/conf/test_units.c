/*
 * Sizes and durations: what is one, what is none, and the shortest text for each.
 */
#include <errno.h>
#include <limits.h>

#include "text.h"

static const struct {
	const char *text;
	int rc;
	uint64_t bytes;
} sizes[] = {
	{"0", 0, 0},
	{"1", 0, 1},
	{"512", 0, 512},
	{"1k", 0, 1024},
	{"16K", 0, 16384},
	{"8m", 0, 8 << 20},
	{"1g", 0, 1 << 30},
	{"0g", 0, 0},
	{"007k", 0, 7168},
	{"18446744073709551614", 0, UINT64_MAX - 1},
	{"18446744073709551615", -ERANGE, 0},
	{"18446744073709551616", -ERANGE, 0},
	{"17179869183g", 0, UINT64_C(17179869183) << 30},
	{"17179869184g", -ERANGE, 0},
	{"99999999999999999999999k", -ERANGE, 0},
	{"", -EINVAL, 0},
	{"k", -EINVAL, 0},
	{"-1", -EINVAL, 0},
	{"+1", -EINVAL, 0},
	{" 1", -EINVAL, 0},
	{"1 k", -EINVAL, 0},
	{"1kb", -EINVAL, 0},
	{"1.5k", -EINVAL, 0},
	{"0x10", -EINVAL, 0},
	{"1t", -EINVAL, 0},
	{"99999999999999999999999q", -EINVAL, 0},
};

START_TEST(size_is_parsed)
{
	uint64_t bytes = 0;

	ck_assert_msg(conf_size_parse(sizes[_i].text, &bytes) == sizes[_i].rc, "%s",
		      sizes[_i].text);
	ck_assert_msg(bytes == sizes[_i].bytes, "%s", sizes[_i].text);
}
END_TEST

static const struct {
	const char *text;
	int rc;
	unsigned ms;
} durations[] = {
	{"0", 0, 0},
	{"0s", 0, 0},
	{"000", 0, 0},
	{"100ms", 0, 100},
	{"75s", 0, 75000},
	{"75S", 0, 75000},
	{"5m", 0, 300000},
	{"2h", 0, 7200000},
	{"1d", 0, 86400000},
	{"24d", 0, 2073600000},
	{"25d", -ERANGE, 0},
	{"2147483647ms", 0, INT_MAX},
	{"2147483648ms", -ERANGE, 0},
	{"99999999999999999999s", -ERANGE, 0},
	{"99999999999999999999", -EINVAL, 0},
	{"75", -EINVAL, 0},
	{"", -EINVAL, 0},
	{"s", -EINVAL, 0},
	{"-1s", -EINVAL, 0},
	{"1 s", -EINVAL, 0},
	{"1sec", -EINVAL, 0},
	{"1.5s", -EINVAL, 0},
	{"1s ", -EINVAL, 0},
	{"1w", -EINVAL, 0},
};

START_TEST(duration_is_parsed)
{
	unsigned ms = 0;

	ck_assert_msg(conf_duration_parse(durations[_i].text, &ms) == durations[_i].rc, "%s",
		      durations[_i].text);
	ck_assert_msg(ms == durations[_i].ms, "%s", durations[_i].text);
}
END_TEST

static const struct {
	uint64_t bytes;
	const char *text;
} size_texts[] = {
	{0, "0"},
	{1, "1"},
	{1023, "1023"},
	{1024, "1k"},
	{1025, "1025"},
	{65535, "65535"},
	{65536, "64k"},
	{8 << 20, "8m"},
	{1536 << 10, "1536k"},
	{1 << 30, "1g"},
	{CONF_NO_LIMIT, "0"},
	{UINT64_MAX - 1, "18446744073709551614"},
};

START_TEST(size_has_a_shortest_text)
{
	char buf[32];

	ck_assert_str_eq(conf_size_format(size_texts[_i].bytes, buf), size_texts[_i].text);
}
END_TEST

static const struct {
	unsigned ms;
	const char *text;
} duration_texts[] = {
	{0, "0"},
	{1, "1ms"},
	{999, "999ms"},
	{1000, "1s"},
	{75000, "75s"},
	{60000, "1m"},
	{90000, "90s"},
	{3600000, "1h"},
	{86400000, "1d"},
	{1001, "1001ms"},
	{UINT_MAX, "4294967295ms"},
};

START_TEST(duration_has_a_shortest_text)
{
	char buf[32];

	ck_assert_str_eq(conf_duration_format(duration_texts[_i].ms, buf), duration_texts[_i].text);
}
END_TEST

static const struct {
	const char *text, *size, *duration;
} guesses[] = {
	{"8mb", "8m", NULL},
	{"8 MB", "8m", NULL},
	{"1.5 GiB", "1536m", NULL},
	{"100 bytes", "100", NULL},
	{"10 s", NULL, "10s"},
	{"10sec", NULL, "10s"},
	{" 1 minute", NULL, "1m"},
	{"1.5 hours", NULL, "90m"},
	{"0.001s", NULL, "1ms"},
	{"0.0001s", NULL, NULL}, /* there is nothing so short */
	{"0.1", NULL, NULL},
	{"5 m", "5m", "5m"},
	{"2 weeks", NULL, NULL},
	{"100 days", NULL, NULL}, /* too long */
	{"99999999999999999999 s", NULL, NULL},
	{"99999999999999 gb", NULL, NULL},
	{"0 seconds", NULL, NULL},
	{"-1 s", NULL, NULL},
	{"1..5s", NULL, NULL},
	{"1.5 bytes", NULL, NULL},
	{"ten seconds", NULL, NULL},
	{"", NULL, NULL},
};

START_TEST(what_was_meant_is_guessed)
{
	char buf[32];
	const char *text = guesses[_i].text;

	ck_assert_pstr_eq(conf_size_guess(text, buf), guesses[_i].size);
	ck_assert_pstr_eq(conf_duration_guess(text, buf), guesses[_i].duration);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static void
tests_add(TCase *tcase)
{
	tcase_add_loop_test(tcase, size_is_parsed, 0, COUNT(sizes));
	tcase_add_loop_test(tcase, duration_is_parsed, 0, COUNT(durations));
	tcase_add_loop_test(tcase, size_has_a_shortest_text, 0, COUNT(size_texts));
	tcase_add_loop_test(tcase, duration_has_a_shortest_text, 0, COUNT(duration_texts));
	tcase_add_loop_test(tcase, what_was_meant_is_guessed, 0, COUNT(guesses));
}

int
main(void)
{
	return suite_run("conf/units", tests_add);
}
