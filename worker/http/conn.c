/*
 * One connection: opened, read, waiting, closed; see conn.h for the picture of its states.
 *
 * conn_input reads into the worker's scratch buffer and conn_process works through the bytes;
 * whatever it cannot use now is held. conn_settle comes last and decides what the connection waits
 * for. A module is called from conn_process and from tasks only; what modules call back (exchange,
 * response) changes fields and never re-enters conn_process.
 */
#include "http/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "http/access.h"
#include "http/exchange.h"
#include "net/socket.h"

#define READ_BUDGET 262144 /* bytes in a turn of the loop before others get theirs */
#define REQUESTS_BUDGET 64 /* the same in requests: what is behind them is held */
#define HEAD_ROOM 16384	   /* what a read takes behind a request costs memory if that one waits */
#define WAIT_ROOM 4096	   /* and while it waits */

static void conn_resume(struct task *task);
static void conn_event(evutil_socket_t fd, short what, void *arg);

/* Opening and closing ------------------------------------------------------------- */

int
conn_give_up(struct conn *conn)
{
	struct http *http = conn->http;

	conn->state = CONN_CLOSED;
	if (conn->registered)
		event_del(&conn->event);
	deadline_stop(&conn->deadline);
	if (conn->counted_idle)
		slot_add(http->slot->idle, (uint64_t)-1);
	free(conn->held);
	conn->held = NULL;
	TAILQ_REMOVE(&http->conns, conn, link);
	http->nconns--;
	TAILQ_INSERT_TAIL(&http->dead, conn, link);
	return conn_fd(conn);
}

void
conn_close(struct conn *conn, bool reset)
{
	struct http *http = conn->http;
	struct exchange *exchange = conn->exchange;
	bool busy;
	int fd;

	if (conn->state == CONN_CLOSED)
		return;
	if (http->access != NULL && exchange != NULL)
		access_ended_on(exchange, true);
	if (conn->state == CONN_UPGRADE && conn->busy && http->upgrading != NULL)
		socket_expect(http->upgrading, -1);
	conn->state = CONN_CLOSED; /* before anything that could lose it again */
	busy = out_drop(conn, reset);
	fd = conn_give_up(conn);
	if (!busy)
		net_fd_close(fd, reset);
	net_client_remove(http->net, &conn->peer);
	conn->exchange = NULL;
	if (exchange != NULL)
		exchange_detach(exchange, true);
	if (conn->server != NULL)
		server_left(&conn->server->server);
}

/* Holding bytes ------------------------------------------------------------------- */

void
conn_hold(struct conn *conn, const struct head *head, const char *p, size_t n)
{
	conn->held = head_save(head, p, n);
	if (conn->held == NULL) {
		conn_close(conn, true);
		return;
	}
	conn->held_len = (uint32_t)n;
}

void
conn_hold_raw(struct conn *conn, const char *p, size_t n)
{
	struct head none;

	head_init(&none);
	conn_hold(conn, &none, p, n);
}

/* Brings what is held back to the front of the scratch buffer. */
static size_t
conn_unhold(struct conn *conn)
{
	struct http *http = conn->http;
	size_t n = conn->held_len;

	if (conn->held == NULL)
		return 0;
	if (conn->held->pos > 0) {
		head_load(conn_parser(conn), conn->held);
		conn->partial = true;
	}
	memcpy(http->scratch, conn->held->bytes, n);
	free(conn->held);
	conn->held = NULL;
	return n;
}

/* Reading ------------------------------------------------------------------------- */

static bool
conn_wants_input(const struct conn *conn)
{
	if (conn->eof)
		return false;
	switch ((enum conn_state)conn->state) {
	case CONN_HEAD:
		return conn_may_begin(conn) || (conn->held == NULL && !conn->closing);
	case CONN_BODY:
		return conn->held == NULL && conn_reading(conn);
	case CONN_TRAILER:
		return conn->exchange == NULL || conn_reading(conn);
	case CONN_WAIT:
		return conn->held == NULL;
	case CONN_DISCARD:
	case CONN_LINGER:
		return true;
	case CONN_UPGRADE:
	case CONN_CLOSED:
		break;
	}
	return false;
}

/*
 * The client has sent FIN behind its request: who asks for that is told, and has the request go on;
 * else it is taken for gone, unless it is being answered.
 */
static void
conn_left(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;
	const eddy_response_events *events;

	if (exchange == NULL || exchange->response.ended)
		return; /* what is left of the answer is sent */
	events = exchange->response.events;
	if (events != NULL && events->end != NULL) {
		if (!exchange->left) /* else it has been told, or eddy_response_on did */
			exchange_post(exchange, EXCHANGE_END);
	} else if (!response_is_begun(&exchange->response)) {
		conn_close(conn, false);
		return;
	}
	exchange->left = true;
}

/* The client has sent FIN, and all before it has been read. */
static void
conn_eof(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;

	conn->eof = true;
	switch ((enum conn_state)conn->state) {
	case CONN_BODY:
	case CONN_TRAILER:
	case CONN_DISCARD:
		if (exchange != NULL) {
			conn_close(conn, false); /* it cannot come whole: EDDY_EABORTED follows */
			return;
		}
		conn->closing = true;
		conn->state = CONN_HEAD;
		return;
	case CONN_WAIT:
		conn_left(conn);
		return;
	case CONN_LINGER:
		conn_close(conn, false);
		return;
	default: /* conn_settle closes, once what is held has been answered */
		return;
	}
}

/*
 * Whether the client has left in the middle of a body that nobody is reading: what is there cannot
 * be all of it.
 */
static bool
conn_body_is_cut(const struct conn *conn)
{
	int unread = 0;

	return conn->state == CONN_BODY && ioctl(conn_fd(conn), FIONREAD, &unread) == 0 &&
	       body_is_longer(&conn->body,
			      (uint64_t)unread + (conn->held != NULL ? conn->held_len : 0));
}

/* Whether the request has a body, of which nobody has asked for any yet. */
static bool
conn_body_is_unasked(const struct conn *conn)
{
	return conn->state == CONN_BODY && conn->exchange != NULL &&
	       !conn->exchange->request.reading;
}

/* Something has happened while nothing is to be read: is the client still there? */
static void
conn_notice(struct conn *conn)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(conn_fd(conn), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0) {
		conn_close(conn, false);
		return;
	}
	if (!conn->fin || conn->eof)
		return;
	if (conn->state == CONN_WAIT)
		conn_eof(conn);
	else if (conn_body_is_cut(conn))
		conn_close(conn, false);
	else if (conn_body_is_unasked(conn)) /* which may be asked for even now */
		conn_left(conn);
}

/* How much one recv may bring, behind what is held. */
static size_t
conn_room(const struct conn *conn, size_t held)
{
	if (conn->state == CONN_HEAD && held + HEAD_ROOM < NET_SCRATCH_SIZE)
		return HEAD_ROOM;
	return conn->state == CONN_WAIT ? WAIT_ROOM : NET_SCRATCH_SIZE - held;
}

/*
 * Whether a RST that came with the last bytes would go unseen. One edge told of both, and libevent
 * does not tell them apart. Where an answer is sent now, that fails; who waits has to read once more.
 */
static bool
conn_may_have_lost(const struct conn *conn)
{
	if (!conn->registered) /* epoll looks when it is */
		return false;
	return conn->state == CONN_HEAD ? conn->held != NULL && conn->queue == NULL
					: conn->state != CONN_LINGER;
}

/* One recv and what it brought, in bytes. 0: there is nothing more to read now. */
static size_t
conn_read(struct conn *conn)
{
	struct http *http = conn->http;
	size_t held = conn->held != NULL ? conn->held_len : 0;
	size_t room = conn_room(conn, held);
	ssize_t n;

	do
		n = recv(conn_fd(conn), http->scratch + held, room, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		if (n == 0)
			conn_eof(conn);
		else if (errno != EAGAIN)
			conn_close(conn, false);
		return 0;
	}
	slot_add(http->slot->counters.bytes_in, (uint64_t)n);
	conn_process(conn, http->scratch, conn_unhold(conn) + (size_t)n);
	return (size_t)n == room || conn->fin || conn_may_have_lost(conn) ? (size_t)n : 0;
}

void
conn_again(struct conn *conn)
{
	conn->readable = true;
	if (conn->posted)
		return;
	conn->posted = true;
	loop_again(conn->http->loop, &conn->task);
}

static void
conn_input(struct conn *conn)
{
	size_t got = 0, n;

	conn->burst = REQUESTS_BUDGET;
	conn->readable = false;
	while (conn->state != CONN_CLOSED) {
		if (!conn_wants_input(conn)) {
			conn->readable = true;
			conn_notice(conn);
			return;
		}
		if (got >= READ_BUDGET || conn->burst == 0) {
			conn_again(conn);
			return;
		}
		n = conn_read(conn);
		if (n == 0)
			return;
		got += n;
	}
}

/* Waiting ------------------------------------------------------------------------- */

/*
 * All is said. Closes, or waits a little so that the client reads the answer before a RST could
 * take it away.
 */
static void
conn_finish(struct conn *conn)
{
	if (conn->http->out.owner == conn)
		out_flush(conn->http);
	if (conn->state == CONN_CLOSED || conn->queue != NULL)
		return;
	if (!conn->lingering || conn->eof) {
		conn_close(conn, false);
		return;
	}
	shutdown(conn_fd(conn), SHUT_WR);
	conn->state = CONN_LINGER;
	deadline_start(&conn->deadline, &conn->http->lingers);
	if (conn->readable)
		conn_again(conn);
}

static void
conn_count_idle(struct conn *conn, bool idle)
{
	if (conn->counted_idle == idle)
		return;
	conn->counted_idle = idle;
	slot_add(conn->http->slot->idle, idle ? 1 : (uint64_t)-1);
}

static struct deadlines *
conn_idles(const struct conn *conn)
{
	if (conn->http->draining)
		return &conn->http->graces;
	return conn->server != NULL ? conn->server->idle : &conn->http->idle;
}

/*
 * Each byte of a body that somebody reads buys its client more time, as min_rate allows. A head and
 * a trailer section have their time as a whole, and so has what nobody reads.
 */
static void
conn_wait(struct conn *conn, struct deadlines *limit)
{
	bool whole = limit == conn_heads(conn) || conn->state == CONN_DISCARD ||
		     conn->state == CONN_TRAILER;

	if (limit == NULL)
		deadline_stop(&conn->deadline);
	else if (conn->deadline.of != limit || !whole)
		deadline_start(&conn->deadline, limit);
}

/* Whether more of a body is waited for: by the module, or to be thrown away. */
static bool
conn_takes_body(const struct conn *conn)
{
	if (conn->state == CONN_DISCARD)
		return true;
	if (conn->state != CONN_BODY && conn->state != CONN_TRAILER)
		return false;
	return conn->exchange == NULL || conn_reading(conn);
}

bool
conn_is_idle(const struct conn *conn)
{
	return conn->state == CONN_HEAD && conn->exchange == NULL && conn->queue == NULL &&
	       conn->held == NULL && conn->requests > 0;
}

bool
conn_is_last(const struct conn *conn)
{
	return conn->http->draining || http_server_is_closed(conn->server);
}

/* Whether it is idle for good: a worker that leaves gives it a grace, a server that is closed none. */
static bool
conn_goes(const struct conn *conn)
{
	return (conn->dismissed || http_server_is_closed(conn->server)) && !conn->http->draining &&
	       !conn->readable && conn_is_idle(conn);
}

void
conn_dismiss(struct conn *conn)
{
	conn->dismissed = conn->readable = true; /* it reads once more first */
	conn_later(conn);
}

/*
 * Decides which time limit runs, and whether it is time to close. The last step of every turn that
 * touched it.
 */
static void
conn_settle(struct conn *conn)
{
	struct deadlines *limit = NULL;
	bool idle = false;

	if (conn->state == CONN_CLOSED || conn->state == CONN_LINGER)
		return;
	if (conn->eof && conn->exchange == NULL && (conn->held == NULL || conn->held->pos > 0))
		conn->closing = true;
	if (conn_goes(conn))
		conn->closing = true;
	conn->dismissed = false;
	if (conn->closing && conn->exchange == NULL) {
		conn_count_idle(conn, false);
		conn_wait(conn, NULL);
		conn_finish(conn);
		return;
	}
	if (conn->state == CONN_HEAD && conn->exchange == NULL && conn->queue == NULL) {
		idle = conn->held == NULL;
		if (!idle || conn->requests == 0)
			limit = conn_heads(conn);
		else
			limit = conn_idles(conn);
	} else if (conn_takes_body(conn)) {
		limit = conn->exchange != NULL
				? http_bodies(conn->http, conn->exchange->route->index)
				: &conn->http->bodies;
	}
	conn_count_idle(conn, idle);
	conn_wait(conn, limit);
}

static void
conn_register(struct conn *conn)
{
	if (conn->registered || conn->state == CONN_CLOSED)
		return;
	if (event_add(&conn->event, NULL) != 0) {
		conn_close(conn, true);
		return;
	}
	conn->registered = true;
}

static void
conn_event(evutil_socket_t fd, short what, void *arg)
{
	struct conn *conn = arg;
	struct loop *loop = conn->http->loop;

	(void)fd;
	loop_enter(loop);
	if (what & EV_CLOSED)
		conn->fin = true;
	conn_input(conn);
	conn_settle(conn);
	loop_leave(loop);
}

/*
 * The end of a turn in which something changed: an answer was given, the body asked for, the queue
 * emptied.
 */
static void
conn_resume(struct task *task)
{
	struct conn *conn = (struct conn *)(void *)((char *)task - offsetof(struct conn, task));
	struct http *http = conn->http;

	conn->posted = false;
	if (conn->state == CONN_CLOSED)
		return;
	conn->burst = REQUESTS_BUDGET;
	if (conn->held != NULL && (conn->state != CONN_HEAD || conn->held->pos == 0)) {
		size_t n = conn_unhold(conn);

		conn_process(conn, http->scratch, n);
	} else if (conn->held == NULL) {
		conn_process(conn, http->scratch, 0);
	}
	if (conn->readable && conn->state != CONN_CLOSED && conn_wants_input(conn))
		conn_input(conn);
	conn_settle(conn);
	conn_register(conn);
}

void
conn_later(struct conn *conn)
{
	if (conn->busy || conn->posted || conn->state == CONN_CLOSED)
		return;
	conn->posted = true;
	task_post(&conn->http->loop->later, &conn->task);
}

int
conn_open(struct http *http, struct http_server *server, int fd, const struct sockaddr *address)
{
	struct peer peer = peer_of(address);
	struct conn *conn;
	int error = net_client_add(http->net, &peer);

	if (error != 0)
		return net_turn_away(http->net, fd, error);
	conn = pool_new_zeroed(&http->conn_pool);
	if (conn == NULL) {
		net_client_remove(http->net, &peer);
		return net_turn_away(http->net, fd, -ENOMEM);
	}
	conn->http = http;
	conn->server = server;
	conn->task.run = conn_resume;
	conn->peer = peer;
	conn->state = CONN_HEAD;
	event_assign(&conn->event, http->loop->base, fd, EV_READ | EV_CLOSED | EV_PERSIST | EV_ET,
		     conn_event, conn);
	TAILQ_INSERT_TAIL(&http->conns, conn, link);
	if (++http->nconns > http->most)
		http->most = http->nconns;
	slot_add(http->slot->counters.accepted, 1);
	if (server != NULL) {
		server->server.nsockets++;
		server->conf.path = server->server.address; /* as long as there are connections */
	}
	conn_input(conn);
	conn_settle(conn);
	conn_register(conn);
	return 0;
}

void
conn_sent(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;

	if (exchange != NULL && response_is_written(&exchange->response)) {
		conn_response_ended(conn);
	} else if (exchange != NULL && exchange->response.full) {
		exchange->response.full = false;
		exchange_post(exchange, EXCHANGE_DRAIN);
	}
	conn_later(conn);
}

/* Time limits --------------------------------------------------------------------- */

static struct conn *
conn_of_deadline(struct deadline *deadline)
{
	return (struct conn *)(void *)((char *)deadline - offsetof(struct conn, deadline));
}

/* Its last chance: a request that has just arrived is still answered. */
void
conn_idle_passed(struct deadline *deadline)
{
	struct conn *conn = conn_of_deadline(deadline);
	uint32_t requests = conn->requests;

	conn_input(conn);
	if (conn->state == CONN_HEAD && conn->exchange == NULL && conn->held == NULL &&
	    conn->requests == requests)
		conn->closing = true;
	conn_settle(conn);
}

void
conn_head_passed(struct deadline *deadline)
{
	struct conn *conn = conn_of_deadline(deadline);

	if (conn->held == NULL) { /* it never sent a byte */
		conn_close(conn, false);
		return;
	}
	conn_refuse(conn, 408, conn->held->bytes, conn->held_len);
	free(conn->held);
	conn->held = NULL;
	conn_settle(conn);
}

void
conn_body_passed(struct deadline *deadline)
{
	struct conn *conn = conn_of_deadline(deadline);

	conn_body_failed(conn, EDDY_ETIMEOUT);
	conn_settle(conn);
}

void
conn_linger_passed(struct deadline *deadline)
{
	conn_close(conn_of_deadline(deadline), false);
}

void
conn_write_passed(struct deadline *deadline)
{
	char *queue = (char *)deadline - offsetof(struct out_queue, deadline);

	conn_close(((struct out_queue *)(void *)queue)->conn, true);
}

/* Leaving ------------------------------------------------------------------------- */

void
conn_drain(struct conn *conn)
{
	/* an answer under way ends as its head has said, or will say */
	if (conn->exchange == NULL && conn->state == CONN_HEAD && conn->held == NULL &&
	    conn->queue == NULL)
		deadline_start(&conn->deadline, &conn->http->graces);
}

void
conn_abort(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;

	if (exchange != NULL && !exchange->response.head_sent)
		exchange_answer(exchange, 503);
	else
		conn_close(conn, exchange != NULL);
}
