/*
 * Routing; see route.h. Exact paths are looked up in a hash table; the few others are tried in
 * order of their worth.
 */
#include "module/route.h"
#include "module/explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum route_kind { EXACT, PARAMETERS, PREFIX, CONNECT };

static uint32_t
path_hash(const char *p, size_t n)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (unsigned char)p[i]) * 16777619u;
	return hash;
}

/* The length of the segment at p, up to the next slash. */
static size_t
segment(const char *p, const char *end)
{
	const char *slash = memchr(p, '/', (size_t)(end - p));

	return (size_t)((slash != NULL ? slash : end) - p);
}

/*
 * Walks pattern and path side by side, segment by segment. `name` non-NULL: stops at that parameter
 * and gives what it stands for in *value. True: it matches (or the parameter was found).
 */
static bool
pattern_walk(const struct route *route, eddy_str path, const char *name, eddy_str *value)
{
	const char *pattern = route->conf->path, *pattern_end = pattern + route->path_len;
	const char *p = path.p, *end = path.p + path.n;

	for (;;) {
		size_t pattern_n, n;

		if (p == end || *p++ != '/')
			return false;
		pattern++;
		if (pattern + 1 == pattern_end && *pattern == '*') {
			*value = (eddy_str){p, (size_t)(end - p)};
			return name == NULL || strcmp(name, "*") == 0;
		}
		pattern_n = segment(pattern, pattern_end);
		n = segment(p, end);
		if (pattern_n > 0 && *pattern == ':') {
			if (n == 0)
				return false;
			if (name != NULL && strlen(name) == pattern_n - 1 &&
			    memcmp(name, pattern + 1, pattern_n - 1) == 0) {
				*value = (eddy_str){p, n};
				return true;
			}
		} else if (pattern_n != n || memcmp(pattern, p, n) != 0) {
			return false;
		}
		pattern += pattern_n;
		p += n;
		if (pattern == pattern_end || p == end)
			return pattern == pattern_end && p == end && name == NULL;
	}
}

eddy_str
route_param(const struct route *route, eddy_str path, const char *name)
{
	eddy_str value = {NULL, 0};

	if (route->kind == EXACT || route->kind == CONNECT ||
	    !pattern_walk(route, path, name, &value))
		return (eddy_str){NULL, 0};
	return value;
}

static bool
route_names(const struct route *route, const char *method, size_t n)
{
	for (size_t i = 0; i < route->conf->nmethods; i++)
		if (strlen(route->conf->methods[i]) == n &&
		    memcmp(route->conf->methods[i], method, n) == 0)
			return true;
	return false;
}

/* The one of the routes that share a path that takes a method by its name, or takes all. */
static const struct route *
route_taking(const struct route *route, const char *method, size_t n)
{
	while (route != NULL && route->conf->nmethods > 0 && !route_names(route, method, n))
		route = route->same;
	return route;
}

static void
allow_add(char allow[ROUTE_ALLOW_MAX], const char *method)
{
	size_t len = strlen(allow);

	if (len + strlen(method) + 3 < ROUTE_ALLOW_MAX)
		snprintf(allow + len, ROUTE_ALLOW_MAX - len, "%s%s", len > 0 ? ", " : "", method);
}

static void
route_allow(const struct route *first, char allow[ROUTE_ALLOW_MAX])
{
	bool head = route_taking(first, "HEAD", 4) != NULL;

	allow[0] = '\0';
	for (const struct route *route = first; route != NULL; route = route->same) {
		for (size_t i = 0; i < route->conf->nmethods; i++)
			allow_add(allow, route->conf->methods[i]);
		if (route_names(route, "GET", 3) && !head)
			allow_add(allow, "HEAD");
	}
}

/* Of the routes that share a path, the one that takes the method. HEAD is first looked for itself. */
static const struct route *
route_for_method(const struct route *first, eddy_str method, int *status,
		 char allow[ROUTE_ALLOW_MAX])
{
	const struct route *route = route_taking(first, method.p, method.n);

	if (route == NULL && method.n == 4 && memcmp(method.p, "HEAD", 4) == 0)
		route = route_taking(first, "GET", 3);
	if (route != NULL)
		return route;
	*status = 405;
	route_allow(first, allow);
	return NULL;
}

const struct route *
router_find(const struct router *router, eddy_str path, eddy_str method, int *status,
	    char allow[ROUTE_ALLOW_MAX])
{
	size_t mask = router->exact_size - 1;
	eddy_str rest;

	if (method.n == strlen("CONNECT") && memcmp(method.p, "CONNECT", method.n) == 0) {
		*status = 501;
		return router->connect;
	}
	for (size_t i = path_hash(path.p, path.n) & mask; router->exact[i] != NULL;
	     i = (i + 1) & mask) {
		const struct route *route = router->exact[i];

		if (route->path_len == path.n && memcmp(route->conf->path, path.p, path.n) == 0)
			return route_for_method(route, method, status, allow);
	}
	for (size_t i = router->patterns; i < router->paths; i++)
		if (pattern_walk(&router->routes[i], path, NULL, &rest))
			return route_for_method(&router->routes[i], method, status, allow);
	*status = 404;
	return NULL;
}

/*
 * Orders paths by where they first differ: a literal before a parameter. 0: they match the same
 * requests, for the names of parameters make no difference.
 */
static int
path_compare(const char *p, const char *q)
{
	bool start = false; /* of a segment */

	while (*p != '\0' && *q != '\0') {
		bool p_param = start && *p == ':', q_param = start && *q == ':';

		if (p_param != q_param)
			return p_param ? 1 : -1;
		if (!p_param && *p != *q)
			break;
		start = *p == '/';
		p += p_param ? strcspn(p, "/") : 1;
		q += q_param ? strcspn(q, "/") : 1;
	}
	return (unsigned char)*p - (unsigned char)*q;
}

/*
 * Best first: kind, then literal bytes, then the path; the place in the conf decides only between
 * routes that match the same requests.
 */
static int
route_compare(const void *a_void, const void *b_void)
{
	const struct route *a = a_void, *b = b_void;
	int order = path_compare(a->conf->path, b->conf->path);

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->literals != b->literals)
		return a->literals > b->literals ? -1 : 1;
	if (order != 0)
		return order;
	return a->index < b->index ? -1 : a->index > b->index;
}

static void
route_classify(struct route *route)
{
	const char *path = route->conf->path;

	route->path_len = strlen(path);
	route->kind = strcmp(path, CONF_ROUTE_CONNECT) == 0 ? CONNECT : EXACT;
	route->literals = 0;
	for (const char *p = path; *p != '\0'; p++) {
		if (p > path && p[-1] == '/' && *p == ':') {
			route->kind = PARAMETERS;
			p += strcspn(p, "/") - 1;
		} else {
			route->literals++;
		}
	}
	if (route->path_len >= 2 && strcmp(path + route->path_len - 2, "/*") == 0) {
		route->kind = PREFIX;
		route->literals--;
	}
}

static int
route_init(struct route *route, const struct conf_route *conf, size_t index,
	   struct eddy_module *modules, char *why, size_t size)
{
	char instead[512];

	route->conf = conf;
	route->index = (uint32_t)index;
	route->module = &modules[conf->module];
	route->handler = module_handler(route->module, conf->handler);
	route_classify(route);
	if (route->handler != NULL)
		return 0;
	module_explain_handler(route->module, conf->handler != NULL ? conf->handler : "", instead,
			       sizeof(instead));
	if (conf->handler != NULL)
		snprintf(why, size, "route \"%s\": module \"%s\" has no handler \"%s\": %s",
			 conf->path, route->module->conf->name, conf->handler, instead);
	else
		snprintf(why, size,
			 "route \"%s\": module \"%s\" has no request handler of its own, name one: "
			 "handler = \"...\"; %s",
			 conf->path, route->module->conf->name, instead);
	return -1;
}

/*
 * Chains routes that match the same requests, neighbours by now, and enters the exact ones in the
 * hash table.
 */
static void
router_link(struct router *router)
{
	router->paths = router->count;
	if (router->count > 0 && router->routes[router->count - 1].kind == CONNECT)
		router->connect = &router->routes[--router->paths];
	router->patterns = router->paths;
	for (size_t i = router->paths; i-- > 0;) {
		struct route *route = &router->routes[i];

		if (route->kind != EXACT)
			router->patterns = i;
		if (i + 1 < router->paths && route[1].kind == route->kind &&
		    path_compare(route->conf->path, route[1].conf->path) == 0)
			route->same = &route[1];
	}
	for (size_t i = 0; i < router->patterns; i++) {
		struct route *route = &router->routes[i];
		size_t at =
			path_hash(route->conf->path, route->path_len) & (router->exact_size - 1);

		while (router->exact[at] != NULL)
			at = (at + 1) & (router->exact_size - 1);
		router->exact[at] = route;
	}
}

int
router_init(struct router *router, const struct conf *conf, struct eddy_module *modules,
	    size_t *index, char *why, size_t size)
{
	*router = (struct router){.count = conf->nroutes, .exact_size = 16};
	while (router->exact_size < 2 * conf->nroutes)
		router->exact_size *= 2;
	router->routes = calloc(conf->nroutes + 1, sizeof(*router->routes));
	router->exact = calloc(router->exact_size, sizeof(struct route *));
	if (router->routes == NULL || router->exact == NULL) {
		snprintf(why, size, "no memory for %zu routes", conf->nroutes);
		return -1;
	}
	for (size_t i = 0; i < conf->nroutes; i++) {
		*index = i;
		if (route_init(&router->routes[i], &conf->routes[i], i, modules, why, size) != 0)
			return -1;
	}
	qsort(router->routes, router->count, sizeof(*router->routes), route_compare);
	router_link(router);
	return 0;
}

void
router_fini(struct router *router)
{
	free(router->routes);
	free(router->exact);
	*router = (struct router){0};
}
