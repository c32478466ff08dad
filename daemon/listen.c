/*
 * LISTEN and UNLISTEN, and their answers; see listen.h.
 */
#include "daemon/listen.h"
#include "daemon/child.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/master.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UNREAD_MAX 256		 /* answers: who asks on without reading them never stops */
#define SAY_EVERY_NS 10000000000 /* the same failure */

/* Of error 0 `listener` goes with the answer. */
static void
listening_send(struct child *child, uint32_t id, int error, const struct listener *listener)
{
	char bound[LISTENER_ADDRESS_BYTES] = "";
	struct contract_listening body = {.id = id, .error = -error};
	struct iovec parts[2] = {{&body, sizeof(body)}, {bound, 0}};
	struct packet *packet;
	int fd = -1;

	if (!error && (fd = fcntl(listener->fd, F_DUPFD_CLOEXEC, 0)) < 0) {
		body.error = errno;
		shared_drop(&child->master->shared, &child->shared, id);
		log_error(&child->master->log, "cannot hand a listener to worker %u (pid %d): %s",
			  child->worker, (int)child->pid, strerror(body.error));
	} else if (!error) {
		parts[1].iov_len = strlen(listener_format(listener, bound, sizeof(bound)));
	}
	packet = packet_new(CONTRACT_LISTENING, parts, 2);
	if (packet)
		packet->fd = fd;
	else if (fd >= 0)
		close(fd);
	child_control(child, packet);
}

/* Whether the conf has a listen at that address. */
static bool
conf_listens(const struct master *master, const struct conf_listen *want)
{
	const struct generation *generation;

	TAILQ_FOREACH(generation, &master->generations, entry)
		for (size_t i = 0; i < generation->listeners.count; i++)
			if (listener_is_at(generation->listeners.list[i], &want->addr,
					   want->addrlen))
				return true;
	return false;
}

/* What of this eddyd's own is at an address that is in use; NULL: nothing. */
static const char *
own_explain(const struct master *master, const char *address, char *why, size_t size)
{
	struct conf_listen want = {.ipv6only = true};
	const char *wrong;

	if (conf_address_parse(address, &want.addr, &want.addrlen, &wrong) < 0)
		return NULL;
	if (conf_listens(master, &want))
		return "a listen of the conf has it";
	return activation_explain(&master->activation, &want, why, size) ? why : NULL;
}

static void
failure_say(const struct child *child, const char *address, int error, const char *why)
{
	struct master *master = child->master;
	struct shared_failure *last = &master->shared.failure;
	uint64_t now_ns = clock_now_ns();
	const char *own = NULL;
	char text[SHARED_WHY_BYTES];

	if (last->error == error && strcmp(last->address, address) == 0 &&
	    now_ns - last->said_ns < SAY_EVERY_NS)
		return;
	last->error = error;
	last->said_ns = now_ns;
	snprintf(last->address, sizeof(last->address), "%s", address);
	if (error == -EADDRINUSE)
		own = own_explain(master, address, text, sizeof(text));
	log_error(&master->log, "cannot listen on \"%s\" for worker %u (pid %d): %s", address,
		  child->worker, (int)child->pid, own ? own : why);
}

bool
listen_take(struct child *child, const struct contract_message *message)
{
	const struct contract_listen *listen;
	const struct listener *listener = NULL;
	const char *text;
	size_t size;
	char address[CONTRACT_ADDRESS_MAX + 1], why[SHARED_WHY_BYTES];
	int error;

	listen = contract_body(message, sizeof(*listen), &text, &size);
	if (!listen || size > CONTRACT_ADDRESS_MAX || memchr(text, '\0', size) ||
	    child->generation->check || child->outbox.ncontrol > UNREAD_MAX ||
	    shared_holds(&child->shared, listen->id))
		return false;
	if (child->reaped || child->killed_for)
		return true;
	snprintf(address, sizeof(address), "%.*s", (int)size, text);
	error = shared_take(&child->master->shared, &child->shared,
			    &(struct shared_ask){
				    .id = listen->id,
				    .address = address,
				    .backlog = listen->backlog,
				    .dual = listen->flags & CONTRACT_LISTEN_DUAL,
				    .identity = &child->generation->identity,
			    },
			    &listener, why, sizeof(why));
	if (error)
		failure_say(child, address, error, why);
	listening_send(child, listen->id, error, listener);
	return true;
}

bool
listen_end(struct child *child, const struct contract_message *message)
{
	const struct contract_unlisten *unlisten =
		contract_body(message, sizeof(*unlisten), NULL, NULL);
	struct contract_unlisten body;

	if (!unlisten || child->outbox.ncontrol > UNREAD_MAX)
		return false;
	body = *unlisten;
	shared_drop(&child->master->shared, &child->shared, body.id);
	child_control(child,
		      packet_new(CONTRACT_UNLISTENED, &(struct iovec){&body, sizeof(body)}, 1));
	return true;
}
