/*
 * echo: streams back what comes, a request's body or a TCP connection's bytes, in constant memory
 * whatever their length.
 *
 *	module "echo" {}
 *	route "/echo" { module = "echo"  max_body = "0" }
 *	listen "127.0.0.1:9000" { protocol = "tcp"  module = "echo" }
 *
 * It reads no faster than the client takes the answer: a write that says false pauses the reading
 * until `drain`. A TCP client that has ended its side (half-close) still gets all of it back, and
 * then the end.
 */
#include <eddy.h>
#include <string.h>

static void
echo_data(eddy_request *req, eddy_str piece, void *arg)
{
	if (!eddy_response_write(arg, piece.p, piece.n))
		eddy_request_pause(req);
}

static void
echo_end(eddy_request *req, void *arg)
{
	(void)req;
	eddy_response_end(arg, NULL, 0);
}

static void
echo_drain(eddy_response *res, void *arg)
{
	(void)res;
	eddy_request_resume(arg);
}

static void
echo_request(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_request_events reading = {.data = echo_data, .end = echo_end};
	static const eddy_response_events writing = {.drain = echo_drain};
	eddy_str type = eddy_request_header(req, "content-type");
	char text[256] = "application/octet-stream";

	(void)state;
	if (type.n > 0 && type.n < sizeof(text)) {
		memcpy(text, type.p, type.n);
		text[type.n] = '\0';
	}
	eddy_response_set_header(res, "Content-Type", text);
	eddy_response_on(res, &writing, req);
	eddy_request_on(req, &reading, res);
}

/* TCP ----------------------------------------------------------------------------- */

static void
echo_socket_data(eddy_socket *sock, eddy_str piece, void *arg)
{
	(void)arg;
	if (!eddy_socket_write(sock, piece.p, piece.n))
		eddy_socket_pause(sock);
}

static void
echo_socket_drain(eddy_socket *sock, void *arg)
{
	(void)arg;
	eddy_socket_resume(sock);
}

static void
echo_socket_end(eddy_socket *sock, void *arg)
{
	(void)arg;
	eddy_socket_end(sock, NULL, 0);
}

static void
echo_connection(eddy_socket *sock, void *state)
{
	static const eddy_socket_events events = {
		.data = echo_socket_data,
		.drain = echo_socket_drain,
		.end = echo_socket_end,
	};

	eddy_socket_on(sock, &events, state);
}

EDDY_MODULE(.name = "echo", .version = "1", .request = echo_request, .connection = echo_connection);
