/*
 * The blame mark of a worker's slot in words.
 */
#include "daemon/blame.h"
#include "daemon/clock.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#define LONG_MS 200 /* a callback that has run for longer is worth a word */

static const char *const callbacks[] = {
	[SLOT_LOAD] = "load",	      [SLOT_REQUEST] = "request",   [SLOT_DATA] = "data",
	[SLOT_RESPONSE] = "response", [SLOT_TIMER] = "timer",	    [SLOT_CLUSTER] = "cluster",
	[SLOT_DRAIN] = "drain",	      [SLOT_UNLOAD] = "unload",	    [SLOT_SOCKET] = "socket",
	[SLOT_SERVER] = "server",     [SLOT_DNS] = "dns",	    [SLOT_FS] = "fs",
	[SLOT_CLIENT] = "client",     [SLOT_PIPELINE] = "pipeline", [SLOT_SIGNAL] = "signal",
};

struct text {
	char *buf;
	size_t size, used;
};

static void __attribute__((format(printf, 2, 3))) text_add(struct text *text, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text->buf + text->used, text->size - text->used, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	text->used += (size_t)n;
	if (text->used >= text->size)
		text->used = text->size - 1;
}

static void
line_add(struct text *text, const struct slot *slot)
{
	uint32_t size = slot_get(slot->line_size);

	if (size > SLOT_LINE_MAX)
		size = SLOT_LINE_MAX;
	if (size)
		text_add(text, ", request \"%.*s\"", (int)size, slot->line);
}

void
blame_format(const struct slot *slot, const struct conf *conf, uint64_t now_ns, char *buf,
	     size_t size)
{
	struct text text = {.buf = buf, .size = size};
	uint32_t callback = slot_get(slot->callback);
	uint32_t module = slot_get(slot->module), route = slot_get(slot->route);
	uint64_t since_ns = slot_get(slot->since_ns);

	buf[0] = '\0';
	if (callback == SLOT_IDLE || callback >= sizeof(callbacks) / sizeof(callbacks[0]))
		return;
	if (module && module <= conf->nmodules)
		text_add(&text, " in module \"%s\"", conf->modules[module - 1].name);
	else
		text_add(&text, " in eddy");
	text_add(&text, " (%s callback", callbacks[callback]);
	if (route && route <= conf->nroutes)
		text_add(&text, ", route \"%s\"", conf->routes[route - 1].path);
	else if (route > conf->nroutes && route <= quarantine_places(conf))
		text_add(&text, ", server \"%.*s\"", (int)sizeof(slot->server), slot->server);
	line_add(&text, slot);
	if (since_ns && now_ns > since_ns && (now_ns - since_ns) / NS_PER_MS > LONG_MS)
		text_add(&text, ", running for %.1f s", (double)(now_ns - since_ns) / 1e9);
	text_add(&text, ")");
}

void
blame_names(const struct slot *slot, const struct conf *conf, const char **module,
	    const char **route)
{
	uint32_t m = slot_get(slot->module), r = slot_get(slot->route);
	bool idle = slot_get(slot->callback) == SLOT_IDLE;

	*module = !idle && m && m <= conf->nmodules ? conf->modules[m - 1].name : NULL;
	*route = !idle && r && r <= conf->nroutes ? conf->routes[r - 1].path : NULL;
}
