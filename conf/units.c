/*
 * Sizes and durations as people write them: "16k", "75s".
 *
 * Strict on purpose: a number with a typing error in its unit must not pass as a different number.
 */
#include "conf/conf.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
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

/* guesses -------------------------------------------------------------------------------------- */

#define FRACTION_MAX 1000 /* three digits behind the point */

/* Units as people write them, with what they are here. */
static const struct {
	const char *said, *size, *duration;
} said_units[] = {
	{"b", "", NULL},
	{"byte", "", NULL},
	{"bytes", "", NULL},
	{"kb", "k", NULL},
	{"kib", "k", NULL},
	{"kbyte", "k", NULL},
	{"kbytes", "k", NULL},
	{"mb", "m", NULL},
	{"mib", "m", NULL},
	{"mbyte", "m", NULL},
	{"mbytes", "m", NULL},
	{"gb", "g", NULL},
	{"gib", "g", NULL},
	{"gbyte", "g", NULL},
	{"gbytes", "g", NULL},
	{"msec", NULL, "ms"},
	{"msecs", NULL, "ms"},
	{"millisecond", NULL, "ms"},
	{"milliseconds", NULL, "ms"},
	{"sec", NULL, "s"},
	{"secs", NULL, "s"},
	{"second", NULL, "s"},
	{"seconds", NULL, "s"},
	{"min", NULL, "m"},
	{"mins", NULL, "m"},
	{"minute", NULL, "m"},
	{"minutes", NULL, "m"},
	{"hr", NULL, "h"},
	{"hrs", NULL, "h"},
	{"hour", NULL, "h"},
	{"hours", NULL, "h"},
	{"day", NULL, "d"},
	{"days", NULL, "d"},
};

/* The digits behind a point, as parts of a thousand. */
static int
fraction_parse(const char **text, uint64_t *thousandths)
{
	uint64_t worth = FRACTION_MAX;

	*thousandths = 0;
	if (**text != '.')
		return 0;
	for (++*text; **text >= '0' && **text <= '9'; ++*text) {
		worth /= 10;
		if (worth == 0)
			return -ERANGE;
		*thousandths += (uint64_t)(**text - '0') * worth;
	}
	return 0;
}

static const struct unit *
unit_guess(const char *name, bool size)
{
	const char *meant = name;

	for (size_t i = 0; i < COUNT(said_units); i++)
		if (strcasecmp(said_units[i].said, name) == 0)
			meant = size ? said_units[i].size : said_units[i].duration;
	if (!meant)
		return NULL;
	return size ? unit_find(sizes, COUNT(sizes), meant)
		    : unit_find(durations, COUNT(durations), meant);
}

/* "1.5 MB" as so many of the smallest unit; or less than 0. */
static int
amount_guess(const char *text, bool size, uint64_t *amount)
{
	const struct unit *unit;
	uint64_t parts;

	text += strspn(text, " \t");
	if (number_parse(&text, amount) < 0 || fraction_parse(&text, &parts) < 0)
		return -EINVAL;
	text += strspn(text, " \t");
	unit = *text ? unit_guess(text, size) : NULL;
	if (!unit || parts * unit->factor % FRACTION_MAX != 0 ||
	    __builtin_mul_overflow(*amount, unit->factor, amount))
		return -EINVAL;
	*amount += parts * unit->factor / FRACTION_MAX;
	return *amount > 0 ? 0 : -EINVAL;
}

const char *
conf_size_guess(const char *text, char buf[32])
{
	uint64_t bytes;

	return amount_guess(text, true, &bytes) < 0 ? NULL : conf_size_format(bytes, buf);
}

const char *
conf_duration_guess(const char *text, char buf[32])
{
	uint64_t ms;

	if (amount_guess(text, false, &ms) < 0 || ms > INT_MAX)
		return NULL;
	return conf_duration_format((unsigned)ms, buf);
}
