/*
 * Modules' HTTP servers: their listeners are shared out as those of other servers of theirs
 * (net/server.h), and what comes there is a connection of HTTP's, which knows its server: its
 * requests go to the server's module, and to no route.
 *
 * A server has the place of a route in all that looks at one: it has limits, a module and a name,
 * which is its address. A quarantine is of all the HTTP servers of a module.
 */
#ifndef EDDY_HTTP_SERVER_H
#define EDDY_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/conf.h"
#include "eddy.h"
#include "loop/deadline.h"
#include "module/route.h"
#include "net/server.h"

struct exchange;
struct http;

struct http_server {
	struct server server; /* first: the module's handle stands for it */
	const eddy_http_server_events *events;
	struct conf_route conf; /* what the route's is; its path is the address */
	struct route route;
	struct deadlines *idle, *heads; /* its own, or http's */
	struct deadlines own_idle, own_heads;
	LIST_ENTRY(http_server) own; /* in http.servers, if it has an `idle` of its own */
};

LIST_HEAD(http_server_list, http_server);

/* Whether requests may still come on connections that have had one. */
static inline bool
http_server_is_closed(const struct http_server *server)
{
	return server != NULL && server->server.state == SERVER_CLOSED;
}

/* Calls its module with a request. */
void http_server_call(const struct http_server *server, const struct exchange *exchange);

#endif
