/*
 * eddy_response_send_file by script: the header Script has steps with semicolons between them, done one after the
 * other:
 *
 *	open a /path rw     opens a file under a letter; the next step comes when it is open
 *	send a OFFSET N     N bytes of it, or N is `end`; `quiet` behind it: without a callback
 *	write TEXT, fill N, header NAME VALUE, head STATUS [REASON], trailer NAME VALUE, flush, answer STATUS, end, destroy
 *	put a TEXT          writes to the file, at its own place
 *	get a               reads its first byte
 *	close a
 *	wait                until all that was sent has been called back
 *	timeout MS          eddy_response_set_timeout, which logs
 *
 * What comes back is logged: `ID sent N EOK`, `ID drain`, `ID finish`, `ID close`; and what a step itself has said, if
 * that was an error: `ID send ECLOSED`. ID is the path behind the last slash. A step `or` in front of others: these are
 * done instead of what is left when a piece comes back with an error.
 */
#define _GNU_SOURCE
#include <eddy.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define MAX 64

struct run {
	eddy_response *res;
	char *script, *next, *other;
	char id[MAX];
	unsigned sent, pending, opening;
	bool waiting, over, failed;
};

struct piece {
	struct run *run;
	unsigned number;
};

struct opening {
	struct run *run;
	char letter;
};

struct put {
	char text[MAX];
};

static eddy_file *files[26];
static char got;

static void run_go(struct run *run);

static void __attribute__((format(printf, 2, 3))) say(const struct run *run, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	eddy_log(NULL, LOG_INFO, "%s %s", run->id, text);
}

static void
run_free(struct run *run)
{
	if (!run->over || run->pending > 0 || run->opening > 0)
		return;
	free(run->script);
	free(run);
}

static void
on_drain(eddy_response *res, void *arg)
{
	(void)res;
	say(arg, "drain");
}

static void
on_finish(eddy_response *res, void *arg)
{
	(void)res;
	say(arg, "finish");
}

static void
on_close(eddy_response *res, void *arg)
{
	struct run *run = arg;

	(void)res;
	say(run, "close");
	run->over = true;
	run_free(run);
}

static const eddy_response_events events = {
	.drain = on_drain, .finish = on_finish, .close = on_close};

static void
on_timeout(eddy_response *res, void *arg)
{
	(void)res;
	say(arg, "timeout");
}

static void
on_sent(eddy_response *res, int err, void *arg)
{
	struct piece *piece = arg;
	struct run *run = piece->run;

	(void)res;
	say(run, "sent %u %s", piece->number, err ? eddy_error_name(err) : "OK");
	free(piece);
	run->pending--;
	if (run->over) {
		run_free(run);
		return;
	}
	if (err && run->other) {
		run->next = run->other;
		run->other = NULL;
		run->waiting = false;
		run_go(run);
	} else if (run->waiting && run->pending == 0) {
		run->waiting = false;
		run_go(run);
	}
}

static void
on_open(int err, eddy_file *file, void *arg)
{
	struct opening *opening = arg;
	struct run *run = opening->run;

	files[opening->letter - 'a'] = file;
	free(opening);
	run->opening--;
	if (err)
		say(run, "open %s", eddy_error_name(err));
	if (!run->over) {
		run_go(run);
		return;
	}
	if (file)
		eddy_fs_close(file, NULL, NULL);
	run_free(run);
}

static void
on_got(int err, size_t n, void *arg)
{
	(void)err;
	(void)n;
	(void)arg;
}

static void
on_put(int err, size_t n, void *arg)
{
	(void)err;
	(void)n;
	free(arg);
}

static void
check(const struct run *run, const char *step, int err)
{
	if (err)
		say(run, "%s %s", step, eddy_error_name(err));
}

/* True: the next step has to wait. */
static bool
step_open(struct run *run, const char *args)
{
	struct opening *opening = malloc(sizeof(*opening));
	char path[1024], mode[8];
	int flags;

	if (!opening || sscanf(args, "%c %1023s %7s", &opening->letter, path, mode) != 3)
		abort();
	opening->run = run;
	flags = strcmp(mode, "rw") == 0 ? O_RDWR : strcmp(mode, "w") == 0 ? O_WRONLY : O_RDONLY;
	run->opening++;
	if (eddy_fs_open(path, flags, 0, on_open, opening) != 0)
		abort();
	return true;
}

static void
step_send(struct run *run, const char *args)
{
	struct piece *piece = malloc(sizeof(*piece));
	char letter, n[32], quiet[8] = "";
	unsigned long long offset;
	int err;

	if (!piece || sscanf(args, "%c %llu %31s %7s", &letter, &offset, n, quiet) < 3)
		abort();
	*piece = (struct piece){run, run->sent++};
	err = eddy_response_send_file(run->res, files[letter - 'a'], offset,
				      strcmp(n, "end") == 0 ? UINT64_MAX : strtoull(n, NULL, 10),
				      *quiet ? NULL : on_sent, piece);
	check(run, "send", err);
	if (err || *quiet)
		free(piece);
	else
		run->pending++;
}

static void
step_fill(struct run *run, size_t n)
{
	char *p = malloc(n);
	bool more;

	if (!p)
		abort();
	memset(p, 'x', n);
	more = eddy_response_write(run->res, p, n);
	say(run, "fill %s", more ? "true" : "false");
	free(p);
}

static void
step_head(const struct run *run, const char *args)
{
	const char *reason = strchr(args, ' ');

	check(run, "head",
	      eddy_response_write_head(run->res, atoi(args), reason ? reason + 1 : NULL));
}

static void
step_field(struct run *run, const char *step, char *args)
{
	char *value = strchr(args, ' ');

	*value++ = '\0';
	if (strcmp(step, "header") == 0)
		check(run, step, eddy_response_set_header(run->res, args, value));
	else
		check(run, step, eddy_response_add_trailer(run->res, args, value));
}

static void
step_put(const char *args)
{
	struct put *put = malloc(sizeof(*put));

	if (!put)
		abort();
	snprintf(put->text, sizeof(put->text), "%s", args + 2);
	if (eddy_fs_write(files[args[0] - 'a'], put->text, strlen(put->text), -1, on_put, put) != 0)
		abort();
}

/* Those that never wait. False: there is no such step. */
static bool
step_plain(struct run *run, const char *step, char *args)
{
	if (strcmp(step, "send") == 0)
		step_send(run, args);
	else if (strcmp(step, "write") == 0)
		eddy_response_write(run->res, args, strlen(args));
	else if (strcmp(step, "fill") == 0)
		step_fill(run, strtoul(args, NULL, 10));
	else if (strcmp(step, "header") == 0 || strcmp(step, "trailer") == 0)
		step_field(run, step, args);
	else if (strcmp(step, "head") == 0)
		step_head(run, args);
	else if (strcmp(step, "flush") == 0)
		check(run, step, eddy_response_flush_headers(run->res));
	else if (strcmp(step, "end") == 0)
		eddy_response_end(run->res, *args ? args : NULL, strlen(args));
	else if (strcmp(step, "answer") == 0)
		eddy_response_send(run->res, atoi(args), "text/plain", "instead\n", 8);
	else if (strcmp(step, "destroy") == 0)
		eddy_response_destroy(run->res);
	else if (strcmp(step, "timeout") == 0)
		check(run, step,
		      eddy_response_set_timeout(run->res, (unsigned)atoi(args), on_timeout, run));
	else if (strcmp(step, "put") == 0)
		step_put(args);
	else if (strcmp(step, "get") == 0)
		check(run, step, eddy_fs_read(files[args[0] - 'a'], &got, 1, 0, on_got, NULL));
	else if (strcmp(step, "close") == 0)
		check(run, step, eddy_fs_close(files[args[0] - 'a'], NULL, NULL));
	else
		return false;
	return true;
}

static void
run_go(struct run *run)
{
	while (run->next) {
		char *step = strsep(&run->next, ";"), *args;

		step += strspn(step, " ");
		args = step + strcspn(step, " ");
		if (*args)
			*args++ = '\0';
		if (strcmp(step, "open") == 0 && step_open(run, args))
			return;
		if (strcmp(step, "wait") == 0 && run->pending > 0) {
			run->waiting = true;
			return;
		}
		if (*step && strcmp(step, "open") != 0 && strcmp(step, "wait") != 0 &&
		    !step_plain(run, step, args))
			abort();
	}
}

static void
handle(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str script = eddy_request_header(req, "Script"), path = eddy_request_path(req);
	struct run *run = calloc(1, sizeof(*run));
	const char *slash;

	(void)state;
	if (!run || !script.p)
		abort();
	run->res = res;
	run->script = run->next = strndup(script.p, script.n);
	slash = memrchr(path.p, '/', path.n);
	snprintf(run->id, sizeof(run->id), "%.*s", (int)(path.p + path.n - slash - 1), slash + 1);
	run->other = strstr(run->script, ";or ");
	if (run->other) {
		*run->other = '\0';
		run->other += sizeof(";or ") - 1;
	}
	eddy_response_on(res, &events, run);
	run_go(run);
}

EDDY_MODULE(.name = "sender", .request = handle);
