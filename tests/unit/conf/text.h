/*
 * For the tests of conf/: from a text to a conf, or to its errors as one text.
 */
#ifndef EDDY_TESTS_CONF_TEXT_H
#define EDDY_TESTS_CONF_TEXT_H

#include "tests/unit/suite.h"
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"

/* All the errors, one a line, each with its place; the caller frees. */
static inline char *
errors_text(const struct conf_errors *errors)
{
	char *text, line[2048];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < errors->count; i++) {
		conf_error_format(&errors->list[i], line, sizeof(line));
		fprintf(out, "%s\n", line);
	}
	fclose(out);
	return text;
}

/*
 * A snapshot of one file "t", or of several: they stand one after the other with "\f" between, "t",
 * "u", "v".
 */
static inline struct conf_snapshot
text_snapshot(const char *text)
{
	struct conf_snapshot snapshot = {.files = calloc(4, sizeof(struct conf_file))};
	const char *end;

	do {
		struct conf_file *file = &snapshot.files[snapshot.count];

		end = strchrnul(text, '\f');
		file->name = strndup(&"tuv"[snapshot.count++], 1);
		file->size = (size_t)(end - text);
		file->bytes = strndup(text, file->size);
		text = end + 1;
	} while (*end);
	return snapshot;
}

/* The conf; or NULL, and *errors (to be freed) is what is wrong. */
static inline struct conf *
text_parse(const char *text, char **errors)
{
	struct conf_snapshot snapshot = text_snapshot(text);
	struct conf_errors list = {0};
	struct conf *conf = conf_parse(&snapshot, &list);

	ck_assert_msg(!conf == !!list.count, "a conf and errors, or neither");
	*errors = errors_text(&list);
	conf_errors_fini(&list);
	conf_snapshot_fini(&snapshot);
	return conf;
}

/* A conf without errors. */
static inline struct conf *
text_conf(const char *text)
{
	char *errors;
	struct conf *conf = text_parse(text, &errors);

	ck_assert_str_eq(errors, "");
	free(errors);
	return conf;
}

/* What is wrong with a text is this. */
static inline void
text_wrong(const char *text, const char *expected)
{
	char *errors;
	struct conf *conf = text_parse(text, &errors);

	ck_assert_str_eq(errors, expected);
	ck_assert_ptr_null(conf);
	free(errors);
}

#endif
