/*
 * The tests' own module: one handler per behaviour of eddy.h that is to be seen from outside.
 *
 * Numbers come in as the query ("/later?50"); what a handler finds out goes back as the answer's body, as JSON where a
 * test wants to look at it closely. Built by the suite against eddy.h alone.
 */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

struct probe {
	eddy_module *self;
	unsigned parked, closed, finished, errors, released;
	size_t queued; /* by `endless`, as it was told to stop: the most */
	int last_error;
};

/* text */

struct text {
	char *p;
	size_t n, room;
};

static void
text_add(struct text *text, const char *p, size_t n)
{
	if (text->n + n > text->room) {
		text->room = (text->n + n) * 2 + 256;
		text->p = realloc(text->p, text->room);
		if (!text->p)
			abort();
	}
	memcpy(text->p + text->n, p, n);
	text->n += n;
}

static void __attribute__((format(printf, 2, 3)))
text_print(struct text *text, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	text_add(text, line, strlen(line));
}

/* A JSON string; bytes above ASCII as if they were Latin-1; null for an absent one. */
static void
text_json(struct text *text, eddy_str s)
{
	if (!s.p) {
		text_print(text, "null");
		return;
	}
	text_add(text, "\"", 1);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
			text_print(text, "\\u%04x", c);
		else
			text_add(text, s.p + i, 1);
	}
	text_add(text, "\"", 1);
}

static void
text_send(struct text *text, eddy_response *res)
{
	eddy_response_send(res, 200, "application/json", text->p, text->n);
	free(text->p);
}

static unsigned
query_number(const eddy_request *req, unsigned fallback)
{
	eddy_str query = eddy_request_query(req);
	char digits[16] = "";

	if (!query.p || query.n == 0 || query.n >= sizeof(digits))
		return fallback;
	memcpy(digits, query.p, query.n);
	return (unsigned)strtoul(digits, NULL, 10);
}

/* Something to remember between a handler and its timer. */
struct task {
	struct probe *probe;
	eddy_request *req;
	eddy_response *res;
	eddy_timer *timer;
	struct text text;
	unsigned count, left;
	uint64_t bytes, started;
};

static struct task *
task_new(struct probe *probe, eddy_request *req, eddy_response *res)
{
	struct task *task = calloc(1, sizeof(*task));

	if (!task)
		abort();
	task->probe = probe;
	task->req = req;
	task->res = res;
	task->started = eddy_process_hrtime();
	return task;
}

/* the request as the module sees it */

static void
json_body(eddy_request *req, int err, eddy_str body, void *arg)
{
	static const char *const params[] = {"a", "b", "*"};
	eddy_response *res = eddy_request_response(req);
	struct text text = {0};
	eddy_str name, value;

	(void)arg;
	if (err) /* eddy's to answer */
		return;
	text_print(&text, "{\"err\":%d,\"minor\":%d,\"method\":", err,
		   eddy_request_http_version_minor(req));
	text_json(&text, eddy_request_method(req));
	text_print(&text, ",\"url\":");
	text_json(&text, eddy_request_url(req));
	text_print(&text, ",\"path\":");
	text_json(&text, eddy_request_path(req));
	text_print(&text, ",\"query\":");
	text_json(&text, eddy_request_query(req));
	text_print(&text, ",\"remote\":");
	text_json(&text, eddy_request_remote_address(req));
	text_print(&text, ",\"pid\":%d,\"worker\":%d,\"headers\":[", (int)eddy_process_pid(),
		   eddy_cluster_worker_id());
	for (size_t i = 0; eddy_request_headers(req, i, &name, &value); i++) {
		text_print(&text, i ? ",[" : "[");
		text_json(&text, name);
		text_print(&text, ",");
		text_json(&text, value);
		text_print(&text, "]");
	}
	text_print(&text, "],\"joined\":");
	text_json(&text, eddy_request_header(req, "x-JOINED"));
	text_print(&text, ",\"cookie\":");
	text_json(&text, eddy_request_header(req, "Cookie"));
	text_print(&text, ",\"sum\":");
	text_json(&text, eddy_request_trailer(req, "x-sum"));
	text_print(&text, ",\"params\":{");
	for (size_t i = 0; i < sizeof(params) / sizeof(*params); i++) {
		text_print(&text, "%s\"%s\":", i ? "," : "", params[i]);
		text_json(&text, eddy_request_param(req, params[i]));
	}
	text_print(&text, "},\"body\":");
	text_json(&text, body);
	text_print(&text, "}\n");
	text_send(&text, res);
}

static void
json(eddy_request *req, eddy_response *res, void *state)
{
	(void)res;
	eddy_request_body(req, 0, json_body, state);
}

static void
collect_body(eddy_request *req, int err, eddy_str body, void *arg)
{
	(void)arg;
	if (err == 0)
		eddy_response_send(eddy_request_response(req), 200, "text/plain", body.p, body.n);
}

/* Collects the body, and answers with it. */
static void
collect(eddy_request *req, eddy_response *res, void *state)
{
	(void)res;
	eddy_request_body(req, 0, collect_body, state);
}

static void
limit_body(eddy_request *req, int err, eddy_str body, void *arg)
{
	eddy_response *res = eddy_request_response(req);
	char line[64];

	(void)arg;
	snprintf(line, sizeof(line), "%d %zu\n", err, body.n);
	eddy_response_send(res, err == EDDY_ETOOBIG ? 413 : 200, "text/plain", line, strlen(line));
}

/* Collects at most 100 bytes. */
static void
limit(eddy_request *req, eddy_response *res, void *state)
{
	(void)res;
	eddy_request_body(req, 100, limit_body, state);
}

/* body events */

static void
upload_data(eddy_request *req, eddy_str piece, void *arg)
{
	struct task *task = arg;

	(void)req;
	task->bytes += piece.n;
}

static void
upload_end(eddy_request *req, void *arg)
{
	struct task *task = arg;
	char line[64];

	(void)req;
	snprintf(line, sizeof(line), "%llu\n", (unsigned long long)task->bytes);
	eddy_response_send(task->res, 200, "text/plain", line, strlen(line));
	free(task);
}

static void
upload_error(eddy_request *req, int error, void *arg)
{
	struct task *task = arg;

	(void)req;
	task->probe->errors++;
	task->probe->last_error = error;
	eddy_log(task->probe->self, LOG_INFO, "upload broken off with %d after %llu bytes", error,
		 (unsigned long long)task->bytes);
	/* a late answer: to nobody, or to a client whose body was refused */
	eddy_response_send(task->res, error == EDDY_ETOOBIG ? 413 : 400, "text/plain", "broken\n",
			   7);
	eddy_clear_timeout(task->timer);
	free(task);
}

static const eddy_request_events upload_events = {
	.data = upload_data, .end = upload_end, .error = upload_error};

/* Counts the body's bytes as they come. */
static void
upload(eddy_request *req, eddy_response *res, void *state)
{
	eddy_request_on(req, &upload_events, task_new(state, req, res));
}

static void
slow_resume(void *arg)
{
	eddy_request_resume(((struct task *)arg)->req);
}

static void
slow_data(eddy_request *req, eddy_str piece, void *arg)
{
	struct task *task = arg;

	upload_data(req, piece, arg);
	eddy_request_pause(req);
	task->timer = eddy_set_timeout(slow_resume, 2, task);
}

static const eddy_request_events slow_events = {
	.data = slow_data, .end = upload_end, .error = upload_error};

/* The same, pausing for 2 ms after each piece. */
static void
slow(eddy_request *req, eddy_response *res, void *state)
{
	eddy_request_on(req, &slow_events, task_new(state, req, res));
}

static void
labour_data(eddy_request *req, eddy_str piece, void *arg)
{
	struct timespec time = {.tv_nsec = 1000000};

	nanosleep(&time, NULL);
	upload_data(req, piece, arg);
}

static const eddy_request_events labour_events = {
	.data = labour_data, .end = upload_end, .error = upload_error};

/* The same, keeping the whole worker busy for 1 ms with each piece: any client is faster. */
static void
labour(eddy_request *req, eddy_response *res, void *state)
{
	eddy_request_on(req, &labour_events, task_new(state, req, res));
}

/* Waits before it starts to read, so that the test sees when 100 Continue comes. */
static void
reluctant_start(void *arg)
{
	struct task *task = arg;

	eddy_request_on(task->req, &upload_events, task);
}

static void
reluctant(eddy_request *req, eddy_response *res, void *state)
{
	eddy_set_timeout(reluctant_start, query_number(req, 100), task_new(state, req, res));
}

/* Answers at once and never looks at the body. */
static void
ignore(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", "ignored\n", 8);
}

/* answers in every form */

static void
later_answer(void *arg)
{
	struct task *task = arg;

	eddy_response_send(task->res, 200, "text/plain", "later\n", 6);
	free(task);
}

static void
later(eddy_request *req, eddy_response *res, void *state)
{
	eddy_set_timeout(later_answer, query_number(req, 20), task_new(state, req, res));
}

static void
chunks_tick(void *arg)
{
	struct task *task = arg;
	char piece[32];

	snprintf(piece, sizeof(piece), "piece %u\n", task->count++);
	eddy_response_write(task->res, piece, strlen(piece));
	if (task->count < task->left)
		return;
	eddy_clear_interval(task->timer);
	eddy_response_end(task->res, NULL, 0);
}

static void
chunks_close(eddy_response *res, void *arg)
{
	struct task *task = arg;

	(void)res;
	eddy_clear_interval(task->timer);
	free(task);
}

static const eddy_response_events chunks_events = {.close = chunks_close};

/* As many pieces as the query says, one every 3 ms. */
static void
chunks(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);

	task->left = query_number(req, 3);
	eddy_response_set_header(res, "Content-Type", "text/plain");
	eddy_response_write_head(res, 200, NULL);
	eddy_response_on(res, &chunks_events, task);
	task->timer = eddy_set_interval(chunks_tick, 3, task);
}

/* Three writes and an end within the handler: their sum is known at the end only. */
static void
pieces(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_write(res, "one ", 4);
	eddy_response_write(res, "", 0);
	eddy_response_write(res, "two ", 4);
	eddy_response_end(res, "three\n", 6);
}

/* An answer without any body: end alone. */
static void
empty(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_end(res, NULL, 0);
}

static void
flush_end(void *arg)
{
	struct task *task = arg;

	eddy_response_end(task->res, "body\n", 5);
	free(task);
}

/* The head at once, the body after as many ms as the query says. */
static void
flush(eddy_request *req, eddy_response *res, void *state)
{
	eddy_response_set_header(res, "X-Early", "yes");
	eddy_response_write_head(res, 200, NULL);
	eddy_response_flush_headers(res);
	eddy_set_timeout(flush_end, query_number(req, 200), task_new(state, req, res));
}

/* Answers with the status that the query says, and tries to send a body with it. */
static void
status(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	eddy_response_send(res, (int)query_number(req, 200), "text/plain", "body\n", 5);
}

static void
reason(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_write_head(res, 418, "Short and Stout");
	eddy_response_end(res, "teapot\n", 7);
}

static void
cookies(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_set_header(res, "X-Once", "first");
	eddy_response_set_header(res, "x-once", "second");
	eddy_response_set_header(res, "X-Gone", "soon");
	eddy_response_remove_header(res, "x-gone");
	eddy_response_append_header(res, "Set-Cookie", "a=1");
	eddy_response_append_header(res, "Set-Cookie", "b=2");
	eddy_str once = eddy_response_get_header(res, "X-ONCE");
	eddy_response_send(res, 200, "text/plain", once.p, once.n);
}

/* "Connection: close" is a module's right. */
static void
goodbye(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_set_header(res, "Connection", "close");
	eddy_response_send(res, 200, "text/plain", "goodbye\n", 8);
}

static void
own_length(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_set_header(res, "Content-Length", "10");
	eddy_response_write(res, "12345", 5);
	eddy_response_end(res, "67890", 5);
}

/* A length for an answer that has no body; sent whole, or piece by piece (?1). */
static void
length_204(eddy_request *req, eddy_response *res, void *state)
{
	(void)state;
	eddy_response_set_header(res, "Content-Length", "5");
	if (query_number(req, 0) == 0) {
		eddy_response_send(res, 204, "text/plain", "12345", 5);
		return;
	}
	eddy_response_write_head(res, 204, NULL);
	eddy_response_flush_headers(res);
	eddy_response_write(res, "12345", 5);
	eddy_response_end(res, NULL, 0);
}

static void
length_short(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_set_header(res, "Content-Length", "10");
	eddy_response_write(res, "12345", 5);
	eddy_response_end(res, NULL, 0);
}

static void
length_long(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_set_header(res, "Content-Length", "5");
	eddy_response_write(res, "12345", 5);
	eddy_response_write(res, "SMUGGLED", 8);
	eddy_response_end(res, NULL, 0);
}

static void
trailers(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_set_header(res, "Trailer", "X-Sum");
	eddy_response_write_head(res, 200, NULL);
	eddy_response_write(res, "body\n", 5);
	eddy_response_flush_headers(res);
	eddy_response_add_trailer(res, "X-Sum", "42");
	eddy_response_end(res, NULL, 0);
}

static void
owned_release(void *p, void *arg)
{
	((struct probe *)arg)->released++;
	free(p);
}

/* 64 pieces of 64 KB, given away. */
static void
owned(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	for (int i = 0; i < 64; i++) {
		char *p = malloc(65536);
		if (!p)
			abort();
		memset(p, 'a' + i % 26, 65536);
		eddy_response_write_owned(res, p, 65536, owned_release, state);
	}
	eddy_response_end(res, NULL, 0);
}

static void
destroy_now(void *arg)
{
	struct task *task = arg;

	eddy_response_destroy(task->res);
	free(task);
}

/* Half an answer, then a reset. */
static void
destroy(eddy_request *req, eddy_response *res, void *state)
{
	eddy_response_write(res, "half an answer", 14);
	eddy_set_timeout(destroy_now, 20, task_new(state, req, res));
}

/* Half an answer and a reset, in one callback. */
static void
destroy_at_once(eddy_request *req, eddy_response *res, void *state)
{
	(void)req, (void)state;
	eddy_response_write(res, "half an answer", 14);
	eddy_response_destroy(res);
}

static void
leave_now(eddy_response *res, void *arg)
{
	(void)arg;
	eddy_response_destroy(res);
}

static const eddy_response_events leave_finish = {.finish = leave_now},
				  leave_close = {.close = leave_now};

/* A whole answer that is destroyed: "leave?now", "leave?pieces" too, "leave?finish", "leave?close". */
static void
leave(eddy_request *req, eddy_response *res, void *state)
{
	char when = eddy_request_query(req).p[0];

	(void)state;
	if (when == 'f' || when == 'c')
		eddy_response_on(res, when == 'f' ? &leave_finish : &leave_close, NULL);
	if (when == 'p')
		eddy_response_write(res, "good", 4);
	eddy_response_end(res, "bye", 3);
	if (when == 'n' || when == 'p')
		eddy_response_destroy(res);
}

/* More than the kernel takes, ended and destroyed. */
static void
leave_much(eddy_request *req, eddy_response *res, void *state)
{
	size_t n = (size_t)64 << 20;
	char *p = calloc(1, n);

	(void)req, (void)state;
	eddy_response_on(res, &leave_close, NULL);
	eddy_response_end(res, p, n);
	eddy_response_destroy(res);
	free(p);
}

/* A reset and no answer. */
static void
vanish(eddy_request *req, eddy_response *res, void *state)
{
	(void)req, (void)state;
	eddy_response_destroy(res);
}

/* a large answer under back-pressure */

static char flood_piece[65536];

static void
flood_more(eddy_response *res, void *arg)
{
	struct task *task = arg;

	while (task->left > 0) {
		task->left--;
		if (!eddy_response_write(res, flood_piece, sizeof(flood_piece)))
			break;
	}
	size_t queued = eddy_response_writable_length(res);
	if (queued > task->count)
		task->count = (unsigned)queued;
	if (task->left == 0)
		eddy_response_end(res, NULL, 0);
}

static void
flood_close(eddy_response *res, void *arg)
{
	struct task *task = arg;

	(void)res;
	eddy_log(task->probe->self, LOG_INFO,
		 "flood closed with %u pieces left, %u bytes queued at most", task->left,
		 task->count);
	free(task);
}

static const eddy_response_events flood_events = {.drain = flood_more, .close = flood_close};

/* As many pieces of 64 KB as the query says, no faster than the client reads. */
static void
flood(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);

	task->left = query_number(req, 16);
	memset(flood_piece, 'f', sizeof(flood_piece));
	eddy_response_on(res, &flood_events, task);
	flood_more(res, task);
}

static char endless_piece[65536];

static void
endless_more(eddy_response *res, void *arg)
{
	struct task *task = arg;
	size_t queued;

	while (eddy_response_write(res, endless_piece, task->count))
		;
	queued = eddy_response_writable_length(res);
	if (queued > task->probe->queued)
		task->probe->queued = queued;
}

static void
endless_close(eddy_response *res, void *arg)
{
	(void)res;
	free(arg);
}

static const eddy_response_events endless_events = {.drain = endless_more, .close = endless_close};

/* Pieces of as many bytes as the query says, without an end, no faster than the client reads. */
static void
endless(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);

	task->count = query_number(req, sizeof(endless_piece));
	if (task->count == 0 || task->count > sizeof(endless_piece))
		abort();
	eddy_response_on(res, &endless_events, task);
	endless_more(res, task);
}

/* parked requests */

static void
park_finish(eddy_response *res, void *arg)
{
	(void)res;
	((struct probe *)arg)->finished++;
}

static void
park_close(eddy_response *res, void *arg)
{
	struct probe *probe = arg;

	(void)res;
	probe->parked--;
	probe->closed++;
	/* late, to nobody: has to be harmless while the close event runs */
	eddy_response_set_header(res, "X-Late", "1");
	eddy_response_write(res, "late", 4);
	eddy_response_end(res, "late\n", 5);
}

static const eddy_response_events park_events = {.finish = park_finish, .close = park_close};

/* Never answers. */
static void
park(eddy_request *req, eddy_response *res, void *state)
{
	struct probe *probe = state;

	probe->parked++;
	eddy_response_on(res, &park_events, probe);
	eddy_request_release(req);
}

static void
counters(eddy_request *req, eddy_response *res, void *state)
{
	struct probe *probe = state;
	struct text text = {0};

	(void)req;
	text_print(&text,
		   "{\"parked\":%u,\"closed\":%u,\"finished\":%u,\"errors\":%u,\"last_error\":%d,"
		   "\"released\":%u,\"queued\":%zu}\n",
		   probe->parked, probe->closed, probe->finished, probe->errors, probe->last_error,
		   probe->released, probe->queued);
	text_send(&text, res);
}

static void
released_answer(void *arg)
{
	struct task *task = arg;
	struct text text = {0};

	text_print(&text, "{\"method\":");
	text_json(&text, eddy_request_method(task->req));
	text_print(&text, ",\"host\":");
	text_json(&text, eddy_request_header(task->req, "Host"));
	text_print(&text, "}\n");
	text_send(&text, task->res);
	free(task);
}

/* What is left of a head 20 ms later: all of it (?0), or nothing when it was released (?1). */
static void
released(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);

	if (query_number(req, 0) == 1)
		eddy_request_release(req);
	eddy_set_timeout(released_answer, 20, task);
}

/* Answers 40 ms later by itself although the client may have left long before. */
static void
orphan_answer(void *arg)
{
	struct task *task = arg;

	task->timer = NULL;
	task->probe->finished++;
	eddy_response_send(task->res, 200, "text/plain", "orphan\n", 7);
}

static void
orphan_close(eddy_response *res, void *arg)
{
	struct task *task = arg;

	(void)res;
	task->probe->closed++;
	eddy_clear_timeout(task->timer);
	free(task);
}

static const eddy_response_events orphan_events = {.close = orphan_close};

static void
orphan(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);

	eddy_response_on(res, &orphan_events, task);
	task->timer = eddy_set_timeout(orphan_answer, query_number(req, 40), task);
}

/* The client's FIN: it may still read. */
static void
patient_end(eddy_response *res, void *arg)
{
	(void)res;
	((struct task *)arg)->count++;
}

static const eddy_response_events patient_events = {.end = patient_end, .close = orphan_close};

/* As orphan, but a client that has half-closed is answered all the same. */
static void
patient(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);

	eddy_response_on(res, &patient_events, task);
	task->timer = eddy_set_timeout(orphan_answer, query_number(req, 40), task);
}

/* A stream without an end, but for a client that half-closes: it is told once, and the close follows. */
static void
stream_end(eddy_response *res, void *arg)
{
	char line[16];

	snprintf(line, sizeof(line), "end %u\n", ++((struct task *)arg)->count);
	eddy_response_end(res, line, strlen(line));
}

static const eddy_response_events stream_events = {.end = stream_end, .close = orphan_close};

static void
stream_on(void *arg)
{
	struct task *task = arg;

	task->timer = NULL;
	eddy_response_on(task->res, &stream_events, task);
}

/* Its events are set when so many milliseconds have passed: 0 is at once. */
static void
stream(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);
	unsigned late = query_number(req, 0);

	eddy_response_write(res, "begun\n", 6);
	if (late)
		eddy_set_timeout(stream_on, late, task);
	else
		stream_on(task);
}

static void
tardy_answer(void *arg)
{
	struct task *task = arg;

	task->timer = NULL;
	text_print(&task->text, ", end %u\n", task->count);
	text_send(&task->text, task->res);
}

static void
tardy_body(eddy_request *req, int err, eddy_str body, void *arg)
{
	struct task *task = arg;

	(void)req;
	text_print(&task->text, "body %d ", err);
	text_add(&task->text, body.p, body.n);
	task->timer = eddy_set_timeout(tardy_answer, 20, task);
}

static void
tardy_end(eddy_response *res, void *arg)
{
	struct task *task = arg;

	(void)res;
	if (task->count++ == 0)
		eddy_request_body(task->req, 0, tardy_body, task);
}

static const eddy_response_events tardy_events = {.end = tardy_end, .close = orphan_close};

/* Asks for the body only when the client has half-closed, and counts how often that is told. */
static void
tardy(eddy_request *req, eddy_response *res, void *state)
{
	eddy_response_on(res, &tardy_events, task_new(state, req, res));
}

static void
anew_close(eddy_response *res, void *arg)
{
	(void)res;
	eddy_log(arg, LOG_INFO, "anew: close");
}

static const eddy_response_events anew_events = {.close = anew_close};

static void
anew_finish(eddy_response *res, void *arg)
{
	eddy_log(arg, LOG_INFO, "anew: finish");
	eddy_response_on(res, &anew_events, arg);
}

/* Its `finish` sets other events. */
static void
anew(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_response_events events = {.finish = anew_finish};
	struct probe *probe = state;

	(void)req;
	eddy_response_on(res, &events, probe->self);
	eddy_response_send(res, 200, NULL, "x", 1);
}

static void
timeout_answer(eddy_response *res, void *arg)
{
	(void)arg;
	eddy_response_send(res, 504, "text/plain", "timed out\n", 10);
}

/* eddy_response_set_timeout on a response of which no byte moves. */
static void
timeout(eddy_request *req, eddy_response *res, void *state)
{
	eddy_response_set_timeout(res, query_number(req, 50), timeout_answer, state);
}

/* timers */

static void
order_tick_inner(void *arg)
{
	text_print(&((struct task *)arg)->text, " tick-in-tick");
}

static void
order_tick(void *arg)
{
	text_print(&((struct task *)arg)->text, " tick");
	eddy_next_tick(order_tick_inner, arg);
}

static void
order_immediate(void *arg)
{
	text_print(&((struct task *)arg)->text, " immediate");
}

static void
order_timeout(void *arg)
{
	struct task *task = arg;

	text_print(&task->text, " timeout\n");
	text_send(&task->text, task->res);
	free(task);
}

/* In which order a timeout, an immediate and two ticks run. */
static void
order(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);

	eddy_set_timeout(order_timeout, 30, task);
	eddy_set_immediate(order_immediate, task);
	eddy_next_tick(order_tick, task);
	text_print(&task->text, "handler");
}

static void
interval_tick(void *arg)
{
	struct task *task = arg;

	if (++task->count < 5)
		return;
	eddy_clear_interval(task->timer);
	text_print(&task->text, "{\"ticks\":%u,\"ms\":%u}\n", task->count,
		   (unsigned)((eddy_process_hrtime() - task->started) / 1000000));
	text_send(&task->text, task->res);
	free(task);
}

/* Five ticks of 10 ms. */
static void
interval(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);

	task->timer = eddy_set_interval(interval_tick, 10, task);
}

static void
clear_never(void *arg)
{
	((struct task *)arg)->count++;
}

static void
clear_answer(void *arg)
{
	struct task *task = arg;

	text_print(&task->text, "{\"fired\":%u}\n", task->count);
	text_send(&task->text, task->res);
	free(task);
}

/* Cleared timers of each kind do not fire; clearing NULL is fine. */
static void
clear(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);

	eddy_clear_timeout(eddy_set_timeout(clear_never, 1, task));
	eddy_clear_interval(eddy_set_interval(clear_never, 1, task));
	eddy_clear_immediate(eddy_set_immediate(clear_never, task));
	eddy_clear_timeout(NULL);
	eddy_set_timeout(clear_answer, 30, task);
}

static void
refresh_fired(void *arg)
{
	struct task *task = arg;

	text_print(&task->text, "{\"refreshed\":%u,\"ms\":%u}\n", task->count,
		   (unsigned)((eddy_process_hrtime() - task->started) / 1000000));
	text_send(&task->text, task->res);
	free(task);
}

static void
refresh_again(void *arg)
{
	struct task *task = arg;

	task->count++;
	eddy_timer_refresh(task->timer);
}

/* 60 ms, started again after 40: fires after 100. */
static void
refresh(eddy_request *req, eddy_response *res, void *state)
{
	struct task *task = task_new(state, req, res);

	task->timer = eddy_set_timeout(refresh_fired, 60, task);
	eddy_set_timeout(refresh_again, 40, task);
}

/* process, cluster, module */

static void
process(eddy_request *req, eddy_response *res, void *state)
{
	eddy_memory_usage memory = {.size = sizeof(memory)};
	eddy_cpu_usage cpu = {.size = sizeof(cpu)};
	const char *home = eddy_process_env("HOME"), *none = eddy_process_env("NOT_THERE");
	char cwd[4096] = "?", small[1];
	struct text text = {0};

	(void)req;
	(void)state;
	text_print(&text, "{\"home\":\"%s\",\"none\":%s,\"cwd\":%d,\"small\":%d,",
		   home != NULL ? home : "", none == NULL ? "true" : "false",
		   eddy_process_cwd(cwd, sizeof(cwd)), eddy_process_cwd(small, sizeof(small)));
	int m = eddy_process_memory_usage(&memory), c = eddy_process_cpu_usage(&cpu);
	text_print(&text, "\"directory\":\"%s\",\"external\":%llu,", cwd,
		   (unsigned long long)memory.external);
	text_print(&text,
		   "\"memory\":%d,\"cpu\":%d,\"rss\":%llu,\"heap_total\":%llu,\"heap_used\":%llu,"
		   "\"user\":%llu,"
		   "\"system\":%llu,\"pid\":%d,\"worker\":%d,\"uptime\":%.3f}\n",
		   m, c, (unsigned long long)memory.rss, (unsigned long long)memory.heap_total,
		   (unsigned long long)memory.heap_used, (unsigned long long)cpu.user,
		   (unsigned long long)cpu.system, (int)eddy_process_pid(),
		   eddy_cluster_worker_id(), eddy_process_uptime());
	text_send(&text, res);
}

static void
cluster(eddy_request *req, eddy_response *res, void *state)
{
	eddy_worker_info info = {.size = sizeof(info)};
	struct text text = {0};

	(void)req;
	(void)state;
	text_print(&text, "[");
	for (size_t i = 0; eddy_cluster_workers(i, &info); i++)
		text_print(&text,
			   "%s{\"pid\":%d,\"worker\":%u,\"generation\":%u,\"state\":\"%s\","
			   "\"requests\":%llu}",
			   i ? "," : "", (int)info.pid, info.worker, info.generation, info.state,
			   (unsigned long long)info.requests);
	text_print(&text, "]\n");
	text_send(&text, res);
}

/* Logs as many lines as the query says. */
static void
chatter(eddy_request *req, eddy_response *res, void *state)
{
	struct probe *probe = state;
	unsigned lines = query_number(req, 10);

	for (unsigned i = 0; i < lines; i++)
		eddy_log(probe->self, LOG_INFO, "chatter %u of %u", i, lines);
	eddy_response_send(res, 200, "text/plain", "logged\n", 7);
}

static void
heard(eddy_str message, void *arg)
{
	struct probe *probe = arg;

	eddy_log(probe->self, LOG_INFO, "worker %d heard %.*s (%zu bytes)",
		 eddy_cluster_worker_id(), (int)(message.n < 40 ? message.n : 40), message.p,
		 message.n);
}

static void
say_body(eddy_request *req, int err, eddy_str body, void *arg)
{
	char line[32];

	(void)arg;
	int result = err ? err : eddy_cluster_send("probe", body.p, body.n);
	snprintf(line, sizeof(line), "%d\n", result);
	eddy_response_send(eddy_request_response(req), 200, "text/plain", line, strlen(line));
}

/* Tells the body to all workers; answers what eddy_cluster_send returned. */
static void
say(eddy_request *req, eddy_response *res, void *state)
{
	(void)res;
	eddy_request_body(req, 0, say_body, state);
}

static void
about(eddy_request *req, eddy_response *res, void *state)
{
	struct probe *probe = state;
	char near[4096] = "?", far[4096] = "?", small[4];
	struct text text = {0};

	(void)req;
	eddy_module_path(probe->self, "./a/b", near, sizeof(near));
	eddy_module_path(probe->self, "/a/b", far, sizeof(far));
	text_print(&text, "{\"name\":\"%s\",\"color\":\"%s\",\"absent\":\"%s\",",
		   eddy_module_name(probe->self), eddy_module_option(probe->self, "color", "none"),
		   eddy_module_option(probe->self, "absent", "the fallback"));
	text_print(&text, "\"near\":\"%s\",\"far\":\"%s\",\"small\":%d}\n", near, far,
		   eddy_module_path(probe->self, "/a/b", small, sizeof(small)));
	text_send(&text, res);
}

/* Keeps the whole worker busy for as many ms as the query says: what no real module may do. */
static void
block(eddy_request *req, eddy_response *res, void *state)
{
	unsigned ms = query_number(req, 100);
	struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	(void)state;
	while (nanosleep(&time, &time) != 0)
		;
	eddy_response_send(res, 200, "text/plain", "unblocked\n", 10);
}

/* misuse */

/* What each wrong call returns; those after the end are told by the log. */
static void
misuse(eddy_request *req, eddy_response *res, void *state)
{
	struct probe *probe = state;
	struct text text = {0};

	(void)req;
	text_print(&text, "{\"crlf_value\":%d",
		   eddy_response_set_header(res, "X-A", "b\r\nSet-Cookie: evil=1"));
	text_print(&text, ",\"lf_value\":%d", eddy_response_append_header(res, "X-A", "b\nc"));
	text_print(&text, ",\"crlf_name\":%d", eddy_response_set_header(res, "X-A\r\nX-B", "c"));
	text_print(&text, ",\"space_name\":%d", eddy_response_set_header(res, "X A", "c"));
	text_print(&text, ",\"empty_name\":%d", eddy_response_set_header(res, "", "c"));
	text_print(&text, ",\"transfer_encoding\":%d",
		   eddy_response_set_header(res, "Transfer-Encoding", "chunked"));
	text_print(&text, ",\"length\":%d", eddy_response_set_header(res, "Content-Length", "1x"));
	text_print(&text, ",\"status_99\":%d", eddy_response_write_head(res, 99, NULL));
	text_print(&text, ",\"status_600\":%d", eddy_response_write_head(res, 600, NULL));
	text_print(&text, ",\"crlf_reason\":%d",
		   eddy_response_write_head(res, 200, "OK\r\nX-B: c"));
	text_print(&text, ",\"second_reader\":%d", eddy_request_body(req, 0, limit_body, NULL));
	text_print(&text, ",\"second_reader_again\":%d",
		   eddy_request_body(req, 0, limit_body, NULL));
	text_print(&text, ",\"good_head\":%d", eddy_response_write_head(res, 200, NULL));
	text_print(&text, ",\"header_after_head\":%d",
		   eddy_response_set_header(res, "X-Late", "c"));
	text_print(&text, ",\"head_after_head\":%d}\n", eddy_response_write_head(res, 404, NULL));
	eddy_response_end(res, text.p, text.n);
	free(text.p);
	bool wrote = eddy_response_write(res, "SMUGGLED", 8);
	int trailer = eddy_response_add_trailer(res, "X-Sum", "1");
	int header = eddy_response_set_header(res, "X-Late", "c");
	eddy_response_end(res, "SMUGGLED", 8);
	eddy_response_send(res, 200, "text/plain", "SMUGGLED", 8);
	eddy_log(probe->self, LOG_INFO, "after the end: write %d trailer %d header %d ended %d",
		 wrote, trailer, header, eddy_response_writable_ended(res));
}

/* A Content-Type that would be a header of its own. */
static void
evil_type(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain\r\nX-Evil: 1", "body\n", 5);
}

/* Trailers that may not be, and one that may, of an answer whose length is known at its end. */
static void
evil_trailers(eddy_request *req, eddy_response *res, void *state)
{
	char text[64];
	int n, said[4];

	(void)req;
	(void)state;
	said[0] = eddy_response_add_trailer(res, "X-A", "1\r\nX-Evil: 1");
	said[1] = eddy_response_add_trailer(res, "X-A\r\nX-Evil", "1");
	said[2] = eddy_response_add_trailer(res, "", "1");
	said[3] = eddy_response_add_trailer(res, "X-Good", "1");
	n = snprintf(text, sizeof(text), "%d %d %d %d\n", said[0], said[1], said[2], said[3]);
	eddy_response_end(res, text, (size_t)n);
}

static void
late_calls(void *arg)
{
	static const eddy_header hint = {"X-A", "1"};
	struct task *task = arg;
	struct probe *probe = task->probe;
	eddy_response *res = task->res;
	char *owned = malloc(100);
	int said[] = {
		eddy_response_set_header(res, "X-A", "1"),
		eddy_response_append_header(res, "X-A", "1"),
		eddy_response_remove_header(res, "X-A"),
		eddy_response_write_head(res, 200, NULL),
		eddy_response_write_early_hints(res, &hint, 1),
		eddy_response_flush_headers(res),
		eddy_response_add_trailer(res, "X-A", "1"),
		eddy_response_on(res, &chunks_events, NULL),
		eddy_response_set_timeout(res, 1, timeout_answer, NULL),
		eddy_request_on(task->req, &upload_events, NULL),
		eddy_request_body(task->req, 0, limit_body, NULL),
	};
	bool wrote = eddy_response_write(res, "late", 4);

	wrote = eddy_response_write_owned(res, owned, 100, owned_release, probe) || wrote;

	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (said[i] != EDDY_ECLOSED)
			eddy_log(probe->self, LOG_INFO, "late call %zu said %d", i, said[i]);
	eddy_request_pause(task->req);
	eddy_request_resume(task->req);
	eddy_request_release(task->req);
	eddy_response_end(res, "late", 4);
	eddy_response_send(res, 200, "text/plain", "late", 4);
	eddy_response_destroy(res);
	eddy_log(probe->self, LOG_INFO, "late calls: wrote %d, method %d, length %zu", wrote,
		 eddy_request_method(task->req).p != NULL, eddy_response_writable_length(res));
	free(task);
}

static void
late_close(eddy_response *res, void *arg)
{
	(void)res;
	eddy_set_timeout(late_calls, 20, arg);
}

static const eddy_response_events late_events = {.close = late_close};

/* Calls everything there is when the client has long left. */
static void
late(eddy_request *req, eddy_response *res, void *state)
{
	eddy_response_on(res, &late_events, task_new(state, req, res));
}

/* module */

static int
load(eddy_module *self, void **state)
{
	struct probe *probe = calloc(1, sizeof(*probe));

	if (!probe)
		return eddy_module_fail(self, "no memory");
	probe->self = self;
	*state = probe;
	return eddy_cluster_on("probe", heard, probe);
}

static void
unload(void *state)
{
	free(state);
}

/* Early hints twice, then one that may not be; the answer says what the three calls said. */
static void
hints(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_header first[] = {{"Link", "</a.css>; rel=preload"}, {"X-A", "1"}};
	static const eddy_header second[] = {{"Link", "</b.js>; rel=preload"}};
	static const eddy_header evil[] = {{"Link", "a\r\nX-Evil: 1"}};
	int said[3], n;
	char text[64];

	(void)req;
	(void)state;
	said[0] = eddy_response_write_early_hints(res, first, 2);
	said[1] = eddy_response_write_early_hints(res, second, 1);
	said[2] = eddy_response_write_early_hints(res, evil, 1);
	n = snprintf(text, sizeof(text), "%d %d %d\n", said[0], said[1], said[2]);
	eddy_response_send(res, 200, "text/plain", text, (size_t)n);
}

static const struct eddy_handler handlers[] = {
	{"json", json},
	{"collect", collect},
	{"limit", limit},
	{"upload", upload},
	{"slow", slow},
	{"labour", labour},
	{"reluctant", reluctant},
	{"ignore", ignore},
	{"later", later},
	{"chunks", chunks},
	{"pieces", pieces},
	{"empty", empty},
	{"flush", flush},
	{"status", status},
	{"reason", reason},
	{"cookies", cookies},
	{"goodbye", goodbye},
	{"own_length", own_length},
	{"length_204", length_204},
	{"length_short", length_short},
	{"length_long", length_long},
	{"trailers", trailers},
	{"owned", owned},
	{"destroy", destroy},
	{"destroy_at_once", destroy_at_once},
	{"leave", leave},
	{"leave_much", leave_much},
	{"vanish", vanish},
	{"flood", flood},
	{"endless", endless},
	{"park", park},
	{"counters", counters},
	{"released", released},
	{"chatter", chatter},
	{"patient", patient},
	{"stream", stream},
	{"tardy", tardy},
	{"anew", anew},
	{"orphan", orphan},
	{"timeout", timeout},
	{"order", order},
	{"interval", interval},
	{"clear", clear},
	{"refresh", refresh},
	{"process", process},
	{"cluster", cluster},
	{"say", say},
	{"about", about},
	{"block", block},
	{"misuse", misuse},
	{"hints", hints},
	{"evil_type", evil_type},
	{"evil_trailers", evil_trailers},
	{"late", late},
	{NULL, NULL},
};

EDDY_MODULE(.name = "probe", .version = "1", .load = load, .unload = unload, .request = json,
	    .handlers = handlers);
