/*
 * Bringing scripts in: the libraries, which are part of this module, and files, which may be read
 * while the module loads only, since a worker that serves does not wait for a disk. What `require`
 * looks for where is lib/module.js's.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine_private.h"
#include "js.h"
#include "lib.h"

static double
line_of(const struct js *js, JSValueRef error)
{
	JSObjectRef object = JSValueToObject(js->ctx, error, NULL);

	return object != NULL ? js_number(js, js_get(js, object, "line"), 0) : 0;
}

/*
 * A bracket too many ends the function that is put around a text, and shows as a fault of what
 * follows: the text alone then says better where it is. But alone it may not return, as a file of
 * CommonJS may.
 */
static void
compile_explain(const struct js *js, const char *text, JSStringRef url, JSValueRef *exception)
{
	JSStringRef alone = JSStringCreateWithUTF8CString(text);
	JSValueRef better = NULL;
	char *message;

	if (!JSCheckScriptSyntax(js->ctx, alone, url, 1, &better) && better != NULL &&
	    line_of(js, better) < line_of(js, *exception)) {
		message = js_utf8(js, better, NULL);
		if (message != NULL && strstr(message, "Return statement") == NULL)
			*exception = better;
		free(message);
	}
	JSStringRelease(alone);
}

/*
 * Compiles a text into a function, whose parameters are `head`'s: they stand in the first line, so
 * that lines keep their numbers. NULL with *exception set: it is no JavaScript.
 */
static JSValueRef
compile(const struct js *js, const char *head, const char *text, size_t n, const char *name,
	JSValueRef *exception)
{
	size_t head_n = strlen(head);
	char *whole = malloc(head_n + n + 4);
	JSStringRef source, url;
	JSValueRef function;

	if (whole == NULL)
		return js_throw(js, exception, "ENOMEM", "no memory to compile %s", name);
	memcpy(whole, head, head_n);
	memcpy(whole + head_n, text, n);
	memcpy(whole + head_n + n, "\n})", 4);
	source = JSStringCreateWithUTF8CString(whole);
	url = JSStringCreateWithUTF8CString(name);
	function = JSEvaluateScript(js->ctx, source, NULL, url, 1, exception);
	if (function == NULL) {
		whole[head_n + n] = '\0';
		compile_explain(js, whole + head_n, url, exception);
	}
	JSStringRelease(url);
	JSStringRelease(source);
	free(whole);
	return function != NULL ? function : js_undefined(js);
}

/* library(name): the function that makes it, or undefined. */
static JSValueRef
loader_library(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *name = js_utf8(js, js_arg(js, argc, argv, 0), NULL), url[64];
	JSValueRef function = js_undefined(js);

	for (const struct js_library *library = js_libraries; name != NULL && library->name != NULL;
	     library++) {
		if (strcmp(library->name, name) != 0)
			continue;
		snprintf(url, sizeof(url), "node:%s", name);
		function = compile(js, "(function (exports, require, module, native) {",
				   (const char *)library->text, library->size, url, exception);
		break;
	}
	free(name);
	return function;
}

#define FILE_HEAD "(function (exports, require, module, __filename, __dirname) {"

/* syntaxFault(text, isBody): [line, message] of its first fault, or undefined. */
static JSValueRef
loader_syntax_fault(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	bool body = JSValueToBoolean(js->ctx, js_arg(js, argc, argv, 1));
	char *text = js_utf8(js, js_arg(js, argc, argv, 0), NULL), *whole = NULL;
	JSValueRef fault = NULL, values[2];
	JSStringRef source;
	JSObjectRef error;

	if (text == NULL || asprintf(&whole, "%s%s", body ? FILE_HEAD : "", text) < 0)
		whole = NULL;
	free(text);
	source = JSStringCreateWithUTF8CString(whole != NULL ? whole : "");
	free(whole);
	JSCheckScriptSyntax(js->ctx, source, NULL, 1, &fault);
	JSStringRelease(source);
	error = fault != NULL ? JSValueToObject(js->ctx, fault, NULL) : NULL;
	if (error == NULL)
		return js_undefined(js);
	values[0] = js_get(js, error, "line");
	values[1] = js_get(js, error, "message");
	return JSObjectMakeArray(js->ctx, 2, values, exception);
}

/* compile(text, filename): the function that runs a file of the script's. */
static JSValueRef
loader_compile(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	size_t n = 0;
	char *text = js_utf8(js, js_arg(js, argc, argv, 0), &n);
	char *name = js_utf8(js, js_arg(js, argc, argv, 1), NULL);
	JSValueRef function = js_undefined(js);

	if (text != NULL && name != NULL)
		function = compile(js, FILE_HEAD, text, n, name, exception);
	free(text);
	free(name);
	return function;
}

/* May a file be looked at now? If not, an exception says what would be right. */
static bool
may_read(const struct js *js, const char *path, JSValueRef *exception)
{
	if (js->loading)
		return true;
	js_throw(
		js, exception, "ERR_WORKER_SERVES",
		"%s cannot be read now: a worker that serves never waits for a disk. Require files "
		"where the script begins, before it has been loaded",
		path);
	return false;
}

/* stat(path): 1 a file, 2 a folder, 0 neither. */
static JSValueRef
loader_stat(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *path = js_utf8(js, js_arg(js, argc, argv, 0), NULL);
	struct stat st;
	double kind = 0;

	if (path != NULL && may_read(js, path, exception) && stat(path, &st) == 0)
		kind = S_ISREG(st.st_mode) ? 1 : S_ISDIR(st.st_mode) ? 2 : 0;
	free(path);
	return JSValueMakeNumber(js->ctx, kind);
}

/* realpath(path), or undefined. */
static JSValueRef
loader_realpath(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *path = js_utf8(js, js_arg(js, argc, argv, 0), NULL), *real = NULL;
	JSValueRef value;

	if (path != NULL && may_read(js, path, exception))
		real = realpath(path, NULL);
	value = real != NULL ? js_text(js, real) : js_undefined(js);
	free(real);
	free(path);
	return value;
}

/*
 * The bytes of a file and a NUL, to be freed; NULL with errno set: EFBIG if it has more than max. A
 * FIFO is opened without waiting for who writes into it, and then refused as what is no regular file
 * (ENOTSUP).
 */
static char *
file_read(const char *path, size_t max, size_t *n)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), saved = 0;
	char *bytes = NULL;
	struct stat st;

	*n = 0;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0)
		goto failed;
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : ENOTSUP;
		goto failed;
	}
	if ((size_t)st.st_size > max) {
		errno = EFBIG;
		goto failed;
	}
	bytes = malloc((size_t)st.st_size + 1);
	if (bytes == NULL)
		goto failed;
	while (*n < (size_t)st.st_size) {
		ssize_t got = read(fd, bytes + *n, (size_t)st.st_size - *n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			goto failed;
		if (got == 0)
			break;
		*n += (size_t)got;
	}
	close(fd);
	bytes[*n] = '\0';
	return bytes;
failed:
	saved = errno;
	free(bytes);
	close(fd);
	errno = saved;
	return NULL;
}

/* A text of one byte for each character, where that can be: texts are kept (lib/module/disk.js). */
static JSValueRef
file_text(const struct js *js, const char *bytes, size_t n)
{
	JSStringRef string;
	JSValueRef text;

	for (size_t i = 0; i < n; i++)
		if ((signed char)bytes[i] <= 0)
			return js_text_n(js, bytes, n);
	string = JSStringCreateWithUTF8CString(bytes);
	text = JSValueMakeString(js->ctx, string);
	JSStringRelease(string);
	return text;
}

/* readFile(path, max): its text; undefined: it has more than max bytes. */
static JSValueRef
loader_read_file(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *path = js_utf8(js, js_arg(js, argc, argv, 0), NULL), *bytes;
	double max = js_number(js, js_arg(js, argc, argv, 1), -1);
	JSValueRef value = js_undefined(js);
	size_t n = 0;

	if (path != NULL && may_read(js, path, exception)) {
		bytes = file_read(path, max >= 0 ? (size_t)max : SSIZE_MAX, &n);
		if (bytes != NULL)
			value = file_text(js, bytes, n);
		else if (max < 0 || errno != EFBIG)
			js_throw(js, exception, eddy_error_name(EDDY_ERRNO(errno)),
				 "%s cannot be read: %s", path,
				 errno == ENOTSUP ? "it is no regular file" : strerror(errno));
		free(bytes);
	}
	free(path);
	return value;
}

/* onRejection(function): the engine's report of promises whose rejection nobody has handled. */
static JSValueRef
loader_on_rejection(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	JSObjectRef function = JSValueToObject(js->ctx, js_arg(js, argc, argv, 0), exception);

	if (function != NULL && JSGlobalContextSetUnhandledRejectionCallback != NULL)
		JSGlobalContextSetUnhandledRejectionCallback(js->ctx, function, exception);
	return js_undefined(js);
}

/* mounts(): [path of the first route of this module's, address of its first listen], or undefined. */
static JSValueRef
loader_mounts(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const char *route = eddy_module_route(js->self, 0), *at = eddy_module_listen(js->self, 0);
	JSValueRef values[2] = {route != NULL ? js_text(js, route) : js_undefined(js),
				at != NULL ? js_text(js, at) : js_undefined(js)};

	(void)argc;
	(void)argv;
	return JSObjectMakeArray(js->ctx, 2, values, exception);
}

/* refuse(why): whether the worker was not ready, and now refuses to be. */
static JSValueRef
loader_refuse(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	char *why = js_utf8(js, js_arg(js, argc, argv, 0), NULL);
	int err = eddy_module_fail(js->self, "%s", why != NULL ? why : "no memory");

	(void)exception;
	free(why);
	return JSValueMakeBoolean(js->ctx, err != EDDY_ECLOSED);
}

/* hold(): whether the worker is not ready before release(). */
static JSValueRef
loader_hold(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	(void)argc;
	(void)argv;
	(void)exception;
	return JSValueMakeBoolean(js->ctx, eddy_module_hold(js->self) == 0);
}

static JSValueRef
loader_release(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	(void)argc;
	(void)argv;
	(void)exception;
	eddy_module_release(js->self);
	return js_undefined(js);
}

const struct js_binding js_loader_bindings[] = {
	{"library", loader_library},
	{"compile", loader_compile},
	{"syntaxFault", loader_syntax_fault},
	{"stat", loader_stat},
	{"realpath", loader_realpath},
	{"readFile", loader_read_file},
	{"onRejection", loader_on_rejection},
	{"mounts", loader_mounts},
	{"refuse", loader_refuse},
	{"hold", loader_hold},
	{"release", loader_release},
	{NULL, NULL},
};

static int
bind_all(struct js *js)
{
	/* clang-format off */
	const struct js_binding *const tables[] = {
		js_loader_bindings,
		js_timer_bindings,
		js_http_bindings, js_response_bindings,
		js_net_bindings,
		js_os_bindings,
		js_process_bindings,
		js_text_bindings,
		js_dns_bindings,
		js_cluster_bindings,
		js_client_bindings,
		js_fs_bindings,
	};
	/* clang-format on */
	int err = 0;

	js->native = JSObjectMake(js->ctx, NULL, NULL);
	JSValueProtect(js->ctx, js->native);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && err == 0; i++)
		err = js_bind(js, js->native, tables[i]);
	return err;
}

static void
shared_keep(void *bytes, void *context)
{
	(void)bytes; /* it is in struct js, which is freed when the engine is gone */
	(void)context;
}

/* Puts bytes of struct js into `native`, as an ArrayBuffer. */
static int
shared_set(const struct js *js, const char *name, void *bytes, size_t n, JSValueRef *exception)
{
	JSObjectRef buffer = JSObjectMakeArrayBufferWithBytesNoCopy(js->ctx, bytes, n, shared_keep,
								    NULL, exception);

	if (*exception != NULL)
		return -1;
	js_set(js, js->native, name, buffer);
	return 0;
}

static JSObjectRef
boot_function(struct js *js, JSObjectRef boot, const char *name)
{
	JSObjectRef function = JSValueToObject(js->ctx, js_get(js, boot, name), NULL);

	JSValueProtect(js->ctx, function);
	return function;
}

/* Runs lib/boot.js, which returns the functions that C calls. */
static int
boot(struct js *js, JSValueRef *exception)
{
	JSValueRef name = js_text(js, "boot"), function, args[4], made = NULL;
	if (shared_set(js, "shared", &js->shared, sizeof(js->shared), exception) != 0 ||
	    shared_set(js, "answer", &js->answer, sizeof(js->answer), exception) != 0)
		return -1;
	function = loader_library(js, 1, &name, exception);
	if (*exception != NULL)
		return -1;
	for (size_t i = 0; i < 3; i++)
		args[i] = js_undefined(js);
	args[3] = js->native;
	made = JSObjectCallAsFunction(js->ctx, JSValueToObject(js->ctx, function, NULL), NULL, 4,
				      args, exception);
	if (*exception != NULL)
		return -1;
	js->error = boot_function(js, JSValueToObject(js->ctx, made, NULL), "Error");
	js->describe = boot_function(js, JSValueToObject(js->ctx, made, NULL), "describe");
	js->load = boot_function(js, JSValueToObject(js->ctx, made, NULL), "load");
	js->loaded = boot_function(js, JSValueToObject(js->ctx, made, NULL), "loaded");
	js->check = boot_function(js, JSValueToObject(js->ctx, made, NULL), "check");
	js->dispatch = boot_function(js, JSValueToObject(js->ctx, made, NULL), "dispatch");
	return 0;
}

/* Runs the script, and what it has queued. */
static void
script_load(struct js *js, JSValueRef path, JSValueRef *exception)
{
	js_enter(js);
	JSObjectCallAsFunction(js->ctx, js->load, NULL, 1, &path, exception);
	js_exit(js);
	js_settle(js);
	if (*exception == NULL)
		JSObjectCallAsFunction(js->ctx, js->loaded, NULL, 0, NULL, exception);
}

int
js_loader_start(struct js *js, bool check)
{
	JSValueRef exception = NULL, path;
	int err = bind_all(js);
	char *text;

	if (err != 0)
		return err;
	if (boot(js, &exception) == 0) {
		path = js_text(js, js->script);
		if (check)
			JSObjectCallAsFunction(js->ctx, js->check, NULL, 1, &path, &exception);
		else
			script_load(js, path, &exception);
	}
	if (exception != NULL) {
		text = js_describe(js, exception);
		err = eddy_module_fail(js->self, "%s", text != NULL ? text : "no memory");
		free(text);
	}
	return err;
}
