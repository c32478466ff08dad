/*
 * http:// URLs, taken apart for a request (RFC 9110 4.2, RFC 3986 3).
 *
 * Strict: what would have to be repaired (spaces, bytes that are not ASCII, a backslash for a
 * slash) or must not be sent (user information) is refused, because two programs that repair a URL
 * seldom agree on what it means.
 */
#ifndef EDDY_HTTP_URL_H
#define EDDY_HTTP_URL_H

#include <stdbool.h>

#include "eddy.h"

#define URL_PORT_HTTP 80

/* Views into the text. */
struct url {
	eddy_str host; /* "example.org", "[::1]" */
	unsigned port; /* 80 where it says none */
	eddy_str
		target; /* path and query, without the fragment; begins with "/" but for `rootless` */
	bool rootless; /* "http://host" and "http://host?query": the path is "/" */
};

/* 0, or EDDY_EINVAL with what is wrong in *why (a static string). */
int url_parse(struct url *url, const char *text, const char **why);

#endif
