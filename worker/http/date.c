/*
 * The Date header; see date.h. Not strftime: names of days and months must not depend on a locale
 * that a module may set.
 */
#include "http/date.h"

#include <stdio.h>
#include <string.h>

void
date_renew(struct date *date, time_t now)
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	char line[96];
	struct tm tm;

	if (now == date->second)
		return;
	date->second = now;
	gmtime_r(&now, &tm);
	snprintf(line, sizeof(line), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
		 days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
		 tm.tm_min, tm.tm_sec);
	memcpy(date->line, line, DATE_LINE_LEN);
}
