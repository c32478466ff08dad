/*
 * Which handler a request belongs to.
 *
 * The path alone decides: an exact route before one with parameters before a prefix, of several the
 * longest, and of equally long ones that whose literals stand further left, in whatever order the
 * conf has them. Then the method: routes whose paths say the same share their place, each with
 * methods of its own. A path that no route has is 404, a method that none of them takes is 405.
 * HEAD goes where GET goes, unless a route names it. CONNECT has no path: there is one route for it
 * (CONF_ROUTE_CONNECT), which takes nothing else, and without that it is 501.
 */
#ifndef EDDY_MODULE_ROUTE_H
#define EDDY_MODULE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "eddy.h"
#include "module/module.h"

#define ROUTE_ALLOW_MAX 512 /* bytes of an Allow value */

struct route {
	const struct conf_route *conf;
	uint32_t index; /* into conf.routes; behind them: a module's server's, see contract.h */
	bool is_server; /* and its path is the server's address */
	struct eddy_module *module;
	eddy_request_handler *handler;
	size_t path_len;
	uint8_t kind;	    /* route.c: exact, parameters, prefix, CONNECT */
	uint16_t literals;  /* bytes of the path that stand for themselves */
	struct route *same; /* the next one whose path says the same */
};

struct router {
	struct route *routes; /* best first */
	size_t count;
	struct route **exact; /* open hash of the exact ones by path; a power of two */
	size_t exact_size;
	size_t patterns;	     /* routes[patterns] is the first that is not exact */
	size_t paths;		     /* and routes[paths] the first that has no path */
	const struct route *connect; /* that one; NULL: none takes CONNECT */
};

/* 0, or -1 with the reason in `why` and the conf route that it is about in *index. */
int router_init(struct router *router, const struct conf *conf, struct eddy_module *modules,
		size_t *index, char *why, size_t size);
void router_fini(struct router *router);

/*
 * The route for a path and a method. NULL: *status is 404, 501 for CONNECT, or 405 and `allow` then
 * holds the value of an Allow header.
 */
const struct route *router_find(const struct router *router, eddy_str path, eddy_str method,
				int *status, char allow[ROUTE_ALLOW_MAX]);

/*
 * What the parameter `name` ("*": what a prefix leaves over) stands for in a path that this route
 * was found for.
 */
eddy_str route_param(const struct route *route, eddy_str path, const char *name);

#endif
