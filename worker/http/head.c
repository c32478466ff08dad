/*
 * How a head is read.
 *
 * One pass over the bytes, one state per part of the grammar; at the end the few fields that frame
 * the message are looked at once more by name. Refused: a bare CR or LF, white space before the
 * colon or at the start of a line (obs-fold), control bytes, a Host that is missing, double or
 * malformed, Transfer-Encoding together with Content-Length or in HTTP/1.0 or not ending in
 * `chunked`, a Content-Length that is not one number, CONNECT to anything but host:port.
 */
#include "http/head.h"

#include <stdlib.h>
#include <string.h>

#include "http/chars.h"
#include "http/scan.h"

enum head_state {
	AT_START, /* before the request line: empty lines are skipped (RFC 9112 2.2) */
	AT_START_LF,
	IN_METHOD,
	IN_TARGET,
	IN_VERSION,
	AT_LINE_LF, /* of the request line */
	AT_FIELD,   /* at the start of a line */
	IN_NAME,
	BEFORE_VALUE,
	IN_VALUE,
	AT_VALUE_LF,
	AT_END_LF,
};

#define BLANK_LINES_MAX 2 /* some old clients send one after a POST body */
#define METHOD_MAX 32	  /* the longest registered method has 16 letters */
#define VERSION_LEN 8	  /* "HTTP/1.1" */

void
head_init(struct head *head)
{
	memset(head, 0, offsetof(struct head, fields));
}

void
head_init_trailer(struct head *head)
{
	head_init(head);
	head->state = AT_FIELD;
}

/*
 * Bytes of the struct that mean something: a field whose value has not ended has its name already.
 */
static size_t
head_used(const struct head *head)
{
	size_t fields = head->nfields;

	if (head->state == BEFORE_VALUE || head->state == IN_VALUE)
		fields++;
	return offsetof(struct head, fields) + fields * sizeof(head->fields[0]);
}

struct head *
head_save(const struct head *head, const char *p, size_t n)
{
	size_t used = head_used(head);
	struct head *saved = malloc(used + n);

	if (saved == NULL)
		return NULL;
	memcpy(saved, head, used);
	saved->bytes = (char *)saved + used;
	if (n > 0)
		memcpy((char *)saved + used, p, n);
	return saved;
}

void
head_load(struct head *head, const struct head *saved)
{
	memcpy(head, saved, head_used(saved));
}

int
head_find(const struct head *head, size_t from, const char *name, size_t name_len)
{
	for (size_t i = from; i < head->nfields; i++)
		if (head->fields[i].name_len == name_len &&
		    chars_equal_nocase(head->bytes + head->fields[i].name, name, name_len))
			return (int)i;
	return -1;
}

static struct head_span
span(size_t from, size_t to)
{
	return (struct head_span){(uint16_t)from, (uint16_t)(to - from)};
}

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

/* "host", "host:80", "[::1]:80"; empty is what a client without an authority sends. */
static bool
host_is_valid(const char *p, size_t n)
{
	size_t length;

	if (n == 0)
		return true;
	if (!chars_all(p, n, CHAR_HOST))
		return false;
	length = p[0] == '[' ? literal_length(p, n) : name_length(p, n);
	return length > 0 && port_is_valid(p + length, n - length);
}

/* What CONNECT needs (RFC 9112 3.2.3). An address alone ends with "]", an empty port with ":". */
static bool
host_has_port(const char *p, size_t n)
{
	return host_is_valid(p, n) && memchr(p, ':', n) != NULL &&
	       char_is((unsigned char)p[n - 1], CHAR_DIGIT);
}

/*
 * Splits an absolute target, "http://host/path?query": sets authority, returns where the path
 * begins, or 0.
 */
static size_t
target_authority(struct head *head, const char *p, size_t from, size_t to)
{
	size_t i = from, host;

	while (i < to && char_is((unsigned char)p[i], CHAR_TOKEN))
		i++;
	if (i == from || to - i < 4 || memcmp(p + i, "://", 3) != 0)
		return 0;
	host = i + 3;
	for (i = host; i < to && p[i] != '/' && p[i] != '?'; i++)
		;
	if (i == host || !host_is_valid(p + host, i - host))
		return 0;
	head->authority = span(host, i);
	return i;
}

/* The target has ended: which form is it, where are path and query? 0 or a status. */
static int
target_done(struct head *head, const char *p)
{
	size_t from = head->target.at, to = from + head->target.len;
	const char *query;

	if (head->is_connect) {
		if (!host_has_port(p + from, to - from))
			return 400;
		head->authority = head->target;
		head->path = span(to, to);
		return 0;
	}
	if (to - from == 1 && p[from] == '*') {
		if (head->method.len != 7 || memcmp(p + head->method.at, "OPTIONS", 7) != 0)
			return 400;
		head->path = head->target;
		return 0;
	}
	if (p[from] != '/' && (from = target_authority(head, p, from, to)) == 0)
		return 400;
	query = memchr(p + from, '?', to - from);
	if (query != NULL) {
		head->query = span((size_t)(query - p) + 1, to);
		to = (size_t)(query - p);
	}
	head->path = span(from, to);
	return 0;
}

/* "HTTP/1.0" or "HTTP/1.1"; a higher minor version is 1.1 to us (RFC 9110 2.5). 0 or a status. */
static int
version_done(struct head *head, const char *p, size_t n)
{
	if (n != VERSION_LEN || memcmp(p, "HTTP/", 5) != 0 ||
	    !char_is((unsigned char)p[5], CHAR_DIGIT) || p[6] != '.' ||
	    !char_is((unsigned char)p[7], CHAR_DIGIT))
		return 400;
	if (p[5] != '1')
		return 505;
	head->minor = p[7] == '0' ? 0 : 1;
	return 0;
}

/*
 * Steps to the next element of a comma list (RFC 9110 5.6.1); false at its end. Empty elements are
 * skipped.
 */
static bool
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

static bool
str_is(eddy_str s, const char *lower, size_t n)
{
	return s.n == n && chars_equal_nocase(s.p, lower, n);
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

/* Looks at the fields that say how the message is framed. 0 or a status. */
static int
fields_done(struct head *head)
{
	bool host = false, unknown_expectation = false;
	int status = 0;

	for (size_t i = 0; i < head->nfields && status == 0; i++) {
		eddy_str name = head_name(head, i), value = head_value(head, i);

		switch (name.n) {
		case 4:
			if (!str_is(name, "host", 4))
				break;
			if (host || !host_is_valid(value.p, value.n))
				return 400;
			host = true;
			break;
		case 6:
			if (!str_is(name, "expect", 6) || head->minor == 0)
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
	if (head->minor > 0 && !host)
		return 400;
	if (head->chunked && (head->has_length || head->minor == 0))
		return 400;
	return unknown_expectation ? 417 : 0;
}

static void
method_done(struct head *head, const char *p, size_t from, size_t to)
{
	head->method = span(from, to);
	head->is_head = head->method.len == 4 && memcmp(p + from, "HEAD", 4) == 0;
	head->is_connect = head->method.len == 7 && memcmp(p + from, "CONNECT", 7) == 0;
}

static void
name_done(struct head *head, size_t to)
{
	struct head_field *field = &head->fields[head->nfields];

	field->name = (uint16_t)head->mark;
	field->name_len = (uint16_t)(to - head->mark);
}

static void
value_done(struct head *head, const char *p, size_t to)
{
	struct head_field *field = &head->fields[head->nfields++];

	while (to > head->mark && (p[to - 1] == ' ' || p[to - 1] == '\t'))
		to--;
	field->value = (uint16_t)head->mark;
	field->value_len = (uint16_t)(to - head->mark);
}

/*
 * The states run over the bytes of their class in a tight loop and look at the first byte that is
 * of another. Each of the two functions makes one step from byte *at on: HEAD_AGAIN to go on,
 * HEAD_DONE, or a status.
 */
static int
head_scan_line(struct head *head, const char *p, size_t n, size_t *at)
{
	size_t i = *at;
	int status;

	switch (head->state) {
	case AT_START:
		if (p[i] == '\r') {
			if (++head->blank_lines > BLANK_LINES_MAX)
				return 400;
			head->state = AT_START_LF;
			i++;
			break;
		}
		head->mark = (uint32_t)i;
		head->state = IN_METHOD;
		break;
	case AT_START_LF:
	case AT_LINE_LF:
		if (p[i++] != '\n')
			return 400;
		head->state = head->state == AT_START_LF ? AT_START : AT_FIELD;
		break;
	case IN_METHOD:
		i = scan->token(p, i, n);
		if (i - head->mark > METHOD_MAX)
			return 400;
		if (i == n)
			break;
		if (p[i] != ' ' || i == head->mark)
			return 400;
		method_done(head, p, head->mark, i);
		head->mark = (uint32_t)++i;
		head->state = IN_TARGET;
		break;
	case IN_TARGET:
		i = scan->target(p, i, n);
		if (i == n)
			break;
		if (p[i] != ' ' || i == head->mark)
			return 400;
		head->target = span(head->mark, i);
		if ((status = target_done(head, p)) != 0)
			return status;
		head->mark = (uint32_t)++i;
		head->state = IN_VERSION;
		break;
	default: /* IN_VERSION */
		i = scan->target(p, i, n);
		if (i - head->mark > VERSION_LEN)
			return 400;
		if (i == n)
			break;
		if (p[i] != '\r')
			return 400;
		if ((status = version_done(head, p + head->mark, i - head->mark)) != 0)
			return status;
		i++;
		head->state = AT_LINE_LF;
		break;
	}
	*at = i;
	return HEAD_AGAIN;
}

static int
head_scan_field(struct head *head, const char *p, size_t n, size_t *at, size_t fields)
{
	size_t i = *at;

	switch (head->state) {
	case AT_FIELD:
		if (p[i] == '\r') {
			i++;
			head->state = AT_END_LF;
			break;
		}
		if (head->nfields >= fields)
			return 431;
		head->mark = (uint32_t)i;
		head->state = IN_NAME;
		break;
	case IN_NAME:
		i = scan->token(p, i, n);
		if (i == n)
			break;
		if (p[i] != ':' || i == head->mark)
			return 400;
		name_done(head, i++);
		head->state = BEFORE_VALUE;
		break;
	case BEFORE_VALUE:
		while (i < n && (p[i] == ' ' || p[i] == '\t'))
			i++;
		if (i == n)
			break;
		head->mark = (uint32_t)i;
		head->state = IN_VALUE;
		break;
	case IN_VALUE:
		i = scan->value(p, i, n);
		if (i == n)
			break;
		if (p[i] != '\r')
			return 400;
		value_done(head, p, i++);
		head->state = AT_VALUE_LF;
		break;
	case AT_VALUE_LF:
		if (p[i++] != '\n')
			return 400;
		head->state = AT_FIELD;
		break;
	default: /* AT_END_LF */
		if (p[i++] != '\n')
			return 400;
		head->size = (uint32_t)i;
		*at = i;
		return HEAD_DONE;
	}
	*at = i;
	return HEAD_AGAIN;
}

/*
 * Scans as far as the limits let it. The request line has one of its own, which must strike at the
 * same byte however the line was cut up.
 */
static int
head_scan(struct head *head, const char *p, size_t n, const struct head_limits *limits)
{
	size_t head_end = n < limits->head ? n : limits->head;
	size_t line_end = head_end < limits->line ? head_end : limits->line;
	size_t i = head->pos;
	int result = HEAD_AGAIN;

	while (result == HEAD_AGAIN && head->state <= AT_LINE_LF && i < line_end)
		result = head_scan_line(head, p, line_end, &i);
	if (head->state > AT_LINE_LF)
		while (result == HEAD_AGAIN && i < head_end)
			result = head_scan_field(head, p, head_end, &i, limits->fields);
	head->pos = (uint32_t)i;
	if (result != HEAD_AGAIN)
		return result;
	if (head->state <= AT_LINE_LF)
		return n >= limits->line || n >= limits->head ? 414 : HEAD_AGAIN;
	return n >= limits->head ? 431 : HEAD_AGAIN;
}

int
head_parse(struct head *head, const char *p, size_t n, const struct head_limits *limits)
{
	int result, status;

	head->bytes = p;
	result = head_scan(head, p, n, limits);
	if (result == HEAD_DONE && head->method.len > 0 && (status = fields_done(head)) != 0)
		return status;
	return result;
}
