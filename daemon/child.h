/*
 * One worker process, as the master sees it: its link, its slot, its state, its end.
 *
 *	     start            READY             ACCEPT sent             DRAIN sent
 *	INIT ------->  INIT  ------->  READY  ------------->  ACCEPTING ---------->  DRAINING
 *	                 |               |                        |                     |
 *	                 +---------------+-----------+------------+---------------------+
 *	                                             | reaped
 *	                                            DEAD
 *
 * A worker that breaks the contract on its link, does not get READY in time or closes its link
 * without dying is killed. The child itself decides nothing else: it tells its generation
 * (child_ready, child_died), which owns it.
 */
#ifndef EDDY_DAEMON_CHILD_H
#define EDDY_DAEMON_CHILD_H

#include "daemon/backtrace.h"
#include "daemon/hang.h"
#include "daemon/log.h"
#include "daemon/outbox.h"
#include "daemon/shared.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

struct event;
struct generation;
struct master;

#define CHILD_READY_MS 10000 /* for conf, modules and their `load` */

enum child_state { CHILD_INIT, CHILD_READY, CHILD_ACCEPTING, CHILD_DRAINING, CHILD_DEAD };

struct child {
	TAILQ_ENTRY(child) entry; /* of its generation's children */
	struct master *master;
	struct generation *generation;
	unsigned worker;
	enum child_state state;
	pid_t pid;
	size_t slot;
	uint64_t started_ns;
	int link; /* -1 once it is of no use */
	struct event *readable, *writable;
	struct event *deadline; /* to be READY, or to die after its link has closed */
	struct outbox outbox;
	struct hang hang;
	struct backtrace backtrace;
	struct shared_uses shared; /* the listeners that its modules have asked for */
	char *refusal; /* what it said in FAIL, with the place in the conf, a line for each; NULL: nothing */
	const char *killed_for;	    /* why the master killed it; NULL: it did not */
	char *killed_copy;	    /* of killed_for, where a master before has killed it */
	uint32_t reopens, reopened; /* REOPENs sent, and answered */
	bool was_ready;		    /* it has said READY */
	bool stopped;		    /* it has said STOPPED: it accepts nothing any more */
	enum slot_callback died_in; /* once reaped: the call into a module that ran, or SLOT_IDLE */
	bool reaped;		    /* its pid is nobody's, or somebody else's */
	bool leaving;		    /* it has no seat any more, while its generation serves */
};

TAILQ_HEAD(child_list, child);

/*
 * Starts a worker of the generation in its worker number's place. NULL, with the sentence of why in
 * `why`.
 */
struct child *child_start(struct generation *generation, unsigned worker, char *why, size_t size);

/*
 * Of a master before (handover.h): one that nothing is known of but its worker number, and, when
 * its fields have been filled in, its events. The ms to its deadline are -1 without one. NULL or
 * -ENOMEM: no memory.
 */
struct child *child_new(struct generation *generation, unsigned worker);
int child_resume(struct child *child, int deadline_ms);

/* Tells it to serve, or to finish. */
void child_accept(struct child *child);
void child_drain(struct child *child);
/* To finish at once, when it is finishing already. */
void child_hurry(struct child *child);

/*
 * It leaves its generation, which goes on: drains, or is killed where it is not READY yet; and is
 * killed where it has not gone in time.
 */
void child_leave(struct child *child);

/* Sends it a message that is never dropped; takes the packet over (NULL: there was no memory). */
void child_control(struct child *child, struct packet *packet);

/* Tells it which signal the master was sent, which acts on it next. */
void child_signal(struct child *child, int signo);

/*
 * Hands it a new file for the access log; the fd stays the caller's. It owes REOPENED then, as long
 * as it has a link.
 */
void child_reopen(struct child *child, int fd);
static inline bool
child_owes_reopened(const struct child *child)
{
	return child->link >= 0 && child->reopened != child->reopens;
}

/* Ends it now; `reason` is static text for the log. Its death is reported as any other. */
void child_kill(struct child *child, const char *reason);

/* The same by SIGABRT, which may leave a core, and which a worker may survive. */
void child_abort(struct child *child, const char *reason);

/* Sends one message of the cluster to it. */
void child_publish(struct child *child, struct packet *packet);

/*
 * The process has been reaped: reads its last words from the link, folds its slot. `how` gets the
 * sentence of its end ("was killed by SIGSEGV (Segmentation fault) in module …"). The generation
 * then frees it.
 */
void child_reap(struct child *child, int status, char *how, size_t size);

void child_free(struct child *child);

/* For the log: which worker it is, and what it is doing at this moment. */
void child_about(const struct child *child, struct log_about *about);

/* How long it has been alive. */
uint64_t child_age_ms(const struct child *child);

#endif
