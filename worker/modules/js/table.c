/*
 * Ids for JavaScript; see table.h. Free places are a list; a place's id is its index and, above
 * that, how often it was used.
 */
#include "table.h"

#include <stdlib.h>

#define INDEX_BITS 24 /* 16 million objects at once; 2^28 uses of each, 52 bits in all */
#define INDEX_MAX ((1U << INDEX_BITS) - 2)
#define USES_MASK ((1U << 28) - 1)
#define PLACES_FIRST 32

static int
table_grow(struct js_table *table)
{
	uint32_t n = table->nplaces == 0 ? PLACES_FIRST : table->nplaces * 2;
	struct js_place *places;

	if (n > INDEX_MAX)
		return -1;
	places = reallocarray(table->places, n, sizeof(*places));
	if (places == NULL)
		return -1;
	table->places = places;
	table->nplaces = n;
	return 0;
}

double
js_table_add(struct js_table *table, void *object)
{
	struct js_place *place;
	uint32_t i;

	if (table->first_free != 0) {
		i = table->first_free - 1;
		table->first_free = table->places[i].next_free;
	} else {
		if (table->used == table->nplaces && table_grow(table) != 0)
			return 0;
		i = table->used++;
		table->places[i].uses = 0;
	}
	place = &table->places[i];
	place->object = object;
	place->uses = (place->uses + 1) & USES_MASK;
	return (double)(((uint64_t)place->uses << INDEX_BITS) | (i + 1));
}

static struct js_place *
table_find(const struct js_table *table, double id)
{
	uint64_t bits;
	uint32_t i;

	if (!(id >= 1 && id < 0x1p53))
		return NULL;
	bits = (uint64_t)id;
	i = (uint32_t)(bits & ((1U << INDEX_BITS) - 1));
	if (i == 0 || i > table->used || table->places[i - 1].uses != bits >> INDEX_BITS)
		return NULL;
	return table->places[i - 1].object != NULL ? &table->places[i - 1] : NULL;
}

void *
js_table_get(const struct js_table *table, double id)
{
	const struct js_place *place = table_find(table, id);

	return place != NULL ? place->object : NULL;
}

void
js_table_remove(struct js_table *table, double id)
{
	struct js_place *place = table_find(table, id);

	if (place == NULL)
		return;
	place->object = NULL;
	place->next_free = table->first_free;
	table->first_free = (uint32_t)(place - table->places) + 1;
}

void *
js_table_next(const struct js_table *table, uint32_t *i)
{
	while (*i < table->used) {
		void *object = table->places[(*i)++].object;

		if (object != NULL)
			return object;
	}
	return NULL;
}

void
js_table_fini(struct js_table *table)
{
	free(table->places);
	*table = (struct js_table){0};
}
