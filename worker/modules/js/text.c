/* Text and bytes, for lib/buffer.js: what a loop in JavaScript would be slow at. */
#include <stdlib.h>
#include <string.h>

#include "js.h"
#include "utf8.h"

#define STRING_MAX 0x1fffffe8 /* Node's; the engine ends the process at four times as many */

/* The bytes [start, end) of a typed array; false with *exception set: it is none, or too long. */
static bool
text_range(const struct js *js, size_t argc, const JSValueRef argv[], const char **p, size_t *n,
	   JSValueRef *exception)
{
	double start = js_number(js, js_arg(js, argc, argv, 1), 0), end;
	char *owned;

	if (!js_bytes_of(js, js_arg(js, argc, argv, 0), p, n, &owned) || owned != NULL) {
		free(owned);
		js_throw(js, exception, "ERR_INVALID_ARG_TYPE", "not a typed array");
		return false;
	}
	end = js_number(js, js_arg(js, argc, argv, 2), (double)*n);
	if (end > (double)*n)
		end = (double)*n;
	if (!(start >= 0 && start < end))
		start = end = 0;
	*p += (size_t)start;
	*n = (size_t)(end - start);
	if (*n <= STRING_MAX)
		return true;
	js_throw(js, exception, "ERR_STRING_TOO_LONG",
		 "Cannot create a string longer than 0x%x characters", STRING_MAX);
	return false;
}

/* utf8Decode(bytes, start, end) */
static JSValueRef
text_utf8_decode(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const char *p;
	size_t n;

	if (!text_range(js, argc, argv, &p, &n, exception))
		return js_undefined(js);
	return js_text_n(js, p, n);
}

/* latin1Decode(bytes, start, end) */
static JSValueRef
text_latin1_decode(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	const char *p;
	size_t n;

	if (!text_range(js, argc, argv, &p, &n, exception))
		return js_undefined(js);
	return js_latin1_text(js, p, n);
}

/* utf8Encode(string): an ArrayBuffer. */
static JSValueRef
text_utf8_encode(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	size_t n = 0;
	char *bytes = js_utf8(js, js_arg(js, argc, argv, 0), &n);
	JSValueRef value;

	if (bytes == NULL)
		return js_throw(js, exception, "ENOMEM", "no memory for a buffer");
	value = js_bytes(js, bytes, n);
	free(bytes);
	return value;
}

/* utf8Length(string) */
static JSValueRef
text_utf8_length(struct js *js, size_t argc, const JSValueRef argv[], JSValueRef *exception)
{
	size_t n = 0;
	char *bytes = js_utf8(js, js_arg(js, argc, argv, 0), &n);

	(void)exception;
	free(bytes);
	return JSValueMakeNumber(js->ctx, (double)n);
}

const struct js_binding js_text_bindings[] = {
	{"utf8Decode", text_utf8_decode},
	{"latin1Decode", text_latin1_decode},
	{"utf8Encode", text_utf8_encode},
	{"utf8Length", text_utf8_length},
	{NULL, NULL},
};
