/*
 * Text of others made safe to print: one line stays one line, and a terminal is given no orders.
 */
#ifndef EDDY_DAEMON_ESCAPE_H
#define EDDY_DAEMON_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies n bytes of text to `to`, line ends and other control characters as \n, \t or \x1b, bytes
 * that are no UTF-8 as \xff, and ends it with a NUL: what comes out is UTF-8. Returns the length.
 * Text that does not fit is cut, never inside an escape or a character, and *cut (may be NULL) says
 * so.
 */
size_t escape_text(char *to, size_t room, const char *from, size_t n, bool *cut);

#endif
