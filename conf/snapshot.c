/*
 * The conf file and all that it includes, read once.
 *
 * Everything after this works on these bytes: an editor that saves while the daemon reloads cannot
 * make the master and its workers see different confs. Handing over is by a sealed memfd, so that
 * the bytes cannot change either.
 */
#include "conf/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/private.h"

#define FILE_MAX_BYTES (1 << 20) /* a conf of a thousand routes has a tenth of that */
#define FILES_MAX 1000
#define DEPTH_MAX 16		     /* includes inside of includes */
#define SNAPSHOT_MAX_BYTES (1 << 30) /* FILES_MAX files of FILE_MAX_BYTES and their names fit */
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* A file by what it is, since one file can have many names. */
struct identity {
	dev_t dev;
	ino_t ino;
};

struct reader {
	struct conf_snapshot *snapshot;
	struct conf_errors *errors;
	struct identity *identities; /* of snapshot->files */
	const struct identity
		*open[DEPTH_MAX]; /* of the files that are being read, the main file first */
	size_t depth;
	int rc;
};

/* The memfd: this, and then for each file a struct packed_file, its name, and its bytes. */
struct packed {
	char magic[8];
	uint32_t files;
	uint32_t reserved;
};

struct packed_file {
	uint32_t name_bytes;
	uint32_t bytes;
};

static const char packed_magic[8] = "eddyconf";

/* reading files -------------------------------------------------------------------------------- */

static struct conf_file *
file_add(struct reader *reader, const char *name)
{
	struct conf_snapshot *snapshot = reader->snapshot;
	struct conf_file *files =
		reallocarray(snapshot->files, snapshot->count + 1, sizeof(*files));
	struct identity *identities =
		reallocarray(reader->identities, snapshot->count + 1, sizeof(*identities));

	if (files)
		snapshot->files = files;
	if (identities)
		reader->identities = identities;
	if (!files || !identities)
		return NULL;
	identities[snapshot->count] = (struct identity){0};
	files[snapshot->count] = (struct conf_file){.name = strdup(name)};
	if (!files[snapshot->count].name)
		return NULL;
	return &files[snapshot->count++];
}

/* NULL, or why this is not read. Opening must not wait: a FIFO would. */
static const char *
file_open(const char *name, int *fd, struct stat *st)
{
	*fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0 && errno == EACCES)
		return "Permission denied: whoever runs eddyd may not read it, or not enter a "
		       "folder "
		       "above it";
	if (*fd < 0)
		return strerror(errno);
	if (fstat(*fd, st) < 0)
		return strerror(errno);
	if (S_ISDIR(st->st_mode))
		return "this is a directory, not a file";
	if (!S_ISREG(st->st_mode))
		return "this is not a regular file";
	if (st->st_size > FILE_MAX_BYTES)
		return "this is larger than 1 MiB: is it a conf file?";
	return NULL;
}

/* Up to `size` bytes, however many reads it takes; a NUL comes after them. How many, or -errno. */
static ssize_t
fd_read(int fd, char *bytes, size_t size)
{
	size_t have = 0;
	ssize_t n;

	while (have < size) {
		n = pread(fd, bytes + have, size - have, (off_t)have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	bytes[have] = '\0';
	return (ssize_t)have;
}

/* What stands at `where` (NULL: the main file is meant) names a file that cannot be read. */
static void
file_refuse(struct reader *reader, const char *name, const struct conf_where *where,
	    const char *why)
{
	if (where)
		conf_errors_add(reader->errors, *where, "include(\"%s\"): %s", name, why);
	else
		conf_errors_add(reader->errors, (struct conf_where){name, 0}, "%s", why);
	reader->rc = -1;
}

static bool
identity_is(const struct identity *identity, const struct stat *st)
{
	return identity->dev == st->st_dev && identity->ino == st->st_ino && st->st_ino;
}

/* NULL, or why the file must not be read again. */
static const char *
file_again(struct reader *reader, const struct stat *st)
{
	for (size_t i = 0; i < reader->depth; i++)
		if (identity_is(reader->open[i], st))
			return "this makes a cycle: the file includes itself";
	for (size_t i = 0; i < reader->snapshot->count; i++)
		if (identity_is(&reader->identities[i], st))
			return "the file is included already";
	return NULL;
}

static int
file_fill(struct reader *reader, const char *name, int fd, const struct stat *st,
	  const struct conf_where *where)
{
	struct conf_file *file = file_add(reader, name);
	ssize_t n;

	if (!file)
		return -ENOMEM;
	reader->identities[file - reader->snapshot->files] =
		(struct identity){st->st_dev, st->st_ino};
	/* one byte more than there were: a file that grows meanwhile is not cut off unnoticed */
	file->bytes = calloc(1, (size_t)st->st_size + 2);
	if (!file->bytes)
		return -ENOMEM;
	n = fd_read(fd, file->bytes, (size_t)st->st_size + 1);
	if (n < 0 || n > st->st_size) {
		file_refuse(reader, name, where,
			    n < 0 ? strerror((int)-n) : "the file is being written");
		file->bytes[0] = '\0';
		return 0;
	}
	file->size = (size_t)n;
	return 0;
}

static int file_read(struct reader *reader, const char *name, const struct conf_where *where);

/* includes ------------------------------------------------------------------------------------- */

/*
 * glob(3) asks whether to go on when a directory cannot be read; one that is not there just matches
 * nothing.
 */
static int
glob_stop(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

static int
name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In the order of bytes, which is the same in every locale. */
static int
pattern_read(struct reader *reader, const char *pattern, const struct conf_where *where)
{
	glob_t found = {0};
	int rc;

	if (!strpbrk(pattern, "*?["))
		return file_read(reader, pattern, where);
	rc = glob(pattern, GLOB_NOSORT, glob_stop, &found);
	if (rc == GLOB_ABORTED)
		file_refuse(reader, pattern, where, strerror(errno));
	if (rc != 0) {
		globfree(&found);
		return rc == GLOB_NOSPACE ? -ENOMEM : 0;
	}
	qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv), name_compare);
	for (size_t i = 0; i < found.gl_pathc && rc == 0; i++)
		rc = file_read(reader, found.gl_pathv[i], where);
	globfree(&found);
	return rc;
}

/* `pattern` from the folder of the file that says it. */
static int
include_read(struct reader *reader, const char *pattern, const struct conf_where *where)
{
	const char *slash = strrchr(where->file, '/');
	char *path;
	int rc;

	if (!pattern[0]) {
		file_refuse(reader, pattern, where,
			    "give a file or pattern, such as \"conf.d/*.conf\"");
		return 0;
	}
	if (pattern[0] == '/' || !slash)
		return pattern_read(reader, pattern, where);
	if (asprintf(&path, "%.*s%s", (int)(slash + 1 - where->file), where->file, pattern) < 0)
		return -ENOMEM;
	rc = pattern_read(reader, path, where);
	free(path);
	return rc;
}

/*
 * Every include() there is; one that stands inside of a section is an error, which conf_parse
 * reports.
 */
static int
includes_read(struct reader *reader, const char *name, const struct tokens *tokens)
{
	int rc = 0;

	for (size_t i = 0; i < tokens->count && rc == 0; i++) {
		const struct token *t = &tokens->list[i];

		if (t->type == TOKEN_WORD && strcmp(t->text, "include") == 0 &&
		    t[1].type == TOKEN_PAREN_OPEN && t[2].text && t[3].type == TOKEN_PAREN_CLOSE)
			rc = include_read(reader, t[2].text, &(struct conf_where){name, t->line});
	}
	return rc;
}

/*
 * Reads the file and what it includes. Errors of the conf are noted in the reader; -ENOMEM only is
 * returned.
 */
static int
file_read(struct reader *reader, const char *name, const struct conf_where *where)
{
	struct identity identity;
	struct conf_file file;
	struct tokens tokens;
	const char *why;
	struct stat st;
	int fd, rc = 0;

	why = file_open(name, &fd, &st);
	if (!why)
		why = file_again(reader, &st);
	if (!why && reader->depth == DEPTH_MAX)
		why = "includes are nested too deeply";
	if (!why && reader->snapshot->count == FILES_MAX)
		why = "there are more than 1000 files";
	if (why)
		file_refuse(reader, name, where, why);
	else
		rc = file_fill(reader, name, fd, &st, where);
	if (fd >= 0)
		close(fd);
	if (why || rc < 0)
		return rc;

	identity = (struct identity){st.st_dev, st.st_ino};
	reader->open[reader->depth++] = &identity;
	file = reader->snapshot->files[reader->snapshot->count -
				       1]; /* the array moves, its names and bytes do not */
	rc = conf_scan(&file, &tokens, NULL);
	if (rc == 0) {
		rc = includes_read(reader, file.name, &tokens);
		conf_tokens_fini(&tokens);
	}
	reader->depth--;
	return rc;
}

static int
builtin_read(struct reader *reader)
{
	struct conf_file *file = file_add(reader, conf_default_name);

	if (!file)
		return -ENOMEM;
	file->bytes = strdup(conf_default_text);
	if (!file->bytes)
		return -ENOMEM;
	file->size = strlen(file->bytes);
	return 0;
}

int
conf_snapshot_read(struct conf_snapshot *snapshot, const char *path, struct conf_errors *errors)
{
	struct reader reader = {.snapshot = snapshot, .errors = errors};
	int rc = path ? file_read(&reader, path, NULL) : builtin_read(&reader);

	if (rc < 0) {
		conf_errors_add(errors, (struct conf_where){0},
				"out of memory while reading the conf");
		conf_snapshot_fini(snapshot); /* a file may have been left halfway */
	}
	free(reader.identities);
	conf_errors_sort(errors, snapshot);
	return rc < 0 ? -1 : reader.rc;
}

/* memfd ---------------------------------------------------------------------------------------- */

static int
packed_write(int fd, const void *bytes, size_t size)
{
	const char *p = bytes;
	ssize_t n;

	while (size) {
		n = write(fd, p, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

static int
snapshot_write(const struct conf_snapshot *snapshot, int fd)
{
	struct packed packed = {.files = (uint32_t)snapshot->count};
	int rc;

	memcpy(packed.magic, packed_magic, sizeof(packed_magic));
	rc = packed_write(fd, &packed, sizeof(packed));
	for (size_t i = 0; i < snapshot->count && rc == 0; i++) {
		const struct conf_file *file = &snapshot->files[i];
		struct packed_file head = {(uint32_t)strlen(file->name), (uint32_t)file->size};

		rc = packed_write(fd, &head, sizeof(head));
		if (rc == 0)
			rc = packed_write(fd, file->name, head.name_bytes);
		if (rc == 0)
			rc = packed_write(fd, file->bytes, head.bytes);
	}
	return rc;
}

int
conf_snapshot_to_fd(const struct conf_snapshot *snapshot)
{
	int fd = memfd_create("eddy-conf", MFD_CLOEXEC | MFD_ALLOW_SEALING), rc;

	if (fd < 0)
		return -errno;
	rc = snapshot_write(snapshot, fd);
	if (rc == 0 && fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		rc = -errno;
	if (rc < 0) {
		close(fd);
		return rc;
	}
	return fd;
}

/* The next `size` bytes of a packed snapshot with a NUL after them; or NULL. */
static char *
packed_take(const char **p, size_t *left, size_t size)
{
	char *taken = size > *left ? NULL : malloc(size + 1);

	if (!taken)
		return NULL;
	memcpy(taken, *p, size);
	taken[size] = '\0';
	*p += size;
	*left -= size;
	return taken;
}

static int
packed_unpack(struct conf_snapshot *snapshot, const char *p, size_t left)
{
	struct packed packed;
	struct packed_file head;

	if (left < sizeof(packed))
		return -EPROTO;
	memcpy(&packed, p, sizeof(packed));
	p += sizeof(packed);
	left -= sizeof(packed);
	if (memcmp(packed.magic, packed_magic, sizeof(packed_magic)) != 0 ||
	    packed.files > FILES_MAX)
		return -EPROTO;
	snapshot->files = calloc(packed.files + 1, sizeof(*snapshot->files));
	if (!snapshot->files)
		return -ENOMEM;
	while (snapshot->count < packed.files) {
		struct conf_file *file = &snapshot->files[snapshot->count];

		if (left < sizeof(head))
			return -EPROTO;
		memcpy(&head, p, sizeof(head));
		p += sizeof(head);
		left -= sizeof(head);
		if ((uint64_t)head.name_bytes + head.bytes > left)
			return -EPROTO;
		snapshot->count++;
		file->name = packed_take(&p, &left, head.name_bytes);
		file->bytes = packed_take(&p, &left, head.bytes);
		file->size = head.bytes;
		if (!file->name || !file->bytes)
			return -ENOMEM;
	}
	return left == 0 ? 0 : -EPROTO;
}

int
conf_snapshot_from_fd(struct conf_snapshot *snapshot, int fd)
{
	struct stat st;
	char *bytes;
	ssize_t n;
	int seals, rc;

	*snapshot = (struct conf_snapshot){0};
	if (fstat(fd, &st) < 0)
		return -errno;
	seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || (seals & SEALS) != SEALS || st.st_size > SNAPSHOT_MAX_BYTES)
		return -EPROTO;
	bytes = malloc((size_t)st.st_size + 1);
	if (!bytes)
		return -ENOMEM;
	n = fd_read(fd, bytes, (size_t)st.st_size);
	rc = n < 0 ? (int)n : packed_unpack(snapshot, bytes, (size_t)n);
	free(bytes);
	if (rc < 0)
		conf_snapshot_fini(snapshot);
	return rc;
}

void
conf_snapshot_fini(struct conf_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		free(snapshot->files[i].name);
		free(snapshot->files[i].bytes);
	}
	free(snapshot->files);
	*snapshot = (struct conf_snapshot){0};
}
