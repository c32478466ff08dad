/*
 * What somebody probably meant: the nearest of the names there are.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "conf/private.h"

#define NAME_MAX_NEAR 64 /* a longer name is no typing error of one of ours */

static size_t
min3(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Insertions, deletions, replacements, and neighbours swapped; case counts for nothing. */
static size_t
edit_distance(const char *a, const char *b)
{
	size_t rows[3][NAME_MAX_NEAR + 1], m = strlen(a), n = strlen(b);
	size_t *before = rows[0], *last = rows[1], *row = rows[2], *spare;

	if (m > NAME_MAX_NEAR || n > NAME_MAX_NEAR)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		before[j] = last[j] = j;
	for (size_t i = 1; i <= m; i++) {
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			int x = tolower((unsigned char)a[i - 1]),
			    y = tolower((unsigned char)b[j - 1]);

			row[j] = min3(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[n];
}

const char *
conf_nearest(const char *name, const char *const *names, size_t count)
{
	size_t len = strlen(name), best = len / 3 < 1 ? 1 : len / 3;
	const char *nearest = NULL;

	if (best > 3)
		best = 3;
	for (size_t i = 0; i < count; i++) {
		size_t distance = edit_distance(name, names[i]);

		/* of a one-letter name nothing would be left */
		if (distance > best || distance >= len || (nearest && distance == best))
			continue;
		best = distance;
		nearest = names[i];
	}
	return nearest;
}

char *
conf_names_join(const char *const *names, size_t count)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%s", i ? ", " : "", names[i]);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
