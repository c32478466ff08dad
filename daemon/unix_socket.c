/*
 * Unix stream sockets with a file.
 *
 * Two daemons that start at once and find the same stale file must not remove each other's new one:
 * looking, removing and binding happen under a lock on the directory, which leaves nothing behind.
 */
#include "daemon/unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Binding takes microseconds; who holds the lock for longer than this is not about to bind. */
#define LOCK_TRIES 20
#define LOCK_PAUSE_US 1000

static int
dir_lock(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int fd, error, tries = 0;

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	fd = open(dir[0] ? dir : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		error = errno;
		if (error != EWOULDBLOCK || ++tries == LOCK_TRIES) {
			close(fd);
			return -error;
		}
		usleep(LOCK_PAUSE_US);
	}
	return fd;
}

/*
 * 0: nobody listens there, or nothing is there; -EADDRINUSE: somebody does; another -errno: cannot
 * be told.
 */
static int
peer_look(const struct sockaddr_un *addr, socklen_t addrlen, pid_t *pid)
{
	struct ucred cred;
	socklen_t size = sizeof(cred);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int result;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)addr, addrlen) == 0) {
		result = -EADDRINUSE;
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) == 0)
			*pid = cred.pid;
	} else if (errno == ECONNREFUSED || errno == ENOENT) {
		result = 0;
	} else if (errno == EAGAIN) {
		result = -EADDRINUSE; /* its backlog is full: it is alive */
	} else {
		result = -errno;
	}
	close(fd);
	return result;
}

static int
stale_remove(const struct sockaddr_un *addr, socklen_t addrlen, pid_t *pid, char *why, size_t size)
{
	struct stat st;
	int error;

	if (lstat(addr->sun_path, &st) < 0) {
		if (errno == ENOENT)
			return 0;
		error = errno;
		snprintf(why, size, "%s", strerror(error));
		return -error;
	}
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(why, size,
			 "the file exists and is not a socket: remove it, or use another path");
		return -EEXIST;
	}
	error = peer_look(addr, addrlen, pid);
	if (error == 0 && unlink(addr->sun_path) < 0 && errno != ENOENT) {
		error = -errno;
		snprintf(why, size, "a stale socket is in the way and cannot be removed: %s",
			 strerror(errno));
	} else if (error == -EADDRINUSE && *pid) {
		snprintf(why, size, "in use: process %d listens there", (int)*pid);
	} else if (error == -EADDRINUSE) {
		snprintf(why, size, "in use: another process listens there");
	} else if (error) {
		snprintf(why, size,
			 "a socket is in the way and cannot be asked whether it is in use: %s",
			 strerror(-error));
	}
	return error;
}

static int
file_bind(int fd, const struct sockaddr_un *addr, socklen_t addrlen, mode_t mode,
	  struct unix_file *file, char *why, size_t size)
{
	mode_t before = umask(0777 & ~mode);
	struct stat st;
	int error = 0;

	/* bind(2) applies the umask to 0777: the mode is right before anyone can connect. */
	if (bind(fd, (const struct sockaddr *)addr, addrlen) < 0 || lstat(addr->sun_path, &st) < 0)
		error = errno;
	umask(before);
	if (error) {
		snprintf(why, size, "%s", strerror(error));
		return -error;
	}
	*file = (struct unix_file){.dev = st.st_dev, .ino = st.st_ino};
	return 0;
}

int
unix_bind(int fd, const struct sockaddr_un *addr, socklen_t addrlen, mode_t mode,
	  struct unix_file *file, pid_t *pid, char *why, size_t size)
{
	int lock, error;

	*file = (struct unix_file){0};
	*pid = 0;
	if (addr->sun_path[0] == '\0') {
		if (bind(fd, (const struct sockaddr *)addr, addrlen) == 0)
			return 0;
		error = errno;
		snprintf(why, size, "%s",
			 error == EADDRINUSE ? "in use: another process listens there"
					     : strerror(error));
		return -error;
	}
	lock = dir_lock(addr->sun_path);
	if (lock < 0) {
		snprintf(why, size, "%s",
			 lock == -EWOULDBLOCK ? "another process holds a lock on its directory"
			 : lock == -ENOENT    ? "its directory does not exist"
					      : strerror(-lock));
		return lock;
	}
	error = stale_remove(addr, addrlen, pid, why, size);
	if (!error)
		error = file_bind(fd, addr, addrlen, mode, file, why, size);
	close(lock);
	return error;
}

bool
unix_file_is(const struct unix_file *file, const char *path)
{
	struct stat st;

	return file->ino && lstat(path, &st) == 0 && st.st_dev == file->dev &&
	       st.st_ino == file->ino;
}

void
unix_unlink(const struct unix_file *file, const char *path)
{
	if (unix_file_is(file, path))
		unlink(path);
}
