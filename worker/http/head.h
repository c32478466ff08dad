/*
 * The head of an HTTP/1 message: request or status line and fields, or the trailer section of a
 * chunked body.
 *
 * The parser is strict (RFC 9112; what it refuses is listed in head.c and framing.c), incremental,
 * and never looks at a byte twice: called again with the same bytes and more behind them, it goes
 * on where it stopped. It copies nothing: every result is an offset from the head's first byte, so
 * the bytes may move between two calls and afterwards.
 *
 *	HEAD_AGAIN   all bytes are good so far, the end has not come
 *	HEAD_DONE    complete; head->size bytes belong to it
 *	else         the status to refuse it with: 400, 414, 431, 501, 505, 417. A response is refused
 *	             in the same terms: 414 and 431 say that it is too long, the others that it is none
 */
#ifndef EDDY_HTTP_HEAD_H
#define EDDY_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eddy.h"

#define HEAD_FIELDS_MAX 256 /* what a conf may allow; CONF_HEADERS_MAX */

enum { HEAD_AGAIN = 0, HEAD_DONE = 1 };

/* What a head may have at most: bytes of the first line and of the whole, field lines. */
struct head_limits {
	uint32_t line, head;
	uint16_t fields;
};

struct head_field {
	uint16_t name, name_len, value, value_len;
};

struct head_span {
	uint16_t at, len;
};

struct head {
	const char *bytes; /* what the offsets count from */
	uint32_t size;	   /* of the whole head, once done */

	/* request line */
	struct head_span method, target, path, query; /* query.at 0: there is none */
	struct head_span authority;		      /* of an absolute target; len 0: none */

	/* status line */
	struct head_span reason;
	uint16_t status; /* 0: this is no response, or its status has not been read */

	uint8_t minor; /* HTTP/1.x */

	/* what the fields say about the message, once done */
	bool chunked, has_length, close, keep_alive, expect_continue, upgrade;
	bool is_head, is_connect;
	uint64_t length; /* Content-Length, if has_length */

	/* the parser's place */
	uint8_t state;
	uint8_t blank_lines; /* before the request line */
	uint32_t pos;	     /* the next byte to look at */
	uint32_t mark;	     /* where the part that is being read began */

	uint16_t nfields;
	struct head_field fields[HEAD_FIELDS_MAX];
};

/* Ready for the first byte of a request; of a response; of a trailer section. */
void head_init(struct head *head);
void head_init_response(struct head *head);
void head_init_trailer(struct head *head);

/* Goes on with the n bytes at p, of which the first head->pos have been seen. */
int head_parse(struct head *head, const char *p, size_t n, const struct head_limits *limits);
/* The same for a response. */
int head_parse_response(struct head *head, const char *p, size_t n,
			const struct head_limits *limits);

/*
 * A copy of the head with only the fields that it has, and with the n bytes at p behind it (one
 * malloc; free it with free). head_load brings it back for parsing on: fills `head` from it. NULL:
 * no memory.
 */
struct head *head_save(const struct head *head, const char *p, size_t n);
void head_load(struct head *head, const struct head *saved);

static inline eddy_str
head_str(const struct head *head, struct head_span span)
{
	return (eddy_str){head->bytes + span.at, span.len};
}

/* The path to route by: "http://host" without one means "/" (RFC 9110 4.2.3). */
static inline eddy_str
head_path(const struct head *head)
{
	return head->path.len > 0 ? head_str(head, head->path) : (eddy_str){"/", 1};
}

static inline eddy_str
head_name(const struct head *head, size_t i)
{
	return (eddy_str){head->bytes + head->fields[i].name, head->fields[i].name_len};
}

static inline eddy_str
head_value(const struct head *head, size_t i)
{
	return (eddy_str){head->bytes + head->fields[i].value, head->fields[i].value_len};
}

/* The i-th field line; false: there are not so many. */
static inline bool
head_field(const struct head *head, size_t i, eddy_str *name, eddy_str *value)
{
	if (i >= head->nfields)
		return false;
	*name = head_name(head, i);
	*value = head_value(head, i);
	return true;
}

/* The first field of that name at or after `from`, or -1. */
int head_find(const struct head *head, size_t from, const char *name, size_t name_len);
/* The value of that field; { NULL, 0 }: there is none. */
eddy_str head_get(const struct head *head, const char *name);

#endif
