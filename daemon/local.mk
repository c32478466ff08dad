# daemon/: eddyd, the master, and eddyctl, which talks to it.

noinst_LIBRARIES += daemon/libdaemon.a
sbin_PROGRAMS += daemon/eddyd
bin_PROGRAMS += daemon/eddyctl

DAEMON_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS) $(JANSSON_CFLAGS) \
	-DEDDY_LIBEXECDIR='"$(libexecdir)"' \
	-DEDDY_MODULEDIR='"$(eddymoduledir)"' \
	-DEDDY_CONF_FILE='"$(eddyconfdir)/eddy.conf"'
DAEMON_LIBS = worker/libcontract.a conf/libconf.a $(CONFUSE_LIBS) $(EVENT_LIBS) $(JANSSON_LIBS)

daemon_libdaemon_a_SOURCES = \
	daemon/access_log.c \
	daemon/access_log.h \
	daemon/activation.c \
	daemon/activation.h \
	daemon/advice.c \
	daemon/advice.h \
	daemon/backoff.c \
	daemon/backoff.h \
	daemon/backtrace.c \
	daemon/backtrace.h \
	daemon/blame.c \
	daemon/blame.h \
	daemon/child.c \
	daemon/child.h \
	daemon/clock.h \
	daemon/cluster.c \
	daemon/cluster.h \
	daemon/color.c \
	daemon/color.h \
	daemon/control.c \
	daemon/control.h \
	daemon/control_client.h \
	daemon/control_path.c \
	daemon/control_path.h \
	daemon/control_request.c \
	daemon/control_socket.c \
	daemon/escape.c \
	daemon/escape.h \
	daemon/generation.c \
	daemon/generation.h \
	daemon/hang.c \
	daemon/hang.h \
	daemon/handover.c \
	daemon/handover.h \
	daemon/handover_sockets.c \
	daemon/handover_workers.c \
	daemon/histogram.c \
	daemon/histogram.h \
	daemon/holder.c \
	daemon/holder.h \
	daemon/human.c \
	daemon/human.h \
	daemon/identity.c \
	daemon/identity.h \
	daemon/journal.c \
	daemon/journal.h \
	daemon/listen.c \
	daemon/listen.h \
	daemon/listener.c \
	daemon/listener.h \
	daemon/listener_address.c \
	daemon/listener_passed.c \
	daemon/log.c \
	daemon/log.h \
	daemon/master.c \
	daemon/master.h \
	daemon/message.c \
	daemon/message.h \
	daemon/new_module.c \
	daemon/new_module.h \
	daemon/notify.c \
	daemon/notify.h \
	daemon/options.c \
	daemon/options.h \
	daemon/outbox.c \
	daemon/outbox.h \
	daemon/pack.c \
	daemon/pack.h \
	daemon/privileges.c \
	daemon/privileges.h \
	daemon/proc.c \
	daemon/proc.h \
	daemon/program.c \
	daemon/program.h \
	daemon/quarantine.c \
	daemon/quarantine.h \
	daemon/reload.c \
	daemon/reload.h \
	daemon/reopen.c \
	daemon/reopen.h \
	daemon/screen.c \
	daemon/screen.h \
	daemon/seat.c \
	daemon/seat.h \
	daemon/shared.c \
	daemon/shared.h \
	daemon/show.c \
	daemon/show.h \
	daemon/slots.c \
	daemon/slots.h \
	daemon/spawn.c \
	daemon/spawn.h \
	daemon/status.c \
	daemon/status.h \
	daemon/store.c \
	daemon/store.h \
	daemon/table.c \
	daemon/table.h \
	daemon/top_view.c \
	daemon/top_view.h \
	daemon/unix_socket.c \
	daemon/unix_socket.h \
	daemon/upgrade.c \
	daemon/upgrade.h \
	daemon/workers.c \
	daemon/workers.h
daemon_libdaemon_a_CPPFLAGS = $(DAEMON_CPPFLAGS)

daemon_eddyd_SOURCES = daemon/eddyd.c
daemon_eddyd_CPPFLAGS = $(DAEMON_CPPFLAGS)
daemon_eddyd_LDADD = daemon/libdaemon.a $(DAEMON_LIBS)

daemon_eddyctl_SOURCES = \
	daemon/ctl.c \
	daemon/ctl.h \
	daemon/eddyctl.c \
	daemon/top.c \
	daemon/top.h
daemon_eddyctl_CPPFLAGS = $(DAEMON_CPPFLAGS)
daemon_eddyctl_LDADD = daemon/libdaemon.a conf/libconf.a $(JANSSON_LIBS)
