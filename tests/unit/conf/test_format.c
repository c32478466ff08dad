/*
 * The access log's format: what it is taken apart into, and what is said of a wrong one.
 */
#include <errno.h>

#include "text.h"

#define LEAST " listen \":1\" { } module m { } route / { module = m }\n"

/* Every item as its kind, with its text. */
static char *
format_show(const char *text)
{
	struct conf_format format;
	char why[1024], *shown;
	size_t size;
	FILE *out = open_memstream(&shown, &size);

	ck_assert_int_eq(conf_format_parse(text, &format, why, sizeof(why)), 0);
	for (size_t i = 0; i < format.count; i++)
		fprintf(out, "%d%s%.*s ", (int)format.items[i].kind,
			format.items[i].text ? ":" : "", (int)format.items[i].size,
			format.items[i].text ? format.items[i].text : "");
	fclose(out);
	conf_format_fini(&format);
	return shown;
}

#define ck_assert_format(text, ...)                              \
	do {                                                     \
		char *shown_ = format_show(text), wanted_[512];  \
		snprintf(wanted_, sizeof(wanted_), __VA_ARGS__); \
		ck_assert_str_eq(shown_, wanted_);               \
		free(shown_);                                    \
	} while (0)

START_TEST(text_and_directives_come_apart)
{
	ck_assert_format("a %h b%%c%s", "%d:a  %d %d: b %d:%% %d:c %d ", CONF_FORMAT_TEXT,
			 CONF_FORMAT_ADDRESS, CONF_FORMAT_TEXT, CONF_FORMAT_TEXT, CONF_FORMAT_TEXT,
			 CONF_FORMAT_STATUS);
	ck_assert_format("%>s%s", "%d %d ", CONF_FORMAT_STATUS, CONF_FORMAT_STATUS);
	ck_assert_format("%{X-Request-ID}i", "%d:X-Request-ID ", CONF_FORMAT_HEADER);
	ck_assert_format("%{iso}t%t%{ms}T%T", "%d %d %d %d ", CONF_FORMAT_TIME_ISO,
			 CONF_FORMAT_TIME, CONF_FORMAT_TOOK_MS, CONF_FORMAT_TOOK_S);
}
END_TEST

START_TEST(combined_and_json_are_formats)
{
	struct conf_format format;
	char why[1024];

	ck_assert_int_eq(conf_format_parse("combined", &format, why, sizeof(why)), 0);
	ck_assert(!format.json);
	ck_assert_uint_gt(format.count, 10);
	conf_format_fini(&format);
	ck_assert_int_eq(conf_format_parse("json", &format, why, sizeof(why)), 0);
	ck_assert(format.json);
	ck_assert_uint_lt(format.count, CONF_FORMAT_ITEMS_MAX);
	conf_format_fini(&format);
}
END_TEST

#define THERE_ARE                                                                              \
	": there are %% %h %a %{remote}p %l %u %t %{iso}t %{sec}t %r %{url}r %{unparsed}r %m " \
	"%U %q %H %s %>s %b %B %D %T %{ms}T %{us}T %{s}T %k %P %{Name}i (a header of the "     \
	"request) %{route}n %{module}n %{worker}n %{generation}n\n"

static const struct {
	const char *http, *errors;
} wrong[] = {
	{"access_format = \"%h %x\"", "t:1: bad access_format \"%h %x\" in http: unknown directive "
				      "\"%x\"" THERE_ARE},
	{"access_format = \"%\"",
	 "t:1: bad access_format \"%\" in http: unknown directive \"%\"" THERE_ARE},
	{"access_format = \"%{\"",
	 "t:1: bad access_format \"%{\" in http: unknown directive \"%{\"" THERE_ARE},
	{"access_format = \"%{a b}i\"", "t:1: bad access_format \"%{a b}i\" in http: unknown "
					"directive \"%{a b}i\"" THERE_ARE},
	{"access_format = \"%{}i\"",
	 "t:1: bad access_format \"%{}i\" in http: unknown directive \"%{}i\"" THERE_ARE},
	{"access_format = \"%{iso}h\"", "t:1: bad access_format \"%{iso}h\" in http: unknown "
					"directive \"%{iso}h\"" THERE_ARE},
	{"access_format = \"%>b\"",
	 "t:1: bad access_format \"%>b\" in http: unknown directive \"%>b\"" THERE_ARE},
	{"access_format = \"combind\"", "t:1: bad access_format \"combind\" in http: did you mean "
					"\"combined\"?\n"},
	{"access_format = \"\"",
	 "t:1: bad access_format \"\" in http: give \"combined\", \"json\" or a text with "
	 "directives in it, such as \"%h %r %>s\"\n"},
	{"access_log = \"access.log\"",
	 "t:1: bad access_log \"access.log\" in http: give the absolute path of a file, "
	 "\"stderr\", \"journal\" or \"off\"\n"},
#ifndef EDDY_HAVE_JOURNAL
	{"access_log = \"journal\"",
	 "t:1: bad access_log \"journal\" in http: this eddy was built without libsystemd; give "
	 "the absolute path of a file, or \"stderr\"\n"},
#endif
};

START_TEST(wrong_format_says_what_there_is)
{
	char text[1024];

	snprintf(text, sizeof(text), "http { %s }" LEAST, wrong[_i].http);
	text_wrong(text, wrong[_i].errors);
}
END_TEST

START_TEST(line_end_in_a_format_is_wrong)
{
	struct conf_format format;
	char why[1024];

	ck_assert_int_eq(conf_format_parse("%h\n%s", &format, why, sizeof(why)), -EINVAL);
	ck_assert_str_eq(why, "a line of the log has no line ends in it");
	conf_format_fini(&format);
}
END_TEST

START_TEST(format_has_an_end)
{
	struct conf_format format;
	char why[1024], text[2 * (CONF_FORMAT_SIZE_MAX + 2)] = "";

	for (int i = 0; i <= CONF_FORMAT_ITEMS_MAX; i++)
		strcat(text, "%h");
	ck_assert_int_eq(conf_format_parse(text, &format, why, sizeof(why)), -EINVAL);
	ck_assert_str_eq(why, "it has more than 128 parts");
	conf_format_fini(&format);
	memset(text, 'a', CONF_FORMAT_SIZE_MAX);
	strcpy(text + CONF_FORMAT_SIZE_MAX, "%h");
	ck_assert_int_eq(conf_format_parse(text, &format, why, sizeof(why)), -EINVAL);
	ck_assert_str_eq(why, "it is longer than 4096 bytes");
	conf_format_fini(&format);
}
END_TEST

START_TEST(places_are_known_and_routes_can_be_left_out)
{
	struct conf *conf = text_conf("http { access_log = /a/b }" LEAST
				      "route /x { module = m access_log = off }");

	ck_assert_int_eq(conf->http.log, CONF_LOG_FILE);
	ck_assert_str_eq(conf->http.access_log, "/a/b");
	ck_assert_uint_eq(conf->http.access_log_where.line, 1);
	ck_assert(conf->routes[0].access_log);
	ck_assert(!conf->routes[1].access_log);
	conf_free(conf);
	conf = text_conf("http { access_log = stderr }" LEAST);
	ck_assert_int_eq(conf->http.log, CONF_LOG_STDERR);
	conf_free(conf);
	conf = text_conf(LEAST);
	ck_assert_int_eq(conf->http.log, CONF_LOG_OFF);
	conf_free(conf);
	text_wrong(LEAST "route /x { module = m access_log = /a/b }",
		   "t:2: bad access_log \"/a/b\" in route: give on or off; where the lines go is "
		   "said in http { ... }\n");
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, text_and_directives_come_apart);
	tcase_add_test(tcase, combined_and_json_are_formats);
	tcase_add_loop_test(tcase, wrong_format_says_what_there_is, 0,
			    (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(tcase, line_end_in_a_format_is_wrong);
	tcase_add_test(tcase, format_has_an_end);
	tcase_add_test(tcase, places_are_known_and_routes_can_be_left_out);
}

int
main(void)
{
	return suite_run("conf/format", tests_add);
}
