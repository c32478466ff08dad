/*
 * Who keeps the connections of requests to other servers, for reuse: by host, the last one used
 * first, so that those that are not needed grow old and go.
 *
 * A request that asks gets an idle connection, or a new one, or waits in line where max_sockets are
 * open. Idle connections belong to no module; one that says anything, or that its server closes, is
 * dropped at once.
 */
#ifndef EDDY_HTTP_AGENT_H
#define EDDY_HTTP_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "eddy.h"
#include "loop/deadline.h"

#define AGENT_BUCKETS 64

struct client;
struct client_conn;
struct client_request;

TAILQ_HEAD(agent_list, agent);
TAILQ_HEAD(agent_conn_list, client_conn);
TAILQ_HEAD(agent_waiting_list, client_request);
LIST_HEAD(agent_host_list, agent_host);

/* One address; there is one as long as it has a connection or a request. */
struct agent_host {
	LIST_ENTRY(agent_host) link;
	struct agent *agent;
	struct agent_conn_list idle; /* the last one used first */
	struct agent_waiting_list waiting;
	size_t nidle;
	size_t nconns; /* idle or not */
	bool serving;  /* host_serve is on the stack */
	char address[];
};

struct agent {
	TAILQ_ENTRY(agent) link; /* of the client's */
	struct client *client;
	void *handle;
	unsigned max_sockets, max_free_sockets; /* 0: any number */
	bool no_keep_alive;
	bool destroyed;	       /* by its module: it goes with its last request */
	struct deadlines idle; /* how long a connection is kept */
	size_t nrequests;      /* that have it */
	struct agent_host_list hosts[AGENT_BUCKETS];
	size_t nhosts;
};

/* NULL: no memory. */
struct agent *agent_new(struct client *client, const eddy_agent_options *options);
/* Frees it, which has neither requests nor connections. */
void agent_free(struct agent *agent);
/* It goes now, or with its last request. */
void agent_destroy(struct agent *agent);
/* A request has it; has it no more. */
void agent_ref(struct agent *agent);
void agent_unref(struct agent *agent);

/*
 * Finds the request a connection: an idle one, a new one, or its place in line. One that is sent
 * again gets a new one if it can, and stands in front. 0 or EDDY_ENOMEM.
 */
int agent_ask(struct agent *agent, struct client_request *req);
/* It does not want one any more. */
void agent_forget(struct client_request *req);

/* A connection has done its request, and can be used again. */
void agent_keep(struct client_conn *conn);
/* A connection is gone. */
void agent_lost(struct client_conn *conn);

/* Closes those that are idle. */
void agent_close_idle(struct agent *agent);

#endif
