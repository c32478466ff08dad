/*
 * The names under which the service manager stores listeners.
 */
#include <string.h>

#include "daemon/store.h"
#include "tests/unit/suite.h"

START_TEST(name_of_a_unit_s_socket_is_none_of_the_store_s)
{
	struct unix_file file;

	ck_assert(!store_name_parse("web", &file));
	ck_assert(!store_name_parse("eddy.socket", &file));
	ck_assert(!store_name_parse("", &file));
	ck_assert(store_name_parse("eddyd/tcp/127.0.0.1-8080", &file));
	ck_assert_uint_eq(file.ino, 0);
	ck_assert(store_name_parse("eddyd/some later kind", &file));
}
END_TEST

START_TEST(name_of_a_unix_socket_has_its_file)
{
	struct unix_file file;

	ck_assert(store_name_parse("eddyd/unix/1f-a2b/run/eddy/web.sock", &file));
	ck_assert_uint_eq(file.dev, 0x1f);
	ck_assert_uint_eq(file.ino, 0xa2b);
	ck_assert(store_name_parse("eddyd/unix/0-0@abstract", &file));
	ck_assert_uint_eq(file.ino, 0);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, name_of_a_unit_s_socket_is_none_of_the_store_s);
	tcase_add_test(tcase, name_of_a_unix_socket_has_its_file);
}

int
main(void)
{
	return suite_run("daemon/store", tests_add);
}
