/*
 * Tables for people.
 */
#include "daemon/table.h"
#include "daemon/color.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GAP "  " /* between two columns */

void
table_init(struct table *table, const struct table_column *columns, size_t ncolumns)
{
	*table = (struct table){.columns = columns, .ncolumns = ncolumns};
}

void
table_fini(struct table *table)
{
	for (size_t i = 0; i < table->ncells; i++)
		free(table->cells[i]);
	free(table->cells);
	*table = (struct table){0};
}

static bool
cells_grow(struct table *table)
{
	size_t room = table->room ? table->room * 2 : 64;
	char **cells;

	if (table->ncells < table->room)
		return true;
	cells = reallocarray(table->cells, room, sizeof(*cells));
	if (!cells)
		return false;
	table->cells = cells;
	table->room = room;
	return true;
}

void
table_add(struct table *table, const char *fmt, ...)
{
	va_list ap;
	char *cell;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&cell, fmt, ap);
	va_end(ap);
	if (n < 0 || !cells_grow(table)) {
		if (n >= 0)
			free(cell);
		table->failed = true;
		return;
	}
	table->cells[table->ncells++] = cell;
}

static size_t
column_width(const struct table *table, size_t column)
{
	size_t width = strlen(table->columns[column].title);

	for (size_t i = column; i < table->ncells; i += table->ncolumns)
		if (strlen(table->cells[i]) > width)
			width = strlen(table->cells[i]);
	return width;
}

static void
cell_print(const struct table *table, size_t column, size_t width, const char *text, FILE *out)
{
	bool last = column + 1 == table->ncolumns;
	int field = (int)width;

	if (column)
		fputs(GAP, out);
	if (table->columns[column].right)
		fprintf(out, "%*s", field, text);
	else
		fprintf(out, "%-*s", last ? 0 : field, text);
	if (last)
		fputc('\n', out);
}

int
table_print(const struct table *table, FILE *out)
{
	size_t *widths = calloc(table->ncolumns, sizeof(*widths));
	bool color = color_wanted(fileno(out));

	if (!widths || table->failed) {
		free(widths);
		return -1;
	}
	for (size_t c = 0; c < table->ncolumns; c++) {
		widths[c] = column_width(table, c);
		if (color)
			fputs(COLOR_HEAD, out);
		cell_print(table, c, widths[c], table->columns[c].title, out);
		if (color)
			fputs(COLOR_END, out);
	}
	for (size_t i = 0; i < table->ncells; i++) {
		size_t c = i % table->ncolumns;

		cell_print(table, c, widths[c], table->cells[i], out);
	}
	free(widths);
	return ferror(out) ? -1 : 0;
}
