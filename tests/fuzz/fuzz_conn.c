/*
 * libFuzzer: a whole connection, from the bytes that a client sends to the bytes that it gets.
 *
 * The first bytes of the input say how the client behaves and where its stream is cut; the rest is
 * the stream. It goes through a socket pair into conn_open with a real loop, router and struct http;
 * the handlers here answer at once, in pieces, late, never, or against the rules. Whatever comes in,
 * - what leaves is a row of well-formed answers, with no answer behind one that says close,
 * - an answer that refuses says close,
 * - cut or in one piece, the handlers see the same requests, and a socket that is taken over the
 *   same bytes,
 * - in the end nothing is left: no connection, no request, no memory.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/body.h"
#include "http/conn.h"
#include "net/socket.h"
#include "worker.h"

#define CONTROL_BYTES 5
#define STEPS 4		       /* lengths of the segments, in turn */
#define WHOLE 256	       /* a length that means: all the rest */
#define OUT_BYTES (8 << 20)    /* more than all answers to one input */
#define BIG_BYTES (512 * 1024) /* more than the kernel takes at once */
#define BIG_MOST 8	       /* such answers to one input; those behind them are short */
#define LOG_BYTES (1 << 20)
#define WIPE_BYTES 4096 /* of the shared buffers; an input is seldom longer */

enum {
	SMALL_HEADS = 1, /* max_head is 512 bytes */
	HALF_CLOSE = 2,	 /* the client sends FIN and waits, before it closes */
	READ_LATE = 4,	 /* it reads nothing before it has sent all */
	DRAIN = 8,	 /* the worker begins to leave in the middle */
	LATE = 16,	 /* handlers that park are answered one step later */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct worker worker;
static struct slot slot;
static struct conf_http conf_http;

/* One input's. */
static bool late;
static char out[OUT_BYTES], requests[LOG_BYTES];
static size_t out_len, requests_len;
static unsigned bigs;
static bool overrun; /* the kernel has not taken all of it: many small pieces weigh more than one */

static void
require(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "fuzz_conn: %s\nrequests:\n%.*s\nanswers:\n%.*s\n", what, (int)requests_len,
		requests, (int)(out_len < 4096 ? out_len : 4096), out);
	abort();
}

/* Handlers ------------------------------------------------------------------------------------- */

/* A request that a handler has not answered when it returned. */
struct parked {
	struct parked *next;
	eddy_request *req;
	eddy_response *res;
	uint64_t bytes, hash;
	bool paused, writes, over, upgrades;
};

static struct parked *parked_list;

static void
request_note(const char *what, const eddy_request *req, uint64_t bytes, uint64_t hash)
{
	eddy_str method = eddy_request_method(req), url = eddy_request_url(req);
	int n = snprintf(requests + requests_len, LOG_BYTES - requests_len,
			 "%s %.*s %.*s %llu %llx\n", what, (int)method.n, method.p, (int)url.n,
			 url.p, (unsigned long long)bytes, (unsigned long long)hash);

	require(n > 0 && requests_len + (size_t)n < LOG_BYTES, "more requests than fit");
	requests_len += (size_t)n;
}

static void
on_close(eddy_response *res, void *arg)
{
	struct parked *parked = arg, **at = &parked_list;

	require(parked->res == res, "another response's close");
	while (*at != parked)
		at = &(*at)->next;
	*at = parked->next;
	free(parked);
}

static void
on_finish(eddy_response *res, void *arg)
{
	require(eddy_response_writable_ended(res), "finish before the end");
	require(!((struct parked *)arg)->over, "finish twice");
	((struct parked *)arg)->over = true;
}

static void
on_half_close(eddy_response *res, void *arg)
{
	require(!eddy_response_headers_sent(res), "end while the answer is under way");
	require(((struct parked *)arg)->res == res, "another response's end");
}

static void
on_drain(eddy_response *res, void *arg)
{
	(void)arg;
	if (!eddy_response_writable_ended(res))
		eddy_response_end(res, "drained", 7);
}

static const eddy_response_events response_events = {
	.close = on_close, .finish = on_finish, .end = on_half_close};
static const eddy_response_events big_events = {
	.close = on_close, .finish = on_finish, .drain = on_drain};

static struct parked *
parked_new(eddy_request *req, eddy_response *res, const eddy_response_events *events)
{
	struct parked *parked = calloc(1, sizeof(*parked));

	require(parked != NULL, "no memory");
	*parked = (struct parked){.next = parked_list, .req = req, .res = res};
	parked_list = parked;
	eddy_response_on(res, events, parked);
	return parked;
}

static void
on_data(eddy_request *req, eddy_str piece, void *arg)
{
	struct parked *parked = arg;

	require(piece.n > 0, "an empty piece");
	parked->bytes += piece.n;
	for (size_t i = 0; i < piece.n; i++)
		parked->hash = parked->hash * 31 + (unsigned char)piece.p[i];
	if (parked->writes && !eddy_response_writable_ended(parked->res))
		eddy_response_write(parked->res, "some", 4);
	if (late && parked->paused)
		eddy_request_pause(req);
}

static void
on_end(eddy_request *req, void *arg)
{
	struct parked *parked = arg;

	request_note("read", req, parked->bytes, parked->hash);
	eddy_response_end(parked->res, "end", 3);
}

static void
on_error(eddy_request *req, int error, void *arg)
{
	(void)arg;
	if (error != EDDY_EABORTED) /* when that comes depends on what the client's FIN overtakes */
		request_note("error", req, (uint64_t)-error, 0);
}

static const eddy_request_events request_events = {
	.data = on_data, .end = on_end, .error = on_error};

static void
handle_hello(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	request_note("hello", req, 0, 0);
	eddy_response_send(res, 200, "text/plain", "hello\n", 6);
}

static void
handle_read(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	request_note("reads", req, 0, 0);
	eddy_request_on(req, &request_events, parked_new(req, res, &response_events));
}

static void
handle_stream(eddy_request *req, eddy_response *res, void *state)
{
	struct parked *parked = parked_new(req, res, &response_events);

	(void)state;
	request_note("streams", req, 0, 0);
	parked->writes = parked->paused = true;
	eddy_response_add_trailer(res, "Sum", "0");
	eddy_request_on(req, &request_events, parked);
}

static void
on_body(eddy_request *req, int error, eddy_str body, void *arg)
{
	uint64_t hash = 0;

	(void)arg;
	if (error == EDDY_EABORTED)
		return;
	for (size_t i = 0; i < body.n; i++)
		hash = hash * 31 + (unsigned char)body.p[i];
	request_note("body", req, error != 0 ? (uint64_t)-error : body.n, hash);
	if (error == 0)
		eddy_response_send(eddy_request_response(req), 200, NULL, "body", 4);
}

static void
handle_body(eddy_request *req, eddy_response *res, void *state)
{
	(void)res;
	(void)state;
	require(eddy_request_body(req, 100, on_body, NULL) == 0, "no body to be had");
}

/* Parks; `/park/x` gives the head up. */
static void
handle_park(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	request_note("parks", req, 0, 0);
	eddy_request_header(req, "cookie");
	eddy_request_remote_address(req);
	if (!late) {
		eddy_response_end(res, NULL, 0);
		return;
	}
	parked_new(req, res, &response_events);
	if (eddy_request_param(req, "x").p != NULL)
		eddy_request_release(req);
}

/* Answers in the first piece of the body, and goes on hearing it. */
static void
handle_early(eddy_request *req, eddy_response *res, void *state)
{
	struct parked *parked = parked_new(req, res, &response_events);

	(void)state;
	request_note("early", req, 0, 0);
	parked->writes = true;
	eddy_request_on(req, &request_events, parked);
	eddy_response_write(res, "early", 5);
	eddy_response_end(res, NULL, 0);
}

/* How long the next one is. */
static size_t
big_size(void)
{
	return bigs++ < BIG_MOST ? BIG_BYTES : 1;
}

static void
handle_big(eddy_request *req, eddy_response *res, void *state)
{
	static char big[BIG_BYTES];

	(void)state;
	request_note("big", req, 0, 0);
	parked_new(req, res, &big_events);
	memset(big, '.', sizeof(big));
	if (eddy_response_write(res, big, big_size()))
		eddy_response_end(res, NULL, 0);
}

static void
on_release(void *p, void *arg)
{
	(void)arg;
	free(p);
}

static void
handle_owned(eddy_request *req, eddy_response *res, void *state)
{
	void *own = calloc(1, BIG_BYTES);

	(void)state;
	request_note("owned", req, 0, 0);
	require(own != NULL, "no memory");
	eddy_response_write_owned(res, own, big_size(), on_release, NULL);
	eddy_response_end(res, "x", 1);
}

/* Breaks the rules: more bytes than promised, a header after the head, an end after the end. */
static void
handle_misuse(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	request_note("misuse", req, 0, 0);
	eddy_response_set_header(res, "Content-Length", "3");
	eddy_response_set_header(res, "X", "a\r\nInjected: b");
	eddy_response_write(res, "abcdef", 6);
	eddy_response_end(res, NULL, 0);
	eddy_response_set_header(res, "Y", "z");
	eddy_response_end(res, NULL, 0);
}

static void
handle_destroy(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	request_note("destroy", req, 0, 0);
	eddy_response_write(res, "half an answer", 14);
	eddy_response_destroy(res);
}

static void
handle_status(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	request_note("status", req, 0, 0);
	eddy_response_write_head(res, req != NULL && eddy_request_query(req).n > 0 ? 304 : 204,
				 NULL);
	eddy_response_end(res, "never sent", 10);
}

/* Taking over ---------------------------------------------------------------------------------- */

/* The socket that the connection has become. */
static struct {
	eddy_socket *sock; /* NULL: it has not, or is closed */
	uint64_t bytes, hash;
} raw;

static void
raw_data(eddy_socket *sock, eddy_str piece, void *arg)
{
	(void)arg;
	require(sock == raw.sock && piece.n > 0, "bytes of another socket");
	raw.bytes += piece.n;
	for (size_t i = 0; i < piece.n; i++)
		raw.hash = raw.hash * 31 + (unsigned char)piece.p[i];
	eddy_socket_write(sock, piece.p, piece.n);
	if (late)
		eddy_socket_pause(sock);
}

static void
raw_end(eddy_socket *sock, void *arg)
{
	(void)arg;
	eddy_socket_end(sock, "end", 3);
}

static void
raw_close(eddy_socket *sock, void *arg)
{
	(void)arg;
	require(sock == raw.sock, "another socket's close");
	raw.sock = NULL;
	request_note("raw", NULL, raw.bytes, raw.hash);
}

static const eddy_socket_events raw_events = {.data = raw_data, .end = raw_end, .close = raw_close};

/* False: it cannot be taken over. The header tells the test where the answers end. */
static bool
take_over(eddy_response *res, const char *protocol)
{
	require(raw.sock == NULL, "taken over twice");
	eddy_response_set_header(res, "X-Raw", "1");
	raw.bytes = raw.hash = 0;
	raw.sock = eddy_response_upgrade(res, protocol, &raw_events, NULL);
	if (raw.sock == NULL)
		return false;
	require(eddy_socket_fd(raw.sock) >= 0, "no descriptor in the handler");
	eddy_socket_write(raw.sock, "raw", 3);
	return true;
}

static void
refuse_take_over(eddy_response *res)
{
	eddy_response_remove_header(res, "X-Raw");
	eddy_response_send(res, 426, NULL, NULL, 0);
}

static void
handle_upgrade(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	request_note("upgrades", req, 0, 0);
	if (!take_over(res, "raw"))
		refuse_take_over(res);
}

static void
handle_tunnel(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	request_note("tunnels", req, 0, 0);
	if (!take_over(res, NULL))
		refuse_take_over(res);
}

/* Takes over when it is answered; `/v/x` has given the head up by then. */
static void
handle_later(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	request_note("later", req, 0, 0);
	parked_new(req, res, &response_events)->upgrades = true;
	if (eddy_request_param(req, "x").p != NULL)
		eddy_request_release(req);
}

/* What the module is ------------------------------------------------------------------------- */

static const struct eddy_handler handlers[] = {
	{"read", handle_read},	     {"stream", handle_stream},
	{"body", handle_body},	     {"park", handle_park},
	{"early", handle_early},     {"big", handle_big},
	{"owned", handle_owned},     {"misuse", handle_misuse},
	{"destroy", handle_destroy}, {"status", handle_status},
	{"upgrade", handle_upgrade}, {"tunnel", handle_tunnel},
	{"later", handle_later},     {NULL, NULL},
};

static const struct eddy_module_def module_def = {
	.abi = EDDY_ABI,
	.size = sizeof(module_def),
	.name = "fuzz",
	.request = handle_hello,
	.handlers = handlers,
};

static char get[] = "GET", post[] = "POST", connect_[] = "CONNECT";
static char *get_only[] = {get}, *post_only[] = {post}, *connect_only[] = {connect_};

#define ROUTE(path_, handler_, max_)                                                          \
	{                                                                                     \
		.path = (char *)(uintptr_t)(path_), .handler = (char *)(uintptr_t)(handler_), \
		.max_body = (max_)                                                            \
	}

static struct conf_route routes[] = {
	ROUTE("/", NULL, CONF_NO_LIMIT),
	ROUTE("/h/*", NULL, 16),
	ROUTE("/r", "read", CONF_NO_LIMIT),
	ROUTE("/r/:limit", "read", 8),
	ROUTE("/s", "stream", 64),
	ROUTE("/b", "body", CONF_NO_LIMIT),
	ROUTE("/p", "park", CONF_NO_LIMIT),
	ROUTE("/p/:x", "park", CONF_NO_LIMIT),
	ROUTE("/e", "early", CONF_NO_LIMIT),
	ROUTE("/g", "big", CONF_NO_LIMIT),
	ROUTE("/o", "owned", CONF_NO_LIMIT),
	ROUTE("/m", "misuse", CONF_NO_LIMIT),
	ROUTE("/d", "destroy", CONF_NO_LIMIT),
	ROUTE("/t", "status", CONF_NO_LIMIT),
	ROUTE("/u", "upgrade", CONF_NO_LIMIT),
	ROUTE("/v", "later", CONF_NO_LIMIT),
	ROUTE("/v/:x", "later", CONF_NO_LIMIT),
	{.path = (char *)(uintptr_t) "*",
	 .handler = (char *)(uintptr_t) "tunnel",
	 .max_body = 8,
	 .methods = connect_only,
	 .nmethods = 1},
	{.path = (char *)(uintptr_t) "/only", .max_body = 8, .methods = get_only, .nmethods = 1},
	{.path = (char *)(uintptr_t) "/only",
	 .handler = (char *)(uintptr_t) "read",
	 .max_body = 8,
	 .methods = post_only,
	 .nmethods = 1},
};

static struct conf_module conf_module = {.name = (char *)(uintptr_t) "fuzz"};
static struct eddy_module module = {.conf = &conf_module, .def = &module_def, .loaded = true};
static struct conf conf = {.modules = &conf_module,
			   .nmodules = 1,
			   .routes = routes,
			   .nroutes = sizeof(routes) / sizeof(routes[0])};

static void
flush(void *arg)
{
	(void)arg;
	http_flush(&worker.http);
	net_flush(&worker.net);
}

static void
world_init(void)
{
	char why[256];
	size_t index;

	if (worker_self != NULL)
		return;
	worker_self = &worker;
	worker.link = -1; /* log lines go nowhere, and are counted */
	worker.slot = &slot;
	worker.conf = &conf;
	worker.modules = &module;
	worker.nmodules = 1;
	worker.calls = (struct calls){.slot = &slot, .loop = &worker.loop};
	require(loop_init(&worker.loop, flush, NULL) == 0, "no loop");
	require(router_init(&worker.router, &conf, &module, &index, why, sizeof(why)) == 0, why);
}

/* What leaves ---------------------------------------------------------------------------------- */

/* The value of a header in the head of n bytes at p, or NULL. */
static const char *
header(const char *p, size_t n, const char *name)
{
	size_t name_len = strlen(name);
	const char *end = p + n;

	while (p < end) {
		const char *line_end = memchr(p, '\n', (size_t)(end - p));

		require(line_end != NULL && line_end > p && line_end[-1] == '\r', "a torn line");
		if ((size_t)(line_end - p) > name_len + 2 && memcmp(p, name, name_len) == 0 &&
		    memcmp(p + name_len, ": ", 2) == 0)
			return p + name_len + 2;
		p = line_end + 1;
	}
	return NULL;
}

static size_t
chunks_skip(const char *at, size_t n)
{
	const char *p = at;
	struct head trailer;
	struct body body;
	eddy_str piece;
	enum body_result result;
	int parsed;

	body_init_chunked(&body);
	while ((result = body_decode(&body, &p, &n, &piece)) == BODY_PIECE)
		;
	require(result != BODY_BAD, "an answer with bad chunks");
	if (result == BODY_AGAIN)
		return (size_t)(p - at); /* cut off: the client sees that */
	head_init_trailer(&trailer);
	parsed = head_parse(&trailer, p, n,
			    &(struct head_limits){.line = 65535, .head = 65535, .fields = 100});
	require(parsed == HEAD_DONE || parsed == HEAD_AGAIN,
		"an answer with a bad trailer section");
	return (size_t)(p - at) + (parsed == HEAD_DONE ? trailer.size : n);
}

static bool
status_refuses(int status)
{
	return status == 400 || status == 408 || status == 413 || status == 414 || status == 417 ||
	       status == 431 || status == 500 || status == 501 || status == 505;
}

/* How many of the n bytes behind a head are its body. None here begins like an answer: those are HEAD's. */
static size_t
answer_body(const char *head, size_t head_len, int status, const char *p, size_t n)
{
	const char *length = header(head, head_len, "Content-Length");
	const char *chunked = header(head, head_len, "Transfer-Encoding");
	size_t len;

	require(length == NULL || chunked == NULL, "an answer framed twice");
	if (status < 200 || status == 204 || status == 304) {
		require(chunked == NULL, "chunks without a body");
		return 0;
	}
	if (n == 0 || (n >= 7 && memcmp(p, "HTTP/1.", 7) == 0))
		return 0;
	if (chunked != NULL)
		return chunks_skip(p, n);
	if (length == NULL) {
		require(header(head, head_len, "Connection") != NULL, "an answer without an end");
		return n;
	}
	len = strtoul(length, NULL, 10);
	return len < n ? len : n;
}

static void
answers_require(void)
{
	const char *p = out, *end = out + out_len;
	bool closed = false;
	size_t answers = 0;

	while (p < end) {
		const char *head = p, *head_end = memmem(p, (size_t)(end - p), "\r\n\r\n", 4);
		const char *connection;
		size_t head_len;
		int status;

		require(!closed, "an answer behind the one that said close");
		require(head_end != NULL, "half a head");
		head_len = (size_t)(head_end - p) + 2;
		require(head_len > 15 && memcmp(p, "HTTP/1.1 ", 9) == 0, "not a status line");
		require(header(head, head_len, "Injected") == NULL, "an injected header");
		status = atoi(p + 9);
		require(status == 100 || header(head, head_len, "Date") != NULL, "no Date");
		connection = header(head, head_len, "Connection");
		closed = connection != NULL && memcmp(connection, "close\r\n", 7) == 0;
		require(closed || !status_refuses(status), "a refusal that does not close");
		answers += status >= 200 || status == 101;
		p = head_end + 4;
		if (header(head, head_len, "X-Raw") != NULL) {
			require(status == 101 || status == 200, "taken over by another status");
			require((status == 101) == (header(head, head_len, "Upgrade") != NULL),
				"no name of what it has become");
			break; /* what follows is the socket's */
		}
		p += answer_body(head, head_len, status, p, (size_t)(end - p));
	}
	require(answers <= slot.counters.requests, "more answers than requests");
}

/* The client ----------------------------------------------------------------------------------- */

static bool
peer_read(int fd)
{
	ssize_t n = recv(fd, out + out_len, OUT_BYTES - out_len, MSG_DONTWAIT);

	if (n <= 0)
		return false;
	out_len += (size_t)n;
	require(out_len < OUT_BYTES, "more answers than fit");
	return true;
}

/* What other connections would do with the buffers that all of them use in turn. */
static void
shared_wipe(void)
{
	memset(&worker.http.head, 0xa5, sizeof(worker.http.head));
	memset(&worker.http.trailer, 0xa5, sizeof(worker.http.trailer));
	memset(worker.http.scratch, 0xa5, WIPE_BYTES);
	memset(worker.http.out.buf, 0xa5, WIPE_BYTES);
}

/* Runs the loop, and reads, until nothing moves any more. */
static void
pump(int fd, bool reads)
{
	for (int still = 0; still < 3; still++) {
		uint64_t moved = slot.counters.bytes_in + slot.counters.bytes_out;

		event_base_loop(worker.loop.base, EVLOOP_NONBLOCK);
		shared_wipe();
		if ((reads && peer_read(fd)) ||
		    slot.counters.bytes_in + slot.counters.bytes_out != moved)
			still = -1;
	}
}

/*
 * Handlers' second thoughts: what is parked is answered, what is paused goes on (`waver`: or not).
 * All: what is paused is answered too.
 */
static void
answer_parked(bool all, bool waver)
{
	struct parked *parked, *next;

	loop_enter(&worker.loop);
	for (parked = parked_list; parked != NULL; parked = next) {
		next = parked->next;
		if (parked->paused) {
			if (waver)
				eddy_request_pause(parked->req);
			eddy_request_resume(parked->req);
			if (waver)
				eddy_request_pause(parked->req);
			if (!all)
				continue;
		}
		if (parked->upgrades) {
			parked->upgrades = false;
			if (take_over(parked->res, "raw"))
				continue;
			refuse_take_over(parked->res);
		}
		if (!eddy_response_writable_ended(parked->res))
			eddy_response_end(parked->res, "late", 4);
	}
	if (raw.sock != NULL)
		eddy_socket_resume(raw.sock);
	loop_leave(&worker.loop);
}

static void
peer_send(int fd, const uint8_t *data, size_t size, const uint8_t *control)
{
	size_t n;

	for (size_t at = 0, turn = 0; at < size; at += n, turn++) {
		n = (size_t)control[1 + turn % STEPS] + 1;
		if (n > size - at || n == WHOLE)
			n = size - at;
		if (send(fd, data + at, n, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)n &&
		    errno == EAGAIN)
			overrun = true;
		pump(fd, !(control[0] & READ_LATE));
		if (late && turn % 2 == 1)
			answer_parked(false, turn % 4 == 1);
		if (control[0] & DRAIN && at + n > size / 2 && !worker.http.draining) {
			loop_enter(&worker.loop);
			http_drain(&worker.http);
			loop_leave(&worker.loop);
		}
	}
}

static void
peer_leave(int fd, bool half)
{
	pump(fd, true);
	if (half) {
		shutdown(fd, SHUT_WR);
		pump(fd, true);
	}
	for (int turn = 0; turn < 3; turn++) {
		answer_parked(turn > 0, false);
		pump(fd, true);
	}
	close(fd);
	for (int turn = 0; turn < 3; turn++) {
		pump(-1, false);
		answer_parked(true, false);
	}
	pump(-1, false);
}

/* The whole story of one connection; control[0] are the flags, the steps follow. */
static void
play(const uint8_t *control, const uint8_t *data, size_t size)
{
	int pair[2];

	memset(&slot, 0, sizeof(slot));
	out_len = requests_len = bigs = 0;
	requests[0] = '\0';
	overrun = false;
	late = control[0] & LATE;
	conf_http = (struct conf_http){.max_head = control[0] & SMALL_HEADS ? 512 : 16384,
				       .max_request_line = control[0] & SMALL_HEADS ? 256 : 8192,
				       .max_headers = 100,
				       .max_body = CONF_NO_LIMIT};
	require(net_init(&worker.net, &worker.loop, &worker.calls, NULL, NULL, 0) == 0 &&
			http_init(&worker.http, &worker.net, &conf_http, &worker.router) == 0,
		"no memory");
	require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0,
		"no socket pair");
	loop_enter(&worker.loop);
	conn_open(&worker.http, NULL, pair[0], &(struct sockaddr){.sa_family = AF_UNIX});
	loop_leave(&worker.loop);
	shared_wipe();
	peer_send(pair[1], data, size, control);
	peer_leave(pair[1], control[0] & HALF_CLOSE);
	require(worker.http.nconns == 0 && slot.connections == 0, "a connection is left");
	require(parked_list == NULL, "a request is left");
	require(raw.sock == NULL && TAILQ_EMPTY(&worker.net.open), "a socket is left");
	require(worker.loop.refs == 0, "a reference is left");
	require(slot.idle == 0, "an idle connection is left");
	require(slot.parked == 0, "a parked request is left");
	require(slot.callback == SLOT_IDLE && worker.calls.running == NULL, "a callback is left");
	require(worker.loop.ticks.first == NULL && worker.loop.later.first == NULL,
		"a task is left");
	http_fini(&worker.http);
	net_fini(&worker.net);
	answers_require();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t whole[STEPS] = {255, 255, 255, 255};
	static char before[LOG_BYTES];
	uint8_t control[CONTROL_BYTES];

	if (size <= CONTROL_BYTES)
		return 0;
	world_init();
	memcpy(control, data, CONTROL_BYTES);
	data += CONTROL_BYTES;
	size -= CONTROL_BYTES;
	play(control, data, size);
	if (control[0] & (LATE | DRAIN) || overrun) /* what is answered depends on when */
		return 0;
	memcpy(before, requests, requests_len + 1);
	memcpy(control + 1, whole, sizeof(whole));
	play(control, data, size);
	require(strcmp(before, requests) == 0, "cut in another way, other requests");
	return 0;
}
