/*
 * Workers that serve nobody; see hang.h.
 */
#include "daemon/hang.h"
#include "daemon/backtrace.h"
#include "daemon/blame.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/master.h"
#include "daemon/proc.h"

#include <event2/event.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLAME_BYTES 384
#define SOON_MS (HANG_SLOW_MS + 5) /* to the next look at a call: so it is named within 0.5 s */

/* what moves --------------------------------------------------------------------------------- */

static void
standstill_restart(struct standstill *still, uint64_t now_ns)
{
	still->before_ns = still->seen_ns = now_ns;
}

/* How long the mark has been what it is now, in milliseconds of the worker's own. */
static uint64_t
standstill_ms(struct standstill *still, uint64_t mark, pid_t pid, uint64_t before_ns,
	      uint64_t now_ns)
{
	uint64_t waited_ns, still_ns = now_ns - still->seen_ns;

	if (mark == 0 || mark != still->mark) {
		*still = (struct standstill){mark, before_ns, now_ns, 0};
		if (mark != 0)
			still->waited_ns = proc_waited_ns(pid);
		return 0;
	}
	if (still_ns < HANG_SLOW_MS * NS_PER_MS)
		return 0;
	waited_ns = proc_waited_ns(pid) - still->waited_ns;
	return waited_ns < still_ns ? (still_ns - waited_ns) / NS_PER_MS : 0;
}

/* A call that runs, told from all before it; 0: none runs. */
static uint64_t
call_mark(const struct slot *slot)
{
	if (slot_get(slot->callback) == SLOT_IDLE)
		return 0;
	return 1ull << 32 | slot_get(slot->calls);
}

/* in words ----------------------------------------------------------------------------------- */

/* A loop that does not turn may be between two of many short calls: the last one is worth a word. */
static void
blamed_set(struct child *child, const struct slot *slot)
{
	const struct conf *conf = child->generation->conf;
	uint32_t module = slot_get(slot->module);
	char text[BLAME_BYTES];

	blame_format(slot, conf, 0, text, sizeof(text));
	if (!child->hang.by_call && module && module <= conf->nmodules)
		snprintf(text, sizeof(text),
			 ": its loop does not turn, and the last call went to module \"%s\"",
			 conf->modules[module - 1].name);
	else if (!text[0])
		snprintf(text, sizeof(text), ": its loop does not turn");
	free(child->hang.blamed);
	child->hang.blamed = strdup(text);
}

static const char *
blamed_get(const struct hang *hang)
{
	return hang->blamed ? hang->blamed : "";
}

static double
seconds_blocked(const struct hang *hang, uint64_t now_ns)
{
	return now_ns > hang->since_ns ? (double)(now_ns - hang->since_ns) / 1e9 : 0;
}

#define WORKER "worker %u (pid %d, generation %u) "
#define OF(child) (child)->worker, (int)(child)->pid, (child)->generation->number

/* stages ------------------------------------------------------------------------------------- */

/*
 * When it began: between two looks, and not before the turn of the loop that it is in, which the
 * worker has noted.
 */
static void
since_set(struct hang *hang, const struct slot *slot)
{
	uint64_t turn_ns = slot_get(slot->since_ns);

	hang->since_ns = hang->by_call ? hang->call.before_ns : hang->loop.before_ns;
	if (hang->by_call && turn_ns > hang->since_ns && turn_ns < hang->call.seen_ns)
		hang->since_ns = turn_ns;
}

static void
hang_begin(struct child *child, const struct slot *slot, bool by_call)
{
	if (child->hang.stage != HANG_FINE)
		return;
	child->hang.by_call = by_call;
	since_set(&child->hang, slot);
	blamed_set(child, slot);
}

static void
hang_slow(struct child *child, uint64_t now_ns)
{
	child->hang.stage = HANG_SLOW;
	log_warning(&child->master->log, WORKER "is blocked for %.1f s%s", OF(child),
		    seconds_blocked(&child->hang, now_ns), blamed_get(&child->hang));
}

static void
hang_trace(struct child *child, uint64_t now_ns)
{
	bool follows = backtrace_ask(child, true) == 0;

	child->hang.stage = HANG_TRACED;
	log_warning(&child->master->log, WORKER "is blocked for %.1f s%s%s", OF(child),
		    seconds_blocked(&child->hang, now_ns), blamed_get(&child->hang),
		    follows ? "; a backtrace follows" : "");
}

static void
hang_abort(struct child *child, uint64_t now_ns)
{
	log_error(&child->master->log,
		  WORKER "is blocked for %.1f s%s, which is longer than hang_timeout: ending it",
		  OF(child), seconds_blocked(&child->hang, now_ns), blamed_get(&child->hang));
	child->hang.stage = HANG_ABORTED;
	child->hang.aborted_ns = now_ns;
	child_abort(child, "it was blocked for longer than hang_timeout");
}

static void
hang_kill(struct child *child, uint64_t now_ns)
{
	if (child->hang.stage != HANG_ABORTED ||
	    now_ns - child->hang.aborted_ns < HANG_ABORT_MS * NS_PER_MS)
		return;
	child->hang.stage = HANG_KILLED;
	log_warning(&child->master->log, WORKER "has not ended of SIGABRT within %d s: killing it",
		    OF(child), HANG_ABORT_MS / 1000);
	kill(child->pid, SIGKILL);
}

/* It moves again: since when, its first tick tells, which was due and comes at once. */
static void
hang_goes_on(struct child *child, const struct slot *slot, uint64_t now_ns)
{
	struct hang *hang = &child->hang;
	uint64_t end_ns = slot_get(slot->heartbeat_ns);

	if (hang->loop.seen_ns != now_ns || end_ns <= hang->since_ns || end_ns > now_ns)
		end_ns = now_ns;
	log_notice(&child->master->log, WORKER "goes on: it was blocked for %.1f s%s", OF(child),
		   seconds_blocked(hang, end_ns), blamed_get(hang));
	hang->stage = HANG_FINE;
}

/* a look ------------------------------------------------------------------------------------- */

/* True: it has been stopped. It hangs no more than it works, and starts over when it goes on. */
static bool
hang_excused(struct child *child, uint64_t now_ns)
{
	struct hang *hang = &child->hang;

	if (!proc_is_stopped(child->pid)) {
		hang->stopped = false;
		return false;
	}
	if (!hang->stopped)
		log_notice(&child->master->log,
			   WORKER "is stopped (SIGSTOP, or a debugger holds it): it serves nobody "
				  "until it goes on",
			   OF(child));
	hang->stopped = true;
	standstill_restart(&hang->call, now_ns);
	standstill_restart(&hang->loop, now_ns);
	return true;
}

static uint64_t
trace_ms(const struct child *child, const struct slot *slot)
{
	unsigned most = child->generation->conf->hang_timeout_ms;

	if (slot_get(slot->callback) == SLOT_LOAD)
		return HANG_LOAD_MS;
	return most && most / 2 < HANG_TRACE_MS ? most / 2 : HANG_TRACE_MS;
}

/* How long it has been blocked, if for longer than is fine; and by what. */
static uint64_t
blocked_ms(struct child *child, const struct slot *slot, uint64_t before_ns, uint64_t now_ns,
	   bool *by_call)
{
	struct hang *hang = &child->hang;
	uint64_t beat = slot_get(slot->heartbeat_ns);
	uint64_t call, loop;

	call = standstill_ms(&hang->call, call_mark(slot), child->pid, before_ns, now_ns);
	loop = standstill_ms(&hang->loop, beat, child->pid, before_ns, now_ns);
	*by_call = call >= HANG_SLOW_MS;
	if (*by_call && slot_get(slot->callback) == SLOT_LOAD && call < HANG_LOAD_MS)
		return 0;
	loop = loop >= trace_ms(child, slot) + SLOT_TICK_MS ? loop - SLOT_TICK_MS : 0;
	if (!*by_call)
		return loop;
	return call > loop ? call : loop;
}

static void
child_look(struct child *child, uint64_t before_ns, uint64_t now_ns)
{
	const struct slot *slot = slots_get(&child->master->slots, child->slot);
	struct hang *hang = &child->hang;
	unsigned most = child->generation->conf->hang_timeout_ms;
	uint64_t ms;
	bool by_call;

	if (hang_is_over(hang))
		hang_kill(child, now_ns);
	if (child->reaped || child->killed_for || (hang->stopped && hang_excused(child, now_ns)))
		return;
	ms = blocked_ms(child, slot, before_ns, now_ns, &by_call);
	if (ms == 0 && hang->stage != HANG_FINE &&
	    (hang->by_call ? hang->call.seen_ns : hang->loop.seen_ns) == now_ns)
		hang_goes_on(child, slot, now_ns);
	if (ms == 0 || hang_excused(child, now_ns))
		return;
	hang_begin(child, slot, by_call);
	if (most && ms >= most && slot_get(slot->callback) != SLOT_LOAD)
		hang_abort(child, now_ns);
	else if (ms >= trace_ms(child, slot) && hang->stage < HANG_TRACED)
		hang_trace(child, now_ns);
	else if (hang->stage == HANG_FINE)
		hang_slow(child, now_ns);
}

static void
hang_look(struct child *child, uint64_t before_ns, uint64_t now_ns)
{
	struct log_about about;

	child_about(child, &about);
	child->master->log.about = &about;
	child_look(child, before_ns, now_ns);
	child->master->log.about = NULL;
}

/* rounds ------------------------------------------------------------------------------------- */

unsigned
hang_watch_look(struct master *master, uint64_t now_ns)
{
	struct hang_watch *watch = &master->hangs;
	struct generation *generation;
	struct child *child;
	uint64_t before_ns = watch->looked_ns;
	bool blind = now_ns - before_ns > 2 * HANG_LOOK_MS * NS_PER_MS;
	bool soon = false;

	watch->looked_ns = now_ns;
	TAILQ_FOREACH(generation, &master->generations, entry)
		TAILQ_FOREACH(child, &generation->children, entry) {
			if (blind) {
				standstill_restart(&child->hang.call, now_ns);
				standstill_restart(&child->hang.loop, now_ns);
			} else {
				hang_look(child, before_ns, now_ns);
			}
			soon |= child->hang.call.mark != 0 && child->hang.stage == HANG_FINE;
		}
	return soon ? SOON_MS : HANG_LOOK_MS;
}

static void
on_next(evutil_socket_t fd, short what, void *arg)
{
	struct master *master = arg;

	(void)fd;
	(void)what;
	timer_set(master->hangs.next, hang_watch_look(master, clock_now_ns()));
}

int
hang_watch_start(struct master *master)
{
	master->hangs.next = evtimer_new(master->base, on_next, master);
	if (!master->hangs.next)
		return -ENOMEM;
	timer_set(master->hangs.next, HANG_LOOK_MS);
	return 0;
}

void
hang_watch_stop(struct master *master)
{
	if (master->hangs.next)
		event_free(master->hangs.next);
	master->hangs.next = NULL;
}

void
hang_fini(struct hang *hang)
{
	free(hang->blamed);
	hang->blamed = NULL;
}
