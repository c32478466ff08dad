/*
 * eddyctl: shows, reloads and stops a running eddyd over its control socket; and starts a module.
 *
 * One request, its answer, and an exit code that scripts can trust: 0 done, 1 refused, 64 usage, 69
 * no eddyd reachable, 78 the conf or a module is why a reload failed.
 */
#include "conf/conf.h"
#include "daemon/ctl.h"
#include "daemon/new_module.h"
#include "daemon/show.h"
#include "daemon/top.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sysexits.h>
#include <unistd.h>

#define DELAY_MIN_MS 100	  /* of top: what eddyd and its workers tell is no newer */
#define NUMBER_MAX 1000000	  /* of any option */
#define FLAGS "jVh"		  /* options without a value */
#define UNKNOWN "unknown request" /* how an eddyd begins that has no such command */

enum { EXIT_REFUSED = 1 };

/* What follows the options: a command and its arguments. */
struct words {
	char **list;
	size_t count;
};

static const char help[] =
	"usage: eddyctl [options] COMMAND             (man eddyctl says more of each)\n"
	"\n"
	"  status             what eddyd does: state, totals, workers\n"
	"  workers            the table of workers\n"
	"  top                the workers live, until q\n"
	"  routes             which module answers what\n"
	"  reload             take the conf and the modules anew, or say what is wrong\n"
	"  upgrade            become the eddyd that is installed now, without a restart\n"
	"  reopen             open the log files again, after they have been moved away\n"
	"  set workers N      have N workers until the next reload\n"
	"  drain PID          have another worker take the place of this one\n"
	"  dump PID           a backtrace of what this worker is doing\n"
	"  quarantine         the routes that answer 503 since they have killed workers;\n"
	"  quarantine clear [MODULE[/ROUTE]]    call them again: all, a module's, or one\n"
	"  stop               stop gracefully; waits until eddyd is gone\n"
	"  new-module NAME    write a folder NAME with a module that builds and serves\n"
	"\n"
	"  -s, --socket PATH  the control socket      -i, --instance NAME  eddy@NAME's\n"
	"  -j, --json         print JSON              -h, --help  -V, --version\n"
	"  -n, --count N      with top: N times       -d, --delay SECONDS  between two\n"
	"\n"
	"exit codes: 0 done, 1 refused, 64 usage, 69 no eddyd reachable, 73 a folder or\n"
	"            file cannot be made, 78 reload failed: the conf or a module is wrong\n";

/* commands ----------------------------------------------------------------------------------- */

/* Shows what a command was answered: 0 or -1. */
typedef int show_function(const struct ctl *ctl, FILE *in, const struct answer *answer);

static int
refused(const struct ctl *ctl, const struct answer *answer)
{
	const char *error = show_text(answer->last, "error");

	if (ctl->json)
		show_json(answer->last);
	else if (strncmp(error, UNKNOWN, strlen(UNKNOWN)) == 0)
		fprintf(stderr,
			"eddyctl: eddyd (pid %d) does not know this command: it is older than this "
			"eddyctl, and `eddyctl upgrade`, or a restart, makes it the one that is "
			"installed\n",
			(int)ctl->pid);
	else
		show_lines(stderr, "eddyctl: ", error);
	return show_number(answer->last, "code") == EX_CONFIG ? EX_CONFIG : EXIT_REFUSED;
}

static int
status_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	return ctl->json ? show_json(answer->body) : show_status(answer->body);
}

static int
workers_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	return ctl->json ? show_json(answer->body)
			 : show_workers(json_object_get(answer->body, "workers"));
}

static int
routes_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	return ctl->json ? show_json(answer->body)
			 : show_routes(json_object_get(answer->body, "routes"),
				       json_object_get(answer->body, "shared_listeners"));
}

static int
dump_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	return ctl->json ? show_json(answer->last) : show_backtrace(answer->last);
}

static int
quarantine_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	const json_t *cleared = json_object_get(answer->last, "cleared");
	int n = (int)json_integer_value(cleared);

	(void)in;
	if (ctl->json)
		return show_json(cleared ? answer->last : answer->body);
	if (!cleared)
		return show_quarantine(json_object_get(answer->body, "quarantine"));
	n = printf("%d %s out of quarantine\n", n, n == 1 ? "route is" : "routes are");
	return n < 0 ? -1 : 0;
}

/* There is nothing to tell where all is well. */
static int
reopen_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	return ctl->json ? show_json(answer->last) : 0;
}

static int
reload_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	if (ctl->json)
		return show_json(answer->last);
	return printf("generation %d is serving\n", (int)show_number(answer->last, "generation")) <
			       0
		       ? -1
		       : 0;
}

static int
upgrade_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	if (ctl->json)
		return show_json(answer->last);
	return printf("eddyd %s has taken over from eddyd %s\n", show_text(answer->last, "version"),
		      show_text(answer->last, "before"));
}

static int
set_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	int n = (int)show_number(answer->last, "workers");

	(void)in;
	if (ctl->json)
		return show_json(answer->last);
	return printf("%d worker%s, until the next reload\n", n, n == 1 ? "" : "s");
}

static int
drain_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	int next = (int)show_number(answer->last, "next");

	(void)in;
	if (ctl->json)
		return show_json(answer->last);
	printf("worker %d (pid %d) accepts no more", (int)show_number(answer->last, "worker"),
	       (int)show_number(answer->last, "pid"));
	if (next)
		printf("; pid %d serves in its place", next);
	return putchar('\n') == EOF ? -1 : 0;
}

/* The connection closes as eddyd's last act; its process may take a moment more. */
static int
stop_wait(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	int pidfd = ctl->pid > 0 ? pidfd_open(ctl->pid, 0) : -1;
	struct pollfd pfd = {.fd = pidfd, .events = POLLIN};

	while (fgetc(in) != EOF)
		;
	if (pidfd >= 0) {
		while (poll(&pfd, 1, -1) < 0 && errno == EINTR)
			;
		close(pidfd);
	}
	return ctl->json ? show_json(answer->last) : 0;
}

/* The exit code after an answer was shown; what could not be written is said. */
static int
shown(int result)
{
	if (fflush(stdout) != EOF && !ferror(stdout) && result >= 0)
		return EX_OK;
	perror("eddyctl: cannot write the answer");
	return EX_IOERR;
}

/* Asks, and shows the answer. */
static int
ctl_run(struct ctl *ctl, const char *request, bool waits, show_function *show)
{
	struct answer answer = {0};
	int code = EX_UNAVAILABLE;
	FILE *in;

	if (ctl_connect(ctl) < 0)
		return code;
	in = fdopen(ctl->fd, "r");
	if (!in) {
		perror("eddyctl");
		close(ctl->fd);
		return EX_OSERR;
	}
	if (ctl_ask(ctl, in, request, &answer, waits) == 0) {
		if (!json_is_true(json_object_get(answer.last, "ok")))
			code = refused(ctl, &answer);
		else
			code = shown(show(ctl, in, &answer));
	}
	answer_fini(&answer);
	fclose(in);
	return code;
}

/* the command line --------------------------------------------------------------------------- */

static int
usage(const char *what, const char *name)
{
	if (what)
		fprintf(stderr, "eddyctl: %s%s\n", what, name ? name : "");
	fputs("try eddyctl --help\n", stderr);
	return EX_USAGE;
}

static int
new_module_run(struct ctl *ctl, const struct words *words)
{
	int code = new_module(words->list[1]);

	(void)ctl;
	return code == EX_OK ? shown(0) : code;
}

static int
top_run(struct ctl *ctl, const struct words *words)
{
	int code = top(ctl);

	(void)words;
	return code == EX_OK ? shown(0) : code;
}

static const struct command {
	const char *name;
	const char *wants; /* its arguments; NULL: none */
	size_t nwords;	   /* with its name */
	size_t most;	   /* of them; 0: no more */
	bool waits;	   /* as long as it takes */
	show_function *show;
	int (*run)(struct ctl *ctl, const struct words *words); /* instead of asking eddyd once */
	bool repeats;						/* -n and -d are for it */
} commands[] = {
	{.name = "status", .nwords = 1, .show = status_show},
	{.name = "workers", .nwords = 1, .show = workers_show},
	{.name = "top", .nwords = 1, .run = top_run, .repeats = true},
	{.name = "routes", .nwords = 1, .show = routes_show},
	{.name = "reload", .nwords = 1, .waits = true, .show = reload_show},
	{.name = "upgrade", .nwords = 1, .waits = true, .show = upgrade_show},
	{.name = "reopen", .nwords = 1, .waits = true, .show = reopen_show},
	{.name = "set", .wants = "workers N", .nwords = 3, .waits = true, .show = set_show},
	{.name = "drain", .wants = "PID", .nwords = 2, .waits = true, .show = drain_show},
	{.name = "dump", .wants = "PID", .nwords = 2, .show = dump_show},
	{.name = "quarantine",
	 .wants = "[clear [MODULE[/ROUTE]]]",
	 .nwords = 1,
	 .most = 3,
	 .show = quarantine_show},
	{.name = "stop", .nwords = 1, .waits = true, .show = stop_wait},
	{.name = "new-module", .wants = "NAME", .nwords = 2, .run = new_module_run},
};

static size_t
most_of(const struct command *command)
{
	return command->most ? command->most : command->nwords;
}

static const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(name, commands[i].name) == 0)
			return &commands[i];
	return NULL;
}

/* There is none: says which there are. */
static int
commands_usage(void)
{
	fputs("eddyctl: what to do? There are", stderr);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(stderr, "%s %s", i ? "," : "", commands[i].name);
	fputc('\n', stderr);
	return usage(NULL, NULL);
}

static int
command_usage(const struct command *command, const struct words *words)
{
	if (words->count > most_of(command))
		return usage("unexpected argument: ", words->list[most_of(command)]);
	fprintf(stderr, "eddyctl: this command is: eddyctl %s %s\n", command->name, command->wants);
	return usage(NULL, NULL);
}

/* The line that eddyd gets: the words with spaces between. */
static int
command_run(struct ctl *ctl, const struct command *command, const struct words *words)
{
	char request[CTL_REQUEST_BYTES] = "";
	size_t used = 0;

	for (size_t i = 0; i < words->count; i++) {
		int n = snprintf(request + used, sizeof(request) - used, "%s%s", i ? " " : "",
				 words->list[i]);

		used += (size_t)n;
		if (used >= sizeof(request) || strchr(words->list[i], '\n'))
			return usage("this is no argument of any command: ", words->list[i]);
	}
	return ctl_run(ctl, request, command->waits, command->show);
}

/* There is none of that name: says which was probably meant, or who does such a thing. */
static int
command_unknown(const char *name)
{
	const char *names[sizeof(commands) / sizeof(commands[0])], *near;
	size_t n = sizeof(commands) / sizeof(commands[0]);

	for (size_t i = 0; i < n; i++)
		names[i] = commands[i].name;
	near = conf_nearest(name, names, n);
	fprintf(stderr, "eddyctl: there is no such command: %s", name);
	if (strcmp(name, "start") == 0 || strcmp(name, "restart") == 0)
		fprintf(stderr, ": `systemctl %s eddy` does it for a service; else run eddyd",
			name);
	else if (strcmp(name, "test") == 0 || strcmp(name, "check") == 0)
		fputs(": `eddyd -t` checks the conf", stderr);
	else if (near)
		fprintf(stderr, ": did you mean %s?", near);
	fputc('\n', stderr);
	return usage(NULL, NULL);
}

/* `c` is what getopt has found: ":" for a value that is missing. */
static int
option_wrong(int c, char **argv)
{
	char option[] = {'-', (char)optopt, '\0'};

	if (c == ':')
		return usage("a value is missing behind ", argv[optind - 1]);
	if (optopt && strchr(FLAGS, optopt)) /* which are there: --json=yes */
		return usage("it takes no value: ", argv[optind - 1]);
	return usage("there is no option ", optopt ? option : argv[optind - 1]);
}

/* 0: it is none, or one that is out of all proportion. */
static double
number_parse(const char *text)
{
	char *end;
	double number = strtod(text, &end);

	return *end || !(number > 0 && number < NUMBER_MAX) ? 0 : number;
}

static int
options_parse(struct ctl *ctl, struct words *words, int argc, char **argv)
{
	static const struct option longs[] = {
		{"socket", required_argument, NULL, 's'},
		{"instance", required_argument, NULL, 'i'},
		{"json", no_argument, NULL, 'j'},
		{"count", required_argument, NULL, 'n'},
		{"delay", required_argument, NULL, 'd'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int c;

	opterr = 0; /* getopt's words name the program by its path */
	while ((c = getopt_long(argc, argv, ":s:i:jn:d:Vh", longs, NULL)) != -1) {
		switch (c) {
		case 's':
			ctl->socket = optarg;
			break;
		case 'i':
			if (control_path_instance(&ctl->instance, optarg) < 0)
				return usage("-i wants the NAME of eddy@NAME.service, not ",
					     optarg);
			ctl->socket = ctl->instance.socket;
			break;
		case 'j':
			ctl->json = true;
			break;
		case 'n':
			ctl->count = (unsigned)(number_parse(optarg) + 0.5);
			if (ctl->count == 0)
				return usage("-n wants a number from 1 on, not ", optarg);
			break;
		case 'd':
			ctl->delay_ms = (unsigned)(number_parse(optarg) * 1000 + 0.5);
			if (ctl->delay_ms < DELAY_MIN_MS)
				return usage("-d wants seconds, 0.1 or more, not ", optarg);
			break;
		case 'V':
			puts("eddyctl " PACKAGE_VERSION);
			return EX_OK;
		case 'h':
			fputs(help, stdout);
			return EX_OK;
		default:
			return option_wrong(c, argv);
		}
	}
	*words = (struct words){argv + optind, (size_t)(argc - optind)};
	return -1;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = {.fd = -1, .err = stderr};
	struct words words;
	const struct command *command;
	int code = options_parse(&ctl, &words, argc, argv);

	if (code >= 0)
		return code;
	if (words.count == 0)
		return commands_usage();
	command = command_find(words.list[0]);
	if (!command)
		return command_unknown(words.list[0]);
	if (words.count < command->nwords || words.count > most_of(command))
		return command_usage(command, &words);
	if ((ctl.count || ctl.delay_ms) && !command->repeats)
		return usage("-n and -d are for top, not for ", command->name);
	return command->run ? command->run(&ctl, &words) : command_run(&ctl, command, &words);
}
