/* The JavaScript part of the module: the files of lib/, which `embed` makes C of at build time. */
#ifndef JS_LIB_H
#define JS_LIB_H

#include <stddef.h>

struct js_library {
	const char *name; /* "events": lib/events.js; NULL ends the table */
	const unsigned char *text;
	size_t size;
};

extern const struct js_library js_libraries[];

#endif
