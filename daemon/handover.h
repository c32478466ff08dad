/*
 * What a master hands over to the program that it becomes (upgrade.h): in a memfd, as JSON.
 *
 * All that the process has stays open over the exec; the state says which descriptor is what, and
 * what was known besides: generations with their conf and their workers, what had not been sent to
 * these, listeners, the control socket with its clients, timers that run, totals.
 *
 *	handover, version	of this form; PACKAGE_VERSION of who wrote it
 *	contract		what both sides must agree on: CONTRACT_VERSION and the slots' form
 *	listeners, shared	sockets; generations and workers name them by number
 *	activation		sockets of units, which stay for later reloads
 *	generations		the newest first; each: conf, listens, seats, children
 *	control			the socket and its clients
 *
 * The fields are where they are written and read: handover.c, handover_sockets.c,
 * handover_workers.c. Who adds a member to one of the structs there that has to outlive an upgrade
 * adds one line. A field may be added freely (pack.h); HANDOVER_VERSION counts what a successor
 * that does not know of it would get wrong.
 */
#ifndef EDDY_DAEMON_HANDOVER_H
#define EDDY_DAEMON_HANDOVER_H

#include "daemon/pack.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct child;
struct control_client;
struct generation;
struct identity;
struct listener;
struct master;
struct options;

#define HANDOVER_VERSION 1
#define HANDOVER_ENV "EDDY_HANDOVER" /* FD or check:FD; nobody else's business */
/* Of a check that has found nothing wrong: no code that a program ends with by chance. */
#define HANDOVER_EXIT_FIT 113

/* A state that is being written or read. */
struct handover {
	struct master *master;
	struct pack_whole whole;
	struct pack top;
	struct listener **listeners; /* by number */
	size_t nlisteners;
	struct shared **shared;
	size_t nshared;
};

/*
 * Writes the state of a master that is RUNNING. The memfd (close-on-exec), or -errno. What has to
 * stay open with it is in handover->whole.fds; handover_fini frees that.
 */
int handover_write(struct handover *handover, struct master *master);
void handover_fini(struct handover *handover);

/*
 * Takes over what the fd says into a master that is fresh from master_init; the fd is closed. 0, or
 * -1 with the reason in the log: there is no way back then.
 */
int handover_read(struct master *master, int fd);

/*
 * Whether this program could take over: the exit code, with the reason on stderr. It looks at the
 * state and at the confs in it, and touches nothing.
 */
int handover_check(const struct options *options, int fd);

/* The descriptor of the environment, which is cleaned of it; -1: this is an ordinary start. */
int handover_fd(bool *check);

/* handover_sockets.c --------------------------------------------------------------- */

void handover_identity(struct pack *pack, struct identity *identity);
void handover_sockets_write(struct handover *handover);
int handover_sockets_read(struct handover *handover);
void handover_listens_write(struct handover *handover, struct pack *pack,
			    const struct generation *generation);
int handover_listens_read(struct handover *handover, struct pack *pack,
			  struct generation *generation);
void handover_control_write(struct handover *handover);
int handover_control_read(struct handover *handover);

/* handover_workers.c --------------------------------------------------------------- */

void handover_workers_write(struct handover *handover, struct pack *pack,
			    struct generation *generation);
int handover_workers_read(struct handover *handover, struct pack *pack,
			  struct generation *generation);

#endif
