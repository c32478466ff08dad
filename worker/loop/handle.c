/*
 * The table behind handles; see handle.h. Free places form a list; the table grows by doubling. When
 * it shrinks, how often the places that go were used is remembered for those that come after them.
 */
#include "loop/handle.h"

#include <assert.h>
#include <stdlib.h>

#define FIRST_COUNT 64
#define USES_MASK (((uintptr_t)1 << HANDLE_USES_BITS) - 1)

void
handles_init(struct handles *handles, enum handle_kind kind)
{
	*handles = (struct handles){.first_uses = (uint32_t)kind << HANDLE_USES_BITS};
}

/* One use more; the kind stays. */
static uint32_t
uses_next(uint32_t uses)
{
	return (uint32_t)((uses & ~USES_MASK) | ((uses + 1) & USES_MASK));
}

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
		places[i] = (struct handle_place){.next_free = handles->first_free,
						  .uses = handles->first_uses};
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
	place->taken = true;
	return (void *)((place->uses & HANDLE_PLACE) << HANDLE_HALF | number);
}

void
handle_free(struct handles *handles, const void *handle)
{
	size_t number = (uintptr_t)handle & HANDLE_PLACE;
	struct handle_place *place = &handles->places[number - 1];

	assert(place->taken);
	place->taken = false;
	place->uses = uses_next(place->uses);
	place->next_free = handles->first_free;
	handles->first_free = number;
}

/* The free places below `count`, the first of them first. */
static void
handles_link(struct handles *handles, size_t count)
{
	handles->first_free = 0;
	for (size_t i = count; i-- > 0;) {
		if (handles->places[i].taken)
			continue;
		handles->places[i].next_free = handles->first_free;
		handles->first_free = i + 1;
	}
}

void
handles_trim(struct handles *handles)
{
	size_t used = handles->count, count = handles->count;
	struct handle_place *places;

	while (used > 0 && !handles->places[used - 1].taken)
		used--;
	while (count > FIRST_COUNT && count / 2 >= used)
		count /= 2;
	if (count == handles->count)
		return;
	for (size_t i = count; i < handles->count; i++)
		if (handles->places[i].uses > handles->first_uses)
			handles->first_uses = handles->places[i].uses;
	handles_link(handles, count);
	handles->count = count;
	places = realloc(handles->places, count * sizeof(*places));
	if (places != NULL)
		handles->places = places;
}

void
handles_fini(struct handles *handles)
{
	free(handles->places);
	*handles = (struct handles){0};
}
