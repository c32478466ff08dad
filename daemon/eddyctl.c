/*
 * eddyctl: shows, reloads and stops a running eddyd over its control socket; and starts a module.
 *
 * One request, its answer, and an exit code that scripts can trust: 0 done, 1 refused, 64 usage, 69
 * no eddyd reachable, 78 the conf or a module is why a reload failed.
 */
#include "daemon/control_path.h"
#include "daemon/escape.h"
#include "daemon/human.h"
#include "daemon/new_module.h"
#include "daemon/table.h"

#include <jansson.h>

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#define ANSWER_S 10 /* for what is answered at once */
#define LINE_BYTES 1024
#define NEW_MODULE "new-module" /* the one command that asks no eddyd */

enum { EXIT_REFUSED = 1 };

/* What eddyd has answered. */
struct answer {
	json_t *body; /* the lines before the last: at most one; NULL: none */
	json_t *last; /* {"ok": …} */
};

struct ctl {
	const char *socket; /* -s */
	bool json;
	const char *command;
	const char *argument; /* the command's; NULL: none */
	const char *path;     /* that was connected to */
	struct control_path paths[CONTROL_PATHS];
	int fd;
	pid_t pid; /* of eddyd; 0: not known */
};

static const char help[] =
	"usage: eddyctl [options] status|workers|reload|reopen|stop\n"
	"       eddyctl new-module NAME\n"
	"\n"
	"  status     what eddyd does: state, totals, workers\n"
	"  workers    the table of workers\n"
	"  reload     take the conf file and modules anew; waits, and says what went wrong\n"
	"  reopen     open the log files again, after they have been moved away\n"
	"  stop       stop gracefully; waits until eddyd is gone\n"
	"\n"
	"  new-module NAME     write a folder NAME with a module that builds and serves:\n"
	"                      NAME.c, Makefile, NAME.conf\n"
	"\n"
	"  -s, --socket PATH   the control socket; default: the first that answers of\n"
	"                      /run/eddy/control.sock, $XDG_RUNTIME_DIR/eddy/control.sock,\n"
	"                      /tmp/eddy-UID/control.sock\n"
	"  -j, --json          print JSON\n"
	"  -V, --version       print the version and exit\n"
	"  -h, --help          print this and exit\n"
	"\n"
	"exit codes: 0 done, 1 refused, 64 usage, 69 no eddyd reachable,\n"
	"            73 a folder or file cannot be made,\n"
	"            78 reload failed because of the conf or a module\n";

/* reaching eddyd ----------------------------------------------------------------------------- */

static int
path_connect(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd, error;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		error = errno;
		close(fd);
		return -error;
	}
	return fd;
}

static int
ctl_connect_given(struct ctl *ctl)
{
	ctl->path = ctl->socket;
	ctl->fd = path_connect(ctl->socket);
	if (ctl->fd >= 0)
		return 0;
	fprintf(stderr, "eddyctl: no eddyd answers on %s: %s%s\n", ctl->socket, strerror(-ctl->fd),
		ctl->fd == -EACCES ? "; only root, its user and the socket's group are let in"
				   : "; is it running? Its log says where its control socket is");
	return -1;
}

static int
ctl_connect_search(struct ctl *ctl)
{
	size_t n = control_paths(ctl->paths);
	int errors[CONTROL_PATHS] = {0};

	for (size_t i = 0; i < n; i++) {
		ctl->path = ctl->paths[i].socket;
		ctl->fd = path_connect(ctl->path);
		if (ctl->fd >= 0)
			return 0;
		errors[i] = -ctl->fd;
	}
	fputs("eddyctl: no eddyd answers on", stderr);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%s %s (%s)", i ? "," : "", ctl->paths[i].socket,
			strerror(errors[i]));
	fputs("\neddyctl: start it, or name its control socket with -s PATH (its log says where it "
	      "is)\n",
	      stderr);
	return -1;
}

static int
ctl_connect(struct ctl *ctl)
{
	struct ucred cred;
	socklen_t size = sizeof(cred);

	if ((ctl->socket ? ctl_connect_given(ctl) : ctl_connect_search(ctl)) < 0)
		return -1;
	if (getsockopt(ctl->fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) == 0)
		ctl->pid = cred.pid;
	return 0;
}

/* asking ------------------------------------------------------------------------------------- */

static void
answer_fini(struct answer *answer)
{
	json_decref(answer->body);
	json_decref(answer->last);
	*answer = (struct answer){0};
}

/* The last line is told by its "ok"; `stop` has the connection stay open behind it. */
static bool
answer_take(struct answer *answer, const char *line)
{
	json_t *object = json_loads(line, 0, NULL);

	if (!json_is_object(object)) {
		json_decref(object);
		return false;
	}
	if (json_object_get(object, "ok")) {
		answer->last = object;
		return true;
	}
	json_decref(answer->body);
	answer->body = object;
	return true;
}

static int
answer_read(const struct ctl *ctl, FILE *in, struct answer *answer)
{
	char *line = NULL;
	size_t room = 0;
	bool good = true;

	errno = 0;
	while (good && !answer->last && getline(&line, &room, in) > 0)
		good = answer_take(answer, line);
	free(line);
	if (answer->last)
		return 0;
	if (!good)
		fprintf(stderr, "eddyctl: what answers on %s is no eddyd\n", ctl->path);
	else if (errno == EAGAIN)
		fprintf(stderr, "eddyctl: eddyd (pid %d) has not answered on %s within %d s\n",
			(int)ctl->pid, ctl->path, ANSWER_S);
	else
		fprintf(stderr, "eddyctl: eddyd closed %s without an answer%s%s\n", ctl->path,
			errno ? ": " : "", errno ? strerror(errno) : "");
	return -1;
}

static int
ctl_ask(const struct ctl *ctl, FILE *in, struct answer *answer, bool waits)
{
	struct timeval tv = {.tv_sec = waits ? 0 : ANSWER_S};
	char request[64];
	int n = snprintf(request, sizeof(request), "%s\n", ctl->command);

	setsockopt(ctl->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	/* One that is refused is answered before it asks; reading says so. */
	if (send(ctl->fd, request, (size_t)n, MSG_NOSIGNAL) < 0 && errno != EPIPE) {
		fprintf(stderr, "eddyctl: cannot send to %s: %s\n", ctl->path, strerror(errno));
		return -1;
	}
	return answer_read(ctl, in, answer);
}

/* printing ----------------------------------------------------------------------------------- */

static uint64_t
get(const json_t *object, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(object, key));
}

static double
get_real(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static const char *
get_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

static int
workers_print(const json_t *workers)
{
	static const struct table_column columns[] = {
		{"WORKER", true}, {"PID", true},      {"GEN", true},	 {"STATE", false},
		{"UPTIME", true}, {"CONN", true},     {"MAX", true},	 {"IDLE", true},
		{"PARKED", true}, {"REQUESTS", true}, {"RSS", true},	 {"HEAP", true},
		{"CPU", true},	  {"LAG", true},      {"LAG MAX", true},
	};
	struct table table;
	const json_t *worker;
	size_t i;
	char buf[HUMAN_BYTES];
	int result;

	table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	json_array_foreach(workers, i, worker)
	{
		table_add(&table, "%d", (int)get(worker, "worker"));
		table_add(&table, "%d", (int)get(worker, "pid"));
		table_add(&table, "%d", (int)get(worker, "generation"));
		table_add(&table, "%s", get_text(worker, "state"));
		table_add(&table, "%s", human_duration(get_real(worker, "uptime"), buf));
		table_add(&table, "%s", human_count(get(worker, "connections"), buf));
		table_add(&table, "%s", human_count(get(worker, "connections_max"), buf));
		table_add(&table, "%s", human_count(get(worker, "idle"), buf));
		table_add(&table, "%s", human_count(get(worker, "parked"), buf));
		table_add(&table, "%s", human_count(get(worker, "requests"), buf));
		table_add(&table, "%s", human_size(get(worker, "rss"), buf));
		table_add(&table, "%s", human_size(get(worker, "heap_used"), buf));
		table_add(&table, "%s",
			  human_duration(get_real(worker, "cpu_user") +
						 get_real(worker, "cpu_system"),
					 buf));
		table_add(&table, "%.1f ms", get_real(worker, "loop_lag_ms"));
		table_add(&table, "%.1f ms", get_real(worker, "loop_lag_max_ms"));
	}
	result = table_print(&table, stdout);
	table_fini(&table);
	return result;
}

static void
totals_print(const json_t *totals)
{
	static const char *const classes[] = {"1xx", "2xx", "3xx", "4xx", "5xx"};
	const json_t *responses = json_object_get(totals, "responses");
	char a[HUMAN_BYTES], b[HUMAN_BYTES], c[HUMAN_BYTES], d[HUMAN_BYTES], e[HUMAN_BYTES];

	printf("connections  %s open of %s at most (%s idle, %s parked), %s accepted",
	       human_count(get(totals, "connections"), a),
	       human_count(get(totals, "connections_max"), b), human_count(get(totals, "idle"), c),
	       human_count(get(totals, "parked"), d), human_count(get(totals, "accepted"), e));
	if (get(totals, "refused"))
		printf(", %s refused", human_count(get(totals, "refused"), a));
	putchar('\n');
	printf("requests     %s", human_count(get(totals, "requests"), a));
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (get(responses, classes[i]))
			printf(", %s with %s", human_count(get(responses, classes[i]), a),
			       classes[i]);
	if (get(responses, "none"))
		printf(", %s without an answer", human_count(get(responses, "none"), a));
	printf("\ntraffic      %s in, %s out\n", human_size(get(totals, "bytes_in"), a),
	       human_size(get(totals, "bytes_out"), b));
}

/* The text is eddyd's, and partly a module's: no control byte of it gets to the terminal. */
static void
lines_print(FILE *out, const char *prefix, const char *text)
{
	char line[LINE_BYTES];

	while (*text) {
		size_t n = strcspn(text, "\n");

		escape_text(line, sizeof(line), text, n, NULL);
		fprintf(out, "%s%s\n", prefix, line);
		text += n + (text[n] == '\n');
	}
}

static void
reload_print(const json_t *reload)
{
	if (!json_is_object(reload))
		return;
	if (json_is_true(json_object_get(reload, "ok"))) {
		printf("last reload  %s, done in %d ms\n", get_text(reload, "at"),
		       (int)get(reload, "took_ms"));
		return;
	}
	printf("last reload  %s, FAILED:\n", get_text(reload, "at"));
	lines_print(stdout, "             ", get_text(reload, "error"));
}

static int
status_print(const json_t *status)
{
	const json_t *listeners = json_object_get(status, "listeners"), *listener;
	char buf[HUMAN_BYTES];
	size_t i;

	printf("eddyd %s, pid %d: %s for %s, generation %d\n", get_text(status, "version"),
	       (int)get(status, "pid"), get_text(status, "state"),
	       human_duration(get_real(status, "uptime"), buf), (int)get(status, "generation"));
	printf("conf         %s\n", get_text(status, "conf"));
	printf("listening on ");
	json_array_foreach(listeners, i, listener)
		printf("%s%s", i ? ", " : "", get_text(listener, "address"));
	printf("%s\n", json_array_size(listeners) ? "" : "nothing");
	totals_print(json_object_get(status, "totals"));
	printf("restarts     %s\n", human_count(get(status, "restarts"), buf));
	if (get(status, "log_dropped"))
		printf("log          %s lines dropped: it was full\n",
		       human_count(get(status, "log_dropped"), buf));
	if (get(json_object_get(status, "totals"), "access_dropped"))
		printf("access log   %s lines dropped: it was not written as fast as they came\n",
		       human_count(get(json_object_get(status, "totals"), "access_dropped"), buf));
	reload_print(json_object_get(status, "reload"));
	putchar('\n');
	return workers_print(json_object_get(status, "workers"));
}

static int
json_print(const json_t *object)
{
	if (json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(10)) < 0)
		return -1;
	return putchar('\n') == EOF ? -1 : 0;
}

/* commands ----------------------------------------------------------------------------------- */

static int
refused(const struct ctl *ctl, const struct answer *answer)
{
	if (ctl->json)
		json_print(answer->last);
	else
		lines_print(stderr, "eddyctl: ", get_text(answer->last, "error"));
	return get(answer->last, "code") == EX_CONFIG ? EX_CONFIG : EXIT_REFUSED;
}

static int
status_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	return ctl->json ? json_print(answer->body) : status_print(answer->body);
}

static int
workers_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	return ctl->json ? json_print(answer->body)
			 : workers_print(json_object_get(answer->body, "workers"));
}

/* There is nothing to tell where all is well. */
static int
reopen_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	return ctl->json ? json_print(answer->last) : 0;
}

static int
reload_show(const struct ctl *ctl, FILE *in, const struct answer *answer)
{
	(void)in;
	if (ctl->json)
		return json_print(answer->last);
	return printf("generation %d is serving\n", (int)get(answer->last, "generation")) < 0 ? -1
											      : 0;
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
	return ctl->json ? json_print(answer->last) : 0;
}

static const struct command {
	const char *name;
	bool waits; /* as long as it takes */
	int (*show)(const struct ctl *ctl, FILE *in, const struct answer *answer);
} commands[] = {
	{"status", false, status_show}, {"workers", false, workers_show},
	{"reload", true, reload_show},	{"reopen", false, reopen_show},
	{"stop", true, stop_wait},
};

/* The exit code after an answer was shown; what could not be written is said. */
static int
shown(int result)
{
	if (fflush(stdout) != EOF && !ferror(stdout) && result >= 0)
		return EX_OK;
	perror("eddyctl: cannot write the answer");
	return EX_IOERR;
}

static int
ctl_run(struct ctl *ctl, const struct command *command)
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
	if (ctl_ask(ctl, in, &answer, command->waits) == 0) {
		if (!json_is_true(json_object_get(answer.last, "ok")))
			code = refused(ctl, &answer);
		else
			code = shown(command->show(ctl, in, &answer));
	}
	answer_fini(&answer);
	fclose(in);
	return code;
}

static int
new_module_run(const char *name)
{
	int code = new_module(name);

	return code == EX_OK ? shown(0) : code;
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
options_parse(struct ctl *ctl, int argc, char **argv)
{
	static const struct option longs[] = {
		{"socket", required_argument, NULL, 's'},
		{"json", no_argument, NULL, 'j'},
		{"version", no_argument, NULL, 'V'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "s:jVh", longs, NULL)) != -1) {
		switch (c) {
		case 's':
			ctl->socket = optarg;
			break;
		case 'j':
			ctl->json = true;
			break;
		case 'V':
			puts("eddyctl " PACKAGE_VERSION);
			return EX_OK;
		case 'h':
			fputs(help, stdout);
			return EX_OK;
		default:
			return usage(NULL, NULL);
		}
	}
	if (optind == argc)
		return usage("what to do? status, workers, reload, reopen, stop or new-module",
			     NULL);
	ctl->command = argv[optind];
	if (strcmp(ctl->command, NEW_MODULE) == 0)
		ctl->argument = argv[++optind];
	if (optind + 1 < argc)
		return usage("unexpected argument: ", argv[optind + 1]);
	return -1;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = {.fd = -1};
	int code = options_parse(&ctl, argc, argv);

	if (code >= 0)
		return code;
	if (strcmp(ctl.command, NEW_MODULE) == 0 && ctl.argument == NULL)
		return usage("new-module wants a name: eddyctl new-module NAME", NULL);
	if (strcmp(ctl.command, NEW_MODULE) == 0)
		return new_module_run(ctl.argument);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(ctl.command, commands[i].name) == 0)
			return ctl_run(&ctl, &commands[i]);
	return usage("there is no such command: ", ctl.command);
}
