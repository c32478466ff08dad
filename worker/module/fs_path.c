/*
 * The fs functions of eddy.h that take paths. They do not wait for each other; see fs.c for what
 * they share with those on open files.
 */
#include "module/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "worker.h"

#define LINK_MAX_BYTES (1024 * 1024) /* a link's text, which Linux keeps below a page */

/* On a thread --------------------------------------------------------------------- */

static void
stat_work(struct job *job)
{
	fs_op_result(fs_op_of(job), stat(fs_op_of(job)->path, &fs_op_of(job)->st));
}

static void
lstat_work(struct job *job)
{
	fs_op_result(fs_op_of(job), lstat(fs_op_of(job)->path, &fs_op_of(job)->st));
}

static void
statfs_work(struct job *job)
{
	fs_op_result(fs_op_of(job), statfs(fs_op_of(job)->path, &fs_op_of(job)->statfs));
}

static void
access_work(struct job *job)
{
	fs_op_result(fs_op_of(job), access(fs_op_of(job)->path, fs_op_of(job)->access));
}

static void
truncate_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);
	int result;

	do
		result = truncate(op->path, op->length);
	while (result < 0 && errno == EINTR);
	fs_op_result(op, result);
}

static void
chmod_work(struct job *job)
{
	fs_op_result(fs_op_of(job), chmod(fs_op_of(job)->path, fs_op_of(job)->mode));
}

static void
chown_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);

	fs_op_result(op, chown(op->path, op->owner.uid, op->owner.gid));
}

static void
lchown_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);

	fs_op_result(op, lchown(op->path, op->owner.uid, op->owner.gid));
}

static void
utimens_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);

	fs_op_result(op, utimensat(AT_FDCWD, op->path, op->times, 0));
}

static void
lutimens_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);

	fs_op_result(op, utimensat(AT_FDCWD, op->path, op->times, AT_SYMLINK_NOFOLLOW));
}

static void
unlink_work(struct job *job)
{
	fs_op_result(fs_op_of(job), unlink(fs_op_of(job)->path));
}

static void
rename_work(struct job *job)
{
	fs_op_result(fs_op_of(job), rename(fs_op_of(job)->path, fs_op_of(job)->path2));
}

static void
link_work(struct job *job)
{
	fs_op_result(fs_op_of(job), link(fs_op_of(job)->path, fs_op_of(job)->path2));
}

static void
symlink_work(struct job *job)
{
	fs_op_result(fs_op_of(job), symlink(fs_op_of(job)->path, fs_op_of(job)->path2));
}

static void
mkdir_work(struct job *job)
{
	fs_op_result(fs_op_of(job), mkdir(fs_op_of(job)->path, fs_op_of(job)->mode));
}

static void
rmdir_work(struct job *job)
{
	fs_op_result(fs_op_of(job), rmdir(fs_op_of(job)->path));
}

/* What a link says does not show how long it is: that file systems of the kernel's say 0. */
static void
readlink_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);
	ssize_t n = 0;

	for (size_t size = 256; size <= LINK_MAX_BYTES; size *= 4) {
		char *text = realloc(op->text, size);

		if (text == NULL) {
			op->err = EDDY_ERRNO(ENOMEM);
			return;
		}
		op->text = text;
		n = readlink(op->path, text, size - 1);
		if (n < (ssize_t)size - 1)
			break;
	}
	fs_op_result(op, n < 0 ? -1 : 0);
	if (n >= 0)
		op->text[n] = '\0';
}

static void
realpath_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);

	op->text = realpath(op->path, NULL);
	fs_op_result(op, op->text != NULL ? 0 : -1);
}

static void
mkdtemp_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);

	if (asprintf(&op->text, "%sXXXXXX", op->path) < 0) {
		op->text = NULL;
		op->err = EDDY_ERRNO(ENOMEM);
		return;
	}
	fs_op_result(op, mkdtemp(op->text) != NULL ? 0 : -1);
}

/* 0 or -1 with errno. */
static int
dir_add(struct fs_op *op, const struct dirent *entry)
{
	size_t size = op->dir.size > 0 ? 2 * op->dir.size : 64;
	eddy_dirent *entries;

	if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
		return 0;
	if (op->dir.n == op->dir.size) {
		entries = reallocarray(op->dir.entries, size, sizeof(*entries));
		if (entries == NULL)
			return -1;
		op->dir.entries = entries;
		op->dir.size = size;
	}
	entries = &op->dir.entries[op->dir.n];
	entries->type = entry->d_type;
	entries->name = strdup(entry->d_name);
	if (entries->name == NULL)
		return -1;
	op->dir.n++;
	return 0;
}

static void
scandir_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);
	DIR *dir = opendir(op->path);
	struct dirent *entry = NULL;

	if (dir != NULL) {
		do
			errno = 0;
		while ((entry = readdir(dir)) != NULL && dir_add(op, entry) == 0);
	}
	op->err = errno != 0 ? EDDY_ERRNO(errno) : 0;
	if (dir != NULL)
		closedir(dir);
}

static void
readdir_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);

	scandir_work(job);
	op->dir.names = op->err == 0 ? calloc(op->dir.n + 1, sizeof(*op->dir.names)) : NULL;
	if (op->err == 0 && op->dir.names == NULL)
		op->err = EDDY_ERRNO(ENOMEM);
	for (size_t i = 0; op->err == 0 && i < op->dir.n; i++)
		op->dir.names[i] = op->dir.entries[i].name;
}

/* Back on the loop ---------------------------------------------------------------- */

static void
statfs_report(struct fs_op *op)
{
	op->cb.statfs(op->err, op->err == 0 ? &op->statfs : NULL, op->arg);
}

static void
text_report(struct fs_op *op)
{
	op->cb.text(op->err, op->err == 0 ? op->text : NULL, op->arg);
}

static void
text_fini(struct fs_op *op)
{
	free(op->text);
}

static void
readdir_report(struct fs_op *op)
{
	bool ok = op->err == 0;

	op->cb.readdir(op->err, ok ? op->dir.names : NULL, ok ? op->dir.n : 0, op->arg);
}

static void
scandir_report(struct fs_op *op)
{
	bool ok = op->err == 0;

	op->cb.scandir(op->err, ok ? op->dir.entries : NULL, ok ? op->dir.n : 0, op->arg);
}

static void
dir_fini(struct fs_op *op)
{
	for (size_t i = 0; i < op->dir.n; i++)
		free((char *)(uintptr_t)op->dir.entries[i].name);
	free(op->dir.entries);
	free(op->dir.names);
}

/* The module's side --------------------------------------------------------------- */

/* An operation on one path; NULL and *error. */
static struct fs_op *
path_op(void (*work)(struct job *job), const char *path, bool good, const char *what, int *error)
{
	*error = api_check(path != NULL && good, what);
	return *error == 0 ? fs_op_new(work, path, NULL, error) : NULL;
}

/* The functions on two paths. */
static int
paths_do(void (*work)(struct job *job), const char *path, const char *path2, const char *what,
	 void (*cb)(int err, void *arg), void *arg)
{
	int error = api_check(path != NULL && path2 != NULL, what);
	struct fs_op *op = error == 0 ? fs_op_new(work, path, path2, &error) : NULL;

	return op != NULL ? fs_op_plain(op, NULL, cb, arg) : error;
}

/* The functions that take a mode, or nothing, and answer with the error alone. */
static int
mode_do(void (*work)(struct job *job), const char *path, mode_t mode, const char *what,
	void (*cb)(int err, void *arg), void *arg)
{
	int error;
	struct fs_op *op = path_op(work, path, true, what, &error);

	if (op == NULL)
		return error;
	op->mode = mode;
	return fs_op_plain(op, NULL, cb, arg);
}

static int
owner_do(void (*work)(struct job *job), const char *path, uid_t uid, gid_t gid, const char *what,
	 void (*cb)(int err, void *arg), void *arg)
{
	int error;
	struct fs_op *op = path_op(work, path, true, what, &error);

	if (op == NULL)
		return error;
	op->owner.uid = uid;
	op->owner.gid = gid;
	return fs_op_plain(op, NULL, cb, arg);
}

static int
times_do(void (*work)(struct job *job), const char *path, const struct timespec times[2],
	 const char *what, void (*cb)(int err, void *arg), void *arg)
{
	int error;
	struct fs_op *op = path_op(work, path, times != NULL, what, &error);

	if (op == NULL)
		return error;
	memcpy(op->times, times, sizeof(op->times));
	return fs_op_plain(op, NULL, cb, arg);
}

/* The functions whose answer is a text. */
static int
text_do(void (*work)(struct job *job), const char *path, const char *what,
	void (*cb)(int err, const char *text, void *arg), void *arg)
{
	int error;
	struct fs_op *op = path_op(work, path, cb != NULL, what, &error);

	if (op == NULL)
		return error;
	op->report = text_report;
	op->fini = text_fini;
	op->cb.text = cb;
	op->arg = arg;
	return fs_op_post(op, NULL);
}

static int
stat_do(void (*work)(struct job *job), const char *path, const char *what,
	void (*cb)(int err, const struct stat *st, void *arg), void *arg)
{
	int error;
	struct fs_op *op = path_op(work, path, cb != NULL, what, &error);

	return op != NULL ? fs_op_stat(op, NULL, cb, arg) : error;
}

int
eddy_fs_stat(const char *path, void (*cb)(int err, const struct stat *st, void *arg), void *arg)
{
	return stat_do(stat_work, path, __func__, cb, arg);
}

int
eddy_fs_lstat(const char *path, void (*cb)(int err, const struct stat *st, void *arg), void *arg)
{
	return stat_do(lstat_work, path, __func__, cb, arg);
}

int
eddy_fs_statfs(const char *path, void (*cb)(int err, const struct statfs *st, void *arg), void *arg)
{
	int error;
	struct fs_op *op = path_op(statfs_work, path, cb != NULL, __func__, &error);

	if (op == NULL)
		return error;
	op->report = statfs_report;
	op->cb.statfs = cb;
	op->arg = arg;
	return fs_op_post(op, NULL);
}

int
eddy_fs_access(const char *path, int mode, void (*cb)(int err, void *arg), void *arg)
{
	int error;
	struct fs_op *op = path_op(access_work, path, cb != NULL, __func__, &error);

	if (op == NULL)
		return error;
	op->access = mode;
	return fs_op_plain(op, NULL, cb, arg);
}

int
eddy_fs_truncate(const char *path, int64_t length, void (*cb)(int err, void *arg), void *arg)
{
	int error;
	struct fs_op *op = path_op(truncate_work, path, true, __func__, &error);

	if (op == NULL)
		return error;
	op->length = length;
	return fs_op_plain(op, NULL, cb, arg);
}

int
eddy_fs_chmod(const char *path, mode_t mode, void (*cb)(int err, void *arg), void *arg)
{
	return mode_do(chmod_work, path, mode, __func__, cb, arg);
}

int
eddy_fs_chown(const char *path, uid_t uid, gid_t gid, void (*cb)(int err, void *arg), void *arg)
{
	return owner_do(chown_work, path, uid, gid, __func__, cb, arg);
}

int
eddy_fs_lchown(const char *path, uid_t uid, gid_t gid, void (*cb)(int err, void *arg), void *arg)
{
	return owner_do(lchown_work, path, uid, gid, __func__, cb, arg);
}

int
eddy_fs_utimens(const char *path, const struct timespec times[2], void (*cb)(int err, void *arg),
		void *arg)
{
	return times_do(utimens_work, path, times, __func__, cb, arg);
}

int
eddy_fs_lutimens(const char *path, const struct timespec times[2], void (*cb)(int err, void *arg),
		 void *arg)
{
	return times_do(lutimens_work, path, times, __func__, cb, arg);
}

int
eddy_fs_unlink(const char *path, void (*cb)(int err, void *arg), void *arg)
{
	return mode_do(unlink_work, path, 0, __func__, cb, arg);
}

int
eddy_fs_rename(const char *from, const char *to, void (*cb)(int err, void *arg), void *arg)
{
	return paths_do(rename_work, from, to, __func__, cb, arg);
}

int
eddy_fs_link(const char *path, const char *new_path, void (*cb)(int err, void *arg), void *arg)
{
	return paths_do(link_work, path, new_path, __func__, cb, arg);
}

int
eddy_fs_symlink(const char *target, const char *path, void (*cb)(int err, void *arg), void *arg)
{
	return paths_do(symlink_work, target, path, __func__, cb, arg);
}

int
eddy_fs_mkdir(const char *path, mode_t mode, void (*cb)(int err, void *arg), void *arg)
{
	return mode_do(mkdir_work, path, mode, __func__, cb, arg);
}

int
eddy_fs_rmdir(const char *path, void (*cb)(int err, void *arg), void *arg)
{
	return mode_do(rmdir_work, path, 0, __func__, cb, arg);
}

int
eddy_fs_readlink(const char *path, void (*cb)(int err, const char *target, void *arg), void *arg)
{
	return text_do(readlink_work, path, __func__, cb, arg);
}

int
eddy_fs_realpath(const char *path, void (*cb)(int err, const char *real, void *arg), void *arg)
{
	return text_do(realpath_work, path, __func__, cb, arg);
}

int
eddy_fs_mkdtemp(const char *prefix, void (*cb)(int err, const char *path, void *arg), void *arg)
{
	return text_do(mkdtemp_work, prefix, __func__, cb, arg);
}

int
eddy_fs_readdir(const char *path,
		void (*cb)(int err, const char *const *names, size_t n, void *arg), void *arg)
{
	int error;
	struct fs_op *op = path_op(readdir_work, path, cb != NULL, __func__, &error);

	if (op == NULL)
		return error;
	op->report = readdir_report;
	op->fini = dir_fini;
	op->cb.readdir = cb;
	op->arg = arg;
	return fs_op_post(op, NULL);
}

int
eddy_fs_scandir(const char *path,
		void (*cb)(int err, const eddy_dirent *entries, size_t n, void *arg), void *arg)
{
	int error;
	struct fs_op *op = path_op(scandir_work, path, cb != NULL, __func__, &error);

	if (op == NULL)
		return error;
	op->report = scandir_report;
	op->fini = dir_fini;
	op->cb.scandir = cb;
	op->arg = arg;
	return fs_op_post(op, NULL);
}
