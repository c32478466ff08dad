/*
 * LISTEN and UNLISTEN: what a worker asks of the shared listeners (shared.h), and what it is told.
 *
 * Each LISTEN is answered. What fails is said in the log, too, since a module may not: once for all
 * the workers that fail alike.
 */
#ifndef EDDY_DAEMON_LISTEN_H
#define EDDY_DAEMON_LISTEN_H

#include "worker/contract.h"

#include <stdbool.h>

struct child;

/* Each takes one message; false: it is not in order. */
bool listen_take(struct child *child, const struct contract_message *message);
bool listen_end(struct child *child, const struct contract_message *message);

#endif
