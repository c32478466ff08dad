/*
 * Tables for people: columns as wide as they need to be, numbers to the right.
 */
#ifndef EDDY_DAEMON_TABLE_H
#define EDDY_DAEMON_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct table_column {
	const char *title;
	bool right; /* aligned: numbers */
};

struct table {
	const struct table_column *columns; /* the caller's */
	size_t ncolumns;
	char **cells; /* row after row */
	size_t ncells;
	size_t room;
	bool failed; /* out of memory: printing says so */
};

void table_init(struct table *table, const struct table_column *columns, size_t ncolumns);
void table_fini(struct table *table);

/* Adds the next cell, row by row. */
void table_add(struct table *table, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* 0, or -1: it could not be made or written whole. */
int table_print(const struct table *table, FILE *out);

#endif
