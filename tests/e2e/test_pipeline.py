"""
Pipelines: every pair of streams byte for byte, the pace of the slower side, and every way to end.

The module pipes.c logs each `done`. Raw sockets are unix sockets, one for each mode.
"""
import os
import re
import socket
import threading

import pytest

from harness.client import chunked, request
from harness.daemon import rss_bytes
from harness.folder import Folder
from harness.wait import wait_until

MEGABYTE = 1 << 20
HUNDRED = os.urandom(MEGABYTE) * 100
HANDLERS = ["echo", "promise", "save", "load", "copy", "relay", "bad", "twice", "answer", "own"]


class Pipes(Folder):
    def __init__(self, daemon, modules):
        super().__init__(daemon.folder)
        self.daemon = daemon
        self.program = str(modules / "pipes.so")
        targets = {
            "echo": "",
            "patient": "50",
            "proxy": f"unix:{self.file('echo.sock')}",
            "save": self.file("saved"),
            "load": self.file("source"),
            "full": "/dev/full",
            "nobody": f"unix:{self.file('nobody.sock')}",
        }
        modes = {"full": "save", "nobody": "proxy", "patient": "echo"}
        listens = {f"127.0.0.1:{daemon.port}": {}}
        loaded = {"hello": {"path": "hello.so"}, "pipes": {"path": self.program}}
        for name, target in targets.items():
            listens[f"unix:{self.file(name)}.sock"] = {
                "protocol": "tcp",
                "module": name,
                "mode": "0666",
            }
            mode = modes.get(name, name)
            loaded[name] = {"path": self.program, "mode": mode, "target": target}
        listens[f"unix:{self.file('nobody')}.in"] = listens.pop(f"unix:{self.file('nobody')}.sock")
        routes = {"/hello": "hello"}
        for handler in HANDLERS:
            routes[f"/{handler}"] = {"module": "pipes", "handler": handler, "max_body": "0"}
        routes["/small"] = {"module": "pipes", "handler": "save", "max_body": "1k"}
        daemon.conf(
            workers=1, listens=listens, modules=loaded, routes=routes, extra="fs_threads = 1"
        )
        daemon.start()

    def connect(self, name):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(30)
        peer.connect(self.file(name))
        return peer

    def post(self, path, body):
        client = self.daemon.connect(seconds=30)
        sender = client.send_in_background(
            [request("POST", path, f"Content-Length: {len(body)}"), body]
        )
        answer = client.read()
        sender.finish()
        return answer

    def done(self, name, error="OK", count=1):
        """Waits for so many ends of that name and error; there are no others of the name."""
        self.daemon.wait_log(rf"(?s)(\): {name}: {error}\b.*){{{count}}}")
        ends = re.findall(rf"\): {name}: (\w+)", self.daemon.log())
        assert ends == [error] * count

    def rss(self):
        return rss_bytes(self.daemon.pids()[0])


@pytest.fixture
def pipes(daemon, modules):
    return Pipes(daemon, modules)


def exchanged(peer, data):
    """Sends all and the FIN while the answer is read to its end."""

    def send():
        try:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    sender = threading.Thread(target=send)
    sender.start()
    answer = drained(peer)
    sender.join()
    return answer


def drained(peer):
    pieces = []
    while piece := peer.recv(1 << 18):
        pieces.append(piece)
    return b"".join(pieces)


# every pair


@pytest.mark.parametrize("size", [0, 1, 65536, 65537, len(HUNDRED)])
def test_a_request_flows_to_its_response(pipes, size):
    assert pipes.post("/echo", HUNDRED[:size]).body == HUNDRED[:size]
    pipes.done("echo")


def test_a_chunked_request_flows_to_its_response(pipes):
    body = chunked(b"one", b"two", b"three")
    answer = pipes.daemon.connect().ask(
        request("POST", "/echo", "Transfer-Encoding: chunked") + body
    )
    assert answer.body == b"onetwothree"


@pytest.mark.parametrize("size", [0, 1, 524288, 524289, len(HUNDRED)])
def test_a_request_flows_to_a_file(pipes, size):
    answer = pipes.post(f"/save?{pipes.file('new')}", HUNDRED[:size])
    assert (answer.status, answer.body) == (201, b"OK")
    assert pipes.bytes("new") == HUNDRED[:size]
    pipes.done("save")


@pytest.mark.parametrize("size", [0, 1, 65536, 65537, len(HUNDRED)])
def test_a_file_flows_to_a_response(pipes, size):
    path = pipes.make("old", HUNDRED[:size])
    answer = pipes.daemon.connect(seconds=30).get(f"/load?{path}")
    assert (answer.status, answer.body) == (200, HUNDRED[:size])
    pipes.done("load")


def test_a_file_flows_to_a_file(pipes):
    path = pipes.make("old", HUNDRED)
    assert pipes.daemon.get(f"/copy?{path},{pipes.file('new')}").body == b"OK"
    assert pipes.bytes("new") == HUNDRED
    pipes.done("copy")


def test_a_request_flows_to_a_socket_and_the_socket_to_the_response(pipes):
    answer = pipes.post(f"/relay?unix:{pipes.file('echo.sock')}", HUNDRED)
    assert answer.body == HUNDRED
    pipes.done("relay", count=2)
    pipes.done("echo")


def test_a_socket_flows_to_itself(pipes):
    with pipes.connect("echo.sock") as peer:
        assert exchanged(peer, HUNDRED) == HUNDRED
    pipes.done("echo")


def test_two_sockets_flow_to_each_other(pipes):
    with pipes.connect("proxy.sock") as peer:
        peer.sendall(b"first")
        assert peer.recv(5) == b"first"
        assert exchanged(peer, HUNDRED) == HUNDRED
    pipes.done("proxy", count=2)
    pipes.done("echo")


def test_a_socket_flows_to_a_file(pipes):
    with pipes.connect("save.sock") as peer:
        assert exchanged(peer, HUNDRED) == b""
    pipes.done("save")
    assert pipes.bytes("saved") == HUNDRED


def test_a_file_flows_to_a_socket(pipes):
    pipes.make("source", HUNDRED)
    with pipes.connect("load.sock") as peer:
        assert drained(peer) == HUNDRED
    pipes.done("load")


# the pace


@pytest.mark.parametrize("path", ["echo", "load"])
def test_a_client_that_does_not_read_costs_a_bounded_amount(pipes, path):
    """100 MB wait for it; it is read in the end, and gets all of them."""
    pipes.daemon.get("/hello")
    before = pipes.rss()
    client = pipes.daemon.connect(seconds=30, rcvbuf=65536)
    head = request("POST", "/echo", f"Content-Length: {len(HUNDRED)}")
    if path == "load":
        head = request("GET", f"/load?{pipes.make('old', HUNDRED)}")
    sender = client.send_in_background([head, HUNDRED] if path == "echo" else [head])
    client.read_once()
    for _ in range(20):
        assert pipes.daemon.get("/hello").status == 200
    assert pipes.rss() - before < 8 * MEGABYTE
    assert client.read().body == HUNDRED
    sender.finish()


def test_a_socket_that_does_not_read_costs_a_bounded_amount(pipes):
    pipes.make("source", HUNDRED)
    pipes.daemon.get("/hello")
    before = pipes.rss()
    with pipes.connect("load.sock") as peer:
        assert peer.recv(1) == HUNDRED[:1]
        for _ in range(20):
            assert pipes.daemon.get("/hello").status == 200
        assert pipes.rss() - before < 8 * MEGABYTE
        assert drained(peer) == HUNDRED[1:]


def test_a_disk_that_does_not_take_stops_the_client(pipes):
    """A FIFO that nobody reads stands in for it: the client's bytes wait in the kernel."""
    os.mkfifo(pipes.file("fifo"))
    client = pipes.daemon.connect(seconds=30)
    sender = client.send_in_background(
        [request("POST", f"/save?{pipes.file('fifo')}", f"Content-Length: {len(HUNDRED)}"), HUNDRED]
    )
    with open(pipes.file("fifo"), "rb") as fifo:
        first = fifo.read(1)
        for _ in range(20):
            assert pipes.daemon.get("/hello").status == 200
        assert pipes.daemon.totals()["bytes_in"] < 20 * MEGABYTE
        assert first + fifo.read(len(HUNDRED) - 1) == HUNDRED
    assert client.read().status == 201
    sender.finish()


# failures


@pytest.mark.parametrize("size", [1, len(HUNDRED)])
def test_a_full_disk_can_still_be_answered(pipes, size):
    client = pipes.daemon.connect()
    client.send(request("POST", "/save?/dev/full", f"Content-Length: {size}"))
    client.send_ignoring_close(HUNDRED[:size])
    answer = client.read()
    assert (answer.status, answer.body) == (500, b"ENOSPC")
    pipes.done("save", "ENOSPC")


def test_a_full_disk_ends_a_socket(pipes):
    with pipes.connect("full.sock") as peer:
        peer.sendall(b"x")
        assert peer.recv(1) == b""
    pipes.done("save", "ENOSPC")


def test_a_file_that_cannot_be_read_leaves_the_answer_to_the_module(pipes):
    answer = pipes.daemon.get(f"/load?{pipes.path}")
    assert (answer.status, answer.body) == (500, b"EISDIR")
    pipes.done("load", "EISDIR")


def test_a_server_that_is_not_there_leaves_the_answer_to_the_module(pipes):
    answer = pipes.post(f"/relay?unix:{pipes.file('nobody.sock')}", b"x")
    assert answer.status == 500
    wait_until(
        lambda: len(re.findall(r"\): relay: \w+", pipes.daemon.log())) == 2, "both ends", seconds=10
    )


def test_a_server_that_is_not_there_ends_a_socket(pipes):
    with pipes.connect("nobody.in") as peer:
        assert peer.recv(1) == b""
    wait_until(lambda: len(re.findall(r"\): proxy: \w+", pipes.daemon.log())) == 2, "both ends")


def test_a_body_that_is_too_large_can_be_answered(pipes):
    client = pipes.daemon.connect()
    client.send(
        request("POST", f"/small?{pipes.file('new')}", "Transfer-Encoding: chunked")
        + chunked(b"x" * 5000)
    )
    answer = client.read()
    assert (answer.status, answer.body) == (500, b"ETOOBIG")
    pipes.done("save", "ETOOBIG")


def test_more_than_was_promised_is_an_error_that_can_be_answered(pipes):
    pipes.daemon.expect_log("eddy_response_write")
    client = pipes.daemon.connect()
    client.send(request("POST", "/promise?3", "Content-Length: 5") + b"12345")
    wait_until(lambda: "): echo: ECONTENT_LENGTH" in pipes.daemon.log(), "the end")


# clients that leave


def test_a_client_that_leaves_while_it_uploads(pipes):
    client = pipes.daemon.connect()
    client.send(request("POST", f"/save?{pipes.file('new')}", "Content-Length: 1000") + b"part")
    wait_until(lambda: os.path.exists(pipes.file("new")) and pipes.bytes("new"), "the first bytes")
    client.close()
    pipes.done("save", "EABORTED")
    assert pipes.bytes("new") == b"part"


def test_a_client_that_leaves_while_the_disk_hangs(pipes):
    os.mkfifo(pipes.file("fifo"))
    client = pipes.daemon.connect()
    client.send(request("POST", f"/save?{pipes.file('fifo')}", f"Content-Length: {len(HUNDRED)}"))
    with open(pipes.file("fifo"), "rb") as fifo:
        client.send(HUNDRED[: 4 * MEGABYTE // 8])
        fifo.read(1)
        client.reset()
        pipes.done("save", "EABORTED")
        fifo.read()
    assert pipes.daemon.get().status == 200


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("path", ["echo", "load"])
def test_a_client_that_leaves_while_it_is_answered(pipes, path, how):
    client = pipes.daemon.connect(rcvbuf=65536)
    if path == "load":
        client.send(request("GET", f"/load?{pipes.make('old', HUNDRED)}"))
    else:
        client.send(request("POST", "/echo", "Content-Length: 1000000000") + b"x" * 100000)
    client.read_once()
    getattr(client, how)()
    wait_until(lambda: re.search(rf"\): {path}: (ECLOSED|EABORTED)", pipes.daemon.log()), "the end")
    assert len(re.findall(rf"\): {path}: ", pipes.daemon.log())) == 1
    assert pipes.daemon.get().status == 200


@pytest.mark.parametrize("name, ends", [("echo", 1), ("proxy", 2), ("load", 1)])
def test_a_peer_that_vanishes_from_a_raw_socket(pipes, name, ends):
    pipes.make("source", HUNDRED)
    peer = pipes.connect(f"{name}.sock")
    if name != "load":
        peer.sendall(b"x")
    peer.recv(1)
    peer.close()
    wait_until(lambda: len(re.findall(rf"\): {name}: \w+", pipes.daemon.log())) == ends, "all ends")
    wait_until(lambda: pipes.daemon.workers()[0]["connections"] == 0, "the sockets to close")


def test_a_worker_that_leaves_in_the_middle_ends_its_pipelines(pipes):
    pipes.daemon.expect_log("it had not drained within drain_timeout")
    peers = [pipes.connect("proxy.sock"), pipes.connect("echo.sock"), pipes.connect("save.sock")]
    client = pipes.daemon.connect()
    client.send(request("POST", f"/save?{pipes.file('new')}", "Content-Length: 1000") + b"part")
    for peer in peers[:2]:
        peer.sendall(b"x")
        assert peer.recv(1) == b"x"
    wait_until(lambda: os.path.exists(pipes.file("new")) and pipes.bytes("new"), "the upload")
    wait_until(lambda: os.path.exists(pipes.file("saved")), "the raw upload")
    pipes.daemon.conf(drain_timeout="100ms")
    pipes.daemon.reload()
    wait_until(
        lambda: len(re.findall(r"\): (proxy|echo|save): \w+", pipes.daemon.log())) == 6,
        lambda: f"all ends: {pipes.daemon.log()}",
    )
    for peer in peers:
        peer.close()


# what stays the module's


def test_the_events_of_a_response_that_a_pipeline_is_not_about_stay_the_modules(pipes):
    assert pipes.post("/own", HUNDRED).body == HUNDRED
    pipes.done("echo")
    pipes.daemon.wait_log("own close")
    assert re.findall(r"own (\w+)", pipes.daemon.log()) == ["close"]


def test_a_client_that_leaves_ends_the_pipeline_and_then_the_response(pipes):
    client = pipes.daemon.connect()
    client.send(request("POST", "/own", "Content-Length: 100") + b"part")
    client.read_once()
    client.close()
    pipes.daemon.wait_log("(?s)echo: EABORTED.*own close")


def test_a_socket_in_a_pipeline_times_out_as_any(pipes):
    with pipes.connect("patient.sock") as peer:
        peer.sendall(b"x")
        assert peer.recv(1) == b"x"
        assert peer.recv(1) == b""
    pipes.daemon.wait_log("(?s)own timeout.*echo: EABORTED.*own close")


def test_a_request_that_is_answered_before_its_body_ends_its_pipeline(pipes):
    client = pipes.daemon.connect()
    answer = client.ask(request("POST", "/answer", "Content-Length: 100") + b"part")
    assert answer.body == b"first"
    pipes.done("answer", "ECLOSED")
    pipes.daemon.wait_log("answered closed")


def test_less_than_was_promised_is_an_error_by_its_name(pipes):
    pipes.daemon.expect_log("eddy_response_end")
    answer = pipes.daemon.connect().ask(request("POST", "/promise?7", "Content-Length: 0"))
    assert answer.status == 500
    pipes.done("echo", "ECONTENT_LENGTH")


def test_a_peer_that_has_said_all_still_gets_all(pipes):
    """A FIN from the side that a file flows to is no reason to end early."""
    pipes.make("source", HUNDRED)
    with pipes.connect("load.sock") as peer:
        peer.shutdown(socket.SHUT_WR)
        assert drained(peer) == HUNDRED
    pipes.done("load")


# arguments


def test_what_cannot_flow_is_refused(pipes):
    pipes.daemon.expect_log("eddy_pipeline_streams")
    assert pipes.daemon.get("/bad").body.decode().split() == [
        "EINVAL",
        "EINVAL",
        "ECLOSED",
        "ECLOSED",
        "EINVAL",
        "EINVAL",
        "EINVAL",
    ]
    pipes.daemon.wait_log("eddy_pipeline_streams: bytes cannot flow from such a stream")
    pipes.daemon.wait_log("eddy_pipeline_streams: bytes cannot flow to such a stream")


def test_a_stream_has_one_pipeline_in_each_direction(pipes):
    pipes.daemon.expect_log("eddy_pipeline_streams")
    assert pipes.post("/twice", b"text").body == b"text"
    pipes.daemon.wait_log(r"\): again: EINVAL")
    pipes.done("twice")
