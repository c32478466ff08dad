/*
 * Sockets that were listening before this eddyd was started, sd_listen_fds(3): those of a socket unit,
 * and those of an eddyd before it that the service manager has stored (store.h).
 *
 * A listen of the conf takes over the one that is bound to its address or, as "fd:NAME", the one of
 * that name. A stored one is eddyd's own then; what the conf does not want of them is closed once it
 * serves. A unit's stays open in the manager whatever eddyd does with it, and nobody else can bind
 * its address: it is kept for the reload that wants it, and the log says that nobody serves it.
 */
#ifndef EDDY_DAEMON_ACTIVATION_H
#define EDDY_DAEMON_ACTIVATION_H

#include "daemon/unix_socket.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct conf_listen;
struct listener_set;
struct log;

struct activation_socket {
	int fd;		   /* -1: it has been given away */
	char *name;	   /* as the unit has it, or store_name */
	const char *wrong; /* why it cannot be listened at; NULL: it can */
	bool stored;
	bool unserved; /* by the conf in use; the log has been told */
	struct sockaddr_storage addr;
	socklen_t addrlen;
	bool ipv6only;
	bool reuseport;	       /* SO_REUSEPORT, as it was passed */
	struct unix_file file; /* of a stored one */
};

/* Zero-initialise. */
struct activation {
	struct activation_socket *list;
	size_t count;
};

/*
 * Reads LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, and takes them out of the environment. 0 or
 * -ENOMEM.
 */
int activation_init(struct activation *activation, struct log *log);
void activation_fini(struct activation *activation);

/* One more; the fd is the table's, in any case. NULL: no memory. */
struct activation_socket *activation_add(struct activation *activation, int fd, const char *name);

/*
 * The socket that a listen of the conf is to be; NULL: there is none. With a sentence in `why` there
 * is one that it cannot be, or "fd:NAME" is none that was passed; else `why` is "".
 */
struct activation_socket *activation_find(const struct activation *activation,
					  const struct conf_listen *want, char *why, size_t size);

/* The next one behind it that is bound to the same address; NULL: none. */
struct activation_socket *activation_next(const struct activation *activation,
					  const struct activation_socket *sock);

/* The fd of one, the caller's from then on; a unit's stays in the table, too. Or -errno. */
int activation_take(struct activation_socket *sock);

/* After a switch: the log has which sockets of a unit are served by nobody, once for each. */
void activation_serve(struct activation *activation, const struct listener_set *set,
		      struct log *log);

/* Of an address that is in use: which of the sockets here is in the way. False: none is. */
bool activation_explain(const struct activation *activation, const struct conf_listen *want,
			char *why, size_t size);

#endif
