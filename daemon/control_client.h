/*
 * One connection to the control socket, for those who serve it: control.c, which has the bytes,
 * control_request.c, which knows what they ask for, and handover_sockets.c, which hands it over.
 */
#ifndef EDDY_DAEMON_CONTROL_CLIENT_H
#define EDDY_DAEMON_CONTROL_CLIENT_H

#include "daemon/control.h"

#include <jansson.h>
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

/* One line; the object is taken over. */
void client_write(struct control_client *client, json_t *object);
/* The last line, of whatever kind; the connection closes when it has been sent. */
void client_end(struct control_client *client, json_t *object);
void client_refuse(struct control_client *client, const char *error);
void client_ok(struct control_client *client);
/* What it has asked for is under way: control_tell will answer. */
void client_wait(struct control_client *client, enum control_wait wait, unsigned id);

/* Does what the line asks for; the line is cut into words. */
void request_take(struct control_client *client, char *line);

#endif
