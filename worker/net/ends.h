/*
 * The two ends of a stream: who they are, as the kernel has it, in eddy.h's words.
 */
#ifndef EDDY_NET_ENDS_H
#define EDDY_NET_ENDS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "eddy.h"

#define END_TEXT_MAX 128 /* "unix:" with the longest path, or an address with a zone */

struct end {
	struct sockaddr_storage address;
	socklen_t size;
};

/* Asks the kernel for the remote or the local one. False: there is none. */
bool end_get(struct end *end, int fd, bool remote);
/* "192.0.2.7", "2001:db8::7", "fe80::7%eth0", "unix:", "unix:/path", "unix:@name"; in `text`. */
eddy_str end_format(const struct end *end, char text[END_TEXT_MAX]);
/* 0 of a unix socket. */
unsigned end_port(const struct end *end);

#endif
