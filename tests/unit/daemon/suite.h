/*
 * For the tests of daemon/: one suite of one case, every test in a process of its own.
 */
#ifndef EDDY_TESTS_DAEMON_SUITE_H
#define EDDY_TESTS_DAEMON_SUITE_H

#include <check.h>
#include <stdlib.h>

static inline int
suite_run(const char *name, void (*add)(TCase *tcase))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	add(tcase);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
