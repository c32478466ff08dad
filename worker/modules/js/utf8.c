/*
 * UTF-8 and UTF-16; see utf8.h. The decoder keeps the range that the next byte may have, which
 * rules out overlong forms, surrogates and what is above U+10FFFF by the second byte alone.
 */
#include "utf8.h"

#define REPLACEMENT 0xfffd

size_t
utf8_encode(const uint16_t *chars, size_t n, char *bytes)
{
	unsigned char *out = (unsigned char *)bytes;

	for (size_t i = 0; i < n; i++) {
		uint32_t c = chars[i];

		if (c >= 0xd800 && c < 0xdc00 && i + 1 < n && chars[i + 1] >= 0xdc00 &&
		    chars[i + 1] < 0xe000)
			c = 0x10000 + ((c - 0xd800) << 10) + (chars[++i] - 0xdc00U);
		else if (c >= 0xd800 && c < 0xe000)
			c = REPLACEMENT;
		if (c < 0x80) {
			*out++ = (unsigned char)c;
			continue;
		}
		if (c >= 0x10000) {
			*out++ = (unsigned char)(0xf0 | (c >> 18));
			*out++ = (unsigned char)(0x80 | ((c >> 12) & 0x3f));
			*out++ = (unsigned char)(0x80 | ((c >> 6) & 0x3f));
		} else if (c >= 0x800) {
			*out++ = (unsigned char)(0xe0 | (c >> 12));
			*out++ = (unsigned char)(0x80 | ((c >> 6) & 0x3f));
		} else {
			*out++ = (unsigned char)(0xc0 | (c >> 6));
		}
		*out++ = (unsigned char)(0x80 | (c & 0x3f));
	}
	return (size_t)(out - (unsigned char *)bytes);
}

/* What a first byte promises: how many more, and the range of the next. 0: it is no first byte. */
static unsigned
sequence_of(unsigned char first, uint32_t *c, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xbf;
	if (first >= 0xc2 && first <= 0xdf) {
		*c = first & 0x1fU;
		return 1;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*low = first == 0xe0 ? 0xa0 : 0x80;
		*high = first == 0xed ? 0x9f : 0xbf;
		*c = first & 0x0fU;
		return 2;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*low = first == 0xf0 ? 0x90 : 0x80;
		*high = first == 0xf4 ? 0x8f : 0xbf;
		*c = first & 0x07U;
		return 3;
	}
	return 0;
}

size_t
utf8_decode(const char *bytes, size_t n, uint16_t *chars)
{
	const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
	uint16_t *out = chars;

	while (p < end) {
		unsigned char low, high, first = *p++;
		uint32_t c = REPLACEMENT;
		unsigned more;

		if (first < 0x80) {
			*out++ = first;
			continue;
		}
		more = sequence_of(first, &c, &low, &high);
		for (; more > 0 && p < end && *p >= low && *p <= high; more--) {
			c = (c << 6) | (*p++ & 0x3fU);
			low = 0x80;
			high = 0xbf;
		}
		if (more > 0)
			c = REPLACEMENT;
		if (c >= 0x10000) {
			*out++ = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
			*out++ = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
		} else {
			*out++ = (uint16_t)c;
		}
	}
	return (size_t)(out - chars);
}
