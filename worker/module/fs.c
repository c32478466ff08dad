/*
 * The fs functions of eddy.h: each is one operation that a thread carries out and the loop reports.
 *
 * An operation remembers the module that asked for it, so that its callback is charged to that one.
 * What a module has of a file is a handle of loop/handle.h: one that has been closed is found out.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loop/file.h"
#include "worker.h"

struct fs_op {
	struct file_job job; /* first */
	struct worker *worker;
	struct eddy_module *module;
	void (*report)(struct fs_op *op); /* calls cb; NULL: there is none */
	union {
		void (*plain)(int err, void *arg);
		void (*open)(int err, eddy_file *file, void *arg);
		void (*io)(int err, size_t n, void *arg);
		void (*stat)(int err, const struct stat *st, void *arg);
		void (*readdir)(int err, const char *const *names, size_t n, void *arg);
	} cb;
	void *arg;
	int err; /* for the callback: 0 or EDDY_ERRNO(…) */
	union {
		struct {
			struct file *file;
			int flags;
		} open;
		struct {
			char *buf;
			size_t n, done;
			int64_t position;
		} io;
		struct stat st;
		struct {
			char **names;
			size_t n, size;
		} dir;
	};
	mode_t mode;
	char *path2; /* the other one, of rename and link; behind the first */
	char path[];
};

static struct fs_op *
op_of(struct job *job)
{
	return (struct fs_op *)(void *)job;
}

static void
op_result(struct fs_op *op, int result)
{
	op->err = result < 0 ? EDDY_ERRNO(errno) : 0;
}

/* On a thread --------------------------------------------------------------------- */

static void
open_work(struct job *job)
{
	struct fs_op *op = op_of(job);
	int fd;

	do
		fd = open(op->path, op->open.flags | O_CLOEXEC, op->mode);
	while (fd < 0 && errno == EINTR);
	op_result(op, fd);
	op->open.file->fd = fd;
}

/* Linux gives the descriptor up in any case, also with EINTR. */
static void
close_work(struct job *job)
{
	struct fs_op *op = op_of(job);

	op_result(op, close(op->job.file->fd));
	if (op->err == EDDY_ERRNO(EINTR))
		op->err = 0;
	op->job.file->fd = -1;
}

static void
read_work(struct job *job)
{
	struct fs_op *op = op_of(job);
	int fd = op->job.file->fd;
	ssize_t n;

	do
		n = op->io.position < 0 ? read(fd, op->io.buf, op->io.n)
					: pread(fd, op->io.buf, op->io.n, op->io.position);
	while (n < 0 && errno == EINTR);
	op->io.done = n > 0 ? (size_t)n : 0;
	op->err = n < 0 ? EDDY_ERRNO(errno) : 0;
}

static void
write_work(struct job *job)
{
	struct fs_op *op = op_of(job);
	int fd = op->job.file->fd;

	while (op->err == 0 && op->io.done < op->io.n) {
		const char *p = op->io.buf + op->io.done;
		size_t left = op->io.n - op->io.done;
		ssize_t n = op->io.position < 0
				    ? write(fd, p, left)
				    : pwrite(fd, p, left, op->io.position + (int64_t)op->io.done);

		if (n >= 0)
			op->io.done += (size_t)n;
		else if (errno != EINTR)
			op->err = EDDY_ERRNO(errno);
	}
}

static void
fsync_work(struct job *job)
{
	op_result(op_of(job), fsync(op_of(job)->job.file->fd));
}

static void
stat_work(struct job *job)
{
	op_result(op_of(job), stat(op_of(job)->path, &op_of(job)->st));
}

static void
fstat_work(struct job *job)
{
	op_result(op_of(job), fstat(op_of(job)->job.file->fd, &op_of(job)->st));
}

static void
unlink_work(struct job *job)
{
	op_result(op_of(job), unlink(op_of(job)->path));
}

static void
rename_work(struct job *job)
{
	op_result(op_of(job), rename(op_of(job)->path, op_of(job)->path2));
}

static void
link_work(struct job *job)
{
	op_result(op_of(job), link(op_of(job)->path, op_of(job)->path2));
}

static void
mkdir_work(struct job *job)
{
	op_result(op_of(job), mkdir(op_of(job)->path, op_of(job)->mode));
}

static void
rmdir_work(struct job *job)
{
	op_result(op_of(job), rmdir(op_of(job)->path));
}

/* 0 or -1 with errno. */
static int
dir_add(struct fs_op *op, const char *name)
{
	size_t size = op->dir.size > 0 ? 2 * op->dir.size : 64;
	char **names;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (op->dir.n == op->dir.size) {
		names = reallocarray(op->dir.names, size, sizeof(*names));
		if (names == NULL)
			return -1;
		op->dir.names = names;
		op->dir.size = size;
	}
	op->dir.names[op->dir.n] = strdup(name);
	if (op->dir.names[op->dir.n] == NULL)
		return -1;
	op->dir.n++;
	return 0;
}

static void
readdir_work(struct job *job)
{
	struct fs_op *op = op_of(job);
	DIR *dir = opendir(op->path);
	struct dirent *entry = NULL;

	if (dir != NULL) {
		do
			errno = 0;
		while ((entry = readdir(dir)) != NULL && dir_add(op, entry->d_name) == 0);
	}
	op->err = errno != 0 ? EDDY_ERRNO(errno) : 0;
	if (dir != NULL)
		closedir(dir);
}

/* Back on the loop ---------------------------------------------------------------- */

static void
plain_report(struct fs_op *op)
{
	op->cb.plain(op->err, op->arg);
}

static void
open_report(struct fs_op *op)
{
	op->cb.open(op->err, op->err == 0 ? op->open.file->handle : NULL, op->arg);
}

static void
io_report(struct fs_op *op)
{
	op->cb.io(op->err, op->io.done, op->arg);
}

static void
stat_report(struct fs_op *op)
{
	op->cb.stat(op->err, op->err == 0 ? &op->st : NULL, op->arg);
}

static void
readdir_report(struct fs_op *op)
{
	bool ok = op->err == 0;

	op->cb.readdir(op->err, ok ? (const char *const *)op->dir.names : NULL, ok ? op->dir.n : 0,
		       op->arg);
}

/* One that is to be opened. NULL: no memory. */
static struct file *
file_new(struct worker *worker)
{
	struct file *file = malloc(sizeof(*file));

	if (file == NULL)
		return NULL;
	file_init(file, &worker->threads, -1);
	file->handle = handle_new(&worker->files, file);
	if (file->handle == NULL) {
		free(file);
		return NULL;
	}
	return file;
}

static void
file_free(struct worker *worker, struct file *file)
{
	if (file->handle != NULL)
		handle_free(&worker->files, file->handle);
	free(file);
}

static void
op_free(struct fs_op *op)
{
	if (op->report == readdir_report) {
		for (size_t i = 0; i < op->dir.n; i++)
			free(op->dir.names[i]);
		free(op->dir.names);
	}
	free(op);
}

static void
op_done(struct file_job *job)
{
	struct fs_op *op = op_of(&job->job);
	struct worker *worker = op->worker;
	struct file *opened = op->report == open_report ? op->open.file : NULL;

	if (job->job.dropped && job->closes)
		close_work(&job->job);
	else if (job->job.dropped)
		op->err = EDDY_ERRNO(ECANCELED);
	if (op->report != NULL) {
		call_begin(&worker->calls, op->module, SLOT_FS, 0);
		op->report(op);
		call_end(&worker->calls);
	}
	if (opened != NULL && op->err != 0)
		file_free(worker, opened);
	if (job->closes)
		file_free(worker, job->file);
	op_free(op);
}

static void
path_done(struct job *job)
{
	op_done(&op_of(job)->job);
}

/* The module's side --------------------------------------------------------------- */

/*
 * A new operation, with copies of the paths (NULL: none). *error: 0, or what the function returns.
 */
static struct fs_op *
op_new(void (*work)(struct job *job), const char *path, const char *path2, int *error)
{
	struct worker *worker = worker_self;
	size_t n = path != NULL ? strlen(path) + 1 : 0, n2 = path2 != NULL ? strlen(path2) + 1 : 0;
	struct fs_op *op;

	*error = worker->threads.stopped ? EDDY_ECLOSED : EDDY_ENOMEM;
	op = worker->threads.stopped ? NULL : malloc(sizeof(*op) + n + n2);
	if (op == NULL)
		return NULL;
	memset(op, 0, sizeof(*op));
	op->job.job.work = work;
	op->job.done = op_done;
	op->worker = worker;
	op->module = worker->calls.running;
	if (n > 0)
		memcpy(op->path, path, n);
	op->path2 = op->path + n;
	if (n2 > 0)
		memcpy(op->path2, path2, n2);
	*error = 0;
	return op;
}

/* Gives it to the threads. 0 or EDDY_ENOMEM: it has been freed. */
static int
op_post(struct fs_op *op, struct file *file)
{
	int error;

	op->job.job.done = path_done;
	error = file != NULL ? file_post(file, &op->job)
			     : threads_post(&op->worker->threads, &op->job.job);
	if (error == 0)
		return 0;
	op_free(op);
	return EDDY_ENOMEM;
}

/* An operation on an open file, or NULL and the error. */
static struct fs_op *
op_on(eddy_file *handle, void (*work)(struct job *job), const char *what, struct file **file,
      int *error)
{
	*file = api_find(&worker_self->files, handle, what);
	if (*file == NULL || (*file)->fd < 0) {
		*error = api_error(handle, HANDLE_FILE);
		if (*error == EDDY_ECLOSED) /* nobody but the module can have closed it */
			api_misuse(EDDY_ECLOSED, what);
		return NULL;
	}
	return op_new(work, NULL, NULL, error);
}

/* One whose callback is told nothing but the error; cb may be NULL. */
static int
op_plain(struct fs_op *op, struct file *file, void (*cb)(int err, void *arg), void *arg)
{
	op->report = cb != NULL ? plain_report : NULL;
	op->cb.plain = cb;
	op->arg = arg;
	return op_post(op, file);
}

static int
path_op(void (*work)(struct job *job), const char *path, const char *path2, mode_t mode,
	void (*cb)(int err, void *arg), void *arg)
{
	struct fs_op *op;
	int error;

	op = op_new(work, path, path2, &error);
	if (op == NULL)
		return error;
	op->mode = mode;
	return op_plain(op, NULL, cb, arg);
}

int
eddy_fs_open(const char *path, int flags, mode_t mode,
	     void (*cb)(int err, eddy_file *file, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error = api_check(path != NULL && cb != NULL, __func__);

	if (error != 0)
		return error;
	op = op_new(open_work, path, NULL, &error);
	if (op == NULL)
		return error;
	file = file_new(worker_self);
	if (file == NULL) {
		op_free(op);
		return EDDY_ENOMEM;
	}
	op->report = open_report;
	op->cb.open = cb;
	op->arg = arg;
	op->open.file = file;
	op->open.flags = flags;
	op->mode = mode;
	error = op_post(op, NULL);
	if (error != 0)
		file_free(worker_self, file);
	return error;
}

static int
file_io(eddy_file *handle, void (*work)(struct job *job), const char *what, void *buf, size_t n,
	int64_t position, void (*cb)(int err, size_t n, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error = api_check(cb != NULL && (buf != NULL || n == 0) && n <= SSIZE_MAX, what);

	if (error != 0)
		return error;
	op = op_on(handle, work, what, &file, &error);
	if (op == NULL)
		return error;
	op->report = io_report;
	op->cb.io = cb;
	op->arg = arg;
	op->io.buf = buf;
	op->io.n = n;
	op->io.position = position;
	return op_post(op, file);
}

int
eddy_fs_read(eddy_file *file, void *buf, size_t n, int64_t position,
	     void (*cb)(int err, size_t n, void *arg), void *arg)
{
	return file_io(file, read_work, __func__, buf, n, position, cb, arg);
}

int
eddy_fs_write(eddy_file *file, const void *buf, size_t n, int64_t position,
	      void (*cb)(int err, size_t n, void *arg), void *arg)
{
	return file_io(file, write_work, __func__, (void *)(uintptr_t)buf, n, position, cb, arg);
}

int
eddy_fs_close(eddy_file *handle, void (*cb)(int err, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error;

	op = op_on(handle, close_work, __func__, &file, &error);
	if (op == NULL)
		return error;
	op->job.closes = true;
	error = op_plain(op, file, cb, arg);
	if (error != 0)
		return error;
	handle_free(&worker_self->files, file->handle);
	file->handle = NULL;
	return 0;
}

int
eddy_fs_fsync(eddy_file *handle, void (*cb)(int err, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error;

	op = op_on(handle, fsync_work, __func__, &file, &error);
	return op != NULL ? op_plain(op, file, cb, arg) : error;
}

static int
op_stat(struct fs_op *op, struct file *file, void (*cb)(int err, const struct stat *st, void *arg),
	void *arg)
{
	op->report = stat_report;
	op->cb.stat = cb;
	op->arg = arg;
	return op_post(op, file);
}

int
eddy_fs_stat(const char *path, void (*cb)(int err, const struct stat *st, void *arg), void *arg)
{
	struct fs_op *op;
	int error = api_check(path != NULL && cb != NULL, __func__);

	if (error != 0)
		return error;
	op = op_new(stat_work, path, NULL, &error);
	return op != NULL ? op_stat(op, NULL, cb, arg) : error;
}

int
eddy_fs_fstat(eddy_file *handle, void (*cb)(int err, const struct stat *st, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error = api_check(cb != NULL, __func__);

	if (error != 0)
		return error;
	op = op_on(handle, fstat_work, __func__, &file, &error);
	return op != NULL ? op_stat(op, file, cb, arg) : error;
}

int
eddy_fs_unlink(const char *path, void (*cb)(int err, void *arg), void *arg)
{
	int error = api_check(path != NULL, __func__);

	if (error != 0)
		return error;
	return path_op(unlink_work, path, NULL, 0, cb, arg);
}

int
eddy_fs_rename(const char *from, const char *to, void (*cb)(int err, void *arg), void *arg)
{
	int error = api_check(from != NULL && to != NULL, __func__);

	if (error != 0)
		return error;
	return path_op(rename_work, from, to, 0, cb, arg);
}

int
eddy_fs_link(const char *path, const char *new_path, void (*cb)(int err, void *arg), void *arg)
{
	int error = api_check(path != NULL && new_path != NULL, __func__);

	if (error != 0)
		return error;
	return path_op(link_work, path, new_path, 0, cb, arg);
}

int
eddy_fs_mkdir(const char *path, mode_t mode, void (*cb)(int err, void *arg), void *arg)
{
	int error = api_check(path != NULL, __func__);

	if (error != 0)
		return error;
	return path_op(mkdir_work, path, NULL, mode, cb, arg);
}

int
eddy_fs_rmdir(const char *path, void (*cb)(int err, void *arg), void *arg)
{
	int error = api_check(path != NULL, __func__);

	if (error != 0)
		return error;
	return path_op(rmdir_work, path, NULL, 0, cb, arg);
}

int
eddy_fs_readdir(const char *path,
		void (*cb)(int err, const char *const *names, size_t n, void *arg), void *arg)
{
	struct fs_op *op;
	int error = api_check(path != NULL && cb != NULL, __func__);

	if (error != 0)
		return error;
	op = op_new(readdir_work, path, NULL, &error);
	if (op == NULL)
		return error;
	op->report = readdir_report;
	op->cb.readdir = cb;
	op->arg = arg;
	return op_post(op, NULL);
}

/* What modules have left open; no thread is at work any more. */
void
fs_fini(struct worker *worker)
{
	for (size_t i = 0; i < worker->files.count; i++) {
		struct file *file = worker->files.places[i].object;

		if (!worker->files.places[i].taken)
			continue;
		if (file->fd >= 0)
			close(file->fd);
		file_free(worker, file);
	}
	handles_fini(&worker->files);
}
