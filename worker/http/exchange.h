/*
 * A request and its response: what a module's handles stand for.
 *
 *	            handler returns                        end, or the client leaves
 *	  running ------------------> parked / streaming -----------------------------> detached
 *	     |                                                                             |
 *	     +--- end ---> detached                          its last events, then it is freed
 *
 * The module's two handles are one handle of loop/handle.h: when the exchange is freed they mean
 * nothing any more, and a call with them does nothing, however late it comes.
 *
 * It is taken from a pool before the handler is called and goes back there as soon as the answer is
 * complete. Its head stays in the worker's scratch buffer while the handler runs; a request that
 * lives on gets a copy, as long as the head is. A module's call never calls back: events are noted
 * in `pending` and delivered by the exchange's task.
 */
#ifndef EDDY_HTTP_EXCHANGE_H
#define EDDY_HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "contract.h"
#include "eddy.h"
#include "http/fields.h"
#include "http/head.h"
#include "http/joined.h"
#include "loop/loop.h"

struct conn;
struct http;
struct route;

/* eddy_request_body: a body being collected; one that comes in one piece stays where that is. */
struct collect {
	void (*cb)(eddy_request *req, int err, eddy_str body, void *arg);
	void *arg;
	size_t limit, len, size;
	char *p;
	const char *whole;
};

struct request {
	const eddy_request_events *events;
	void *arg;
	struct collect *collect;
	struct head *trailers;
	uint64_t rate_since_ms, rate_bytes; /* for min_rate: read since the last start or resume */
	bool reading;			    /* somebody asked for the body */
	bool paused;
	bool piped; /* by a pipeline: it hears also of an answer that was over first */
	bool ended; /* `end` or `error` has been reported */
	int error;  /* to be reported */
};

TAILQ_HEAD(piece_list, piece);

/* send_file.c's. */
struct response_files {
	struct piece_list pieces; /* that have not been reported */
	struct piece *first;	  /* the one that the head waits for, or NULL */
	uint32_t unsettled;	  /* pieces whose length is not known yet */
};

struct response {
	const eddy_response_events *events;
	void *arg;
	struct fields fields, trailers;
	char *reason;
	uint64_t length;  /* the Content-Length that the module has set, if has_length */
	uint64_t written; /* of the body */
	struct response_files
		*files; /* of which there are pieces in it; NULL: there have been none */
	struct response_timeout *timeout;
	uint16_t status;
	bool has_length, has_date, has_type; /* set by the module */
	bool head_fixed;		     /* eddy_response_write_head */
	bool head_sent;
	bool chunked;
	bool no_body;  /* HEAD, 204, 304 */
	bool keep;     /* the connection may go on after it */
	bool full;     /* a write has said false: `drain` is owed */
	bool ended;    /* by the module */
	bool answered; /* by eddy, over the module's head: what it still calls does nothing */
};

/* Whether the head waits for the length of a file. */
static inline bool
response_waits(const struct response *res)
{
	return res->files != NULL && res->files->first != NULL;
}

/* Whether the client may count on it: the head is out, or on its way. */
static inline bool
response_is_begun(const struct response *res)
{
	return res->head_sent || response_waits(res);
}

/* Whether there are pieces of files that the module has not been told of. */
static inline bool
response_has_pieces(const struct response *res)
{
	return res->files != NULL && !TAILQ_EMPTY(&res->files->pieces);
}

/* Whether all of it has been handed to out. */
static inline bool
response_is_written(const struct response *res)
{
	return (res->ended || res->answered) && res->head_sent;
}

/* Events that are owed, in the order of their delivery. */
enum exchange_event {
	EXCHANGE_ERROR = 1, /* request: error */
	EXCHANGE_END = 2,   /* response: end (the client has half-closed) */
	EXCHANGE_DRAIN = 4,
	EXCHANGE_FINISH = 8,
	EXCHANGE_CLOSE = 16,
	EXCHANGE_FREE = 32,
	EXCHANGE_FILES = 64, /* pieces of files are over; before all but `end` */
};

struct exchange {
	struct request request;
	struct response response;
	void *handle;
	struct task task;
	struct http *http;
	struct conn *conn; /* NULL: detached */
	struct conn *past; /* what it was on: an answer that has been sent is being told; or NULL */
	const struct route *route;
	struct head *head; /* the worker's, or a copy (`kept`), or NULL: released */
	struct joined *joined;
	char *saved;	   /* access_save's, of a head that is released; NULL: nothing */
	uint64_t begun_ns; /* CLOCK_MONOTONIC, if the access log asks for it */
	uint8_t pending;
	uint8_t minor;
	bool posted;
	bool running; /* the handler's first call is on the stack */
	bool kept;
	bool released; /* by the module, while its handler ran */
	bool parked;   /* counted as such */
	bool is_head, is_connect;
	bool upgrade;	      /* the client offers another protocol */
	bool left;	      /* the client's FIN has been seen, and it goes on */
	bool expect_continue; /* 100 is owed when reading starts */
	bool logged;	      /* in the access log */
	bool probe;	      /* the one that its route's quarantine has let through */
};

/* The module's handles. */
static inline eddy_request *
exchange_request(const struct exchange *exchange)
{
	return exchange->handle;
}

static inline eddy_response *
exchange_response(const struct exchange *exchange)
{
	return exchange->handle;
}

/* NULL: no memory. */
struct exchange *exchange_new(struct conn *conn, const struct route *route, struct head *head);
void exchange_free(struct exchange *exchange);

/*
 * Its handler has returned and it lives on: copies the head out of the scratch buffer. 0 or
 * -ENOMEM.
 */
int exchange_park(struct exchange *exchange);
/* Gives the head up. */
void exchange_release(struct exchange *exchange);

/* Notes events (exchange_event) for delivery when the running callback has returned. */
void exchange_post(struct exchange *exchange, unsigned events);

/*
 * The connection goes on without it, or is gone (`lost`: before the answer was complete). What the
 * module still has to hear is posted, and that it is freed after that.
 */
void exchange_detach(struct exchange *exchange, bool lost);

/* Calls into the module from the loop: a piece of the body, its end, its failure. */
void exchange_data(struct exchange *exchange, eddy_str piece);
void exchange_end(struct exchange *exchange);
void exchange_error(struct exchange *exchange, int error);

/* Around a call into the module about the response: call_end ends it. */
void exchange_call_response(struct exchange *exchange);

/* Calls a module's function for the response's timeout. */
void exchange_timed_out(struct exchange *exchange, void (*cb)(eddy_response *res, void *arg),
			void *arg);

/*
 * Begins a call into the module: call_end ends it. Notes in the slot whose call it is and which
 * request it is about, for the log line of a crash.
 */
void exchange_call(const struct exchange *exchange, enum slot_callback kind);

/* response.c: eddy's own answer where the module gave none; the connection closes after it. */
void exchange_answer(struct exchange *exchange, int status);
/* send_file.c: tells the module of the pieces that are over. */
void send_file_report(struct exchange *exchange);
/* send_file.c: all that are not are so now, with this error. */
void send_file_drop(struct exchange *exchange, int error);
/* response.c: the response's `timeout` counts from now again; ends it. */
void response_moved(struct exchange *exchange);
void response_timeout_free(struct exchange *exchange);

#endif
