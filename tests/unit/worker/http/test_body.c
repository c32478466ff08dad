/*
 * Body framing: what is body, where it ends, and what is no framing at all.
 *
 * Every case is decoded in one piece, cut in two at every byte, and byte by byte; each piece lies
 * in a place of just its size.
 */
#include <inttypes.h>
#include <stdio.h>

#include "../suite.h"
#include "http/body.h"
#include "http/head.h"

#define IN_CHUNKS UINT64_MAX
#define BODY_MAX 4096

struct framing {
	const char *name;
	uint64_t length; /* Content-Length, or IN_CHUNKS */
	const char *bytes;
	size_t n;
	enum body_result result; /* AGAIN: all is good and more has to come */
	const char *body;	 /* NULL: none */
	size_t behind;		 /* bytes that are not the body's */
};

#define IN(text) .bytes = (text), .n = sizeof(text) - 1

static const struct framing framings[] = {
	/* Content-Length */
	{"no byte of none", 0, IN(""), BODY_DONE},
	{"the next request behind no body", 0, IN("GET"), BODY_DONE, .behind = 3},
	{"one byte", 1, IN("a"), BODY_DONE, "a"},
	{"a whole body", 5, IN("hello"), BODY_DONE, "hello"},
	{"a body that goes on", 6, IN("hello"), BODY_AGAIN, "hello"},
	{"the next request behind a body", 5, IN("helloGET / HTTP/1.1\r\n"), BODY_DONE, "hello",
	 .behind = 16},
	{"a body that looks like chunks", 10, IN("5\r\nhello\r\n"), BODY_DONE, "5\r\nhello\r\n"},
	{"a body longer than 4 GB", UINT64_C(1) << 33, IN("hello"), BODY_AGAIN, "hello"},
	{"the longest body", INT64_MAX, IN("hello"), BODY_AGAIN, "hello"},

	/* chunks */
	{"nothing of chunks", IN_CHUNKS, IN(""), BODY_AGAIN},
	{"an empty body", IN_CHUNKS, IN("0\r\n\r\n"), BODY_TRAILER, .behind = 2},
	{"one chunk", IN_CHUNKS, IN("5\r\nhello\r\n0\r\n\r\n"), BODY_TRAILER, "hello", .behind = 2},
	{"three chunks", IN_CHUNKS, IN("2\r\nhe\r\n1\r\nl\r\n2\r\nlo\r\n0\r\n\r\n"), BODY_TRAILER,
	 "hello", .behind = 2},
	{"a size in hex", IN_CHUNKS, IN("1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n"),
	 BODY_TRAILER, "abcdefghijklmnopqrstuvwxyz", .behind = 2},
	{"a size in small hex", IN_CHUNKS, IN("b\r\nhello world\r\n0\r\n\r\n"), BODY_TRAILER,
	 "hello world", .behind = 2},
	{"a size with zeros before it", IN_CHUNKS, IN("000000000000005\r\nhello\r\n0\r\n\r\n"),
	 BODY_TRAILER, "hello", .behind = 2},
	{"a last chunk of several zeros", IN_CHUNKS, IN("1\r\na\r\n000\r\n\r\n"), BODY_TRAILER, "a",
	 .behind = 2},
	{"CRs and LFs as body", IN_CHUNKS, IN("6\r\n\r\n0\r\n\r\r\n0\r\n\r\n"), BODY_TRAILER,
	 "\r\n0\r\n\r", .behind = 2},
	{"a chunk that goes on", IN_CHUNKS, IN("6\r\nhello"), BODY_AGAIN, "hello"},
	{"a chunk without its CRLF yet", IN_CHUNKS, IN("5\r\nhello"), BODY_AGAIN, "hello"},
	{"a chunk without its LF yet", IN_CHUNKS, IN("5\r\nhello\r"), BODY_AGAIN, "hello"},
	{"the largest chunk", IN_CHUNKS, IN("fffffffffffffff\r\nhello"), BODY_AGAIN, "hello"},
	{"a trailer section behind", IN_CHUNKS, IN("0\r\nX: y\r\n\r\n"), BODY_TRAILER, .behind = 8},
	{"a request behind the trailer section", IN_CHUNKS, IN("0\r\n\r\nGET /"), BODY_TRAILER,
	 .behind = 7},

	/* extensions */
	{"an extension", IN_CHUNKS, IN("5;a=b\r\nhello\r\n0\r\n\r\n"), BODY_TRAILER, "hello",
	 .behind = 2},
	{"an extension of the last chunk", IN_CHUNKS, IN("0;a=b\r\n\r\n"), BODY_TRAILER,
	 .behind = 2},
	{"an empty extension", IN_CHUNKS, IN("1;\r\na\r\n0\r\n\r\n"), BODY_TRAILER, "a",
	 .behind = 2},
	{"several extensions", IN_CHUNKS, IN("1;a;b=c; d=\"e;f\"\r\na\r\n0\r\n\r\n"), BODY_TRAILER,
	 "a", .behind = 2},
	{"blanks before an extension", IN_CHUNKS, IN("1 \t;a\r\na\r\n0\r\n\r\n"), BODY_TRAILER, "a",
	 .behind = 2},
	{"bytes above ASCII in an extension", IN_CHUNKS, IN("1;\xff\r\na\r\n0\r\n\r\n"),
	 BODY_TRAILER, "a", .behind = 2},

	/* no framing */
	{"no size", IN_CHUNKS, IN("\r\nhello\r\n"), BODY_BAD},
	{"no size but an extension", IN_CHUNKS, IN(";a\r\nhello\r\n"), BODY_BAD},
	{"a bare LF for a size", IN_CHUNKS, IN("\n"), BODY_BAD},
	{"a size with a sign", IN_CHUNKS, IN("+5\r\nhello\r\n"), BODY_BAD},
	{"a negative size", IN_CHUNKS, IN("-1\r\nhello\r\n"), BODY_BAD},
	{"a size with 0x", IN_CHUNKS, IN("0x5\r\nhello\r\n"), BODY_BAD},
	{"a size with h", IN_CHUNKS, IN("5h\r\nhello\r\n"), BODY_BAD},
	{"a size with a letter behind f", IN_CHUNKS, IN("g\r\n"), BODY_BAD},
	{"a size with a byte between 9 and A", IN_CHUNKS, IN(":\r\n"), BODY_BAD},
	{"a size with a byte behind F", IN_CHUNKS, IN("`\r\n"), BODY_BAD},
	{"a size with a byte above ASCII", IN_CHUNKS, IN("\xb5\r\n"), BODY_BAD},
	{"a size with a NUL", IN_CHUNKS, IN("5\0\r\nhello\r\n"), BODY_BAD},
	{"a size with an underscore", IN_CHUNKS, IN("1_0\r\n"), BODY_BAD},
	{"a blank before the size", IN_CHUNKS, IN(" 5\r\nhello\r\n"), BODY_BAD},
	{"a blank behind the size", IN_CHUNKS, IN("5 \r\nhello\r\n"), BODY_BAD},
	{"a digit behind a blank", IN_CHUNKS, IN("5 5\r\nhello\r\n"), BODY_BAD},
	{"a size of 16 digits", IN_CHUNKS, IN("1000000000000005\r\nhello"), BODY_BAD},
	{"a size of 17 digits that would come round to 5", IN_CHUNKS,
	 IN("10000000000000005\r\nhello"), BODY_BAD},
	{"a size of many zeros", IN_CHUNKS, IN("0000000000000000\r\n\r\n"), BODY_BAD},
	{"a bare LF behind the size", IN_CHUNKS, IN("5\nhello\r\n"), BODY_BAD},
	{"a bare CR behind the size", IN_CHUNKS, IN("5\rhello\r\n"), BODY_BAD},
	{"two CRs behind the size", IN_CHUNKS, IN("5\r\r\nhello\r\n"), BODY_BAD},
	{"a bare LF in an extension", IN_CHUNKS, IN("5;a\nhello\r\n"), BODY_BAD},
	{"a bare CR in an extension", IN_CHUNKS, IN("5;a\rb\r\nhello\r\n"), BODY_BAD},
	{"a NUL in an extension", IN_CHUNKS, IN("5;a\0\r\nhello\r\n"), BODY_BAD},
	{"a DEL in an extension", IN_CHUNKS, IN("5;\177\r\nhello\r\n"), BODY_BAD},
	{"a chunk longer than its size", IN_CHUNKS, IN("5\r\nhello!\r\n"), BODY_BAD, "hello"},
	{"a chunk shorter than its size", IN_CHUNKS, IN("5\r\nhe\r\n0\r\n\r\n"), BODY_BAD,
	 "he\r\n0"},
	{"no CRLF behind a chunk", IN_CHUNKS, IN("5\r\nhello0\r\n\r\n"), BODY_BAD, "hello"},
	{"a bare LF behind a chunk", IN_CHUNKS, IN("5\r\nhello\n0\r\n\r\n"), BODY_BAD, "hello"},
	{"a bare CR behind a chunk", IN_CHUNKS, IN("5\r\nhello\r0\r\n\r\n"), BODY_BAD, "hello"},
	{"an empty line between chunks", IN_CHUNKS, IN("5\r\nhello\r\n\r\n0\r\n\r\n"), BODY_BAD,
	 "hello"},
	{"a bare LF behind the last size", IN_CHUNKS, IN("0\n\r\n"), BODY_BAD},
};

/* Decoding ------------------------------------------------------------------------------------- */

struct decoding {
	struct body body;
	enum body_result result;
	char text[BODY_MAX];
	size_t len;    /* of the text */
	size_t behind; /* bytes left when it ended */
};

static void
decoding_init(struct decoding *decoding, uint64_t length)
{
	memset(decoding, 0xa5, sizeof(*decoding));
	if (length == IN_CHUNKS)
		body_init_chunked(&decoding->body);
	else
		body_init_length(&decoding->body, length);
	decoding->result = BODY_AGAIN;
	decoding->len = decoding->behind = 0;
}

/* Takes n bytes more; once the body has ended they are only counted. */
static void
decoding_feed(struct decoding *decoding, const char *bytes, size_t n)
{
	char *place = malloc(n);
	const char *p = place;
	size_t left = n;
	eddy_str piece;

	if (n > 0)
		memcpy(place, bytes, n);
	if (decoding->result == BODY_AGAIN) {
		while ((decoding->result = body_decode(&decoding->body, &p, &left, &piece)) ==
		       BODY_PIECE) {
			ck_assert_uint_gt(piece.n, 0);
			ck_assert_ptr_eq(piece.p + piece.n, p);
			ck_assert_uint_le(decoding->len + piece.n, BODY_MAX);
			memcpy(decoding->text + decoding->len, piece.p, piece.n);
			decoding->len += piece.n;
		}
		ck_assert_ptr_eq(p + left, place + n);
		ck_assert(decoding->result != BODY_AGAIN || left == 0);
	}
	decoding->behind += left;
	free(place);
}

static void
decoding_expect(const struct decoding *decoding, const struct framing *f, const char *how)
{
	const char *body = f->body != NULL ? f->body : "";

	ck_assert_msg(decoding->result == f->result, "%s, %s: %d", f->name, how,
		      (int)decoding->result);
	ck_assert_msg(decoding->len == strlen(body) &&
			      memcmp(decoding->text, body, decoding->len) == 0,
		      "%s, %s: \"%.*s\"", f->name, how, (int)decoding->len, decoding->text);
	if (f->result != BODY_BAD)
		ck_assert_msg(decoding->behind == f->behind, "%s, %s: %zu bytes behind", f->name,
			      how, decoding->behind);
}

START_TEST(a_body_is_decoded_as_it_says)
{
	const struct framing *f = &framings[_i];
	struct decoding decoding;

	decoding_init(&decoding, f->length);
	decoding_feed(&decoding, f->bytes, f->n);
	decoding_expect(&decoding, f, "in one piece");
}
END_TEST

START_TEST(a_body_cut_at_any_byte_is_decoded_the_same)
{
	struct decoding decoding;
	char how[32];

	for (int i = 0; i < COUNT(framings); i++) {
		const struct framing *f = &framings[i];

		for (size_t cut = 0; cut <= f->n; cut++) {
			snprintf(how, sizeof(how), "cut at %zu", cut);
			decoding_init(&decoding, f->length);
			decoding_feed(&decoding, f->bytes, cut);
			decoding_feed(&decoding, f->bytes + cut, f->n - cut);
			decoding_expect(&decoding, f, how);
		}
	}
}
END_TEST

START_TEST(a_body_in_single_bytes_is_decoded_the_same)
{
	struct decoding decoding;

	for (int i = 0; i < COUNT(framings); i++) {
		decoding_init(&decoding, framings[i].length);
		decoding_feed(&decoding, "", 0);
		for (size_t j = 0; j < framings[i].n; j++)
			decoding_feed(&decoding, framings[i].bytes + j, 1);
		decoding_expect(&decoding, &framings[i], "byte by byte");
	}
}
END_TEST

/* Bounds --------------------------------------------------------------------------------------- */

#define EXTENSIONS_MAX 16384 /* bytes of a body's extensions, the semicolons included */

/* Feeds a chunk of one byte with an extension of n bytes, the semicolon included (0: none). */
static enum body_result
feed_extension(struct decoding *decoding, size_t n)
{
	char *text = malloc(n + 8);

	decoding->len = 0;
	text[0] = '1';
	memset(text + 1, 'x', n);
	if (n > 0)
		text[1] = ';';
	memcpy(text + 1 + n, "\r\na\r\n", 5);
	decoding_feed(decoding, text, n + 6);
	free(text);
	return decoding->result;
}

START_TEST(extensions_may_have_16384_bytes)
{
	struct decoding decoding;

	decoding_init(&decoding, IN_CHUNKS);
	ck_assert_int_eq(feed_extension(&decoding, EXTENSIONS_MAX), BODY_AGAIN);
}
END_TEST

START_TEST(an_extension_that_is_longer_is_refused)
{
	struct decoding decoding;

	decoding_init(&decoding, IN_CHUNKS);
	ck_assert_int_eq(feed_extension(&decoding, EXTENSIONS_MAX + 1), BODY_BAD);
}
END_TEST

START_TEST(the_bound_is_for_all_extensions_of_a_body_together)
{
	struct decoding decoding;

	decoding_init(&decoding, IN_CHUNKS);
	for (size_t sum = 0; sum < EXTENSIONS_MAX; sum += 64)
		ck_assert_int_eq(feed_extension(&decoding, 64), BODY_AGAIN);
	ck_assert_int_eq(feed_extension(&decoding, 1), BODY_BAD);
}
END_TEST

START_TEST(blanks_before_an_extension_count_for_the_bound)
{
	struct decoding decoding;

	decoding_init(&decoding, IN_CHUNKS);
	decoding_feed(&decoding, "1", 1);
	for (size_t i = 0; i < EXTENSIONS_MAX; i++)
		decoding_feed(&decoding, " ", 1);
	ck_assert_int_eq(decoding.result, BODY_AGAIN);
	decoding_feed(&decoding, ";", 1);
	ck_assert_int_eq(decoding.result, BODY_BAD);
}
END_TEST

START_TEST(chunks_without_extensions_do_not_use_up_the_bound)
{
	struct decoding decoding;

	decoding_init(&decoding, IN_CHUNKS);
	for (size_t i = 0; i < 2 * EXTENSIONS_MAX; i++)
		ck_assert_int_eq(feed_extension(&decoding, 0), BODY_AGAIN);
	ck_assert_int_eq(feed_extension(&decoding, EXTENSIONS_MAX), BODY_AGAIN);
}
END_TEST

START_TEST(the_bound_does_not_wear_off_with_many_chunks)
{
	struct decoding decoding;

	decoding_init(&decoding, IN_CHUNKS);
	ck_assert_int_eq(feed_extension(&decoding, EXTENSIONS_MAX), BODY_AGAIN);
	for (size_t i = 0; i < 50000; i++)
		ck_assert_int_eq(feed_extension(&decoding, 0), BODY_AGAIN);
	ck_assert_int_eq(feed_extension(&decoding, 1), BODY_BAD);
}
END_TEST

/* What is left --------------------------------------------------------------------------------- */

START_TEST(a_length_tells_how_much_is_left)
{
	struct decoding decoding;

	decoding_init(&decoding, 10);
	ck_assert(body_is_longer(&decoding.body, 9));
	ck_assert(!body_is_longer(&decoding.body, 10));
	decoding_feed(&decoding, "abcd", 4);
	ck_assert(body_is_longer(&decoding.body, 5));
	ck_assert(!body_is_longer(&decoding.body, 6));
}
END_TEST

START_TEST(a_body_is_whole_with_its_last_byte)
{
	struct decoding decoding;

	decoding_init(&decoding, 10);
	decoding_feed(&decoding, "abcdefghi", 9);
	ck_assert(!body_is_whole(&decoding.body));
	decoding_feed(&decoding, "j", 1);
	ck_assert(body_is_whole(&decoding.body));
}
END_TEST

START_TEST(chunks_are_not_whole_before_their_end)
{
	struct decoding decoding;

	decoding_init(&decoding, IN_CHUNKS);
	decoding_feed(&decoding, "1\r\na", 4);
	ck_assert(!body_is_whole(&decoding.body));
}
END_TEST

START_TEST(chunks_do_not_tell_how_much_is_left)
{
	struct decoding decoding;

	decoding_init(&decoding, IN_CHUNKS);
	decoding_feed(&decoding, "ffff\r\na", 7);
	ck_assert(!body_is_longer(&decoding.body, 0));
}
END_TEST

START_TEST(a_piece_points_into_the_bytes_that_were_given)
{
	static const char bytes[] = "3\r\nabc\r\n";
	const char *p = bytes;
	size_t n = sizeof(bytes) - 1;
	struct body body;
	eddy_str piece;

	body_init_chunked(&body);
	ck_assert_int_eq(body_decode(&body, &p, &n, &piece), BODY_PIECE);
	ck_assert_ptr_eq(piece.p, bytes + 3);
	ck_assert_uint_eq(piece.n, 3);
	ck_assert_ptr_eq(p, bytes + 6);
	ck_assert_uint_eq(n, 2);
}
END_TEST

/* The trailer section is the head parser's: it takes over at the byte where the decoder stopped. */
START_TEST(the_head_parser_goes_on_where_the_trailer_section_begins)
{
	static const char bytes[] = "1\r\na\r\n0;x\r\nX: y\r\n\r\nGET";
	const char *p = bytes;
	size_t n = sizeof(bytes) - 1;
	struct head trailer;
	struct body body;
	eddy_str piece;

	body_init_chunked(&body);
	ck_assert_int_eq(body_decode(&body, &p, &n, &piece), BODY_PIECE);
	ck_assert_int_eq(body_decode(&body, &p, &n, &piece), BODY_TRAILER);
	head_init_trailer(&trailer);
	ck_assert_int_eq(
		head_parse(&trailer, p, n,
			   &(struct head_limits){.line = 1024, .head = 1024, .fields = 100}),
		HEAD_DONE);
	ck_assert_text(head_name(&trailer, 0), "X");
	ck_assert_text(head_value(&trailer, 0), "y");
	ck_assert_str_eq(p + trailer.size, "GET");
}
END_TEST

START_TEST(a_body_that_is_done_stays_done)
{
	const char *p = "next";
	size_t n = 4;
	struct body body;
	eddy_str piece;

	body_init_length(&body, 0);
	ck_assert_int_eq(body_decode(&body, &p, &n, &piece), BODY_DONE);
	ck_assert_int_eq(body_decode(&body, &p, &n, &piece), BODY_DONE);
	ck_assert_uint_eq(n, 4);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_loop_test(tcase, a_body_is_decoded_as_it_says, 0, COUNT(framings));
	tcase_add_test(tcase, a_body_cut_at_any_byte_is_decoded_the_same);
	tcase_add_test(tcase, a_body_in_single_bytes_is_decoded_the_same);
	tcase_add_test(tcase, extensions_may_have_16384_bytes);
	tcase_add_test(tcase, an_extension_that_is_longer_is_refused);
	tcase_add_test(tcase, the_bound_is_for_all_extensions_of_a_body_together);
	tcase_add_test(tcase, blanks_before_an_extension_count_for_the_bound);
	tcase_add_test(tcase, chunks_without_extensions_do_not_use_up_the_bound);
	tcase_add_test(tcase, the_bound_does_not_wear_off_with_many_chunks);
	tcase_add_test(tcase, a_length_tells_how_much_is_left);
	tcase_add_test(tcase, a_body_is_whole_with_its_last_byte);
	tcase_add_test(tcase, chunks_are_not_whole_before_their_end);
	tcase_add_test(tcase, chunks_do_not_tell_how_much_is_left);
	tcase_add_test(tcase, a_piece_points_into_the_bytes_that_were_given);
	tcase_add_test(tcase, the_head_parser_goes_on_where_the_trailer_section_begins);
	tcase_add_test(tcase, a_body_that_is_done_stays_done);
}

int
main(void)
{
	return suite_run("http/body", tests_add);
}
