/*
 * The head parser turned round: what it accepts as a server's answer, and what it refuses.
 *
 * What requests and responses have in common is proved by test_head.c; here are the status line and
 * the fields that frame an answer. Every case is read in one piece and byte by byte, each time from
 * another place, with the parser saved and loaded in between.
 */
#include <inttypes.h>

#include "../suite.h"
#include "http/head.h"

#define MAX 16384

enum { CHUNKED = 1, LENGTH = 2, CLOSE = 4, KEEP_ALIVE = 8, UPGRADE = 16 };

struct accepted {
	const char *name;
	const char *bytes;
	size_t n;
	unsigned status;    /* 0: 200 */
	const char *reason; /* NULL: OK */
	int minor_0, flags;
	uint64_t length;
	size_t behind; /* bytes at the end that are not the head's */
	int fields;
};

struct refused {
	int status;
	const char *name;
	const char *bytes;
	size_t n;
};

#define IN(text) .bytes = (text), .n = sizeof(text) - 1
#define OK "HTTP/1.1 200 OK\r\n"

static const struct accepted accepted[] = {
	{"the shortest", IN(OK "\r\n")},
	{"HTTP/1.0", IN("HTTP/1.0 200 OK\r\n\r\n"), .minor_0 = 1},
	{"a higher minor version is 1.1", IN("HTTP/1.7 200 OK\r\n\r\n")},
	{"an interim answer", IN("HTTP/1.1 100 Continue\r\n\r\n"), .status = 100,
	 .reason = "Continue"},
	{"a status that is nobody's", IN("HTTP/1.1 999 x\r\n\r\n"), .status = 999, .reason = "x"},
	{"an empty reason", IN("HTTP/1.1 200 \r\n\r\n"), .reason = ""},
	{"no reason, and no space before it", IN("HTTP/1.1 204\r\n\r\n"), .status = 204,
	 .reason = ""},
	{"a reason of several words", IN("HTTP/1.1 404 Not\tFound \r\n\r\n"), .status = 404,
	 .reason = "Not\tFound "},
	{"a reason with bytes above ASCII", IN("HTTP/1.1 200 \xc3\xa4\xff\r\n\r\n"),
	 .reason = "\xc3\xa4\xff"},
	{"a reason that looks like a field", IN("HTTP/1.1 200 Content-Length: 3\r\n\r\n"),
	 .reason = "Content-Length: 3"},
	{"Content-Length", IN(OK "Content-Length: 42\r\n\r\n"), .flags = LENGTH, .length = 42,
	 .fields = 1},
	{"chunked", IN(OK "Transfer-Encoding: chunked\r\n\r\n"), .flags = CHUNKED, .fields = 1},
	{"Connection", IN(OK "Connection: close, Upgrade\r\nConnection: keep-alive\r\n\r\n"),
	 .flags = CLOSE | UPGRADE | KEEP_ALIVE, .fields = 2},
	{"Host means nothing in an answer", IN(OK "Host: a b\r\nHost: /\r\n\r\n"), .fields = 2},
	{"Expect means nothing in an answer", IN(OK "Expect: tea\r\n\r\n"), .fields = 1},
	{"what follows is left alone", IN(OK "\r\nbody"), .behind = 4},
};

static const struct refused refused[] = {
	{400, "an empty line before it", IN("\r\n" OK "\r\n")},
	{400, "a space before it", IN(" " OK "\r\n")},
	{400, "lower case", IN("http/1.1 200 OK\r\n\r\n")},
	{400, "another protocol", IN("ICY 200 OK\r\n\r\n")},
	{400, "a request", IN("GET / HTTP/1.1\r\n\r\n")},
	{400, "a body alone", IN("<html></html>\r\n\r\n")},
	{400, "no version", IN(" 200 OK\r\n\r\n")},
	{400, "a version of two digits", IN("HTTP/1.10 200 OK\r\n\r\n")},
	{400, "a version without a minor one", IN("HTTP/1 200 OK\r\n\r\n")},
	{400, "a version alone", IN("HTTP/1.1\r\n\r\n")},
	{400, "a comma in the version", IN("HTTP/1,1 200 OK\r\n\r\n")},
	{505, "HTTP/2", IN("HTTP/2.0 200 OK\r\n\r\n")},
	{505, "HTTP/0.9", IN("HTTP/0.9 200 OK\r\n\r\n")},
	{400, "two spaces before the status", IN("HTTP/1.1  200 OK\r\n\r\n")},
	{400, "a TAB before the status", IN("HTTP/1.1\t200 OK\r\n\r\n")},
	{400, "a TAB behind the status", IN("HTTP/1.1 200\tOK\r\n\r\n")},
	{400, "a status of two digits", IN("HTTP/1.1 20 OK\r\n\r\n")},
	{400, "a status of four digits", IN("HTTP/1.1 2000 OK\r\n\r\n")},
	{400, "no status", IN("HTTP/1.1 \r\n\r\n")},
	{400, "a status of letters", IN("HTTP/1.1 2xx OK\r\n\r\n")},
	{400, "a negative status", IN("HTTP/1.1 -20 OK\r\n\r\n")},
	{400, "a status below 100", IN("HTTP/1.1 099 OK\r\n\r\n")},
	{400, "a bare LF behind the status line", IN("HTTP/1.1 200 OK\n\r\n")},
	{400, "a bare LF behind the status", IN("HTTP/1.1 200\n\r\n")},
	{400, "a bare LF behind the version", IN("HTTP/1.1\n")},
	{400, "a bare CR in the reason", IN("HTTP/1.1 200 O\rK\r\n\r\n")},
	{400, "a NUL in the reason", IN("HTTP/1.1 200 O\0K\r\n\r\n")},
	{400, "a DEL in the reason", IN("HTTP/1.1 200 \177\r\n\r\n")},
	{400, "a space before the colon", IN(OK "X : y\r\n\r\n")},
	{400, "obs-fold", IN(OK "X: y\r\n z\r\n\r\n")},
	{400, "a fold behind the status line", IN(OK " z\r\n\r\n")},
	{400, "a bare LF behind a field", IN(OK "X: y\n\r\n")},
	{400, "a bare LF at the end", IN(OK "X: y\r\n\n")},
	{400, "a line without a colon", IN(OK "rubbish\r\n\r\n")},
	{400, "Content-Length and chunked",
	 IN(OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")},
	{400, "chunked and Content-Length",
	 IN(OK "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n")},
	{400, "two Content-Lengths that differ",
	 IN(OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\n")},
	{400, "the same Content-Length twice",
	 IN(OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\n")},
	{400, "a list of Content-Lengths", IN(OK "Content-Length: 1, 1\r\n\r\n")},
	{400, "a negative Content-Length", IN(OK "Content-Length: -1\r\n\r\n")},
	{413, "a Content-Length of 2^63", IN(OK "Content-Length: 9223372036854775808\r\n\r\n")},
	{400, "chunked in HTTP/1.0", IN("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")},
	{400, "chunked twice", IN(OK "Transfer-Encoding: chunked, chunked\r\n\r\n")},
	{400, "chunked and not last", IN(OK "Transfer-Encoding: chunked, gzip\r\n\r\n")},
	{501, "gzip, chunked", IN(OK "Transfer-Encoding: gzip, chunked\r\n\r\n")},
	{501, "identity", IN(OK "Transfer-Encoding: identity\r\n\r\n")},
	{400, "TLS", IN("\x15\x03\x01\x00\x02\x02\x46")},
	{400, "SSH", IN("SSH-2.0-x\r\n")},
};

/* Reads `step` more bytes at a time, each time from a new place of just that size. */
static int
read_in_steps(struct head *head, const char *bytes, size_t n, size_t step, char **place,
	      const struct head_limits *limits)
{
	int result = HEAD_AGAIN;

	memset(head, 0xa5, sizeof(*head));
	head_init_response(head);
	*place = NULL;
	for (size_t got = 0; got < n && result == HEAD_AGAIN;) {
		struct head *saved;

		got = n - got < step ? n : got + step;
		free(*place);
		*place = malloc(got);
		memcpy(*place, bytes, got);
		result = head_parse_response(head, *place, got, limits);
		if (result != HEAD_AGAIN)
			break;
		ck_assert_uint_eq(head->pos, got);
		saved = head_save(head, *place, got);
		memset(head, 0xa5, sizeof(*head));
		head_load(head, saved);
		free(saved);
	}
	return result;
}

static const struct head_limits limits = {.line = MAX, .head = MAX, .fields = 100};
static const size_t steps[] = {MAX, 1, 7};

static int
flags_of(const struct head *head)
{
	return (head->chunked ? CHUNKED : 0) | (head->has_length ? LENGTH : 0) |
	       (head->close ? CLOSE : 0) | (head->keep_alive ? KEEP_ALIVE : 0) |
	       (head->upgrade ? UPGRADE : 0);
}

START_TEST(a_good_answer_is_read_as_it_says)
{
	const struct accepted *a = &accepted[_i];
	struct head head;
	char *place;

	for (int i = 0; i < COUNT(steps); i++) {
		int result = read_in_steps(&head, a->bytes, a->n, steps[i], &place, &limits);

		ck_assert_msg(result == HEAD_DONE, "%s: %d", a->name, result);
		ck_assert_uint_eq(head.size, a->n - a->behind);
		ck_assert_uint_eq(head.status, a->status ? a->status : 200);
		ck_assert_text(head_str(&head, head.reason), a->reason ? a->reason : "OK");
		ck_assert_uint_eq(head.minor, a->minor_0 ? 0 : 1);
		ck_assert_msg(flags_of(&head) == a->flags, "%s: flags %d", a->name,
			      flags_of(&head));
		ck_assert_uint_eq(head.length, a->length);
		ck_assert_int_eq(head.nfields, a->fields);
		free(place);
	}
}
END_TEST

START_TEST(a_bad_answer_is_refused_however_it_is_cut)
{
	const struct refused *r = &refused[_i];
	struct head head;
	char *place;

	for (int i = 0; i < COUNT(steps); i++) {
		int result = read_in_steps(&head, r->bytes, r->n, steps[i], &place, &limits);

		ck_assert_msg(result == r->status, "%s, in steps of %zu: %d", r->name, steps[i],
			      result);
		free(place);
	}
}
END_TEST

/* A status line of n bytes with its CRLF, and "\r\n" behind it. */
static char *
long_line(size_t n)
{
	char *bytes = malloc(n + 3);

	memset(bytes, 'x', n);
	memcpy(bytes, "HTTP/1.1 200 ", 13);
	memcpy(bytes + n - 2, "\r\n\r\n", 5);
	return bytes;
}

START_TEST(a_status_line_has_its_limit)
{
	const struct head_limits small = {.line = 100, .head = 200, .fields = 100};
	struct head head;
	char *place;

	for (int i = 0; i < COUNT(steps); i++) {
		char *fits = long_line(100), *is_longer = long_line(101);

		ck_assert_int_eq(read_in_steps(&head, fits, 102, steps[i], &place, &small),
				 HEAD_DONE);
		free(place);
		ck_assert_int_eq(read_in_steps(&head, is_longer, 103, steps[i], &place, &small),
				 414);
		free(place);
		free(fits);
		free(is_longer);
	}
}
END_TEST

START_TEST(an_answer_has_its_limits)
{
	const struct head_limits small = {.line = 100, .head = 50, .fields = 2};
	struct head head;
	char *place;

	for (int i = 0; i < COUNT(steps); i++) {
		ck_assert_int_eq(read_in_steps(&head, BYTES(OK "A: 1\r\nB: 2\r\nC: 3\r\n\r\n"),
					       steps[i], &place, &small),
				 431);
		free(place);
		ck_assert_int_eq(
			read_in_steps(&head, BYTES(OK "A: 12345678901234567890123456789012345\r\n"),
				      steps[i], &place, &small),
			431);
		free(place);
	}
}
END_TEST

static void
add_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, a_good_answer_is_read_as_it_says, 0, COUNT(accepted));
	tcase_add_loop_test(tcase, a_bad_answer_is_refused_however_it_is_cut, 0, COUNT(refused));
	tcase_add_test(tcase, a_status_line_has_its_limit);
	tcase_add_test(tcase, an_answer_has_its_limits);
}

int
main(void)
{
	return suite_run("http/head_response", add_tests);
}
