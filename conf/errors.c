/*
 * The list of errors that reading a conf gathers.
 *
 * Errors are collected, never printed here: `eddyd -t` shows them all, a reload hands them to the
 * log and to whoever asked. Each keeps its place, so that they can be put in the order of file and
 * line at the end.
 */
#include "conf/conf.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf/private.h"

#define TEXT_MAX 1000 /* bytes; a sentence with a long path in it has half of that */

struct ranked {
	struct conf_error error;
	size_t file, index;
};

/*
 * The names live here once each, so that they outlast the snapshot that the errors were found in.
 */
static const char *
errors_intern(struct conf_errors *errors, const char *name)
{
	char **grown, *copy;

	for (size_t i = 0; i < errors->nfiles; i++)
		if (strcmp(errors->files[i], name) == 0)
			return errors->files[i];

	grown = reallocarray(errors->files, errors->nfiles + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	errors->files = grown;
	copy = strdup(name);
	if (!copy)
		return NULL;
	return errors->files[errors->nfiles++] = copy;
}

/*
 * What was written in the conf is repeated in errors: whatever it is, an error stays one line of
 * text.
 */
static char *
text_clean(const char *text)
{
	size_t len = strnlen(text, TEXT_MAX), used = 0;
	char *clean = malloc(len * 4 + sizeof("..."));

	if (!clean)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == 0x7f)
			used += (size_t)sprintf(clean + used, "\\x%02x", c);
		else
			clean[used++] = text[i];
	}
	strcpy(clean + used, text[len] ? "..." : "");
	return clean;
}

void
conf_errors_vadd(struct conf_errors *errors, struct conf_where where, const char *fmt, va_list ap)
{
	struct conf_error *grown;
	char *text, *clean;

	grown = reallocarray(errors->list, errors->count + 1, sizeof(*grown));
	if (!grown)
		return;
	errors->list = grown;
	if (vasprintf(&text, fmt, ap) < 0)
		return;
	clean = text_clean(text);
	free(text);
	if (!clean)
		return;
	if (where.file)
		where.file = errors_intern(errors, where.file);
	errors->list[errors->count++] = (struct conf_error){.where = where, .text = clean};
}

void
conf_errors_add(struct conf_errors *errors, struct conf_where where, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	conf_errors_vadd(errors, where, fmt, ap);
	va_end(ap);
}

static int
ranked_compare(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->file != b->file)
		return a->file < b->file ? -1 : 1;
	if (a->error.where.line != b->error.where.line)
		return a->error.where.line < b->error.where.line ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* Errors of no file come last: they are about what is missing in all of them. */
static size_t
file_rank(const struct conf_snapshot *snapshot, const char *name)
{
	if (!name)
		return snapshot->count + 1;
	for (size_t i = 0; i < snapshot->count; i++)
		if (strcmp(snapshot->files[i].name, name) == 0)
			return i;
	return snapshot->count;
}

void
conf_errors_sort(struct conf_errors *errors, const struct conf_snapshot *snapshot)
{
	struct ranked *ranked;

	if (errors->count < 2)
		return;
	ranked = calloc(errors->count, sizeof(*ranked));
	if (!ranked)
		return;
	for (size_t i = 0; i < errors->count; i++)
		ranked[i] = (struct ranked){
			.error = errors->list[i],
			.file = file_rank(snapshot, errors->list[i].where.file),
			.index = i,
		};
	qsort(ranked, errors->count, sizeof(*ranked), ranked_compare);
	for (size_t i = 0; i < errors->count; i++)
		errors->list[i] = ranked[i].error;
	free(ranked);
}

int
conf_error_format(const struct conf_error *error, char *buf, size_t size)
{
	if (!error->where.file)
		return snprintf(buf, size, "%s", error->text);
	if (error->where.line == 0)
		return snprintf(buf, size, "%s: %s", error->where.file, error->text);
	return snprintf(buf, size, "%s:%u: %s", error->where.file, error->where.line, error->text);
}

void
conf_errors_fini(struct conf_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		free(errors->list[i].text);
	free(errors->list);
	for (size_t i = 0; i < errors->nfiles; i++)
		free(errors->files[i]);
	free(errors->files);
	*errors = (struct conf_errors){0};
}
