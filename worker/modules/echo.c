/*
 * echo: streams the request's body back as it arrives, in constant memory whatever its length.
 *
 *	module "echo" {}
 *	route "/echo" { module = "echo"  max_body = "0" }
 *
 * It reads no faster than the client takes the answer: a write that says false pauses the request
 * until `drain`.
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

EDDY_MODULE(.name = "echo", .version = "1", .request = echo_request);
