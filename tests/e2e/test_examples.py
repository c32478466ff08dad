"""The modules that ship as examples, each as its own comment says it is used."""
import os
import re
import signal
import socket
from pathlib import Path

import pytest

from harness import ports
from harness.daemon import run
from harness.wait import wait_until


TOP = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((TOP / "worker/modules").glob("*.c"))


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda source: source.stem)
def test_the_conf_at_the_head_of_an_example_loads_it(programs, tmp_path, source):
    comment = source.read_text().partition("*/")[0]
    lines = re.findall(r"^ \*\t(.*)$", comment, re.M)
    assert any(line.startswith(f'module "{source.stem}" {{') for line in lines)
    conf = tmp_path / "head.conf"
    around = ['listen "127.0.0.1:8080" { }', f'route "/all" {{ module = "{source.stem}" }}']
    conf.write_text("\n".join(around + lines) + "\n")
    done = run(*programs.eddyd_command("-t", "-c", str(conf)))
    assert done.returncode == 0, done.stderr


@pytest.fixture
def ticker(daemon):
    daemon.conf(
        workers=1,
        modules={"ticker": {"path": "ticker.so", "interval": "20"}},
        routes={"/ticks": {"module": "ticker", "write_timeout": "0"}},
    )
    daemon.start()
    return daemon


def stream(daemon):
    peer = socket.create_connection(("127.0.0.1", daemon.port), timeout=10)
    peer.sendall(b"GET /ticks HTTP/1.1\r\nHost: x\r\n\r\n")
    return peer


def until(peer, text, got=b""):
    while text not in got:
        piece = peer.recv(65536)
        assert piece, got
        got += piece
    return got


def test_ticker_sends_events_in_their_order(ticker):
    with stream(ticker) as peer:
        got = until(peer, b"id: 3\n")
    assert b"Content-Type: text/event-stream\r\n" in got
    assert got.index(b"id: 1\n") < got.index(b"id: 2\n") < got.index(b"id: 3\n")


def test_ticker_ends_with_the_head_for_who_asks_for_no_more(ticker):
    client = ticker.connect()
    for _ in range(2):
        answer = client.get("/ticks", method="HEAD")
        assert (answer.status, answer.get("Content-Type")) == (200, "text/event-stream")
    wait_until(lambda: ticker.workers()[0]["parked"] == 0, "nobody to wait")


def test_ticker_stops_for_who_has_left(ticker):
    peers = [stream(ticker) for _ in range(20)]
    for peer in peers:
        until(peer, b"id: 1\n")
        peer.close()
    wait_until(lambda: ticker.workers()[0]["connections"] == 0, "the streams to be gone")
    with stream(ticker) as peer:
        until(peer, b"id: 1\n")


def test_ticker_ends_its_streams_at_a_reload(ticker):
    with stream(ticker) as peer:
        got = until(peer, b"id: 1\n")
        ticker.reload()
        got = until(peer, b"\r\n0\r\n\r\n", got)


def test_ticker_refuses_an_interval_that_is_none(daemon):
    daemon.conf(
        modules={"ticker": {"path": "ticker.so", "interval": "1s"}}, routes={"/ticks": "ticker"}
    )
    daemon.launch()
    assert daemon.wait_exit() == 78
    daemon.expected_exit = 78
    daemon.expect_log('bad interval "1s": give milliseconds, 1 to 3600000')


@pytest.fixture
def echo(daemon):
    port = ports.free_port()
    daemon.conf(
        workers=2,
        listens={
            f"127.0.0.1:{daemon.port}": {},
            f"127.0.0.1:{port}": {"protocol": "tcp", "module": "echo"},
        },
        modules={"echo": {"path": "echo.so"}},
        routes={"/echo": "echo"},
    )
    daemon.start()
    return port


def test_echo_over_tcp_honours_half_close(echo):
    data = bytes(range(256)) * 4096
    with socket.create_connection(("127.0.0.1", echo), timeout=10) as peer:
        peer.sendall(data[:5000])
        peer.sendall(data[5000:])
        peer.shutdown(socket.SHUT_WR)
        got = b""
        while piece := peer.recv(65536):
            got += piece
    assert got == data


@pytest.fixture
def signals(daemon):
    daemon.conf(workers=1, modules={"signals": {"path": "signals.so"}}, routes={"/process": "signals"})
    return daemon.start()


def test_signals_are_heard_and_still_do_what_they_do(signals, daemon):
    (before,) = daemon.pids()
    daemon.signal(signal.SIGUSR1)
    daemon.wait_log("got SIGUSR1")
    daemon.signal(signal.SIGHUP)
    daemon.wait_log("got SIGHUP")
    wait_until(lambda: daemon.pids() and before not in daemon.pids(), "the reload")
    daemon.signal(signal.SIGINT)
    assert daemon.wait_exit() == 0
    assert "got SIGINT" in daemon.log()


def test_facts_of_a_process(signals, daemon):
    lines = dict(line.split(" ", 1) for line in daemon.get("/process").body.decode().splitlines())
    (pid,) = daemon.pids()
    assert lines["pid"] == str(pid)
    assert lines["cwd"] == os.readlink(f"/proc/{pid}/cwd")
    assert set(lines) == {"pid", "cwd", "HOME", "uptime", "rss"}


@pytest.fixture
def chat(daemon):
    daemon.conf(
        workers=2,
        modules={"poll": {"path": "poll.so"}},
        routes={"/poll/:room": "poll", "/chat": {"module": "poll", "handler": "page"}},
    )
    return daemon.start()


def said_after(daemon, id, path="/poll/lobby"):
    answer = daemon.get(f"{path}?since={id}")
    assert answer.status == 200
    return answer.get("Message-Id"), answer.body


def test_poll_misses_no_message_between_two_gets_of_any_worker(chat, daemon):
    client = daemon.connect()
    sent = [b"message %d" % i for i in range(100)]
    for body in sent:
        assert client.post("/poll/lobby", body).status == 204
    for pid in daemon.pids():
        with daemon.only(pid):
            id, body = "0", None
            while body != sent[-1]:  # the last has come to this worker
                id, body = said_after(daemon, id)
            got, id = [], "0"
            while len(got) < 64:
                id, body = said_after(daemon, id)
                got.append(body)
            assert got == sent[-64:]
            assert said_after(daemon, "12345")[1] == sent[-64]


def test_poll_keeps_what_was_said_in_a_room_to_that_room(chat, daemon):
    client = daemon.connect()
    client.post("/poll/lobby", b"one")
    client.post("/poll/tea", b"two")
    client.post("/poll/lobby", b"three")
    id, first = said_after(daemon, "0")
    assert (first, said_after(daemon, id)[1]) == (b"one", b"three")
    assert said_after(daemon, "0", "/poll/tea")[1] == b"two"


def test_the_chat_page_is_html_that_asks_its_neighbour(chat, daemon):
    answer = daemon.get("/chat")
    assert answer.get("Content-Type") == "text/html; charset=utf-8"
    assert b"'poll/' + encodeURIComponent(room)" in answer.body
