"""eddyd as a service of a real systemd: Type=notify, reload, stop, watchdog."""
import os
import re
import signal

import pytest

from box import Box, why_not
from harness.client import request
from harness.daemon import alive, children, stand_still
from harness.wait import SCALE, wait_until

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


# Long enough for a busy machine to feed it.
WATCHDOG = f"WatchdogSec={2 * SCALE:g}s"


class Service:
    """The unit eddy.service in a box, whose eddyd listens on a unix socket that we can reach."""

    def __init__(self, daemon, box):
        self.daemon, self.box = daemon, box

    @property
    def pid(self):
        """The main process, as we see it."""
        inside = int(self.box.show("eddy.service", "MainPID"))
        return self.box.outside(inside) if inside else None

    def status(self):
        return self.box.show("eddy.service", "StatusText")

    def state(self):
        return self.box.show("eddy.service", "ActiveState")

    def start(self):
        done = self.box.systemctl("start", "eddy.service")
        assert done.returncode == 0, (done, self.box.console())

    def workers(self):
        return children(self.pid)


@pytest.fixture
def service(daemon, modules, request):
    """Started; with more lines for its [Service] as the test's `lines` marker says."""
    socket = f"{daemon.folder}/http.sock"
    daemon.address = socket
    daemon.conf(
        listens={f"unix:{socket}": {"mode": "0666"}},
        modules={"hello": {"path": "hello.so"}, "probe": {"path": str(modules / "probe.so")}},
        routes={name: {"module": "probe", "handler": name[1:]} for name in ("/later", "/park")}
        | {"/hello": "hello"},
        drain_timeout="60s",
    )
    more = getattr(request, "param", "")
    eddyctl = f"{daemon.programs.eddyctl} -s {daemon.control}"
    unit = f"""\
        [Unit]
        DefaultDependencies=no
        [Service]
        Type=notify
        NotifyAccess=main
        Environment=ASAN_OPTIONS=handle_segv=0:handle_abort=0:detect_leaks=0
        ExecStart={' '.join(daemon.programs.eddyd_command("-c", daemon.conf_path))}
        ExecReload={eddyctl} reload
        KillMode=mixed
        StandardError=append:{daemon.log_path}
        {more}
        """
    with Box({"eddy.service": unit}) as box:
        made = Service(daemon, box)
        made.start()
        yield made
        daemon.close_clients()
        box.systemctl("stop", "eddy.service")
        daemon.check_log()


def lines(text):
    return pytest.mark.parametrize("service", [text], indirect=True, ids=[text.partition("\n")[0]])


def test_start_returns_when_the_workers_serve(service):
    assert service.state() == "active"
    assert service.daemon.get().body == b"Hello World\n"
    assert service.status().startswith("2 workers of generation 1, ")


def test_the_status_line_has_live_figures(service):
    client = service.daemon.connect()
    client.get("/hello")
    client.send(request("GET", "/park"))
    wait_until(lambda: ", 1 connection (1 parked)" in service.status(), "the request to park")


def test_reload_returns_when_the_new_conf_serves(service):
    service.daemon.conf(
        modules=service.daemon.settings["modules"]
        | {"hello": {"path": "hello.so", "greeting": "new"}}
    )
    pid = service.pid
    assert service.box.systemctl("reload", "eddy.service").returncode == 0
    assert service.daemon.get().body == b"new\n"
    assert (service.state(), service.pid) == ("active", pid)
    assert service.status().startswith("2 workers of generation 2, ")


def test_a_reload_that_fails_says_why_and_the_service_goes_on(service):
    service.daemon.expect_log("rubbish|reload failed")
    with open(service.daemon.conf_path, "a", encoding="utf-8") as file:
        file.write("rubbish = 1\n")
    pid, workers = service.pid, service.workers()
    assert service.box.systemctl("reload", "eddy.service").returncode == 1
    assert service.state() == "active"
    assert 'unknown key "rubbish"' in service.status()
    assert "generation 1 goes on" in service.status()
    assert (service.pid, service.workers()) == (pid, workers)
    assert service.daemon.get().body == b"Hello World\n"


def test_a_start_that_fails_says_why_in_the_status(service):
    """systemctl status shows it first, and as long as the unit is failed."""
    service.box.systemctl("stop", "eddy.service")
    service.daemon.expect_log("rubbish")
    with open(service.daemon.conf_path, "a", encoding="utf-8") as file:
        file.write("rubbish = 1\n")
    assert service.box.systemctl("start", "eddy.service").returncode == 1
    assert service.state() == "failed"
    assert re.fullmatch(
        r'The start failed: .*/eddy\.conf:\d+: unknown key "rubbish".*', service.status()
    )


def test_a_hup_is_a_reload_too(service):
    """Nobody waits for it; the unit is RELOADING meanwhile and then active again."""
    service.box.systemctl("kill", "--kill-whom=main", "-s", "HUP", "eddy.service")
    wait_until(lambda: "generation 2" in service.status(), "the second generation")
    assert service.state() == "active"


@lines("TimeoutStopSec=2s\nRestart=no")
def test_a_stop_takes_the_time_that_draining_takes(service):
    """Longer than TimeoutStopSec, which is asked to be extended as long as something drains."""
    client = service.daemon.connect()
    client.send(request("GET", "/later?5000"))
    wait_until(lambda: service.daemon.totals()["parked"] == 1, "the request to be under way")
    stop = service.box.systemctl("stop", "--no-block", "eddy.service")
    assert stop.returncode == 0
    wait_until(lambda: service.status() == "Draining: 1 connections are left", "it to drain")
    assert service.state() == "deactivating"
    assert client.read().body == b"later\n"
    wait_until(lambda: service.state() == "inactive", "the end")
    assert service.box.show("eddy.service", "Result") == "success"


@lines("Restart=on-failure\nRestartSec=0\n" + WATCHDOG)
def test_the_watchdog_ends_a_master_that_hangs(service):
    pid = service.pid
    stand_still(pid)
    wait_until(lambda: not alive(pid), "the watchdog to bite")
    service.daemon.wait_log("eddyd .* ready", after=service.daemon.log().index("ready") + 5)
    wait_until(lambda: service.state() == "active", "the service to be back")
    assert service.daemon.get().body == b"Hello World\n"


@lines("Restart=on-failure\nRestartSec=0\n" + WATCHDOG)
def test_the_watchdog_ends_a_service_whose_workers_all_hang(service):
    pid = service.pid
    for worker in service.workers():
        stand_still(worker)
    wait_until(lambda: not alive(pid), "the watchdog to bite")
    wait_until(lambda: service.state() == "active", "the service to be back")
    assert service.daemon.get().body == b"Hello World\n"


@lines("Restart=on-failure\nRestartSec=0\n" + WATCHDOG)
def test_the_watchdog_bears_with_one_worker_that_hangs(service):
    pid, (first, _) = service.pid, service.workers()
    service.daemon.expect_log("hang|callback|stuck")
    stand_still(first)
    before = service.box.show("eddy.service", "WatchdogTimestampMonotonic")
    for _ in range(5):
        before = wait_until(
            lambda: (now := service.box.show("eddy.service", "WatchdogTimestampMonotonic"))
            != before
            and now,
            "the watchdog to be fed",
        )
    os.kill(first, signal.SIGCONT)
    assert service.pid == pid


@lines("Restart=on-failure\nRestartSec=0")
def test_a_master_that_is_killed_is_started_again(service):
    pid, workers = service.pid, service.workers()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(map(alive, workers)), "the workers to be gone")
    wait_until(lambda: service.state() == "active" and service.pid != pid, "it to be back")
    assert service.daemon.get().body == b"Hello World\n"


def test_a_start_that_fails_fails_the_unit(service):
    service.box.systemctl("stop", "eddy.service")
    service.daemon.expect_log("rubbish|there is no")
    service.daemon.write_conf("rubbish\n")
    assert service.box.systemctl("start", "eddy.service").returncode == 1
    assert service.box.show("eddy.service", "ExecMainStatus") == "78"


def test_workers_see_nothing_of_the_service_manager(service):
    for worker in service.workers():
        with open(f"/proc/{worker}/environ", "rb") as file:
            names = {pair.split(b"=")[0] for pair in file.read().split(b"\0")}
        assert not {
            name for name in names if name.startswith((b"NOTIFY_", b"LISTEN_", b"WATCHDOG_"))
        }
