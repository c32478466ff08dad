/*
 * What the fields say; see framing.h. Refused: a Host that is missing, double or malformed,
 * Transfer-Encoding together with Content-Length or in HTTP/1.0 or not ending in `chunked`, a
 * Content-Length that is not one number, an Expect that is not known.
 */
#include "http/framing.h"

#include <string.h>

#include "http/chars.h"
#include "http/host.h"

#define KEEP_S_MAX 1000000 /* nobody is that patient */

bool
list_next(const char **p, size_t *n, eddy_str *element)
{
	while (*n > 0) {
		const char *comma = memchr(*p, ',', *n), *end = comma != NULL ? comma : *p + *n;
		const char *from = *p, *to = end;

		*n -= (size_t)(end - *p);
		*p = end;
		if (comma != NULL) {
			(*p)++;
			(*n)--;
		}
		while (from < to && (*from == ' ' || *from == '\t'))
			from++;
		while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
			to--;
		if (to > from) {
			*element = (eddy_str){from, (size_t)(to - from)};
			return true;
		}
	}
	return false;
}

/*
 * Four and eight bytes with their letters in lower case. Bit 5 makes no other byte of a head the
 * same as one of a name's: those that it would are control bytes, and a head has none.
 */
static inline uint32_t
lower_4(const char *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
	return word | 0x20202020;
}

static inline uint64_t
lower_8(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word | 0x2020202020202020;
}

/*
 * Whether it is this name, of n bytes in lower case, at least four of them. Inline: n is known where
 * it is called, and what is left of this are a few comparisons.
 */
__attribute__((always_inline)) static inline bool
str_is(eddy_str s, const char *lower, size_t n)
{
	if (s.n != n)
		return false;
	if (n < 8)
		return lower_4(s.p) == lower_4(lower) &&
		       lower_4(s.p + n - 4) == lower_4(lower + n - 4);
	for (size_t i = 0; i + 8 < n; i += 8)
		if (lower_8(s.p + i) != lower_8(lower + i))
			return false;
	return lower_8(s.p + n - 8) == lower_8(lower + n - 8);
}

static int
field_content_length(struct head *head, eddy_str value)
{
	if (head->has_length || !chars_all(value.p, value.n, CHAR_DIGIT))
		return 400;
	head->has_length = true;
	for (size_t i = 0; i < value.n; i++) {
		unsigned digit = (unsigned)(value.p[i] - '0');

		if (head->length > ((uint64_t)INT64_MAX - digit) / 10)
			return 413;
		head->length = head->length * 10 + digit;
	}
	return 0;
}

/*
 * Only `chunked`, once and last, is understood; what comes after it, or is not it, decides the
 * answer.
 */
static int
field_transfer_encoding(struct head *head, eddy_str value)
{
	eddy_str coding;
	bool any = false;

	while (list_next(&value.p, &value.n, &coding)) {
		if (head->chunked)
			return 400;
		if (!str_is(coding, "chunked", 7))
			return 501;
		head->chunked = any = true;
	}
	return any ? 0 : 400;
}

static int
field_connection(struct head *head, eddy_str value)
{
	eddy_str option;

	while (list_next(&value.p, &value.n, &option)) {
		if (str_is(option, "close", 5))
			head->close = true;
		else if (str_is(option, "keep-alive", 10))
			head->keep_alive = true;
		else if (str_is(option, "upgrade", 7))
			head->upgrade = true;
	}
	return 0;
}

/* Host and Expect mean something in a request only. */
int
framing_read(struct head *head)
{
	bool request = head->status == 0;
	bool host = false, unknown_expectation = false;
	int status = 0;

	for (size_t i = 0; i < head->nfields && status == 0; i++) {
		eddy_str name = head_name(head, i), value = head_value(head, i);

		switch (name.n) {
		case 4:
			if (!request || !str_is(name, "host", 4))
				break;
			if (host || !host_is_valid(value.p, value.n))
				return 400;
			host = true;
			break;
		case 6:
			if (!request || head->minor == 0 || !str_is(name, "expect", 6))
				break;
			if (str_is(value, "100-continue", 12))
				head->expect_continue = true;
			else
				unknown_expectation = true;
			break;
		case 10:
			if (str_is(name, "connection", 10))
				status = field_connection(head, value);
			break;
		case 14:
			if (str_is(name, "content-length", 14))
				status = field_content_length(head, value);
			break;
		case 17:
			if (str_is(name, "transfer-encoding", 17))
				status = field_transfer_encoding(head, value);
			break;
		}
	}
	if (status != 0)
		return status;
	if (request && head->minor > 0 && !host)
		return 400;
	if (head->chunked && (head->has_length || head->minor == 0))
		return 400;
	return unknown_expectation ? 417 : 0;
}

/* The seconds of "timeout=5"; -1: it is something else. */
static int
keep_alive_timeout(eddy_str parameter)
{
	static const char name[] = "timeout=";
	size_t at = sizeof(name) - 1;
	int s = 0;

	if (parameter.n <= at || !chars_equal_nocase(parameter.p, name, at))
		return -1;
	for (; at < parameter.n; at++) {
		if (parameter.p[at] < '0' || parameter.p[at] > '9')
			return -1;
		s = s < KEEP_S_MAX / 10 ? s * 10 + (parameter.p[at] - '0') : KEEP_S_MAX;
	}
	return s;
}

int
framing_keep_alive_s(const struct head *head)
{
	static const char field[] = "keep-alive";
	int i = head_find(head, 0, field, sizeof(field) - 1), s = -1;
	eddy_str list = i >= 0 ? head_value(head, (size_t)i) : (eddy_str){NULL, 0}, parameter;

	while (s < 0 && list_next(&list.p, &list.n, &parameter))
		s = keep_alive_timeout(parameter);
	return s;
}

size_t
chunk_line(char *line, uint64_t n)
{
	static const char hex[] = "0123456789abcdef";
	size_t len = 0;

	if (n > 0)
		for (int shift = (63 - __builtin_clzll(n)) & ~3; shift >= 0; shift -= 4)
			line[len++] = hex[n >> shift & 15];
	line[len++] = '\r';
	line[len++] = '\n';
	return len;
}
