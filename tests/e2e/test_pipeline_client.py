"""
Pipelines from and to the http client: byte for byte, at the pace of the slower side, and every way to
end. The module proxy.c logs each `done`, and the events that stay the request's own.
"""
import os
import re
import socket
import threading

import pytest

from harness.client import Closed, request
from harness.daemon import rss_bytes
from harness.folder import Folder
from harness.wait import wait_until

MEGABYTE = 1 << 20
HUNDRED = os.urandom(MEGABYTE) * 100
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


class Proxy(Folder):
    """A daemon with one worker: /echo and /load of pipes.c are the other server, mostly."""

    def __init__(self, daemon, modules):
        super().__init__(daemon.folder)
        self.daemon = daemon
        program = str(modules / "proxy.so")
        self.url = f"http://127.0.0.1:{daemon.port}"
        daemon.conf(
            workers=1,
            listens={
                f"127.0.0.1:{daemon.port}": {},
                f"unix:{self.file('raw.sock')}": {
                    "protocol": "tcp",
                    "module": "raw",
                    "mode": "0666",
                },
            },
            modules={
                "hello": {"path": "hello.so"},
                "pipes": {"path": str(modules / "pipes.so")},
                "proxy": {"path": program},
                "raw": {"path": program, "target": f"{self.url}/echo"},
            },
            routes={"/hello": "hello"}
            | {
                f"/{name}": {"module": "pipes", "handler": name, "max_body": "0"}
                for name in ("echo", "save", "load")
            }
            | {
                f"/{name}": {"module": "proxy", "handler": name, "max_body": "0"}
                for name in ("forward", "fetch", "early", "download", "send", "bad")
            },
        )
        daemon.start()

    def post(self, path, body):
        client = self.daemon.connect(seconds=30)
        sender = client.send_in_background(
            [request("POST", path, f"Content-Length: {len(body)}"), body]
        )
        answer = client.read()
        sender.finish()
        return answer

    def ends(self, name, *lines):
        """Waits for these lines of that name, in any order; there are no others."""

        def found():
            return sorted(re.findall(rf"\((?:proxy|raw)\): {name} (.*)", self.daemon.log()))

        wait_until(lambda: len(found()) >= len(lines), lambda: f"{lines} in {self.daemon.log()}")
        assert found() == sorted(lines)


@pytest.fixture
def proxy(daemon, modules):
    return Proxy(daemon, modules)


# every pair


@pytest.mark.parametrize("size", [0, 1, 65537, len(HUNDRED)])
def test_a_request_flows_to_a_server_and_its_answer_to_the_response(proxy, size):
    answer = proxy.post(f"/forward?{proxy.url}/echo", HUNDRED[:size])
    assert (answer.status, answer.body) == (200, HUNDRED[:size])
    proxy.ends("forward", "up: OK", "down: OK", "close")


@pytest.mark.parametrize("name", ["fetch", "early"])
@pytest.mark.parametrize("size", [0, 1, 65537, len(HUNDRED)])
def test_an_answer_flows_to_a_response(proxy, name, size):
    path = proxy.make("old", HUNDRED[:size])
    answer = proxy.daemon.connect(seconds=30).get(f"/{name}?{proxy.url}/load?{path}")
    assert (answer.status, answer.body) == (200, HUNDRED[:size])
    proxy.ends(name, "down: OK", "close")


def test_an_answer_that_ends_with_its_connection_flows_to_a_response(proxy, serve):
    def script(peer, _):
        peer.head()
        peer.send(b"HTTP/1.0 200 OK\r\n\r\n" + HUNDRED[: 3 * MEGABYTE])

    answer = proxy.daemon.get(f"/fetch?{serve(script).url}/")
    assert answer.body == HUNDRED[: 3 * MEGABYTE]
    proxy.ends("fetch", "down: OK", "close")


@pytest.mark.parametrize("size", [0, 1, len(HUNDRED)])
def test_an_answer_flows_to_a_file(proxy, size):
    path = proxy.make("old", HUNDRED[:size])
    answer = proxy.daemon.connect(seconds=30).get(
        f"/download?{proxy.url}/load?{path},{proxy.file('new')}"
    )
    assert (answer.status, answer.body) == (200, b"OK")
    assert proxy.bytes("new") == HUNDRED[:size]
    proxy.ends("download", "down: OK", "close")


@pytest.mark.parametrize("size", [0, 1, len(HUNDRED)])
def test_a_file_flows_to_a_server(proxy, serve, size):
    def script(peer, _):
        head = peer.head()
        if b"Content-Length: 0" in head:
            got.append(b"")
        else:
            assert b"\r\nTransfer-Encoding: chunked\r\n" in head + b"\r\n"
            while n := int(peer.line(), 16):
                got.append(peer.exactly(n))
                peer.exactly(2)
        peer.send(HEAD % 0)

    got = []
    server = serve(script)
    path = proxy.make("old", HUNDRED[:size])
    answer = proxy.daemon.connect(seconds=30).get(f"/send?{server.url}/,{path}")
    assert answer.body == b"OK"
    assert b"".join(got) == HUNDRED[:size]
    proxy.ends("send", "up: OK", "close")


def test_a_raw_socket_flows_to_a_server_and_its_answer_to_the_socket(proxy):
    def send():
        peer.sendall(HUNDRED)
        peer.shutdown(socket.SHUT_WR)

    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(30)
        peer.connect(proxy.file("raw.sock"))
        sender = threading.Thread(target=send)
        sender.start()
        pieces = []
        while piece := peer.recv(1 << 18):
            pieces.append(piece)
        sender.join()
    assert b"".join(pieces) == HUNDRED
    proxy.ends("forward", "up: OK", "down: OK", "close")


# the pace


def test_a_client_that_does_not_read_stops_the_other_server(proxy):
    path = proxy.make("old", HUNDRED)
    proxy.daemon.get("/hello")
    before = rss_bytes(proxy.daemon.pids()[0])
    client = proxy.daemon.connect(seconds=30, rcvbuf=65536)
    client.send(request("GET", f"/fetch?{proxy.url}/load?{path}"))
    client.read_once()
    for _ in range(20):
        assert proxy.daemon.get("/hello").status == 200
    if not proxy.daemon.programs.sanitized:
        assert rss_bytes(proxy.daemon.pids()[0]) - before < 8 * MEGABYTE
    assert client.read().body == HUNDRED


def test_a_server_that_does_not_read_stops_the_client(proxy, serve):
    def script(peer, _):
        peer.head()
        go.wait(30)
        while peer.sock.recv(1 << 18):
            pass

    go = threading.Event()
    server = serve(script)
    client = proxy.daemon.connect(seconds=30)
    sender = client.send_in_background(
        [request("POST", f"/forward?{server.url}/", f"Content-Length: {len(HUNDRED)}"), HUNDRED]
    )
    wait_until(lambda: server.connections, "the connection")
    for _ in range(20):
        assert proxy.daemon.get("/hello").status == 200
    assert proxy.daemon.totals()["bytes_in"] < 20 * MEGABYTE
    assert sender.is_alive()
    client.close()
    go.set()
    proxy.ends("forward", "up: EABORTED", "close")


# failures


@pytest.mark.parametrize("size", [1, len(HUNDRED)])
def test_a_server_that_is_not_there_leaves_the_answer_to_the_module(proxy, size):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        client = proxy.daemon.connect()
        client.send(request("POST", f"/forward?{url}", f"Content-Length: {size}"))
        client.send_ignoring_close(HUNDRED[:size])
        answer = client.read()
    assert (answer.status, answer.body) == (502, b"ECONNREFUSED")
    if size > 1:
        proxy.ends("forward", "up: ECONNREFUSED", "close")
    else:  # all of it had been handed over before anybody could know
        proxy.ends("forward", "up: OK", "error: ECONNREFUSED", "close")


def test_an_answer_that_is_cut_off_cuts_the_response(proxy, serve):
    def script(peer, _):
        peer.head()
        peer.send(HEAD % 100 + b"x" * 10)
        read.wait(10)
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    read = threading.Event()
    client = proxy.daemon.connect()
    client.send(request("GET", f"/fetch?{serve(script).url}/"))
    answer = client.read_head()
    assert answer.get("Content-Length") == "100"
    read.set()
    with pytest.raises(Closed, match="reset"):
        client.read_body(answer)
    proxy.ends("fetch", "down: ECONNRESET", "close")


def test_an_answer_that_is_cut_off_leaves_a_file_as_it_is(proxy, serve):
    def script(peer, _):
        peer.head()
        peer.send(HEAD % 100 + b"only this")

    url = f"{serve(script).url}/,{proxy.file('new')}"
    answer = proxy.daemon.get(f"/download?{url}")
    assert (answer.status, answer.body) == (502, b"EABORTED")
    proxy.ends("download", "down: EABORTED", "close")
    wait_until(lambda: proxy.bytes("new") == b"only this", "what was on its way to be written")


def test_a_full_disk_gives_the_answer_up(proxy, serve):
    def script(peer, _):
        peer.head()
        peer.send(HEAD % (1 << 40) + b"x" * 10)
        peer.gone()
        gone.set()

    gone = threading.Event()
    answer = proxy.daemon.get(f"/download?{serve(script).url}/,/dev/full")
    assert (answer.status, answer.body) == (502, b"ENOSPC")
    assert gone.wait(10)
    proxy.ends("download", "down: ENOSPC", "close")


def test_an_answer_before_the_body_has_come_is_an_answer(proxy, serve):
    """The body is then nobody's: the client gets the answer whole, and what sent the body is told."""

    def script(peer, _):
        peer.head()
        peer.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch")
        peer.gone()

    client = proxy.daemon.connect()
    client.send(request("POST", f"/forward?{serve(script).url}/", "Content-Length: 1000") + b"part")
    answer = client.read()
    assert (answer.status, answer.body) == (413, b"much")
    proxy.ends("forward", "up: ECLOSED", "down: OK", "close")


# leaving


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_client_that_leaves_gives_the_answer_up(proxy, serve, how):
    def script(peer, _):
        peer.head()
        peer.send(HEAD % (1 << 40))
        with pytest.raises(ConnectionError):
            while True:
                peer.sock.sendall(b"x" * 1000)
        gone.set()

    gone = threading.Event()
    client = proxy.daemon.connect()
    client.send(request("GET", f"/fetch?{serve(script).url}/"))
    client.read_once()
    getattr(client, how)()
    assert gone.wait(10)
    proxy.ends("fetch", "down: ECLOSED", "close")


def test_a_client_that_leaves_while_it_uploads_gives_the_request_up(proxy, serve):
    def script(peer, _):
        peer.head()
        arrived.set()
        peer.gone()
        gone.set()

    arrived, gone = threading.Event(), threading.Event()
    client = proxy.daemon.connect()
    client.send(request("POST", f"/forward?{serve(script).url}/", "Content-Length: 1000") + b"part")
    assert arrived.wait(10)
    client.close()
    assert gone.wait(10)
    proxy.ends("forward", "up: EABORTED", "close")


def test_a_worker_that_leaves_in_the_middle_ends_them(proxy, serve):
    def script(peer, _):
        peer.head()
        peer.send(HEAD % 1000 + b"x")
        peer.gone()

    proxy.daemon.expect_log("it had not drained within drain_timeout")
    client = proxy.daemon.connect()
    client.send(request("GET", f"/fetch?{serve(script).url}/"))
    client.read_once()
    proxy.daemon.conf(drain_timeout="100ms")
    proxy.daemon.reload()
    proxy.daemon.wait_log("fetch close")
    assert len(re.findall(r"fetch down: ", proxy.daemon.log())) == 1


# arguments


def test_what_cannot_flow_is_refused(proxy):
    proxy.daemon.expect_log("eddy_pipeline_streams: another pipeline has the client's response")
    client = proxy.daemon.connect()
    client.send(request("GET", f"/bad?{proxy.url}/hello"))
    proxy.daemon.wait_log("bad: ECLOSED EINVAL ECLOSED ECLOSED")
    assert client.read().status == 502
    proxy.daemon.wait_log("bad down: EABORTED")
