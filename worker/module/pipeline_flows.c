/*
 * What has two directions, each of which may be a pipeline's; see pipeline.h.
 */
#include <stdlib.h>

#include "module/pipeline.h"

/* A direction has got a pipeline, or lost it; with none left its own events are back. */
static void
flows_changed(struct flows *flows)
{
	flows->settle(flows);
	if (flows->in == NULL && flows->out == NULL && !flows->telling)
		free(flows);
}

int
flows_join(struct pipeline *pipeline, const struct flows *as, struct flows *flows, bool as_source)
{
	if (flows == NULL) {
		flows = malloc(sizeof(*flows));
		if (flows == NULL)
			return EDDY_ENOMEM;
		*flows = *as;
	}
	if (as_source)
		flows->in = pipeline;
	else
		flows->out = pipeline;
	if (as_source)
		pipeline->from_flows = flows;
	else
		pipeline->to_flows = flows;
	flows_changed(flows);
	return 0;
}

void
flows_leave(struct pipeline *pipeline, bool as_source)
{
	struct flows **place = as_source ? &pipeline->from_flows : &pipeline->to_flows;
	struct flows *flows = *place;

	if (flows == NULL)
		return;
	*place = NULL;
	if (as_source)
		flows->in = NULL;
	else
		flows->out = NULL;
	flows_changed(flows);
}

/* A pipeline may be gone after each call of another, which it may be itself. */
void
flows_fail(struct flows *flows, int error_in, int error_out)
{
	flows->telling = true;
	if (flows->in != NULL && flows->in->source_done)
		flows_leave(flows->in, true); /* it has brought all */
	else if (flows->in != NULL)
		pipeline_finish(flows->in, error_in);
	if (flows->out != NULL)
		pipeline_finish(flows->out, error_out);
	flows->telling = false;
	if (flows->in == NULL && flows->out == NULL)
		free(flows);
}
