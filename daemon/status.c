/*
 * What the master knows about itself and its workers, as JSON.
 */
#include "daemon/status.h"
#include "daemon/blame.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
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
	return now_ns > then_ns ? (double)((now_ns - then_ns) / 1000000) / 1e3 : 0;
}

json_t *
status_slot_json(const struct slot *slot, uint64_t now_ns)
{
	return json_pack(
		"{s:o, s:o, s:o, s:s, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
		"s:o, s:f, s:f, "
		"s:f, s:f}",
		"worker", number(slot_get(slot->worker)), "pid", number(slot_get(slot->pid)),
		"generation", number(slot_get(slot->generation)), "state", slot_state_name(slot),
		"uptime", seconds_since(slot_get(slot->started_ns), now_ns), "connections",
		number(slot_get(slot->connections)), "connections_max",
		number(slot_get(slot->connections_max)), "idle", number(slot_get(slot->idle)),
		"parked", number(slot_get(slot->parked)), "accepted",
		number(slot_get(slot->counters.accepted)), "refused",
		number(slot_get(slot->counters.refused)), "requests",
		number(slot_get(slot->counters.requests)), "bytes_in",
		number(slot_get(slot->counters.bytes_in)), "bytes_out",
		number(slot_get(slot->counters.bytes_out)), "rss",
		number(slot_get(slot->rss_bytes)), "heap_total",
		number(slot_get(slot->heap_total_bytes)), "heap_used",
		number(slot_get(slot->heap_used_bytes)), "cpu_user",
		(double)slot_get(slot->cpu_user_us) / 1e6, "cpu_system",
		(double)slot_get(slot->cpu_system_us) / 1e6, "loop_lag_ms",
		(double)slot_get(slot->lag_us) / 1e3, "loop_lag_max_ms",
		(double)slot_get(slot->lag_max_us) / 1e3);
}

json_t *
status_counters_json(const struct slot_counters *c)
{
	return json_pack(
		"{s:o, s:o, s:o, s:{s:o, s:o, s:o, s:o, s:o, s:o}, s:o, s:o, s:o, s:o}", "accepted",
		number(slot_get(c->accepted)), "refused", number(slot_get(c->refused)), "requests",
		number(slot_get(c->requests)), "responses", "1xx",
		number(slot_get(c->responses[1])), "2xx", number(slot_get(c->responses[2])), "3xx",
		number(slot_get(c->responses[3])), "4xx", number(slot_get(c->responses[4])), "5xx",
		number(slot_get(c->responses[5])), "none", number(slot_get(c->responses[0])),
		"bytes_in", number(slot_get(c->bytes_in)), "bytes_out",
		number(slot_get(c->bytes_out)), "log_dropped", number(slot_get(c->log_dropped)),
		"access_dropped", number(slot_get(c->access_dropped)));
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
			json_array_append_new(
				workers,
				status_slot_json(slots_get(&master->slots, child->slot), now_ns));
	return workers;
}

static json_t *
totals_json(const struct master *master)
{
	const struct generation *generation;
	const struct child *child;
	struct slot_counters counters;
	uint64_t connections = 0, max = 0, idle = 0, parked = 0;
	json_t *totals;

	slots_total(&master->slots, &counters);
	TAILQ_FOREACH(generation, &master->generations, entry)
		TAILQ_FOREACH(child, &generation->children, entry) {
			const struct slot *slot = slots_get(&master->slots, child->slot);

			connections += slot_get(slot->connections);
			if (generation == master->running)
				max += slot_get(slot->connections_max);
			idle += slot_get(slot->idle);
			parked += slot_get(slot->parked);
		}
	totals = status_counters_json(&counters);
	json_object_set_new(totals, "connections", number(connections));
	json_object_set_new(totals, "connections_max", number(max));
	json_object_set_new(totals, "idle", number(idle));
	json_object_set_new(totals, "parked", number(parked));
	return totals;
}

static json_t *
listeners_json(const struct generation *generation)
{
	json_t *listeners = json_array();

	for (size_t i = 0; generation && i < generation->listeners.count; i++)
		json_array_append_new(
			listeners,
			json_pack("{s:o}", "address",
				  status_text_json(generation->listeners.list[i]->address)));
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

	return json_pack("{s:s, s:i, s:s, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "version", PACKAGE_VERSION, "pid", (int)getpid(), "state",
			 master_state_name(master->state), "uptime",
			 seconds_since(master->started_ns, clock_now_ns()), "generation",
			 number(running ? running->number : 0), "conf", status_text_json(conf),
			 "control", status_text_json(master->control.socket.path), "restarts",
			 number(master->restarts), "upgrades", number(master->upgrades),
			 "log_dropped", number(master->log.lost), "listeners",
			 listeners_json(running), "totals", totals_json(master), "reload",
			 reload_json(&master->reload), "workers", status_workers_json(master));
}
