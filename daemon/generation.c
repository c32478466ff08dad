/*
 * The workers of one conf, together with that conf and its listeners.
 */
#include "daemon/generation.h"
#include "daemon/clock.h"
#include "daemon/master.h"
#include "daemon/reload.h"
#include "daemon/reopen.h"
#include "daemon/workers.h"

#include <event2/event.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define HOW_BYTES 512

/* life --------------------------------------------------------------------------------------- */

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct generation *generation = arg;

	(void)fd;
	(void)what;
	generation_kill(generation, generation->hurried
					    ? "it had not finished when it was told to"
					    : "it had not drained within drain_timeout");
}

/* Room for the most there can be: events hold on to seats, which must not move. */
static int
seats_make(struct generation *generation, unsigned n)
{
	generation->seats = calloc(CONF_WORKERS_MAX, sizeof(*generation->seats));
	if (!generation->seats)
		return -1;
	generation->nseats = n;
	for (unsigned i = 0; i < CONF_WORKERS_MAX; i++)
		seat_init(&generation->seats[i], generation, i);
	return 0;
}

static void
seats_stop(struct generation *generation)
{
	for (unsigned i = 0; generation->seats && i < CONF_WORKERS_MAX; i++)
		seat_stop(&generation->seats[i]);
}

struct generation *
generation_new(struct master *master, unsigned number, struct conf *conf, int snapshot)
{
	struct generation *generation = calloc(1, sizeof(*generation));

	if (!generation) {
		conf_free(conf);
		close(snapshot);
		return NULL;
	}
	TAILQ_INIT(&generation->children);
	generation->master = master;
	generation->number = number;
	generation->conf = conf;
	generation->snapshot = snapshot;
	generation->log_fd = -1;
	generation->quarantine.fd = -1;
	generation->check = master->options->check;
	generation->deadline = evtimer_new(master->base, on_deadline, generation);
	TAILQ_INSERT_HEAD(&master->generations, generation, entry);
	if (!generation->deadline || seats_make(generation, conf->workers) < 0 ||
	    quarantine_init(&generation->quarantine, generation, -1) < 0) {
		generation_free(generation);
		return NULL;
	}
	return generation;
}

void
generation_free(struct generation *generation)
{
	struct child *child;

	TAILQ_REMOVE(&generation->master->generations, generation, entry);
	seats_stop(generation);
	while ((child = TAILQ_FIRST(&generation->children))) {
		TAILQ_REMOVE(&generation->children, child, entry);
		child_free(child);
	}
	if (generation->deadline)
		event_free(generation->deadline);
	listener_set_close(&generation->listeners);
	identity_fini(&generation->identity);
	quarantine_fini(&generation->quarantine);
	generation_log_set(generation, -1);
	conf_free(generation->conf);
	close(generation->snapshot);
	free(generation->seats);
	free(generation);
}

void
generation_log_set(struct generation *generation, int fd)
{
	if (generation->log_fd >= 0)
		close(generation->log_fd);
	generation->log_fd = fd;
}

size_t
generation_count(const struct generation *generation, enum child_state state)
{
	const struct child *child;
	size_t n = 0;

	TAILQ_FOREACH(child, &generation->children, entry)
		n += child->state == state;
	return n;
}

/*
 * The canary alone; then as many at a time as neither start a stampede nor reach the kernel's limit
 * of descriptors that are on their way in messages nobody has read yet.
 */
static void
candidate_fill(struct generation *generation)
{
	unsigned most = generation_count(generation, CHILD_READY) ? GENERATION_STARTING_MAX : 1;
	char why[HOW_BYTES], text[HOW_BYTES + 64];

	while (generation->started < generation->nseats &&
	       generation_count(generation, CHILD_INIT) < most) {
		if (seat_fill(&generation->seats[generation->started++], why, sizeof(why)))
			continue;
		snprintf(text, sizeof(text), "worker %u could not be started: %s",
			 generation->started - 1, why);
		reload_candidate_failed(generation, EX_SOFTWARE, text);
		return;
	}
}

void
generation_start(struct generation *generation)
{
	candidate_fill(generation);
}

void
generation_run(struct generation *generation)
{
	struct child *child;

	generation->state = GENERATION_RUNNING;
	TAILQ_FOREACH(child, &generation->children, entry)
		child_accept(child);
}

void
generation_kill(struct generation *generation, const char *reason)
{
	struct child *child;

	TAILQ_FOREACH(child, &generation->children, entry)
		child_kill(child, reason);
	generation->killed = true;
}

/* With its last worker gone, a generation that is not wanted any more goes too. */
static void
generation_leave(struct generation *generation)
{
	bool over =
		generation->state == GENERATION_DRAINING || generation->state == GENERATION_FAILED;

	if (over)
		reload_left(generation);
	if (over && TAILQ_EMPTY(&generation->children))
		master_generation_gone(generation);
}

void
generation_drain(struct generation *generation)
{
	struct child *child;

	generation->state = GENERATION_DRAINING;
	seats_stop(generation);
	listener_set_close(&generation->listeners);
	if (generation->conf->drain_timeout_ms)
		timer_set(generation->deadline,
			  generation->conf->drain_timeout_ms + GENERATION_DRAIN_GRACE_MS);
	TAILQ_FOREACH(child, &generation->children, entry) {
		if (child->state == CHILD_INIT)
			child_kill(child, "its generation is leaving, and it was not ready yet");
		else if (!child->leaving)
			child_drain(child);
	}
	workers_abandon(generation->master, generation->master->running == generation
						    ? "eddyd is stopping"
						    : "a reload has come first, and its conf says "
						      "how many workers there are");
	generation_leave(generation);
}

void
generation_hurry(struct generation *generation)
{
	struct child *child;

	if (generation->hurried || generation->killed)
		return;
	generation->hurried = true;
	timer_set(generation->deadline, GENERATION_HURRY_MS);
	TAILQ_FOREACH(child, &generation->children, entry)
		child_hurry(child);
}

void
generation_fail(struct generation *generation)
{
	generation->state = GENERATION_FAILED;
	seats_stop(generation);
	listener_set_close(&generation->listeners);
	generation_kill(generation, "its generation was given up");
	generation_leave(generation);
}

/* from the child ----------------------------------------------------------------------------- */

/* The next of many workers may start; or they are all there. */
static void
running_look(struct generation *generation)
{
	char why[WORKERS_WHY_BYTES];

	if (workers_fill(generation, why) < 0)
		workers_abandon(generation->master, why);
	workers_look(generation->master);
}

void
generation_child_ready(struct child *child)
{
	struct generation *generation = child->generation;

	if (generation->state == GENERATION_RUNNING) {
		child_accept(child);
		seat_taken_over(&generation->seats[child->worker]);
		running_look(generation);
		return;
	}
	if (generation->state != GENERATION_CANDIDATE || generation->check)
		return;
	candidate_fill(generation);
	if (generation->state == GENERATION_CANDIDATE &&
	    generation_count(generation, CHILD_READY) == generation->nseats)
		reload_candidate_ready(generation);
}

void
generation_child_stopped(struct child *child)
{
	struct generation *generation = child->generation;
	struct seat *seat = &generation->seats[child->worker];
	char text[128];

	if (generation->state == GENERATION_CANDIDATE && !child->reaped) {
		snprintf(text, sizeof(text),
			 "worker %u (pid %d) has been told to leave (SIGTERM, SIGQUIT or "
			 "eddy_process_exit) before it could serve",
			 child->worker, (int)child->pid);
		reload_candidate_failed(generation, EX_SOFTWARE, text);
		return;
	}
	if (generation->state == GENERATION_RUNNING && !child->leaving) {
		if (seat->outgoing == child)
			seat_taken_over(seat);
		else if (seat->child == child)
			seat_left(seat, child);
	}
	reload_left(generation);
	workers_stopped(child);
}

bool
generation_accepts(const struct generation *generation)
{
	const struct child *child;

	TAILQ_FOREACH(child, &generation->children, entry)
		if (!child->stopped)
			return true;
	return false;
}

static bool
status_is(int status, int code)
{
	return WIFEXITED(status) && WEXITSTATUS(status) == code;
}

static void
candidate_died(struct child *child, int status, const char *how)
{
	struct generation *generation = child->generation;
	bool refused = child->refusal || status_is(status, CONTRACT_EXIT_REFUSED) ||
		       child->died_in == SLOT_LOAD;
	char text[HOW_BYTES + 64];

	if (generation->check && child->was_ready && status_is(status, CONTRACT_EXIT_DRAINED)) {
		reload_candidate_ready(generation);
		return;
	}
	if (!child->refusal)
		snprintf(text, sizeof(text), "worker %u (pid %d) %s before it could serve",
			 child->worker, (int)child->pid, how);
	reload_candidate_failed(generation, refused ? EX_CONFIG : EX_SOFTWARE,
				child->refusal ? child->refusal : text);
}

static void
crash_count(const struct child *child)
{
	slot_add(slots_head(&child->master->slots)->crashes, 1);
}

static void
leaving_died(const struct child *child, int status, const char *how)
{
	const struct generation *generation = child->generation;
	struct log *log = &generation->master->log;

	if (child->killed_for && !child->was_ready)
		log_info(log, "worker %u (pid %d, generation %u) %s", child->worker,
			 (int)child->pid, generation->number, how);
	else if (status_is(status, CONTRACT_EXIT_DRAINED) && child->died_in == SLOT_IDLE)
		log_info(log, "worker %u (pid %d, generation %u) has drained", child->worker,
			 (int)child->pid, generation->number);
	else {
		if (!child->killed_for)
			crash_count(child);
		log_warning(log, "worker %u (pid %d, generation %u, draining) %s", child->worker,
			    (int)child->pid, generation->number, how);
	}
}

/* What was to take the seat has died instead. */
static void
replacement_died(struct seat *seat, const struct child *child, const char *how)
{
	char text[HOW_BYTES + 64];

	if (child->refusal)
		snprintf(text, sizeof(text), "the next one refuses to run: %s", child->refusal);
	else
		snprintf(text, sizeof(text), "the next one (pid %d) %s before it could serve",
			 (int)child->pid, how);
	seat->child = seat->outgoing;
	seat->outgoing = NULL;
	workers_kept(seat->child, text);
}

/*
 * Whether somebody has killed it from outside, not in a call that may have brought that about: by
 * taking all the memory, say. What may happen again at once, the back-off is for; this is not it.
 */
static bool
killed_outside(const struct child *child, int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && !child->killed_for &&
	       child->was_ready && child->died_in == SLOT_IDLE;
}

static void
seated_died(struct seat *seat, const struct child *child, int status, const char *how)
{
	char text[HOW_BYTES + 64];

	if (!child->was_ready && status_is(status, CONTRACT_EXIT_REFUSED)) {
		seat_refuse(seat, child, how);
		snprintf(text, sizeof(text), "worker %u refuses to run: %s%s", child->worker,
			 child->refusal ? "" : "it ", child->refusal ? child->refusal : how);
	} else {
		crash_count(child);
		snprintf(text, sizeof(text), "worker %u (pid %d, generation %u) %s", child->worker,
			 (int)child->pid, child->generation->number, how);
		if (killed_outside(child, status) && seat_bears_kill(seat, child_age_ms(child)))
			seat_refill_now(seat, text);
		else
			seat_refill_later(seat, child_age_ms(child), text);
	}
	if (!child->was_ready)
		workers_abandon(child->master, text);
}

static void
running_died(struct child *child, struct seat *seat, int status, const char *how)
{
	if (child->leaving || seat->outgoing == child) {
		leaving_died(child, status, how);
	} else if (seat->outgoing) {
		replacement_died(seat, child, how);
	} else {
		seated_died(seat, child, status, how);
	}
}

void
generation_child_died(struct child *child, int status)
{
	struct generation *generation = child->generation;
	struct seat *seat = &generation->seats[child->worker];
	struct log *log = &child->master->log;
	struct log_about about;
	char how[HOW_BYTES];

	child_about(child, &about);
	log->about = &about;
	child_reap(child, status, how, sizeof(how));
	switch (generation->state) {
	case GENERATION_CANDIDATE:
		candidate_died(child, status, how);
		break;
	case GENERATION_RUNNING:
		running_died(child, seat, status, how);
		break;
	case GENERATION_DRAINING:
		leaving_died(child, status, how);
		break;
	case GENERATION_FAILED:
		break;
	}
	log->about = NULL;
	if (seat->child == child)
		seat->child = NULL;
	if (seat->outgoing == child)
		seat->outgoing = NULL;
	TAILQ_REMOVE(&generation->children, child, entry);
	workers_stopped(child);
	reopen_look(child->master);
	child_free(child);
	generation_leave(generation);
}
