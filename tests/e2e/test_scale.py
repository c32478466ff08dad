"""
The sizes that a worker has to bear: 10 GB of body, readers that stop, 8,000 clients at once.

Each is here twice: small in the normal suite, and as large as it is promised with --long, which a
person starts on a machine that does nothing else; that one also says what it has measured.
"""
import csv
import itertools
import json
import os
import re
import select
import shutil
import socket
import subprocess
import threading
import time

import pytest

from harness.client import request
from harness.daemon import environment, rss_bytes
from harness.wait import wait_until

GROWTH = 1 << 20  # of a worker, whatever goes through it
HIGH_WATER = 65536
MB = b"0123456789abcdef" * 65536


def sizes(small, large, name):
    """Parameters: the small one for every run, the large one for --long."""
    return pytest.mark.parametrize(name, [small, pytest.param(large, marks=pytest.mark.long)])


@pytest.fixture
def lonely(daemon, modules):
    """One worker, which has answered a request."""
    probe = str(modules / "probe.so")
    routes = {
        f"/{name}": {"module": "probe", "handler": name}
        for name in ("flood", "endless", "counters")
    }
    routes["/upload"] = {"module": "probe", "handler": "upload", "max_body": "0"}
    daemon.conf(
        workers=1,
        modules={
            "hello": {"path": "hello.so"},
            "poll": {"path": "poll.so", "timeout": "600000"},
            "probe": {"path": probe},
        },
        routes=routes | {"/hello": "hello", "/poll": "poll"},
    )
    daemon.start()
    daemon.get("/hello")
    return daemon


class Growth:
    """How much a process has grown since, at most, and how long that took."""

    def __init__(self, pid):
        self.pid, self.before, self.began = pid, rss_bytes(pid), time.monotonic()
        self.most, self.looks = self.before, 0

    def look(self):
        self.most, self.looks = max(self.most, rss_bytes(self.pid)), self.looks + 1

    @property
    def bytes(self):
        return self.most - self.before

    def __str__(self):
        return (
            f"{time.monotonic() - self.began:.1f} s, RSS {self.before >> 10} KB before, "
            f"{self.most >> 10} KB at most of {self.looks} looks"
        )


def check_growth(daemon, growth, record_property, what):
    growth.look()
    record_property(what, str(growth))
    if not daemon.programs.sanitized:  # which keep what is freed
        assert growth.bytes < GROWTH, str(growth)


# bodies without an end in sight


@sizes(256, 10240, "megabytes")
@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_an_upload_of_any_size_does_not_grow_the_worker(
    lonely, record_property, framing, megabytes
):
    growth = Growth(*lonely.pids())
    client = lonely.connect()
    if framing == "length":
        fields, piece, last = f"Content-Length: {megabytes << 20}", MB, b""
    else:
        fields = "Transfer-Encoding: chunked"
        piece, last = b"%x\r\n%b\r\n" % (len(MB), MB), b"0\r\n\r\n"
    client.send(request("POST", "/upload", fields))
    for i in range(megabytes):
        client.send(piece)
        if i % 16 == 0:
            growth.look()
    client.send(last)
    assert client.read().body == b"%d\n" % (megabytes << 20)
    check_growth(lonely, growth, record_property, f"{megabytes} MB in")
    client.expect_open()


@sizes(256, 10240, "megabytes")
def test_an_answer_of_any_size_does_not_grow_the_worker(lonely, record_property, megabytes):
    """To a reader as fast as it can be: it counts the bytes, and looks at the first and the last."""
    pieces = megabytes * 16
    size = pieces * (len(b"10000\r\n") + 65536 + len(b"\r\n")) + len(b"0\r\n\r\n")
    growth = Growth(*lonely.pids())
    client = lonely.connect()
    client.send(request("GET", f"/flood?{pieces}"))
    assert client.read_head().get("Transfer-Encoding") == "chunked"
    got, end, scratch = len(client.buffer), client.buffer[-16:], bytearray(1 << 20)
    view, looked = memoryview(scratch), 0
    while got < size:
        n = client.sock.recv_into(scratch)
        assert n > 0, f"the connection ended {size - got} bytes before the answer's end"
        got, end = got + n, (end + bytes(view[max(0, n - 16) : n]))[-16:]
        if got - looked > 16 << 20:
            growth.look()
            looked = got
    assert (got, end) == (size, b"fffffff\r\n0\r\n\r\n"[-16:].rjust(16, b"f"))
    check_growth(lonely, growth, record_property, f"{megabytes} MB out")
    client.buffer = b""
    client.expect_open()


@pytest.mark.parametrize("piece", [100, 4096, 65536])
def test_the_queue_to_a_reader_that_stops_stays_at_the_high_water_mark(
    lonely, record_property, piece
):
    """An endless writer, and a reader that stops, reads some more, and stops again."""

    def queued():
        return json.loads(lonely.get("/counters").body)["queued"]

    growth = Growth(*lonely.pids())
    client = lonely.connect(rcvbuf=65536)
    client.send(request("GET", f"/endless?{piece}"))
    assert client.read_head().get("Transfer-Encoding") == "chunked"
    for _ in range(10):
        wait_until(lambda: queued() > HIGH_WATER, "the writer to be told to stop")
        assert queued() <= HIGH_WATER + piece + len("10000\r\n\r\n")
        left = 2 << 20
        while left > 0:
            left -= len(client.sock.recv(65536))
        growth.look()
    check_growth(lonely, growth, record_property, f"pieces of {piece}, {queued()} bytes queued")


# thousands of clients


class Crowd:
    """Clients by the thousand, each with one request; no Python objects but their sockets."""

    def __init__(self, daemon, n):
        self.daemon, self.socks = daemon, [
            socket.create_connection(daemon.address) for _ in range(n)
        ]

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for sock in self.socks:
            sock.close()

    def send(self, data):
        for sock in self.socks:
            sock.sendall(data)

    def read(self, end):
        """Waits until all have an answer that ends so; the seconds that took."""
        began, poll = time.monotonic(), select.epoll()
        by_fd = {sock.fileno(): sock for sock in self.socks}
        for fd in by_fd:
            poll.register(fd, select.EPOLLIN)
        while by_fd:
            events = poll.poll(15)
            assert events, f"{len(by_fd)} of {len(self.socks)} have no answer"
            for fd, _ in events:
                answer = by_fd.pop(fd).recv(4096)
                assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(end), answer
                poll.unregister(fd)
        poll.close()
        return time.monotonic() - began

    def wait(self, figure):
        wait_until(
            lambda: self.daemon.totals()[figure] == len(self.socks),
            lambda: f"{len(self.socks)} {figure}, not {self.daemon.totals()[figure]}",
            20,
        )


def pss_bytes(pid):
    """Proportional set size: what is shared counts for each by its part."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return int(re.search(r"^Pss:\s+(\d+) kB", file.read(), re.M)[1]) * 1024


def wake(daemon):
    """Answers all that are parked."""
    with daemon.connect() as client:
        assert client.post("/poll", b"now").status == 204


@sizes(1000, 8000, "n")
def test_a_crowd_of_parked_requests_is_answered_at_once(lonely, record_property, n):
    (pid,) = lonely.pids()
    before, took = pss_bytes(pid), []
    for _ in range(5):
        with Crowd(lonely, n) as crowd:
            crowd.send(request("GET", "/poll"))
            crowd.wait("parked")
            cost = (pss_bytes(pid) - before) / n
            wake(lonely)
            took.append(crowd.read(b"\r\n\r\nnow"))
    record_property(f"{n} answered, seconds", " ".join(f"{seconds:.3f}" for seconds in took))
    record_property("bytes for a parked request", f"{cost:.0f}")
    totals = lonely.totals()
    assert totals["responses"]["2xx"] == totals["requests"] == 5 * n + 6
    assert totals["responses"]["none"] == 0
    if not lonely.programs.sanitized and n >= 8000:
        assert min(took) < 1
        assert cost <= 700


@pytest.mark.long
def test_an_idle_connection_costs_400_bytes(lonely, record_property):
    (pid,) = lonely.pids()
    before = pss_bytes(pid)
    with Crowd(lonely, 8000) as crowd:
        crowd.send(request("GET", "/hello"))
        crowd.read(b"\r\n\r\nHello World\n")
        crowd.wait("idle")
        cost = (pss_bytes(pid) - before) / 8000
    record_property("bytes for an idle connection", f"{cost:.0f}")
    assert cost <= 400


@pytest.mark.long
@pytest.mark.parametrize("leaving", ["answered", "gone"])
def test_the_memory_of_8000_comes_back_ten_times(lonely, record_property, leaving):
    """To within a tenth of what it was before the first of them came."""
    (pid,) = lonely.pids()
    before, after = rss_bytes(pid), []

    def back():
        return rss_bytes(pid) <= before * 1.1

    for _ in range(10):
        with Crowd(lonely, 8000) as crowd:
            crowd.send(request("GET", "/poll"))
            crowd.wait("parked")
            there = rss_bytes(pid)
            if leaving == "answered":
                wake(lonely)
                crowd.read(b"\r\n\r\nnow")
        wait_until(back, lambda: f"{before >> 10} KB, not {rss_bytes(pid) >> 10} KB")
        after.append(rss_bytes(pid))
    record_property(
        f"RSS before, with 8000, after they were {leaving}, KB",
        f"{before >> 10}, {there >> 10}, " + " ".join(f"{n >> 10}" for n in after),
    )


# slow clients


class Normal(threading.Thread):
    """One client that asks again and again, and how long each answer takes it."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.client, self.over = daemon.connect(), threading.Event()
        self.seconds, self.problem = [], None

    def run(self):
        try:
            while not self.over.is_set():
                began = time.monotonic()
                self.client.expect_open()
                self.seconds.append(time.monotonic() - began)
                time.sleep(0.002)
        except (OSError, AssertionError) as problem:
            self.problem = problem

    def finish(self):
        self.over.set()
        self.join()
        assert self.problem is None, self.problem
        return sorted(self.seconds)


SLOW = {
    "headers": "-H -i 2 -x 24 -u {url}/hello",
    "bodies": "-B -i 2 -s 8192 -x 10 -t POST -u {url}/upload",
    "reading": "-X -w 512 -y 1024 -n 2 -z 32 -k 3 -u {url}/flood?160",
}


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("slowhttptest"), reason="no slowhttptest on this machine")
@pytest.mark.parametrize("mode", SLOW)
def test_normal_requests_are_answered_while_4000_are_slow(lonely, record_property, mode):
    command = SLOW[mode].format(url=f"http://127.0.0.1:{lonely.port}").split()
    attack = subprocess.Popen(
        [
            "slowhttptest",
            "-c",
            "4000",
            "-r",
            "2000",
            "-l",
            "20",
            "-p",
            "3",
            "-g",
            "-o",
            "slow",
            *command,
        ],
        cwd=lonely.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(TERM="dumb"),
        text=True,
        errors="replace",
    )
    lonely.expect_log("log lines were dropped")  # what the module says of each
    normal, most = Normal(lonely), 0
    normal.start()
    said = []
    reader = threading.Thread(target=lambda: said.append(attack.stdout.read()), daemon=True)
    reader.start()
    while attack.poll() is None:
        most = max(most, lonely.totals()["connections"])
        time.sleep(0.5)
    reader.join()
    seconds = normal.finish()
    with open(os.path.join(lonely.folder, "slow.csv"), encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    p50, p99 = (seconds[int(len(seconds) * part)] for part in (0.5, 0.99))
    record_property(
        f"slow {mode}",
        f"{most} connections at most, {len(seconds)} answers: p50 {p50 * 1000:.1f} ms, "
        f"p99 {p99 * 1000:.1f} ms, the slowest {seconds[-1] * 1000:.1f} ms",
    )
    assert most >= 4000, (most, rows[-1:], said[0][-2000:])
    assert p99 < 0.1
