/*
 * Unix stream sockets with a file: bound with the right mode from the first moment, a stale file of
 * a process that died replaced, one in use left alone, and only the own file ever removed. For the
 * listeners and the control socket.
 */
#ifndef EDDY_DAEMON_UNIX_SOCKET_H
#define EDDY_DAEMON_UNIX_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

/* The file that a socket was bound to; ino 0: none (an abstract address). */
struct unix_file {
	dev_t dev;
	ino_t ino;
};

/*
 * Binds `fd` to `addr` and fills in *file. 0, or -errno with the sentence of what is wrong in
 * `why`; -EADDRINUSE: somebody listens there, whose pid is in *pid if the kernel tells (else 0).
 */
int unix_bind(int fd, const struct sockaddr_un *addr, socklen_t addrlen, mode_t mode,
	      struct unix_file *file, pid_t *pid, char *why, size_t size);

/* Whether the path still is that file. */
bool unix_file_is(const struct unix_file *file, const char *path);

/* Removes the path if it still is that file. */
void unix_unlink(const struct unix_file *file, const char *path);

#endif
