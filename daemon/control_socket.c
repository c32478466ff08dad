/*
 * The control socket itself: found a place, bound, removed.
 */
#include "daemon/control.h"
#include "daemon/control_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_MODE 0660
#define BACKLOG 64

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
	int error;

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
	error = socket_bind(socket, found, why, sizeof(why));
	if (error == 0)
		return 0;
	if (error == -EACCES || error == -ENOENT || error == -EROFS)
		conf_errors_add(
			errors, conf->control_where,
			"cannot open the control socket %s: %s: set `control` to a path in a "
			"folder that user id %u may write to, or leave it out: eddyd then "
			"looks for one",
			found, why, (unsigned)geteuid());
	else
		conf_errors_add(errors, conf->control_where,
				"cannot open the control socket %s: %s", found, why);
	control_socket_close(socket);
	return -1;
}
