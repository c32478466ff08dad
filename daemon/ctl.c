/*
 * eddyctl's end of the control socket; see ctl.h.
 */
#include "daemon/ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_S 10 /* for what is answered at once */

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
	fprintf(ctl->err, "eddyctl: no eddyd answers on %s: %s%s\n", ctl->socket,
		strerror(-ctl->fd),
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
	fputs("eddyctl: no eddyd answers on", ctl->err);
	for (size_t i = 0; i < n; i++)
		fprintf(ctl->err, "%s %s (%s)", i ? "," : "", ctl->paths[i].socket,
			strerror(errors[i]));
	fputs("\neddyctl: start it, or name its control socket with -s PATH (its log says where it "
	      "is)\n",
	      ctl->err);
	return -1;
}

int
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

void
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

int
ctl_answer(const struct ctl *ctl, FILE *in, struct answer *answer)
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
		fprintf(ctl->err, "eddyctl: what answers on %s is no eddyd\n", ctl->path);
	else if (errno == EAGAIN)
		fprintf(ctl->err, "eddyctl: eddyd (pid %d) has not answered on %s within %d s\n",
			(int)ctl->pid, ctl->path, ANSWER_S);
	else
		fprintf(ctl->err, "eddyctl: eddyd closed %s without an answer%s%s\n", ctl->path,
			errno ? ": " : "", errno ? strerror(errno) : "");
	return -1;
}

int
ctl_send(const struct ctl *ctl, const char *request)
{
	char line[CTL_REQUEST_BYTES + 1];
	int n = snprintf(line, sizeof(line), "%s\n", request);

	/* One that is refused is answered before it asks; reading says so. */
	if (send(ctl->fd, line, (size_t)n, MSG_NOSIGNAL) >= 0 || errno == EPIPE)
		return 0;
	fprintf(ctl->err, "eddyctl: cannot send to %s: %s\n", ctl->path, strerror(errno));
	return -1;
}

int
ctl_ask(const struct ctl *ctl, FILE *in, const char *request, struct answer *answer, bool waits)
{
	struct timeval tv = {.tv_sec = waits ? 0 : ANSWER_S};

	setsockopt(ctl->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return ctl_send(ctl, request) < 0 ? -1 : ctl_answer(ctl, in, answer);
}
