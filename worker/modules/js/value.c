/*
 * Values between C and JavaScript. Strings of the engine are UTF-16 (or Latin-1 inside, which the
 * API does not show); what leaves for sockets and the log is UTF-8, with U+FFFD for surrogates that
 * stand alone, as Node's.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "js.h"
#include "utf8.h"

/* A function of `native`, as the engine keeps it. */
struct native {
	struct js *js;
	js_function *function;
};

JSValueRef
js_undefined(const struct js *js)
{
	return JSValueMakeUndefined(js->ctx);
}

JSValueRef
js_arg(const struct js *js, size_t argc, const JSValueRef argv[], size_t i)
{
	return i < argc ? argv[i] : JSValueMakeUndefined(js->ctx);
}

double
js_number(const struct js *js, JSValueRef value, double fallback)
{
	return JSValueIsNumber(js->ctx, value) ? JSValueToNumber(js->ctx, value, NULL) : fallback;
}

unsigned
js_unsigned(const struct js *js, JSValueRef value)
{
	double number = js_number(js, value, 0);

	if (!(number > 0))
		return 0;
	return number < UINT_MAX ? (unsigned)number : UINT_MAX;
}

int
js_int(const struct js *js, JSValueRef value, int fallback)
{
	double number = js_number(js, value, fallback);

	if (isnan(number))
		return fallback;
	if (number <= INT_MIN)
		return INT_MIN;
	return number < INT_MAX ? (int)number : INT_MAX;
}

char *
js_utf8(const struct js *js, JSValueRef value, size_t *n)
{
	JSStringRef string = JSValueToStringCopy(js->ctx, value, NULL);
	size_t length, written;
	char *bytes;

	if (string == NULL)
		return NULL;
	length = JSStringGetLength(string);
	bytes = malloc(length * 3 + 1);
	if (bytes != NULL) {
		written = utf8_encode(JSStringGetCharactersPtr(string), length, bytes);
		bytes[written] = '\0';
		if (n != NULL)
			*n = written;
	}
	JSStringRelease(string);
	return bytes;
}

char *
js_latin1(const struct js *js, JSValueRef value, size_t *n)
{
	JSStringRef string = JSValueToStringCopy(js->ctx, value, NULL);
	const JSChar *chars;
	size_t length;
	char *bytes;

	if (string == NULL)
		return NULL;
	length = JSStringGetLength(string);
	bytes = malloc(length + 1);
	if (bytes != NULL) {
		chars = JSStringGetCharactersPtr(string);
		for (size_t i = 0; i < length; i++)
			bytes[i] = (char)(chars[i] & 0xff);
		bytes[length] = '\0';
		if (n != NULL)
			*n = length;
	}
	JSStringRelease(string);
	return bytes;
}

static JSValueRef
text_of(const struct js *js, JSChar *chars, size_t n)
{
	JSStringRef string = JSStringCreateWithCharacters(chars, n);
	JSValueRef value = JSValueMakeString(js->ctx, string);

	JSStringRelease(string);
	return value;
}

JSValueRef
js_text_n(const struct js *js, const char *utf8, size_t n)
{
	JSChar few[256] = {0}, *chars = n <= 256 ? few : malloc(n * sizeof(*chars));
	JSValueRef value;

	if (chars == NULL)
		return js_undefined(js);
	value = text_of(js, chars, utf8_decode(utf8, n, chars));
	if (chars != few)
		free(chars);
	return value;
}

JSValueRef
js_text(const struct js *js, const char *utf8)
{
	return js_text_n(js, utf8, strlen(utf8));
}

JSValueRef
js_latin1_text(const struct js *js, const char *p, size_t n)
{
	JSChar few[256] = {0}, *chars = n <= 256 ? few : malloc(n * sizeof(*chars));
	JSValueRef value;

	if (chars == NULL)
		return js_undefined(js);
	for (size_t i = 0; i < n; i++)
		chars[i] = (unsigned char)p[i];
	value = text_of(js, chars, n);
	if (chars != few)
		free(chars);
	return value;
}

static void
bytes_free(void *bytes, void *context)
{
	(void)context;
	free(bytes);
}

JSValueRef
js_bytes(const struct js *js, const void *p, size_t n)
{
	void *copy = malloc(n > 0 ? n : 1);
	JSObjectRef buffer;

	if (copy == NULL)
		return js_undefined(js);
	if (n > 0)
		memcpy(copy, p, n);
	buffer = JSObjectMakeArrayBufferWithBytesNoCopy(js->ctx, copy, n, bytes_free, NULL, NULL);
	return buffer != NULL ? buffer : js_undefined(js);
}

bool
js_bytes_of(const struct js *js, JSValueRef value, const char **p, size_t *n, char **owned)
{
	JSObjectRef object;
	const char *start;

	*owned = NULL;
	if (JSValueIsString(js->ctx, value)) {
		*p = *owned = js_utf8(js, value, n);
		return *p != NULL;
	}
	if (JSValueGetTypedArrayType(js->ctx, value, NULL) == kJSTypedArrayTypeNone)
		return false;
	object = JSValueToObject(js->ctx, value, NULL);
	if (object == NULL ||
	    JSValueGetTypedArrayType(js->ctx, value, NULL) == kJSTypedArrayTypeArrayBuffer)
		return false;
	start = JSObjectGetTypedArrayBytesPtr(js->ctx, object, NULL); /* of the buffer behind it */
	*n = JSObjectGetTypedArrayByteLength(js->ctx, object, NULL);
	*p = start != NULL ? start + JSObjectGetTypedArrayByteOffset(js->ctx, object, NULL) : "";
	if (start == NULL)
		*n = 0;
	return true;
}

void
js_set(const struct js *js, JSObjectRef object, const char *name, JSValueRef value)
{
	JSStringRef string = JSStringCreateWithUTF8CString(name);

	JSObjectSetProperty(js->ctx, object, string, value, kJSPropertyAttributeNone, NULL);
	JSStringRelease(string);
}

JSValueRef
js_get(const struct js *js, JSObjectRef object, const char *name)
{
	JSStringRef string = JSStringCreateWithUTF8CString(name);
	JSValueRef value = JSObjectGetProperty(js->ctx, object, string, NULL);

	JSStringRelease(string);
	return value != NULL ? value : js_undefined(js);
}

JSValueRef
js_throw(const struct js *js, JSValueRef *exception, const char *code, const char *fmt, ...)
{
	char *message = NULL;
	JSValueRef argument;
	JSObjectRef error;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) < 0)
		message = NULL;
	va_end(ap);
	argument = js_text(js, message != NULL ? message : "no memory");
	free(message);
	error = js->error != NULL
			? JSObjectCallAsConstructor(js->ctx, js->error, 1, &argument, NULL)
			: JSObjectMakeError(js->ctx, 1, &argument, NULL);
	if (code != NULL)
		js_set(js, error, "code", js_text(js, code));
	*exception = error;
	return js_undefined(js);
}

static JSValueRef
native_call(JSContextRef ctx, JSObjectRef function, JSObjectRef self, size_t argc,
	    const JSValueRef argv[], JSValueRef *exception)
{
	const struct native *native = JSObjectGetPrivate(function);

	(void)ctx;
	(void)self;
	return native->function(native->js, argc, argv, exception);
}

static void
native_free(JSObjectRef function)
{
	free(JSObjectGetPrivate(function));
}

int
js_bind(struct js *js, JSObjectRef object, const struct js_binding *bindings)
{
	static const JSClassDefinition definition = {.className = "Native",
						     .attributes =
							     kJSClassAttributeNoAutomaticPrototype,
						     .callAsFunction = native_call,
						     .finalize = native_free};

	if (js->native_class == NULL)
		js->native_class = JSClassCreate(&definition);
	for (; bindings->name != NULL; bindings++) {
		struct native *native = malloc(sizeof(*native));

		if (native == NULL)
			return eddy_module_fail(js->self, "no memory for the script's functions");
		native->js = js;
		native->function = bindings->function;
		js_set(js, object, bindings->name, JSObjectMake(js->ctx, js->native_class, native));
	}
	return 0;
}

/* Before boot.js has run: what the engine says by itself. */
static char *
describe_plainly(struct js *js, JSValueRef error)
{
	char *message = js_utf8(js, error, NULL), *file = NULL, *text = NULL;
	JSObjectRef object;

	if (!JSValueIsObject(js->ctx, error))
		return message;
	object = JSValueToObject(js->ctx, error, NULL);
	file = js_utf8(js, js_get(js, object, "sourceURL"), NULL);
	if (asprintf(&text, "%s:%.0f: %s", file != NULL ? file : "?",
		     js_number(js, js_get(js, object, "line"), 0),
		     message != NULL ? message : "") < 0)
		text = NULL;
	free(message);
	free(file);
	return text;
}

char *
js_describe(struct js *js, JSValueRef error)
{
	JSValueRef exception = NULL, text;

	if (js->describe == NULL)
		return describe_plainly(js, error);
	text = JSObjectCallAsFunction(js->ctx, js->describe, NULL, 1, &error, &exception);
	return js_utf8(js, exception == NULL ? text : error, NULL);
}
