"""
Clients that leave: by FIN, by RST, in the middle of everything. The worker notices, tells the
module, frees what they had, and goes on.
"""
import json

import pytest

from harness.client import Closed, chunked, request
from harness.wait import wait_until

HANDLERS = "park counters upload later chunks flood endless slow ignore patient owned".split()


@pytest.fixture
def probe(daemon, modules):
    """One worker, so that the module's counters are those of all requests."""
    daemon.conf(
        workers=1,
        http={"header_timeout": "60s"},
        modules={
            "hello": {"path": "hello.so"},
            "echo": {"path": "echo.so"},
            "poll": {"path": "poll.so"},
            "probe": {"path": str(modules / "probe.so")},
        },
        routes={f"/{name}": {"module": "probe", "handler": name} for name in HANDLERS}
        | {"/hello": "hello", "/poll": "poll", "/json": "probe"}
        | {"/echo": {"module": "echo", "max_body": "0"}},
    )
    daemon.start()
    return daemon


UPLOAD = request("POST", "/upload", "Content-Length: 100000")
CHUNKED = request("POST", "/upload", "Transfer-Encoding: chunked")
FLOOD = request("GET", "/flood?1000")
HELLO = request("GET", "/hello")

# What has been sent when the client leaves, and what it has read by then: nothing, or some.
STAGES = {
    "at once": (b"", False),
    "in the request line": (b"GET /hel", False),
    "behind the request line": (b"GET /hello HTTP/1.1\r\n", False),
    "in a header's name": (b"GET /hello HTTP/1.1\r\nHo", False),
    "in a header's value": (b"GET /hello HTTP/1.1\r\nHost: te", False),
    "before the last line end": (HELLO[:-1], False),
    "behind a request": (HELLO, False),
    "behind an answer": (HELLO, True),
    "before the body": (UPLOAD, False),
    "in the body": (UPLOAD + b"x" * 5000, False),
    "in a body that a module reads slowly": (
        request("POST", "/slow", "Content-Length: 900000") + b"x" * 400000,
        False,
    ),
    "in a body that nobody reads": (
        request("POST", "/park", "Content-Length: 900000") + b"x" * 100000,
        False,
    ),
    "in a body that is thrown away": (
        request("POST", "/ignore", "Content-Length: 90000") + b"x" * 100,
        True,
    ),
    "behind the word to go on": (
        request("POST", "/upload", "Content-Length: 9", "Expect: 100-continue"),
        True,
    ),
    "in a chunk's size": (CHUNKED + b"1", False),
    "in a chunk": (CHUNKED + b"10\r\nabc", False),
    "behind a chunk": (CHUNKED + b"3\r\nabc\r\n", False),
    "in the trailers": (CHUNKED + b"3\r\nabc\r\n0\r\nX-Sum: ", False),
    "while parked": (request("GET", "/park"), False),
    "while parked for another's word": (request("GET", "/poll"), False),
    "while parked, pipelined": (request("GET", "/park") + HELLO * 5, False),
    "while its module waits on": (request("GET", "/patient?300"), False),
    "while an answer comes bit by bit": (request("GET", "/chunks?10000"), True),
    "while an answer streams": (FLOOD, True),
    "while an answer streams, unread": (FLOOD, False),
    "while an answer without an end streams": (request("GET", "/endless?4096"), True),
    "while owned memory is sent": (request("GET", "/owned"), True),
    "while an answer streams, pipelined": (FLOOD + HELLO * 50, True),
    "while a body comes back": (
        request("POST", "/echo", "Content-Length: 9000000") + b"x" * 300000,
        True,
    ),
    "pipelined": (HELLO * 500, False),
    "pipelined, half read": (HELLO * 500, True),
    "pipelined, in the next head": (HELLO * 3 + HELLO[:20], True),
    "behind what is malformed": (b"GET / HTTP/1.1\r\n\r\n" + HELLO, False),
    "behind a refusal": (b"GET / HTTP/1.1\r\n\r\n" + HELLO, True),
}


def rests(daemon):
    """Waits until the connections are gone, and all that came with them."""

    def calm():
        (worker,) = daemon.workers()
        counters = json.loads(daemon.get("/counters").body)
        return worker["connections"] <= 1 and worker["parked"] == 0 and counters["parked"] == 0

    wait_until(calm, lambda: f"all to be gone: {daemon.workers()}")


@pytest.mark.parametrize("how", ["reset", "close", "half_close and reset"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_client_may_leave_at_any_stage(probe, stage, how):
    data, reads = STAGES[stage]
    (pid,) = probe.pids()
    neighbour = probe.connect()
    neighbour.expect_open()
    parked = probe.connect()
    parked.send(request("GET", "/poll"))
    wait_until(lambda: probe.totals()["parked"] == 1, "a request to park")
    for _ in range(10):
        client = probe.connect(rcvbuf=65536)
        client.sock.setblocking(False)
        try:
            client.sock.send(data)
        except BlockingIOError:
            pass
        if reads:
            client.read_once()
        if how.startswith("half_close"):
            client.half_close()
        client.close() if how == "close" else client.reset()
    neighbour.expect_open()
    neighbour.close()
    assert probe.connect().post("/poll", b"still here").status == 204
    assert parked.read().body == b"still here"
    probe.close_clients()
    rests(probe)
    assert probe.pids() == [pid]


WHOLE = (
    CHUNKED + chunked(b"abcdef", b"ghi", trailers=["X-Sum: 7"]) + HELLO + request("GET", "/park")
)


@pytest.mark.parametrize("how", ["reset", "close", "half_close"])
def test_a_client_may_leave_behind_any_byte(probe, how):
    """An upload in chunks, a request behind it, and one that parks: left at each of their bytes."""
    (pid,) = probe.pids()
    for i in range(len(WHOLE) + 1):
        client = probe.connect()
        client.send(WHOLE[:i])
        if i % 2 and how != "close":
            probe.totals()  # time for the worker to read it
        getattr(client, how)()
        if how == "half_close":
            said = b""
            try:
                while not client.eof:
                    said = client.read_once()
            except Closed:
                pass
            assert said.count(b"HTTP/1.1 ") <= 2, said
    rests(probe)
    assert probe.pids() == [pid]


def test_a_client_that_leaves_while_parked_is_told_to_its_module_by_fin_and_by_rst(probe):
    """And the connection of one whose module hears `end` stays, for the answer, by FIN alone."""
    for how, answered in (("half_close", True), ("reset", False)):
        client = probe.connect()
        client.send(request("GET", "/patient?100"))
        wait_until(lambda: probe.totals()["parked"] == 1, "the request to park")
        getattr(client, how)()
        if answered:
            assert client.read().body == b"orphan\n"
            client.expect_close()
        wait_until(lambda: probe.totals()["parked"] == 0, "the request to be over")
    counters = json.loads(probe.get("/counters").body)
    assert (counters["closed"], counters["finished"]) == (2, 1)


def test_a_client_may_half_close_and_be_sent_a_long_answer(probe):
    client = probe.connect()
    client.send(request("GET", "/flood?200"))
    client.half_close()
    answer = client.read_head()
    assert sum(len(piece) for piece in client.body_pieces(answer)) == 200 * 65536
    client.expect_close()


def test_a_server_that_half_closes_takes_what_the_client_still_sends(probe):
    """
    An answer to a body that nobody reads: FIN from the worker, which reads on so that no RST takes
    the answer away, then the client's FIN ends it.
    """
    client = probe.connect()
    client.send(request("POST", "/ignore", "Content-Length: 5000000"))
    answer = client.read()
    assert (answer.status, answer.closes) == (200, True)
    assert client.sock.recv(1) == b""
    for _ in range(10):
        client.send(b"x" * 10000)
    assert probe.totals()["connections"] == 1
    client.close()
    rests(probe)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(request("GET", "/park"), id="parked"),
        pytest.param(HELLO + request("GET", "/park"), id="parked behind another"),
        pytest.param(UPLOAD + b"x" * 5000, id="in a body"),
        pytest.param(request("POST", "/ignore", "Content-Length: 90000") + b"x", id="in a body that is thrown away"),
        pytest.param(HELLO[:-1], id="in a head"),
        pytest.param(HELLO, id="behind a request"),
    ],
)
def test_a_reset_that_the_worker_sees_together_with_bytes_is_noticed(probe, sent):
    """The worker sleeps meanwhile: one event tells of both, and no other follows."""
    client = probe.connect()
    assert client.get("/hello").status == 200
    with probe.only(-1):
        client.send(sent)
        client.reset()
    rests(probe)
