"""Workers that a module has leave: they drain, are replaced, and are no crash."""
import os
import re

import pytest

from harness.client import request
from harness.wait import wait_until

EXITS = r"leaver|exit with code"


@pytest.fixture
def configure(daemon, modules):
    def start(launch="start", **options):
        daemon.conf(
            workers=1,
            modules={"leaver": {"path": str(modules / "leaver.so")} | options},
            routes={f"/{name}": {"module": "leaver", "handler": name} for name in ("exit", "replace", "park", "fatal", "aside")},
        )
        return getattr(daemon, launch)()

    return start


@pytest.mark.parametrize("code, priority", [(0, 5), (3, 4)])
def test_a_worker_that_exits_finishes_what_is_under_way_and_is_replaced(configure, daemon, code, priority):
    configure()
    daemon.expect_log(EXITS)
    before = daemon.status()
    (pid,) = daemon.pids()
    with daemon.connect() as parked, daemon.connect() as client:
        parked.send(request("GET", "/park"))
        wait_until(lambda: daemon.workers()[0]["parked"] == 1, "the request to be parked")
        assert client.get(f"/exit?{code}").body == b"leaving\n"
        assert parked.read().body == b"drained\n"
    daemon.wait_serving(without=[pid])
    daemon.wait_log(rf"worker 0 \(pid {pid}, generation 1\) has drained")
    after = daemon.status()
    assert (after["restarts"] - before["restarts"], after["crashes"]) == (1, before["crashes"])
    said = re.findall(r"<(\d)>worker 0 \(leaver\): exit with code (\d): this worker drains", daemon.log())
    assert said == [(str(priority), str(code))]


def test_load_refuses_by_what_it_returns(configure, daemon):
    daemon.expect_log("eddy_process_(exit|replace)")
    configure(when="load")
    daemon.wait_log("in load: EINVAL, EINVAL$")
    daemon.wait_log("eddy_process_exit: `load` refuses by what it returns")
    daemon.wait_log("eddy_process_replace: the worker does not serve yet")
    assert daemon.get("/exit").status == 200
    daemon.expect_log(EXITS)


def test_a_worker_that_is_to_be_replaced_serves_until_the_next_one_does(configure, daemon):
    configure()
    before = daemon.status()
    (pid,) = daemon.pids()
    with daemon.connect() as parked:
        parked.send(request("GET", "/park"))
        wait_until(lambda: daemon.workers()[0]["parked"] == 1, "the request to be parked")
        assert daemon.get("/replace").body == b"going\n"
        assert parked.read().body == b"drained\n"
    daemon.wait_serving(without=[pid])
    daemon.wait_log(rf"worker 0 \(pid {pid}, generation 1\) has drained")
    after = daemon.status()
    assert (after["restarts"] - before["restarts"], after["crashes"]) == (1, before["crashes"])
    log = daemon.log()
    assert log.count(f"<5>worker 0 (pid {pid}) is to be replaced, asked for by its module\n") == 1
    assert "drains unasked" not in log


def test_a_worker_goes_on_when_the_next_one_refuses_to_run(configure, daemon, tmp_path):
    os.chmod(tmp_path, 0o755)
    configure(refuse=str(tmp_path / "refuse"))
    (pid,) = daemon.pids()
    (tmp_path / "refuse").touch()
    daemon.expect_log("goes on: the next one refuses to run|not any more")
    for times in (1, 2):
        assert daemon.get("/replace").body == b"going\n"
        said = rf"<3>worker 0 \(pid {pid}\) goes on: the next one refuses to run: .*not any more"
        wait_until(lambda: len(re.findall(said, daemon.log())) == times, "the next to refuse")
        assert daemon.pids() == [pid]
    (tmp_path / "refuse").unlink()
    daemon.get("/replace")
    daemon.wait_serving(without=[pid])


def test_it_is_said_when_no_worker_serves(configure, daemon, tmp_path):
    os.chmod(tmp_path, 0o755)
    configure(refuse=str(tmp_path / "refuse"))
    assert "NO WORKER" not in daemon.ctl("status").stdout
    assert daemon.status()["workers_serving"] == 1
    (tmp_path / "refuse").touch()
    daemon.expect_log(EXITS + "|refuses to run|no worker of generation")
    daemon.get("/exit?0")
    daemon.wait_log("no worker of generation 1 is left: nothing is served until a reload succeeds")
    assert ": RUNNING for " in daemon.ctl("status").stdout.splitlines()[0]
    assert daemon.ctl("status").stdout.splitlines()[0].endswith("generation 1: NO WORKER SERVES, the log says why")
    assert daemon.status()["workers_serving"] == 0
    (tmp_path / "refuse").unlink()
    assert daemon.ctl("reload").returncode == 0
    assert "NO WORKER" not in daemon.ctl("status").stdout


def test_who_exits_again_and_again_waits_longer_and_longer(configure, daemon):
    daemon.expect_log(EXITS)
    configure("launch", when="1")

    def pauses():
        return [int(ms) for ms in re.findall(r"drains unasked; starting another in (\d+) ms", daemon.log())]

    wait_until(lambda: len(pauses()) >= 4, lambda: f"pauses that grow: {pauses()}", 20)
    assert pauses()[3] > pauses()[0]


@pytest.mark.parametrize(
    "path, code, said", [("/fatal", 77, "nothing is left of everything"), ("/aside", 1, "seen from aside")]
)
def test_a_worker_may_end_at_once_and_say_why(configure, daemon, path, code, said):
    configure()
    daemon.expect_log(f"{said}|exited with code {code}|is blocked for")
    (pid,) = daemon.pids()
    client = daemon.connect()
    client.send(request("GET", path))
    client.expect_close()
    daemon.wait_log(rf"^<3>worker 0 \(leaver\): {said}$")
    daemon.wait_log(
        rf'<3>worker 0 \(pid {pid}, generation 1\) exited with code {code} in module "leaver" \(request callback, '
        rf'route "{path}"'
    )
    daemon.wait_serving(without=[pid])
