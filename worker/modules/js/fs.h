/*
 * Files, as lib/fs/calls.js asks for them: one call is one operation, on a path or on a descriptor
 * that this module has opened. It is started, and its result comes as an event (fs.c); or, while
 * the script loads, it is made at once (fs_now.c). Both give the same results:
 *
 *	a number below 0	-errno
 *	a number		a descriptor, how many bytes; 0 where there is nothing to say
 *	a string or bytes	a path; names, each with its type before it and "\0" behind
 *	bytes			the numbers of a struct stat or statfs
 */
#ifndef JS_FS_H
#define JS_FS_H

#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "js.h"

/* lib/fs/calls.js has the same numbers. */
enum fs_number {
	/* of a descriptor */
	FS_CLOSE,
	FS_READ,  /* bytes, offset, length, position */
	FS_WRITE, /* the same */
	FS_FSYNC,
	FS_FDATASYNC,
	FS_FSTAT,     /* -, whether in int64_t */
	FS_FTRUNCATE, /* -, length */
	FS_FCHMOD,    /* -, mode */
	FS_FCHOWN,    /* -, uid, gid */
	FS_FUTIMES,   /* -, seconds of the access, of the change */
	/* of a path */
	FS_OPEN, /* -, flags, mode */
	FS_STAT, /* -, whether in int64_t */
	FS_LSTAT,
	FS_STATFS,
	FS_ACCESS, /* -, mode */
	FS_CHMOD,  /* -, mode */
	FS_CHOWN,  /* -, uid, gid */
	FS_LCHOWN,
	FS_UTIMES, /* -, seconds of the access, of the change */
	FS_LUTIMES,
	FS_UNLINK,
	FS_RENAME, /* the other path */
	FS_LINK,
	FS_SYMLINK,
	FS_MKDIR, /* -, mode */
	FS_RMDIR,
	FS_READLINK, /* -, whether in bytes */
	FS_REALPATH,
	FS_MKDTEMP,
	FS_SCANDIR,
	FS_NUMBERS,
};

/* What JavaScript has given: (number, id, path or descriptor, path or bytes, number, …). */
struct fs_args {
	enum fs_number number;
	double id;
	char *path, *path2; /* to be freed; NULL: none */
	int fd;
	char *bytes; /* of the array that JavaScript holds on to until the call is done */
	size_t bytes_n;
	double n[3];
};

JSValueRef fs_error(const struct js *js, int number);
/* A path; in bytes if `raw`, or as far as it is UTF-8. */
JSValueRef fs_text(const struct js *js, const char *text, size_t n, bool raw);
JSValueRef fs_stat(const struct js *js, const struct stat *st, bool exact);
JSValueRef fs_statfs(const struct js *js, const struct statfs *st, bool exact);
struct timespec fs_time(double seconds);

/* The part of a text that is being made of a folder's entries. 0 or -ENOMEM. */
struct fs_names {
	char *text;
	size_t n, size;
};
int fs_names_add(struct fs_names *names, unsigned char type, const char *name);

/* What is behind a descriptor; NULL: it is none of this module's. */
eddy_file *fs_file(const struct js *js, int fd);
/* Takes a descriptor in; 0 or -ENOMEM, and it has been closed. */
int fs_add(struct js *js, eddy_file *file);
void fs_remove(struct js *js, int fd);

/* fs_now.c */
JSValueRef fs_now(struct js *js, const struct fs_args *args);

#endif
