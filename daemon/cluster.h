/*
 * Messages between the workers of a generation: what one publishes the master sends on to all of
 * them.
 */
#ifndef EDDY_DAEMON_CLUSTER_H
#define EDDY_DAEMON_CLUSTER_H

#include <stdbool.h>

struct child;
struct contract_message;

/*
 * Sends a worker's PUBLISH on to its generation, itself included. Never waits. False: the message
 * is not in order.
 */
bool cluster_relay(struct child *from, const struct contract_message *message);

#endif
