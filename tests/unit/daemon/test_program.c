/*
 * Where the program of this process is, by the name it was started with.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/program.h"
#include "tests/unit/suite.h"

static char dir[64], self[PATH_MAX], link_path[128];

/* A folder with a symbolic link to this program, as versions are installed. */
static void
setup(void)
{
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(n, 0);
	self[n] = '\0';
	strcpy(dir, "/tmp/eddy-test-program-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(link_path, sizeof(link_path), "%s/current", dir);
	ck_assert_int_eq(symlink(self, link_path), 0);
}

static void
teardown(void)
{
	unlink(link_path);
	rmdir(dir);
}

static void
path_is(const char *argv0, const char *wanted)
{
	char *path = program_path(argv0);

	ck_assert_ptr_nonnull(path);
	ck_assert_str_eq(path, wanted);
	free(path);
}

START_TEST(an_absolute_path_stays_as_it_is_with_its_links)
{
	path_is(link_path, link_path);
}
END_TEST

START_TEST(a_relative_path_starts_at_the_working_directory)
{
	char wanted[160];

	snprintf(wanted, sizeof(wanted), "%s/./current", dir);
	ck_assert_int_eq(chdir(dir), 0);
	path_is("./current", wanted);
}
END_TEST

START_TEST(a_name_is_searched_for_in_path)
{
	char path[160];

	snprintf(path, sizeof(path), "/nonexistent:/bin:%s:/usr/bin", dir);
	setenv("PATH", path, 1);
	path_is("current", link_path);
}
END_TEST

START_TEST(an_empty_part_of_path_is_the_working_directory)
{
	char wanted[160];

	snprintf(wanted, sizeof(wanted), "%s/./current", dir);
	ck_assert_int_eq(chdir(dir), 0);
	setenv("PATH", "/nonexistent::/bin", 1);
	path_is("current", wanted);
}
END_TEST

START_TEST(a_name_that_is_another_program_is_not_believed)
{
	setenv("PATH", "/usr/bin:/bin", 1);
	path_is("sh", self);
	path_is("/bin/sh", self);
	path_is("/nonexistent/eddyd", self);
	path_is("nonesuch", self);
	path_is("", self);
	path_is(NULL, self);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_absolute_path_stays_as_it_is_with_its_links);
	tcase_add_test(tcase, a_relative_path_starts_at_the_working_directory);
	tcase_add_test(tcase, a_name_is_searched_for_in_path);
	tcase_add_test(tcase, an_empty_part_of_path_is_the_working_directory);
	tcase_add_test(tcase, a_name_that_is_another_program_is_not_believed);
}

int
main(void)
{
	return suite_run("program", tests_add);
}
