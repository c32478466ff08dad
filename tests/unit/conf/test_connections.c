/*
 * What a limit of open files leaves for connections.
 */
#include "text.h"

#define CONF "listen \":1\" { }\nmodule m { }\nroute / { module = m }\n"

static unsigned
connections(const char *more, uint64_t files)
{
	char text[256];
	struct conf *conf;
	unsigned most;

	snprintf(text, sizeof(text), "%s\n" CONF, more);
	conf = text_conf(text);
	most = conf_connections(conf, files);
	conf_free(conf);
	return most;
}

START_TEST(some_files_are_kept_for_other_things_than_connections)
{
	ck_assert_uint_eq(connections("", 20000), 20000 - 65);
	ck_assert_uint_eq(connections("listen \":2\" { }", 20000), 20000 - 66);
}
END_TEST

START_TEST(few_files_are_shared_evenly)
{
	ck_assert_uint_eq(connections("", 64), 32);
	ck_assert_uint_eq(connections("", 1), 1);
	ck_assert_uint_eq(connections("", 0), 1);
}
END_TEST

START_TEST(conf_asks_for_fewer_but_not_for_more)
{
	ck_assert_uint_eq(connections("worker_connections = 100", 20000), 100);
	ck_assert_uint_eq(connections("worker_connections = 30000", 20000), 20000 - 65);
}
END_TEST

START_TEST(no_limit_of_files_is_a_limit_of_a_million)
{
	ck_assert_uint_eq(connections("", UINT64_MAX), 1000000);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, some_files_are_kept_for_other_things_than_connections);
	tcase_add_test(tcase, few_files_are_shared_evenly);
	tcase_add_test(tcase, conf_asks_for_fewer_but_not_for_more);
	tcase_add_test(tcase, no_limit_of_files_is_a_limit_of_a_million);
}

int
main(void)
{
	return suite_run("conf/connections", tests_add);
}
