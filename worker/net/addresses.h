/*
 * How many connections each client address has: the count behind connections_per_address.
 *
 * A table with open addressing. Its hash is of this process alone, so that nobody can choose
 * addresses that collide; adding and removing allocate nothing while the number of addresses stays
 * about the same. An IPv6 client has a /64 to choose from, so that is what is counted; IPv4 counts
 * the same through an IPv6 socket. Unix sockets have no addresses: they are not counted.
 */
#ifndef EDDY_NET_ADDRESSES_H
#define EDDY_NET_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct address_place {
	uint64_t key;
	uint32_t count; /* 0: free */
};

struct addresses {
	unsigned max; /* connections of one address; 0: any number, and nothing is counted */
	struct address_place *places;
	size_t size;	       /* a power of 2 */
	size_t used;	       /* places that are not free */
	uint32_t (*hash)[256]; /* random numbers, a row for each byte of a key */
};

/* 0, or -errno: no memory, or no random numbers. */
int addresses_init(struct addresses *addresses, unsigned max);
void addresses_fini(struct addresses *addresses);

/*
 * One connection more of this address, of which IPv4 has 4 bytes and IPv6 16. 0, -EUSERS: it has
 * as many as it may, or -ENOMEM; only with 0 there is one to remove.
 */
int addresses_add(struct addresses *addresses, sa_family_t family, const uint8_t *address);
void addresses_remove(struct addresses *addresses, sa_family_t family, const uint8_t *address);

#endif
