/*
 * How many workers serve; see workers.h.
 */
#include "daemon/workers.h"
#include "daemon/child.h"
#include "daemon/generation.h"
#include "daemon/human.h"
#include "daemon/master.h"
#include "daemon/seat.h"
#include "daemon/status.h"

#include <jansson.h>
#include <stdio.h>

/* who waits ---------------------------------------------------------------------------------- */

static void
tell_failure(struct master *master, enum control_wait wait, unsigned id, const char *why)
{
	control_tell(&master->control, wait, id,
		     json_pack("{s:b, s:o}", "ok", 0, "error", status_text_json(why)));
}

/* Those that leave count until they have stopped accepting. */
static bool
workers_settled(const struct generation *generation)
{
	const struct child *child;

	for (unsigned i = 0; i < generation->nseats; i++)
		if (!generation->seats[i].child ||
		    generation->seats[i].child->state != CHILD_ACCEPTING)
			return false;
	TAILQ_FOREACH(child, &generation->children, entry)
		if (child->leaving && !child->stopped)
			return false;
	return true;
}

void
workers_look(struct master *master)
{
	const struct generation *running = master->running;

	if (running && workers_settled(running))
		control_tell(&master->control, CONTROL_WORKERS, CONTROL_ANY,
			     json_pack("{s:b, s:i}", "ok", 1, "workers", (int)running->nseats));
}

void
workers_stopped(const struct child *child)
{
	const struct generation *running = child->master->running;
	const struct child *next = NULL;

	if (running && child->worker < running->nseats)
		next = running->seats[child->worker].child;
	control_tell(&child->master->control, CONTROL_DRAIN, (unsigned)child->pid,
		     json_pack("{s:b, s:i, s:i, s:o*}", "ok", 1, "worker", (int)child->worker,
			       "pid", (int)child->pid, "next",
			       next ? json_integer(next->pid) : NULL));
	workers_look(child->master);
}

void
workers_failed(const struct child *child, const char *why)
{
	tell_failure(child->master, CONTROL_WORKERS, CONTROL_ANY, why);
}

void
workers_abandon(struct master *master, const char *why)
{
	tell_failure(master, CONTROL_WORKERS, CONTROL_ANY, why);
}

/* how many ----------------------------------------------------------------------------------- */

static int
master_may_change(const struct master *master, char *why)
{
	switch (master->state) {
	case MASTER_RUNNING:
		return 0;
	case MASTER_STARTING:
		snprintf(why, WORKERS_WHY_BYTES, "eddyd is still starting");
		return -1;
	case MASTER_RELOADING:
		snprintf(why, WORKERS_WHY_BYTES,
			 "a reload is running, and its conf says how many workers there are");
		return -1;
	default:
		snprintf(why, WORKERS_WHY_BYTES, "eddyd is stopping");
		return -1;
	}
}

/* A worker that has refused would do so again. */
static int
seats_check(const struct generation *generation, unsigned n, char *why)
{
	for (unsigned i = 0; i < n && i < generation->nseats; i++) {
		if (!generation->seats[i].refused)
			continue;
		snprintf(why, WORKERS_WHY_BYTES,
			 "worker %u refuses to run, and stays away until the next reload", i);
		return -1;
	}
	return 0;
}

int
workers_fill(struct generation *generation, char *why)
{
	char text[WORKERS_WHY_BYTES / 2];

	for (unsigned i = 0; i < generation->nseats; i++) {
		struct seat *seat = &generation->seats[i];

		if (seat->child || seat_waits(seat))
			continue;
		if (generation_count(generation, CHILD_INIT) >= GENERATION_STARTING_MAX)
			return 0;
		if (seat_fill_now(seat, text, sizeof(text)))
			continue;
		snprintf(why, WORKERS_WHY_BYTES, "worker %u could not be started: %s", i, text);
		return -1;
	}
	return 0;
}

int
workers_set(struct master *master, unsigned n, const char *who, char *why)
{
	struct generation *generation = master->running;

	if (master_may_change(master, why) < 0)
		return -1;
	if (n < 1 || n > CONF_WORKERS_MAX) {
		snprintf(why, WORKERS_WHY_BYTES, "there can be 1 to %d workers, not %u",
			 CONF_WORKERS_MAX, n);
		return -1;
	}
	if (seats_check(generation, n, why) < 0)
		return -1;
	workers_abandon(master, "another number of workers was asked for meanwhile");
	if (n != generation->nseats)
		log_notice(&master->log,
			   "%u worker%s until the next reload, instead of %u, asked for by %s", n,
			   human_s(n), generation->nseats, who);
	while (generation->nseats > n)
		seat_vacate(&generation->seats[--generation->nseats]);
	generation->nseats = n;
	return workers_fill(generation, why);
}

void
workers_step(struct master *master, int step, const char *who)
{
	unsigned n = master->running ? master->running->nseats : 0;
	char why[WORKERS_WHY_BYTES];

	if (workers_set(master, step < 0 ? n - 1 : n + 1, who, why) < 0)
		log_notice(&master->log, "%s: %s", who, why);
}

/* which leaves ------------------------------------------------------------------------------- */

static void
unknown_explain(const struct master *master, pid_t pid, char *why)
{
	const struct generation *generation;
	const struct child *child;
	const char *before = "";
	size_t used = (size_t)snprintf(why, WORKERS_WHY_BYTES,
				       "no worker has the pid %d; there are ", (int)pid);

	TAILQ_FOREACH(generation, &master->generations, entry)
		TAILQ_FOREACH(child, &generation->children, entry) {
			if (used >= WORKERS_WHY_BYTES)
				return;
			used += (size_t)snprintf(why + used, WORKERS_WHY_BYTES - used,
						 "%s%d (worker %u)", before, (int)child->pid,
						 child->worker);
			before = ", ";
		}
	if (!*before)
		snprintf(why + used, WORKERS_WHY_BYTES - used, "none");
}

/* 0, or -1: it is none that another could take the place of. */
static int
drain_check(const struct child *child, char *why)
{
	const struct generation *generation = child->generation;
	const struct seat *seat = &generation->seats[child->worker];

	if (child->leaving || generation->state == GENERATION_DRAINING || seat->outgoing == child)
		snprintf(why, WORKERS_WHY_BYTES, "worker %u (pid %d) is leaving already",
			 child->worker, (int)child->pid);
	else if (generation->state != GENERATION_RUNNING || child->state != CHILD_ACCEPTING)
		snprintf(why, WORKERS_WHY_BYTES, "worker %u (pid %d) does not serve yet",
			 child->worker, (int)child->pid);
	else
		return 0;
	return -1;
}

int
workers_drain(struct master *master, pid_t pid, char *why)
{
	struct child *child = master_child(master, pid);
	char text[WORKERS_WHY_BYTES / 2];

	if (!child) {
		unknown_explain(master, pid, why);
		return -1;
	}
	if (drain_check(child, why) < 0)
		return -1;
	log_notice(&master->log, "worker %u (pid %d) is to be replaced, asked for by eddyctl",
		   child->worker, (int)pid);
	if (seat_replace(&child->generation->seats[child->worker], text, sizeof(text)))
		return 0;
	snprintf(why, WORKERS_WHY_BYTES, "worker %u (pid %d) goes on: none can be started: %s",
		 child->worker, (int)pid, text);
	return -1;
}

void
workers_kept(const struct child *child, const char *why)
{
	char text[WORKERS_WHY_BYTES];

	snprintf(text, sizeof(text), "worker %u (pid %d) goes on: %s", child->worker,
		 (int)child->pid, why);
	log_error(&child->master->log, "%s", text);
	tell_failure(child->master, CONTROL_DRAIN, (unsigned)child->pid, text);
}

void
workers_replace(struct child *child)
{
	struct master *master = child->master;
	char why[WORKERS_WHY_BYTES], text[WORKERS_WHY_BYTES / 2];

	if (drain_check(child, why) < 0)
		return;
	log_notice(&master->log, "worker %u (pid %d) is to be replaced, asked for by its module",
		   child->worker, (int)child->pid);
	if (seat_replace(&child->generation->seats[child->worker], text, sizeof(text))) {
		slot_add(slots_head(&master->slots)->restarts, 1);
	} else {
		snprintf(why, sizeof(why), "none can be started: %s", text);
		workers_kept(child, why);
	}
}
