/*
 * eddy_pipeline_streams; see pipeline.h.
 */
#include "module/pipeline.h"

#include <stdlib.h>

#include "worker.h"

/* Who can be what. */
static const struct pipeline_source *const sources[] = {
	[EDDY_STREAM_REQUEST] = &pipeline_from_request,
	[EDDY_STREAM_RESPONSE] = NULL,
	[EDDY_STREAM_SOCKET] = &pipeline_from_socket,
	[EDDY_STREAM_FILE] = &pipeline_from_file,
	[EDDY_STREAM_CLIENT_REQUEST] = NULL,
	[EDDY_STREAM_CLIENT_RESPONSE] = &pipeline_from_client,
};
static const struct pipeline_sink *const sinks[] = {
	[EDDY_STREAM_REQUEST] = NULL,
	[EDDY_STREAM_RESPONSE] = &pipeline_to_response,
	[EDDY_STREAM_SOCKET] = &pipeline_to_socket,
	[EDDY_STREAM_FILE] = &pipeline_to_file,
	[EDDY_STREAM_CLIENT_REQUEST] = &pipeline_to_client,
	[EDDY_STREAM_CLIENT_RESPONSE] = NULL,
};
#define KINDS (sizeof(sources) / sizeof(sources[0]))

/* The end -------------------------------------------------------------------------- */

void
pipeline_release(void *p, void *arg)
{
	(void)arg;
	free(p);
}

void
pipeline_settle(struct pipeline *pipeline)
{
	if (!pipeline->over || pipeline->reading.p != NULL || pipeline->writing.in_flight > 0)
		return;
	free(pipeline->reading.ahead.p);
	for (unsigned i = 0; i < PIPELINE_BUFFERS; i++)
		free(pipeline->writing.buffers[i].p);
	free(pipeline);
}

/* The module is running already: the blame is `done`'s meanwhile, and the callback's again. */
static void
pipeline_tell(struct pipeline *pipeline, int error)
{
	struct calls *calls = &pipeline->worker->calls;
	struct eddy_module *outer = calls->running;
	uint32_t callback = slot_get(calls->slot->callback);

	calls->running = pipeline->module;
	slot_set(calls->slot->callback, SLOT_PIPELINE);
	pipeline->done(error, pipeline->arg);
	slot_set(calls->slot->callback, callback);
	calls->running = outer;
}

void
pipeline_finish(struct pipeline *pipeline, int error)
{
	if (pipeline->over)
		return;
	pipeline->over = true;
	pipeline->source->leave(pipeline, error);
	pipeline->sink->leave(pipeline, error);
	pipeline_tell(pipeline, error);
	pipeline_settle(pipeline);
}

/* What flows ----------------------------------------------------------------------- */

void
pipeline_take(struct pipeline *pipeline, eddy_str piece)
{
	int result = pipeline->sink->take(pipeline, piece);

	if (result < 0) {
		pipeline_finish(pipeline, result);
	} else if (result == PIPELINE_FULL) {
		pipeline->full = true;
		pipeline->source->pause(pipeline);
	}
}

void
pipeline_source_end(struct pipeline *pipeline)
{
	pipeline->source_done = pipeline->sink_ended = true;
	pipeline->sink->end(pipeline);
}

void
pipeline_drain(struct pipeline *pipeline)
{
	int error;

	pipeline->full = false;
	if (pipeline->source_done)
		return;
	error = pipeline->source->resume(pipeline);
	if (error != 0)
		pipeline_finish(pipeline, error);
}

/* Beginning ------------------------------------------------------------------------ */

static int
stream_refused(const char *why)
{
	return api_misuse_as(EDDY_EINVAL, PIPELINE_WHAT, why);
}

/* Finds what the streams are, and whether bytes can flow so. 0 or the error. */
static int
streams_check(eddy_stream source, eddy_stream sink, struct pipeline *pipeline)
{
	int error;

	pipeline->source = source.kind < KINDS ? sources[source.kind] : NULL;
	pipeline->sink = sink.kind < KINDS ? sinks[sink.kind] : NULL;
	if (pipeline->source == NULL)
		return stream_refused("bytes cannot flow from such a stream");
	if (pipeline->sink == NULL)
		return stream_refused("bytes cannot flow to such a stream");
	error = pipeline->source->check(source.handle);
	return error == 0 ? pipeline->sink->check(sink.handle) : error;
}

/* Makes the streams' events the pipeline's, and lets them flow. 0 or the error. */
static int
pipeline_begin(struct pipeline *pipeline)
{
	int error = pipeline->sink->join(pipeline);

	if (error != 0)
		return error;
	error = pipeline->source->join(pipeline);
	if (error != 0)
		goto leave_sink;
	error = pipeline->source->resume(pipeline);
	if (error == 0)
		return 0;
	pipeline->source->leave(pipeline, 0);
leave_sink:
	pipeline->sink->leave(pipeline, 0);
	return error;
}

int
eddy_pipeline_streams(eddy_stream source, eddy_stream sink, void (*done)(int err, void *arg),
		      void *arg)
{
	struct pipeline checked = {0}, *pipeline;
	int error = api_check(done != NULL, PIPELINE_WHAT);

	if (error == 0)
		error = streams_check(source, sink, &checked);
	if (error != 0)
		return error;
	pipeline = malloc(sizeof(*pipeline));
	if (pipeline == NULL)
		return EDDY_ENOMEM;
	*pipeline = (struct pipeline){
		.worker = worker_self,
		.module = worker_self->calls.running,
		.source = checked.source,
		.sink = checked.sink,
		.from = source.handle,
		.to = sink.handle,
		.done = done,
		.arg = arg,
	};
	error = pipeline_begin(pipeline);
	if (error != 0)
		free(pipeline);
	return error;
}
