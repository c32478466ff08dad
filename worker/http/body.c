/*
 * How a body's framing is read; see body.h. Chunk extensions are checked for their bytes, bounded
 * and ignored.
 */
#include "http/body.h"

#include <stdint.h>

#include "http/chars.h"

enum body_state {
	LENGTH,	    /* left bytes follow */
	SIZE,	    /* in the hex digits of a chunk's size */
	SIZE_BLANK, /* white space after it: only an extension may follow (RFC 9112 7.1.1) */
	EXTENSION,  /* ";" … CR */
	SIZE_LF,
	DATA, /* left bytes of the chunk follow */
	DATA_CR,
	DATA_LF,
};

#define SIZE_DIGITS_MAX 15   /* 2^60 bytes are enough for one chunk, and cannot overflow */
#define EXTENSIONS_MAX 16384 /* bytes in one body: only attacks send them (CVE-2023-39326) */

void
body_init_length(struct body *body, uint64_t length)
{
	*body = (struct body){.state = LENGTH, .left = length};
}

void
body_init_chunked(struct body *body)
{
	*body = (struct body){.state = SIZE};
}

bool
body_is_whole(const struct body *body)
{
	return body->state == LENGTH && body->left == 0;
}

bool
body_is_longer(const struct body *body, uint64_t bytes)
{
	return body->state == LENGTH && body->left > bytes;
}

static enum body_result
body_piece(struct body *body, const char **p, size_t *n, eddy_str *piece)
{
	size_t take = body->left < *n ? (size_t)body->left : *n;

	*piece = (eddy_str){*p, take};
	*p += take;
	*n -= take;
	body->left -= take;
	return BODY_PIECE;
}

static unsigned
hex_value(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(char_lower((unsigned char)c) - 'a') + 10;
}

/* One byte of a chunk's size line. False: it may not be there. */
static bool
body_size_byte(struct body *body, char c)
{
	switch (body->state) {
	case SIZE:
		if (char_is((unsigned char)c, CHAR_HEX)) {
			body->left = body->left << 4 | hex_value(c);
			return ++body->digits <= SIZE_DIGITS_MAX;
		}
		if (body->digits == 0)
			return false;
		if (c == '\r') {
			body->state = SIZE_LF;
			return true;
		}
		/* fall through */
	case SIZE_BLANK:
		if (c == ';')
			body->state = EXTENSION;
		else if (c == ' ' || c == '\t')
			body->state = SIZE_BLANK;
		else
			return false;
		return ++body->skipped <= EXTENSIONS_MAX;
	default: /* EXTENSION */
		if (c == '\r')
			body->state = SIZE_LF;
		else if (!char_is((unsigned char)c, CHAR_VALUE) || ++body->skipped > EXTENSIONS_MAX)
			return false;
		return true;
	}
}

enum body_result
body_decode(struct body *body, const char **p, size_t *n, eddy_str *piece)
{
	for (;;) {
		if (body->state == LENGTH && body->left == 0)
			return BODY_DONE;
		if (*n == 0)
			return BODY_AGAIN;
		switch ((enum body_state)body->state) {
		case LENGTH:
			return body_piece(body, p, n, piece);
		case DATA:
			if (body->left > 0)
				return body_piece(body, p, n, piece);
			body->state = DATA_CR;
			continue;
		case SIZE:
		case SIZE_BLANK:
		case EXTENSION:
			if (!body_size_byte(body, **p))
				return BODY_BAD;
			break;
		case SIZE_LF:
			if (**p != '\n')
				return BODY_BAD;
			body->state = DATA;
			break;
		case DATA_CR:
			if (**p != '\r')
				return BODY_BAD;
			body->state = DATA_LF;
			break;
		case DATA_LF:
			if (**p != '\n')
				return BODY_BAD;
			body->state = SIZE;
			body->digits = 0;
			break;
		}
		(*p)++;
		(*n)--;
		if (body->state == DATA && body->left == 0)
			return BODY_TRAILER;
	}
}
