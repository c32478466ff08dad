"""Servers and sockets at their end: closed from their own events, by a request, and with the worker."""
import os
import signal
import socket

import pytest

from harness.daemon import state
from harness.wait import wait_until

@pytest.fixture
def once(daemon, modules, tmp_path):
    """A daemon whose module listens at `at`."""
    path = str(modules / "once.so")
    at = f"{tmp_path}/once"

    def start(drain_timeout="100ms", **options):
        daemon.conf(
            workers=1,
            drain_timeout=drain_timeout,
            modules={"once": {"path": path, "at": f"unix:{at}", **options}},
            routes={"/close": "once", "/ask": {"module": "once", "handler": "ask"}},
        )
        daemon.start()
        daemon.wait_log(f"listening at unix:{at}")
        return at

    return start


def connected(at):
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(10)
    peer.connect(at)
    return peer


def gone(peer):
    try:
        return peer.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_server_that_its_first_client_closes(once, daemon):
    at = once()
    with daemon.stopped(daemon.workers()[0]["pid"]):
        peers = [connected(at) for _ in range(5)]
    daemon.wait_log("server closed, 0 left of 1")
    assert all(gone(peer) for peer in peers)
    assert daemon.workers()[0]["connections"] == 0


def test_nobody_is_accepted_inside_the_call_that_closes(once, daemon):
    once()
    assert daemon.get("/close").body == b"0"
    daemon.wait_log("server closed, 0 left of 0")


def test_a_server_has_closed_when_the_master_has_let_go_of_its_address(once, daemon):
    once()
    with daemon.stopped(daemon.pid):
        assert daemon.get("/close").body == b"0"
        assert daemon.get("/nowhere").status == 404  # the turn that has closed it is over
    daemon.wait_log("server closed, 0 left of 0, its file is gone")


def test_a_server_that_is_closed_when_the_worker_leaves_waits_for_no_master(once, daemon):
    once()
    worker = daemon.workers()[0]["pid"]
    with daemon.stopped(daemon.pid):
        assert daemon.get("/close").body == b"0"
        os.kill(worker, signal.SIGTERM)
        wait_until(lambda: state(worker) in ("Z", None), "the worker to leave")
    daemon.wait_log("server closed, 0 left of 0, its file is there")


def test_a_socket_that_is_opened_anew_ends_with_the_worker(once, daemon, tmp_path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{tmp_path}/far")
        listener.listen()
        once(keep=f"unix:{tmp_path}/far")
        daemon.reload()
        daemon.wait_log("no socket any more")


def test_a_module_that_connects_in_vain_does_not_stop_the_loop(once, daemon, tmp_path):
    once(keep=f"unix:{tmp_path}/nothing")
    assert daemon.get("/close").body == b"0"


def test_an_address_that_is_none_is_told_in_a_turn_of_its_own(once, daemon):
    once(keep="nonsense")
    assert daemon.get("/close").body == b"0"


def test_a_server_that_asks_when_the_worker_leaves_hears_that_it_cannot_listen(once, daemon, tmp_path):
    once(late=f"unix:{tmp_path}/late")
    worker = daemon.workers()[0]["pid"]
    with daemon.stopped(daemon.pid):  # nothing that is asked now is answered before the worker drains
        assert daemon.get("/ask").status == 204
        os.kill(worker, signal.SIGTERM)
        wait_until(lambda: state(worker) in ("Z", None), "the worker to leave")
    for who in ("before", "during"):
        daemon.wait_log(f"asked {who}: ECANCELED")
        daemon.wait_log(f"asked {who}: closed")
    assert not os.path.exists(tmp_path / "late")


def test_a_server_closes_when_its_worker_leaves(once, daemon):
    once()
    daemon.reload()
    daemon.wait_log("server closed, 0 left of 0")


def test_a_server_whose_worker_leaves_closes_behind_its_last_socket(once, daemon):
    at = once(hold="yes", drain_timeout="20s")
    with connected(at) as peer:
        wait_until(lambda: daemon.workers()[0]["connections"] == 1, "the connection to be counted")
        daemon.reload()
        assert "server closed" not in daemon.log()
        peer.sendall(b"bye")
        assert peer.recv(3) == b"bye"
    daemon.wait_log("server closed, 0 left of 1")
