/*
 * The sockets in what is handed over: listeners of the conf and of modules, and the control socket
 * with who is connected to it.
 */
#include "daemon/control_client.h"
#include "daemon/generation.h"
#include "daemon/handover.h"
#include "daemon/listener.h"
#include "daemon/master.h"
#include "daemon/shared.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include <errno.h>
#include <stdlib.h>

/* listeners ---------------------------------------------------------------------------------- */

void
handover_identity(struct pack *pack, struct identity *identity)
{
	char *groups = (char *)identity->groups;
	size_t size = identity->ngroups * sizeof(*identity->groups);

	pack_number(pack, "changes", identity->changes);
	pack_number(pack, "uid", identity->uid);
	pack_number(pack, "gid", identity->gid);
	pack_bytes(pack, "groups", &groups, &size);
	identity->groups = (gid_t *)(void *)groups;
	identity->ngroups = size / sizeof(*identity->groups);
}

static void
file_fields(struct pack *pack, struct unix_file *file)
{
	pack_number(pack, "dev", file->dev);
	pack_number(pack, "ino", file->ino);
}

static void
listener_fields(struct pack *pack, struct listener *listener)
{
	pack_fd(pack, "fd", &listener->fd);
	pack_text(pack, "address", &listener->address);
	pack_raw(pack, "addr", &listener->addr, sizeof(listener->addr));
	pack_number(pack, "addrlen", listener->addrlen);
	pack_number(pack, "ipv6only", listener->ipv6only);
	pack_number(pack, "reuseport", listener->reuseport);
	pack_number(pack, "passed", listener->passed);
	pack_number(pack, "stored", listener->nstored);
	file_fields(pack, &listener->file);
}

static void
more_write(struct pack *pack, struct listener *listener)
{
	for (size_t i = 0; i < listener->nmore; i++) {
		struct pack item = pack_add(pack, "more");

		pack_fd(&item, "fd", &listener->more[i]);
	}
}

/* 0 or -ENOMEM. */
static int
more_read(struct pack *pack, struct listener *listener)
{
	size_t n = pack_count(pack, "more");

	listener->more = n ? calloc(n, sizeof(*listener->more)) : NULL;
	if (n && !listener->more)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct pack item = pack_at(pack, "more", i);

		listener->more[i] = -1;
		pack_fd(&item, "fd", &listener->more[i]);
	}
	listener->nmore = listener->nlistening = n;
	return 0;
}

/* The number of a listener, which is written where it is met for the first time. */
static size_t
listener_number(struct handover *handover, struct listener *listener)
{
	struct listener **grown;
	struct pack item;
	size_t i = 0;

	while (i < handover->nlisteners && handover->listeners[i] != listener)
		i++;
	if (i < handover->nlisteners)
		return i;
	grown = reallocarray(handover->listeners, i + 1, sizeof(*grown));
	if (!grown) {
		handover->whole.failed = true;
		return 0;
	}
	handover->listeners = grown;
	handover->listeners[handover->nlisteners++] = listener;
	item = pack_add(&handover->top, "listeners");
	listener_fields(&item, listener);
	more_write(&item, listener);
	return i;
}

/* What is read holds one reference, until handover_sockets_read's caller has given out all. */
static struct listener *
listener_read(struct pack *pack)
{
	struct listener *listener = calloc(1, sizeof(*listener));

	if (!listener)
		return NULL;
	listener->refs = 1;
	listener->fd = -1;
	listener_fields(pack, listener);
	if (more_read(pack, listener) == 0)
		return listener;
	listener_unref(listener);
	return NULL;
}

static struct listener *
listener_take(const struct handover *handover, struct pack *pack)
{
	size_t i = SIZE_MAX;

	pack_number(pack, "listener", i);
	if (i >= handover->nlisteners)
		return NULL;
	handover->listeners[i]->refs++;
	return handover->listeners[i];
}

static void
listener_name(struct handover *handover, struct pack *pack, struct listener *listener)
{
	size_t i = listener_number(handover, listener);

	pack_number(pack, "listener", i);
}

void
handover_listens_write(struct handover *handover, struct pack *pack,
		       const struct generation *generation)
{
	for (size_t i = 0; i < generation->listeners.count; i++) {
		struct pack item = pack_add(pack, "listens");

		listener_name(handover, &item, generation->listeners.list[i]);
	}
}

int
handover_listens_read(struct handover *handover, struct pack *pack, struct generation *generation)
{
	struct listener_set *set = &generation->listeners;
	size_t n = pack_count(pack, "listens");

	if (n == 0) /* it drains */
		return 0;
	if (n != generation->conf->nlistens)
		return -EPROTO;
	set->list = calloc(n, sizeof(*set->list));
	if (!set->list)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct pack item = pack_at(pack, "listens", i);
		struct listener *listener = listener_take(handover, &item);

		if (!listener)
			return -EPROTO;
		set->list[set->count++] = listener;
	}
	return 0;
}

/* of modules --------------------------------------------------------------------------------- */

static void
shared_write(struct handover *handover, struct shared *shared)
{
	struct pack item = pack_add(&handover->top, "shared");

	listener_name(handover, &item, shared->listener);
	handover_identity(&item, &shared->identity);
	pack_number(&item, "picked", shared->picked);
	handover->shared[handover->nshared++] = shared;
}

static int
shared_read(struct handover *handover, struct pack *pack)
{
	struct listener *listener = listener_take(handover, pack);
	struct identity identity = {0};
	struct shared *shared;
	bool picked = false;

	if (!listener)
		return -EPROTO;
	handover_identity(pack, &identity);
	pack_number(pack, "picked", picked);
	shared = shared_adopt(&handover->master->shared, listener, &identity, picked);
	if (!shared) {
		listener_unref(listener);
		identity_fini(&identity);
		return -ENOMEM;
	}
	handover->shared[handover->nshared++] = shared;
	return 0;
}

static int
shared_room(struct handover *handover, size_t n)
{
	handover->shared = calloc(n + 1, sizeof(struct shared *));
	return handover->shared ? 0 : -ENOMEM;
}

/* of socket units ---------------------------------------------------------------------------- */

/* Stored ones are listeners by now, or gone. */
static void
activation_write(struct handover *handover)
{
	struct activation *activation = &handover->master->activation;

	for (size_t i = 0; i < activation->count; i++) {
		struct activation_socket *sock = &activation->list[i];
		struct pack item;

		if (sock->fd < 0)
			continue;
		item = pack_add(&handover->top, "activation");
		pack_fd(&item, "fd", &sock->fd);
		pack_text(&item, "name", &sock->name);
		pack_number(&item, "unserved", sock->unserved);
	}
}

static int
activation_read(struct handover *handover, struct pack *pack)
{
	struct activation_socket *sock;
	char *name = NULL;
	int fd = -1;

	pack_fd(pack, "fd", &fd);
	pack_text(pack, "name", &name);
	sock = fd >= 0 && name ? activation_add(&handover->master->activation, fd, name) : NULL;
	free(name);
	if (!sock)
		return fd >= 0 ? -ENOMEM : -EPROTO;
	pack_number(pack, "unserved", sock->unserved);
	return 0;
}

/* all of these --------------------------------------------------------------------------------- */

void
handover_sockets_write(struct handover *handover)
{
	struct shared *shared;

	if (shared_room(handover, handover->master->shared.count) < 0) {
		handover->whole.failed = true;
		return;
	}
	TAILQ_FOREACH(shared, &handover->master->shared.list, entry)
		shared_write(handover, shared);
	activation_write(handover);
}

int
handover_sockets_read(struct handover *handover)
{
	size_t n = pack_count(&handover->top, "listeners");
	size_t shared = pack_count(&handover->top, "shared");
	int error = shared_room(handover, shared);

	handover->listeners = calloc(n + 1, sizeof(struct listener *));
	if (!handover->listeners)
		error = -ENOMEM;
	for (size_t i = 0; !error && i < n; i++) {
		struct pack item = pack_at(&handover->top, "listeners", i);
		struct listener *listener = listener_read(&item);

		if (listener)
			handover->listeners[handover->nlisteners++] = listener;
		else
			error = -ENOMEM;
	}
	for (size_t i = 0; !error && i < shared; i++) {
		struct pack item = pack_at(&handover->top, "shared", i);

		error = shared_read(handover, &item);
	}
	for (size_t i = 0; !error && i < pack_count(&handover->top, "activation"); i++) {
		struct pack item = pack_at(&handover->top, "activation", i);

		error = activation_read(handover, &item);
	}
	return error;
}

/* the control socket ------------------------------------------------------------------------- */

static void
socket_fields(struct pack *pack, struct control_socket *socket)
{
	pack_fd(pack, "fd", &socket->fd);
	pack_text(pack, "path", &socket->path);
	pack_number(pack, "by_search", socket->by_search);
	file_fields(pack, &socket->file);
}

static void
client_fields(struct pack *pack, struct control_client *client)
{
	pack_number(pack, "waits_for", client->waits_for);
	pack_number(pack, "wait", client->wait);
	pack_number(pack, "wait_id", client->wait_id);
	pack_number(pack, "asked", client->asked);
	pack_number(pack, "stays", client->stays);
	pack_number(pack, "answered", client->answered);
}

/* What has been read and not been looked at, or not been sent yet. */
static void
buffer_write(struct pack *pack, const char *name, struct evbuffer *buffer)
{
	size_t size = evbuffer_get_length(buffer);
	char *bytes = size ? (char *)evbuffer_pullup(buffer, -1) : NULL;

	pack_bytes(pack, name, &bytes, &size);
}

static void
client_pack(struct pack *pack, struct control_client *client)
{
	int fd = bufferevent_getfd(client->stream);

	pack_fd(pack, "fd", &fd);
	client_fields(pack, client);
	buffer_write(pack, "input", bufferevent_get_input(client->stream));
	buffer_write(pack, "output", bufferevent_get_output(client->stream));
}

/* A bufferevent lets nobody but itself add to its input. */
static int
input_add(struct bufferevent *stream, const char *bytes, size_t size)
{
	struct evbuffer *input = bufferevent_get_input(stream);
	int rc;

	evbuffer_unfreeze(input, 0);
	rc = evbuffer_add(input, bytes, size);
	evbuffer_freeze(input, 0);
	return rc;
}

static int
client_unpack(struct control *control, struct pack *pack)
{
	struct control_client *client;
	int fd = -1, error = 0;
	char *input, *output;
	size_t input_size, output_size;

	pack_fd(pack, "fd", &fd);
	if (fd < 0)
		return -EPROTO;
	client = control_client_new(control, fd);
	if (!client)
		return -ENOMEM;
	client_fields(pack, client);
	pack_bytes(pack, "input", &input, &input_size);
	pack_bytes(pack, "output", &output, &output_size);
	if ((input_size && input_add(client->stream, input, input_size) < 0) ||
	    (output_size && bufferevent_write(client->stream, output, output_size) < 0))
		error = -ENOMEM;
	free(input);
	free(output);
	control_client_resume(client);
	return error;
}

void
handover_control_write(struct handover *handover)
{
	struct control *control = &handover->master->control;
	struct control_client *client;
	struct pack pack = pack_object(&handover->top, "control");

	socket_fields(&pack, &control->socket);
	LIST_FOREACH(client, &control->clients, entry) {
		struct pack item = pack_add(&pack, "clients");

		client_pack(&item, client);
	}
}

int
handover_control_read(struct handover *handover)
{
	struct control *control = &handover->master->control;
	struct pack pack = pack_object(&handover->top, "control");
	struct control_socket socket;
	int error = 0;

	control_socket_init(&socket);
	socket_fields(&pack, &socket);
	control_adopt(control, &socket);
	for (size_t i = 0; !error && i < pack_count(&pack, "clients"); i++) {
		struct pack item = pack_at(&pack, "clients", i);

		error = client_unpack(control, &item);
	}
	return error;
}
