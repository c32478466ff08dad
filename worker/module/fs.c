/*
 * The fs functions of eddy.h: each is one operation that a thread carries out and the loop reports.
 * Here is what all of them have in common, and what is done with open files; fs_path.c has the rest.
 *
 * An operation remembers the module that asked for it, so that its callback is charged to that one.
 * What a module has of a file is a handle of loop/handle.h: one that has been closed is found out.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "module/fs.h"
#include "worker.h"

void
fs_op_result(struct fs_op *op, int result)
{
	op->err = result < 0 ? EDDY_ERRNO(errno) : 0;
}

/* On a thread --------------------------------------------------------------------- */

static void
open_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);
	int fd;

	do
		fd = open(op->path, op->open.flags | O_CLOEXEC, op->mode);
	while (fd < 0 && errno == EINTR);
	fs_op_result(op, fd);
	op->open.file->fd = fd;
}

/* Linux gives the descriptor up in any case, also with EINTR. */
static void
close_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);

	fs_op_result(op, close(op->job.file->fd));
	if (op->err == EDDY_ERRNO(EINTR))
		op->err = 0;
	op->job.file->fd = -1;
}

static void
read_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);
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
	struct fs_op *op = fs_op_of(job);
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
	fs_op_result(fs_op_of(job), fsync(fs_op_of(job)->job.file->fd));
}

static void
fdatasync_work(struct job *job)
{
	fs_op_result(fs_op_of(job), fdatasync(fs_op_of(job)->job.file->fd));
}

static void
ftruncate_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);
	int result;

	do
		result = ftruncate(op->job.file->fd, op->length);
	while (result < 0 && errno == EINTR);
	fs_op_result(op, result);
}

static void
fchmod_work(struct job *job)
{
	fs_op_result(fs_op_of(job), fchmod(fs_op_of(job)->job.file->fd, fs_op_of(job)->mode));
}

static void
fchown_work(struct job *job)
{
	struct fs_op *op = fs_op_of(job);

	fs_op_result(op, fchown(op->job.file->fd, op->owner.uid, op->owner.gid));
}

static void
futimens_work(struct job *job)
{
	fs_op_result(fs_op_of(job), futimens(fs_op_of(job)->job.file->fd, fs_op_of(job)->times));
}

static void
fstat_work(struct job *job)
{
	fs_op_result(fs_op_of(job), fstat(fs_op_of(job)->job.file->fd, &fs_op_of(job)->st));
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
	if (op->fini != NULL)
		op->fini(op);
	free(op);
}

static void
op_done(struct file_job *job)
{
	struct fs_op *op = fs_op_of(&job->job);
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
	op_done(&fs_op_of(job)->job);
}

/* The module's side --------------------------------------------------------------- */

struct fs_op *
fs_op_new(void (*work)(struct job *job), const char *path, const char *path2, int *error)
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

int
fs_op_post(struct fs_op *op, struct file *file)
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

struct fs_op *
fs_op_on(eddy_file *handle, void (*work)(struct job *job), const char *what, struct file **file,
	 int *error)
{
	*file = api_find(&worker_self->files, handle, what);
	if (*file == NULL || (*file)->fd < 0) {
		*error = api_error(handle, HANDLE_FILE);
		if (*error == EDDY_ECLOSED) /* nobody but the module can have closed it */
			api_misuse(EDDY_ECLOSED, what);
		return NULL;
	}
	return fs_op_new(work, NULL, NULL, error);
}

int
fs_op_plain(struct fs_op *op, struct file *file, void (*cb)(int err, void *arg), void *arg)
{
	op->report = cb != NULL ? plain_report : NULL;
	op->cb.plain = cb;
	op->arg = arg;
	return fs_op_post(op, file);
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
	op = fs_op_new(open_work, path, NULL, &error);
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
	error = fs_op_post(op, NULL);
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
	op = fs_op_on(handle, work, what, &file, &error);
	if (op == NULL)
		return error;
	op->report = io_report;
	op->cb.io = cb;
	op->arg = arg;
	op->io.buf = buf;
	op->io.n = n;
	op->io.position = position;
	return fs_op_post(op, file);
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

	op = fs_op_on(handle, close_work, __func__, &file, &error);
	if (op == NULL)
		return error;
	op->job.closes = true;
	error = fs_op_plain(op, file, cb, arg);
	if (error != 0)
		return error;
	handle_free(&worker_self->files, file->handle);
	file->handle = NULL;
	return 0;
}

eddy_file *
eddy_fs_fdopen(int fd)
{
	struct file *file;

	if (api_check(fd >= 0, __func__) != 0 || worker_self->threads.stopped)
		return NULL;
	file = file_new(worker_self);
	if (file == NULL)
		return NULL;
	file->fd = fd;
	return file->handle;
}

int
eddy_fs_fileno(eddy_file *handle)
{
	struct file *file = api_find(&worker_self->files, handle, __func__);

	if (file == NULL || file->fd < 0)
		return api_error(handle, HANDLE_FILE);
	return file->fd;
}

int
eddy_fs_fsync(eddy_file *handle, void (*cb)(int err, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error;

	op = fs_op_on(handle, fsync_work, __func__, &file, &error);
	return op != NULL ? fs_op_plain(op, file, cb, arg) : error;
}

int
eddy_fs_fdatasync(eddy_file *handle, void (*cb)(int err, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error;

	op = fs_op_on(handle, fdatasync_work, __func__, &file, &error);
	return op != NULL ? fs_op_plain(op, file, cb, arg) : error;
}

int
eddy_fs_ftruncate(eddy_file *handle, int64_t length, void (*cb)(int err, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error;

	op = fs_op_on(handle, ftruncate_work, __func__, &file, &error);
	if (op == NULL)
		return error;
	op->length = length;
	return fs_op_plain(op, file, cb, arg);
}

int
eddy_fs_fchmod(eddy_file *handle, mode_t mode, void (*cb)(int err, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error;

	op = fs_op_on(handle, fchmod_work, __func__, &file, &error);
	if (op == NULL)
		return error;
	op->mode = mode;
	return fs_op_plain(op, file, cb, arg);
}

int
eddy_fs_fchown(eddy_file *handle, uid_t uid, gid_t gid, void (*cb)(int err, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error;

	op = fs_op_on(handle, fchown_work, __func__, &file, &error);
	if (op == NULL)
		return error;
	op->owner.uid = uid;
	op->owner.gid = gid;
	return fs_op_plain(op, file, cb, arg);
}

int
eddy_fs_futimens(eddy_file *handle, const struct timespec times[2], void (*cb)(int err, void *arg),
		 void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error = api_check(times != NULL, __func__);

	if (error != 0)
		return error;
	op = fs_op_on(handle, futimens_work, __func__, &file, &error);
	if (op == NULL)
		return error;
	memcpy(op->times, times, sizeof(op->times));
	return fs_op_plain(op, file, cb, arg);
}

int
fs_op_stat(struct fs_op *op, struct file *file,
	   void (*cb)(int err, const struct stat *st, void *arg), void *arg)
{
	op->report = stat_report;
	op->cb.stat = cb;
	op->arg = arg;
	return fs_op_post(op, file);
}

int
eddy_fs_fstat(eddy_file *handle, void (*cb)(int err, const struct stat *st, void *arg), void *arg)
{
	struct file *file;
	struct fs_op *op;
	int error = api_check(cb != NULL, __func__);

	if (error != 0)
		return error;
	op = fs_op_on(handle, fstat_work, __func__, &file, &error);
	return op != NULL ? fs_op_stat(op, file, cb, arg) : error;
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
