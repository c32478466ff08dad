/*
 * A terminal that a live view has to itself, until it gives it back as it was.
 */
#ifndef EDDY_DAEMON_SCREEN_H
#define EDDY_DAEMON_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

struct screen {
	int in, out; /* in: -1: no keys come */
	int stop;    /* what ends a wait for a terminal that takes nothing: readable */
	bool open;
	struct termios before;
};

/* Whether there is a terminal to have, that understands more than lines. */
bool screen_possible(void);

/* Takes the terminal of stdout, and the keys of stdin where that is one too. */
void screen_open(struct screen *screen, int stop);
/* Gives it back; safe to call twice. */
void screen_close(struct screen *screen);

/* Shows these lines, as much of them as there is room for. */
void screen_draw(const struct screen *screen, const char *text);

/* How many bytes of a line of UTF-8 fill at most so many columns, one for each character. */
size_t screen_clip(const char *line, size_t size, size_t columns);

#endif
