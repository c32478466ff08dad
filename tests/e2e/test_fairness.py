"""
One worker, one client that never stops sending, and the others, who do not have to wait for it.

The flood comes from a process of its own: it has to be faster than the worker, and must not take
the time of the client that is measured.
"""
import subprocess
import sys
import time

import pytest

from harness.client import request
from harness.daemon import environment
from harness.wait import SCALE, wait_until

REQUESTS = 30
SECONDS = 20  # for all of them, where 2 are much; nobody was answered while it never ended

# Sends argv[2] and then argv[3] again and again as fast as it can be taken, and throws away what
# comes back.
FLOOD = """
import select, socket, sys

sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
sock.sendall(bytes.fromhex(sys.argv[2]))
again = bytes.fromhex(sys.argv[3])
again *= 1 + (1 << 20) // len(again)
sock.setblocking(False)
sent, scratch = 0, bytearray(1 << 20)
while True:
    readable, writable, _ = select.select([sock], [sock], [])
    if readable and sock.recv_into(scratch) == 0:
        sys.exit("the server has closed the flood's connection")
    if writable:
        try:
            sent += sock.send(memoryview(again)[sent:])
        except BlockingIOError:
            pass
        sent %= len(again)
"""

CHUNKED = "Transfer-Encoding: chunked"
SMALL = b"1\r\nx\r\n"  # much work for few bytes
LARGE = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
FLOODS = {
    # The handler is so slow that the worker is never through with what there is to read.
    "a slow upload": (request("POST", "/labour", CHUNKED), LARGE),
    "slow requests": (b"", request("GET", "/block?1", "X-Large: " + "x" * 4000)),
    # Both run as fast as they can.
    "an upload": (request("POST", "/upload", CHUNKED), SMALL),
    "an upload that comes back": (request("POST", "/echo", CHUNKED), SMALL),
    "requests": (b"", request("GET", "/json")),
    "requests with bodies": (b"", request("POST", "/upload", "Content-Length: 3") + b"abc"),
}


@pytest.fixture
def lonely(daemon, modules):
    """One worker without a limit on bodies."""
    endless = {"max_body": "0"}
    daemon.conf(
        workers=1,
        modules={
            "hello": {"path": "hello.so"},
            "echo": {"path": "echo.so"},
            "probe": {"path": str(modules / "probe.so")},
        },
        routes={
            "/hello": "hello",
            "/json": "probe",
            "/echo": {"module": "echo", **endless},
            "/upload": {"module": "probe", "handler": "upload", **endless},
            "/labour": {"module": "probe", "handler": "labour", **endless},
            "/block": {"module": "probe", "handler": "block"},
        },
    )
    daemon.start()
    return daemon


@pytest.fixture
def flood(lonely):
    running = []

    def start(first, again):
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", FLOOD, str(lonely.port), first.hex(), again.hex()],
                env=environment(),
            )
        )
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


@pytest.mark.parametrize("kind", FLOODS)
def test_a_client_is_answered_while_another_floods_the_worker(lonely, flood, kind):
    client = lonely.connect()
    client.expect_open()
    flooding = flood(*FLOODS[kind])

    def flooded(before):
        wait_until(lambda: lonely.totals()["bytes_in"] > before + (1 << 20), "1 MB of flood", 30)

    flooded(0)
    end = time.monotonic() + SECONDS * SCALE
    for i in range(REQUESTS):
        client.expect_open()
        assert time.monotonic() < end, f"{i + 1} answers in {SECONDS * SCALE:g} s"
    with lonely.connect() as late:
        late.expect_open()
    flooded(lonely.totals()["bytes_in"])
    assert flooding.poll() is None
