/*
 * Calls of eddy.h that cannot be: without what they need, with handles of another kind, and from another thread.
 *
 * What each of them returned goes back, a line each; what the log was told, the test looks at itself.
 */
#include <dlfcn.h>
#include <eddy.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
	size_t n;
	char p[8192];
};

static void __attribute__((format(printf, 2, 3)))
text_print(struct text *text, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text->n += (size_t)vsnprintf(text->p + text->n, sizeof(text->p) - text->n, fmt, ap);
	va_end(ap);
	if (text->n >= sizeof(text->p))
		abort();
}

static void
text_add(struct text *text, const char *name, long result)
{
	text_print(text, "%ld %s\n", result, name);
}

static void
text_send(struct text *text, eddy_response *res)
{
	eddy_response_send(res, 200, "text/plain", text->p, text->n);
}

/* Pointers, strings and the like are 0 if there is none, else 1. */
#define INT(call) text_add(text, #call, (long)(call))
#define POINTER(call) text_add(text, #call, (call) != NULL)
#define STR(call) text_add(text, #call, (call).p != NULL)
#define VOID(call) ((call), text_add(text, #call, 0))

static void
body(eddy_request *req, int err, eddy_str piece, void *arg)
{
	(void)req;
	(void)err;
	(void)piece;
	(void)arg;
}

static void
nothing(void *arg)
{
	(void)arg;
}

static void
release(void *p, void *arg)
{
	(void)p;
	(void)arg;
}

static void
timed_out(eddy_response *res, void *arg)
{
	(void)res;
	(void)arg;
}

/* NULL for every handle. */
static void
no_handles(eddy_request *req, eddy_response *res, void *state)
{
	struct text text_ = {0}, *text = &text_;
	static const eddy_header header = {"a", "b"};
	eddy_str name, value;

	(void)req;
	(void)state;
	STR(eddy_request_method(NULL));
	STR(eddy_request_url(NULL));
	STR(eddy_request_path(NULL));
	STR(eddy_request_query(NULL));
	INT(eddy_request_http_version_minor(NULL));
	STR(eddy_request_header(NULL, "host"));
	INT(eddy_request_headers(NULL, 0, &name, &value));
	STR(eddy_request_param(NULL, "x"));
	STR(eddy_request_trailer(NULL, "x"));
	STR(eddy_request_remote_address(NULL));
	INT(eddy_request_on(NULL, NULL, NULL));
	VOID(eddy_request_pause(NULL));
	VOID(eddy_request_resume(NULL));
	INT(eddy_request_body(NULL, 0, body, NULL));
	VOID(eddy_request_release(NULL));
	POINTER(eddy_request_response(NULL));
	INT(eddy_response_set_header(NULL, "a", "b"));
	INT(eddy_response_append_header(NULL, "a", "b"));
	STR(eddy_response_get_header(NULL, "a"));
	INT(eddy_response_remove_header(NULL, "a"));
	INT(eddy_response_write_head(NULL, 200, NULL));
	INT(eddy_response_write_early_hints(NULL, &header, 1));
	INT(eddy_response_flush_headers(NULL));
	INT(eddy_response_write(NULL, "x", 1));
	VOID(eddy_response_end(NULL, "x", 1));
	VOID(eddy_response_send(NULL, 200, NULL, "x", 1));
	INT(eddy_response_add_trailer(NULL, "a", "b"));
	VOID(eddy_response_destroy(NULL));
	INT(eddy_response_set_timeout(NULL, 1, timed_out, NULL));
	INT(eddy_response_headers_sent(NULL));
	INT(eddy_response_writable_length(NULL) != 0);
	INT(eddy_response_on(NULL, NULL, NULL));
	VOID(eddy_timer_refresh(NULL));
	INT(eddy_module_fail(NULL, "x"));
	POINTER(eddy_module_option(NULL, "x", NULL));
	text_send(text, res);
}

/* Good handles, and nothing where a pointer is due. */
static void
no_arguments(eddy_request *req, eddy_response *res, void *state)
{
	struct text text_ = {0}, *text = &text_;
	eddy_module *self = state;
	eddy_str str;

	STR(eddy_request_header(req, NULL));
	INT(eddy_request_headers(req, 0, NULL, &str));
	STR(eddy_request_param(req, NULL));
	INT(eddy_request_body(req, 0, NULL, NULL));
	INT(eddy_response_set_header(res, NULL, "b"));
	INT(eddy_response_set_header(res, "a", NULL));
	INT(eddy_response_append_header(res, "a", NULL));
	STR(eddy_response_get_header(res, NULL));
	INT(eddy_response_remove_header(res, NULL));
	INT(eddy_response_write_early_hints(res, NULL, 1));
	INT(eddy_response_write(res, NULL, 1));
	INT(eddy_response_write_owned(res, "x", 1, NULL, NULL));
	INT(eddy_response_write_owned(res, NULL, 1, release, NULL));
	INT(eddy_response_add_trailer(res, NULL, "b"));
	POINTER(eddy_set_timeout(NULL, 1, NULL));
	POINTER(eddy_set_interval(NULL, 1, NULL));
	POINTER(eddy_set_immediate(NULL, NULL));
	INT(eddy_next_tick(NULL, NULL));
	POINTER(eddy_module_option(self, NULL, NULL));
	INT(eddy_module_fail(self, NULL));
	INT(eddy_cluster_send(NULL, "x", 1));
	INT(eddy_cluster_send("topic", NULL, 1));
	INT(eddy_cluster_on(NULL, NULL, NULL));
	INT(eddy_cluster_on("topic", NULL, NULL));
	INT(eddy_cluster_workers(0, NULL));
	INT(eddy_process_memory_usage(NULL));
	INT(eddy_process_cpu_usage(NULL));
	POINTER(eddy_process_env(NULL));
	INT(eddy_process_cwd(NULL, 100));
	INT(eddy_process_on(SIGTERM, NULL, NULL));
	INT(eddy_fs_open(NULL, 0, 0, NULL, NULL));
	INT(eddy_fs_stat(NULL, NULL, NULL));
	INT(eddy_fs_unlink(NULL, NULL, NULL));
	INT(eddy_fs_rename("a", NULL, NULL, NULL));
	INT(eddy_fs_mkdir(NULL, 0, NULL, NULL));
	INT(eddy_fs_rmdir(NULL, NULL, NULL));
	INT(eddy_fs_readdir(NULL, NULL, NULL));
	text_send(text, res);
}

/* Another kind's handles, and what is none. */
static void
kinds(eddy_request *req, eddy_response *res, void *state)
{
	struct text text_ = {0}, *text = &text_;
	eddy_timer *timer = eddy_set_timeout(nothing, 60000, NULL);
	void *any_timer = timer, *any_response = res, *no_handle = text;

	(void)req;
	(void)state;
	INT(eddy_response_set_header(any_timer, "a", "b"));
	VOID(eddy_response_end(any_timer, NULL, 0));
	INT(eddy_request_on(no_handle, NULL, NULL));
	VOID(eddy_clear_timeout(any_response));
	VOID(eddy_timer_refresh(no_handle));
	INT(eddy_fs_close(any_response, NULL, NULL));
	INT(eddy_fs_fsync(any_timer, NULL, NULL));
	POINTER(eddy_module_option(no_handle, "x", NULL));
	eddy_clear_timeout(timer);
	text_send(text, res);
}

/* From another thread: `path` names the function, which gets nothing but zeros. */
static void *
thread_calls(void *arg)
{
	long (*function)() = NULL;
	void *symbol = dlsym(RTLD_DEFAULT, arg);

	if (symbol == NULL)
		return (void *)(intptr_t)-1000;
	memcpy(&function, &symbol, sizeof(function));
	return (void *)function(NULL, NULL, NULL, NULL, NULL, NULL);
}

static void
thread(eddy_request *req, eddy_response *res, void *state)
{
	struct text text_ = {0}, *text = &text_;
	eddy_str param = eddy_request_param(req, "function");
	char name[128];
	pthread_t other;
	void *result;

	(void)state;
	snprintf(name, sizeof(name), "%.*s", (int)param.n, param.p);
	if (pthread_create(&other, NULL, thread_calls, name) != 0)
		abort();
	pthread_join(other, &result);
	text_add(text, "result", (int)(intptr_t)result);
	text_send(text, res);
}

/* From another thread, with the handles of this request. */
struct borrowed {
	eddy_request *req;
	eddy_response *res;
	struct text text;
};

static void *
thread_borrows(void *arg)
{
	struct borrowed *borrowed = arg;
	struct text *text = &borrowed->text;
	eddy_request *req = borrowed->req;
	eddy_response *res = borrowed->res;
	char bytes[] = "x";

	STR(eddy_request_method(req));
	INT(eddy_request_body(req, 0, body, NULL));
	INT(eddy_response_set_header(res, "a", "b"));
	INT(eddy_response_write(res, "x", 1));
	INT(eddy_response_write_owned(res, bytes, 1, release, NULL));
	VOID(eddy_response_send(res, 200, NULL, "x", 1));
	POINTER(eddy_set_timeout(nothing, 1, NULL));
	INT(eddy_next_tick(nothing, NULL));
	INT(eddy_cluster_send("topic", "x", 1));
	INT(eddy_fs_unlink("/nowhere", NULL, NULL));
	return NULL;
}

static void
borrow(eddy_request *req, eddy_response *res, void *state)
{
	struct borrowed borrowed = {.req = req, .res = res};
	pthread_t other;

	(void)state;
	if (pthread_create(&other, NULL, thread_borrows, &borrowed) != 0)
		abort();
	pthread_join(other, NULL);
	text_send(&borrowed.text, res);
}

static int
load(eddy_module *self, void **state)
{
	*state = self;
	return 0;
}

static const struct eddy_handler handlers[] = {
	{"no_handles", no_handles}, {"no_arguments", no_arguments},
	{"kinds", kinds},	    {"thread", thread},
	{"borrow", borrow},	    {NULL, NULL}};

EDDY_MODULE(.name = "misuse", .load = load, .handlers = handlers);
