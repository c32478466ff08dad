/*
 * A listener with the worker's limits: who may come in, and what happens when there is no room.
 *
 * At the limit of connections, and when descriptors or memory are short, the connections that can
 * be spared go first. Where there is none the listeners sleep, and new clients wait in the kernel;
 * net_flush wakes them when there may be room.
 */
#ifndef EDDY_NET_GATE_H
#define EDDY_NET_GATE_H

#include <stdbool.h>

#include "net/listener.h"
#include "net/net.h"

struct gate {
	struct listener listener;
	LIST_ENTRY(gate) link;
	struct net *net; /* NULL: not opened, or closed */
	size_t index;	 /* its owner's number for it */
	/* Takes a client's descriptor. 0, or net_turn_away's result. */
	int (*entered)(struct gate *gate, int fd, const struct sockaddr *peer);
	void *arg;
};

/*
 * The gate of a listening descriptor (nonblocking, the gate's from now on), which other workers have
 * too if it is shared; not started.
 */
void gate_open(struct gate *gate, struct net *net, int fd, bool shared,
	       int (*entered)(struct gate *gate, int fd, const struct sockaddr *peer), void *arg);
/* Accepts from now on. */
void gate_start(struct gate *gate);
/* Takes those that wait already, if it was started, and closes. */
void gate_close(struct gate *gate);
/* Closes, and takes nobody: safe in a module's call, in `entered`, and twice. */
void gate_drop(struct gate *gate);

#endif
