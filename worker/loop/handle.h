/*
 * Handles that outlive what they stand for.
 *
 * What a module gets for a timer or a response is not an address but a place in a table together
 * with how often that place has been used, and of which kind the table is. So a handle that is kept
 * too long, or given where another kind is due, is found out and means nothing, instead of meaning
 * whatever lives at that address by then. Looking one up is a bounds check and a comparison.
 */
#ifndef EDDY_LOOP_HANDLE_H
#define EDDY_LOOP_HANDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HANDLE_HALF (sizeof(uintptr_t) * 4) /* bits: above them the uses, below the place + 1 */
#define HANDLE_PLACE (((uintptr_t)1 << HANDLE_HALF) - 1)

/* What a handle stands for. NULL is of no kind, and so is most of what is no handle at all. */
enum handle_kind {
	HANDLE_NONE,
	HANDLE_EXCHANGE, /* a request and its response */
	HANDLE_TIMER,
	HANDLE_FILE,
	HANDLE_SOCKET,
	HANDLE_SERVER,
	HANDLE_QUERY,  /* to the DNS */
	HANDLE_CLIENT, /* a client's request and its response */
	HANDLE_AGENT,
	HANDLE_RESOLVER,
	HANDLE_KINDS,
};
#define HANDLE_KIND_BITS 4				  /* the highest of the uses */
#define HANDLE_USES_BITS (HANDLE_HALF - HANDLE_KIND_BITS) /* what is left to count */

struct handle_place {
	union {
		void *object;
		size_t next_free; /* place + 1; 0: none */
	};
	uint32_t uses; /* with the kind above it */
	bool taken;
};

/* Zero-initialised: of no kind. */
struct handles {
	struct handle_place *places;
	size_t count;
	size_t first_free;   /* place + 1; 0: none */
	uint32_t first_uses; /* of a new place: more than those had that are gone */
};

/* An empty table; handles_fini frees. */
void handles_init(struct handles *handles, enum handle_kind kind);

/* A handle for the object, never NULL; or NULL: no memory. */
void *handle_new(struct handles *handles, void *object);
/* The handle stands for nothing any more. */
void handle_free(struct handles *handles, const void *handle);
/* Gives back what a crowd has needed and is not needed now. */
void handles_trim(struct handles *handles);
void handles_fini(struct handles *handles);

/* Of what kind a handle is, or was, and those of a table are. */
static inline enum handle_kind
handle_kind(const void *handle)
{
	return (enum handle_kind)((uintptr_t)handle >> (HANDLE_HALF + HANDLE_USES_BITS));
}

static inline enum handle_kind
handles_kind(const struct handles *handles)
{
	return (enum handle_kind)((handles->first_uses & HANDLE_PLACE) >> HANDLE_USES_BITS);
}

/* What a handle stands for; NULL: nothing (any more). */
static inline void *
handle_find(const struct handles *handles, const void *handle)
{
	size_t place = ((uintptr_t)handle & HANDLE_PLACE) - 1;

	if (place >= handles->count || !handles->places[place].taken ||
	    (handles->places[place].uses & HANDLE_PLACE) != (uintptr_t)handle >> HANDLE_HALF)
		return NULL;
	return handles->places[place].object;
}

#endif
