/*
 * For the tests of worker/: the suite, and views compared with strings.
 */
#ifndef EDDY_TESTS_WORKER_SUITE_H
#define EDDY_TESTS_WORKER_SUITE_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "eddy.h"
#include "tests/unit/suite.h"

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

/* A literal with its length, for bytes that may hold a NUL. */
#define BYTES(text) (text), sizeof(text) - 1

/* Whether a view is this text; NULL: there is none (p NULL). */
static inline bool
str_is_text(eddy_str str, const char *text)
{
	if (text == NULL || str.p == NULL)
		return text == NULL && str.p == NULL;
	return str.n == strlen(text) && memcmp(str.p, text, str.n) == 0;
}

#define ck_assert_text(str, text)                                                           \
	do {                                                                                \
		eddy_str str_ = (str);                                                      \
		const char *text_ = (text);                                                 \
		ck_assert_msg(str_is_text(str_, text_), "%s is \"%.*s\", not \"%s\"", #str, \
			      (int)str_.n, str_.p != NULL ? str_.p : "",                    \
			      text_ != NULL ? text_ : "(none)");                            \
	} while (0)

#endif
