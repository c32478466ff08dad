/*
 * The blame mark of a worker's slot in words: what it was doing when it died or hung.
 */
#ifndef EDDY_DAEMON_BLAME_H
#define EDDY_DAEMON_BLAME_H

#include "conf/conf.h"
#include "worker/contract.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Writes ` in module "chat" (request callback, route "/poll", request "GET /poll HTTP/1.1")`, with
 * what is known of it; an empty string if no module's function was running. A slot is written by a
 * process that may have gone wild: nothing in it is trusted to be in range.
 */
void blame_format(const struct slot *slot, const struct conf *conf, uint64_t now_ns, char *buf,
		  size_t size);

/* The module and the route that the mark names; NULL: none. */
void blame_names(const struct slot *slot, const struct conf *conf, const char **module,
		 const char **route);

#endif
