/*
 * The table behind handles; see handle.h. Free places form a list; the table grows by doubling and
 * never shrinks, so that the uses of a place are never forgotten.
 */
#include "loop/handle.h"

#include <stdlib.h>

#define FIRST_COUNT 64

static int
handles_grow(struct handles *handles)
{
	size_t count = handles->count != 0 ? 2 * handles->count : FIRST_COUNT;
	struct handle_place *places;

	if (count >= HANDLE_PLACE)
		return -1;
	places = realloc(handles->places, count * sizeof(*places));
	if (places == NULL)
		return -1;
	handles->places = places;
	for (size_t i = count; i-- > handles->count;) {
		places[i] = (struct handle_place){.next_free = handles->first_free};
		handles->first_free = i + 1;
	}
	handles->count = count;
	return 0;
}

void *
handle_new(struct handles *handles, void *object)
{
	struct handle_place *place;
	size_t number;

	if (handles->first_free == 0 && handles_grow(handles) != 0)
		return NULL;
	number = handles->first_free;
	place = &handles->places[number - 1];
	handles->first_free = place->next_free;
	place->object = object;
	return (void *)((place->uses & HANDLE_PLACE) << HANDLE_HALF | number);
}

void
handle_free(struct handles *handles, const void *handle)
{
	size_t number = (uintptr_t)handle & HANDLE_PLACE;
	struct handle_place *place = &handles->places[number - 1];

	place->object = NULL;
	place->uses++;
	place->next_free = handles->first_free;
	handles->first_free = number;
}

void
handles_fini(struct handles *handles)
{
	free(handles->places);
	*handles = (struct handles){0};
}
