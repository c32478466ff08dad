/*
 * Sockets in pipelines; see pipeline.h.
 */
#include "module/pipeline.h"
#include "net/socket.h"
#include "worker.h"

/* Events: a direction that is no pipeline's is the module's, as it was. */

static void
on_connect(eddy_socket *sock, void *arg)
{
	const struct flows *flows = arg;
	const eddy_socket_events *own = flows->own;

	if (own != NULL && own->connect != NULL)
		own->connect(sock, flows->own_arg);
}

static void
on_data(eddy_socket *sock, eddy_str piece, void *arg)
{
	const struct flows *flows = arg;
	const eddy_socket_events *own = flows->own;

	if (flows->in != NULL)
		pipeline_take(flows->in, piece);
	else
		own->data(sock, piece, flows->own_arg);
}

/* It is set in any case: what still flows out is not ended by what has come in. */
static void
on_end(eddy_socket *sock, void *arg)
{
	const struct flows *flows = arg;
	const eddy_socket_events *own = flows->own;

	if (flows->in != NULL)
		pipeline_source_end(flows->in);
	else if (own != NULL && own->end != NULL)
		own->end(sock, flows->own_arg);
}

static void
on_drain(eddy_socket *sock, void *arg)
{
	const struct flows *flows = arg;
	const eddy_socket_events *own = flows->own;

	if (flows->out != NULL)
		pipeline_drain(flows->out);
	else if (own != NULL && own->drain != NULL)
		own->drain(sock, flows->own_arg);
}

static void
on_finish(eddy_socket *sock, void *arg)
{
	const struct flows *flows = arg;
	const eddy_socket_events *own = flows->own;

	if (flows->out != NULL)
		pipeline_finish(flows->out, flows->out->sink_ended ? 0 : EDDY_ECLOSED);
	else if (own != NULL && own->finish != NULL)
		own->finish(sock, flows->own_arg);
}

static void
on_timeout(eddy_socket *sock, void *arg)
{
	const struct flows *flows = arg;
	const eddy_socket_events *own = flows->own;

	if (own != NULL && own->timeout != NULL)
		own->timeout(sock, flows->own_arg);
}

static void
on_error(eddy_socket *sock, int error, void *arg)
{
	(void)sock;
	flows_fail(arg, error, error);
}

static void
on_close(eddy_socket *sock, void *arg)
{
	struct flows *flows = arg;
	const eddy_socket_events *own = flows->own;
	void *own_arg = flows->own_arg;

	flows_fail(flows, EDDY_EABORTED, EDDY_ECLOSED);
	if (own != NULL && own->close != NULL)
		own->close(sock, own_arg);
}

/* Whether `data` is set is a question of its own: without it nothing is read. */
static const eddy_socket_events events_reading = {.connect = on_connect,
						  .data = on_data,
						  .end = on_end,
						  .drain = on_drain,
						  .finish = on_finish,
						  .timeout = on_timeout,
						  .error = on_error,
						  .close = on_close};
static const eddy_socket_events events_writing = {.connect = on_connect,
						  .end = on_end,
						  .drain = on_drain,
						  .finish = on_finish,
						  .timeout = on_timeout,
						  .error = on_error,
						  .close = on_close};

static struct flows *
flows_of(const struct socket *sock)
{
	const eddy_socket_events *events = sock->events;

	return events == &events_reading || events == &events_writing ? sock->arg : NULL;
}

static void
socket_settle(struct flows *flows)
{
	const eddy_socket_events *own = flows->own;

	if (flows->in != NULL || (flows->out != NULL && own != NULL && own->data != NULL))
		eddy_socket_on(flows->handle, &events_reading, flows);
	else if (flows->out != NULL)
		eddy_socket_on(flows->handle, &events_writing, flows);
	else
		eddy_socket_on(flows->handle, own, flows->own_arg);
}

/* Both directions ------------------------------------------------------------------ */

static int
socket_check(const void *handle, bool as_source)
{
	const struct socket *sock = api_find(&worker_self->net.sockets, handle, PIPELINE_WHAT);
	const struct flows *flows = sock != NULL ? flows_of(sock) : NULL;

	if (sock == NULL)
		return api_error(handle, HANDLE_SOCKET);
	if (sock->state == SOCKET_CLOSED || (as_source ? sock->eof_told : sock->ended))
		return EDDY_ECLOSED;
	if (flows != NULL && (as_source ? flows->in : flows->out) != NULL)
		return api_misuse_as(EDDY_EINVAL, PIPELINE_WHAT, "another pipeline has the socket");
	return 0;
}

static int
socket_join(struct pipeline *pipeline, void *handle, bool as_source)
{
	const struct socket *sock = handle_find(&pipeline->worker->net.sockets, handle);
	const struct flows as = {
		.handle = handle,
		.own = sock->events,
		.own_arg = sock->arg,
		.settle = socket_settle,
	};

	return flows_join(pipeline, &as, flows_of(sock), as_source);
}

/* As a source ---------------------------------------------------------------------- */

static int
source_check(const void *handle)
{
	return socket_check(handle, true);
}

static int
source_join(struct pipeline *pipeline)
{
	return socket_join(pipeline, pipeline->from, true);
}

static void
source_leave(struct pipeline *pipeline, int error)
{
	flows_leave(pipeline, true);
	if (error != 0)
		eddy_socket_destroy(pipeline->from);
}

static void
source_pause(struct pipeline *pipeline)
{
	eddy_socket_pause(pipeline->from);
}

static int
source_resume(struct pipeline *pipeline)
{
	eddy_socket_resume(pipeline->from);
	return 0;
}

const struct pipeline_source pipeline_from_socket = {
	.check = source_check,
	.join = source_join,
	.leave = source_leave,
	.pause = source_pause,
	.resume = source_resume,
};

/* As a sink ------------------------------------------------------------------------ */

static int
sink_check(const void *handle)
{
	return socket_check(handle, false);
}

static int
sink_join(struct pipeline *pipeline)
{
	return socket_join(pipeline, pipeline->to, false);
}

static void
sink_leave(struct pipeline *pipeline, int error)
{
	flows_leave(pipeline, false);
	if (error != 0)
		eddy_socket_destroy(pipeline->to);
}

static int
sink_take(struct pipeline *pipeline, eddy_str piece)
{
	return eddy_socket_write(pipeline->to, piece.p, piece.n) ? 0 : PIPELINE_FULL;
}

static int
sink_lend(struct pipeline *pipeline, char *p, size_t n)
{
	bool more = eddy_socket_write_owned(pipeline->to, p, n, pipeline_release, NULL);

	return more ? 0 : PIPELINE_FULL;
}

/* `finish` follows. */
static void
sink_end(struct pipeline *pipeline)
{
	eddy_socket_end(pipeline->to, NULL, 0);
}

const struct pipeline_sink pipeline_to_socket = {
	.check = sink_check,
	.join = sink_join,
	.leave = sink_leave,
	.take = sink_take,
	.lend = sink_lend,
	.end = sink_end,
};
