/*
 * The fs functions by script: a request's body is lines such as `open a /tmp/x wc`, all of which are asked for in one
 * turn; `wait` lets those before it come back first. The answer is one line for each, in the order of the callbacks:
 * its number, the error's name, and what there was to say. `=` in front of a name: the call itself has said so.
 *
 * Files have letters: a to z. Those that the script has not closed stay open, for the next request or for the end.
 */
#include <eddy.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define WORDS 4

struct script {
	eddy_response *res;
	char *text, *next; /* the lines that are to come */
	unsigned number;   /* of the next line */
	unsigned pending;
	bool gone; /* the client is: callbacks still come */
	char *out;
	size_t out_n;
	FILE *results;
};

struct step {
	struct script *script;
	unsigned number;
	char letter;
	char *buf;
};

static eddy_file *files[26];
static eddy_module *self;

static void script_go(struct script *script);

static struct step *
step_new(struct script *script)
{
	struct step *step = calloc(1, sizeof(*step));

	if (!step)
		abort();
	step->script = script;
	step->number = script->number;
	script->pending++;
	return step;
}

static void __attribute__((format(printf, 3, 4)))
step_done(struct step *step, int err, const char *fmt, ...)
{
	struct script *script = step->script;
	va_list ap;

	fprintf(script->results, "%u %s", step->number, eddy_error_name(err));
	va_start(ap, fmt);
	vfprintf(script->results, fmt, ap);
	va_end(ap);
	fputc('\n', script->results);
	script->pending--;
	free(step->buf);
	free(step);
	if (script->pending == 0)
		script_go(script);
}

static void
done_plain(int err, void *arg)
{
	step_done(arg, err, "%s", "");
}

static void
done_open(int err, eddy_file *file, void *arg)
{
	struct step *step = arg;

	files[step->letter - 'a'] = file;
	step_done(step, err, "%s", file || err ? "" : " without a file");
}

static void
done_read(int err, size_t n, void *arg)
{
	struct step *step = arg;

	step_done(step, err, " %zu %.*s", n, (int)n, step->buf);
}

static void
done_write(int err, size_t n, void *arg)
{
	step_done(arg, err, " %zu", n);
}

static void
done_stat(int err, const struct stat *st, void *arg)
{
	if (st)
		step_done(arg, err, " %lld %o", (long long)st->st_size, (unsigned)st->st_mode);
	else
		step_done(arg, err, "%s", "");
}

static void
done_statfs(int err, const struct statfs *st, void *arg)
{
	step_done(arg, err, "%s", st && st->f_bsize > 0 ? " blocks" : "");
}

static void
done_text(int err, const char *text, void *arg)
{
	step_done(arg, err, " %s", text ? text : "-");
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
done_readdir(int err, const char *const *names, size_t n, void *arg)
{
	struct step *step = arg;
	const char **sorted = calloc(n + 1, sizeof(*sorted));
	size_t room = 1;

	for (size_t i = 0; i < n; i++) {
		sorted[i] = names[i];
		room += strlen(names[i]) + 1;
	}
	qsort(sorted, n, sizeof(*sorted), by_name);
	step->buf = calloc(1, room);
	for (size_t i = 0; i < n; i++)
		strcat(strcat(step->buf, " "), sorted[i]);
	free(sorted);
	step_done(step, err, "%s", step->buf);
}

static int
entry_by_name(const void *a, const void *b)
{
	return strcmp(((const eddy_dirent *)a)->name, ((const eddy_dirent *)b)->name);
}

static void
done_scandir(int err, const eddy_dirent *entries, size_t n, void *arg)
{
	struct step *step = arg;
	eddy_dirent *sorted = calloc(n + 1, sizeof(*sorted));
	size_t size;
	FILE *text = open_memstream(&step->buf, &size);

	if (n > 0)
		memcpy(sorted, entries, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), entry_by_name);
	for (size_t i = 0; i < n; i++)
		fprintf(text, " %s:%d", sorted[i].name, sorted[i].type);
	free(sorted);
	fclose(text);
	step_done(step, err, "%s", step->buf);
}

static int
open_flags(const char *letters)
{
	int flags = strchr(letters, 'w') ? (strchr(letters, 'r') ? O_RDWR : O_WRONLY) : O_RDONLY;

	flags |= strchr(letters, 'c') ? O_CREAT : 0;
	flags |= strchr(letters, 'x') ? O_EXCL : 0;
	flags |= strchr(letters, 't') ? O_TRUNC : 0;
	flags |= strchr(letters, 'a') ? O_APPEND : 0;
	flags |= strchr(letters, 'd') ? O_DIRECTORY : 0;
	return flags;
}

/* Seconds of the last access and of the last change. */
static const struct timespec *
times_of(char **word)
{
	static struct timespec times[2];

	times[0].tv_sec = (time_t)strtoll(word[2], NULL, 10);
	times[1].tv_sec = (time_t)strtoll(word[3], NULL, 10);
	return times;
}

/* The descriptor of the first file becomes one more file, of which eddy has not heard before. */
static int
again_step(struct step *step, char **word)
{
	int fd = eddy_fs_fileno(files[word[1][0] - 'a']);

	if (fd < 0)
		return fd;
	files[word[2][0] - 'a'] = eddy_fs_fdopen(dup(fd));
	return eddy_fs_fstat(files[word[2][0] - 'a'], done_stat, step);
}

static int
file_step(struct step *step, char **word)
{
	eddy_file *file = word[1] ? files[word[1][0] - 'a'] : NULL;

	if (strcmp(word[0], "read") == 0) {
		size_t n = strtoul(word[2], NULL, 10);

		step->buf = calloc(1, n + 1);
		return eddy_fs_read(file, step->buf, n, strtoll(word[3], NULL, 10), done_read,
				    step);
	}
	if (strcmp(word[0], "write") == 0) {
		step->buf = strdup(word[2]);
		return eddy_fs_write(file, step->buf, strlen(step->buf), strtoll(word[3], NULL, 10),
				     done_write, step);
	}
	if (strcmp(word[0], "fill") == 0) { /* so many bytes */
		size_t n = strtoul(word[2], NULL, 10);

		step->buf = calloc(1, n);
		return eddy_fs_write(file, step->buf, n, -1, done_write, step);
	}
	if (strcmp(word[0], "fsync") == 0)
		return eddy_fs_fsync(file, done_plain, step);
	if (strcmp(word[0], "fdatasync") == 0)
		return eddy_fs_fdatasync(file, done_plain, step);
	if (strcmp(word[0], "ftruncate") == 0)
		return eddy_fs_ftruncate(file, strtoll(word[2], NULL, 10), done_plain, step);
	if (strcmp(word[0], "fchmod") == 0)
		return eddy_fs_fchmod(file, (mode_t)strtoul(word[2], NULL, 8), done_plain, step);
	if (strcmp(word[0], "fchown") == 0)
		return eddy_fs_fchown(file, (uid_t)atoi(word[2]), (gid_t)atoi(word[3]), done_plain,
				      step);
	if (strcmp(word[0], "futimens") == 0)
		return eddy_fs_futimens(file, times_of(word), done_plain, step);
	if (strcmp(word[0], "fstat") == 0)
		return eddy_fs_fstat(file, done_stat, step);
	if (strcmp(word[0], "again") == 0)
		return again_step(step, word);
	if (strcmp(word[0], "close") == 0)
		return eddy_fs_close(file, done_plain, step);
	return 1;
}

static int
path_step(struct step *step, char **word)
{
	mode_t mode = word[2] ? (mode_t)strtoul(word[2], NULL, 8) : 0777;

	if (strcmp(word[0], "open") == 0) {
		step->letter = word[1][0];
		return eddy_fs_open(word[2], open_flags(word[3]), 0640, done_open, step);
	}
	if (strcmp(word[0], "stat") == 0)
		return eddy_fs_stat(word[1], done_stat, step);
	if (strcmp(word[0], "unlink") == 0)
		return eddy_fs_unlink(word[1], done_plain, step);
	if (strcmp(word[0], "rename") == 0)
		return eddy_fs_rename(word[1], word[2], done_plain, step);
	if (strcmp(word[0], "link") == 0)
		return eddy_fs_link(word[1], word[2], done_plain, step);
	if (strcmp(word[0], "mkdir") == 0)
		return eddy_fs_mkdir(word[1], mode, done_plain, step);
	if (strcmp(word[0], "rmdir") == 0)
		return eddy_fs_rmdir(word[1], done_plain, step);
	if (strcmp(word[0], "readdir") == 0)
		return eddy_fs_readdir(word[1], done_readdir, step);
	return 1;
}

static int
facts_step(struct step *step, char **word)
{
	if (strcmp(word[0], "lstat") == 0)
		return eddy_fs_lstat(word[1], done_stat, step);
	if (strcmp(word[0], "statfs") == 0)
		return eddy_fs_statfs(word[1], done_statfs, step);
	if (strcmp(word[0], "access") == 0)
		return eddy_fs_access(word[1], atoi(word[2]), done_plain, step);
	if (strcmp(word[0], "truncate") == 0)
		return eddy_fs_truncate(word[1], strtoll(word[2], NULL, 10), done_plain, step);
	if (strcmp(word[0], "chmod") == 0)
		return eddy_fs_chmod(word[1], (mode_t)strtoul(word[2], NULL, 8), done_plain, step);
	if (strcmp(word[0], "chown") == 0)
		return eddy_fs_chown(word[1], (uid_t)atoi(word[2]), (gid_t)atoi(word[3]),
				     done_plain, step);
	if (strcmp(word[0], "lchown") == 0)
		return eddy_fs_lchown(word[1], (uid_t)atoi(word[2]), (gid_t)atoi(word[3]),
				      done_plain, step);
	if (strcmp(word[0], "utimens") == 0)
		return eddy_fs_utimens(word[1], times_of(word), done_plain, step);
	if (strcmp(word[0], "lutimens") == 0)
		return eddy_fs_lutimens(word[1], times_of(word), done_plain, step);
	if (strcmp(word[0], "symlink") == 0)
		return eddy_fs_symlink(word[1], word[2], done_plain, step);
	if (strcmp(word[0], "readlink") == 0)
		return eddy_fs_readlink(word[1], done_text, step);
	if (strcmp(word[0], "realpath") == 0)
		return eddy_fs_realpath(word[1], done_text, step);
	if (strcmp(word[0], "mkdtemp") == 0)
		return eddy_fs_mkdtemp(word[1], done_text, step);
	if (strcmp(word[0], "scandir") == 0)
		return eddy_fs_scandir(word[1], done_scandir, step);
	abort();
}

/* The misuse that no other line can say. */
static int
null_step(struct step *step, char **word)
{
	(void)step;
	if (strcmp(word[0], "null") != 0)
		return 1;
	if (eddy_fs_open(NULL, O_RDONLY, 0, done_open, NULL) != EDDY_EINVAL ||
	    eddy_fs_open("/", O_RDONLY, 0, NULL, NULL) != EDDY_EINVAL ||
	    eddy_fs_stat("/", NULL, NULL) != EDDY_EINVAL ||
	    eddy_fs_rename("/", NULL, done_plain, NULL) != EDDY_EINVAL ||
	    eddy_fs_link("/", NULL, done_plain, NULL) != EDDY_EINVAL ||
	    eddy_fs_readdir("/", NULL, NULL) != EDDY_EINVAL)
		abort();
	return eddy_fs_read(NULL, NULL, 10, 0, done_read, NULL);
}

/* One line. False: it waits for those before it. */
static bool
script_line(struct script *script, char *line)
{
	char *word[WORDS + 1] = {0}, *save = NULL;
	struct step *step;
	int error;

	for (int i = 0; i < WORDS; i++)
		if (!(word[i] = strtok_r(i == 0 ? line : NULL, " ", &save)))
			break;
	if (!word[0])
		return true;
	if (strcmp(word[0], "wait") == 0)
		return false;
	step = step_new(script);
	error = null_step(step, word);
	if (error == 1)
		error = file_step(step, word);
	if (error == 1)
		error = path_step(step, word);
	if (error == 1)
		error = facts_step(step, word);
	if (error != 0) {
		fprintf(script->results, "%u =%s\n", step->number, eddy_error_name(error));
		script->pending--;
		free(step->buf);
		free(step);
	}
	script->number++;
	return true;
}

static void
script_go(struct script *script)
{
	char *line;

	while (script->pending == 0 && script->next) {
		script->pending++; /* no callback may come in between, and none does */
		while ((line = strsep(&script->next, "\n")) && script_line(script, line))
			;
		script->pending--;
	}
	if (script->pending > 0)
		return;
	fclose(script->results);
	eddy_response_send(script->res, 200, "text/plain", script->out, script->out_n);
	free(script->out);
	free(script->text);
	free(script);
}

static void
read_script(eddy_request *req, int err, eddy_str body, void *arg)
{
	struct script *script;

	(void)arg;
	if (err)
		return;
	script = calloc(1, sizeof(*script));
	script->res = eddy_request_response(req);
	script->text = script->next = strndup(body.p, body.n);
	script->results = open_memstream(&script->out, &script->out_n);
	script_go(script);
}

static void
request(eddy_request *req, eddy_response *res, void *state)
{
	(void)res;
	(void)state;
	eddy_request_body(req, 0, read_script, NULL);
}

/* Files may be asked for before the worker serves. */
static void
loaded(int err, const struct stat *st, void *arg)
{
	(void)arg;
	eddy_log(self, LOG_INFO, "load: stat says %s, %s", eddy_error_name(err),
		 st ? "a directory" : "nothing");
}

static int
load(eddy_module *module, void **state)
{
	(void)state;
	self = module;
	return eddy_fs_stat("/", loaded, NULL);
}

/* A callback that comes when the worker is at its end may ask for more, which is refused. */
static void
unloaded(int err, const struct stat *st, void *arg)
{
	(void)err;
	(void)st;
	(void)arg;
	abort();
}

static void
unload(void *state)
{
	(void)state;
	eddy_log(self, LOG_INFO, "unload: stat says %s",
		 eddy_error_name(eddy_fs_stat("/", unloaded, NULL)));
}

EDDY_MODULE(.name = "files", .load = load, .unload = unload, .request = request);
