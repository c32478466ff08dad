/*
 * Servers that close, and sockets that are opened anew, where it hurts.
 *
 * When its server has closed it says whether the socket's file is still there.
 * `load` listens at option "at". A client that comes closes the server and is dropped; GET /close closes it while
 * clients wait that this module has made itself. Option "keep": connects there, and again whenever that socket closes.
 * Option "hold": a client is kept, and gets back what it says.
 * GET /ask asks for a listener at option "late", and so does `drain`.
 */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#define CLIENTS 5

static eddy_module *module;
static eddy_server *server;
static const char *at, *keep, *late;
static bool calling, hold;
static unsigned connections;

static void
listening(eddy_server *it, void *arg)
{
	eddy_str address = eddy_server_address(it);

	(void)arg;
	eddy_log(module, LOG_NOTICE, "listening at %.*s", (int)address.n, address.p);
}

static void
echo(eddy_socket *sock, eddy_str bytes, void *arg)
{
	(void)arg;
	eddy_socket_write(sock, bytes.p, bytes.n);
}

static const eddy_socket_events echoing = {.data = echo};

static void
connection(eddy_server *it, eddy_socket *sock, void *arg)
{
	(void)arg;
	if (calling)
		abort(); /* from inside eddy_server_close */
	connections++;
	if (hold)
		eddy_socket_on(sock, &echoing, NULL);
	else if (eddy_server_close(it) != 0 || eddy_server_close(it) != EDDY_ECLOSED)
		abort();
}

static void
server_closed(eddy_server *it, void *arg)
{
	(void)arg;
	eddy_log(module, LOG_NOTICE, "server closed, %zu left of %u, its file is %s",
		 eddy_server_connections(it), connections,
		 access(at + strlen("unix:"), F_OK) == 0 ? "there" : "gone");
}

static const eddy_server_events events = {
	.listening = listening, .connection = connection, .close = server_closed};

/* A client of this process's own, which waits to be accepted. */
static int
client_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		abort();
	return fd;
}

static void
close_server(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str address = eddy_server_address(server);
	char path[100], text[32];
	int fds[CLIENTS], n;

	(void)req;
	(void)state;
	snprintf(path, sizeof(path), "%.*s", (int)(address.n - 5), address.p + 5);
	for (n = 0; n < CLIENTS; n++)
		fds[n] = client_connect(path);
	calling = true;
	n = snprintf(text, sizeof(text), "%d", eddy_server_close(server));
	calling = false;
	for (int i = 0; i < CLIENTS; i++)
		close(fds[i]);
	eddy_response_send(res, 200, "text/plain", text, (size_t)n);
}

static void keep_closed(eddy_socket *sock, void *arg);
static const eddy_socket_events kept = {.close = keep_closed};

static void
keep_closed(eddy_socket *sock, void *arg)
{
	(void)sock;
	(void)arg;
	if (eddy_net_connect(keep, &kept, NULL) == NULL)
		eddy_log(module, LOG_NOTICE, "no socket any more");
}

static void
late_error(eddy_server *it, int error, void *arg)
{
	eddy_log(module, LOG_NOTICE, "%s: %s", (const char *)arg, eddy_error_name(error));
	if (eddy_server_listen(it, late) != EDDY_ECLOSED)
		abort();
}

static void
late_close(eddy_server *it, void *arg)
{
	(void)it;
	eddy_log(module, LOG_NOTICE, "%s: closed", (const char *)arg);
}

static const eddy_server_events late_events = {.error = late_error, .close = late_close};
static char asked_before[] = "asked before", asked_during[] = "asked during";

static void
ask(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	if (eddy_server_listen(eddy_net_create_server(&late_events, asked_before), late) != 0)
		abort();
	eddy_response_send(res, 204, NULL, NULL, 0);
}

static void
drain(void *state)
{
	(void)state;
	if (late &&
	    eddy_server_listen(eddy_net_create_server(&late_events, asked_during), late) != 0)
		abort();
}

static int
load(eddy_module *self, void **state)
{
	(void)state;
	module = self;
	server = eddy_net_create_server(&events, NULL);
	at = eddy_module_option(self, "at", "");
	keep = eddy_module_option(self, "keep", NULL);
	late = eddy_module_option(self, "late", NULL);
	hold = eddy_module_option(self, "hold", NULL) != NULL;
	if (keep != NULL && eddy_net_connect(keep, &kept, NULL) == NULL)
		return eddy_module_fail(self, "no socket");
	return eddy_server_listen(server, at);
}

static const struct eddy_handler handlers[] = {{"ask", ask}, {NULL, NULL}};

EDDY_MODULE(.name = "once", .load = load, .drain = drain, .request = close_server,
	    .handlers = handlers);
