/*
 * Functions of JavaScriptCore that its library exports and its installed headers leave out. They
 * are weak: a library without them loads, and what needs them is left out.
 */
#ifndef JS_ENGINE_PRIVATE_H
#define JS_ENGINE_PRIVATE_H

#include <JavaScriptCore/JavaScript.h>

typedef bool js_time_limit_callback(JSContextRef ctx, void *arg);

/* Calls `function(promise, reason)` when the microtasks have run and nobody handles it. */
void JSGlobalContextSetUnhandledRejectionCallback(JSGlobalContextRef ctx, JSObjectRef function,
						  JSValueRef *exception) __attribute__((weak));
/* Calls back on the script's thread after so many seconds of CPU time; true ends the script. */
void JSContextGroupSetExecutionTimeLimit(JSContextGroupRef group, double seconds,
					 js_time_limit_callback *callback, void *arg)
	__attribute__((weak));
void JSContextGroupClearExecutionTimeLimit(JSContextGroupRef group) __attribute__((weak));
JSStringRef JSContextCreateBacktrace(JSContextRef ctx, unsigned frames) __attribute__((weak));

#endif
