/*
 * `eddyctl top`; see top.h.
 *
 * One poll(2) waits for everything: keys, signals, eddyd's answer, the next time to ask. Whatever
 * ends it, the terminal is given back first.
 */
#include "daemon/top.h"
#include "daemon/clock.h"
#include "daemon/screen.h"
#include "daemon/show.h"
#include "daemon/top_view.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#define DELAY_MS 1000
#define PATIENCE_MS 2000 /* for an answer, before it is told that there is none */
#define CTRL_D 4

struct top {
	struct ctl *ctl;
	struct screen screen;
	bool live;
	int signals;
	unsigned shown;

	FILE *in; /* eddyd's answer comes here; NULL: it is not asked just now */
	uint64_t asked_ns, next_ns;
	bool late; /* it has not answered in time */

	json_t *before, *now;
	uint64_t before_ns, now_ns;
	char *what; /* is wrong: lines; NULL: nothing */

	bool over;
	int signal; /* that ends it; 0: none */
	int code;
};

static const int top_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH};

/* showing ------------------------------------------------------------------------------------ */

static void
view_print(const struct top *top, FILE *out)
{
	bool same = top_same(top->before, top->now);
	double seconds = (double)(top->now_ns - top->before_ns) / 1e9;

	if (top->what)
		show_lines(out, "", top->what);
	if (top->now)
		top_view(out, same ? top->before : NULL, top->now, seconds);
}

static void
top_draw(const struct top *top)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	view_print(top, out);
	fclose(out);
	screen_draw(&top->screen, text);
	free(text);
}

/* One interval is over, with an answer or without. */
static void
top_show(struct top *top)
{
	if (top->live) {
		if (!top->screen.open)
			screen_open(&top->screen, top->signals);
		top_draw(top);
	} else {
		if (top->ctl->json && top->now && !top->what)
			show_json(top->now);
		else if (!top->ctl->json)
			view_print(top, stdout);
		if (!top->ctl->json)
			putchar('\n');
		fflush(stdout);
		top->over |= ferror(stdout) != 0;
	}
	top->shown++;
	top->over |= top->ctl->count && top->shown >= top->ctl->count;
}

/* asking ------------------------------------------------------------------------------------- */

static void
what_set(struct top *top, char *what)
{
	free(top->what);
	top->what = what;
}

/* What it was told cannot be so any more. */
static void
samples_drop(struct top *top)
{
	json_decref(top->before);
	json_decref(top->now);
	top->before = top->now = NULL;
}

static void
ask_end(struct top *top)
{
	if (top->in)
		fclose(top->in);
	else if (top->ctl->fd >= 0)
		close(top->ctl->fd);
	top->in = NULL;
	top->ctl->fd = -1;
}

/* Before the first answer this is an error like that of any other command. */
static void
ask_failed(struct top *top, char *what)
{
	ask_end(top);
	what_set(top, what);
	if (!top->now && !top->shown) {
		if (what)
			fputs(what, stderr);
		top->code = EX_UNAVAILABLE;
		top->over = true;
		return;
	}
	samples_drop(top);
	top_show(top);
}

/* Does one step, and keeps what it complains of. */
static int
step(struct top *top, int (*todo)(struct top *top), char **what)
{
	size_t size;
	int result = -1;

	*what = NULL;
	top->ctl->err = open_memstream(what, &size);
	if (top->ctl->err) {
		result = todo(top);
		fclose(top->ctl->err);
	}
	top->ctl->err = stderr;
	if (result == 0) {
		free(*what);
		*what = NULL;
	}
	return result;
}

static int
step_ask(struct top *top)
{
	if (ctl_connect(top->ctl) < 0)
		return -1;
	top->in = fdopen(top->ctl->fd, "r");
	return top->in ? ctl_send(top->ctl, "status") : -1;
}

static int
step_answer(struct top *top)
{
	struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
	struct answer answer = {0};
	int result;

	setsockopt(top->ctl->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	result = ctl_answer(top->ctl, top->in, &answer);
	if (result == 0 && (!json_is_true(json_object_get(answer.last, "ok")) || !answer.body)) {
		fprintf(top->ctl->err, "eddyctl: %s\n", show_text(answer.last, "error"));
		result = -1;
	}
	if (result == 0) {
		json_decref(top->before);
		top->before = top->now;
		top->before_ns = top->now_ns;
		top->now = json_incref(answer.body);
		top->now_ns = clock_now_ns();
	}
	answer_fini(&answer);
	return result;
}

static void
top_ask(struct top *top)
{
	char *what;

	top->asked_ns = clock_now_ns();
	top->next_ns += top->ctl->delay_ms * NS_PER_MS;
	if (top->next_ns <= top->asked_ns) /* it was stopped */
		top->next_ns = top->asked_ns + top->ctl->delay_ms * NS_PER_MS;
	top->late = false;
	if (step(top, step_ask, &what) < 0)
		ask_failed(top, what);
}

static char *
restarted_text(const struct top *top)
{
	char *text = NULL;

	if (top->before && !top_same(top->before, top->now) &&
	    asprintf(&text, "eddyd has been restarted: pid %d is gone",
		     (int)show_number(top->before, "pid")) < 0)
		text = NULL;
	return text;
}

/* A table needs two answers for its rates; a live view shows the first one as it is. */
static void
top_answer(struct top *top)
{
	char *what;
	bool first = !top->now;

	if (step(top, step_answer, &what) < 0) {
		ask_failed(top, what);
		return;
	}
	ask_end(top);
	what_set(top, restarted_text(top));
	if (!first || top->live || top->shown)
		top_show(top);
}

static void
top_late(struct top *top)
{
	char *text;

	top->late = true;
	if (asprintf(&text, "eddyd (pid %d) does not answer on %s", (int)top->ctl->pid,
		     top->ctl->path) < 0)
		return;
	if (!top->now && !top->shown) {
		ask_failed(top, text);
		return;
	}
	what_set(top, text);
	top_show(top);
}

/* keys and signals --------------------------------------------------------------------------- */

static void
top_keys(struct top *top)
{
	char keys[64];
	ssize_t n = read(top->screen.in, keys, sizeof(keys));

	if (n <= 0) {
		top->over = true;
		return;
	}
	for (ssize_t i = 0; i < n; i++)
		top->over |= keys[i] == 'q' || keys[i] == 'Q' || keys[i] == CTRL_D;
}

/* Ctrl-Z: the shell has its terminal back until it lets this program go on. */
static void
top_pause(struct top *top)
{
	bool open = top->screen.open;

	screen_close(&top->screen);
	raise(SIGSTOP);
	if (open) {
		screen_open(&top->screen, top->signals);
		top_draw(top);
	}
}

static void
top_signal(struct top *top)
{
	struct signalfd_siginfo info;

	if (read(top->signals, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGTSTP:
		top_pause(top);
		break;
	case SIGWINCH:
	case SIGCONT:
		if (top->screen.open)
			top_draw(top);
		break;
	default:
		top->signal = (int)info.ssi_signo;
		top->over = true;
		break;
	}
}

/* life --------------------------------------------------------------------------------------- */

static int
wait_ms(const struct top *top)
{
	uint64_t now_ns = clock_now_ns(), until_ns = top->next_ns;

	if (top->in)
		until_ns = top->asked_ns + PATIENCE_MS * NS_PER_MS;
	if (top->in && top->late)
		return -1;
	return until_ns > now_ns ? (int)((until_ns - now_ns) / NS_PER_MS) + 1 : 0;
}

static void
top_turn(struct top *top)
{
	struct pollfd fds[] = {
		{.fd = top->signals, .events = POLLIN},
		{.fd = top->in ? top->ctl->fd : -1, .events = POLLIN},
		{.fd = top->screen.open ? top->screen.in : -1, .events = POLLIN},
	};
	int n = poll(fds, sizeof(fds) / sizeof(fds[0]), wait_ms(top));

	if (fds[0].revents)
		top_signal(top);
	if (fds[2].revents && !top->over)
		top_keys(top);
	if (fds[1].revents && !top->over)
		top_answer(top);
	if (n != 0 || top->over)
		return;
	if (top->in)
		top_late(top);
	else
		top_ask(top);
}

static int
signals_open(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(top_signals) / sizeof(top_signals[0]); i++)
		sigaddset(&set, top_signals[i]);
	sigprocmask(SIG_BLOCK, &set, before);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int
top(struct ctl *ctl)
{
	struct top top = {
		.ctl = ctl,
		.screen.in = -1,
		.next_ns = clock_now_ns(),
		.live = screen_possible() && !ctl->json,
	};
	sigset_t before;

	if (!ctl->delay_ms)
		ctl->delay_ms = DELAY_MS;
	top.signals = signals_open(&before);
	while (!top.over)
		top_turn(&top);
	screen_close(&top.screen);
	ask_end(&top);
	samples_drop(&top);
	what_set(&top, NULL);
	close(top.signals);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (top.signal)
		raise(top.signal); /* the program ends of it, as others do */
	return top.code;
}
