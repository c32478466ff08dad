/*
 * Running over bytes of one class, 32 or 16 at a time where the processor can.
 *
 * The three functions of each set give the same answers as the byte classes of chars.h, which is
 * what the plain set looks them up in; the vector sets find the first byte that is of another
 * class, and leave the last few bytes to the plain one. Which set serves is decided once, when the
 * worker starts. None reads past p + n.
 */
#ifndef EDDY_HTTP_SCAN_H
#define EDDY_HTTP_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct scan {
	const char *name;
	/* The first i in from … n whose byte is not of the class; n: all are. */
	size_t (*token)(const char *p, size_t from, size_t n);
	size_t (*target)(const char *p, size_t from, size_t n);
	size_t (*value)(const char *p, size_t from, size_t n);
};

/* What this processor does best. */
extern const struct scan *scan;

/* Chooses it; before the first head is parsed. */
void scan_init(void);

/*
 * All the sets that this processor can run, the plain one first: i counts from 0; NULL: no more.
 * For tests.
 */
const struct scan *scan_set(size_t i);

#endif
