/*
 * upload: what is sent becomes a file, whatever its size, in constant memory.
 *
 *	module "upload" { options { folder = "/srv/uploads" } }
 *	route "/upload/:name" { module = "upload"  methods = { "POST", "PUT" }  max_body = "0" }
 *
 * Try it with `curl -T FILE http://127.0.0.1:8080/upload/`. POST makes a file, and is answered 409 if
 * there is one of that name; PUT makes it, or takes its place. 201 (PUT may also say 204: replaced)
 * means that it is there whole, and that bytes and name are on the disk: what has come is written
 * beside it, under a name that nobody can ask for, and gets its own when all of it is there. Nothing
 * else is left behind: not when the disk is full (507), nor when the client leaves. With `sync = "no"`
 * the kernel may take its time with writing, and a power failure may cost the file.
 *
 * A name is one part of a path, percent-encoded. It may not begin with a dot.
 */
#include <ctype.h>
#include <eddy.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#define NAME_SIZE 256 /* bytes of a file's name, with its end: NAME_MAX everywhere */

struct folder {
	const char *path;
	bool sync;
};

/* One file on its way. */
struct upload {
	const struct folder *folder;
	eddy_request *req;
	eddy_response *res;
	eddy_file *file;
	char *path, *part; /* its own name, and the one that it has meanwhile */
	bool replaces;	   /* PUT */
	int status;	   /* of the answer, if nothing goes wrong */
	int err;	   /* what did, first */
	char bytes[];
};

/* The answer ---------------------------------------------------------------------- */

static int
error_status(int err)
{
	switch (err) {
	case EDDY_ERRNO(EEXIST):
	case EDDY_ERRNO(EISDIR):
		return 409;
	case EDDY_ERRNO(ENOSPC):
	case EDDY_ERRNO(EDQUOT):
		return 507;
	case EDDY_ERRNO(EACCES):
	case EDDY_ERRNO(EPERM):
	case EDDY_ERRNO(EROFS):
		return 403;
	case EDDY_EABORTED: /* the client's fault: it has left, or eddy has answered */
	case EDDY_EBADMSG:
	case EDDY_ECLOSED:
	case EDDY_ETIMEOUT:
	case EDDY_ETOOBIG:
		return 400;
	case EDDY_ENOMEM:
	case EDDY_ERRNO(ECANCELED): /* the worker leaves */
		return 503;
	default:
		return 500;
	}
}

static void
refuse(eddy_response *res, int status, const char *why)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "%s\n", why);

	eddy_response_send(res, status, "text/plain", text, (size_t)n);
}

/* The last step. Nobody may be there for the answer: then it does nothing. */
static void
upload_answer(struct upload *up)
{
	int status = up->err == 0 ? up->status : error_status(up->err);
	const char *why = eddy_strerror(up->err);
	eddy_str path = eddy_request_path(up->req);
	char *url;

	if (status == 403 || status >= 500)
		eddy_log(NULL, LOG_WARNING, "%s is not stored: %s", up->path, why);
	if (status == 201 && path.p != NULL && (url = strndup(path.p, path.n)) != NULL) {
		eddy_response_set_header(up->res, "Location", url);
		free(url);
	}
	if (up->err == 0)
		eddy_response_send(up->res, status, NULL, NULL, 0);
	else
		refuse(up->res, status, why);
	free(up);
}

/* The upload, from its last step to its first --------------------------------------- */

static void
folder_closed(int err, void *arg)
{
	struct upload *up = arg;

	if (up->err == 0)
		up->err = err;
	upload_answer(up);
}

static void
folder_synced(int err, void *arg)
{
	struct upload *up = arg;

	up->err = err != EDDY_ERRNO(EINVAL) ? err : 0; /* some file systems have no such thing */
	err = eddy_fs_close(up->file, folder_closed, up);
	if (err != 0)
		folder_closed(err, up);
}

/* What has been opened is the upload's from here on. False: nothing, and that is the answer. */
static bool
upload_has(struct upload *up, int err, eddy_file *file)
{
	up->file = file;
	up->err = err;
	if (err != 0)
		upload_answer(up);
	return err == 0;
}

static void
folder_opened(int err, eddy_file *file, void *arg)
{
	struct upload *up = arg;

	if (!upload_has(up, err, file))
		return;
	err = eddy_fs_fsync(file, folder_synced, up);
	if (err != 0)
		folder_synced(err, up);
}

/* The file has its name, or never will. A name is on the disk when its folder is. */
static void
upload_settle(struct upload *up)
{
	if (up->err == 0 && up->folder->sync) {
		up->err = eddy_fs_open(up->folder->path, O_RDONLY | O_DIRECTORY, 0, folder_opened,
				       up);
		if (up->err == 0)
			return;
	}
	upload_answer(up);
}

static void
upload_removed(int err, void *arg)
{
	struct upload *up = arg;

	if (err != 0)
		eddy_log(NULL, LOG_WARNING, "%s stays: %s", up->part, eddy_strerror(err));
	upload_settle(up);
}

/* The name that it had meanwhile is not needed any more. */
static void
upload_remove(struct upload *up)
{
	int err = eddy_fs_unlink(up->part, upload_removed, up);

	if (err != 0)
		upload_removed(err, up);
}

static void
upload_renamed(int err, void *arg)
{
	struct upload *up = arg;

	up->err = err;
	up->status = 204;
	if (err == 0)
		upload_settle(up);
	else
		upload_remove(up);
}

/* Who makes a file has found that there is one, or has made it: link(2) leaves no moment between. */
static void
upload_linked(int err, void *arg)
{
	struct upload *up = arg;

	if (err == EDDY_ERRNO(EEXIST) && up->replaces) {
		err = eddy_fs_rename(up->part, up->path, upload_renamed, up);
		if (err == 0)
			return;
	}
	up->err = err;
	upload_remove(up);
}

static void
upload_closed(int err, void *arg)
{
	struct upload *up = arg;

	if (up->err == 0)
		up->err = err;
	if (up->err == 0)
		up->err = eddy_fs_link(up->part, up->path, upload_linked, up);
	if (up->err != 0)
		upload_remove(up);
}

static void
upload_synced(int err, void *arg)
{
	struct upload *up = arg;

	up->err = err;
	err = eddy_fs_close(up->file, upload_closed, up);
	if (err != 0)
		upload_closed(err, up);
}

static void
upload_received(int err, void *arg)
{
	struct upload *up = arg;

	if (err == 0 && up->folder->sync) {
		err = eddy_fs_fsync(up->file, upload_synced, up);
		if (err == 0)
			return;
	}
	upload_synced(err, up);
}

static void
upload_opened(int err, eddy_file *file, void *arg)
{
	struct upload *up = arg;

	if (!upload_has(up, err, file))
		return;
	err = eddy_pipeline(up->req, file, upload_received, up);
	if (err != 0)
		upload_received(err, up);
}

static void
upload_open(struct upload *up)
{
	up->err = eddy_fs_open(up->part, O_WRONLY | O_CREAT | O_EXCL, 0644, upload_opened, up);
	if (up->err != 0)
		upload_answer(up);
}

/* POST: a client that sends a large file in vain is told so before. */
static void
upload_looked(int err, const struct stat *st, void *arg)
{
	struct upload *up = arg;

	(void)st;
	up->err = err == 0 ? EDDY_ERRNO(EEXIST) : err;
	if (up->err == EDDY_ERRNO(ENOENT))
		upload_open(up);
	else
		upload_answer(up);
}

/* The request --------------------------------------------------------------------- */

/* Decodes a name of n bytes ("a%20b"). False: no file is to have such a one. */
static bool
decode(const char *p, size_t n, char name[NAME_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '%') {
			char hex[3] = {i + 2 < n ? p[i + 1] : '\0', i + 2 < n ? p[i + 2] : '\0'};

			if (!isxdigit((unsigned char)hex[0]) || !isxdigit((unsigned char)hex[1]))
				return false;
			c = (unsigned char)strtoul(hex, NULL, 16);
			i += 2;
		}
		if (c < ' ' || c == 0x7f || c == '/' || used == NAME_SIZE - 1)
			return false;
		name[used++] = (char)c;
	}
	name[used] = '\0';
	return used > 0 && name[0] != '.';
}

static bool
is(eddy_str text, const char *what)
{
	return text.n == strlen(what) && memcmp(text.p, what, text.n) == 0;
}

/* NULL: no memory. */
static struct upload *
upload_new(const struct folder *folder, const char *name, eddy_request *req, eddy_response *res)
{
	size_t n = strlen(folder->path) + 1 + NAME_SIZE;
	struct upload *up = malloc(sizeof(*up) + 2 * n);

	if (up == NULL)
		return NULL;
	*up = (struct upload){.folder = folder, .req = req, .res = res, .status = 201};
	up->replaces = is(eddy_request_method(req), "PUT");
	up->path = up->bytes;
	up->part = up->bytes + n;
	snprintf(up->path, n, "%s/%s", folder->path, name);
	snprintf(up->part, n, "%s/.upload-%d-%llx", folder->path, (int)eddy_process_pid(),
		 (unsigned long long)eddy_process_hrtime());
	return up;
}

static void
upload_request(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str method = eddy_request_method(req), param = eddy_request_param(req, "name");
	char name[NAME_SIZE];
	struct upload *up;

	if (!is(method, "POST") && !is(method, "PUT")) {
		eddy_response_set_header(res, "Allow", "POST, PUT");
		refuse(res, 405, "POST a new file, or PUT one");
		return;
	}
	if (!decode(param.p, param.n, name)) {
		refuse(res, 400, "no file can have that name");
		return;
	}
	up = upload_new(state, name, req, res);
	if (up == NULL) {
		refuse(res, 503, eddy_strerror(EDDY_ENOMEM));
	} else if (up->replaces) {
		upload_open(up);
	} else {
		up->err = eddy_fs_stat(up->path, upload_looked, up);
		if (up->err != 0)
			upload_answer(up);
	}
}

static int
upload_load(eddy_module *self, void **state)
{
	const char *path = eddy_module_option(self, "folder", NULL);
	const char *sync = eddy_module_option(self, "sync", "yes");
	struct folder *folder;
	struct stat st;

	if (path == NULL)
		return eddy_module_fail(self, "where to? options { folder = \"/srv/uploads\" }");
	if (stat(path, &st) != 0)
		return eddy_module_fail(self, "folder \"%s\": %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return eddy_module_fail(self, "folder \"%s\" is none", path);
	if (strcmp(sync, "yes") != 0 && strcmp(sync, "no") != 0)
		return eddy_module_fail(self, "bad sync \"%s\": \"yes\" or \"no\"", sync);
	if (strcmp(sync, "yes") == 0 && access(path, R_OK) != 0)
		return eddy_module_fail(self,
					"folder \"%s\" cannot be read, as sync needs: %s, or set "
					"sync = \"no\"",
					path, strerror(errno));
	folder = malloc(sizeof(*folder));
	if (folder == NULL)
		return eddy_module_fail(self, "no memory");
	*folder = (struct folder){.path = path, .sync = strcmp(sync, "yes") == 0};
	*state = folder;
	return 0;
}

static const char *const options[] = {"folder", "sync", NULL};

EDDY_MODULE(.name = "upload", .version = "1", .load = upload_load, .unload = free,
	    .request = upload_request, .options = options);
