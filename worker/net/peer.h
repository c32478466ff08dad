/*
 * Who the other side of a connection is, in 20 bytes instead of sockaddr_storage's 128.
 */
#ifndef EDDY_NET_PEER_H
#define EDDY_NET_PEER_H

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

struct peer {
	uint8_t address[16]; /* IPv4 has 4 bytes */
	in_port_t port;	     /* network order */
	sa_family_t family;
};

static inline struct peer
peer_of(const struct sockaddr *address)
{
	struct peer peer = {.family = address->sa_family};

	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;

		memcpy(peer.address, &in->sin_addr, 4);
		peer.port = in->sin_port;
	} else if (address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;

		memcpy(peer.address, &in6->sin6_addr, 16);
		peer.port = in6->sin6_port;
	}
	return peer;
}

#endif
