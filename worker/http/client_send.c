/*
 * What a request sends: its head, made from the options when the body's framing is known, and its
 * body. Bytes that no connection can have yet, because there is none or the server has not said 100
 * (Continue), are collected in `unsent`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "http/chars.h"
#include "http/client.h"
#include "http/client_conn.h"
#include "http/framing.h"
#include "http/host.h"
#include "http/url.h"
#include "net/queue.h"

#define CHUNK_HEAD_MAX 20 /* "ffffffffffffffff\r\n" */

/* The options --------------------------------------------------------------------- */

static bool
name_is(const char *name, const char *lower)
{
	size_t n = strlen(lower);

	return strlen(name) == n && chars_equal_nocase(name, lower, n);
}

/* A Content-Length of the module's. */
static const char *
describe_length(struct client_request *req, const char *value)
{
	size_t n = strlen(value);

	if (req->has_length || !chars_all(value, n, CHAR_DIGIT) || n > 18)
		return "Content-Length is to be one number";
	req->has_length = true;
	req->length = strtoull(value, NULL, 10);
	return NULL;
}

static void
describe_connection(struct client_request *req, const char *value)
{
	size_t n = strlen(value);
	eddy_str option;

	req->has_connection = true;
	while (list_next(&value, &n, &option))
		if (option.n == 5 && chars_equal_nocase(option.p, "close", 5))
			req->close = true;
}

/* What a header means to eddy. NULL, or what is wrong. */
static const char *
describe_header(struct client_request *req, const char *name, const char *value)
{
	if (name_is(name, "content-length"))
		return describe_length(req, value);
	if (name_is(name, "connection")) {
		describe_connection(req, value);
	} else if (name_is(name, "transfer-encoding")) {
		if (req->has_chunked || !name_is(value, "chunked"))
			return "Transfer-Encoding can be chunked and nothing else";
		req->has_chunked = true;
	} else if (name_is(name, "expect")) {
		if (!name_is(value, "100-continue"))
			return "Expect can be 100-continue and nothing else";
		req->expects = true;
	} else if (name_is(name, "host")) {
		if (req->has_host || !host_is_valid(value, strlen(value)))
			return "Host is to be one host, with or without a port";
		req->has_host = true;
	}
	return NULL;
}

static int
describe_headers(struct client_request *req, const eddy_http_options *options, const char **why)
{
	for (uint32_t i = 0; i < options->nheaders; i++) {
		const eddy_header *header = &options->headers[i];
		int error;

		*why = "a header has no name or no value";
		if (header->name == NULL || header->value == NULL)
			return EDDY_EINVAL;
		error = fields_add(&req->fields, header->name, strlen(header->name), header->value,
				   strlen(header->value));
		*why = eddy_strerror(error);
		if (error != 0)
			return error == EDDY_ENOMEM ? error : EDDY_EINVAL;
		*why = describe_header(req, header->name, header->value);
		if (*why != NULL)
			return EDDY_EINVAL;
	}
	*why = "Content-Length and Transfer-Encoding exclude each other";
	return req->has_length && req->has_chunked ? EDDY_EINVAL : 0;
}

static bool
method_is_one_of(const char *method, const char *const *methods)
{
	while (*methods != NULL && strcmp(method, *methods) != 0)
		methods++;
	return *methods != NULL;
}

static int
describe_method(struct client_request *req, const char *method, const char **why)
{
	static const char *const idempotent[] = {"GET", "HEAD",	  "OPTIONS", "TRACE",
						 "PUT", "DELETE", NULL};
	static const char *const with_body[] = {"POST", "PUT", "PATCH", NULL};

	*why = "the method is no token";
	if (!chars_all(method, strlen(method), CHAR_TOKEN))
		return EDDY_EINVAL;
	req->is_head = strcmp(method, "HEAD") == 0;
	req->is_connect = strcmp(method, "CONNECT") == 0;
	req->idempotent = method_is_one_of(method, idempotent);
	req->has_body = method_is_one_of(method, with_body);
	return 0;
}

/* What is asked for, and whose it is. */
struct target {
	eddy_str text, host;
	unsigned port;
	bool rootless; /* a slash goes in front of it */
};

/* To CONNECT, the url has it behind its own host. NULL, or what is wrong. */
static const char *
target_of_tunnel(struct target *target)
{
	if (!target->rootless) { /* without the slash */
		target->text.p++;
		target->text.n--;
	}
	if (target->rootless || !host_has_port(target->text.p, target->text.n))
		return "to CONNECT, the url's path is to be /host:port";
	return NULL;
}

/* What `path` says instead (RFC 9112 3.2). NULL, or what is wrong. */
static const char *
target_of_path(const char *method, const char *path, struct target *target)
{
	const char *why;
	struct url url;

	target->text = (eddy_str){path, strlen(path)};
	target->rootless = false;
	if (strcmp(method, "CONNECT") == 0)
		return host_has_port(path, target->text.n) ? NULL
							   : "to CONNECT, path is to be host:port";
	if (!chars_all_or_none(path, target->text.n, CHAR_TARGET))
		return "path has bytes that must be percent-encoded";
	if (path[0] == '/' || (strcmp(path, "*") == 0 && strcmp(method, "OPTIONS") == 0))
		return NULL;
	if (url_parse(&url, path, &why) != 0)
		return "path is to begin with a slash, to be * with OPTIONS, or a URL for a proxy";
	target->host = url.host;
	target->port = url.port;
	return NULL;
}

/* 0, or EDDY_EINVAL with what is wrong in *why. */
static int
describe_target(struct target *target, const struct url *url, const char *method, const char *path,
		const char **why)
{
	bool tunnel = strcmp(method, "CONNECT") == 0;

	*target = (struct target){url->target, url->host, url->port, url->rootless};
	if (path != NULL)
		*why = target_of_path(method, path, target);
	else
		*why = tunnel ? target_of_tunnel(target) : NULL;
	if (tunnel) { /* its Host is what it asks for (RFC 9110 9.3.6) */
		target->host = target->text;
		target->port = URL_PORT_HTTP;
	}
	return *why == NULL ? 0 : EDDY_EINVAL;
}

/* "GET /path HTTP/1.1" and Host. 0 or EDDY_ENOMEM. */
static int
describe_line(struct client_request *req, const char *method, const struct target *target)
{
	const char *slash = target->rootless ? "/" : "";
	int text_n = (int)target->text.n, host_n = (int)target->host.n, n;
	char port[8] = "";

	if (target->port != URL_PORT_HTTP)
		snprintf(port, sizeof(port), ":%u", target->port);
	if (req->has_host)
		n = asprintf(&req->line, "%s %s%.*s HTTP/1.1\r\n", method, slash, text_n,
			     target->text.p);
	else
		n = asprintf(&req->line, "%s %s%.*s HTTP/1.1\r\nHost: %.*s%s\r\n", method, slash,
			     text_n, target->text.p, host_n, target->host.p, port);
	if (n < 0)
		req->line = NULL;
	return n < 0 ? EDDY_ENOMEM : 0;
}

static int
describe_address(struct client_request *req, const char *socket_path, const struct url *url)
{
	int n = socket_path != NULL ? asprintf(&req->address, "unix:%s", socket_path)
				    : asprintf(&req->address, "%.*s:%u", (int)url->host.n,
					       url->host.p, url->port);

	if (n < 0)
		req->address = NULL;
	return n < 0 ? EDDY_ENOMEM : 0;
}

int
client_describe(struct client_request *req, const eddy_http_options *options, const char **why)
{
	const char *method = options->method != NULL ? options->method : "GET";
	struct target target = {.port = 0};
	struct url url;
	int error = describe_method(req, method, why);

	if (error == 0)
		error = url_parse(&url, options->url, why);
	if (error == 0)
		error = describe_target(&target, &url, method, options->path, why);
	if (error == 0)
		error = describe_headers(req, options, why);
	if (error != 0)
		return error;
	req->timeout_ms = options->timeout;
	*why = eddy_strerror(EDDY_ENOMEM);
	error = describe_line(req, method, &target);
	return error == 0 ? describe_address(req, options->socket_path, &url) : error;
}

/* The head ------------------------------------------------------------------------ */

/* How the body will be framed; `whole`: its n bytes are all that there will be. */
static void
client_decide(struct client_request *req, bool whole, bool any, size_t n)
{
	if (req->has_length) {
		req->framing = CLIENT_LENGTH;
	} else if (req->has_chunked || (!whole && (any || req->has_body))) {
		req->framing = CLIENT_CHUNKED;
	} else if (whole && (n > 0 || req->has_body)) {
		req->framing = CLIENT_LENGTH;
		req->length = n;
	} else {
		req->framing = CLIENT_NO_BODY;
	}
}

/* 0 or EDDY_ENOMEM. */
static int
client_make_head(struct client_request *req)
{
	const char *connection = "";
	char framing[48] = "";
	int n;

	if (req->framing == CLIENT_CHUNKED && !req->has_chunked)
		snprintf(framing, sizeof(framing), "Transfer-Encoding: chunked\r\n");
	else if (req->framing == CLIENT_LENGTH && !req->has_length)
		snprintf(framing, sizeof(framing), "Content-Length: %llu\r\n",
			 (unsigned long long)req->length);
	if (req->agent->no_keep_alive && !req->has_connection) {
		connection = "Connection: close\r\n";
		req->close = true;
	}
	n = asprintf(&req->head, "%s%.*s%s%s\r\n", req->line, (int)req->fields.len,
		     req->fields.p != NULL ? req->fields.p : "", framing, connection);
	if (n < 0) {
		req->head = NULL;
		return EDDY_ENOMEM;
	}
	req->head_len = (size_t)n;
	return 0;
}

/* The first step, if it has not been made: the head, and a connection is asked for. */
static void
client_start(struct client_request *req, bool whole, bool any, size_t n)
{
	int error;

	if (req->state != CLIENT_MADE)
		return;
	client_decide(req, whole, any, n);
	if (req->framing == CLIENT_NO_BODY)
		req->expects = false;
	error = client_make_head(req);
	if (error != 0)
		client_over(req, error);
	else
		client_begin(req);
}

/* Sending ------------------------------------------------------------------------- */

/*
 * It is finished when the kernel has the last byte, of which the socket tells when it is told that
 * somebody waits.
 */
static void
client_finish(struct client_request *req)
{
	if (!req->ended || req->finished || req->conn == NULL || req->expects)
		return;
	if (client_conn_is_sent(req->conn)) {
		req->finished = true;
		client_post(req, CLIENT_FINISH);
	}
}

/* Whether a connection may have the body. */
static bool
client_may_send(const struct client_request *req)
{
	return req->state == CLIENT_RUNNING && !req->expects;
}

static int
client_collect(struct client_request *req, const char *p, size_t n)
{
	size_t need = req->unsent_len + n, size = req->unsent_size != 0 ? req->unsent_size : 1024;
	char *unsent;

	while (size < need)
		size *= 2;
	if (size > req->unsent_size) {
		unsent = realloc(req->unsent, size);
		if (unsent == NULL)
			return EDDY_ENOMEM;
		req->unsent = unsent;
		req->unsent_size = size;
	}
	memcpy(req->unsent + req->unsent_len, p, n);
	req->unsent_len = need;
	return 0;
}

/* Framed bytes. */
static void
client_put(struct client_request *req, const char *p, size_t n)
{
	if (req->conn != NULL)
		client_conn_wait(req->conn);
	if (client_may_send(req)) {
		req->body_sent = true;
		if (!eddy_socket_write(req->conn->sock, p, n))
			req->full = true;
	} else if (req->state != CLIENT_OVER) {
		if (client_collect(req, p, n) != 0)
			client_over(req, EDDY_ENOMEM);
		else if (req->unsent_len > QUEUE_HIGH_WATER)
			req->full = true;
	}
}

/* What has been collected leaves. */
static void
client_put_unsent(struct client_request *req)
{
	bool room = true;

	if (req->unsent_len > 0) {
		req->body_sent = true;
		room = eddy_socket_write(req->conn->sock, req->unsent, req->unsent_len);
	}
	free(req->unsent);
	req->unsent = NULL;
	req->unsent_len = req->unsent_size = 0;
	if (room)
		client_drained(req);
	else
		req->full = true;
}

void
client_send(struct client_request *req)
{
	eddy_socket_write(req->conn->sock, req->head, req->head_len);
	if (req->expects)
		deadline_start(&req->expect, &req->client->continues);
	else
		client_put_unsent(req);
}

void
client_continue(struct client_request *req)
{
	if (!req->expects || req->state != CLIENT_RUNNING)
		return;
	deadline_stop(&req->expect);
	req->expects = false;
	client_put_unsent(req);
}

void
client_continue_passed(struct deadline *deadline)
{
	client_continue((struct client_request *)(void *)((char *)deadline -
							  offsetof(struct client_request, expect)));
}

void
client_drained(struct client_request *req)
{
	client_finish(req);
	if (!req->full)
		return;
	req->full = false;
	if (!req->ended)
		client_post(req, CLIENT_DRAIN);
}

void
client_connected(struct client_request *req)
{
	client_post(req, CLIENT_CONNECT);
	client_finish(req);
}

/* The module's calls -------------------------------------------------------------- */

/* Whether nobody takes its body any more: it is over, or is as soon as `end` has been told. */
static bool
client_is_through(const struct client_request *req)
{
	return req->state == CLIENT_OVER || (req->state == CLIENT_RUNNING && req->conn == NULL);
}

/* Whether n bytes more may be written; says what is wrong if not. */
static bool
client_may_write(struct client_request *req, size_t n, const char *what)
{
	if (client_is_through(req))
		return false;
	if (req->ended) {
		api_misuse(EDDY_EWRITE_AFTER_END, what);
		return false;
	}
	client_start(req, false, n > 0, n);
	if (req->state == CLIENT_OVER)
		return false;
	if (req->framing == CLIENT_NO_BODY && n > 0) {
		api_misuse_as(EDDY_EINVAL, what, "the head has been sent, and promises no body");
		return false;
	}
	if (req->framing == CLIENT_LENGTH && n > req->length - req->written) {
		client_over(req, api_misuse(EDDY_ECONTENT_LENGTH, what));
		return false;
	}
	return true;
}

static void
client_put_chunk_head(struct client_request *req, size_t n)
{
	char head[CHUNK_HEAD_MAX];

	if (req->framing == CLIENT_CHUNKED)
		client_put(req, head, (size_t)snprintf(head, sizeof(head), "%zx\r\n", n));
}

static void
client_put_last_chunk(struct client_request *req)
{
	if (req->framing != CLIENT_CHUNKED)
		return;
	client_put(req, "0\r\n", 3);
	if (req->trailer_fields.len > 0)
		client_put(req, req->trailer_fields.p, req->trailer_fields.len);
	client_put(req, "\r\n", 2);
}

static bool
client_wrote(struct client_request *req, size_t n)
{
	req->written += n;
	if (req->framing == CLIENT_CHUNKED)
		client_put(req, "\r\n", 2);
	return req->state != CLIENT_OVER && !req->full;
}

bool
client_write(struct client_request *req, const void *p, size_t n, const char *what)
{
	if (!client_may_write(req, n, what))
		return false;
	if (n == 0)
		return !req->full;
	client_put_chunk_head(req, n);
	client_put(req, p, n);
	return client_wrote(req, n);
}

/* Only a connection can have it without a copy. */
bool
client_write_owned(struct client_request *req, void *p, size_t n,
		   void (*release)(void *p, void *arg), void *arg, const char *what)
{
	struct calls *calls = req->client->calls;
	struct lent lent = {.p = p, .arg = arg, .release = release, .module = calls->running};
	bool more = false;

	if (!client_may_write(req, n, what)) {
		lent_release(calls, &lent);
		return false;
	}
	if (n == 0 || !client_may_send(req)) {
		more = client_write(req, p, n, what);
		lent_release(calls, &lent);
		return more;
	}
	client_put_chunk_head(req, n);
	req->body_sent = true;
	client_conn_wait(req->conn);
	if (!eddy_socket_write_owned(req->conn->sock, p, n, release, arg))
		req->full = true;
	return client_wrote(req, n);
}

void
client_end(struct client_request *req, const void *p, size_t n, const char *what)
{
	if (client_is_through(req))
		return;
	if (req->ended) {
		api_misuse(EDDY_EWRITE_AFTER_END, what);
		return;
	}
	client_start(req, true, n > 0, n);
	if (n > 0 && req->state != CLIENT_OVER)
		client_write(req, p, n, what);
	if (req->state == CLIENT_OVER)
		return;
	if (req->framing == CLIENT_LENGTH && req->written < req->length) {
		client_over(req, api_misuse(EDDY_ECONTENT_LENGTH, what));
		return;
	}
	client_put_last_chunk(req);
	if (req->conn != NULL)
		client_conn_wait(req->conn);
	req->ended = true;
	client_finish(req);
}

int
client_add_trailer(struct client_request *req, const char *name, const char *value,
		   const char *what)
{
	int error;

	if (client_is_through(req))
		return EDDY_ECLOSED;
	if (req->ended)
		return api_misuse(EDDY_EWRITE_AFTER_END, what);
	error = fields_add(&req->trailer_fields, name, strlen(name), value, strlen(value));
	return error != 0 ? api_misuse(error, what) : 0;
}

void
client_flush(struct client_request *req)
{
	client_start(req, false, false, 0);
}
