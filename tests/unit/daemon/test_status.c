/*
 * The status as JSON: every figure under its name.
 */
#include <event2/event.h>
#include <string.h>
#include <unistd.h>

#include "daemon/master.h"
#include "daemon/status.h"
#include "tests/unit/suite.h"

static void
json_is(json_t *got, const char *expected)
{
	json_error_t error;
	json_t *want = json_loads(expected, JSON_DECODE_ANY, &error);
	char *text = json_dumps(got, JSON_REAL_PRECISION(10) | JSON_ENCODE_ANY);

	ck_assert_msg(want != NULL, "%s", error.text);
	ck_assert_msg(json_equal(got, want), "%s", text);
	free(text);
	json_decref(want);
	json_decref(got);
}

START_TEST(worker_reports_all_its_figures)
{
	struct slot slot = {
		.state = SLOT_ACCEPTING,
		.pid = 42,
		.worker = 1,
		.generation = 3,
		.started_ns = 1000000000,
		.counters = {.accepted = 10,
			     .refused = 15,
			     .requests = 20,
			     .bytes_in = 30,
			     .bytes_out = 40,
			     .loop_turns = 50,
			     .cpu_user_us = 250000,
			     .cpu_system_us = 500000,
			     .lag = {[12] = 2}},
		.connections = 5,
		.connections_max = 7,
		.idle = 2,
		.parked = 1,
		.lag_us = 1500,
		.lag_max_us = 2500,
		.lag_highest_us = 4000,
		.fs_threads = 4,
		.fs_busy = 3,
		.fs_queued = 9,
		.rss_bytes = 100,
		.heap_total_bytes = 60,
		.heap_used_bytes = 50,
	};

	json_is(status_slot_json(&slot, 3500000000),
		"{\"worker\": 1, \"pid\": 42, \"generation\": 3, \"state\": \"ACCEPTING\", "
		"\"uptime\": 2.5,"
		"\"connections\": 5, \"connections_max\": 7, \"idle\": 2, \"parked\": 1, "
		"\"accepted\": 10, \"refused\": 15, \"requests\": 20,"
		"\"bytes_in\": 30, \"bytes_out\": 40, \"rss\": 100, \"heap_total\": 60, "
		"\"heap_used\": 50,"
		"\"cpu_user\": 0.25, \"cpu_system\": 0.5, \"loop_lag_ms\": 1.5, "
		"\"loop_lag_max_ms\": 2.5,"
		"\"loop_lag\": {\"ticks\": 2, \"p50_ms\": 3.024, \"p90_ms\": 3.8048, "
		"\"p99_ms\": 3.98048, \"max_ms\": 4.0,"
		"\"buckets\": [0,0,0,0,0,0,0,0,0,0,0,0,2,0,0,0,0,0,0,0,0,0,0,0]},"
		"\"fs_threads\": 4, \"fs_busy\": 3, \"fs_queued\": 9, \"loop_turns\": 50,"
		"\"log_dropped\": 0, \"access_dropped\": 0, \"responses\": {\"none\": 0, "
		"\"1xx\": 0, \"2xx\": 0, \"3xx\": 0, \"4xx\": 0, \"5xx\": 0}}");
}
END_TEST

START_TEST(state_gone_wild_is_a_question_mark)
{
	struct slot slot = {.state = 99, .started_ns = UINT64_MAX};
	json_t *json = status_slot_json(&slot, 5);

	ck_assert_str_eq(json_string_value(json_object_get(json, "state")), "?");
	ck_assert(json_real_value(json_object_get(json, "uptime")) == 0);
	json_decref(json);
}
END_TEST

START_TEST(counters_are_told_by_class)
{
	struct slot_counters counters = {
		.accepted = 1,
		.refused = 12,
		.requests = 2,
		.responses = {3, 4, 5, 6, 7, 8},
		.bytes_in = 9,
		.bytes_out = 10,
		.log_dropped = 11,
		.access_dropped = 12,
		.loop_turns = 13,
		.cpu_user_us = 1500000,
		.cpu_system_us = 250000,
	};

	json_is(status_counters_json(&counters),
		"{\"accepted\": 1, \"refused\": 12, \"requests\": 2, \"responses\": {\"none\": 3, "
		"\"1xx\": 4, "
		"\"2xx\": 5,"
		"\"3xx\": 6, \"4xx\": 7, \"5xx\": 8}, \"bytes_in\": 9, \"bytes_out\": 10, "
		"\"log_dropped\": 11, \"access_dropped\": 12, \"loop_turns\": 13,"
		"\"cpu_user\": 1.5, \"cpu_system\": 0.25}");
}
END_TEST

START_TEST(text_that_is_no_utf8_is_still_told)
{
	json_is(status_text_json("gr\303\274n"), "\"gr\303\274n\"");
	json_is(status_text_json("a\377b"), "\"a?b\"");
	json_is(status_text_json(NULL), "null");
}
END_TEST

START_TEST(master_without_a_generation_has_a_status)
{
	static struct master master;
	json_t *status;

	TAILQ_INIT(&master.generations);
	ck_assert_int_eq(slots_init(&master.slots), 0);
	control_init(&master.control, &master);
	slot_set(slots_head(&master.slots)->restarts, 4);
	status = status_json(&master);
	ck_assert_ptr_nonnull(status);
	ck_assert_str_eq(json_string_value(json_object_get(status, "state")), "STARTING");
	ck_assert_str_eq(json_string_value(json_object_get(status, "version")), PACKAGE_VERSION);
	ck_assert_int_eq(json_integer_value(json_object_get(status, "pid")), getpid());
	ck_assert_int_eq(json_integer_value(json_object_get(status, "restarts")), 4);
	ck_assert(json_is_null(json_object_get(status, "conf")));
	ck_assert(json_is_null(json_object_get(status, "reload")));
	ck_assert_uint_eq(json_array_size(json_object_get(status, "workers")), 0);
	ck_assert_uint_eq(json_array_size(json_object_get(status, "listeners")), 0);
	json_decref(status);
	master.reload.serial = 2;
	master.reload.result = (struct reload_result){
		.code = 78,
		.error = (char *)"a.conf:1: bad",
		.generation = 1,
		.at = 86400,
		.took_ms = 5,
	};
	status = status_json(&master);
	json_is(json_incref(json_object_get(status, "reload")),
		"{\"ok\": false, \"code\": 78, \"error\": \"a.conf:1: bad\", \"at\": "
		"\"1970-01-02T00:00:00Z\","
		"\"took_ms\": 5, \"generation\": 1}");
	json_decref(status);
	slots_fini(&master.slots);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, worker_reports_all_its_figures);
	tcase_add_test(tcase, state_gone_wild_is_a_question_mark);
	tcase_add_test(tcase, counters_are_told_by_class);
	tcase_add_test(tcase, text_that_is_no_utf8_is_still_told);
	tcase_add_test(tcase, master_without_a_generation_has_a_status);
}

int
main(void)
{
	return suite_run("daemon/status", tests_add);
}
