/*
 * One suite of one case for a test program: every test in a process of its own, unless CK_FORK says
 * otherwise.
 */
#ifndef EDDY_TESTS_SUITE_H
#define EDDY_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

#define SUITE_TIMEOUT_S 60 /* of a test: the sanitizers on two busy cores are slow */

static inline int
suite_run(const char *name, void (*add)(TCase *tcase))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, SUITE_TIMEOUT_S);
	add(tcase);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
