/*
 * Handles that outlive what they stand for.
 *
 * What a module gets for a timer or a response is not an address but a place in a table together
 * with how often that place has been used. So a handle that is kept too long is found out and means
 * nothing, instead of meaning whatever lives at that address by then. Looking one up is a bounds
 * check and a comparison.
 */
#ifndef EDDY_LOOP_HANDLE_H
#define EDDY_LOOP_HANDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HANDLE_HALF (sizeof(uintptr_t) * 4) /* bits: above them the uses, below the place + 1 */
#define HANDLE_PLACE (((uintptr_t)1 << HANDLE_HALF) - 1)

struct handle_place {
	union {
		void *object;
		size_t next_free; /* place + 1; 0: none */
	};
	uint32_t uses;
	bool taken;
};

/* Zero-initialise; handles_fini frees. */
struct handles {
	struct handle_place *places;
	size_t count;
	size_t first_free;   /* place + 1; 0: none */
	uint32_t first_uses; /* of a new place: more than those had that are gone */
};

/* A handle for the object, never NULL; or NULL: no memory. */
void *handle_new(struct handles *handles, void *object);
/* The handle stands for nothing any more. */
void handle_free(struct handles *handles, const void *handle);
/* Gives back what a crowd has needed and is not needed now. */
void handles_trim(struct handles *handles);
void handles_fini(struct handles *handles);

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
