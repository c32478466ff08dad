/*
 * What `eddyctl top` shows of two answers, and how much of a line a terminal takes.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/screen.h"
#include "daemon/top_view.h"
#include "tests/unit/suite.h"

#define STATUS                                                                                   \
	"{s:s, s:i, s:s, s:f, s:i, s:i, s:i, s:{s:i, s:i, s:i, s:i, s:f, s:f, s:i, s:i, s:i, "   \
	"s:i, s:{s:f, s:[i,i,i,i]}, s:{s:i}}, s:[{s:i, s:i, s:i, s:s, s:f, s:i, s:i, s:i, s:i, " \
	"s:f, s:f, s:i, s:f, s:f}]}"

/* eddyd of this pid, so many seconds old, which has answered so many requests. */
static json_t *
status(int pid, double uptime, int requests)
{
	json_t *json = json_pack(
		STATUS, "version", "1.2", "pid", pid, "state", "RUNNING", "uptime", uptime,
		"generation", 3, "workers_wanted", 2, "workers_conf", 2, "totals", "requests",
		requests, "accepted", requests / 2, "bytes_in", 0, "bytes_out", 2048 * requests,
		"cpu_user", requests / 1e3, "cpu_system", 0.0, "connections", 9, "connections_max",
		100, "idle", 4, "parked", 3, "loop_lag", "max_ms", 12.5, "buckets", 0, requests, 0,
		0, "responses", "5xx", requests / 10, "workers", "worker", 0, "pid", pid + 1,
		"generation", 3, "state", "ACCEPTING", "uptime", uptime, "connections", 9, "idle",
		4, "parked", 3, "requests", requests, "cpu_user", requests / 1e3, "cpu_system", 0.0,
		"rss", 1048576, "loop_lag_ms", 0.25, "loop_lag_max_ms", 1.75);

	ck_assert_ptr_nonnull(json);
	return json;
}

/* Valid until the next call. */
static const char *
view(json_t *before, json_t *now, double seconds)
{
	static char *text;
	size_t size;
	FILE *out;

	free(text);
	text = NULL;
	out = open_memstream(&text, &size);
	ck_assert_int_eq(top_view(out, before, now, seconds), 0);
	fclose(out);
	json_decref(before);
	json_decref(now);
	return text;
}

static void
has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "not in it: %s\n%s", part, text);
}

START_TEST(rates_are_what_has_happened_between_the_two)
{
	const char *text = view(status(7, 10, 100), status(7, 12, 500), 2);

	has(text, "eddyd 1.2, pid 7: RUNNING for 12s, generation 3, 2 workers\n");
	has(text, "200 requests/s, 100 connections/s, 0 B/s in, 400.0 KB/s out, 20 % CPU, "
		  "20.0/s answered with 5xx\n");
	has(text, "9 connections of 100 at most: 4 idle, 3 parked, 2 active\n");
	has(text, "12.5 ms at most so far\n");
	has(text, "CPU %  REQ/S");
	has(text, "ACCEPTING     12s     20    200     9     4       3       2  1.0 MB");
}
END_TEST

START_TEST(without_an_earlier_answer_there_are_no_rates)
{
	const char *text = view(NULL, status(7, 10, 100), 0);

	has(text, "rates follow\n");
	has(text, "ACCEPTING     10s      -      -");
}
END_TEST

START_TEST(a_number_of_workers_that_is_not_the_confs_is_told)
{
	json_t *now = status(7, 10, 100);

	json_object_set_new(now, "workers_conf", json_integer(5));
	has(view(NULL, now, 0), ", 2 workers (the conf says 5)\n");
}
END_TEST

START_TEST(a_reload_that_failed_is_told_in_one_line_without_control_bytes)
{
	json_t *now = status(7, 10, 100);

	json_object_set_new(now, "reload",
			    json_pack("{s:b, s:s}", "ok", 0, "error", "a.conf:1: \033[2J\nmore"));
	has(view(NULL, now, 0), "the last reload FAILED: a.conf:1: \\x1b[2J\n\n");
}
END_TEST

START_TEST(what_is_not_there_is_shown_as_nothing)
{
	ck_assert_uint_gt(strlen(view(NULL, json_object(), 0)), 0);
	ck_assert_uint_gt(strlen(view(json_object(), json_object(), 1)), 0);
}
END_TEST

START_TEST(another_run_of_eddyd_is_told_from_the_same)
{
	static const struct {
		int pid;
		double uptime;
		int same;
	} nows[] = {{7, 11, 1}, {8, 11, 0}, {7, 2, 0}};

	for (size_t i = 0; i < 3; i++) {
		json_t *before = status(7, 10, 1), *now = status(nows[i].pid, nows[i].uptime, 1);

		ck_assert_int_eq(top_same(before, now), nows[i].same);
		ck_assert_int_eq(top_same(NULL, now), 0);
		json_decref(before);
		json_decref(now);
	}
}
END_TEST

START_TEST(lines_are_clipped_between_characters)
{
	ck_assert_uint_eq(screen_clip("hello", 5, 80), 5);
	ck_assert_uint_eq(screen_clip("hello", 5, 3), 3);
	ck_assert_uint_eq(screen_clip("hello", 5, 0), 0);
	ck_assert_uint_eq(screen_clip("gr\303\274n", 5, 3), 4);
	ck_assert_uint_eq(screen_clip("gr\303\274n", 5, 2), 2);
	ck_assert_uint_eq(screen_clip("\342\202\254\342\202\254", 6, 1), 3);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, rates_are_what_has_happened_between_the_two);
	tcase_add_test(tcase, without_an_earlier_answer_there_are_no_rates);
	tcase_add_test(tcase, a_number_of_workers_that_is_not_the_confs_is_told);
	tcase_add_test(tcase, a_reload_that_failed_is_told_in_one_line_without_control_bytes);
	tcase_add_test(tcase, what_is_not_there_is_shown_as_nothing);
	tcase_add_test(tcase, another_run_of_eddyd_is_told_from_the_same);
	tcase_add_test(tcase, lines_are_clipped_between_characters);
}

int
main(void)
{
	return suite_run("daemon/top_view", tests_add);
}
