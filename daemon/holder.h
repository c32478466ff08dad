/*
 * Who has a TCP port that cannot be bound, as far as /proc tells this process.
 */
#ifndef EDDY_DAEMON_HOLDER_H
#define EDDY_DAEMON_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

#define HOLDER_NAME_BYTES 32

struct holder {
	pid_t pid;
	char name[HOLDER_NAME_BYTES]; /* the program's, as ps(1) shows it */
};

/* The process that listens at that address, the first of several. False: that cannot be told. */
bool holder_find(const struct sockaddr_storage *addr, struct holder *holder);

#endif
