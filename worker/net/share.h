/*
 * A worker's share of the connections: when it leaves the next one to the others.
 */
#ifndef EDDY_NET_SHARE_H
#define EDDY_NET_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract.h"

/* Whether a worker of this generation comes round to a client that waits, and has room for it. */
bool share_takes(const struct slot *slot, uint32_t generation, uint64_t now_ns);

/*
 * How many connections this worker may have before it steps back: noticeably more than the mean of
 * the workers of its generation that could take one now. SIZE_MAX: there is no other.
 */
size_t share_limit(const struct scoreboard *board, const struct slot *own, uint64_t now_ns);

#endif
