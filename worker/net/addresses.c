/*
 * The table of addresses; see addresses.h.
 *
 * Simple tabulation: each byte of a key picks a random number from its own row, and these are
 * XORed. With linear probing that takes constant time on average whatever the keys are, and is a
 * few loads. Removing moves what follows up, so there are no marks of the dead to skip.
 */
#include "net/addresses.h"

#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define KEY_BYTES sizeof(uint64_t)
#define FIRST_SIZE 64
#define V4_KEY ((uint64_t)0xffff << 32) /* in ::/8, where no client's /64 can be */

/* False: it is not counted. */
static bool
address_key(sa_family_t family, const uint8_t *address, uint64_t *key)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	uint32_t v4;

	if (family == AF_INET6 && memcmp(address, mapped, sizeof(mapped)) != 0) {
		memcpy(key, address, sizeof(*key));
		*key = be64toh(*key);
		return true;
	}
	if (family != AF_INET && family != AF_INET6)
		return false;
	memcpy(&v4, family == AF_INET ? address : address + sizeof(mapped), sizeof(v4));
	*key = V4_KEY | v4;
	return true;
}

static size_t
key_home(const struct addresses *addresses, uint64_t key)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < KEY_BYTES; i++)
		hash ^= addresses->hash[i][key >> 8 * i & 0xff];
	return hash & (addresses->size - 1);
}

/* Where the key is, or the free place where it would be. */
static struct address_place *
place_find(const struct addresses *addresses, uint64_t key)
{
	size_t i = key_home(addresses, key);

	while (addresses->places[i].count != 0 && addresses->places[i].key != key)
		i = (i + 1) & (addresses->size - 1);
	return &addresses->places[i];
}

static int
addresses_resize(struct addresses *addresses, size_t size)
{
	struct address_place *old = addresses->places, *places = calloc(size, sizeof(*places));
	size_t old_size = addresses->size;

	if (places == NULL)
		return -ENOMEM;
	addresses->places = places;
	addresses->size = size;
	for (size_t i = 0; i < old_size; i++)
		if (old[i].count != 0)
			*place_find(addresses, old[i].key) = old[i];
	free(old);
	return 0;
}

int
addresses_init(struct addresses *addresses, unsigned max)
{
	const size_t size = KEY_BYTES * sizeof(*addresses->hash);
	char *at;
	ssize_t n;

	*addresses = (struct addresses){.max = max};
	if (max == 0)
		return 0;
	addresses->hash = malloc(size);
	if (addresses->hash == NULL || addresses_resize(addresses, FIRST_SIZE) != 0) {
		addresses_fini(addresses);
		return -ENOMEM;
	}
	at = (char *)addresses->hash;
	for (size_t left = size; left > 0; left -= (size_t)n, at += n) {
		n = getrandom(at, left, 0);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0) {
			n = -errno;
			addresses_fini(addresses);
			return (int)n;
		}
	}
	return 0;
}

void
addresses_fini(struct addresses *addresses)
{
	free(addresses->places);
	free(addresses->hash);
	*addresses = (struct addresses){0};
}

int
addresses_add(struct addresses *addresses, sa_family_t family, const uint8_t *address)
{
	struct address_place *place;
	uint64_t key;

	if (addresses->max == 0 || !address_key(family, address, &key))
		return 0;
	place = place_find(addresses, key);
	if (place->count >= addresses->max)
		return -EUSERS;
	if (place->count == 0) {
		if (2 * (addresses->used + 1) > addresses->size) {
			if (addresses_resize(addresses, 2 * addresses->size) != 0)
				return -ENOMEM;
			place = place_find(addresses, key);
		}
		place->key = key;
		addresses->used++;
	}
	place->count++;
	return 0;
}

/* Frees a place. What follows without a gap and would not be found across it moves up. */
static void
place_free(struct addresses *addresses, struct address_place *place)
{
	size_t mask = addresses->size - 1, gap = (size_t)(place - addresses->places), i = gap;

	while (addresses->places[i = (i + 1) & mask].count != 0) {
		size_t home = key_home(addresses, addresses->places[i].key);

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		addresses->places[gap] = addresses->places[i];
		gap = i;
	}
	addresses->places[gap].count = 0;
	addresses->used--;
}

void
addresses_remove(struct addresses *addresses, sa_family_t family, const uint8_t *address)
{
	struct address_place *place;
	uint64_t key;

	if (addresses->max == 0 || !address_key(family, address, &key))
		return;
	place = place_find(addresses, key);
	if (place->count == 0 || --place->count > 0)
		return;
	place_free(addresses, place);
	/* a crowd has left; without memory for a smaller table the large one does too */
	if (addresses->size > FIRST_SIZE && addresses->used < addresses->size / 8)
		addresses_resize(addresses, addresses->size / 2);
}
