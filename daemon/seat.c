/*
 * The place of one worker number in a generation; see seat.h.
 */
#include "daemon/seat.h"
#include "daemon/child.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/master.h"

#include <event2/event.h>

#include <stdio.h>
#include <sys/random.h>

#define HOW_BYTES 512

void
seat_init(struct seat *seat, struct generation *generation, unsigned worker)
{
	*seat = (struct seat){.generation = generation, .worker = worker};
}

void
seat_stop(struct seat *seat)
{
	if (seat->refill)
		event_free(seat->refill);
	seat->refill = NULL;
}

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

bool
seat_fill(struct seat *seat, char *why, size_t size)
{
	struct generation *generation = seat->generation;

	seat->child = child_start(generation, seat->worker, why, size);
	if (seat->child)
		child_list_add(&generation->children, seat->child);
	return seat->child != NULL;
}

bool
seat_waits(const struct seat *seat)
{
	return seat->refused || (seat->refill && event_pending(seat->refill, EV_TIMEOUT, NULL));
}

static void on_refill(evutil_socket_t fd, short what, void *arg);

void
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

static unsigned
seat_pause_ms(struct seat *seat, uint64_t alive_ms)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)clock_now_ns();
	return backoff_next(&seat->backoff, alive_ms, random);
}

static void
restart_count(const struct seat *seat)
{
	slot_add(slots_head(&seat->generation->master->slots)->restarts, 1);
}

void
seat_refill_later(struct seat *seat, uint64_t alive_ms, const char *what)
{
	struct log *log = &seat->generation->master->log;
	unsigned ms = seat_pause_ms(seat, alive_ms);

	if (ms)
		log_error(log, "%s; starting it again in %u ms", what, ms);
	else
		log_error(log, "%s; starting it again", what);
	restart_count(seat);
	seat_refill_in(seat, ms);
}

bool
seat_bears_kill(struct seat *seat, uint64_t alive_ms)
{
	seat->kills = alive_ms < SEAT_KILL_ALIVE_MS ? seat->kills + 1 : 0;
	return seat->kills < SEAT_KILLS_MAX;
}

void
seat_refill_now(struct seat *seat, const char *what)
{
	log_error(&seat->generation->master->log, "%s; starting it again", what);
	restart_count(seat);
	seat_refill_in(seat, 0);
}

bool
seat_fill_now(struct seat *seat, char *why, size_t size)
{
	char text[HOW_BYTES + 64];

	if (seat_fill(seat, why, size))
		return true;
	snprintf(text, sizeof(text), "worker %u could not be started: %s", seat->worker, why);
	seat_refill_later(seat, 0, text);
	return false;
}

static void
on_refill(evutil_socket_t fd, short what, void *arg)
{
	struct seat *seat = arg;
	char why[HOW_BYTES];

	(void)fd;
	(void)what;
	if (seat->generation->state == GENERATION_RUNNING && !seat->child)
		seat_fill_now(seat, why, sizeof(why));
}

static bool
seats_all_refused(const struct generation *generation)
{
	for (unsigned i = 0; i < generation->nseats; i++)
		if (!generation->seats[i].refused)
			return false;
	return true;
}

void
seat_refuse(struct seat *seat, const struct child *child, const char *how)
{
	struct generation *generation = seat->generation;
	struct log *log = &generation->master->log;

	seat->refused = true;
	log_error(log,
		  "worker %u (pid %d) refuses to run: %s%s; it stays away until the next reload",
		  child->worker, (int)child->pid, child->refusal ? "" : "it ",
		  child->refusal ? child->refusal : how);
	if (seats_all_refused(generation))
		log_write(log, LOG_CRIT,
			  "no worker of generation %u is left: nothing is served until a reload "
			  "succeeds",
			  generation->number);
}

bool
seat_replace(struct seat *seat, char *why, size_t size)
{
	struct child *child = seat->child;

	seat->outgoing = child;
	if (seat_fill(seat, why, size))
		return true;
	seat->outgoing = NULL;
	seat->child = child;
	return false;
}

void
seat_taken_over(struct seat *seat)
{
	struct child *outgoing = seat->outgoing;

	seat->outgoing = NULL;
	if (outgoing)
		child_leave(outgoing);
}

void
seat_left(struct seat *seat, struct child *child)
{
	struct log *log = &child->master->log;
	/* One whose module sends it a TERM would do nothing else. */
	unsigned ms = seat_pause_ms(seat, child_age_ms(child));

	if (ms)
		log_notice(log, "worker %u (pid %d) drains unasked; starting another in %u ms",
			   child->worker, (int)child->pid, ms);
	else
		log_notice(log, "worker %u (pid %d) drains unasked; starting another",
			   child->worker, (int)child->pid);
	child_leave(child);
	seat->child = NULL;
	restart_count(seat);
	seat_refill_in(seat, ms);
}

void
seat_vacate(struct seat *seat)
{
	seat_stop(seat);
	if (seat->child)
		child_leave(seat->child);
	if (seat->outgoing)
		child_leave(seat->outgoing);
	seat_init(seat, seat->generation, seat->worker);
}
