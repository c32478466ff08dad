/*
 * The journal as the master's log; see journal.h.
 */
#include "daemon/journal.h"
#include "daemon/escape.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

bool
journal_is_behind(int fd)
{
	const char *said = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return said && sscanf(said, "%llu:%llu", &device, &inode) == 2 && fstat(fd, &st) == 0 &&
	       st.st_dev == device && st.st_ino == inode;
}

int
journal_open(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = JOURNAL_SOCKET};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error;

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	error = errno;
	if (fd >= 0)
		close(fd);
	return -error;
}

/* Values have no newline, once they are escaped: so the simple form NAME=value does for all. */
void
journal_add(struct journal_entry *entry, const char *name, const char *value, size_t size)
{
	size_t room = sizeof(entry->bytes) - entry->used, used = strlen(name);

	if (room < used + sizeof("=x\n"))
		return;
	memcpy(entry->bytes + entry->used, name, used);
	entry->bytes[entry->used + used++] = '=';
	used += escape_text(entry->bytes + entry->used + used, room - used - 1, value, size, NULL);
	entry->bytes[entry->used + used++] = '\n';
	entry->used += used;
}

void
journal_add_number(struct journal_entry *entry, const char *name, long number)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%ld", number);

	journal_add(entry, name, digits, (size_t)n);
}

int
journal_send(int fd, const struct journal_entry *entry, int wait_ms)
{
	struct pollfd pfd = {.fd = fd, .events = POLLOUT};

	if (send(fd, entry->bytes, entry->used, MSG_NOSIGNAL) >= 0)
		return 0;
	if (errno != EAGAIN)
		return -errno;
	if (wait_ms == 0 || poll(&pfd, 1, wait_ms) != 1)
		return -EAGAIN;
	return send(fd, entry->bytes, entry->used, MSG_NOSIGNAL) >= 0 ? 0 : -errno;
}
