"""How many workers there are, and which of them leaves: TTIN, TTOU, set workers, drain."""
import json
import os
import signal
import subprocess
import threading

import pytest

from harness.client import request
from harness.daemon import alive, environment
from harness.load import Load
from harness.wait import wait_until


def numbers(daemon):
    """The numbers of the workers that accept."""
    return sorted(w["worker"] for w in daemon.workers() if w["state"] == "ACCEPTING")


def wait_numbers(daemon, n):
    wait_until(
        lambda: numbers(daemon) == list(range(n)) and len(daemon.pids()) == n,
        lambda: f"{n} workers: {daemon.workers()}\n{daemon.log()}",
        20,
    )


def set_workers(daemon, n):
    done = daemon.ctl("set", "workers", str(n))
    assert done.returncode == 0, (done, daemon.log())
    daemon.settings["workers"] = n
    return done


def drain(daemon, pid):
    return daemon.ctl("drain", str(pid))


def waiting(daemon, *arguments):
    """eddyctl, while it runs."""
    return subprocess.Popen(
        [daemon.programs.eddyctl, "-s", daemon.control, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )


def outcome(process):
    out, err = process.communicate(timeout=40)
    return process.returncode, out, err


# the number


def test_set_workers_returns_when_so_many_serve(daemon):
    daemon.conf(workers=2)
    daemon.start()
    first = {w["worker"]: w["pid"] for w in daemon.workers()}
    done = set_workers(daemon, 5)
    assert done.stdout == "5 workers, until the next reload\n"
    wait_numbers(daemon, 5)
    now = {w["worker"]: w["pid"] for w in daemon.workers()}
    assert {n: now[n] for n in first} == first, "those that were there stay"
    done = daemon.ctl("set", "workers", "1", "--json")
    assert json.loads(done.stdout) == {"ok": True, "workers": 1}
    wait_numbers(daemon, 1)
    assert daemon.pids() == [first[0]], "the highest numbers leave"
    assert daemon.get().status == 200


def test_the_number_that_there_is_already_is_fine(daemon):
    daemon.conf(workers=2)
    daemon.start()
    before = daemon.pids()
    set_workers(daemon, 2)
    assert daemon.pids() == before


def test_no_request_is_lost_while_the_number_changes(daemon):
    daemon.conf(workers=2)
    daemon.start()
    with (
        Load(daemon.address, clients=3) as kept,
        Load(daemon.address, clients=2, keep_alive=False) as single,
    ):
        for n in (4, 1, 3, 2):
            set_workers(daemon, n)
            kept.more(50)
            single.more(50)
    wait_numbers(daemon, 2)
    assert daemon.totals()["requests"] >= kept.count + single.count


def test_ttin_is_one_more_and_ttou_one_fewer(daemon):
    daemon.conf(workers=1)
    daemon.start()
    daemon.signal(signal.SIGTTIN)
    wait_numbers(daemon, 2)
    daemon.signal(signal.SIGTTIN)
    wait_numbers(daemon, 3)
    daemon.signal(signal.SIGTTOU)
    wait_numbers(daemon, 2)
    daemon.signal(signal.SIGTTOU)
    wait_numbers(daemon, 1)
    assert "2 workers until the next reload, instead of 1, asked for by SIGTTIN" in daemon.log()


def test_one_worker_stays_whatever_is_asked(daemon):
    daemon.conf(workers=1)
    daemon.start()
    before = daemon.pids()
    daemon.signal(signal.SIGTTOU)
    daemon.wait_log(r"SIGTTOU: there can be 1 to 256 workers, not 0")
    done = daemon.ctl("set", "workers", "0")
    assert done.returncode == 1
    assert done.stderr == "eddyctl: there can be 1 to 256 workers, not 0\n"
    assert daemon.pids() == before


@pytest.mark.parametrize("what", ["x", "-1", "1.5", "3x", "99999999999"])
def test_what_is_no_number_is_refused(daemon, what):
    daemon.start()
    done = daemon.ctl("--", "set", "workers", what)
    assert done.returncode == 1
    assert "takes a number" in done.stderr
    assert len(daemon.pids()) == 2


def test_more_than_there_can_be_is_refused(daemon):
    daemon.start()
    done = daemon.ctl("set", "workers", "257")
    assert (done.returncode, done.stderr) == (
        1,
        "eddyctl: there can be 1 to 256 workers, not 257\n",
    )


@pytest.mark.parametrize(
    "words", [("set",), ("set", "workers"), ("set", "workers", "1", "2"), ("drain",)]
)
def test_arguments_that_miss_are_a_usage_error(daemon, words):
    done = daemon.ctl(*words)
    assert done.returncode == 64
    assert "try eddyctl --help" in done.stderr


def test_nothing_but_workers_can_be_set(daemon):
    daemon.start()
    done = daemon.ctl("set", "threads", "3")
    assert (done.returncode, done.stderr) == (
        1,
        "eddyctl: only `workers` can be set: set workers N\n",
    )


def test_the_conf_counts_again_after_a_reload(daemon):
    daemon.conf(workers=2)
    daemon.start()
    set_workers(daemon, 4)
    daemon.settings["workers"] = 2
    daemon.reload()
    wait_numbers(daemon, 2)
    assert daemon.status()["generation"] == 2


def test_the_number_outlives_a_reload_that_fails(daemon):
    daemon.conf(workers=2)
    daemon.start()
    set_workers(daemon, 3)
    before = daemon.pids()
    daemon.write_conf("nonsense = 1\n")
    daemon.expect_log(r"eddy\.conf|reload failed")
    daemon.reload(expect=78)
    assert daemon.pids() == before


def test_a_worker_that_dies_in_a_seat_that_was_added_is_replaced(daemon):
    daemon.conf(workers=1)
    daemon.start()
    set_workers(daemon, 2)
    last = next(w["pid"] for w in daemon.workers() if w["worker"] == 1)
    daemon.expect_log(r"was killed by SIGKILL")
    os.kill(last, signal.SIGKILL)
    daemon.wait_serving(without=[last])
    wait_numbers(daemon, 2)


def start_refusing(daemon, modules):
    """One worker, whose module refuses to load from when there is a file of the name returned."""
    flag = os.path.join(daemon.folder, "refuse")
    daemon.conf(
        workers=1,
        modules={"refuse": {"path": str(modules / "refuse.so"), "flag": flag}},
        routes={"/hello": "refuse"},
    )
    daemon.start()
    return flag


def test_a_worker_that_cannot_start_fails_the_request(daemon, modules):
    """`load` refuses from the second start on: the new worker says why, the old one serves on."""
    flag = start_refusing(daemon, modules)
    with open(flag, "w", encoding="utf-8"):
        pass
    daemon.expect_log(r"refuses to run")
    done = daemon.ctl("set", "workers", "2")
    assert done.returncode == 1
    assert "worker 1 refuses to run: " in done.stderr
    assert "no pigs that fly today" in done.stderr
    assert numbers(daemon) == [0]
    done = daemon.ctl("set", "workers", "3")
    assert (done.returncode, done.stderr) == (
        1,
        "eddyctl: worker 1 refuses to run, and stays away until the next reload\n",
    )
    daemon.settings["workers"] = 1
    set_workers(daemon, 1)
    os.unlink(flag)
    set_workers(daemon, 2)
    wait_numbers(daemon, 2)


def test_who_waits_for_a_number_is_told_that_another_was_asked_for(daemon, modules):
    """A worker that holds a request drains; it accepts no more, which is what is waited for."""
    daemon.conf(workers=2)
    daemon.start()
    first = next(w["pid"] for w in daemon.workers() if w["worker"] == 1)
    with daemon.stopped(first):  # so that it cannot say that it has stopped
        process = waiting(daemon, "set", "workers", "1")
        daemon.wait_log(r"1 worker until the next reload")
        done = waiting(daemon, "set", "workers", "2")
        code, _, err = outcome(process)
        assert (code, err) == (1, "eddyctl: another number of workers was asked for meanwhile\n")
    assert outcome(done)[0] == 0
    wait_numbers(daemon, 2)


def test_a_storm_of_ttin_and_ttou_ends_in_the_right_number(daemon):
    daemon.conf(workers=2)
    daemon.start()
    for _ in range(100):
        daemon.signal(signal.SIGTTIN)
        daemon.signal(signal.SIGTTOU)
    # the last of the signals may come after what is asked here
    wait_until(
        lambda: daemon.ctl("set", "workers", "3").returncode == 0
        and numbers(daemon) == [0, 1, 2]
        and len(daemon.pids()) == 3,
        lambda: f"3 workers: {daemon.workers()}\n{daemon.log()}",
        20,
    )
    daemon.settings["workers"] = 3
    assert daemon.get().status == 200


# which


def test_drain_replaces_a_worker(daemon):
    daemon.conf(workers=2)
    daemon.start()
    before = {w["worker"]: w["pid"] for w in daemon.workers()}
    done = drain(daemon, before[0])
    assert done.returncode == 0, done
    wait_until(lambda: not alive(before[0]), "the worker to leave")
    wait_numbers(daemon, 2)
    after = {w["worker"]: w["pid"] for w in daemon.workers()}
    assert after[1] == before[1] and after[0] != before[0]
    assert (
        done.stdout
        == f"worker 0 (pid {before[0]}) accepts no more; pid {after[0]} serves in its place\n"
    )
    assert f"worker 0 (pid {before[0]}, generation 1) has drained" in daemon.log()


def test_no_request_is_lost_when_the_only_worker_is_drained(daemon):
    daemon.conf(workers=1)
    daemon.start()
    with (
        Load(daemon.address, clients=3) as kept,
        Load(daemon.address, clients=2, keep_alive=False) as single,
    ):
        for _ in range(3):
            done = drain(daemon, numbers_pids(daemon)[0])
            assert done.returncode == 0, done
            kept.more(50)
            single.more(50)
    wait_numbers(daemon, 1)


def numbers_pids(daemon):
    return [w["pid"] for w in daemon.workers() if w["state"] == "ACCEPTING"]


def test_a_worker_that_drains_answers_what_it_holds(daemon, modules):
    daemon.conf(
        workers=1,
        modules={"drain": {"path": str(modules / "drain.so")}},
        routes={"/park": "drain"},
        drain_timeout="20s",
    )
    daemon.start()
    pid = daemon.pids()[0]
    client = daemon.connect()
    client.send(request("GET", "/park"))
    wait_until(lambda: daemon.workers()[0]["parked"] == 1, "the request to be parked")
    assert drain(daemon, pid).returncode == 0
    answer = client.read()
    assert (answer.status, answer.body) == (200, b"answered by drain\n")
    wait_until(lambda: not alive(pid), "the worker to leave")


def test_a_pid_that_is_no_workers_is_told_with_those_that_are(daemon):
    daemon.conf(workers=2)
    daemon.start()
    pids = {w["worker"]: w["pid"] for w in daemon.workers()}
    done = drain(daemon, os.getpid())
    assert done.returncode == 1
    assert done.stderr == (
        f"eddyctl: no worker has the pid {os.getpid()}; there are {pids[0]} (worker 0), "
        f"{pids[1]} (worker 1)\n"
    )
    done = drain(daemon, "hello")
    assert done.returncode == 1 and "drain PID takes the pid" in done.stderr
    assert daemon.pids() == sorted(pids.values())


def test_a_worker_leaves_once(daemon):
    daemon.conf(workers=1)
    daemon.start()
    pid = daemon.pids()[0]
    with daemon.stopped(pid):
        process = waiting(daemon, "drain", str(pid))
        daemon.wait_log(rf"worker 0 \(pid {pid}\) is to be replaced")
        done = drain(daemon, pid)
        assert (done.returncode, done.stderr) == (
            1,
            f"eddyctl: worker 0 (pid {pid}) is leaving already\n",
        )
    assert outcome(process)[0] == 0
    wait_numbers(daemon, 1)


def test_a_worker_whose_replacement_refuses_goes_on(daemon, modules):
    flag = start_refusing(daemon, modules)
    pid = daemon.pids()[0]
    with open(flag, "w", encoding="utf-8"):
        pass
    daemon.expect_log(r"goes on: the next one refuses to run")
    done = drain(daemon, pid)
    assert done.returncode == 1
    assert f"worker 0 (pid {pid}) goes on: the next one refuses to run: " in done.stderr
    wait_until(lambda: daemon.pids() == [pid], "the other to go")
    assert daemon.get().status == 200
    os.unlink(flag)
    assert drain(daemon, pid).returncode == 0
    wait_numbers(daemon, 1)


def test_the_place_of_a_worker_that_drains_unasked_is_filled_before_it_has_gone(daemon, modules):
    """A TERM to one worker that holds a request: another serves at once."""
    daemon.conf(
        workers=1,
        modules={
            "probe": {"path": str(modules / "probe.so")},
            "hello": {"path": "hello.so"},
        },
        routes={"/later": {"module": "probe", "handler": "later"}, "/hello": "hello"},
        drain_timeout="20s",
    )
    daemon.start()
    pid = daemon.pids()[0]
    client = daemon.connect()
    client.send(request("GET", "/later?3000"))
    wait_until(lambda: daemon.workers()[0]["parked"] == 1, "the request to be parked")
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: set(numbers_pids(daemon)) - {pid}, "another worker to serve")
    assert alive(pid)
    assert daemon.get().status == 200
    assert client.read().status == 200
    assert "drains unasked; starting another" in daemon.log()


def test_who_waits_is_told_when_eddyd_stops(daemon):
    daemon.conf(workers=2, drain_timeout="20s")
    daemon.start()
    first = next(w["pid"] for w in daemon.workers() if w["worker"] == 1)
    with daemon.stopped(first):
        process = waiting(daemon, "set", "workers", "1")
        daemon.wait_log(r"1 worker until the next reload")
        daemon.signal(signal.SIGTERM)
        code, _, err = outcome(process)
    assert (code, err) == (1, "eddyctl: eddyd is stopping\n")
    assert daemon.wait_exit() == 0
