/*
 * An HTTP server of its own at option "address", with options "keep_alive", "headers" and "max_body" as its options. What
 * a request asks for is its path; see `answers`. GET /listens on a route of the conf tells where it listens, or the name
 * of the error, and how many connections there are; GET /stop closes it from there.
 */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static eddy_module *self;
static eddy_server *server;
static eddy_response *parked;
static int failure;

static void
say(eddy_response *res, const char *text)
{
	eddy_response_send(res, 200, "text/plain", text, strlen(text));
}

static void
pid(eddy_request *req, eddy_response *res)
{
	char text[16];

	(void)req;
	snprintf(text, sizeof(text), "%d", (int)eddy_process_pid());
	say(res, text);
}

static void
facts(eddy_request *req, eddy_response *res)
{
	eddy_str method = eddy_request_method(req), url = eddy_request_url(req),
		 remote = eddy_request_remote_address(req), local = eddy_request_local_address(req);
	char text[512];

	snprintf(text, sizeof(text), "%.*s %.*s %.*s %u %.*s %u %d", (int)method.n, method.p,
		 (int)url.n, url.p, (int)remote.n, remote.p, eddy_request_remote_port(req),
		 (int)local.n, local.p, eddy_request_local_port(req),
		 eddy_request_param(req, "*").p != NULL);
	say(res, text);
}

static void
collected(eddy_request *req, int err, eddy_str body, void *arg)
{
	char text[1024] = "";
	eddy_str name, value;
	size_t n = 0;

	(void)arg;
	if (err != 0)
		return;
	n += (size_t)snprintf(text, sizeof(text), "%zu", body.n);
	for (size_t i = 0; eddy_request_trailers(req, i, &name, &value) && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "\n%.*s=%.*s", (int)name.n,
				      name.p, (int)value.n, value.p);
	say(eddy_request_response(req), text);
}

static void
body(eddy_request *req, eddy_response *res)
{
	(void)res;
	eddy_request_body(req, 0, collected, NULL);
}

/* The word first, then, for the answer of a request without a body, nothing more. */
static void
go_on(eddy_request *req, eddy_response *res)
{
	int first = eddy_response_write_continue(res), second = eddy_response_write_continue(res);

	if (first != 0 || second != 0)
		eddy_response_send(res, 500, NULL, NULL, 0);
	else
		eddy_request_body(req, 0, collected, NULL);
}

static void
late_word(eddy_request *req, eddy_response *res)
{
	(void)req;
	eddy_response_flush_headers(res);
	eddy_response_end(res, eddy_error_name(eddy_response_write_continue(res)), 12);
}

static void
park(eddy_request *req, eddy_response *res)
{
	(void)req;
	parked = res;
}

static void
unpark(eddy_request *req, eddy_response *res)
{
	(void)req;
	say(parked, "unparked");
	say(res, "done");
}

static void
echo(eddy_socket *sock, eddy_str piece, void *arg)
{
	(void)arg;
	eddy_socket_write(sock, piece.p, piece.n);
}

static const eddy_socket_events raw = {.data = echo};

static void
detach(eddy_request *req, eddy_response *res)
{
	static const char head[] = "HTTP/1.1 101 My Own Words\r\nUpgrade: echo\r\n\r\n";
	eddy_socket *sock = eddy_response_detach_socket(res, &raw, NULL);

	(void)req;
	if (sock != NULL)
		eddy_socket_write(sock, head, sizeof(head) - 1);
	else
		eddy_response_send(res, 400, NULL, NULL, 0);
}

static void
stop(eddy_request *req, eddy_response *res)
{
	(void)req;
	say(res, eddy_error_name(eddy_server_close(server)));
}

static void
close_idle(eddy_request *req, eddy_response *res)
{
	(void)req;
	say(res, eddy_error_name(eddy_server_close_idle_connections(server)));
}

static void
close_all(eddy_request *req, eddy_response *res)
{
	int err = eddy_server_close_all_connections(server);

	(void)req;
	eddy_log(self, LOG_INFO, "close_all: %s, then: %s", eddy_error_name(err),
		 eddy_error_name(eddy_response_flush_headers(res)));
}

static void
die(eddy_request *req, eddy_response *res)
{
	(void)req;
	(void)res;
	abort();
}

static const struct {
	const char *path;
	void (*call)(eddy_request *req, eddy_response *res);
} answers[] = {{"/pid", pid},	      {"/facts", facts},	 {"/body", body},
	       {"/continue", go_on},  {"/late-word", late_word}, {"/park", park},
	       {"/unpark", unpark},   {"/detach", detach},	 {"/stop", stop},
	       {"/idle", close_idle}, {"/all", close_all},	 {"/die", die}};

static void
request(eddy_server *from, eddy_request *req, eddy_response *res, void *arg)
{
	eddy_str path = eddy_request_path(req), method = eddy_request_method(req);

	(void)from;
	(void)arg;
	if (method.n == 7 && memcmp(method.p, "CONNECT", 7) == 0) {
		detach(req, res);
		return;
	}
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (strlen(answers[i].path) == path.n &&
		    memcmp(answers[i].path, path.p, path.n) == 0) {
			answers[i].call(req, res);
			return;
		}
	facts(req, res);
}

static void
listening(eddy_server *from, void *arg)
{
	eddy_str at = eddy_server_address(from);

	(void)arg;
	eddy_log(self, LOG_INFO, "listening at %.*s", (int)at.n, at.p);
}

static void
error(eddy_server *from, int code, void *arg)
{
	(void)from;
	(void)arg;
	failure = code;
}

static void
closed(eddy_server *from, void *arg)
{
	(void)arg;
	eddy_log(self, LOG_INFO, "closed with %zu connections", eddy_server_connections(from));
}

static const eddy_http_server_events events = {listening, request, error, closed};

static unsigned
number(const char *key)
{
	return (unsigned)strtoul(eddy_module_option(self, key, "0"), NULL, 10);
}

static void
drain(void *state)
{
	(void)state;
	if (parked != NULL)
		say(parked, "drained");
}

static int
load(eddy_module *module, void **state)
{
	eddy_http_server_options options = {.size = sizeof(options)};

	(void)state;
	self = module;
	options.keep_alive_timeout = number("keep_alive");
	options.headers_timeout = number("headers");
	options.max_body = number("max_body");
	server = eddy_http_create_server(&options, &events, NULL);
	if (!server || eddy_server_listen(server, eddy_module_option(module, "address", "")) != 0)
		return eddy_module_fail(module, "cannot ask for a listener");
	return 0;
}

static void
listens(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str at = eddy_server_address(server);
	char text[256];

	(void)req;
	(void)state;
	if (failure)
		snprintf(text, sizeof(text), "%s", eddy_error_name(failure));
	else
		snprintf(text, sizeof(text), "%.*s %zu", (int)at.n, at.p,
			 eddy_server_connections(server));
	say(res, text);
}

static void
stop_by_route(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	stop(req, res);
}

/* What is refused: each is a line of the log. */
static void
misuse(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_http_server_events none = {0};
	static const eddy_http_server_options unsized = {0};
	eddy_server *plain = eddy_net_create_server(NULL, NULL);
	char text[128];

	(void)req;
	(void)state;
	snprintf(text, sizeof(text), "%d %d %d %s",
		 eddy_http_create_server(NULL, NULL, NULL) == NULL,
		 eddy_http_create_server(NULL, &none, NULL) == NULL,
		 eddy_http_create_server(&unsized, &events, NULL) == NULL,
		 eddy_error_name(eddy_server_close_all_connections(plain)));
	eddy_server_close(plain);
	say(res, text);
}

static const struct eddy_handler handlers[] = {
	{"listens", listens}, {"stop", stop_by_route}, {"misuse", misuse}, {NULL, NULL}};

EDDY_MODULE(.name = "httpd", .load = load, .drain = drain, .handlers = handlers);
