/*
 * The control socket's server.
 *
 * Clients are few, slow and not trusted to behave: each is bounded in what it may send, how long it
 * may take, and how many there are. bufferevents carry the bytes; this is not the data path.
 */
#include "daemon/control.h"
#include "daemon/clock.h"
#include "daemon/control_client.h"
#include "daemon/master.h"
#include "daemon/status.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL_DIGITS 10 /* milliseconds over some months, and no 0.029000000000000001 */
#define GROUPS_MAX 256 /* supplementary groups of a client that are looked at */

static const struct timeval idle = {.tv_sec = CONTROL_IDLE_S};

/* clients ------------------------------------------------------------------------------------ */

static void
client_free(struct control_client *client)
{
	LIST_REMOVE(client, entry);
	client->control->nclients--;
	bufferevent_free(client->stream);
	free(client);
}

void
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

void
client_end(struct control_client *client, json_t *object)
{
	client_write(client, object);
	client->answered = true;
	bufferevent_set_timeouts(client->stream, &idle, &idle);
}

void
client_refuse(struct control_client *client, const char *error)
{
	client_end(client, json_pack("{s:b, s:o}", "ok", 0, "error", status_text_json(error)));
}

void
client_ok(struct control_client *client)
{
	client_end(client, json_pack("{s:b}", "ok", 1));
}

void
client_wait(struct control_client *client, enum control_wait wait, unsigned id)
{
	client->wait = wait;
	client->wait_id = id;
	bufferevent_set_timeouts(client->stream, NULL, NULL);
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
