/*
 * Listeners that modules ask for (eddy_server_listen): bound once, by the master, and shared by all
 * workers that ask for the same address, of any generation, as Node's cluster does.
 *
 * A listener stays as long as a worker holds it, and so outlasts a reload; then it is closed, and a
 * unix socket's file removed. Port 0 is a port that the kernel picks: the n-th time that a worker
 * asks for port 0 of an address gives it the n-th listener of that address, the same in each worker.
 *
 * The master may be root where its workers are not: nothing is bound, handed out or removed for a
 * worker that its user could not have bound or removed itself.
 */
#ifndef EDDY_DAEMON_SHARED_H
#define EDDY_DAEMON_SHARED_H

#include "daemon/identity.h"
#include "daemon/listener.h"
#include "worker/contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct log;

#define SHARED_MAX 64	     /* addresses; a module that leaks servers is told, not fed */
#define SHARED_WHY_BYTES 512 /* for a sentence of what is wrong, with an address or two in it */

/* One address. */
struct shared {
	TAILQ_ENTRY(shared) entry;
	struct listener *listener;
	struct identity identity; /* who it was bound as */
	bool picked;		  /* its port was asked for as 0 */
	unsigned uses;		  /* workers that hold it */
};

TAILQ_HEAD(shared_list, shared);

/* What the log has been told last. */
struct shared_failure {
	int error;
	uint64_t said_ns;
	char address[CONTRACT_ADDRESS_MAX + 1];
};

struct shared_table {
	struct shared_list list; /* the oldest first */
	size_t count;
	struct log *log;
	struct shared_failure failure;
};

/* What one worker holds, each under its own id. */
struct shared_use {
	LIST_ENTRY(shared_use) entry;
	struct shared *shared;
	uint32_t id;
};

LIST_HEAD(shared_uses, shared_use);

/* What a worker asks for. */
struct shared_ask {
	uint32_t id;
	const char *address;
	int backlog; /* 0: the default */
	bool dual;   /* an IPv6 address takes in IPv4 too */
	const struct identity *identity;
};

void shared_init(struct shared_table *table, struct log *log);

/*
 * Gives the worker that holds `uses` the listener of an address; it holds it too from now on. 0, or
 * -errno with the sentence of what is wrong in `why`: EINVAL (the address), EADDRINUSE, EACCES,
 * EADDRNOTAVAIL, EMFILE (SHARED_MAX) and what else a socket can fail with.
 */
int shared_take(struct shared_table *table, struct shared_uses *uses, const struct shared_ask *ask,
		const struct listener **listener, char *why, size_t size);

/*
 * Of a master before (handover.h): one that is open, with whom it was bound as, both taken over;
 * and a worker that holds it. NULL or -ENOMEM: no memory.
 */
struct shared *shared_adopt(struct shared_table *table, struct listener *listener,
			    struct identity *identity, bool picked);
int shared_hold(struct shared *shared, struct shared_uses *uses, uint32_t id);

/* Whether the worker holds one under that id. */
bool shared_holds(const struct shared_uses *uses, uint32_t id);

/* Lets go of one, if there is one of that id, or of all. */
void shared_drop(struct shared_table *table, struct shared_uses *uses, uint32_t id);
void shared_drop_all(struct shared_table *table, struct shared_uses *uses);

/* Their addresses, as listener_set_format has those of the conf. */
const char *shared_format(const struct shared_table *table, char *buf, size_t size);

#endif
