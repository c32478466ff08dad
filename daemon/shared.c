/*
 * Listeners that modules ask for; see shared.h. What a worker's user may do is left to the kernel to
 * judge: the master binds, looks and removes with that user's rights (identity_borrow).
 */
#include "daemon/shared.h"
#include "daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define MODE 0666 /* of a unix socket's file: the default of the conf's listens */

void
shared_init(struct shared_table *table, struct log *log)
{
	*table = (struct shared_table){.log = log};
	TAILQ_INIT(&table->list);
}

/* what a user may do ------------------------------------------------------------------------- */

/* As who is borrowed: whether an address that is in use could be bound, were it not. */
static bool
addr_is_allowed(const struct sockaddr_storage *addr, socklen_t addrlen)
{
	const struct sockaddr_un *un = (const void *)addr;
	char dir[sizeof(un->sun_path)];
	bool allowed;
	int fd;

	if (addr->ss_family == AF_UNIX) {
		snprintf(dir, sizeof(dir), "%.*s/",
			 (int)(strrchr(un->sun_path, '/') - un->sun_path), un->sun_path);
		return faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) == 0;
	}
	fd = socket(addr->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	allowed = fd >= 0 &&
		  (bind(fd, (const struct sockaddr *)addr, addrlen) == 0 || errno == EADDRINUSE);
	if (fd >= 0)
		close(fd);
	return allowed;
}

/* Whether this identity may have what was bound as another. */
static bool
shared_is_allowed(const struct shared *shared, const struct identity *identity)
{
	const struct listener *listener = shared->listener;
	struct identity own;
	bool allowed;

	if (!identity->changes ||
	    (shared->identity.changes && shared->identity.uid == identity->uid))
		return true;
	if (listener->addr.ss_family == AF_UNIX && !listener->file.ino)
		return true; /* an abstract name is anybody's */
	if (identity_borrow(identity, &own) < 0)
		return false;
	allowed = addr_is_allowed(&listener->addr, listener->addrlen);
	identity_return(&own);
	return allowed;
}

static void
denied_explain(const struct shared_ask *ask, char *why, size_t size)
{
	snprintf(why, size,
		 "the workers' user may not bind that; eddyd itself can, for listen \"%s\" { "
		 "protocol "
		 "= \"tcp\" } in the conf",
		 ask->address);
}

/* the table ---------------------------------------------------------------------------------- */

static bool
addr_is_any_port(const struct sockaddr_storage *addr)
{
	return (addr->ss_family == AF_INET &&
		((const struct sockaddr_in *)(const void *)addr)->sin_port == 0) ||
	       (addr->ss_family == AF_INET6 &&
		((const struct sockaddr_in6 *)(const void *)addr)->sin6_port == 0);
}

static bool
uses_have(const struct shared_uses *uses, const struct shared *shared)
{
	const struct shared_use *use;

	LIST_FOREACH(use, uses, entry)
		if (use->shared == shared)
			return true;
	return false;
}

static struct shared *
shared_find(const struct shared_table *table, const struct shared_uses *uses,
	    const struct conf_listen *want)
{
	bool any_port = addr_is_any_port(&want->addr);
	struct shared *shared;

	TAILQ_FOREACH(shared, &table->list, entry) {
		const struct listener *listener = shared->listener;

		if (!any_port && listener_serves(listener, want))
			return shared;
		if (any_port && shared->picked && listener->ipv6only == want->ipv6only &&
		    strcmp(listener->address, want->address) == 0 && !uses_have(uses, shared))
			return shared;
	}
	return NULL;
}

/* A unix socket's file is removed with the rights that made it; without them it has to stay. */
static void
shared_close(struct shared_table *table, struct shared *shared)
{
	char bound[LISTENER_ADDRESS_BYTES];
	struct identity own;

	log_info(table->log, "no longer listening on %s: no worker asks for it any more",
		 listener_format(shared->listener, bound, sizeof(bound)));
	TAILQ_REMOVE(&table->list, shared, entry);
	table->count--;
	if (identity_borrow(&shared->identity, &own) < 0)
		shared->listener->file.ino = 0;
	listener_unref(shared->listener);
	identity_return(&own);
	identity_fini(&shared->identity);
	free(shared);
}

/* For what is no error of its own: as bind(2) would say it. */
static int
error_plain(int error)
{
	return error == -EPERM ? -EACCES : error == -EEXIST ? -EADDRINUSE : error;
}

static int
listener_open_as(struct listener **listener, const struct conf_listen *want,
		 const struct shared_ask *ask, char *why, size_t size)
{
	struct identity own;
	bool may_less;
	int error = identity_borrow(ask->identity, &own);

	if (error) {
		snprintf(why, size, "cannot become the workers' user: %s", strerror(-error));
		return error;
	}
	may_less = own.changes || own.resting;
	error = error_plain(listener_open(listener, want, NULL, NULL, why, size));
	identity_return(&own);
	if (error == -EACCES && may_less)
		denied_explain(ask, why, size);
	return error;
}

static int
shared_open(struct shared_table *table, const struct conf_listen *want,
	    const struct shared_ask *ask, struct shared **opened, char *why, size_t size)
{
	struct shared *shared;
	char bound[LISTENER_ADDRESS_BYTES];
	int error;

	if (table->count == SHARED_MAX) {
		snprintf(why, size, "modules listen on %d other addresses already", SHARED_MAX);
		return -EMFILE;
	}
	shared = calloc(1, sizeof(*shared));
	error = shared ? identity_copy(&shared->identity, ask->identity) : -ENOMEM;
	if (error)
		snprintf(why, size, "%s", strerror(-error));
	else
		error = listener_open_as(&shared->listener, want, ask, why, size);
	if (error) {
		if (shared)
			identity_fini(&shared->identity);
		free(shared);
		return error;
	}
	shared->picked = addr_is_any_port(&want->addr);
	TAILQ_INSERT_TAIL(&table->list, shared, entry);
	table->count++;
	log_info(table->log, "listening on %s, which a module asks for",
		 listener_format(shared->listener, bound, sizeof(bound)));
	*opened = shared;
	return 0;
}

static int
ask_parse(const struct shared_ask *ask, struct conf_listen *want, char *why, size_t size)
{
	const char *wrong;

	*want = (struct conf_listen){
		.address = (char *)ask->address,
		.backlog = ask->backlog > 0 ? ask->backlog : CONF_BACKLOG,
		.ipv6only = !ask->dual,
		.mode = MODE,
		.protocol = CONF_TCP,
	};
	if (conf_address_parse_any_port(ask->address, &want->addr, &want->addrlen, &wrong) == 0)
		return 0;
	snprintf(why, size, "%s", wrong);
	return -EINVAL;
}

/* holding and letting go --------------------------------------------------------------------- */

struct shared *
shared_adopt(struct shared_table *table, struct listener *listener, struct identity *identity,
	     bool picked)
{
	struct shared *shared = calloc(1, sizeof(*shared));

	if (!shared)
		return NULL;
	*shared = (struct shared){.listener = listener, .identity = *identity, .picked = picked};
	*identity = (struct identity){0};
	TAILQ_INSERT_TAIL(&table->list, shared, entry);
	table->count++;
	return shared;
}

int
shared_hold(struct shared *shared, struct shared_uses *uses, uint32_t id)
{
	struct shared_use *use = calloc(1, sizeof(*use));

	if (!use)
		return -ENOMEM;
	*use = (struct shared_use){.shared = shared, .id = id};
	LIST_INSERT_HEAD(uses, use, entry);
	shared->uses++;
	return 0;
}

int
shared_take(struct shared_table *table, struct shared_uses *uses, const struct shared_ask *ask,
	    const struct listener **listener, char *why, size_t size)
{
	struct conf_listen want;
	struct shared *shared;
	int error = ask_parse(ask, &want, why, size);

	if (error)
		return error;
	shared = shared_find(table, uses, &want);
	if (shared && uses_have(uses, shared)) {
		snprintf(why, size, "this worker listens there already");
		return -EADDRINUSE;
	}
	if (shared && !shared_is_allowed(shared, ask->identity)) {
		denied_explain(ask, why, size);
		return -EACCES;
	}
	if (!shared && (error = shared_open(table, &want, ask, &shared, why, size)) < 0)
		return error;
	error = shared_hold(shared, uses, ask->id);
	if (error) {
		snprintf(why, size, "%s", strerror(ENOMEM));
		if (!shared->uses)
			shared_close(table, shared);
		return error;
	}
	*listener = shared->listener;
	return 0;
}

static struct shared_use *
use_find(const struct shared_uses *uses, uint32_t id)
{
	struct shared_use *use;

	LIST_FOREACH(use, uses, entry)
		if (use->id == id)
			return use;
	return NULL;
}

bool
shared_holds(const struct shared_uses *uses, uint32_t id)
{
	return use_find(uses, id) != NULL;
}

static void
use_drop(struct shared_table *table, struct shared_use *use)
{
	LIST_REMOVE(use, entry);
	if (--use->shared->uses == 0)
		shared_close(table, use->shared);
	free(use);
}

void
shared_drop(struct shared_table *table, struct shared_uses *uses, uint32_t id)
{
	struct shared_use *use = use_find(uses, id);

	if (use)
		use_drop(table, use);
}

void
shared_drop_all(struct shared_table *table, struct shared_uses *uses)
{
	while (!LIST_EMPTY(uses))
		use_drop(table, LIST_FIRST(uses));
}

const char *
shared_format(const struct shared_table *table, char *buf, size_t size)
{
	char address[LISTENER_ADDRESS_BYTES];
	const struct shared *shared;

	buf[0] = '\0';
	TAILQ_FOREACH(shared, &table->list, entry)
		if (!listener_list_add(buf, size,
				       listener_format(shared->listener, address, sizeof(address))))
			break;
	return buf;
}
