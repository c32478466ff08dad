/*
 * Objects that are written and read by the same calls; see pack.h.
 */
#include "daemon/pack.h"

#include <stdlib.h>
#include <string.h>

/* the whole ---------------------------------------------------------------------------------- */

struct pack
pack_write(struct pack_whole *whole)
{
	*whole = (struct pack_whole){.root = json_object()};
	whole->failed = whole->root == NULL;
	return (struct pack){.whole = whole, .object = whole->root};
}

struct pack
pack_read(struct pack_whole *whole, const char *text, size_t size)
{
	*whole = (struct pack_whole){.root = json_loadb(text, size, JSON_ALLOW_NUL, NULL),
				     .reading = true};
	whole->failed = !json_is_object(whole->root);
	return (struct pack){.whole = whole, .object = whole->failed ? NULL : whole->root};
}

void
pack_fini(struct pack_whole *whole)
{
	json_decref(whole->root);
	free(whole->fds);
	*whole = (struct pack_whole){0};
}

static void
value_set(struct pack *pack, const char *name, json_t *value)
{
	if (!value || !pack->object || json_object_set_new(pack->object, name, value) < 0)
		pack->whole->failed = true;
}

/* numbers ------------------------------------------------------------------------------------ */

void
pack_number_of(struct pack *pack, const char *name, int64_t *number)
{
	const json_t *value;

	if (!pack->whole->reading) {
		value_set(pack, name, json_integer(*number));
		return;
	}
	value = json_object_get(pack->object, name);
	if (json_is_integer(value))
		*number = json_integer_value(value);
	else if (value)
		pack->whole->failed = true;
}

void
pack_fd(struct pack *pack, const char *name, int *fd)
{
	struct pack_whole *whole = pack->whole;
	int *grown;

	pack_number(pack, name, *fd);
	if (whole->reading || *fd < 0)
		return;
	grown = reallocarray(whole->fds, whole->nfds + 1, sizeof(*grown));
	if (!grown) {
		whole->failed = true;
		return;
	}
	whole->fds = grown;
	whole->fds[whole->nfds++] = *fd;
}

/* texts and bytes ---------------------------------------------------------------------------- */

/* JSON holds characters, not bytes: each byte is the character of its number (Latin-1). */
static json_t *
bytes_to_json(const char *bytes, size_t size)
{
	char *utf8 = malloc(2 * size + 1);
	json_t *json;
	size_t used = 0;

	if (!utf8)
		return NULL;
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte >= 0x80)
			utf8[used++] = (char)(0xc0 | byte >> 6);
		utf8[used++] = (char)(byte < 0x80 ? byte : 0x80 | (byte & 0x3f));
	}
	json = json_stringn(utf8, used);
	free(utf8);
	return json;
}

static char *
bytes_from_json(const json_t *json, size_t *size)
{
	const unsigned char *utf8 = (const unsigned char *)json_string_value(json);
	size_t n = json_string_length(json), used = 0;
	char *bytes = malloc(n + 1);

	for (size_t i = 0; bytes && i < n; i++) {
		unsigned char c = utf8[i];

		if (c >= 0x80 && i + 1 < n)
			c = (unsigned char)(c << 6 | (utf8[++i] & 0x3f));
		bytes[used++] = (char)c;
	}
	if (bytes)
		bytes[used] = '\0';
	*size = used;
	return bytes;
}

void
pack_bytes(struct pack *pack, const char *name, char **bytes, size_t *size)
{
	const json_t *value;

	if (!pack->whole->reading) {
		value_set(pack, name, *bytes ? bytes_to_json(*bytes, *size) : json_null());
		return;
	}
	value = json_object_get(pack->object, name);
	*bytes = NULL;
	*size = 0;
	if (json_is_string(value))
		*bytes = bytes_from_json(value, size);
	if (value && !json_is_null(value) && !*bytes)
		pack->whole->failed = true;
}

void
pack_text(struct pack *pack, const char *name, char **text)
{
	size_t size = *text && !pack->whole->reading ? strlen(*text) : 0;
	char *before = *text;

	pack_bytes(pack, name, text, &size);
	if (pack->whole->reading)
		free(before);
}

void
pack_raw(struct pack *pack, const char *name, void *bytes, size_t size)
{
	char *copy = bytes;
	size_t n = size;

	pack_bytes(pack, name, &copy, &n);
	if (!pack->whole->reading)
		return;
	if (copy)
		memcpy(bytes, copy, n < size ? n : size);
	free(copy);
}

/* objects ------------------------------------------------------------------------------------ */

struct pack
pack_object(struct pack *pack, const char *name)
{
	struct pack part = {.whole = pack->whole};

	if (!pack->whole->reading)
		value_set(pack, name, json_object());
	part.object = json_object_get(pack->object, name);
	if (part.object && !json_is_object(part.object)) {
		pack->whole->failed = true;
		part.object = NULL;
	}
	return part;
}

/* lists -------------------------------------------------------------------------------------- */

struct pack
pack_add(struct pack *pack, const char *list)
{
	struct pack item = {.whole = pack->whole};
	json_t *array = json_object_get(pack->object, list);

	if (!array) {
		value_set(pack, list, json_array());
		array = json_object_get(pack->object, list);
	}
	item.object = json_object();
	if (!array || !item.object || json_array_append_new(array, item.object) < 0) {
		pack->whole->failed = true;
		item.object = NULL;
	}
	return item;
}

size_t
pack_count(const struct pack *pack, const char *list)
{
	return json_array_size(json_object_get(pack->object, list));
}

struct pack
pack_at(const struct pack *pack, const char *list, size_t i)
{
	json_t *item = json_array_get(json_object_get(pack->object, list), i);

	return (struct pack){
		.whole = pack->whole,
		.object = json_is_object(item) ? item : NULL,
	};
}
