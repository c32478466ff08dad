/*
 * The control socket's server.
 *
 * Clients are few, slow and not trusted to behave: each is bounded in what it may send, how long it
 * may take, and how many there are. bufferevents carry the bytes; this is not the data path.
 */
#include "daemon/control.h"
#include "daemon/backtrace.h"
#include "daemon/clock.h"
#include "daemon/control_client.h"
#include "daemon/control_path.h"
#include "daemon/master.h"
#include "daemon/reopen.h"
#include "daemon/status.h"
#include "daemon/workers.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_MODE 0660
#define BACKLOG 64
#define REAL_DIGITS 10 /* milliseconds over some months, and no 0.029000000000000001 */
#define GROUPS_MAX 256 /* supplementary groups of a client that are looked at */

static const struct timeval idle = {.tv_sec = CONTROL_IDLE_S};

/* the socket --------------------------------------------------------------------------------- */

void
control_socket_init(struct control_socket *socket)
{
	*socket = (struct control_socket){.fd = -1};
}

void
control_socket_close(struct control_socket *socket)
{
	if (socket->fd >= 0) {
		unix_unlink(&socket->file, socket->path);
		close(socket->fd);
	}
	free(socket->path);
	control_socket_init(socket);
}

static int
socket_bind(struct control_socket *control, const char *path, char *why, size_t size)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	pid_t pid = 0;
	int error;

	if (strlen(path) >= sizeof(addr.sun_path)) {
		snprintf(why, size, "the path is longer than the %zu bytes a socket may have",
			 sizeof(addr.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	strcpy(addr.sun_path, path);
	control->path = strdup(path);
	control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (control->fd < 0 || !control->path) {
		snprintf(why, size, "%s", strerror(errno));
		return -errno;
	}
	error = unix_bind(control->fd, &addr, sizeof(addr), SOCKET_MODE, &control->file, &pid, why,
			  size);
	if (error == -EADDRINUSE && pid)
		snprintf(why, size,
			 "another eddyd (pid %d) is using it: stop that one with eddyctl -s "
			 "%s stop, or set another `control` in the conf",
			 (int)pid, path);
	if (!error && listen(control->fd, BACKLOG) < 0) {
		error = -errno;
		snprintf(why, size, "%s", strerror(errno));
	}
	return error;
}

/* A path that the conf names may be in a directory of /run that is gone after each boot. */
static void
dir_make(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir;

	if (!slash || slash == path)
		return;
	dir = strndup(path, (size_t)(slash - path));
	if (dir)
		mkdir(dir, 0755); /* what is wrong with it, binding will say */
	free(dir);
}

static const char *
path_search(struct control_path paths[CONTROL_PATHS])
{
	size_t n = control_paths(paths);

	for (size_t i = 0; i < n; i++)
		if (control_path_prepare(&paths[i]) == 0)
			return paths[i].socket;
	return NULL;
}

int
control_socket_open(struct control_socket *socket, const struct conf *conf,
		    struct conf_errors *errors)
{
	struct control_path paths[CONTROL_PATHS];
	const char *path = conf->control, *found = path ? path : path_search(paths);
	char why[512];

	control_socket_init(socket);
	if (!found) {
		conf_errors_add(
			errors, (struct conf_where){0},
			"no place for the control socket: neither /run/eddy nor XDG_RUNTIME_DIR "
			"nor /tmp/eddy-%u can be used; set `control` in the conf",
			(unsigned)geteuid());
		return -1;
	}
	if (path)
		dir_make(path);
	socket->by_search = !path;
	if (socket_bind(socket, found, why, sizeof(why)) == 0)
		return 0;
	conf_errors_add(errors, conf->control_where, "cannot open the control socket %s: %s", found,
			why);
	control_socket_close(socket);
	return -1;
}

/* clients ------------------------------------------------------------------------------------ */

static void
client_free(struct control_client *client)
{
	LIST_REMOVE(client, entry);
	client->control->nclients--;
	bufferevent_free(client->stream);
	free(client);
}

static void
client_write(struct control_client *client, json_t *object)
{
	char *text =
		object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS)) : NULL;

	if (text) {
		bufferevent_write(client->stream, text, strlen(text));
		bufferevent_write(client->stream, "\n", 1);
	}
	free(text);
	json_decref(object);
}

/* The last line; the connection closes when it has been sent. */
static void
client_end(struct control_client *client, json_t *object)
{
	client_write(client, object);
	client->answered = true;
	bufferevent_set_timeouts(client->stream, &idle, &idle);
}

static void
client_refuse(struct control_client *client, const char *error)
{
	client_end(client, json_pack("{s:b, s:o}", "ok", 0, "error", status_text_json(error)));
}

static void
client_ok(struct control_client *client)
{
	client_end(client, json_pack("{s:b}", "ok", 1));
}

/* requests ----------------------------------------------------------------------------------- */

static void
do_status(struct control_client *client, char **words)
{
	(void)words;
	client_write(client, status_json(client->control->master));
	client_ok(client);
}

static void
do_workers(struct control_client *client, char **words)
{
	(void)words;
	client_write(client,
		     json_pack("{s:o*}", "workers", status_workers_json(client->control->master)));
	client_ok(client);
}

static void
do_routes(struct control_client *client, char **words)
{
	const struct master *master = client->control->master;

	(void)words;
	client_write(client, json_pack("{s:o}", "routes", status_routes_json(master->running)));
	client_ok(client);
}

static void
do_reload(struct control_client *client, char **words)
{
	struct master *master = client->control->master;

	(void)words;
	/* Before asking: a reload that fails at once is answered from inside the request. */
	client->waits_for = reload_serial_next(&master->reload);
	bufferevent_set_timeouts(client->stream, NULL, NULL);
	if (reload_request(master, "eddyctl") < 0) {
		client->waits_for = 0;
		client_refuse(client, "eddyd is stopping");
	}
}

static void
do_stop(struct control_client *client, char **words)
{
	(void)words;
	client->stays = true;
	bufferevent_set_timeouts(client->stream, NULL, NULL);
	client_write(client, json_pack("{s:b}", "ok", 1));
	/* Asking twice is no more urgent: that is what signals are for. */
	if (client->control->master->state < MASTER_DRAINING)
		master_stop(client->control->master, "eddyctl");
}

/* What it has asked for is under way: control_tell will answer. */
static void
client_wait(struct control_client *client, enum control_wait wait, unsigned id)
{
	client->wait = wait;
	client->wait_id = id;
	bufferevent_set_timeouts(client->stream, NULL, NULL);
}

static void
do_reopen(struct control_client *client, char **words)
{
	char *error;

	(void)words;
	client_wait(client, CONTROL_REOPEN, CONTROL_ANY);
	if (reopen_logs(client->control->master, "eddyctl", &error) < 0) {
		client->wait = CONTROL_NOTHING;
		client_refuse(client, error);
	}
	free(error);
	reopen_look(client->control->master);
}

/* A number without sign, 0 to INT_MAX; -1: that is none. */
static long
number_parse(const char *word)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || errno || number > INT_MAX)
		return -1;
	return number;
}

static void
do_set(struct control_client *client, char **words)
{
	struct master *master = client->control->master;
	long n = number_parse(words[2]);
	char why[WORKERS_WHY_BYTES];

	if (strcmp(words[1], "workers") != 0) {
		client_refuse(client, "only `workers` can be set: set workers N");
	} else if (n < 0) {
		client_refuse(client, "how many workers? set workers N takes a number, from 1 on");
	} else if (workers_set(master, (unsigned)n, "eddyctl", why) < 0) {
		client_refuse(client, why);
	} else {
		client_wait(client, CONTROL_WORKERS, CONTROL_ANY);
		workers_look(master);
	}
}

static void
do_drain(struct control_client *client, char **words)
{
	long pid = number_parse(words[1]);
	char why[WORKERS_WHY_BYTES];

	if (pid < 0)
		client_refuse(client, "which worker? drain PID takes the pid of one, as `eddyctl "
				      "workers` shows them");
	else if (workers_drain(client->control->master, (pid_t)pid, why) < 0)
		client_refuse(client, why);
	else
		client_wait(client, CONTROL_DRAIN, (unsigned)pid);
}

static void
do_dump(struct control_client *client, char **words)
{
	long pid = number_parse(words[1]);
	char why[BACKTRACE_WHY_BYTES];

	if (pid < 0)
		client_refuse(client, "which worker? dump PID takes the pid of one, as `eddyctl "
				      "workers` shows them");
	else if (backtrace_dump(client->control->master, (pid_t)pid, why) < 0)
		client_refuse(client, why);
	else
		client_wait(client, CONTROL_DUMP, (unsigned)pid);
}

static void
do_upgrade(struct control_client *client, char **words)
{
	(void)words;
	/* Before asking: one that fails at once is answered from inside the request. */
	client_wait(client, CONTROL_UPGRADE, CONTROL_ANY);
	if (upgrade_request(client->control->master, "eddyctl") == 0)
		return;
	client->wait = CONTROL_NOTHING;
	client_refuse(client, "eddyd is stopping");
}

#define QUARANTINE_WANTS "[clear [MODULE[/ROUTE]]]"

/* Words that are not there are NULL. */
static void
do_quarantine(struct control_client *client, char **words)
{
	struct master *master = client->control->master;
	char text[512];
	unsigned n;

	if (!words[1]) {
		client_write(client, json_pack("{s:o}", "quarantine", quarantine_json(master)));
		client_ok(client);
		return;
	}
	if (strcmp(words[1], "clear") != 0) {
		client_refuse(client, "this request is: quarantine " QUARANTINE_WANTS);
		return;
	}
	n = quarantine_clear(master, words[2]);
	if (n || !words[2]) {
		client_end(client, json_pack("{s:b, s:i}", "ok", 1, "cleared", (int)n));
		return;
	}
	snprintf(text, sizeof(text),
		 "nothing of \"%.200s\" is in quarantine: `eddyctl quarantine` says what is",
		 words[2]);
	client_refuse(client, text);
}

static const struct request {
	const char *name;
	const char *wants; /* its arguments; NULL: none */
	size_t nwords;	   /* with its name */
	size_t most;	   /* of them; 0: no more */
	void (*handle)(struct control_client *client, char **words);
} requests[] = {
	{.name = "status", .nwords = 1, .handle = do_status},
	{.name = "workers", .nwords = 1, .handle = do_workers},
	{.name = "routes", .nwords = 1, .handle = do_routes},
	{.name = "reload", .nwords = 1, .handle = do_reload},
	{.name = "reopen", .nwords = 1, .handle = do_reopen},
	{.name = "upgrade", .nwords = 1, .handle = do_upgrade},
	{.name = "set", .wants = "workers N", .nwords = 3, .handle = do_set},
	{.name = "drain", .wants = "PID", .nwords = 2, .handle = do_drain},
	{.name = "dump", .wants = "PID", .nwords = 2, .handle = do_dump},
	{.name = "quarantine",
	 .wants = QUARANTINE_WANTS,
	 .nwords = 1,
	 .most = 3,
	 .handle = do_quarantine},
	{.name = "stop", .nwords = 1, .handle = do_stop},
};

/* None of those there are: says which there are. */
static void
request_unknown(struct control_client *client)
{
	char text[512];
	size_t used = (size_t)snprintf(text, sizeof(text), "unknown request: there are");

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %s", i ? "," : "",
					 requests[i].name);
	client_refuse(client, text);
}

static void
request_misused(struct control_client *client, const struct request *request)
{
	char text[128];

	if (!request->wants) {
		client_refuse(client, "this request takes no arguments");
		return;
	}
	snprintf(text, sizeof(text), "this request is: %s %s", request->name, request->wants);
	client_refuse(client, text);
}

size_t
control_split(char *line, char *words[], size_t max)
{
	char *rest = NULL, *word;
	size_t n = 0;

	for (word = strtok_r(line, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
		if (n < max)
			words[n] = word;
		n++;
	}
	return n;
}

static void
request_take(struct control_client *client, char *line)
{
	char *words[CONTROL_WORDS_MAX] = {NULL};
	size_t n = control_split(line, words, CONTROL_WORDS_MAX);

	client->asked = true;
	for (size_t i = 0; n && i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (strcmp(words[0], requests[i].name) != 0)
			continue;
		if (n >= requests[i].nwords &&
		    n <= (requests[i].most ? requests[i].most : requests[i].nwords))
			requests[i].handle(client, words);
		else
			request_misused(client, &requests[i]);
		return;
	}
	request_unknown(client);
}

/* events ------------------------------------------------------------------------------------- */

static void
on_data(struct bufferevent *stream, void *arg)
{
	struct control_client *client = arg;
	struct evbuffer *input = bufferevent_get_input(stream);
	char *line;

	if (client->asked) {
		evbuffer_drain(input, evbuffer_get_length(input));
		return;
	}
	line = evbuffer_readln(input, NULL, EVBUFFER_EOL_LF);
	if (line) {
		request_take(client, line);
		free(line);
	} else if (evbuffer_get_length(input) >= CONTROL_LINE_MAX) {
		client->asked = true;
		client_refuse(client, "the request is too long");
	}
}

static void
on_sent(struct bufferevent *stream, void *arg)
{
	struct control_client *client = arg;

	(void)stream;
	if (client->answered)
		client_free(client);
}

static void
on_event(struct bufferevent *stream, short what, void *arg)
{
	struct control_client *client = arg;

	/* A client that has asked and shuts down its side still wants the answer (nc -N). */
	if (what & BEV_EVENT_EOF && client->asked)
		bufferevent_disable(stream, EV_READ);
	else
		client_free(client);
}

static bool
peer_in_group(int fd, gid_t group)
{
	gid_t groups[GROUPS_MAX];
	socklen_t size = sizeof(groups);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
		return false;
	for (size_t i = 0; i < size / sizeof(groups[0]); i++)
		if (groups[i] == group)
			return true;
	return false;
}

/* The file's mode keeps others out already; this holds even where somebody has opened it wider. */
static bool
peer_allowed(const struct control *control, int fd)
{
	struct ucred cred;
	socklen_t size = sizeof(cred);
	struct stat st;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) < 0)
		return false;
	if (cred.uid == 0 || cred.uid == geteuid())
		return true;
	if (lstat(control->socket.path, &st) < 0)
		return false;
	return cred.gid == st.st_gid || peer_in_group(fd, st.st_gid);
}

struct control_client *
control_client_new(struct control *control, int fd)
{
	struct control_client *client = calloc(1, sizeof(*client));

	if (client)
		client->stream =
			bufferevent_socket_new(control->master->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!client || !client->stream) {
		free(client);
		close(fd);
		return NULL;
	}
	client->control = control;
	LIST_INSERT_HEAD(&control->clients, client, entry);
	control->nclients++;
	bufferevent_setcb(client->stream, on_data, on_sent, on_event, client);
	bufferevent_setwatermark(client->stream, EV_READ, 0, CONTROL_LINE_MAX);
	bufferevent_set_timeouts(client->stream, &idle, &idle);
	return client;
}

void
control_client_resume(struct control_client *client)
{
	if (client->waits_for || client->wait || client->stays)
		bufferevent_set_timeouts(client->stream, NULL, NULL);
	if (!client->answered)
		bufferevent_enable(client->stream, EV_READ);
	if (evbuffer_get_length(bufferevent_get_input(client->stream)))
		bufferevent_trigger(client->stream, EV_READ, BEV_TRIG_DEFER_CALLBACKS);
	if (client->answered && !evbuffer_get_length(bufferevent_get_output(client->stream)))
		bufferevent_trigger(client->stream, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
}

static void
client_accept(struct control *control, int fd)
{
	struct control_client *client = control_client_new(control, fd);

	if (!client)
		return;
	if (!peer_allowed(control, fd))
		client_refuse(
			client,
			"not allowed: only root, the user of eddyd and the socket's group are");
	else if (control->nclients > CONTROL_CLIENTS_MAX)
		client_refuse(client, "too many clients: try again later");
	else
		bufferevent_enable(client->stream, EV_READ);
	client->asked = client->answered;
}

/* A client that cannot be accepted stays in the backlog, and would wake the loop for ever. */
static void
control_pause(struct control *control, int error)
{
	log_error(&control->master->log, "control socket: %s: clients have to wait",
		  strerror(error));
	event_del(control->readable);
	timer_set(control->pause, CONTROL_PAUSE_MS);
}

static void
on_pause_end(evutil_socket_t fd, short what, void *arg)
{
	struct control *control = arg;

	(void)fd;
	(void)what;
	if (control->readable)
		event_add(control->readable, NULL);
}

static void
on_client(evutil_socket_t fd, short what, void *arg)
{
	int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (client >= 0)
		client_accept(arg, client);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
		control_pause(arg, errno);
}

/* life --------------------------------------------------------------------------------------- */

void
control_init(struct control *control, struct master *master)
{
	*control = (struct control){.master = master};
	control_socket_init(&control->socket);
	LIST_INIT(&control->clients);
}

void
control_fini(struct control *control)
{
	if (control->readable)
		event_free(control->readable);
	if (control->pause)
		event_free(control->pause);
	control->readable = control->pause = NULL;
	/*
	 * The file goes before the connections: who waits for the end of `stop` finds no socket to
	 * connect to.
	 */
	control_socket_close(&control->socket);
	while (!LIST_EMPTY(&control->clients))
		client_free(LIST_FIRST(&control->clients));
}

bool
control_serves(const struct control *control, const char *path)
{
	if (control->socket.fd < 0 || !unix_file_is(&control->socket.file, control->socket.path))
		return false;
	return path ? strcmp(control->socket.path, path) == 0 : control->socket.by_search;
}

void
control_adopt(struct control *control, struct control_socket *socket)
{
	struct event *readable;

	if (socket->fd < 0)
		return;
	readable = event_new(control->master->base, socket->fd, EV_READ | EV_PERSIST, on_client,
			     control);
	if (!control->pause)
		control->pause = evtimer_new(control->master->base, on_pause_end, control);
	if (!control->pause || !readable || event_add(readable, NULL) < 0) {
		log_error(&control->master->log, "no memory for the control socket %s",
			  socket->path);
		if (readable)
			event_free(readable);
		control_socket_close(socket);
		return;
	}
	if (control->readable)
		event_free(control->readable);
	control_socket_close(&control->socket);
	control->readable = readable;
	control->socket = *socket;
	control_socket_init(socket);
	log_info(&control->master->log, "control socket: %s", control->socket.path);
}

void
control_reload_done(struct control *control, unsigned serial, const struct reload_result *result)
{
	struct control_client *client, *next;

	for (client = LIST_FIRST(&control->clients); client; client = next) {
		next = LIST_NEXT(client, entry);
		if (!client->waits_for || (int)(client->waits_for - serial) > 0)
			continue;
		client->waits_for = 0;
		if (result->ok)
			client_end(client, json_pack("{s:b, s:i}", "ok", 1, "generation",
						     (int)result->generation));
		else
			client_end(client, json_pack("{s:b, s:o, s:i}", "ok", 0, "error",
						     status_text_json(result->error), "code",
						     result->code));
	}
}

void
control_tell(struct control *control, enum control_wait wait, unsigned id, json_t *answer)
{
	struct control_client *client, *next;

	for (client = LIST_FIRST(&control->clients); client; client = next) {
		next = LIST_NEXT(client, entry);
		if (client->wait != wait || (id != CONTROL_ANY && client->wait_id != id))
			continue;
		client->wait = CONTROL_NOTHING;
		client_end(client, json_incref(answer));
	}
	json_decref(answer);
}
