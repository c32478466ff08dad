/*
 * The sets of scanning functions; see scan.h.
 *
 * AVX2 compares 32 bytes at once with the bounds of a class; tokens, which have no bounds, are
 * looked up by their two halves: the low half selects a byte with one bit for each high half in
 * which it may stand. SSE4.2 has an instruction for ranges, eight of them, and finds the first byte
 * inside: what is searched for is therefore what may not be there.
 */
#include "http/scan.h"

#include "http/chars.h"

static size_t
skip(const char *p, size_t i, size_t n, int class)
{
	while (i < n && char_is((unsigned char)p[i], class))
		i++;
	return i;
}

static size_t
plain_token(const char *p, size_t from, size_t n)
{
	return skip(p, from, n, CHAR_TOKEN);
}

static size_t
plain_target(const char *p, size_t from, size_t n)
{
	return skip(p, from, n, CHAR_TARGET);
}

static size_t
plain_value(const char *p, size_t from, size_t n)
{
	return skip(p, from, n, CHAR_VALUE);
}

static const struct scan plain = {"plain", plain_token, plain_target, plain_value};

const struct scan *scan = &plain;

#if defined(__x86_64__)

#include <immintrin.h>

/* SSE4.2 -------------------------------------------------------------------------- */

/* Each pair is a range of bytes, first and last, that end what is being scanned. */
#define RANGES_MODE (_SIDD_UBYTE_OPS | _SIDD_CMP_RANGES | _SIDD_LEAST_SIGNIFICANT)

static const char not_token[16] =
	"\x00 \"\"(),,//:@[]{\xff"; /* nine are needed: "|", "~" stop it too */
static const char not_target[16] = "\x00 ##\x7f\xff";
static const char not_value[16] = "\x00\x08\x0a\x1f\x7f\x7f";

__attribute__((target("sse4.2"))) static size_t
sse_find(const char *p, size_t i, size_t n, const char *ranges, int count)
{
	__m128i set = _mm_loadu_si128((const __m128i *)(const void *)ranges);

	while (n - i >= 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		int at = _mm_cmpestri(set, count, bytes, 16, RANGES_MODE);

		i += (size_t)at;
		if (at < 16)
			break;
	}
	return i;
}

static size_t
sse_token(const char *p, size_t from, size_t n)
{
	return plain_token(p, sse_find(p, from, n, not_token, 16), n);
}

static size_t
sse_target(const char *p, size_t from, size_t n)
{
	return plain_target(p, sse_find(p, from, n, not_target, 6), n);
}

static size_t
sse_value(const char *p, size_t from, size_t n)
{
	return plain_value(p, sse_find(p, from, n, not_value, 6), n);
}

static const struct scan sse42 = {"sse4.2", sse_token, sse_target, sse_value};

/* AVX2 ---------------------------------------------------------------------------- */

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i
avx_load(const char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Bytes that are at least `least`, as 0xff. */
AVX2 static inline __m256i
avx_from(__m256i bytes, char least)
{
	return _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, _mm256_set1_epi8(least)), bytes);
}

AVX2 static inline __m256i
avx_is(__m256i bytes, char what)
{
	return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(what));
}

/* One bit for each byte that is not 0xff in `good`. */
AVX2 static inline unsigned
avx_bad(__m256i good)
{
	return ~(unsigned)_mm256_movemask_epi8(good);
}

AVX2 static size_t
avx_token(const char *p, size_t i, size_t n)
{
	/* For each low half: bit h is set if the byte 0xh0 + low half is a token's. */
	const __m256i columns = _mm256_broadcastsi128_si256(
		_mm_setr_epi8((char)0xe8, (char)0xfc, (char)0xf8, (char)0xfc, (char)0xfc,
			      (char)0xfc, (char)0xfc, (char)0xfc, (char)0xf8, (char)0xf8,
			      (char)0xf4, 0x54, (char)0xd0, 0x54, (char)0xf4, 0x70));
	const __m256i bits = _mm256_broadcastsi128_si256(_mm_setr_epi8(
		0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, (char)0x80, 0, 0, 0, 0, 0, 0, 0, 0));
	const __m256i half = _mm256_set1_epi8(0x0f);

	for (; n - i >= 32; i += 32) {
		__m256i bytes = avx_load(p + i);
		__m256i column = _mm256_shuffle_epi8(columns, _mm256_and_si256(bytes, half));
		__m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
		__m256i bit = _mm256_shuffle_epi8(bits, high);
		__m256i none =
			_mm256_cmpeq_epi8(_mm256_and_si256(column, bit), _mm256_setzero_si256());
		unsigned bad = (unsigned)_mm256_movemask_epi8(none);

		if (bad != 0)
			return i + (size_t)__builtin_ctz(bad);
	}
	return plain_token(p, i, n);
}

AVX2 static size_t
avx_target(const char *p, size_t i, size_t n)
{
	for (; n - i >= 32; i += 32) {
		__m256i bytes = avx_load(p + i);
		__m256i end = _mm256_or_si256(avx_from(bytes, 0x7f), avx_is(bytes, '#'));
		unsigned bad = avx_bad(_mm256_andnot_si256(end, avx_from(bytes, 0x21)));

		if (bad != 0)
			return i + (size_t)__builtin_ctz(bad);
	}
	return plain_target(p, i, n);
}

AVX2 static size_t
avx_value(const char *p, size_t i, size_t n)
{
	for (; n - i >= 32; i += 32) {
		__m256i bytes = avx_load(p + i);
		__m256i text = _mm256_andnot_si256(avx_is(bytes, 0x7f), avx_from(bytes, 0x20));
		unsigned bad = avx_bad(_mm256_or_si256(text, avx_is(bytes, '\t')));

		if (bad != 0)
			return i + (size_t)__builtin_ctz(bad);
	}
	return plain_value(p, i, n);
}

static const struct scan avx2 = {"avx2", avx_token, avx_target, avx_value};

static size_t
scan_count(void)
{
	__builtin_cpu_init();
	if (!__builtin_cpu_supports("sse4.2"))
		return 1;
	return __builtin_cpu_supports("avx2") ? 3 : 2;
}

static const struct scan *const sets[] = {&plain, &sse42, &avx2};

#else

static size_t
scan_count(void)
{
	return 1;
}

static const struct scan *const sets[] = {&plain};

#endif

const struct scan *
scan_set(size_t i)
{
	return i < scan_count() ? sets[i] : NULL;
}

void
scan_init(void)
{
	scan = sets[scan_count() - 1];
}
