/*
 * Status codes and their usual reason phrases (RFC 9110 15; the IANA registry), as ready-made
 * status lines.
 */
#ifndef EDDY_HTTP_STATUS_H
#define EDDY_HTTP_STATUS_H

#include "eddy.h"

/* "HTTP/1.1 404 Not Found\r\n"; for a status without a usual phrase p is NULL. Static. */
eddy_str status_line(int status);
/* "404 Not Found"; for a status without a usual phrase p is NULL. Static. */
eddy_str status_text(int status);

#endif
