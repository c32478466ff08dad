/*
 * Objects that are written and read by the same calls, so that the two cannot drift apart: the form
 * of what a master hands over to its successor (handover.h).
 *
 * A field has a name. What is not there when it is read leaves the variable as it is, and what
 * nobody asks for is passed over: a version that has a field more understands one that has not, and
 * the other way round. Numbers, texts (any bytes but NUL), bytes, and lists of objects; JSON
 * carries them, to be looked at by people too.
 */
#ifndef EDDY_DAEMON_PACK_H
#define EDDY_DAEMON_PACK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What all objects of one whole have in common. */
struct pack_whole {
	json_t *root;
	bool reading;
	bool failed; /* no memory, or a field of another kind than the one that is asked for */
	int *fds;    /* written: all descriptors that were named */
	size_t nfds;
};

struct pack {
	struct pack_whole *whole;
	json_t *object; /* borrowed; NULL: nothing is written or found */
};

/* To be written; root is an empty object. `whole` is the caller's. */
struct pack pack_write(struct pack_whole *whole);
/* The text of one, to be read. Its object is NULL if it is none. */
struct pack pack_read(struct pack_whole *whole, const char *text, size_t size);
void pack_fini(struct pack_whole *whole);

void pack_number_of(struct pack *pack, const char *name, int64_t *number);
/* A field of any integer type, bool or enum. */
#define pack_number(pack, name, field)                    \
	do {                                              \
		int64_t number_ = (int64_t)(field);       \
		pack_number_of((pack), (name), &number_); \
		(field) = (__typeof__(field))number_;     \
	} while (0)

/* A descriptor, or -1. */
void pack_fd(struct pack *pack, const char *name, int *fd);

/* May be NULL. Read: what was there before is freed, and the new one is the caller's to free. */
void pack_text(struct pack *pack, const char *name, char **text);

/* Written: `size` bytes. Read: the caller's to free; NULL, and size 0, if there are none. */
void pack_bytes(struct pack *pack, const char *name, char **bytes, size_t *size);
/* The same of a fixed size; read: fewer leave the rest as it is, more are passed over. */
void pack_raw(struct pack *pack, const char *name, void *bytes, size_t size);

/* An object within this one. */
struct pack pack_object(struct pack *pack, const char *name);

/* Objects in a list within this one: added one after another, and read by number. */
struct pack pack_add(struct pack *pack, const char *list);
size_t pack_count(const struct pack *pack, const char *list);
struct pack pack_at(const struct pack *pack, const char *list, size_t i);

#endif
