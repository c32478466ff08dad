/*
 * A header that came in several lines, as one (RFC 9110 5.3).
 */
#ifndef EDDY_HTTP_JOINED_H
#define EDDY_HTTP_JOINED_H

#include <stddef.h>

#include "eddy.h"
#include "http/head.h"

/* Those that a module has asked for; as long-lived as their head. */
struct joined {
	struct joined *next;
	size_t len;
	char bytes[];
};

/*
 * The value of a field, its lines joined if there are several: these are kept in *list. { NULL, 0 }:
 * there is none, or no memory.
 */
eddy_str joined_find(const struct head *head, struct joined **list, const char *name);
void joined_free(struct joined **list);

#endif
