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
 *
 * A service manager may have opened one before (activation.h), and may keep what eddyd has opened
 * (store.h) for the eddyd after it.
 */
#ifndef EDDY_DAEMON_LISTENER_H
#define EDDY_DAEMON_LISTENER_H

#include "conf/conf.h"
#include "daemon/unix_socket.h"
#include "worker/contract.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct activation;

#define LISTENER_WHY_BYTES 512	   /* for a sentence of what is wrong, with an address or two */
#define LISTENER_ADDRESS_BYTES 128 /* for any address that can be bound */

struct listener {
	unsigned refs;
	int fd;
	bool passed;   /* by a socket unit: its file, if it has one, is the manager's */
	char *address; /* as the conf writes it */
	struct sockaddr_storage addr;
	socklen_t addrlen;
	bool ipv6only;
	struct unix_file file; /* of a unix socket */
	bool reuseport;	       /* others may be bound to the same address */
	int *more; /* sockets, bound to the same address, for all workers but the first */
	size_t nmore;
	size_t nlistening; /* of these; the others do from the switch on */
	size_t nstored;	   /* of all sockets, the first; see store.h */
};

/* All sockets of a generation: what a worker's first message has room for besides. */
#define LISTENER_SOCKETS_MAX (CONTRACT_FDS_MAX - 8)

/* The listeners of one conf, in the order of conf->listens. Zero-initialise. */
struct listener_set {
	struct listener **list;
	size_t count;
};

/*
 * Binds one, which the caller then holds; what is in `old` and what has been stored in `activation`
 * (each may be NULL) may be in the way for this moment. 0, or -errno with the sentence of what is
 * wrong in `why`.
 */
int listener_open(struct listener **opened, const struct conf_listen *want,
		  const struct listener_set *old, const struct activation *activation, char *why,
		  size_t size);

/*
 * The same of what has been passed; where that is nothing, *opened is NULL, and it is left to bind.
 */
int listener_open_passed(struct listener **opened, const struct conf_listen *want,
			 const struct activation *activation, char *why, size_t size);

/* One without a socket, to be given one; NULL: no memory. */
struct listener *listener_new(const struct conf_listen *want);

/* Lets go of one; what nobody else holds is closed. */
void listener_unref(struct listener *listener);

/* Whether it is bound to that very address. */
bool listener_is_at(const struct listener *listener, const struct sockaddr_storage *addr,
		    socklen_t addrlen);

/*
 * Whether an open listener is what the conf asks for. A unix socket of ours whose file somebody has
 * removed is not.
 */
bool listener_serves(const struct listener *listener, const struct conf_listen *want);

/* The address that it is bound to, numeric: "127.0.0.1:8080"; returns `buf`. */
const char *listener_format(const struct listener *listener, char *buf, size_t size);

/*
 * Opens what the conf wants, taking over what is there already: from `old` (may be NULL), then from
 * what was passed. All that cannot be had is added to `errors`. 0, or -1 with the set empty.
 */
int listener_set_open(struct listener_set *set, const struct conf *conf,
		      const struct listener_set *old, const struct activation *activation,
		      struct conf_errors *errors);

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
/* Adds one to such a line. False: it has no room, and is cut. */
bool listener_list_add(char *buf, size_t size, const char *address);

/* listener_address.c: of any address that a listener can have ---------------------- */

/* Numeric, as a conf has it; returns `buf`. */
const char *listener_addr_format(const struct sockaddr_storage *addr, socklen_t addrlen, char *buf,
				 size_t size);
bool listener_addr_same(const struct sockaddr_storage *a, socklen_t a_len,
			const struct sockaddr_storage *b, socklen_t b_len);
/* In network byte order; 0: it has none. */
in_port_t listener_addr_port(const struct sockaddr_storage *addr);

#endif
