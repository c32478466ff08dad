# worker/: eddy-worker, the contract that it shares with eddyd, and the modules that ship.

include_HEADERS += worker/eddy.h

noinst_LIBRARIES += worker/libcontract.a worker/libworker.a
libexec_PROGRAMS += worker/eddy-worker

worker_libcontract_a_SOURCES = \
	worker/contract.c \
	worker/contract.h \
	worker/quarantine.c \
	worker/scoreboard.c

worker_libworker_a_SOURCES = \
	worker/accept.c \
	worker/api.c \
	worker/api.h \
	worker/http/access.c \
	worker/http/access.h \
	worker/http/agent.c \
	worker/http/agent.h \
	worker/http/body.c \
	worker/http/body.h \
	worker/http/chars.c \
	worker/http/chars.h \
	worker/http/client.c \
	worker/http/client.h \
	worker/http/client_api.c \
	worker/http/client_conn.c \
	worker/http/client_conn.h \
	worker/http/client_send.c \
	worker/http/conn.c \
	worker/http/conn.h \
	worker/http/date.c \
	worker/http/date.h \
	worker/http/exchange.c \
	worker/http/exchange.h \
	worker/http/fields.c \
	worker/http/fields.h \
	worker/http/framing.c \
	worker/http/framing.h \
	worker/http/held.c \
	worker/http/held.h \
	worker/http/head.c \
	worker/http/head.h \
	worker/http/host.c \
	worker/http/host.h \
	worker/http/http.c \
	worker/http/http.h \
	worker/http/joined.c \
	worker/http/joined.h \
	worker/http/out.c \
	worker/http/out.h \
	worker/http/out_file.c \
	worker/http/probe.c \
	worker/http/probe.h \
	worker/http/request.c \
	worker/http/response.c \
	worker/http/response.h \
	worker/http/response_head.c \
	worker/http/scan.c \
	worker/http/scan.h \
	worker/http/send_file.c \
	worker/http/serve.c \
	worker/http/server.c \
	worker/http/server.h \
	worker/http/status.c \
	worker/http/status.h \
	worker/http/upgrade.c \
	worker/http/url.c \
	worker/http/url.h \
	worker/link.c \
	worker/loop/calls.h \
	worker/loop/clock.h \
	worker/loop/deadline.c \
	worker/loop/deadline.h \
	worker/loop/entries.c \
	worker/loop/entries.h \
	worker/loop/exclusive.c \
	worker/loop/exclusive.h \
	worker/loop/file.c \
	worker/loop/file.h \
	worker/loop/handle.c \
	worker/loop/handle.h \
	worker/loop/journal.c \
	worker/loop/journal.h \
	worker/loop/loop.c \
	worker/loop/loop.h \
	worker/loop/pool.c \
	worker/loop/pool.h \
	worker/loop/threads.c \
	worker/loop/threads.h \
	worker/loop/transfer.c \
	worker/loop/transfer.h \
	worker/loop/wheel.c \
	worker/loop/wheel.h \
	worker/loop/writer.c \
	worker/loop/writer.h \
	worker/module/cluster.c \
	worker/module/dns.c \
	worker/module/error.c \
	worker/module/explain.c \
	worker/module/explain.h \
	worker/module/fs.c \
	worker/module/fs.h \
	worker/module/fs_path.c \
	worker/module/log.c \
	worker/module/module.c \
	worker/module/module.h \
	worker/module/pipeline.c \
	worker/module/pipeline.h \
	worker/module/pipeline_client.c \
	worker/module/pipeline_file.c \
	worker/module/pipeline_flows.c \
	worker/module/pipeline_http.c \
	worker/module/pipeline_socket.c \
	worker/module/process.c \
	worker/module/route.c \
	worker/module/route.h \
	worker/module/signal.c \
	worker/module/timer.c \
	worker/module/timer.h \
	worker/net/addresses.c \
	worker/net/addresses.h \
	worker/net/api.c \
	worker/net/connect.c \
	worker/net/dns.c \
	worker/net/dns.h \
	worker/net/dns_answer.c \
	worker/net/dns_channel.c \
	worker/net/dns_channel.h \
	worker/net/dns_query.h \
	worker/net/dns_servers.c \
	worker/net/dns_servers.h \
	worker/net/ends.c \
	worker/net/ends.h \
	worker/net/gate.c \
	worker/net/gate.h \
	worker/net/hosts.c \
	worker/net/listener.c \
	worker/net/listener.h \
	worker/net/names.c \
	worker/net/names.h \
	worker/net/net.c \
	worker/net/net.h \
	worker/net/peer.h \
	worker/net/queue.c \
	worker/net/queue.h \
	worker/net/records.c \
	worker/net/records.h \
	worker/net/server.c \
	worker/net/server.h \
	worker/net/share.c \
	worker/net/share.h \
	worker/net/socket.c \
	worker/net/socket.h \
	worker/net/socket_timer.c \
	worker/stats.c \
	worker/trace.c \
	worker/trace.h \
	worker/worker.c \
	worker/worker.h
worker_libworker_a_CPPFLAGS = $(AM_CPPFLAGS) $(CARES_CFLAGS) $(EVENT_CFLAGS) $(SYSTEMD_CFLAGS) $(UNWIND_CFLAGS)

# What a program that links libworker.a needs after it.
WORKER_LIBS = worker/libcontract.a conf/libconf.a $(CARES_LIBS) $(CONFUSE_LIBS) $(EVENT_LIBS) $(SYSTEMD_LIBS)

worker_eddy_worker_SOURCES = worker/main.c
worker_eddy_worker_CPPFLAGS = $(AM_CPPFLAGS) $(CARES_CFLAGS) $(EVENT_CFLAGS)

# The modules find the API in the program that loads them: all of libworker.a goes in, whoever calls it, and eddy_* and
# nothing else goes out, versioned by eddy.map. The runtime of clang's sanitizers lives in the program too and has to be
# seen: there, visibility alone decides.
if ENABLE_SANITIZERS
EXPORT_LINK = -Wl,--export-dynamic
else
EXPORT_LINK = -Wl,--export-dynamic -Wl,--version-script=$(top_srcdir)/worker/eddy.map
endif
worker_eddy_worker_LDFLAGS = $(AM_LDFLAGS) $(EXPORT_LINK)
worker_eddy_worker_LDADD = $(WHOLE_ARCHIVE) worker/libworker.a $(NO_WHOLE_ARCHIVE) $(WORKER_LIBS)
worker_eddy_worker_DEPENDENCIES = worker/eddy.map worker/libworker.a worker/libcontract.a conf/libconf.a
EXTRA_DIST += worker/eddy.map

# Modules are shared objects that automake takes for programs, hence their own flags: no -pie may get in.
MODULE_COMPILE_CPP = -D_GNU_SOURCE $(EDDY_FORTIFY) -I$(top_srcdir)/worker
MODULE_COMPILE = $(EDDY_CFLAGS) -fPIC
MODULE_LINK = -shared $(EDDY_HARDEN_LD)

eddymodule_PROGRAMS += \
	worker/modules/echo.so \
	worker/modules/fetch.so \
	worker/modules/hello.so \
	worker/modules/metrics.so \
	worker/modules/poll.so \
	worker/modules/resolve.so \
	worker/modules/signals.so \
	worker/modules/ticker.so \
	worker/modules/upload.so \
	worker/modules/welcome.so

worker_modules_echo_so_SOURCES = worker/modules/echo.c
worker_modules_echo_so_CPPFLAGS = $(MODULE_COMPILE_CPP)
worker_modules_echo_so_CFLAGS = $(MODULE_COMPILE)
worker_modules_echo_so_LDFLAGS = $(MODULE_LINK)

worker_modules_fetch_so_SOURCES = worker/modules/fetch.c
worker_modules_fetch_so_CPPFLAGS = $(MODULE_COMPILE_CPP)
worker_modules_fetch_so_CFLAGS = $(MODULE_COMPILE)
worker_modules_fetch_so_LDFLAGS = $(MODULE_LINK)

worker_modules_hello_so_SOURCES = worker/modules/hello.c
worker_modules_hello_so_CPPFLAGS = $(MODULE_COMPILE_CPP)
worker_modules_hello_so_CFLAGS = $(MODULE_COMPILE)
worker_modules_hello_so_LDFLAGS = $(MODULE_LINK)

worker_modules_metrics_so_SOURCES = worker/modules/metrics.c
worker_modules_metrics_so_CPPFLAGS = $(MODULE_COMPILE_CPP)
worker_modules_metrics_so_CFLAGS = $(MODULE_COMPILE)
worker_modules_metrics_so_LDFLAGS = $(MODULE_LINK)

worker_modules_poll_so_SOURCES = worker/modules/poll.c
worker_modules_poll_so_CPPFLAGS = $(MODULE_COMPILE_CPP)
worker_modules_poll_so_CFLAGS = $(MODULE_COMPILE)
worker_modules_poll_so_LDFLAGS = $(MODULE_LINK)

worker_modules_resolve_so_SOURCES = worker/modules/resolve.c
worker_modules_resolve_so_CPPFLAGS = $(MODULE_COMPILE_CPP)
worker_modules_resolve_so_CFLAGS = $(MODULE_COMPILE)
worker_modules_resolve_so_LDFLAGS = $(MODULE_LINK)

worker_modules_signals_so_SOURCES = worker/modules/signals.c
worker_modules_signals_so_CPPFLAGS = $(MODULE_COMPILE_CPP)
worker_modules_signals_so_CFLAGS = $(MODULE_COMPILE)
worker_modules_signals_so_LDFLAGS = $(MODULE_LINK)

worker_modules_ticker_so_SOURCES = worker/modules/ticker.c
worker_modules_ticker_so_CPPFLAGS = $(MODULE_COMPILE_CPP)
worker_modules_ticker_so_CFLAGS = $(MODULE_COMPILE)
worker_modules_ticker_so_LDFLAGS = $(MODULE_LINK)

worker_modules_upload_so_SOURCES = worker/modules/upload.c
worker_modules_upload_so_CPPFLAGS = $(MODULE_COMPILE_CPP)
worker_modules_upload_so_CFLAGS = $(MODULE_COMPILE)
worker_modules_upload_so_LDFLAGS = $(MODULE_LINK)

worker_modules_welcome_so_SOURCES = worker/modules/welcome.c
worker_modules_welcome_so_CPPFLAGS = $(MODULE_COMPILE_CPP) -Iworker/modules
worker_modules_welcome_so_CFLAGS = $(MODULE_COMPILE)
worker_modules_welcome_so_LDFLAGS = $(MODULE_LINK)

# The welcome page, as a C string.
worker/modules/welcome_html.h: worker/modules/welcome.html worker/modules/embed.awk
	$(AM_V_GEN)$(MKDIR_P) worker/modules && \
	LC_ALL=C $(AWK) -v name=page_html -v file=welcome.html -f '$(srcdir)/worker/modules/embed.awk' \
		'$(srcdir)/worker/modules/welcome.html' >$@.new && mv $@.new $@
worker/modules/welcome_so-welcome.$(OBJEXT): worker/modules/welcome_html.h
BUILT_SOURCES += worker/modules/welcome_html.h
CLEANFILES += worker/modules/welcome_html.h
EXTRA_DIST += worker/modules/embed.awk

# The examples to read, and the conf that serves them all.
nodist_examples_DATA = worker/modules/welcome_html.h
dist_examples_DATA += \
	worker/modules/echo.c \
	worker/modules/examples.conf \
	worker/modules/fetch.c \
	worker/modules/hello.c \
	worker/modules/metrics.c \
	worker/modules/poll.c \
	worker/modules/resolve.c \
	worker/modules/signals.c \
	worker/modules/ticker.c \
	worker/modules/upload.c \
	worker/modules/welcome.c \
	worker/modules/welcome.html
