/*
 * What `eddyctl top` shows: two answers to `status`, and what has happened between them.
 */
#ifndef EDDY_DAEMON_TOP_VIEW_H
#define EDDY_DAEMON_TOP_VIEW_H

#include <jansson.h>
#include <stdio.h>

/*
 * `before` is so many seconds older than `now`; NULL: there is none yet, and no rates either. 0, or
 * -1 if it could not be written whole.
 */
int top_view(FILE *out, const json_t *before, const json_t *now, double seconds);

/* Whether both are of one run of eddyd, which an upgrade is too. */
int top_same(const json_t *before, const json_t *now);

#endif
