/*
 * The pools of connections; see agent.h. A host is found by its address in a table, and lives as
 * long as a connection or a request in line needs it.
 */
#include "http/agent.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/client.h"
#include "http/client_conn.h"
#include "worker.h"

#define MAX_FREE_SOCKETS 256 /* idle ones to one host, where nothing else is said */
#define IDLE_MS 5000	     /* what most servers have for a keep-alive connection at least */

/* Agents -------------------------------------------------------------------------- */

struct agent *
agent_new(struct client *client, const eddy_agent_options *options)
{
	struct agent *agent = calloc(1, sizeof(*agent));
	unsigned idle_ms = options->timeout != 0 ? options->timeout : IDLE_MS;

	if (agent == NULL)
		return NULL;
	agent->handle = handle_new(&client->of_agents, agent);
	if (agent->handle == NULL) {
		free(agent);
		return NULL;
	}
	agent->client = client;
	agent->max_sockets = options->max_sockets;
	agent->max_free_sockets =
		options->max_free_sockets != 0 ? options->max_free_sockets : MAX_FREE_SOCKETS;
	agent->no_keep_alive = options->no_keep_alive;
	deadlines_init(&agent->idle, client->loop, idle_ms, client_conn_idle_passed);
	TAILQ_INSERT_TAIL(&client->agents, agent, link);
	return agent;
}

void
agent_free(struct agent *agent)
{
	deadlines_fini(&agent->idle);
	TAILQ_REMOVE(&agent->client->agents, agent, link);
	free(agent);
}

/* Frees it, if it has been destroyed and nothing is left of it. */
static void
agent_settle(struct agent *agent)
{
	if (agent->destroyed && agent->nrequests == 0 && agent->nhosts == 0)
		agent_free(agent);
}

void
agent_ref(struct agent *agent)
{
	agent->nrequests++;
}

void
agent_unref(struct agent *agent)
{
	agent->nrequests--;
	agent_settle(agent);
}

void
agent_close_idle(struct agent *agent)
{
	struct deadline *first;

	while ((first = TAILQ_FIRST(&agent->idle.list)) != NULL)
		client_conn_idle_passed(first);
}

void
agent_destroy(struct agent *agent)
{
	if (agent->destroyed)
		return;
	handle_free(&agent->client->of_agents, agent->handle);
	agent_ref(agent); /* not before its idle ones are closed */
	agent->destroyed = true;
	agent_close_idle(agent);
	agent_unref(agent);
}

/* Idle connections ---------------------------------------------------------------- */

static void
idle_limit_passed(evutil_socket_t fd, short what, void *arg)
{
	struct client_conn *conn = arg;
	struct loop *loop = conn->client->loop;

	(void)fd;
	(void)what;
	loop_enter(loop);
	client_conn_close(conn);
	loop_leave(loop);
}

/* It waits for a request: as long as the agent wants, and the server, if that is less. */
static void
idle_start(struct client_conn *conn, struct agent *agent)
{
	struct agent_host *host = conn->host;
	struct timeval wait = {.tv_sec = conn->keep_ms / 1000,
			       .tv_usec = conn->keep_ms % 1000 * 1000};

	conn->state = CLIENT_CONN_IDLE;
	TAILQ_INSERT_HEAD(&host->idle, conn, link);
	host->nidle++;
	deadline_start(&conn->deadline, &agent->idle);
	if (conn->keep_ms == 0 || conn->keep_ms >= agent->idle.ms)
		return;
	evtimer_assign(&conn->limit, agent->client->loop->base, idle_limit_passed, conn);
	evtimer_add(&conn->limit, &wait);
}

static void
idle_stop(struct client_conn *conn)
{
	TAILQ_REMOVE(&conn->host->idle, conn, link);
	conn->host->nidle--;
	deadline_stop(&conn->deadline);
	if (event_initialized(&conn->limit))
		event_del(&conn->limit);
}

/* Hosts --------------------------------------------------------------------------- */

static struct agent_host_list *
agent_bucket(struct agent *agent, const char *address)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *address != '\0'; address++)
		hash = (hash ^ (unsigned char)*address) * 16777619u;
	return &agent->hosts[hash % AGENT_BUCKETS];
}

/* The host of that address; a new one where there is none. NULL: no memory. */
static struct agent_host *
host_get(struct agent *agent, const char *address)
{
	struct agent_host_list *bucket = agent_bucket(agent, address);
	size_t size = strlen(address) + 1;
	struct agent_host *host;

	LIST_FOREACH(host, bucket, link)
		if (strcmp(host->address, address) == 0)
			return host;
	host = malloc(sizeof(*host) + size);
	if (host == NULL)
		return NULL;
	*host = (struct agent_host){.agent = agent};
	memcpy(host->address, address, size);
	TAILQ_INIT(&host->idle);
	TAILQ_INIT(&host->waiting);
	LIST_INSERT_HEAD(bucket, host, link);
	agent->nhosts++;
	return host;
}

/* Frees it, if nothing is left of it. */
static void
host_settle(struct agent_host *host)
{
	struct agent *agent = host->agent;

	if (host->serving || host->nconns > 0 || !TAILQ_EMPTY(&host->waiting))
		return;
	LIST_REMOVE(host, link);
	free(host);
	agent->nhosts--;
	agent_settle(agent);
}

/* The one that was used last, if it is good; those that are not go. */
static struct client_conn *
host_take_idle(struct agent_host *host)
{
	struct client_conn *conn;

	while ((conn = TAILQ_FIRST(&host->idle)) != NULL) {
		idle_stop(conn);
		if (client_conn_is_alive(conn))
			return conn;
		conn->state = CLIENT_CONN_HEAD; /* it is in no list any more */
		client_conn_close(conn);
	}
	return NULL;
}

/* A new connection, if there may be one more. NULL: there may not, or *error is set: no memory. */
static struct client_conn *
host_connect(struct agent_host *host, int *error)
{
	const struct agent *agent = host->agent;
	struct client_conn *conn;

	if (agent->max_sockets != 0 && host->nconns >= agent->max_sockets)
		return NULL;
	conn = client_conn_new(agent->client, host);
	if (conn == NULL)
		*error = EDDY_ENOMEM;
	else
		host->nconns++;
	return conn;
}

/* The first in line leaves it. */
static void
host_leave_line(struct client_request *req)
{
	TAILQ_REMOVE(&req->host->waiting, req, waiting);
	req->host = NULL;
}

/*
 * A connection for that request: where one that was kept has turned out to be closed, the others
 * may be, too. NULL as host_connect.
 */
static struct client_conn *
host_find(struct agent_host *host, const struct client_request *req, int *error)
{
	struct client_conn *conn = req->again ? NULL : host_take_idle(host);

	*error = 0;
	if (conn == NULL)
		conn = host_connect(host, error);
	if (conn == NULL && *error == 0)
		conn = host_take_idle(host);
	return conn;
}

/*
 * Serves those that wait, in their order, as far as there are connections. What closes meanwhile
 * comes here again, and leaves it to the first call.
 */
static void
host_serve(struct agent_host *host)
{
	struct client_request *req;

	if (host->serving)
		return;
	host->serving = true;
	while ((req = TAILQ_FIRST(&host->waiting)) != NULL) {
		int error;
		struct client_conn *conn = host_find(host, req, &error);

		if (conn == NULL && error == 0)
			break;
		host_leave_line(req);
		if (conn != NULL)
			client_conn_begin(conn, req);
		else
			client_over(req, error);
	}
	host->serving = false;
}

int
agent_ask(struct agent *agent, struct client_request *req)
{
	struct agent_host *host = host_get(agent, req->address);

	if (host == NULL)
		return EDDY_ENOMEM;
	req->host = host;
	req->state = CLIENT_WAITING;
	if (req->again) /* it has had its turn */
		TAILQ_INSERT_HEAD(&host->waiting, req, waiting);
	else
		TAILQ_INSERT_TAIL(&host->waiting, req, waiting);
	host_serve(host);
	host_settle(host);
	return 0;
}

void
agent_forget(struct client_request *req)
{
	struct agent_host *host = req->host;

	if (host == NULL)
		return;
	host_leave_line(req);
	host_settle(host);
}

/* Connections --------------------------------------------------------------------- */

void
agent_keep(struct client_conn *conn)
{
	struct agent_host *host = conn->host;
	struct agent *agent = host->agent;

	if (agent->no_keep_alive || agent->destroyed || agent->client->draining ||
	    (TAILQ_EMPTY(&host->waiting) && host->nidle >= agent->max_free_sockets)) {
		client_conn_close(conn);
		return;
	}
	idle_start(conn, agent);
	host_serve(host);
	host_settle(host);
}

void
agent_lost(struct client_conn *conn)
{
	struct agent_host *host = conn->host;

	if (conn->state == CLIENT_CONN_IDLE)
		idle_stop(conn);
	conn->host = NULL;
	conn->state = CLIENT_CONN_CLOSED;
	host->nconns--;
	host_serve(host);
	host_settle(host);
}

/* API ----------------------------------------------------------------------------- */

eddy_agent *
eddy_http_create_agent(const eddy_agent_options *options)
{
	static const eddy_agent_options none = {.size = sizeof(none)};
	const size_t least = API_SIZE_TO(eddy_agent_options, no_keep_alive);
	struct agent *agent;

	if (api_check_as(options == NULL || options->size >= least, __func__,
			 API_NO_SIZE(eddy_agent_options)) != 0)
		return NULL;
	agent = agent_new(&worker_self->client, options != NULL ? options : &none);
	return agent != NULL ? agent->handle : NULL;
}

void
eddy_agent_destroy(eddy_agent *handle)
{
	struct agent *agent = api_find(&worker_self->client.of_agents, handle, __func__);

	if (agent != NULL)
		agent_destroy(agent);
}
