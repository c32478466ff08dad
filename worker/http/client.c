/*
 * A request's life, from the module's first call to its `close`; see client.h.
 */
#include "http/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http/client_conn.h"

/* How long a body waits for 100 (Continue): servers need not send it (RFC 9110 10.1.1). */
#define CONTINUE_MS 1000

/* Telling the module -------------------------------------------------------------- */

void
client_call_begin(struct client *client, const struct client_request *req)
{
	call_begin(client->calls, req->module, SLOT_CLIENT, 0);
}

void
client_call_end(struct client *client)
{
	call_end(client->calls);
	loop_run_ticks(client->loop);
}

void
client_post(struct client_request *req, unsigned events)
{
	req->pending |= (uint8_t)events;
	if (req->posted)
		return;
	req->posted = true;
	task_post(&req->client->loop->ticks, &req->task);
}

/* One event, by its place in the table that the module has set by now. */
static void
client_call(struct client_request *req, size_t event)
{
	void (*call)(eddy_client_request * handle, void *arg);

	memcpy(&call, (const char *)req->events + event, sizeof(call));
	if (call == NULL)
		return;
	call_begin(req->client->calls, req->module, SLOT_CLIENT, 0);
	call(client_request_handle(req), req->arg);
	call_end(req->client->calls);
}

static void
client_call_error(struct client_request *req)
{
	if (req->events->error == NULL)
		return;
	call_begin(req->client->calls, req->module, SLOT_CLIENT, 0);
	req->events->error(client_request_handle(req), req->error, req->arg);
	call_end(req->client->calls);
}

static void
client_request_free(struct client_request *req)
{
	joined_free(&req->joined);
	TAILQ_REMOVE(&req->client->requests, req, link);
	handle_free(&req->client->handles, req->handle);
	free(req->answer);
	free(req->trailers);
	free(req);
}

static void
client_tell(struct task *task)
{
	struct client_request *req =
		(struct client_request *)(void *)((char *)task -
						  offsetof(struct client_request, task));
	unsigned pending = req->pending;

	req->pending = 0;
	req->posted = false;
	if (pending & CLIENT_CONNECT && req->state != CLIENT_OVER)
		client_call(req, offsetof(eddy_client_events, connect));
	if (pending & CLIENT_DRAIN && req->state != CLIENT_OVER)
		client_call(req, offsetof(eddy_client_events, drain));
	if (pending & CLIENT_FINISH)
		client_call(req, offsetof(eddy_client_events, finish));
	if (pending & CLIENT_TIMEOUT && req->state != CLIENT_OVER)
		client_call(req, offsetof(eddy_client_events, timeout));
	if (pending & CLIENT_ERROR)
		client_call_error(req);
	if (!(pending & CLIENT_CLOSE))
		return;
	client_call(req, offsetof(eddy_client_events, close));
	client_request_free(req);
}

/* Its life ------------------------------------------------------------------------ */

struct client_request *
client_request_new(struct client *client, const eddy_client_events *events, void *arg)
{
	struct client_request *req = client->closed ? NULL : calloc(1, sizeof(*req));

	if (req == NULL)
		return NULL;
	req->handle = handle_new(&client->handles, req);
	if (req->handle == NULL) {
		free(req);
		return NULL;
	}
	req->client = client;
	req->module = client->calls->running;
	req->events = events;
	req->arg = arg;
	req->task.run = client_tell;
	TAILQ_INSERT_TAIL(&client->requests, req, link);
	return req;
}

/* What it needed for asking. */
static void
client_strip(struct client_request *req)
{
	deadline_stop(&req->expect);
	client_timer_stop(req);
	free(req->address);
	free(req->line);
	free(req->head);
	free(req->unsent);
	req->address = req->line = req->head = req->unsent = NULL;
	req->head_len = req->unsent_len = req->unsent_size = 0;
	fields_fini(&req->fields);
	fields_fini(&req->trailer_fields);
}

void
client_over(struct client_request *req, int error)
{
	struct client_conn *conn = req->conn;
	struct agent *agent = req->agent;

	if (req->state == CLIENT_OVER)
		return;
	if (req->state != CLIENT_MADE)
		loop_unref(req->client->loop);
	req->state = CLIENT_OVER;
	req->error = error;
	agent_forget(req);
	if (conn != NULL) {
		req->conn = NULL;
		conn->request = NULL;
		client_conn_close(conn);
	}
	client_strip(req);
	req->agent = NULL;
	if (agent != NULL)
		agent_unref(agent);
	client_post(req, error != 0 ? CLIENT_ERROR | CLIENT_CLOSE : CLIENT_CLOSE);
}

void
client_begin(struct client_request *req)
{
	int error;

	if (req->state == CLIENT_MADE)
		loop_ref(req->client->loop);
	req->state = CLIENT_WAITING;
	error = agent_ask(req->agent, req);
	if (error != 0)
		client_over(req, error);
	else
		client_timer_start(req);
}

void
client_failed(struct client_request *req, int error, bool again)
{
	if (!again || req->again) {
		client_over(req, error);
		return;
	}
	req->again = true;
	client_begin(req);
}

/* Its timeout --------------------------------------------------------------------- */

static void
client_timed_out(void *arg)
{
	struct client_request *req = arg;

	req->timer = NULL;
	client_post(req, CLIENT_TIMEOUT);
}

void
client_timer_start(struct client_request *req)
{
	if (req->state == CLIENT_WAITING && !req->paused && req->timeout_ms != 0 &&
	    req->timer == NULL)
		req->timer = eddy_set_timeout(client_timed_out, req->timeout_ms, req);
}

void
client_timer_stop(struct client_request *req)
{
	if (req->timer != NULL)
		eddy_clear_timeout(req->timer);
	req->timer = NULL;
}

/* The client ---------------------------------------------------------------------- */

int
client_init(struct client *client, struct loop *loop, struct calls *calls)
{
	static const eddy_agent_options none = {.size = sizeof(none)};

	*client = (struct client){.loop = loop, .calls = calls};
	TAILQ_INIT(&client->requests);
	TAILQ_INIT(&client->agents);
	handles_init(&client->handles, HANDLE_CLIENT);
	handles_init(&client->of_agents, HANDLE_AGENT);
	deadlines_init(&client->continues, loop, CONTINUE_MS, client_continue_passed);
	client->own = agent_new(client, &none);
	return client->own != NULL ? 0 : -ENOMEM;
}

void
client_drain(struct client *client)
{
	struct agent *agent;

	client->draining = true;
	TAILQ_FOREACH(agent, &client->agents, link)
		agent_close_idle(agent);
}

void
client_close(struct client *client)
{
	struct client_request *req;

	client->closed = true;
	client_drain(client);
	TAILQ_FOREACH(req, &client->requests, link)
		client_over(req, EDDY_ERRNO(ECANCELED));
}

/* Called when the loop has ended, and all sockets have closed. */
void
client_fini(struct client *client)
{
	struct agent *agent;

	while ((agent = TAILQ_FIRST(&client->agents)) != NULL)
		agent_free(agent);
	deadlines_fini(&client->continues);
	handles_fini(&client->handles);
	handles_fini(&client->of_agents);
}
