/*
 * The authority of a URL: what a Host field, CONNECT and the URL of a request to another server
 * have (RFC 3986 3.2, without user information, which RFC 9110 4.2.4 wants nobody to send).
 */
#ifndef EDDY_HTTP_HOST_H
#define EDDY_HTTP_HOST_H

#include <stdbool.h>
#include <stddef.h>

/* "host", "host:80", "[::1]:80"; empty is what a client without an authority sends. */
bool host_is_valid(const char *p, size_t n);

/* The same with a port, as CONNECT needs it (RFC 9112 3.2.3). */
bool host_has_port(const char *p, size_t n);

#endif
