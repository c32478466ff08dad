/*
 * poll: long-poll. A GET waits until somebody POSTs to the same path, in whichever worker, and is
 * answered with what was posted; after `timeout` milliseconds without a POST it is answered 204,
 * and the client asks again.
 *
 *	module "poll" { options { timeout = "25000" } }
 *	route "/poll/:room" { module = "poll"  methods = { "GET", "POST" } }
 *
 * A POST goes through eddy_cluster_send to all workers of the generation, which is what makes the
 * poster and those who wait independent of each other's worker.
 */
#include <eddy.h>
#include <errno.h>
#include <limits.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define TIMEOUT_MS 25000  /* proxies commonly give up after 30 s */
#define MESSAGE_MAX 60000 /* bytes of a POST: one cluster message takes it, its path and type */

struct poll;

struct waiter {
	TAILQ_ENTRY(waiter) in_room, in_poll;
	struct room *room;
	eddy_response *res;
	uint64_t since_ns;
};

/* Those who wait at one path. There is one as long as somebody waits. */
struct room {
	eddy_str path; /* the first member: path_compare */
	struct poll *poll;
	TAILQ_HEAD(, waiter) waiters;
	char bytes[]; /* path's */
};

struct poll {
	void *rooms; /* tsearch(3)'s, by path */
	TAILQ_HEAD(, waiter)
	waiters; /* of all rooms, the longest waiting first: one timer serves them all */
	eddy_timer *timer;
	unsigned timeout_ms;
	char topic[128];
};

/* What travels between workers: the path, the type and the body behind each other. */
struct message {
	uint32_t path_n, type_n;
};

static void poll_arm(struct poll *poll);

/* For tsearch(3): a room begins with its path. */
static int
path_compare(const void *a_void, const void *b_void)
{
	const eddy_str *a = a_void, *b = b_void;

	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return memcmp(a->p, b->p, a->n);
}

/* Waiting ------------------------------------------------------------------------- */

static void
waiter_free(struct waiter *waiter)
{
	struct room *room = waiter->room;

	TAILQ_REMOVE(&room->waiters, waiter, in_room);
	TAILQ_REMOVE(&room->poll->waiters, waiter, in_poll);
	free(waiter);
	if (TAILQ_EMPTY(&room->waiters)) {
		tdelete(room, &room->poll->rooms, path_compare);
		free(room);
	}
}

/* Takes it off the lists and gives its response, to be answered. */
static eddy_response *
waiter_take(struct waiter *waiter)
{
	eddy_response *res = waiter->res;

	eddy_response_on(res, NULL, NULL);
	waiter_free(waiter);
	return res;
}

static void
waiter_close(eddy_response *res, void *arg)
{
	(void)res;
	waiter_free(arg);
}

static void
answer_nothing(eddy_response *res)
{
	eddy_response_set_header(res, "Cache-Control", "no-store");
	eddy_response_send(res, 204, NULL, NULL, 0);
}

static void
poll_passed(void *arg)
{
	struct poll *poll = arg;
	uint64_t now_ns = eddy_process_hrtime();
	struct waiter *waiter;

	poll->timer = NULL;
	while ((waiter = TAILQ_FIRST(&poll->waiters)) != NULL &&
	       now_ns - waiter->since_ns >= (uint64_t)poll->timeout_ms * 1000000)
		answer_nothing(waiter_take(waiter));
	poll_arm(poll);
}

static void
poll_arm(struct poll *poll)
{
	const struct waiter *first = TAILQ_FIRST(&poll->waiters);
	uint64_t waited_ms;

	if (first == NULL || poll->timer != NULL)
		return;
	waited_ms = (eddy_process_hrtime() - first->since_ns) / 1000000;
	poll->timer = eddy_set_timeout(
		poll_passed,
		waited_ms < poll->timeout_ms ? poll->timeout_ms - (unsigned)waited_ms : 1, poll);
}

static struct room *
room_find(struct poll *poll, eddy_str path)
{
	struct room **found = tfind(&path, &poll->rooms, path_compare);

	return found != NULL ? *found : NULL;
}

static struct room *
room_open(struct poll *poll, eddy_str path)
{
	struct room *room = room_find(poll, path);

	if (room != NULL || (room = malloc(sizeof(*room) + path.n)) == NULL)
		return room;
	room->poll = poll;
	memcpy(room->bytes, path.p, path.n);
	room->path = (eddy_str){room->bytes, path.n};
	TAILQ_INIT(&room->waiters);
	if (tsearch(room, &poll->rooms, path_compare) != NULL)
		return room;
	free(room);
	return NULL;
}

static void
poll_park(struct poll *poll, eddy_request *req, eddy_response *res)
{
	static const eddy_response_events events = {.close = waiter_close};
	struct waiter *waiter = malloc(sizeof(*waiter));
	struct room *room = waiter != NULL ? room_open(poll, eddy_request_path(req)) : NULL;

	if (room == NULL) {
		free(waiter);
		eddy_response_send(res, 503, "text/plain", "out of memory\n", 14);
		return;
	}
	*waiter = (struct waiter){.room = room, .res = res, .since_ns = eddy_process_hrtime()};
	TAILQ_INSERT_TAIL(&room->waiters, waiter, in_room);
	TAILQ_INSERT_TAIL(&poll->waiters, waiter, in_poll);
	eddy_response_on(res, &events, waiter);
	eddy_request_release(req);
	poll_arm(poll);
}

/* Posting ------------------------------------------------------------------------- */

/* Where what comes behind it goes. */
static char *
put(char *to, const void *p, size_t n)
{
	if (n > 0)
		memcpy(to, p, n);
	return to + n;
}

static int
poll_send(const struct poll *poll, eddy_str path, eddy_str type, eddy_str body)
{
	struct message message = {.path_n = (uint32_t)path.n, .type_n = (uint32_t)type.n};
	size_t n = sizeof(message) + path.n + type.n + body.n;
	char *bytes = malloc(n), *p = bytes;
	int error;

	if (bytes == NULL)
		return EDDY_ENOMEM;
	p = put(p, &message, sizeof(message));
	p = put(p, path.p, path.n);
	p = put(p, type.p, type.n);
	put(p, body.p, body.n);
	error = eddy_cluster_send(poll->topic, bytes, n);
	free(bytes);
	return error;
}

static void
poll_posted(eddy_request *req, int err, eddy_str body, void *arg)
{
	eddy_response *res = eddy_request_response(req);
	eddy_str type = eddy_request_header(req, "content-type");

	if (err != 0) /* eddy answers it */
		return;
	if (type.n > 255)
		type.n = 0;
	switch (poll_send(arg, eddy_request_path(req), type, body)) {
	case 0:
		answer_nothing(res);
		break;
	case EDDY_ETOOBIG:
		eddy_response_send(res, 413, "text/plain", "the message is too long\n", 24);
		break;
	default:
		eddy_response_set_header(res, "Retry-After", "1");
		eddy_response_send(res, 503, "text/plain", "too many messages at once\n", 26);
	}
}

/* A message has come, from this worker or another: all who wait at its path get it. */
static void
poll_message(eddy_str bytes, void *arg)
{
	struct poll *poll = arg;
	struct message message;
	struct waiter *waiter;
	struct room *room;
	char type[256] = "text/plain; charset=utf-8";
	const char *path = bytes.p + sizeof(message), *body;
	size_t body_n;

	if (bytes.n < sizeof(message))
		return;
	memcpy(&message, bytes.p, sizeof(message));
	if (message.type_n >= sizeof(type) ||
	    (uint64_t)message.path_n + message.type_n > bytes.n - sizeof(message))
		return;
	room = room_find(poll, (eddy_str){path, message.path_n});
	if (room == NULL)
		return;
	if (message.type_n > 0) {
		memcpy(type, path + message.path_n, message.type_n);
		type[message.type_n] = '\0';
	}
	body = path + message.path_n + message.type_n;
	body_n = bytes.n - (size_t)(body - bytes.p);
	for (bool last = false; !last;) { /* the room goes with its last waiter */
		eddy_response *res;

		waiter = TAILQ_FIRST(&room->waiters);
		last = TAILQ_NEXT(waiter, in_room) == NULL;
		res = waiter_take(waiter);
		eddy_response_set_header(res, "Cache-Control", "no-store");
		eddy_response_send(res, 200, type, body, body_n);
	}
}

static void
poll_request(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str method = eddy_request_method(req);

	if (method.n == 4 && memcmp(method.p, "POST", 4) == 0) {
		eddy_request_body(req, MESSAGE_MAX, poll_posted, state);
	} else if ((method.n == 3 && memcmp(method.p, "GET", 3) == 0) ||
		   (method.n == 4 && memcmp(method.p, "HEAD", 4) == 0)) {
		poll_park(state, req, res);
	} else {
		eddy_response_set_header(res, "Allow", "GET, HEAD, POST");
		eddy_response_send(res, 405, "text/plain", "GET waits, POST sends\n", 22);
	}
}

/* Life ---------------------------------------------------------------------------- */

static int
poll_timeout(eddy_module *self, unsigned *ms)
{
	const char *text = eddy_module_option(self, "timeout", NULL);
	char *end;
	unsigned long value;

	*ms = TIMEOUT_MS;
	if (text == NULL)
		return 0;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || *text == '-' || value == 0 ||
	    value > UINT_MAX)
		return eddy_module_fail(
			self,
			"option timeout = \"%s\": not a number of milliseconds, such as \"25000\"",
			text);
	*ms = (unsigned)value;
	return 0;
}

static int
poll_load(eddy_module *self, void **state)
{
	struct poll *poll = calloc(1, sizeof(*poll));
	int error;

	if (poll == NULL)
		return eddy_module_fail(self, "out of memory");
	TAILQ_INIT(&poll->waiters);
	strcpy(poll->topic, "eddy.poll.");
	strncat(poll->topic, eddy_module_name(self), sizeof(poll->topic) - strlen(poll->topic) - 1);
	error = poll_timeout(self, &poll->timeout_ms);
	if (error == 0)
		error = eddy_cluster_on(poll->topic, poll_message, poll);
	if (error != 0) {
		free(poll);
		return error;
	}
	*state = poll;
	return 0;
}

/* The clients ask again, and reach the next generation. */
static void
poll_drain(void *state)
{
	struct poll *poll = state;
	struct waiter *waiter;

	while ((waiter = TAILQ_FIRST(&poll->waiters)) != NULL)
		answer_nothing(waiter_take(waiter));
}

static void
poll_unload(void *state)
{
	struct poll *poll = state;
	struct waiter *waiter;

	while ((waiter = TAILQ_FIRST(&poll->waiters)) != NULL)
		waiter_free(waiter);
	eddy_clear_timeout(poll->timer);
	free(poll);
}

EDDY_MODULE(.name = "poll", .version = "1", .load = poll_load, .drain = poll_drain,
	    .unload = poll_unload, .request = poll_request);
