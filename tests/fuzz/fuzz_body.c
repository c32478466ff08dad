/*
 * libFuzzer: bodies, in chunks and of a Content-Length.
 *
 * The first three bytes of the input say which framing it is and how it is cut; the rest is the
 * body and what follows. In one piece and in pieces it must have the same bytes, the same end in
 * the same place, and no byte that was not given.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/body.h"

#define CONTROL_BYTES 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A body as it was decoded. */
struct decoded {
	enum body_result result;
	char *text;
	size_t len, used;
};

static void
require(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "fuzz_body: %s\n", what);
	abort();
}

static void
start(struct body *body, const uint8_t *control)
{
	memset(body, 0xa5, sizeof(*body));
	if (control[0] & 1)
		body_init_length(body, (uint64_t)(control[0] >> 1) << 8 | control[1]);
	else
		body_init_chunked(body);
}

/* One piece, in a place of just its size. */
static void
decode_piece(struct body *body, struct decoded *decoded, const uint8_t *data, size_t size)
{
	char *place = malloc(size);
	const char *p = place;
	size_t left = size;
	eddy_str piece = {NULL, 0};

	require(place != NULL, "no memory");
	if (size > 0)
		memcpy(place, data, size);
	while ((decoded->result = body_decode(body, &p, &left, &piece)) == BODY_PIECE) {
		require(piece.n > 0 && piece.p >= place && piece.p + piece.n == p,
			"a piece that was not given");
		memcpy(decoded->text + decoded->len, piece.p, piece.n);
		decoded->len += piece.n;
	}
	require(p + left == place + size, "bytes got lost");
	require(decoded->result != BODY_AGAIN || left == 0, "it wants more and has some");
	decoded->used += size - left;
	free(place);
}

static void
decode(struct decoded *decoded, const uint8_t *control, const uint8_t *data, size_t size,
       size_t step)
{
	struct body body;
	size_t n;

	start(&body, control);
	*decoded = (struct decoded){.result = BODY_AGAIN, .text = malloc(size)};
	for (size_t at = 0; decoded->result == BODY_AGAIN && (at < size || at == 0); at += n) {
		n = size - at < step ? size - at : step;
		decode_piece(&body, decoded, data + at, n);
		if (n == 0)
			break;
	}
	require(decoded->len <= decoded->used && decoded->used <= size, "more than was given");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decoded whole, pieces;

	if (size <= CONTROL_BYTES)
		return 0;
	decode(&whole, data, data + CONTROL_BYTES, size - CONTROL_BYTES, size);
	decode(&pieces, data, data + CONTROL_BYTES, size - CONTROL_BYTES, (size_t)data[2] + 1);
	require(whole.result == pieces.result, "the pieces come to another end");
	require(whole.used == pieces.used, "the pieces end in another place");
	require(whole.len == pieces.len && memcmp(whole.text, pieces.text, whole.len) == 0,
		"the pieces have another body");
	free(whole.text);
	free(pieces.text);
	return 0;
}
