/* Texts as values of JavaScript's; see cache.h. Each text has one place, by its hash. */
#include "cache.h"

#include <stdlib.h>
#include <string.h>

#include "js.h"

#define HASH_PRIME 0x9e3779b97f4a7c15ULL

static uint64_t
text_hash(const char *p, size_t n)
{
	uint64_t hash = n * HASH_PRIME, word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = (hash ^ word) * HASH_PRIME;
		hash ^= hash >> 29;
	}
	word = 0;
	memcpy(&word, p, n);
	hash = (hash ^ word) * HASH_PRIME;
	return hash ^ (hash >> 32);
}

static void
place_clear(const struct js *js, struct js_cached *place)
{
	if (place->text == NULL)
		return;
	JSValueUnprotect(js->ctx, place->value);
	free(place->text);
	place->text = NULL;
}

static void
place_keep(const struct js *js, struct js_cached *place, const char *p, size_t n, JSValueRef value)
{
	char *text = malloc(n > 0 ? n : 1);

	if (text == NULL)
		return;
	memcpy(text, p, n);
	place_clear(js, place);
	place->text = text;
	place->n = n;
	place->hash = place->last;
	place->value = value;
	JSValueProtect(js->ctx, value);
}

JSValueRef
js_cache_text(struct js *js, const char *p, size_t n)
{
	struct js_cached *place;
	JSValueRef value;
	uint64_t hash;

	if (n > JS_CACHE_TEXT_MAX)
		return js_latin1_text(js, p, n);
	hash = text_hash(p, n);
	place = &js->cache.places[hash % JS_CACHE_PLACES];
	if (place->text != NULL && place->hash == hash && place->n == n &&
	    memcmp(place->text, p, n) == 0)
		return place->value;
	value = js_latin1_text(js, p, n);
	if (place->last == hash)
		place_keep(js, place, p, n, value);
	place->last = hash;
	return value;
}

void
js_cache_fini(struct js *js)
{
	for (size_t i = 0; i < JS_CACHE_PLACES; i++)
		place_clear(js, &js->cache.places[i]);
}
