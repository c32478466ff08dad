"""What wears a server out: limits, greedy clients, many reloads, talkative modules."""
import itertools
import json
import os
import re
import resource
import signal
import time

import pytest

from harness.client import Client, chunked, request
from harness.daemon import cpu_seconds, file_links, open_files, rss_bytes
from harness.load import Load
from harness.wait import wait_until


def figure(daemon, name):
    return sum(worker[name] for worker in daemon.workers())


@pytest.fixture
def probe(daemon, modules):
    """One worker with the test module and hello."""
    handlers = "park counters later patient upload chatter say json ignore".split()
    daemon.conf(
        workers=1,
        modules={"hello": {"path": "hello.so"}, "probe": {"path": str(modules / "probe.so")}},
        routes={
            f"/{name}": {"module": "probe", "handler": name} for name in handlers if name != "json"
        }
        | {"/hello": "hello", "/json": "probe", "/json/*": "probe"},
    )
    return daemon


# memory


def test_a_body_that_nobody_reads_stays_with_the_client(probe):
    probe.start()
    (pid,) = probe.pids()
    before = rss_bytes(pid)
    clients = []
    for _ in range(20):
        client = probe.connect()
        client.send(request("POST", "/park", "Content-Length: 8000000"))
        client.sock.setblocking(False)
        clients.append(client)
    wait_until(lambda: figure(probe, "parked") == 20, "20 parked requests")
    sent = 0
    for client in clients:
        try:
            for _ in range(100):
                sent += client.sock.send(b"x" * 65536)
        except BlockingIOError:
            pass
    assert probe.get("/hello").status == 200
    assert sent < 20 * 8000000, "the worker has read bodies that nobody asked for"
    if not probe.programs.sanitized:
        assert rss_bytes(pid) - before < 2 << 20
    for client in clients:
        client.reset()
    wait_until(lambda: json.loads(probe.get("/counters").body)["closed"] == 20, "20 close events")


def test_pipelined_requests_behind_a_parked_one_stay_with_the_client(probe):
    """They cost the worker no memory, however many; and all are answered in the end."""
    probe.start()
    (pid,) = probe.pids()
    probe.get("/hello")
    before = rss_bytes(pid)
    data = request("GET", "/hello", "X-Fill: " + "x" * 8000)
    count = 900
    client = probe.connect()
    sender = client.send_in_background(
        itertools.chain([request("GET", "/patient?700")], itertools.repeat(data, count))
    )
    wait_until(lambda: figure(probe, "parked") == 1, "the request to park")
    most, end = 0, time.monotonic() + 0.4
    while time.monotonic() < end:
        most = max(most, rss_bytes(pid))
        time.sleep(0.02)
    assert client.read().body == b"orphan\n"
    for _ in range(count):
        assert client.read().body == b"Hello World\n"
    sender.finish()
    if not probe.programs.sanitized:
        assert most - before < 1 << 20


def test_two_thousand_idle_connections_are_cheap(probe):
    """A first bound: user memory per idle connection, the kernel's not counted."""
    probe.start()
    (pid,) = probe.pids()
    probe.get("/hello")
    before = rss_bytes(pid)
    clients = [probe.connect() for _ in range(2000)]
    for client in clients:
        client.send(request("GET", "/hello"))
    for client in clients:
        client.read()
    wait_until(lambda: figure(probe, "idle") == 2000, "2,000 idle connections")
    if not probe.programs.sanitized:
        assert (rss_bytes(pid) - before) / 2000 < 1024


def test_a_hundred_thousand_chunks_of_one_byte(client):
    head = request("POST", "/upload", "Transfer-Encoding: chunked")
    sender = client.send_in_background([head, b"1\r\nx\r\n" * 100000, b"0\r\n\r\n"])
    assert client.read().body == b"100000\n"
    sender.finish()
    client.expect_open()


# descriptors


def test_a_worker_without_descriptors_left_waits_and_goes_on(probe):
    """More connections than it may have wait in the kernel; it does not spin meanwhile."""

    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    probe.expect_log("descriptor|files|accept")
    probe.start(popen={"preexec_fn": limit})
    (pid,) = probe.pids()
    clients = [Client(probe.address) for _ in range(120)]
    for client in clients:
        client.send(request("GET", "/hello"))
    served = [client for client in clients[:20]]
    for client in served:
        assert client.read().body == b"Hello World\n"
    before = cpu_seconds(pid)
    time.sleep(0.5)
    assert cpu_seconds(pid) - before < 0.3, "the worker spins"
    for client in served:
        client.close()
    for client in clients[20:]:
        assert client.read().body == b"Hello World\n"
        client.close()
    assert probe.pids() == [pid]


def test_neither_master_nor_workers_gather_descriptors(daemon):
    daemon.conf()
    daemon.start()
    daemon.reload()
    wait_until(lambda: len(daemon.pids()) == 2, "the old workers to leave")
    wait_until(lambda: "has drained" in daemon.log(), "the old generation to be over")
    before = open_files(daemon.pid)
    workers = sorted(open_files(pid) for pid in daemon.wait_serving())
    with Load(daemon.address, clients=2, keep_alive=False) as load:
        for _ in range(15):
            daemon.reload()
            load.more(10)
    daemon.close_clients()
    wait_until(lambda: len(daemon.pids()) == 2, "the old workers to leave")
    wait_until(
        lambda: open_files(daemon.pid) <= before,
        lambda: f"{before} descriptors of the master: {file_links(daemon.pid)}",
    )
    wait_until(
        lambda: sorted(open_files(pid) for pid in daemon.wait_serving()) == workers,
        "the workers to have as many descriptors as those before",
    )


def test_the_master_does_not_grow_by_reloads(daemon):
    daemon.conf()
    daemon.start()
    for _ in range(5):
        daemon.reload()
    before = rss_bytes(daemon.pid)
    for _ in range(30):
        daemon.reload()
    if not daemon.programs.sanitized:
        assert rss_bytes(daemon.pid) - before < 300 << 10


def test_a_worker_does_not_grow_by_requests(probe):
    probe.start()
    (pid,) = probe.pids()

    def many(n):
        client = probe.connect()
        for i in range(n):
            data = request("POST", f"/json/{i}", "Content-Length: 100") + b"x" * 100
            data += request("POST", "/upload", "Transfer-Encoding: chunked") + chunked(b"abc")
            data += (
                request("GET", "/later?1") + request("POST", "/ignore", "Content-Length: 1") + b"x"
            )
            client.send(data)
            for _ in range(4):
                assert client.read().status == 200
        client.close()

    many(200)
    before = rss_bytes(pid)
    for _ in range(5):
        many(200)
    if not probe.programs.sanitized:
        assert rss_bytes(pid) - before < 200 << 10


# the log


def test_every_line_of_a_talkative_module_is_logged_or_counted_as_dropped(probe):
    probe.expect_log("dropped")
    probe.start()
    assert probe.get("/chatter?20000").body == b"logged\n"

    def counted():
        lines = len(re.findall(r"chatter \d+ of 20000$", probe.log(), re.M))
        status = probe.status()
        dropped = status["log_dropped"] + status["totals"]["log_dropped"]
        return lines + dropped >= 20000 and (lines, dropped)

    lines, dropped = wait_until(counted, "all lines to be logged or dropped")
    assert lines > 0
    assert probe.get("/hello").status == 200


def test_a_log_that_nobody_reads_stops_nobody(probe):
    reading, writing = os.pipe()
    try:
        probe.start(popen={"stderr": writing})
        for _ in range(5):
            assert probe.get("/chatter?3000").body == b"logged\n"
        victim = probe.pids()[0]
        os.kill(victim, signal.SIGKILL)
        probe.wait_serving(without=[victim])
        probe.reload()
        assert probe.get("/hello").status == 200
        probe.signal(signal.SIGTERM)
        assert probe.wait_exit() == 0
    finally:
        os.close(reading)
        os.close(writing)


def test_a_log_whose_reader_has_gone_stops_nobody(probe):
    reading, writing = os.pipe()
    probe.launch(popen={"stderr": writing})
    os.close(writing)
    os.close(reading)
    probe.wait_ready()
    assert probe.get("/chatter?100").body == b"logged\n"
    probe.reload()
    assert probe.get("/hello").status == 200


def test_a_line_of_a_module_cannot_pass_for_two(site):
    before = len(site.log())
    body = b"evil\n<0>panic: \x1b[31m"
    assert site.connect().post("/say", body).body == b"0\n"
    site.wait_log(r"heard evil", after=before)
    assert "\x1b" not in site.log()
    assert not re.search(r"^<0>", site.log(), re.M)


# messages between workers


def test_a_flood_of_cluster_messages_blocks_nobody(probe):
    """Each is taken, or refused at once with EAGAIN."""
    probe.conf(workers=2)
    probe.expect_log("dropped|too slow")
    probe.start()
    client = probe.connect()
    body = b"y" * 60000
    sender = client.send_in_background(
        [request("POST", "/say", f"Content-Length: {len(body)}") + body] * 300
    )
    answers = [client.read().body for _ in range(300)]
    sender.finish()
    assert set(answers) <= {b"0\n", b"-3\n"}
    assert answers.count(b"0\n") > 0
    assert probe.get("/hello").status == 200
    before = len(probe.log())

    def said():
        assert probe.connect().post("/say", b"after the flood").status == 200
        return all(
            re.search(rf"worker {worker} heard after the flood", probe.log()[before:])
            for worker in (0, 1)
        )

    wait_until(said, "messages to reach both workers again", every=0.1)


# figures


def test_bytes_and_answers_are_counted_exactly(probe):
    probe.start()
    get, post = request("GET", "/hello"), request("POST", "/upload", "Content-Length: 5") + b"abcde"
    missing, bad = request("GET", "/missing"), b"GET / HTTP/1.1\r\n\r\n"
    client = probe.connect()
    received = 0
    for data in (get, post, missing, bad):
        client.send(data)
        client.read_once()
        received += len(client.buffer)
        client.buffer = b""
    client.expect_close()
    totals = wait_until(
        lambda: (now := probe.totals())["responses"]["4xx"] == 2 and now, "two answers of 4xx"
    )
    assert totals["accepted"] == 1
    assert totals["responses"]["2xx"] == 2
    assert totals["responses"]["5xx"] == totals["responses"]["none"] == 0
    assert totals["bytes_in"] == len(get + post + missing + bad)
    assert totals["bytes_out"] == received


def test_answers_that_never_come_are_counted_too(probe):
    probe.start()
    client = probe.connect()
    client.send(request("GET", "/park"))
    wait_until(lambda: probe.totals()["parked"] == 1, "the request to park")
    client.close()
    wait_until(lambda: probe.totals()["responses"]["none"] == 1, "the request without an answer")
    assert probe.totals()["parked"] == 0
