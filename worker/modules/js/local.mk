# worker/modules/js/: the module js, if JavaScriptCore is there. The files of lib/ become C by `embed`.

JS_TEXTS = \
	worker/modules/js/lib/abort.js \
	worker/modules/js/lib/assert.js \
	worker/modules/js/lib/boot.js \
	worker/modules/js/lib/buffer.js \
	worker/modules/js/lib/buffer/base64_globals.js \
	worker/modules/js/lib/buffer/blob.js \
	worker/modules/js/lib/buffer/encodings.js \
	worker/modules/js/lib/buffer/numbers.js \
	worker/modules/js/lib/buffer/transcode.js \
	worker/modules/js/lib/clone.js \
	worker/modules/js/lib/console.js \
	worker/modules/js/lib/console/options.js \
	worker/modules/js/lib/deep_equal.js \
	worker/modules/js/lib/diagnostics_channel.js \
	worker/modules/js/lib/dns.js \
	worker/modules/js/lib/dns/promises.js \
	worker/modules/js/lib/dns/resolver.js \
	worker/modules/js/lib/dns/service.js \
	worker/modules/js/lib/eddy.js \
	worker/modules/js/lib/encoding.js \
	worker/modules/js/lib/errors.js \
	worker/modules/js/lib/errors/absent.js \
	worker/modules/js/lib/errors/call_site.js \
	worker/modules/js/lib/errors/classes.js \
	worker/modules/js/lib/errors/frames.js \
	worker/modules/js/lib/errors/trace.js \
	worker/modules/js/lib/event_target.js \
	worker/modules/js/lib/events.js \
	worker/modules/js/lib/fs.js \
	worker/modules/js/lib/fs/args.js \
	worker/modules/js/lib/fs/calls.js \
	worker/modules/js/lib/fs/dir.js \
	worker/modules/js/lib/fs/not_offered.js \
	worker/modules/js/lib/fs/plans.js \
	worker/modules/js/lib/fs/promises.js \
	worker/modules/js/lib/fs/stats.js \
	worker/modules/js/lib/fs/streams.js \
	worker/modules/js/lib/fs/tree.js \
	worker/modules/js/lib/http.js \
	worker/modules/js/lib/http/agent.js \
	worker/modules/js/lib/http/answer.js \
	worker/modules/js/lib/http/client.js \
	worker/modules/js/lib/http/client_errors.js \
	worker/modules/js/lib/http/client_events.js \
	worker/modules/js/lib/http/client_head.js \
	worker/modules/js/lib/http/client_options.js \
	worker/modules/js/lib/http/client_response.js \
	worker/modules/js/lib/http/client_socket.js \
	worker/modules/js/lib/http/client_writing.js \
	worker/modules/js/lib/http/codes.js \
	worker/modules/js/lib/http/incoming.js \
	worker/modules/js/lib/http/outgoing.js \
	worker/modules/js/lib/http/response.js \
	worker/modules/js/lib/http/response_events.js \
	worker/modules/js/lib/http/response_head.js \
	worker/modules/js/lib/http/server.js \
	worker/modules/js/lib/http/socket.js \
	worker/modules/js/lib/http/unbound.js \
	worker/modules/js/lib/inspect.js \
	worker/modules/js/lib/inspect/kinds.js \
	worker/modules/js/lib/inspect/layout.js \
	worker/modules/js/lib/inspect/names.js \
	worker/modules/js/lib/inspect/primitives.js \
	worker/modules/js/lib/inspect/values.js \
	worker/modules/js/lib/json_place.js \
	worker/modules/js/lib/module.js \
	worker/modules/js/lib/module/ahead.js \
	worker/modules/js/lib/module/disk.js \
	worker/modules/js/lib/module/es_modules.js \
	worker/modules/js/lib/module/load_check.js \
	worker/modules/js/lib/module/names.js \
	worker/modules/js/lib/module/packages.js \
	worker/modules/js/lib/module/resolve.js \
	worker/modules/js/lib/net.js \
	worker/modules/js/lib/net/address.js \
	worker/modules/js/lib/net/onread.js \
	worker/modules/js/lib/net/server.js \
	worker/modules/js/lib/net/socket.js \
	worker/modules/js/lib/os.js \
	worker/modules/js/lib/os/constants.js \
	worker/modules/js/lib/path.js \
	worker/modules/js/lib/path/parts.js \
	worker/modules/js/lib/path/win32.js \
	worker/modules/js/lib/performance.js \
	worker/modules/js/lib/performance/timeline.js \
	worker/modules/js/lib/process.js \
	worker/modules/js/lib/process/output.js \
	worker/modules/js/lib/querystring.js \
	worker/modules/js/lib/stream.js \
	worker/modules/js/lib/stream/base.js \
	worker/modules/js/lib/stream/compose.js \
	worker/modules/js/lib/stream/consumers.js \
	worker/modules/js/lib/stream/duplex.js \
	worker/modules/js/lib/stream/finished.js \
	worker/modules/js/lib/stream/from.js \
	worker/modules/js/lib/stream/iterate.js \
	worker/modules/js/lib/stream/legacy.js \
	worker/modules/js/lib/stream/operators.js \
	worker/modules/js/lib/stream/pipe.js \
	worker/modules/js/lib/stream/pipeline.js \
	worker/modules/js/lib/stream/promises.js \
	worker/modules/js/lib/stream/readable.js \
	worker/modules/js/lib/stream/transform.js \
	worker/modules/js/lib/stream/writable.js \
	worker/modules/js/lib/string_decoder.js \
	worker/modules/js/lib/syntax_place.js \
	worker/modules/js/lib/system_errors.js \
	worker/modules/js/lib/timers.js \
	worker/modules/js/lib/timers/promises.js \
	worker/modules/js/lib/tty.js \
	worker/modules/js/lib/url.js \
	worker/modules/js/lib/url/host.js \
	worker/modules/js/lib/url/idna.js \
	worker/modules/js/lib/url/legacy.js \
	worker/modules/js/lib/url/params.js \
	worker/modules/js/lib/url/percent.js \
	worker/modules/js/lib/url/record.js \
	worker/modules/js/lib/util.js \
	worker/modules/js/lib/util/dotenv.js \
	worker/modules/js/lib/util/mime.js \
	worker/modules/js/lib/util/parse_args.js \
	worker/modules/js/lib/util/types.js
EXTRA_DIST += worker/modules/js/embed $(JS_TEXTS)

# The scripts to start from, their pages, and the conf that serves them.
JS_EXAMPLES = \
	worker/modules/js/examples/chat.js \
	worker/modules/js/examples/scripts.conf \
	worker/modules/js/examples/http_hello.js \
	worker/modules/js/examples/net_hello.js \
	worker/modules/js/examples/net_hello_short.js \
	worker/modules/js/examples/pages.js \
	worker/modules/js/examples/proxy.js \
	worker/modules/js/examples/signals.js \
	worker/modules/js/examples/ticker.js \
	worker/modules/js/examples/upload.js
JS_PAGES = \
	worker/modules/js/examples/pages/chat.html \
	worker/modules/js/examples/pages/chat.js \
	worker/modules/js/examples/pages/page.css \
	worker/modules/js/examples/pages/ticker.html \
	worker/modules/js/examples/pages/ticker.js \
	worker/modules/js/examples/pages/upload.html \
	worker/modules/js/examples/pages/upload.js
EXTRA_DIST += $(JS_EXAMPLES) $(JS_PAGES)
jsexamplesdir = $(pkgdatadir)/javascript
jspagesdir = $(jsexamplesdir)/pages

if HAVE_JAVASCRIPT
eddymodule_PROGRAMS += worker/modules/js.so
CLEANFILES += worker/modules/js/lib.c
jsexamples_DATA = $(JS_EXAMPLES)
jspages_DATA = $(JS_PAGES)

worker_modules_js_so_SOURCES = \
	worker/modules/js/cache.c \
	worker/modules/js/cache.h \
	worker/modules/js/cluster.c \
	worker/modules/js/client.c \
	worker/modules/js/dns.c \
	worker/modules/js/engine.c \
	worker/modules/js/engine_private.h \
	worker/modules/js/fs.c \
	worker/modules/js/fs.h \
	worker/modules/js/fs_now.c \
	worker/modules/js/http.c \
	worker/modules/js/http_private.h \
	worker/modules/js/http_response.c \
	worker/modules/js/js.c \
	worker/modules/js/js.h \
	worker/modules/js/lib.h \
	worker/modules/js/loader.c \
	worker/modules/js/memory.c \
	worker/modules/js/net.c \
	worker/modules/js/os.c \
	worker/modules/js/process.c \
	worker/modules/js/table.c \
	worker/modules/js/table.h \
	worker/modules/js/text.c \
	worker/modules/js/thread.c \
	worker/modules/js/thread.h \
	worker/modules/js/timer.c \
	worker/modules/js/utf8.c \
	worker/modules/js/utf8.h \
	worker/modules/js/value.c \
	worker/modules/js/watch.c \
	worker/modules/js/watch.h
nodist_worker_modules_js_so_SOURCES = worker/modules/js/lib.c
worker_modules_js_so_CPPFLAGS = $(MODULE_COMPILE_CPP) -I$(srcdir)/worker/modules/js $(JAVASCRIPT_CFLAGS)
worker_modules_js_so_CFLAGS = $(MODULE_COMPILE)
# The engine has threads that go on until the process ends: its library, and this, are never unmapped.
worker_modules_js_so_LDFLAGS = $(MODULE_LINK) -Wl,-z,nodelete
worker_modules_js_so_LDADD = $(JAVASCRIPT_LIBS)

worker/modules/js/lib.c: worker/modules/js/embed $(JS_TEXTS)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && cd $(srcdir) && \
		worker/modules/js/embed $(JS_TEXTS) > $(abs_builddir)/$@.new && mv $(abs_builddir)/$@.new $(abs_builddir)/$@
endif
