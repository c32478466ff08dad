/*
 * The http client's part of eddy.h: requests and responses as modules call them. A handle that
 * stands for nothing any more does nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "http/client.h"
#include "http/client_conn.h"
#include "net/queue.h"
#include "worker.h"

static const eddy_str nothing = {NULL, 0};

static struct client_request *
client_find(const void *handle, const char *what)
{
	return api_find(&worker_self->client.handles, handle, what);
}

/* Making one ---------------------------------------------------------------------- */

/* Its agent, and what the options say. 0 or the error, with what is wrong in *why. */
static int
request_set_up(struct client_request *req, const eddy_http_options *options, const char **why)
{
	struct client *client = req->client;
	struct agent *agent = client->own;
	eddy_http_options known = {0};

	*why = "the options have no size: sizeof(eddy_http_options) is due";
	if (options == NULL || options->size < API_SIZE_TO(eddy_http_options, agent))
		return EDDY_EINVAL;
	memcpy(&known, options, options->size < sizeof(known) ? options->size : sizeof(known));
	*why = "the agent has been destroyed, or is none";
	if (options->agent != NULL)
		agent = handle_find(&client->of_agents, options->agent);
	if (agent == NULL)
		return EDDY_EINVAL;
	req->agent = agent;
	agent_ref(agent);
	*why = "there are to be headers, and there is no pointer to them";
	if (options->nheaders > 0 && options->headers == NULL)
		return EDDY_EINVAL;
	return client_describe(req, &known, why);
}

static struct client_request *
request_make(const eddy_http_options *options, const eddy_client_events *events, void *arg,
	     const char *what)
{
	struct client_request *req;
	const char *why = NULL;
	int error;

	if (api_check(events != NULL, what) != 0)
		return NULL;
	req = client_request_new(&worker_self->client, events, arg);
	if (req == NULL)
		return NULL;
	error = request_set_up(req, options, &why);
	if (error == EDDY_EINVAL)
		api_misuse_as(error, what, why);
	if (error != 0)
		client_over(req, error);
	return req;
}

eddy_client_request *
eddy_http_request(const eddy_http_options *options, const eddy_client_events *events, void *arg)
{
	struct client_request *req = request_make(options, events, arg, __func__);

	return req != NULL ? client_request_handle(req) : NULL;
}

eddy_client_request *
eddy_http_get(const char *url, const eddy_client_events *events, void *arg)
{
	const eddy_http_options options = {.size = sizeof(options), .url = url};
	struct client_request *req = request_make(&options, events, arg, __func__);

	if (req == NULL)
		return NULL;
	client_end(req, NULL, 0, __func__);
	return client_request_handle(req);
}

/* The request --------------------------------------------------------------------- */

bool
eddy_client_request_write(eddy_client_request *handle, const void *p, size_t n)
{
	struct client_request *req = client_find(handle, __func__);

	return req != NULL && api_check(p != NULL || n == 0, __func__) == 0 &&
	       client_write(req, p, n, __func__);
}

bool
eddy_client_request_write_owned(eddy_client_request *handle, void *p, size_t n,
				void (*release)(void *p, void *arg), void *arg)
{
	struct client_request *req = client_find(handle, __func__);
	struct calls *calls = &worker_self->calls;
	struct lent lent = {.p = p, .arg = arg, .release = release, .module = calls->running};

	if (api_check((p != NULL || n == 0) && release != NULL, __func__) != 0)
		return false;
	if (req != NULL)
		return client_write_owned(req, p, n, release, arg, __func__);
	lent_release(calls, &lent);
	return false;
}

void
eddy_client_request_end(eddy_client_request *handle, const void *p, size_t n)
{
	struct client_request *req = client_find(handle, __func__);

	if (req != NULL && api_check(p != NULL || n == 0, __func__) == 0)
		client_end(req, p, n, __func__);
}

int
eddy_client_request_flush_headers(eddy_client_request *handle)
{
	struct client_request *req = client_find(handle, __func__);

	if (req == NULL)
		return api_error(handle, HANDLE_CLIENT);
	if (req->state == CLIENT_OVER)
		return EDDY_ECLOSED;
	client_flush(req);
	return req->error;
}

int
eddy_client_request_add_trailer(eddy_client_request *handle, const char *name, const char *value)
{
	struct client_request *req = client_find(handle, __func__);
	int error;

	if (req == NULL)
		return api_error(handle, HANDLE_CLIENT);
	error = api_check(name != NULL && value != NULL, __func__);
	return error != 0 ? error : client_add_trailer(req, name, value, __func__);
}

int
eddy_client_request_set_timeout(eddy_client_request *handle, unsigned ms)
{
	struct client_request *req = client_find(handle, __func__);

	if (req == NULL)
		return api_error(handle, HANDLE_CLIENT);
	if (req->state == CLIENT_OVER)
		return EDDY_ECLOSED;
	req->timeout_ms = ms;
	client_timer_stop(req);
	client_timer_start(req);
	return req->conn != NULL ? eddy_socket_set_timeout(req->conn->sock, ms) : 0;
}

eddy_socket *
eddy_client_request_socket(eddy_client_request *handle)
{
	const struct client_request *req = client_find(handle, __func__);

	return req != NULL && req->conn != NULL ? req->conn->sock : NULL;
}

bool
eddy_client_request_reused_socket(eddy_client_request *handle)
{
	const struct client_request *req = client_find(handle, __func__);

	return req != NULL && req->reused;
}

void
eddy_client_request_destroy(eddy_client_request *handle)
{
	struct client_request *req = client_find(handle, __func__);

	if (req != NULL)
		client_over(req, 0);
}

int
eddy_client_request_on(eddy_client_request *handle, const eddy_client_events *events, void *arg)
{
	struct client_request *req = client_find(handle, __func__);
	int error;

	if (req == NULL)
		return api_error(handle, HANDLE_CLIENT);
	error = api_check(events != NULL, __func__);
	if (error != 0)
		return error;
	req->events = events;
	req->arg = arg;
	return 0;
}

eddy_client_response *
eddy_client_request_response(eddy_client_request *handle)
{
	const struct client_request *req = client_find(handle, __func__);

	return req != NULL ? client_response_handle(req) : NULL;
}

/* The response -------------------------------------------------------------------- */

eddy_client_request *
eddy_client_response_request(eddy_client_response *handle)
{
	const struct client_request *req = client_find(handle, __func__);

	return req != NULL ? client_request_handle(req) : NULL;
}

/* NULL: no head has come, or it is over. */
static const struct head *
response_head(const eddy_client_response *handle, const char *what)
{
	const struct client_request *req = client_find(handle, what);

	return req != NULL ? req->answer : NULL;
}

int
eddy_client_response_status(const eddy_client_response *handle)
{
	const struct head *head = response_head(handle, __func__);

	return head != NULL ? head->status : 0;
}

eddy_str
eddy_client_response_reason(const eddy_client_response *handle)
{
	const struct head *head = response_head(handle, __func__);

	return head != NULL ? head_str(head, head->reason) : nothing;
}

int
eddy_client_response_http_version_minor(const eddy_client_response *handle)
{
	const struct head *head = response_head(handle, __func__);

	return head != NULL ? head->minor : 0;
}

eddy_str
eddy_client_response_header(eddy_client_response *handle, const char *name)
{
	struct client_request *req = client_find(handle, __func__);
	const struct head *head = req != NULL ? req->answer : NULL;

	if (head == NULL || api_check(name != NULL, __func__) != 0)
		return nothing;
	return joined_find(head, &req->joined, name);
}

bool
eddy_client_response_headers(const eddy_client_response *handle, size_t i, eddy_str *name,
			     eddy_str *value)
{
	const struct head *head = response_head(handle, __func__);

	return head != NULL && api_check(name != NULL && value != NULL, __func__) == 0 &&
	       head_field(head, i, name, value);
}

eddy_str
eddy_client_response_trailer(const eddy_client_response *handle, const char *name)
{
	const struct client_request *req = client_find(handle, __func__);
	const struct head *trailers = req != NULL ? req->trailers : NULL;

	if (trailers == NULL || api_check(name != NULL, __func__) != 0)
		return nothing;
	return head_get(trailers, name);
}

bool
eddy_client_response_trailers(const eddy_client_response *handle, size_t i, eddy_str *name,
			      eddy_str *value)
{
	const struct client_request *req = client_find(handle, __func__);

	return req != NULL && req->trailers != NULL &&
	       api_check(name != NULL && value != NULL, __func__) == 0 &&
	       head_field(req->trailers, i, name, value);
}

void
eddy_client_response_pause(eddy_client_response *handle)
{
	struct client_request *req = client_find(handle, __func__);

	if (req == NULL || req->state == CLIENT_OVER)
		return;
	req->paused = true;
	client_timer_stop(req);
	if (req->conn != NULL)
		client_conn_pause(req->conn);
}

void
eddy_client_response_resume(eddy_client_response *handle)
{
	struct client_request *req = client_find(handle, __func__);

	if (req == NULL || !req->paused)
		return;
	if (req->conn != NULL)
		client_conn_wait(req->conn);
	req->paused = false;
	client_timer_start(req);
	if (req->conn != NULL)
		client_conn_resume(req->conn);
}
