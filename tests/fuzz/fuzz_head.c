/*
 * libFuzzer: heads of requests and of responses, and trailer sections.
 *
 * The first three bytes of the input say what it is, how long a head may be and where to cut; the
 * rest is the head. Read in one piece and in pieces, with everything moved between the calls, it
 * must come to the same; and what a complete head says must lie inside it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/chars.h"
#include "http/head.h"

#define CONTROL_BYTES 3

enum { TRAILER = 1, RESPONSE = 2 }; /* in the first byte; neither: a request */

#define MAX_BYTES 65535 /* offsets are 16 bits wide */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "fuzz_head: %s\n", what);
	abort();
}

static bool
result_is_known(int result)
{
	static const int known[] = {HEAD_AGAIN, HEAD_DONE, 400, 413, 414, 417, 431, 501, 505};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == result)
			return true;
	return false;
}

static void
part_require(const struct head *head, size_t at, size_t len, int class)
{
	require(at + len <= head->size, "a part ends behind the head");
	require(chars_all_or_none(head->bytes + at, len, class), "a byte that may not be there");
}

static void
line_require(const struct head *head)
{
	require(head->method.len > 0 && head->target.len > 0, "an empty part of the request line");
	part_require(head, head->method.at, head->method.len, CHAR_TOKEN);
	part_require(head, head->target.at, head->target.len, CHAR_TARGET);
	part_require(head, head->path.at, head->path.len, CHAR_TARGET);
	part_require(head, head->query.at, head->query.len, CHAR_TARGET);
	part_require(head, head->authority.at, head->authority.len, CHAR_HOST);
	require(head_path(head).n > 0, "no path");
	require(!head->chunked || (!head->has_length && head->minor > 0), "framed twice");
	require(head->has_length || head->length == 0, "a length from nowhere");
	require(head->minor == 0 || head_find(head, 0, "host", 4) >= 0, "no Host");
}

static void
status_require(const struct head *head)
{
	require(head->status >= 100 && head->status <= 999, "no status");
	part_require(head, head->reason.at, head->reason.len, CHAR_VALUE);
	require(!head->chunked || (!head->has_length && head->minor > 0), "framed twice");
	require(head->has_length || head->length == 0, "a length from nowhere");
	require(!head->expect_continue, "an answer that expects");
}

static void
head_require(const struct head *head)
{
	require(head->size >= 2 && memcmp(head->bytes + head->size - 2, "\r\n", 2) == 0,
		"the head does not end with its end");
	require(head->nfields <= HEAD_FIELDS_MAX, "too many fields");
	if (head->method.len > 0)
		line_require(head);
	if (head->status != 0)
		status_require(head);
	for (size_t i = 0; i < head->nfields; i++) {
		const struct head_field *field = &head->fields[i];

		require(field->name_len > 0, "a field without a name");
		part_require(head, field->name, field->name_len, CHAR_TOKEN);
		part_require(head, field->value, field->value_len, CHAR_VALUE);
		require(head->bytes[field->name + field->name_len] == ':',
			"a name without a colon");
	}
}

static void
heads_require_same(const struct head *a, const struct head *b)
{
	struct head c = *b;

	c.bytes = a->bytes;
	require(memcmp(a, &c, offsetof(struct head, fields)) == 0, "the pieces say another thing");
	require(memcmp(a->fields, c.fields, a->nfields * sizeof(a->fields[0])) == 0,
		"the pieces have other fields");
}

static void
start(struct head *head, uint8_t kind)
{
	memset(head, 0xa5, sizeof(*head));
	if (kind & TRAILER)
		head_init_trailer(head);
	else if (kind & RESPONSE)
		head_init_response(head);
	else
		head_init(head);
}

static int
parse(struct head *head, uint8_t kind, const char *p, size_t n, size_t max)
{
	const struct head_limits limits = {
		.line = (uint32_t)max, .head = (uint32_t)max, .fields = 100};

	if (!(kind & TRAILER) && kind & RESPONSE)
		return head_parse_response(head, p, n, &limits);
	return head_parse(head, p, n, &limits);
}

/* The first n bytes in a place of just that size. The caller frees. */
static char *
place_new(const uint8_t *data, size_t n)
{
	char *place = malloc(n);

	if (place != NULL && n > 0)
		memcpy(place, data, n);
	return place;
}

static int
parse_pieces(struct head *head, uint8_t kind, const uint8_t *data, size_t size, size_t step,
	     size_t max, char **place)
{
	int result = HEAD_AGAIN;

	*place = NULL;
	for (size_t n = 0; n < size && result == HEAD_AGAIN;) {
		n = size - n < step ? size : n + step;
		free(*place);
		*place = place_new(data, n);
		result = parse(head, kind, *place, n, max);
		if (result == HEAD_AGAIN) {
			struct head *saved = head_save(head, *place, n);

			require(saved != NULL, "no memory");
			memset(head, 0xa5, sizeof(*head));
			head_load(head, saved);
			free(saved);
		}
	}
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct head whole, pieces;
	size_t max, step;
	uint8_t kind;
	char *one, *other;
	int result;

	if (size <= CONTROL_BYTES)
		return 0;
	kind = data[0];
	max = data[1] == 0 ? MAX_BYTES : (size_t)data[1] * 16;
	step = (size_t)data[2] + 1;
	data += CONTROL_BYTES;
	size -= CONTROL_BYTES;
	start(&whole, kind);
	one = place_new(data, size);
	result = parse(&whole, kind, one, size, max);
	require(result_is_known(result), "an unknown status");
	start(&pieces, kind);
	require(parse_pieces(&pieces, kind, data, size, step, max, &other) == result,
		"the pieces come to another end");
	if (result == HEAD_DONE) {
		require(whole.size <= size && whole.size <= max, "longer than it may be");
		head_require(&whole);
		heads_require_same(&whole, &pieces);
	}
	free(one);
	free(other);
	return 0;
}
