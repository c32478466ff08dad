/*
 * The journal as the master's log, by journald's native protocol: one datagram is one entry.
 *
 * Our own few lines instead of sd_journal_sendv(3), which waits when journald does not read.
 */
#ifndef EDDY_DAEMON_JOURNAL_H
#define EDDY_DAEMON_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* An entry that is being made; fields that it has no room for are left out. */
struct journal_entry {
	char bytes[8192];
	size_t used;
};

/* Whether what goes to this descriptor goes to the journal: journald says so in JOURNAL_STREAM. */
bool journal_is_behind(int fd);

/* A socket to journald, which never waits; or -errno. */
int journal_open(void);

/* Adds a field; control bytes in its value are escaped. */
void journal_add(struct journal_entry *entry, const char *name, const char *value, size_t size);
void journal_add_number(struct journal_entry *entry, const char *name, long number);

/* Waits for room for wait_ms at most (-1: as long as it takes). 0, or -errno (-EAGAIN: no room). */
int journal_send(int fd, const struct journal_entry *entry, int wait_ms);

#endif
