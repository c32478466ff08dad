/*
 * The header lines of a response while it is being made: one block of "Name: value\r\n" as it will
 * go out.
 */
#ifndef EDDY_HTTP_FIELDS_H
#define EDDY_HTTP_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eddy.h"

#define FIELDS_MAX 32768 /* bytes of one block: no client takes more in a response head */

/* Zero-initialise; fields_fini frees. */
struct fields {
	char *p;
	uint32_t len, size;
};

/*
 * Adds a line. 0, EDDY_EHEADER (a byte that may not be there: nothing can be injected),
 * EDDY_ETOOBIG, EDDY_ENOMEM.
 */
int fields_add(struct fields *fields, const char *name, size_t name_len, const char *value,
	       size_t value_len);
/* Removes all lines of that name, and says whether there was one. */
bool fields_remove(struct fields *fields, const char *name, size_t name_len);
/* The value of the first line of that name; p NULL: none. */
eddy_str fields_find(const struct fields *fields, const char *name, size_t name_len);
void fields_fini(struct fields *fields);

#endif
