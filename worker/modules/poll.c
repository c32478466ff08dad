/*
 * poll: long-poll, and a chat page on top of it. A GET waits until somebody POSTs to the same path,
 * in whichever worker, and is answered with what was posted; after `timeout` milliseconds without a
 * POST it is answered 204, and the client asks again.
 *
 *	module "poll" { options { timeout = "25000" } }
 *	route "/poll/:room" { module = "poll"  methods = { "GET", "POST" } }
 *	route "/chat" { module = "poll"  handler = "page" }
 *
 * A POST goes through eddy_cluster_send to all workers of the generation, which is what makes the
 * poster and those who wait independent of each other's worker. Each answer has a Message-Id; a GET
 * with ?since=ID is answered at once if there has been a message after that one, so that none is
 * missed between two GETs. The page at /chat talks to poll/ROOM beside it: the room is what follows
 * its "#".
 */
#include <eddy.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <syslog.h>

#define TIMEOUT_MS 25000  /* proxies commonly give up after 30 s */
#define MESSAGE_MAX 60000 /* bytes of a POST: one cluster message takes it, its path and type */
#define TYPE_MAX 255	  /* bytes of its Content-Type */
#define KEPT 64		  /* posts, of all paths, that a GET can still ask for */

struct poll;

/* A GET that waits. */
struct waiter {
	TAILQ_ENTRY(waiter) link;
	struct poll *poll;
	eddy_response *res;
	uint64_t since_ns;
	size_t path_n;
	char path[];
};

/* What was posted, as it travels between the workers. */
struct post {
	uint64_t id;
	uint32_t path_n, type_n, body_n;
	char bytes[]; /* path, type with its NUL, body */
};

struct poll {
	TAILQ_HEAD(, waiter) waiters; /* the longest waiting first: one timer serves them all */
	eddy_timer *timer;
	bool leaving;
	unsigned timeout_ms;
	struct post *kept[KEPT]; /* the i-th post is at i % KEPT */
	size_t nposts;
	uint64_t last_id;
	char topic[128];
};

static void poll_arm(struct poll *poll);

static void
answer_nothing(eddy_response *res)
{
	eddy_response_set_header(res, "Cache-Control", "no-store");
	eddy_response_send(res, 204, NULL, NULL, 0);
}

static void
answer_post(eddy_response *res, const struct post *post)
{
	const char *type = post->bytes + post->path_n;
	char id[24];

	snprintf(id, sizeof(id), "%llu", (unsigned long long)post->id);
	eddy_response_set_header(res, "Message-Id", id);
	eddy_response_set_header(res, "Cache-Control", "no-store");
	eddy_response_send(res, 200, type, type + post->type_n, post->body_n);
}

/* Waiting ------------------------------------------------------------------------- */

static void
waiter_free(struct waiter *waiter)
{
	TAILQ_REMOVE(&waiter->poll->waiters, waiter, link);
	free(waiter);
}

/* Takes it off the list and gives its response, to be answered. */
static eddy_response *
waiter_take(struct waiter *waiter)
{
	eddy_response *res = waiter->res;

	eddy_response_on(res, NULL, NULL);
	waiter_free(waiter);
	return res;
}

/* The client has left. */
static void
waiter_close(eddy_response *res, void *arg)
{
	(void)res;
	waiter_free(arg);
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

/* Wakes up when the one that waits longest has waited enough. */
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

static void
poll_park(struct poll *poll, eddy_request *req, eddy_response *res)
{
	static const eddy_response_events events = {.close = waiter_close};
	eddy_str path = eddy_request_path(req);
	struct waiter *waiter = malloc(sizeof(*waiter) + path.n);

	if (waiter == NULL) {
		eddy_response_send(res, 503, "text/plain", "out of memory\n", 14);
		return;
	}
	*waiter = (struct waiter){
		.poll = poll, .res = res, .since_ns = eddy_process_hrtime(), .path_n = path.n};
	memcpy(waiter->path, path.p, path.n);
	TAILQ_INSERT_TAIL(&poll->waiters, waiter, link);
	eddy_response_on(res, &events, waiter);
	eddy_request_release(req); /* nobody will look at its head again */
	poll_arm(poll);
}

/* Posts --------------------------------------------------------------------------- */

static bool
post_is_at(const struct post *post, const char *path, size_t n)
{
	return post->path_n == n && memcmp(post->bytes, path, n) == 0;
}

/* The first at that path after the one with the id, or of all that are kept; NULL: none yet. */
static const struct post *
post_after(const struct poll *poll, eddy_str path, uint64_t id)
{
	size_t oldest = poll->nposts > KEPT ? poll->nposts - KEPT : 0, i = poll->nposts;

	while (i > oldest && poll->kept[(i - 1) % KEPT]->id != id)
		i--;
	for (; i < poll->nposts; i++)
		if (post_is_at(poll->kept[i % KEPT], path.p, path.n))
			return poll->kept[i % KEPT];
	return NULL;
}

static void
post_keep(struct poll *poll, struct post *post)
{
	struct post **place = &poll->kept[poll->nposts++ % KEPT];

	free(*place);
	*place = post;
}

/* A post has come, from this worker or another: all who wait at its path get it. */
static void
poll_message(eddy_str bytes, void *arg)
{
	struct poll *poll = arg;
	struct post *post = malloc(bytes.n);
	struct waiter *waiter, *next;

	if (post == NULL) {
		eddy_log(NULL, LOG_ERR, "out of memory: a message is lost to this worker");
		return;
	}
	memcpy(post, bytes.p, bytes.n);
	for (waiter = TAILQ_FIRST(&poll->waiters); waiter != NULL; waiter = next) {
		next = TAILQ_NEXT(waiter, link);
		if (post_is_at(post, waiter->path, waiter->path_n))
			answer_post(waiter_take(waiter), post);
	}
	post_keep(poll, post);
}

/* Unlike any other worker's, and any of before: microseconds, and this worker's number. */
static uint64_t
post_id(struct poll *poll)
{
	uint64_t id = eddy_process_hrtime() / 1000 << 8 | (uint64_t)eddy_cluster_worker_id();

	if (id <= poll->last_id)
		id = poll->last_id + (1 << 8);
	poll->last_id = id;
	return id;
}

static int
post_send(struct poll *poll, eddy_str path, eddy_str type, eddy_str body)
{
	size_t n = sizeof(struct post) + path.n + type.n + 1 + body.n;
	struct post *post = malloc(n);
	char *p;
	int error;

	if (post == NULL)
		return EDDY_ENOMEM;
	memset(post, 0, sizeof(*post));
	post->id = post_id(poll);
	post->path_n = (uint32_t)path.n;
	post->type_n = (uint32_t)type.n + 1;
	post->body_n = (uint32_t)body.n;
	p = post->bytes;
	memcpy(p, path.p, path.n);
	p += path.n;
	memcpy(p, type.p, type.n);
	p[type.n] = '\0';
	memcpy(p + type.n + 1, body.p, body.n);
	error = eddy_cluster_send(poll->topic, post, n);
	free(post);
	return error;
}

static void
poll_posted(eddy_request *req, int err, eddy_str body, void *arg)
{
	static const char plain[] = "text/plain; charset=utf-8";
	eddy_response *res = eddy_request_response(req);
	eddy_str type = eddy_request_header(req, "content-type");

	if (err != 0) /* eddy answers it */
		return;
	if (type.n == 0 || type.n > TYPE_MAX)
		type = (eddy_str){plain, sizeof(plain) - 1};
	switch (post_send(arg, eddy_request_path(req), type, body)) {
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

/* Requests ------------------------------------------------------------------------ */

static bool
str_is(eddy_str str, const char *text)
{
	return str.n == strlen(text) && memcmp(str.p, text, str.n) == 0;
}

/* "since=ID" of the query; false: it is not there. */
static bool
since_of(eddy_str query, uint64_t *id)
{
	static const char key[] = "since=";
	char digits[24];
	size_t n = query.n - (sizeof(key) - 1);

	if (query.n < sizeof(key) || n >= sizeof(digits) || memcmp(query.p, key, sizeof(key) - 1))
		return false;
	memcpy(digits, query.p + sizeof(key) - 1, n);
	digits[n] = '\0';
	*id = strtoull(digits, NULL, 10);
	return true;
}

static void
poll_get(struct poll *poll, eddy_request *req, eddy_response *res)
{
	const struct post *post = NULL;
	uint64_t id;

	if (since_of(eddy_request_query(req), &id))
		post = post_after(poll, eddy_request_path(req), id);
	if (post != NULL)
		answer_post(res, post);
	else if (poll->leaving)
		answer_nothing(res);
	else
		poll_park(poll, req, res);
}

static void
poll_request(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str method = eddy_request_method(req);

	if (str_is(method, "POST")) {
		eddy_request_body(req, MESSAGE_MAX, poll_posted, state);
	} else if (str_is(method, "GET") || str_is(method, "HEAD")) {
		poll_get(state, req, res);
	} else {
		eddy_response_set_header(res, "Allow", "GET, HEAD, POST");
		eddy_response_send(res, 405, "text/plain", "GET waits, POST sends\n", 22);
	}
}

/* The page ------------------------------------------------------------------------ */

static const char page[] =
	"<!doctype html>\n"
	"<html lang=\"en\">\n"
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<title>eddy chat</title>\n"
	"<link rel=\"icon\" href=\"data:,\">\n"
	"<style>\n"
	":root { color-scheme: light dark; --line: #8886; --mark: #0b7285 }\n"
	"@media (prefers-color-scheme: dark) { :root { --mark: #66d9e8 } }\n"
	"body { max-width: 40rem; margin: 3rem auto; padding: 0 1.2rem;\n"
	"  font: 1rem/1.55 system-ui, sans-serif }\n"
	"h1 { margin: 0; font-size: 1.6rem } h1, li b { color: var(--mark) }\n"
	"ol { list-style: none; margin: 0; padding: .5rem 0; height: 50vh; overflow-y: auto;\n"
	"  border: solid var(--line); border-width: 1px 0; overflow-wrap: anywhere }\n"
	"form { display: flex; gap: .5rem; margin-top: 1rem }\n"
	"input, button { font: inherit; padding: .35rem .6rem }\n"
	"#name { width: 6rem } #text { flex: 1; min-width: 0 }\n"
	"::placeholder { color: inherit; opacity: .75 }\n"
	"</style>\n"
	"<h1>#<span id=\"room\"></span></h1>\n"
	"<p id=\"said\" role=\"status\">Open this page in another window, too.</p>\n"
	"<ol id=\"log\" role=\"log\" aria-label=\"messages\" tabindex=\"0\"></ol>\n"
	"<form id=\"form\">\n"
	"<input id=\"name\" aria-label=\"your name\" placeholder=\"name\" maxlength=\"30\" "
	"required>\n"
	"<input id=\"text\" aria-label=\"your message\" placeholder=\"message\" "
	"maxlength=\"2000\"\n"
	"  autocomplete=\"off\" required>\n"
	"<button>Send</button>\n"
	"</form>\n"
	"<script>\n"
	"'use strict';\n"
	"const byId = (id) => document.getElementById(id);\n"
	"const say = (text) => { byId('said').textContent = text; };\n"
	"const room = decodeURIComponent(location.hash.slice(1)) || 'lobby';\n"
	"const path = 'poll/' + encodeURIComponent(room);\n"
	"\n"
	"function show(name, text) {\n"
	"  const line = document.createElement('li'), who = document.createElement('b');\n"
	"  who.textContent = name;\n"
	"  line.append(who, ' ' + text);\n"
	"  byId('log').append(line);\n"
	"  line.scrollIntoView({ block: 'nearest' });\n"
	"}\n"
	"\n"
	"async function ask(since) {\n"
	"  const answer = await fetch(path + '?since=' + since, { cache: 'no-store' });\n"
	"  if (!answer.ok) throw new Error('HTTP ' + answer.status);\n"
	"  if (answer.status !== 200) return since;\n"
	"  const text = await answer.text();\n"
	"  try {\n"
	"    const said = JSON.parse(text);\n"
	"    show(said.name, said.text);\n"
	"  } catch { // not from this page\n"
	"    show('', text);\n"
	"  }\n"
	"  return answer.headers.get('Message-Id');\n"
	"}\n"
	"\n"
	"async function listen() {\n"
	"  for (let since = 0, failed = false; ;) {\n"
	"    try {\n"
	"      since = await ask(since);\n"
	"      if (failed) say('Connected again.');\n"
	"      failed = false;\n"
	"    } catch (error) {\n"
	"      failed = true;\n"
	"      say(error.message + '. Asking again…');\n"
	"      await new Promise((wake) => setTimeout(wake, 1000));\n"
	"    }\n"
	"  }\n"
	"}\n"
	"\n"
	"byId('form').onsubmit = async (event) => {\n"
	"  event.preventDefault();\n"
	"  const body = JSON.stringify({ name: byId('name').value, text: byId('text').value });\n"
	"  try {\n"
	"    const headers = { 'Content-Type': 'application/json' };\n"
	"    const answer = await fetch(path, { method: 'POST', body, headers });\n"
	"    if (!answer.ok) throw new Error('HTTP ' + answer.status);\n"
	"    byId('text').value = '';\n"
	"  } catch (error) {\n"
	"    say('Not sent: ' + error.message);\n"
	"  }\n"
	"  byId('text').focus();\n"
	"};\n"
	"\n"
	"onhashchange = () => location.reload();\n"
	"byId('room').textContent = room;\n"
	"listen();\n"
	"</script>\n";

static void
poll_page(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_set_header(res, "Cache-Control", "no-cache");
	eddy_response_send(res, 200, "text/html; charset=utf-8", page, sizeof(page) - 1);
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
	snprintf(poll->topic, sizeof(poll->topic), "eddy.poll.%s", eddy_module_name(self));
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

	poll->leaving = true;
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
	for (size_t i = 0; i < KEPT; i++)
		free(poll->kept[i]);
	eddy_clear_timeout(poll->timer);
	free(poll);
}

static const struct eddy_handler handlers[] = {{"page", poll_page}, {NULL, NULL}};

static const char *const options[] = {"timeout", NULL};

EDDY_MODULE(.name = "poll", .version = "1", .load = poll_load, .drain = poll_drain,
	    .unload = poll_unload, .request = poll_request, .handlers = handlers,
	    .options = options);
