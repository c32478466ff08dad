/*
 * One connection to the control socket: what control.c serves and an upgrade hands over.
 */
#ifndef EDDY_DAEMON_CONTROL_CLIENT_H
#define EDDY_DAEMON_CONTROL_CLIENT_H

#include "daemon/control.h"

#include <stdbool.h>
#include <sys/queue.h>

struct bufferevent;

struct control_client {
	LIST_ENTRY(control_client) entry;
	struct control *control;
	struct bufferevent *stream;
	unsigned waits_for; /* the serial of a reload; 0: none */
	enum control_wait wait;
	unsigned wait_id;
	bool asked;    /* its request has been taken */
	bool stays;    /* until the master goes */
	bool answered; /* close when all is sent */
};

/* Takes over the fd, without reading from it yet; NULL, with the fd closed: no memory. */
struct control_client *control_client_new(struct control *control, int fd);

/*
 * Goes on with one whose members have been filled in, and with what it had sent that is not looked
 * at yet.
 */
void control_client_resume(struct control_client *client);

#endif
