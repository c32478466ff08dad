"""Servers and sockets at their end: closed from their own events, by a request, and with the worker."""
import socket

import pytest



@pytest.fixture
def once(daemon, modules, tmp_path):
    """A daemon whose module listens at `at`."""
    path = str(modules / "once.so")
    at = f"{tmp_path}/once"

    def start(**options):
        daemon.conf(
            workers=1,
            drain_timeout="100ms",
            modules={"once": {"path": path, "at": f"unix:{at}", **options}},
            routes={"/close": "once"},
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
