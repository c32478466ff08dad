/*
 * SIGUSR2 and `eddyctl upgrade`: the master becomes the program that is at its path now, and keeps
 * its pid, its listeners, its workers, its control socket and who is connected to it.
 *
 *	                idle              it would fit          nothing else has come up
 *	wanted ---------------> rehearsal -------------> due ------------------------------> exec
 *	   ^                       |                      |                                   |
 *	   +--- a reload comes ----|----------------------+              it fails: all goes on
 *	                           | it ends otherwise, or not in time
 *	                           v
 *	                        refused: all goes on as it was, and the reason is told
 *
 * An exec cannot be undone: so the new program is first run beside the old one, with a copy of the
 * state, to say whether it could take over (handover_check). While eddyd starts or reloads, an
 * upgrade waits; one that stops refuses.
 */
#ifndef EDDY_DAEMON_UPGRADE_H
#define EDDY_DAEMON_UPGRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct event;
struct master;

#define UPGRADE_REHEARSAL_MS 5000 /* of which it needs some 20 */
#define UPGRADE_SAID_BYTES 1024	  /* of what a rehearsal prints */

struct upgrade {
	char *program; /* what is started; NULL: not known */
	bool wanted;
	bool due;
	pid_t rehearsal; /* 0: none runs */
	bool late;	 /* it has been killed */
	int words;	 /* the end of a pipe that it prints to; -1 */
	struct event *deadline;
	char *before; /* the version that this one has taken over from; NULL: none */
};

/* 0 or -ENOMEM. */
int upgrade_init(struct master *master);
void upgrade_fini(struct master *master);

/*
 * An upgrade, now or as soon as it can be; `who` asks, for the log. 0, or -ESHUTDOWN: the master is
 * stopping. The clients that wait for one are told how it ends.
 */
int upgrade_request(struct master *master, const char *who);

/* A process that is no worker has been reaped: whether it was the rehearsal. */
bool upgrade_reaped(struct master *master, pid_t pid, int status);

/* The master has time for an upgrade now, perhaps: a reload is over. */
void upgrade_look(struct master *master);

/* Gives up the one that is under way, because the master stops. */
void upgrade_abandon(struct master *master);

/*
 * From master_run, when its loop has ended with upgrade.due: becomes the new program. When it
 * returns, it has not, and the loop goes on.
 */
void upgrade_run(struct master *master);

/* In the new program, when it has taken over. */
void upgrade_done(struct master *master);

#endif
