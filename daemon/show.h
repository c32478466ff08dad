/*
 * What eddyctl shows to people: the answers of eddyd as tables and sentences.
 */
#ifndef EDDY_DAEMON_SHOW_H
#define EDDY_DAEMON_SHOW_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* Each: 0, or -1: it could not be written whole. */
int show_status(const json_t *status);
int show_workers(const json_t *workers);
/* What routes serve, and what modules listen on. */
int show_routes(const json_t *routes, const json_t *shared);
int show_quarantine(const json_t *list);
int show_backtrace(const json_t *dump);
int show_json(const json_t *object);

/*
 * Text of eddyd's, which may be a module's in part, line by line behind a prefix: no control byte of
 * it gets to the terminal.
 */
void show_lines(FILE *out, const char *prefix, const char *text);

/* A member of an object; 0 or "-" if there is none of that kind. */
uint64_t show_number(const json_t *object, const char *key);
double show_real(const json_t *object, const char *key);
const char *show_text(const json_t *object, const char *key);

#endif
