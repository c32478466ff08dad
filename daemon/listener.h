/*
 * Listening sockets: bound by the master before anything else, kept over reloads, shared by the
 * workers.
 *
 * A listener is held by each generation that has been given it, and closed (a unix socket's file
 * removed) when the last one lets go. A reload takes over what it finds in the set before it, by
 * address, and binds what is new; an error leaves the old set as it was.
 *
 * Of accept = "reuseport" a listener has a socket for each worker. What is queued on a socket would be
 * reset when it is closed; so all of them stay, whatever the number of workers becomes, as long as
 * the listener does. Each worker is given all of them, and looks after those that are nobody's.
 */
#ifndef EDDY_DAEMON_LISTENER_H
#define EDDY_DAEMON_LISTENER_H

#include "conf/conf.h"
#include "daemon/unix_socket.h"
#include "worker/contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define LISTENER_WHY_BYTES 512	   /* for a sentence of what is wrong */
#define LISTENER_ADDRESS_BYTES 128 /* for any address that can be bound */

struct listener {
	unsigned refs;
	int fd;
	char *address; /* as the conf writes it */
	struct sockaddr_storage addr;
	socklen_t addrlen;
	bool ipv6only;
	struct unix_file file; /* of a unix socket */
	bool reuseport;	       /* others may be bound to the same address */
	int *more; /* sockets, bound to the same address, for all workers but the first */
	size_t nmore;
	size_t nlistening; /* of these; the others do from the switch on */
};

/* All sockets of a generation: what a worker's first message has room for besides. */
#define LISTENER_SOCKETS_MAX (CONTRACT_FDS_MAX - 8)

/* The listeners of one conf, in the order of conf->listens. Zero-initialise. */
struct listener_set {
	struct listener **list;
	size_t count;
};

/*
 * Opens one, which the caller then holds; what is in `old` (may be NULL) may be in the way for this
 * moment. 0, or -errno with the sentence of what is wrong in `why`.
 */
int listener_open(struct listener **opened, const struct conf_listen *want,
		  const struct listener_set *old, char *why, size_t size);

/* Lets go of one; what nobody else holds is closed. */
void listener_unref(struct listener *listener);

/* Whether it is bound to that very address. */
bool listener_is_at(const struct listener *listener, const struct sockaddr_storage *addr,
		    socklen_t addrlen);

/*
 * Whether an open listener is what the conf asks for. A unix socket whose file somebody has removed
 * is not.
 */
bool listener_serves(const struct listener *listener, const struct conf_listen *want);

/* The address that it is bound to, numeric: "127.0.0.1:8080"; returns `buf`. */
const char *listener_format(const struct listener *listener, char *buf, size_t size);

/*
 * Opens what the conf wants, taking over from `old` (may be NULL) what is there already. All that
 * cannot be bound is added to `errors`. 0, or -1 with the set empty.
 */
int listener_set_open(struct listener_set *set, const struct conf *conf,
		      const struct listener_set *old, struct conf_errors *errors);

/*
 * The sockets that are new listen from now on: before the first worker is told to accept, and not
 * before it is sure that one will, since the kernel hands clients to them at once.
 */
void listener_set_listen(const struct listener_set *set, const struct conf *conf);

/*
 * What can change on a listener that was taken over: its backlog, its protocol and a file's mode. For
 * after the switch.
 */
void listener_set_adjust(const struct listener_set *set, const struct conf *conf);

/* Lets go of all; what nobody else holds is closed. */
void listener_set_close(struct listener_set *set);

/*
 * The addresses with ", " between, for a line of the log; returns `buf`, cut with "..." if it has
 * to be.
 */
const char *listener_set_format(const struct listener_set *set, char *buf, size_t size);

#endif
