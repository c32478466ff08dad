/*
 * Pipelines with the http client. The query, or a raw socket's option `target`, says to whom: "url", or "url,file".
 *
 *	forward   the request to the other server, and its answer to the client      (raw sockets, too)
 *	fetch     its answer to the client
 *	early     the same, the pipeline being there before the answer is
 *	download  its answer to the file
 *	send      the file to it
 *
 * Every end is a line of the log: "forward up: OK" (to the server), "forward down: OK" (its answer), and the events that
 * the client's request has for itself: "forward error: ECONNREFUSED", "forward close".
 */
#include <eddy.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

struct proxy {
	const char *name;
	eddy_request *req;
	eddy_response *res;
	eddy_socket *sock;
	eddy_client_request *client;
	eddy_file *file;
	char *path; /* of the file */
	int left;   /* ends that are still to come: of pipelines, and `close` */
};

static void
say(const struct proxy *proxy, const char *what, int err)
{
	eddy_log(NULL, LOG_NOTICE, "%s %s: %s", proxy->name, what, eddy_error_name(err));
}

static void
leave(struct proxy *proxy)
{
	if (--proxy->left > 0)
		return;
	if (proxy->file)
		eddy_fs_close(proxy->file, NULL, NULL);
	if (proxy->sock)
		eddy_socket_destroy(proxy->sock);
	free(proxy->path);
	free(proxy);
}

static void
answer(struct proxy *proxy, int err)
{
	const char *text = eddy_error_name(err);

	if (proxy->res && !eddy_response_headers_sent(proxy->res))
		eddy_response_send(proxy->res, err == 0 ? 200 : 502, "text/plain", text,
				   strlen(text));
}

static void
up(int err, void *arg)
{
	struct proxy *proxy = arg;

	say(proxy, "up", err);
	if (err != 0)
		answer(proxy, err);
	leave(proxy);
}

static void
down(int err, void *arg)
{
	struct proxy *proxy = arg;

	say(proxy, "down", err);
	answer(proxy, err);
	leave(proxy);
}

/* What eddy_pipeline has returned for one of them. */
static void
began(struct proxy *proxy, void (*done)(int err, void *arg), int err)
{
	proxy->left++;
	if (err != 0)
		done(err, proxy);
}

static void
answered(eddy_client_request *client, eddy_client_response *from, void *arg)
{
	struct proxy *proxy = arg;
	eddy_str length = eddy_client_response_header(from, "content-length");
	char text[32];

	(void)client;
	if (proxy->res && strcmp(proxy->name, "send") != 0 && !proxy->file) {
		snprintf(text, sizeof(text), "%.*s", (int)length.n, length.p ? length.p : "");
		if (length.p)
			eddy_response_set_header(proxy->res, "Content-Length", text);
		eddy_response_write_head(proxy->res, eddy_client_response_status(from), NULL);
	}
	if (strcmp(proxy->name, "early") == 0)
		return;
	if (strcmp(proxy->name, "send") == 0)
		answer(proxy, eddy_client_response_status(from) == 200 ? 0 : EDDY_EBADMSG);
	else if (proxy->file)
		began(proxy, down, eddy_pipeline(from, proxy->file, down, proxy));
	else if (proxy->res)
		began(proxy, down, eddy_pipeline(from, proxy->res, down, proxy));
	else
		began(proxy, down, eddy_pipeline(from, proxy->sock, down, proxy));
}

static void
failed(eddy_client_request *client, int error, void *arg)
{
	struct proxy *proxy = arg;

	(void)client;
	say(proxy, "error", error);
	answer(proxy, error);
}

static void
closed(eddy_client_request *client, void *arg)
{
	struct proxy *proxy = arg;

	(void)client;
	eddy_log(NULL, LOG_NOTICE, "%s close", proxy->name);
	leave(proxy);
}

static void
timed_out(eddy_client_request *client, void *arg)
{
	struct proxy *proxy = arg;

	eddy_log(NULL, LOG_NOTICE, "%s timeout", proxy->name);
	eddy_client_request_destroy(client);
}

static const eddy_client_events events = {
	.response = answered, .timeout = timed_out, .error = failed, .close = closed};

/* `url` may be followed by ",file". */
static void
ask(struct proxy *proxy, const char *method, const char *target)
{
	eddy_http_options options = {.size = sizeof(options), .method = method, .timeout = 30000};
	char *url = strdup(target), *comma = strchr(url, ',');

	if (comma) {
		*comma = '\0';
		proxy->path = strdup(comma + 1);
	}
	options.url = url;
	proxy->left = 1;
	proxy->client = eddy_http_request(&options, &events, proxy);
	free(url);
	if (!proxy->client)
		abort();
}

static struct proxy *
proxy_new(const char *name, eddy_request *req, eddy_response *res, eddy_socket *sock)
{
	struct proxy *proxy = calloc(1, sizeof(*proxy));

	if (!proxy)
		abort();
	*proxy = (struct proxy){.name = name, .req = req, .res = res, .sock = sock};
	return proxy;
}

static struct proxy *
proxy_of(const char *name, const char *method, eddy_request *req, eddy_response *res)
{
	struct proxy *proxy = proxy_new(name, req, res, NULL);
	eddy_str query = eddy_request_query(req);
	char *target = strndup(query.p ? query.p : "", query.n);

	ask(proxy, method, target);
	free(target);
	return proxy;
}

static void
forward(eddy_request *req, eddy_response *res, void *state)
{
	struct proxy *proxy = proxy_of("forward", "POST", req, res);

	(void)state;
	began(proxy, up, eddy_pipeline(req, proxy->client, up, proxy));
}

static void
fetch(eddy_request *req, eddy_response *res, void *state)
{
	struct proxy *proxy = proxy_of("fetch", "GET", req, res);

	(void)state;
	eddy_client_request_end(proxy->client, NULL, 0);
}

static void
early(eddy_request *req, eddy_response *res, void *state)
{
	struct proxy *proxy = proxy_of("early", "GET", req, res);
	eddy_client_response *from = eddy_client_request_response(proxy->client);

	(void)state;
	began(proxy, down, eddy_pipeline(from, res, down, proxy));
	eddy_client_request_end(proxy->client, NULL, 0);
}

static void
opened(int err, eddy_file *file, void *arg)
{
	struct proxy *proxy = arg;

	if (err != 0)
		abort();
	proxy->file = file;
	if (strcmp(proxy->name, "send") == 0)
		began(proxy, up, eddy_pipeline(file, proxy->client, up, proxy));
	else
		eddy_client_request_end(proxy->client, NULL, 0);
}

static void
download(eddy_request *req, eddy_response *res, void *state)
{
	struct proxy *proxy = proxy_of("download", "GET", req, res);

	(void)state;
	eddy_fs_open(proxy->path, O_WRONLY | O_CREAT | O_TRUNC, 0600, opened, proxy);
}

static void
send_file(eddy_request *req, eddy_response *res, void *state)
{
	struct proxy *proxy = proxy_of("send", "PUT", req, res);

	(void)state;
	eddy_fs_open(proxy->path, O_RDONLY, 0, opened, proxy);
}

static void
nothing(int err, void *arg)
{
	(void)err;
	(void)arg;
	abort();
}

/* A request that has ended, the same direction twice, and a request that is over. */
static void
bad(eddy_request *req, eddy_response *res, void *state)
{
	struct proxy *proxy = proxy_of("bad", "GET", req, res);
	eddy_client_request *client = proxy->client;
	eddy_client_response *from = eddy_client_request_response(client);
	char text[128];
	int error[4];

	(void)state;
	eddy_client_request_end(client, NULL, 0);
	error[0] = eddy_pipeline(req, client, nothing, NULL);
	began(proxy, down, eddy_pipeline(from, res, down, proxy));
	error[1] = eddy_pipeline(from, res, nothing, NULL);
	eddy_client_request_destroy(client);
	error[2] = eddy_pipeline(from, res, nothing, NULL);
	error[3] = eddy_pipeline(req, client, nothing, NULL);
	snprintf(text, sizeof(text), "%s %s %s %s", eddy_error_name(error[0]),
		 eddy_error_name(error[1]), eddy_error_name(error[2]), eddy_error_name(error[3]));
	eddy_log(NULL, LOG_NOTICE, "bad: %s", text);
}

static void
connection(eddy_socket *sock, void *state)
{
	struct proxy *proxy = proxy_new("forward", NULL, NULL, sock);

	ask(proxy, "POST", state);
	began(proxy, up, eddy_pipeline(sock, proxy->client, up, proxy));
}

static int
load(eddy_module *self, void **state)
{
	*state = strdup(eddy_module_option(self, "target", ""));
	return 0;
}

static const struct eddy_handler handlers[] = {{"forward", forward}, {"fetch", fetch},
					       {"early", early},     {"download", download},
					       {"send", send_file},  {"bad", bad},
					       {NULL, NULL}};

EDDY_MODULE(.name = "proxy", .version = "1", .load = load, .unload = free, .handlers = handlers,
	    .connection = connection);
