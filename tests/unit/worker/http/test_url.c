/*
 * URLs of requests: taken apart as they say, or refused with what is wrong.
 */
#include "../suite.h"
#include "http/url.h"

#include <string.h>

struct good {
	const char *text, *host;
	unsigned port;
	const char *target;
	bool rootless;
};

static const struct good good[] = {
	{"http://a/", "a", 80, "/", false},
	{"http://a", "a", 80, "", true},
	{"http://a?b=c", "a", 80, "?b=c", true},
	{"http://a#b", "a", 80, "", true},
	{"http://a/b/c?d=e&f#g", "a", 80, "/b/c?d=e&f", false},
	{"http://a/b#", "a", 80, "/b", false},
	{"http://a/b?c?d/e@f:g", "a", 80, "/b?c?d/e@f:g", false},
	{"HTTP://Example.ORG:8080/", "Example.ORG", 8080, "/", false},
	{"http://a:/", "a", 80, "/", false},
	{"http://a:80", "a", 80, "", true},
	{"http://a:65535/", "a", 65535, "/", false},
	{"http://127.0.0.1:9000/x", "127.0.0.1", 9000, "/x", false},
	{"http://[::1]/x", "[::1]", 80, "/x", false},
	{"http://[2001:db8::1]:8080", "[2001:db8::1]", 8080, "", true},
	{"http://_a-b.c~d/%20?%zz", "_a-b.c~d", 80, "/%20?%zz", false},
	{"http://a//b/../c", "a", 80, "//b/../c", false},
};

static const char *const bad[] = {
	NULL,
	"",
	"a",
	"/a",
	"//a/b",
	"a:80",
	"http",
	"http:",
	"http:/",
	"http:/a",
	"http:a",
	" http://a/",
	"https://a/",
	"ftp://a/",
	"http://",
	"http:///a",
	"http://?a",
	"http://#a",
	"http://:80/",
	"http://u@a/",
	"http://u:p@a/",
	"http://a:0/",
	"http://a:65536/",
	"http://a:123456/",
	"http://a:x/",
	"http://a:80:80/",
	"http://a:-1/",
	"http://a:+1/",
	"http://a b/",
	"http://a\\b/",
	"http://a\tb/",
	"http://a\r\nb/",
	"http://\xc3\xa4/",
	"http://a%2eb/",
	"http://a%0d%0a/",
	"http://[::1/",
	"http://::1/",
	"http://[]/",
	"http://[g]/",
	"http://[::1]x/",
	"http://a/b c",
	"http://a/b ",
	"http://a/\r\nX: y",
	"http://a/\n",
	"http://a/\x7f",
	"http://a/\xc3\xa4",
	"http://a/?b c",
	"http://a/#b c",
	"http://a/#b\n",
	"http://a/#b#c",
};

START_TEST(a_good_url_is_taken_apart)
{
	struct url url;
	const char *why;

	ck_assert_int_eq(url_parse(&url, good[_i].text, &why), 0);
	ck_assert_ptr_null(why);
	ck_assert_text(url.host, good[_i].host);
	ck_assert_uint_eq(url.port, good[_i].port);
	ck_assert_text(url.target, good[_i].target);
	ck_assert_int_eq(url.rootless, good[_i].rootless);
}
END_TEST

START_TEST(a_bad_url_is_refused_with_a_reason)
{
	struct url url;
	const char *why;

	ck_assert_int_eq(url_parse(&url, bad[_i], &why), EDDY_EINVAL);
	ck_assert_ptr_nonnull(strstr(why, "url"));
}
END_TEST

START_TEST(no_url_is_refused_as_that)
{
	struct url url;
	const char *why;

	ck_assert_int_eq(url_parse(&url, NULL, &why), EDDY_EINVAL);
	ck_assert_str_eq(why, "there is no url");
}
END_TEST

static void
add_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, a_good_url_is_taken_apart, 0, COUNT(good));
	tcase_add_loop_test(tcase, a_bad_url_is_refused_with_a_reason, 0, COUNT(bad));
	tcase_add_test(tcase, no_url_is_refused_as_that);
}

int
main(void)
{
	return suite_run("http/url", add_tests);
}
