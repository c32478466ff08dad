/*
 * A client's requests and responses in pipelines; see pipeline.h.
 */
#include "http/client.h"
#include "module/pipeline.h"
#include "worker.h"

/* Events: a direction that is no pipeline's is the module's, as it was, and so are the others. */

static void
on_response(eddy_client_request *req, eddy_client_response *res, void *arg)
{
	const struct flows *flows = arg;
	const eddy_client_events *own = flows->own;

	if (own->response != NULL)
		own->response(req, res, flows->own_arg);
}

static void
on_information(eddy_client_request *req, eddy_client_response *res, void *arg)
{
	const struct flows *flows = arg;
	const eddy_client_events *own = flows->own;

	if (own->information != NULL)
		own->information(req, res, flows->own_arg);
}

static void
on_upgrade(eddy_client_request *req, eddy_client_response *res, eddy_socket *sock, void *arg)
{
	const struct flows *flows = arg;
	const eddy_client_events *own = flows->own;

	own->upgrade(req, res, sock, flows->own_arg);
}

static void
on_data(eddy_client_response *res, eddy_str piece, void *arg)
{
	const struct flows *flows = arg;
	const eddy_client_events *own = flows->own;

	if (flows->in != NULL)
		pipeline_take(flows->in, piece);
	else if (own->data != NULL)
		own->data(res, piece, flows->own_arg);
}

static void
on_end(eddy_client_response *res, void *arg)
{
	const struct flows *flows = arg;
	const eddy_client_events *own = flows->own;

	if (flows->in != NULL)
		pipeline_source_end(flows->in);
	else if (own->end != NULL)
		own->end(res, flows->own_arg);
}

static void
on_drain(eddy_client_request *req, void *arg)
{
	const struct flows *flows = arg;
	const eddy_client_events *own = flows->own;

	if (flows->out != NULL)
		pipeline_drain(flows->out);
	else if (own->drain != NULL)
		own->drain(req, flows->own_arg);
}

static void
on_timeout(eddy_client_request *req, void *arg)
{
	const struct flows *flows = arg;
	const eddy_client_events *own = flows->own;

	if (own->timeout != NULL)
		own->timeout(req, flows->own_arg);
}

static void
on_error(eddy_client_request *req, int error, void *arg)
{
	(void)req;
	flows_fail(arg, error, error);
}

static void
on_close(eddy_client_request *req, void *arg)
{
	struct flows *flows = arg;
	const eddy_client_events *own = flows->own;
	void *own_arg = flows->own_arg;

	flows_fail(flows, EDDY_EABORTED, EDDY_ECLOSED);
	if (own->close != NULL)
		own->close(req, own_arg);
}

/* Whether `upgrade` is set is a question of its own: without it a handover is an error. */
static const eddy_client_events events_plain = {.response = on_response,
						.information = on_information,
						.data = on_data,
						.end = on_end,
						.drain = on_drain,
						.timeout = on_timeout,
						.error = on_error,
						.close = on_close};
static const eddy_client_events events_upgrade = {.response = on_response,
						  .information = on_information,
						  .upgrade = on_upgrade,
						  .data = on_data,
						  .end = on_end,
						  .drain = on_drain,
						  .timeout = on_timeout,
						  .error = on_error,
						  .close = on_close};

static struct flows *
flows_of(const struct client_request *req)
{
	const eddy_client_events *events = req->events;

	return events == &events_plain || events == &events_upgrade ? req->arg : NULL;
}

static void
client_settle(struct flows *flows)
{
	const eddy_client_events *own = flows->own;

	if (flows->in == NULL && flows->out == NULL)
		eddy_client_request_on(flows->handle, own, flows->own_arg);
	else
		eddy_client_request_on(flows->handle,
				       own->upgrade != NULL ? &events_upgrade : &events_plain,
				       flows);
}

/* Both directions ------------------------------------------------------------------ */

/* Whether the answer has come whole: during `end` there is no connection any more. */
static bool
client_has_brought(const struct client_request *req)
{
	return req->state == CLIENT_RUNNING && req->conn == NULL;
}

static int
client_check(const void *handle, bool as_source)
{
	const struct client_request *req =
		api_find(&worker_self->client.handles, handle, PIPELINE_WHAT);
	const struct flows *flows = req != NULL ? flows_of(req) : NULL;

	if (req == NULL)
		return api_error(handle, HANDLE_CLIENT);
	if (req->state == CLIENT_OVER || (as_source ? client_has_brought(req) : req->ended))
		return EDDY_ECLOSED;
	if (flows != NULL && (as_source ? flows->in : flows->out) != NULL)
		return api_misuse_as(EDDY_EINVAL, PIPELINE_WHAT,
				     as_source ? "another pipeline has the client's response"
					       : "another pipeline has the client's request");
	return 0;
}

static int
client_join(struct pipeline *pipeline, void *handle, bool as_source)
{
	const struct client_request *req = handle_find(&pipeline->worker->client.handles, handle);
	const struct flows as = {
		.handle = handle,
		.own = req->events,
		.own_arg = req->arg,
		.settle = client_settle,
	};

	return flows_join(pipeline, &as, flows_of(req), as_source);
}

/* A response as a source ----------------------------------------------------------- */

static int
source_check(const void *handle)
{
	return client_check(handle, true);
}

static int
source_join(struct pipeline *pipeline)
{
	return client_join(pipeline, pipeline->from, true);
}

static void
source_leave(struct pipeline *pipeline, int error)
{
	flows_leave(pipeline, true);
	if (error != 0)
		eddy_client_request_destroy(eddy_client_response_request(pipeline->from));
}

static void
source_pause(struct pipeline *pipeline)
{
	eddy_client_response_pause(pipeline->from);
}

static int
source_resume(struct pipeline *pipeline)
{
	eddy_client_response_resume(pipeline->from);
	return 0;
}

const struct pipeline_source pipeline_from_client = {
	.check = source_check,
	.join = source_join,
	.leave = source_leave,
	.pause = source_pause,
	.resume = source_resume,
};

/* A request as a sink -------------------------------------------------------------- */

static int
sink_check(const void *handle)
{
	return client_check(handle, false);
}

static int
sink_join(struct pipeline *pipeline)
{
	return client_join(pipeline, pipeline->to, false);
}

static void
sink_leave(struct pipeline *pipeline, int error)
{
	flows_leave(pipeline, false);
	if (error != 0)
		eddy_client_request_destroy(pipeline->to);
}

/* NULL: it is over, and its last events follow. */
static const struct client_request *
sink_of(const struct pipeline *pipeline)
{
	const struct client_request *req =
		handle_find(&pipeline->worker->client.handles, pipeline->to);

	return req != NULL && req->state != CLIENT_OVER ? req : NULL;
}

/* A write has said false; nothing follows where the head has promised that there is no body. */
static int
sink_refused(const struct pipeline *pipeline)
{
	const struct client_request *req = sink_of(pipeline);

	return req == NULL || req->full ? PIPELINE_FULL : EDDY_EINVAL;
}

static int
sink_take(struct pipeline *pipeline, eddy_str piece)
{
	bool more = eddy_client_request_write(pipeline->to, piece.p, piece.n);

	return more ? 0 : sink_refused(pipeline);
}

static int
sink_lend(struct pipeline *pipeline, char *p, size_t n)
{
	bool more = eddy_client_request_write_owned(pipeline->to, p, n, pipeline_release, NULL);

	return more ? 0 : sink_refused(pipeline);
}

/* Unlike others it does not tell when the last byte has left. */
static void
sink_end(struct pipeline *pipeline)
{
	eddy_client_request_end(pipeline->to, NULL, 0);
	if (sink_of(pipeline) != NULL)
		pipeline_finish(pipeline, 0);
}

const struct pipeline_sink pipeline_to_client = {
	.check = sink_check,
	.join = sink_join,
	.leave = sink_leave,
	.take = sink_take,
	.lend = sink_lend,
	.end = sink_end,
};
