/*
 * Text of others made safe to print.
 */
#include "daemon/escape.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ESCAPED_BYTES 9 /* the longest: two bytes as \xc2\x9b, and a NUL */

/* How many bytes the character at p has; 0: they are no UTF-8. */
static size_t
character_size(const unsigned char *p, size_t left)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t code;

	if (size < 2 || size > left || p[0] > 0xf4)
		return size == 1;
	code = p[0] & (0x7fu >> size);
	for (size_t i = 1; i < size; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3f);
	}
	if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return size;
}

/*
 * One character, of *taken bytes. Those of UTF-8 pass; the C1 controls, which a terminal obeys too,
 * do not (U+0080 to U+009F are C2 80 to C2 9F), nor bytes that are none: the journal would show all
 * of the line as a blob.
 */
static size_t
escape_one(char out[ESCAPED_BYTES], const unsigned char *p, size_t left, size_t *taken)
{
	size_t used = 0;

	*taken = 1;
	if (p[0] == '\n' || p[0] == '\t' || p[0] == '\r') {
		out[0] = '\\';
		out[1] = p[0] == '\n' ? 'n' : p[0] == '\t' ? 't' : 'r';
		return 2;
	}
	if (p[0] >= 0x20 && p[0] != 0x7f) {
		size_t size = character_size(p, left);
		bool c1 = size == 2 && p[0] == 0xc2 && p[1] < 0xa0;

		*taken = size > 0 ? size : 1;
		if (size > 0 && !c1) {
			memcpy(out, p, size);
			return size;
		}
	}
	for (size_t i = 0; i < *taken; i++)
		used += (size_t)snprintf(out + used, ESCAPED_BYTES - used, "\\x%02x", p[i]);
	return used;
}

size_t
escape_text(char *to, size_t room, const char *from, size_t n, bool *cut)
{
	size_t used = 0, i, taken;

	for (i = 0; i < n; i += taken) {
		char out[ESCAPED_BYTES];
		size_t size = escape_one(out, (const unsigned char *)from + i, n - i, &taken);

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
