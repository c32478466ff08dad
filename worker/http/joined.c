/*
 * Joined headers; see joined.h.
 */
#include "http/joined.h"

#include <stdlib.h>
#include <string.h>

#include "http/chars.h"

static struct joined *
joined_new(const struct head *head, int first, const char *name, size_t name_len)
{
	const char *between = name_len == 6 && chars_equal_nocase(name, "cookie", 6) ? "; " : ", ";
	struct joined *joined;
	size_t size = 0;
	char *p;

	for (int i = first; i >= 0; i = head_find(head, (size_t)i + 1, name, name_len))
		size += head_value(head, (size_t)i).n + 2;
	joined = malloc(sizeof(*joined) + size);
	if (joined == NULL)
		return NULL;
	p = joined->bytes;
	for (int i = first; i >= 0; i = head_find(head, (size_t)i + 1, name, name_len)) {
		eddy_str value = head_value(head, (size_t)i);

		if (i != first)
			p = (char *)mempcpy(p, between, 2);
		p = (char *)mempcpy(p, value.p, value.n);
	}
	joined->len = (size_t)(p - joined->bytes);
	return joined;
}

eddy_str
joined_find(const struct head *head, struct joined **list, const char *name)
{
	size_t name_len = strlen(name);
	int first = head_find(head, 0, name, name_len);
	struct joined *joined;

	if (first < 0)
		return (eddy_str){NULL, 0};
	if (head_find(head, (size_t)first + 1, name, name_len) < 0)
		return head_value(head, (size_t)first);
	joined = joined_new(head, first, name, name_len);
	if (joined == NULL)
		return (eddy_str){NULL, 0};
	joined->next = *list;
	*list = joined;
	return (eddy_str){joined->bytes, joined->len};
}

void
joined_free(struct joined **list)
{
	struct joined *joined;

	while ((joined = *list) != NULL) {
		*list = joined->next;
		free(joined);
	}
}
