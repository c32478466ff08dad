"""
Misuse of eddy.h: an error by its name, one line in the log with the module's and the function's name,
and nothing else happens.
"""
import re
import shutil

import pytest

from harness.daemon import Daemon, run
from harness.wait import wait_until

EINVAL, EHEADERS_SENT, ETHREAD = -1, -5, -13
HANDLERS = ("no_handles", "no_net_handles", "no_arguments", "no_net_arguments", "kinds", "borrow")

# Functions that touch nothing of the worker's: they may be called anywhere.
ANYWHERE = {"eddy_strerror", "eddy_error_name", "eddy_process_pid", "eddy_process_hrtime"}
# The one that a module's thread may call, and that ends the worker: test_exit.py has it.
ENDS = {"eddy_process_fatal"}


@pytest.fixture(scope="module")
def misusing(programs, modules):
    one = Daemon(programs)
    try:
        one.expect_log(r"\(misuse\): eddy_")
        one.conf(
            workers=1,
            modules={"misuse": {"path": str(modules / "misuse.so")}},
            routes={f"/{name}": {"module": "misuse", "handler": name} for name in HANDLERS}
            | {"/thread/:function": {"module": "misuse", "handler": "thread"}},
        )
        one.start()
    except BaseException:
        one.kill()
        raise
    yield one
    one.finish()


def log_of(daemon, before):
    """The log's lines about misuse, as (function, text)."""
    return re.findall(r"\(misuse\): (eddy_\w+): (.*)", daemon.log()[before:])


def function(call):
    return call.partition("(")[0]


def results_of(daemon, path):
    """What each call returned; each has left one line in the log, and none has left more."""
    before = len(daemon.log())
    answer = daemon.get(path)
    assert answer.status == 200
    lines = [line.partition(" ") for line in answer.body.decode().splitlines()]
    calls = [call for _, _, call in lines]
    wait_until(lambda: len(log_of(daemon, before)) >= len(calls), "a line in the log for each call")
    log = log_of(daemon, before)
    assert [name for name, _ in log] == [function(call) for call in calls]
    return {call: int(result) for result, _, call in lines}, log


def test_null_for_a_handle_is_an_error_and_a_line_each(misusing):
    results, log = results_of(misusing, "/no_handles")
    for call, result in results.items():
        assert result in (0, EINVAL), call
    for call in ("eddy_response_set_header", "eddy_request_on", "eddy_response_flush_headers"):
        assert [result for key, result in results.items() if function(key) == call] == [EINVAL]
    assert ("eddy_response_end", "NULL where a request or response is due") in log
    assert ("eddy_timer_refresh", "NULL where a timer is due") in log


def test_null_for_a_socket_a_query_or_a_request_is_an_error_and_a_line_each(misusing):
    results, log = results_of(misusing, "/no_net_handles")
    for call, result in results.items():
        assert result in (0, EINVAL), call
    for call in ("eddy_socket_on", "eddy_server_listen", "eddy_client_request_flush_headers", "eddy_client_request_on"):
        assert [result for key, result in results.items() if function(key) == call] == [EINVAL]
    for call, kind in (
        ("eddy_socket_end", "a socket"),
        ("eddy_server_close", "a server"),
        ("eddy_dns_cancel", "a DNS query"),
        ("eddy_client_response_status", "a client's request or response"),
        ("eddy_agent_destroy", "an agent"),
    ):
        assert (call, f"NULL where {kind} is due") in log


def test_null_for_what_goes_out_is_an_error_and_a_line_each(misusing):
    results, log = results_of(misusing, "/no_net_arguments")
    for call, result in results.items():
        assert result in (0, EINVAL), call
    assert results["eddy_server_listen(server, NULL)"] == EINVAL
    assert results["eddy_dns_set_servers(NULL)"] == EINVAL
    assert results["eddy_client_request_on(ask, NULL, NULL)"] == EINVAL
    no_size = "there is no eddy_agent_options, or it has no size: .size = sizeof(eddy_agent_options)"
    assert ("eddy_http_create_agent", no_size) in log
    assert {text for _, text in log} == {"an argument is not what the function takes", no_size}


def test_null_for_an_argument_is_an_error_and_a_line_each(misusing):
    results, log = results_of(misusing, "/no_arguments")
    for call, result in results.items():
        assert result in (0, EINVAL), call
    assert results['eddy_response_set_header(res, "a", NULL)'] == EINVAL
    assert results["eddy_next_tick(NULL, NULL)"] == EINVAL
    assert results['eddy_cluster_send("topic", NULL, 1)'] == EINVAL
    assert ("eddy_fs_open", "an argument is not what the function takes") in log


def test_a_handle_of_another_kind_is_an_error_that_says_so(misusing):
    results, log = results_of(misusing, "/kinds")
    assert results['eddy_response_set_header(any_timer, "a", "b")'] == EINVAL
    assert results["eddy_request_on(no_handle, NULL, NULL)"] == EINVAL
    assert results["eddy_fs_close(any_response, NULL, NULL)"] == EINVAL
    assert results["eddy_server_close(any_timer)"] == EINVAL
    assert ("eddy_socket_write", "a request or response where a socket is due") in log
    assert ("eddy_response_end", "a timer where a request or response is due") in log
    assert ("eddy_clear_timeout", "a request or response where a timer is due") in log
    assert ("eddy_timer_refresh", "what is no handle of eddy's where a timer is due") in log


# other threads


def needs_debug(programs):
    if not programs.debug:
        pytest.skip("only a build with --enable-debug looks at threads")


def test_a_call_from_another_thread_is_an_error_and_touches_nothing(misusing, programs):
    needs_debug(programs)
    results, log = results_of(misusing, "/borrow")
    for call, result in results.items():
        assert result in (0, ETHREAD), call
    assert results['eddy_response_set_header(res, "a", "b")'] == ETHREAD
    assert results["eddy_request_body(req, 0, body, NULL)"] == ETHREAD
    assert results['eddy_fs_unlink("/nowhere", NULL, NULL)'] == ETHREAD
    for _, text in log:
        assert re.match(r"called on thread \d+: ", text)


def test_every_function_finds_a_call_from_another_thread(misusing, programs):
    needs_debug(programs)
    if not shutil.which("nm"):
        pytest.skip("no nm on this machine to list the functions with")
    listed = run("nm", "-D", "--defined-only", programs.worker).stdout
    names = set(re.findall(r" T (eddy_\w+)", listed))
    assert len(names) > 50
    for name in sorted(names - ANYWHERE - ENDS):
        before = len(misusing.log())
        misusing.get(f"/thread/{name}")
        misusing.wait_log(rf"\(misuse\): {name}: called on thread \d+", after=before)
    assert len(misusing.pids()) == 1
    for name in ANYWHERE:
        before = len(misusing.log())
        assert misusing.get(f"/thread/{name}").status == 200
