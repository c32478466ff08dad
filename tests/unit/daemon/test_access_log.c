/*
 * Opening the access log's file: never waiting, making it only where that is meant, saying why not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/access_log.h"
#include "tests/unit/suite.h"

static char folder[] = "/tmp/eddy-test-access-XXXXXX", path[64];
static struct conf_errors errors;

static void
setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/access.log", folder);
}

static void
teardown(void)
{
	conf_errors_fini(&errors);
	unlink(path);
	rmdir(folder);
}

static int
open_it(char *file, bool check, int *fd)
{
	struct conf conf = {.http = {.log = CONF_LOG_FILE, .access_log = file}};

	return access_log_open(&conf, check, fd, &errors);
}

START_TEST(file_is_made_and_appended_to)
{
	struct stat st;
	int fd;

	umask(0);
	ck_assert_int_eq(open_it(path, false, &fd), 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & (O_APPEND | O_NONBLOCK), O_APPEND | O_NONBLOCK);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}
END_TEST

START_TEST(check_makes_nothing_and_keeps_nothing_open)
{
	char missing[96];
	int fd;

	ck_assert_int_eq(open_it(path, true, &fd), 0);
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(access(path, F_OK), -1);
	snprintf(missing, sizeof(missing), "%s/no/access.log", folder);
	ck_assert_int_eq(open_it(missing, true, &fd), -1);
	ck_assert_uint_eq(errors.count, 1);
	ck_assert_int_eq(open_it(folder, true, &fd), -1);
	ck_assert_uint_eq(errors.count, 2);
	ck_assert_ptr_nonnull(strstr(errors.list[1].text, "Is a directory"));
}
END_TEST

START_TEST(pipe_without_a_reader_is_opened_at_once)
{
	char byte;
	int fd, reader;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(open_it(path, false, &fd), 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	ck_assert_int_eq(read(reader, &byte, 1), 1);
	close(reader);
	close(fd);
}
END_TEST

/* What is shared with others, its mode too, stays as it is. */
START_TEST(stderr_is_opened_once_more)
{
	struct conf conf = {.http = {.log = CONF_LOG_STDERR, .access_log = (char *)"stderr"}};
	int ends[2], fd, kept = dup(STDERR_FILENO);

	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	ck_assert_int_eq(access_log_open(&conf, false, &fd, &errors), 0);
	dup2(kept, STDERR_FILENO);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_eq(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
	close(fd);
	close(kept);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(no_log_is_no_file)
{
	struct conf conf = {.http = {.log = CONF_LOG_OFF, .access_log = (char *)"off"}};
	int fd;

	ck_assert_int_eq(access_log_open(&conf, false, &fd, &errors), 0);
	ck_assert_int_eq(fd, -1);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, file_is_made_and_appended_to);
	tcase_add_test(tcase, check_makes_nothing_and_keeps_nothing_open);
	tcase_add_test(tcase, pipe_without_a_reader_is_opened_at_once);
	tcase_add_test(tcase, stderr_is_opened_once_more);
	tcase_add_test(tcase, no_log_is_no_file);
}

int
main(void)
{
	return suite_run("daemon/access_log", tests_add);
}
