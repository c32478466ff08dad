/*
 * A server at option "address", which answers each connection with its worker's pid. GET /address tells where it listens,
 * or the name of the error; GET /close closes it. With option "error" it takes the error itself.
 */
#include <eddy.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

static eddy_module *self;
static eddy_server *server;
static int failure;
static const eddy_socket_events none = {0};

static void
connection(eddy_server *from, eddy_socket *sock, void *arg)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", (int)eddy_process_pid());

	(void)from;
	(void)arg;
	eddy_socket_on(sock, &none, NULL);
	eddy_socket_end(sock, text, (size_t)n);
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
	(void)from;
	(void)arg;
	eddy_log(self, LOG_INFO, "the server is closed");
}

static const eddy_server_events plain = {.connection = connection, .close = closed},
				careful = {
					.connection = connection, .close = closed, .error = error};

static int
load(eddy_module *module, void **state)
{
	(void)state;
	self = module;
	server = eddy_net_create_server(
		eddy_module_option(module, "error", NULL) ? &careful : &plain, NULL);
	if (!server || eddy_server_listen(server, eddy_module_option(module, "address", "")) != 0)
		return eddy_module_fail(module, "cannot ask for a listener");
	return 0;
}

static void
address(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str at = failure ? (eddy_str){0} : eddy_server_address(server);

	(void)req;
	(void)state;
	if (failure)
		at = (eddy_str){eddy_error_name(failure), strlen(eddy_error_name(failure))};
	eddy_response_send(res, 200, "text/plain", at.p, at.n);
}

static void
close_server(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, eddy_server_close(server) == 0 ? 200 : 500, "text/plain", "", 0);
}

static const struct eddy_handler handlers[] = {
	{"address", address}, {"close", close_server}, {NULL, NULL}};

EDDY_MODULE(.name = "server", .load = load, .handlers = handlers);
