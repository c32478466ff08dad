/*
 * What `eddyctl top` shows; see top_view.h. It writes text and knows of no terminal.
 */
#include "daemon/top_view.h"
#include "daemon/escape.h"
#include "daemon/histogram.h"
#include "daemon/human.h"
#include "daemon/show.h"
#include "daemon/table.h"

#include <string.h>

#define BUCKETS_MAX 64
#define ERROR_BYTES 512

int
top_same(const json_t *before, const json_t *now)
{
	return before && show_number(before, "pid") == show_number(now, "pid") &&
	       show_real(before, "uptime") <= show_real(now, "uptime");
}

static double
rate(const json_t *before, const json_t *now, const char *key, double seconds)
{
	double was = show_real(before, key), is = show_real(now, key);

	return seconds > 0 && is > was ? (is - was) / seconds : 0;
}

static double
cpu_percent(const json_t *before, const json_t *now, double seconds)
{
	return 100 *
	       (rate(before, now, "cpu_user", seconds) + rate(before, now, "cpu_system", seconds));
}

/* The same worker, earlier; NULL: it was not there. */
static const json_t *
worker_before(const json_t *before, const json_t *worker)
{
	const json_t *list = json_object_get(before, "workers"), *one;
	size_t i;

	json_array_foreach(list, i, one) if (show_number(one, "pid") ==
					     show_number(worker, "pid")) return one;
	return NULL;
}

static uint64_t
connections_active(const json_t *load)
{
	uint64_t open = show_number(load, "connections");
	uint64_t quiet = show_number(load, "idle") + show_number(load, "parked");

	return open > quiet ? open - quiet : 0;
}

/* head --------------------------------------------------------------------------------------- */

static void
state_print(FILE *out, const json_t *now)
{
	uint64_t wanted = show_number(now, "workers_wanted");
	char buf[HUMAN_BYTES];

	fprintf(out, "eddyd %s, pid %d: %s for %s, generation %d, %d workers",
		show_text(now, "version"), (int)show_number(now, "pid"), show_text(now, "state"),
		human_duration(show_real(now, "uptime"), buf), (int)show_number(now, "generation"),
		(int)wanted);
	if (wanted != show_number(now, "workers_conf"))
		fprintf(out, " (the conf says %d)", (int)show_number(now, "workers_conf"));
	fputc('\n', out);
}

static void
traffic_print(FILE *out, const json_t *before, const json_t *now, double seconds)
{
	const json_t *failed = json_object_get(now, "responses");
	char a[HUMAN_BYTES], b[HUMAN_BYTES], c[HUMAN_BYTES], d[HUMAN_BYTES];
	double errors = rate(json_object_get(before, "responses"), failed, "5xx", seconds);

	if (!before) {
		fputs("rates follow\n", out);
		return;
	}
	fprintf(out, "%s requests/s, %s connections/s, %s/s in, %s/s out, %.0f %% CPU",
		human_count((uint64_t)(rate(before, now, "requests", seconds) + 0.5), a),
		human_count((uint64_t)(rate(before, now, "accepted", seconds) + 0.5), b),
		human_size((uint64_t)rate(before, now, "bytes_in", seconds), c),
		human_size((uint64_t)rate(before, now, "bytes_out", seconds), d),
		cpu_percent(before, now, seconds));
	if (errors > 0)
		fprintf(out, ", %.1f/s answered with 5xx", errors);
	fputc('\n', out);
}

static void
connections_print(FILE *out, const json_t *totals)
{
	char a[HUMAN_BYTES], b[HUMAN_BYTES], c[HUMAN_BYTES], d[HUMAN_BYTES], e[HUMAN_BYTES];

	fprintf(out, "%s connections of %s at most: %s idle, %s parked, %s active\n",
		human_count(show_number(totals, "connections"), a),
		human_count(show_number(totals, "connections_max"), b),
		human_count(show_number(totals, "idle"), c),
		human_count(show_number(totals, "parked"), d),
		human_count(connections_active(totals), e));
	if (show_number(totals, "fs_busy") || show_number(totals, "fs_queued"))
		fprintf(out, "%s of %s threads wait for disks, %s jobs wait for them\n",
			human_count(show_number(totals, "fs_busy"), a),
			human_count(show_number(totals, "fs_threads"), b),
			human_count(show_number(totals, "fs_queued"), c));
}

static size_t
buckets_read(const json_t *lag, uint64_t counts[BUCKETS_MAX])
{
	const json_t *buckets = json_object_get(lag, "buckets"), *count;
	size_t i;

	json_array_foreach(buckets, i, count) if (i < BUCKETS_MAX) counts[i] =
		(uint64_t)json_integer_value(count);
	return json_array_size(buckets) < BUCKETS_MAX ? json_array_size(buckets) : BUCKETS_MAX;
}

/* Of the ticks between the two; the highest of these is not known better than of all. */
static void
lag_print(FILE *out, const json_t *before, const json_t *now)
{
	const json_t *lag = json_object_get(now, "loop_lag");
	uint64_t counts[BUCKETS_MAX] = {0}, old[BUCKETS_MAX] = {0};
	uint64_t highest_us = (uint64_t)(show_real(lag, "max_ms") * 1000);
	size_t n = buckets_read(lag, counts);

	buckets_read(json_object_get(before, "loop_lag"), old);
	for (size_t i = 0; i < n; i++)
		counts[i] -= old[i] < counts[i] ? old[i] : counts[i];
	fprintf(out, "loop lag p50 %.1f ms, p90 %.1f ms, p99 %.1f ms; %.1f ms at most so far\n",
		histogram_percentile(counts, n, 0.5, highest_us) / 1e3,
		histogram_percentile(counts, n, 0.9, highest_us) / 1e3,
		histogram_percentile(counts, n, 0.99, highest_us) / 1e3, show_real(lag, "max_ms"));
}

static void
reload_print(FILE *out, const json_t *reload)
{
	const char *error = show_text(reload, "error");
	char line[ERROR_BYTES];

	if (!json_is_object(reload) || json_is_true(json_object_get(reload, "ok")))
		return;
	escape_text(line, sizeof(line), error, strcspn(error, "\n"), NULL);
	fprintf(out, "the last reload FAILED: %s\n", line);
}

/* workers ------------------------------------------------------------------------------------ */

static void
worker_add(struct table *table, const json_t *before, const json_t *worker, double seconds)
{
	const json_t *was = worker_before(before, worker);
	char buf[HUMAN_BYTES];

	table_add(table, "%d", (int)show_number(worker, "worker"));
	table_add(table, "%d", (int)show_number(worker, "pid"));
	table_add(table, "%d", (int)show_number(worker, "generation"));
	table_add(table, "%s", show_text(worker, "state"));
	table_add(table, "%s", human_duration(show_real(worker, "uptime"), buf));
	if (was) {
		table_add(table, "%.0f", cpu_percent(was, worker, seconds));
		table_add(table, "%s",
			  human_count((uint64_t)(rate(was, worker, "requests", seconds) + 0.5),
				      buf));
	} else {
		table_add(table, "-");
		table_add(table, "-");
	}
	table_add(table, "%s", human_count(show_number(worker, "connections"), buf));
	table_add(table, "%s", human_count(show_number(worker, "idle"), buf));
	table_add(table, "%s", human_count(show_number(worker, "parked"), buf));
	table_add(table, "%s", human_count(connections_active(worker), buf));
	table_add(table, "%s", human_size(show_number(worker, "rss"), buf));
	table_add(table, "%.1f ms", show_real(worker, "loop_lag_ms"));
	table_add(table, "%.1f ms", show_real(worker, "loop_lag_max_ms"));
}

static int
workers_print(FILE *out, const json_t *before, const json_t *now, double seconds)
{
	static const struct table_column columns[] = {
		{"WORKER", true}, {"PID", true},     {"GEN", true},    {"STATE", false},
		{"UPTIME", true}, {"CPU %", true},   {"REQ/S", true},  {"CONN", true},
		{"IDLE", true},	  {"PARKED", true},  {"ACTIVE", true}, {"RSS", true},
		{"LAG", true},	  {"LAG MAX", true},
	};
	const json_t *list = json_object_get(now, "workers"), *worker;
	struct table table;
	size_t i;
	int result;

	table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	json_array_foreach(list, i, worker) worker_add(&table, before, worker, seconds);
	result = table_print(&table, out);
	table_fini(&table);
	return result;
}

int
top_view(FILE *out, const json_t *before, const json_t *now, double seconds)
{
	const json_t *totals = json_object_get(now, "totals");
	const json_t *was = json_object_get(before, "totals");

	state_print(out, now);
	traffic_print(out, was, totals, seconds);
	connections_print(out, totals);
	lag_print(out, was, totals);
	reload_print(out, json_object_get(now, "reload"));
	fputc('\n', out);
	return workers_print(out, before, now, seconds);
}
