/*
 * Files in pipelines; see pipeline.h.
 *
 * One that is read is read one buffer ahead of what the sink takes. One that is written has two
 * buffers at the threads while the next one fills, so that neither a thread nor the loop waits for
 * the other; from a file to a file the buffers themselves change hands.
 */
#include <stdlib.h>
#include <string.h>

#include "loop/file.h"
#include "module/pipeline.h"
#include "worker.h"

#define READ_SIZE 65536	 /* at once: as much as a sink takes before it says false */
#define FILL_FIRST 65536 /* what a buffer to be written begins with; as much is worth a write */

/* From there on the source waits: with one piece more, of NET_SCRATCH_SIZE at most, it is 256 KB. */
#define FILL_LIMIT (NET_SCRATCH_SIZE + 1)

static int
file_check(const void *handle)
{
	const struct file *file = api_find(&worker_self->files, handle, PIPELINE_WHAT);

	return file != NULL ? 0 : api_error(handle, HANDLE_FILE);
}

/* Files have no events, and stay open. */
static int
file_join(struct pipeline *pipeline)
{
	(void)pipeline;
	return 0;
}

static void
file_leave(struct pipeline *pipeline, int error)
{
	(void)pipeline;
	(void)error;
}

/* As a source ---------------------------------------------------------------------- */

static void
file_has_read(int err, size_t n, void *arg)
{
	struct pipeline *pipeline = arg;
	struct pipeline_reading *reading = &pipeline->reading;

	reading->ahead = (struct pipeline_buffer){.p = reading->p, .n = n};
	reading->p = NULL;
	if (pipeline->over)
		pipeline_settle(pipeline);
	else if (err != 0)
		pipeline_finish(pipeline, err);
	else if (n == 0)
		pipeline_source_end(pipeline);
	else if (!pipeline->full)
		pipeline_drain(pipeline);
}

/* 0 or the error. */
static int
file_read(struct pipeline *pipeline)
{
	struct pipeline_reading *reading = &pipeline->reading;
	int error;

	reading->p = malloc(READ_SIZE);
	if (reading->p == NULL)
		return EDDY_ENOMEM;
	error = eddy_fs_read(pipeline->from, reading->p, READ_SIZE, -1, file_has_read, pipeline);
	if (error != 0) {
		free(reading->p);
		reading->p = NULL;
	}
	return error;
}

/* Only reading on stops: what is read already waits in `ahead`. */
static void
file_pause(struct pipeline *pipeline)
{
	(void)pipeline;
}

static int
file_resume(struct pipeline *pipeline)
{
	struct pipeline_buffer ahead = pipeline->reading.ahead;
	int result = 0;

	if (pipeline->reading.p != NULL)
		return 0;
	pipeline->reading.ahead = (struct pipeline_buffer){0};
	if (ahead.p != NULL)
		result = pipeline->sink->lend(pipeline, ahead.p, ahead.n);
	if (result < 0)
		return result;
	pipeline->full = result == PIPELINE_FULL;
	return file_read(pipeline);
}

const struct pipeline_source pipeline_from_file = {
	.check = file_check,
	.join = file_join,
	.leave = file_leave,
	.pause = file_pause,
	.resume = file_resume,
};

/* As a sink ------------------------------------------------------------------------ */

static int file_write(struct pipeline *pipeline);

static struct pipeline_buffer *
file_filling(struct pipeline_writing *writing)
{
	return &writing->buffers[(writing->first + writing->in_flight) % PIPELINE_BUFFERS];
}

/* Whether all but the buffer that fills is in flight. */
static bool
file_is_busy(const struct pipeline_writing *writing)
{
	return writing->in_flight == PIPELINE_BUFFERS - 1;
}

static void
file_has_written(int err, size_t n, void *arg)
{
	struct pipeline *pipeline = arg;
	struct pipeline_writing *writing = &pipeline->writing;

	(void)n;
	writing->buffers[writing->first].n = 0;
	writing->first = (writing->first + 1) % PIPELINE_BUFFERS;
	writing->in_flight--;
	if (pipeline->over) {
		pipeline_settle(pipeline);
		return;
	}
	if (err == 0 && file_filling(writing)->n > 0)
		err = file_write(pipeline);
	if (err != 0)
		pipeline_finish(pipeline, err);
	else if (pipeline->sink_ended && writing->in_flight == 0)
		pipeline_finish(pipeline, 0);
	else if (pipeline->full)
		pipeline_drain(pipeline);
}

/* Writes what has come, while the next buffer fills. 0 or the error. */
static int
file_write(struct pipeline *pipeline)
{
	const struct pipeline_buffer *filled = file_filling(&pipeline->writing);
	int error =
		eddy_fs_write(pipeline->to, filled->p, filled->n, -1, file_has_written, pipeline);

	if (error == 0)
		pipeline->writing.in_flight++;
	return error;
}

/* Room for n bytes more. 0 or EDDY_ENOMEM. */
static int
buffer_reserve(struct pipeline_buffer *buffer, size_t n)
{
	size_t size = buffer->size > 0 ? buffer->size : FILL_FIRST;
	char *p;

	while (size < buffer->n + n)
		size *= 2;
	if (size == buffer->size)
		return 0;
	p = realloc(buffer->p, size);
	if (p == NULL)
		return EDDY_ENOMEM;
	buffer->p = p;
	buffer->size = size;
	return 0;
}

/* A little is written at once only if nothing else is. */
static int
file_take(struct pipeline *pipeline, eddy_str piece)
{
	struct pipeline_writing *writing = &pipeline->writing;
	struct pipeline_buffer *filling = file_filling(writing);
	int error = buffer_reserve(filling, piece.n);

	if (error != 0)
		return error;
	memcpy(filling->p + filling->n, piece.p, piece.n);
	filling->n += piece.n;
	if (writing->in_flight == 0 || (filling->n >= FILL_FIRST && !file_is_busy(writing)))
		return file_write(pipeline);
	return filling->n >= FILL_LIMIT ? PIPELINE_FULL : 0;
}

/* What fills is empty: of what is lent each buffer is written as it comes. */
static int
file_lend(struct pipeline *pipeline, char *p, size_t n)
{
	struct pipeline_writing *writing = &pipeline->writing;
	struct pipeline_buffer *filling = file_filling(writing);
	int error;

	free(filling->p);
	*filling = (struct pipeline_buffer){.p = p, .n = n, .size = n};
	error = file_write(pipeline);
	if (error != 0)
		return error;
	return file_is_busy(writing) ? PIPELINE_FULL : 0;
}

static void
file_end(struct pipeline *pipeline)
{
	if (pipeline->writing.in_flight == 0)
		pipeline_finish(pipeline, 0);
}

const struct pipeline_sink pipeline_to_file = {
	.check = file_check,
	.join = file_join,
	.leave = file_leave,
	.take = file_take,
	.lend = file_lend,
	.end = file_end,
};
