/*
 * eddy_response_upgrade and detach_socket: a connection stops being HTTP's and becomes a raw socket.
 *
 * The socket is there at once, so that the module can write to it; the descriptor changes hands
 * when nobody stands in the connection's code any more: at once for a request that has been parked,
 * else at the end of conn_process, which still has the bytes that came behind the request.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http/access.h"
#include "http/chars.h"
#include "http/conn.h"
#include "http/exchange.h"
#include "http/framing.h"
#include "http/http.h"
#include "http/status.h"
#include "net/socket.h"
#include "worker.h"

#define PROTOCOL_MAX 128 /* bytes of a protocol's name */

/* Whether the client has named the protocol in a list such as "websocket, h2c". */
static bool
protocol_is_asked(const struct head *head, const char *protocol)
{
	static const char field[] = "upgrade";
	size_t n = strlen(protocol);
	int i = -1;

	while ((i = head_find(head, (size_t)(i + 1), field, sizeof(field) - 1)) >= 0) {
		eddy_str list = head_value(head, (size_t)i), asked;

		while (list_next(&list.p, &list.n, &asked))
			if (asked.n == n && chars_equal_nocase(asked.p, protocol, n))
				return true;
	}
	return false;
}

/* A name, or a name/version (RFC 9110 7.8). */
static bool
protocol_is_valid(const char *protocol)
{
	const char *slash = strchr(protocol, '/');
	size_t n = slash != NULL ? (size_t)(slash - protocol) : strlen(protocol);

	return strlen(protocol) <= PROTOCOL_MAX && chars_all(protocol, n, CHAR_TOKEN) &&
	       (slash == NULL || chars_all(slash + 1, strlen(slash + 1), CHAR_TOKEN));
}

/* What is wrong with the request, as a sentence for the log; NULL: nothing. */
static const char *
request_refused(const struct exchange *exchange)
{
	if (exchange->conn->state != CONN_WAIT)
		return "the request has a body that has not been read";
	if (!exchange->is_connect && !exchange->upgrade)
		return "the client has not asked for it with Connection: upgrade and Upgrade";
	return NULL;
}

/* The same of the protocol. */
static const char *
protocol_refused(const struct exchange *exchange, const char *protocol)
{
	if (exchange->is_connect)
		return protocol == NULL ? NULL : "CONNECT has no protocol to switch to";
	if (protocol == NULL || !protocol_is_valid(protocol))
		return "the protocol's name is missing, or none that a header can carry";
	if (exchange->head != NULL && !protocol_is_asked(exchange->head, protocol))
		return "the client has not offered that protocol";
	return NULL;
}

static int
upgrade_status(const struct exchange *exchange)
{
	return exchange->is_connect ? 200 : 101;
}

/* Puts the head together. False: the connection is lost. */
static bool
upgrade_send_head(struct exchange *exchange, const char *protocol)
{
	struct response *res = &exchange->response;
	eddy_str line = status_line(upgrade_status(exchange));
	size_t room;
	char *head, *p;

	/* what follows is no body (RFC 9110 8.6, 9.3.6) */
	fields_remove(&res->fields, "Content-Length", sizeof("Content-Length") - 1);
	room = line.n + DATE_LINE_LEN + res->fields.len + PROTOCOL_MAX + 64;
	head = p = out_reserve(exchange->conn, room);
	if (head == NULL)
		return false;
	p = mempcpy(p, line.p, line.n);
	if (!res->has_date)
		p = mempcpy(p, exchange->http->date.line, DATE_LINE_LEN);
	if (res->fields.len > 0)
		p = mempcpy(p, res->fields.p, res->fields.len);
	if (protocol != NULL) {
		p = stpcpy(p, "Connection: Upgrade\r\nUpgrade: ");
		p = stpcpy(p, protocol);
		p = stpcpy(p, "\r\n");
	}
	p = stpcpy(p, "\r\n");
	out_commit(exchange->conn, (size_t)(p - head));
	return true;
}

/* The exchange is over: its module hears `close`. */
static void
upgrade_leave_exchange(struct conn *conn)
{
	struct exchange *exchange = conn->exchange;

	if (conn->http->access != NULL)
		access_ended_on(exchange, false);
	response_timeout_free(exchange);
	conn->exchange = NULL;
	exchange_detach(exchange, false);
}

/* It has been destroyed before it was there: the head, and what was written behind it, leave. */
static void
upgrade_destroyed(struct conn *conn, struct socket *sock)
{
	if (conn->state != CONN_CLOSED && conn->http->out.owner == conn)
		out_flush(conn->http);
	if (conn->state != CONN_CLOSED && conn->queue == NULL)
		socket_send_last(sock, conn_fd(conn));
	else
		queue_clear(&sock->queue, conn->http->calls);
}

void
conn_hand_over(struct conn *conn, struct socket *sock, const char *p, size_t n)
{
	struct queue written;

	if (sock->state == SOCKET_CLOSED)
		upgrade_destroyed(conn, sock);
	if (conn->state == CONN_CLOSED || sock->state == SOCKET_CLOSED) {
		conn_close(conn, false);
		socket_fail(sock, EDDY_ERRNO(ECONNRESET));
		return;
	}
	queue_init(&written); /* by the module already: it goes behind the head */
	queue_move(&written, &sock->queue);
	out_hand_over(conn, &sock->queue);
	queue_move(&sock->queue, &written);
	if (conn->state == CONN_CLOSED || socket_hold(sock, p, n) != 0) {
		conn_close(conn, true);
		socket_fail(sock, EDDY_ERRNO(ECONNRESET));
		return;
	}
	upgrade_leave_exchange(conn);
	sock->eof = conn->eof;
	sock->gone = conn->fin;
	socket_is_client(sock, &conn->peer);
	if (conn->server != NULL)
		sock->server = &conn->server->server; /* which it leaves when it closes */
	socket_connected(sock, conn_give_up(conn));
}

/* Makes the socket and gives it the connection, now or when conn_process has come to its end. */
static struct socket *
upgrade_start(struct exchange *exchange, const eddy_socket_events *events, void *arg)
{
	struct http *http = exchange->http;
	struct conn *conn = exchange->conn;
	struct socket *sock = socket_new(http->net, events, arg);

	if (sock == NULL) {
		conn_close(conn, true);
		return NULL;
	}
	sock->module = exchange->route->module;
	conn->state = CONN_UPGRADE;
	if (conn->busy) {
		http->upgrading = sock;
		socket_expect(sock, conn_fd(conn));
	} else {
		conn_hand_over(conn, sock, conn->held != NULL ? conn->held->bytes : NULL,
			       conn->held != NULL ? conn->held_len : 0);
	}
	return sock;
}

/* The exchange, if its connection can be taken over. */
static struct exchange *
upgrade_find(const eddy_response *handle, const char *what)
{
	struct exchange *exchange = api_find(&worker_self->http.handles, handle, what);
	const char *why;

	if (exchange == NULL || exchange->conn == NULL || exchange->response.answered)
		return NULL;
	if (exchange->response.head_fixed || exchange->response.ended) {
		api_misuse(EDDY_EHEADERS_SENT, what);
		return NULL;
	}
	why = request_refused(exchange);
	if (why == NULL)
		return exchange;
	api_misuse_as(EDDY_EINVAL, what, why);
	return NULL;
}

/* As if it had been answered: by a head that has been put together, or by the module's own. */
static eddy_socket *
upgrade_take(struct exchange *exchange, const eddy_socket_events *events, void *arg)
{
	struct response *res = &exchange->response;
	int status = upgrade_status(exchange);
	struct socket *sock;

	res->status = (uint16_t)status;
	res->head_fixed = res->head_sent = res->ended = true;
	slot_add(exchange->http->slot->counters.responses[status / 100], 1);
	sock = upgrade_start(exchange, events, arg);
	return sock != NULL ? socket_handle(sock) : NULL;
}

eddy_socket *
eddy_response_upgrade(eddy_response *handle, const char *protocol, const eddy_socket_events *events,
		      void *arg)
{
	struct exchange *exchange = upgrade_find(handle, __func__);
	const char *why;

	if (exchange == NULL)
		return NULL;
	why = protocol_refused(exchange, protocol);
	if (why != NULL) {
		api_misuse_as(EDDY_EINVAL, __func__, why);
		return NULL;
	}
	if (!upgrade_send_head(exchange, protocol))
		return NULL;
	return upgrade_take(exchange, events, arg);
}

eddy_socket *
eddy_response_detach_socket(eddy_response *handle, const eddy_socket_events *events, void *arg)
{
	struct exchange *exchange = upgrade_find(handle, __func__);

	return exchange != NULL ? upgrade_take(exchange, events, arg) : NULL;
}
