/*
 * Names as they are asked for: which are none, and which need no server.
 */
#ifndef EDDY_NET_NAMES_H
#define EDDY_NET_NAMES_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARPA_MAX 80 /* 32 nibbles, their dots, "ip6.arpa" and a NUL */

/* Bytes of an address as text, with a zone and a NUL. */
#define ADDRESS_TEXT_MAX (INET6_ADDRSTRLEN + IF_NAMESIZE)

struct net_address {
	int family;    /* AF_INET, AF_INET6 */
	unsigned zone; /* the number of an interface; 0: none */
	uint8_t bytes[16];
};

/*
 * Whether it can be a host's: labels of 1 to 63 letters, digits, '-', '_' or bytes of UTF-8, 253 in
 * all, and perhaps a dot at the end.
 */
bool name_is_host(const char *name);
/* Whether it can be asked for in the DNS: there is something, and no control byte or space. */
bool name_is_askable(const char *name);
/* "localhost" and what is below it (RFC 6761 6.3). */
bool name_is_localhost(const char *name);
/*
 * Whether it is an address, as text: "192.0.2.7", "2001:db8::7", or "fe80::7%eth0", which is another
 * host on each interface (RFC 4007 11).
 */
bool name_is_address(const char *name, struct net_address *address);
/* The same in reverse. */
void address_format(const struct net_address *address, char text[ADDRESS_TEXT_MAX]);
/* The name under which the DNS has the names of an address. */
void address_to_arpa(const struct net_address *address, char name[ARPA_MAX]);

#endif
