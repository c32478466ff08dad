/*
 * Colour, for people: on a terminal only, and where NO_COLOR (no-color.org) and TERM=dumb do not
 * forbid it.
 */
#ifndef EDDY_DAEMON_COLOR_H
#define EDDY_DAEMON_COLOR_H

#include <stdbool.h>

#define COLOR_BAD "\033[1;31m"	/* red: what is wrong */
#define COLOR_WARN "\033[1;33m" /* yellow: what may be */
#define COLOR_HEAD "\033[1m"	/* bold */
#define COLOR_END "\033[0m"

/* Whether what is written there may have it. */
bool color_wanted(int fd);

#endif
