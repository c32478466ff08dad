/*
 * Text of others made safe to print.
 */
#include "daemon/escape.h"

#include <stdio.h>
#include <string.h>

/*
 * Bytes of UTF-8 pass; the C1 controls, which a terminal obeys too, do not (U+0080 to U+009F are C2
 * 80 to C2 9F).
 */
static size_t
escape_one(char out[5], const unsigned char *p, size_t left)
{
	if (p[0] == '\n' || p[0] == '\t' || p[0] == '\r') {
		out[0] = '\\';
		out[1] = p[0] == '\n' ? 'n' : p[0] == '\t' ? 't' : 'r';
		return 2;
	}
	if (p[0] < 0x20 || p[0] == 0x7f ||
	    (p[0] == 0xc2 && left > 1 && p[1] >= 0x80 && p[1] <= 0x9f)) {
		snprintf(out, 5, "\\x%02x", p[0]);
		return 4;
	}
	out[0] = (char)p[0];
	return 1;
}

size_t
escape_text(char *to, size_t room, const char *from, size_t n, bool *cut)
{
	size_t used = 0, i;

	for (i = 0; i < n; i++) {
		char out[5];
		size_t size = escape_one(out, (const unsigned char *)from + i, n - i);

		if (used + size >= room)
			break;
		memcpy(to + used, out, size);
		used += size;
	}
	to[used] = '\0';
	if (cut)
		*cut = i < n;
	return used;
}
