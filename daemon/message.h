/*
 * What a worker says over its link.
 */
#ifndef EDDY_DAEMON_MESSAGE_H
#define EDDY_DAEMON_MESSAGE_H

#include "worker/contract.h"

#include <stdbool.h>

struct child;

/* Takes one message of the worker. False: it is not in order, and the worker has to go. */
bool message_take(struct child *child, const struct contract_message *message);

#endif
