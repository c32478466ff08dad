/*
 * metrics: what eddy tells those who watch it: Prometheus its figures, a load balancer whether to
 * send requests here.
 *
 *	module "metrics" { }
 *	route "/metrics" { module = "metrics" }
 *	route "/health" { module = "metrics"  handler = "health" }
 *
 * Any worker answers for all of them. Counters are those of eddy_cluster_totals, which outlive
 * workers, reloads and crashes; packaging/metrics.md explains each. Who may connect may read them:
 * route to them on a listener that only those reach who should.
 */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEATS_MAX 256 /* as many workers as a conf can ask for */

typedef unsigned long long count;

/* What the workers of one number have now, together: one that drains may still be there. */
struct seat {
	uint64_t processes, connections, rss, heap, lag_max;
};

/* What all of them have now. */
struct load {
	uint64_t starting, accepting, draining;
	uint64_t draining_generations; /* a bit for each, counted back from the one that serves */
	uint64_t connections, connections_max, idle, parked;
	uint64_t fs_busy, fs_idle, fs_queued;
	struct seat *seats;
	size_t nseats;
};

/* A worker says itself which one it is: a number that none can have is one gone mad, and not shown. */
static bool
seat_add(struct load *load, const eddy_worker_info *info)
{
	struct seat *seat;

	if (info->worker >= SEATS_MAX)
		return true;
	if (info->worker >= load->nseats) {
		size_t n = (size_t)info->worker + 1;
		struct seat *seats = realloc(load->seats, n * sizeof(*seats));

		if (seats == NULL)
			return false;
		memset(seats + load->nseats, 0, (n - load->nseats) * sizeof(*seats));
		load->seats = seats;
		load->nseats = n;
	}
	seat = &load->seats[info->worker];
	seat->processes++;
	seat->connections += info->connections;
	seat->rss += info->rss;
	seat->heap += info->heap_used;
	if (info->loop_lag_max > seat->lag_max)
		seat->lag_max = info->loop_lag_max;
	return true;
}

static void
load_add(struct load *load, const eddy_worker_info *info, uint32_t generation)
{
	if (strcmp(info->state, "ACCEPTING") == 0) {
		load->accepting++;
		load->connections_max += info->connections_max;
	} else if (strcmp(info->state, "DRAINING") == 0) {
		load->draining++;
		if (info->generation < generation && generation - info->generation < 64)
			load->draining_generations |= UINT64_C(1)
						      << (generation - info->generation);
	} else {
		load->starting++;
	}
	load->connections += info->connections;
	load->idle += info->idle;
	load->parked += info->parked;
	load->fs_busy += info->fs_busy;
	load->fs_idle += info->fs_threads > info->fs_busy ? info->fs_threads - info->fs_busy : 0;
	load->fs_queued += info->fs_queued;
}

/* What the workers report; false: no memory. Its seats are the caller's. */
static bool
load_read(struct load *load, uint32_t generation)
{
	eddy_worker_info info = {.size = sizeof(info)};

	for (size_t i = 0; eddy_cluster_workers(i, &info); i++) {
		load_add(load, &info, generation);
		if (!seat_add(load, &info))
			return false;
	}
	return true;
}

/* The text format, version 0.0.4 -------------------------------------------------- */

static void
metric(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
counter(FILE *out, const char *name, uint64_t value, const char *help)
{
	metric(out, name, "counter", help);
	fprintf(out, "%s %llu\n", name, (count)value);
}

static void
gauge(FILE *out, const char *name, uint64_t value, const char *help)
{
	metric(out, name, "gauge", help);
	fprintf(out, "%s %llu\n", name, (count)value);
}

static void
seconds(FILE *out, const char *name, uint64_t us)
{
	fprintf(out, "%s %llu.%06llu\n", name, (count)(us / 1000000), (count)(us % 1000000));
}

static void
daemon_print(FILE *out, const eddy_totals *t, const struct load *load)
{
	metric(out, "eddy_build_info", "gauge", "The version of eddy that serves; always 1.");
	fprintf(out, "eddy_build_info{version=\"%s\"} 1\n", t->version);
	gauge(out, "eddy_start_time_seconds", t->started_at,
	      "When the master was started, in Unix time.");
	gauge(out, "eddy_generation", t->generation,
	      "The generation that serves: 1, and one more "
	      "with each reload.");
	gauge(out, "eddy_draining_generations",
	      (uint64_t)__builtin_popcountll(load->draining_generations),
	      "Generations of before that still finish what they have begun.");
	metric(out, "eddy_reloads_total", "counter", "Reloads of the conf, by how they ended.");
	fprintf(out, "eddy_reloads_total{result=\"ok\"} %llu\n", (count)t->reloads);
	fprintf(out, "eddy_reloads_total{result=\"failed\"} %llu\n", (count)t->reloads_failed);
	gauge(out, "eddy_last_reload_successful", t->reload_ok,
	      "1: the last reload has put its conf into effect; 0: it failed, the conf before "
	      "serves on.");
	gauge(out, "eddy_conf_time_seconds", t->loaded_at,
	      "When the conf that serves was put into effect, in Unix time.");
	counter(out, "eddy_upgrades_total", t->upgrades,
		"How often the master has become another program in place.");
	counter(out, "eddy_log_dropped_total", t->log_dropped,
		"Lines that workers could not hand to the master's log.");
	counter(out, "eddy_accesslog_dropped_total", t->access_dropped,
		"Lines that the access log could not take.");
}

static void
workers_print(FILE *out, const eddy_totals *t, const struct load *load)
{
	metric(out, "eddy_workers", "gauge", "Worker processes, by what they do.");
	fprintf(out, "eddy_workers{state=\"starting\"} %llu\n", (count)load->starting);
	fprintf(out, "eddy_workers{state=\"accepting\"} %llu\n", (count)load->accepting);
	fprintf(out, "eddy_workers{state=\"draining\"} %llu\n", (count)load->draining);
	counter(out, "eddy_worker_restarts_total", t->restarts,
		"Workers that were started in the place of one that had ended or died.");
	counter(out, "eddy_worker_crashes_total", t->crashes,
		"Workers that died and had not been told to.");
	gauge(out, "eddy_quarantined_routes", t->quarantined,
	      "Routes that answer 503 because their handler has killed workers.");
	metric(out, "eddy_cpu_seconds_total", "counter", "CPU time of all workers.");
	seconds(out, "eddy_cpu_seconds_total{mode=\"user\"}", t->cpu_user);
	seconds(out, "eddy_cpu_seconds_total{mode=\"system\"}", t->cpu_system);
	metric(out, "eddy_file_threads", "gauge",
	       "Threads that wait for disks in the workers' "
	       "stead, by what they do.");
	fprintf(out, "eddy_file_threads{state=\"busy\"} %llu\n", (count)load->fs_busy);
	fprintf(out, "eddy_file_threads{state=\"idle\"} %llu\n", (count)load->fs_idle);
	gauge(out, "eddy_file_queue_length", load->fs_queued,
	      "Operations on files that wait for such a thread.");
}

static void
traffic_print(FILE *out, const eddy_totals *t, const struct load *load)
{
	uint64_t quiet = load->idle + load->parked;

	metric(out, "eddy_connections", "gauge",
	       "Open connections: idle between requests, parked with a request that waits for "
	       "its answer, or active.");
	fprintf(out, "eddy_connections{state=\"active\"} %llu\n", /* read an instant apart */
		(count)(load->connections > quiet ? load->connections - quiet : 0));
	fprintf(out, "eddy_connections{state=\"idle\"} %llu\n", (count)load->idle);
	fprintf(out, "eddy_connections{state=\"parked\"} %llu\n", (count)load->parked);
	gauge(out, "eddy_connections_limit", load->connections_max,
	      "Connections that the accepting workers have room for.");
	counter(out, "eddy_connections_accepted_total", t->accepted, "Connections accepted.");
	counter(out, "eddy_connections_refused_total", t->refused,
		"Connections reset at once: too many of one address, or no memory.");
	counter(out, "eddy_requests_total", t->requests, "HTTP requests.");
	metric(out, "eddy_responses_total", "counter", "HTTP responses, by class of status.");
	for (int i = 1; i <= 5; i++)
		fprintf(out, "eddy_responses_total{class=\"%dxx\"} %llu\n", i,
			(count)t->responses[i]);
	counter(out, "eddy_requests_unanswered_total", t->responses[0],
		"HTTP requests whose client left, or was reset, before an answer began.");
	counter(out, "eddy_received_bytes_total", t->bytes_in, "Bytes read from connections.");
	counter(out, "eddy_sent_bytes_total", t->bytes_out, "Bytes written to connections.");
}

/* The last class of lags has no upper bound: it is le="+Inf" alone. */
static void
loop_print(FILE *out, const eddy_totals *t)
{
	uint64_t sum = 0;

	counter(out, "eddy_loop_turns_total", t->loop_turns, "Callbacks that the loops have made.");
	metric(out, "eddy_loop_lag_seconds", "histogram",
	       "How late the loops of the workers came to a timer, four times a second each.");
	for (size_t i = 0; i < EDDY_LOOP_LAGS; i++) {
		sum += t->loop_lags[i];
		if (i < EDDY_LOOP_LAGS - 1)
			fprintf(out, "eddy_loop_lag_seconds_bucket{le=\"%.6f\"} %llu\n",
				(double)(UINT64_C(1) << i) / 1e6, (count)sum);
	}
	fprintf(out, "eddy_loop_lag_seconds_bucket{le=\"+Inf\"} %llu\n", (count)sum);
	seconds(out, "eddy_loop_lag_seconds_sum", t->loop_lag_sum);
	fprintf(out, "eddy_loop_lag_seconds_count %llu\n", (count)sum);
}

/* One member of each seat, as a gauge with the worker's number. */
static void
seats_print(FILE *out, const struct load *load, const char *name, size_t member, const char *help)
{
	metric(out, name, "gauge", help);
	for (size_t i = 0; i < load->nseats; i++) {
		const char *seat = (const char *)&load->seats[i];
		uint64_t value;

		memcpy(&value, seat + member, sizeof(value));
		if (load->seats[i].processes > 0)
			fprintf(out, "%s{worker=\"%zu\"} %llu\n", name, i, (count)value);
	}
}

static void
each_worker_print(FILE *out, const struct load *load)
{
	seats_print(out, load, "eddy_worker_processes", offsetof(struct seat, processes),
		    "Processes of this worker: itself, and those before it that still drain.");
	seats_print(out, load, "eddy_worker_connections", offsetof(struct seat, connections),
		    "Open connections of this worker.");
	seats_print(out, load, "eddy_worker_resident_memory_bytes", offsetof(struct seat, rss),
		    "Resident memory of this worker.");
	seats_print(out, load, "eddy_worker_heap_bytes", offsetof(struct seat, heap),
		    "What is in use of this worker's heap.");
	metric(out, "eddy_worker_loop_lag_max_seconds", "gauge",
	       "How late this worker's loop came to a timer at worst, in the last second.");
	for (size_t i = 0; i < load->nseats; i++) {
		char name[64];

		snprintf(name, sizeof(name), "eddy_worker_loop_lag_max_seconds{worker=\"%zu\"}", i);
		if (load->seats[i].processes > 0)
			seconds(out, name, load->seats[i].lag_max);
	}
}

/* Requests ------------------------------------------------------------------------ */

static bool
is_get(eddy_request *req, eddy_response *res)
{
	eddy_str method = eddy_request_method(req);

	if ((method.n == 3 && memcmp(method.p, "GET", 3) == 0) ||
	    (method.n == 4 && memcmp(method.p, "HEAD", 4) == 0))
		return true;
	eddy_response_set_header(res, "Allow", "GET, HEAD");
	eddy_response_send(res, 405, "text/plain", "there is nothing to change here\n", 32);
	return false;
}

static void
metrics_request(eddy_request *req, eddy_response *res, void *state)
{
	eddy_totals totals = {.size = sizeof(totals)};
	struct load load = {0};
	char *text = NULL;
	size_t n = 0;
	FILE *out;
	bool good;

	(void)state;
	if (!is_get(req, res))
		return;
	eddy_cluster_totals(&totals);
	out = load_read(&load, totals.generation) ? open_memstream(&text, &n) : NULL;
	if (out != NULL) {
		daemon_print(out, &totals, &load);
		workers_print(out, &totals, &load);
		traffic_print(out, &totals, &load);
		loop_print(out, &totals);
		each_worker_print(out, &load);
	}
	good = out != NULL && fclose(out) == 0;
	eddy_response_set_header(res, "Cache-Control", "no-store");
	if (good)
		eddy_response_send(res, 200, "text/plain; version=0.0.4; charset=utf-8", text, n);
	else
		eddy_response_send(res, 503, "text/plain", "out of memory\n", 14);
	free(text);
	free(load.seats);
}

/*
 * How many workers take connections, or are about to: in a reload the old ones may have stopped an
 * instant before the new ones begin.
 */
static unsigned
workers_serving(uint32_t generation)
{
	eddy_worker_info info = {.size = sizeof(info)};
	unsigned n = 0;

	for (size_t i = 0; eddy_cluster_workers(i, &info); i++)
		n += strcmp(info.state, "ACCEPTING") == 0 ||
		     (strcmp(info.state, "READY") == 0 && info.generation == generation);
	return n;
}

/*
 * 200 as long as eddy takes connections, 503 when it is about to stop. A worker that leaves because
 * of a reload is asked on connections of before: what counts is that others serve.
 */
static void
health_request(eddy_request *req, eddy_response *res, void *state)
{
	eddy_totals totals = {.size = sizeof(totals)};
	unsigned serving;
	char text[128];
	int n;

	(void)state;
	if (!is_get(req, res))
		return;
	eddy_cluster_totals(&totals);
	serving = workers_serving(totals.generation);
	n = snprintf(text, sizeof(text),
		     "{\"status\":\"%s\",\"version\":\"%s\",\"generation\":%u,\"workers\":%u}\n",
		     serving > 0 ? "ok" : "draining", totals.version, totals.generation, serving);
	eddy_response_set_header(res, "Cache-Control", "no-store");
	eddy_response_send(res, serving > 0 ? 200 : 503, "application/json", text, (size_t)n);
}

static const struct eddy_handler metrics_handlers[] = {
	{"metrics", metrics_request}, {"health", health_request}, {NULL, NULL}};

EDDY_MODULE(.name = "metrics", .version = "1", .request = metrics_request,
	    .handlers = metrics_handlers);
