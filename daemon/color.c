/*
 * Whether there may be colour; see color.h.
 */
#include "daemon/color.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
color_wanted(int fd)
{
	const char *never = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && !(never && never[0]) && term && strcmp(term, "dumb") != 0;
}
