/*
 * Text of others made safe to print: one line stays one line, and a terminal is given no orders.
 */
#ifndef EDDY_DAEMON_ESCAPE_H
#define EDDY_DAEMON_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies n bytes of text to `to`, line ends and other control bytes as \n, \t or \x1b, and ends it
 * with a NUL. Returns the length. Text that does not fit is cut, never inside an escape, and *cut
 * (may be NULL) says so.
 */
size_t escape_text(char *to, size_t room, const char *from, size_t n, bool *cut);

#endif
