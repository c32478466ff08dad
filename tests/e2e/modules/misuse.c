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
done(int err, void *arg)
{
	(void)err;
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
	char small[8];

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
	INT(eddy_response_send_file(NULL, NULL, 0, 1, NULL, NULL));
	INT(eddy_response_set_timeout(NULL, 1, timed_out, NULL));
	INT(eddy_response_headers_sent(NULL));
	INT(eddy_response_writable_length(NULL) != 0);
	INT(eddy_response_on(NULL, NULL, NULL));
	VOID(eddy_timer_refresh(NULL));
	INT(eddy_module_fail(NULL, "x"));
	INT(eddy_module_hold(NULL));
	INT(eddy_module_release(NULL));
	POINTER(eddy_module_route(NULL, 0));
	POINTER(eddy_module_listen(NULL, 0));
	POINTER(eddy_module_option(NULL, "x", NULL));
	INT(eddy_module_path(NULL, "x", small, sizeof(small)));
	text_send(text, res);
}

static void
no_net_handles(eddy_request *req, eddy_response *res, void *state)
{
	struct text text_ = {0}, *text = &text_;
	char bytes[] = "x";
	eddy_str name, value;

	(void)req;
	(void)state;
	INT(eddy_socket_detach(NULL));
	INT(eddy_socket_on(NULL, NULL, NULL));
	INT(eddy_socket_write(NULL, "x", 1));
	INT(eddy_socket_write_owned(NULL, bytes, 1, release, NULL));
	VOID(eddy_socket_end(NULL, "x", 1));
	VOID(eddy_socket_destroy(NULL));
	VOID(eddy_socket_reset_and_destroy(NULL));
	VOID(eddy_socket_pause(NULL));
	VOID(eddy_socket_resume(NULL));
	INT(eddy_socket_fd(NULL));
	INT(eddy_socket_set_timeout(NULL, 1));
	INT(eddy_socket_set_no_delay(NULL, true));
	INT(eddy_socket_set_keep_alive(NULL, true, 1000));
	STR(eddy_socket_remote_address(NULL));
	INT(eddy_socket_remote_port(NULL));
	STR(eddy_socket_local_address(NULL));
	INT(eddy_socket_local_port(NULL));
	INT(eddy_socket_bytes_read(NULL) != 0);
	INT(eddy_socket_bytes_written(NULL) != 0);
	INT(eddy_socket_writable_length(NULL) != 0);
	INT(eddy_server_listen(NULL, "127.0.0.1:0"));
	INT(eddy_server_close(NULL));
	STR(eddy_server_address(NULL));
	INT(eddy_server_connections(NULL) != 0);
	VOID(eddy_dns_cancel(NULL));
	POINTER(eddy_dns_resolver_resolve(NULL, "a", "A", NULL, NULL));
	POINTER(eddy_dns_resolver_reverse(NULL, "127.0.0.1", NULL, NULL));
	VOID(eddy_dns_resolver_destroy(NULL));
	INT(eddy_client_request_write(NULL, "x", 1));
	INT(eddy_client_request_write_owned(NULL, bytes, 1, release, NULL));
	VOID(eddy_client_request_end(NULL, NULL, 0));
	INT(eddy_client_request_flush_headers(NULL));
	INT(eddy_client_request_add_trailer(NULL, "a", "b"));
	INT(eddy_client_request_set_timeout(NULL, 1));
	POINTER(eddy_client_request_socket(NULL));
	INT(eddy_client_request_reused_socket(NULL));
	VOID(eddy_client_request_destroy(NULL));
	INT(eddy_client_request_on(NULL, NULL, NULL));
	POINTER(eddy_client_request_response(NULL));
	POINTER(eddy_client_response_request(NULL));
	INT(eddy_client_response_status(NULL));
	STR(eddy_client_response_reason(NULL));
	INT(eddy_client_response_http_version_minor(NULL));
	STR(eddy_client_response_header(NULL, "x"));
	INT(eddy_client_response_headers(NULL, 0, &name, &value));
	STR(eddy_client_response_trailer(NULL, "x"));
	INT(eddy_client_response_trailers(NULL, 0, &name, &value));
	VOID(eddy_client_response_pause(NULL));
	VOID(eddy_client_response_resume(NULL));
	VOID(eddy_agent_destroy(NULL));
	text_send(text, res);
}

/* Good handles, and nothing where a pointer is due. */
static void
no_arguments(eddy_request *req, eddy_response *res, void *state)
{
	struct text text_ = {0}, *text = &text_;
	eddy_module *self = state;
	char small[8];
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
	INT(eddy_response_send_file(res, NULL, 0, 1, NULL, NULL));
	INT(eddy_response_add_trailer(res, NULL, "b"));
	POINTER(eddy_set_timeout(NULL, 1, NULL));
	POINTER(eddy_set_interval(NULL, 1, NULL));
	POINTER(eddy_set_immediate(NULL, NULL));
	INT(eddy_next_tick(NULL, NULL));
	POINTER(eddy_module_option(self, NULL, NULL));
	INT(eddy_module_path(self, "", small, sizeof(small)));
	INT(eddy_module_path(self, "x", NULL, 100));
	INT(eddy_module_fail(self, NULL));
	INT(eddy_module_release(self));
	INT(eddy_cluster_send(NULL, "x", 1));
	INT(eddy_cluster_send("topic", NULL, 1));
	INT(eddy_cluster_on(NULL, NULL, NULL));
	INT(eddy_cluster_on("topic", NULL, NULL));
	INT(eddy_cluster_workers(0, NULL));
	INT(eddy_cluster_totals(NULL));
	INT(eddy_process_memory_usage(NULL));
	INT(eddy_process_cpu_usage(NULL));
	POINTER(eddy_process_env(NULL));
	INT(eddy_process_cwd(NULL, 100));
	INT(eddy_process_on(SIGTERM, NULL, NULL));
	INT(eddy_fs_open(NULL, 0, 0, NULL, NULL));
	INT(eddy_fs_stat(NULL, NULL, NULL));
	INT(eddy_fs_unlink(NULL, NULL, NULL));
	INT(eddy_fs_rename("a", NULL, NULL, NULL));
	INT(eddy_fs_link(NULL, "b", NULL, NULL));
	INT(eddy_fs_mkdir(NULL, 0, NULL, NULL));
	INT(eddy_fs_rmdir(NULL, NULL, NULL));
	INT(eddy_fs_readdir(NULL, NULL, NULL));
	INT(eddy_fs_scandir(NULL, NULL, NULL));
	POINTER(eddy_fs_fdopen(-1));
	INT(eddy_fs_lstat(NULL, NULL, NULL));
	INT(eddy_fs_statfs(NULL, NULL, NULL));
	INT(eddy_fs_access("/", 0, NULL, NULL));
	INT(eddy_fs_truncate(NULL, 0, NULL, NULL));
	INT(eddy_fs_chmod(NULL, 0, NULL, NULL));
	INT(eddy_fs_chown(NULL, 0, 0, NULL, NULL));
	INT(eddy_fs_lchown(NULL, 0, 0, NULL, NULL));
	INT(eddy_fs_utimens("/", NULL, NULL, NULL));
	INT(eddy_fs_lutimens(NULL, NULL, NULL, NULL));
	INT(eddy_fs_futimens(NULL, NULL, NULL, NULL));
	INT(eddy_fs_symlink("a", NULL, NULL, NULL));
	INT(eddy_fs_readlink("/", NULL, NULL));
	INT(eddy_fs_realpath(NULL, NULL, NULL));
	INT(eddy_fs_mkdtemp(NULL, NULL, NULL));
	INT(eddy_pipeline_streams(EDDY_STREAM(req), EDDY_STREAM(res), NULL, NULL));
	text_send(text, res);
}

static void
looked_up(int err, const eddy_dns_address *addresses, size_t n, void *arg)
{
	(void)err;
	(void)addresses;
	(void)n;
	(void)arg;
}

/* The same of what goes out; the socket and the request are never on their way. */
static void
no_net_arguments(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_client_events client_events = {0};
	static const eddy_socket_events socket_events = {0};
	struct text text_ = {0}, *text = &text_;
	eddy_agent_options no_size = {0};
	const eddy_http_options options = {.size = sizeof(options), .url = "http://127.0.0.1:1/"};
	eddy_socket *sock = eddy_net_connect("127.0.0.1:1", &socket_events, NULL);
	eddy_server *server = eddy_net_create_server(NULL, NULL);
	eddy_client_request *ask = eddy_http_request(&options, &client_events, NULL);

	(void)req;
	(void)state;
	POINTER(eddy_net_connect(NULL, &socket_events, NULL));
	POINTER(eddy_socket_open(-1, &socket_events, NULL));
	INT(eddy_socket_write(sock, NULL, 1));
	INT(eddy_socket_write_owned(sock, NULL, 1, release, NULL));
	INT(eddy_socket_write_owned(sock, "x", 1, NULL, NULL));
	VOID(eddy_socket_end(sock, NULL, 1));
	INT(eddy_server_listen(server, NULL));
	POINTER(eddy_dns_lookup(NULL, 0, looked_up, NULL));
	POINTER(eddy_dns_lookup("localhost", 0, NULL, NULL));
	POINTER(eddy_dns_resolve(NULL, "A", NULL, NULL));
	POINTER(eddy_dns_resolve("localhost", "A", NULL, NULL));
	POINTER(eddy_dns_reverse(NULL, NULL, NULL));
	INT(eddy_dns_set_servers(NULL));
	INT(eddy_dns_set_servers("no address"));
	POINTER(eddy_http_request(&options, NULL, NULL));
	POINTER(eddy_http_get("http://127.0.0.1:1/", NULL, NULL));
	POINTER(eddy_http_create_agent(&no_size));
	INT(eddy_client_request_write(ask, NULL, 1));
	INT(eddy_client_request_write_owned(ask, "x", 1, NULL, NULL));
	INT(eddy_client_request_write_owned(ask, NULL, 1, release, NULL));
	VOID(eddy_client_request_end(ask, NULL, 1));
	INT(eddy_client_request_on(ask, NULL, NULL));
	eddy_client_request_destroy(ask);
	eddy_socket_destroy(sock);
	eddy_server_close(server);
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
	INT(eddy_fs_fileno(any_timer));
	INT(eddy_fs_fdatasync(any_timer, NULL, NULL));
	INT(eddy_fs_ftruncate(any_timer, 0, NULL, NULL));
	INT(eddy_fs_fchmod(any_timer, 0, NULL, NULL));
	INT(eddy_fs_fchown(any_timer, 0, 0, NULL, NULL));
	INT(eddy_pipeline_streams(EDDY_STREAM(req), EDDY_STREAM((eddy_file *)any_timer), done,
				  NULL));
	INT(eddy_response_send_file(any_timer, no_handle, 0, 1, NULL, NULL));
	INT(eddy_response_send_file(res, any_response, 0, 1, NULL, NULL));
	POINTER(eddy_module_option(no_handle, "x", NULL));
	INT(eddy_socket_write(any_response, "x", 1));
	VOID(eddy_socket_destroy(no_handle));
	INT(eddy_server_close(any_timer));
	VOID(eddy_dns_cancel(any_response));
	VOID(eddy_client_request_end(any_timer, NULL, 0));
	INT(eddy_client_response_status(any_response));
	VOID(eddy_agent_destroy(any_timer));
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

static const struct eddy_handler handlers[] = {{"no_handles", no_handles},
					       {"no_arguments", no_arguments},
					       {"no_net_handles", no_net_handles},
					       {"no_net_arguments", no_net_arguments},
					       {"kinds", kinds},
					       {"thread", thread},
					       {"borrow", borrow},
					       {NULL, NULL}};

EDDY_MODULE(.name = "misuse", .load = load, .handlers = handlers);
