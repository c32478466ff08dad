/*
 * What flows from one stream to another: eddy_pipeline_streams.
 *
 *	source --- piece ---> sink        pipeline_take
 *	       <--- pause ---             the sink is full
 *	       <-- resume ---             pipeline_drain
 *	       ---- end ----> ended       pipeline_source_end, then pipeline_finish(0)
 *	       failed, or went away       pipeline_finish(error), from either side
 *
 * pipeline.c knows no kind of stream: what a kind does as a source, or as a sink, is a table of its
 * own file. A pipeline is over when `done` has been called, which is from inside the callback of a
 * stream that brought the end; it is freed when no thread has any of its buffers.
 */
#ifndef EDDY_MODULE_PIPELINE_H
#define EDDY_MODULE_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "eddy.h"

struct eddy_module;
struct flows;
struct pipeline;
struct worker;

#define PIPELINE_FULL 1 /* a sink has taken it, and pipeline_drain or pipeline_finish follows */

struct pipeline_source {
	/* 0, or what eddy_pipeline_streams returns for this handle. */
	int (*check)(const void *handle);
	/* Makes its events the pipeline's. 0 or EDDY_ENOMEM. */
	int (*join)(struct pipeline *pipeline);
	/* Gives them back; with an error it is destroyed, as far as eddy.h says. */
	void (*leave)(struct pipeline *pipeline, int error);
	void (*pause)(struct pipeline *pipeline);
	/* 0 or the error. */
	int (*resume)(struct pipeline *pipeline);
};

struct pipeline_sink {
	int (*check)(const void *handle);
	int (*join)(struct pipeline *pipeline);
	void (*leave)(struct pipeline *pipeline, int error);
	/* Copies what it cannot pass on at once. 0, PIPELINE_FULL or the error. */
	int (*take)(struct pipeline *pipeline, eddy_str piece);
	/* The same of a buffer of malloc's, which is its own from then on. */
	int (*lend)(struct pipeline *pipeline, char *p, size_t n);
	/* There is no more: pipeline_finish follows, or is called. */
	void (*end)(struct pipeline *pipeline);
};

struct pipeline_buffer {
	char *p;
	size_t n, size;
};

/*
 * pipeline_file.c's. One buffer is being written, one is to be written next, without a turn of the
 * loop between them, and one fills.
 */
#define PIPELINE_BUFFERS 3
struct pipeline_reading {
	char *p;		      /* what a thread reads into; NULL: none does */
	struct pipeline_buffer ahead; /* what it has read, while the sink is full */
};
struct pipeline_writing {
	struct pipeline_buffer buffers[PIPELINE_BUFFERS]; /* in a ring */
	unsigned first;	    /* the one that a thread has had for longest */
	unsigned in_flight; /* how many threads have; the one behind them is filling */
};

struct pipeline {
	struct worker *worker;
	struct eddy_module *module;
	const struct pipeline_source *source;
	const struct pipeline_sink *sink;
	void *from, *to; /* their handles */
	void (*done)(int err, void *arg);
	void *arg;
	struct flows *from_flows, *to_flows; /* of those that have two directions, or NULL */
	const eddy_response_events *own;     /* a response's, before; and their argument */
	void *own_arg;
	struct pipeline_reading reading; /* of a file */
	struct pipeline_writing writing;
	bool full;	  /* the sink is: the source waits */
	bool source_done; /* it has ended */
	bool sink_ended;  /* by the pipeline */
	bool over;
};

/* pipeline.c: what the streams tell ------------------------------------------------ */

#define PIPELINE_WHAT "eddy_pipeline_streams" /* for the log */

/* A piece has come. */
void pipeline_take(struct pipeline *pipeline, eddy_str piece);
/* The source has brought all. */
void pipeline_source_end(struct pipeline *pipeline);
/* The sink takes more. */
void pipeline_drain(struct pipeline *pipeline);
/* All is done, or something went wrong first. The pipeline may be gone after it. */
void pipeline_finish(struct pipeline *pipeline, int error);
/* A thread has given a buffer back: frees the pipeline, if that was what it waited for. */
void pipeline_settle(struct pipeline *pipeline);
/* What a lent buffer is released with. */
void pipeline_release(void *p, void *arg);

/* The kinds ------------------------------------------------------------------------ */

extern const struct pipeline_source pipeline_from_request, pipeline_from_socket, pipeline_from_file,
	pipeline_from_client;
extern const struct pipeline_sink pipeline_to_response, pipeline_to_socket, pipeline_to_file,
	pipeline_to_client;

/* pipeline_flows.c: handles with two directions -------------------------------------- */

/*
 * A socket has one table of events but two directions, and a pipeline may have each of them; so has
 * a client's request with its response. What stands for both is this: the argument of the events, as
 * long as there is a pipeline.
 */
struct flows {
	void *handle;
	const void *own; /* the events that the module has set, and their argument */
	void *own_arg;
	struct pipeline *in;  /* whose source it is, or NULL */
	struct pipeline *out; /* whose sink */
	/* Sets the events: the pipelines', or its own when they have left. */
	void (*settle)(struct flows *flows);
	bool telling; /* an event is on the stack: not to be freed */
};

/* Makes one direction the pipeline's; `flows` NULL: a new one. 0 or EDDY_ENOMEM. */
int flows_join(struct pipeline *pipeline, const struct flows *as, struct flows *flows,
	       bool as_source);
/* Gives it back. */
void flows_leave(struct pipeline *pipeline, bool as_source);
/* It has failed, or is closed: whose it is has to know. It may be gone after it. */
void flows_fail(struct flows *flows, int error_in, int error_out);

#endif
