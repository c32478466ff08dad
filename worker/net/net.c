/*
 * What the connections of a worker share; see net.h.
 */
#include "net/net.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/gate.h"
#include "net/server.h"
#include "net/socket.h"

int
net_init(struct net *net, struct loop *loop, struct calls *calls, const struct net_events *events,
	 void *arg, unsigned connections_per_address)
{
	*net = (struct net){
		.loop = loop,
		.calls = calls,
		.slot = calls->slot,
		.events = events,
		.arg = arg,
		.scratch = malloc(NET_SCRATCH_SIZE),
		.max_clients = SIZE_MAX,
		.starting = true,
	};
	handles_init(&net->sockets, HANDLE_SOCKET);
	handles_init(&net->servers, HANDLE_SERVER);
	LIST_INIT(&net->gates);
	LIST_INIT(&net->servers_all);
	LIST_INIT(&net->servers_dead);
	TAILQ_INIT(&net->open);
	TAILQ_INIT(&net->dead);
	pool_init(&net->socket_pool, sizeof(struct socket));
	if (net->scratch == NULL)
		return -ENOMEM;
	return addresses_init(&net->addresses, connections_per_address);
}

/* Called when the loop has ended: no task is left that could look at what goes here. */
void
net_fini(struct net *net)
{
	struct socket *sock;

	while ((sock = TAILQ_FIRST(&net->dead)) != NULL) {
		TAILQ_REMOVE(&net->dead, sock, link);
		pool_free(&net->socket_pool, sock);
	}
	pool_fini(&net->socket_pool);
	servers_fini(net);
	handles_fini(&net->sockets);
	handles_fini(&net->servers);
	addresses_fini(&net->addresses);
	free(net->scratch);
}

int
net_client_add(struct net *net, const struct peer *peer)
{
	int error = addresses_add(&net->addresses, peer->family, peer->address);

	if (error == 0)
		slot_set(net->slot->connections, ++net->nclients);
	return error;
}

void
net_client_remove(struct net *net, const struct peer *peer)
{
	addresses_remove(&net->addresses, peer->family, peer->address);
	slot_set(net->slot->connections, --net->nclients);
}

int
net_turn_away(struct net *net, int fd, int error)
{
	net_fd_close(fd, true);
	slot_add(net->slot->counters.refused, 1);
	return error;
}

void
net_fd_close(int fd, bool reset)
{
	if (reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1},
			   sizeof(struct linger));
	close(fd);
}

void
net_fd_cut(int fd, bool reset)
{
	if (reset) /* what close(2) does with SO_LINGER 0, but now */
		connect(fd, &(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr));
	shutdown(fd, SHUT_RDWR);
}

void
net_accept(struct net *net)
{
	struct gate *gate;

	net->accepting = true;
	LIST_FOREACH(gate, &net->gates, link)
		gate_start(gate);
}

void
net_stop_accepting(struct net *net)
{
	net->accepting = false;
	net->stopped = true;
	while (!LIST_EMPTY(&net->gates))
		gate_close(LIST_FIRST(&net->gates));
	if (!net->closed) /* else there is no module left to hear of it */
		servers_stop(net);
}

void
net_tick(struct net *net)
{
	struct gate *gate, *next;

	net->share = 0;
	for (gate = LIST_FIRST(&net->gates); net->accepting && gate != NULL; gate = next) {
		next = LIST_NEXT(gate, link);
		listener_look(&gate->listener);
		listener_yield(&gate->listener);
	}
}

/* Who has come and gone in one turn has not been in anybody's place. */
static void
net_yield(struct net *net)
{
	struct gate *gate = net->took;

	net->took = NULL;
	if (gate != NULL && net->nclients > net->nclients_before)
		listener_yield(&gate->listener);
}

void
net_flush(struct net *net)
{
	struct socket *sock, *next;
	struct gate *gate;

	net_yield(net);
	for (sock = TAILQ_FIRST(&net->dead); sock != NULL; sock = next) {
		next = TAILQ_NEXT(sock, link);
		if (sock->posted || sock->telling) /* its tasks are in the queues */
			continue;
		TAILQ_REMOVE(&net->dead, sock, link);
		pool_free(&net->socket_pool, sock);
	}
	servers_flush(net);
	if (!net->full ||
	    (net->nclients >= net->max_clients && !net->events->may_have_room(net->arg)))
		return;
	net->full = false;
	LIST_FOREACH(gate, &net->gates, link)
		listener_wake(&gate->listener);
}

void
net_close(struct net *net)
{
	net->closed = true;
	while (!TAILQ_EMPTY(&net->open))
		socket_close(TAILQ_FIRST(&net->open), true);
}
