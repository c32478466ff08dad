/*
 * Response header lines; see fields.h.
 */
#include "http/fields.h"

#include <stdlib.h>
#include <string.h>

#include "http/chars.h"

#define FIELDS_FIRST_SIZE 256 /* bytes; most answers with headers of their own need less */

static int
fields_reserve(struct fields *fields, size_t more)
{
	size_t need = fields->len + more,
	       size = fields->size != 0 ? fields->size : FIELDS_FIRST_SIZE;
	char *p;

	if (need <= fields->size)
		return 0;
	if (need > FIELDS_MAX)
		return EDDY_ETOOBIG;
	while (size < need)
		size *= 2;
	p = realloc(fields->p, size);
	if (p == NULL)
		return EDDY_ENOMEM;
	fields->p = p;
	fields->size = (uint32_t)size;
	return 0;
}

int
fields_add(struct fields *fields, const char *name, size_t name_len, const char *value,
	   size_t value_len)
{
	int error;
	char *p;

	if (!chars_all(name, name_len, CHAR_TOKEN) ||
	    !chars_all_or_none(value, value_len, CHAR_VALUE))
		return EDDY_EHEADER;
	if (name_len + value_len > FIELDS_MAX)
		return EDDY_ETOOBIG;
	error = fields_reserve(fields, name_len + value_len + 4);
	if (error != 0)
		return error;
	p = fields->p + fields->len;
	p = (char *)mempcpy(p, name, name_len);
	p = (char *)mempcpy(p, ": ", 2);
	p = (char *)mempcpy(p, value, value_len);
	p = (char *)mempcpy(p, "\r\n", 2);
	fields->len = (uint32_t)(p - fields->p);
	return 0;
}

/*
 * The line of that name at or after `from`: its offset and, in *end, that of the next line; or -1.
 */
static long
fields_line(const struct fields *fields, size_t from, const char *name, size_t name_len,
	    size_t *end)
{
	while (from < fields->len) {
		const char *line = fields->p + from;

		*end = (size_t)((const char *)memchr(line, '\n', fields->len - from) - fields->p) +
		       1;
		if (*end - from > name_len && line[name_len] == ':' &&
		    chars_equal_nocase(line, name, name_len))
			return (long)from;
		from = *end;
	}
	return -1;
}

bool
fields_remove(struct fields *fields, const char *name, size_t name_len)
{
	size_t end = 0;
	bool any = false;
	long at = 0;

	while ((at = fields_line(fields, (size_t)at, name, name_len, &end)) >= 0) {
		memmove(fields->p + at, fields->p + end, fields->len - end);
		fields->len -= (uint32_t)(end - (size_t)at);
		any = true;
	}
	return any;
}

eddy_str
fields_find(const struct fields *fields, const char *name, size_t name_len)
{
	size_t end = 0;
	long at = fields_line(fields, 0, name, name_len, &end);

	if (at < 0)
		return (eddy_str){NULL, 0};
	return (eddy_str){fields->p + at + name_len + 2, end - (size_t)at - name_len - 4};
}

void
fields_fini(struct fields *fields)
{
	free(fields->p);
	*fields = (struct fields){0};
}
