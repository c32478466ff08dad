/*
 * Sizes and durations as people write them: "16k", "75s".
 *
 * Strict on purpose: a number with a typing error in its unit must not pass as a different number.
 */
#include "conf/conf.h"

#include <errno.h>
#include <limits.h>
#include <strings.h>

struct unit {
	const char *name;
	uint64_t factor;
};

/* Largest first, as the formatters want them. */
static const struct unit sizes[] = {
	{"g", UINT64_C(1) << 30},
	{"m", UINT64_C(1) << 20},
	{"k", UINT64_C(1) << 10},
	{"", 1},
};

static const struct unit durations[] = {
	{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The digits at *text as a number; *text is left at what follows them. */
static int
number_parse(const char **text, uint64_t *number)
{
	const char *p = *text;
	uint64_t n = 0;
	int rc = 0;

	if (*p < '0' || *p > '9')
		return -EINVAL;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *p - '0', &n))
			rc = -ERANGE; /* go on: what follows may show that it is no number at all */
	}
	*text = p;
	*number = n;
	return rc;
}

static const struct unit *
unit_find(const struct unit *units, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcasecmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

int
conf_size_parse(const char *text, uint64_t *bytes)
{
	const struct unit *unit;
	uint64_t n;
	int rc = number_parse(&text, &n);

	if (rc == -EINVAL)
		return rc;
	unit = unit_find(sizes, COUNT(sizes), text);
	if (!unit)
		return -EINVAL;
	/* the largest number stands for "no limit" elsewhere, so it is no size */
	if (rc < 0 || __builtin_mul_overflow(n, unit->factor, &n) || n == CONF_NO_LIMIT)
		return -ERANGE;
	*bytes = n;
	return 0;
}

int
conf_duration_parse(const char *text, unsigned *ms)
{
	const struct unit *unit;
	uint64_t n;
	int rc = number_parse(&text, &n);

	if (rc == -EINVAL)
		return rc;
	if (rc == 0 && n == 0 && *text == '\0') {
		*ms = 0;
		return 0;
	}
	unit = unit_find(durations, COUNT(durations), text);
	if (!unit)
		return -EINVAL;
	/* timers take an int of milliseconds in many places: 24 days are enough for any of them */
	if (rc < 0 || __builtin_mul_overflow(n, unit->factor, &n) || n > INT_MAX)
		return -ERANGE;
	*ms = (unsigned)n;
	return 0;
}

static const char *
unit_format(const struct unit *units, uint64_t n, char buf[32])
{
	if (n == 0)
		return "0";
	while (n % units->factor != 0)
		units++;
	snprintf(buf, 32, "%llu%s", (unsigned long long)(n / units->factor), units->name);
	return buf;
}

const char *
conf_size_format(uint64_t bytes, char buf[32])
{
	return unit_format(sizes, bytes == CONF_NO_LIMIT ? 0 : bytes, buf);
}

const char *
conf_duration_format(unsigned ms, char buf[32])
{
	return unit_format(durations, ms, buf);
}
