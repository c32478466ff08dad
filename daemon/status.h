/*
 * What the master knows about itself and its workers, as JSON: what `eddyctl --json status` prints.
 *
 * Times are in seconds and sizes in bytes unless the name says otherwise. The workers' figures are
 * what they have last reported in the scoreboard themselves.
 *
 *	version, pid, state, uptime, generation, conf, control, restarts, upgrades, log_dropped
 *	workers_wanted: how many there are to be; workers_conf: how many the conf says;
 *	workers_serving: how many accept connections
 *	listeners: [{address}]
 *	shared_listeners: [{address, workers}]
 *		 -- what modules have asked for, and how many workers hold it
 *	totals: {accepted, refused, requests, responses: {1xx … 5xx, none}, bytes_in, bytes_out,
 *		 log_dropped, access_dropped, loop_turns, cpu_user, cpu_system,
 *		 loop_lag: {ticks, p50_ms, p90_ms, p99_ms, max_ms, buckets}
 *		 -- of all workers there have been; they only grow
 *		 connections, connections_max, idle, parked, rss, heap_total, heap_used,
 *		 fs_threads, fs_busy, fs_queued}
 *		 -- of now, connections_max of the generation that accepts
 *	quarantine: [{module, route, handler, methods, generation, state, left, length}]
 *		 -- route: null for the HTTP servers of a module's own
 *	reload: null or {ok, code, error, at, took_ms, generation}
 *	workers: [{worker, pid, generation, state, uptime, blocked, loop_lag_ms, loop_lag_max_ms,
 *		 and all that totals has}]
 *		 -- blocked: for how long it has served nobody (hang.h), or 0
 *
 * The loop's lag is how late its ticks come, four a second: loop_lag_ms the last one, loop_lag_max_ms
 * the latest in the last second, loop_lag since the start. The i-th of its buckets counts those below
 * 2^i microseconds, and not below the bucket before.
 */
#ifndef EDDY_DAEMON_STATUS_H
#define EDDY_DAEMON_STATUS_H

#include <jansson.h>
#include <stdint.h>

struct child;
struct conf_route;
struct generation;
struct master;
struct slot;
struct slot_counters;

/* The caller's to decref; NULL without memory. */
json_t *status_json(const struct master *master);
json_t *status_workers_json(const struct master *master);

/*
 * What the generation (NULL: none) serves: [{path, methods, module, handler, quarantine}], handler
 * null for the module's main one, methods empty for all, quarantine as in quarantine.h.
 */
json_t *status_routes_json(const struct generation *generation);

/* The listeners that modules have asked for: [{address, workers}]. */
json_t *status_shared_json(const struct master *master);
json_t *status_methods_json(const struct conf_route *route);

/*
 * What a worker has sent as its backtrace: {ok, worker, pid, generation, doing, backtrace: [lines]};
 * `doing` is the call into a module that runs, or null.
 */
json_t *status_backtrace_json(const struct child *child, const char *text, size_t size);

/*
 * What all workers have at this moment, added up: connections, memory, jobs of threads; of
 * connections_max what the generation that accepts has.
 */
void status_load_sum(const struct master *master, struct slot *sum);

/* A string; bytes that are no UTF-8, which JSON cannot hold, become '?'. NULL is null. */
json_t *status_text_json(const char *text);

/* One worker's slot at the time now_ns; the counters of slots as above. */
json_t *status_slot_json(const struct slot *slot, uint64_t now_ns);
json_t *status_counters_json(const struct slot_counters *counters);
json_t *status_lag_json(const struct slot_counters *counters, uint64_t highest_us);

#endif
