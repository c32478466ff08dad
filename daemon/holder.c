/*
 * Looks for the listening socket in /proc/net and then for the process that has it open; see
 * holder.h. For an error's text alone: nothing depends on what is found.
 */
#include "daemon/holder.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TCP_LISTENING 10 /* of the kernel's states */

static in_port_t
port_of(const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *in = (const void *)addr;
	const struct sockaddr_in6 *in6 = (const void *)addr;

	return ntohs(addr->ss_family == AF_INET ? in->sin_port : in6->sin6_port);
}

/* Whether a line's address, in the kernel's hexadecimal words, is in the way of that one. */
static bool
address_matches(const char *hex, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *in = (const void *)addr;
	char own[9];

	/* With IPv6 on either side it mostly is; the port decides. */
	if (strlen(hex) != 8 || addr->ss_family != AF_INET || in->sin_addr.s_addr == INADDR_ANY)
		return true;
	snprintf(own, sizeof(own), "%08X", in->sin_addr.s_addr);
	return strcmp(hex, own) == 0 || strcmp(hex, "00000000") == 0;
}

/* The inode of the socket that listens there; 0: none. */
static unsigned long
socket_find(const char *table, const struct sockaddr_storage *addr)
{
	unsigned long inode = 0, found;
	char line[512], host[33];
	unsigned port, state;
	FILE *in = fopen(table, "re");

	if (!in)
		return 0;
	while (!inode && fgets(line, sizeof(line), in))
		if (sscanf(line, "%*d: %32[0-9A-F]:%x %*s %x %*s %*s %*s %*s %*s %lu", host, &port,
			   &state, &found) == 4 &&
		    state == TCP_LISTENING && port == port_of(addr) && address_matches(host, addr))
			inode = found;
	fclose(in);
	return inode;
}

static bool
process_has(const char *pid, const char *socket)
{
	char path[64], link[64];
	const struct dirent *entry;
	bool has = false;
	ssize_t n;
	DIR *fds;

	snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
	fds = opendir(path);
	while (fds && !has && (entry = readdir(fds)) != NULL) {
		n = readlinkat(dirfd(fds), entry->d_name, link, sizeof(link) - 1);
		link[n > 0 ? n : 0] = '\0';
		has = strcmp(link, socket) == 0;
	}
	if (fds)
		closedir(fds);
	return has;
}

static bool
name_read(struct holder *holder)
{
	char path[64];
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)holder->pid);
	in = fopen(path, "re");
	if (!in)
		return false;
	if (!fgets(holder->name, sizeof(holder->name), in))
		holder->name[0] = '\0';
	fclose(in);
	holder->name[strcspn(holder->name, "\n")] = '\0';
	return holder->name[0] != '\0';
}

/* The first is the one that was started first, as a rule: the master of those who share it. */
static bool
process_find(unsigned long inode, struct holder *holder)
{
	char socket[64];
	const struct dirent *entry;
	DIR *proc = opendir("/proc");

	if (!proc)
		return false;
	snprintf(socket, sizeof(socket), "socket:[%lu]", inode);
	holder->pid = 0;
	while (!holder->pid && (entry = readdir(proc)) != NULL)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    process_has(entry->d_name, socket))
			holder->pid = (pid_t)atoi(entry->d_name);
	closedir(proc);
	return holder->pid && name_read(holder);
}

bool
holder_find(const struct sockaddr_storage *addr, struct holder *holder)
{
	static const char *const tables[] = {"/proc/net/tcp", "/proc/net/tcp6"};
	unsigned long inode = 0;

	for (size_t i = 0; !inode && i < sizeof(tables) / sizeof(tables[0]); i++)
		inode = socket_find(tables[i], addr);
	return inode && process_find(inode, holder);
}
