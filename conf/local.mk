# conf/: what can be configured, one library that both programs link. conf/eddy.conf is installed by packaging/.

noinst_LIBRARIES += conf/libconf.a
conf_libconf_a_SOURCES = \
	conf/address.c \
	conf/check.c \
	conf/conf.h \
	conf/connections.c \
	conf/default.c \
	conf/errors.c \
	conf/foreign.c \
	conf/format.c \
	conf/nearest.c \
	conf/parse.c \
	conf/print.c \
	conf/private.h \
	conf/scan.c \
	conf/snapshot.c \
	conf/syntax.c \
	conf/units.c
conf_libconf_a_CPPFLAGS = $(AM_CPPFLAGS) $(CONFUSE_CFLAGS)
