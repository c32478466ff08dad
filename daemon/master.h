/*
 * The master: owns everything of eddyd's, and ties it together on one event loop.
 *
 *	              all READY                HUP
 *	STARTING -----------------> RUNNING ---------> RELOADING
 *	    |                        |  ^                |  |
 *	    | fails; TERM, INT       |  +----------------+  |
 *	    |                        |   switch, or failure |
 *	    v      TERM, INT, QUIT   v                      |
 *	 DRAINING <-----------------------------------------+
 *	    |  all workers gone (a second TERM or INT, or QUIT: they are killed)
 *	    v
 *	 STOPPED
 *
 * It never sleeps and never waits: not for a worker, not for a client of the control socket, not
 * for the log.
 */
#ifndef EDDY_DAEMON_MASTER_H
#define EDDY_DAEMON_MASTER_H

#include "daemon/activation.h"
#include "daemon/control.h"
#include "daemon/generation.h"
#include "daemon/hang.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/options.h"
#include "daemon/reload.h"
#include "daemon/reopen.h"
#include "daemon/shared.h"
#include "daemon/slots.h"
#include "daemon/spawn.h"
#include "daemon/store.h"
#include "daemon/upgrade.h"
#include "worker/contract.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct event;
struct event_base;

enum master_state {
	MASTER_STARTING,
	MASTER_RUNNING,
	MASTER_RELOADING,
	MASTER_DRAINING,
	MASTER_STOPPED,
};

#define MASTER_SIGNALS 9

struct master {
	const struct options *options;
	struct event_base *base;
	struct log log;
	enum master_state state;
	int exit_code;
	uint64_t started_ns;
	struct event *signals[MASTER_SIGNALS];
	struct spawner spawner;
	struct slots slots;
	struct shared_table shared;	    /* listeners that modules have asked for */
	struct generation_list generations; /* all that have workers, newest first */
	struct generation *running;	    /* NULL: none yet, or stopping */
	struct generation *candidate;	    /* of the reload that runs */
	struct reload reload;
	struct hang_watch hangs;
	struct upgrade upgrade;
	struct reopen reopen;
	struct control control;
	struct notify notify;
	struct activation activation; /* what was listening before this eddyd */
	struct store store;
	struct contract_message message; /* the one that is being read */
};

/* Blocks the signals that the master handles, so that none is lost or deadly before master_run. */
void master_signals_block(void);
void master_signals_unblock(void);

/* 0, or -errno with the reason in the log. */
int master_init(struct master *master, const struct options *options);
void master_fini(struct master *master);

/*
 * Starts, serves, stops. The exit code of the process. `handover`: the state that is taken over
 * (handover.h), or -1.
 */
int master_run(struct master *master, int handover);

/* Stops gracefully; when it is stopping already, at once. `who` asks, for the log. */
void master_stop(struct master *master, const char *who);

/* Ends with this exit code, without serving any more: the start has failed, or a check is done. */
void master_finish(struct master *master, int exit_code);

/* From a generation: its last worker has gone. Frees it. */
void master_generation_gone(struct generation *generation);

/* The worker with that pid, of any generation; NULL: none. */
struct child *master_child(const struct master *master, pid_t pid);

/* Changes the state, and tells the service manager. */
void master_set_state(struct master *master, enum master_state state);

const char *master_state_name(enum master_state state);

#endif
