/*
 * The place of one worker number in a generation, held by one child after another.
 *
 *	                  READY: the one before drains
 *	 seat_replace ---------------------------------> the new child has the seat
 *	      +--- it dies or refuses before that: the one before keeps the seat
 *
 * A child that dies in its seat is replaced after its back-off; one that refuses to run (exit 3) is
 * not. A child that is to leave has no seat any more (child->leaving); how it ends is its own affair.
 */
#ifndef EDDY_DAEMON_SEAT_H
#define EDDY_DAEMON_SEAT_H

#include "daemon/backoff.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct child;
struct event;
struct generation;

#define SEAT_KILLS_MAX 200	/* somebody tries it out; more are a loop */
#define SEAT_KILL_ALIVE_MS 1000 /* a child that lived for longer had not just begun */

struct seat {
	struct generation *generation;
	unsigned worker;
	struct child *child;	/* NULL: empty */
	struct child *outgoing; /* leaves when `child` is READY; NULL: nobody does */
	struct backoff backoff;
	unsigned kills;	      /* from outside, in a row, of children that had just begun */
	struct event *refill; /* made when first needed */
	bool refused;	      /* no further try */
};

void seat_init(struct seat *seat, struct generation *generation, unsigned worker);
/* No child is started in it any more, until seat_init. */
void seat_stop(struct seat *seat);

/* Starts a child in it. False, with the sentence of why in `why`. */
bool seat_fill(struct seat *seat, char *why, size_t size);

/* The same of a generation that serves: when it fails, it is logged and tried again later. */
bool seat_fill_now(struct seat *seat, char *why, size_t size);

/* Whether it is empty on purpose: its back-off runs, or nobody is to start in it. */
bool seat_waits(const struct seat *seat);

/* Starts one after so many ms. */
void seat_refill_in(struct seat *seat, unsigned ms);

/*
 * `what` has happened to its child, which lived for alive_ms: says so and when the next one starts,
 * which is after the back-off.
 */
void seat_refill_later(struct seat *seat, uint64_t alive_ms, const char *what);

/* Whether one more child that was killed from outside is worth another at once. */
bool seat_bears_kill(struct seat *seat, uint64_t alive_ms);

/* The same at once, without any effect on the back-off. */
void seat_refill_now(struct seat *seat, const char *what);

/* Its child has refused to run and ended as `how` says: it stays empty, and the log says so. */
void seat_refuse(struct seat *seat, const struct child *child, const char *how);

/* Starts another child, for whom the present one leaves once it is READY. False: see seat_fill. */
bool seat_replace(struct seat *seat, char *why, size_t size);

/* Its child is READY and serves: who was waiting for that leaves. */
void seat_taken_over(struct seat *seat);

/* Its child leaves without having been told to, and has stopped accepting: another one starts. */
void seat_left(struct seat *seat, struct child *child);

/* Those in it leave, for good; it can be filled again. */
void seat_vacate(struct seat *seat);

#endif
