/*
 * The channel on the loop; see dns_channel.h.
 */
#include "net/dns_channel.h"

#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RECEIVE_BUFFER (1 << 20) /* bytes: for answers that come in a crowd */
#define TIMER_SLACK_MS 4	 /* timeouts that are as near as this to each other share a call */

/*
 * No HOSTALIASES: that is a file. What a server says is the answer also if it is that it has failed,
 * as with Node: c-ares would forget which error it was.
 */
#define CHANNEL_FLAGS (ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP)

/* How the machine asks ------------------------------------------------------------ */

static void
servers_from(struct dns_servers *servers, const struct ares_addr_port_node *node)
{
	servers->n = 0;
	for (; node != NULL && servers->n < DNS_SERVERS_MAX; node = node->next) {
		struct dns_server *server = &servers->list[servers->n++];

		*server = (struct dns_server){.family = node->family,
					      .port = (uint16_t)node->udp_port};
		memcpy(server->address, &node->addr,
		       node->family == AF_INET ? sizeof(node->addr.addr4)
					       : sizeof(node->addr.addr6));
	}
}

int
resolver_init(struct resolver *resolver, struct dns_servers *servers)
{
	struct ares_options options = {.flags = CHANNEL_FLAGS};
	struct ares_addr_port_node *nodes = NULL;
	ares_channel ares;
	int status;

	resolver->options = calloc(1, sizeof(*resolver->options));
	if (resolver->options == NULL || ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
		return -ENOMEM;
	status = ares_init_options(&ares, &options, ARES_OPT_FLAGS);
	if (status != ARES_SUCCESS)
		return -ENOMEM;
	status = ares_save_options(ares, resolver->options, &resolver->mask);
	if (status == ARES_SUCCESS)
		status = ares_get_servers_ports(ares, &nodes);
	servers_from(servers, nodes);
	if (nodes != NULL)
		ares_free_data(nodes);
	ares_destroy(ares);
	return status == ARES_SUCCESS ? 0 : -ENOMEM;
}

void
resolver_fini(struct resolver *resolver)
{
	if (resolver->options == NULL)
		return;
	ares_destroy_options(resolver->options);
	free(resolver->options);
	resolver->options = NULL;
	ares_library_cleanup();
}

/* With all options given c-ares reads no file but /dev/urandom. */
static ares_channel
resolver_open(const struct resolver *resolver, char *lookups, struct ares_options *options,
	      int mask)
{
	ares_channel ares = NULL;

	options->lookups = lookups;
	if (ares_init_options(&ares, options, resolver->mask | ARES_OPT_LOOKUPS | mask) !=
	    ARES_SUCCESS)
		return NULL;
	return ares;
}

struct ares_channeldata *
resolver_open_hosts(const struct resolver *resolver)
{
	struct ares_options options = *resolver->options;
	char files[] = "f";

	return resolver_open(resolver, files, &options, 0);
}

/* The sockets --------------------------------------------------------------------- */

struct dns_socket {
	LIST_ENTRY(dns_socket) link;
	struct dns_channel *channel;
	struct event event;
	int fd;
};

/* Both may be none: then only what is due is looked at. */
static void
channel_process(struct dns_channel *channel, int readable, int writable)
{
	loop_enter(channel->loop);
	ares_process_fd(channel->ares, readable, writable);
	dns_channel_watch(channel);
	channel->worked(channel->arg);
	loop_leave(channel->loop); /* the channel may be gone */
}

static void
socket_event(evutil_socket_t fd, short what, void *arg)
{
	struct dns_socket *sock = arg;

	channel_process(sock->channel, what & EV_READ ? fd : ARES_SOCKET_BAD,
			what & EV_WRITE ? fd : ARES_SOCKET_BAD);
}

static void
timer_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	channel_process(arg, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static struct dns_socket *
socket_find(struct dns_channel *channel, int fd)
{
	struct dns_socket *sock;

	LIST_FOREACH(sock, &channel->sockets, link)
		if (sock->fd == fd)
			return sock;
	sock = calloc(1, sizeof(*sock));
	if (sock == NULL)
		return NULL; /* nobody hears the answer: the query times out */
	sock->channel = channel;
	sock->fd = fd;
	LIST_INSERT_HEAD(&channel->sockets, sock, link);
	return sock;
}

/* c-ares opens, uses and closes a socket. */
static void
socket_changed(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct dns_channel *channel = arg;
	struct dns_socket *sock = socket_find(channel, fd);
	short events = (short)((readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));

	if (sock == NULL)
		return;
	if (event_initialized(&sock->event))
		event_del(&sock->event);
	if (events == 0) {
		LIST_REMOVE(sock, link);
		free(sock);
		return;
	}
	event_assign(&sock->event, channel->loop->base, fd, (short)(events | EV_PERSIST),
		     socket_event, sock);
	event_add(&sock->event, NULL);
}

/* The channel --------------------------------------------------------------------- */

struct dns_channel *
dns_channel_new(struct loop *loop, const struct resolver *resolver,
		const struct dns_settings *settings, void (*worked)(void *arg), void *arg)
{
	struct dns_channel *channel = malloc(sizeof(*channel));

	if (channel == NULL)
		return NULL;
	*channel = (struct dns_channel){.loop = loop,
					.resolver = resolver,
					.settings = *settings,
					.worked = worked,
					.arg = arg};
	LIST_INIT(&channel->sockets);
	evtimer_assign(&channel->timer, loop->base, timer_event, channel);
	return channel;
}

void
dns_channel_free(struct dns_channel *channel)
{
	if (channel->ares != NULL)
		ares_destroy(channel->ares);
	event_del(&channel->timer);
	free(channel);
}

/* 0 or a status of c-ares's. */
static int
channel_set_servers(ares_channel ares, const struct dns_servers *servers)
{
	struct ares_addr_port_node nodes[DNS_SERVERS_MAX] = {0};

	for (size_t i = 0; i < servers->n; i++) {
		const struct dns_server *server = &servers->list[i];

		nodes[i].family = server->family;
		nodes[i].udp_port = nodes[i].tcp_port = server->port;
		nodes[i].next = i + 1 < servers->n ? &nodes[i + 1] : NULL;
		memcpy(&nodes[i].addr, server->address,
		       server->family == AF_INET ? sizeof(nodes[i].addr.addr4)
						 : sizeof(nodes[i].addr.addr6));
	}
	return ares_set_servers_ports(ares, nodes);
}

void
dns_channel_open(struct dns_channel *channel)
{
	struct ares_options options = *channel->resolver->options;
	char servers_only[] = "b";
	ares_channel ares;

	options.sock_state_cb = socket_changed;
	options.sock_state_cb_data = channel;
	options.socket_receive_buffer_size = RECEIVE_BUFFER;
	if (channel->settings.timeout_ms != 0)
		options.timeout = (int)channel->settings.timeout_ms;
	if (channel->settings.tries != 0)
		options.tries = (int)channel->settings.tries;
	ares = resolver_open(channel->resolver, servers_only, &options,
			     ARES_OPT_SOCK_STATE_CB | ARES_OPT_SOCK_RCVBUF);
	if (ares != NULL && channel_set_servers(ares, &channel->settings.servers) != ARES_SUCCESS) {
		ares_destroy(ares);
		ares = NULL;
	}
	channel->ares = ares;
}

/*
 * ares_timeout looks at every query, so it is asked when the timer has rung, not for each query: one
 * that comes later is due later. At worst the timer rings for a query that has been answered.
 */
void
dns_channel_watch(struct dns_channel *channel)
{
	struct timeval due;

	if (evtimer_pending(&channel->timer, NULL) ||
	    ares_timeout(channel->ares, NULL, &due) == NULL)
		return;
	due.tv_usec += TIMER_SLACK_MS * 1000;
	if (due.tv_usec >= 1000000) {
		due.tv_sec++;
		due.tv_usec -= 1000000;
	}
	evtimer_add(&channel->timer, &due);
}
