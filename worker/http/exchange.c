/*
 * The life of a request and its response; see exchange.h.
 */
#include "http/exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http/access.h"
#include "http/conn.h"
#include "http/http.h"

static void exchange_run(struct task *task);

static struct exchange *
exchange_of_task(struct task *task)
{
	return (struct exchange *)(void *)((char *)task - offsetof(struct exchange, task));
}

struct exchange *
exchange_new(struct conn *conn, const struct route *route, struct head *head)
{
	struct http *http = conn->http;
	struct exchange *exchange = pool_new_zeroed(&http->exchange_pool);

	if (exchange == NULL)
		return NULL;
	exchange->task.run = exchange_run;
	exchange->http = http;
	exchange->conn = conn;
	exchange->route = route;
	exchange->head = head;
	exchange->minor = head->minor;
	exchange->is_head = head->is_head;
	exchange->is_connect = head->is_connect;
	exchange->upgrade =
		head->upgrade && head->minor > 0 && head_find(head, 0, "upgrade", 7) >= 0;
	exchange->expect_continue = head->expect_continue;
	exchange->begun_ns = http->access != NULL ? http->access->begun_ns : 0;
	exchange->response.status = 200;
	exchange->handle = handle_new(&http->handles, exchange);
	if (exchange->handle != NULL)
		return exchange;
	pool_free(&http->exchange_pool, exchange);
	return NULL;
}

static void
collect_free(struct exchange *exchange)
{
	if (exchange->request.collect == NULL)
		return;
	free(exchange->request.collect->p);
	free(exchange->request.collect);
	exchange->request.collect = NULL;
}

void
exchange_release(struct exchange *exchange)
{
	if (exchange->http->access != NULL)
		access_release_on(exchange);
	if (exchange->kept)
		free(exchange->head);
	exchange->kept = false;
	exchange->head = NULL;
	joined_free(&exchange->joined);
}

/* Whether it has memory of its own, as few have that were answered at once. */
static bool
exchange_owns(const struct exchange *exchange)
{
	const struct request *req = &exchange->request;
	const struct response *res = &exchange->response;

	return exchange->kept || exchange->joined != NULL || exchange->saved != NULL ||
	       req->collect != NULL || req->trailers != NULL || res->fields.p != NULL ||
	       res->trailers.p != NULL || res->reason != NULL || res->files != NULL ||
	       res->timeout != NULL;
}

static void
exchange_fini(struct exchange *exchange)
{
	exchange_release(exchange);
	free(exchange->saved);
	collect_free(exchange);
	free(exchange->request.trailers);
	fields_fini(&exchange->response.fields);
	fields_fini(&exchange->response.trailers);
	free(exchange->response.reason);
	free(exchange->response.files);
	response_timeout_free(exchange);
}

void
exchange_free(struct exchange *exchange)
{
	struct http *http = exchange->http;

	if (exchange->probe)
		probe_end(&http->probes, exchange->route->index, exchange->response.ended);
	handle_free(&http->handles, exchange->handle);
	if (http->access != NULL || exchange_owns(exchange))
		exchange_fini(exchange);
	pool_free(&http->exchange_pool, exchange);
}

int
exchange_park(struct exchange *exchange)
{
	if (exchange->response.ended || exchange->released) {
		exchange_release(exchange);
	} else if (!exchange->kept && exchange->head != NULL) {
		exchange->head =
			head_save(exchange->head, exchange->head->bytes, exchange->head->size);
		exchange->kept = exchange->head != NULL;
		if (!exchange->kept)
			return -ENOMEM;
	}
	if (!exchange->parked && !exchange->response.ended) { /* else only its last bytes wait */
		exchange->parked = true;
		slot_add(exchange->http->slot->parked, 1);
	}
	return 0;
}

void
exchange_post(struct exchange *exchange, unsigned events)
{
	exchange->pending |= (uint8_t)events;
	if (exchange->posted)
		return;
	exchange->posted = true;
	task_post(&exchange->http->loop->ticks, &exchange->task);
}

void
exchange_detach(struct exchange *exchange, bool lost)
{
	struct request *req = &exchange->request;
	unsigned last = EXCHANGE_FREE;

	send_file_drop(exchange, lost ? EDDY_ECLOSED : 0);
	exchange->conn = NULL;
	if (exchange->parked)
		slot_add(exchange->http->slot->parked, (uint64_t)-1);
	exchange->parked = false;
	if (lost && !exchange->response.head_sent)
		slot_add(exchange->http->slot->counters.responses[0], 1);
	if ((lost || req->piped) && req->reading && !req->ended) {
		req->error = lost ? EDDY_EABORTED : EDDY_ECLOSED;
		last |= EXCHANGE_ERROR;
	}
	if (exchange->response.events != NULL)
		last |= EXCHANGE_CLOSE;
	if (last != EXCHANGE_FREE || exchange->posted || !exchange->running)
		exchange_post(exchange, last);
}

/* Calling into the module --------------------------------------------------------- */

static void
blame_server(struct slot *slot, const char *address)
{
	memccpy(slot->server, address, '\0', sizeof(slot->server));
}

static void
blame_line(struct slot *slot, const struct head *head)
{
	size_t n = (size_t)(head->target.at + head->target.len - head->method.at);

	if (n > SLOT_LINE_MAX)
		n = SLOT_LINE_MAX;
	memcpy(slot->line, head->bytes + head->method.at, n);
	slot_set(slot->line_size, (uint32_t)n);
}

void
exchange_call(const struct exchange *exchange, enum slot_callback kind)
{
	const struct route *route = exchange->route;

	call_begin(exchange->http->calls, route->module, kind, route->index + 1);
	if (route->is_server)
		blame_server(exchange->http->slot, route->conf->path);
	if (exchange->head != NULL)
		blame_line(exchange->http->slot, exchange->head);
}

void
exchange_call_response(struct exchange *exchange)
{
	exchange_call(exchange, SLOT_RESPONSE);
}

/* From the timer that runs already: what it is about is the response. */
void
exchange_timed_out(struct exchange *exchange, void (*cb)(eddy_response *res, void *arg), void *arg)
{
	exchange_call(exchange, SLOT_RESPONSE);
	cb(exchange_response(exchange), arg);
}

/* One event of the response, by its place in the table that the module has set by now. */
static void
exchange_tell(struct exchange *exchange, size_t event)
{
	const struct response *res = &exchange->response;
	void (*call)(eddy_response * res, void *arg) = NULL;

	if (res->events != NULL)
		memcpy(&call, (const char *)res->events + event, sizeof(call));
	if (call == NULL)
		return;
	exchange_call(exchange, SLOT_RESPONSE);
	call(exchange_response(exchange), res->arg);
	call_end(exchange->http->calls);
}

static void
exchange_collected(struct exchange *exchange, int error)
{
	struct collect *collect = exchange->request.collect;
	eddy_str body = {collect->p != NULL ? collect->p : "", collect->len};

	if (collect->whole != NULL)
		body.p = collect->whole;
	if (error != 0)
		body = (eddy_str){NULL, 0};
	exchange->request.collect =
		NULL; /* the callback may ask for anything, but not for this body again */
	exchange_call(exchange, SLOT_DATA);
	collect->cb(exchange_request(exchange), error, body, collect->arg);
	call_end(exchange->http->calls);
	free(collect->p);
	free(collect);
}

/*
 * A body that is all there needs no copy: its end is the next that happens, before anything else is
 * read.
 */
static bool
collect_whole(struct exchange *exchange, eddy_str piece)
{
	struct collect *collect = exchange->request.collect;

	if (collect->len > 0 || piece.n > collect->limit || !body_is_whole(&exchange->conn->body))
		return false;
	collect->whole = piece.p;
	collect->len = piece.n;
	return true;
}

/* Doubles the buffer until `more` fits. A 5 MB body must not cost 5 MB before it has come. */
static int
collect_add(struct collect *collect, eddy_str piece)
{
	size_t need = collect->len + piece.n, size = collect->size != 0 ? collect->size : 4096;
	char *p;

	if (need > collect->limit)
		return EDDY_ETOOBIG;
	if (need > collect->size) {
		while (size < need)
			size *= 2;
		p = realloc(collect->p, size);
		if (p == NULL)
			return EDDY_ENOMEM;
		collect->p = p;
		collect->size = size;
	}
	memcpy(collect->p + collect->len, piece.p, piece.n);
	collect->len += piece.n;
	return 0;
}

void
exchange_data(struct exchange *exchange, eddy_str piece)
{
	struct request *req = &exchange->request;

	if (req->collect != NULL) {
		int error = collect_whole(exchange, piece) ? 0 : collect_add(req->collect, piece);

		if (error != 0) {
			exchange_error(exchange, error);
			loop_run_ticks(exchange->http->loop);
		}
		return;
	}
	if (req->events == NULL || req->events->data == NULL)
		return;
	exchange_call(exchange, SLOT_DATA);
	req->events->data(exchange_request(exchange), piece, req->arg);
	call_end(exchange->http->calls);
	loop_run_ticks(exchange->http->loop);
}

void
exchange_end(struct exchange *exchange)
{
	struct request *req = &exchange->request;

	req->ended = true;
	if (req->collect != NULL) {
		exchange_collected(exchange, 0);
	} else if (req->events != NULL && req->events->end != NULL) {
		exchange_call(exchange, SLOT_DATA);
		req->events->end(exchange_request(exchange), req->arg);
		call_end(exchange->http->calls);
	}
	loop_run_ticks(exchange->http->loop);
}

static int
error_status(int error)
{
	switch (error) {
	case EDDY_ETOOBIG:
		return 413;
	case EDDY_ETIMEOUT:
		return 408;
	case EDDY_ENOMEM:
		return 503;
	default:
		return 400;
	}
}

/*
 * Broken framing and a client that stalls are eddy's to answer, before the module hears of it; a
 * body that is too large is the module's, if it answers at once.
 */
void
exchange_error(struct exchange *exchange, int error)
{
	struct request *req = &exchange->request;

	req->ended = true;
	exchange->response.keep = false;
	if (error == EDDY_EBADMSG || error == EDDY_ETIMEOUT)
		exchange_answer(exchange, error_status(error));
	if (req->collect != NULL) {
		exchange_collected(exchange, error);
	} else if (req->events != NULL && req->events->error != NULL) {
		exchange_call(exchange, SLOT_DATA);
		req->events->error(exchange_request(exchange), error, req->arg);
		call_end(exchange->http->calls);
	}
	/* not yet the ticks: they may free it */
	if (!exchange->response.ended)
		exchange_answer(exchange, error_status(error));
}

/* Delivers what is owed. `close` is the last that a module sees of it. */
static void
exchange_run(struct task *task)
{
	struct exchange *exchange = exchange_of_task(task);
	unsigned pending = exchange->pending;

	exchange->pending = 0;
	exchange->posted = false;
	if (pending & EXCHANGE_ERROR && !exchange->request.ended)
		exchange_error(exchange, exchange->request.error);
	if (pending & EXCHANGE_END && exchange->conn != NULL)
		exchange_tell(exchange, offsetof(eddy_response_events, end));
	if (pending & EXCHANGE_FILES)
		send_file_report(exchange);
	if (pending & EXCHANGE_DRAIN && exchange->conn != NULL)
		exchange_tell(exchange, offsetof(eddy_response_events, drain));
	if (pending & EXCHANGE_FINISH)
		exchange_tell(exchange, offsetof(eddy_response_events, finish));
	if (pending & EXCHANGE_CLOSE) {
		exchange_tell(exchange, offsetof(eddy_response_events, close));
		exchange->pending &=
			(uint8_t)~EXCHANGE_CLOSE; /* of events set in these callbacks */
	}
	if (!(pending & EXCHANGE_FREE))
		return;
	if (exchange->posted) /* by one of these callbacks: that run is the last */
		exchange->pending |= EXCHANGE_FREE;
	else
		exchange_free(exchange);
}
