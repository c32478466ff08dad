/*
 * Requests and responses in pipelines; see pipeline.h.
 */
#include "http/exchange.h"
#include "module/pipeline.h"
#include "worker.h"

/* A request as a source ------------------------------------------------------------ */

static void
request_data(eddy_request *req, eddy_str piece, void *arg)
{
	(void)req;
	pipeline_take(arg, piece);
}

static void
request_end(eddy_request *req, void *arg)
{
	(void)req;
	pipeline_source_end(arg);
}

static void
request_error(eddy_request *req, int error, void *arg)
{
	(void)req;
	pipeline_finish(arg, error);
}

static const eddy_request_events request_events = {
	.data = request_data, .end = request_end, .error = request_error};

static int
request_check(const void *handle)
{
	const struct exchange *exchange =
		api_find(&worker_self->http.handles, handle, PIPELINE_WHAT);

	if (exchange == NULL)
		return api_error(handle, HANDLE_EXCHANGE);
	if (exchange->conn == NULL || exchange->request.ended)
		return EDDY_ECLOSED;
	if (exchange->request.collect != NULL || exchange->request.events == &request_events)
		return api_misuse_as(EDDY_EINVAL, PIPELINE_WHAT,
				     "the request is being read already");
	return 0;
}

static struct exchange *
exchange_of(const struct pipeline *pipeline, const void *handle)
{
	return handle_find(&pipeline->worker->http.handles, handle);
}

static int
request_join(struct pipeline *pipeline)
{
	exchange_of(pipeline, pipeline->from)->request.piped = true;
	return eddy_request_on(pipeline->from, &request_events, pipeline);
}

/* An event that is owed already is nobody's, either. */
static void
request_leave(struct pipeline *pipeline, int error)
{
	struct exchange *exchange = exchange_of(pipeline, pipeline->from);

	if (exchange == NULL)
		return;
	exchange->request.events = NULL;
	exchange->request.piped = false;
	if (error != 0)
		eddy_request_pause(pipeline->from); /* nobody wants the rest */
}

static void
request_pause(struct pipeline *pipeline)
{
	eddy_request_pause(pipeline->from);
}

static int
request_resume(struct pipeline *pipeline)
{
	eddy_request_resume(pipeline->from);
	return 0;
}

const struct pipeline_source pipeline_from_request = {
	.check = request_check,
	.join = request_join,
	.leave = request_leave,
	.pause = request_pause,
	.resume = request_resume,
};

/* A response as a sink ------------------------------------------------------------- */

static void
response_drain(eddy_response *res, void *arg)
{
	(void)res;
	pipeline_drain(arg);
}

static void
response_finish(eddy_response *res, void *arg)
{
	struct pipeline *pipeline = arg;

	(void)res;
	pipeline_finish(pipeline, pipeline->sink_ended ? 0 : EDDY_ECLOSED);
}

static void
response_half_closed(eddy_response *res, void *arg)
{
	const struct pipeline *pipeline = arg;

	pipeline->own->end(res, pipeline->own_arg);
}

static void
response_close(eddy_response *res, void *arg)
{
	struct pipeline *pipeline = arg;
	const eddy_response_events *own = pipeline->own;
	void *own_arg = pipeline->own_arg;

	pipeline_finish(pipeline, EDDY_ECLOSED);
	if (own != NULL && own->close != NULL)
		own->close(res, own_arg);
}

/* Whether `end` is set is a question of its own: without it a client that half-closes is gone. */
static const eddy_response_events response_events = {
	.drain = response_drain, .finish = response_finish, .close = response_close};
static const eddy_response_events response_events_half_open = {.drain = response_drain,
							       .finish = response_finish,
							       .end = response_half_closed,
							       .close = response_close};

static bool
response_is_piped(const struct exchange *exchange)
{
	return exchange->response.events == &response_events ||
	       exchange->response.events == &response_events_half_open;
}

static int
response_check(const void *handle)
{
	const struct exchange *exchange =
		api_find(&worker_self->http.handles, handle, PIPELINE_WHAT);

	if (exchange == NULL)
		return api_error(handle, HANDLE_EXCHANGE);
	if (exchange->conn == NULL || exchange->response.ended || exchange->response.answered)
		return EDDY_ECLOSED;
	if (response_is_piped(exchange))
		return api_misuse_as(EDDY_EINVAL, PIPELINE_WHAT,
				     "another pipeline has the response");
	return 0;
}

static int
response_join(struct pipeline *pipeline)
{
	struct response *res = &exchange_of(pipeline, pipeline->to)->response;
	bool half_open = res->events != NULL && res->events->end != NULL;

	pipeline->own = res->events;
	pipeline->own_arg = res->arg;
	return eddy_response_on(
		pipeline->to, half_open ? &response_events_half_open : &response_events, pipeline);
}

/* The answer that has a head is cut off; without one it can still be given. */
static void
response_leave(struct pipeline *pipeline, int error)
{
	struct exchange *exchange = exchange_of(pipeline, pipeline->to);

	if (exchange == NULL)
		return;
	if (response_is_piped(exchange)) {
		exchange->response.events = pipeline->own;
		exchange->response.arg = pipeline->own_arg;
	}
	if (error != 0 && exchange->response.head_fixed)
		eddy_response_destroy(pipeline->to);
}

/*
 * A write has said false. `drain` follows if it was for the pace, and an event of the end if the
 * response is over; behind more than the Content-Length has promised nothing does.
 */
static int
response_refused(const struct pipeline *pipeline)
{
	const struct exchange *exchange = exchange_of(pipeline, pipeline->to);

	if (exchange == NULL || exchange->conn == NULL || exchange->response.full ||
	    exchange->response.ended || exchange->response.answered)
		return PIPELINE_FULL;
	return EDDY_ECONTENT_LENGTH;
}

static int
response_take(struct pipeline *pipeline, eddy_str piece)
{
	bool more = eddy_response_write(pipeline->to, piece.p, piece.n);

	return more ? 0 : response_refused(pipeline);
}

static int
response_lend(struct pipeline *pipeline, char *p, size_t n)
{
	bool more = eddy_response_write_owned(pipeline->to, p, n, pipeline_release, NULL);

	return more ? 0 : response_refused(pipeline);
}

/* With less than was promised eddy has answered in its stead, or cut it off. */
static void
response_end(struct pipeline *pipeline)
{
	const struct exchange *exchange = exchange_of(pipeline, pipeline->to);
	bool answered = exchange == NULL || exchange->response.answered;

	eddy_response_end(pipeline->to, NULL, 0);
	if (!answered && exchange->response.answered)
		pipeline_finish(pipeline, EDDY_ECONTENT_LENGTH);
}

const struct pipeline_sink pipeline_to_response = {
	.check = response_check,
	.join = response_join,
	.leave = response_leave,
	.take = response_take,
	.lend = response_lend,
	.end = response_end,
};
