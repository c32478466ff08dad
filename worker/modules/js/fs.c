/*
 * Files, for lib/fs/calls.js: what is started and comes back as an event. The threads of eddy's do
 * the waiting. The bytes of a read or a write are the array's own: JavaScript holds it until the
 * event has come.
 */
#include "fs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct call {
	struct js *js;
	double id;
	bool exact; /* int64_t, or bytes, instead of what JavaScript has at hand */
};

/* values -------------------------------------------------------------------------- */

JSValueRef
fs_error(const struct js *js, int number)
{
	return JSValueMakeNumber(js->ctx, -number);
}

/* -errno of what a function of eddy.h says. */
static int
errno_of(int err)
{
	switch (err) {
	case EDDY_ENOMEM:
		return ENOMEM;
	case EDDY_ECLOSED:
		return ECANCELED; /* the worker is at its end */
	case EDDY_EINVAL:
		return EINVAL;
	default:
		return EDDY_ERRNO(0) - err;
	}
}

JSValueRef
fs_text(const struct js *js, const char *text, size_t n, bool raw)
{
	return raw ? js_bytes(js, text, n) : js_text_n(js, text, n);
}

/* n numbers, as JavaScript has them or exactly. */
static JSValueRef
numbers(const struct js *js, const int64_t *values, size_t n, bool exact)
{
	double doubles[32];

	if (exact)
		return js_bytes(js, values, n * sizeof(*values));
	for (size_t i = 0; i < n; i++)
		doubles[i] = (double)values[i];
	return js_bytes(js, doubles, n * sizeof(*doubles));
}

JSValueRef
fs_stat(const struct js *js, const struct stat *st, bool exact)
{
	const int64_t values[] = {
		(int64_t)st->st_dev, st->st_mode,	  (int64_t)st->st_nlink,
		st->st_uid,	     st->st_gid,	  (int64_t)st->st_rdev,
		st->st_blksize,	     (int64_t)st->st_ino, st->st_size,
		st->st_blocks,	     st->st_atim.tv_sec,  st->st_atim.tv_nsec,
		st->st_mtim.tv_sec,  st->st_mtim.tv_nsec, st->st_ctim.tv_sec,
		st->st_ctim.tv_nsec,
	};

	return numbers(js, values, sizeof(values) / sizeof(values[0]), exact);
}

JSValueRef
fs_statfs(const struct js *js, const struct statfs *st, bool exact)
{
	const int64_t values[] = {
		st->f_type,	      st->f_bsize,	     (int64_t)st->f_blocks,
		(int64_t)st->f_bfree, (int64_t)st->f_bavail, (int64_t)st->f_files,
		(int64_t)st->f_ffree,
	};

	return numbers(js, values, sizeof(values) / sizeof(values[0]), exact);
}

struct timespec
fs_time(double seconds)
{
	struct timespec time = {.tv_sec = (time_t)seconds};
	double rest = seconds - (double)time.tv_sec;

	if (rest < 0) { /* before 1970 */
		time.tv_sec--;
		rest += 1;
	}
	time.tv_nsec = (long)(rest * 1e6 + 0.5) * 1000; /* a double has no nanoseconds of today */
	if (time.tv_nsec >= 1000000000) {
		time.tv_sec++;
		time.tv_nsec -= 1000000000;
	}
	return time;
}

int
fs_names_add(struct fs_names *names, unsigned char type, const char *name)
{
	size_t n = strlen(name), size = names->size > 0 ? names->size : 1024;
	char *text;

	while (names->n + n + 2 > size)
		size *= 2;
	if (size > names->size) {
		text = realloc(names->text, size);
		if (text == NULL)
			return -ENOMEM;
		names->text = text;
		names->size = size;
	}
	names->text[names->n] = (char)('0' + type);
	memcpy(names->text + names->n + 1, name, n + 1);
	names->n += n + 2;
	return 0;
}

/* descriptors --------------------------------------------------------------------- */

eddy_file *
fs_file(const struct js *js, int fd)
{
	return fd >= 0 && (size_t)fd < js->nfiles ? js->files[fd] : NULL;
}

/* A descriptor is small: the kernel gives the lowest one that is free. */
int
fs_add(struct js *js, eddy_file *file)
{
	int fd = eddy_fs_fileno(file);
	size_t n = js->nfiles > 0 ? js->nfiles : 64;
	eddy_file **files;

	while (n <= (size_t)fd)
		n *= 2;
	if (n > js->nfiles) {
		files = realloc(js->files, n * sizeof(eddy_file *));
		if (files == NULL) {
			eddy_fs_close(file, NULL, NULL);
			return -ENOMEM;
		}
		memset(files + js->nfiles, 0, (n - js->nfiles) * sizeof(eddy_file *));
		js->files = files;
		js->nfiles = n;
	}
	js->files[fd] = file;
	return 0;
}

/* With the close, not behind it: by then the kernel may have given the number away again. */
void
fs_remove(struct js *js, int fd)
{
	js->files[fd] = NULL;
}

/* events -------------------------------------------------------------------------- */

/* The load has failed, or the engine is gone: nobody waits for it. */
static bool
call_lost(struct call *call)
{
	bool lost = call->js->orphaned;

	if (lost)
		free(call);
	return lost;
}

static void
call_tell(struct call *call, JSValueRef result)
{
	struct js *js = call->js;
	JSValueRef args[2] = {JSValueMakeNumber(js->ctx, call->id), result};

	free(call);
	js->calls--;
	js_dispatch(js, JS_FS, 2, args);
}

static void
call_tell_number(struct call *call, int err, double number)
{
	call_tell(call, JSValueMakeNumber(call->js->ctx, err != 0 ? -errno_of(err) : number));
}

static void
done_plain(int err, void *arg)
{
	if (!call_lost(arg))
		call_tell_number(arg, err, 0);
}

static void
done_io(int err, size_t n, void *arg)
{
	if (!call_lost(arg))
		call_tell_number(arg, err, (double)n);
}

static void
done_open(int err, eddy_file *file, void *arg)
{
	struct call *call = arg;

	if (call_lost(call))
		return;
	if (err == 0 && fs_add(call->js, file) != 0)
		err = EDDY_ENOMEM;
	call_tell_number(call, err, err == 0 ? eddy_fs_fileno(file) : 0);
}

static void
done_stat(int err, const struct stat *st, void *arg)
{
	struct call *call = arg;

	if (!call_lost(call))
		call_tell(call, err == 0 ? fs_stat(call->js, st, call->exact)
					 : fs_error(call->js, errno_of(err)));
}

static void
done_statfs(int err, const struct statfs *st, void *arg)
{
	struct call *call = arg;

	if (!call_lost(call))
		call_tell(call, err == 0 ? fs_statfs(call->js, st, call->exact)
					 : fs_error(call->js, errno_of(err)));
}

static void
done_text(int err, const char *text, void *arg)
{
	struct call *call = arg;

	if (!call_lost(call))
		call_tell(call, err == 0 ? fs_text(call->js, text, strlen(text), call->exact)
					 : fs_error(call->js, errno_of(err)));
}

static void
done_scandir(int err, const eddy_dirent *entries, size_t n, void *arg)
{
	struct fs_names names = {0};
	struct call *call = arg;

	if (call_lost(call))
		return;
	for (size_t i = 0; err == 0 && i < n; i++)
		if (fs_names_add(&names, entries[i].type, entries[i].name) != 0)
			err = EDDY_ENOMEM;
	call_tell(call, err == 0 ? fs_text(call->js, names.text, names.n, call->exact)
				 : fs_error(call->js, errno_of(err)));
	free(names.text);
}

/* calls --------------------------------------------------------------------------- */

/* read and write: n bytes of the array from `offset` on. */
static int
io_start(eddy_file *file, const struct fs_args *args, struct call *call)
{
	size_t offset = (size_t)args->n[0], length;

	if (args->bytes == NULL || offset > args->bytes_n)
		return EDDY_EINVAL;
	length = args->bytes_n - offset;
	if (args->n[1] < (double)length)
		length = (size_t)args->n[1];
	if (args->number == FS_READ)
		return eddy_fs_read(file, args->bytes + offset, length, (int64_t)args->n[2],
				    done_io, call);
	return eddy_fs_write(file, args->bytes + offset, length, (int64_t)args->n[2], done_io,
			     call);
}

static int
close_start(struct js *js, eddy_file *file, int fd, struct call *call)
{
	int err = eddy_fs_close(file, done_plain, call);

	if (err == 0)
		fs_remove(js, fd);
	return err;
}

static int
file_start(struct js *js, const struct fs_args *args, struct call *call)
{
	const struct timespec times[2] = {fs_time(args->n[0]), fs_time(args->n[1])};
	eddy_file *file = fs_file(js, args->fd);

	if (file == NULL)
		return EDDY_ERRNO(EBADF);
	switch (args->number) {
	case FS_CLOSE:
		return close_start(js, file, args->fd, call);
	case FS_READ:
	case FS_WRITE:
		return io_start(file, args, call);
	case FS_FSYNC:
		return eddy_fs_fsync(file, done_plain, call);
	case FS_FDATASYNC:
		return eddy_fs_fdatasync(file, done_plain, call);
	case FS_FSTAT:
		return eddy_fs_fstat(file, done_stat, call);
	case FS_FTRUNCATE:
		return eddy_fs_ftruncate(file, (int64_t)args->n[0], done_plain, call);
	case FS_FCHMOD:
		return eddy_fs_fchmod(file, (mode_t)args->n[0], done_plain, call);
	case FS_FCHOWN:
		return eddy_fs_fchown(file, (uid_t)(int64_t)args->n[0], (gid_t)(int64_t)args->n[1],
				      done_plain, call);
	default:
		return eddy_fs_futimens(file, times, done_plain, call);
	}
}

/* The facts of a path, and what sets them. */
static int
facts_start(const struct fs_args *args, struct call *call)
{
	const struct timespec times[2] = {fs_time(args->n[0]), fs_time(args->n[1])};
	uid_t uid = (uid_t)(int64_t)args->n[0];
	gid_t gid = (gid_t)(int64_t)args->n[1];

	switch (args->number) {
	case FS_STAT:
		return eddy_fs_stat(args->path, done_stat, call);
	case FS_LSTAT:
		return eddy_fs_lstat(args->path, done_stat, call);
	case FS_STATFS:
		return eddy_fs_statfs(args->path, done_statfs, call);
	case FS_ACCESS:
		return eddy_fs_access(args->path, (int)args->n[0], done_plain, call);
	case FS_CHMOD:
		return eddy_fs_chmod(args->path, (mode_t)args->n[0], done_plain, call);
	case FS_CHOWN:
		return eddy_fs_chown(args->path, uid, gid, done_plain, call);
	case FS_LCHOWN:
		return eddy_fs_lchown(args->path, uid, gid, done_plain, call);
	case FS_UTIMES:
		return eddy_fs_utimens(args->path, times, done_plain, call);
	default:
		return eddy_fs_lutimens(args->path, times, done_plain, call);
	}
}

static int
path_start(const struct fs_args *args, struct call *call)
{
	switch (args->number) {
	case FS_OPEN:
		return eddy_fs_open(args->path, (int)args->n[0], (mode_t)args->n[1], done_open,
				    call);
	case FS_UNLINK:
		return eddy_fs_unlink(args->path, done_plain, call);
	case FS_RENAME:
		return eddy_fs_rename(args->path, args->path2, done_plain, call);
	case FS_LINK:
		return eddy_fs_link(args->path, args->path2, done_plain, call);
	case FS_SYMLINK:
		return eddy_fs_symlink(args->path, args->path2, done_plain, call);
	case FS_MKDIR:
		return eddy_fs_mkdir(args->path, (mode_t)args->n[0], done_plain, call);
	case FS_RMDIR:
		return eddy_fs_rmdir(args->path, done_plain, call);
	case FS_READLINK:
		return eddy_fs_readlink(args->path, done_text, call);
	case FS_REALPATH:
		return eddy_fs_realpath(args->path, done_text, call);
	case FS_MKDTEMP:
		return eddy_fs_mkdtemp(args->path, done_text, call);
	case FS_SCANDIR:
		return eddy_fs_scandir(args->path, done_scandir, call);
	default:
		return facts_start(args, call);
	}
}

/* arguments ----------------------------------------------------------------------- */

/* A path: a string, or bytes. NULL: no memory. */
static char *
path_arg(const struct js *js, JSValueRef value)
{
	const char *p;
	char *owned;
	size_t n;

	if (!js_bytes_of(js, value, &p, &n, &owned))
		return NULL;
	return owned != NULL ? owned : strndup(p, n); /* a string's is its own already */
}

static bool
takes_two_paths(enum fs_number number)
{
	return number == FS_RENAME || number == FS_LINK || number == FS_SYMLINK;
}

static bool
takes_bytes(enum fs_number number)
{
	return number == FS_READ || number == FS_WRITE;
}

/* False: no memory, or what the libraries would not give. */
static bool
args_init(const struct js *js, struct fs_args *args, size_t argc, const JSValueRef argv[])
{
	const char *bytes = NULL;
	char *owned = NULL;
	bool good = true;

	*args = (struct fs_args){.fd = -1};
	args->number = (enum fs_number)js_number(js, js_arg(js, argc, argv, 0), FS_NUMBERS);
	args->id = js_number(js, js_arg(js, argc, argv, 1), 0);
	for (size_t i = 0; i < 3; i++)
		args->n[i] = js_number(js, js_arg(js, argc, argv, 4 + i), 0);
	if (args->number < FS_OPEN)
		args->fd = js_int(js, js_arg(js, argc, argv, 2), -1);
	else
		good = (args->path = path_arg(js, js_arg(js, argc, argv, 2))) != NULL;
	if (good && takes_two_paths(args->number))
		good = (args->path2 = path_arg(js, js_arg(js, argc, argv, 3))) != NULL;
	if (good && takes_bytes(args->number))
		good = js_bytes_of(js, js_arg(js, argc, argv, 3), &bytes, &args->bytes_n, &owned) &&
		       owned == NULL;
	args->bytes = (char *)(uintptr_t)bytes;
	free(owned);
	return good && args->number < FS_NUMBERS;
}

static void
args_fini(struct fs_args *args)
{
	free(args->path);
	free(args->path2);
}

/* fsStart(number, id, …): 0, or -errno, and there will be no event. */
static JSValueRef
fs_start(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct call *call = malloc(sizeof(*call));
	int err = EDDY_ENOMEM;
	struct fs_args args;

	(void)exception;
	if (args_init(js, &args, argc, argv) && call != NULL) {
		*call = (struct call){.js = js, .id = args.id, .exact = args.n[0] != 0};
		err = args.number < FS_OPEN ? file_start(js, &args, call) : path_start(&args, call);
	}
	args_fini(&args);
	if (err == 0)
		js->calls++;
	else
		free(call);
	return JSValueMakeNumber(js->ctx, err != 0 ? -errno_of(err) : 0);
}

/* fsNow(number, -, …): the result; undefined when the script has been loaded. */
static JSValueRef
fs_at_once(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	struct fs_args args;
	JSValueRef result;

	(void)exception;
	if (!js->loading)
		return js_undefined(js);
	result = args_init(js, &args, argc, argv) ? fs_now(js, &args) : fs_error(js, ENOMEM);
	args_fini(&args);
	return result;
}

/* The files that are open eddy closes. */
void
js_fs_fini(struct js *js)
{
	free(js->files);
}

const struct js_binding js_fs_bindings[] = {
	{"fsStart", fs_start},
	{"fsNow", fs_at_once},
	{NULL, NULL},
};
