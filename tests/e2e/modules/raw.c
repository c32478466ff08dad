/*
 * Raw sockets: what comes to `listen { protocol = "tcp" }`, what is taken over from HTTP, and what is connected to.
 *
 * A connection is treated by option "mode": "echo" (half-open: what comes goes back, FIN is answered behind it),
 * "shut" (the same without an `end` event: eddy ends), "hello" (a greeting and FIN), "deaf" (never reads), "drop"
 * (sets no events), "reset", "detach" (the descriptor is given back and written to by hand), "flood" (writes as fast as
 * it may, counted by GET /flooded), "quiet" (`timeout` after 100 ms, which says so and ends), "bye" (never reads, says
 * so and ends), "sink" (a byte, then reads only), "denied" (says so and is destroyed), "flooded" (the same with more than
 * the kernel takes).
 */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static size_t flood_most, flood_drains;
static char piece[16384];

static void
echo_data(eddy_socket *sock, eddy_str bytes, void *arg)
{
	(void)arg;
	if (!eddy_socket_write(sock, bytes.p, bytes.n))
		eddy_socket_pause(sock);
}

static void
echo_drain(eddy_socket *sock, void *arg)
{
	(void)arg;
	eddy_socket_resume(sock);
}

static void
echo_end(eddy_socket *sock, void *arg)
{
	(void)arg;
	eddy_socket_end(sock, "[end]", 5);
}

static const eddy_socket_events echo = {.data = echo_data, .drain = echo_drain, .end = echo_end},
				shut = {.data = echo_data, .drain = echo_drain}, nothing = {0};

static void
flood_write(eddy_socket *sock, void *arg)
{
	(void)arg;
	while (eddy_socket_write(sock, piece, sizeof(piece)))
		;
	flood_drains++;
	if (eddy_socket_writable_length(sock) > flood_most)
		flood_most = eddy_socket_writable_length(sock);
}

static const eddy_socket_events flood = {.drain = flood_write};

static void
quiet_timeout(eddy_socket *sock, void *arg)
{
	(void)arg;
	eddy_socket_end(sock, "timeout", 7);
}

static const eddy_socket_events quiet = {.data = echo_data, .timeout = quiet_timeout};

static void
detach_data(eddy_socket *sock, eddy_str bytes, void *arg)
{
	int fd = eddy_socket_detach(sock);

	(void)arg;
	if (fd < 0 || write(fd, bytes.p, bytes.n) < 0 || eddy_socket_write(sock, "no", 2) ||
	    eddy_socket_on(sock, &shut, NULL) != EDDY_ECLOSED)
		abort();
	close(fd);
}

static const eddy_socket_events detach = {.data = detach_data};

static void
sink_data(eddy_socket *sock, eddy_str bytes, void *arg)
{
	(void)sock;
	(void)bytes;
	(void)arg;
}

static const eddy_socket_events sink = {.data = sink_data};

static void
deny(eddy_socket *sock)
{
	eddy_socket_on(sock, &nothing, NULL);
	eddy_socket_write(sock, "denied ", 7);
	eddy_socket_write(sock, "here\n", 5);
	eddy_socket_destroy(sock);
}

static void
serve(eddy_socket *sock, void *state)
{
	const char *mode = state;

	if (strcmp(mode, "echo") == 0) {
		eddy_socket_on(sock, &echo, NULL);
	} else if (strcmp(mode, "shut") == 0) {
		eddy_socket_on(sock, &shut, NULL);
	} else if (strcmp(mode, "hello") == 0) {
		eddy_socket_on(sock, &shut, NULL);
		eddy_socket_end(sock, "Hello World\n", 12);
	} else if (strcmp(mode, "deaf") == 0) {
		eddy_socket_on(sock, &nothing, NULL);
	} else if (strcmp(mode, "reset") == 0) {
		eddy_socket_reset_and_destroy(sock);
	} else if (strcmp(mode, "detach") == 0) {
		eddy_socket_on(sock, &detach, NULL);
	} else if (strcmp(mode, "flood") == 0) {
		eddy_socket_on(sock, &flood, NULL);
		flood_write(sock, NULL);
	} else if (strcmp(mode, "quiet") == 0) {
		eddy_socket_on(sock, &quiet, NULL);
		eddy_socket_set_timeout(sock, 100);
	} else if (strcmp(mode, "bye") == 0) {
		eddy_socket_on(sock, &nothing, NULL);
		eddy_socket_end(sock, "bye", 3);
	} else if (strcmp(mode, "sink") == 0) {
		eddy_socket_on(sock, &sink, NULL);
		eddy_socket_write(sock, "x", 1);
	} else if (strcmp(mode, "denied") == 0) {
		deny(sock);
	} else if (strcmp(mode, "flooded") == 0) {
		eddy_socket_on(sock, &nothing, NULL);
		for (int i = 0; i < 1000; i++)
			eddy_socket_write(sock, piece, sizeof(piece));
		eddy_socket_destroy(sock);
	}
}

/* Taking over ------------------------------------------------------------------ */

static void
closed(eddy_response *res, void *arg)
{
	(void)res;
	(void)arg;
	eddy_log(NULL, 6, "response closed");
}

static const eddy_response_events logged = {.close = closed};

static void
upgrade(eddy_request *req, eddy_response *res, void *state)
{
	eddy_socket *sock;

	(void)req;
	(void)state;
	eddy_response_on(res, &logged, NULL);
	eddy_response_set_header(res, "X-Taken", "over");
	eddy_response_set_header(res, "Content-Length", "5"); /* of an answer; there is none */
	sock = eddy_response_upgrade(res, "echo", &echo, NULL);
	if (sock != NULL)
		eddy_socket_write(sock, "welcome ", 8);
	else
		eddy_response_send(res, 426, "text/plain", "no upgrade\n", 11);
}

/* In the handler itself the socket has its descriptor and its names already. */
static void
named(eddy_request *req, eddy_response *res, void *state)
{
	eddy_socket *sock = eddy_response_upgrade(res, "echo", &echo, NULL);
	eddy_str from = eddy_socket_remote_address(sock);
	int kind = 0, buffer = 65536;
	socklen_t size = sizeof(kind);
	char text[128];
	int n;

	(void)req;
	(void)state;
	if (getsockopt(eddy_socket_fd(sock), SOL_SOCKET, SO_TYPE, &kind, &size) != 0 ||
	    setsockopt(eddy_socket_fd(sock), SOL_SOCKET, SO_SNDBUF, &buffer, size) != 0)
		kind = -1;
	n = snprintf(text, sizeof(text), "%.*s:%u %d", (int)from.n, from.p,
		     eddy_socket_remote_port(sock), kind);
	eddy_socket_write(sock, text, (size_t)n);
}

/* The same, of a connection that is lost at once. */
static void
lost(eddy_request *req, eddy_response *res, void *state)
{
	eddy_socket *sock = eddy_response_upgrade(res, "echo", &echo, NULL);

	(void)req;
	(void)state;
	eddy_response_destroy(res);
	eddy_log(NULL, 6, "lost: descriptor %s", eddy_socket_fd(sock) < 0 ? "none" : "some");
}

/* Taken over, denied and destroyed: with an answer of the module's own, or behind the 101. */
static void
denied(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str how = eddy_request_query(req);

	(void)state;
	if (how.n > 0)
		deny(eddy_response_upgrade(res, "echo", &nothing, NULL));
	else
		deny(eddy_response_detach_socket(res, &nothing, NULL));
}

static void
deny_later(void *arg)
{
	deny(eddy_response_detach_socket(arg, &nothing, NULL));
}

static void
denied_later(eddy_request *req, eddy_response *res, void *state)
{
	(void)req, (void)state;
	eddy_set_immediate(deny_later, res);
}

static void
upgrade_now(void *arg)
{
	eddy_response *res = arg;
	eddy_socket *sock = eddy_response_upgrade(res, "echo", &echo, NULL);

	if (sock != NULL)
		eddy_socket_write(sock, "late ", 5);
}

static void
later(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	eddy_request_release(req);
	eddy_set_timeout(upgrade_now, 50, res);
}

static void
listen_in(void *arg)
{
	eddy_socket_on(arg, &echo, NULL);
}

/* Its events come later than the client's bytes and FIN. */
static void
tardy(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_set_timeout(listen_in, 50, eddy_response_upgrade(res, "echo", NULL, NULL));
}

static void
tunnel(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str url = eddy_request_url(req);
	eddy_socket *sock;

	(void)state;
	if (url.n == 9 && memcmp(url.p, "refuse:80", 9) == 0) {
		eddy_response_send(res, 403, "text/plain", "no\n", 3);
		return;
	}
	if (url.n == 8 && memcmp(url.p, "empty:80", 8) == 0) {
		eddy_response_send(res, 200, "text/plain", "no\n", 3);
		return;
	}
	sock = eddy_response_upgrade(res, NULL, &echo, NULL);
	if (sock == NULL)
		eddy_response_send(res, 500, NULL, NULL, 0);
}

/* Connecting --------------------------------------------------------------------- */

struct dial {
	eddy_response *res;
	char text[4096];
};

static void
dial_note(struct dial *dial, const char *what)
{
	size_t n = strlen(dial->text);

	snprintf(dial->text + n, sizeof(dial->text) - n, "%s%s", n > 0 ? " " : "", what);
}

static void
dial_connect(eddy_socket *sock, void *arg)
{
	eddy_str to = eddy_socket_remote_address(sock);
	char what[128];

	if (memchr(to.p, '%', to.n)) /* another one on each interface */
		snprintf(what, sizeof(what), "connect:%.*s:%u", (int)to.n, to.p,
			 eddy_socket_remote_port(sock));
	else
		snprintf(what, sizeof(what), "connect:%u", eddy_socket_remote_port(sock));
	dial_note(arg, what);
}

static void
dial_data(eddy_socket *sock, eddy_str bytes, void *arg)
{
	char what[256];

	(void)sock;
	snprintf(what, sizeof(what), "data:%.*s", (int)bytes.n, bytes.p);
	dial_note(arg, what);
}

static void
dial_end(eddy_socket *sock, void *arg)
{
	dial_note(arg, "end");
	eddy_socket_end(sock, NULL, 0);
}

static void
dial_finish(eddy_socket *sock, void *arg)
{
	(void)sock;
	dial_note(arg, "finish");
}

static void
dial_error(eddy_socket *sock, int error, void *arg)
{
	(void)sock;
	dial_note(arg, eddy_error_name(error));
}

static void
dial_close(eddy_socket *sock, void *arg)
{
	struct dial *dial = arg;

	dial_note(dial, eddy_socket_write(sock, "x", 1) ? "written" : "close");
	eddy_response_send(dial->res, 200, "text/plain", dial->text, strlen(dial->text));
	free(dial);
}

static const eddy_socket_events dial_events = {.connect = dial_connect,
					       .data = dial_data,
					       .end = dial_end,
					       .finish = dial_finish,
					       .error = dial_error,
					       .close = dial_close};

/* GET /dial?127.0.0.1:80: connects, says "ping" and ends; what happened, in one line. */
static void
dial(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str to = eddy_request_query(req);
	struct dial *dial = calloc(1, sizeof(*dial));
	char address[256];
	eddy_socket *sock;

	(void)state;
	dial->res = res;
	snprintf(address, sizeof(address), "%.*s", (int)to.n, to.p);
	sock = eddy_net_connect(address, &dial_events, dial);
	eddy_socket_end(sock, "ping", 4);
}

static eddy_socket *paused;

/* GET /pause?127.0.0.1:80: says "ping" and reads nothing until GET /go, which writes first. */
static void
dial_paused(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str to = eddy_request_query(req);
	struct dial *dial = calloc(1, sizeof(*dial));
	char address[256];

	(void)state;
	dial->res = res;
	snprintf(address, sizeof(address), "%.*s", (int)to.n, to.p);
	paused = eddy_net_connect(address, &dial_events, dial);
	eddy_socket_pause(paused);
	eddy_socket_write(paused, "ping", 4);
}

static void
go(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_socket_write(paused, piece, sizeof(piece));
	eddy_socket_resume(paused);
	eddy_response_send(res, 204, NULL, NULL, 0);
}

static void
flooded(eddy_request *req, eddy_response *res, void *state)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%zu %zu", flood_most, flood_drains);

	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", text, (size_t)n);
}

static int
load(eddy_module *self, void **state)
{
	*state = (void *)(uintptr_t)eddy_module_option(self, "mode", "echo");
	return 0;
}

static const struct eddy_handler handlers[] = {
	{"upgrade", upgrade}, {"later", later},	      {"tunnel", tunnel},
	{"dial", dial},	      {"pause", dial_paused}, {"go", go},
	{"flooded", flooded}, {"tardy", tardy},	      {"named", named},
	{"lost", lost},	      {"denied", denied},     {"denied_later", denied_later},
	{NULL, NULL},
};

EDDY_MODULE(.name = "raw", .load = load, .connection = serve, .request = upgrade,
	    .handlers = handlers);
