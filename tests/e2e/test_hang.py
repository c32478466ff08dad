"""
Workers that serve nobody: who keeps them is named in the log, with a backtrace when it lasts, and
what lasts too long is ended. What stands still for another reason is left alone.
"""
import copy
import os
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest

from harness import ports
from harness.client import Closed, request
from harness.daemon import alive, stand_still, state
from harness.wait import SCALE, wait_until

PATIENCE = 40  # seconds: what waits for a processor is not called blocked, on a busy machine
HANDLERS = ("spin", "block", "timer", "ticks", "deaf")


@pytest.fixture
def hanging(daemon, modules):
    """Its hang_timeout is as long as a test needs it; `hanging` ends nothing by itself."""

    def configure(hang_timeout="0", workers=2):
        daemon.conf(
            workers=workers,
            extra=f'hang_timeout = "{hang_timeout}"',
            modules={
                "hello": {"path": "hello.so"},
                "hang": {"path": str(modules / "hang.so")},
            },
            routes={f"/{name}": {"module": "hang", "handler": name} for name in HANDLERS}
            | {"/hello": "hello"},
        )
        daemon.expect_log(r"worker \d+ \(pid \d+")
        return daemon.start()

    return configure


def ms(seconds):
    return int(seconds * 1000 * SCALE)


@pytest.mark.parametrize("handler", ["spin", "block"])
def test_a_call_that_keeps_its_worker_is_named_and_so_is_its_end(hanging, handler):
    """One computes, the other waits in a system call."""
    daemon = hanging()
    client = daemon.connect()
    client.send(request("GET", f"/{handler}?ms={ms(2)}"))
    called = (
        rf'in module "hang" \(request callback, route "/{handler}", '
        rf'request "GET /{handler}\?ms=\d+"\)'
    )
    start = rf"<4>worker \d+ \(pid \d+, generation 1\) is blocked for [\d.]+ s {called}$"
    daemon.wait_log(start, PATIENCE)
    assert sorted(worker["blocked"] > 0 for worker in daemon.workers()) == [False, True]
    assert daemon.ctl("workers").stdout.count("ACCEPTING, blocked ") == 1
    assert client.read().status == 200
    end = rf"<5>worker \d+ .* goes on: it was blocked for ([\d.]+) s {called}$"
    took = daemon.wait_log(end, PATIENCE)[1]
    assert float(took) >= 1.0 * SCALE
    assert not any(worker["blocked"] for worker in daemon.workers())


def test_a_timer_that_keeps_its_worker_is_named(hanging):
    daemon = hanging()
    daemon.get(f"/timer?ms={ms(1.8)}")
    daemon.wait_log(r'is blocked for [\d.]+ s in module "hang" \(timer callback\)', PATIENCE)
    daemon.wait_log(r"goes on: it was blocked for", PATIENCE)


def test_a_call_that_lasts_gets_a_backtrace_in_the_log(hanging):
    daemon = hanging(workers=1)
    (pid,) = daemon.pids()
    client = daemon.connect()
    client.send(request("GET", f"/block?ms={ms(4)}"))
    daemon.wait_log(r"is blocked for [\d.]+ s in module .*; a backtrace follows$", PATIENCE)
    daemon.wait_log(
        rf"<4>worker 0 \(pid {pid}\): #\d+ sleep_in_the_kernel\+0x[0-9a-f]+ \(.*/hang.so\+0x"
    )
    daemon.wait_log(rf"<4>worker 0 \(pid {pid}\): #\d+ block\+0x")
    daemon.wait_log(rf"<4>worker 0 \(pid {pid}\): #\d+ .*\(eddy-worker\+0x")
    assert client.read().status == 200  # being looked at does it no harm
    assert daemon.pids() == [pid]


@pytest.mark.skipif(not shutil.which("strip"), reason="there is no strip here")
def test_a_stripped_worker_calls_no_function_by_anothers_name(hanging, daemon, tmp_path):
    """The places in the file are those of the whole worker, which knows all names."""

    def frames():
        (pid,) = daemon.pids()
        client = daemon.connect()
        client.send(request("GET", f"/block?ms={ms(3)}"))
        daemon.wait_log("is blocked")
        lines = daemon.ctl_json("dump", str(pid))["backtrace"]
        assert client.read().status == 200
        own = [re.match(r"#\d+ (\S+) \(\S*eddy-worker\+(0x\w+)\)", line) for line in lines]
        return {frame[2]: frame[1].partition("+")[0] for frame in own if frame}

    hanging(workers=1)
    named = frames()
    assert {"conn_process", "main"} <= set(named.values())
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_exit() == 0
    stripped = str(tmp_path / "eddy-worker")
    subprocess.run(["strip", "-o", stripped, daemon.programs.worker], check=True)
    daemon.programs = copy.copy(daemon.programs)
    daemon.programs.worker = stripped
    daemon.start()
    unnamed = frames()
    assert "?" in unnamed.values()
    both = unnamed.keys() & named.keys()
    assert both
    assert all(unnamed[place] in ("?", named[place]) for place in both)


@pytest.mark.parametrize("handler", ["spin", "block"])
def test_what_lasts_longer_than_hang_timeout_is_ended_and_replaced(hanging, handler):
    daemon = hanging("1s")
    before = daemon.pids()
    client = daemon.connect(seconds=PATIENCE)
    client.send(request("GET", f"/{handler}"))
    with pytest.raises(Closed):
        client.read()
    daemon.wait_log(
        r"worker \d+ .* was killed: it was blocked for longer than hang_timeout in module "
        rf'"hang" \(request callback, route "/{handler}", request "GET /{handler}"'
    )
    assert re.search(r"#\d+ (spin_about|sleep_in_the_kernel)\+0x", daemon.log())
    wait_until(lambda: daemon.pids() != before, "another worker")
    daemon.wait_serving()
    assert daemon.get().status == 200


def test_a_loop_that_does_not_turn_is_ended_though_no_call_lasts(hanging):
    daemon = hanging("1s", workers=1)
    before = daemon.pids()
    client = daemon.connect()
    client.send(request("GET", "/ticks"))
    daemon.wait_log(r"is blocked for .*hang")
    daemon.wait_log(r"was killed: it was blocked for longer than hang_timeout")
    daemon.wait_serving(without=before)
    assert daemon.get().status == 200


def test_a_worker_that_blocks_all_signals_is_ended_too(hanging):
    daemon = hanging("1s", workers=1)
    before = daemon.pids()
    client = daemon.connect()
    client.send(request("GET", "/deaf"))
    daemon.wait_log(r"was killed: it was blocked for longer than hang_timeout in module", 20)
    daemon.wait_serving(without=before)
    assert daemon.get().status == 200


@pytest.mark.parametrize("handler", ["spin", "block"])
def test_a_worker_that_hangs_does_not_outlive_its_master(hanging, handler):
    daemon = hanging(workers=1)
    (pid,) = daemon.pids()
    client = daemon.connect()
    client.send(request("GET", f"/{handler}"))
    wait_until(lambda: daemon.totals()["requests"] == 1, "the call")
    daemon.expected_exit = -signal.SIGKILL
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.wait_exit()
    wait_until(lambda: not alive(pid), "the worker to go with its master", 6)
    assert ports.can_bind(daemon.port)


def test_a_worker_that_is_stopped_by_somebody_is_left_alone(hanging):
    daemon = hanging("1s", workers=1)
    (pid,) = daemon.pids()
    client = daemon.connect()
    client.send(request("GET", "/block?ms=150"))
    with daemon.stopped(pid):
        daemon.wait_log(rf"<5>worker 0 \(pid {pid}, generation 1\) is stopped", 20)
        time.sleep(1.5)  # longer than hang_timeout
    assert client.read().status == 200
    assert daemon.pids() == [pid]


def test_a_machine_that_stood_still_is_no_hang(hanging):
    """All processes stop for longer than any limit, as with a virtual machine that is moved."""
    daemon = hanging("1s")
    pids = daemon.pids()
    for pid in [daemon.pid, *pids]:
        stand_still(pid)
    wait_until(lambda: all(state(pid) == "T" for pid in pids), "all to stand still")
    time.sleep(3)
    for pid in [daemon.pid, *pids]:
        os.kill(pid, signal.SIGCONT)
    assert daemon.get().status == 200
    assert sorted(daemon.wait_serving()) == pids
    assert "is blocked" not in daemon.log()


def test_a_master_that_stood_still_blames_nobody(hanging):
    daemon = hanging("1s")
    pids = daemon.pids()
    stand_still(daemon.pid)
    clients = [daemon.connect() for _ in range(4)]
    for client in clients:
        client.send(request("GET", "/block?ms=100"))
    for client in clients:
        assert client.read().status == 200
    time.sleep(3)
    daemon.signal(signal.SIGCONT)
    assert sorted(daemon.wait_serving()) == pids
    assert "is blocked" not in daemon.log()


def test_eddyctl_dump_shows_what_a_worker_is_doing(hanging):
    daemon = hanging(workers=1)
    (pid,) = daemon.pids()
    dump = daemon.ctl("dump", str(pid))
    assert dump.returncode == 0, dump
    assert dump.stdout.startswith(f"worker 0, pid {pid}, generation 1:\n#0 ")
    assert "epoll_wait" in dump.stdout
    client = daemon.connect()
    client.send(request("GET", f"/block?ms={ms(3)}"))
    daemon.wait_log("is blocked")
    dump = daemon.ctl_json("dump", str(pid))
    assert dump["pid"] == pid and dump["worker"] == 0 and dump["generation"] == 1
    assert dump["doing"].startswith('in module "hang" (request callback, route "/block"')
    assert any(re.match(r"#\d+ sleep_in_the_kernel\+0x", line) for line in dump["backtrace"])
    assert client.read().status == 200


def test_many_dumps_at_once_are_all_answered_and_harm_nothing(hanging):
    daemon = hanging(workers=1)
    (pid,) = daemon.pids()
    done = []
    threads = [
        threading.Thread(target=lambda: done.append(daemon.ctl("dump", str(pid)))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for _ in range(50):
        assert daemon.get().status == 200
    for thread in threads:
        thread.join()
    assert [one.returncode for one in done] == [0] * 8
    assert daemon.pids() == [pid]


@pytest.mark.parametrize(
    "argument,words",
    [("1", "no worker has the pid 1"), ("0", "no worker has the pid 0")]
    + [(argument, "which worker?") for argument in ("-1", "4294967297", "x", "12x")],
)
def test_eddyctl_dump_of_what_is_no_worker_is_refused(hanging, argument, words):
    daemon = hanging(workers=1)
    done = daemon.ctl("--", "dump", argument)
    assert done.returncode == 1, done
    assert words in done.stderr


def test_eddyctl_dump_of_a_worker_that_stands_still_says_so(hanging):
    daemon = hanging(workers=1)
    (pid,) = daemon.pids()
    with daemon.stopped(pid):
        done = daemon.ctl("dump", str(pid))
    assert done.returncode == 1, done
    assert f"worker 0 (pid {pid}) has given no backtrace within 3 s: it is stopped" in done.stderr
    assert alive(pid)


def test_eddyctl_dump_ends_when_its_worker_does(hanging):
    daemon = hanging(workers=1)
    (pid,) = daemon.pids()
    stand_still(pid)
    done = []
    thread = threading.Thread(target=lambda: done.append(daemon.ctl("dump", str(pid))))
    thread.start()
    wait_until(lambda: waits_for_a_dump(daemon, pid), "the dump to be asked for")
    os.kill(pid, signal.SIGKILL)
    thread.join()
    assert done[0].returncode == 1
    assert "has ended meanwhile" in done[0].stderr


def waits_for_a_dump(daemon, pid):
    """Whether the signal that asks for it waits in the process that stands still."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        pending = re.search(r"SigPnd:\s+(\S+)", file.read())[1]
    return int(pending, 16) >> 32 != 0


def test_the_hang_timeout_is_printed_and_checked(daemon):
    daemon.conf(extra='hang_timeout = "5m"')
    done = daemon.launch("-T", "-c", daemon.conf_path)
    done.process.wait()
    with open(daemon.out_path, encoding="utf-8") as file:
        assert 'hang_timeout = "5m"' in file.read()
    daemon.process = None
