/*
 * Opening the access log's file; see access_log.h.
 */
#include "daemon/access_log.h"
#include "daemon/journal.h"
#include "daemon/log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0640

/*
 * Root follows no link that somebody else has made: in a folder of the workers' user, who may put
 * one there in the place of a log, that would be any file of the machine.
 */
static int
path_open(const char *path, int flags)
{
	struct stat st;
	int fd = open(path, flags | (geteuid() == 0 ? O_NOFOLLOW : 0), FILE_MODE);

	if (fd < 0 && errno == ELOOP && lstat(path, &st) == 0 && st.st_uid == 0)
		fd = open(path, flags, FILE_MODE);
	return fd;
}

static const char *
open_explain(void)
{
	return errno == ELOOP ? "it is a symbolic link that is not root's, or that leads round"
			      : strerror(errno);
}

/*
 * Nobody waits for the other end of a pipe. One that nobody reads yet is opened for reading too:
 * lines wait until somebody does.
 */
static int
file_open(const char *path, int flags)
{
	int fd;

	flags |= O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	fd = path_open(path, O_WRONLY | flags);
	if (fd < 0 && errno == ENXIO)
		fd = path_open(path, O_RDWR | flags);
	return fd;
}

/*
 * stderr once more, so that it can be non-blocking for the workers and stay as it is for those who
 * share it. A socket cannot be opened so: there, the writing asks not to wait.
 */
static int
stderr_open(void)
{
	int fd = file_open("/proc/self/fd/2", 0);

	return fd >= 0 ? fd : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* Whether the file could be made: 0, or -1 with errno. */
static int
folder_check(const char *path)
{
	char *copy = strdup(path);
	int rc = copy ? access(dirname(copy), W_OK | X_OK) : -1;

	free(copy);
	return rc;
}

static int
path_check(const char *path)
{
	int fd = file_open(path, 0);

	if (fd < 0)
		return errno == ENOENT ? folder_check(path) : -1;
	close(fd);
	return 0;
}

int
access_log_open(const struct conf *conf, bool check, int *fd, struct conf_errors *errors)
{
	const char *path = conf->http.access_log;
	int rc = 0;

	*fd = -1;
	switch (conf->http.log) {
	case CONF_LOG_OFF:
	case CONF_LOG_AUTO: /* is not for this log */
		break;
	case CONF_LOG_JOURNAL:
		path = JOURNAL_SOCKET;
		rc = access(path, F_OK);
		break;
	case CONF_LOG_STDERR:
		if (!check)
			rc = *fd = stderr_open();
		break;
	case CONF_LOG_FILE:
		rc = check ? path_check(path) : (*fd = file_open(path, O_CREAT));
		break;
	}
	if (rc >= 0)
		return 0;
	conf_errors_add(errors, conf->http.access_log_where, "cannot open the access log %s: %s",
			path, open_explain());
	return -1;
}

int
own_log_open(const struct conf *conf, bool check, int *fd, struct conf_errors *errors)
{
	const char *path = conf->log_place;
	int rc = 0;

	*fd = -1;
	if (conf->log == CONF_LOG_FILE) {
		rc = check ? path_check(path) : (*fd = file_open(path, O_CREAT));
	} else if (conf->log == CONF_LOG_JOURNAL) {
		path = JOURNAL_SOCKET;
		rc = access(path, F_OK);
	}
	if (rc >= 0)
		return 0;
	conf_errors_add(errors, conf->log_where, "cannot open the log %s: %s", path,
			open_explain());
	return -1;
}
