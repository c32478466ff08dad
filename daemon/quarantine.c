/*
 * Handlers that kill their workers; see quarantine.h.
 *
 * The words in the shared memory are the master's own record too: only it can write them. The
 * tickets are the workers', and looked at with care.
 */
#include "daemon/quarantine.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/master.h"
#include "daemon/status.h"

#include <event2/event.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME_BYTES 1024
#define LOOK_MS 100 /* while a route is in quarantine: what a passed probe ends, it ends soon */

static struct log *
log_of(const struct quarantine *quarantine)
{
	return &quarantine->generation->master->log;
}

/* NULL: what is in that place is a module's HTTP servers. */
static const struct conf_route *
conf_of(const struct quarantine *quarantine, size_t place)
{
	const struct conf *conf = quarantine->generation->conf;

	return place < conf->nroutes ? &conf->routes[place] : NULL;
}

static const char *
module_of(const struct quarantine *quarantine, size_t place)
{
	const struct conf *conf = quarantine->generation->conf;
	const struct conf_route *route = conf_of(quarantine, place);

	return conf->modules[route ? route->module : place - conf->nroutes].name;
}

/* What is in that place, in words; lives until the next call. */
static const char *
name_of(const struct quarantine *quarantine, size_t place)
{
	static char name[NAME_BYTES];
	const struct conf_route *route = conf_of(quarantine, place);
	const char *module = module_of(quarantine, place);

	if (route)
		snprintf(name, sizeof(name), "route \"%s\" of module \"%s\"", route->path, module);
	else
		snprintf(name, sizeof(name), "the HTTP server of module \"%s\"", module);
	return name;
}

static uint32_t
state_of(const struct quarantine *quarantine, size_t route)
{
	return slot_get(quarantine->board.words[route].state);
}

/* the arrows --------------------------------------------------------------------------------- */

static void
route_shut(struct quarantine *quarantine, size_t route, uint64_t now_ns, uint64_t length_ms)
{
	struct quarantine_word *word = &quarantine->board.words[route];

	slot_set(word->length_ms, (uint32_t)length_ms);
	slot_set(word->until_ns, now_ns + length_ms * NS_PER_MS);
	slot_set(word->state, QUARANTINE_SHUT);
	slot_set(quarantine->board.tickets[route], QUARANTINE_TICKET_FREE);
	timer_set(quarantine->look, LOOK_MS);
}

static void
route_probe(struct quarantine *quarantine, size_t route)
{
	log_notice(log_of(quarantine), "%s lets one request through, to try",
		   name_of(quarantine, route));
	quarantine->routes[route].probing_ns = 0;
	slot_set(quarantine->board.tickets[route], QUARANTINE_TICKET_FREE);
	slot_set(quarantine->board.words[route].state, QUARANTINE_PROBE);
}

static void
route_open(struct quarantine *quarantine, size_t route, const char *why)
{
	log_notice(log_of(quarantine), "%s is out of quarantine: %s", name_of(quarantine, route),
		   why);
	memset(&quarantine->routes[route], 0, sizeof(quarantine->routes[route]));
	slot_set(quarantine->board.words[route].state, QUARANTINE_NONE);
	slot_set(quarantine->board.tickets[route], QUARANTINE_TICKET_FREE);
}

/* deaths ------------------------------------------------------------------------------------- */

/*
 * The route whose call has killed the worker; -1: none has. Who is killed by somebody was in that
 * call by chance, unless it had been in there for long: then the call has hung, or has taken all the
 * memory, and is why.
 */
static long
route_blamed(const struct child *child, int status)
{
	const struct slot *slot = slots_get(&child->master->slots, child->slot);
	const struct conf *conf = child->generation->conf;
	uint32_t route = slot_get(slot->route);
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;

	if (slot_get(slot->callback) == SLOT_IDLE || route == 0 || route > quarantine_places(conf))
		return -1;
	if (killed && child->hang.stage == HANG_FINE)
		return -1;
	if (child->killed_for && !hang_is_over(&child->hang))
		return -1;
	return (long)route - 1;
}

static void
probe_died(struct quarantine *quarantine, size_t route, uint64_t now_ns)
{
	uint64_t length_ms = 2 * (uint64_t)slot_get(quarantine->board.words[route].length_ms);
	uint64_t first_ms = quarantine->generation->conf->quarantine_ms;

	if (length_ms > QUARANTINE_MAX_MS)
		length_ms = first_ms > QUARANTINE_MAX_MS ? first_ms : QUARANTINE_MAX_MS;
	log_error(log_of(quarantine), "%s has killed its worker again: it answers 503 for %g s",
		  name_of(quarantine, route), (double)length_ms / 1e3);
	route_shut(quarantine, route, now_ns, length_ms);
}

static void
route_died(struct quarantine *quarantine, size_t route, uint64_t now_ns)
{
	uint64_t *deaths_ns = quarantine->routes[route].deaths_ns;
	unsigned length_ms = quarantine->generation->conf->quarantine_ms;

	memmove(deaths_ns, deaths_ns + 1, (QUARANTINE_DEATHS - 1) * sizeof(*deaths_ns));
	deaths_ns[QUARANTINE_DEATHS - 1] = now_ns;
	if (length_ms == 0 || deaths_ns[0] == 0 ||
	    now_ns - deaths_ns[0] > QUARANTINE_WINDOW_MS * NS_PER_MS)
		return;
	log_error(log_of(quarantine),
		  "%s has killed its worker %d times within %d s: it answers 503 for %g s",
		  name_of(quarantine, route), QUARANTINE_DEATHS, QUARANTINE_WINDOW_MS / 1000,
		  (double)length_ms / 1e3);
	route_shut(quarantine, route, now_ns, length_ms);
}

void
quarantine_death(struct child *child, int status, uint64_t now_ns)
{
	struct quarantine *quarantine = &child->generation->quarantine;
	long blamed = route_blamed(child, status);

	for (size_t i = 0; i < quarantine->board.routes; i++) {
		uint32_t ticket = slot_get(quarantine->board.tickets[i]);
		bool probed =
			state_of(quarantine, i) == QUARANTINE_PROBE && ticket == child->slot + 1;

		if (probed && blamed == (long)i)
			probe_died(quarantine, i, now_ns);
		else if (probed) /* of something else: the next request is as good */
			route_probe(quarantine, i);
		else if (blamed == (long)i && state_of(quarantine, i) == QUARANTINE_NONE)
			route_died(quarantine, i, now_ns);
	}
}

/* probes ------------------------------------------------------------------------------------- */

static const struct child *
child_of_slot(const struct generation *generation, size_t slot)
{
	const struct child *child;

	TAILQ_FOREACH(child, &generation->children, entry)
		if (child->slot == slot && !child->reaped)
			return child;
	return NULL;
}

static void
probe_look(struct quarantine *quarantine, size_t route, uint64_t now_ns)
{
	struct quarantine_route *own = &quarantine->routes[route];
	uint32_t ticket = slot_get(quarantine->board.tickets[route]);
	const struct child *child;

	if (ticket == QUARANTINE_TICKET_PASSED) {
		route_open(quarantine, route, "its probe was answered");
		return;
	}
	if (ticket == QUARANTINE_TICKET_FREE) {
		own->probing_ns = 0;
		return;
	}
	child = child_of_slot(quarantine->generation, ticket - 1);
	if (!child) {
		slot_set(quarantine->board.tickets[route], QUARANTINE_TICKET_FREE);
		return;
	}
	if (own->probing_ns == 0 || child->hang.stage != HANG_FINE)
		own->probing_ns = now_ns;
	if (now_ns - own->probing_ns >= QUARANTINE_PASSED_MS * NS_PER_MS)
		route_open(quarantine, route, "its probe runs, and has done no harm");
}

void
quarantine_look(struct quarantine *quarantine, uint64_t now_ns)
{
	bool any = false;

	for (size_t i = 0; i < quarantine->board.routes; i++) {
		if (state_of(quarantine, i) == QUARANTINE_PROBE)
			probe_look(quarantine, i, now_ns);
		else if (state_of(quarantine, i) == QUARANTINE_SHUT &&
			 now_ns >= slot_get(quarantine->board.words[i].until_ns))
			route_probe(quarantine, i);
		any |= state_of(quarantine, i) != QUARANTINE_NONE;
	}
	if (any)
		timer_set(quarantine->look, LOOK_MS);
}

static void
on_look(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	quarantine_look(arg, clock_now_ns());
}

/* what eddyctl asks -------------------------------------------------------------------------- */

/* "chat", or "chat/rooms/:room": the module's name and the route's path. */
static bool
route_is(const struct quarantine *quarantine, size_t route, const char *name)
{
	const char *module = module_of(quarantine, route), *path;
	const struct conf_route *conf = conf_of(quarantine, route);
	size_t n = strlen(module);

	if (!name || strcmp(name, module) == 0)
		return true;
	if (!conf || strncmp(name, module, n) != 0 || name[n] != '/')
		return false;
	path = conf->path;
	return strcmp(name + n, path) == 0 ||
	       strcmp(name + n + 1, path) == 0; /* "*" has no slash */
}

unsigned
quarantine_clear(struct master *master, const char *name)
{
	struct generation *generation;
	unsigned n = 0;

	TAILQ_FOREACH(generation, &master->generations, entry) {
		struct quarantine *quarantine = &generation->quarantine;

		for (size_t i = 0; i < quarantine->board.routes; i++) {
			if (state_of(quarantine, i) == QUARANTINE_NONE ||
			    !route_is(quarantine, i, name))
				continue;
			route_open(quarantine, i, "eddyctl has cleared it");
			n++;
		}
	}
	return n;
}

json_t *
quarantine_state_json(const struct quarantine *quarantine, size_t route)
{
	enum quarantine_state state = state_of(quarantine, route);

	if (state == QUARANTINE_NONE)
		return json_null();
	return json_string(state == QUARANTINE_SHUT ? "shut" : "probe");
}

static json_t *
route_json(const struct quarantine *quarantine, size_t i, uint64_t now_ns)
{
	const struct quarantine_word *word = &quarantine->board.words[i];
	const struct conf_route *route = conf_of(quarantine, i);
	json_t *methods = route ? status_methods_json(route) : json_array();
	uint64_t until_ns = slot_get(word->until_ns);
	bool shut = slot_get(word->state) == QUARANTINE_SHUT;

	return json_pack("{s:o, s:o, s:o, s:o, s:i, s:o, s:f, s:f}", "module",
			 status_text_json(module_of(quarantine, i)), "route",
			 status_text_json(route ? route->path : NULL), "handler",
			 status_text_json(route ? route->handler : NULL), "methods", methods,
			 "generation", (int)quarantine->generation->number, "state",
			 quarantine_state_json(quarantine, i), "left",
			 shut && until_ns > now_ns ? (double)((until_ns - now_ns) / NS_PER_MS) / 1e3
						   : 0.0,
			 "length", (double)slot_get(word->length_ms) / 1e3);
}

json_t *
quarantine_json(const struct master *master)
{
	const struct generation *generation;
	json_t *list = json_array();
	uint64_t now_ns = clock_now_ns();

	TAILQ_FOREACH(generation, &master->generations, entry)
		for (size_t i = 0; i < generation->quarantine.board.routes; i++)
			if (state_of(&generation->quarantine, i) != QUARANTINE_NONE)
				json_array_append_new(list, route_json(&generation->quarantine, i,
								       now_ns));
	return list;
}

/* life --------------------------------------------------------------------------------------- */

int
quarantine_init(struct quarantine *quarantine, struct generation *generation, int fd)
{
	size_t n = quarantine_places(generation->conf);
	int error;

	*quarantine = (struct quarantine){.generation = generation, .fd = fd};
	if (fd < 0)
		quarantine->fd = quarantine_create(n);
	if (quarantine->fd < 0)
		return quarantine->fd;
	error = quarantine_map(&quarantine->board, quarantine->fd, n, true);
	if (error)
		return error;
	quarantine->routes = calloc(n + 1, sizeof(*quarantine->routes));
	quarantine->look = evtimer_new(generation->master->base, on_look, quarantine);
	if (!quarantine->routes || !quarantine->look)
		return -ENOMEM;
	quarantine_look(quarantine, clock_now_ns());
	return 0;
}

void
quarantine_fini(struct quarantine *quarantine)
{
	if (quarantine->look)
		event_free(quarantine->look);
	free(quarantine->routes);
	quarantine_unmap(&quarantine->board);
	if (quarantine->fd >= 0)
		close(quarantine->fd);
	*quarantine = (struct quarantine){.fd = -1};
}
