/*
 * The control socket: how eddyctl talks to a running master.
 *
 * A client sends one line, a request and its arguments, and gets lines of JSON, the last of which is
 * {"ok":true} or {"ok":false,"error":"…"}:
 *
 *	status, workers		what there is
 *	reload			answered when the reload is over
 *	set workers N		answered when N workers serve, or one of them cannot
 *	drain PID		answered when another worker serves and this one accepts no more
 *	dump PID		answered with a backtrace of that worker
 *	upgrade			answered by the program that has taken over, or when it cannot
 *	quarantine		which routes are in it
 *	quarantine clear [MODULE[/ROUTE]]
 *	reopen			answered when nothing goes to the log files of before
 *	stop			the connection stays open until the master is gone
 *
 * Root, the master's user and the group of the socket's file may ask.
 */
#ifndef EDDY_DAEMON_CONTROL_H
#define EDDY_DAEMON_CONTROL_H

#include "conf/conf.h"
#include "daemon/unix_socket.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct event;
struct master;
struct reload_result;

#define CONTROL_CLIENTS_MAX 64
#define CONTROL_LINE_MAX 4096 /* bytes of a request */
#define CONTROL_IDLE_S 10     /* a client that sends or takes nothing for so long is dropped */
#define CONTROL_WORDS_MAX 8
#define CONTROL_PAUSE_MS 1000 /* in accepting, when there is no descriptor to be had */

/* The bound socket, before and while it is used. */
struct control_socket {
	int fd; /* -1: none */
	char *path;
	bool by_search; /* the conf did not name it */
	struct unix_file file;
};

/* What a client waits for, besides reloads. An upgrade hands the numbers over: new ones go last. */
enum control_wait {
	CONTROL_NOTHING,
	CONTROL_WORKERS, /* as many workers as it has asked for */
	CONTROL_DRAIN,	 /* the worker of a pid to stop accepting */
	CONTROL_DUMP,	 /* the backtrace of the worker of a pid */
	CONTROL_UPGRADE, /* the next program to take over */
	CONTROL_REOPEN,	 /* all workers to write to the new log files */
};
#define CONTROL_ANY 0

LIST_HEAD(control_clients, control_client);

struct control {
	struct master *master;
	struct control_socket socket;
	struct event *readable;
	struct event *pause; /* ends a pause in accepting */
	struct control_clients clients;
	unsigned nclients;
};

void control_socket_init(struct control_socket *socket);
/*
 * Binds the path of the conf, or without one the first place of the search that can be had. 0, or
 * -1 and an error added.
 */
int control_socket_open(struct control_socket *socket, const struct conf *conf,
			struct conf_errors *errors);
void control_socket_close(struct control_socket *socket);

void control_init(struct control *control, struct master *master);
void control_fini(struct control *control);

/* Whether the socket that is open is the one that the conf wants (NULL: any by search). */
bool control_serves(const struct control *control, const char *path);

/*
 * Serves on a newly opened socket instead of the one before; one that is not open changes nothing.
 */
void control_adopt(struct control *control, struct control_socket *socket);

/* A reload is over: tells the clients that wait for this one or one before it. */
void control_reload_done(struct control *control, unsigned serial,
			 const struct reload_result *result);

/*
 * What clients wait for has come, or will not: `answer` is their last line, and taken over. `id`
 * says which of several; CONTROL_ANY: all.
 */
void control_tell(struct control *control, enum control_wait wait, unsigned id, json_t *answer);

/*
 * Splits a request line (ended by NUL) at spaces, in place; returns how many words, or more than
 * `max` if too many.
 */
size_t control_split(char *line, char *words[], size_t max);

#endif
