# tests/: unit/ (Check programs, mirrors the source folders), e2e/ (black box, pytest), fuzz/ (libFuzzer).
#
# A unit test of conf/units.c is three lines here:
#	UNIT_TESTS += tests/unit/conf/test_units
#	tests_unit_conf_test_units_SOURCES = tests/unit/conf/test_units.c
#	tests_unit_conf_test_units_LDADD = $(UNIT_CONF_LIBS)

UNIT_TESTS =
UNIT_CONF_LIBS = conf/libconf.a $(CONFUSE_LIBS) $(CHECK_LIBS)
UNIT_WORKER_LIBS = worker/libworker.a $(WORKER_LIBS) $(CHECK_LIBS)
UNIT_DAEMON_LIBS = daemon/libdaemon.a $(DAEMON_LIBS) $(CHECK_LIBS)

if HAVE_CHECK
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
endif
