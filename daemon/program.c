/*
 * Where the program of this process is.
 */
#include "daemon/program.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SELF "/proc/self/exe"

static bool
path_is_self(const char *path)
{
	struct stat self, st;

	return stat(SELF, &self) == 0 && stat(path, &st) == 0 && st.st_dev == self.st_dev &&
	       st.st_ino == self.st_ino;
}

/* A path that is relative starts at the working directory. NULL: no memory, or there is none. */
static char *
path_absolute(const char *path)
{
	char dir[PATH_MAX], *absolute;

	if (path[0] == '/')
		return strdup(path);
	if (!getcwd(dir, sizeof(dir)) || asprintf(&absolute, "%s/%s", dir, path) < 0)
		return NULL;
	return absolute;
}

/* As execvp(3) searches. */
static char *
path_search(const char *name)
{
	const char *dirs = getenv("PATH");
	char path[PATH_MAX];

	while (dirs && *dirs) {
		size_t n = strcspn(dirs, ":");

		snprintf(path, sizeof(path), "%.*s/%s", n ? (int)n : 1, n ? dirs : ".", name);
		if (path_is_self(path))
			return path_absolute(path);
		dirs += n + (dirs[n] == ':');
	}
	return NULL;
}

/* Of a file that has been replaced since, the kernel says that it is deleted. */
static char *
path_of_kernel(void)
{
	static const char deleted[] = " (deleted)";
	char path[PATH_MAX];
	ssize_t n = readlink(SELF, path, sizeof(path) - 1);
	size_t tail = sizeof(deleted) - 1;

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	if ((size_t)n > tail && strcmp(path + n - tail, deleted) == 0)
		path[(size_t)n - tail] = '\0';
	return strdup(path);
}

char *
program_path(const char *argv0)
{
	char *path = NULL;

	if (argv0)
		path = strchr(argv0, '/') ? path_absolute(argv0) : path_search(argv0);
	if (path && path_is_self(path))
		return path;
	free(path);
	return path_of_kernel();
}
