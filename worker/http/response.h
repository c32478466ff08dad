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

#define RESPONSE_BAD_STATUS "a status is one of 200 to 599"

/* Whether a response with that status may have a body. */
static inline bool
status_has_body(int status)
{
	return status != 204 && status != 304;
}

/* response.c ---------------------------------------------------------------------- */

/* What a module's handle stands for, for the function `what`; NULL: nothing (any more). */
struct exchange *response_find(const eddy_response *handle, const char *what);

/*
 * A call that cannot be: logged, and the error to be returned. Where eddy has answered in the
 * module's stead it is none of the module's fault.
 */
int response_misuse(struct exchange *exchange, int error, const char *what);

/* The same with what is wrong in words; `why` NULL: the error's own. */
int response_misuse_as(struct exchange *exchange, int error, const char *what, const char *why);

/* Whether what is written is held against the module's Content-Length, when it ends. */
static inline bool
response_is_checked(const struct exchange *exchange)
{
	const struct response *res = &exchange->response;

	return res->has_length && !exchange->is_head && status_has_body(res->status);
}

/* Whether there are pieces of files in it whose length is not known yet. */
static inline bool
response_is_unsettled(const struct response *res)
{
	return res->files != NULL && res->files->unsettled > 0;
}

/* The last byte has been written. */
void response_finish(struct exchange *exchange);

/* send_file.c --------------------------------------------------------------------- */

/*
 * The head goes out before the length of the body is known, and the file that it has waited for
 * behind it. False: the connection is lost.
 */
bool response_begin(struct exchange *exchange);

/* response_head.c ----------------------------------------------------------------- */

/* Takes a header back that the module has set. */
void response_header_remove(struct response *res, const char *name, size_t n);

/*
 * The module may give the head anew, which has not gone out: as if eddy_response_write_head had not
 * been called. The headers that are set stay.
 */
void response_head_give_back(struct response *res);

/*
 * Sends the head of an answer whose length is not known yet; the same of one that is complete with
 * n bytes, with a Content-Type line if type_len is not 0. A few bytes at p go with it, and
 * `written` says so. False: the connection is lost.
 */
bool response_start(struct exchange *exchange);
bool response_start_whole(struct exchange *exchange, const void *p, uint64_t n, const char *type,
			  size_t type_len);

#endif
