"""Listeners that modules ask for: one for all workers, bound by the master."""
import os
import signal
import socket
import threading

import pytest

from harness import ports
from harness.client import request
from harness.daemon import listening
from harness.wait import wait_until

ROUTES = {f"/{name}": {"module": "server", "handler": name} for name in ("address", "close")}


@pytest.fixture
def configure(daemon, modules):
    def write(address, **more):
        options = {"path": str(modules / "server.so"), "address": address}
        options |= {key: more.pop(key) for key in ("error",) if key in more}
        daemon.conf(modules={"server": options}, routes=ROUTES, **more)
        return daemon

    return write


@pytest.fixture
def sharing(configure):
    port = ports.free_port()
    daemon = configure(f"127.0.0.1:{port}")
    daemon.shared = ("127.0.0.1", port)
    return daemon.start()


def answer_of(address):
    """The pid of the worker that a connection there has come to."""
    with socket.create_connection(address, timeout=20) as client:
        return int(client.makefile("rb").read())


def test_workers_share_a_port(sharing):
    workers = sharing.wait_serving()
    assert len(workers) == 2
    for pid in workers:
        with sharing.only(pid):
            assert answer_of(sharing.shared) == pid


def test_where_the_conf_listens_nowhere_the_modules_addresses_are_told(configure):
    port = ports.free_port()
    daemon = configure(f"127.0.0.1:{port}", listens={})
    daemon.conf(routes={})
    daemon.start()
    daemon.wait_log(rf"ready: \d+ workers?, generation 1, listening on 127\.0\.0\.1:{port}$")


def test_who_listens_nowhere_says_nothing_of_it(daemon):
    daemon.conf(listens={}, routes={})
    daemon.start()
    daemon.wait_log(r"ready: \d+ workers?, generation 1$")


def test_port_0_is_the_same_for_all_workers_and_after_a_reload(configure):
    daemon = configure("127.0.0.1:0").start()
    told = set()
    for _ in range(2):
        workers = daemon.wait_serving()
        for pid in workers:
            with daemon.only(pid):
                told.add(daemon.get("/address").body.decode())
        daemon.reload()
        daemon.wait_serving(without=workers)
    (address,) = told
    host, _, port = address.rpartition(":")
    assert host == "127.0.0.1" and port != "0"
    assert answer_of((host, int(port))) in daemon.pids()


def test_no_client_is_refused_over_reloads(sharing):
    lost, answered, over = [], [0], threading.Event()

    def ask():
        while not over.is_set():
            try:
                answer_of(sharing.shared)
                answered[0] += 1
            except (OSError, ValueError) as problem:
                lost.append(problem)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    for _ in range(3):
        before = answered[0]
        sharing.reload()
        wait_until(lambda: answered[0] > before + 20, "more answers")
    over.set()
    thread.join(20)
    assert not lost, lost


def test_a_worker_that_is_replaced_shares_again(sharing):
    workers = sharing.wait_serving()
    sharing.expect_log("SIGKILL")
    os.kill(workers[0], 9)
    new = sharing.wait_serving(without=workers[:1])
    for pid in new:
        with sharing.only(pid):
            assert answer_of(sharing.shared) == pid


def test_a_port_that_is_taken_ends_the_start(configure):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        daemon = configure(f"127.0.0.1:{port}")
        daemon.expect_log(f"127.0.0.1:{port}")
        daemon.expected_exit = 78
        daemon.launch()
        assert daemon.wait_exit() == 78
    assert f'cannot listen on "127.0.0.1:{port}" for worker 0' in daemon.log()
    assert f"(pid {os.getpid()}) listens there" in daemon.log()


def test_an_address_of_the_conf_is_in_use(configure, daemon):
    configure(f"127.0.0.1:{daemon.port}", error="tell")
    daemon.expect_log("cannot listen on")
    daemon.start()
    assert daemon.get("/address").body == b"EADDRINUSE"
    assert "a listen of the conf has it" in daemon.log()


def test_what_is_no_address_is_said(configure):
    daemon = configure("nowhere", error="tell")
    daemon.expect_log("cannot listen on")
    daemon.start()
    assert daemon.get("/address").body == b"EINVAL"


def test_what_is_no_address_is_said_of_the_module_too(configure):
    daemon = configure("nowhere")
    daemon.expect_log("cannot listen on")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    assert 'cannot listen on nowhere: an address is written "address:port"' in daemon.log()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run workers as somebody else")
def test_what_the_workers_user_may_not_bind_is_denied(configure):
    daemon = configure("unix:/root/eddy-e2e.sock", error="tell", extra='user = "nobody"')
    daemon.expect_log("cannot listen on")
    daemon.start()
    assert daemon.get("/address").body == b"EACCES"
    assert 'protocol = "tcp"' in daemon.log()


def test_the_listener_goes_with_the_last_worker_that_closes_it(sharing):
    first, second = sharing.wait_serving()
    with sharing.only(first):
        assert sharing.get("/close").status == 200
    sharing.wait_log(r"\(server\): the server is closed")
    assert answer_of(sharing.shared) == second
    with sharing.only(second):
        assert sharing.get("/close").status == 200
    wait_until(lambda: not listening(sharing.shared[1]), "the listener to be closed")
    sharing.wait_log(f"no longer listening on 127.0.0.1:{sharing.shared[1]}")
    assert ports.can_bind(sharing.shared[1])


def test_a_reload_without_it_closes_it(sharing):
    sharing.conf(modules={"hello": {"path": "hello.so"}}, routes={"/hello": "hello"})
    sharing.reload()
    wait_until(lambda: not listening(sharing.shared[1]), "the listener to be closed")


def test_the_port_closes_as_soon_as_no_worker_accepts(sharing, modules):
    settings = sharing.settings
    probe = {"path": str(modules / "probe.so")}
    sharing.conf(
        modules=settings["modules"] | {"probe": probe},
        routes=settings["routes"] | {"/upload": {"module": "probe", "handler": "upload"}},
        drain_timeout="20s",
    )
    sharing.reload()
    running = sharing.connect()
    running.send(request("POST", "/upload", "Content-Length: 6") + b"abc")
    wait_until(lambda: sharing.totals()["requests"] == 1, "the upload to begin")
    sharing.signal(signal.SIGTERM)
    wait_until(lambda: not listening(sharing.shared[1]), "the port to close")
    running.send(b"def")
    assert running.read().body == b"6\n"
    assert sharing.wait_exit() == 0


def test_the_file_of_a_unix_socket_goes_at_the_end(configure, daemon):
    path = os.path.join(daemon.folder, "module.sock")
    configure(f"unix:{path}").start()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        assert int(client.makefile("rb").read()) in daemon.pids()
    assert daemon.ctl("stop").returncode == 0
    assert daemon.wait_exit() == 0
    assert not os.path.exists(path)
