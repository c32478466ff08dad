/*
 * The service manager's store of descriptors (FDSTORE of sd_notify(3)): it keeps the listening sockets
 * that eddyd has bound itself, with the clients that wait there, over a restart and over the death of
 * the master, and passes them to the next eddyd (activation.h).
 *
 * What is stored is what the conf in use names: after each switch, what is new is added and what has
 * gone is taken out. A unix socket goes with its file: it is stored where the manager keeps that file
 * over a restart and removes it at the end, in the service's RuntimeDirectory, or where it has none.
 *
 * A manager that stores nothing (FileDescriptorStoreMax=0) closes what it is sent.
 */
#ifndef EDDY_DAEMON_STORE_H
#define EDDY_DAEMON_STORE_H

#include "daemon/unix_socket.h"

#include <stdbool.h>
#include <stddef.h>

struct listener_set;
struct master;

/* Zero-initialise. */
struct store {
	char **leaving; /* names to be taken out, in this order */
	size_t nleaving;
	bool owed; /* the manager's socket had no room */
};

void store_fini(struct store *store);

/* Whether a name that was passed is of this store; a unix socket's file, as it was, is in it, too. */
bool store_name_parse(const char *name, struct unix_file *file);

/*
 * After a switch: what `old` (NULL: this is the start) and the conf in use differ in, and what was
 * stored for an eddyd before and is wanted no more.
 */
void store_switch(struct master *master, const struct listener_set *old);

/* Tries again what is owed. */
void store_tick(struct master *master);

#endif
