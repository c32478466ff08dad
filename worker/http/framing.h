/*
 * What the fields of a complete head say about its message: how the body ends, whether the
 * connection goes on. head_parse asks for it; the rest of the worker reads the answer in struct
 * head.
 */
#ifndef EDDY_HTTP_FRAMING_H
#define EDDY_HTTP_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/head.h"

/* Sets `chunked` to `upgrade` and `length`. 0 or the status to refuse it with. */
int framing_read(struct head *head);

/*
 * How many seconds the sender keeps an idle connection ("Keep-Alive: timeout=5, max=100"), as far as
 * it says so; -1: it does not.
 */
int framing_keep_alive_s(const struct head *head);

/*
 * Steps to the next element of a comma list (RFC 9110 5.6.1); false at its end. Empty elements are
 * skipped.
 */
bool list_next(const char **p, size_t *n, eddy_str *element);

#define CHUNK_LINE_MAX 18 /* bytes: 16 digits and CRLF */

/* The line before a chunk of n bytes, n > 0; its length. */
size_t chunk_line(char *line, uint64_t n);

#endif
