/*
 * How a head is read.
 *
 * One pass over the bytes, one state per part of the grammar; at the end the few fields that frame
 * the message are looked at once more by name (framing.c). Refused: a bare CR or LF, white space
 * before the colon or at the start of a line (obs-fold), control bytes, CONNECT to anything but
 * host:port, a status that is not three digits from 100 on.
 */
#include "http/head.h"

#include <stdlib.h>
#include <string.h>

#include "http/chars.h"
#include "http/framing.h"
#include "http/host.h"
#include "http/scan.h"

enum head_state {
	AT_START, /* before the request line: empty lines are skipped (RFC 9112 2.2) */
	AT_START_LF,
	IN_METHOD,
	IN_TARGET,
	IN_VERSION,
	AT_LINE_LF, /* of the request or status line */
	AT_FIELD,   /* at the start of a line */
	IN_NAME,
	BEFORE_VALUE,
	IN_VALUE,
	AT_VALUE_LF,
	AT_END_LF,
	IN_STATUS_VERSION, /* a response begins here, and goes on with AT_LINE_LF */
	IN_STATUS,
	IN_REASON,
};

#define BLANK_LINES_MAX 2 /* some old clients send one after a POST body */
#define METHOD_MAX 32	  /* the longest registered method has 16 letters */
#define VERSION_LEN 8	  /* "HTTP/1.1" */
#define STATUS_LEN 3

void
head_init(struct head *head)
{
	memset(head, 0, offsetof(struct head, fields));
}

void
head_init_response(struct head *head)
{
	head_init(head);
	head->state = IN_STATUS_VERSION;
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

eddy_str
head_get(const struct head *head, const char *name)
{
	int i = head_find(head, 0, name, strlen(name));

	return i >= 0 ? head_value(head, (size_t)i) : (eddy_str){NULL, 0};
}

static struct head_span
span(size_t from, size_t to)
{
	return (struct head_span){(uint16_t)from, (uint16_t)(to - from)};
}

/* Where a scheme ends (RFC 3986 3.1): a letter, then letters, digits, "+", "-" and ".". */
static size_t
scheme_end(const char *p, size_t from, size_t to)
{
	size_t i;

	for (i = from; i < to; i++) {
		unsigned char c = (unsigned char)p[i], lower = char_lower(c);
		bool letter = lower >= 'a' && lower <= 'z';

		if (!letter &&
		    (i == from || (!char_is(c, CHAR_DIGIT) && c != '+' && c != '-' && c != '.')))
			break;
	}
	return i;
}

/*
 * Splits an absolute target, "http://host/path?query": sets authority, returns where the path
 * begins, or 0.
 */
static size_t
target_authority(struct head *head, const char *p, size_t from, size_t to)
{
	size_t i = scheme_end(p, from, to), host;

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

/*
 * "HTTP/1.0" or "HTTP/1.1"; a higher minor version is 1.1 to us (RFC 9110 2.5). 0 or a status.
 * Inline: a call here would cost the requests' parser its jumps from state to state.
 */
__attribute__((always_inline)) static inline int
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

/* What nearly all requests have in common takes one comparison. */
#define starts(p, i, n, text) \
	((n) - (i) >= sizeof(text) - 1 && memcmp((p) + (i), text, sizeof(text) - 1) == 0)

/*
 * The states run over the bytes of their class in a tight loop and look at the first byte that is
 * of another. Each of the two functions goes on from byte *at, through a line if it is there:
 * HEAD_AGAIN to go on, HEAD_DONE, or a status.
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
		__attribute__((fallthrough));
	case IN_METHOD:
		i = i == head->mark && starts(p, i, n, "GET ") ? i + 3 : scan->token(p, i, n);
		if (i - head->mark > METHOD_MAX)
			return 400;
		if (i == n)
			break;
		if (p[i] != ' ' || i == head->mark)
			return 400;
		method_done(head, p, head->mark, i);
		head->mark = (uint32_t)++i;
		head->state = IN_TARGET;
		__attribute__((fallthrough));
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
		__attribute__((fallthrough));
	case IN_VERSION:
		if (i == head->mark && starts(p, i, n, "HTTP/1.1\r\n")) {
			head->minor = 1;
			head->state = AT_FIELD;
			i += VERSION_LEN + 2;
			break;
		}
		i = scan->target(p, i, n);
		if (i - head->mark > VERSION_LEN)
			return 400;
		if (i == n)
			break;
		if (p[i] != '\r')
			return 400;
		if ((status = version_done(head, p + head->mark, i - head->mark)) != 0)
			return status;
		head->state = AT_LINE_LF;
		if (++i == n)
			break;
		__attribute__((fallthrough));
	default: /* AT_LINE_LF, AT_START_LF */
		if (p[i++] != '\n')
			return 400;
		head->state = head->state == AT_START_LF ? AT_START : AT_FIELD;
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
		__attribute__((fallthrough));
	case IN_NAME:
		i = scan->token(p, i, n);
		if (i == n)
			break;
		if (p[i] != ':' || i == head->mark)
			return 400;
		name_done(head, i++);
		head->state = BEFORE_VALUE;
		__attribute__((fallthrough));
	case BEFORE_VALUE:
		while (i < n && (p[i] == ' ' || p[i] == '\t'))
			i++;
		if (i == n)
			break;
		head->mark = (uint32_t)i;
		head->state = IN_VALUE;
		__attribute__((fallthrough));
	case IN_VALUE:
		i = scan->value(p, i, n);
		if (i == n)
			break;
		if (p[i] != '\r')
			return 400;
		value_done(head, p, i++);
		head->state = AT_VALUE_LF;
		if (i == n)
			break;
		__attribute__((fallthrough));
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
	if (result != HEAD_DONE || (head->method.len == 0 && head->status == 0))
		return result; /* a trailer section frames nothing */
	status = framing_read(head);
	return status != 0 ? status : HEAD_DONE;
}

/* Responses ----------------------------------------------------------------------- */

/* "200": what stands for no status of RFC 9110 15 is left to whoever asked. 0 or 400. */
static int
status_done(struct head *head, const char *p, size_t n)
{
	if (n != STATUS_LEN || !chars_all(p, n, CHAR_DIGIT) || p[0] == '0')
		return 400;
	head->status = (uint16_t)((p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
	return 0;
}

/*
 * One part of a status line, with the byte that ends it. The space before a reason phrase that is
 * not there may be missing, too: many servers forget it, and nothing else can be meant.
 */
static int
head_scan_status(struct head *head, const char *p, size_t n)
{
	bool reason = head->state == IN_REASON, version = head->state == IN_STATUS_VERSION;
	size_t i = reason ? scan->value(p, head->pos, n) : scan->target(p, head->pos, n);
	size_t len = i - head->mark;
	int status = 0;

	if (!reason && len > (version ? VERSION_LEN : STATUS_LEN))
		return 400;
	head->pos = (uint32_t)i;
	if (i == n)
		return HEAD_AGAIN;
	if ((reason || p[i] != ' ') && (version || p[i] != '\r'))
		return 400;
	if (version)
		status = version_done(head, p + head->mark, len);
	else if (!reason)
		status = status_done(head, p + head->mark, len);
	else
		head->reason = span(head->mark, i);
	head->state = version ? IN_STATUS : p[i] == ' ' ? IN_REASON : AT_LINE_LF;
	head->mark = ++head->pos;
	return status;
}

int
head_parse_response(struct head *head, const char *p, size_t n, const struct head_limits *limits)
{
	size_t max = limits->line < limits->head ? limits->line : limits->head;
	size_t line_end = n < max ? n : max;
	int result = HEAD_AGAIN;

	head->bytes = p;
	while (result == HEAD_AGAIN && head->state >= IN_STATUS_VERSION && head->pos < line_end)
		result = head_scan_status(head, p, line_end);
	if (result != HEAD_AGAIN)
		return result;
	if (head->state >= IN_STATUS_VERSION)
		return n >= max ? 414 : HEAD_AGAIN;
	return head_parse(head, p, n, limits);
}
