/*
 * What the files of the fs functions share: an operation, from the module's call to its callback.
 *
 * One file has what is done with an open file (fs.c), one what is done with paths (fs_path.c).
 * Each makes an operation, fills in what its work needs, says who reports, and posts it:
 *
 *	fs_op_new, fs_op_on ---> fs_op_post ---> work, on a thread ---> report, on the loop
 */
#ifndef EDDY_MODULE_FS_H
#define EDDY_MODULE_FS_H

#include <sys/stat.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <time.h>

#include "eddy.h"
#include "loop/file.h"

struct worker;

struct fs_op {
	struct file_job job; /* first */
	struct worker *worker;
	struct eddy_module *module;
	void (*report)(struct fs_op *op); /* calls cb; NULL: there is none */
	void (*fini)(struct fs_op *op);	  /* frees what the work has made; NULL: nothing */
	union {
		void (*plain)(int err, void *arg);
		void (*open)(int err, eddy_file *file, void *arg);
		void (*io)(int err, size_t n, void *arg);
		void (*stat)(int err, const struct stat *st, void *arg);
		void (*statfs)(int err, const struct statfs *st, void *arg);
		void (*text)(int err, const char *text, void *arg);
		void (*readdir)(int err, const char *const *names, size_t n, void *arg);
		void (*scandir)(int err, const eddy_dirent *entries, size_t n, void *arg);
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
		struct {
			uid_t uid;
			gid_t gid;
		} owner;
		struct timespec times[2]; /* of access and of change */
		int64_t length;
		int access;
		struct stat st;
		struct statfs statfs;
		char *text; /* the answer; to be freed */
		struct {
			eddy_dirent *entries;
			const char **names; /* the same, for who asks for these only */
			size_t n, size;
		} dir;
	};
	mode_t mode;
	char *path2; /* the other one, of rename, link and symlink; behind the first */
	char path[];
};

static inline struct fs_op *
fs_op_of(struct job *job)
{
	return (struct fs_op *)(void *)job;
}

/* What a system call has returned: 0 or more, or -1 and errno. */
void fs_op_result(struct fs_op *op, int result);

/*
 * A new operation, with copies of the paths (NULL: none). *error: 0, or what the function returns.
 */
struct fs_op *fs_op_new(void (*work)(struct job *job), const char *path, const char *path2,
			int *error);
/* An operation on an open file; NULL and *error: it is none. `what`: the function's name. */
struct fs_op *fs_op_on(eddy_file *handle, void (*work)(struct job *job), const char *what,
		       struct file **file, int *error);
/* Gives it to the threads. 0 or EDDY_ENOMEM: it has been freed. */
int fs_op_post(struct fs_op *op, struct file *file);

/* The same, for those whose callback is told nothing but the error, or a struct stat. */
int fs_op_plain(struct fs_op *op, struct file *file, void (*cb)(int err, void *arg), void *arg);
int fs_op_stat(struct fs_op *op, struct file *file,
	       void (*cb)(int err, const struct stat *st, void *arg), void *arg);

#endif
