"""Where eddyd listens: IPv4, IPv6, both in one, unix sockets."""
import json
import os
import socket
import stat

import pytest

from harness import ports
from harness.client import Client
from harness.daemon import listening

needs_ipv6 = pytest.mark.skipif(not ports.has_ipv6(), reason="no IPv6 on this machine")


def probe(daemon, modules, listens):
    daemon.conf(
        listens=listens,
        modules={"hello": {"path": "hello.so"}, "probe": {"path": str(modules / "probe.so")}},
        routes={"/hello": "hello", "/json": "probe"},
    )
    return daemon.start()


def remote(daemon, address):
    return json.loads(daemon.get("/json", address=address).body)["remote"]


def test_any_address_of_ipv4(daemon, modules):
    probe(daemon, modules, {f"0.0.0.0:{daemon.port}": {}})
    assert remote(daemon, ("127.0.0.1", daemon.port)) == "127.0.0.1"
    assert remote(daemon, ("127.1.2.3", daemon.port)) == "127.0.0.1"


@pytest.mark.parametrize("form", ["*:{}", ":{}"])
def test_short_forms_of_any_address(daemon, modules, form):
    probe(daemon, modules, {form.format(daemon.port): {}})
    assert daemon.get("/hello").status == 200


def test_one_address_does_not_serve_another(daemon, modules):
    probe(daemon, modules, {f"127.0.0.2:{daemon.port}": {}})
    assert daemon.get("/hello", address=("127.0.0.2", daemon.port)).status == 200
    with pytest.raises(OSError):
        Client(("127.0.0.1", daemon.port))


@needs_ipv6
def test_ipv6(daemon, modules):
    probe(daemon, modules, {f"[::1]:{daemon.port}": {}})
    assert remote(daemon, ("::1", daemon.port)) == "::1"
    with pytest.raises(OSError):
        Client(("127.0.0.1", daemon.port))


@needs_ipv6
def test_ipv6_alone_and_ipv4_alone_share_a_port(daemon, modules):
    probe(daemon, modules, {f"[::]:{daemon.port}": {}, f"0.0.0.0:{daemon.port}": {}})
    assert remote(daemon, ("::1", daemon.port)) == "::1"
    assert remote(daemon, ("127.0.0.1", daemon.port)) == "127.0.0.1"


@needs_ipv6
def test_dual_stack_when_asked(daemon, modules):
    probe(daemon, modules, {f"[::]:{daemon.port}": {"ipv6only": False}})
    assert remote(daemon, ("::1", daemon.port)) == "::1"
    assert remote(daemon, ("127.0.0.1", daemon.port)) in ("127.0.0.1", "::ffff:127.0.0.1")


@needs_ipv6
def test_not_dual_stack_when_not_asked(daemon, modules):
    probe(daemon, modules, {f"[::]:{daemon.port}": {}})
    with pytest.raises(OSError):
        Client(("127.0.0.1", daemon.port))


@pytest.mark.parametrize("mode", ["0600", "0660", "0666"])
def test_a_unix_socket_has_the_mode_of_the_conf(daemon, modules, mode):
    path = os.path.join(daemon.folder, "web.sock")
    probe(daemon, modules, {f"127.0.0.1:{daemon.port}": {}, f"unix:{path}": {"mode": mode}})
    assert stat.S_IMODE(os.stat(path).st_mode) == int(mode, 8)
    assert daemon.get("/hello", address=path).body == b"Hello World\n"
    assert remote(daemon, path).startswith("unix:")


def test_the_file_of_a_unix_socket_goes_when_the_daemon_stops(daemon, modules):
    path = os.path.join(daemon.folder, "web.sock")
    probe(daemon, modules, {f"unix:{path}": {}})
    assert daemon.get("/hello", address=path).status == 200
    assert daemon.ctl("stop").returncode == 0
    assert daemon.wait_exit() == 0
    assert not os.path.exists(path)


def test_a_stale_unix_socket_is_replaced(daemon, modules):
    path = os.path.join(daemon.folder, "web.sock")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(path)
        stale.listen(1)
    probe(daemon, modules, {f"unix:{path}": {}})
    assert daemon.get("/hello", address=path).status == 200


def test_a_unix_socket_that_is_in_use_is_not_replaced(daemon):
    path = os.path.join(daemon.folder, "web.sock")
    with socket.socket(socket.AF_UNIX) as used:
        used.bind(path)
        used.listen(1)
        daemon.conf(listens={f"unix:{path}": {}})
        daemon.expect_log("web.sock")
        daemon.expected_exit = 69
        daemon.launch()
        assert daemon.wait_exit() == 69
        assert path in daemon.log()
        assert "in use" in daemon.log()
        assert os.path.exists(path)


def test_a_file_that_is_no_socket_is_not_replaced(daemon):
    path = os.path.join(daemon.folder, "web.sock")
    with open(path, "w", encoding="ascii") as file:
        file.write("precious")
    daemon.conf(listens={f"unix:{path}": {}})
    daemon.expect_log("web.sock")
    daemon.expected_exit = 69
    daemon.launch()
    assert daemon.wait_exit() == 69
    assert path in daemon.log()
    with open(path, encoding="ascii") as file:
        assert file.read() == "precious"


def test_a_unix_socket_in_a_folder_that_is_not_there_exits_69(daemon):
    path = os.path.join(daemon.folder, "none", "web.sock")
    daemon.conf(listens={f"unix:{path}": {}})
    daemon.expect_log("web.sock")
    daemon.expected_exit = 69
    daemon.launch()
    assert daemon.wait_exit() == 69
    assert path in daemon.log()


def test_an_abstract_unix_socket(daemon, modules):
    name = f"eddy-e2e-{os.path.basename(daemon.folder)}"
    probe(daemon, modules, {f"127.0.0.1:{daemon.port}": {}, f"unix:@{name}": {}})
    assert daemon.get("/hello", address=f"\0{name}").status == 200


def test_twenty_listeners_at_once(daemon, modules):
    listens = {f"127.0.0.{i}:{daemon.port}": {} for i in range(1, 21)}
    probe(daemon, modules, listens)
    for i in range(1, 21):
        assert daemon.get("/hello", address=(f"127.0.0.{i}", daemon.port)).status == 200


def test_all_listeners_are_closed_after_the_stop(daemon, modules):
    probe(daemon, modules, {f"127.0.0.1:{daemon.port}": {}, f"127.0.0.2:{daemon.port}": {}})
    daemon.ctl("stop")
    daemon.wait_exit()
    assert not listening(daemon.port)
