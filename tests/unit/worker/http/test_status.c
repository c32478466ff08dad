/*
 * Status lines: as they go out, for every status that has a usual phrase.
 */
#include <stdio.h>

#include "../suite.h"
#include "http/status.h"

START_TEST(a_status_line_is_as_it_goes_out)
{
	ck_assert_text(status_line(200), "HTTP/1.1 200 OK\r\n");
	ck_assert_text(status_line(404), "HTTP/1.1 404 Not Found\r\n");
	ck_assert_text(status_line(431), "HTTP/1.1 431 Request Header Fields Too Large\r\n");
	ck_assert_text(status_line(511), "HTTP/1.1 511 Network Authentication Required\r\n");
}
END_TEST

START_TEST(a_status_text_is_the_line_without_its_ends)
{
	ck_assert_text(status_text(100), "100 Continue");
	ck_assert_text(status_text(503), "503 Service Unavailable");
}
END_TEST

START_TEST(a_status_without_a_usual_phrase_has_neither)
{
	static const int unknown[] = {104, 199, 209, 299, 306, 399, 419, 430, 452, 499, 509, 599};

	for (int i = 0; i < COUNT(unknown); i++) {
		ck_assert_text(status_line(unknown[i]), NULL);
		ck_assert_text(status_text(unknown[i]), NULL);
	}
}
END_TEST

START_TEST(what_is_no_status_has_neither)
{
	static const int none[] = {-1, 0, 99, 600, 1000, 1 << 20, -(1 << 20)};

	for (int i = 0; i < COUNT(none); i++) {
		ck_assert_text(status_line(none[i]), NULL);
		ck_assert_text(status_text(none[i]), NULL);
	}
}
END_TEST

START_TEST(every_line_begins_with_its_status_and_ends_with_crlf)
{
	char expected[32];

	for (int status = 100; status < 600; status++) {
		eddy_str line = status_line(status), words = status_text(status);

		if (line.p == NULL)
			continue;
		snprintf(expected, sizeof(expected), "HTTP/1.1 %d ", status);
		ck_assert_uint_gt(line.n, strlen(expected) + 2);
		ck_assert_mem_eq(line.p, expected, strlen(expected));
		ck_assert_mem_eq(line.p + line.n - 2, "\r\n", 2);
		ck_assert_uint_eq(words.n, line.n - 11);
		ck_assert_mem_eq(words.p, line.p + 9, words.n);
	}
}
END_TEST

START_TEST(every_status_that_eddy_answers_itself_has_a_line)
{
	static const int own[] = {100, 200, 204, 304, 400, 404, 405, 408,
				  413, 414, 417, 431, 500, 501, 503, 505};

	for (int i = 0; i < COUNT(own); i++)
		ck_assert_ptr_nonnull(status_line(own[i]).p);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, a_status_line_is_as_it_goes_out);
	tcase_add_test(tcase, a_status_text_is_the_line_without_its_ends);
	tcase_add_test(tcase, a_status_without_a_usual_phrase_has_neither);
	tcase_add_test(tcase, what_is_no_status_has_neither);
	tcase_add_test(tcase, every_line_begins_with_its_status_and_ends_with_crlf);
	tcase_add_test(tcase, every_status_that_eddy_answers_itself_has_a_line);
}

int
main(void)
{
	return suite_run("http/status", tests_add);
}
