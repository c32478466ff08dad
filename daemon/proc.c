/*
 * What the kernel says of a worker's first thread. Reading /proc touches no disk.
 */
#include "daemon/proc.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool
proc_read(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, size - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return true;
}

/* The state stands behind the name, which is in parentheses and may have some of its own. */
char
proc_state(pid_t pid)
{
	char text[512];
	const char *end;

	if (!proc_read(pid, "stat", text, sizeof(text)) || !(end = strrchr(text, ')')) ||
	    strlen(end) < 3)
		return '?';
	return end[2];
}

/* /proc/PID/schedstat: on a processor, waiting for one, how often; the times in nanoseconds. */
uint64_t
proc_waited_ns(pid_t pid)
{
	unsigned long long waited;
	char text[128];

	if (!proc_read(pid, "schedstat", text, sizeof(text)) ||
	    sscanf(text, "%*u %llu", &waited) != 1)
		return 0;
	return waited;
}
