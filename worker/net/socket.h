/*
 * A raw stream socket, as modules have it.
 *
 *	               connected                end, or FIN unanswered        both sides have ended
 *	  CONNECTING -------------> OPEN ----------------------------> OPEN ------------------------+
 *	      |                      |                                                              v
 *	      +----------------------+------------- failed, destroyed ------------------------> CLOSED
 *
 * A module's call changes fields and tries to send; it never calls back. Events that are owed are
 * noted in `pending` and told by a tick; reading, sending what was collected in this turn, and
 * closing happen in the io task at the turn's end, or in the loop's event. Events are
 * edge-triggered, so that not wanting to read costs no system call; `readable` remembers what has
 * not been read yet.
 */
#ifndef EDDY_NET_SOCKET_H
#define EDDY_NET_SOCKET_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "eddy.h"
#include "net/ends.h"
#include "net/net.h"
#include "net/peer.h"
#include "net/queue.h"

enum socket_state { SOCKET_CONNECTING, SOCKET_OPEN, SOCKET_CLOSED };

/* Events that are owed, in the order of their delivery. */
enum socket_event {
	SOCKET_CONNECT = 1,
	SOCKET_DRAIN = 2,
	SOCKET_FINISH = 4,
	SOCKET_TIMEOUT = 8,
	SOCKET_ERROR = 16,
	SOCKET_CLOSE = 32,
};

struct connect;

/* eddy_socket_set_timeout. */
struct socket_timer {
	struct event event;
	uint64_t moved_ms; /* when a byte moved last */
	unsigned ms;
	bool passed; /* to be told, unless it is set anew before */
};

/* What eddy_socket_remote_address and its kin have been asked for. */
struct socket_names {
	char remote[END_TEXT_MAX], local[END_TEXT_MAX];
};

/* Bytes that were read before the socket was one. */
struct socket_held {
	size_t at, size;
	char bytes[];
};

struct socket {
	struct event event; /* EV_READ | EV_WRITE | EV_CLOSED, edge-triggered */
	struct net *net;
	TAILQ_ENTRY(socket) link;
	struct task tell_task; /* in `ticks` */
	struct task io_task;   /* in `later` or `again` */
	struct queue queue;    /* bytes that the kernel has not taken */
	const eddy_socket_events *events;
	void *arg;
	struct eddy_module *module;
	void *handle;
	struct server *server;	 /* whose connection it is, or NULL */
	struct connect *connect; /* while it is connecting */
	struct socket_timer *timer;
	struct socket_names *names;
	struct socket_held *held;
	uint64_t bytes_read, bytes_written;
	struct peer peer;     /* of a client */
	int error;	      /* SOCKET_ERROR's */
	unsigned keep_idle_s; /* what has been set while it was connecting; 0: nothing */
	uint8_t state;
	uint8_t pending;
	bool telling : 1;    /* tell_task is in the queue */
	bool posted : 1;     /* io_task is */
	bool client : 1;     /* counted as one of the worker's */
	bool readable : 1;   /* there may be something to read that no event will tell again */
	bool paused : 1;     /* by the module */
	bool gone : 1;	     /* the kernel has seen the other side's FIN or RST */
	bool unsure : 1;     /* bytes may have come with a RST behind them, and nothing tells */
	bool eof : 1;	     /* we have read it */
	bool eof_told : 1;   /* `end` has been told, or answered by our own */
	bool full : 1;	     /* a write has said false: `drain` is owed */
	bool blocked : 1;    /* the kernel took less than was offered: an event will tell */
	bool ended : 1;	     /* nothing more is written */
	bool auto_ended : 1; /* because the other side has ended, not by the module */
	bool fin : 1;	     /* FIN is sent */
	bool broken : 1;     /* a send has failed: it fails when what has come is read */
	bool delay : 1;	     /* no TCP_NODELAY */
	bool keep_alive : 1;
	bool expects : 1; /* a descriptor that is another's until it is connected */
	bool lent : 1;	  /* eddy's own, to be looked at: its events are not the module's to set */
};

/*
 * A socket without a descriptor, connecting; or of a connected one (nonblocking; the socket's from
 * now on). The module that is running is charged. NULL: no memory; the descriptor is then still
 * the caller's.
 */
struct socket *socket_new(struct net *net, const eddy_socket_events *events, void *arg);
struct socket *socket_of_fd(struct net *net, int fd, const eddy_socket_events *events, void *arg);

/* It will be connected with that descriptor; -1: it is lost. */
void socket_expect(struct socket *sock, int fd);
/* It is connected: takes the descriptor, and goes on with what has been asked meanwhile. */
void socket_connected(struct socket *sock, int fd);
/* It has failed (EDDY_E…): closes; `error` and `close` follow. */
void socket_fail(struct socket *sock, int error);
/* Closes now, `reset` by RST; `close` follows. Safe at any time. */
void socket_close(struct socket *sock, bool reset);
/* The same without a reset, behind what the kernel takes now of what has been written. */
void socket_destroy(struct socket *sock);
/* Offers the kernel what has been written, once, and drops what it does not take. */
void socket_send_last(struct socket *sock, int fd);

/* n bytes that were read before it was a socket come first in `data`. 0 or -ENOMEM. */
int socket_hold(struct socket *sock, const char *p, size_t n);
/* It is one of the worker's clients, and will be counted off when it closes. */
void socket_is_client(struct socket *sock, const struct peer *peer);

/* Notes events for delivery when the running callback has returned. */
void socket_post(struct socket *sock, unsigned events);
/* In its turn: reads, sends, closes as there is need. */
void socket_later(struct socket *sock);

/* The module's calls. */
bool socket_write(struct socket *sock, const void *p, size_t n);
bool socket_write_lent(struct socket *sock, char *p, size_t n, const struct lent *lent);
void socket_end(struct socket *sock);
int socket_detach(struct socket *sock);
/* At once, or when it is connected. 0 or EDDY_ERRNO(…). */
int socket_set_no_delay(struct socket *sock, bool on);
int socket_set_keep_alive(struct socket *sock, bool on, unsigned idle_s);

static inline int
socket_fd(const struct socket *sock)
{
	return event_get_fd(&sock->event);
}

/* Whether that is one by now. */
static inline bool
socket_has_fd(const struct socket *sock)
{
	return sock->state == SOCKET_OPEN || (sock->state == SOCKET_CONNECTING && sock->expects);
}

static inline eddy_socket *
socket_handle(const struct socket *sock)
{
	return sock->handle;
}

/* socket_timer.c: 0 or EDDY_ENOMEM. */
int socket_set_timeout(struct socket *sock, unsigned ms);
/* A byte has moved, or could from now on. */
void socket_moved(struct socket *sock);
void socket_timer_free(struct socket *sock);

/* connect.c: starts connecting to `address`; failures are told by socket_fail. */
void connect_start(struct socket *sock, const char *address);
/* Gives it up. */
void connect_stop(struct socket *sock);

#endif
