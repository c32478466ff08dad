/*
 * libFuzzer: the http client, from the bytes that a server sends to what its module hears.
 *
 * The first bytes of the input say what is asked for, how the module and the server behave, and
 * where the answer is cut; the rest is the answer, or two of them for two requests in turn. They
 * come through socket pairs that stand for connections. Whatever comes in,
 * - cut or in one piece, the module hears the same,
 * - of each request it hears `close`, once and last, behind no more than one `end` or `error`,
 * - what the server gets is what was asked for,
 * - in the end nothing is left: no connection, no request, no memory.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/client.h"
#include "net/socket.h"
#include "worker.h"

#define CONTROL_BYTES 6
#define STEPS 4	  /* lengths of the segments, in turn */
#define WHOLE 256 /* a length that means: all the rest */
#define PEERS 8	  /* connections that one input can make */
#define STORY_BYTES 262144
#define SENT_BYTES 4096

enum {
	METHOD = 7,   /* which of `asks` */
	FIN = 8,      /* the server ends behind each answer */
	PAUSE = 16,   /* the module pauses at each event, and goes on a step later */
	TWICE = 32,   /* there is a second request, when the first is over or has had its answer */
	DESTROY = 64, /* the module gives the request up when its answer comes */
	DEAF = 128,   /* it has no events but the last ones */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
eddy_socket *__wrap_eddy_net_connect(const char *address, const eddy_socket_events *events,
				     void *arg);

/* What can be asked for, and what the server is then to see. */
static const struct ask {
	const char *method, *url, *path, *field, *body, *sent;
} asks[] = {
	{"GET", "http://a/x?y", NULL, NULL, NULL, "GET /x?y HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"HEAD", "http://a/", NULL, NULL, NULL, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"POST", "http://a/", NULL, NULL, "body",
	 "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"},
	{"CONNECT", "http://a/b:1", NULL, NULL, NULL, "CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n"},
	{"PUT", "http://a/", NULL, "100-continue", "late",
	 "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nlate"},
	{"OPTIONS", "http://a/", "*", NULL, NULL, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"GET", "http://a", NULL, NULL, NULL, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"DELETE", "http://a/", NULL, NULL, "no",
	 "DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nno"},
};

static struct worker worker;
static struct slot slot;
static struct conf_module conf_module = {.name = (char *)(uintptr_t) "fuzz"};
static struct eddy_module module = {.conf = &conf_module};

/* One input's. */
static unsigned flags;
static int peers[PEERS];
static size_t npeers;
static char sent[PEERS][SENT_BYTES]; /* by the client, on each connection */
static size_t sent_n[PEERS];
static char story[STORY_BYTES];
static size_t story_n;

static void
require(bool truth, const char *what)
{
	if (truth)
		return;
	fprintf(stderr, "fuzz_client: %s\n%s", what, story);
	abort();
}

/* The module ------------------------------------------------------------------------------------ */

struct asked {
	eddy_client_request *req;
	eddy_socket *sock; /* that has been taken over */
	uint64_t bytes, hash;
	bool made, paused, answered, ended, failed, closed;
};

static struct asked askeds[2];

static void __attribute__((format(printf, 1, 2))) tell(const char *fmt, ...)
{
	va_list ap;

	require(worker.calls.running == &module, "a call that is nobody's");
	va_start(ap, fmt);
	story_n += (size_t)vsnprintf(story + story_n, STORY_BYTES - story_n, fmt, ap);
	va_end(ap);
	require(story_n < STORY_BYTES, "more events than fit");
}

static void
hash_add(uint64_t *hash, eddy_str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		*hash = *hash * 31 + (unsigned char)bytes.p[i];
}

static void
module_pauses(struct asked *asked)
{
	if (!(flags & PAUSE))
		return;
	asked->paused = true;
	eddy_client_response_pause(eddy_client_request_response(asked->req));
}

static void
tell_head(const char *event, const struct asked *asked, eddy_client_response *res)
{
	eddy_str name, value, reason = eddy_client_response_reason(res);
	uint64_t hash = 0;
	size_t i = 0;

	require(!asked->ended && !asked->failed && !asked->closed, "a head behind the end");
	hash_add(&hash, reason);
	for (; eddy_client_response_headers(res, i, &name, &value); i++) {
		require(name.n > 0, "a header without a name");
		require(memchr(value.p, '\n', value.n) == NULL, "a header of two lines");
		hash_add(&hash, name);
		hash_add(&hash, value);
	}
	value = eddy_client_response_header(res, "x");
	hash_add(&hash, value);
	tell("%s %d %d %zu %llx\n", event, eddy_client_response_status(res),
	     eddy_client_response_http_version_minor(res), i, (unsigned long long)hash);
}

static void
on_response(eddy_client_request *req, eddy_client_response *res, void *arg)
{
	struct asked *asked = arg;

	require(!asked->answered, "a second answer");
	tell_head("response", asked, res);
	asked->answered = true;
	if (flags & DESTROY)
		eddy_client_request_destroy(req);
	module_pauses(asked);
}

static void
on_information(eddy_client_request *req, eddy_client_response *res, void *arg)
{
	(void)req;
	require(eddy_client_response_status(res) < 200, "information that is an answer");
	tell_head("information", arg, res);
	module_pauses(arg);
}

static void
on_data(eddy_client_response *res, eddy_str piece, void *arg)
{
	struct asked *asked = arg;

	(void)res;
	require(piece.n > 0 && asked->answered && !asked->ended, "data that is none");
	asked->bytes += piece.n;
	hash_add(&asked->hash, piece);
	module_pauses(asked);
}

static void
on_end(eddy_client_response *res, void *arg)
{
	struct asked *asked = arg;
	eddy_str trailer = eddy_client_response_trailer(res, "x");
	uint64_t hash = 0;

	require(asked->answered && !asked->ended && !asked->failed, "an end that is none");
	asked->ended = true;
	hash_add(&hash, trailer);
	tell("end %llu %llx %llx\n", (unsigned long long)asked->bytes,
	     (unsigned long long)asked->hash, (unsigned long long)hash);
}

static void
on_error(eddy_client_request *req, int error, void *arg)
{
	struct asked *asked = arg;

	(void)req;
	require(!asked->ended && !asked->failed && !asked->closed, "an error behind the end");
	asked->failed = true;
	tell("error %s %llu %llx\n", eddy_error_name(error), (unsigned long long)asked->bytes,
	     (unsigned long long)asked->hash);
}

static void
on_close(eddy_client_request *req, void *arg)
{
	struct asked *asked = arg;

	require(req == asked->req && !asked->closed, "a close that is none");
	asked->closed = true;
	tell("close\n");
}

static void
on_socket_data(eddy_socket *sock, eddy_str piece, void *arg)
{
	struct asked *asked = arg;

	require(sock == asked->sock && piece.n > 0, "bytes of another socket");
	asked->bytes += piece.n;
	hash_add(&asked->hash, piece);
}

static void
on_socket_close(eddy_socket *sock, void *arg)
{
	struct asked *asked = arg;

	require(sock == asked->sock, "another socket's close");
	asked->sock = NULL;
	tell("socket %llu %llx\n", (unsigned long long)asked->bytes,
	     (unsigned long long)asked->hash);
}

static const eddy_socket_events socket_events = {.data = on_socket_data, .close = on_socket_close};

static void
on_upgrade(eddy_client_request *req, eddy_client_response *res, eddy_socket *sock, void *arg)
{
	struct asked *asked = arg;

	(void)req;
	tell_head("upgrade", asked, res);
	asked->sock = sock;
	if (eddy_socket_on(sock, &socket_events, asked) != 0)
		abort();
}

static const eddy_client_events all = {.response = on_response,
				       .information = on_information,
				       .upgrade = on_upgrade,
				       .data = on_data,
				       .end = on_end,
				       .error = on_error,
				       .close = on_close},
				last = {.error = on_error, .close = on_close};

/* Asks, as in a call of the module. */
static void
ask(struct asked *asked, const struct ask *what)
{
	const eddy_header expect = {.name = "Expect", .value = what->field};
	const eddy_http_options options = {.size = sizeof(options),
					   .url = what->url,
					   .method = what->method,
					   .path = what->path,
					   .headers = &expect,
					   .nheaders = what->field != NULL};

	loop_enter(&worker.loop);
	call_begin(&worker.calls, &module, SLOT_DATA, 0);
	asked->made = true;
	asked->req = eddy_http_request(&options, flags & DEAF ? &last : &all, asked);
	require(asked->req != NULL, "no request");
	eddy_client_request_end(asked->req, what->body,
				what->body != NULL ? strlen(what->body) : 0);
	require(!asked->answered && !asked->closed, "called back from inside a call");
	call_end(&worker.calls);
	loop_leave(&worker.loop);
}

/* The server ------------------------------------------------------------------------------------ */

eddy_socket *
__wrap_eddy_net_connect(const char *address, const eddy_socket_events *events, void *arg)
{
	struct socket *sock;
	int pair[2];

	require(strcmp(address, "a:80") == 0, "another address");
	require(npeers < PEERS, "more connections than requests");
	require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0,
		"no socket pair");
	sock = socket_of_fd(&worker.net, pair[0], events, arg);
	require(sock != NULL, "no socket");
	sent_n[npeers] = 0;
	peers[npeers++] = pair[1];
	return socket_handle(sock);
}

static void
peer_read(size_t i)
{
	ssize_t n = recv(peers[i], sent[i] + sent_n[i], SENT_BYTES - sent_n[i], MSG_DONTWAIT);

	if (n > 0)
		sent_n[i] += (size_t)n;
	require(sent_n[i] < SENT_BYTES, "more than was asked for");
}

/* Runs the loop until nothing moves any more; what is paused goes on. */
static void
pump(void)
{
	for (int still = 0; still < 3; still++) {
		uint64_t moved = slot.counters.bytes_in + slot.counters.bytes_out;

		event_base_loop(worker.loop.base, EVLOOP_NONBLOCK);
		memset(worker.net.scratch, 0xa5, 4096); /* as other connections would */
		for (size_t i = 0; i < npeers; i++)
			peer_read(i);
		if (slot.counters.bytes_in + slot.counters.bytes_out != moved)
			still = -1;
		for (size_t i = 0; i < 2; i++) {
			struct asked *asked = &askeds[i];

			if (!asked->paused)
				continue;
			asked->paused = false;
			still = -1;
			loop_enter(&worker.loop);
			eddy_client_response_resume(eddy_client_request_response(asked->req));
			loop_leave(&worker.loop);
		}
	}
}

/* An answer on the newest connection, in segments. */
static void
answer(const uint8_t *data, size_t size, const uint8_t *steps)
{
	int fd = peers[npeers - 1];
	size_t n;

	for (size_t at = 0, turn = 0; at < size; at += n, turn++) {
		n = (size_t)steps[turn % STEPS] + 1;
		if (n > size - at || n == WHOLE)
			n = size - at;
		if (send(fd, data + at, n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			break;
		pump();
	}
	if (flags & FIN)
		shutdown(fd, SHUT_WR);
	pump();
}

/* What a connection has been sent: requests of that kind, the last one up to where it was ended. */
static void
sent_require(size_t i, const char *wanted)
{
	size_t n = strlen(wanted), at = 0;

	for (; at + n <= sent_n[i]; at += n)
		require(memcmp(sent[i] + at, wanted, n) == 0, "what was not asked for");
	require(memcmp(sent[i] + at, wanted, sent_n[i] - at) == 0, "half of something else");
}

/* The whole story of an input. */
static void
world_open(void)
{
	memset(&slot, 0, sizeof(slot));
	memset(askeds, 0, sizeof(askeds));
	npeers = story_n = 0;
	story[0] = '\0';
	require(net_init(&worker.net, &worker.loop, &worker.calls, NULL, NULL, 0) == 0 &&
			client_init(&worker.client, &worker.loop, &worker.calls) == 0,
		"no memory");
}

static void
world_close(void)
{
	for (size_t i = 0; i < npeers; i++) {
		shutdown(peers[i], SHUT_WR);
		pump();
	}
	loop_enter(&worker.loop);
	client_close(&worker.client);
	loop_leave(&worker.loop);
	pump();
	require(TAILQ_EMPTY(&worker.client.requests), "a request is left");
	require(worker.client.own->nhosts == 0 && worker.client.own->nrequests == 0,
		"a connection is left");
	require(TAILQ_EMPTY(&worker.net.open), "a socket is left");
	require(worker.loop.refs == 0, "a reference is left");
	require(slot.callback == SLOT_IDLE && worker.calls.running == NULL, "a callback is left");
	require(worker.loop.ticks.first == NULL && worker.loop.later.first == NULL,
		"a task is left");
	for (size_t i = 0; i < npeers; i++)
		close(peers[i]);
	client_fini(&worker.client);
	net_fini(&worker.net);
}

static void
play(const struct ask *what, size_t split, const uint8_t *data, size_t size, const uint8_t *steps)
{
	size_t first = flags & TWICE ? size * split / 256 : size;

	world_open();
	ask(&askeds[0], what);
	pump();
	answer(data, first, steps);
	if (flags & TWICE) {
		ask(&askeds[1], what);
		pump();
		answer(data + first, size - first, steps);
	}
	world_close();
	for (size_t i = 0; i < 2; i++)
		require(askeds[i].closed == askeds[i].made && askeds[i].sock == NULL,
			"a request without an end");
	for (size_t i = 0; i < npeers; i++)
		sent_require(i, what->sent);
}

static void
flush(void *arg)
{
	(void)arg;
	net_flush(&worker.net);
}

static void
world_init(void)
{
	if (worker_self != NULL)
		return;
	worker_self = &worker;
	worker.link = -1; /* log lines go nowhere, and are counted */
	worker.slot = &slot;
	worker.modules = &module;
	worker.nmodules = 1;
	worker.calls = (struct calls){.slot = &slot, .loop = &worker.loop};
	require(loop_init(&worker.loop, flush, NULL) == 0, "no loop");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t whole[STEPS] = {255, 255, 255, 255};
	static char before[STORY_BYTES];
	const struct ask *what;

	if (size <= CONTROL_BYTES)
		return 0;
	world_init();
	flags = data[0];
	what = &asks[flags & METHOD];
	play(what, data[1], data + CONTROL_BYTES, size - CONTROL_BYTES, data + 2);
	memcpy(before, story, story_n + 1);
	play(what, data[1], data + CONTROL_BYTES, size - CONTROL_BYTES, whole);
	if (strcmp(before, story) != 0) {
		fprintf(stderr, "in pieces:\n%s", before);
		require(false, "cut in another way, another story");
	}
	return 0;
}
