"""Signals to the master: graceful and immediate stops, and what becomes of requests."""
import os
import random
import re
import signal
import time

import pytest

from harness import ports
from harness.client import request
from harness.daemon import alive, listening, rss_bytes, stand_still
from harness.load import Load
from harness.wait import wait_until

GRACEFUL = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])


@pytest.fixture
def stopping(daemon, modules):
    daemon.conf(
        modules={"hello": {"path": "hello.so"}, "probe": {"path": str(modules / "probe.so")}},
        routes={
            f"/{name}": {"module": "probe", "handler": name}
            for name in ("later", "park", "upload", "chunks", "block")
        }
        | {"/hello": "hello"},
        drain_timeout="20s",
    )
    daemon.start()
    return daemon


def parked(daemon):
    return sum(worker["parked"] for worker in daemon.workers())


@GRACEFUL
def test_a_running_request_is_finished_and_idle_connections_are_closed(stopping, number):
    idle = stopping.connect()
    idle.get("/hello")
    running = stopping.connect()
    running.send(request("GET", "/later?500"))
    wait_until(lambda: parked(stopping) == 1, "the request to park")
    workers = stopping.pids()
    stopping.signal(number)
    idle.expect_close()
    answer = running.read()
    assert (answer.status, answer.body, answer.closes) == (200, b"later\n", True)
    running.expect_close()
    assert stopping.wait_exit() == 0
    assert not any(alive(pid) for pid in workers)
    assert ports.can_bind(stopping.port)


@GRACEFUL
def test_no_new_connection_is_taken_while_the_last_requests_finish(stopping, number):
    running = stopping.connect()
    running.send(request("POST", "/upload", "Content-Length: 6") + b"abc")
    wait_until(lambda: stopping.totals()["requests"] == 1, "the upload to begin")
    stopping.signal(number)
    wait_until(lambda: not listening(stopping.port), "the port to close")
    with pytest.raises(OSError):
        stopping.connect()
    running.send(b"def")
    assert running.read().body == b"6\n"
    assert stopping.wait_exit() == 0


@GRACEFUL
def test_a_second_signal_ends_it_at_once(stopping, number):
    client = stopping.connect()
    client.send(request("GET", "/park"))
    wait_until(lambda: parked(stopping) == 1, "the request to park")
    workers = stopping.pids()
    stopping.signal(number)
    wait_until(lambda: not listening(stopping.port), "the first signal to be taken")
    assert stopping.process.poll() is None
    stopping.expect_log("at once")
    started = time.monotonic()
    stopping.signal(number)
    assert stopping.wait_exit() == 0
    assert time.monotonic() - started < 10
    assert not any(alive(pid) for pid in workers)
    client.expect_close(reset_is_fine=True)


def test_quit_ends_it_at_once(stopping):
    client = stopping.connect()
    client.send(request("GET", "/park"))
    wait_until(lambda: parked(stopping) == 1, "the request to park")
    workers = stopping.pids()
    stopping.expect_log("at once")
    started = time.monotonic()
    stopping.signal(signal.SIGQUIT)
    assert stopping.wait_exit() == 0
    assert time.monotonic() - started < 10
    assert not any(alive(pid) for pid in workers)


def test_the_drain_timeout_ends_what_does_not_end_by_itself(daemon, modules):
    daemon.conf(
        modules={"probe": {"path": str(modules / "probe.so")}},
        routes={"/park": {"module": "probe", "handler": "park"}},
        drain_timeout="300ms",
    )
    daemon.expect_log("probe")
    daemon.start()
    client = daemon.connect()
    client.send(request("GET", "/park"))
    wait_until(lambda: parked(daemon) == 1, "the request to park")
    daemon.signal(signal.SIGTERM)
    try:
        assert client.read().status == 503
    except AssertionError as problem:
        assert "without an answer" in str(problem) or "reset" in str(problem), problem
    assert daemon.wait_exit() == 0


def test_a_stop_under_load_loses_no_request_that_was_taken(stopping):
    """Each request is answered or was never taken: no connection ends within an answer."""
    load = Load(stopping.address, clients=4)
    load.__enter__()
    load.more(200)
    stopping.signal(signal.SIGTERM)
    assert stopping.wait_exit() == 0
    load.__exit__(OSError)
    fine = ("refused", "without an answer", "reset", "BrokenPipe")
    for problem in load.lost:
        assert any(word in problem for word in fine), problem


def test_the_terminal_interrupt_that_all_processes_get_is_graceful_too(stopping):
    """Ctrl-C goes to the whole process group: workers leave the matter to the master."""
    running = stopping.connect()
    running.send(request("GET", "/later?500"))
    wait_until(lambda: parked(stopping) == 1, "the request to park")
    for pid in stopping.pids():
        os.kill(pid, signal.SIGINT)
    stopping.signal(signal.SIGINT)
    assert running.read().body == b"later\n"
    assert stopping.wait_exit() == 0


def test_a_stop_while_a_worker_is_busy_waits_for_it(stopping):
    stopping.expect_log("is blocked")
    client = stopping.connect()
    client.send(request("GET", "/block?700"))
    wait_until(lambda: stopping.totals()["requests"] >= 1, "the worker to be busy", every=0.005)
    stopping.signal(signal.SIGTERM)
    assert client.read().body == b"unblocked\n"
    assert stopping.wait_exit() == 0


def test_a_stop_during_the_start_ends_it(daemon):
    daemon.conf(workers=8)
    daemon.launch()
    wait_until(
        lambda: os.path.exists(daemon.control) or daemon.process.poll() is not None,
        "eddyd to begin",
    )
    daemon.signal(signal.SIGTERM)
    code = daemon.wait_exit()
    assert code in (0, -signal.SIGTERM)
    daemon.expected_exit = code


def test_a_stop_during_a_reload_ends_it(daemon):
    daemon.conf(workers=4)
    daemon.start()
    for _ in range(3):
        daemon.signal(signal.SIGHUP)
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_exit() == 0


def burst(daemon, numbers, seed):
    """A thousand signals in about a second, as an angry script sends them."""
    chance = random.Random(seed)
    for _ in range(1000):
        daemon.signal(chance.choice(numbers))
        time.sleep(0.001)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_burst_of_mixed_signals_ends_in_the_state_that_the_last_one_asks_for(daemon, seed):
    """No request is lost meanwhile, and a reload after it brings the conf's workers back."""
    daemon.conf(workers=2)
    daemon.start()
    with Load(daemon.address, clients=2) as load:
        burst(daemon, (signal.SIGHUP, signal.SIGUSR1, signal.SIGTTIN, signal.SIGTTOU), seed)
        load.more(10)
        daemon.reload()
        wait_until(
            lambda: len(daemon.pids()) == 2 and len(daemon.accepting()) == 1, "two workers", 20
        )
        load.more(10)
    status = daemon.status()
    assert (status["state"], status["restarts"]) == ("RUNNING", 0)


def test_a_stop_in_a_burst_of_signals_is_a_stop(stopping):
    """Graceful: the request under way is answered; nothing that comes after it undoes it."""
    client = stopping.connect()
    client.send(request("GET", "/later?2000"))
    wait_until(lambda: parked(stopping) == 1, "the request to be under way")
    numbers = (signal.SIGHUP, signal.SIGUSR1, signal.SIGTTIN, signal.SIGTTOU)
    for number in random.Random(7).choices(numbers, k=50):
        stopping.signal(number)
    stopping.signal(signal.SIGTERM)
    burst(stopping, numbers, 7)
    assert client.read().body == b"later\n"
    assert stopping.wait_exit() == 0


def test_signals_that_mean_nothing_do_nothing(stopping):
    before = stopping.pids()
    for number in (signal.SIGPIPE, signal.SIGWINCH, signal.SIGCHLD, signal.SIGURG):
        stopping.signal(number)
    assert stopping.get().status == 200
    assert stopping.pids() == before


@pytest.fixture
def hearing(daemon, modules):
    """One worker with a module that says in the log what it hears."""
    daemon.conf(
        workers=1,
        modules={"signals": {"path": str(modules / "signals.so")}},
        routes={"/on": "signals", "/late": "signals"},
    )
    daemon.start()
    return daemon


def heard(daemon):
    """What the module has said, in that order."""
    return re.findall(r"\(signals\): (.*)", daemon.log())


def wait_heard(daemon, *lines):
    wait_until(lambda: heard(daemon)[-1:] == [lines[-1]], lambda: f"{lines}:\n{daemon.log()}")
    assert heard(daemon) == list(lines)


@GRACEFUL
def test_modules_hear_of_a_stop_before_their_worker_drains(hearing, number):
    name = number.name
    hearing.signal(number)
    assert hearing.wait_exit() == 0
    assert heard(hearing) == [f"first {name}", f"second {name}", "drain"]


def test_modules_of_the_old_generation_hear_of_a_reload_before_it(hearing):
    old = hearing.pids()
    hearing.signal(signal.SIGHUP)
    hearing.wait_serving(without=old)
    wait_heard(hearing, "first SIGHUP", "second SIGHUP", "drain")
    log = hearing.log()
    assert re.search(r"second SIGHUP.*generation 2", log, re.S), log
    hearing.signal(signal.SIGHUP)  # the new generation listens as well
    wait_until(lambda: heard(hearing).count("drain") == 2, "the second generation to leave")
    assert heard(hearing)[3:] == ["first SIGHUP", "second SIGHUP", "drain"]


def test_modules_hear_of_signals_that_change_nothing_for_them(hearing):
    pids = hearing.pids()
    hearing.signal(signal.SIGUSR1)
    wait_heard(hearing, "first SIGUSR1", "second SIGUSR1")
    assert hearing.pids() == pids


def test_a_listener_added_by_another_hears_the_next_signal(hearing):
    hearing.signal(signal.SIGUSR2)
    once = ["first SIGUSR2", "tick after first", "second SIGUSR2"]
    wait_heard(hearing, *once)
    hearing.signal(signal.SIGUSR2)
    wait_heard(hearing, *once, *once, "late SIGUSR2")


def test_all_workers_hear_of_a_signal(hearing):
    hearing.conf(workers=3)
    old = hearing.pids()
    hearing.reload()
    hearing.wait_serving(without=old)
    hearing.signal(signal.SIGUSR1)
    wait_until(lambda: heard(hearing).count("second SIGUSR1") == 3, "all three workers")


def test_a_signal_to_a_worker_is_not_heard(hearing):
    (worker,) = hearing.pids()
    os.kill(worker, signal.SIGUSR1)
    os.kill(worker, signal.SIGHUP)
    hearing.get("/on?12")  # its loop has turned
    assert heard(hearing) == []
    assert hearing.pids() == [worker]


def test_only_the_signals_that_the_master_handles_can_be_listened_to(hearing):
    hearing.expect_log(r"\(signals\): eddy_process_on")
    for number in (signal.SIGQUIT, signal.SIGCHLD, signal.SIGKILL, signal.SIGTTIN, 0, 65):
        assert hearing.get(f"/on?{int(number)}").body == b"-1", number
    assert hearing.get(f"/on?{int(signal.SIGUSR1)}").body == b"0"
    hearing.signal(signal.SIGUSR1)
    wait_until(lambda: heard(hearing)[-1:] == ["late SIGUSR1"], "the third listener")


def test_signals_for_a_worker_that_looks_at_none_are_bounded(hearing):
    """A worker that stands still gets some of them, later, and is none the worse for it."""
    hearing.expect_log("log lines were dropped")
    (worker,) = hearing.pids()
    stand_still(worker)
    before = rss_bytes(hearing.pid)
    for round in range(1000):
        hearing.signal(signal.SIGUSR1)
        if round % 100 == 0:
            hearing.ctl("status")
    after = rss_bytes(hearing.pid)
    os.kill(worker, signal.SIGCONT)
    if not hearing.programs.sanitized:  # whose allocator keeps what is freed for a while
        assert after - before < 4 << 20
    wait_until(lambda: "second SIGUSR1" in heard(hearing), "a signal to be heard")
    assert hearing.pids() == [worker]
