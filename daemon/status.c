/*
 * What the master knows about itself and its workers, as JSON.
 */
#include "daemon/status.h"
#include "daemon/blame.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/histogram.h"
#include "daemon/master.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const slot_states[] = {
	[SLOT_FREE] = "FREE",		[SLOT_INIT] = "INIT",	      [SLOT_READY] = "READY",
	[SLOT_ACCEPTING] = "ACCEPTING", [SLOT_DRAINING] = "DRAINING", [SLOT_DEAD] = "DEAD",
};

static const char *
slot_state_name(const struct slot *slot)
{
	uint32_t state = slot_get(slot->state);

	return state < sizeof(slot_states) / sizeof(slot_states[0]) ? slot_states[state] : "?";
}

static json_t *
number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

json_t *
status_text_json(const char *text)
{
	json_t *json = text ? json_string(text) : json_null();
	char *copy;

	if (json || !(copy = strdup(text)))
		return json;
	for (char *p = copy; *p; p++)
		if (*p & 0x80)
			*p = '?';
	json = json_string(copy);
	free(copy);
	return json;
}

json_t *
status_backtrace_json(const struct child *child, const char *text, size_t size)
{
	const char *end = text + size;
	json_t *lines = json_array();
	char doing[512], line[512];

	while (text < end) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));
		int n = (int)((line_end ? line_end : end) - text);

		snprintf(line, sizeof(line), "%.*s", n, text);
		json_array_append_new(lines, status_text_json(line));
		text += n + 1;
	}
	blame_format(slots_get(&child->master->slots, child->slot), child->generation->conf,
		     clock_now_ns(), doing, sizeof(doing));
	return json_pack("{s:b, s:i, s:i, s:i, s:o, s:o}", "ok", 1, "worker", (int)child->worker,
			 "pid", (int)child->pid, "generation", (int)child->generation->number,
			 "doing", status_text_json(doing[0] ? doing + 1 : NULL), "backtrace",
			 lines);
}

static double
seconds_since(uint64_t then_ns, uint64_t now_ns)
{
	return now_ns > then_ns ? (double)((now_ns - then_ns) / NS_PER_MS) / 1e3 : 0;
}

static void
set_number(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, number(value));
}

static void
set_real(json_t *object, const char *key, double value)
{
	json_object_set_new(object, key, json_real(value));
}

/* Microseconds are told as milliseconds, as people think of a loop's lag. */
static void
set_ms(json_t *object, const char *key, double us)
{
	set_real(object, key, us / 1e3);
}

json_t *
status_lag_json(const struct slot_counters *c, uint64_t highest_us)
{
	json_t *lag = json_object(), *buckets = json_array();
	uint64_t counts[SLOT_LAG_BUCKETS], ticks = 0;

	for (size_t i = 0; i < SLOT_LAG_BUCKETS; i++) {
		counts[i] = slot_get(c->lag[i]);
		ticks += counts[i];
		json_array_append_new(buckets, number(counts[i]));
	}
	set_number(lag, "ticks", ticks);
	set_ms(lag, "p50_ms", histogram_percentile(counts, SLOT_LAG_BUCKETS, 0.5, highest_us));
	set_ms(lag, "p90_ms", histogram_percentile(counts, SLOT_LAG_BUCKETS, 0.9, highest_us));
	set_ms(lag, "p99_ms", histogram_percentile(counts, SLOT_LAG_BUCKETS, 0.99, highest_us));
	set_ms(lag, "max_ms", (double)highest_us);
	json_object_set_new(lag, "buckets", buckets);
	return lag;
}

static json_t *
responses_json(const struct slot_counters *c)
{
	static const char *const names[] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
	json_t *responses = json_object();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		set_number(responses, names[i], slot_get(c->responses[i]));
	return responses;
}

json_t *
status_counters_json(const struct slot_counters *c)
{
	json_t *json = json_object();

	set_number(json, "accepted", slot_get(c->accepted));
	set_number(json, "refused", slot_get(c->refused));
	set_number(json, "requests", slot_get(c->requests));
	json_object_set_new(json, "responses", responses_json(c));
	set_number(json, "bytes_in", slot_get(c->bytes_in));
	set_number(json, "bytes_out", slot_get(c->bytes_out));
	set_number(json, "log_dropped", slot_get(c->log_dropped));
	set_number(json, "access_dropped", slot_get(c->access_dropped));
	set_number(json, "loop_turns", slot_get(c->loop_turns));
	set_real(json, "cpu_user", (double)slot_get(c->cpu_user_us) / 1e6);
	set_real(json, "cpu_system", (double)slot_get(c->cpu_system_us) / 1e6);
	return json;
}

/* What is so now, of one worker or of several together. */
static void
set_load(json_t *json, const struct slot *slot)
{
	set_number(json, "connections", slot_get(slot->connections));
	set_number(json, "connections_max", slot_get(slot->connections_max));
	set_number(json, "idle", slot_get(slot->idle));
	set_number(json, "parked", slot_get(slot->parked));
	set_number(json, "rss", slot_get(slot->rss_bytes));
	set_number(json, "heap_total", slot_get(slot->heap_total_bytes));
	set_number(json, "heap_used", slot_get(slot->heap_used_bytes));
	set_number(json, "fs_threads", slot_get(slot->fs_threads));
	set_number(json, "fs_busy", slot_get(slot->fs_busy));
	set_number(json, "fs_queued", slot_get(slot->fs_queued));
}

json_t *
status_slot_json(const struct slot *slot, uint64_t now_ns)
{
	json_t *json = status_counters_json(&slot->counters);

	set_number(json, "worker", slot_get(slot->worker));
	set_number(json, "pid", slot_get(slot->pid));
	set_number(json, "generation", slot_get(slot->generation));
	json_object_set_new(json, "state", json_string(slot_state_name(slot)));
	set_real(json, "uptime", seconds_since(slot_get(slot->started_ns), now_ns));
	set_load(json, slot);
	set_ms(json, "loop_lag_ms", (double)slot_get(slot->lag_us));
	set_ms(json, "loop_lag_max_ms", (double)slot_get(slot->lag_max_us));
	json_object_set_new(json, "loop_lag",
			    status_lag_json(&slot->counters, slot_get(slot->lag_highest_us)));
	return json;
}

static json_t *
worker_json(const struct child *child, uint64_t now_ns)
{
	json_t *json = status_slot_json(slots_get(&child->master->slots, child->slot), now_ns);

	set_real(json, "blocked",
		 (double)(hang_blocked_ns(&child->hang, now_ns) / NS_PER_MS) / 1e3);
	return json;
}

json_t *
status_workers_json(const struct master *master)
{
	const struct generation *generation;
	const struct child *child;
	json_t *workers = json_array();
	uint64_t now_ns = clock_now_ns();

	TAILQ_FOREACH(generation, &master->generations, entry)
		TAILQ_FOREACH(child, &generation->children, entry)
			json_array_append_new(workers, worker_json(child, now_ns));
	return workers;
}

static void
load_add(struct slot *sum, const struct slot *slot, bool serves)
{
	slot_add(sum->connections, slot_get(slot->connections));
	if (serves)
		slot_add(sum->connections_max, slot_get(slot->connections_max));
	slot_add(sum->idle, slot_get(slot->idle));
	slot_add(sum->parked, slot_get(slot->parked));
	slot_add(sum->rss_bytes, slot_get(slot->rss_bytes));
	slot_add(sum->heap_total_bytes, slot_get(slot->heap_total_bytes));
	slot_add(sum->heap_used_bytes, slot_get(slot->heap_used_bytes));
	slot_add(sum->fs_threads, slot_get(slot->fs_threads));
	slot_add(sum->fs_busy, slot_get(slot->fs_busy));
	slot_add(sum->fs_queued, slot_get(slot->fs_queued));
}

void
status_load_sum(const struct master *master, struct slot *sum)
{
	const struct generation *generation;
	const struct child *child;

	*sum = (struct slot){0};
	TAILQ_FOREACH(generation, &master->generations, entry)
		TAILQ_FOREACH(child, &generation->children, entry)
			load_add(sum, slots_get(&master->slots, child->slot),
				 generation == master->running);
}

static json_t *
totals_json(const struct master *master)
{
	struct slot_dead all;
	struct slot sum;
	json_t *totals;

	scoreboard_total(&master->slots.board, &all);
	status_load_sum(master, &sum);
	totals = status_counters_json(&all.counters);
	set_load(totals, &sum);
	json_object_set_new(totals, "loop_lag",
			    status_lag_json(&all.counters, slot_get(all.lag_highest_us)));
	return totals;
}

json_t *
status_shared_json(const struct master *master)
{
	const struct shared *shared;
	json_t *list = json_array();
	char address[LISTENER_ADDRESS_BYTES];

	TAILQ_FOREACH(shared, &master->shared.list, entry) {
		json_t *one = json_object();

		listener_format(shared->listener, address, sizeof(address));
		json_object_set_new(one, "address", status_text_json(address));
		set_number(one, "workers", shared->uses);
		json_array_append_new(list, one);
	}
	return list;
}

json_t *
status_methods_json(const struct conf_route *route)
{
	json_t *methods = json_array();

	for (size_t i = 0; i < route->nmethods; i++)
		json_array_append_new(methods, json_string(route->methods[i]));
	return methods;
}

json_t *
status_routes_json(const struct generation *generation)
{
	const struct conf *conf = generation ? generation->conf : NULL;
	json_t *routes = json_array();

	for (size_t i = 0; conf && i < conf->nroutes; i++) {
		const struct conf_route *route = &conf->routes[i];
		const char *module = conf->modules[route->module].name;

		json_array_append_new(routes,
				      json_pack("{s:o, s:o, s:o, s:o, s:o}", "path",
						status_text_json(route->path), "methods",
						status_methods_json(route), "module",
						status_text_json(module), "handler",
						status_text_json(route->handler), "quarantine",
						quarantine_state_json(&generation->quarantine, i)));
	}
	return routes;
}

static json_t *
listeners_json(const struct generation *generation)
{
	json_t *listeners = json_array();
	char bound[LISTENER_ADDRESS_BYTES];

	for (size_t i = 0; generation && i < generation->listeners.count; i++) {
		const struct listener *listener = generation->listeners.list[i];

		listener_format(listener, bound, sizeof(bound));
		json_array_append_new(listeners, json_pack("{s:o, s:o}", "address",
							   status_text_json(listener->address),
							   "bound", status_text_json(bound)));
	}
	return listeners;
}

/* The start is no reload: before the first one there is no result. */
static json_t *
reload_json(const struct reload *reload)
{
	const struct reload_result *result = &reload->result;
	char at[32] = "";
	struct tm tm;

	if (reload->serial < 2 || !result->at)
		return json_null();
	gmtime_r(&result->at, &tm);
	strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_pack("{s:b, s:i, s:o, s:s, s:o, s:o}", "ok", result->ok, "code", result->code,
			 "error", status_text_json(result->error), "at", at, "took_ms",
			 number(result->took_ms), "generation", number(result->generation));
}

json_t *
status_json(const struct master *master)
{
	const struct generation *running = master->running;
	const char *conf = running && running->conf->nfiles ? running->conf->files[0] : NULL;
	const struct scoreboard_head *head = slots_head(&master->slots);
	json_t *json = json_object();

	json_object_set_new(json, "version", json_string(PACKAGE_VERSION));
	set_number(json, "pid", (uint64_t)getpid());
	json_object_set_new(json, "state", json_string(master_state_name(master->state)));
	set_real(json, "uptime", seconds_since(master->started_ns, clock_now_ns()));
	set_number(json, "generation", running ? running->number : 0);
	json_object_set_new(json, "conf", status_text_json(conf));
	json_object_set_new(json, "control", status_text_json(master->control.socket.path));
	set_number(json, "restarts", slot_get(head->restarts));
	set_number(json, "crashes", slot_get(head->crashes));
	set_number(json, "upgrades", slot_get(head->upgrades));
	set_number(json, "log_dropped", master->log.lost);
	set_number(json, "workers_wanted", running ? running->nseats : 0);
	set_number(json, "workers_serving",
		   running ? generation_count(running, CHILD_ACCEPTING) : 0);
	set_number(json, "workers_conf", running ? running->conf->workers : 0);
	json_object_set_new(json, "listeners", listeners_json(running));
	json_object_set_new(json, "shared_listeners", status_shared_json(master));
	json_object_set_new(json, "totals", totals_json(master));
	json_object_set_new(json, "reload", reload_json(&master->reload));
	json_object_set_new(json, "quarantine", quarantine_json(master));
	json_object_set_new(json, "workers", status_workers_json(master));
	return json;
}
