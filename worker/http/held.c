/*
 * The buffer behind held.h.
 */
#include "http/held.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HELD_BYTES_MIN 512

/* Room for n bytes behind those that are there. NULL: no memory. */
static char *
held_reserve(struct held *held, size_t n)
{
	size_t need = held->len + n, size = held->size != 0 ? held->size : HELD_BYTES_MIN;
	char *p;

	if (held->at > 0 && held->at >= size / 2) {
		memmove(held->p, held->p + held->at, held->len);
		held->at = 0;
	}
	while (size - held->at < need)
		size *= 2;
	if (size != held->size) {
		p = realloc(held->p, size);
		if (p == NULL)
			return NULL;
		held->p = p;
		held->size = size;
	}
	return held->p + held->at + held->len;
}

int
held_add(struct held *held, const char *p, size_t n)
{
	char *room = n > 0 ? held_reserve(held, n) : NULL;

	if (n == 0)
		return 0;
	if (room == NULL)
		return -ENOMEM;
	memcpy(room, p, n);
	held->len += n;
	return 0;
}

void
held_take(struct held *held, size_t n)
{
	held->at += n;
	held->len -= n;
	if (held->len == 0)
		held_fini(held);
}

void
held_fini(struct held *held)
{
	free(held->p);
	*held = (struct held){0};
}
