/*
 * What eddyctl shows to people; see show.h.
 */
#include "daemon/show.h"
#include "conf/conf.h"
#include "daemon/escape.h"
#include "daemon/human.h"
#include "daemon/table.h"

#include <string.h>

#define LINE_BYTES 1024
#define METHODS_BYTES 256

uint64_t
show_number(const json_t *object, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(object, key));
}

double
show_real(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

const char *
show_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

int
show_workers(const json_t *workers)
{
	static const struct table_column columns[] = {
		{"WORKER", true}, {"PID", true},      {"GEN", true},	 {"STATE", false},
		{"UPTIME", true}, {"CONN", true},     {"MAX", true},	 {"IDLE", true},
		{"PARKED", true}, {"REQUESTS", true}, {"RSS", true},	 {"HEAP", true},
		{"CPU", true},	  {"LAG", true},      {"LAG P99", true}, {"LAG MAX", true},
	};
	struct table table;
	const json_t *worker;
	size_t i;
	char buf[HUMAN_BYTES];
	int result;

	table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	json_array_foreach(workers, i, worker)
	{
		table_add(&table, "%d", (int)show_number(worker, "worker"));
		table_add(&table, "%d", (int)show_number(worker, "pid"));
		table_add(&table, "%d", (int)show_number(worker, "generation"));
		table_add(&table, "%s%s", show_text(worker, "state"),
			  show_real(worker, "blocked") > 0 ? ", blocked" : "");
		table_add(&table, "%s", human_duration(show_real(worker, "uptime"), buf));
		table_add(&table, "%s", human_count(show_number(worker, "connections"), buf));
		table_add(&table, "%s", human_count(show_number(worker, "connections_max"), buf));
		table_add(&table, "%s", human_count(show_number(worker, "idle"), buf));
		table_add(&table, "%s", human_count(show_number(worker, "parked"), buf));
		table_add(&table, "%s", human_count(show_number(worker, "requests"), buf));
		table_add(&table, "%s", human_size(show_number(worker, "rss"), buf));
		table_add(&table, "%s", human_size(show_number(worker, "heap_used"), buf));
		table_add(&table, "%s",
			  human_duration(show_real(worker, "cpu_user") +
						 show_real(worker, "cpu_system"),
					 buf));
		table_add(&table, "%.1f ms", show_real(worker, "loop_lag_ms"));
		table_add(&table, "%.1f ms",
			  show_real(json_object_get(worker, "loop_lag"), "p99_ms"));
		table_add(&table, "%.1f ms", show_real(worker, "loop_lag_max_ms"));
	}
	result = table_print(&table, stdout);
	table_fini(&table);
	return result;
}

/* What modules listen on. */
static void
shared_print(const char *head, const json_t *list)
{
	const json_t *shared;
	size_t i;

	json_array_foreach(list, i, shared)
	{
		int workers = (int)show_number(shared, "workers");

		printf("%s%s (%d worker%s)", i ? ", " : head, show_text(shared, "address"), workers,
		       workers == 1 ? "" : "s");
	}
	if (json_array_size(list))
		putchar('\n');
}

static void
totals_print(const json_t *totals)
{
	static const char *const classes[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};
	const json_t *responses = json_object_get(totals, "responses");
	const json_t *lag = json_object_get(totals, "loop_lag");
	char a[HUMAN_BYTES], b[HUMAN_BYTES], c[HUMAN_BYTES], d[HUMAN_BYTES], e[HUMAN_BYTES];

	printf("connections  %s open of %s at most (%s idle, %s parked), %s accepted",
	       human_count(show_number(totals, "connections"), a),
	       human_count(show_number(totals, "connections_max"), b),
	       human_count(show_number(totals, "idle"), c),
	       human_count(show_number(totals, "parked"), d),
	       human_count(show_number(totals, "accepted"), e));
	if (show_number(totals, "refused"))
		printf(", %s refused", human_count(show_number(totals, "refused"), a));
	putchar('\n');
	printf("requests     %s", human_count(show_number(totals, "requests"), a));
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (show_number(responses, classes[i]))
			printf(", %s with %s", human_count(show_number(responses, classes[i]), a),
			       classes[i]);
	if (show_number(responses, "none"))
		printf(", %s without an answer", human_count(show_number(responses, "none"), a));
	printf("\ntraffic      %s in, %s out\n", human_size(show_number(totals, "bytes_in"), a),
	       human_size(show_number(totals, "bytes_out"), b));
	printf("loop lag     p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, max %.1f ms\n",
	       show_real(lag, "p50_ms"), show_real(lag, "p90_ms"), show_real(lag, "p99_ms"),
	       show_real(lag, "max_ms"));
	if (show_number(totals, "fs_threads"))
		printf("files        %s of %s threads busy, %s jobs wait\n",
		       human_count(show_number(totals, "fs_busy"), a),
		       human_count(show_number(totals, "fs_threads"), b),
		       human_count(show_number(totals, "fs_queued"), c));
}

void
show_lines(FILE *out, const char *prefix, const char *text)
{
	char line[LINE_BYTES];

	while (*text) {
		size_t n = strcspn(text, "\n");

		escape_text(line, sizeof(line), text, n, NULL);
		fprintf(out, "%s%s\n", prefix, line);
		text += n + (text[n] == '\n');
	}
}

static void
reload_print(const json_t *reload)
{
	if (!json_is_object(reload))
		return;
	if (json_is_true(json_object_get(reload, "ok"))) {
		printf("last reload  %s, done in %d ms\n", show_text(reload, "at"),
		       (int)show_number(reload, "took_ms"));
		return;
	}
	printf("last reload  %s, FAILED:\n", show_text(reload, "at"));
	show_lines(stdout, "             ", show_text(reload, "error"));
}

/* As the conf writes it; what a name stands for, too. */
static void
listener_print(const json_t *listener, bool more)
{
	const char *address = show_text(listener, "address");

	printf("%s%s", more ? ", " : "", address);
	if (strncmp(address, CONF_FD_PREFIX, strlen(CONF_FD_PREFIX)) == 0)
		printf(" (%s)", show_text(listener, "bound"));
}

/* An eddyd before this one does not tell. */
static bool
is_unserved(const json_t *status)
{
	const json_t *serving = json_object_get(status, "workers_serving");

	return strcmp(show_text(status, "state"), "RUNNING") == 0 && serving &&
	       json_integer_value(serving) == 0;
}

int
show_status(const json_t *status)
{
	const json_t *listeners = json_object_get(status, "listeners"), *listener;
	const json_t *quarantine = json_object_get(status, "quarantine");
	char buf[HUMAN_BYTES];
	size_t i;

	printf("eddyd %s, pid %d: %s for %s, generation %d%s\n", show_text(status, "version"),
	       (int)show_number(status, "pid"), show_text(status, "state"),
	       human_duration(show_real(status, "uptime"), buf),
	       (int)show_number(status, "generation"),
	       is_unserved(status) ? ": NO WORKER SERVES, the log says why" : "");
	printf("conf         %s\n", show_text(status, "conf"));
	printf("listening on ");
	json_array_foreach(listeners, i, listener) listener_print(listener, i > 0);
	printf("%s\n", json_array_size(listeners) ? "" : "nothing");
	shared_print("for modules  ", json_object_get(status, "shared_listeners"));
	if (show_number(status, "workers_wanted") != show_number(status, "workers_conf"))
		printf("workers      %d until the next reload; the conf says %d\n",
		       (int)show_number(status, "workers_wanted"),
		       (int)show_number(status, "workers_conf"));
	totals_print(json_object_get(status, "totals"));
	printf("restarts     %s\n", human_count(show_number(status, "restarts"), buf));
	if (show_number(status, "log_dropped"))
		printf("log          %s lines dropped: it was full\n",
		       human_count(show_number(status, "log_dropped"), buf));
	if (show_number(json_object_get(status, "totals"), "access_dropped"))
		printf("access log   %s lines dropped: it was not written as fast as they came\n",
		       human_count(show_number(json_object_get(status, "totals"), "access_dropped"),
				   buf));
	reload_print(json_object_get(status, "reload"));
	if (json_array_size(quarantine))
		printf("quarantine   %zu routes answer 503: see eddyctl quarantine\n",
		       json_array_size(quarantine));
	putchar('\n');
	return show_workers(json_object_get(status, "workers"));
}

/* "GET,HEAD", cut where there is no more room; returns `text`. */
static const char *
methods_format(const json_t *methods, char *text, size_t size)
{
	const json_t *method;
	size_t i, used = 0;

	snprintf(text, size, "any");
	json_array_foreach(methods, i, method)
	{
		if (used < size)
			used += (size_t)snprintf(text + used, size - used, "%s%s", i ? "," : "",
						 json_string_value(method));
	}
	return text;
}

int
show_routes(const json_t *list, const json_t *shared)
{
	static const struct table_column columns[] = {
		{"ROUTE", false},   {"METHODS", false}, {"MODULE", false},
		{"HANDLER", false}, {"STATE", false},
	};
	struct table table;
	const json_t *route;
	char methods[METHODS_BYTES];
	size_t i;
	int result;

	table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	json_array_foreach(list, i, route)
	{
		const json_t *quarantine = json_object_get(route, "quarantine");

		table_add(&table, "%s", show_text(route, "path"));
		table_add(&table, "%s",
			  methods_format(json_object_get(route, "methods"), methods,
					 sizeof(methods)));
		table_add(&table, "%s", show_text(route, "module"));
		table_add(&table, "%s", show_text(route, "handler"));
		table_add(&table, "%s", json_is_string(quarantine) ? "in quarantine" : "served");
	}
	result = table_print(&table, stdout);
	table_fini(&table);
	shared_print("beside these, modules listen on ", shared);
	return result;
}

int
show_quarantine(const json_t *list)
{
	static const struct table_column columns[] = {
		{"MODULE", false}, {"ROUTE", false}, {"METHODS", false}, {"GEN", true},
		{"STATE", false},  {"LEFT", true},   {"TIME", true},
	};
	struct table table;
	const json_t *entry;
	size_t i;
	char left[HUMAN_BYTES], length[HUMAN_BYTES], methods[METHODS_BYTES];
	int result;

	table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	json_array_foreach(list, i, entry)
	{
		table_add(&table, "%s", show_text(entry, "module"));
		table_add(&table, "%s", show_text(entry, "route"));
		table_add(&table, "%s",
			  methods_format(json_object_get(entry, "methods"), methods,
					 sizeof(methods)));
		table_add(&table, "%d", (int)show_number(entry, "generation"));
		table_add(&table, "%s", show_text(entry, "state"));
		table_add(&table, "%s", human_duration(show_real(entry, "left"), left));
		table_add(&table, "%s", human_duration(show_real(entry, "length"), length));
	}
	result = table_print(&table, stdout);
	table_fini(&table);
	return result;
}

int
show_backtrace(const json_t *dump)
{
	const json_t *lines = json_object_get(dump, "backtrace"), *line;
	const char *doing = json_string_value(json_object_get(dump, "doing"));
	size_t i;

	printf("worker %d, pid %d, generation %d:\n", (int)show_number(dump, "worker"),
	       (int)show_number(dump, "pid"), (int)show_number(dump, "generation"));
	if (doing)
		show_lines(stdout, "", doing);
	json_array_foreach(lines, i, line) show_lines(stdout, "", json_string_value(line));
	return ferror(stdout) ? -1 : 0;
}

int
show_json(const json_t *object)
{
	if (json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(10)) < 0)
		return -1;
	return putchar('\n') == EOF ? -1 : 0;
}
