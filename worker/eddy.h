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
 * Functions that can fail return 0 or a negative EDDY_E… code, which eddy_strerror explains. Misuse
 * (a header after the head, a write after the end) is such a code, and one line in the log with the
 * module's name; it is never undefined.
 */
#ifndef EDDY_H
#define EDDY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A worker loads modules of this number only; it changes when an old module could not run. */
#define EDDY_ABI 1

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

enum eddy_error {
	EDDY_OK = 0,
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
	EDDY_EBADMSG = -12,	    /* the client sent a body with broken framing */
};

/* A sentence for one of these codes; a static string, never NULL. */
EDDY_API const char *eddy_strerror(int error);

/* module -------------------------------------------------------------------------- */

typedef struct eddy_module eddy_module;
typedef struct eddy_request eddy_request;
typedef struct eddy_response eddy_response;
typedef struct eddy_timer eddy_timer;

/*
 * Answers a request. `state` is what the module's `load` made. The handler may answer before it
 * returns, or keep `res` and answer later (a parked request): then the request's head is kept for
 * it until the response has ended, or until eddy_request_release. Source: Node's http 'request'
 * event.
 */
typedef void eddy_request_handler(eddy_request *req, eddy_response *res, void *state);

/*
 * A named handler: route { module = "x"  handler = "poll" }. A table of them ends with a NULL name.
 */
struct eddy_handler {
	const char *name;
	eddy_request_handler *request;
};

/*
 * What a module is. Filled in with EDDY_MODULE; members that are not named are NULL, which is fine
 * for all but `name`.
 */
struct eddy_module_def {
	uint32_t abi;  /* EDDY_ABI; EDDY_MODULE fills it in */
	uint32_t size; /* of this struct; EDDY_MODULE fills it in */
	const char *name, *version;

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
};

/* Defines the module: EDDY_MODULE(.name = "hello", .request = hello); once per shared object. */
#define EDDY_MODULE(...)                                                \
	EDDY_API extern const struct eddy_module_def eddy_module_entry; \
	const struct eddy_module_def eddy_module_entry = {              \
		.abi = EDDY_ABI, .size = sizeof(struct eddy_module_def), __VA_ARGS__}

/* The conf's name for this module: module "name" { … }. Lives as long as the module. */
EDDY_API const char *eddy_module_name(const eddy_module *self);

/* The value of `key` in the module's options { … }, or `fallback`. Lives as long as the module. */
EDDY_API const char *eddy_module_option(const eddy_module *self, const char *key,
					const char *fallback);

/*
 * For `load`: notes the reason (printf-like) that the log and `eddyctl reload` will show. Returns
 * EDDY_EINVAL, to be returned.
 */
EDDY_API int eddy_module_fail(eddy_module *self, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Logs one line (printf-like) under the module's name. `priority` is one of syslog(3)'s: LOG_ERR,
 * LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG. `self` NULL: the module whose callback is running.
 * Never waits: lines that the log has no room for are counted and dropped.
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

/* The i-th header line as it came; false when there are no more. Node: message.rawHeaders. */
EDDY_API bool eddy_request_headers(const eddy_request *req, size_t i, eddy_str *name,
				   eddy_str *value);

/*
 * What ":name" in the route's path stands for, still percent-encoded; "*" names what a prefix route
 * matched. { NULL, 0 }: none.
 */
EDDY_API eddy_str eddy_request_param(const eddy_request *req, const char *name);

/*
 * A trailer field of a chunked body, once `end` has come; { NULL, 0 } if absent. Node:
 * message.trailers[name].
 */
EDDY_API eddy_str eddy_request_trailer(const eddy_request *req, const char *name);

/*
 * The client's address: "192.0.2.7", "2001:db8::7", "unix:"; lives until the callback returns.
 * Node: socket.remoteAddress.
 */
EDDY_API eddy_str eddy_request_remote_address(const eddy_request *req);

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
 * then. What is left of a body when the response ends is thrown away. Node: message.on().
 * 0, or EDDY_ECLOSED: the client has left already, no event will come.
 */
EDDY_API int eddy_request_on(eddy_request *req, const eddy_request_events *events, void *arg);

/*
 * Stops `data` and `end` until resume; what the client sends meanwhile waits in the kernel, but for
 * what one read has brought already. Node: readable.pause().
 */
EDDY_API void eddy_request_pause(eddy_request *req);
EDDY_API void eddy_request_resume(eddy_request *req);

/*
 * Collects the body, up to `limit` bytes (0: the route's max_body), and gives it to `cb` in one
 * piece, which lives until cb returns. `err`: 0, or what the `error` event says, or EDDY_ENOMEM; in
 * case of an error there is nothing left to do, as with that event. Returns 0, EDDY_ENOMEM,
 * EDDY_EINVAL if the body is being read already, or EDDY_ECLOSED: the client has left already, cb
 * will not be called.
 */
EDDY_API int eddy_request_body(eddy_request *req, size_t limit,
			       void (*cb)(eddy_request *req, int err, eddy_str body, void *arg),
			       void *arg);

/*
 * Gives the request's head up: a parked request costs least then. Views of it, joined headers too,
 * end with this call.
 */
EDDY_API void eddy_request_release(eddy_request *req);

/* The response to this request. */
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
 * closes after the answer). 0, EDDY_EHEADERS_SENT, EDDY_EHEADER, EDDY_EINVAL (a header that is
 * eddy's, a Content-Length that is no number), EDDY_ENOMEM, EDDY_ETOOBIG. Node: response.setHeader,
 * appendHeader.
 */
EDDY_API int eddy_response_set_header(eddy_response *res, const char *name, const char *value);
EDDY_API int eddy_response_append_header(eddy_response *res, const char *name, const char *value);
/*
 * The value set so far, the first line of several; lives until the header is changed. Node:
 * response.getHeader.
 */
EDDY_API eddy_str eddy_response_get_header(const eddy_response *res, const char *name);
EDDY_API int eddy_response_remove_header(eddy_response *res, const char *name);

/*
 * Fixes the status (200 to 599) and the reason phrase (NULL: the usual one); headers cannot change
 * after it. The head leaves with the first write, at the end, or with eddy_response_flush_headers.
 * Without it the status is 200. 0, EDDY_EINVAL, EDDY_EHEADERS_SENT, EDDY_EHEADER. Node:
 * response.writeHead.
 */
EDDY_API int eddy_response_write_head(eddy_response *res, int status, const char *reason);

/* One header line, for functions that take several. */
typedef struct {
	const char *name, *value;
} eddy_header;

/*
 * Sends 103 Early Hints (RFC 8297) with these n headers, before the answer: what the client may
 * fetch meanwhile ("Link"). May be called several times; HTTP/1.0 clients, which know no such
 * thing, are sent nothing. 0, EDDY_EHEADERS_SENT, EDDY_EHEADER, EDDY_ETOOBIG, EDDY_ENOMEM,
 * EDDY_ECLOSED. Node: response.writeEarlyHints.
 */
EDDY_API int eddy_response_write_early_hints(eddy_response *res, const eddy_header *headers,
					     size_t n);

/*
 * Sends the head now, before there is a body (an event stream that has no event yet). Node:
 * response.flushHeaders.
 */
EDDY_API int eddy_response_flush_headers(eddy_response *res);

/*
 * Sends a piece of the body (copied if it cannot leave at once). True: write on. False: more than
 * the high-water mark (64 KB) waits for the client to read; better stop until `drain`; nothing is
 * lost either way. Also false when the response has ended or is closed. Node: response.write.
 */
EDDY_API bool eddy_response_write(eddy_response *res, const void *p, size_t n);

/*
 * The same without a copy: `release(p, arg)` is called when the bytes are not needed any more; not
 * from inside this call.
 */
EDDY_API bool eddy_response_write_owned(eddy_response *res, void *p, size_t n,
					void (*release)(void *p, void *arg), void *arg);

/* Sends the last piece (p may be NULL, n 0) and finishes the response. Node: response.end. */
EDDY_API void eddy_response_end(eddy_response *res, const void *p, size_t n);

/*
 * Head and body in one, the fast path: status, Content-Type (NULL: none), Content-Length, and the
 * headers set before. Node: response.writeHead().end().
 */
EDDY_API void eddy_response_send(eddy_response *res, int status, const char *type, const void *p,
				 size_t n);

/*
 * A field after the body of a chunked answer; before the end. 0, EDDY_EHEADER,
 * EDDY_EWRITE_AFTER_END. Node: addTrailers.
 */
EDDY_API int eddy_response_add_trailer(eddy_response *res, const char *name, const char *value);

/*
 * Aborts: the connection is reset (RST), so that no half answer is taken for a whole one. Node:
 * response.destroy.
 */
EDDY_API void eddy_response_destroy(eddy_response *res);

/*
 * `cb` is called when no byte of the response has moved for `ms`; 0: never (the default). 0,
 * EDDY_ENOMEM, EDDY_ECLOSED. Node: response.setTimeout.
 */
EDDY_API int eddy_response_set_timeout(eddy_response *res, unsigned ms,
				       void (*cb)(eddy_response *res, void *arg), void *arg);

/*
 * Whether the head is out; whether the module has ended it; bytes not yet taken by the kernel.
 * Node: headersSent, writableEnded, writableLength.
 */
EDDY_API bool eddy_response_headers_sent(const eddy_response *res);
EDDY_API bool eddy_response_writable_ended(const eddy_response *res);
EDDY_API size_t eddy_response_writable_length(const eddy_response *res);

typedef struct {
	/*
	 * All that was written has been taken by the kernel, after a write had said false. Node:
	 * 'drain'.
	 */
	void (*drain)(eddy_response *res, void *arg);
	/* Ended, and the last byte has been given to the kernel. Node: 'finish'. */
	void (*finish)(eddy_response *res, void *arg);
	/*
	 * The client has closed its sending side (FIN) before the answer has begun; it may still
	 * read, or be gone: nobody can tell. Set: the request stays, and a later answer is tried.
	 * Unset: the client is taken for gone, and `close` follows. Once the answer has begun it is
	 * finished in any case. Node, net: 'end' with allowHalfOpen.
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
 * Calls cb(arg) once after `ms` milliseconds; 0 counts as 1. The handle may be kept and cleared
 * also when the timer has fired: it is not an address, and is not used for another timer soon.
 * NULL: no memory. Node, DOM: setTimeout.
 */
EDDY_API eddy_timer *eddy_set_timeout(void (*cb)(void *arg), unsigned ms, void *arg);
/*
 * Calls cb(arg) every `ms` milliseconds, without drift, until it is cleared. Node, DOM:
 * setInterval.
 */
EDDY_API eddy_timer *eddy_set_interval(void (*cb)(void *arg), unsigned ms, void *arg);
/* Calls cb(arg) after the events of this turn of the loop. Node: setImmediate. */
EDDY_API eddy_timer *eddy_set_immediate(void (*cb)(void *arg), void *arg);
/*
 * Ends a timer; NULL is fine, and so is one that has fired or whose callback is running. One name
 * per kind, as in Node; any ends any.
 */
EDDY_API void eddy_clear_timeout(eddy_timer *timer);
EDDY_API void eddy_clear_interval(eddy_timer *timer);
EDDY_API void eddy_clear_immediate(eddy_timer *timer);
/*
 * Starts a timer's time again from now, also from its own callback; does nothing to one that is
 * over. Node: timeout.refresh.
 */
EDDY_API void eddy_timer_refresh(eddy_timer *timer);
/*
 * Calls cb(arg) when the callback that is running has returned, before anything else. 0 or
 * EDDY_ENOMEM. Node: process.nextTick.
 */
EDDY_API int eddy_next_tick(void (*cb)(void *arg), void *arg);

/* process ------------------------------------------------------------------------- */

/* Bytes. The caller sets `size` to sizeof(eddy_memory_usage). Node: process.memoryUsage. */
typedef struct {
	uint32_t size;
	uint64_t rss;	     /* resident */
	uint64_t heap_total; /* what malloc has from the kernel */
	uint64_t heap_used;  /* what of it is in use */
} eddy_memory_usage;

/* Microseconds since the worker started. The caller sets `size`. Node: process.cpuUsage. */
typedef struct {
	uint32_t size;
	uint64_t user, system;
} eddy_cpu_usage;

/* Node: process.pid. */
EDDY_API pid_t eddy_process_pid(void);
/* As of the last second. 0, or EDDY_EINVAL: `size` is not set. Node: process.memoryUsage. */
EDDY_API int eddy_process_memory_usage(eddy_memory_usage *usage);
/* 0, or EDDY_EINVAL: `size` is not set. Node: process.cpuUsage. */
EDDY_API int eddy_process_cpu_usage(eddy_cpu_usage *usage);
/* Seconds since the worker started. Node: process.uptime. */
EDDY_API double eddy_process_uptime(void);
/* Nanoseconds of CLOCK_MONOTONIC. Node: process.hrtime.bigint. */
EDDY_API uint64_t eddy_process_hrtime(void);

/* cluster ------------------------------------------------------------------------- */

/* 0 to workers-1. Node: cluster.worker.id (which counts from 1). */
EDDY_API int eddy_cluster_worker_id(void);

#define EDDY_CLUSTER_MESSAGE_MAX 65000 /* topic and data together, bytes */

/*
 * Sends n bytes at p under `topic` to all workers of this generation, this one included; it comes
 * back through the loop. One sender's messages arrive in their order. Never waits. 0, EDDY_ETOOBIG,
 * EDDY_EINVAL (empty topic), or EDDY_EAGAIN: the link to the master is full, nothing was sent. A
 * worker too slow to take its messages loses some, and logs how many. Node: worker.send and
 * process.on('message').
 */
EDDY_API int eddy_cluster_send(const char *topic, const void *p, size_t n);

/*
 * Calls cb for every message under `topic`; several may listen. `message` lives until cb returns.
 * 0, EDDY_EINVAL, EDDY_ENOMEM.
 */
EDDY_API int eddy_cluster_on(const char *topic, void (*cb)(eddy_str message, void *arg), void *arg);

/* One worker as it last reported itself. The caller sets `size`. */
typedef struct {
	uint32_t size;
	uint32_t worker, generation;
	pid_t pid;
	const char *state; /* "INIT" "READY" "ACCEPTING" "DRAINING"; static */
	double uptime;	   /* seconds */
	uint64_t connections, idle, parked, accepted, requests, bytes_in, bytes_out;
	uint64_t rss, heap_used;	 /* bytes */
	uint64_t cpu_user, cpu_system;	 /* microseconds */
	uint64_t loop_lag, loop_lag_max; /* microseconds: now; the most in the last second */
} eddy_worker_info;

/* The i-th live worker of all generations; false when there are no more. Node: cluster.workers. */
EDDY_API bool eddy_cluster_workers(size_t i, eddy_worker_info *info);

#ifdef __cplusplus
}
#endif

#endif
