/*
 * Raw sockets; see socket.h.
 */
#include "net/socket.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "net/server.h"

#define READ_BUDGET 262144 /* bytes in a turn of the loop before others get theirs */

static void socket_event(evutil_socket_t fd, short what, void *arg);
static void socket_io(struct task *task);
static void socket_tell(struct task *task);

/* Telling the module -------------------------------------------------------------- */

void
socket_post(struct socket *sock, unsigned events)
{
	sock->pending |= (uint8_t)events;
	if (sock->telling)
		return;
	sock->telling = true;
	task_post(&sock->net->loop->ticks, &sock->tell_task);
}

/* One event, by its place in the table that the module has set by now. */
static void
socket_call(struct socket *sock, size_t event)
{
	void (*call)(eddy_socket * handle, void *arg) = NULL;

	if (sock->events != NULL)
		memcpy(&call, (const char *)sock->events + event, sizeof(call));
	if (call == NULL)
		return;
	call_begin(sock->net->calls, sock->module, SLOT_SOCKET, 0);
	call(socket_handle(sock), sock->arg);
	call_end(sock->net->calls);
}

static void
socket_call_error(struct socket *sock)
{
	if (sock->events == NULL || sock->events->error == NULL)
		return;
	call_begin(sock->net->calls, sock->module, SLOT_SOCKET, 0);
	sock->events->error(socket_handle(sock), sock->error, sock->arg);
	call_end(sock->net->calls);
}

/* The last event: the handle means nothing after it. */
static void
socket_over(struct socket *sock)
{
	struct server *server = sock->server;

	socket_call(sock, offsetof(eddy_socket_events, close));
	handle_free(&sock->net->sockets, sock->handle);
	sock->handle = NULL;
	sock->events = NULL;
	if (server != NULL)
		server_left(server);
}

static void
socket_tell(struct task *task)
{
	struct socket *sock =
		(struct socket *)(void *)((char *)task - offsetof(struct socket, tell_task));
	unsigned pending = sock->pending;

	sock->pending = 0;
	sock->telling = false;
	if (sock->state != SOCKET_CLOSED) {
		if (pending & SOCKET_CONNECT)
			socket_call(sock, offsetof(eddy_socket_events, connect));
		if (pending & SOCKET_DRAIN && sock->state != SOCKET_CLOSED)
			socket_call(sock, offsetof(eddy_socket_events, drain));
	}
	if (pending & SOCKET_FINISH)
		socket_call(sock, offsetof(eddy_socket_events, finish));
	if (pending & SOCKET_TIMEOUT && sock->timer != NULL && sock->timer->passed) {
		sock->timer->passed = false;
		socket_call(sock, offsetof(eddy_socket_events, timeout));
	}
	if (pending & SOCKET_ERROR)
		socket_call_error(sock);
	if (pending & SOCKET_CLOSE)
		socket_over(sock);
}

/* Closing ------------------------------------------------------------------------- */

/* Gives up all that it has but its handle and its descriptor, which the loop forgets. */
static void
socket_strip(struct socket *sock)
{
	struct net *net = sock->net;

	if (sock->state == SOCKET_CONNECTING)
		connect_stop(sock);
	else
		event_del(&sock->event);
	sock->state = SOCKET_CLOSED;
	if (!sock->expects) /* else who has the descriptor sends it */
		queue_clear(&sock->queue, net->calls);
	socket_timer_free(sock);
	free(sock->held);
	sock->held = NULL;
	free(sock->names);
	sock->names = NULL;
	if (sock->client)
		net_client_remove(net, &sock->peer);
	TAILQ_REMOVE(&net->open, sock, link);
	TAILQ_INSERT_TAIL(&net->dead, sock, link);
	loop_unref(net->loop);
}

void
socket_close(struct socket *sock, bool reset)
{
	bool connected = sock->state == SOCKET_OPEN;

	if (sock->state == SOCKET_CLOSED)
		return;
	if (reset)
		queue_clear(&sock->queue, sock->net->calls);
	socket_strip(sock);
	if (connected)
		net_fd_close(socket_fd(sock), reset);
	socket_post(sock, SOCKET_CLOSE);
}

void
socket_send_last(struct socket *sock, int fd)
{
	struct net *net = sock->net;
	ssize_t sent = 1;

	while (sock->queue.bytes > 0 && sent > 0) {
		sent = queue_send(&sock->queue, net->calls, fd, 0);
		if (sent > 0)
			slot_add(net->slot->counters.bytes_out, (uint64_t)sent);
	}
	queue_clear(&sock->queue, net->calls);
}

void
socket_destroy(struct socket *sock)
{
	if (sock->state == SOCKET_OPEN && !sock->broken && !sock->blocked)
		socket_send_last(sock, socket_fd(sock));
	socket_close(sock, false);
}

void
socket_fail(struct socket *sock, int error)
{
	if (sock->state == SOCKET_CLOSED)
		return;
	sock->error = error;
	socket_close(sock, false);
	socket_post(sock, SOCKET_ERROR);
}

int
socket_detach(struct socket *sock)
{
	if (sock->state == SOCKET_CONNECTING)
		return EDDY_EINVAL;
	if (sock->queue.bytes > 0 || sock->held != NULL)
		return EDDY_EAGAIN;
	socket_strip(sock);
	sock->events = NULL;
	socket_over(sock); /* which nobody hears */
	return socket_fd(sock);
}

/* Sending ------------------------------------------------------------------------- */

/*
 * Nothing can be written any more. What the other side has said before it left is still there to be
 * read, a server's last words for instance; then it fails.
 */
static void
socket_break(struct socket *sock, int error)
{
	sock->broken = true;
	sock->error = error;
	queue_clear(&sock->queue, sock->net->calls);
	sock->readable = true;
	socket_later(sock);
}

/* What has come of a send. False: the other side is lost, or the kernel is full. */
static bool
socket_sent(struct socket *sock, ssize_t sent)
{
	if (sent < 0) {
		socket_break(sock, EDDY_ERRNO((int)-sent));
		return false;
	}
	if (sent == 0) {
		sock->blocked = true;
		return false;
	}
	slot_add(sock->net->slot->counters.bytes_out, (uint64_t)sent);
	sock->unsure = false;
	socket_moved(sock);
	return true;
}

/* Sends until the kernel is full or the queue is empty. */
static void
socket_flush(struct socket *sock)
{
	struct net *net = sock->net;

	while (!sock->broken && sock->queue.bytes > 0 && !sock->blocked)
		socket_sent(sock, queue_send(&sock->queue, net->calls, socket_fd(sock), 0));
	if (sock->broken || sock->queue.bytes > 0)
		return;
	if (sock->full && !sock->ended)
		socket_post(sock, SOCKET_DRAIN);
	sock->full = false;
	if (!sock->ended || sock->fin)
		return;
	sock->fin = true;
	shutdown(socket_fd(sock), SHUT_WR);
	socket_post(sock, SOCKET_FINISH);
}

static bool
socket_wrote(struct socket *sock, size_t n)
{
	sock->bytes_written += n;
	if (sock->queue.bytes > QUEUE_HIGH_WATER)
		sock->full = true;
	socket_later(sock);
	return !sock->full;
}

/*
 * Much is sent at once, behind nothing; how many of the n bytes the kernel took. A piece that is
 * small waits for the end of the turn, for others to go with it.
 */
static size_t
socket_send_now(struct socket *sock, const void *p, size_t n)
{
	struct iovec part = {(void *)(uintptr_t)p, n};
	ssize_t sent;

	if (n < QUEUE_DIRECT || sock->state != SOCKET_OPEN || sock->queue.bytes > 0 ||
	    sock->blocked || sock->broken)
		return 0;
	sent = queue_send_parts(socket_fd(sock), &part, 1, 0);
	return socket_sent(sock, sent) ? (size_t)sent : 0;
}

bool
socket_write(struct socket *sock, const void *p, size_t n)
{
	size_t sent = socket_send_now(sock, p, n);

	if (sock->broken)
		return false;
	if (queue_copy(&sock->queue, (const char *)p + sent, n - sent) != 0) {
		socket_fail(sock, EDDY_ENOMEM);
		return false;
	}
	return socket_wrote(sock, n);
}

bool
socket_write_lent(struct socket *sock, char *p, size_t n, const struct lent *lent)
{
	struct calls *calls = sock->net->calls;
	size_t sent = socket_send_now(sock, p, n);

	if (sock->broken || sent == n) {
		lent_release(calls, lent);
		return !sock->broken && socket_wrote(sock, n);
	}
	if (queue_lend(&sock->queue, calls, p + sent, n - sent, lent) != 0) {
		socket_fail(sock, EDDY_ENOMEM);
		return false;
	}
	return socket_wrote(sock, n);
}

void
socket_end(struct socket *sock)
{
	sock->ended = true;
	socket_later(sock);
}

/* Reading ------------------------------------------------------------------------- */

/* Whether somebody reads it, or will when it is resumed. */
static bool
socket_has_reader(const struct socket *sock)
{
	return sock->state == SOCKET_OPEN && !sock->eof && sock->events != NULL &&
	       sock->events->data != NULL;
}

static bool
socket_wants_input(const struct socket *sock)
{
	return socket_has_reader(sock) && !sock->paused;
}

static void
socket_data(struct socket *sock, const char *p, size_t n)
{
	struct net *net = sock->net;

	sock->bytes_read += n;
	call_begin(net->calls, sock->module, SLOT_SOCKET, 0);
	sock->events->data(socket_handle(sock), (eddy_str){p, n}, sock->arg);
	call_end(net->calls);
	loop_run_ticks(net->loop);
}

/* The other side has ended. Who has no event for that ends too (Node's allowHalfOpen false). */
static void
socket_eof(struct socket *sock)
{
	sock->eof_told = true;
	if (sock->events != NULL && sock->events->end != NULL) {
		socket_call(sock, offsetof(eddy_socket_events, end));
		loop_run_ticks(sock->net->loop);
	} else {
		sock->auto_ended = !sock->ended;
		sock->ended = true;
	}
}

static void
socket_unhold(struct socket *sock)
{
	struct socket_held *held = sock->held;

	sock->held = NULL;
	socket_data(sock, held->bytes, held->size);
	free(held);
}

/* One recv. 0: there is nothing more to read now. */
static size_t
socket_read(struct socket *sock)
{
	struct net *net = sock->net;
	ssize_t n;

	do
		n = recv(socket_fd(sock), net->scratch, NET_SCRATCH_SIZE, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		if (errno != EAGAIN)
			socket_fail(sock, EDDY_ERRNO(errno));
		return 0;
	}
	socket_moved(sock);
	if (n == 0) { /* which is no FIN when the send has had the reset's error */
		sock->eof = !sock->broken;
		return 0;
	}
	slot_add(net->slot->counters.bytes_in, (uint64_t)n);
	sock->unsure = true;
	socket_data(sock, net->scratch, (size_t)n);
	return n == NET_SCRATCH_SIZE || sock->gone ? (size_t)n : 0;
}

/*
 * Something has happened while nothing is to be read: has it failed? There may be bytes in front of
 * the failure; these are for who resumes.
 */
static void
socket_notice(struct socket *sock)
{
	int error = 0, unread = 0;
	socklen_t size = sizeof(error);

	sock->unsure = false;
	if (getsockopt(socket_fd(sock), SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error == 0)
		return;
	if (ioctl(socket_fd(sock), FIONREAD, &unread) == 0 && unread > 0)
		socket_break(sock, EDDY_ERRNO(error));
	else
		socket_fail(sock, EDDY_ERRNO(error));
}

/*
 * The other side's FIN, where no `data` is set: nobody reads what is in front of it, and when this
 * side has ended as well nobody will.
 */
static bool
socket_has_ended(const struct socket *sock)
{
	char byte;

	if (!sock->gone || sock->broken || sock->paused || sock->held != NULL ||
	    socket_has_reader(sock))
		return false;
	return sock->fin || recv(socket_fd(sock), &byte, 1, MSG_PEEK) == 0;
}

static void
socket_again(struct socket *sock)
{
	sock->readable = true;
	if (sock->posted)
		return;
	sock->posted = true;
	loop_again(sock->net->loop, &sock->io_task);
}

static void
socket_input(struct socket *sock)
{
	size_t got = 0, n;

	if (sock->held != NULL && socket_wants_input(sock))
		socket_unhold(sock);
	while (sock->readable && sock->held == NULL) {
		if (!socket_wants_input(sock)) {
			if (sock->state == SOCKET_OPEN && !sock->eof)
				socket_notice(sock);
			if (sock->state == SOCKET_OPEN && !sock->eof)
				sock->eof = socket_has_ended(sock);
			break;
		}
		if (got >= READ_BUDGET) {
			socket_again(sock);
			break;
		}
		n = socket_read(sock);
		if (n == 0)
			sock->readable = false;
		got += n;
	}
	if (sock->eof && !sock->eof_told && !sock->paused && sock->held == NULL &&
	    sock->state == SOCKET_OPEN)
		socket_eof(sock);
}

/* Its turns ----------------------------------------------------------------------- */

static void
socket_turn(struct socket *sock)
{
	if (sock->state == SOCKET_OPEN)
		socket_input(sock);
	if (sock->state != SOCKET_OPEN)
		return;
	socket_flush(sock);
	if (sock->broken && !(sock->readable && socket_has_reader(sock)))
		socket_fail(sock, sock->error);
	else if (sock->fin && sock->eof_told)
		socket_close(sock, false);
	else if (sock->unsure && !sock->readable)
		socket_notice(sock);
}

static void
socket_event(evutil_socket_t fd, short what, void *arg)
{
	struct socket *sock = arg;
	struct loop *loop = sock->net->loop;

	(void)fd;
	loop_enter(loop);
	if (what & EV_CLOSED)
		sock->gone = true;
	if (what & (EV_READ | EV_CLOSED))
		sock->readable = true;
	if (what & EV_WRITE)
		sock->blocked = false;
	socket_turn(sock);
	loop_leave(loop);
}

static void
socket_io(struct task *task)
{
	struct socket *sock =
		(struct socket *)(void *)((char *)task - offsetof(struct socket, io_task));

	sock->posted = false;
	socket_turn(sock);
}

void
socket_later(struct socket *sock)
{
	if (sock->posted || sock->state != SOCKET_OPEN)
		return;
	sock->posted = true;
	task_post(&sock->net->loop->later, &sock->io_task);
}

/* Options ------------------------------------------------------------------------- */

static int
socket_option(const struct socket *sock, int level, int name, int value)
{
	if (setsockopt(socket_fd(sock), level, name, &value, sizeof(value)) == 0 ||
	    errno == EOPNOTSUPP) /* a unix socket has no such thing, and needs none */
		return 0;
	return EDDY_ERRNO(errno);
}

int
socket_set_no_delay(struct socket *sock, bool on)
{
	sock->delay = !on;
	return sock->state == SOCKET_OPEN ? socket_option(sock, IPPROTO_TCP, TCP_NODELAY, on) : 0;
}

int
socket_set_keep_alive(struct socket *sock, bool on, unsigned idle_s)
{
	int error;

	sock->keep_alive = on;
	sock->keep_idle_s = idle_s;
	if (sock->state != SOCKET_OPEN)
		return 0;
	error = socket_option(sock, SOL_SOCKET, SO_KEEPALIVE, on);
	if (error == 0 && on && idle_s > 0)
		error = socket_option(sock, IPPROTO_TCP, TCP_KEEPIDLE, (int)idle_s);
	return error;
}

/* Opening ------------------------------------------------------------------------- */

struct socket *
socket_new(struct net *net, const eddy_socket_events *events, void *arg)
{
	struct socket *sock = net->closed ? NULL : pool_new(&net->socket_pool);

	if (sock == NULL)
		return NULL;
	*sock = (struct socket){
		.net = net,
		.tell_task.run = socket_tell,
		.io_task.run = socket_io,
		.events = events,
		.arg = arg,
		.module = net->calls->running,
		.state = SOCKET_CONNECTING,
	};
	queue_init(&sock->queue);
	sock->handle = handle_new(&net->sockets, sock);
	if (sock->handle == NULL) {
		pool_free(&net->socket_pool, sock);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&net->open, sock, link);
	loop_ref(net->loop);
	return sock;
}

void
socket_expect(struct socket *sock, int fd)
{
	event_assign(&sock->event, sock->net->loop->base, fd, 0, socket_event, sock);
	sock->expects = fd >= 0;
}

void
socket_connected(struct socket *sock, int fd)
{
	bool asked = sock->connect != NULL;

	sock->state = SOCKET_OPEN;
	sock->expects = false;
	if (asked)
		connect_stop(sock);
	event_assign(&sock->event, sock->net->loop->base, fd,
		     EV_READ | EV_WRITE | EV_CLOSED | EV_PERSIST | EV_ET, socket_event, sock);
	if (event_add(&sock->event, NULL) != 0) {
		socket_fail(sock, EDDY_ENOMEM);
		return;
	}
	if (!sock->delay && !sock->client) /* who was accepted has it from the listener */
		socket_set_no_delay(sock, true);
	if (sock->keep_alive)
		socket_set_keep_alive(sock, true, sock->keep_idle_s);
	sock->readable = !asked;
	if (asked)
		socket_post(sock, SOCKET_CONNECT);
	socket_moved(sock);
	socket_later(sock);
}

struct socket *
socket_of_fd(struct net *net, int fd, const eddy_socket_events *events, void *arg)
{
	struct socket *sock = socket_new(net, events, arg);

	if (sock != NULL)
		socket_connected(sock, fd);
	return sock;
}

int
socket_hold(struct socket *sock, const char *p, size_t n)
{
	if (n == 0)
		return 0;
	sock->held = malloc(sizeof(*sock->held) + n);
	if (sock->held == NULL)
		return -ENOMEM;
	sock->held->size = n;
	memcpy(sock->held->bytes, p, n);
	return 0;
}

void
socket_is_client(struct socket *sock, const struct peer *peer)
{
	sock->client = true;
	sock->peer = *peer;
}
