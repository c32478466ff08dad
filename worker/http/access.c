/*
 * The access log's lines; see access.h.
 *
 * Whatever a client has sent is escaped, so that nothing in a line can pass for its end, for
 * another line, or for another value. Each part of a line that has a known bound gets it
 * (PART_MAX); the others share what is left of the longest line.
 */
#include "http/access.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/conn.h"
#include "http/exchange.h"
#include "http/http.h"
#include "http/status.h"
#include "loop/clock.h"
#include "loop/journal.h"
#include "module/route.h"

#define PART_MAX 64   /* bytes of a number, a time or an address, with quotes */
#define VERSION_LEN 8 /* "HTTP/1.1" */
#define STATUS_CLIENT_LEFT 499
#define STATUS_DESTROYED 444

struct access_wait {
	const struct route *route;
	uint64_t bytes, begun_ns;
	uint32_t requests;
	int status;
	char *saved;
};

/* A line that is being made. */
struct line {
	char *p;
	size_t room; /* for values of unknown length */
	bool json;
};

/* Values -------------------------------------------------------------------------- */

static const char hex_digits[] = "0123456789ABCDEF";

static void
put_bytes(struct line *line, const char *p, size_t n)
{
	line->p = (char *)mempcpy(line->p, p, n);
}

static void
put_number(struct line *line, uint64_t n)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	put_bytes(line, digits + i, sizeof(digits) - i);
}

/* Nothing known: "-", which stands in the format's own quotes if it has any. */
static void
put_nothing(struct line *line)
{
	if (line->json)
		put_bytes(line, "null", 4);
	else
		*line->p++ = '-';
}

/* Quotes, backslashes and all that is not printable ASCII as \xHH. */
static void
put_escaped(struct line *line, eddy_str s)
{
	char *p = line->p, *end = p + line->room - 4;

	for (size_t i = 0; i < s.n && p <= end; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
			*p++ = (char)c;
			continue;
		}
		*p++ = '\\';
		*p++ = 'x';
		*p++ = hex_digits[c >> 4];
		*p++ = hex_digits[c & 15];
	}
	line->room -= (size_t)(p - line->p);
	line->p = p;
}

/* The length of the UTF-8 sequence at p (RFC 3629), or 0: it is none. */
static size_t
utf8_length(const unsigned char *p, size_t n)
{
	size_t len = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (len == 0 || len > n || p[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] >= 0xa0) || /* long; surrogate */
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] >= 0x90))
		return 0;
	return len;
}

/*
 * What JSON cannot hold as it is: a control byte, or a byte that is no UTF-8, which is told alike.
 */
static char *
put_json_byte(char *p, unsigned char c)
{
	if (c == '"' || c == '\\') {
		*p++ = '\\';
		*p++ = (char)c;
		return p;
	}
	p = (char *)mempcpy(p, "\\u00", 4);
	*p++ = hex_digits[c >> 4];
	*p++ = hex_digits[c & 15];
	return p;
}

static void
put_json(struct line *line, eddy_str s)
{
	const unsigned char *from = (const unsigned char *)s.p, *to = from + s.n;
	char *p = line->p, *end = p + line->room - 8;

	*p++ = '"';
	while (from < to && p <= end) {
		size_t len = utf8_length(from, (size_t)(to - from));

		if (len == 0 || *from < ' ' || *from == '"' || *from == '\\' || *from == 0x7f) {
			p = put_json_byte(p, *from++);
		} else {
			p = (char *)mempcpy(p, from, len);
			from += len;
		}
	}
	*p++ = '"';
	line->room -= (size_t)(p - line->p);
	line->p = p;
}

/* A value of unknown length; p NULL: there is none. */
static void
put_value(struct line *line, eddy_str s)
{
	if (s.p == NULL || line->room < 16)
		put_nothing(line);
	else if (line->json)
		put_json(line, s);
	else
		put_escaped(line, s);
}

/* A value that needs no escaping. */
static void
put_plain(struct line *line, const char *p, size_t n)
{
	if (line->json)
		*line->p++ = '"';
	put_bytes(line, p, n);
	if (line->json)
		*line->p++ = '"';
}

static void
put_address(struct line *line, const struct peer *peer)
{
	struct line part = {.p = (char[PART_MAX]){0}};
	char *text = part.p;

	switch (peer->family) {
	case AF_INET: /* most are, and inet_ntop is slow */
		for (int i = 0; i < 4; i++) {
			if (i > 0)
				*part.p++ = '.';
			put_number(&part, peer->address[i]);
		}
		break;
	case AF_INET6:
		if (inet_ntop(AF_INET6, peer->address, text, PART_MAX) != NULL)
			part.p += strlen(text);
		break;
	default:
		put_bytes(&part, "unix:", 5);
		break;
	}
	put_plain(line, text, (size_t)(part.p - text));
}

/* Milliseconds, with microseconds behind the point. */
static void
put_ms(struct line *line, uint64_t us)
{
	put_number(line, us / 1000);
	*line->p++ = '.';
	*line->p++ = (char)('0' + us / 100 % 10);
	*line->p++ = (char)('0' + us / 10 % 10);
	*line->p++ = (char)('0' + us % 10);
}

/* Times ---------------------------------------------------------------------------- */

/* As date.c: no names that depend on a locale. */
static void
times_renew(struct access *access, time_t now)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm tm;
	long minutes;
	char sign;

	access->second = now;
	localtime_r(&now, &tm);
	minutes = tm.tm_gmtoff / 60;
	sign = minutes < 0 ? '-' : '+';
	minutes = minutes < 0 ? -minutes : minutes;
	snprintf(access->clf, sizeof(access->clf), "[%02d/%s/%04d:%02d:%02d:%02d %c%02ld%02ld]",
		 tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec,
		 sign, minutes / 60 % 100, minutes % 60);
	snprintf(access->iso, sizeof(access->iso), "%04d-%02d-%02dT%02d:%02d:%02d%c%02ld:%02ld",
		 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		 sign, minutes / 60 % 100, minutes % 60);
}

void
access_begin_timed(struct access *access)
{
	access->begun_ns = clock_now_ns();
}

/* What comes from the head --------------------------------------------------------- */

static bool
item_is_of_head(const struct conf_format_item *item)
{
	switch (item->kind) {
	case CONF_FORMAT_HEADER:
	case CONF_FORMAT_LINE:
	case CONF_FORMAT_URL:
	case CONF_FORMAT_METHOD:
	case CONF_FORMAT_PATH:
	case CONF_FORMAT_QUERY:
	case CONF_FORMAT_PROTOCOL:
		return true;
	default:
		return false;
	}
}

static eddy_str
head_query(const struct head *head)
{
	eddy_str query = head_str(head, head->query);

	if (head->query.at == 0)
		return (eddy_str){"", 0};
	return (eddy_str){query.p - 1, query.n + 1}; /* with its "?" */
}

/* The value of such a part. The request line is as it came: one space, and a version of 8 bytes. */
static eddy_str
head_part(const struct head *head, const struct conf_format_item *item)
{
	eddy_str target = head_str(head, head->target);
	const char *line = head->bytes + head->method.at;
	int i;

	switch (item->kind) {
	case CONF_FORMAT_HEADER:
		i = head_find(head, 0, item->text, item->size);
		return i >= 0 ? head_value(head, (size_t)i) : (eddy_str){NULL, 0};
	case CONF_FORMAT_LINE:
		return (eddy_str){line, (size_t)(target.p - line) + target.n + 1 + VERSION_LEN};
	case CONF_FORMAT_URL:
		return target;
	case CONF_FORMAT_METHOD:
		return head_str(head, head->method);
	case CONF_FORMAT_PATH:
		return head_path(head);
	case CONF_FORMAT_QUERY:
		return head_query(head);
	default:
		return (eddy_str){target.p + target.n + 1, VERSION_LEN};
	}
}

char *
access_save(struct access *access, const struct head *head)
{
	struct line line = {.p = access->line, .room = access->room};
	size_t size;
	char *saved;

	for (size_t i = 0; i < access->nitems; i++) {
		if (!item_is_of_head(&access->items[i]))
			continue;
		line.json = access->json && i < access->nmessage;
		put_value(&line, head_part(head, &access->items[i]));
		*line.p++ = '\0';
	}
	size = (size_t)(line.p - access->line);
	saved = malloc(size + 1);
	if (saved != NULL)
		memcpy(saved, access->line, size);
	return saved;
}

/* The lines ------------------------------------------------------------------------ */

static void
put_head_part(struct line *line, const struct access_entry *entry,
	      const struct conf_format_item *item, const char **saved)
{
	size_t n;

	if (entry->head != NULL) {
		put_value(line, head_part(entry->head, item));
	} else if (*saved != NULL) {
		n = strlen(*saved);
		put_bytes(line, *saved, n);
		line->room -= n < line->room ? n : line->room; /* as when it was written first */
		*saved += n + 1;
	} else if (item->kind == CONF_FORMAT_LINE && entry->unparsed.n > 0) {
		put_value(line, entry->unparsed);
	} else {
		put_nothing(line);
	}
}

static void
put_route_part(struct line *line, const struct route *route, enum conf_format_kind kind)
{
	const char *name = NULL;

	if (route != NULL)
		name = kind == CONF_FORMAT_ROUTE ? route->conf->path : route->module->conf->name;
	put_value(line, (eddy_str){name, name != NULL ? strlen(name) : 0});
}

static void
put_part(struct line *line, const struct access *access, const struct access_entry *entry,
	 const struct conf_format_item *item)
{
	uint64_t us = entry->took_ns / 1000;

	switch (item->kind) {
	case CONF_FORMAT_TEXT:
		put_bytes(line, item->text, item->size);
		break;
	case CONF_FORMAT_ADDRESS:
		put_address(line, entry->peer);
		break;
	case CONF_FORMAT_PORT:
		if (entry->peer->family == AF_UNIX)
			put_nothing(line);
		else
			put_number(line, ntohs(entry->peer->port));
		break;
	case CONF_FORMAT_TIME:
		put_plain(line, access->clf, strlen(access->clf));
		break;
	case CONF_FORMAT_TIME_ISO:
		put_plain(line, access->iso, strlen(access->iso));
		break;
	case CONF_FORMAT_TIME_SEC:
		put_number(line, (uint64_t)entry->second);
		break;
	case CONF_FORMAT_UNPARSED:
		put_value(line, entry->unparsed);
		break;
	case CONF_FORMAT_STATUS:
		put_number(line, (uint64_t)entry->status);
		break;
	case CONF_FORMAT_BYTES_OR_DASH:
		if (entry->bytes == 0)
			put_nothing(line);
		else
			put_number(line, entry->bytes);
		break;
	case CONF_FORMAT_BYTES:
		put_number(line, entry->bytes);
		break;
	case CONF_FORMAT_TOOK_US:
		put_number(line, us);
		break;
	case CONF_FORMAT_TOOK_MS:
		put_ms(line, us);
		break;
	case CONF_FORMAT_TOOK_S:
		put_number(line, us / 1000000);
		break;
	case CONF_FORMAT_KEPT:
		put_number(line, entry->requests > 0 ? entry->requests - 1 : 0);
		break;
	case CONF_FORMAT_PID:
		put_number(line, access->pid);
		break;
	case CONF_FORMAT_ROUTE:
	case CONF_FORMAT_MODULE:
		put_route_part(line, entry->route, item->kind);
		break;
	case CONF_FORMAT_WORKER:
		put_number(line, access->worker);
		break;
	case CONF_FORMAT_GENERATION:
		put_number(line, access->generation);
		break;
	default:
		put_nothing(line);
		break;
	}
}

size_t
access_format(struct access *access, const struct access_entry *entry, char *text)
{
	struct line line = {.p = text, .room = access->room};
	const char *saved = entry->saved;

	if (entry->second != access->second)
		times_renew(access, entry->second);
	for (size_t i = 0; i < access->nitems; i++) {
		const struct conf_format_item *item = &access->items[i];

		line.json = access->json && i < access->nmessage;
		if (item_is_of_head(item))
			put_head_part(&line, entry, item, &saved);
		else
			put_part(&line, access, entry, item);
	}
	*line.p++ = '\n';
	return (size_t)(line.p - text);
}

/* What becomes of requests ----------------------------------------------------------- */

static void
access_put(struct access *access, const struct http *http, struct access_entry *entry,
	   uint64_t begun_ns)
{
	entry->second = http->date.second;
	if (access->timed && begun_ns != 0)
		entry->took_ns = clock_now_ns() - begun_ns;
	if (writer_put(access->writer, access->line, access_format(access, entry, access->line)))
		return;
	access->dropped++;
	slot_add(access->slot->counters.access_dropped, 1);
}

void
access_answered_on(struct conn *conn, const struct head *head, const struct route *route,
		   int status)
{
	struct access *access = conn->http->access;
	struct access_entry entry = {
		.peer = &conn->peer,
		.head = head,
		.route = route,
		.bytes = head->is_head || status == 204 ? 0 : status_text(status).n + 1,
		.requests = conn->requests,
		.status = status,
	};

	if (route == NULL || route->conf->access_log)
		access_put(access, conn->http, &entry, access->begun_ns);
}

/* The request line of what is no request: up to its end, or as far as it has come. */
static eddy_str
unparsed_line(const char *p, size_t n)
{
	size_t len = 0;

	while (n > 0 && (*p == '\r' || *p == '\n')) {
		p++;
		n--;
	}
	while (len < n && p[len] != '\r' && p[len] != '\n')
		len++;
	return (eddy_str){p, len};
}

void
access_refused_on(struct conn *conn, int status, const char *p, size_t n)
{
	struct access_entry entry = {
		.peer = &conn->peer,
		.unparsed = unparsed_line(p, n),
		.bytes = status_text(status).n + 1,
		.requests = conn->requests + 1,
		.status = status,
	};

	access_put(conn->http->access, conn->http, &entry, 0);
}

/* Puts the line off until the queue is empty. False: no memory. */
static bool
wait_begin(struct exchange *exchange, const struct access_entry *entry)
{
	struct access_wait *wait = malloc(sizeof(*wait));

	if (wait == NULL)
		return false;
	access_release_on(exchange);
	*wait = (struct access_wait){
		.route = entry->route,
		.bytes = entry->bytes,
		.begun_ns = exchange->begun_ns,
		.requests = entry->requests,
		.status = entry->status,
		.saved = exchange->saved,
	};
	exchange->saved = NULL;
	exchange->conn->queue->wait = wait;
	return true;
}

void
access_waited(struct conn *conn, struct access_wait *wait, size_t unsent)
{
	struct access_entry entry = {
		.peer = &conn->peer,
		.saved = wait->saved,
		.route = wait->route,
		.bytes = wait->bytes > unsent ? wait->bytes - unsent : 0,
		.requests = wait->requests,
		.status = wait->status,
	};

	access_put(conn->http->access, conn->http, &entry, wait->begun_ns);
	free(wait->saved);
	free(wait);
}

void
access_ended_on(struct exchange *exchange, bool lost)
{
	const struct response *res = &exchange->response;
	struct conn *conn = exchange->conn;
	uint64_t unsent = lost ? out_unsent(conn) : 0;
	uint64_t bytes = res->no_body ? 0 : res->written;
	struct access_entry entry = {
		.peer = &conn->peer,
		.head = exchange->head,
		.saved = exchange->saved,
		.route = exchange->route,
		.bytes = bytes > unsent ? bytes - unsent : 0,
		.requests = conn->requests,
		.status = res->status,
	};

	if (exchange->logged || !exchange->route->conf->access_log)
		return;
	if (!res->head_sent) {
		entry.status = res->ended ? STATUS_DESTROYED : STATUS_CLIENT_LEFT;
		entry.bytes = 0;
	}
	if (lost || conn->queue == NULL || conn->queue->wait != NULL ||
	    !wait_begin(exchange, &entry))
		access_put(conn->http->access, conn->http, &entry, exchange->begun_ns);
	exchange->logged = true;
}

void
access_release_on(struct exchange *exchange)
{
	if (exchange->logged || exchange->head == NULL || exchange->saved != NULL ||
	    !exchange->route->conf->access_log)
		return;
	exchange->saved = access_save(exchange->http->access, exchange->head);
}

/* Made and ended --------------------------------------------------------------------- */

/* What the journal gets besides the message; each field begins with a NUL. */
#define FIELD(name)                                                                             \
	{                                                                                       \
		CONF_FORMAT_TEXT, (char *)(uintptr_t)("\0" name "="), sizeof("\0" name "=") - 1 \
	}

static const struct conf_format_item journal_fields[] = {
	FIELD("EDDY_STATUS"),	    {CONF_FORMAT_STATUS, NULL, 0},
	FIELD("EDDY_METHOD"),	    {CONF_FORMAT_METHOD, NULL, 0},
	FIELD("EDDY_PATH"),	    {CONF_FORMAT_PATH, NULL, 0},
	FIELD("EDDY_ROUTE"),	    {CONF_FORMAT_ROUTE, NULL, 0},
	FIELD("EDDY_MODULE"),	    {CONF_FORMAT_MODULE, NULL, 0},
	FIELD("EDDY_REMOTE"),	    {CONF_FORMAT_ADDRESS, NULL, 0},
	FIELD("EDDY_BYTES"),	    {CONF_FORMAT_BYTES, NULL, 0},
	FIELD("EDDY_DURATION_US"),  {CONF_FORMAT_TOOK_US, NULL, 0},
	FIELD("EDDY_WORKER"),	    {CONF_FORMAT_WORKER, NULL, 0},
	FIELD("EDDY_GENERATION"),   {CONF_FORMAT_GENERATION, NULL, 0},
	FIELD("SYSLOG_IDENTIFIER"), {CONF_FORMAT_TEXT, (char *)(uintptr_t) "eddy", 4},
	FIELD("PRIORITY"),	    {CONF_FORMAT_TEXT, (char *)(uintptr_t) "6", 1},
};
#define JOURNAL_FIELDS (sizeof(journal_fields) / sizeof(journal_fields[0]))

static int
items_make(struct access *access, const struct conf_http *conf)
{
	static const struct conf_format_item message = {CONF_FORMAT_TEXT,
							(char *)(uintptr_t) "MESSAGE=", 8};
	bool journal = conf->log == CONF_LOG_JOURNAL;
	size_t n = 0, fixed = 0;

	access->items = calloc(conf->format.count + JOURNAL_FIELDS + 2, sizeof(*access->items));
	if (access->items == NULL)
		return -ENOMEM;
	if (journal)
		access->items[n++] = message;
	for (size_t i = 0; i < conf->format.count; i++)
		access->items[n++] = conf->format.items[i];
	access->nmessage = n;
	for (size_t i = 0; journal && i < JOURNAL_FIELDS; i++)
		access->items[n++] = journal_fields[i];
	access->nitems = n;
	access->json = conf->format.json;
	for (size_t i = 0; i < n; i++) {
		enum conf_format_kind kind = access->items[i].kind;

		fixed += kind == CONF_FORMAT_TEXT ? access->items[i].size : PART_MAX;
		if (kind == CONF_FORMAT_TOOK_US || kind == CONF_FORMAT_TOOK_MS ||
		    kind == CONF_FORMAT_TOOK_S)
			access->timed = true;
	}
	access->room = WRITER_LINE_MAX - fixed - PART_MAX;
	return 0;
}

struct access *
access_new(const struct conf_http *conf, struct slot *slot, const struct contract_hello *hello,
	   int fd)
{
	struct access *access = calloc(1, sizeof(*access));

	if (access == NULL)
		return NULL;
	access->slot = slot;
	access->worker = hello->worker;
	access->generation = hello->generation;
	access->pid = (uint64_t)getpid();
	access->line = malloc(WRITER_LINE_MAX);
	if (access->line != NULL && items_make(access, conf) == 0)
		access->writer = writer_new(ACCESS_RING_SIZE, fd,
					    conf->log == CONF_LOG_JOURNAL ? journal_put : NULL);
	if (access->writer == NULL) {
		access_free(access, 0);
		return NULL;
	}
	times_renew(access, time(NULL)); /* reads the time zone's file: not later, on the loop */
	return access;
}

int
access_start(struct access *access)
{
	return writer_start(access->writer);
}

uint64_t
access_free(struct access *access, unsigned ms)
{
	uint64_t left = 0;

	if (access->writer != NULL) {
		left = writer_free(access->writer, ms);
		slot_add(access->slot->counters.access_dropped, left);
	}
	free(access->items);
	free(access->line);
	free(access);
	return left;
}

void
access_reopen(struct access *access, int fd)
{
	writer_reopen(access->writer, fd);
}

uint32_t
access_reopened(const struct access *access)
{
	return writer_reopened(access->writer);
}

size_t
access_report(struct access *access, char *text)
{
	uint64_t dropped = access->dropped - access->reported;
	int error = writer_error(access->writer), n = 0;
	const char *why = error == 0 || error == EAGAIN ? NULL : strerrordesc_np(error);

	if (dropped > 0)
		n = snprintf(text, 256, "%llu lines of the access log were dropped: %s",
			     (unsigned long long)dropped,
			     why != NULL ? why : "they are not taken as fast as they come");
	else if (why != NULL && error != access->error)
		n = snprintf(text, 256,
			     "the access log cannot be written: %s; lines wait for a while, then "
			     "they are dropped",
			     why);
	access->reported = access->dropped;
	access->error = error == EAGAIN ? access->error : error;
	return (size_t)n;
}
