/*
 * The list of errors: how one is shown, and that it owns what it shows.
 */
#include "text.h"

START_TEST(error_shows_its_place)
{
	struct conf_errors errors = {0};
	char *text;

	conf_errors_add(&errors, (struct conf_where){"a.conf", 7}, "bad %s", "x");
	conf_errors_add(&errors, (struct conf_where){"a.conf", 0}, "bad");
	conf_errors_add(&errors, (struct conf_where){0}, "no file");
	text = errors_text(&errors);
	ck_assert_str_eq(text, "a.conf:7: bad x\na.conf: bad\nno file\n");
	free(text);
	conf_errors_fini(&errors);
	ck_assert_uint_eq(errors.count, 0);
}
END_TEST

START_TEST(file_name_outlives_its_giver)
{
	struct conf_errors errors = {0};
	char name[] = "a.conf";

	conf_errors_add(&errors, (struct conf_where){name, 1}, "one");
	conf_errors_add(&errors, (struct conf_where){name, 2}, "two");
	name[0] = 'b';
	ck_assert_str_eq(errors.list[0].where.file, "a.conf");
	ck_assert_ptr_eq(errors.list[0].where.file, errors.list[1].where.file);
	ck_assert_uint_eq(errors.nfiles, 1);
	conf_errors_fini(&errors);
}
END_TEST

START_TEST(format_says_how_long_it_is)
{
	struct conf_error error = {{"a", 12}, (char *)"wrong"};
	char buf[8];

	ck_assert_int_eq(conf_error_format(&error, buf, sizeof(buf)), 11);
	ck_assert_str_eq(buf, "a:12: w");
}
END_TEST

START_TEST(text_stays_one_line_of_bounded_length)
{
	struct conf_errors errors = {0};
	char huge[4096];

	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	conf_errors_add(&errors, (struct conf_where){0}, "\"a\nb\r\033\"");
	conf_errors_add(&errors, (struct conf_where){0}, "%s", huge);
	ck_assert_str_eq(errors.list[0].text, "\"a\\x0ab\\x0d\\x1b\"");
	ck_assert_uint_eq(strlen(errors.list[1].text), 1003);
	ck_assert_str_eq(errors.list[1].text + 998, "xx...");
	conf_errors_fini(&errors);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, error_shows_its_place);
	tcase_add_test(tcase, file_name_outlives_its_giver);
	tcase_add_test(tcase, format_says_how_long_it_is);
	tcase_add_test(tcase, text_stays_one_line_of_bounded_length);
}

int
main(void)
{
	return suite_run("conf/errors", tests_add);
}
