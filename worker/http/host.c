/*
 * The parts of an authority; see host.h.
 */
#include "http/host.h"

#include <string.h>

#include "http/chars.h"

/* ":80", or nothing; ":" alone names no port, and is allowed (RFC 3986 3.2.3). */
static bool
port_is_valid(const char *p, size_t n)
{
	unsigned port = 0;

	if (n == 0)
		return true;
	if (*p != ':' || n > 6 || !chars_all_or_none(p + 1, n - 1, CHAR_DIGIT))
		return false;
	for (size_t i = 1; i < n; i++)
		port = port * 10 + (unsigned)(p[i] - '0');
	return port <= 65535;
}

/* "[::1]" at the start: its length, or 0. */
static size_t
literal_length(const char *p, size_t n)
{
	const char *close = memchr(p, ']', n);

	if (close == NULL || close == p + 1)
		return 0;
	for (const char *q = p + 1; q < close; q++)
		if (!char_is((unsigned char)*q, CHAR_HEX) && *q != ':' && *q != '.')
			return 0;
	return (size_t)(close - p) + 1;
}

/* A name or an IPv4 address at the start: its length, or 0. A "%" stands before two hex digits. */
static size_t
name_length(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && p[i] != ':'; i++) {
		if (p[i] == '[' || p[i] == ']')
			return 0;
		if (p[i] == '%' && (n - i < 3 || !chars_all(p + i + 1, 2, CHAR_HEX)))
			return 0;
	}
	return i;
}

bool
host_is_valid(const char *p, size_t n)
{
	size_t length = 0;

	if (n == 0)
		return true;
	while (length < n && char_is((unsigned char)p[length], CHAR_NAME))
		length++;
	if (length == n || (length > 0 && p[length] == ':')) /* nearly all: nothing but a name */
		return port_is_valid(p + length, n - length);
	if (!chars_all(p, n, CHAR_HOST))
		return false;
	length = p[0] == '[' ? literal_length(p, n) : name_length(p, n);
	return length > 0 && port_is_valid(p + length, n - length);
}

/* An address alone ends with "]", an empty port with ":". */
bool
host_has_port(const char *p, size_t n)
{
	return host_is_valid(p, n) && memchr(p, ':', n) != NULL &&
	       char_is((unsigned char)p[n - 1], CHAR_DIGIT);
}
