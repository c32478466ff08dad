/*
 * The framing of a request body: so many bytes (Content-Length), or chunks (RFC 9112 7.1).
 *
 * The decoder takes bytes as they come and points at the pieces of body in them; it copies nothing
 * and remembers a few numbers. It never looks past the body's end: what follows belongs to the next
 * request.
 *
 *	BODY_AGAIN     all bytes are used up, there is more to come
 *	BODY_PIECE     *piece is the next piece of the body
 *	BODY_TRAILER   the last chunk has come: a trailer section follows, for head_parse
 *	BODY_DONE      complete
 *	BODY_BAD       broken framing
 */
#ifndef EDDY_HTTP_BODY_H
#define EDDY_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eddy.h"

enum body_result { BODY_AGAIN, BODY_PIECE, BODY_TRAILER, BODY_DONE, BODY_BAD };

struct body {
	uint64_t left;	  /* of the body or of this chunk, bytes */
	uint16_t skipped; /* bytes of chunk extensions in this body; they are bounded */
	uint8_t state;	  /* body.c */
	uint8_t digits;	  /* of this chunk's size so far */
};

void body_init_length(struct body *body, uint64_t length);
void body_init_chunked(struct body *body);

/* Whether more than so many bytes are known to be left; chunks do not tell. */
bool body_is_longer(const struct body *body, uint64_t bytes);

/* Whether the last byte has been pointed at; of chunks their end is not known before it has come. */
bool body_is_whole(const struct body *body);

/* Uses up bytes of the *n at *p. */
enum body_result body_decode(struct body *body, const char **p, size_t *n, eddy_str *piece);

#endif
