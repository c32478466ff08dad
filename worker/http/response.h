/*
 * What the files that make a response share.
 */
#ifndef EDDY_HTTP_RESPONSE_H
#define EDDY_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api.h"
#include "http/exchange.h"

/* response.c ---------------------------------------------------------------------- */

/* What a module's handle stands for, for the function `what`; NULL: nothing (any more). */
struct exchange *response_find(const eddy_response *handle, const char *what);

/*
 * A call that cannot be: logged, and the error to be returned. Where eddy has answered in the
 * module's stead it is none of the module's fault.
 */
int response_misuse(struct exchange *exchange, int error, const char *what);

/* response_head.c ----------------------------------------------------------------- */

/* Whether a response with that status may have a body. */
static inline bool
status_has_body(int status)
{
	return status != 204 && status != 304;
}

/* Takes a header back that the module has set. */
void response_header_remove(struct response *res, const char *name, size_t n);

/*
 * Sends the head of an answer whose length is not known yet; the same of one that is complete with
 * n bytes, with a Content-Type line if type_len is not 0. False: the connection is lost.
 */
bool response_start(struct exchange *exchange);
bool response_start_whole(struct exchange *exchange, uint64_t n, const char *type, size_t type_len);

#endif
