/*
 * The service manager's store of descriptors; see store.h.
 */
#include "daemon/store.h"
#include "daemon/activation.h"
#include "daemon/generation.h"
#include "daemon/listener.h"
#include "daemon/master.h"
#include "daemon/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

/*
 * "eddyd/tcp/127.0.0.1-8080", "eddyd/unix/DEVICE-INODE/run/eddy/web.sock": printable, and without the
 * colon that stands between names in LISTEN_FDNAMES.
 */
#define NAME_PREFIX "eddyd/"
#define NAME_TCP NAME_PREFIX "tcp/"
#define NAME_UNIX NAME_PREFIX "unix/"
#define NAME_BYTES 256

/* names -------------------------------------------------------------------------------------- */

static bool
name_is_valid(const char *name)
{
	for (; *name; name++)
		if (*name < ' ' || *name > '~' || *name == ':')
			return false;
	return true;
}

static void
tcp_name(const struct listener *listener, char *name)
{
	char address[LISTENER_ADDRESS_BYTES];

	listener_format(listener, address, sizeof(address));
	for (char *p = address; *p; p++)
		if (*p == ':')
			*p = '-';
	snprintf(name, NAME_BYTES, NAME_TCP "%s", address);
}

static void
unix_name(const struct listener *listener, char *name)
{
	char address[LISTENER_ADDRESS_BYTES];

	listener_format(listener, address, sizeof(address));
	snprintf(name, NAME_BYTES, NAME_UNIX "%llx-%llx%s", (unsigned long long)listener->file.dev,
		 (unsigned long long)listener->file.ino, address + sizeof("unix:") - 1);
}

bool
store_name_parse(const char *name, struct unix_file *file)
{
	unsigned long long dev = 0, ino = 0;

	*file = (struct unix_file){0};
	if (sscanf(name, NAME_UNIX "%llx-%llx", &dev, &ino) == 2)
		*file = (struct unix_file){.dev = (dev_t)dev, .ino = (ino_t)ino};
	return strncmp(name, NAME_PREFIX, strlen(NAME_PREFIX)) == 0;
}

/* Whether systemd removes that file when the service has stopped, and not before. */
static bool
path_is_of_service(const char *path)
{
	const char *dir = getenv("RUNTIME_DIRECTORY"); /* several with colons between */

	while (dir && *dir) {
		size_t n = strcspn(dir, ":");

		if (n && strncmp(path, dir, n) == 0 && path[n] == '/')
			return true;
		dir += n + (dir[n] == ':');
	}
	return false;
}

/* Its name; false: it is not to be stored. */
static bool
listener_name(const struct listener *listener, char name[NAME_BYTES])
{
	const struct sockaddr_un *un = (const void *)&listener->addr;

	if (listener->passed)
		return false;
	if (listener->addr.ss_family != AF_UNIX)
		tcp_name(listener, name);
	else if (!un->sun_path[0] || path_is_of_service(un->sun_path))
		unix_name(listener, name);
	else
		return false;
	return name_is_valid(name);
}

/* taking out --------------------------------------------------------------------------------- */

/* Without memory it stays there, until the next start. */
static void
leaving_add(struct store *store, const char *name)
{
	char **grown = reallocarray(store->leaving, store->nleaving + 1, sizeof(*grown));

	if (!grown)
		return;
	store->leaving = grown;
	grown[store->nleaving] = strdup(name);
	store->nleaving += grown[store->nleaving] != NULL;
}

static bool
set_has(const struct listener_set *set, const struct listener *listener)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->list[i] == listener)
			return true;
	return false;
}

static void
dropped_leave(struct master *master, const struct listener_set *old)
{
	char name[NAME_BYTES];

	for (size_t i = 0; old && i < old->count; i++) {
		struct listener *listener = old->list[i];

		if (!listener->nstored || set_has(&master->running->listeners, listener))
			continue;
		listener->nstored = 0;
		if (listener_name(listener, name))
			leaving_add(&master->store, name);
	}
}

/* Of an eddyd before, and nobody's. */
static void
stale_leave(struct master *master)
{
	struct activation *activation = &master->activation;
	char address[LISTENER_ADDRESS_BYTES];

	for (size_t i = 0; i < activation->count; i++) {
		struct activation_socket *sock = &activation->list[i];
		const struct sockaddr_un *un = (const void *)&sock->addr;

		if (!sock->stored || sock->fd < 0)
			continue;
		if (!sock->wrong)
			log_notice(&master->log,
				   "%s, which was kept open since eddyd ran last, is closed: the "
				   "conf no longer names it",
				   listener_addr_format(&sock->addr, sock->addrlen, address,
							sizeof(address)));
		unix_unlink(&sock->file, un->sun_path);
		close(sock->fd);
		sock->fd = -1;
		leaving_add(&master->store, sock->name);
	}
}

/* False: the next try begins with this one. */
static bool
leaving_send(struct master *master)
{
	struct store *store = &master->store;

	while (store->nleaving) {
		if (!notify_unstore(&master->notify, store->leaving[0]))
			return false;
		free(store->leaving[0]);
		store->nleaving--;
		memmove(store->leaving, store->leaving + 1,
			store->nleaving * sizeof(*store->leaving));
	}
	return true;
}

/* adding ------------------------------------------------------------------------------------- */

static bool
listener_send(struct master *master, struct listener *listener)
{
	int fds[LISTENER_SOCKETS_MAX];
	char name[NAME_BYTES];
	size_t n = 0;

	if (!listener_name(listener, name))
		return true;
	for (size_t i = listener->nstored; i <= listener->nlistening; i++)
		fds[n++] = i ? listener->more[i - 1] : listener->fd;
	if (n && !notify_store(&master->notify, name, fds, n))
		return false;
	listener->nstored += n;
	return true;
}

/* both --------------------------------------------------------------------------------------- */

/*
 * In this order: a socket may have the name of one before it, and all of a name are taken out at
 * once.
 */
void
store_tick(struct master *master)
{
	const struct listener_set *set = master->running ? &master->running->listeners : NULL;

	master->store.owed = !leaving_send(master);
	for (size_t i = 0; !master->store.owed && set && i < set->count; i++)
		master->store.owed = !listener_send(master, set->list[i]);
}

void
store_switch(struct master *master, const struct listener_set *old)
{
	dropped_leave(master, old);
	stale_leave(master);
	if (master->notify.fd >= 0)
		store_tick(master);
}

void
store_fini(struct store *store)
{
	for (size_t i = 0; i < store->nleaving; i++)
		free(store->leaving[i]);
	free(store->leaving);
	*store = (struct store){0};
}
