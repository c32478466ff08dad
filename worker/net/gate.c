/*
 * Who is let in; see gate.h.
 */
#include "net/gate.h"
#include "net/share.h"

#include <errno.h>
#include <unistd.h>

static bool
gate_room(void *arg)
{
	const struct net *net = ((struct gate *)arg)->net;

	return net->nclients < net->max_clients;
}

static bool
gate_make_room(void *arg)
{
	struct net *net = ((struct gate *)arg)->net;

	if (net->events->make_room(net->arg))
		return true;
	net->full = true;
	net->events->trouble(net->arg, TROUBLE_FULL, 0, NULL);
	return false;
}

static int
gate_accepted(void *arg, int fd, const struct sockaddr *peer)
{
	struct gate *gate = arg;
	struct net *net = gate->net;
	int error;

	if (net->took == NULL) {
		net->took = gate;
		net->nclients_before = net->nclients;
	}
	error = gate->entered(gate, fd, peer);

	if (error != -EUSERS)
		return error;
	net->events->trouble(net->arg, TROUBLE_ADDRESS, 0, peer);
	return 0;
}

static bool
gate_failed(void *arg, int error)
{
	struct net *net = ((struct gate *)arg)->net;
	bool freed = net->events->make_room(net->arg);

	net->events->trouble(net->arg, TROUBLE_RESOURCES, error, NULL);
	return freed;
}

/* Looking costs some cache lines of other processors: below the limit of last time it is no use. */
static bool
gate_enough(void *arg)
{
	struct net *net = ((struct gate *)arg)->net;

	if (net->nclients <= net->share)
		return false;
	net->share = net->board != NULL ? share_limit(net->board, net->slot, net->loop->now_ns)
					: SIZE_MAX;
	return net->nclients > net->share;
}

void
gate_open(struct gate *gate, struct net *net, int fd, bool shared,
	  int (*entered)(struct gate *gate, int fd, const struct sockaddr *peer), void *arg)
{
	*gate = (struct gate){
		.net = net,
		.listener = {.fd = fd, .shared = shared},
		.entered = entered,
		.arg = arg,
	};
	LIST_INSERT_HEAD(&net->gates, gate, link);
	if (net->accepting)
		gate_start(gate);
}

void
gate_start(struct gate *gate)
{
	static const struct listener_events events = {
		.room = gate_room,
		.make_room = gate_make_room,
		.accepted = gate_accepted,
		.failed = gate_failed,
		.enough = gate_enough,
	};
	struct listener *listener = &gate->listener;

	bool own = listener->own;

	listener_start(listener, gate->net->loop, listener->fd, listener->shared, &events, gate);
	listener->own = own;
}

void
gate_close(struct gate *gate)
{
	if (gate->listener.loop != NULL)
		listener_stop(&gate->listener); /* in which a module may drop it */
	gate_drop(gate);
}

void
gate_drop(struct gate *gate)
{
	if (gate->net == NULL)
		return;
	LIST_REMOVE(gate, link);
	if (gate->net->took == gate)
		gate->net->took = NULL;
	if (gate->listener.loop != NULL)
		listener_drop(&gate->listener);
	else
		close(gate->listener.fd);
	gate->net = NULL;
}
