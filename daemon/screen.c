/*
 * A terminal that a live view has to itself; see screen.h.
 *
 * What is used of ECMA-48 and xterm every terminal of today has: the other screen, the cursor home,
 * hidden, and the rest of a line or of the screen erased. Each line is drawn over the one before, so
 * that nothing flickers.
 */
#include "daemon/screen.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ENTER "\033[?1049h\033[?25l"
#define LEAVE "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define ERASE_LINE "\033[K"
#define ERASE_BELOW "\033[J"

#define ROWS 24 /* of a terminal that does not say */
#define COLUMNS 80
#define PIECE 256	  /* bytes that a terminal which says POLLOUT takes without waiting */
#define LEAVE_WAIT_MS 200 /* for a terminal that takes nothing, at the end */

bool
screen_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

/* Where the terminal has been stopped (Ctrl-S), a signal still ends the program. */
static void
screen_write(const struct screen *screen, const char *text, size_t size, int wait_ms)
{
	struct pollfd fds[] = {{.fd = screen->out, .events = POLLOUT},
			       {.fd = wait_ms < 0 ? screen->stop : -1, .events = POLLIN}};

	while (size > 0) {
		ssize_t n;

		if (poll(fds, 2, wait_ms) <= 0 || !(fds[0].revents & POLLOUT))
			return;
		n = write(screen->out, text, size < PIECE ? size : PIECE);
		if (n <= 0)
			return;
		text += n;
		size -= (size_t)n;
	}
}

void
screen_open(struct screen *screen, int stop)
{
	struct termios keys;

	*screen = (struct screen){.in = -1, .out = STDOUT_FILENO, .stop = stop, .open = true};
	if (tcgetattr(STDIN_FILENO, &screen->before) == 0) {
		screen->in = STDIN_FILENO;
		keys = screen->before;
		keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		keys.c_cc[VMIN] = 1;
		keys.c_cc[VTIME] = 0;
		tcsetattr(screen->in, TCSANOW, &keys);
	}
	screen_write(screen, ENTER, sizeof(ENTER) - 1, -1);
}

void
screen_close(struct screen *screen)
{
	if (!screen->open)
		return;
	screen->open = false;
	screen_write(screen, LEAVE, sizeof(LEAVE) - 1, LEAVE_WAIT_MS);
	if (screen->in >= 0)
		tcsetattr(screen->in, TCSANOW, &screen->before);
}

size_t
screen_clip(const char *line, size_t size, size_t columns)
{
	size_t i = 0;

	while (i < size && columns > 0) {
		i++;
		while (i < size && ((unsigned char)line[i] & 0xc0) == 0x80)
			i++;
		columns--;
	}
	return i;
}

void
screen_draw(const struct screen *screen, const char *text)
{
	struct winsize window = {0};
	size_t rows = ROWS, columns = COLUMNS, size = 0;
	char *drawn = NULL;
	FILE *out = open_memstream(&drawn, &size);

	if (!out)
		return;
	if (ioctl(screen->out, TIOCGWINSZ, &window) == 0 && window.ws_row && window.ws_col) {
		rows = window.ws_row;
		columns = window.ws_col;
	}
	fputs(HOME, out);
	for (size_t row = 0; row < rows && *text; row++) {
		size_t n = strcspn(text, "\n");

		if (row)
			fputs("\r\n", out);
		fwrite(text, 1, screen_clip(text, n, columns), out);
		fputs(ERASE_LINE, out);
		text += n + (text[n] == '\n');
	}
	fputs(ERASE_BELOW, out);
	fclose(out);
	screen_write(screen, drawn, size, -1);
	free(drawn);
}
