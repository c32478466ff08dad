"""A proxy of pipes in JavaScript: both ways at the pace of the slower side, and no side is left waiting."""
import os
import threading
from pathlib import Path

import pytest

from harness.client import request
from harness.daemon import rss_bytes
from harness.wait import wait_until

pytestmark = pytest.mark.usefixtures("engine")

SCRIPT = Path(__file__).resolve().parent / "scripts/proxy.js"
MEGABYTE = 1 << 20
SIZE = 200 * MEGABYTE
GROWTH = 60 * MEGABYTE  # a garbage collector takes its time,
LIMIT = "80m"  # and where its threads wait for a processor it is to be asked, which is done beyond this


@pytest.fixture
def proxy(daemon, serve):
    """Starts it in front of a server that plays a script."""

    def start(script):
        server = serve(script)
        daemon.conf(
            workers=1,
            modules={"proxy": {"path": "js.so", "script": str(SCRIPT), "memory": LIMIT}},
            routes={"/*": {"module": "proxy", "max_body": "0"}},
        )
        daemon.expect_log(r"\(proxy\): ")
        daemon.launch("-c", daemon.conf_path, PROXY_TARGET=server.url)
        daemon.wait_ready()
        return server

    return start


def settled(look):
    """A condition: what `look` gives is more than nothing, and has been the same for ten looks."""
    seen = []

    def condition():
        seen.append(look())
        return seen[-1] > 0 and len(seen) > 10 and seen[-10:] == [seen[-1]] * 10

    return condition


def forgotten(daemon, before):
    """What has gone through is not kept, and the worker has not ended for it."""
    (pid,) = daemon.pids()
    wait_until(lambda: rss_bytes(pid) - before < GROWTH, lambda: f"{rss_bytes(pid)} bytes to be less, of {before}")
    assert daemon.pids() == [pid]


def closed(daemon, times=1):
    wait_until(lambda: daemon.log().count("proxy: closed") == times, lambda: f"the end:\n{daemon.log()}")


def test_requests_and_answers_come_through(daemon, proxy):
    def script(peer, n):
        while head := peer.head():
            length = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
            body = peer.exactly(int(length[0].split(b":")[1])) if length else b"none"
            peer.send(b"HTTP/1.1 203 Mine\r\nX-Seen: %s\r\nContent-Length: %d\r\n\r\n%s" % (head[:9], len(body), body))

    server = proxy(script)
    body = os.urandom(MEGABYTE)
    client = daemon.connect()
    for _ in range(3):
        answer = client.post("/there", body)
        assert (answer.status, answer.reason, answer.get("X-Seen")) == (203, "Non-Authoritative Information", "POST /the")
        assert answer.body == body
    assert daemon.get("/here").body == b"none"
    assert len(server.connections) == 1, "the connection is kept"


def test_a_large_answer_waits_for_a_client_that_reads_slowly(daemon, proxy):
    sent = []

    def script(peer, n):
        peer.head()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE)
        piece = b"x" * MEGABYTE
        for _ in range(SIZE // MEGABYTE):
            peer.send(piece)
            sent.append(1)

    proxy(script)
    before = rss_bytes(daemon.pids()[0])
    client = daemon.connect(rcvbuf=65536)
    client.send(request("GET", "/"))
    answer = client.read_head()
    wait_until(settled(lambda: len(sent)), "the server to be stopped")
    assert len(sent) < 40, "what nobody reads stays where it is"
    assert sum(len(piece) for piece in client.body_pieces(answer)) == SIZE
    forgotten(daemon, before)


def test_a_large_request_waits_for_a_server_that_reads_slowly(daemon, proxy):
    go = threading.Event()

    def script(peer, n):
        head = peer.head()
        assert b"ontent-" in head
        go.wait(20)
        left = SIZE - len(peer.buffer)
        peer.buffer = b""
        while left > 0:
            left -= len(peer.sock.recv(MEGABYTE))
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        peer.head()

    proxy(script)
    before = rss_bytes(daemon.pids()[0])
    client = daemon.connect()
    client.send(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % SIZE)
    sender = client.send_in_background([b"x" * MEGABYTE] * (SIZE // MEGABYTE))
    wait_until(settled(lambda: daemon.workers()[0]["bytes_in"]), "the client to be stopped")
    assert daemon.workers()[0]["bytes_in"] < 40 * MEGABYTE, "what nobody reads stays where it is"
    go.set()
    assert client.read().body == b"ok"
    sender.finish()
    forgotten(daemon, before)


def test_a_client_that_leaves_before_the_answer_takes_the_request_along(daemon, proxy):
    asked, gone = threading.Event(), threading.Event()

    def script(peer, n):
        peer.head()
        asked.set()
        assert peer.head() == b""
        gone.set()

    proxy(script)
    client = daemon.connect()
    client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf")
    assert asked.wait(10)
    client.reset()
    assert gone.wait(10), "the server is told"
    closed(daemon)


def test_a_client_that_leaves_amid_the_answer_takes_the_request_along(daemon, proxy):
    gone = threading.Event()

    def script(peer, n):
        peer.head()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE)
        try:
            while True:
                peer.sock.sendall(b"x" * MEGABYTE)
        except OSError:
            gone.set()

    proxy(script)
    client = daemon.connect()
    client.send(request("GET", "/"))
    client.read_head()
    client.reset()
    assert gone.wait(10), "the server is told"
    closed(daemon)


def test_a_server_that_breaks_off_breaks_the_answer_off(daemon, proxy):
    def script(peer, n):
        peer.head()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    proxy(script)
    client = daemon.connect()
    client.send(request("GET", "/"))
    assert client.read_head().status == 200
    closed(daemon)


def test_a_server_that_goes_away_without_an_answer_is_said(daemon, proxy):
    proxy(lambda peer, n: peer.head())
    answer = daemon.get("/")
    assert (answer.status, answer.body) == (502, b"ECONNRESET")
