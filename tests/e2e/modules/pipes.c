/*
 * Pipelines between all kinds of streams. Over HTTP the query names the file, or the socket to relay to; on a raw
 * socket the options say which mode it has and what its target is. Every `done` is a line of the log: "save: OK".
 */
#include <eddy.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

struct module {
	const char *mode, *target;
};

struct flow {
	const char *name;
	eddy_request *req;
	eddy_response *res;
	eddy_socket *sock, *other;
	eddy_file *from, *to;
	int left; /* pipelines */
};

static struct flow *
flow_new(const char *name, eddy_request *req, eddy_response *res, eddy_socket *sock)
{
	struct flow *flow = calloc(1, sizeof(*flow));

	if (!flow)
		abort();
	*flow = (struct flow){.name = name, .req = req, .res = res, .sock = sock};
	return flow;
}

/* Everything that a pipeline leaves open is closed here; what has been destroyed does not mind. */
static void
over(int err, void *arg)
{
	struct flow *flow = arg;
	const char *text = eddy_error_name(err);

	eddy_log(NULL, LOG_NOTICE, "%s: %s", flow->name, text);
	if (flow->left > 0 && --flow->left > 0)
		return;
	if (flow->from)
		eddy_fs_close(flow->from, NULL, NULL);
	if (flow->to)
		eddy_fs_close(flow->to, NULL, NULL);
	if (flow->res && !eddy_response_headers_sent(flow->res))
		eddy_response_send(flow->res, err == 0 ? 201 : 500, "text/plain", text,
				   strlen(text));
	if (flow->sock)
		eddy_socket_destroy(flow->sock);
	if (flow->other)
		eddy_socket_destroy(flow->other);
	free(flow);
}

static void
started(int err, struct flow *flow)
{
	if (err != 0) {
		eddy_log(NULL, LOG_NOTICE, "%s cannot start", flow->name);
		over(err, flow);
	}
}

static char *
query(eddy_request *req)
{
	eddy_str text = eddy_request_query(req);
	char *copy = strndup(text.p ? text.p : "", text.n);

	if (!copy)
		abort();
	return copy;
}

static void
echo(eddy_request *req, eddy_response *res, void *state)
{
	struct flow *flow = flow_new("echo", req, res, NULL);

	(void)state;
	started(eddy_pipeline(req, res, over, flow), flow);
}

/* The same with a length that is promised in the query. */
static void
promise(eddy_request *req, eddy_response *res, void *state)
{
	char *length = query(req);

	eddy_response_set_header(res, "Content-Length", length);
	free(length);
	echo(req, res, state);
}

static void
save_opened(int err, eddy_file *file, void *arg)
{
	struct flow *flow = arg;

	flow->to = file;
	if (err != 0)
		over(err, flow);
	else if (flow->sock)
		started(eddy_pipeline(flow->sock, file, over, flow), flow);
	else
		started(eddy_pipeline(flow->req, file, over, flow), flow);
}

static void
load_opened(int err, eddy_file *file, void *arg)
{
	struct flow *flow = arg;

	flow->from = file;
	if (err != 0)
		over(err, flow);
	else if (flow->sock)
		started(eddy_pipeline(file, flow->sock, over, flow), flow);
	else
		started(eddy_pipeline(file, flow->res, over, flow), flow);
}

static void
save(eddy_request *req, eddy_response *res, void *state)
{
	char *path = query(req);

	(void)state;
	eddy_fs_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600, save_opened,
		     flow_new("save", req, res, NULL));
	free(path);
}

static void
load(eddy_request *req, eddy_response *res, void *state)
{
	char *path = query(req);

	(void)state;
	eddy_fs_open(path, O_RDONLY, 0, load_opened, flow_new("load", req, res, NULL));
	free(path);
}

static void
copy_opened(int err, eddy_file *file, void *arg)
{
	struct flow *flow = arg;

	if (err == 0 && !flow->from) {
		flow->from = file;
		return;
	}
	flow->to = file;
	if (err == 0)
		started(eddy_pipeline(flow->from, flow->to, over, flow), flow);
	else
		over(err, flow);
}

/* "from,to", with one thread: the first is open before the second. */
static void
copy(eddy_request *req, eddy_response *res, void *state)
{
	char *path = query(req), *to = strchr(path, ',');
	struct flow *flow = flow_new("copy", req, res, NULL);

	(void)state;
	*to++ = '\0';
	eddy_fs_open(path, O_RDONLY, 0, copy_opened, flow);
	eddy_fs_open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600, copy_opened, flow);
	free(path);
}

/* A reverse proxy of bodies: both directions of one socket at once. */
static void
relay(eddy_request *req, eddy_response *res, void *state)
{
	struct flow *flow = flow_new("relay", req, res, NULL);
	char *address = query(req);

	(void)state;
	flow->left = 2;
	flow->other = eddy_net_connect(address, NULL, NULL);
	free(address);
	started(eddy_pipeline(req, flow->other, over, flow), flow);
	started(eddy_pipeline(flow->other, res, over, flow), flow);
}

static void
nothing(int err, void *arg)
{
	(void)err;
	(void)arg;
	abort();
}

static void
bad_opened(int err, eddy_file *file, void *arg)
{
	struct flow *flow = arg;
	eddy_request *req = flow->req;
	eddy_response *res = flow->res;
	char text[512];

	(void)err;
	eddy_fs_close(file, NULL, NULL);
	snprintf(text, sizeof(text), "%s %s %s %s %s %s %s",
		 eddy_error_name(eddy_pipeline(res, res, nothing, NULL)),
		 eddy_error_name(eddy_pipeline(req, req, nothing, NULL)),
		 eddy_error_name(eddy_pipeline(file, res, nothing, NULL)),
		 eddy_error_name(eddy_pipeline(req, file, nothing, NULL)),
		 eddy_error_name(eddy_pipeline(req, res, NULL, NULL)),
		 eddy_error_name(eddy_pipeline((eddy_socket *)NULL, res, nothing, NULL)),
		 eddy_error_name(eddy_pipeline((eddy_client_response *)NULL, res, nothing, NULL)));
	eddy_response_send(res, 200, "text/plain", text, strlen(text));
	free(flow);
}

static void
bad(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	eddy_fs_open("/dev/null", O_RDWR, 0, bad_opened, flow_new("bad", req, res, NULL));
}

static void
twice(eddy_request *req, eddy_response *res, void *state)
{
	struct flow *flow = flow_new("twice", req, res, NULL);

	(void)state;
	started(eddy_pipeline(req, res, over, flow), flow);
	eddy_log(NULL, LOG_NOTICE, "again: %s",
		 eddy_error_name(eddy_pipeline(req, res, nothing, NULL)));
}

/* Answers at once, whatever is still to come of the body; the response has events of its own. */
static void
answered_closed(eddy_response *res, void *arg)
{
	(void)res;
	(void)arg;
	eddy_log(NULL, LOG_NOTICE, "answered closed");
}

static void
answer_opened(int err, eddy_file *file, void *arg)
{
	static const eddy_response_events events = {.close = answered_closed};
	struct flow *flow = arg;
	eddy_response *res = flow->res;

	eddy_response_on(res, &events, NULL);
	save_opened(err, file, flow);
	eddy_response_send(res, 200, "text/plain", "first", 5);
}

static void
answer(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	eddy_fs_open("/dev/null", O_WRONLY, 0, answer_opened, flow_new("answer", req, res, NULL));
}

/* The response's own events stay, but for those that the pipeline is about. */
static void
own_event(const char *what)
{
	eddy_log(NULL, LOG_NOTICE, "own %s", what);
}

static void
own_drain(eddy_response *res, void *arg)
{
	(void)res;
	(void)arg;
	own_event("drain");
}

static void
own_finish(eddy_response *res, void *arg)
{
	(void)res;
	(void)arg;
	own_event("finish");
}

static void
own_close(eddy_response *res, void *arg)
{
	(void)res;
	(void)arg;
	own_event("close");
}

static void
own(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_response_events events = {
		.drain = own_drain, .finish = own_finish, .close = own_close};

	eddy_response_on(res, &events, NULL);
	echo(req, res, state);
}

/* Until the file is open nothing is read, and the connection stays. */
static void
silent(eddy_socket *sock, void *arg)
{
	(void)arg;
	eddy_log(NULL, LOG_NOTICE, "own timeout");
	eddy_socket_destroy(sock);
}

static void
gone(eddy_socket *sock, void *arg)
{
	(void)sock;
	(void)arg;
	eddy_log(NULL, LOG_NOTICE, "own close");
}

/* The other side may say all that it has to say before. */
static void
ended(eddy_socket *sock, void *arg)
{
	(void)sock;
	(void)arg;
}

static const eddy_socket_events none = {.end = ended, .timeout = silent, .close = gone};

static void
connection(eddy_socket *sock, void *state)
{
	const struct module *module = state;
	struct flow *flow = flow_new(module->mode, NULL, NULL, sock);

	if (strcmp(module->mode, "echo") == 0) {
		eddy_socket_on(sock, &none, NULL);
		if (strcmp(module->target, "") != 0)
			eddy_socket_set_timeout(sock, (unsigned)atoi(module->target));
		started(eddy_pipeline(sock, sock, over, flow), flow);
	} else if (strcmp(module->mode, "proxy") == 0) {
		flow->left = 2;
		flow->other = eddy_net_connect(module->target, NULL, NULL);
		started(eddy_pipeline(sock, flow->other, over, flow), flow);
		started(eddy_pipeline(flow->other, sock, over, flow), flow);
	} else if (strcmp(module->mode, "save") == 0) {
		eddy_socket_on(sock, &none, NULL);
		eddy_fs_open(module->target, O_WRONLY | O_CREAT | O_TRUNC, 0600, save_opened, flow);
	} else {
		eddy_socket_on(sock, &none, NULL);
		eddy_fs_open(module->target, O_RDONLY, 0, load_opened, flow);
	}
}

static int
load_module(eddy_module *self, void **state)
{
	struct module *module = malloc(sizeof(*module));

	if (!module)
		abort();
	module->mode = eddy_module_option(self, "mode", "");
	module->target = eddy_module_option(self, "target", "");
	*state = module;
	return 0;
}

static const struct eddy_handler handlers[] = {
	{"echo", echo},	    {"promise", promise}, {"save", save}, {"load", load},
	{"copy", copy},	    {"relay", relay},	  {"bad", bad},	  {"twice", twice},
	{"answer", answer}, {"own", own},	  {NULL, NULL},
};

EDDY_MODULE(.name = "pipes", .version = "1", .load = load_module, .unload = free,
	    .handlers = handlers, .connection = connection);
