/*
 * Reading the conf's files, and handing them on in a memfd.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define FOLDER "/tmp/eddy-test-snapshot-XXXXXX"

static char folder[] = FOLDER;
static struct conf_snapshot snapshot;
static struct conf_errors errors;

static void
folder_make(void)
{
	strcpy(folder, FOLDER);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
}

static void
folder_remove(void)
{
	char command[128];

	conf_snapshot_fini(&snapshot);
	conf_errors_fini(&errors);
	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static void
file_write(const char *name, const char *text)
{
	FILE *out = fopen(name, "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static void
files_are(const char *expected)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < snapshot.count; i++)
		fprintf(out, "%s%s", i ? " " : "", snapshot.files[i].name);
	fclose(out);
	ck_assert_str_eq(text, expected);
	free(text);
}

static void
errors_are(const char *expected)
{
	char *text = errors_text(&errors);

	ck_assert_str_eq(text, expected);
	free(text);
}

START_TEST(built_in_conf_serves_the_welcome_page_and_metrics)
{
	struct conf *conf;

	ck_assert_int_eq(conf_snapshot_read(&snapshot, NULL, &errors), 0);
	files_are("built-in");
	conf = conf_parse(&snapshot, &errors);
	errors_are("");
	ck_assert_uint_eq(conf->nlistens, 1);
	ck_assert_str_eq(conf->listens[0].address, "127.0.0.1:8080");
	ck_assert_str_eq(conf->listens[0].where.file, "built-in");
	ck_assert_uint_eq(conf->nmodules, 2);
	ck_assert_str_eq(conf->modules[0].path, "welcome.so");
	ck_assert_str_eq(conf->modules[1].path, "metrics.so");
	ck_assert_uint_eq(conf->nroutes, 4);
	ck_assert_ptr_null(conf->routes[0].handler);
	ck_assert_str_eq(conf->routes[1].path, "/live");
	ck_assert_str_eq(conf->routes[1].handler, "live");
	ck_assert_str_eq(conf->routes[2].path, "/metrics");
	ck_assert_str_eq(conf->routes[3].path, "/health");
	conf_free(conf);
}
END_TEST

START_TEST(includes_are_read_from_the_folder_of_the_file)
{
	mkdir("sub", 0700);
	mkdir("sub/d", 0700);
	file_write("main",
		   "# include(\"no\")\n/* include(\"no\") */ user = \"include(\\\"no\\\")\"\n"
		   "include('sub/a') workers = 1 include(\"sub\\057d/*.conf\")");
	file_write("sub/a", "include(d/x)\n");
	file_write("sub/d/x", "x");
	file_write("sub/d/2.conf", "");
	file_write("sub/d/10.conf", "\n");
	file_write("sub/d/.hidden.conf", "");
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "main", &errors), 0);
	errors_are("");
	files_are("main sub/a sub/d/x sub/d/10.conf sub/d/2.conf");
	ck_assert_str_eq(snapshot.files[2].bytes, "x");
	ck_assert_uint_eq(snapshot.files[2].size, 1);
}
END_TEST

START_TEST(includes_of_an_absolute_name_are_absolute)
{
	char name[64], expected[160];

	snprintf(name, sizeof(name), "%s/main", folder);
	file_write("main", "include(\"a\")");
	file_write("a", "");
	ck_assert_int_eq(conf_snapshot_read(&snapshot, name, &errors), 0);
	snprintf(expected, sizeof(expected), "%s/main %s/a", folder, folder);
	files_are(expected);
}
END_TEST

START_TEST(pattern_may_match_nothing)
{
	file_write("main", "include(\"*.conf\") include(\"none/*.conf\") include(\"main/*\")");
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "main", &errors), 0);
	errors_are("");
}
END_TEST

START_TEST(missing_files_are_named_where_they_are_included)
{
	file_write("main", "include(\"a\")\ninclude(\"b\")\n\ninclude(\"\")\n");
	file_write("b", "\n\ninclude(\"c\")");
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "main", &errors), -1);
	errors_are("main:1: include(\"a\"): No such file or directory\n"
		   "main:4: include(\"\"): give a file or pattern, such as \"conf.d/*.conf\"\n"
		   "b:3: include(\"c\"): No such file or directory\n");
	files_are("main b");
}
END_TEST

START_TEST(missing_main_file_is_named)
{
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "none.conf", &errors), -1);
	errors_are("none.conf: No such file or directory\n");
	ck_assert_ptr_null(conf_parse(&snapshot, &errors));
	errors_are("none.conf: No such file or directory\n");
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused)
{
	mkdir("d.conf", 0700);
	mkfifo("f.conf", 0600);
	ck_assert_int_eq(symlink("l.d", "l.d"), 0);
	file_write("main", "include(\"*.conf\")\ninclude(\"l.d/*\")");
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "main", &errors), -1);
	errors_are("main:1: include(\"d.conf\"): this is a directory, not a file\n"
		   "main:1: include(\"f.conf\"): this is not a regular file\n"
		   "main:2: include(\"l.d/*\"): Too many levels of symbolic links\n");
}
END_TEST

START_TEST(huge_file_is_refused)
{
	file_write("main", "");
	ck_assert_int_eq(truncate("main", (1 << 20) + 1), 0);
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "main", &errors), -1);
	errors_are("main: this is larger than 1 MiB: is it a conf file?\n");
}
END_TEST

START_TEST(cycles_are_refused)
{
	file_write("main", "\ninclude(\"main\")\ninclude(\"./a\")");
	file_write("a", "include(\"link\")");
	ck_assert_int_eq(symlink("main", "link"), 0);
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "main", &errors), -1);
	errors_are("main:2: include(\"main\"): this makes a cycle: the file includes itself\n"
		   "./a:1: include(\"./link\"): this makes a cycle: the file includes itself\n");
}
END_TEST

START_TEST(same_file_twice_is_refused)
{
	file_write("main", "include(\"a\")\ninclude(\"*a\")");
	file_write("a", "");
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "main", &errors), -1);
	errors_are("main:2: include(\"a\"): the file is included already\n");
}
END_TEST

START_TEST(depth_of_includes_is_bounded)
{
	char name[16], text[32], *said;

	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "%d", i);
		snprintf(text, sizeof(text), "include(\"%d\")", i + 1);
		file_write(name, text);
	}
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "0", &errors), -1);
	said = errors_text(&errors);
	ck_assert_str_eq(said, "15:1: include(\"16\"): includes are nested too deeply\n");
	free(said);
}
END_TEST

START_TEST(rest_is_parsed_when_a_file_is_missing)
{
	file_write("main", "include(\"a\")\nworkers = 0\nroute \"/\" { module = \"from-a\" }\n");
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "main", &errors), -1);
	ck_assert_ptr_null(conf_parse(&snapshot, &errors));
	errors_are("main:1: include(\"a\"): No such file or directory\n"
		   "main:2: bad workers \"0\": give a number from 1 to 256, or auto for one per "
		   "core\n");
}
END_TEST

START_TEST(memfd_gives_the_same_snapshot)
{
	struct conf_snapshot again;
	int fd, status;

	file_write("main", "include(\"a\")\nlisten x { }\n");
	file_write("a", "");
	ck_assert_int_eq(conf_snapshot_read(&snapshot, "main", &errors), 0);
	fd = conf_snapshot_to_fd(&snapshot);
	ck_assert_int_ge(fd, 0);
	status = fcntl(fd, F_GETFD);
	ck_assert_int_eq(status & FD_CLOEXEC, FD_CLOEXEC);
	for (int i = 0; i < 2; i++) { /* every worker reads the same open file */
		ck_assert_int_eq(conf_snapshot_from_fd(&again, fd), 0);
		ck_assert_uint_eq(again.count, 2);
		ck_assert_str_eq(again.files[0].name, "main");
		ck_assert_str_eq(again.files[1].name, "a");
		ck_assert_uint_eq(again.files[0].size, snapshot.files[0].size);
		ck_assert_str_eq(again.files[0].bytes, snapshot.files[0].bytes);
		ck_assert_uint_eq(again.files[1].size, 0);
		ck_assert_str_eq(again.files[1].bytes, "");
		conf_snapshot_fini(&again);
	}
	close(fd);
}
END_TEST

START_TEST(memfd_is_sealed)
{
	int fd, seals;

	ck_assert_int_eq(conf_snapshot_read(&snapshot, NULL, &errors), 0);
	fd = conf_snapshot_to_fd(&snapshot);
	seals = fcntl(fd, F_GET_SEALS);
	ck_assert_int_eq(seals, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	ck_assert_int_eq(pwrite(fd, "x", 1, 0), -1);
	ck_assert_int_eq(ftruncate(fd, 0), -1);
	close(fd);
}
END_TEST

static int
memfd_of(const void *bytes, size_t size, bool sealed)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	if (sealed)
		ck_assert_int_eq(fcntl(fd, F_ADD_SEALS,
				       F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE),
				 0);
	return fd;
}

START_TEST(what_is_no_snapshot_is_refused)
{
	char bytes[4096];
	ssize_t size;
	int fd, good;

	ck_assert_int_eq(conf_snapshot_read(&snapshot, NULL, &errors), 0);
	good = conf_snapshot_to_fd(&snapshot);
	size = pread(good, bytes, sizeof(bytes), 0);
	ck_assert_int_gt(size, 0);
	close(good);
	conf_snapshot_fini(&snapshot);
	for (ssize_t cut = 0; cut < size; cut++) { /* cut off anywhere */
		fd = memfd_of(bytes, (size_t)cut, true);
		ck_assert_int_eq(conf_snapshot_from_fd(&snapshot, fd), -EPROTO);
		ck_assert_uint_eq(snapshot.count, 0);
		close(fd);
	}
	fd = memfd_of(bytes, (size_t)size, false); /* not sealed */
	ck_assert_int_eq(conf_snapshot_from_fd(&snapshot, fd), -EPROTO);
	close(fd);
	bytes[size] = 'x'; /* too long */
	fd = memfd_of(bytes, (size_t)size + 1, true);
	ck_assert_int_eq(conf_snapshot_from_fd(&snapshot, fd), -EPROTO);
	close(fd);
	bytes[0] = 'E'; /* other magic */
	fd = memfd_of(bytes, (size_t)size, true);
	ck_assert_int_eq(conf_snapshot_from_fd(&snapshot, fd), -EPROTO);
	close(fd);
	ck_assert_int_eq(conf_snapshot_from_fd(&snapshot, -1), -EBADF);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(conf_snapshot_from_fd(&snapshot, fd), -EPROTO);
	close(fd);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, folder_make, folder_remove);
	tcase_add_test(tcase, built_in_conf_serves_the_welcome_page_and_metrics);
	tcase_add_test(tcase, includes_are_read_from_the_folder_of_the_file);
	tcase_add_test(tcase, includes_of_an_absolute_name_are_absolute);
	tcase_add_test(tcase, pattern_may_match_nothing);
	tcase_add_test(tcase, missing_files_are_named_where_they_are_included);
	tcase_add_test(tcase, missing_main_file_is_named);
	tcase_add_test(tcase, what_is_no_regular_file_is_refused);
	tcase_add_test(tcase, huge_file_is_refused);
	tcase_add_test(tcase, cycles_are_refused);
	tcase_add_test(tcase, same_file_twice_is_refused);
	tcase_add_test(tcase, depth_of_includes_is_bounded);
	tcase_add_test(tcase, rest_is_parsed_when_a_file_is_missing);
	tcase_add_test(tcase, memfd_gives_the_same_snapshot);
	tcase_add_test(tcase, memfd_is_sealed);
	tcase_add_test(tcase, what_is_no_snapshot_is_refused);
}

int
main(void)
{
	return suite_run("conf/snapshot", tests_add);
}
