/*
 * Makes the request that X-… headers describe, and answers with its events, one a line, an empty
 * line, and the body that came.
 */
#include <eddy.h>
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
	char *say; /* to the socket that has been taken over */
	size_t chunk, chunks, written;
	bool inside, writing, drained, over;
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

static void
act(struct asked *asked, const char *event)
{
	if (strcmp(asked->at, event) == 0)
		eddy_client_request_destroy(asked->req);
	if (strcmp(asked->pause, event) != 0)
		return;
	asked->pause[0] = 0;
	eddy_client_response_pause(asked->answer);
	eddy_set_timeout(resume, 30, asked);
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
	if (req != asked->req || eddy_client_response_request(answer) != req)
		abort();
	act(asked, "response");
}

static void
on_information(eddy_client_request *req, eddy_client_response *answer, void *arg)
{
	(void)req;
	note_head(arg, "information", answer);
	act(arg, "information");
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
	note(asked, "end");
	act(asked, "end");
}

static void
write_on(struct asked *asked)
{
	char *piece = malloc(asked->chunk + 1);
	bool more = true;

	if (!piece)
		abort();
	memset(piece, 'w', asked->chunk);
	asked->inside = true;
	while (more && asked->written < asked->chunks) {
		asked->written++;
		more = eddy_client_request_write(asked->req, piece, asked->chunk);
	}
	if (asked->writing && asked->written == asked->chunks) {
		asked->writing = false;
		eddy_client_request_end(asked->req, NULL, 0);
	}
	asked->inside = false;
	free(piece);
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
	free(asked);
}

static void
on_close(eddy_client_request *req, void *arg)
{
	struct asked *asked = arg;

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
};
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
	if (asked->chunks) {
		asked->writing = true;
		write_on(asked);
		asked->inside = true;
	} else {
		eddy_client_request_end(asked->req, body, body ? strlen(body) : 0);
	}
	if (strcmp(asked->at, "asked") == 0)
		eddy_client_request_destroy(asked->req);
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
	char *field = header(req, "X-Field"), *colon = field ? strchr(field, ':') : NULL;
	eddy_header line = {.name = field, .value = colon ? colon + 2 : NULL};
	eddy_http_options options = {.size = sizeof(options),
				     .url = url,
				     .method = method,
				     .socket_path = path,
				     .headers = &line,
				     .nheaders = colon != NULL,
				     .timeout = (unsigned)number(req, "X-Timeout"),
				     .agent = state->agents[number(req, "X-Agent") % 5]};

	if (!asked)
		abort();
	if (colon)
		*colon = 0;
	asked->res = res;
	asked->chunk = number(req, "X-Chunk");
	asked->chunks = number(req, "X-Chunks");
	asked->say = header(req, "X-Say");
	copy_word(req, "X-Destroy", asked->at);
	copy_word(req, "X-Pause", asked->pause);
	begin(asked, &options, body, eddy_request_header(req, "X-Bare").p != NULL);
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

	(void)self;
	all.agents[1] = eddy_http_create_agent(&one);
	all.agents[2] = eddy_http_create_agent(&none);
	*state = &all;
	all.agents[3] = eddy_http_create_agent(&few);
	all.agents[4] = eddy_http_create_agent(&quick);
	return all.agents[1] && all.agents[2] && all.agents[3] && all.agents[4] ? 0 : -1;
}

EDDY_MODULE(.name = "client", .load = load, .request = fetch);
