/*
 * The handlers that the benchmark measures eddy with, each as a module would be written.
 *
 *	module "bench" { path = "…/tests/bench/bench.so" }
 *	route "/post" { module = "bench"  handler = "post" }                       collects the body
 *	route "/upload" { module = "bench"  handler = "upload"  max_body = "0" }   streams it
 *	route "/download" { module = "bench"  handler = "download" }               /download?BYTES
 *	route "/chunks" { module = "bench"  handler = "chunks" }                   CHUNKS small pieces
 */
#include <eddy.h>
#include <stdlib.h>
#include <string.h>

#define TYPE "text/plain; charset=utf-8"
#define BODY "Hello World\n"
#define PIECE_SIZE 65536
#define CHUNKS 16
#define CHUNK_SIZE 1000

static char piece[PIECE_SIZE];

static void
answer(eddy_response *res)
{
	eddy_response_send(res, 200, TYPE, BODY, sizeof(BODY) - 1);
}

/* post ------------------------------------------------------------------------------ */

static void
post_body(eddy_request *req, int err, eddy_str body, void *arg)
{
	(void)arg;
	if (err == 0 && body.n > 0)
		answer(eddy_request_response(req));
	else if (err == 0)
		eddy_response_send(eddy_request_response(req), 400, TYPE, "no body\n", 8);
}

static void
post(eddy_request *req, eddy_response *res, void *state)
{
	(void)res;
	eddy_request_body(req, 0, post_body, state);
}

/* upload ---------------------------------------------------------------------------- */

struct upload {
	eddy_response *res;
	uint64_t bytes, length;
};

static void
upload_data(eddy_request *req, eddy_str data, void *arg)
{
	(void)req;
	((struct upload *)arg)->bytes += data.n;
}

static void
upload_end(eddy_request *req, void *arg)
{
	const struct upload *upload = arg;

	(void)req;
	if (upload->bytes == upload->length)
		answer(upload->res);
	else
		eddy_response_send(upload->res, 500, TYPE, "some is missing\n", 16);
}

static void
upload_close(eddy_response *res, void *arg)
{
	(void)res;
	free(arg);
}

static void
upload(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_request_events reading = {.data = upload_data, .end = upload_end};
	static const eddy_response_events writing = {.close = upload_close};
	struct upload *upload = calloc(1, sizeof(*upload));
	eddy_str length = eddy_request_header(req, "content-length");
	char text[32] = "";

	(void)state;
	if (upload == NULL) {
		eddy_response_send(res, 503, TYPE, "no memory\n", 10);
		return;
	}
	if (length.n < sizeof(text))
		memcpy(text, length.p, length.n);
	upload->res = res;
	upload->length = strtoull(text, NULL, 10);
	eddy_response_on(res, &writing, upload);
	eddy_request_on(req, &reading, upload);
}

/* download -------------------------------------------------------------------------- */

struct download {
	uint64_t left;
};

static void
piece_release(void *p, void *arg)
{
	(void)p;
	(void)arg;
}

static void
download_more(eddy_response *res, void *arg)
{
	struct download *download = arg;

	while (download->left > 0) {
		size_t n = download->left < PIECE_SIZE ? (size_t)download->left : PIECE_SIZE;

		download->left -= n;
		if (!eddy_response_write_owned(res, piece, n, piece_release, NULL))
			return;
	}
	eddy_response_end(res, NULL, 0);
}

static void
download_close(eddy_response *res, void *arg)
{
	(void)res;
	free(arg);
}

static void
download(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_response_events events = {.drain = download_more,
						    .close = download_close};
	struct download *download = calloc(1, sizeof(*download));
	eddy_str query = eddy_request_query(req);
	char text[32] = "";

	(void)state;
	if (download == NULL) {
		eddy_response_send(res, 503, TYPE, "no memory\n", 10);
		return;
	}
	if (query.n > 0 && query.n < sizeof(text))
		memcpy(text, query.p, query.n);
	download->left = strtoull(text, NULL, 10);
	eddy_response_set_header(res, "Content-Type", TYPE);
	eddy_response_on(res, &events, download);
	download_more(res, download);
}

/* chunks ---------------------------------------------------------------------------- */

static void
chunks(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_set_header(res, "Content-Type", TYPE);
	for (int i = 0; i < CHUNKS; i++)
		eddy_response_write(res, piece, CHUNK_SIZE);
	eddy_response_end(res, NULL, 0);
}

static int
load(eddy_module *self, void **state)
{
	(void)self;
	(void)state;
	memset(piece, 'f', sizeof(piece));
	return 0;
}

static const struct eddy_handler handlers[] = {
	{"post", post},	    {"upload", upload}, {"download", download},
	{"chunks", chunks}, {NULL, NULL},
};

EDDY_MODULE(.name = "bench", .version = "1", .load = load, .handlers = handlers);
