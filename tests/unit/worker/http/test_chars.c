/*
 * Byte classes: each of the 256 bytes against the RFCs' own lists.
 */
#include "../suite.h"
#include "http/chars.h"

#define ALPHA "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGIT "0123456789"

static bool
in(int c, const char *list)
{
	return c != 0 && strchr(list, c) != NULL;
}

START_TEST(a_token_has_letters_digits_and_fifteen_signs)
{
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq(char_is((unsigned char)c, CHAR_TOKEN),
				 c < 128 && in(c, ALPHA DIGIT "!#$%&'*+-.^_`|~"));
}
END_TEST

START_TEST(a_value_has_all_but_control_bytes)
{
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq(char_is((unsigned char)c, CHAR_VALUE),
				 c == '\t' || (c >= ' ' && c != 0x7f));
}
END_TEST

START_TEST(a_target_has_what_can_be_seen_but_a_fragment)
{
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq(char_is((unsigned char)c, CHAR_TARGET),
				 c > ' ' && c < 0x7f && c != '#');
}
END_TEST

START_TEST(a_host_has_what_rfc_3986_lets_it_have)
{
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq(char_is((unsigned char)c, CHAR_HOST),
				 c < 128 && in(c, ALPHA DIGIT "-._~!$&'()*+,;=%:[]"));
}
END_TEST

START_TEST(a_name_of_a_host_has_no_colon_bracket_or_percent)
{
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq(char_is((unsigned char)c, CHAR_NAME),
				 char_is((unsigned char)c, CHAR_HOST) && strchr(":[]%", c) == NULL);
}
END_TEST

START_TEST(hex_digits_are_those_of_both_cases)
{
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq(char_is((unsigned char)c, CHAR_HEX),
				 c < 128 && in(c, DIGIT "abcdefABCDEF"));
}
END_TEST

START_TEST(digits_are_ten)
{
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq(char_is((unsigned char)c, CHAR_DIGIT), c < 128 && in(c, DIGIT));
}
END_TEST

START_TEST(only_the_letters_of_ascii_have_a_lower_case)
{
	for (int c = 0; c < 256; c++)
		ck_assert_int_eq(char_lower((unsigned char)c),
				 c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}
END_TEST

START_TEST(names_are_equal_in_any_case)
{
	ck_assert(chars_equal_nocase("Content-LENGTH", "content-length", 14));
	ck_assert(chars_equal_nocase("", "", 0));
	ck_assert(!chars_equal_nocase("Content-Length", "content_length", 14));
}
END_TEST

START_TEST(signs_that_differ_by_the_bit_of_the_case_are_not_equal)
{
	ck_assert(!chars_equal_nocase("[", "{", 1));
	ck_assert(!chars_equal_nocase("@", "`", 1));
	ck_assert(!chars_equal_nocase("\r", "-", 1));
	ck_assert(!chars_equal_nocase("\xc4", "\xe4", 1));
}
END_TEST

START_TEST(no_bytes_are_not_all_of_a_class_but_none_is_outside)
{
	ck_assert(!chars_all("", 0, CHAR_TOKEN));
	ck_assert(chars_all_or_none("", 0, CHAR_TOKEN));
	ck_assert(chars_all_or_none(NULL, 0, CHAR_TOKEN));
}
END_TEST

START_TEST(one_byte_outside_is_found_wherever_it_stands)
{
	char text[] = "abcdef";

	ck_assert(chars_all(text, 6, CHAR_TOKEN));
	for (size_t i = 0; i < 6; i++) {
		text[i] = ':';
		ck_assert(!chars_all(text, 6, CHAR_TOKEN));
		ck_assert(!chars_all_or_none(text, 6, CHAR_TOKEN));
		text[i] = 'a';
	}
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, a_token_has_letters_digits_and_fifteen_signs);
	tcase_add_test(tcase, a_value_has_all_but_control_bytes);
	tcase_add_test(tcase, a_target_has_what_can_be_seen_but_a_fragment);
	tcase_add_test(tcase, a_host_has_what_rfc_3986_lets_it_have);
	tcase_add_test(tcase, a_name_of_a_host_has_no_colon_bracket_or_percent);
	tcase_add_test(tcase, hex_digits_are_those_of_both_cases);
	tcase_add_test(tcase, digits_are_ten);
	tcase_add_test(tcase, only_the_letters_of_ascii_have_a_lower_case);
	tcase_add_test(tcase, names_are_equal_in_any_case);
	tcase_add_test(tcase, signs_that_differ_by_the_bit_of_the_case_are_not_equal);
	tcase_add_test(tcase, no_bytes_are_not_all_of_a_class_but_none_is_outside);
	tcase_add_test(tcase, one_byte_outside_is_found_wherever_it_stands);
}

int
main(void)
{
	return suite_run("http/chars", tests_add);
}
