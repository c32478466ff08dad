/*
 * eddy.h: what a module of eddy is made of, and all that it may call.
 *
 * A module is a shared object that one conf line loads into every worker. Build it with
 *
 *	cc -shared -fPIC $(pkg-config --cflags eddy) -o hello.so hello.c
 *
 * A worker is one process with one thread and one event loop. Everything here is called on that
 * thread and returns at once: what has to wait takes a callback. A callback is never run from
 * inside the call that it was given to.
 *
 * Names are Node.js's in snake_case with the prefix eddy_, and so are their meanings; each comment
 * says what C changes. `eddy_str` arguments and results are not NUL-terminated. A view that a
 * function returns lives until the callback that asked for it returns, unless its comment says
 * longer.
 *
 * Functions that can fail return 0 or a negative EDDY_E… code, which eddy_strerror explains.
 * Misuse (a header after the head, a write after the end, NULL or another kind's handle where one
 * is due) is such a code, or NULL or false, and one line in the log with the module's and the
 * function's name; it is never undefined. A late call, with a handle whose object is over, is no
 * misuse: it does nothing. But a module knows of what it has ended itself: to read, write, send or
 * close a file that it has closed is misuse, and so is to write, send or end a response that it has
 * ended, until that has closed.
 *
 * Calls from another thread are the one thing that is not looked for, since that costs: an eddy
 * that was configured with --enable-debug refuses them with EDDY_ETHREAD and a line in the log.
 * Build modules that have threads against such a one first. eddy_strerror, eddy_error_name,
 * eddy_process_pid and eddy_process_hrtime may be called anywhere.
 */
#ifndef EDDY_H
#define EDDY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A worker loads modules of this number only; it changes when an old module could not run. */
#define EDDY_ABI 1

/*
 * What is exported, from eddy to the modules and from a module to eddy. EDDY_MODULE has it
 * already.
 */
#define EDDY_API __attribute__((visibility("default")))

/* strings and errors -------------------------------------------------------------- */

/*
 * `n` bytes at `p`. Not NUL-terminated. p == NULL: there is none (an absent header), where n == 0
 * alone is empty.
 */
typedef struct {
	const char *p;
	size_t n;
} eddy_str;

/*
 * What functions return and callbacks are given: 0, one of these, or EDDY_ERRNO(…). Source: Node's
 * error.code, c-ares's ares.h for EDDY_DNS_….
 */
enum eddy_error {
	EDDY_OK = 0,		    /* no error */
	EDDY_EINVAL = -1,	    /* an argument is not what the function takes */
	EDDY_ENOMEM = -2,	    /* no memory */
	EDDY_EAGAIN = -3,	    /* not now: try again later (the link to the master is full) */
	EDDY_ETOOBIG = -4,	    /* larger than the limit that applies */
	EDDY_EHEADERS_SENT = -5,    /* the response's head is out, or has been written */
	EDDY_EWRITE_AFTER_END = -6, /* the response has been ended */
	EDDY_ECLOSED = -7,	    /* the connection is gone, or the response was destroyed */
	EDDY_ECONTENT_LENGTH = -8,  /* more or fewer body bytes than Content-Length promised */
	EDDY_EHEADER = -9,	    /* bytes that a header may not have (RFC 9110 5.1, 5.5) */
	EDDY_EABORTED = -10,	    /* the client left before the request body had come whole */
	EDDY_ETIMEOUT = -11,	    /* it took too long */
	EDDY_EBADMSG = -12,	    /* the other side sent a message with broken framing */
	EDDY_ETHREAD = -13,	    /* called on another thread than the loop's (--enable-debug) */

	/* c-ares's codes, under its names */
	EDDY_DNS_ENODATA = -2001,      /* the name exists, but has no record of that type */
	EDDY_DNS_EFORMERR = -2002,     /* the server did not understand the question */
	EDDY_DNS_ESERVFAIL = -2003,    /* the server failed */
	EDDY_DNS_ENOTFOUND = -2004,    /* there is no such name */
	EDDY_DNS_ENOTIMP = -2005,      /* the server does not do that */
	EDDY_DNS_EREFUSED = -2006,     /* the server refused */
	EDDY_DNS_EBADQUERY = -2007,    /* the question cannot be put */
	EDDY_DNS_EBADNAME = -2008,     /* what was asked for is no host name */
	EDDY_DNS_EBADFAMILY = -2009,   /* the family is none of 4, 6 and 0 */
	EDDY_DNS_EBADRESP = -2010,     /* the server's answer cannot be understood */
	EDDY_DNS_ECONNREFUSED = -2011, /* no server could be reached */
	EDDY_DNS_ETIMEOUT = -2012,     /* no server answered in time */
	EDDY_DNS_ECANCELLED = -2024,   /* eddy_dns_cancel */
};

/*
 * What the system refused: connect(2), open(2) and so on fail with EDDY_ERRNO(ECONNREFUSED),
 * EDDY_ERRNO(ENOSPC), …: `if (err == EDDY_ERRNO(ENOENT))` wants <errno.h>.
 */
#define EDDY_ERRNO(number) (-1000 - (number))

/* A sentence for one of these codes; a static string, never NULL. POSIX: strerror. */
EDDY_API const char *eddy_strerror(int error);

/*
 * The code's name, as Node's error.code has it: "ECONNREFUSED", "ENOTFOUND", "ETIMEOUT",
 * "EHEADERS_SENT"; a static string, never NULL.
 */
EDDY_API const char *eddy_error_name(int error);

/* module -------------------------------------------------------------------------- */

/*
 * Handles. What is behind them is eddy's; each says below how long it stands for something. All but
 * eddy_module are no addresses: they may be kept, and called with, when their object is over.
 */
typedef struct eddy_module eddy_module;	    /* a module as its conf has it; as long as the worker */
typedef struct eddy_request eddy_request;   /* an HTTP request */
typedef struct eddy_response eddy_response; /* the answer to it */
typedef struct eddy_timer eddy_timer;	    /* what eddy_set_… has set */
typedef struct eddy_socket eddy_socket;	    /* a TCP or unix stream */
typedef struct eddy_server eddy_server;	    /* a listener, and the connections that come to it */
typedef struct eddy_file eddy_file;	    /* an open file */

/*
 * Answers a request. `state` is what the module's `load` made. The handler may answer before it
 * returns, or keep `res` and answer later (a parked request): then the request's head is kept for
 * it until the response has ended, or until eddy_request_release. Source: Node's http 'request'
 * event.
 */
typedef void eddy_request_handler(eddy_request *req, eddy_response *res, void *state);

/*
 * Serves a connection that has come to listen { protocol = "tcp"  module = "x" }: sets its events
 * with eddy_socket_on before it returns. A socket whose events are not set then is closed. Source:
 * Node's net 'connection' event.
 */
typedef void eddy_connection_handler(eddy_socket *sock, void *state);

/*
 * A named handler: route { module = "x"  handler = "poll" }. A table of them ends with a NULL name.
 */
struct eddy_handler {
	const char *name;	       /* as the conf has it; NULL ends the table */
	eddy_request_handler *request; /* who answers */
};

/*
 * What a module is. Filled in with EDDY_MODULE; members that are not named are NULL, which is fine
 * for all but `name`.
 */
struct eddy_module_def {
	uint32_t abi;  /* EDDY_ABI; EDDY_MODULE fills it in */
	uint32_t size; /* of this struct; EDDY_MODULE fills it in. Later versions add to its end */
	const char *name, *version; /* what it calls itself; the conf's name is what counts */

	/*
	 * Called once in each worker, before it serves. Sets *state to what the other functions are
	 * given. Non-zero refuses: the daemon does not start, or a reload keeps the old generation;
	 * say why with eddy_module_fail.
	 */
	int (*load)(eddy_module *self, void **state);
	/*
	 * This worker leaves: answer what is parked. Called once; requests under way may still call
	 * handlers after it.
	 */
	void (*drain)(void *state);
	/* The last call, when no request of the module is left. */
	void (*unload)(void *state);

	eddy_request_handler *request;	     /* route { module = "x" } */
	const struct eddy_handler *handlers; /* route { module = "x"  handler = "name" } */
	eddy_connection_handler *connection; /* listen { protocol = "tcp"  module = "x" } */

	/*
	 * The options that it takes, with NULL behind the last. Any other in the conf is then an
	 * error, which `eddyd -t` finds. NULL: whatever stands there is taken.
	 */
	const char *const *options;

	/*
	 * For `eddyd -t`, which calls it in a worker of its own instead of `load`: looks at what
	 * the options have and at the files that they name, serves nothing and changes nothing.
	 * Non-zero: something is wrong; say what with eddy_module_fail. NULL: nothing is looked at.
	 */
	int (*check)(eddy_module *self);
};

/* Defines the module: EDDY_MODULE(.name = "hello", .request = hello); once per shared object. */
#define EDDY_MODULE(...)                                                \
	EDDY_API extern const struct eddy_module_def eddy_module_entry; \
	const struct eddy_module_def eddy_module_entry = {              \
		.abi = EDDY_ABI, .size = sizeof(struct eddy_module_def), __VA_ARGS__}

/*
 * The conf's name for this module: module "name" { … }. One file may be loaded under several. Lives
 * as long as the worker. Never NULL; "" if `self` is no module. eddy's own.
 */
EDDY_API const char *eddy_module_name(const eddy_module *self);

/*
 * The value of `key` in the module's options { … }, or `fallback`, which may be NULL. A value is a
 * string, whatever it looks like; it lives as long as the worker. eddy's own.
 */
EDDY_API const char *eddy_module_option(const eddy_module *self, const char *key,
					const char *fallback);

/*
 * Where a path of an option leads, NUL-terminated, into `buf` of n bytes: a relative one starts at
 * the folder of the conf file that has the module, as those of the conf itself do. 0, EDDY_ETOOBIG
 * (n is too few), EDDY_EINVAL (an empty path, or NULL). eddy's own.
 */
EDDY_API int eddy_module_path(const eddy_module *self, const char *path, char *buf, size_t n);

/*
 * What the conf sends to this module: the path of its i-th route { module = "x" }, and the address
 * of its i-th listen { protocol = "tcp"  module = "x" }, from 0, in the order of the conf; NULL when
 * there are no more. They live as long as the worker. A module whose options decide what it can
 * serve looks in `load` whether that is what it is asked for. eddy's own.
 */
EDDY_API const char *eddy_module_route(const eddy_module *self, size_t i);
EDDY_API const char *eddy_module_listen(const eddy_module *self, size_t i);

/*
 * For `load` and `check`: notes the reason (printf(3)'s) that the log and `eddyctl reload` will
 * show. Returns EDDY_EINVAL, to be returned.
 *
 * A callback may call it, too, as long as the worker is not ready, which it is when what was asked
 * of eddy_server_listen in `load` has been answered and eddy_module_release has been called as often
 * as eddy_module_hold: the worker then refuses as if `load` had. EDDY_ECLOSED: it is too late for
 * that, and nothing happens. eddy's own.
 */
EDDY_API int eddy_module_fail(eddy_module *self, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Keeps the worker from being ready when `load` has returned: what has begun there (a name that is
 * looked up, a file that is read) may still refuse with eddy_module_fail. Each needs a release when
 * that has ended, within the ten seconds that a worker has. 0, EDDY_EINVAL (release: nothing is
 * held), EDDY_ECLOSED (hold: the worker is ready, or leaves). eddy's own.
 */
EDDY_API int eddy_module_hold(eddy_module *self);
EDDY_API int eddy_module_release(eddy_module *self);

/*
 * Logs one line (printf(3)'s, 4095 bytes at most) under the module's name. `priority` is one of
 * syslog(3)'s: LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG. `self` NULL: the module
 * whose callback is running. Never waits: lines that the log has no room for are counted and
 * dropped. Source: syslog(3).
 */
EDDY_API void eddy_log(eddy_module *self, int priority, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* http: request ------------------------------------------------------------------- */

/*
 * A request is there as long as its response is. Its head (method, url, headers, parameters) can be
 * asked for until the response has ended, or until eddy_request_release; after that these functions
 * give { NULL, 0 }. The views that they return are good until the callback that asked returns: what
 * is needed longer is asked for again.
 */

/* "GET". Methods are case-sensitive (RFC 9110 9.1). Node: message.method. */
EDDY_API eddy_str eddy_request_method(const eddy_request *req);

/* The request target as the client sent it: "/rooms/7?since=3". Node: message.url. */
EDDY_API eddy_str eddy_request_url(const eddy_request *req);

/* The target's path, still percent-encoded; "/" at least ("*" for OPTIONS *). DOM: URL.pathname. */
EDDY_API eddy_str eddy_request_path(const eddy_request *req);

/*
 * What follows the first "?", still percent-encoded, without the "?"; { NULL, 0 } without one. DOM:
 * URL.search.
 */
EDDY_API eddy_str eddy_request_query(const eddy_request *req);

/* 0 or 1: the x of HTTP/1.x. Node: message.httpVersionMinor. */
EDDY_API int eddy_request_http_version_minor(const eddy_request *req);

/*
 * The value of a header, its name in any case; { NULL, 0 } if it is absent. Several lines of one
 * name are joined with ", " (RFC 9110 5.3), Cookie with "; " (RFC 6265). Node:
 * message.headers[name].
 */
EDDY_API eddy_str eddy_request_header(eddy_request *req, const char *name);

/*
 * The i-th header line as it came, from 0; false when there are no more, and *name and *value are
 * then as before. Node: message.rawHeaders.
 */
EDDY_API bool eddy_request_headers(const eddy_request *req, size_t i, eddy_str *name,
				   eddy_str *value);

/*
 * What ":name" in the route's path stands for, still percent-encoded; "*" names what a prefix route
 * matched. { NULL, 0 }: none. Source: URLPattern, and req.params of Express; Node has no routes.
 */
EDDY_API eddy_str eddy_request_param(const eddy_request *req, const char *name);

/*
 * A trailer field of a chunked body, once `end` has come; { NULL, 0 } if absent. Node:
 * message.trailers[name].
 */
EDDY_API eddy_str eddy_request_trailer(const eddy_request *req, const char *name);

/*
 * The i-th trailer line as it came, from 0; false when there are no more, and *name and *value are
 * then as before. Node: message.rawTrailers.
 */
EDDY_API bool eddy_request_trailers(const eddy_request *req, size_t i, eddy_str *name,
				    eddy_str *value);

/*
 * The client's address: "192.0.2.7", "2001:db8::7", "unix:"; lives until the callback returns.
 * { NULL, 0 } when the client has gone. Node: socket.remoteAddress.
 */
EDDY_API eddy_str eddy_request_remote_address(const eddy_request *req);

/*
 * The client's port; this end's address and port. An address lives until the callback returns, and
 * that of a unix socket is "unix:/path". 0 and { NULL, 0 } when the client has gone; the ports are 0
 * for unix sockets. Node: socket.remotePort, localAddress, localPort.
 */
EDDY_API unsigned eddy_request_remote_port(const eddy_request *req);
EDDY_API eddy_str eddy_request_local_address(const eddy_request *req);
EDDY_API unsigned eddy_request_local_port(const eddy_request *req);

/* What happens to a request's body. Unset members: the event is not reported. */
typedef struct {
	/* A piece of the body has come; it lives until the callback returns. Node: 'data'. */
	void (*data)(eddy_request *req, eddy_str piece, void *arg);
	/* The body has come whole; at once for a request without one. Node: 'end'. */
	void (*end)(eddy_request *req, void *arg);
	/*
	 * The body will not come whole: EDDY_EABORTED (the client left), EDDY_ETIMEOUT,
	 * EDDY_ETOOBIG (the route's max_body), EDDY_EBADMSG. The last event of the body, and the
	 * response is over with it: eddy answers 400 to broken framing and 408 to a client that
	 * stalls, and 413 if this has not answered a body that is too large; where the answer had
	 * begun, the connection is reset. Node: 'error'.
	 */
	void (*error)(eddy_request *req, int error, void *arg);
} eddy_request_events;

/*
 * Reads the body: `events` (static; kept by pointer) is called with `arg` as it arrives. The body
 * is read only when this or eddy_request_body asks for it: an `Expect: 100-continue` is answered
 * then. What is left of a body when the response ends is thrown away. Asked again, later events go
 * to the new table (NULL: to none). 0, or EDDY_ECLOSED: the client has left already, no event will
 * come. Node: message.on().
 */
EDDY_API int eddy_request_on(eddy_request *req, const eddy_request_events *events, void *arg);

/*
 * Stops `data` and `end` until resume; what the client sends meanwhile waits in the kernel, but for
 * what one read has brought already. Neither nests. Node: readable.pause, resume.
 */
EDDY_API void eddy_request_pause(eddy_request *req);
EDDY_API void eddy_request_resume(eddy_request *req);

/*
 * Collects the body, up to `limit` bytes (0: the route's max_body), and gives it to `cb` in one
 * piece, which lives until cb returns. `err`: 0, or what the `error` event says, or EDDY_ENOMEM; in
 * case of an error there is nothing left to do, as with that event. Returns 0, EDDY_ENOMEM,
 * EDDY_EINVAL if the body is being read already, or EDDY_ECLOSED: the client has left already, cb
 * will not be called. Source: the DOM's Request.text, with a limit and a callback.
 */
EDDY_API int eddy_request_body(eddy_request *req, size_t limit,
			       void (*cb)(eddy_request *req, int err, eddy_str body, void *arg),
			       void *arg);

/*
 * Gives the request's head up: a parked request costs least then. Views of it, joined headers too,
 * end with this call; the body can still be read. eddy's own: Node has a collector for that.
 */
EDDY_API void eddy_request_release(eddy_request *req);

/*
 * The response to this request. NULL: `req` is no request's handle. Node: the second argument of
 * 'request'.
 */
EDDY_API eddy_response *eddy_request_response(eddy_request *req);

/* http: response ------------------------------------------------------------------ */

/*
 * A response is over when it has been ended or destroyed, or when the client has left; its last
 * event is `close`. From then on the functions here do nothing with its handle and say so
 * (EDDY_ECLOSED, false, { NULL, 0 }), however late they are called: a late end on a dead connection
 * is fine, and so is forgetting about it.
 *
 * Framing is eddy's: Content-Length where the length is known at the end, else chunked, else
 * (HTTP/1.0) until close. Answers to HEAD, 1xx, 204 and 304 are sent without their body, whatever
 * is written.
 */

/*
 * Sets a header, replacing all of that name; append adds one more line of it (Set-Cookie). `name`
 * is a token, `value` any text without control characters. Content-Length is checked against what
 * is written; Transfer-Encoding and Connection are eddy's ("Connection: close" may be set and
 * closes after the answer). Both are copied. 0, EDDY_EHEADERS_SENT, EDDY_EHEADER, EDDY_EINVAL (a
 * header that is eddy's, a Content-Length that is no number, NULL), EDDY_ENOMEM, EDDY_ETOOBIG (more
 * than 32 KB of headers), EDDY_ECLOSED. Node: response.setHeader, appendHeader.
 */
EDDY_API int eddy_response_set_header(eddy_response *res, const char *name, const char *value);
EDDY_API int eddy_response_append_header(eddy_response *res, const char *name, const char *value);
/*
 * The value set so far, the first line of several; lives until the header is changed. Node:
 * response.getHeader.
 */
EDDY_API eddy_str eddy_response_get_header(const eddy_response *res, const char *name);
/*
 * Takes all lines of that name back; none is fine. 0, EDDY_EHEADERS_SENT, EDDY_EINVAL (NULL),
 * EDDY_ECLOSED. Node: response.removeHeader.
 */
EDDY_API int eddy_response_remove_header(eddy_response *res, const char *name);

/*
 * Fixes the status (200 to 599) and the reason phrase (NULL: the usual one; 256 bytes at most);
 * headers cannot change after it. The head leaves with the first write, at the end, or with
 * eddy_response_flush_headers. Without it the status is 200. 0, EDDY_EINVAL, EDDY_EHEADERS_SENT,
 * EDDY_EHEADER (bytes that a reason may not have), EDDY_ENOMEM, EDDY_ECLOSED. Node:
 * response.writeHead.
 */
EDDY_API int eddy_response_write_head(eddy_response *res, int status, const char *reason);

/* One header line, for functions that take several; they copy it. */
typedef struct {
	const char *name, *value; /* NUL-terminated, as eddy_response_set_header takes them */
} eddy_header;

/*
 * Sends 103 Early Hints (RFC 8297) with these n headers, before the answer: what the client may
 * fetch meanwhile ("Link"). May be called several times; HTTP/1.0 clients, which know no such
 * thing, are sent nothing. 0, EDDY_EHEADERS_SENT, EDDY_EHEADER, EDDY_EINVAL (NULL), EDDY_ETOOBIG,
 * EDDY_ENOMEM, EDDY_ECLOSED. Node: response.writeEarlyHints.
 */
EDDY_API int eddy_response_write_early_hints(eddy_response *res, const eddy_header *headers,
					     size_t n);

/*
 * Sends 100 Continue to a client that waits for it before it sends the body (`Expect:
 * 100-continue`); without this, it is sent when the body is first asked for. Nothing is sent to who
 * does not wait. 0, EDDY_EHEADERS_SENT, EDDY_ECLOSED. Node: response.writeContinue.
 */
EDDY_API int eddy_response_write_continue(eddy_response *res);

/*
 * Sends the head now, before there is a body (an event stream that has no event yet). A head that
 * has been sent is fine. 0, EDDY_EWRITE_AFTER_END, EDDY_ECLOSED. Node: response.flushHeaders.
 */
EDDY_API int eddy_response_flush_headers(eddy_response *res);

/*
 * Sends a piece of the body (copied if it cannot leave at once). True: write on. False: more than
 * the high-water mark (64 KB) waits for the client to read; better stop until `drain`; nothing is
 * lost either way. Also false, and the piece is not sent, when the response has ended or is closed,
 * or when the piece is longer than the Content-Length that was set leaves room for. Node:
 * response.write.
 */
EDDY_API bool eddy_response_write(eddy_response *res, const void *p, size_t n);

/*
 * The same without a copy: the bytes are eddy's from this call on, whatever it returns, and
 * `release(p, arg)` is called once when they are not needed any more; not from inside this call. A
 * `release` that is NULL is misuse, and the bytes stay the caller's. eddy's own.
 */
EDDY_API bool eddy_response_write_owned(eddy_response *res, void *p, size_t n,
					void (*release)(void *p, void *arg), void *arg);

/*
 * Sends the last piece (p may be NULL, n 0) and finishes the response. Fewer or more bytes in all
 * than the Content-Length that was set are misuse: the client is sent a 500, or is cut off (RST) if
 * the head is out. Node: response.end.
 */
EDDY_API void eddy_response_end(eddy_response *res, const void *p, size_t n);

/*
 * Head and body in one, the fast path: status (200 to 599), Content-Type (NULL: none, or the one
 * set before; 512 bytes at most), Content-Length, and the headers set before. The bytes are copied
 * if they cannot leave at once. Other arguments are misuse, and so is a head that has been given
 * already (eddy_response_write_head, a write, a file): the client is sent a 500, or is cut off (RST)
 * if the head is out. Node: response.writeHead().end().
 */
EDDY_API void eddy_response_send(eddy_response *res, int status, const char *type, const void *p,
				 size_t n);

/*
 * A field after the body of a chunked answer, given at any time before the end (RFC 9110 6.5). An
 * answer that has not begun becomes chunked by it; one with a Content-Length, or to HTTP/1.0, is
 * sent without. 0, EDDY_EHEADER, EDDY_EWRITE_AFTER_END, EDDY_EINVAL (NULL), EDDY_ENOMEM,
 * EDDY_ETOOBIG, EDDY_ECLOSED. Node: response.addTrailers.
 */
EDDY_API int eddy_response_add_trailer(eddy_response *res, const char *name, const char *value);

/*
 * Aborts: the connection is reset (RST), so that no half answer is taken for a whole one; `close`
 * follows. What was written is offered to the kernel before. Behind an answer that has been ended
 * and that the kernel has taken, or takes now, the connection is closed without a reset, although
 * the client may have been told that it stays. Until `close` has returned. Node: response.destroy.
 */
EDDY_API void eddy_response_destroy(eddy_response *res);

/*
 * What may happen to a socket; see net below. Unset members: as each one says, else not reported.
 */
typedef struct {
	/*
	 * The connection that was asked for is there: write and end are fine before it, too. Not
	 * called for sockets that were accepted, adopted or upgraded. Node: 'connect'.
	 */
	void (*connect)(eddy_socket *sock, void *arg);
	/*
	 * A piece has come; it lives until the callback returns. Unset: nothing is read, what the
	 * other side sends waits in the kernel. Node: 'data'.
	 */
	void (*data)(eddy_socket *sock, eddy_str piece, void *arg);
	/*
	 * The other side has ended its sending (FIN). Set: this side may go on writing, and has to
	 * end for itself (a half-open socket: Node's allowHalfOpen). Unset: this side ends too,
	 * when all that was written has left. Node: 'end'.
	 */
	void (*end)(eddy_socket *sock, void *arg);
	/*
	 * All that was written has been taken by the kernel, after a write had said false. Node:
	 * 'drain'.
	 */
	void (*drain)(eddy_socket *sock, void *arg);
	/* Ended, and the kernel has the last byte and the FIN. Node: 'finish'. */
	void (*finish)(eddy_socket *sock, void *arg);
	/* eddy_socket_set_timeout's: nothing has moved for so long. Node: 'timeout'. */
	void (*timeout)(eddy_socket *sock, void *arg);
	/*
	 * It has failed: EDDY_ERRNO(ECONNREFUSED), (ECONNRESET), (ETIMEDOUT) …, or the EDDY_DNS_…
	 * of a name that was not found. `close` follows. Node: 'error'.
	 */
	void (*error)(eddy_socket *sock, int error, void *arg);
	/*
	 * Always the last: ended on both sides, destroyed, or failed. The handle means nothing from
	 * then on. Node: 'close'.
	 */
	void (*close)(eddy_socket *sock, void *arg);
} eddy_socket_events;

/*
 * Takes the connection over: sends `101 Switching Protocols` with `Upgrade: protocol` and the
 * headers set before (RFC 9110 7.8), or, to a CONNECT request (route "*" with methods = {
 * "CONNECT" }; `protocol` NULL), `200` (RFC 9110 9.3.6), and gives the raw socket with its events
 * set. Bytes that the client has sent behind the request already come first in `data`. The request
 * and the response are over: `close` follows. Sockets taken over do not end with the response's
 * time limits, and count as connections of the worker.
 *
 * NULL, with a line in the log, if that cannot be: the head has been sent, the client did not ask
 * for an upgrade (an HTTP/1.1 `Upgrade` header and `Connection: upgrade`) or CONNECT, the request
 * has a body, `protocol` is no token; or, without a line, if the client has left or there is no
 * memory. Node: http 'upgrade' and 'connect' events.
 */
EDDY_API eddy_socket *eddy_response_upgrade(eddy_response *res, const char *protocol,
					    const eddy_socket_events *events, void *arg);

/*
 * Takes the connection over as it is: nothing is sent, and what the client is answered, head and
 * all, is what is written to the socket. For the same requests as eddy_response_upgrade, whichever
 * protocol they name; in all else it is like that. What the answer was, eddy does not know: it is
 * counted, and logged, as the 101 (CONNECT: 200) that was asked for. Node: response.detachSocket,
 * and the socket of http's 'upgrade' and 'connect' events.
 */
EDDY_API eddy_socket *eddy_response_detach_socket(eddy_response *res,
						  const eddy_socket_events *events, void *arg);

/*
 * Sends n bytes of a regular file from `offset` on, by sendfile(2), as the next piece of the body;
 * n UINT64_MAX: up to the end that the file has when what was asked of it before is done. No disk
 * is waited for on the loop, and nothing is copied into memory. Pieces and writes are sent in
 * their order. The head waits for the first piece's length: an answer that is ended behind it, in
 * the same callback and without other writes, has its Content-Length.
 *
 * `cb` (may be NULL) is called once, before `close`: with 0, when the kernel has the last byte, or
 * with what went wrong: EDDY_ECLOSED (the client has left, or the response is over),
 * EDDY_ERRNO(ENODATA) (the file is shorter), EDDY_ERRNO(ESPIPE) or (EISDIR) (it is no regular
 * file: read it with eddy_fs_read), EDDY_ERRNO(EBADF) (it is not open for reading),
 * EDDY_ERRNO(EIO), …, EDDY_ECONTENT_LENGTH (it is more than was promised). As long as the head is
 * not out nothing has been sent, and the answer is still yours: give another one in cb, as if
 * eddy_response_write_head had not been called; the headers that you have set are still there. What
 * has been ended, or has no cb, is answered 500. Where the head is out, the connection is reset.
 *
 * The file stays yours, and may be closed at once: it is, when the piece has been sent. What else
 * is asked of it does not wait for the piece; bytes that are overwritten meanwhile may be sent as
 * they were or as they are. 0, EDDY_EWRITE_AFTER_END, EDDY_ECONTENT_LENGTH, EDDY_EINVAL,
 * EDDY_ENOMEM, EDDY_ECLOSED (the file, or the response): cb is not called then. Node:
 * fs.createReadStream(path, { start, end }).pipe(response, { end: false }).
 */
EDDY_API int eddy_response_send_file(eddy_response *res, eddy_file *file, uint64_t offset,
				     uint64_t n, void (*cb)(eddy_response *res, int err, void *arg),
				     void *arg);

/*
 * `cb` is called once, when no byte of the response has moved for `ms`; the response stays as it
 * is. Set again, the time begins anew; 0, or `cb` NULL: never (the default). 0, EDDY_ENOMEM,
 * EDDY_ECLOSED. Node: response.setTimeout.
 */
EDDY_API int eddy_response_set_timeout(eddy_response *res, unsigned ms,
				       void (*cb)(eddy_response *res, void *arg), void *arg);

/*
 * Whether the head is out; whether the response has been ended, by the module or in its stead;
 * bytes not yet taken by the kernel. Once `close` has returned: false, true, 0. Node: headersSent,
 * writableEnded, writableLength.
 */
EDDY_API bool eddy_response_headers_sent(const eddy_response *res);
EDDY_API bool eddy_response_writable_ended(const eddy_response *res);
EDDY_API size_t eddy_response_writable_length(const eddy_response *res);

/* What happens to a response. Unset members: the event is not reported. */
typedef struct {
	/*
	 * All that was written has been taken by the kernel, after a write had said false. Node:
	 * 'drain'.
	 */
	void (*drain)(eddy_response *res, void *arg);
	/* Ended, and the last byte has been given to the kernel. Node: 'finish'. */
	void (*finish)(eddy_response *res, void *arg);
	/*
	 * The client has closed its sending side (FIN) before the answer has been ended, and its
	 * request has been read, or nobody has asked for its body; it may still read, or be gone:
	 * nobody can tell. Set: the request stays, and what is answered is
	 * tried; a stream without an end may rather be ended, or destroyed. Unset: a client whose
	 * answer has not begun is taken for gone, and `close` follows; an answer that has begun goes
	 * on. Node, net: 'end' with allowHalfOpen.
	 */
	void (*end)(eddy_response *res, void *arg);
	/*
	 * Always the last: the response is over, or the client has left before it was. Node:
	 * 'close'.
	 */
	void (*close)(eddy_response *res, void *arg);
} eddy_response_events;

/*
 * `events` (static; kept by pointer; NULL: none any more) is called with `arg`. 0, or EDDY_ECLOSED:
 * the response is over, no event will come. Node: response.on().
 */
EDDY_API int eddy_response_on(eddy_response *res, const eddy_response_events *events, void *arg);

/* timers -------------------------------------------------------------------------- */

/*
 * A turn of the loop goes as Node's: what sockets have to say, then the immediates, then the timers
 * that are due, by their time, and those of one millisecond in the order in which they were set.
 * Ticks run after each callback, before the next. An immediate that is set by an immediate or a
 * timer, and a timer that is set by a timer, run in a later turn; what is cleared does not run, not
 * even later in this turn. When thousands are due at once, sockets get their turn in between.
 */

/*
 * Calls cb(arg) once after `ms` milliseconds, not before; 0 counts as 1. The handle may be kept and
 * cleared also when the timer has fired: it is not an address, and is not used for another timer
 * soon. NULL: no memory, or `cb` is NULL. Node, DOM: setTimeout.
 */
EDDY_API eddy_timer *eddy_set_timeout(void (*cb)(void *arg), unsigned ms, void *arg);
/*
 * Calls cb(arg) every `ms` milliseconds until it is cleared, without drift: a call that comes late
 * does not put off the next, and what was missed whole is left out. 0 counts as 1. NULL as above.
 * Node, DOM: setInterval.
 */
EDDY_API eddy_timer *eddy_set_interval(void (*cb)(void *arg), unsigned ms, void *arg);
/*
 * Calls cb(arg) once after what sockets have to say in this turn. NULL as above. Node:
 * setImmediate.
 */
EDDY_API eddy_timer *eddy_set_immediate(void (*cb)(void *arg), void *arg);
/*
 * Ends a timer; NULL is fine, and so is one that has fired or whose callback is running. One name
 * per kind, as in Node; any ends any. Node, DOM: clearTimeout, clearInterval; Node: clearImmediate.
 */
EDDY_API void eddy_clear_timeout(eddy_timer *timer);
EDDY_API void eddy_clear_interval(eddy_timer *timer);
EDDY_API void eddy_clear_immediate(eddy_timer *timer);
/*
 * Starts a timer's time again from now, also from its own callback; an interval's beat counts from
 * now on. Does nothing to a timer that is over, or to an immediate. Node: timeout.refresh.
 */
EDDY_API void eddy_timer_refresh(eddy_timer *timer);
/*
 * Calls cb(arg) when the callback that is running has returned, before anything else. It cannot be
 * cleared. 0, EDDY_EINVAL (`cb` is NULL), EDDY_ENOMEM. Node: process.nextTick.
 */
EDDY_API int eddy_next_tick(void (*cb)(void *arg), void *arg);

/* net ----------------------------------------------------------------------------- */

/*
 * Stream sockets: TCP and unix. A socket is over when both sides have ended, when it has failed, or
 * when it was destroyed; its last event is `close`, and from then on the functions here do nothing
 * with its handle and say so (EDDY_ECLOSED, false, { NULL, 0 }, 0), however late they are called.
 *
 * An address is written as in the conf: "127.0.0.1:80", "[::1]:80", "unix:/path",
 * "unix:@abstract"; where one is connected to, also "example.org:80" and, of a link,
 * "[fe80::1%eth0]:80".
 */

/*
 * Connects. Names are looked up (eddy_dns_lookup) and their addresses tried by Happy Eyeballs (RFC
 * 8305): one after the other, the next one 250 ms after the last. `events` (static; kept by
 * pointer) with `arg` tell how it goes; every failure, a malformed address too, is an `error`
 * event. When all of a name's addresses fail the error is the first one's. NULL: no memory, the
 * worker is at its end, or `address` is NULL. Node: net.connect.
 */
EDDY_API eddy_socket *eddy_net_connect(const char *address, const eddy_socket_events *events,
				       void *arg);

/*
 * Makes a socket of a connected stream socket's descriptor, which is the socket's from then on (it
 * is made nonblocking and close-on-exec). NULL: no memory, or `fd` is no stream socket; it is then
 * still the caller's. Node: new net.Socket({ fd }).
 */
EDDY_API eddy_socket *eddy_socket_open(int fd, const eddy_socket_events *events, void *arg);

/*
 * The reverse: gives the descriptor up to the caller, who closes it; no event follows, `close`
 * neither. A descriptor, EDDY_EAGAIN (there are bytes that have been written and not yet taken by
 * the kernel, or read and not yet delivered: wait for `drain`, or for `data`), EDDY_EINVAL (it is
 * still connecting), EDDY_ECLOSED. eddy's own: Node never gives a descriptor back.
 */
EDDY_API int eddy_socket_detach(eddy_socket *sock);

/*
 * Other events from now on (static; kept by pointer; NULL: none), called with `arg`. 0, or
 * EDDY_ECLOSED. Node: socket.on().
 */
EDDY_API int eddy_socket_on(eddy_socket *sock, const eddy_socket_events *events, void *arg);

/*
 * Sends n bytes (copied if they cannot leave at once). True: write on. False: more than the
 * high-water mark (64 KB) waits for the other side to read; better stop until `drain`; nothing is
 * lost either way. Also false when the socket has been ended or is closed. What is written while it
 * connects leaves when it is there. Node: socket.write.
 */
EDDY_API bool eddy_socket_write(eddy_socket *sock, const void *p, size_t n);

/*
 * The same without a copy: the bytes are eddy's from this call on, whatever it returns, and
 * `release(p, arg)` is called once when they are not needed any more; not from inside this call. A
 * `release` that is NULL is misuse, and the bytes stay the caller's. eddy's own.
 */
EDDY_API bool eddy_socket_write_owned(eddy_socket *sock, void *p, size_t n,
				      void (*release)(void *p, void *arg), void *arg);

/*
 * Sends the last piece (p may be NULL, n 0), then FIN: this side has ended, reading goes on
 * (half-close). Node: socket.end.
 */
EDDY_API void eddy_socket_end(eddy_socket *sock, const void *p, size_t n);

/*
 * Closes now, and `close` follows. What was written is offered to the kernel once more; what it has
 * no room for is dropped, and so is what was written before the socket had connected. Node:
 * socket.destroy.
 */
EDDY_API void eddy_socket_destroy(eddy_socket *sock);
/*
 * Closes by a reset (RST); what was written and not yet sent is dropped. Node:
 * socket.resetAndDestroy.
 */
EDDY_API void eddy_socket_reset_and_destroy(eddy_socket *sock);

/*
 * Stops `data` and `end` until resume; what comes meanwhile waits in the kernel. Neither nests.
 * Node: socket.pause, resume.
 */
EDDY_API void eddy_socket_pause(eddy_socket *sock);
EDDY_API void eddy_socket_resume(eddy_socket *sock);

/*
 * `timeout` is called whenever nothing has moved in either direction for `ms`; 0: never (the
 * default). The socket stays open. 0, EDDY_ENOMEM, EDDY_ECLOSED. Node: socket.setTimeout.
 */
EDDY_API int eddy_socket_set_timeout(eddy_socket *sock, unsigned ms);
/*
 * TCP_NODELAY; on by default. While it connects the wish is noted; a unix socket has no such thing,
 * which is fine. 0, EDDY_ERRNO(…), EDDY_ECLOSED. Node: socket.setNoDelay.
 */
EDDY_API int eddy_socket_set_no_delay(eddy_socket *sock, bool on);
/*
 * SO_KEEPALIVE, and after how many ms without traffic the first probe is sent (0: the system's;
 * TCP_KEEPIDLE counts whole seconds, so it is rounded up). 0, EDDY_ERRNO(…), EDDY_ECLOSED. Node:
 * socket.setKeepAlive.
 */
EDDY_API int eddy_socket_set_keep_alive(eddy_socket *sock, bool on, unsigned initial_delay);

/*
 * "192.0.2.7", "2001:db8::7", "fe80::7%eth0", "unix:" or "unix:/path"; { NULL, 0 } while it is
 * connecting. They live until the callback returns. The ports are 0 for unix sockets. Node:
 * socket.remoteAddress, remotePort, localAddress, localPort.
 */
EDDY_API eddy_str eddy_socket_remote_address(const eddy_socket *sock);
EDDY_API unsigned eddy_socket_remote_port(const eddy_socket *sock);
EDDY_API eddy_str eddy_socket_local_address(const eddy_socket *sock);
EDDY_API unsigned eddy_socket_local_port(const eddy_socket *sock);

/*
 * Bytes so far; bytes written that the kernel has not yet taken. Node: socket.bytesRead,
 * bytesWritten (which counts what was written, sent or not), writableLength.
 */
EDDY_API uint64_t eddy_socket_bytes_read(const eddy_socket *sock);
EDDY_API uint64_t eddy_socket_bytes_written(const eddy_socket *sock);
EDDY_API size_t eddy_socket_writable_length(const eddy_socket *sock);

/*
 * The descriptor, for setsockopt(2) and its kin; it stays the socket's, and is good until `close`.
 * EDDY_EINVAL while it is connecting, EDDY_ECLOSED. Source: POSIX fileno.
 */
EDDY_API int eddy_socket_fd(const eddy_socket *sock);

/* What happens to a server. Unset members: the event is not reported, unless it says otherwise. */
typedef struct {
	/* It listens; eddy_server_address tells where. Node: 'listening'. */
	void (*listening)(eddy_server *server, void *arg);
	/*
	 * A client has connected: its events are to be set with eddy_socket_on before this returns,
	 * else it is closed. Node: 'connection'.
	 */
	void (*connection)(eddy_server *server, eddy_socket *sock, void *arg);
	/*
	 * It cannot listen: EDDY_ERRNO(EADDRINUSE), (EACCES), (EADDRNOTAVAIL), EDDY_EINVAL (the
	 * address), EDDY_ERRNO(ECANCELED) (the worker drains). Unset: where `load` asked for it
	 * the worker refuses to start, as if `load` had, else it is a line in the log. `close`
	 * follows. Node: 'error'.
	 */
	void (*error)(eddy_server *server, int error, void *arg);
	/*
	 * The last: it listens no more, since it was closed or the worker drains, and its sockets
	 * have closed. Where it was closed its address is free by now, and the file of a unix
	 * socket removed, if no other worker listens there. Node: 'close'.
	 */
	void (*close)(eddy_server *server, void *arg);
} eddy_server_events;

/*
 * A server, which does not listen yet; `events` (static; kept by pointer) are called with `arg`.
 * NULL: no memory. Node: net.createServer.
 */
EDDY_API eddy_server *eddy_net_create_server(const eddy_server_events *events, void *arg);

/*
 * Asks the master for a listener at `address`. It binds once, and every worker that asks for the
 * same address shares the listener, across reloads too, as with Node's cluster; port 0 stands for
 * one that the system picks, the same for all. Connections come when the worker accepts: once its
 * generation has taken over, and until it drains. As many clients may wait to be accepted as at a
 * listen of the conf that does not say (4096, or net.core.somaxconn if that is less). How it went
 * is an event, a malformed address too. 0, EDDY_EINVAL (it listens already, or NULL), EDDY_ENOMEM,
 * EDDY_EAGAIN (the link to the master is full), EDDY_ECLOSED. Node: server.listen, without its
 * backlog option.
 */
EDDY_API int eddy_server_listen(eddy_server *server, const char *address);

/*
 * Stops listening; connections that there are stay, and `close` comes when the last of them has
 * gone. 0, EDDY_ECLOSED. Node: server.close.
 */
EDDY_API int eddy_server_close(eddy_server *server);

/*
 * Where it listens: "127.0.0.1:8000"; { NULL, 0 } before `listening` and after the close. Lives
 * until the callback returns. How many connections it has in this worker; 0 when it is over. Node:
 * server.address, getConnections.
 */
EDDY_API eddy_str eddy_server_address(const eddy_server *server);
EDDY_API size_t eddy_server_connections(const eddy_server *server);

/* http: a module's own servers ---------------------------------------------------- */

/* What happens to an HTTP server. Unset members: as with net's; `request` has to be set. */
typedef struct {
	/* It listens; eddy_server_address tells where. Node: 'listening'. */
	void (*listening)(eddy_server *server, void *arg);
	/*
	 * A request has come: as an eddy_request_handler. There is no route, so that
	 * eddy_request_param gives nothing, and every method and path comes here, CONNECT and
	 * OPTIONS * too. Node: 'request'.
	 */
	void (*request)(eddy_server *server, eddy_request *req, eddy_response *res, void *arg);
	/* It cannot listen: as a net server's, which says with what. Node: 'error'. */
	void (*error)(eddy_server *server, int error, void *arg);
	/*
	 * The last: it listens no more, since it was closed or the worker drains, and its
	 * connections have closed, with the sockets that they have become. Node: 'close'.
	 */
	void (*close)(eddy_server *server, void *arg);
} eddy_http_server_events;

/*
 * The caller sets `size`; where a member is unset, 0, the conf's http { } decides. Node:
 * http.createServer's options.
 */
typedef struct {
	uint32_t size;		     /* sizeof(eddy_http_server_options) */
	unsigned keep_alive_timeout; /* ms between two requests. Node: keepAliveTimeout */
	unsigned headers_timeout;    /* ms for a request's head to come. Node: headersTimeout */
	uint64_t max_body; /* bytes of a request's body; UINT64_MAX: no limit. eddy's own */
} eddy_http_server_options;

/*
 * An HTTP server of the module's own, which does not listen yet; `options` may be NULL, `events`
 * (static; kept by pointer) are called with `arg`. eddy_server_listen, close, address and
 * connections are for it, too: all workers share its listener, also across reloads, and it drains
 * with its worker. Its requests are like those of a listen of the conf, with all that http { }
 * says; where they are named by their route, they are by the server's address. When they have
 * killed workers as often as a route's may, all HTTP servers of the module answer 503 for as long
 * as such a route would.
 *
 * eddy_server_close also closes the connections that are between two requests; what is under way is
 * finished, as the last of its connection. As in Node since version 19.
 *
 * NULL: no memory, options->size is not set, or there is no `request`. Node: http.createServer.
 */
EDDY_API eddy_server *eddy_http_create_server(const eddy_http_server_options *options,
					      const eddy_http_server_events *events, void *arg);

/*
 * Closes those connections of an HTTP server that have had a request and wait for the next one; or
 * all, cutting off what is under way. Sockets that they have become are not meant. 0, EDDY_EINVAL
 * (it is no HTTP server), EDDY_ECLOSED. Node: server.closeIdleConnections, closeAllConnections.
 */
EDDY_API int eddy_server_close_idle_connections(eddy_server *server);
EDDY_API int eddy_server_close_all_connections(eddy_server *server);

/* dns ----------------------------------------------------------------------------- */

/*
 * c-ares on the worker's loop: the servers of /etc/resolv.conf as it was when the worker started
 * (a reload reads it again), or those set here. A name is looked up without the loop waiting, the
 * hosts file too, which one of the threads of fs reads. Every query ends with one call of its
 * callback, in a later turn of the loop; `err` is 0, EDDY_DNS_…, or EDDY_ENOMEM.
 *
 * Names are bytes: one with other letters than ASCII's is written as the DNS has it ("xn--…").
 * What cannot be a name is EDDY_DNS_EBADNAME, and nobody is asked. A server that answers with an
 * error (EDDY_DNS_ESERVFAIL, EREFUSED …) has answered: the next one is asked when one is silent or
 * not there. As in Node.
 *
 * A worker that drains finishes what is under way, within drain_timeout; what is left then ends
 * with EDDY_DNS_ECANCELLED, and no more can be asked.
 */
typedef struct eddy_dns_query
	eddy_dns_query; /* for eddy_dns_cancel; until its callback is called */

/* One address of a host. Node: dns.lookup's with `all`. */
typedef struct {
	const char *address; /* "192.0.2.7", "2001:db8::7", "fe80::7%eth0" */
	int family;	     /* 4 or 6 */
} eddy_dns_address;

/*
 * The addresses of a host, from the hosts file or by A and AAAA queries (with the search domains
 * of resolv.conf), in the order of RFC 6724. `family`: 4, 6, or 0 for both. With an `err`, n is 0.
 * The addresses live until cb returns. An address is its own answer, and "localhost" and what is
 * below it are this host's (RFC 6761 6.3). NULL: no memory, the worker is at its end, or `host` or
 * `cb` is NULL. Node: dns.lookup with `all`.
 */
EDDY_API eddy_dns_query *eddy_dns_lookup(const char *host, int family,
					 void (*cb)(int err, const eddy_dns_address *addresses,
						    size_t n, void *arg),
					 void *arg);

/* One record. Only the members that its type names are set. Source: RFC 1035, 2782, 3403, 8659. */
typedef struct {
	const char *type; /* "A", "AAAA", … */
	uint32_t ttl;	  /* seconds */
	/*
	 * A, AAAA: the address. CNAME, NS, PTR: the name. MX: the exchange. SRV: the target. TXT,
	 * CAA: the value, which may hold any bytes. NAPTR: the replacement. SOA: the primary server
	 * (nsname). NUL-terminated in any case; `size` counts without that.
	 */
	const char *value;
	size_t size;
	uint16_t priority;	/* MX, SRV; NAPTR: order */
	uint16_t weight;	/* SRV; NAPTR: preference */
	uint16_t port;		/* SRV */
	uint8_t critical;	/* CAA */
	const char *tag;	/* CAA: "issue", "issuewild", "iodef" … */
	const char *flags;	/* NAPTR */
	const char *service;	/* NAPTR */
	const char *regexp;	/* NAPTR */
	const char *hostmaster; /* SOA */
	uint32_t serial, refresh, retry, expire, minimum_ttl; /* SOA */
	/* TXT: how many bytes each of the strings has that `value` joins. Node: dns.resolveTxt. */
	const size_t *lengths;
	size_t nlengths;
} eddy_dns_record;

/*
 * Asks the servers for the records of a type: "A" "AAAA" "CNAME" "MX" "NS" "PTR" "SOA" "SRV" "TXT"
 * "CAA" "NAPTR". `records` is n pointers; all live until cb returns. `err` as above; EDDY_EINVAL:
 * the type is none of these. NULL as above. Node: dns.resolve.
 */
EDDY_API eddy_dns_query *eddy_dns_resolve(const char *name, const char *type,
					  void (*cb)(int err, const eddy_dns_record *const *records,
						     size_t n, void *arg),
					  void *arg);

/*
 * The names of an address, from the hosts file or by a PTR query; EDDY_EINVAL: it is no address.
 * The names live until cb returns. NULL as above. Node: dns.reverse.
 */
EDDY_API eddy_dns_query *
eddy_dns_reverse(const char *address,
		 void (*cb)(int err, const char *const *names, size_t n, void *arg), void *arg);

/*
 * Ends a query: its callback is called with EDDY_DNS_ECANCELLED, not from inside this call. A query
 * that is over is fine; NULL is misuse. Node: resolver.cancel (which ends all).
 */
EDDY_API void eddy_dns_cancel(eddy_dns_query *query);

/*
 * The servers to ask from now on, for all of this worker, separated by commas, 16 at most:
 * "192.0.2.1,[2001:db8::1]:5353". Queries under way go on with those they had. 0, EDDY_EINVAL.
 * Those in use, in the same form; the string lives until the callback returns. Node:
 * dns.setServers, getServers.
 */
EDDY_API int eddy_dns_set_servers(const char *servers);
EDDY_API eddy_str eddy_dns_get_servers(void);

/*
 * How long a server has for its first answer, in ms (an hour at most), and how many rounds are
 * made of all servers (16 at most), each with twice the time of the one before; 0: as it is. The
 * defaults are c-ares's, 5000 and 4, or resolv.conf's. For queries made from now on, of all of
 * this worker. 0, EDDY_EINVAL. Node: new dns.Resolver({ timeout, tries }).
 */
EDDY_API int eddy_dns_set_timeout(unsigned ms, unsigned tries);

/*
 * Servers and times of one's own, beside those of the worker. The caller sets `size`; unset members
 * are 0: as the worker has it now. Node: new dns.Resolver's options, resolver.setServers.
 */
typedef struct {
	uint32_t size;	     /* sizeof(eddy_dns_resolver_options) */
	const char *servers; /* as eddy_dns_set_servers takes them; copied */
	unsigned timeout;    /* ms, as eddy_dns_set_timeout takes it */
	unsigned tries;	     /* the same */
} eddy_dns_resolver_options;
typedef struct eddy_dns_resolver eddy_dns_resolver; /* Node: dns.Resolver */

/*
 * Someone else to ask. It is the caller's, to be destroyed with eddy_dns_resolver_destroy;
 * `options` NULL: all unset. NULL: no memory, or an option is not what it should be. Node: new
 * dns.Resolver.
 */
EDDY_API eddy_dns_resolver *eddy_dns_create_resolver(const eddy_dns_resolver_options *options);
/* As eddy_dns_resolve and eddy_dns_reverse, of its servers. Node: resolver.resolve, reverse. */
EDDY_API eddy_dns_query *eddy_dns_resolver_resolve(
	eddy_dns_resolver *resolver, const char *name, const char *type,
	void (*cb)(int err, const eddy_dns_record *const *records, size_t n, void *arg), void *arg);
EDDY_API eddy_dns_query *eddy_dns_resolver_reverse(eddy_dns_resolver *resolver, const char *address,
						   void (*cb)(int err, const char *const *names,
							      size_t n, void *arg),
						   void *arg);
/* Queries under way go on. eddy's own: Node collects it. */
EDDY_API void eddy_dns_resolver_destroy(eddy_dns_resolver *resolver);

/* fs ------------------------------------------------------------------------------ */

/*
 * Files. A few threads (the conf's fs_threads) do the waiting; each function returns at once and
 * calls back once from the loop, error first. 0, or EDDY_EINVAL, EDDY_ENOMEM, EDDY_ECLOSED (the
 * file has been closed, or the worker is at its end): the callback is not called then. The
 * callback's `err` is 0 or EDDY_ERRNO(…). Paths are copied; buffers have to stay until the
 * callback.
 *
 * Operations on one open file run in the order they were asked for; different files' do not wait
 * for each other, and neither do those on paths: what has to follow is asked for in the callback.
 * Any number may be asked for at once; what the threads have no time for yet waits in order.
 *
 * A worker that drains finishes what is under way, within drain_timeout; what has not begun by
 * then is called back with EDDY_ERRNO(ECANCELED). Files that are open at the end are closed.
 */

/*
 * open(2), with O_CLOEXEC. The file is the caller's, to be closed with eddy_fs_close. Opening a
 * FIFO or a device may wait as long as it likes, and holds a thread meanwhile. Node: fs.open.
 */
EDDY_API int eddy_fs_open(const char *path, int flags, mode_t mode,
			  void (*cb)(int err, eddy_file *file, void *arg), void *arg);

/*
 * Reads up to n bytes from `position`, or from the file's own place if that is negative, which
 * moves. `n` in the callback: how many; 0 at the end of the file. Node: fs.read.
 */
EDDY_API int eddy_fs_read(eddy_file *file, void *buf, size_t n, int64_t position,
			  void (*cb)(int err, size_t n, void *arg), void *arg);

/*
 * Writes all n bytes, there or at the file's own place; `n`: how many were, also with an error.
 * Node: fs.write.
 */
EDDY_API int eddy_fs_write(eddy_file *file, const void *buf, size_t n, int64_t position,
			   void (*cb)(int err, size_t n, void *arg), void *arg);

/*
 * Closes when what was asked of the file before is done; `cb` may be NULL. The handle means nothing
 * from this call on. Node: fs.close.
 */
EDDY_API int eddy_fs_close(eddy_file *file, void (*cb)(int err, void *arg), void *arg);

/*
 * Takes over a descriptor that is open already (a file that was opened while the module loaded, a
 * memfd), to be closed with eddy_fs_close; NULL: no memory, and the descriptor is still the
 * caller's. Source: fdopen(3).
 */
EDDY_API eddy_file *eddy_fs_fdopen(int fd);

/*
 * The descriptor of an open file, which stays eddy's: it is good until eddy_fs_close is called.
 * EDDY_ECLOSED, EDDY_EINVAL. Source: fileno(3); Node: filehandle.fd.
 */
EDDY_API int eddy_fs_fileno(eddy_file *file);

/*
 * fsync(2) and fdatasync(2), of what was written before; `cb` may be NULL. Node: fs.fsync,
 * fdatasync.
 */
EDDY_API int eddy_fs_fsync(eddy_file *file, void (*cb)(int err, void *arg), void *arg);
EDDY_API int eddy_fs_fdatasync(eddy_file *file, void (*cb)(int err, void *arg), void *arg);

struct stat; /* <sys/stat.h>'s */
/*
 * stat(2), which follows symbolic links, lstat(2), which does not, and fstat(2); `st` lives until
 * cb returns, and is NULL with an error. Node: fs.stat, lstat, fstat.
 */
EDDY_API int eddy_fs_stat(const char *path, void (*cb)(int err, const struct stat *st, void *arg),
			  void *arg);
EDDY_API int eddy_fs_lstat(const char *path, void (*cb)(int err, const struct stat *st, void *arg),
			   void *arg);
EDDY_API int eddy_fs_fstat(eddy_file *file, void (*cb)(int err, const struct stat *st, void *arg),
			   void *arg);

struct statfs; /* <sys/vfs.h>'s */
/*
 * statfs(2), of the file system that the path is on; `st` lives until cb returns, and is NULL with
 * an error. Node: fs.statfs.
 */
EDDY_API int eddy_fs_statfs(const char *path,
			    void (*cb)(int err, const struct statfs *st, void *arg), void *arg);

/*
 * access(2): whether the worker may do what `mode` (F_OK, or R_OK, W_OK and X_OK together) says;
 * err is EDDY_ERRNO(EACCES) if not. Node: fs.access.
 */
EDDY_API int eddy_fs_access(const char *path, int mode, void (*cb)(int err, void *arg), void *arg);

/*
 * truncate(2), ftruncate(2): cuts, or fills up with zeroes; `length` in bytes; `cb` may be NULL.
 * Node: fs.truncate, ftruncate.
 */
EDDY_API int eddy_fs_truncate(const char *path, int64_t length, void (*cb)(int err, void *arg),
			      void *arg);
EDDY_API int eddy_fs_ftruncate(eddy_file *file, int64_t length, void (*cb)(int err, void *arg),
			       void *arg);

/* chmod(2), fchmod(2); `cb` may be NULL. Node: fs.chmod, fchmod. */
EDDY_API int eddy_fs_chmod(const char *path, mode_t mode, void (*cb)(int err, void *arg),
			   void *arg);
EDDY_API int eddy_fs_fchmod(eddy_file *file, mode_t mode, void (*cb)(int err, void *arg),
			    void *arg);

/*
 * chown(2), which follows symbolic links, lchown(2), which does not, fchown(2); (uid_t)-1 and
 * (gid_t)-1 leave what is; `cb` may be NULL. Node: fs.chown, lchown, fchown.
 */
EDDY_API int eddy_fs_chown(const char *path, uid_t uid, gid_t gid, void (*cb)(int err, void *arg),
			   void *arg);
EDDY_API int eddy_fs_lchown(const char *path, uid_t uid, gid_t gid, void (*cb)(int err, void *arg),
			    void *arg);
EDDY_API int eddy_fs_fchown(eddy_file *file, uid_t uid, gid_t gid, void (*cb)(int err, void *arg),
			    void *arg);

struct timespec; /* <time.h>'s */
/*
 * utimensat(2), which follows symbolic links (lutimens: does not), and futimens(2): sets the times
 * of the last access and of the last change, in this order; UTIME_NOW and UTIME_OMIT of
 * <sys/stat.h> are known. Both are copied; `cb` may be NULL. Node: fs.utimes, lutimes, futimes.
 */
EDDY_API int eddy_fs_utimens(const char *path, const struct timespec times[2],
			     void (*cb)(int err, void *arg), void *arg);
EDDY_API int eddy_fs_lutimens(const char *path, const struct timespec times[2],
			      void (*cb)(int err, void *arg), void *arg);
EDDY_API int eddy_fs_futimens(eddy_file *file, const struct timespec times[2],
			      void (*cb)(int err, void *arg), void *arg);

/*
 * unlink(2), rename(2), link(2), symlink(2), mkdir(2), rmdir(2); `cb` may be NULL. `mode` is cut by
 * the umask. Where there is something already, rename takes its place, and link and symlink fail.
 * Node: fs.unlink, rename, link, symlink, mkdir, rmdir.
 */
EDDY_API int eddy_fs_unlink(const char *path, void (*cb)(int err, void *arg), void *arg);
EDDY_API int eddy_fs_rename(const char *from, const char *to, void (*cb)(int err, void *arg),
			    void *arg);
EDDY_API int eddy_fs_link(const char *path, const char *new_path, void (*cb)(int err, void *arg),
			  void *arg);
EDDY_API int eddy_fs_symlink(const char *target, const char *path, void (*cb)(int err, void *arg),
			     void *arg);
EDDY_API int eddy_fs_mkdir(const char *path, mode_t mode, void (*cb)(int err, void *arg),
			   void *arg);
EDDY_API int eddy_fs_rmdir(const char *path, void (*cb)(int err, void *arg), void *arg);

/*
 * readlink(2): what a symbolic link says; realpath(3): the path without links, "." and "..";
 * mkdtemp(3): makes a folder, mode 0700, whose path is `prefix` with six characters behind it. The
 * string lives until cb returns, and is NULL with an error. Node: fs.readlink, realpath, mkdtemp.
 */
EDDY_API int eddy_fs_readlink(const char *path, void (*cb)(int err, const char *target, void *arg),
			      void *arg);
EDDY_API int eddy_fs_realpath(const char *path, void (*cb)(int err, const char *real, void *arg),
			      void *arg);
EDDY_API int eddy_fs_mkdtemp(const char *prefix, void (*cb)(int err, const char *path, void *arg),
			     void *arg);

/*
 * The n names in a directory, without "." and "..", in no order; they live until cb returns. With
 * an error n is 0. Node: fs.readdir.
 */
EDDY_API int eddy_fs_readdir(const char *path,
			     void (*cb)(int err, const char *const *names, size_t n, void *arg),
			     void *arg);

/* What eddy_fs_scandir tells of each. Source: readdir(3)'s struct dirent; Node: fs.Dirent. */
typedef struct {
	const char *name;   /* without the folder's */
	unsigned char type; /* DT_REG, DT_DIR, … of <dirent.h>; DT_UNKNOWN: ask eddy_fs_lstat */
} eddy_dirent;

/*
 * The same with each one's type, as far as the file system tells it: no file is looked at for that.
 * Node: fs.readdir with withFileTypes.
 */
EDDY_API int eddy_fs_scandir(const char *path,
			     void (*cb)(int err, const eddy_dirent *entries, size_t n, void *arg),
			     void *arg);

/* http: client -------------------------------------------------------------------- */

/*
 * A request to another server. Its two handles, request and response, stand for one exchange and
 * are over with its `close` event; from then on the functions here do nothing with them and say so.
 */
typedef struct eddy_client_request eddy_client_request;	  /* Node: http.ClientRequest */
typedef struct eddy_client_response eddy_client_response; /* Node: http.IncomingMessage */
typedef struct eddy_agent eddy_agent; /* connections that are kept for reuse. Node: http.Agent */

/*
 * What is asked for. The caller sets `size` to sizeof(eddy_http_options); unset members are 0. All
 * is copied. Node: http.request's options.
 */
typedef struct {
	uint32_t size;	   /* sizeof(eddy_http_options) */
	uint32_t nheaders; /* how many `headers` there are */
	/* "http://host:port/path?query"; CONNECT's: "http://proxy:port/host:port" */
	const char *url;
	const char *method;	 /* NULL: "GET" */
	const char *socket_path; /* of a unix socket to connect to, instead of the url's host */
	/*
	 * Host, Content-Length or chunked, and Connection are eddy's, unless they are given. A
	 * Content-Length given here is kept to: more or less is an error.
	 */
	const eddy_header *headers;
	/*
	 * ms without a byte in either direction until `timeout`; 0: never. They are the server's, and
	 * stand still while it is the module (or a pipeline) that is waited for: while the response
	 * is paused, and while the request has not been ended and all that was written has been
	 * sent. They begin anew with resume, the next write, or the end. While there is no
	 * connection yet they pass, unless the response is paused.
	 */
	unsigned timeout;
	eddy_agent *agent; /* whose connections to use; NULL: the worker's own */
	/*
	 * What to ask the url's host for, instead of the url's path and query: "/path?query", "*"
	 * with OPTIONS, "host:port" with CONNECT, or "http://host/path" of a proxy, whose Host is
	 * then that one's. NULL: as the url says.
	 */
	const char *path;
} eddy_http_options;

/* What happens to it. Unset members: not reported; without `data` the body is thrown away. */
typedef struct {
	/*
	 * The answer's head has come. Views of the head live until `close`. Node: 'response'.
	 */
	void (*response)(eddy_client_request *req, eddy_client_response *res, void *arg);
	/*
	 * An interim answer (1xx) has come, to be looked at with eddy_client_response_…; it lives
	 * until the callback returns. Node: 'information'.
	 */
	void (*information)(eddy_client_request *req, eddy_client_response *res, void *arg);
	/*
	 * 101, or 2xx to CONNECT: the connection is yours; set its events with eddy_socket_on
	 * before this returns. `close` follows. Unset: an error (EDDY_EBADMSG). Node: 'upgrade',
	 * 'connect'.
	 */
	void (*upgrade)(eddy_client_request *req, eddy_client_response *res, eddy_socket *sock,
			void *arg);
	/* A piece of the answer's body; it lives until the callback returns. Node: 'data'. */
	void (*data)(eddy_client_response *res, eddy_str piece, void *arg);
	/* The answer has come whole. Node: 'end'. */
	void (*end)(eddy_client_response *res, void *arg);
	/* All that was written is on its way, after a write had said false. Node: 'drain'. */
	void (*drain)(eddy_client_request *req, void *arg);
	/* The options' timeout has passed; it goes on. Node: 'timeout'. */
	void (*timeout)(eddy_client_request *req, void *arg);
	/*
	 * It failed: what eddy_net_connect's error says, EDDY_EINVAL (the options), EDDY_EBADMSG
	 * (the server does not speak HTTP/1), EDDY_EABORTED (it closed before the answer was
	 * complete), EDDY_ETOOBIG (the answer's head), EDDY_ECONTENT_LENGTH (more or less was
	 * written than the module's Content-Length says), EDDY_ERRNO(ECANCELED) (the worker ends).
	 * `close` follows. Node: 'error'.
	 */
	void (*error)(eddy_client_request *req, int error, void *arg);
	/* Always the last. Node: 'close'. */
	void (*close)(eddy_client_request *req, void *arg);
	/*
	 * It has a connection that is there, a new one or one that was kept: what has been written
	 * leaves. Told anew if it is sent once more. Node: 'socket', and the socket's 'connect'.
	 */
	void (*connect)(eddy_client_request *req, void *arg);
	/* It has been ended, and the kernel has taken all of it. Node: 'finish'. */
	void (*finish)(eddy_client_request *req, void *arg);
} eddy_client_events;

/*
 * Makes a request; it leaves with the first write, or the end. `events` (static; kept by pointer)
 * are called with `arg`; every failure, bad options too, is an `error` event. NULL: no memory, the
 * worker ends, or `events` is NULL. One without a body whose method is idempotent is sent once
 * more, if the kept connection that it got turns out to be closed. With `Expect: 100-continue` the
 * body waits for `100`, a second at most. An answer that is whole before the body has been written
 * ends the request. Node: http.request.
 */
EDDY_API eddy_client_request *eddy_http_request(const eddy_http_options *options,
						const eddy_client_events *events, void *arg);
/* The same for a GET of `url`, ended at once. NULL as above. Node: http.get. */
EDDY_API eddy_client_request *eddy_http_get(const char *url, const eddy_client_events *events,
					    void *arg);

/*
 * Sends a piece of the body, as eddy_response_write and write_owned do: false is no room above the
 * high-water mark, or nothing sent. Framing is eddy's: Content-Length where the length is known at
 * the end, else chunked. More or less than a Content-Length that was given is misuse, and an
 * `error` event (EDDY_ECONTENT_LENGTH). Node: request.write.
 */
EDDY_API bool eddy_client_request_write(eddy_client_request *req, const void *p, size_t n);
EDDY_API bool eddy_client_request_write_owned(eddy_client_request *req, void *p, size_t n,
					      void (*release)(void *p, void *arg), void *arg);
/* Sends the last piece (p may be NULL, n 0). Node: request.end. */
EDDY_API void eddy_client_request_end(eddy_client_request *req, const void *p, size_t n);
/*
 * Sends the head now, before there is a body. 0, EDDY_ECLOSED, or what the `error` event will say.
 * Node: request.flushHeaders.
 */
EDDY_API int eddy_client_request_flush_headers(eddy_client_request *req);
/*
 * A field behind the body, given at any time before the end (RFC 9110 6.5). Where the body is not
 * chunked it is not sent. 0, EDDY_EHEADER, EDDY_EWRITE_AFTER_END, EDDY_EINVAL (NULL), EDDY_ENOMEM,
 * EDDY_ETOOBIG, EDDY_ECLOSED. Node: request.addTrailers.
 */
EDDY_API int eddy_client_request_add_trailer(eddy_client_request *req, const char *name,
					     const char *value);
/*
 * Another `timeout` than the options' from now on; the time begins anew. 0: never. 0, EDDY_ENOMEM,
 * EDDY_ECLOSED. Node: request.setTimeout.
 */
EDDY_API int eddy_client_request_set_timeout(eddy_client_request *req, unsigned ms);
/*
 * The connection that it has: to look at its addresses and its bytes, and for setsockopt(2) and the
 * functions that are like it. What is read and written is the request's: eddy_socket_on and
 * eddy_socket_detach refuse it (EDDY_EINVAL). It may be another's after `close`. NULL: it has none,
 * or none any more. Node: request.socket.
 */
EDDY_API eddy_socket *eddy_client_request_socket(eddy_client_request *req);
/*
 * Whether that connection had answered another request before: one that its server has closed
 * meanwhile is no wonder, then. Node: request.reusedSocket.
 */
EDDY_API bool eddy_client_request_reused_socket(eddy_client_request *req);
/* Gives it up: the connection is closed, `close` follows without `error`. Node: request.destroy. */
EDDY_API void eddy_client_request_destroy(eddy_client_request *req);
/*
 * Other events from now on (static; kept by pointer), called with `arg`. 0, EDDY_EINVAL (NULL),
 * EDDY_ECLOSED. Node: request.on().
 */
EDDY_API int eddy_client_request_on(eddy_client_request *req, const eddy_client_events *events,
				    void *arg);
/*
 * Its response's handle, for those that have the request; and back. They are there from the
 * beginning. NULL: it is over. eddy's own: in Node both are in scope.
 */
EDDY_API eddy_client_response *eddy_client_request_response(eddy_client_request *req);
EDDY_API eddy_client_request *eddy_client_response_request(eddy_client_response *res);

/*
 * The status, its text, and the x of HTTP/1.x; the view lives until `close`. 0 and { NULL, 0 }: no
 * answer has come, or it is over. Node: message.statusCode, statusMessage, httpVersionMinor.
 */
EDDY_API int eddy_client_response_status(const eddy_client_response *res);
EDDY_API eddy_str eddy_client_response_reason(const eddy_client_response *res);
EDDY_API int eddy_client_response_http_version_minor(const eddy_client_response *res);
/*
 * As eddy_request_header and eddy_request_headers; the views live until `close`. Node:
 * message.headers[name], rawHeaders.
 */
EDDY_API eddy_str eddy_client_response_header(eddy_client_response *res, const char *name);
EDDY_API bool eddy_client_response_headers(const eddy_client_response *res, size_t i,
					   eddy_str *name, eddy_str *value);
/* A trailer field, from `end` to `close`; { NULL, 0 } if absent. Node: message.trailers[name]. */
EDDY_API eddy_str eddy_client_response_trailer(const eddy_client_response *res, const char *name);
/* The i-th, as eddy_client_response_headers has the head's. Node: message.rawTrailers. */
EDDY_API bool eddy_client_response_trailers(const eddy_client_response *res, size_t i,
					    eddy_str *name, eddy_str *value);
/*
 * Stops `data` and `end` until resume; what comes meanwhile waits in the kernel. Neither nests.
 * Node: readable.pause, resume.
 */
EDDY_API void eddy_client_response_pause(eddy_client_response *res);
EDDY_API void eddy_client_response_resume(eddy_client_response *res);

/*
 * Who keeps the connections, for reuse. The caller sets `size`; unset members are 0. Node:
 * http.Agent's options.
 */
typedef struct {
	uint32_t size;		   /* sizeof(eddy_agent_options) */
	unsigned max_sockets;	   /* to one host at once; more wait. 0: any number */
	unsigned max_free_sockets; /* idle ones kept for one host; 0: 256 */
	/*
	 * ms that an idle one is kept; 0: 5000. A server that says less ("Keep-Alive: timeout=3")
	 * is heeded: it is closed a second before.
	 */
	unsigned timeout;
	bool no_keep_alive; /* one connection for each request */
} eddy_agent_options;

/*
 * Connections of one's own: their limits are not shared with what else the worker asks for. It is
 * the caller's, to be destroyed with eddy_agent_destroy. `options` NULL: all unset. NULL: no
 * memory, or options->size is not set. Node: new http.Agent.
 */
EDDY_API eddy_agent *eddy_http_create_agent(const eddy_agent_options *options);
/* Closes its idle connections; it is gone when its last request is. Node: agent.destroy. */
EDDY_API void eddy_agent_destroy(eddy_agent *agent);

/* pipeline ------------------------------------------------------------------------ */

/* What a stream of bytes is, and what it can be in a pipeline. */
enum eddy_stream_kind {
	EDDY_STREAM_REQUEST = 1,     /* source: its body */
	EDDY_STREAM_RESPONSE,	     /* sink */
	EDDY_STREAM_SOCKET,	     /* source and sink, also at once */
	EDDY_STREAM_FILE,	     /* source or sink */
	EDDY_STREAM_CLIENT_REQUEST,  /* sink */
	EDDY_STREAM_CLIENT_RESPONSE, /* source: its body */
};

/* A handle, with its `kind`: EDDY_STREAM(handle). */
typedef struct {
	enum eddy_stream_kind kind;
	void *handle;
} eddy_stream;

#ifndef __cplusplus
/* clang-format off */
/* The stream that a handle stands for: any of the types that are named here. */
#define EDDY_STREAM(stream)                                                    \
	((eddy_stream){_Generic((stream),                                      \
		eddy_request *: EDDY_STREAM_REQUEST,                           \
		eddy_response *: EDDY_STREAM_RESPONSE,                         \
		eddy_socket *: EDDY_STREAM_SOCKET,                             \
		eddy_file *: EDDY_STREAM_FILE,                                 \
		eddy_client_request *: EDDY_STREAM_CLIENT_REQUEST,             \
		eddy_client_response *: EDDY_STREAM_CLIENT_RESPONSE), (stream)})
/* clang-format on */
#endif

/*
 * Lets all that comes from `source` (request, socket, file, client's response) flow to `sink`
 * (response, socket, file, client's request) at the pace of the slower one, and ends the sink
 * behind it. Written eddy_pipeline(source, sink, done, arg) it takes the handles. Files are read
 * and written from their own place on, and stay open. A socket has two directions, and so has a
 * client's request with its response: each may have a pipeline. Two of them make a proxy, and one
 * from a socket to itself an echo.
 *
 * `done` is called once, never inside this call. 0: the sink has everything (a client's request:
 * it has been ended; what becomes of it, its own events tell). Else what went wrong first, on
 * either side:
 *
 *	EDDY_EABORTED	      the source went away before its end
 *	EDDY_ECLOSED	      the sink did, or it was ended by others; or the source's response was
 *			      over before its request had come whole
 *	EDDY_ECONTENT_LENGTH  it is more, or less, than the sink's Content-Length has promised
 *	EDDY_ERRNO(…), …      what the `error` event, or the callback of fs, of that side says
 *
 * With an error the other side is destroyed, but for what the module may still need: a request, of
 * which nothing more is read; a response that has no head yet, which can still be answered; and a
 * file, to which the last write may still be under way (eddy_fs_close waits for it).
 *
 * While a pipeline has a stream, its `data`, `end`, `drain`, `finish` and `error` are the
 * pipeline's business; what else happens to it is told as before, and `close` behind `done` (but a
 * source that has brought all may close first). Its events are not to be set meanwhile: that would
 * take it away from the pipeline, whose `done` would never be called. Behind `done` they are what
 * they were, but for a request, which has none. A socket that has none is to be ended or destroyed
 * there.
 *
 * Returns 0; or, and `done` is not called, EDDY_EINVAL (bytes cannot flow so, or another pipeline
 * has that direction), EDDY_ENOMEM, EDDY_ECLOSED (one of them is over already). Node:
 * stream.pipeline.
 */
EDDY_API int eddy_pipeline_streams(eddy_stream source, eddy_stream sink,
				   void (*done)(int err, void *arg), void *arg);

/* eddy_pipeline_streams of two handles. Node: stream.pipeline. */
#define eddy_pipeline(source, sink, done, arg) \
	eddy_pipeline_streams(EDDY_STREAM(source), EDDY_STREAM(sink), (done), (arg))

/* process ------------------------------------------------------------------------- */

/* Bytes. The caller sets `size` to sizeof(eddy_memory_usage). Node: process.memoryUsage. */
typedef struct {
	uint32_t size;	     /* sizeof(eddy_memory_usage) */
	uint64_t rss;	     /* resident */
	uint64_t heap_total; /* what malloc has from the kernel */
	uint64_t heap_used;  /* what of it is in use */
	uint64_t external; /* what eddy has mapped beside malloc, for connections and timers; now */
} eddy_memory_usage;

/* CPU time since the worker started. The caller sets `size`. Node: process.cpuUsage. */
typedef struct {
	uint32_t size;	       /* sizeof(eddy_cpu_usage) */
	uint64_t user, system; /* microseconds of CPU time */
} eddy_cpu_usage;

/* The worker's process id; from any thread. Node: process.pid. */
EDDY_API pid_t eddy_process_pid(void);
/*
 * The value of an environment variable, or NULL; eddyd's environment. It lives as getenv(3)'s:
 * until somebody changes it. Node: process.env[name].
 */
EDDY_API const char *eddy_process_env(const char *name);
/*
 * The current directory, NUL-terminated, into `buf` of n bytes. 0, EDDY_ETOOBIG (n is too few),
 * EDDY_ERRNO(ENOENT) (it has been removed), EDDY_EINVAL (NULL, or n is 0). Node: process.cwd.
 */
EDDY_API int eddy_process_cwd(char *buf, size_t n);
/* As of the last second. 0, or EDDY_EINVAL: `size` is not set. Node: process.memoryUsage. */
EDDY_API int eddy_process_memory_usage(eddy_memory_usage *usage);
/* 0, or EDDY_EINVAL: `size` is not set. Node: process.cpuUsage. */
EDDY_API int eddy_process_cpu_usage(eddy_cpu_usage *usage);
/* Seconds since the worker started. Node: process.uptime. */
EDDY_API double eddy_process_uptime(void);
/* Nanoseconds of CLOCK_MONOTONIC; from any thread. Node: process.hrtime.bigint. */
EDDY_API uint64_t eddy_process_hrtime(void);
/*
 * Calls cb whenever the daemon was sent that signal: SIGINT, SIGTERM, SIGHUP, SIGUSR1 or SIGUSR2.
 * Several may listen; they are called in the order in which they were added, in every worker,
 * before the daemon acts on it (`drain` comes after SIGTERM). Unlike in Node this changes nothing
 * of what the daemon then does, and a signal to the worker itself is not heard. As with any
 * signal, of many in a short time some may be one. Of the worker's own signals, SIGRTMIN and
 * SIGRTMIN + 1 are the daemon's. 0, EDDY_EINVAL (another signal), EDDY_ENOMEM.
 * Node: process.on('SIGTERM').
 */
EDDY_API int eddy_process_on(int signal, void (*cb)(int signal, void *arg), void *arg);

/*
 * Ends this worker as SIGTERM would, and says so in the log with `code`, as a warning if that is not
 * 0: behind the callback that is running it begins to drain, and another worker takes its place, at
 * once or, when this comes again and again, after a back-off. That is no crash. 0, also when it
 * leaves already; EDDY_EINVAL in `load`, which refuses by what it returns. Node: process.exit,
 * which cuts off what is under way.
 */
EDDY_API int eddy_process_exit(int code);

/*
 * Has another worker take this one's place, as `eddyctl drain` does: that one is started, and when
 * it serves this one drains. If it refuses to run, or dies, this one goes on, which the log says;
 * ask again later. For what is no reason to be without a worker meanwhile, such as too much memory.
 * 0, also when it leaves or is being replaced already; EDDY_EINVAL in `load`. eddy's own.
 */
EDDY_API int eddy_process_replace(void);

/*
 * Ends this worker at once, with a line in the log (as eddy_log's, LOG_ERR) that says why, and the
 * exit code `code`, 1 to 255. What is under way is lost; to eddyd it is a crash, that of the
 * callback which is running. The one function of eddy.h that a thread of the module's own may call:
 * for what can be seen from there alone, such as a loop that does not come back. Node's engine ends
 * so when it is out of memory; POSIX: _exit.
 */
EDDY_API void eddy_process_fatal(eddy_module *self, int code, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 3, 4)));

/* cluster ------------------------------------------------------------------------- */

/*
 * Which worker of its generation this is: 0 to workers-1. One that takes a dead one's place has its
 * number. Node: cluster.worker.id (which counts from 1, and on).
 */
EDDY_API int eddy_cluster_worker_id(void);

/* The most that eddy_cluster_send takes, in bytes: topic and data together. */
#define EDDY_CLUSTER_MESSAGE_MAX 65000

/*
 * Sends n bytes at p under `topic` to all workers of this generation, this one included; it comes
 * back through the loop. One sender's messages arrive in their order. Never waits. 0, EDDY_ETOOBIG,
 * EDDY_EINVAL (empty topic, or NULL), or EDDY_EAGAIN: the link to the master is full, nothing was
 * sent. A worker too slow to take its messages loses some, and logs how many. Node: worker.send and
 * process.on('message').
 */
EDDY_API int eddy_cluster_send(const char *topic, const void *p, size_t n);

/*
 * Calls cb for every message under `topic`, until the worker ends; several may listen, and are
 * called in the order in which they were added. Topics are of all modules: begin them with your
 * own name. `message` lives until cb returns. 0, EDDY_EINVAL (empty topic, or NULL), EDDY_ENOMEM.
 * Node: process.on('message').
 */
EDDY_API int eddy_cluster_on(const char *topic, void (*cb)(eddy_str message, void *arg), void *arg);

/* One worker as it last reported itself. The caller sets `size`. */
typedef struct {
	uint32_t size;			    /* sizeof(eddy_worker_info) */
	uint32_t worker, generation;	    /* eddy_cluster_worker_id; counts reloads, from 1 */
	pid_t pid;			    /* of its process */
	const char *state;		    /* "INIT" "READY" "ACCEPTING" "DRAINING"; static */
	double uptime;			    /* seconds */
	uint64_t connections, idle, parked; /* now */
	uint64_t accepted, requests, bytes_in, bytes_out; /* since it started */
	uint64_t rss, heap_used;			  /* bytes */
	uint64_t cpu_user, cpu_system;			  /* microseconds */
	uint64_t loop_lag, loop_lag_max; /* microseconds: now; the most in the last second */
	uint64_t connections_max;	 /* it accepts no more than so many */
	uint64_t heap_total;		 /* bytes: what malloc has from the kernel */
	uint64_t fs_threads, fs_busy, fs_queued; /* threads that wait for disks; with a job; jobs
						    that wait for one */
} eddy_worker_info;

/*
 * The i-th live worker of all generations, from 0; false when there are no more. False, too, and a
 * line in the log, if `size` is not set. Node: cluster.workers.
 */
EDDY_API bool eddy_cluster_workers(size_t i, eddy_worker_info *info);

/* How many classes of lag a loop counts; the last one is all above 2^22 microseconds. */
#define EDDY_LOOP_LAGS 24

/*
 * What eddy has done since its master was started, by all workers, dead and alive: what counts here
 * is never less than at the last call, in whichever worker. The caller sets `size`.
 */
typedef struct {
	uint32_t size;			    /* sizeof(eddy_totals) */
	uint32_t generation;		    /* the one that serves; 0: the first is starting */
	const char *version;		    /* of eddy: "0.1.0"; static */
	double uptime;			    /* seconds since the master was started */
	uint64_t started_at;		    /* when that was; Unix time, seconds */
	uint64_t accepted, refused;	    /* connections; refused: accepted and reset at once */
	uint64_t requests;		    /* HTTP requests */
	uint64_t responses[6];		    /* [1]: 1xx … [5]: 5xx; [0]: lost without an answer */
	uint64_t bytes_in, bytes_out;	    /* of connections */
	uint64_t log_dropped;		    /* lines that the log has not taken from workers */
	uint64_t access_dropped;	    /* lines that the access log has not taken */
	uint64_t cpu_user, cpu_system;	    /* microseconds, of workers */
	uint64_t loop_turns;		    /* callbacks that the loops have made */
	uint64_t loop_lags[EDDY_LOOP_LAGS]; /* ticks of loops that came late by less than 2^i
					       microseconds, and not less than 2^(i-1) */
	uint64_t loop_lag_sum;		    /* microseconds, of all ticks */
	uint64_t loop_lag_highest;	    /* microseconds, of the latest */
	uint64_t restarts;		    /* workers started in another's place */
	uint64_t crashes;		    /* workers that died unasked */
	uint64_t reloads, reloads_failed;   /* of the conf: those that went well, and the others */
	uint64_t loaded_at;		    /* when this conf began to serve; Unix time, seconds */
	bool reload_ok;	      /* whether the last reload has succeeded; true: there was none */
	uint32_t upgrades;    /* of the master in place */
	uint32_t quarantined; /* routes of this generation in quarantine, now; a module's servers
				 are one more */
} eddy_totals;

/*
 * Fills in the totals. 0, or EDDY_EINVAL: `size` is not set. eddy's own: Node has no such sum.
 */
EDDY_API int eddy_cluster_totals(eddy_totals *totals);

#ifdef __cplusplus
}

/* EDDY_STREAM for C++, which has overloads instead of _Generic. */
#define EDDY_STREAM_OF(type, kind_)                            \
	static inline eddy_stream eddy_stream_of(type *handle) \
	{                                                      \
		eddy_stream stream = {kind_, handle};          \
		return stream;                                 \
	}
EDDY_STREAM_OF(eddy_request, EDDY_STREAM_REQUEST)
EDDY_STREAM_OF(eddy_response, EDDY_STREAM_RESPONSE)
EDDY_STREAM_OF(eddy_socket, EDDY_STREAM_SOCKET)
EDDY_STREAM_OF(eddy_file, EDDY_STREAM_FILE)
EDDY_STREAM_OF(eddy_client_request, EDDY_STREAM_CLIENT_REQUEST)
EDDY_STREAM_OF(eddy_client_response, EDDY_STREAM_CLIENT_RESPONSE)
#undef EDDY_STREAM_OF
#define EDDY_STREAM(stream) eddy_stream_of(stream)
#endif

#endif
