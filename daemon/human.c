/*
 * Numbers for people.
 */
#include "daemon/human.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *
human_size(uint64_t bytes, char buf[HUMAN_BYTES])
{
	static const char *const units[] = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
	double value = (double)bytes;
	unsigned unit = 0;

	/* From 1023.95 on, one decimal would print as 1024.0. */
	while (value >= (unit ? 1023.95 : 1024)) {
		value /= 1024;
		unit++;
	}
	snprintf(buf, HUMAN_BYTES, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
	return buf;
}

const char *
human_duration(double seconds, char buf[HUMAN_BYTES])
{
	uint64_t s = seconds > 0 ? (uint64_t)seconds : 0;

	if (seconds < 10)
		snprintf(buf, HUMAN_BYTES, "%.1fs", seconds > 0 ? seconds : 0);
	else if (s < 60)
		snprintf(buf, HUMAN_BYTES, "%" PRIu64 "s", s);
	else if (s < 3600)
		snprintf(buf, HUMAN_BYTES, "%" PRIu64 "m %02" PRIu64 "s", s / 60, s % 60);
	else if (s < 86400)
		snprintf(buf, HUMAN_BYTES, "%" PRIu64 "h %02" PRIu64 "m", s / 3600, s / 60 % 60);
	else
		snprintf(buf, HUMAN_BYTES, "%" PRIu64 "d %" PRIu64 "h", s / 86400, s / 3600 % 24);
	return buf;
}

const char *
human_count(uint64_t n, char buf[HUMAN_BYTES])
{
	char digits[HUMAN_BYTES];
	int size = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	char *to = buf;

	for (int i = 0; i < size; i++) {
		if (i && (size - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return buf;
}
