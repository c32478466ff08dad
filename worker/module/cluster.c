/*
 * eddy_cluster_…: messages between the workers of a generation, by way of the master, and what they
 * report of themselves.
 */
#include <stdlib.h>
#include <string.h>

#include "worker.h"

struct topic {
	LIST_ENTRY(topic) link;
	struct eddy_module *module;
	void (*cb)(eddy_str message, void *arg);
	void *arg;
	size_t name_n;
	char name[];
};

int
eddy_cluster_worker_id(void)
{
	return api_here(__func__) ? (int)worker_self->hello.worker : EDDY_ETHREAD;
}

int
eddy_cluster_send(const char *topic, const void *p, size_t n)
{
	size_t topic_n = topic != NULL ? strlen(topic) : 0;
	int error = api_check(topic_n > 0 && (p != NULL || n == 0), __func__);
	struct contract_publish publish = {.worker = worker_self->hello.worker,
					   .topic_size = (uint32_t)topic_n};
	struct iovec parts[] = {{&publish, sizeof(publish)},
				{(void *)(uintptr_t)topic, topic_n},
				{(void *)(uintptr_t)p, n}};

	if (error != 0)
		return error;
	if (n > EDDY_CLUSTER_MESSAGE_MAX || topic_n + n > EDDY_CLUSTER_MESSAGE_MAX)
		return EDDY_ETOOBIG;
	return contract_send(worker_self->link, CONTRACT_PUBLISH, parts, 3, NULL, 0) == 0
		       ? 0
		       : EDDY_EAGAIN;
}

int
eddy_cluster_on(const char *topic, void (*cb)(eddy_str message, void *arg), void *arg)
{
	size_t n = topic != NULL ? strlen(topic) : 0;
	int error = api_check(n > 0 && cb != NULL, __func__);
	struct topic *new, *last;

	if (error != 0)
		return error;
	new = malloc(sizeof(*new) + n);
	if (new == NULL)
		return EDDY_ENOMEM;
	*new = (struct topic){
		.module = worker_self->calls.running, .cb = cb, .arg = arg, .name_n = n};
	memcpy(new->name, topic, n);
	last = LIST_FIRST(&worker_self->topics);
	while (last != NULL && LIST_NEXT(last, link) != NULL)
		last = LIST_NEXT(last, link);
	if (last == NULL)
		LIST_INSERT_HEAD(&worker_self->topics, new, link);
	else
		LIST_INSERT_AFTER(last, new, link);
	return 0;
}

void
cluster_deliver(struct worker *worker, const char *topic, size_t topic_n, eddy_str message)
{
	struct topic *listener;

	LIST_FOREACH(listener, &worker->topics, link) {
		if (listener->name_n != topic_n || memcmp(listener->name, topic, topic_n) != 0)
			continue;
		call_begin(&worker->calls, listener->module, SLOT_CLUSTER, 0);
		listener->cb(message, listener->arg);
		call_end(&worker->calls);
		loop_run_ticks(&worker->loop);
	}
}

void
cluster_fini(struct worker *worker)
{
	struct topic *topic;

	while ((topic = LIST_FIRST(&worker->topics)) != NULL) {
		LIST_REMOVE(topic, link);
		free(topic);
	}
}

/* Workers ------------------------------------------------------------------------- */

static const char *
state_name(uint32_t state)
{
	switch (state) {
	case SLOT_INIT:
		return "INIT";
	case SLOT_READY:
		return "READY";
	case SLOT_ACCEPTING:
		return "ACCEPTING";
	case SLOT_DRAINING:
		return "DRAINING";
	default:
		return NULL;
	}
}

static void
worker_info(const struct slot *slot, const char *state, eddy_worker_info *info)
{
	const eddy_worker_info now = {
		.worker = slot_get(slot->worker),
		.generation = slot_get(slot->generation),
		.pid = (pid_t)slot_get(slot->pid),
		.state = state,
		.uptime = (double)(eddy_process_hrtime() - slot_get(slot->started_ns)) / 1e9,
		.connections = slot_get(slot->connections),
		.idle = slot_get(slot->idle),
		.parked = slot_get(slot->parked),
		.accepted = slot_get(slot->counters.accepted),
		.requests = slot_get(slot->counters.requests),
		.bytes_in = slot_get(slot->counters.bytes_in),
		.bytes_out = slot_get(slot->counters.bytes_out),
		.rss = slot_get(slot->rss_bytes),
		.heap_used = slot_get(slot->heap_used_bytes),
		.cpu_user = slot_get(slot->counters.cpu_user_us),
		.cpu_system = slot_get(slot->counters.cpu_system_us),
		.loop_lag = slot_get(slot->lag_us),
		.loop_lag_max = slot_get(slot->lag_max_us),
		.connections_max = slot_get(slot->connections_max),
		.heap_total = slot_get(slot->heap_total_bytes),
		.fs_threads = slot_get(slot->fs_threads),
		.fs_busy = slot_get(slot->fs_busy),
		.fs_queued = slot_get(slot->fs_queued),
	};
	api_fill(info, &now, sizeof(now));
}

bool
eddy_cluster_workers(size_t i, eddy_worker_info *info)
{
	const size_t least = API_SIZE_TO(eddy_worker_info, loop_lag_max);
	const struct scoreboard *board = &worker_self->board;
	size_t used;

	if (api_check_as(info != NULL && info->size >= least, __func__,
			 API_NO_SIZE(eddy_worker_info)) != 0)
		return false;
	used = slot_get(scoreboard_head(board)->used);
	for (size_t n = 0; n < used && n < board->slots; n++) {
		const struct slot *slot = scoreboard_slot(board, n);
		const char *state = state_name(slot_get(slot->state));

		if (state != NULL && i-- == 0) {
			worker_info(slot, state, info);
			return true;
		}
	}
	return false;
}

/* Totals -------------------------------------------------------------------------- */

static uint32_t
quarantined(const struct quarantine_board *quarantine)
{
	uint32_t n = 0;

	for (size_t i = 0; i < quarantine->routes; i++)
		n += slot_get(quarantine->words[i].state) != QUARANTINE_NONE;
	return n;
}

/* What the workers have done. */
static void
totals_work(eddy_totals *totals, const struct slot_dead *all)
{
	const struct slot_counters *c = &all->counters;

	totals->accepted = slot_get(c->accepted);
	totals->refused = slot_get(c->refused);
	totals->requests = slot_get(c->requests);
	for (size_t i = 0; i < sizeof(totals->responses) / sizeof(totals->responses[0]); i++)
		totals->responses[i] = slot_get(c->responses[i]);
	totals->bytes_in = slot_get(c->bytes_in);
	totals->bytes_out = slot_get(c->bytes_out);
	totals->log_dropped = slot_get(c->log_dropped);
	totals->access_dropped = slot_get(c->access_dropped);
	totals->cpu_user = slot_get(c->cpu_user_us);
	totals->cpu_system = slot_get(c->cpu_system_us);
	totals->loop_turns = slot_get(c->loop_turns);
	for (size_t i = 0; i < EDDY_LOOP_LAGS; i++)
		totals->loop_lags[i] = slot_get(c->lag[i]);
	totals->loop_lag_sum = slot_get(c->lag_sum_us);
	totals->loop_lag_highest = slot_get(all->lag_highest_us);
}

/* What the master has. */
static void
totals_master(eddy_totals *totals, const struct scoreboard_head *head)
{
	totals->generation = slot_get(head->generation);
	totals->version = PACKAGE_VERSION;
	totals->uptime = (double)(eddy_process_hrtime() - slot_get(head->started_ns)) / 1e9;
	totals->started_at = slot_get(head->started_at);
	totals->restarts = slot_get(head->restarts);
	totals->crashes = slot_get(head->crashes);
	totals->reloads = slot_get(head->reloads);
	totals->reloads_failed = slot_get(head->reloads_failed);
	totals->loaded_at = slot_get(head->loaded_at);
	totals->reload_ok = slot_get(head->reload_ok) != 0;
	totals->upgrades = (uint32_t)slot_get(head->upgrades);
}

_Static_assert(EDDY_LOOP_LAGS == SLOT_LAG_BUCKETS, "modules see all buckets");

int
eddy_cluster_totals(eddy_totals *totals)
{
	const size_t least = API_SIZE_TO(eddy_totals, quarantined);
	eddy_totals now = {0};
	struct slot_dead all;
	int error = api_check_as(totals != NULL && totals->size >= least, __func__,
				 API_NO_SIZE(eddy_totals));

	if (error != 0)
		return error;
	scoreboard_total(&worker_self->board, &all);
	totals_work(&now, &all);
	totals_master(&now, scoreboard_head(&worker_self->board));
	now.quarantined = quarantined(&worker_self->quarantine);
	api_fill(totals, &now, sizeof(now));
	return 0;
}
