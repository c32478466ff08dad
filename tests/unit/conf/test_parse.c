/*
 * From text to conf: every key, every default, and what is said of everything that is wrong, with
 * its line.
 */
#include <netinet/in.h>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "text.h"

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

/* what is right -------------------------------------------------------------------------------- */

#define LEAST "listen \":1\" { }\nmodule m { }\nroute \"/\" { module = m }\n"

START_TEST(every_key_is_taken)
{
	struct conf *conf = text_conf(
		"workers = 3  worker_connections = 1000\n"
		"user = \"eddy\"\n"
		"group = 'web'\n"
		"control = /run/eddy/control.sock\n"
		"drain_timeout = \"5s\"  hang_timeout = 0  quarantine = 1s  fs_threads = 64\n"
		"listen \"[::]:80\" { backlog = 17\n ipv6only = false }\n"
		"listen \"unix:/run/web\" { mode = \"0600\" "
		"protocol = \"tcp\"  module = \"hello\" }\n"
		"http {\n"
		"keepalive_timeout = \"1m\"\n"
		"header_timeout = \"2s\"\n"
		"body_timeout = \"3s\"\n"
		"write_timeout = 0\n"
		"keepalive_requests = 9\n"
		"min_rate = \"1k\"\n"
		"max_request_line = \"64k\"\n"
		"max_headers = 256\n"
		"max_head = \"64k\"\n"
		"max_body = \"0\"  connections_per_address = 50\n"
		"}\n"
		"module \"hello\" { path = \"/opt/h.so\"\n"
		"  options { greeting = \"Hello World\"\n"
		"  b.c-d_e = 7 } }\n"
		"route \"/a/:b/*\" { module = \"hello\"  handler = \"h\"\n"
		"  methods = { \"GET\", \"PUT\" }  max_body = \"1k\"\n"
		"  body_timeout = \"4s\"  write_timeout = \"5s\"  min_rate = "
		"\"0\" }\n");

	ck_assert_uint_eq(conf->workers, 3);
	ck_assert(!conf->workers_auto);
	ck_assert_uint_eq(conf->worker_connections, 1000);
	ck_assert_str_eq(conf->worker_connections_where.file, "t");
	ck_assert_uint_eq(conf->worker_connections_where.line, 1);
	ck_assert_str_eq(conf->user, "eddy");
	ck_assert_str_eq(conf->group, "web");
	ck_assert_str_eq(conf->control, "/run/eddy/control.sock");
	ck_assert_uint_eq(conf->drain_timeout_ms, 5000);
	ck_assert_uint_eq(conf->hang_timeout_ms, 0);
	ck_assert_uint_eq(conf->quarantine_ms, 1000);
	ck_assert_uint_eq(conf->fs_threads, 64);
	ck_assert_uint_eq(conf->nlistens, 2);
	ck_assert_str_eq(conf->listens[0].address, "[::]:80");
	ck_assert_int_eq(conf->listens[0].addr.ss_family, AF_INET6);
	ck_assert_uint_eq(conf->listens[0].addrlen, sizeof(struct sockaddr_in6));
	ck_assert_int_eq(conf->listens[0].backlog, 17);
	ck_assert(!conf->listens[0].ipv6only);
	ck_assert_str_eq(conf->listens[0].where.file, "t");
	ck_assert_uint_eq(conf->listens[0].where.line, 6);
	ck_assert_uint_eq(conf->listens[1].mode, 0600);
	ck_assert_int_eq(conf->listens[1].protocol, CONF_TCP);
	ck_assert_uint_eq(conf->listens[1].module, 0);
	ck_assert_uint_eq(conf->listens[1].where.line, 8);
	ck_assert_uint_eq(conf->http.keepalive_timeout_ms, 60000);
	ck_assert_uint_eq(conf->http.header_timeout_ms, 2000);
	ck_assert_uint_eq(conf->http.body_timeout_ms, 3000);
	ck_assert_uint_eq(conf->http.write_timeout_ms, 0);
	ck_assert_uint_eq(conf->http.keepalive_requests, 9);
	ck_assert_uint_eq(conf->http.min_rate, 1024);
	ck_assert_uint_eq(conf->http.max_request_line, 65535);
	ck_assert_uint_eq(conf->http.max_headers, 256);
	ck_assert_uint_eq(conf->http.max_head, 65535);
	ck_assert(conf->http.max_body == CONF_NO_LIMIT);
	ck_assert_uint_eq(conf->http.connections_per_address, 50);
	ck_assert_uint_eq(conf->nmodules, 1);
	ck_assert_str_eq(conf->modules[0].name, "hello");
	ck_assert_str_eq(conf->modules[0].path, "/opt/h.so");
	ck_assert_uint_eq(conf->modules[0].noptions, 2);
	ck_assert_str_eq(conf->modules[0].options[0].key, "greeting");
	ck_assert_str_eq(conf->modules[0].options[0].value, "Hello World");
	ck_assert_uint_eq(conf->modules[0].options[0].where.line, 22);
	ck_assert_str_eq(conf->modules[0].options[1].key, "b.c-d_e");
	ck_assert_str_eq(conf->modules[0].options[1].value, "7");
	ck_assert_uint_eq(conf->modules[0].options[1].where.line, 23);
	ck_assert_uint_eq(conf->nroutes, 1);
	ck_assert_str_eq(conf->routes[0].path, "/a/:b/*");
	ck_assert_uint_eq(conf->routes[0].module, 0);
	ck_assert_str_eq(conf->routes[0].handler, "h");
	ck_assert_uint_eq(conf->routes[0].nmethods, 2);
	ck_assert_str_eq(conf->routes[0].methods[0], "GET");
	ck_assert_str_eq(conf->routes[0].methods[1], "PUT");
	ck_assert_uint_eq(conf->routes[0].max_body, 1024);
	ck_assert_uint_eq(conf->routes[0].body_timeout_ms, 4000);
	ck_assert_uint_eq(conf->routes[0].write_timeout_ms, 5000);
	ck_assert_uint_eq(conf->routes[0].min_rate, 0);
	ck_assert_uint_eq(conf->routes[0].where.line, 24);
	conf_free(conf);
}
END_TEST

START_TEST(every_key_has_its_default)
{
	struct conf *conf = text_conf(
		"listen \"[::]:1\" { }\nlisten unix:/x { }\nmodule m { }\nroute / { module = m }");
	cpu_set_t cores;

	sched_getaffinity(0, sizeof(cores), &cores);
	ck_assert(conf->workers_auto);
	ck_assert_uint_eq(conf->workers, (unsigned)CPU_COUNT(&cores));
	ck_assert_ptr_null(conf->user);
	ck_assert_ptr_null(conf->group);
	ck_assert_ptr_null(conf->control);
	ck_assert_uint_eq(conf->drain_timeout_ms, 30000);
	ck_assert_uint_eq(conf->hang_timeout_ms, 30000);
	ck_assert_uint_eq(conf->quarantine_ms, 60000);
	ck_assert_uint_eq(conf->fs_threads, 4);
	ck_assert_int_eq(conf->listens[0].backlog, 4096);
	ck_assert(conf->listens[0].ipv6only);
	ck_assert_uint_eq(conf->listens[1].mode, 0666);
	ck_assert_int_eq(conf->listens[0].protocol, CONF_HTTP);
	ck_assert_uint_eq(conf->http.keepalive_timeout_ms, 75000);
	ck_assert_uint_eq(conf->http.header_timeout_ms, 10000);
	ck_assert_uint_eq(conf->http.body_timeout_ms, 60000);
	ck_assert_uint_eq(conf->http.write_timeout_ms, 60000);
	ck_assert_uint_eq(conf->http.keepalive_requests, 0);
	ck_assert_uint_eq(conf->http.min_rate, 100);
	ck_assert_uint_eq(conf->http.max_request_line, 8192);
	ck_assert_uint_eq(conf->http.max_headers, 100);
	ck_assert_uint_eq(conf->http.max_head, 16384);
	ck_assert_uint_eq(conf->http.max_body, 8 << 20);
	ck_assert_uint_eq(conf->worker_connections, 0);
	ck_assert_uint_eq(conf->http.connections_per_address, 0);
	ck_assert_str_eq(conf->modules[0].path, "m.so");
	ck_assert_uint_eq(conf->modules[0].noptions, 0);
	ck_assert_ptr_null(conf->routes[0].handler);
	ck_assert_uint_eq(conf->routes[0].nmethods, 0);
	ck_assert_uint_eq(conf->routes[0].max_body, 8 << 20);
	conf_free(conf);
}
END_TEST

START_TEST(route_takes_the_limits_of_http_wherever_they_stand)
{
	struct conf *conf = text_conf(LEAST "\fhttp { max_body = 1k  min_rate = 7 }\f"
					    "http { max_head = 2k  body_timeout = 1s  "
					    "write_timeout = 2s }");

	ck_assert_uint_eq(conf->routes[0].max_body, 1024);
	ck_assert_uint_eq(conf->routes[0].min_rate, 7);
	ck_assert_uint_eq(conf->routes[0].body_timeout_ms, 1000);
	ck_assert_uint_eq(conf->routes[0].write_timeout_ms, 2000);
	ck_assert_uint_eq(conf->http.max_head, 2048);
	ck_assert_uint_eq(conf->http.max_request_line, 2048); /* the default is longer */
	conf_free(conf);
}
END_TEST

START_TEST(auto_is_said_explicitly_too)
{
	struct conf *conf = text_conf("workers = \"auto\"\n" LEAST);

	ck_assert(conf->workers_auto);
	conf_free(conf);
}
END_TEST

static const struct {
	const char *text, *value;
} strings[] = {
	{"\"\"", ""},
	{"\"a b\"", "a b"},
	{"'a \"b\" ${c} \\n'", "a \"b\" ${c} \\n"},
	{"'it\\'s \\\\'", "it's \\"},
	{"\"\\\"\\\\\\n\\r\\t\\a\\b\\e\\f\\v\\q\"", "\"\\\n\r\t\a\b\033\f\vq"},
	{"\"\\101\\x42\\7\\x7\"", "AB\a\a"},
	{"\"\\377\"", "\377"},
	{"\"\\${HOME} $HOME $\"", "${HOME} $HOME $"},
	{"\"# no comment // none /* none */\"", "# no comment // none /* none */"},
	{"\"two \\\nlines\"", "two lines"},
	{"'two \\\nlines'", "two lines"},
	{"wörter", "wörter"},
	{"a/b:c;d", "a/b:c;d"},
	{"\"~/x\"", "~/x"},
	{"yes # comment", "yes"},
	{"yes// comment }", NULL},
	{"yes // comment }", "yes"},
	{"yes /* } \n } */", "yes"},
};

START_TEST(string_is_read_as_in_c)
{
	char text[256], *errors;
	struct conf *conf;

	snprintf(text, sizeof(text), LEAST "module x { options { a = %s\n} }\n", strings[_i].text);
	conf = text_parse(text, &errors);
	if (strings[_i].value)
		ck_assert_str_eq(errors, "");
	ck_assert_int_eq(!conf, !strings[_i].value);
	if (conf)
		ck_assert_str_eq(conf->modules[1].options[0].value, strings[_i].value);
	conf_free(conf);
	free(errors);
}
END_TEST

START_TEST(environment_makes_no_difference)
{
	setenv("WORKERS", "7", 1);
	text_wrong("workers = ${WORKERS}\n" LEAST, "t:1: \"${WORKERS}\" refers to the environment, "
						   "which is not put in: write the value itself\n");
	text_wrong("user = \"a${WORKERS}\"\n" LEAST,
		   "t:1: \"${\" in a string: environment variables are not put in; for the two "
		   "characters themselves "
		   "write \"\\${\"\n");
}
END_TEST

START_TEST(line_ends_of_dos_are_taken)
{
	struct conf *conf = text_conf("workers = 2\r\nlisten \":1\" {\r\n}\r\nmodule m { "
				      "}\r\nroute / {\r\nmodule = m\r\n}\r\n");

	ck_assert_uint_eq(conf->routes[0].where.line, 5);
	conf_free(conf);
}
END_TEST

START_TEST(mark_of_utf8_is_skipped)
{
	conf_free(text_conf("\xef\xbb\xbf" LEAST));
}
END_TEST

START_TEST(lines_are_right_after_comments_and_long_strings)
{
	text_wrong("# one\n/* two\nthree */ /* three */ // three\nmodule x { options { a = "
		   "\"4\\\n5\" } }\n"
		   "workers = six\n" LEAST,
		   "t:6: bad workers \"six\": give a number from 1 to 256, or auto for one per "
		   "core\n");
}
END_TEST

/* what is wrong -------------------------------------------------------------------------------- */

/* Each stands before LEAST, and is all that is wrong. */
static const struct {
	const char *text, *errors;
} wrong[] = {
	{"workers = 0",
	 "t:1: bad workers \"0\": give a number from 1 to 256, or auto for one per core\n"},
	{"workers = 257",
	 "t:1: bad workers \"257\": give a number from 1 to 256, or auto for one per core\n"},
	{"worker_connections = 0",
	 "t:1: bad worker_connections \"0\": give a number from 1 to 1000000, or auto for as many "
	 "as a worker may have open files\n"},
	{"worker_connections = 1000001",
	 "t:1: bad worker_connections \"1000001\": give a number from 1 to 1000000, or auto for as "
	 "many as a worker may have open files\n"},
	{"http { connections_per_address = many }",
	 "t:1: bad connections_per_address \"many\" in http: give a number from 0 to 1000000, such "
	 "as 0\n"},
	{"workers = -1",
	 "t:1: bad workers \"-1\": give a number from 1 to 256, or auto for one per core\n"},
	{"workers = \"3 \"",
	 "t:1: bad workers \"3 \": give a number from 1 to 256, or auto for one per core\n"},
	{"workers = \"\"",
	 "t:1: bad workers \"\": give a number from 1 to 256, or auto for one per core\n"},
	{"workers = Auto",
	 "t:1: bad workers \"Auto\": give a number from 1 to 256, or auto for one per core\n"},
	{"user = \"\"", "t:1: bad user \"\": give the name of a user, such as \"eddy\"\n"},
	{"group = \"\"", "t:1: bad group \"\": give the name of a group, such as \"eddy\"\n"},
	{"control = \"run/x\"",
	 "t:1: bad control \"run/x\": give an absolute path, such as \"/run/eddy/control.sock\"\n"},
	{"control = \"\"",
	 "t:1: bad control \"\": give an absolute path, such as \"/run/eddy/control.sock\"\n"},
	{"control = "
	 "\"/"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "xxxxxxxxxxxxxxxxxx\"",
	 "t:1: bad control "
	 "\"/"
	 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	 "xxxxxxxxxxxxxxxxxx\": the path of a unix socket is at most 107 bytes long\n"},
	{"log = off",
	 "t:1: bad log \"off\": give the absolute path of a file, \"stderr\", \"journal\" "
	 "or \"auto\"\n"},
	{"log = \"eddyd.log\"", "t:1: bad log \"eddyd.log\": give the absolute path of a file, "
				"\"stderr\", \"journal\" or \"auto\"\n"},
	{"drain_timeout = 30", "t:1: bad drain_timeout \"30\": the unit is missing: write \"30s\" "
			       "for seconds; there are ms, s, m, h and d\n"},
	{"drain_timeout = \"30 s\"",
	 "t:1: bad drain_timeout \"30 s\": write \"30s\": a duration is a number with a unit (ms, "
	 "s, m, h or d), and nothing between\n"},
	{"drain_timeout = \"100d\"",
	 "t:1: bad drain_timeout \"100d\": a duration is 24 days at most, such as \"30s\"\n"},
	{"http { max_head = \"1023\" }",
	 "t:1: bad max_head \"1023\" in http: give a size from \"1k\" to \"64k\"\n"},
	{"http { max_head = \"65537\" }",
	 "t:1: bad max_head \"65537\" in http: give a size from \"1k\" to \"64k\"\n"},
	{"http { max_head = \"big\" }", "t:1: bad max_head \"big\" in http: a size is a number of "
					"bytes, or of k, m or g, such as \"16k\"\n"},
	{"http { keepalive_requests = many }",
	 "t:1: bad keepalive_requests \"many\" in http: give a "
	 "number from 0 to 1000000000, such as 0\n"},
	{"http { max_headers = 0 }",
	 "t:1: bad max_headers \"0\" in http: give a number from 1 to 256, such as 100\n"},
	{"http { max_headers = 257 }",
	 "t:1: bad max_headers \"257\" in http: give a number from 1 to 256, such as 100\n"},
	{"http { min_rate = fast }",
	 "t:1: bad min_rate \"fast\" in http: a rate is a number of bytes a second, or of k or m, "
	 "such as \"100\"; 0 is any rate\n"},
	{"http { max_request_line = 255 }",
	 "t:1: bad max_request_line \"255\" in http: give a size "
	 "from \"256\" to max_head's\n"},
	{"http { max_request_line = 17k }",
	 "t:1: bad max_request_line \"17k\" in http: give a size "
	 "from \"256\" to max_head's\n"},
	{"route \"/a\" { module = m body_timeout = 5 }",
	 "t:1: bad body_timeout \"5\" in route: the unit is missing: write \"5s\" for seconds; "
	 "there "
	 "are ms, s, m, h and d\n"},
	{"route \"/a\" { module = m write_timeout = soon }",
	 "t:1: bad write_timeout \"soon\" in route: a duration is a number with a unit (ms, s, m, "
	 "h "
	 "or d), such as \"60s\"\n"},
	{"route \"/a\" { module = m min_rate = -1 }",
	 "t:1: bad min_rate \"-1\" in route: a rate is a number of bytes a second, or of k or m, "
	 "such "
	 "as \"100\"; 0 is any rate\n"},
	{"http { max_body = \"99999999999g\" }",
	 "t:1: bad max_body \"99999999999g\" in http: this is more than a number of bytes can be; "
	 "write 0 for no limit\n"},
	{"http { max_body = \"-1\" }", "t:1: bad max_body \"-1\" in http: a size is a number of "
				       "bytes, or of k, m or g, such as \"8m\"\n"},
	{"http { write_timeout = soon }",
	 "t:1: bad write_timeout \"soon\" in http: a duration is a number with a unit (ms, s, m, h "
	 "or d), such as \"60s\"\n"},
	{"http { max_head = 1k }\nhttp {\nmax_head = 2k }",
	 "t:3: max_head in http is set twice, first at t:1\n"},
	{"listen \":9\" { protocol = tpc }",
	 "t:1: bad protocol \"tpc\" in listen: did you mean \"tcp\"?\n"},
	{"listen \":9\" { protocol = \"\" module = m }",
	 "t:1: bad protocol \"\" in listen: give \"http\" or \"tcp\"\n"},
	{"listen \":9\" {\nprotocol = tcp }",
	 "t:1: listen \":9\" with protocol = \"tcp\" names no module: write module = \"echo\" in "
	 "it\n"},
	{"listen \":9\" {\nmodule = m }", "t:2: module in listen \":9\": it is for protocol = "
					  "\"tcp\"; over HTTP the routes say which "
					  "module answers\n"},
	{"listen \":9\" {\nmodule = m protocol = http }",
	 "t:2: module in listen \":9\": it is for protocol = \"tcp\"; over HTTP the routes say "
	 "which "
	 "module answers\n"},
	/* the protocol may be what is lost */
	{"listen \":9\" {\nmodule = m protcol = tcp }",
	 "t:2: unknown key \"protcol\" in listen: did you mean \"protocol\"?\n"},
	{"fs_threads = 0", "t:1: bad fs_threads \"0\": give a number from 1 to 64, such as 4\n"},
	{"fs_threads = 65", "t:1: bad fs_threads \"65\": give a number from 1 to 64, such as 4\n"},
	{"route /a { module = m methods = { GET,\nCONNECT } }",
	 "t:2: bad methods \"CONNECT\" in route: such a request has no path: it goes to route "
	 "\"*\" "
	 "alone\n"},
	{"\nroute \"*\" { module = m }", "t:2: route \"*\" takes CONNECT requests and no others: "
					 "write methods = { \"CONNECT\" } in "
					 "it, or route \"/*\" for every path\n"},
	{"route \"*\" { module = m methods = OPTIONS }",
	 "t:1: route \"*\" takes CONNECT requests and no others: write methods = { \"CONNECT\" } "
	 "in "
	 "it, or route \"/*\" for every path\n"},
	{"route \"*\" { module = m methods = { CONNECT, GET } }",
	 "t:1: route \"*\" takes CONNECT requests and no others: write methods = { \"CONNECT\" } "
	 "in "
	 "it, or route \"/*\" for every path\n"},
	{"route \"*\" { module = m methods = { CONNECT GET } }",
	 "t:1: a \",\" is missing before \"GET\" in the list methods\n"},
	{"route \"**\" { module = m methods = CONNECT }",
	 "t:1: bad path \"**\" of route: it has to begin with \"/\", such as \"/files/*\"\n"
	 "t:1: bad methods \"CONNECT\" in route: such a request has no path: it goes to route "
	 "\"*\" "
	 "alone\n"},
	{"listen \"[::1]:9\" { ipv6only = maybe }",
	 "t:1: bad ipv6only \"maybe\" in listen: give true or false\n"},
	{"listen \"0.0.0.0:9\" {\nipv6only = true }",
	 "t:2: ipv6only in listen \"0.0.0.0:9\": it is for IPv6 addresses, such as "
	 "\"[::]:8080\"\n"},
	{"listen \"unix:/a\" { ipv6only = false }",
	 "t:1: ipv6only in listen \"unix:/a\": it is for IPv6 addresses, such as \"[::]:8080\"\n"},
	{"listen \"0.0.0.0:9\" { mode = \"0600\" }",
	 "t:1: mode in listen \"0.0.0.0:9\": it is for unix sockets, such as "
	 "\"unix:/run/eddy/web.sock\"\n"},
	{"listen \"unix:@a\" { mode = \"0600\" }",
	 "t:1: mode in listen \"unix:@a\": an abstract socket has no file and no permissions\n"},
	{"listen \"unix:/a\" { mode = \"0680\" }",
	 "t:1: bad mode \"0680\" in listen: give octal file permissions, such as \"0660\"\n"},
	{"listen \"unix:/a\" { mode = \"7777\" }",
	 "t:1: bad mode \"7777\" in listen: give octal file permissions, such as \"0660\"\n"},
	{"listen \"unix:/a\" { mode = \"rw\" }",
	 "t:1: bad mode \"rw\" in listen: give octal file permissions, such as \"0660\"\n"},
	{"listen \"x:9\" { backlog = 65536 }",
	 "t:1: bad address \"x:9\" of listen: names are not looked up: give a number, such as "
	 "\"127.0.0.1:8080\"\n"
	 "t:1: bad backlog \"65536\" in listen: give a number from 1 to 65535, such as 4096\n"},
	{"listen \":9\" { backlog = \"\" }",
	 "t:1: bad backlog \"\" in listen: give a number from 1 to 65535, such as 4096\n"},
	{"module \"\" { }", "t:1: bad name \"\" of module: names are made of letters, digits, "
			    "\"_\", \"-\" and \".\", such as module \"hello\"\n"},
	{"module \"../x\" { }", "t:1: bad name \"../x\" of module: names are made of letters, "
				"digits, \"_\", \"-\" and \".\", such as module \"hello\"\n"},
	{"module \"a b\" { }", "t:1: bad name \"a b\" of module: names are made of letters, "
			       "digits, \"_\", \"-\" and \".\", such as module \"hello\"\n"},
	{"module x { path = \"\" }",
	 "t:1: bad path \"\" in module: give the file of the module, such as \"hello.so\"\n"},
	{"module x { options { a = 1\n b = 2\n a = 3 } }",
	 "t:3: a in the options is set twice, first at t:1\n"},
	{"module x { options { a|b = 1 } }", "t:1: bad key \"a|b\" in options: keys are made of "
					     "letters, digits, \"_\", \".\" and \"-\"\n"},
	{"module x { options { a { } } }", "t:1: a needs \"=\" and a value: write a = \"...\"\n"},
	{"module x { options { \"a\" = 1 } }",
	 "t:1: unexpected \"a\": the name of a key or section was expected\n"},
	{"module x { options { a = { 1, 2 } } }",
	 "t:1: a takes one value, not a list: write a = \"...\"\n"},
	{"module x { options { } options { a = 1 } options { a = 2 } }",
	 "t:1: a in the options is set twice, first at t:1\n"},
	{"route \"/a\" { module = m\nmodule = m }",
	 "t:2: module in route is set twice, first at t:1\n"},
	{"route \"/a\" { }", "t:1: route \"/a\" names no module: write module = \"hello\" in it\n"},
	{"route \"/a\" { module = m handler = \"\" }",
	 "t:1: bad handler \"\" in route: give a name that the module knows, or leave it out\n"},
	{"route \"/a\" { module = m methods = { \"get\" } }",
	 "t:1: bad methods \"get\" in route: methods are case-sensitive: did you mean \"GET\"?\n"},
	{"route \"/a\" { module = m methods = Post }",
	 "t:1: bad methods \"Post\" in route: methods are case-sensitive: did you mean "
	 "\"POST\"?\n"},
	{"route \"/a\" { module = m methods = \"foo bar\" }",
	 "t:1: bad methods \"foo bar\" in route: this is not an HTTP method, such as \"GET\"\n"},
	{"route \"/a\" { module = m methods = \"\" }",
	 "t:1: bad methods \"\" in route: this is not an HTTP method, such as \"GET\"\n"},
	{"route \"/a\" { module = m methods = { GET, GET } }",
	 "t:1: bad methods \"GET\" in route: it is in the list already\n"},
	{"route \"/a\" { module = m methods = GET methods = { PUT, PUT } }",
	 "t:1: methods in route is set twice, first at t:1\n"},
	{"route \"/a\" { module = m methods = GET methods += GET }",
	 "t:1: bad methods \"GET\" in route: it is in the list already\n"},
	{"route \"/a\" { module = m methods = { } }",
	 "t:1: methods is empty: leave it out, or list values as in { \"GET\", \"POST\" }\n"},
	{"route \"/a\" { module = m methods { GET } }",
	 "t:1: methods needs \"=\" and a list: write methods = { \"GET\", \"POST\" }\n"},
	{"route \"/a\" { module = m methods = { GET PUT } }",
	 "t:1: a \",\" is missing before \"PUT\" in the list methods\n"},
	{"route \"/a\" { module = m methods = { GET, PUT\n}",
	 "t:1: the \"{\" of route is not closed: a \"}\" is missing before line 3\n"},
	{"route \"/a\" { module = m max_body = lots }",
	 "t:1: bad max_body \"lots\" in route: a size is a number of bytes, or of k, m or g, such "
	 "as \"8m\"\n"},
	{"route \"\" { module = m }",
	 "t:1: bad path \"\" of route: it has to begin with \"/\", such as \"/\"\n"},
	{"route \"a\" { module = m }",
	 "t:1: bad path \"a\" of route: it has to begin with \"/\", such as \"/a\"\n"},
	{"route \"/a?b\" { module = m }", "t:1: bad path \"/a?b\" of route: routes look at the "
					  "path only: \"?\" and \"#\" cannot be in it\n"},
	{"route \"/a#b\" { module = m }", "t:1: bad path \"/a#b\" of route: routes look at the "
					  "path only: \"?\" and \"#\" cannot be in it\n"},
	{"route \"/a b\" { module = m }",
	 "t:1: bad path \"/a b\" of route: spaces, control bytes and bytes above 0x7e have to be "
	 "written as in a request, such as \"%20\"\n"},
	{"route \"/\\x01\" { module = m }",
	 "t:1: bad path \"/\\x01\" of route: spaces, control bytes and bytes above 0x7e have to be "
	 "written as in a request, such as \"%20\"\n"},
	{"route \"/ö\" { module = m }",
	 "t:1: bad path \"/ö\" of route: spaces, control bytes and bytes above 0x7e have to be "
	 "written as in a request, such as \"%20\"\n"},
	{"route \"/*/a\" { module = m }",
	 "t:1: bad path \"/*/a\" of route: \"*\" can only stand at the end, as \"/*\"\n"},
	{"route \"/a*\" { module = m }",
	 "t:1: bad path \"/a*\" of route: \"*\" can only stand at the end, as \"/*\"\n"},
	{"route \"/a/**\" { module = m }",
	 "t:1: bad path \"/a/**\" of route: \"*\" can only stand at the end, as \"/*\"\n"},
	{"route \"/:\" { module = m }",
	 "t:1: bad path \"/:\" of route: \":\" is no parameter: after the \":\" comes a name of "
	 "letters, digits and \"_\"\n"},
	{"route \"/:1\" { module = m }",
	 "t:1: bad path \"/:1\" of route: \":1\" is no parameter: after the \":\" comes a name of "
	 "letters, digits and \"_\"\n"},
	{"route \"/:a-b\" { module = m }",
	 "t:1: bad path \"/:a-b\" of route: \":a-b\" is no parameter: after the \":\" comes a name "
	 "of letters, digits and \"_\"\n"},
	{"route \"/:a/x/:a\" { module = m }",
	 "t:1: bad path \"/:a/x/:a\" of route: the parameter \":a\" is there twice\n"},
	{"usr = \"eddy\"", "t:1: unknown key \"usr\": did you mean \"user\"?\n"},
	{"Workers = 3", "t:1: unknown key \"Workers\": did you mean \"workers\"?\n"},
	{"keepalive_timeout = \"75s\"",
	 "t:1: unknown key \"keepalive_timeout\": it belongs in http { ... }\n"},
	{"backlog = 3", "t:1: unknown key \"backlog\": it belongs in listen { ... }\n"},
	{"frobnicate = 3",
	 "t:1: unknown key \"frobnicate\": there are workers, "
	 "worker_connections, user, group, control, log, drain_timeout, hang_timeout, quarantine, "
	 "fs_threads, include, "
	 "listen, http, module, route\n"},
	{"frobnicate { a { b = 1 } }",
	 "t:1: unknown section \"frobnicate\": there are workers, worker_connections, user, "
	 "group, control, log, drain_timeout, hang_timeout, quarantine, fs_threads, include, "
	 "listen, "
	 "http, module, "
	 "route\n"},
	{"frobnicate \"x\" { }",
	 "t:1: unknown section \"frobnicate\": there are workers, worker_connections, user, "
	 "group, control, log, drain_timeout, hang_timeout, quarantine, fs_threads, include, "
	 "listen, "
	 "http, module, "
	 "route\n"},
	{"servers { }",
	 "t:1: unknown section \"servers\": there are workers, "
	 "worker_connections, user, group, control, log, drain_timeout, hang_timeout, quarantine, "
	 "fs_threads, include, listen, "
	 "http, module, route\n"},
	{"http { keepalive_timout = \"75s\" }",
	 "t:1: unknown key \"keepalive_timout\" in http: did you mean \"keepalive_timeout\"?\n"},
	{"http { frobnicate = 1 }",
	 "t:1: unknown key \"frobnicate\" in http: there are keepalive_timeout, header_timeout, "
	 "body_timeout, write_timeout, keepalive_requests, min_rate, max_request_line, "
	 "max_headers, max_head, max_body, connections_per_address, "
	 "access_log, access_format\n"},
	{"http { workers = 1 }", "t:1: unknown key \"workers\" in http: it belongs at the top "
				 "level, outside of any section\n"},
	{"http { backlog = 1 }",
	 "t:1: unknown key \"backlog\" in http: it belongs in listen { ... }\n"},
	{"http { route \"/a\" { module = m } }",
	 "t:1: unknown section \"route\" in http: it belongs at the top level, outside of any "
	 "section\n"},
	{"http { include(\"x\") }", "t:1: unknown key \"include\" in http: it belongs at the top "
				    "level, outside of any section\n"},
	{"listen \":9\" { baklog = 1 }",
	 "t:1: unknown key \"baklog\" in listen: did you mean \"backlog\"?\n"},
	{"route \"/a\" { modul = \"m\" }",
	 "t:1: unknown key \"modul\" in route: did you mean \"module\"?\n"},
	{"route \"/a\" { a = 1 }",
	 "t:1: unknown key \"a\" in route: there are module, handler, methods, max_body, "
	 "body_timeout, write_timeout, min_rate, access_log\n"},
	{"workers", "t:1: workers needs \"=\" and a value: write workers = \"auto\"\n"},
	{"workers 3", "t:1: workers needs \"=\" and a value: write workers = \"3\"\n"},
	{"workers \"3\"", "t:1: workers needs \"=\" and a value: write workers = \"3\"\n"},
	{"workers { a = 1 }", "t:1: workers needs \"=\" and a value: write workers = \"auto\"\n"},
	{"workers += 3", "t:1: \"+=\" is for lists: write workers = \"auto\"\n"},
	{"workers = { 3 }", "t:1: workers takes one value, not a list: write workers = \"auto\"\n"},
	{"workers =", "t:1: the value of workers is missing: write workers = \"auto\"\n"},
	{"workers =\nuser = \"x\"",
	 "t:1: the value of workers is missing: write workers = \"auto\"\n"},
	{"workers = = 3", "t:1: the value of workers is missing: write workers = \"auto\"\n"},
	{"workers = 3;", "t:1: \";\" is not needed: write workers = \"3\"\n"},
	{"workers 3;", "t:1: workers needs \"=\" and a value: write workers = \"3\"\n"},
	{"workers: 3", "t:1: workers is set with \"=\", not \":\": write workers = \"3\"\n"},
	{"workers: 3\nusr = x", "t:1: workers is set with \"=\", not \":\": write workers = \"3\"\n"
				"t:2: unknown key \"usr\": did you mean \"user\"?\n"},
	{"workers:", "t:1: workers is set with \"=\", not \":\": write workers = \"...\"\n"},
	{"http { header_timeout = 10 s }",
	 "t:1: a value is one word: write header_timeout = \"10s\"\n"},
	{"http { header_timeout = 10 s; }",
	 "t:1: a value is one word: write header_timeout = \"10s\"\n"},
	{"user = www data",
	 "t:1: a value with a space in it stands in quotes: write user = \"www data\"\n"},
	{"user = www group = data worker = 2",
	 "t:1: unknown key \"worker\": did you mean \"workers\"?\n"},
	{"http { max_body = \"8mb\" }",
	 "t:1: bad max_body \"8mb\" in http: write \"8m\": a size is a number of bytes, or of k, m "
	 "or g\n"},
	{"http { header_timeout = \"1 minute\" }",
	 "t:1: bad header_timeout \"1 minute\" in http: write \"1m\": a duration is a number with "
	 "a "
	 "unit (ms, s, m, h or d), and nothing between\n"},
	{"worker_processes = 4", "t:1: unknown key \"worker_processes\": in eddy it is workers = "
				 "auto\n"},
	{"server { location / { root /srv; } }",
	 "t:1: unknown section \"server\": in eddy listen \"0.0.0.0:8080\" { } and route \"/\" { "
	 "... } stand at the top level, and all routes are for all listens\n"},
	{"http { client_max_body_size = 1m }", "t:1: unknown key \"client_max_body_size\" in http: "
					       "in eddy it is max_body, in http { } or "
					       "a route\n"},
	{"module \"x\" { port = 80 }", "t:1: unknown key \"port\" in module: there are path, "
				       "options; what the module itself knows "
				       "stands in options { ... }\n"},
	{"user = \u201cwww\u201d",
	 "t:1: \"\u201cwww\u201d\" has typographic quotes: write plain ones (\")\n"},
	{"route \"/{id}\" { module = m }",
	 "t:1: bad path \"/{id}\" of route: \"{\", \"}\", \"<\" and \">\" cannot be in it: a "
	 "parameter is written with a colon, such as \"/rooms/:room\"\n"},
	{"user = \"a\";", "t:1: \";\" is not needed: a statement ends with its value\n"},
	{"user = \"a",
	 "t:1: this string is not closed: a double quote (\") is missing at its end\n"},
	{"user = 'a", "t:1: this string is not closed: a single quote (') is missing at its end\n"},
	{"user = \"a\\0b\"", "t:1: bad escape \"\\0\" in a string: give one byte as \\001 to \\377 "
			     "or \\x01 to \\xff\n"},
	{"user = \"a\\400b\"", "t:1: bad escape \"\\400\" in a string: give one byte as \\001 to "
			       "\\377 or \\x01 to \\xff\n"},
	{"user = \"a\\xg\"", "t:1: bad escape \"\\x\" in a string: give one byte as \\001 to \\377 "
			     "or \\x01 to \\xff\n"},
	{"user = \"a\\1234\"", "t:1: bad escape \"\\1234\" in a string: give one byte as \\001 to "
			       "\\377 or \\x01 to \\xff\n"},
	{"user = http://x", "t:1: \"http://x\" has to stand in quotes\n"},
	{"user = a*", "t:1: \"a*\" has to stand in quotes\n"},
	{"user = $x", "t:1: \"$x\" has to stand in quotes\n"},
	{"user = +a", "t:1: \"+a\" has to stand in quotes\n"},
	{"* = 3", "t:1: \"*\" has to stand in quotes\n"},
	{"= 3", "t:1: unexpected \"=\": the name of a key or section was expected\n"},
	{"\"user\" = \"x\"",
	 "t:1: unexpected \"user\": the name of a key or section was expected\n"},
	{"user = a,b", "t:1: unexpected \",\": the name of a key or section was expected\n"},
	{"http = 3", "t:1: http is a section: write http { ... }\n"},
	{"http = { }", "t:1: http is a section: write http { ... }\n"},
	{"http \"x\" { }", "t:1: http takes no title: write http { ... }\n"},
	{"http", "t:1: a \"{\" is missing: write http { ... }\n"},
	{"http { max_head = 1k",
	 "t:1: the \"{\" of http is not closed: a \"}\" is missing before line 2\n"},
	{"http {\nmax_head = 1k\nlisten \":9\" { }",
	 "t:1: the \"{\" of http is not closed: a \"}\" is missing before line 3\n"},
	{"http {\nmax_head = 1k\nroute \"/a\" { }\nhttp { }",
	 "t:1: the \"{\" of http is not closed: a \"}\" is missing before line 3\n"},
	{"module x { options { a = 1\n}",
	 "t:1: the \"{\" of module is not closed: a \"}\" is missing before line 3\n"},
	{"module x {\noptions {\n",
	 "t:1: the \"{\" of module is not closed: a \"}\" is missing before line 4\n"
	 "t:2: the \"{\" of options is not closed: a \"}\" is missing before line 4\n"},
	{"listen { }", "t:1: listen needs an address: write listen \"127.0.0.1:8080\" { ... }\n"},
	{"listen", "t:1: listen needs an address: write listen \"127.0.0.1:8080\" { ... }\n"},
	{"listen \":9\"", "t:1: a \"{\" is missing: write listen \":9\" { ... }\n"},
	{"listen \":9\" = 1", "t:1: a \"{\" is missing: write listen \":9\" { ... }\n"},
	{"listen = \":9\"", "t:1: listen is a section: write listen \"127.0.0.1:8080\" { ... }\n"},
	{"listen(\":9\")", "t:1: listen is a section: write listen \"127.0.0.1:8080\" { ... }\n"},
	{"listen \":9\" {",
	 "t:1: the \"{\" of listen is not closed: a \"}\" is missing before line 2\n"},
	{"listen \"a {\n}",
	 "t:1: this string is not closed: a double quote (\") is missing at its end\n"
	 "t:2: unexpected \"}\": no section is open here\n"},
	{"route \"/a\" { module = m",
	 "t:1: the \"{\" of route is not closed: a \"}\" is missing before line 2\n"},
	{"route \"/a\" { module = \"m }",
	 "t:1: this string is not closed: a double quote (\") is missing at its end\n"
	 "t:1: the \"{\" of route is not closed: a \"}\" is missing before line 2\n"},
	{"}", "t:1: unexpected \"}\": no section is open here\n"},
	{"http { } }", "t:1: unexpected \"}\": no section is open here\n"},
	{"include \"x\"", "t:1: include takes one file or pattern in parentheses: write "
			  "include(\"conf.d/*.conf\")\n"},
	{"include x", "t:1: include takes one file or pattern in parentheses: write "
		      "include(\"conf.d/*.conf\")\n"},
	{"include = \"x\"", "t:1: include takes one file or pattern in parentheses: write "
			    "include(\"conf.d/*.conf\")\n"},
	{"include()", "t:1: include takes one file or pattern in parentheses: write "
		      "include(\"conf.d/*.conf\")\n"},
	{"include(\"a\", \"b\")", "t:1: include takes one file or pattern in parentheses: write "
				  "include(\"conf.d/*.conf\")\n"},
	{"include {",
	 "t:1: include takes one file or pattern in parentheses: write include(\"conf.d/*.conf\")\n"
	 "t:1: the \"{\" of \"include\" is not closed: a \"}\" is missing\n"},
	{"/* x", "t:1: this comment is not closed: the \"*/\" is missing\n"},
	{"user = /* x", "t:1: this comment is not closed: the \"*/\" is missing\n"},
	{"frobnicate {",
	 "t:1: unknown section \"frobnicate\": there are workers, "
	 "worker_connections, user, group, control, log, drain_timeout, hang_timeout, quarantine, "
	 "fs_threads, include, "
	 "listen, http, module, route\n"
	 "t:1: the \"{\" of \"frobnicate\" is not closed: a \"}\" is missing\n"},
	{"frobnicate = {",
	 "t:1: unknown key \"frobnicate\": there are workers, "
	 "worker_connections, user, group, control, log, drain_timeout, hang_timeout, quarantine, "
	 "fs_threads, include, "
	 "listen, http, module, route\n"
	 "t:1: the \"{\" of \"frobnicate\" is not closed: a \"}\" is missing\n"},
	{"frobnicate(",
	 "t:1: unknown key \"frobnicate\": there are workers, "
	 "worker_connections, user, group, control, log, drain_timeout, hang_timeout, quarantine, "
	 "fs_threads, include, listen, "
	 "http, module, route\n"
	 "t:1: the \"(\" of \"frobnicate\" is not closed: a \")\" is missing\n"},
	{"user = \001", "t:1: stray control byte 0x01\n"},
	{"listen *:80 { }", "t:1: \"*:80\" has to stand in quotes\n"},
	{"route /a/* { }", "t:1: \"/a/*\" has to stand in quotes\n"},
	{"user = a+b", "t:1: \"a+b\" has to stand in quotes\n"},
};

START_TEST(wrong_text_says_what_would_be_right)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s\n" LEAST, wrong[_i].text);
	text_wrong(text, wrong[_i].errors);
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t size;
	const char *errors;
} no_texts[] = {
	{BYTES("workers = x\n\n\0}}"), "t:3: a NUL byte: this is not a text file\n"},
	{BYTES("\0"), "t:1: a NUL byte: this is not a text file\n"},
	{BYTES("\177ELF\2\1\1\0"), "t: this is a program or a compiled module, not a conf file\n"},
	{BYTES("\xff\xfew\0o\0"), "t: this is UTF-16: save it as UTF-8\n"},
	{BYTES("\xfe\xff\0w\0o"), "t: this is UTF-16: save it as UTF-8\n"},
};

START_TEST(what_is_no_text_is_one_error)
{
	struct conf_file file = {(char *)"t", (char *)no_texts[_i].bytes, no_texts[_i].size};
	struct conf_snapshot one = {&file, 1};
	struct conf_errors errors = {0};
	char *text;

	ck_assert_ptr_null(conf_parse(&one, &errors));
	text = errors_text(&errors);
	ck_assert_str_eq(text, no_texts[_i].errors);
	free(text);
	conf_errors_fini(&errors);
}
END_TEST

START_TEST(all_errors_come_in_order)
{
	text_wrong(
		"route \"/\" { module = nix }\n"
		"workers = many\n"
		"http { keepalive_timout = 1s\n"
		"max_head = 1\n"
		"}\n"
		"user = \"x\"\n"
		"\f"
		"listen \"here\" { backlog = no }\n"
		"user = \"y\"\n"
		"route \"x\" { }\n"
		"\f"
		"drain_timeout = 10\n",
		"t:1: route \"/\": there is no module \"nix\": write module \"nix\" { } at the top "
		"level\n"
		"t:2: bad workers \"many\": give a number from 1 to 256, or auto for one per core\n"
		"t:3: unknown key \"keepalive_timout\" in http: did you mean "
		"\"keepalive_timeout\"?\n"
		"t:4: bad max_head \"1\" in http: give a size from \"1k\" to \"64k\"\n"
		"u:1: bad address \"here\" of listen: an address is written \"address:port\", such "
		"as "
		"\"127.0.0.1:8080\"\n"
		"u:1: bad backlog \"no\" in listen: give a number from 1 to 65535, such as 4096\n"
		"u:2: user is set twice, first at t:6\n"
		"u:3: bad path \"x\" of route: it has to begin with \"/\", such as \"/x\"\n"
		"u:3: route \"x\" names no module: write module = \"hello\" in it\n"
		"v:1: bad drain_timeout \"10\": the unit is missing: write \"10s\" for seconds; "
		"there are ms, s, m, h "
		"and d\n");
}
END_TEST

START_TEST(unclosed_string_does_not_reach_the_next_file)
{
	text_wrong("user = \"eddy\nworkers = 0\n" LEAST "\fgroup = \"\"\n",
		   "t:1: this string is not closed: a double quote (\") is missing at its end\n"
		   "t:2: bad workers \"0\": give a number from 1 to 256, or auto for one per core\n"
		   "u:1: bad group \"\": give the name of a group, such as \"eddy\"\n");
	conf_free(text_conf(LEAST));
}
END_TEST

START_TEST(errors_keep_to_one_line)
{
	text_wrong("drain_timeout = \"1\\n\\x7f\"\n" LEAST,
		   "t:1: bad drain_timeout \"1\\x0a\\x7f\": a duration is a number with a unit "
		   "(ms, s, m, h or d), such as "
		   "\"30s\"\n");
}
END_TEST

START_TEST(nothing_goes_to_stderr)
{
	char seen[16];
	int fds[2], err = dup(2);
	ssize_t n;

	ck_assert_int_eq(pipe2(fds, O_NONBLOCK), 0);
	dup2(fds[1], 2);
	for (int i = 0; i < COUNT(wrong); i++) {
		char *errors;

		conf_free(text_parse(wrong[i].text, &errors));
		free(errors);
	}
	dup2(err, 2);
	n = read(fds[0], seen, sizeof(seen));
	ck_assert_int_eq(n, -1);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, every_key_is_taken);
	tcase_add_test(tcase, every_key_has_its_default);
	tcase_add_test(tcase, route_takes_the_limits_of_http_wherever_they_stand);
	tcase_add_test(tcase, auto_is_said_explicitly_too);
	tcase_add_loop_test(tcase, string_is_read_as_in_c, 0, COUNT(strings));
	tcase_add_test(tcase, environment_makes_no_difference);
	tcase_add_test(tcase, line_ends_of_dos_are_taken);
	tcase_add_test(tcase, mark_of_utf8_is_skipped);
	tcase_add_test(tcase, lines_are_right_after_comments_and_long_strings);
	tcase_add_loop_test(tcase, wrong_text_says_what_would_be_right, 0, COUNT(wrong));
	tcase_add_loop_test(tcase, what_is_no_text_is_one_error, 0, COUNT(no_texts));
	tcase_add_test(tcase, all_errors_come_in_order);
	tcase_add_test(tcase, unclosed_string_does_not_reach_the_next_file);
	tcase_add_test(tcase, errors_keep_to_one_line);
	tcase_add_test(tcase, nothing_goes_to_stderr);
}

int
main(void)
{
	return suite_run("conf/parse", tests_add);
}
