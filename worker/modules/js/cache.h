/*
 * Texts that come again and again (methods, urls, the heads of kept-alive connections), as values
 * that JavaScript has already: to make one costs more than all else that brings a request in.
 *
 * A text is kept when it comes twice without another of its place between: what comes once only,
 * such as a url with a number in it, costs nothing but being looked for.
 */
#ifndef JS_CACHE_H
#define JS_CACHE_H

#include <JavaScriptCore/JavaScript.h>
#include <stddef.h>
#include <stdint.h>

#define JS_CACHE_PLACES 256
#define JS_CACHE_TEXT_MAX 1024 /* bytes; longer ones are not kept */

struct js_cached {
	uint64_t hash; /* of `text` */
	uint64_t last; /* of what came last */
	char *text;    /* NULL: nothing is kept */
	size_t n;
	JSValueRef value; /* protected */
};

struct js_cache {
	struct js_cached places[JS_CACHE_PLACES];
};

struct js;

/* The n bytes as Latin-1. */
JSValueRef js_cache_text(struct js *js, const char *p, size_t n);
void js_cache_fini(struct js *js);

#endif
