/*
 * UTF-8 and UTF-16 at every boundary: what is none becomes U+FFFD, one for each part of a character
 * that could have gone on, as the Encoding Standard has it.
 */
#include <string.h>

#include "tests/unit/suite.h"
#include "worker/modules/js/utf8.h"

#define BAD 0xfffd

struct pair {
	const char *bytes;
	size_t nbytes;
	uint16_t chars[8];
	size_t nchars;
};

#define PAIR(text, ...)                                                      \
	{                                                                    \
		text, sizeof(text) - 1, {__VA_ARGS__},                       \
			sizeof((uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t) \
	}

static void
check_decoded(const struct pair *pair)
{
	uint16_t chars[16] = {0};
	size_t n = utf8_decode(pair->bytes, pair->nbytes, chars);

	ck_assert_uint_eq(n, pair->nchars);
	ck_assert_mem_eq(chars, pair->chars, n * sizeof(chars[0]));
}

START_TEST(every_length_begins_and_ends_where_it_should)
{
	static const struct pair pairs[] = {
		PAIR("\0", 0),
		PAIR("\x7f", 0x7f),
		PAIR("\xc2\x80", 0x80),
		PAIR("\xdf\xbf", 0x7ff),
		PAIR("\xe0\xa0\x80", 0x800),
		PAIR("\xed\x9f\xbf", 0xd7ff),
		PAIR("\xee\x80\x80", 0xe000),
		PAIR("\xef\xbf\xbf", 0xffff),
		PAIR("\xf0\x90\x80\x80", 0xd800, 0xdc00),
		PAIR("\xf4\x8f\xbf\xbf", 0xdbff, 0xdfff),
		PAIR("a\xc3\xa9\xe2\x98\x83\xf0\x9d\x84\x9ez", 'a', 0xe9, 0x2603, 0xd834, 0xdd1e,
		     'z'),
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char bytes[32];
		size_t n = utf8_encode(pairs[i].chars, pairs[i].nchars, bytes);

		check_decoded(&pairs[i]);
		ck_assert_uint_eq(n, pairs[i].nbytes);
		ck_assert_mem_eq(bytes, pairs[i].bytes, n);
	}
}
END_TEST

START_TEST(what_is_no_character_is_replaced_part_by_part)
{
	static const struct pair pairs[] = {
		PAIR("\x80", BAD),
		PAIR("\xbf\xbf", BAD, BAD),
		PAIR("\xc0\x80", BAD, BAD), /* overlong */
		PAIR("\xc1\xbf", BAD, BAD),
		PAIR("\xe0\x9f\xbf", BAD, BAD, BAD),
		PAIR("\xf0\x8f\xbf\xbf", BAD, BAD, BAD, BAD),
		PAIR("\xed\xa0\x80", BAD, BAD, BAD), /* a surrogate */
		PAIR("\xed\xbf\xbf", BAD, BAD, BAD),
		PAIR("\xf4\x90\x80\x80", BAD, BAD, BAD, BAD), /* above U+10FFFF */
		PAIR("\xf5\x80", BAD, BAD),
		PAIR("\xff\xfe", BAD, BAD),
		PAIR("\xc2", BAD), /* cut off: one for what there is */
		PAIR("\xe2\x98", BAD),
		PAIR("\xf0\x9d\x84", BAD),
		PAIR("\xe2\x98z", BAD, 'z'),
		PAIR("\xf0\x9d\xc3\xa9", BAD, 0xe9),
		PAIR("\xe2\xe2\x98\x83", BAD, 0x2603),
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		check_decoded(&pairs[i]);
}
END_TEST

START_TEST(a_surrogate_that_stands_alone_is_replaced)
{
	static const struct {
		uint16_t chars[4];
		size_t nchars;
		const char *bytes;
	} cases[] = {
		{{0xd800}, 1, "\xef\xbf\xbd"},
		{{0xdfff}, 1, "\xef\xbf\xbd"},
		{{'a', 0xdbff, 'b'},
		 3,
		 "a\xef\xbf\xbd"
		 "b"},
		{{0xdc00, 0xd800}, 2, "\xef\xbf\xbd\xef\xbf\xbd"},
		{{0xd834, 0xd834, 0xdd1e}, 3, "\xef\xbf\xbd\xf0\x9d\x84\x9e"},
		{{0xd834, 0xdd1e, 0xdd1e}, 3, "\xf0\x9d\x84\x9e\xef\xbf\xbd"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char bytes[16];
		size_t n = utf8_encode(cases[i].chars, cases[i].nchars, bytes);

		ck_assert_uint_eq(n, strlen(cases[i].bytes));
		ck_assert_mem_eq(bytes, cases[i].bytes, n);
	}
}
END_TEST

START_TEST(every_character_comes_back)
{
	for (uint32_t c = 0; c < 0x110000; c++) {
		uint16_t chars[2] = {(uint16_t)c}, back[4];
		size_t n = 1, nbytes;
		char bytes[6];

		if (c >= 0xd800 && c < 0xe000)
			continue;
		if (c >= 0x10000) {
			chars[0] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
			chars[1] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
			n = 2;
		}
		nbytes = utf8_encode(chars, n, bytes);
		if (nbytes != (c < 0x80	     ? 1
			       : c < 0x800   ? 2
			       : c < 0x10000 ? 3
					     : 4) ||
		    utf8_decode(bytes, nbytes, back) != n || memcmp(chars, back, n * 2) != 0)
			ck_abort_msg("U+%04X", c);
	}
}
END_TEST

static void
add_tests(TCase *tcase)
{
	tcase_add_test(tcase, every_length_begins_and_ends_where_it_should);
	tcase_add_test(tcase, what_is_no_character_is_replaced_part_by_part);
	tcase_add_test(tcase, a_surrogate_that_stands_alone_is_replaced);
	tcase_add_test(tcase, every_character_comes_back);
}

int
main(void)
{
	return suite_run("js_utf8", add_tests);
}
