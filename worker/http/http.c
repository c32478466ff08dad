/*
 * What the connections of a worker share: made, emptied at the end of each turn, drained, taken
 * down.
 */
#include "http/http.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "http/conn.h"
#include "http/exchange.h"
#include "http/scan.h"

#define LINGER_MS 5000 /* for the client to read the answer and close */
#define GRACE_MS 1000  /* for a request that was on its way when the worker began to leave */
#define CROWD 1000     /* connections that leave together, for their memory to be worth a look */
#define ROOM_TURNS 16  /* idle connections that turn out not to be, before others get a turn */

int
http_init(struct http *http, struct net *net, const struct conf_http *conf,
	  const struct router *router)
{
	*http = (struct http){
		.loop = net->loop,
		.net = net,
		.calls = net->calls,
		.slot = net->slot,
		.conf = conf,
		.head_limits = {.line = (uint32_t)conf->max_request_line,
				.head = (uint32_t)conf->max_head,
				.fields = (uint16_t)conf->max_headers},
		.router = router,
		.scratch = net->scratch,
		.out.buf = malloc(OUT_SIZE),
	};
	TAILQ_INIT(&http->conns);
	TAILQ_INIT(&http->dead);
	LIST_INIT(&http->servers);
	handles_init(&http->handles, HANDLE_EXCHANGE);
	pool_init(&http->conn_pool, sizeof(struct conn));
	pool_init(&http->exchange_pool, sizeof(struct exchange));
	scan_init();
	date_renew(&http->date, time(NULL));
	deadlines_init(&http->idle, net->loop, conf->keepalive_timeout_ms, conn_idle_passed);
	deadlines_init(&http->heads, net->loop, conf->header_timeout_ms, conn_head_passed);
	deadlines_init(&http->bodies, net->loop, conf->body_timeout_ms, conn_body_passed);
	deadlines_init(&http->writes, net->loop, conf->write_timeout_ms, conn_write_passed);
	deadlines_init(&http->lingers, net->loop, LINGER_MS, conn_linger_passed);
	deadlines_init(&http->graces, net->loop, GRACE_MS, conn_idle_passed);
	return http->out.buf != NULL ? 0 : -ENOMEM;
}

/* The limit for so many ms: http's own, or a new one; NULL: no memory. */
static struct deadlines *
limit_of(struct http *http, struct deadlines *own, unsigned ms)
{
	struct deadlines *limit = own;

	if (ms == own->ms)
		return own;
	limit = malloc(sizeof(*limit));
	if (limit != NULL)
		deadlines_init(limit, http->loop, ms, own->passed);
	return limit;
}

int
http_routes_init(struct http *http, const struct conf *conf)
{
	http->routes = calloc(conf->nroutes + 1, sizeof(*http->routes));
	if (http->routes == NULL)
		return -ENOMEM;
	for (; http->nroutes < conf->nroutes; http->nroutes++) {
		const struct conf_route *route = &conf->routes[http->nroutes];
		struct route_limits *limits = &http->routes[http->nroutes];

		limits->bodies = limit_of(http, &http->bodies, route->body_timeout_ms);
		limits->writes = limit_of(http, &http->writes, route->write_timeout_ms);
		if (limits->bodies == NULL || limits->writes == NULL)
			return -ENOMEM;
	}
	return 0;
}

struct deadlines *
http_bodies(struct http *http, size_t route)
{
	return route < http->nroutes ? http->routes[route].bodies : &http->bodies;
}

struct deadlines *
http_writes(struct http *http, size_t route)
{
	return route < http->nroutes ? http->routes[route].writes : &http->writes;
}

static void
limit_free(struct deadlines *limit, const struct deadlines *own)
{
	if (limit == NULL || limit == own)
		return;
	deadlines_fini(limit);
	free(limit);
}

static void
http_routes_fini(struct http *http)
{
	for (size_t i = 0; i < http->nroutes; i++) {
		limit_free(http->routes[i].bodies, &http->bodies);
		limit_free(http->routes[i].writes, &http->writes);
	}
	free(http->routes);
}

/* Called when the loop has ended: no task is left that could look at what goes here. */
void
http_fini(struct http *http)
{
	struct deadlines *all[] = {&http->idle,	  &http->heads,	  &http->bodies,
				   &http->writes, &http->lingers, &http->graces};
	struct conn *conn;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		deadlines_fini(all[i]);
	while ((conn = TAILQ_FIRST(&http->dead)) != NULL) {
		TAILQ_REMOVE(&http->dead, conn, link);
		pool_free(&http->conn_pool, conn);
	}
	pool_fini(&http->conn_pool);
	pool_fini(&http->exchange_pool);
	http_routes_fini(http);
	handles_fini(&http->handles);
	free(http->out.buf);
}

void
http_close(struct http *http)
{
	while (!TAILQ_EMPTY(&http->conns))
		conn_close(TAILQ_FIRST(&http->conns), true);
}

static void
http_bury(struct http *http)
{
	struct conn *conn, *next;

	for (conn = TAILQ_FIRST(&http->dead); conn != NULL; conn = next) {
		next = TAILQ_NEXT(conn, link);
		if (conn->posted) /* its task is in the next turn's queue */
			continue;
		TAILQ_REMOVE(&http->dead, conn, link);
		pool_free(&http->conn_pool, conn);
	}
}

bool
http_may_make_room(const struct http *http)
{
	const struct http_server *server;

	LIST_FOREACH(server, &http->servers, own)
		if (server->own_idle.count > 0)
			return true;
	return http->idle.count > 0;
}

static uint64_t
idle_since_ms(const struct deadline *deadline)
{
	return deadline->at_ms - deadline->of->ms;
}

/* The connection that has been idle for longest; NULL: none is. */
static struct deadline *
http_idle_longest(const struct http *http)
{
	struct deadline *longest = TAILQ_FIRST(&http->idle.list), *first;
	const struct http_server *server;

	LIST_FOREACH(server, &http->servers, own) {
		first = TAILQ_FIRST(&server->own_idle.list);
		if (first != NULL &&
		    (longest == NULL || idle_since_ms(first) < idle_since_ms(longest)))
			longest = first;
	}
	return longest;
}

bool
http_make_room(struct http *http)
{
	size_t nconns = http->nconns;

	for (int turn = 0; turn < ROOM_TURNS && http->nconns >= nconns; turn++) {
		struct deadline *longest = http_idle_longest(http);

		if (longest == NULL)
			return false;
		deadline_stop(longest);
		conn_idle_passed(longest);
	}
	return http->nconns < nconns;
}

bool
http_trim(struct http *http)
{
	size_t most = http->most;

	http->most = http->nconns;
	if (most > http->crowd)
		http->crowd = most;
	if (most > http->crowd / 2 || http->crowd - most < CROWD)
		return false;
	http->crowd = most;
	handles_trim(&http->handles);
	return true;
}

void
http_flush(struct http *http)
{
	http_bury(http);
	out_flush(http);
}

void
http_drain(struct http *http)
{
	struct conn *conn, *next;

	http->draining = true;
	for (conn = TAILQ_FIRST(&http->conns); conn != NULL; conn = next) {
		next = TAILQ_NEXT(conn, link);
		conn_drain(conn);
	}
}

void
http_abort(struct http *http)
{
	struct deadline *first;
	struct conn *conn, *next;

	while ((first = TAILQ_FIRST(&http->graces.list)) != NULL) {
		deadline_stop(first);
		conn_idle_passed(first);
	}
	out_flush(http); /* which may lose a connection, and must not lose `next` */
	for (conn = TAILQ_FIRST(&http->conns); conn != NULL; conn = next) {
		next = TAILQ_NEXT(conn, link);
		conn_abort(conn);
		out_flush(http);
	}
}
