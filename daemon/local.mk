# daemon/: eddyd, the master, and eddyctl, which talks to it.

noinst_LIBRARIES += daemon/libdaemon.a
sbin_PROGRAMS += daemon/eddyd
bin_PROGRAMS += daemon/eddyctl

DAEMON_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS) $(JANSSON_CFLAGS) \
	-DEDDY_LIBEXECDIR='"$(libexecdir)"' \
	-DEDDY_MODULEDIR='"$(eddymoduledir)"' \
	-DEDDY_CONF_FILE='"$(eddyconfdir)/eddy.conf"'
DAEMON_LIBS = worker/libcontract.a conf/libconf.a $(CONFUSE_LIBS) $(EVENT_LIBS) $(JANSSON_LIBS)

daemon_libdaemon_a_SOURCES =
daemon_libdaemon_a_CPPFLAGS = $(DAEMON_CPPFLAGS)

daemon_eddyd_SOURCES = daemon/eddyd.c
daemon_eddyd_CPPFLAGS = $(DAEMON_CPPFLAGS)
daemon_eddyd_LDADD = daemon/libdaemon.a $(DAEMON_LIBS)

daemon_eddyctl_SOURCES = daemon/eddyctl.c
daemon_eddyctl_CPPFLAGS = $(DAEMON_CPPFLAGS)
daemon_eddyctl_LDADD = $(JANSSON_LIBS)
