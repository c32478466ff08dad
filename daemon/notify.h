/*
 * What a service manager is told: sd_notify(3), to the socket that NOTIFY_SOCKET names.
 *
 *	STARTING    EXTEND_TIMEOUT_USEC
 *	RUNNING     READY=1, STATUS with live figures
 *	RELOADING   RELOADING=1 with MONOTONIC_USEC, then READY=1 and how it ended
 *	DRAINING    STOPPING=1, EXTEND_TIMEOUT_USEC as long as something drains
 *
 * WATCHDOG=1 is sent while a worker of the running generation ticks: a master whose workers all
 * hang is no service. Without a NOTIFY_SOCKET nothing is done at all. Our own few lines instead of
 * libsystemd's, because sd_notify(3) waits when the manager does not read.
 */
#ifndef EDDY_DAEMON_NOTIFY_H
#define EDDY_DAEMON_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct event;
struct master;

#define NOTIFY_STATUS_BYTES 512

struct notify {
	int fd; /* -1: there is no service manager */
	struct sockaddr_un address;
	socklen_t address_size;
	struct event *tick;
	uint64_t watchdog_ms;		  /* its period; 0: nobody waits for it */
	uint64_t watched_ns;		  /* when it was told last that all is well */
	uint64_t looked_ns;		  /* when the figures were taken last */
	uint64_t requests;		  /* that there had been by then */
	bool owed;			  /* the socket had no room for the state */
	char status[NOTIFY_STATUS_BYTES]; /* what was told last */
};

/* Reads the environment, which it leaves as it is. 0, or -ENOMEM. */
int notify_init(struct master *master);
void notify_fini(struct master *master);

/* The master has changed its state. */
void notify_state(struct master *master);

/*
 * For store.h: the manager is to keep these sockets under that name, or none of that name any more.
 * False: its socket has no room now.
 */
bool notify_store(const struct notify *notify, const char *name, int *fds, size_t nfds);
bool notify_unstore(const struct notify *notify, const char *name);

#endif
