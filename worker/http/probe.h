/*
 * Routes in quarantine: which request is answered 503, and which is let through to try whether the
 * handler still kills its worker. The master decides the rest; see contract.h.
 */
#ifndef EDDY_HTTP_PROBE_H
#define EDDY_HTTP_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract.h"

struct probes {
	struct quarantine_board board;
	uint32_t me; /* on the tickets of this worker */
};

/* For each request: whether its route is in quarantine. */
static inline bool
probe_concerns(const struct probes *probes, uint32_t route)
{
	const struct quarantine_word *words = probes->board.words;

	return route < probes->board.routes && slot_get(words[route].state) != QUARANTINE_NONE;
}

/*
 * Of a route in quarantine. True: this request is the one that is let through, and probe_end must
 * follow. False: it is 503, with what Retry-After says in *retry_s.
 */
bool probe_begin(const struct probes *probes, uint32_t route, uint64_t now_ns, unsigned *retry_s);

/* Its handler has answered it to the end (`passed`), or another request has to try. */
void probe_end(const struct probes *probes, uint32_t route, bool passed);

#endif
