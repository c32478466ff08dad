/*
 * The byte class table.
 */
#include "http/chars.h"

#define T CHAR_TOKEN
#define V CHAR_VALUE
#define U CHAR_TARGET
#define H CHAR_HOST
#define X CHAR_HEX
#define D CHAR_DIGIT
#define N CHAR_NAME

const uint8_t char_class[256] = {
	['\t'] = V,
	[' '] = V,
	['!'] = T | V | U | H | N,
	['"'] = V | U,
	['#'] = T | V,
	['$'] = T | V | U | H | N,
	['%'] = T | V | U | H,
	['&'] = T | V | U | H | N,
	['\''] = T | V | U | H | N,
	['('] = V | U | H | N,
	[')'] = V | U | H | N,
	['*'] = T | V | U | H | N,
	['+'] = T | V | U | H | N,
	[','] = V | U | H | N,
	['-'] = T | V | U | H | N,
	['.'] = T | V | U | H | N,
	['/'] = V | U,
	['0' ... '9'] = T | V | U | H | N | X | D,
	[':'] = V | U | H,
	[';'] = V | U | H | N,
	['<'] = V | U,
	['='] = V | U | H | N,
	['>' ... '@'] = V | U,
	['A' ... 'F'] = T | V | U | H | N | X,
	['G' ... 'Z'] = T | V | U | H | N,
	['['] = V | U | H,
	['\\'] = V | U,
	[']'] = V | U | H,
	['^'] = T | V | U,
	['_'] = T | V | U | H | N,
	['`'] = T | V | U,
	['a' ... 'f'] = T | V | U | H | N | X,
	['g' ... 'z'] = T | V | U | H | N,
	['{'] = V | U,
	['|'] = T | V | U,
	['}'] = V | U,
	['~'] = T | V | U | H | N,
	[128 ... 255] = V,
};

bool
chars_all_or_none(const char *p, size_t n, int class)
{
	for (size_t i = 0; i < n; i++)
		if (!char_is((unsigned char)p[i], class))
			return false;
	return true;
}

bool
chars_all(const char *p, size_t n, int class)
{
	return n > 0 && chars_all_or_none(p, n, class);
}
