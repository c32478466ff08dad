/*
 * Routes in quarantine; see probe.h. The ticket is taken in one step, so that of all workers one
 * lets one request through.
 */
#include "http/probe.h"

#define NS 1000000000ull
#define PROBE_RETRY_S 5 /* while another request is the probe */

static bool
ticket_move(const struct probes *probes, uint32_t route, uint32_t from, uint32_t to)
{
	return atomic_compare_exchange_strong(&probes->board.tickets[route], &from, to);
}

bool
probe_begin(const struct probes *probes, uint32_t route, uint64_t now_ns, unsigned *retry_s)
{
	const struct quarantine_word *word = &probes->board.words[route];
	uint64_t until_ns = slot_get(word->until_ns);

	if (slot_get(word->state) == QUARANTINE_PROBE) {
		*retry_s = PROBE_RETRY_S;
		return ticket_move(probes, route, QUARANTINE_TICKET_FREE, probes->me);
	}
	*retry_s = until_ns > now_ns ? (unsigned)((until_ns - now_ns + NS - 1) / NS) : 1;
	return false;
}

void
probe_end(const struct probes *probes, uint32_t route, bool passed)
{
	ticket_move(probes, route, probes->me,
		    passed ? QUARANTINE_TICKET_PASSED : QUARANTINE_TICKET_FREE);
}
