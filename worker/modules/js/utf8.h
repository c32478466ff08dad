/*
 * UTF-8 and UTF-16, as the Encoding Standard says: what is malformed becomes U+FFFD, one for each
 * maximal part of a sequence.
 */
#ifndef JS_UTF8_H
#define JS_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Into `bytes`, which has room for 3 * n. Returns how many bytes. */
size_t utf8_encode(const uint16_t *chars, size_t n, char *bytes);
/* Into `chars`, which has room for n. Returns how many units. */
size_t utf8_decode(const char *bytes, size_t n, uint16_t *chars);

#endif
