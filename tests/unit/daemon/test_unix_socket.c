/*
 * Unix sockets with a file: the mode, stale files, files in use, files that are something else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/unix_socket.h"
#include "tests/unit/suite.h"

#define FOLDER "/tmp/eddy-test-unix-XXXXXX"

static char folder[] = FOLDER;
static char why[256];
static struct sockaddr_un addr = {.sun_family = AF_UNIX};
static struct unix_file file;
static pid_t pid;

static void
folder_make(void)
{
	strcpy(folder, FOLDER);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/s", folder);
}

static void
folder_remove(void)
{
	unlink(addr.sun_path);
	ck_assert_int_eq(rmdir(folder), 0); /* nothing else may be in it: no lock, no other name */
}

static int
stream(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int
bind_to(int fd, mode_t mode)
{
	return unix_bind(fd, &addr, sizeof(addr), mode, &file, &pid, why, sizeof(why));
}

START_TEST(file_has_its_mode_whatever_the_umask)
{
	struct stat st;
	int fd = stream();

	umask(077);
	ck_assert_int_eq(bind_to(fd, 0662), 0);
	ck_assert_int_eq(umask(022), 077);
	ck_assert_int_eq(lstat(addr.sun_path, &st), 0);
	ck_assert(S_ISSOCK(st.st_mode));
	ck_assert_uint_eq(st.st_mode & 07777, 0662);
	ck_assert(unix_file_is(&file, addr.sun_path));
	close(fd);
}
END_TEST

START_TEST(stale_file_is_replaced)
{
	int old = stream(), fd = stream();

	ck_assert_int_eq(bind_to(old, 0600), 0);
	ck_assert_int_eq(listen(old, 1), 0);
	close(old);
	ck_assert_int_eq(bind_to(fd, 0600), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(connect(stream(), (struct sockaddr *)&addr, sizeof(addr)), 0);
}
END_TEST

START_TEST(file_in_use_is_left_alone_and_its_owner_named)
{
	int old = stream(), fd = stream();
	struct unix_file first;

	ck_assert_int_eq(bind_to(old, 0600), 0);
	ck_assert_int_eq(listen(old, 8), 0);
	first = file;
	ck_assert_int_eq(bind_to(fd, 0600), -EADDRINUSE);
	ck_assert_int_eq(pid, getpid());
	ck_assert_ptr_nonnull(strstr(why, "in use"));
	ck_assert(unix_file_is(&first, addr.sun_path));
}
END_TEST

START_TEST(full_backlog_is_in_use_too)
{
	int old = stream(), fd = stream();

	ck_assert_int_eq(bind_to(old, 0600), 0);
	ck_assert_int_eq(listen(old, 0), 0);
	for (int i = 0; i < 4; i++) {
		int client = stream();

		fcntl(client, F_SETFL, O_NONBLOCK);
		connect(client, (struct sockaddr *)&addr, sizeof(addr));
	}
	ck_assert_int_eq(bind_to(fd, 0600), -EADDRINUSE);
}
END_TEST

START_TEST(other_files_are_never_removed)
{
	int fd = open(addr.sun_path, O_CREAT | O_WRONLY, 0600);

	close(fd);
	ck_assert_int_eq(bind_to(stream(), 0600), -EEXIST);
	ck_assert_ptr_nonnull(strstr(why, "not a socket"));
	ck_assert_int_eq(access(addr.sun_path, F_OK), 0);
}
END_TEST

START_TEST(symbolic_link_is_not_followed)
{
	ck_assert_int_eq(symlink("/nowhere/at/all", addr.sun_path), 0);
	ck_assert_int_eq(bind_to(stream(), 0600), -EEXIST);
}
END_TEST

START_TEST(missing_directory_is_said)
{
	strcat(addr.sun_path, "/none/s");
	ck_assert_int_eq(bind_to(stream(), 0600), -ENOENT);
	ck_assert_str_eq(why, "its directory does not exist");
}
END_TEST

START_TEST(only_the_own_file_is_unlinked)
{
	struct unix_file first;

	ck_assert_int_eq(bind_to(stream(), 0600), 0);
	first = file;
	unlink(addr.sun_path);
	close(open("/dev/null", O_RDONLY)); /* the next bind gets another inode on tmpfs and ext4 */
	ck_assert_int_eq(bind_to(stream(), 0600), 0);
	if (first.ino != file.ino) {
		unix_unlink(&first, addr.sun_path);
		ck_assert_int_eq(access(addr.sun_path, F_OK), 0);
	}
	unix_unlink(&file, addr.sun_path);
	ck_assert_int_eq(access(addr.sun_path, F_OK), -1);
}
END_TEST

START_TEST(abstract_address_has_no_file)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	socklen_t size;
	int fd = stream();

	size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   (size_t)snprintf(name.sun_path + 1, 64, "eddy-test-%d", getpid()));
	ck_assert_int_eq(unix_bind(fd, &name, size, 0600, &file, &pid, why, sizeof(why)), 0);
	ck_assert_uint_eq(file.ino, 0);
	ck_assert_int_eq(unix_bind(stream(), &name, size, 0600, &file, &pid, why, sizeof(why)),
			 -EADDRINUSE);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, folder_make, folder_remove);
	tcase_add_test(tcase, file_has_its_mode_whatever_the_umask);
	tcase_add_test(tcase, stale_file_is_replaced);
	tcase_add_test(tcase, file_in_use_is_left_alone_and_its_owner_named);
	tcase_add_test(tcase, full_backlog_is_in_use_too);
	tcase_add_test(tcase, other_files_are_never_removed);
	tcase_add_test(tcase, symbolic_link_is_not_followed);
	tcase_add_test(tcase, missing_directory_is_said);
	tcase_add_test(tcase, only_the_own_file_is_unlinked);
	tcase_add_test(tcase, abstract_address_has_no_file);
}

int
main(void)
{
	return suite_run("daemon/unix_socket", tests_add);
}
