/*
 * Makes the request that X-… headers describe, and answers with its events, one a line, an empty
 * line, and the body that came.
 */
#include <eddy.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct state {
	eddy_agent *agents[5]; /* the worker's own, and those that `load` makes */
};

struct text {
	char *p;
	size_t n;
};

struct asked {
	eddy_response *res;
	eddy_client_request *req;
	eddy_client_response *answer;
	struct text log, body;
	char at[16]; /* the event at which to destroy, or to pause */
	char pause[16];
	char write[16]; /* at which to write, and to end */
	char *say;	/* to the socket that has been taken over */
	char *late;	/* the body that is sent when `information` has come */
	size_t chunk, chunks, written;
	unsigned hold;		     /* ms until it is resumed */
	size_t full, lent, released; /* the chunk at which a write said false first; lent buffers */
	bool inside, writing, drained, over, owned, count, other;
	bool blink;	/* pauses and resumes at once */
	bool more;	/* tells of connect and finish, too, and of all trailers */
	unsigned later; /* the timeout that is set when it is connected */
};

static void
add(struct text *text, const char *p, size_t n)
{
	text->p = realloc(text->p, text->n + n + 1);
	if (!text->p)
		abort();
	memcpy(text->p + text->n, p, n);
	text->n += n;
}

static void
note(struct asked *asked, const char *what)
{
	if (asked->inside || asked->over) /* called back from inside a call, or after `close` */
		abort();
	add(&asked->log, what, strlen(what));
	add(&asked->log, "\n", 1);
}

static void
resume(void *arg)
{
	struct asked *asked = arg;

	note(asked, "resume");
	eddy_client_response_resume(asked->answer);
}

static const eddy_client_events others;

static void
act(struct asked *asked, const char *event)
{
	if (strcmp(asked->at, event) == 0)
		eddy_client_request_destroy(asked->req);
	if (strcmp(asked->write, event) == 0) {
		if (eddy_client_request_write(asked->req, "late", 4))
			note(asked, "written");
		eddy_client_request_end(asked->req, NULL, 0);
	}
	if (strcmp(asked->pause, event) != 0)
		return;
	asked->pause[0] = 0;
	eddy_client_response_pause(asked->answer);
	eddy_set_timeout(resume, asked->hold, asked);
}

static void
note_head(struct asked *asked, const char *event, eddy_client_response *answer)
{
	eddy_str reason = eddy_client_response_reason(answer), name, value;
	char line[256];

	asked->answer = answer;
	snprintf(line, sizeof(line), "%s %d %.*s", event, eddy_client_response_status(answer),
		 (int)reason.n, reason.p ? reason.p : "");
	note(asked, line);
	value = eddy_client_response_header(answer, "x-joined");
	if (value.p) {
		snprintf(line, sizeof(line), "joined %.*s", (int)value.n, value.p);
		note(asked, line);
	}
	for (size_t i = 0; eddy_client_response_headers(answer, i, &name, &value); i++) {
		if (name.n != 6 || memcmp(name.p, "X-Note", 6) != 0)
			continue;
		snprintf(line, sizeof(line), "note %.*s", (int)value.n, value.p);
		note(asked, line);
	}
}

static void
on_response(eddy_client_request *req, eddy_client_response *answer, void *arg)
{
	struct asked *asked = arg;

	note_head(asked, "response", answer);
	if (asked->blink) {
		eddy_client_response_pause(answer);
		eddy_client_response_resume(answer);
	}
	if (req != asked->req || eddy_client_response_request(answer) != req ||
	    eddy_client_request_response(req) != answer)
		abort();
	if (asked->other && eddy_client_request_on(req, &others, asked) != 0)
		abort();
	act(asked, "response");
}

/* What may be seen of its connection, which is not the module's. */
static void
note_socket(struct asked *asked)
{
	eddy_socket *sock = eddy_client_request_socket(asked->req);
	eddy_str remote = eddy_socket_remote_address(sock);
	char line[128];

	snprintf(line, sizeof(line), "connect %s %.*s",
		 eddy_client_request_reused_socket(asked->req) ? "again" : "anew", (int)remote.n,
		 remote.p ? remote.p : "");
	note(asked, line);
	if (eddy_socket_fd(sock) < 0 || eddy_socket_on(sock, NULL, NULL) != EDDY_EINVAL ||
	    eddy_socket_detach(sock) != EDDY_EINVAL)
		abort();
}

static void
on_connect(eddy_client_request *req, void *arg)
{
	struct asked *asked = arg;

	if (asked->later)
		eddy_client_request_set_timeout(req, asked->later);
	if (asked->more)
		note_socket(asked);
}

static void
on_finish(eddy_client_request *req, void *arg)
{
	struct asked *asked = arg;

	(void)req;
	if (asked->more)
		note(asked, "finish");
}

static void
note_trailers(struct asked *asked, const eddy_client_response *answer)
{
	eddy_str name, value;
	char line[128];

	for (size_t i = 0; eddy_client_response_trailers(answer, i, &name, &value); i++) {
		snprintf(line, sizeof(line), "%.*s=%.*s", (int)name.n, name.p, (int)value.n,
			 value.p);
		note(asked, line);
	}
}

static void
on_information(eddy_client_request *req, eddy_client_response *answer, void *arg)
{
	struct asked *asked = arg;

	note_head(asked, "information", answer);
	if (asked->late)
		eddy_client_request_end(req, asked->late, strlen(asked->late));
	act(asked, "information");
}

static void
on_data(eddy_client_response *answer, eddy_str piece, void *arg)
{
	struct asked *asked = arg;

	(void)answer;
	if (asked->body.n == 0)
		note(asked, "data");
	add(&asked->body, piece.p, piece.n);
	act(asked, "data");
}

static void
on_end(eddy_client_response *answer, void *arg)
{
	struct asked *asked = arg;
	eddy_str trailer = eddy_client_response_trailer(answer, "x-sum");
	char line[128];

	if (trailer.p) {
		snprintf(line, sizeof(line), "trailer %.*s", (int)trailer.n, trailer.p);
		note(asked, line);
	}
	if (asked->more)
		note_trailers(asked, answer);
	note(asked, "end");
	act(asked, "end");
}

static void
on_other_data(eddy_client_response *answer, eddy_str piece, void *arg)
{
	note(arg, "other");
	on_data(answer, piece, arg);
}

static void
release(void *p, void *arg)
{
	struct asked *asked = arg;

	if (asked->inside || asked->over)
		abort();
	asked->released++;
	free(p);
}

static bool
write_piece(struct asked *asked)
{
	char *piece = malloc(asked->chunk + 1);
	bool more;

	if (!piece)
		abort();
	memset(piece, 'w', asked->chunk);
	if (asked->owned) {
		asked->lent++;
		return eddy_client_request_write_owned(asked->req, piece, asked->chunk, release,
						       asked);
	}
	more = eddy_client_request_write(asked->req, piece, asked->chunk);
	free(piece);
	return more;
}

static void
write_on(struct asked *asked)
{
	bool more = true;

	asked->inside = true;
	while (more && asked->written < asked->chunks) {
		asked->written++;
		more = write_piece(asked);
	}
	if (!more && !asked->full)
		asked->full = asked->written;
	if (asked->writing && asked->written == asked->chunks) {
		asked->writing = false;
		eddy_client_request_end(asked->req, NULL, 0);
	}
	asked->inside = false;
}

static void
on_drain(eddy_client_request *req, void *arg)
{
	struct asked *asked = arg;

	(void)req;
	if (!asked->drained)
		note(asked, "drain");
	asked->drained = true;
	write_on(asked);
}

static void
on_timeout(eddy_client_request *req, void *arg)
{
	(void)req;
	note(arg, "timeout");
	act(arg, "timeout");
}

static void
on_error(eddy_client_request *req, int error, void *arg)
{
	struct asked *asked = arg;
	char line[64];

	(void)req;
	snprintf(line, sizeof(line), "error %s", eddy_error_name(error));
	note(asked, line);
}

static void
finish(struct asked *asked)
{
	add(&asked->log, "\n", 1);
	add(&asked->log, asked->body.p ? asked->body.p : "", asked->body.n);
	eddy_response_send(asked->res, 200, "text/plain", asked->log.p, asked->log.n);
	free(asked->log.p);
	free(asked->body.p);
	free(asked->say);
	free(asked->late);
	free(asked);
}

static void
on_close(eddy_client_request *req, void *arg)
{
	struct asked *asked = arg;
	char line[64];

	if (asked->count) {
		snprintf(line, sizeof(line), "full %zu", asked->full);
		note(asked, line);
	}
	if (asked->lent) {
		snprintf(line, sizeof(line), "lent %zu released %zu", asked->lent, asked->released);
		note(asked, line);
	}
	note(asked, "close");
	if (req != asked->req)
		abort();
	asked->over = true;
	if (!asked->say)
		finish(asked);
}

static void
socket_data(eddy_socket *sock, eddy_str piece, void *arg)
{
	struct asked *asked = arg;

	(void)sock;
	add(&asked->body, piece.p, piece.n);
}

static void
socket_close(eddy_socket *sock, void *arg)
{
	(void)sock;
	finish(arg);
}

static const eddy_socket_events socket_events = {.data = socket_data, .close = socket_close};

static void
on_upgrade(eddy_client_request *req, eddy_client_response *answer, eddy_socket *sock, void *arg)
{
	struct asked *asked = arg;

	(void)req;
	note_head(asked, "upgrade", answer);
	if (!asked->say)
		return; /* its events are not set: it is closed */
	eddy_socket_on(sock, &socket_events, asked);
	eddy_socket_write(sock, asked->say, strlen(asked->say));
}

static const eddy_client_events events = {
	.response = on_response,
	.information = on_information,
	.data = on_data,
	.end = on_end,
	.drain = on_drain,
	.timeout = on_timeout,
	.error = on_error,
	.close = on_close,
	.upgrade = on_upgrade,
	.connect = on_connect,
	.finish = on_finish,
};
static const eddy_client_events others = {
	.data = on_other_data, .end = on_end, .error = on_error, .close = on_close};
static const eddy_client_events no_upgrade = {.error = on_error, .close = on_close};

/* A header's text, for the caller to free; NULL: absent. */
static char *
header(eddy_request *req, const char *name)
{
	eddy_str value = eddy_request_header(req, name);

	return value.p ? strndup(value.p, value.n) : NULL;
}

static unsigned long
number(eddy_request *req, const char *name)
{
	eddy_str value = eddy_request_header(req, name);

	return value.p ? strtoul(value.p, NULL, 10) : 0;
}

static void
begin(struct asked *asked, const eddy_http_options *options, const char *body, bool bare)
{
	asked->inside = true;
	asked->req = eddy_http_request(options, bare ? &no_upgrade : &events, asked);
	if (!asked->req)
		abort();
	if (strcmp(asked->at, "made") == 0)
		eddy_client_request_destroy(asked->req);
	if (asked->more)
		eddy_client_request_add_trailer(asked->req, "X-End", "7");
	if (asked->chunks) {
		asked->writing = true;
		write_on(asked);
		asked->inside = true;
	} else if (asked->late) {
		if (eddy_client_request_flush_headers(asked->req) != 0)
			abort();
	} else {
		eddy_client_request_end(asked->req, body, body ? strlen(body) : 0);
	}
	if (strcmp(asked->at, "asked") == 0)
		eddy_client_request_destroy(asked->req);
	asked->inside = false;
}

/* The short form: nothing but a URL. */
static void
begin_get(struct asked *asked, const char *url)
{
	asked->inside = true;
	asked->req = eddy_http_get(url, &events, asked);
	if (!asked->req)
		abort();
	asked->inside = false;
}

static void
copy_word(eddy_request *req, const char *name, char word[16])
{
	eddy_str value = eddy_request_header(req, name);

	snprintf(word, 16, "%.*s", (int)value.n, value.p ? value.p : "");
}

static void
fetch(eddy_request *req, eddy_response *res, void *arg)
{
	struct state *state = arg;
	struct asked *asked = calloc(1, sizeof(*asked));
	char *url = header(req, "X-Url"), *method = header(req, "X-Method");
	char *path = header(req, "X-Socket"), *body = header(req, "X-Body");
	char *target = header(req, "X-Path"), *size = header(req, "X-Size");
	char *field = header(req, "X-Field"), *colon = field ? strchr(field, ':') : NULL;
	char *length = header(req, "X-Length");
	eddy_header lines[] = {{field, colon ? colon + 2 : NULL}, {"Content-Length", length}};
	eddy_http_options options = {.size = sizeof(options),
				     .url = url,
				     .method = method,
				     .socket_path = path,
				     .headers = lines,
				     .nheaders = (colon != NULL) + (length != NULL),
				     .timeout = (unsigned)number(req, "X-Timeout"),
				     .agent = state->agents[number(req, "X-Agent") % 5],
				     .path = target};

	if (!asked)
		abort();
	if (colon)
		*colon = 0;
	asked->res = res;
	asked->chunk = number(req, "X-Chunk");
	asked->chunks = number(req, "X-Chunks");
	asked->say = header(req, "X-Say");
	asked->late = header(req, "X-Late");
	asked->owned = number(req, "X-Owned");
	asked->count = number(req, "X-Count");
	asked->other = number(req, "X-Other");
	asked->more = number(req, "X-More");
	asked->blink = number(req, "X-Blink");
	asked->later = (unsigned)number(req, "X-Later");
	if (size) /* of an older eddy.h: what is behind it is not the struct's */
		options.size = strcmp(size, "first") == 0 ? offsetof(eddy_http_options, path) : 8;
	copy_word(req, "X-Destroy", asked->at);
	copy_word(req, "X-Pause", asked->pause);
	copy_word(req, "X-Write", asked->write);
	asked->hold = number(req, "X-Hold") ? (unsigned)number(req, "X-Hold") : 30;
	if (number(req, "X-Get"))
		begin_get(asked, url);
	else
		begin(asked, &options, body, eddy_request_header(req, "X-Bare").p != NULL);
	free(target);
	free(size);
	free(length);
	free(url);
	free(method);
	free(path);
	free(body);
	free(field);
}

static int
load(eddy_module *self, void **state)
{
	static struct state all;
	eddy_agent_options one = {.size = sizeof(one), .max_sockets = 1};
	eddy_agent_options none = {.size = sizeof(none), .no_keep_alive = true};
	eddy_agent_options few = {.size = sizeof(few), .max_free_sockets = 1};
	eddy_agent_options quick = {.size = sizeof(quick), .timeout = 50};

	const char *servers = eddy_module_option(self, "servers", NULL);

	if (servers && eddy_dns_set_servers(servers) != 0)
		return eddy_module_fail(self, "servers");
	all.agents[1] = eddy_http_create_agent(&one);
	all.agents[2] = eddy_http_create_agent(&none);
	*state = &all;
	all.agents[3] = eddy_http_create_agent(&few);
	all.agents[4] = eddy_http_create_agent(&quick);
	return all.agents[1] && all.agents[2] && all.agents[3] && all.agents[4] ? 0 : -1;
}

EDDY_MODULE(.name = "client", .load = load, .request = fetch);
