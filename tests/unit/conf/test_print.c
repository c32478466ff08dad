/*
 * A printed conf is complete, and parses to the same conf.
 */
#include "text.h"

static char *
conf_text(const struct conf *conf)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	conf_print(conf, out);
	fclose(out);
	return text;
}

static void
round_trip(const char *text)
{
	struct conf *conf = text_conf(text), *again;
	char *first = conf_text(conf), *second;

	again = text_conf(first);
	second = conf_text(again);
	ck_assert_str_eq(first, second);
	free(first);
	free(second);
	conf_free(conf);
	conf_free(again);
}

START_TEST(defaults_are_printed)
{
	struct conf *conf = text_conf("listen \":1\" { }\nmodule m { }\nroute / { module = m }\n");
	char *text = conf_text(conf);

	ck_assert_str_eq(text, "workers = auto\n"
			       "worker_connections = auto\n"
			       "log = \"auto\"\n"
			       "drain_timeout = \"30s\"\n"
			       "hang_timeout = \"30s\"\n"
			       "quarantine = \"1m\"\n"
			       "fs_threads = 4\n"
			       "\n"
			       "http {\n"
			       "\tkeepalive_timeout = \"75s\"\n"
			       "\theader_timeout = \"10s\"\n"
			       "\tbody_timeout = \"1m\"\n"
			       "\twrite_timeout = \"1m\"\n"
			       "\tkeepalive_requests = 0\n"
			       "\tmin_rate = \"100\"\n"
			       "\tmax_request_line = \"8k\"\n"
			       "\tmax_headers = 100\n"
			       "\tmax_head = \"16k\"\n"
			       "\tmax_body = \"8m\"\n"
			       "\tconnections_per_address = 0\n"
			       "\taccess_log = \"off\"\n"
			       "\taccess_format = \"combined\"\n"
			       "}\n"
			       "\n"
			       "listen \":1\" {\n"
			       "\tprotocol = \"http\"\n"
			       "\tbacklog = 4096\n"
			       "\taccept = \"shared\"\n"
			       "}\n"
			       "\n"
			       "module \"m\" {\n"
			       "\tpath = \"m.so\"\n"
			       "}\n"
			       "\n"
			       "route \"/\" {\n"
			       "\tmodule = \"m\"\n"
			       "\tmax_body = \"8m\"\n"
			       "\tbody_timeout = \"1m\"\n"
			       "\twrite_timeout = \"1m\"\n"
			       "\tmin_rate = \"100\"\n"
			       "\taccess_log = \"on\"\n"
			       "}\n");
	free(text);
	conf_free(conf);
}
END_TEST

START_TEST(every_key_survives)
{
	round_trip(
		"workers = 3 user = a group = b control = /c log = stderr drain_timeout = 1ms "
		"hang_timeout = "
		"1h quarantine = 0 fs_threads = 9\n"
		"http { keepalive_timeout = 0 header_timeout = 1001ms body_timeout = 24d "
		"write_timeout = 3h\n"
		"max_head = 64k max_body = 0 keepalive_requests = 7 min_rate = 0 "
		"max_request_line = 300 max_headers = 12 "
		"access_log = \"/a b\" access_format = \"%h \\\"%r\\\" %%\" }\n"
		"listen \":1\" { backlog = 1 } listen \"[::]:1\" { ipv6only = true accept = "
		"reuseport }\n"
		"listen \"[::]:2\" { ipv6only = no } listen \"unix:/a b\" { mode = 7 } listen "
		"\"unix:@a\" { protocol = tcp module = n } listen \"fd:a \\\"\" { backlog = 7 }\n"
		"module m { path = \"/x y\" options { k = v l.m-n = \"\" } } module n { }\n"
		"route \"/a/:b/*\" { module = n handler = h methods = { GET, \"M-SEARCH\" } "
		"max_body = 1025 }\n"
		"route \"*\" { module = n methods = CONNECT }\n"
		"route \"/a/:c/*\" { module = m methods = PUT max_body = 0 access_log = no "
		"min_rate = 5k "
		"body_timeout = 1s write_timeout = 0 }\n");
}
END_TEST

START_TEST(every_byte_of_a_string_survives)
{
	char text[4096], *printed;
	struct conf *conf, *again;
	size_t n;

	n = (size_t)sprintf(text, "listen \":1\" { }\nmodule m { options { a = \"");
	for (unsigned byte = 1; byte < 256; byte++) /* a digit behind it is not the escape's */
		n += (size_t)sprintf(text + n, "\\x%02x1", byte);
	strcpy(text + n,
	       "7\\${x}'\" b = '\\'\"${HOME}\\n' c = \"# /* //\" } }\nroute / { module = m }\n");
	conf = text_conf(text);
	ck_assert_uint_eq(strlen(conf->modules[0].options[0].value), 2 * 255 + 6);
	ck_assert_str_eq(conf->modules[0].options[1].value, "'\"${HOME}\\n");
	printed = conf_text(conf);
	again = text_conf(printed);
	for (int i = 0; i < 3; i++)
		ck_assert_str_eq(conf->modules[0].options[i].value,
				 again->modules[0].options[i].value);
	free(printed);
	conf_free(conf);
	conf_free(again);
}
END_TEST

START_TEST(built_in_conf_survives)
{
	struct conf_snapshot snapshot = {0};
	struct conf_errors errors = {0};

	ck_assert_int_eq(conf_snapshot_read(&snapshot, NULL, &errors), 0);
	round_trip(snapshot.files[0].bytes);
	conf_snapshot_fini(&snapshot);
	conf_errors_fini(&errors);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, defaults_are_printed);
	tcase_add_test(tcase, every_key_survives);
	tcase_add_test(tcase, every_byte_of_a_string_survives);
	tcase_add_test(tcase, built_in_conf_survives);
}

int
main(void)
{
	return suite_run("conf/print", tests_add);
}
