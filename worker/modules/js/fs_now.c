/*
 * Files, for lib/fs/calls.js: what is done at once, while the script loads. A worker that serves
 * never comes here.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs.h"

/* What a system call has returned: its number, or -errno. */
static JSValueRef
result(const struct js *js, ssize_t n)
{
	return n < 0 ? fs_error(js, errno) : JSValueMakeNumber(js->ctx, (double)n);
}

static JSValueRef
open_now(struct js *js, const struct fs_args *args)
{
	struct stat st;
	eddy_file *file;
	int fd;

	if (stat(args->path, &st) == 0 && S_ISFIFO(st.st_mode))
		return fs_error(js, ENXIO); /* who has the other end may never come */
	fd = open(args->path, (int)args->n[0] | O_CLOEXEC, (mode_t)args->n[1]);
	if (fd < 0)
		return result(js, fd);
	file = eddy_fs_fdopen(fd);
	if (file == NULL)
		close(fd);
	if (file == NULL || fs_add(js, file) != 0)
		return fs_error(js, ENOMEM);
	return JSValueMakeNumber(js->ctx, fd);
}

/* Nothing can have been asked of the file that eddy has not done: its close may come later. */
static JSValueRef
close_now(struct js *js, eddy_file *file, int fd)
{
	eddy_fs_close(file, NULL, NULL);
	fs_remove(js, fd);
	return JSValueMakeNumber(js->ctx, 0);
}

static JSValueRef
io_now(const struct js *js, const struct fs_args *args)
{
	size_t offset = (size_t)args->n[0], length;
	off_t position = (off_t)args->n[2];
	char *p = args->bytes + offset;
	ssize_t n;

	if (offset > args->bytes_n)
		return fs_error(js, EINVAL);
	length = args->bytes_n - offset;
	if (args->n[1] < (double)length)
		length = (size_t)args->n[1];
	do {
		if (args->number == FS_READ)
			n = position < 0 ? read(args->fd, p, length)
					 : pread(args->fd, p, length, position);
		else
			n = position < 0 ? write(args->fd, p, length)
					 : pwrite(args->fd, p, length, position);
	} while (n < 0 && errno == EINTR);
	return result(js, n);
}

static JSValueRef
file_now(struct js *js, const struct fs_args *args)
{
	const struct timespec times[2] = {fs_time(args->n[0]), fs_time(args->n[1])};
	eddy_file *file = fs_file(js, args->fd);
	struct stat st;

	if (file == NULL)
		return fs_error(js, EBADF);
	switch (args->number) {
	case FS_CLOSE:
		return close_now(js, file, args->fd);
	case FS_READ:
	case FS_WRITE:
		return io_now(js, args);
	case FS_FSYNC:
		return result(js, fsync(args->fd));
	case FS_FDATASYNC:
		return result(js, fdatasync(args->fd));
	case FS_FSTAT:
		return fstat(args->fd, &st) == 0 ? fs_stat(js, &st, args->n[0] != 0)
						 : fs_error(js, errno);
	case FS_FTRUNCATE:
		return result(js, ftruncate(args->fd, (off_t)args->n[0]));
	case FS_FCHMOD:
		return result(js, fchmod(args->fd, (mode_t)args->n[0]));
	case FS_FCHOWN:
		return result(js, fchown(args->fd, (uid_t)(int64_t)args->n[0],
					 (gid_t)(int64_t)args->n[1]));
	default:
		return result(js, futimens(args->fd, times));
	}
}

static JSValueRef
stat_now(const struct js *js, const struct fs_args *args)
{
	struct stat st;
	int n = args->number == FS_STAT ? stat(args->path, &st) : lstat(args->path, &st);

	return n == 0 ? fs_stat(js, &st, args->n[0] != 0) : fs_error(js, errno);
}

static JSValueRef
statfs_now(const struct js *js, const struct fs_args *args)
{
	struct statfs st;

	return statfs(args->path, &st) == 0 ? fs_statfs(js, &st, args->n[0] != 0)
					    : fs_error(js, errno);
}

/* The functions whose result is a path. */
static JSValueRef
text_now(const struct js *js, const struct fs_args *args)
{
	char text[PATH_MAX + 8];
	ssize_t n = -1;

	if (args->number == FS_READLINK)
		n = readlink(args->path, text, sizeof(text));
	else if (args->number == FS_REALPATH && realpath(args->path, text) != NULL)
		n = (ssize_t)strlen(text);
	else if (args->number == FS_MKDTEMP &&
		 (size_t)snprintf(text, sizeof(text), "%sXXXXXX", args->path) >= sizeof(text))
		errno = ENAMETOOLONG;
	else if (args->number == FS_MKDTEMP && mkdtemp(text) != NULL)
		n = (ssize_t)strlen(text);
	return n < 0 ? fs_error(js, errno) : fs_text(js, text, (size_t)n, args->n[0] != 0);
}

static JSValueRef
scandir_now(const struct js *js, const struct fs_args *args)
{
	struct fs_names names = {0};
	DIR *dir = opendir(args->path);
	const struct dirent *entry;
	JSValueRef value;
	int error = errno;

	if (dir != NULL) {
		errno = 0;
		while ((entry = readdir(dir)) != NULL) {
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			if (fs_names_add(&names, entry->d_type, entry->d_name) != 0)
				break;
			errno = 0;
		}
		error = errno;
		closedir(dir);
	}
	value = error != 0 ? fs_error(js, error)
			   : fs_text(js, names.text, names.n, args->n[0] != 0);
	free(names.text);
	return value;
}

/* What sets the facts of a path. */
static JSValueRef
facts_now(const struct js *js, const struct fs_args *args)
{
	const struct timespec times[2] = {fs_time(args->n[0]), fs_time(args->n[1])};
	uid_t uid = (uid_t)(int64_t)args->n[0];
	gid_t gid = (gid_t)(int64_t)args->n[1];

	switch (args->number) {
	case FS_ACCESS:
		return result(js, access(args->path, (int)args->n[0]));
	case FS_CHMOD:
		return result(js, chmod(args->path, (mode_t)args->n[0]));
	case FS_CHOWN:
		return result(js, chown(args->path, uid, gid));
	case FS_LCHOWN:
		return result(js, lchown(args->path, uid, gid));
	case FS_UTIMES:
		return result(js, utimensat(AT_FDCWD, args->path, times, 0));
	default:
		return result(js, utimensat(AT_FDCWD, args->path, times, AT_SYMLINK_NOFOLLOW));
	}
}

JSValueRef
fs_now(struct js *js, const struct fs_args *args)
{
	if (args->number < FS_OPEN)
		return file_now(js, args);
	switch (args->number) {
	case FS_OPEN:
		return open_now(js, args);
	case FS_STAT:
	case FS_LSTAT:
		return stat_now(js, args);
	case FS_STATFS:
		return statfs_now(js, args);
	case FS_UNLINK:
		return result(js, unlink(args->path));
	case FS_RENAME:
		return result(js, rename(args->path, args->path2));
	case FS_LINK:
		return result(js, link(args->path, args->path2));
	case FS_SYMLINK:
		return result(js, symlink(args->path, args->path2));
	case FS_MKDIR:
		return result(js, mkdir(args->path, (mode_t)args->n[0]));
	case FS_RMDIR:
		return result(js, rmdir(args->path));
	case FS_READLINK:
	case FS_REALPATH:
	case FS_MKDTEMP:
		return text_now(js, args);
	case FS_SCANDIR:
		return scandir_now(js, args);
	default:
		return facts_now(js, args);
	}
}
