"""
Handlers that kill their workers again and again: their route answers 503, the others go on,
and after a time one request is let through to try.
"""
import os
import signal

import pytest

from harness.client import Closed, request
from harness.wait import wait_until

HANDLERS = ("null", "leave", "exit_0", "timer", "data", "moody")


@pytest.fixture
def quarantine(daemon, modules):
    def configure(time="60s", **more):
        daemon.conf(
            extra=f'quarantine = "{time}"',
            modules={
                "hello": {"path": "hello.so"},
                "crash": {"path": str(modules / "crash.so")},
            },
            routes={f"/{name}": {"module": "crash", "handler": name} for name in HANDLERS}
            | {"/hello": "hello", "/rooms/:room": {"module": "crash", "handler": "moody"}},
            **more,
        )
        daemon.expect_log("worker|crash|quarantine")
        return daemon.start()

    return configure


def kill_by(daemon, path, times=1):
    """That many requests that kill their worker; and then the workers are there again."""
    for _ in range(times):
        before = sorted(daemon.wait_serving())
        with daemon.connect() as client:
            client.send(request("POST", path, "Content-Length: 1") + b"x")
            with pytest.raises(Closed):
                client.read()
        wait_until(lambda: daemon.pids() != before, "the worker to die")
    daemon.wait_serving()


def listed(daemon):
    return daemon.ctl_json("quarantine")["quarantine"]


@pytest.mark.parametrize("handler", ["null", "leave", "exit_0", "data", "moody"])
def test_a_handler_that_kills_three_workers_is_not_called_any_more(quarantine, handler):
    """By a signal, by leaving, at its first call or at a later one."""
    daemon = quarantine()
    path = f"/{handler}?die" if handler == "moody" else f"/{handler}"
    kill_by(daemon, path, 2)
    assert listed(daemon) == []
    kill_by(daemon, path)
    pids = daemon.pids()
    with daemon.connect() as client:
        for _ in range(3):
            answer = client.get(path)
            assert (answer.status, answer.body) == (503, b"503 Service Unavailable\n")
            assert 1 <= int(answer.get("Retry-After")) <= 60
        assert client.ask(request("HEAD", path), "HEAD").status == 503
        assert client.get("/hello").status == 200
    assert daemon.pids() == pids
    daemon.wait_log(
        rf'<3>route "/{handler}" of module "crash" has killed its worker 3 times within 60 s: '
        "it answers 503 for 60 s"
    )


def test_other_routes_of_the_module_are_called_as_before(quarantine):
    daemon = quarantine()
    kill_by(daemon, "/null", 3)
    assert daemon.get("/null").status == 503
    assert daemon.get("/moody").status == 200
    assert daemon.get("/rooms/blue").status == 200


def test_what_a_request_has_started_is_not_its_handlers_doing(quarantine):
    """A crash in a timer is nobody's route: it is told, and the route stays open."""
    daemon = quarantine()
    kill_by(daemon, "/timer", 4)
    assert listed(daemon) == []
    assert daemon.log().count('in module "crash" (timer callback') == 4


def test_workers_that_somebody_kills_are_nobodys_doing(quarantine):
    daemon = quarantine(workers=1)
    for _ in range(4):
        (pid,) = daemon.wait_serving()
        with daemon.connect() as client:
            client.send(request("GET", "/moody?late"))
            wait_until(lambda: daemon.workers()[0]["parked"] == 1, "the request")
            os.kill(pid, signal.SIGKILL)
            with pytest.raises(Closed):
                client.read()
        daemon.wait_serving(without=[pid])
    assert listed(daemon) == []
    assert daemon.get("/moody").status == 200


def test_eddyctl_shows_what_is_in_quarantine(quarantine):
    daemon = quarantine()
    kill_by(daemon, "/rooms/blue?die", 3)
    (entry,) = listed(daemon)
    assert 0 < entry.pop("left") <= 60
    assert entry == {
        "module": "crash",
        "route": "/rooms/:room",
        "handler": "moody",
        "methods": [],
        "generation": 1,
        "state": "shut",
        "length": 60.0,
    }
    assert [one["route"] for one in daemon.status()["quarantine"]] == ["/rooms/:room"]
    table = daemon.ctl("quarantine").stdout.splitlines()
    assert table[0].split()[:5] == ["MODULE", "ROUTE", "METHODS", "GEN", "STATE"]
    assert table[1].split()[:5] == ["crash", "/rooms/:room", "any", "1", "shut"]
    assert "quarantine   1 routes answer 503" in daemon.ctl("status").stdout


@pytest.mark.parametrize("name", [(), ("crash",), ("crash/null",)])
def test_eddyctl_ends_a_quarantine(quarantine, name):
    daemon = quarantine()
    kill_by(daemon, "/null", 3)
    assert daemon.get("/null").status == 503
    done = daemon.ctl("quarantine", "clear", *name)
    assert (done.returncode, done.stdout) == (0, "1 route is out of quarantine\n")
    assert listed(daemon) == []
    kill_by(daemon, "/null", 2)  # and all is forgotten
    assert listed(daemon) == []


def test_eddyctl_ends_no_other_quarantine(quarantine):
    daemon = quarantine()
    kill_by(daemon, "/null", 3)
    for name in ("hello", "crash/leave", "crash/nul", "cras", "crash/null/x"):
        done = daemon.ctl("quarantine", "clear", name)
        assert done.returncode == 1, done
        assert f'nothing of "{name}" is in quarantine' in done.stderr
    assert daemon.ctl("quarantine", "end").returncode == 1
    assert daemon.get("/null").status == 503


def test_a_reload_begins_without_quarantine(quarantine):
    """The operator has mended the module, or says so."""
    daemon = quarantine()
    kill_by(daemon, "/moody?die", 3)
    assert daemon.get("/moody").status == 503
    daemon.reload()
    assert daemon.get("/moody").status == 200
    assert listed(daemon) == []


def test_a_new_worker_keeps_to_the_quarantine(quarantine):
    daemon = quarantine()
    kill_by(daemon, "/moody?die", 3)
    before = daemon.pids()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    daemon.wait_serving(without=before)
    assert daemon.get("/moody").status == 503


def test_an_upgrade_of_the_master_keeps_it(quarantine):
    daemon = quarantine()
    kill_by(daemon, "/moody?die", 3)
    assert daemon.ctl("upgrade").returncode == 0
    assert daemon.get("/moody").status == 503
    assert [one["route"] for one in listed(daemon)] == ["/moody"]
    assert daemon.ctl("quarantine", "clear").returncode == 0
    assert daemon.get("/moody").status == 200
    kill_by(daemon, "/moody?die", 3)
    assert daemon.get("/moody").status == 503


def test_an_upgrade_of_the_master_forgets_no_death(quarantine):
    daemon = quarantine()
    kill_by(daemon, "/moody?die", 2)
    assert daemon.ctl("upgrade").returncode == 0
    kill_by(daemon, "/moody?die")
    daemon.wait_log('route "/moody"')
    assert daemon.get("/moody").status == 503


def test_one_request_tries_and_ends_the_quarantine(quarantine):
    """Of all workers' requests one alone is let through, and until it is answered no other."""
    daemon = quarantine("1s", workers=3)
    kill_by(daemon, "/moody?die", 3)
    clients = [daemon.connect() for _ in range(12)]
    daemon.wait_log('route "/moody" of module "crash" lets one request through')
    for client in clients:
        client.send(request("GET", "/moody?late"))
    answers = [client.read() for client in clients]
    good = [answer for answer in answers if answer.status == 200]
    assert [answer.body for answer in good] == [b"late\n"]
    assert {answer.get("Retry-After") for answer in answers if answer.status == 503} == {"5"}
    daemon.wait_log('route "/moody" of module "crash" is out of quarantine: its probe was answered')
    for client in clients:
        assert client.get("/moody").status == 200


def test_a_try_that_kills_its_worker_doubles_the_time(quarantine):
    daemon = quarantine("1s")
    kill_by(daemon, "/moody?die", 3)
    daemon.wait_log("lets one request through")
    kill_by(daemon, "/moody?die")
    daemon.wait_log('"/moody" of module "crash" has killed its worker again: .* for 2 s')
    assert daemon.get("/moody").status == 503
    wait_until(lambda: daemon.get("/moody").status == 200, "the next try")
    assert daemon.log().count("lets one request through") == 2


def test_a_try_whose_client_leaves_proves_nothing(quarantine):
    daemon = quarantine("1s", workers=1)
    kill_by(daemon, "/data", 3)
    daemon.wait_log("lets one request through")
    with daemon.connect() as client:
        client.send(request("POST", "/data", "Content-Length: 1"))
        wait_until(lambda: daemon.totals()["parked"] == 1, "the request to wait for its body")
    wait_until(lambda: daemon.totals()["connections"] == 0, "the client to be gone")
    assert [entry["state"] for entry in listed(daemon)] == ["probe"]
    kill_by(daemon, "/data")
    daemon.wait_log("has killed its worker again")


def test_a_try_that_dies_with_its_worker_for_another_reason_is_made_again(quarantine):
    daemon = quarantine("1s", workers=1)
    kill_by(daemon, "/moody?die", 3)
    (pid,) = daemon.pids()
    daemon.wait_log("lets one request through")
    with daemon.connect() as client:
        client.send(request("GET", "/moody?late"))
        wait_until(lambda: daemon.workers()[0]["parked"] == 1, "the request")
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(Closed):
            client.read()
    daemon.wait_serving(without=[pid])
    assert daemon.get("/moody").status == 200


def test_with_no_quarantine_a_handler_is_called_again_and_again(quarantine):
    daemon = quarantine("0")
    kill_by(daemon, "/null", 4)
    assert listed(daemon) == []


def test_the_access_log_has_what_is_answered_503(quarantine, daemon):
    path = f"{daemon.folder}/access.log"
    quarantine(http={"access_log": path, "access_format": "%>s %U"})
    kill_by(daemon, "/null", 3)
    assert daemon.get("/null").status == 503

    def lines():
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()

    wait_until(lambda: "503 /null" in lines(), lambda: f"the line: {lines()}")
