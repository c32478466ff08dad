/*
 * What has to fit together: modules that routes name, and no two things that clash.
 */
#include "text.h"

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))
#define MODULE "module m { }\n"
#define ROUTE "route / { module = m }\n"
#define LISTEN "listen \":1\" { }\n"

static const struct {
	const char *text, *errors;
} listens[] = {
	{"listen \":80\" { }\nlisten \"*:80\" { }",
	 "t:2: listen \"*:80\" is there twice, first at t:1\n"},
	{"listen \"[::1]:80\" { }\flisten \"[0:0::1]:80\" { }",
	 "u:1: listen \"[0:0::1]:80\" is there twice, first at t:1\n"},
	{"listen \"unix:/a\" { }\n\nlisten \"unix:/a\" { }",
	 "t:3: listen \"unix:/a\" is there twice, first at t:1\n"},
	{"listen \"unix:@a\" { }\nlisten \"unix:@a\" { }",
	 "t:2: listen \"unix:@a\" is there twice, first at t:1\n"},
	{"listen \"unix:@a\" { }\nlisten \"unix:/a\" { }\nlisten \"unix:@ab\" { }", ""},
	{"listen \"fd:a\" { }\nlisten \"fd:b\" { }\nlisten \":80\" { }\nlisten \"fd:a\" { }",
	 "t:4: listen \"fd:a\" is there twice, first at t:1\n"},
	{"listen \"fd:a\" { ipv6only = false }",
	 "t:1: ipv6only in listen \"fd:a\": it is for IPv6 addresses, such as \"[::]:8080\"\n"},
	{"listen \"fd:a\" { mode = 0600 }",
	 "t:1: mode in listen \"fd:a\": it is for unix sockets, such as "
	 "\"unix:/run/eddy/web.sock\"\n"},
	{"listen \"fd:a\" { accept = reuseport }",
	 "t:1: accept = \"reuseport\" in listen \"fd:a\": one socket is passed, and more can only "
	 "be opened beside what eddyd opens itself\n"},
	{"listen \":80\" { }\nlisten \":81\" { }\nlisten \"[::]:80\" { }\nlisten "
	 "\"127.0.0.1:8080\" { }",
	 ""},
	{"listen \"127.0.0.1:80\" { }\nlisten \"127.0.0.2:80\" { }\nlisten \"[::1]:80\" { ipv6only "
	 "= false }",
	 ""},
	{"listen \"127.0.0.1:80\" { }\nlisten \":80\" { }",
	 "t:2: listen \":80\" overlaps with listen \"127.0.0.1:80\" at t:1: one of them takes in "
	 "the other\n"},
	{"listen \"[::]:80\" { }\nlisten \"[::1]:80\" { }",
	 "t:2: listen \"[::1]:80\" overlaps with listen \"[::]:80\" at t:1: one of them takes in "
	 "the other\n"},
	{"listen \"[::]:80\" { ipv6only = false }\nlisten \"127.0.0.1:80\" { }",
	 "t:2: listen \"127.0.0.1:80\" overlaps with listen \"[::]:80\" at t:1: one of them takes "
	 "in the other; "
	 "ipv6only = true keeps them apart\n"},
	/* the same address is the better news, and one is enough */
	{"listen \"127.0.0.1:80\" { }\nlisten \"[::]:80\" { ipv6only = false }\nlisten "
	 "\"127.0.0.1:80\" { }",
	 "t:2: listen \"[::]:80\" overlaps with listen \"127.0.0.1:80\" at t:1: one of them takes "
	 "in the other; "
	 "ipv6only = true keeps them apart\n"
	 "t:3: listen \"127.0.0.1:80\" is there twice, first at t:1\n"},
};

static const struct {
	const char *text, *errors;
} routes[] = {
	/* the same path */
	{"route /a { module = m }\n\nroute /a { module = m }",
	 "t:3: route \"/a\" is there twice, first at t:1\n"},
	{"route /a { module = m }\froute /a { module = m methods = GET }",
	 "u:1: route \"/a\" is there twice for GET, first at t:1\n"},
	{"route /a { module = m methods = PUT }\nroute /a { module = m }",
	 "t:2: route \"/a\" is there twice for PUT, first at t:1\n"},
	{"route /a { module = m methods = {GET, PUT} }\nroute /a { module = m methods = {POST, "
	 "PUT} }",
	 "t:2: route \"/a\" is there twice for PUT, first at t:1\n"},
	{"route /a { module = m methods = GET }\nroute /a { module = m methods = PUT }\n"
	 "route /a { module = m methods = {DELETE, PUT} }",
	 "t:3: route \"/a\" is there twice for PUT, first at t:2\n"},
	{"route /a { module = m methods = GET }\nroute /a { module = m methods = {PUT, POST} }",
	 ""},
	/* what matches the same requests */
	{"route /:a/x { module = m }\nroute /b/x { module = m }\nroute /:b/x { module = m }",
	 "t:3: route \"/:b/x\" matches the same requests as route \"/:a/x\" at t:1\n"},
	{"route \"/:a/*\" { module = m }\nroute \"/:bc/*\" { module = m }",
	 "t:2: route \"/:bc/*\" matches the same requests as route \"/:a/*\" at t:1\n"},
	{"route /:a { module = m methods = GET }\nroute /:b { module = m methods = PUT }", ""},
	{"route /a { module = m }\nroute /a/ { module = m }\nroute \"/a/*\" { module = m }\nroute "
	 "\"/*\" { module = m }\n"
	 "route /:a { module = m }\nroute /A { module = m }\nroute /a:b { module = m }",
	 ""},
	/* modules */
	{"module m { }", "t:2: module \"m\" is there twice, first at t:1\n"},
	{"module n { }\n\fmodule n { }\nmodule n { }",
	 "u:1: module \"n\" is there twice, first at t:1\nu:2: module \"n\" is there twice, first "
	 "at t:1\n"},
	{"module unused { }", ""},
	{"module chat { }\nroute /a {\nmodule = caht }",
	 "t:3: route \"/a\": there is no module \"caht\": did you mean \"chat\"?\n"},
	{"module chat { }\nroute /a { module = static }",
	 "t:2: route \"/a\": there is no module \"static\": there are chat, m\n"},
	{"route /a { module = b }\fmodule b { }", ""},
	{"module chat { }\nlisten \":9\" { protocol = tcp\nmodule = caht }",
	 "t:3: listen \":9\": there is no module \"caht\": did you mean \"chat\"?\n"},
	{"listen \":9\" { protocol = tcp module = b }\fmodule b { }", ""},
	/* CONNECT */
	{"route \"*\" { module = m methods = CONNECT }\nroute \"/*\" { module = m }", ""},
	{"route \"*\" { module = m methods = CONNECT }\nroute \"*\" { module = m methods = CONNECT "
	 "}",
	 "t:2: route \"*\" is there twice for CONNECT, first at t:1\n"},
	/* what has gone wrong elsewhere is not reported twice */
	{"module \"chat { }\nroute /a { module = chat }",
	 "t:1: this string is not closed: a double quote (\") is missing at its end\n"},
	{"route /a { module = m }\nroute /a { module = m methods = { GET PUT } }",
	 "t:2: a \",\" is missing before \"PUT\" in the list methods\n"},
	{"http { max_haed = 1k }\nroute /a { module = chat }",
	 "t:1: unknown key \"max_haed\" in http: did you mean \"max_head\"?\n"
	 "t:2: route \"/a\": there is no module \"chat\": there are m\n"},
};

static void
judge(const char *text, const char *errors)
{
	if (errors[0])
		text_wrong(text, errors);
	else
		conf_free(text_conf(text));
}

START_TEST(listens_must_not_clash)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s " MODULE ROUTE, listens[_i].text);
	judge(text, listens[_i].errors);
}
END_TEST

START_TEST(routes_and_modules_must_fit)
{
	char text[1024];
	const char *end = routes[_i].text;

	/*
	 * behind it, so that the lines count from its begin; m comes first in "module m { }" twice
	 */
	if (strncmp(end, "module m", 8) == 0)
		snprintf(text, sizeof(text), "module m { }\n%s " LISTEN ROUTE, end);
	else
		snprintf(text, sizeof(text), "%s " LISTEN MODULE ROUTE, end);
	judge(text, routes[_i].errors);
}
END_TEST

START_TEST(something_must_be_served_somewhere)
{
	text_wrong("", "t: there is no listen: write for example listen \"127.0.0.1:8080\" { }\n"
		       "t: there is no route, so nothing would be served: write for example module "
		       "\"welcome\" { } and "
		       "route \"/\" { module = \"welcome\" }\n");
	text_wrong("# only a comment\f" LISTEN, "t: there is no route, so nothing would be served: "
						"write for example module \"welcome\" { } and "
						"route \"/\" { module = \"welcome\" }\n");
	/* servers of its own, which only the module knows */
	conf_free(text_conf(MODULE));
	conf_free(text_conf(LISTEN MODULE));
	conf_free(text_conf("listen \":2\" { protocol = tcp module = m }\n" MODULE));
	text_wrong(MODULE ROUTE,
		   "t: there is no listen: write for example listen \"127.0.0.1:8080\" { }\n");
	text_wrong(LISTEN "route / { module = nix }",
		   "t:2: route \"/\": there is no module \"nix\": write module \"nix\" { } at the "
		   "top level\n");
}
END_TEST

START_TEST(number_of_listens_is_bounded)
{
	char *text, *errors;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct conf *conf;

	fputs(MODULE ROUTE, out);
	for (int i = 1; i <= CONF_LISTENS_MAX; i++)
		fprintf(out, "listen \":%d\" { }\n", i);
	fflush(out);
	conf_free(text_conf(text));
	fputs("listen \":999\" { }\n", out);
	fclose(out);
	conf = text_parse(text, &errors);
	ck_assert_ptr_null(conf);
	ck_assert_str_eq(errors, "t:203: there are more than 200 listens\n");
	free(errors);
	free(text);
}
END_TEST

START_TEST(listen_for_tcp_knows_its_module)
{
	struct conf *conf = text_conf(LISTEN "module b { } module c { }"
					     "listen \":2\" { protocol = tcp module = c }"
					     "listen \":3\" { protocol = tcp module = b } " ROUTE
					     "module m { }");

	ck_assert_int_eq(conf->listens[0].protocol, CONF_HTTP);
	ck_assert_int_eq(conf->listens[1].protocol, CONF_TCP);
	ck_assert_uint_eq(conf->listens[1].module, 1);
	ck_assert_uint_eq(conf->listens[2].module, 0);
	conf_free(conf);
}
END_TEST

START_TEST(route_knows_its_module)
{
	struct conf *conf = text_conf(
		LISTEN "module b { } module c { } module a { }"
		       "route /1 { module = a } route /2 { module = b } route /3 { module = c }");

	ck_assert_uint_eq(conf->routes[0].module, 2);
	ck_assert_uint_eq(conf->routes[1].module, 0);
	ck_assert_uint_eq(conf->routes[2].module, 1);
	conf_free(conf);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_loop_test(tcase, listens_must_not_clash, 0, COUNT(listens));
	tcase_add_loop_test(tcase, routes_and_modules_must_fit, 0, COUNT(routes));
	tcase_add_test(tcase, something_must_be_served_somewhere);
	tcase_add_test(tcase, number_of_listens_is_bounded);
	tcase_add_test(tcase, listen_for_tcp_knows_its_module);
	tcase_add_test(tcase, route_knows_its_module);
}

int
main(void)
{
	return suite_run("conf/check", tests_add);
}
