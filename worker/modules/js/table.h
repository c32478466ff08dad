/*
 * Ids for JavaScript: numbers that stand for pointers of C, and for nothing when the object is over.
 * An id is not used again soon: its upper bits count how often its place has been given away. It is
 * an integer that a double has exactly.
 */
#ifndef JS_TABLE_H
#define JS_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct js_place {
	void *object; /* NULL: free */
	uint32_t uses;
	uint32_t next_free; /* index + 1 of the next free place; 0: none */
};

struct js_table {
	struct js_place *places;
	uint32_t nplaces, used, first_free; /* index + 1 */
};

/* The id of `object`, never 0; 0: no memory. */
double js_table_add(struct js_table *table, void *object);
/* The object, or NULL when it is over or never was. */
void *js_table_get(const struct js_table *table, double id);
void js_table_remove(struct js_table *table, double id);
/* The next object from *i on, which moves behind it; NULL: there are no more. */
void *js_table_next(const struct js_table *table, uint32_t *i);
void js_table_fini(struct js_table *table);

#endif
