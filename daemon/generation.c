/*
 * The workers of one conf, together with that conf and its listeners.
 */
#include "daemon/generation.h"
#include "daemon/clock.h"
#include "daemon/master.h"
#include "daemon/reload.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define HOW_BYTES 512
#define STARTING_MAX 16 /* workers of a candidate that are not READY yet */

/* seats -------------------------------------------------------------------------------------- */

/* In the order of their numbers, as people like to read them. */
static void
child_list_add(struct child_list *children, struct child *child)
{
	struct child *next;

	TAILQ_FOREACH(next, children, entry)
		if (next->worker > child->worker)
			break;
	if (next)
		TAILQ_INSERT_BEFORE(next, child, entry);
	else
		TAILQ_INSERT_TAIL(children, child, entry);
}

static bool
seat_fill(struct seat *seat, char *why, size_t size)
{
	struct generation *generation = seat->generation;

	seat->child = child_start(generation, seat->worker, why, size);
	if (seat->child)
		child_list_add(&generation->children, seat->child);
	return seat->child != NULL;
}

static void seat_refill_later(struct seat *seat, uint64_t alive_ms, const char *what);

static void
on_refill(evutil_socket_t fd, short what, void *arg)
{
	struct seat *seat = arg;
	char why[HOW_BYTES], text[HOW_BYTES + 64];

	(void)fd;
	(void)what;
	if (seat->generation->state != GENERATION_RUNNING || seat->child ||
	    seat_fill(seat, why, sizeof(why)))
		return;
	snprintf(text, sizeof(text), "worker %u could not be started: %s", seat->worker, why);
	seat_refill_later(seat, 0, text);
}

static void
seat_refill_in(struct seat *seat, unsigned ms)
{
	if (!seat->refill)
		seat->refill = evtimer_new(seat->generation->master->base, on_refill, seat);
	if (seat->refill)
		timer_set(seat->refill, ms);
	else
		log_error(&seat->generation->master->log,
			  "no memory: worker %u stays away until the next reload", seat->worker);
}

/* `what` has happened to the worker of this seat: says so and when the next one starts. */
static void
seat_refill_later(struct seat *seat, uint64_t alive_ms, const char *what)
{
	struct log *log = &seat->generation->master->log;
	uint32_t random = 0;
	unsigned ms;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)clock_now_ns();
	ms = backoff_next(&seat->backoff, alive_ms, random);
	if (ms)
		log_error(log, "%s; starting it again in %u ms", what, ms);
	else
		log_error(log, "%s; starting it again", what);
	seat->generation->master->restarts++;
	seat_refill_in(seat, ms);
}

static bool
seats_all_refused(const struct generation *generation)
{
	for (unsigned i = 0; i < generation->nseats; i++)
		if (!generation->seats[i].refused)
			return false;
	return true;
}

static void
seat_refuse(struct seat *seat, const struct child *child)
{
	struct generation *generation = seat->generation;
	struct log *log = &generation->master->log;

	seat->refused = true;
	log_error(log, "worker %u (pid %d) refuses to run%s%s; it stays away until the next reload",
		  child->worker, (int)child->pid, child->refusal ? ": " : "",
		  child->refusal ? child->refusal : "");
	if (seats_all_refused(generation))
		log_write(log, LOG_CRIT,
			  "no worker of generation %u is left: nothing is served until a reload "
			  "succeeds",
			  generation->number);
}

static void
seats_stop(struct generation *generation)
{
	for (unsigned i = 0; i < generation->nseats; i++) {
		if (generation->seats[i].refill)
			event_free(generation->seats[i].refill);
		generation->seats[i].refill = NULL;
	}
}

/* life --------------------------------------------------------------------------------------- */

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct generation *generation = arg;

	(void)fd;
	(void)what;
	generation_kill(generation, "it had not drained within drain_timeout");
}

static int
seats_make(struct generation *generation, unsigned n)
{
	generation->seats = calloc(n, sizeof(*generation->seats));
	if (!generation->seats)
		return -1;
	generation->nseats = n;
	for (unsigned i = 0; i < n; i++) {
		generation->seats[i].generation = generation;
		generation->seats[i].worker = i;
	}
	return 0;
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
	generation->check = master->options->check;
	generation->deadline = evtimer_new(master->base, on_deadline, generation);
	TAILQ_INSERT_HEAD(&master->generations, generation, entry);
	if (!generation->deadline || seats_make(generation, conf->workers) < 0) {
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
	unsigned most = generation_count(generation, CHILD_READY) ? STARTING_MAX : 1;
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
	timer_set(generation->deadline,
		  generation->conf->drain_timeout_ms + GENERATION_DRAIN_GRACE_MS);
	TAILQ_FOREACH(child, &generation->children, entry) {
		if (child->state == CHILD_INIT)
			child_kill(child, "its generation is leaving, and it was not ready yet");
		else
			child_drain(child);
	}
	generation_leave(generation);
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

void
generation_child_ready(struct child *child)
{
	struct generation *generation = child->generation;

	if (generation->state == GENERATION_RUNNING) {
		child_accept(child);
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
	reload_left(child->generation);
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
	bool refused = child->refusal || status_is(status, CONTRACT_EXIT_REFUSED);
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
running_died(struct child *child, int status, const char *how)
{
	struct generation *generation = child->generation;
	struct seat *seat = &generation->seats[child->worker];
	char text[HOW_BYTES + 64];

	if (!child->was_ready && status_is(status, CONTRACT_EXIT_REFUSED)) {
		seat_refuse(seat, child);
	} else if (child->drained && status_is(status, CONTRACT_EXIT_DRAINED)) {
		log_notice(&generation->master->log,
			   "worker %u (pid %d) has drained unasked; starting another",
			   child->worker, (int)child->pid);
		generation->master->restarts++;
		seat_refill_in(seat, 0);
	} else {
		snprintf(text, sizeof(text), "worker %u (pid %d, generation %u) %s", child->worker,
			 (int)child->pid, generation->number, how);
		seat_refill_later(seat, child_age_ms(child), text);
	}
}

static void
leaving_died(const struct child *child, int status, const char *how)
{
	const struct generation *generation = child->generation;
	struct log *log = &generation->master->log;

	if (status_is(status, CONTRACT_EXIT_DRAINED))
		log_info(log, "worker %u (pid %d, generation %u) has drained", child->worker,
			 (int)child->pid, generation->number);
	else
		log_warning(log, "worker %u (pid %d, generation %u, draining) %s", child->worker,
			    (int)child->pid, generation->number, how);
}

void
generation_child_died(struct child *child, int status)
{
	struct generation *generation = child->generation;
	struct seat *seat = &generation->seats[child->worker];
	char how[HOW_BYTES];

	child_reap(child, status, how, sizeof(how));
	if (seat->child == child)
		seat->child = NULL;
	switch (generation->state) {
	case GENERATION_CANDIDATE:
		candidate_died(child, status, how);
		break;
	case GENERATION_RUNNING:
		running_died(child, status, how);
		break;
	case GENERATION_DRAINING:
		leaving_died(child, status, how);
		break;
	case GENERATION_FAILED:
		break;
	}
	TAILQ_REMOVE(&generation->children, child, entry);
	child_free(child);
	generation_leave(generation);
}
