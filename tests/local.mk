# tests/: unit/ (Check programs, mirrors the source folders), e2e/ (black box, pytest), docs/, fuzz/ (libFuzzer), abi/,
# packages/ (of Debian and RPM), systemd/ (a real one to run services in), bench/.
#
# A unit test of conf/units.c is three lines here:
#	UNIT_TESTS += tests/unit/conf/test_units
#	tests_unit_conf_test_units_SOURCES = tests/unit/conf/test_units.c
#	tests_unit_conf_test_units_LDADD = $(UNIT_CONF_LIBS)
# A fuzz target is four:
#	FUZZERS += tests/fuzz/fuzz_conf
#	tests_fuzz_fuzz_conf_SOURCES = tests/fuzz/fuzz_conf.c
#	tests_fuzz_fuzz_conf_LDFLAGS = $(FUZZ_LINK)
#	tests_fuzz_fuzz_conf_LDADD = conf/libconf.a $(CONFUSE_LIBS)

UNIT_TESTS =
UNIT_CONF_LIBS = conf/libconf.a $(CONFUSE_LIBS) $(CHECK_LIBS)
UNIT_WORKER_LIBS = worker/libworker.a $(WORKER_LIBS) $(CHECK_LIBS)
WRAP_CLOCK = $(AM_LDFLAGS) -Wl,--wrap=clock_gettime -Wl,--wrap=timerfd_settime
UNIT_DAEMON_LIBS = daemon/libdaemon.a $(DAEMON_LIBS) $(CHECK_LIBS)

UNIT_TESTS += tests/unit/conf/test_address
tests_unit_conf_test_address_SOURCES = tests/unit/conf/test_address.c tests/unit/conf/text.h tests/unit/suite.h
tests_unit_conf_test_address_LDADD = $(UNIT_CONF_LIBS)
UNIT_TESTS += tests/unit/conf/test_check
tests_unit_conf_test_check_SOURCES = tests/unit/conf/test_check.c tests/unit/conf/text.h tests/unit/suite.h
tests_unit_conf_test_check_LDADD = $(UNIT_CONF_LIBS)
UNIT_TESTS += tests/unit/conf/test_errors
tests_unit_conf_test_errors_SOURCES = tests/unit/conf/test_errors.c tests/unit/conf/text.h tests/unit/suite.h
tests_unit_conf_test_errors_LDADD = $(UNIT_CONF_LIBS)
UNIT_TESTS += tests/unit/conf/test_connections
tests_unit_conf_test_connections_SOURCES = tests/unit/conf/test_connections.c tests/unit/conf/text.h tests/unit/suite.h
tests_unit_conf_test_connections_LDADD = $(UNIT_CONF_LIBS)
UNIT_TESTS += tests/unit/conf/test_format
tests_unit_conf_test_format_SOURCES = tests/unit/conf/test_format.c tests/unit/conf/text.h tests/unit/suite.h
tests_unit_conf_test_format_LDADD = $(UNIT_CONF_LIBS)
UNIT_TESTS += tests/unit/conf/test_parse
tests_unit_conf_test_parse_SOURCES = tests/unit/conf/test_parse.c tests/unit/conf/text.h tests/unit/suite.h
tests_unit_conf_test_parse_LDADD = $(UNIT_CONF_LIBS)
UNIT_TESTS += tests/unit/conf/test_print
tests_unit_conf_test_print_SOURCES = tests/unit/conf/test_print.c tests/unit/conf/text.h tests/unit/suite.h
tests_unit_conf_test_print_LDADD = $(UNIT_CONF_LIBS)
UNIT_TESTS += tests/unit/conf/test_snapshot
tests_unit_conf_test_snapshot_SOURCES = tests/unit/conf/test_snapshot.c tests/unit/conf/text.h tests/unit/suite.h
tests_unit_conf_test_snapshot_LDADD = $(UNIT_CONF_LIBS)
UNIT_TESTS += tests/unit/conf/test_units
tests_unit_conf_test_units_SOURCES = tests/unit/conf/test_units.c tests/unit/conf/text.h tests/unit/suite.h
tests_unit_conf_test_units_LDADD = $(UNIT_CONF_LIBS)

UNIT_TESTS += tests/unit/worker/test_contract
tests_unit_worker_test_contract_SOURCES = tests/unit/worker/test_contract.c tests/unit/suite.h
tests_unit_worker_test_contract_LDADD = worker/libcontract.a $(CHECK_LIBS)
UNIT_TESTS += tests/unit/worker/test_quarantine
tests_unit_worker_test_quarantine_SOURCES = tests/unit/worker/test_quarantine.c tests/unit/suite.h
tests_unit_worker_test_quarantine_LDADD = worker/libcontract.a $(CHECK_LIBS)
UNIT_TESTS += tests/unit/worker/test_scoreboard
tests_unit_worker_test_scoreboard_SOURCES = tests/unit/worker/test_scoreboard.c tests/unit/suite.h
tests_unit_worker_test_scoreboard_LDADD = worker/libcontract.a $(CHECK_LIBS)

UNIT_TESTS += tests/unit/daemon/test_access_log
tests_unit_daemon_test_access_log_SOURCES = tests/unit/daemon/test_access_log.c tests/unit/suite.h
tests_unit_daemon_test_access_log_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_access_log_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_activation
tests_unit_daemon_test_activation_SOURCES = tests/unit/daemon/test_activation.c tests/unit/suite.h
tests_unit_daemon_test_activation_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_activation_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_backoff
tests_unit_daemon_test_backoff_SOURCES = tests/unit/daemon/test_backoff.c tests/unit/suite.h
tests_unit_daemon_test_backoff_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_backoff_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_control
tests_unit_daemon_test_control_SOURCES = tests/unit/daemon/test_control.c tests/unit/suite.h
tests_unit_daemon_test_control_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_control_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_hang
tests_unit_daemon_test_hang_SOURCES = tests/unit/daemon/test_hang.c tests/unit/suite.h
tests_unit_daemon_test_hang_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_hang_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_histogram
tests_unit_daemon_test_histogram_SOURCES = tests/unit/daemon/test_histogram.c tests/unit/suite.h
tests_unit_daemon_test_histogram_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_histogram_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_listener
tests_unit_daemon_test_listener_SOURCES = tests/unit/daemon/test_listener.c tests/unit/suite.h
tests_unit_daemon_test_listener_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_listener_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_log
tests_unit_daemon_test_log_SOURCES = tests/unit/daemon/test_log.c tests/unit/suite.h
tests_unit_daemon_test_log_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_log_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_outbox
tests_unit_daemon_test_outbox_SOURCES = tests/unit/daemon/test_outbox.c tests/unit/suite.h
tests_unit_daemon_test_outbox_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_outbox_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_pack
tests_unit_daemon_test_pack_SOURCES = tests/unit/daemon/test_pack.c tests/unit/suite.h
tests_unit_daemon_test_pack_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_pack_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_quarantine
tests_unit_daemon_test_quarantine_SOURCES = tests/unit/daemon/test_quarantine.c tests/unit/suite.h
tests_unit_daemon_test_quarantine_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_quarantine_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_program
tests_unit_daemon_test_program_SOURCES = tests/unit/daemon/test_program.c tests/unit/suite.h
tests_unit_daemon_test_program_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_program_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_shared
tests_unit_daemon_test_shared_SOURCES = tests/unit/daemon/test_shared.c tests/unit/suite.h
tests_unit_daemon_test_shared_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_shared_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_slots
tests_unit_daemon_test_slots_SOURCES = tests/unit/daemon/test_slots.c tests/unit/suite.h
tests_unit_daemon_test_slots_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_slots_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_spawn
tests_unit_daemon_test_spawn_SOURCES = tests/unit/daemon/test_spawn.c tests/unit/suite.h
tests_unit_daemon_test_spawn_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_spawn_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_status
tests_unit_daemon_test_status_SOURCES = tests/unit/daemon/test_status.c tests/unit/suite.h
tests_unit_daemon_test_status_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_status_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_store
tests_unit_daemon_test_store_SOURCES = tests/unit/daemon/test_store.c tests/unit/suite.h
tests_unit_daemon_test_store_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_store_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_table
tests_unit_daemon_test_table_SOURCES = tests/unit/daemon/test_table.c tests/unit/suite.h
tests_unit_daemon_test_table_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_table_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_top_view
tests_unit_daemon_test_top_view_SOURCES = tests/unit/daemon/test_top_view.c tests/unit/suite.h
tests_unit_daemon_test_top_view_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_top_view_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/daemon/test_unix_socket
tests_unit_daemon_test_unix_socket_SOURCES = tests/unit/daemon/test_unix_socket.c tests/unit/suite.h
tests_unit_daemon_test_unix_socket_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_daemon_test_unix_socket_LDADD = $(UNIT_DAEMON_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_access
tests_unit_worker_http_test_access_SOURCES = tests/unit/worker/http/test_access.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_access_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_held
tests_unit_worker_http_test_held_SOURCES = tests/unit/worker/http/test_held.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_held_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=realloc -Wl,--wrap=memmove
tests_unit_worker_http_test_held_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_framing
tests_unit_worker_http_test_framing_SOURCES = tests/unit/worker/http/test_framing.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_framing_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_head
tests_unit_worker_http_test_head_SOURCES = tests/unit/worker/http/test_head.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_head_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_scan
tests_unit_worker_http_test_scan_SOURCES = tests/unit/worker/http/test_scan.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_scan_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_body
tests_unit_worker_http_test_body_SOURCES = tests/unit/worker/http/test_body.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_body_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/loop/test_writer
tests_unit_worker_loop_test_writer_SOURCES = tests/unit/worker/loop/test_writer.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_writer_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/module/test_route
tests_unit_worker_module_test_route_SOURCES = tests/unit/worker/module/test_route.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_module_test_route_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_chars
tests_unit_worker_http_test_chars_SOURCES = tests/unit/worker/http/test_chars.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_chars_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_probe
tests_unit_worker_http_test_probe_SOURCES = tests/unit/worker/http/test_probe.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_probe_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_date
tests_unit_worker_http_test_date_SOURCES = tests/unit/worker/http/test_date.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_date_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_head_response
tests_unit_worker_http_test_head_response_SOURCES = tests/unit/worker/http/test_head_response.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_head_response_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_fields
tests_unit_worker_http_test_fields_SOURCES = tests/unit/worker/http/test_fields.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_fields_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_status
tests_unit_worker_http_test_status_SOURCES = tests/unit/worker/http/test_status.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_status_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_url
tests_unit_worker_http_test_url_SOURCES = tests/unit/worker/http/test_url.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_url_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/loop/test_deadline
tests_unit_worker_loop_test_deadline_SOURCES = tests/unit/worker/loop/test_deadline.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_deadline_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/loop/test_loop
tests_unit_worker_loop_test_loop_SOURCES = tests/unit/worker/loop/test_loop.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_loop_LDADD = $(UNIT_WORKER_LIBS)

UNIT_TESTS += tests/unit/worker/loop/test_handle
tests_unit_worker_loop_test_handle_SOURCES = tests/unit/worker/loop/test_handle.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_handle_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/loop/test_file
tests_unit_worker_loop_test_file_SOURCES = tests/unit/worker/loop/test_file.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_file_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/loop/test_threads
tests_unit_worker_loop_test_threads_SOURCES = tests/unit/worker/loop/test_threads.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_threads_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/loop/test_transfer
tests_unit_worker_loop_test_transfer_SOURCES = tests/unit/worker/loop/test_transfer.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_transfer_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/loop/test_entries
tests_unit_worker_loop_test_entries_SOURCES = tests/unit/worker/loop/test_entries.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_entries_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/loop/test_pool
tests_unit_worker_loop_test_pool_SOURCES = tests/unit/worker/loop/test_pool.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_pool_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/test_api
tests_unit_worker_test_api_SOURCES = tests/unit/worker/test_api.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_test_api_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/loop/test_wheel
tests_unit_worker_loop_test_wheel_SOURCES = tests/unit/worker/loop/test_wheel.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_wheel_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/module/test_timer
tests_unit_worker_module_test_timer_SOURCES = tests/unit/worker/module/test_timer.c \
	tests/unit/worker/module/timers.h tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_module_test_timer_LDADD = $(UNIT_WORKER_LIBS)
tests_unit_worker_module_test_timer_LDFLAGS = $(WRAP_CLOCK)
UNIT_TESTS += tests/unit/worker/module/test_immediate
tests_unit_worker_module_test_immediate_SOURCES = tests/unit/worker/module/test_immediate.c \
	tests/unit/worker/module/timers.h tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_module_test_immediate_LDADD = $(UNIT_WORKER_LIBS)
tests_unit_worker_module_test_immediate_LDFLAGS = $(WRAP_CLOCK)
UNIT_TESTS += tests/unit/worker/net/test_addresses
tests_unit_worker_net_test_addresses_SOURCES = tests/unit/worker/net/test_addresses.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_net_test_addresses_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/net/test_names
tests_unit_worker_net_test_names_SOURCES = tests/unit/worker/net/test_names.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_net_test_names_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/net/test_records
tests_unit_worker_net_test_records_SOURCES = tests/unit/worker/net/test_records.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_net_test_records_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/loop/test_exclusive
tests_unit_worker_loop_test_exclusive_SOURCES = tests/unit/worker/loop/test_exclusive.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_loop_test_exclusive_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/net/test_share
tests_unit_worker_net_test_share_SOURCES = tests/unit/worker/net/test_share.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_net_test_share_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/net/test_listener
tests_unit_worker_net_test_listener_SOURCES = tests/unit/worker/net/test_listener.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_net_test_listener_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=accept4 -Wl,--wrap=poll
tests_unit_worker_net_test_listener_LDADD = $(UNIT_WORKER_LIBS)
# These two need no engine.
UNIT_TESTS += tests/unit/worker/modules/test_js_table
tests_unit_worker_modules_test_js_table_SOURCES = tests/unit/worker/modules/test_js_table.c tests/unit/suite.h \
	worker/modules/js/table.c worker/modules/js/table.h
tests_unit_worker_modules_test_js_table_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_worker_modules_test_js_table_LDADD = $(CHECK_LIBS)
UNIT_TESTS += tests/unit/worker/modules/test_js_utf8
tests_unit_worker_modules_test_js_utf8_SOURCES = tests/unit/worker/modules/test_js_utf8.c tests/unit/suite.h \
	worker/modules/js/utf8.c worker/modules/js/utf8.h
tests_unit_worker_modules_test_js_utf8_CPPFLAGS = $(DAEMON_CPPFLAGS)
tests_unit_worker_modules_test_js_utf8_LDADD = $(CHECK_LIBS)
UNIT_TESTS += tests/unit/worker/net/test_queue
tests_unit_worker_net_test_queue_SOURCES = tests/unit/worker/net/test_queue.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_net_test_queue_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=send -Wl,--wrap=sendmsg
tests_unit_worker_net_test_queue_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/net/test_socket
tests_unit_worker_net_test_socket_SOURCES = tests/unit/worker/net/test_socket.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_net_test_socket_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=send
tests_unit_worker_net_test_socket_LDADD = $(UNIT_WORKER_LIBS)
UNIT_TESTS += tests/unit/worker/http/test_agent
tests_unit_worker_http_test_agent_SOURCES = tests/unit/worker/http/test_agent.c tests/unit/worker/suite.h tests/unit/suite.h
tests_unit_worker_http_test_agent_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=client_conn_new -Wl,--wrap=client_conn_begin \
	-Wl,--wrap=client_conn_is_alive -Wl,--wrap=client_conn_close -Wl,--wrap=client_conn_idle_passed \
	-Wl,--wrap=client_over -Wl,--wrap=malloc
tests_unit_worker_http_test_agent_LDADD = $(UNIT_WORKER_LIBS)

FUZZERS =
FUZZ_LINK = $(AM_LDFLAGS) $(EDDY_FUZZER)

FUZZERS += tests/fuzz/fuzz_conf
tests_fuzz_fuzz_conf_SOURCES = tests/fuzz/fuzz_conf.c
tests_fuzz_fuzz_conf_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_conf_LDADD = conf/libconf.a $(CONFUSE_LIBS)

FUZZERS += tests/fuzz/fuzz_head
tests_fuzz_fuzz_head_SOURCES = tests/fuzz/fuzz_head.c
tests_fuzz_fuzz_head_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_head_LDADD = worker/libworker.a $(WORKER_LIBS)

FUZZERS += tests/fuzz/fuzz_body
tests_fuzz_fuzz_body_SOURCES = tests/fuzz/fuzz_body.c
tests_fuzz_fuzz_body_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_body_LDADD = worker/libworker.a $(WORKER_LIBS)

FUZZERS += tests/fuzz/fuzz_conn
tests_fuzz_fuzz_conn_SOURCES = tests/fuzz/fuzz_conn.c
tests_fuzz_fuzz_conn_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_conn_LDADD = worker/libworker.a $(WORKER_LIBS)

FUZZERS += tests/fuzz/fuzz_client
tests_fuzz_fuzz_client_SOURCES = tests/fuzz/fuzz_client.c
tests_fuzz_fuzz_client_LDFLAGS = $(FUZZ_LINK) -Wl,--wrap=eddy_net_connect
tests_fuzz_fuzz_client_LDADD = worker/libworker.a $(WORKER_LIBS)

FUZZERS += tests/fuzz/fuzz_records
tests_fuzz_fuzz_records_SOURCES = tests/fuzz/fuzz_records.c
tests_fuzz_fuzz_records_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_records_LDADD = worker/libworker.a $(WORKER_LIBS)

if HAVE_CHECK
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
else
check-local: check-says-no-units
endif

if ENABLE_FUZZERS
noinst_PROGRAMS += $(FUZZERS)
endif

# The fuzzers, each for FUZZ_SECONDS (60): what tests/run does with a build of its own.
.PHONY: check-fuzz
check-fuzz:
if ENABLE_FUZZERS
	$(MAKE) $(AM_MAKEFLAGS) $(FUZZERS)
	'$(srcdir)/tests/fuzz/check' $(FUZZERS)
else
	@echo 'check-fuzz: configure with CC=clang --enable-fuzzers' >&2; exit 1
endif

# The black-box tests run the programs of this build tree, and build modules of their own against eddy.h.
TESTS += tests/e2e/check
AM_TESTS_ENVIRONMENT = \
	EDDYD='$(abs_top_builddir)/daemon/eddyd'; export EDDYD; \
	EDDYCTL='$(abs_top_builddir)/daemon/eddyctl'; export EDDYCTL; \
	EDDY_WORKER='$(abs_top_builddir)/worker/eddy-worker'; export EDDY_WORKER; \
	EDDY_MODULES='$(abs_top_builddir)/worker/modules'; export EDDY_MODULES; \
	EDDY_H='$(abs_top_srcdir)/worker'; export EDDY_H; \
	EDDY_BUILD='$(abs_top_builddir)'; export EDDY_BUILD; \
	CC='$(CC)'; export CC; \
	PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE; \
	UBSAN_OPTIONS=print_stacktrace=1; export UBSAN_OPTIONS;

# What is written about the module API, against the API.
TESTS += tests/docs/check

# What the bench makes of its figures; measuring is done by hand.
TESTS += tests/bench/check

EXTRA_DIST += tests/abi tests/docs tests/e2e tests/fuzz/check tests/fuzz/corpus tests/js tests/packages tests/run \
	tests/systemd

# A folder in EXTRA_DIST is copied whole, from here and from the build tree: out with what the tests have left in it.
dist-hook:
	find '$(distdir)/tests' -depth \( -name __pycache__ -o -name .pytest_cache -o -name '*.log' -o -name '*.trs' \) \
		-exec rm -rf {} +

.PHONY: check-says-no-units
check-says-no-units:
	@echo 'configure has not found Check (https://libcheck.github.io/check/): the unit tests were left out'

# Which lines the tests run: a report in coverage/ of a build with --enable-coverage.
.PHONY: coverage
coverage:
if ENABLE_COVERAGE
	@test -n '$(GCOVR)' || { \
		echo 'coverage: there was no gcovr when this was configured: install it, and run configure again' >&2; \
		exit 1; \
	}
	find . -name '*.gcda' -exec rm -f {} +
	rm -rf coverage
	$(MKDIR_P) coverage
	$(MAKE) $(AM_MAKEFLAGS) check; rc=$$?; \
	top=$$(cd '$(top_srcdir)' && pwd -P); \
	'$(GCOVR)' --root "$$top" --filter "$$top/(conf|worker|daemon)/" \
		--gcov-executable '$(EDDY_GCOV)' --txt coverage/lines.txt --html-details coverage/index.html . && \
	cat coverage/lines.txt && exit $$rc

clean-local:
	find . \( -name '*.gcda' -o -name '*.gcno' \) -exec rm -f {} +
	rm -rf coverage
else
	@echo 'coverage: configure with --enable-coverage first' >&2; exit 1
endif

# What a person measures with: tests/bench/run does `make bench` and the rest. Figures are for comparing on one machine, in
# one run.
BENCHES = tests/bench/bench.so tests/bench/client tests/bench/connect tests/bench/floor tests/bench/timers
EXTRA_PROGRAMS = $(BENCHES)
CLEANFILES += $(BENCHES)
tests_bench_bench_so_SOURCES = tests/bench/bench.c
tests_bench_bench_so_CPPFLAGS = $(MODULE_COMPILE_CPP)
tests_bench_bench_so_CFLAGS = $(MODULE_COMPILE)
tests_bench_bench_so_LDFLAGS = $(MODULE_LINK)
tests_bench_client_SOURCES = tests/bench/client.c
tests_bench_connect_SOURCES = tests/bench/connect.c
tests_bench_floor_SOURCES = tests/bench/floor.c
tests_bench_timers_SOURCES = tests/bench/timers.c
tests_bench_timers_LDADD = worker/libworker.a $(WORKER_LIBS)

# One by one: the folder has what was built, too.
EXTRA_DIST += \
	tests/bench/accept \
	tests/bench/builds.py \
	tests/bench/callgrind \
	tests/bench/callgrind.json \
	tests/bench/chart.py \
	tests/bench/check \
	tests/bench/counter.c \
	tests/bench/loads.py \
	tests/bench/measure.py \
	tests/bench/packages.py \
	tests/bench/peers \
	tests/bench/report.py \
	tests/bench/run \
	tests/bench/script.js \
	tests/bench/servers.py \
	tests/bench/test_bench.py \
	tests/bench/soak \
	tests/bench/soak.js \
	tests/bench/starts.py \
	tests/bench/timers.py \
	tests/bench/upload \
	tests/bench/wrk.lua

.PHONY: bench
bench: $(BENCHES)
