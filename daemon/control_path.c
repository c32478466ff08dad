/*
 * Where the control socket is when nobody says.
 */
#include "daemon/control_path.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_DIR "/run/eddy"
#define SOCKET_NAME "/control.sock"

static bool
path_set(struct control_path *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n + sizeof(SOCKET_NAME) > sizeof(path->socket))
		return false;
	memcpy(path->dir, dir, n + 1);
	memcpy(path->socket, dir, n);
	memcpy(path->socket + n, SOCKET_NAME, sizeof(SOCKET_NAME));
	return true;
}

/* systemd.exec(5) has them with colons between: the first. */
static bool
service_dir(char *dir, size_t size)
{
	const char *dirs = getenv("RUNTIME_DIRECTORY");

	return dirs && dirs[0] == '/' &&
	       (size_t)snprintf(dir, size, "%.*s", (int)strcspn(dirs, ":"), dirs) < size;
}

size_t
control_paths(struct control_path paths[CONTROL_PATHS])
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char dir[sizeof(paths->dir)];
	size_t n = 0;

	if (service_dir(dir, sizeof(dir)) && strcmp(dir, SYSTEM_DIR) != 0)
		n += path_set(&paths[n], dir);
	n += path_set(&paths[n], SYSTEM_DIR);
	if (runtime && runtime[0] == '/' &&
	    (size_t)snprintf(dir, sizeof(dir), "%s/eddy", runtime) < sizeof(dir))
		n += path_set(&paths[n], dir);
	snprintf(dir, sizeof(dir), "/tmp/eddy-%u", (unsigned)geteuid());
	n += path_set(&paths[n], dir);
	return n;
}

int
control_path_instance(struct control_path *path, const char *name)
{
	char dir[sizeof(path->dir)];
	size_t n = (size_t)snprintf(dir, sizeof(dir), SYSTEM_DIR "-%s", name);

	if (!*name || strchr(name, '/') || n >= sizeof(dir) || !path_set(path, dir))
		return -EINVAL;
	return 0;
}

int
control_path_prepare(const struct control_path *path)
{
	bool is_private = strcmp(path->dir, SYSTEM_DIR) != 0;
	struct stat st;

	if (mkdir(path->dir, is_private ? 0700 : 0755) < 0 && errno != EEXIST)
		return -errno;
	if (lstat(path->dir, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	/* In /tmp anybody could have made it before us. */
	if (is_private && (st.st_uid != geteuid() || (st.st_mode & 022)))
		return -EPERM;
	return access(path->dir, W_OK | X_OK) < 0 ? -errno : 0;
}
