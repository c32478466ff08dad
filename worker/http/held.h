/*
 * Bytes that have come and cannot be used yet, until more of them, or somebody's word, lets them be.
 *
 * Nothing is allocated where there are none. The buffer doubles, and what has been used is only
 * moved over when that is half of it: each byte is copied a few times at most, however small the
 * pieces are that the other side chooses.
 */
#ifndef EDDY_HTTP_HELD_H
#define EDDY_HTTP_HELD_H

#include <stddef.h>

/* Zero: none. */
struct held {
	char *p;
	size_t at, len, size; /* they begin there; how many; room in all */
};

static inline const char *
held_bytes(const struct held *held)
{
	return held->p + held->at;
}

/* n bytes more; `p` is not in there. 0 or -ENOMEM. */
int held_add(struct held *held, const char *p, size_t n);
/* The first n have been used. */
void held_take(struct held *held, size_t n);
void held_fini(struct held *held);

#endif
