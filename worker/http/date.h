/*
 * The Date header (RFC 9110 6.6.1), formatted once a second by the worker's tick and copied into
 * every answer.
 */
#ifndef EDDY_HTTP_DATE_H
#define EDDY_HTTP_DATE_H

#include <stddef.h>
#include <time.h>

#define DATE_LINE_LEN 37 /* "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" */

struct date {
	time_t second;
	char line[DATE_LINE_LEN + 1];
};

/* Renews the line if the second is another one than before. */
void date_renew(struct date *date, time_t now);

#endif
