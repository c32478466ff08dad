/*
 * Byte classes of HTTP (RFC 9110 5.6.2, 5.5; RFC 9112 3) and small helpers on bytes that both
 * directions need.
 */
#ifndef EDDY_HTTP_CHARS_H
#define EDDY_HTTP_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CHAR_TOKEN = 1,	 /* tchar */
	CHAR_VALUE = 2,	 /* in a field value: VCHAR, obs-text, SP, HTAB */
	CHAR_TARGET = 4, /* in a request target: VCHAR but "#", which no client sends */
	CHAR_HOST = 8,	 /* in a Host field: unreserved, sub-delims, "%", ":", "[", "]" */
	CHAR_HEX = 16,
	CHAR_DIGIT = 32,
	CHAR_NAME = 64, /* in a host's name: as CHAR_HOST, but "%", ":", "[", "]" */
};

extern const uint8_t char_class[256];

static inline bool
char_is(unsigned char c, int class)
{
	return (char_class[c] & class) != 0;
}

static inline unsigned char
char_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* Whether n bytes at a are those at b, upper and lower case alike. */
static inline bool
chars_equal_nocase(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (char_lower((unsigned char)a[i]) != char_lower((unsigned char)b[i]))
			return false;
	return true;
}

/* n > 0 bytes that are all of a class. */
bool chars_all(const char *p, size_t n, int class);
/* n bytes (0 is fine) that are all of a class. */
bool chars_all_or_none(const char *p, size_t n, int class);

#endif
