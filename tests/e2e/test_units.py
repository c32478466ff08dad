"""The units as they are installed, under a real systemd: eddy.service, eddy.socket, eddy@.service."""
import contextlib
import json
import os
import re
import signal
import socket
import textwrap
from pathlib import Path

import pytest

from box import Box, why_not
from conftest import TOP
from harness.client import request
from harness.conf import build
from harness.daemon import alive, children, stand_still
from harness.install import found
from harness.load import Load
from harness.wait import SCALE, wait_until

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

# What the services of the units cannot see or reach (ProtectHome, PrivateTmp).
HIDDEN = ("/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/")

NET_BIND_SERVICE = 1 << 10


def settled(prefix):
    """Where the installation says that it is; `prefix` is where `make install` has staged it."""
    if not any(prefix.glob("lib/systemd/system/eddy.service")):
        pytest.skip("configure was told to install the units somewhere else, or nowhere")
    said = re.search(
        r"^ExecStart=(\S*)/sbin/eddyd ", found(prefix, "eddy.service").read_text(), re.M
    )[1]
    if said.startswith(HIDDEN):
        pytest.skip(f"a hardened service does not see what is installed below {said}")
    if not all(folder.stat().st_mode & 0o001 for folder in Path(said).parents if folder.exists()):
        pytest.skip(f"the user eddy cannot get to {said}")
    if not os.path.isdir(said):
        pytest.skip(f"there is no {said} here, in whose place the installation could be seen")
    return said


class Site:
    """A box with the installed units, their user, and confs of the test's own in etc/eddy."""

    def __init__(self, prefix, modules, folder, sanitized):
        self.at, self.folder, self.sanitized = settled(prefix), folder, sanitized
        self.etc = folder / "etc"
        self.etc.mkdir(mode=0o755)
        self.binds = [
            (prefix, self.at),
            (self.etc, f"{self.at}/etc/eddy"),
            (modules, "/var/modules"),
        ]
        self.units = {
            path.name: path for path in found(prefix, "eddy.service").parent.glob("eddy*") if path.is_file()
        }
        self.box = None

    def conf(self, name="eddy", listens=None, **more):
        """Writes etc/eddy/NAME.conf; the control socket is where it is by itself."""
        listens = listens or {"127.0.0.1:80": {}}
        modules = {name: {"path": f"{name}.so"} for name in ("hello", "resolve")}
        modules["upload"] = {"path": "upload.so", "folder": "/var/lib/eddy"}
        modules |= {name: {"path": f"/var/modules/{name}.so"} for name in ("probe", "crash")}
        routes = {"/hello": "hello", "/park": {"module": "probe", "handler": "park"}}
        routes |= {f"/{name}": {"module": "probe", "handler": name} for name in ("later", "block")}
        routes |= {"/crash": {"module": "crash", "handler": "null"}, "/resolve": "resolve"}
        routes |= {"/uploads/:name": {"module": "upload", "methods": ["PUT"]}}
        settings = {"modules": modules, "routes": routes, "drain_timeout": "60s"} | more
        text = build("/unused", listens=listens, **settings)
        (self.etc / f"{name}.conf").write_text(text.replace('control = "/unused"\n', ""))

    @contextlib.contextmanager
    def booted(self, dropin="", instances=(), **units):
        """The box; `dropin` is added to eddy.service and to the instances."""
        dropin = textwrap.dedent(dropin)
        if self.sanitized:  # leaks are looked for with ptrace, which the unit does not let in
            options = "detect_leaks=0:handle_segv=0:handle_abort=0"
            dropin += f"\n[Service]\nEnvironment=ASAN_OPTIONS={options}\n"
        units = self.units | units
        for name in ("eddy", "eddy@"):
            units[f"{name}.service.d/test.conf"] = dropin
        with Box(units, binds=self.binds, journal=True) as box:
            made = box.run("systemd-sysusers", f"{self.at}/lib/sysusers.d/eddy.conf")
            assert made.returncode == 0, made
            self.box = box
            yield self
            for name in ("eddy.socket", "eddy.service", *instances):
                box.systemctl("stop", name)

    # the service

    def systemctl(self, *arguments):
        done = self.box.systemctl(*arguments)
        assert done.returncode == 0, (done, self.said(), self.box.console())
        return done

    def show(self, *names, unit="eddy.service"):
        return self.box.show(unit, *names)

    def pid(self, unit="eddy.service"):
        inside = int(self.show("MainPID", unit=unit))
        return self.box.outside(inside) if inside else None

    def workers(self, unit="eddy.service"):
        return children(self.pid(unit))

    def ctl(self, *arguments):
        return self.box.run(f"{self.at}/bin/eddyctl", *arguments)

    def said(self, unit="eddy.service"):
        """The messages of the service in the journal."""
        return "\n".join(str(one["MESSAGE"]) for one in self.box.entries(f"_SYSTEMD_UNIT={unit}"))

    def connect(self, address=("127.0.0.1", 80)):
        return self.box.connect(address)

    def get(self, path="/hello", address=("127.0.0.1", 80)):
        with self.connect(address) as client:
            return client.get(path)

    def status(self):
        return json.loads(self.ctl("status", "--json").stdout)

    def wait_state(self, state):
        wait_until(
            lambda: self.show("ActiveState") == state, lambda: f"{state}:\n{self.said()}", 20
        )

    def wait_parked(self, n=1):
        wait_until(lambda: self.status()["totals"]["parked"] == n, f"{n} requests to park")


@pytest.fixture
def site(request, prefix, modules, tmp_path):
    made = Site(prefix, modules, tmp_path, request.config.programs.sanitized)
    made.conf()
    return made


def test_the_service_starts_and_serves_a_low_port(site):
    with site.booted():
        site.systemctl("start", "eddy.service")
        assert site.get().body == b"Hello World\n"
        assert site.show("ActiveState", "SubState") == ["active", "running"]


# the unit files


def capabilities(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        text = file.read()
    sets = re.findall(r"^Cap(Inh|Prm|Eff|Amb):\t(\w+)$", text, re.M)
    assert re.search(r"^NoNewPrivs:\t1$", text, re.M)
    return {int(value, 16) for _, value in sets}


def test_nobody_is_root_and_the_workers_have_no_capability(site):
    with site.booted():
        site.systemctl("start", "eddy.service")
        site.systemctl("reload", "eddy.service")
        assert capabilities(site.pid()) == {NET_BIND_SERVICE}
        workers = site.workers()
        assert workers
        for worker in workers:
            assert capabilities(worker) == {0}
        for pid in (site.pid(), *workers):
            assert os.stat(f"/proc/{pid}").st_uid != 0


@pytest.mark.parametrize("name", ["eddy.service", "eddy@shop.service"])
def test_the_services_are_hardened_well(site, name):
    site.conf("shop")
    with site.booted():
        done = site.box.run("systemd-analyze", "security", "--no-pager", name)
        level = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
        assert level and float(level[1]) <= 2.0, done


def test_systemd_has_nothing_to_say_about_the_units(site):
    paths = [f"{site.at}/lib/systemd/system/{name}" for name in site.units]
    assert len(paths) == 3
    with site.booted():
        done = site.box.run("systemd-analyze", "verify", "--man=no", *paths)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done.stderr


# scripts


SCRIPT = """\
function work(n) { // what the compiler takes, and the collector's threads
\tlet sum = 0;
\tfor (let i = 0; i < n; i++)
\t\tsum += [i, { i }].length;
\treturn sum;
}
function spin(until) {
\twhile (Date.now() < until)
\t\t;
}
module.exports = (req, res) => setTimeout(() => {
\tif (req.url === "/app/spin")
\t\tspin(Date.now() + 2500);
\tres.end(`${work(3e6)}\\n`);
}, 1);
"""


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled with the drop-in", "interpreted without"])
def test_a_script_runs_under_the_unit(site, prefix, compiled):
    if not any(prefix.rglob("js.so")):
        pytest.skip("this build has no module js: there was no JavaScriptCore when it was configured")
    if site.sanitized:
        pytest.skip("the engine reserves the address space that the sanitizers have")
    script = {"path": "js.so", "script": "app.js"}
    site.conf(workers=2, modules={"app": script, "other": script}, routes={"/app": "app", "/app/spin": "app"})
    (site.etc / "app.js").write_text(SCRIPT)
    dropin = (TOP / "packaging/systemd/javascript.conf").read_text() if compiled else ""
    with site.booted(dropin):
        site.systemctl("start", "eddy.service")
        assert site.show("MemoryDenyWriteExecute") == ("no" if compiled else "yes")
        workers = site.workers()
        for _ in range(6):
            assert site.get("/app").body == b"6000000\n"
        assert site.workers() == workers
        assert site.said().count("JavaScript is interpreted, not compiled") == (0 if compiled else 1)
        code = [Path(f"/proc/{pid}/maps").read_text().count(" rwxp ") for pid in workers]
        assert all(code) == compiled and any(code) == compiled
        assert site.get("/app/spin").status == 200
        named = r"JavaScript has run for a second without coming back to the loop, in spin\(\) at \S*/app\.js:\d+"
        wait_until(lambda: re.search(named, site.said()), lambda: f"the loop to be named:\n{site.said()}")
        site.systemctl("reload", "eddy.service")
        assert site.get("/app").body == b"6000000\n"


# instances


def test_instances_have_a_conf_folders_and_a_control_socket_each(site):
    units = ("eddy@shop.service", "eddy@blog.service")
    site.conf("shop", {"127.0.0.1:81": {}})
    site.conf("blog", {"127.0.0.1:82": {}})
    with site.booted(instances=units):
        site.systemctl("start", "eddy.service", *units)
        for port in (80, 81, 82):
            assert site.get(address=("127.0.0.1", port)).body == b"Hello World\n"
        pids = set()
        for name, port in (("shop", 81), ("blog", 82)):
            status = json.loads(site.ctl("-i", name, "status", "--json").stdout)
            assert [one["address"] for one in status["listeners"]] == [f"127.0.0.1:{port}"]
            pids.add(status["pid"])
            for place in ("run", "var/lib", "var/log"):
                done = site.box.run("stat", "-c", "%U", f"/{place}/eddy-{name}")
                assert done.stdout == "eddy\n", done
        assert len(pids) == 2
        site.systemctl("reload", "eddy@shop.service")
        generations = {
            name: json.loads(site.ctl(*which, "status", "--json").stdout)["generation"]
            for name, which in (("eddy", ()), ("shop", ("-i", "shop")), ("blog", ("-i", "blog")))
        }
        assert generations == {"eddy": 1, "shop": 2, "blog": 1}
        site.systemctl("stop", "eddy.service")
        assert site.ctl("-i", "blog", "status").returncode == 0
        assert site.ctl("status").returncode == 69


def test_a_reload_of_an_instance_never_reaches_another_eddyd(site):
    """Where the conf has its control socket elsewhere, and the unit has not been told."""
    site.conf("shop", {"127.0.0.1:81": {}})
    with open(site.etc / "shop.conf", "a", encoding="ascii") as file:
        file.write('control = "/run/eddy-shop/elsewhere.sock"\n')
    with site.booted(instances=["eddy@shop.service"]):
        site.systemctl("start", "eddy.service", "eddy@shop.service")
        assert site.box.systemctl("reload", "eddy@shop.service").returncode == 1
        assert "/run/eddy-shop/control.sock" in site.said("eddy@shop.service")
        assert site.status()["generation"] == 1
        assert site.get(address=("127.0.0.1", 81)).status == 200


def test_an_instance_without_a_conf_says_so(site):
    with site.booted():
        done = site.box.systemctl("start", "eddy@none.service")
        assert done.returncode == 1
        assert "none.conf" in site.said("eddy@none.service")
        assert site.show("ExecMainStatus", unit="eddy@none.service") == "78"


# what systemctl does and says


def test_the_commands_of_the_readme_do_what_it_says(site):
    """Those behind the installation, with what is installed here."""
    text = (TOP / "README.md").read_text()
    block = re.search(r"```sh\n(sudo systemd-sysusers .*?)```", text, re.S)[1]
    commands = [re.sub(r"^sudo | +#.*", "", line) for line in block.splitlines()]
    with site.booted():
        for command in commands:
            words = command.replace("/usr/local", site.at).split()
            if words[0] == "systemctl":
                words.insert(1, "--no-pager")
            done = site.box.run(*words)
            assert done.returncode == 0, (command, done)
        assert "2 workers of generation 2" in done.stdout
        assert site.get().status == 200


def test_a_reload_returns_when_the_new_conf_serves(site):
    with site.booted():
        site.systemctl("start", "eddy.service")
        pid = site.pid()
        site.conf(listens={"127.0.0.1:81": {}})
        site.systemctl("reload", "eddy.service")
        assert site.get(address=("127.0.0.1", 81)).status == 200
        with pytest.raises(ConnectionRefusedError):
            site.connect()
        assert (site.show("ActiveState"), site.pid()) == ("active", pid)


def test_a_reload_of_a_bad_conf_fails_says_why_and_changes_nothing(site):
    with site.booted():
        site.systemctl("start", "eddy.service")
        before = site.pid(), site.workers()
        with open(site.etc / "eddy.conf", "a", encoding="ascii") as file:
            file.write("rubbish = 1\n")
        done = site.box.systemctl("reload", "eddy.service")
        assert done.returncode == 1
        assert re.search(r'etc/eddy/eddy.conf:\d+: unknown key "rubbish"', site.said())
        assert 'unknown key "rubbish"' in site.show("StatusText")
        assert "generation 1 goes on" in site.show("StatusText")
        assert site.show("ActiveState") == "active"
        assert (site.pid(), site.workers()) == before
        assert site.get().status == 200


def test_the_status_line_has_live_figures(site):
    with site.booted():
        site.systemctl("start", "eddy.service")
        assert site.show("StatusText").startswith("2 workers of generation 1, 0 connections")
        with site.connect() as client:
            client.send(request("GET", "/park"))
            wait_until(
                lambda: re.search(r" 1 connections? \(1 parked\)", site.show("StatusText")),
                "the figures",
                20,
            )


def test_a_wrong_conf_fails_the_start_once_and_for_all(site):
    (site.etc / "eddy.conf").write_text("rubbish\n")
    with site.booted():
        assert site.box.systemctl("start", "eddy.service").returncode == 1
        assert site.show("ActiveState", "ExecMainStatus", "NRestarts") == ["failed", "78", "0"]


def test_an_address_that_another_has_for_a_while_is_waited_for(site):
    """For longer than systemd tries by itself: five starts in ten seconds."""
    site.conf()
    with site.booted():
        other = site.box.in_network(lambda: socket.create_server(("127.0.0.1", 80)))
        with other:
            assert site.box.systemctl("start", "eddy.service").returncode == 1
            wait_until(lambda: int(site.show("NRestarts")) > 6, "systemd to try again and again", 30)
            assert "cannot listen on 127.0.0.1:80: Address already in use" in site.said()
        site.wait_state("active")
        assert site.get().body == b"Hello World\n"


def test_a_stop_takes_the_time_that_draining_takes(site):
    """Longer than TimeoutStopSec=, which is asked to be extended as long as something drains."""
    with site.booted("[Service]\nTimeoutStopSec=2s\n"):
        site.systemctl("start", "eddy.service")
        with site.connect() as client:
            client.send(request("GET", "/later?5000"))
            site.wait_parked()
            site.systemctl("stop", "--no-block", "eddy.service")
            site.wait_state("deactivating")
            assert client.read().body == b"later\n"
        site.wait_state("inactive")
        assert site.show("Result") == "success"


# what modules and workers do within it


def test_modules_write_to_the_service_s_folders_and_ask_the_dns(site):
    """With threads that wait for disks and names."""
    with site.booted():
        site.systemctl("start", "eddy.service")
        with site.connect() as client:
            assert client.post("/uploads/a.txt", b"written\n", method="PUT").status == 201
        assert site.box.run("cat", "/var/lib/eddy/a.txt").stdout == "written\n"
        answer = site.get("/resolve?name=localhost")
        assert answer.status == 200 and b"127.0.0.1" in answer.body


def test_the_access_log_goes_to_the_service_s_folder_and_is_reopened(site):
    site.conf(http={"access_log": "/var/log/eddy/access.log"})
    with site.booted():
        site.systemctl("start", "eddy.service")
        assert site.get().status == 200

        def lines():
            return site.box.run("cat", "/var/log/eddy/access.log").stdout.count("GET /hello")

        wait_until(lambda: lines() == 1, "the line", every=0.1)
        site.box.run("mv", "/var/log/eddy/access.log", "/var/log/eddy/access.log.1")
        assert site.ctl("reopen").returncode == 0
        assert site.get().status == 200
        wait_until(lambda: lines() == 1, "the line of the new file", every=0.1)
        done = site.box.run("stat", "-c", "%U %a", "/var/log/eddy/access.log")
        assert re.fullmatch(r"eddy [246][04]0\n", done.stdout), done


def test_a_blocked_worker_is_told_with_a_backtrace(site):
    with site.booted():
        site.systemctl("start", "eddy.service")
        with site.connect() as client:
            client.send(request("GET", f"/block?{4000 * SCALE:.0f}"))
            wait_until(
                lambda: re.search(r"\): #\d+ .*/probe.so\+0x", site.said()), site.said, 20, 0.1
            )
            assert client.read().status == 200
        worker = json.loads(site.ctl("workers", "--json").stdout)["workers"][0]["pid"]
        dump = site.ctl("dump", str(worker))
        assert dump.returncode == 0 and "epoll_wait" in dump.stdout, dump


def test_a_crash_is_in_the_journal_with_its_fields(site):
    with site.booted():
        site.systemctl("start", "eddy.service")
        with site.connect() as client:
            client.send(request("GET", "/crash"))
            client.expect_close(reset_is_fine=True)

        def died():
            found = site.box.entries("_SYSTEMD_UNIT=eddy.service", "EDDY_ROUTE=/crash")
            return [one for one in found if "SIGSEGV" in str(one["MESSAGE"])]

        (entry,) = wait_until(died, "its entry", every=0.1)
        assert entry["EDDY_MODULE"] == "crash" and entry["EDDY_WORKER"] in ("0", "1")
        assert entry["EDDY_GENERATION"] == "1" and entry["PRIORITY"] == "3"
        wait_until(lambda: len(site.workers()) == 2, "the next worker")


def test_an_upgrade_is_the_same_service(site):
    """By the path of the program, which could be another version by now."""
    names = ("MainPID", "ActiveState", "NRestarts", "InvocationID", "NFileDescriptorStore")
    with site.booted():
        site.systemctl("start", "eddy.service")
        before = site.show(*names)
        site.systemctl("kill", "--kill-whom=main", "-s", "USR2", "eddy.service")
        wait_until(lambda: site.status()["upgrades"] == 1, "the upgrade")
        assert site.ctl("upgrade").returncode == 0
        site.systemctl("reload", "eddy.service")
        assert site.show(*names) == before
        assert capabilities(site.pid()) == {NET_BIND_SERVICE}
        assert site.get().status == 200


# who recovers


def test_a_worker_that_is_killed_is_replaced(site):
    with site.booted():
        site.systemctl("start", "eddy.service")
        pid, (victim, _) = site.pid(), site.workers()
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: len(set(site.workers()) - {victim}) == 2, "the next one")
        assert site.get().status == 200
        assert (site.pid(), site.show("NRestarts")) == (pid, "0")


def test_a_kill_of_all_processes_is_recovered_from(site):
    with site.booted():
        site.systemctl("start", "eddy.service")
        pid = site.pid()
        site.systemctl("kill", "-s", "KILL", "eddy.service")
        wait_until(lambda: site.pid() not in (pid, None), "the next master", 20)
        site.wait_state("active")
        assert site.get().status == 200


def test_the_watchdog_ends_a_master_that_hangs(site):
    with site.booted(f"[Service]\nWatchdogSec={2 * SCALE:g}s\n"):
        site.systemctl("start", "eddy.service")
        pid = site.pid()
        stand_still(pid)
        wait_until(lambda: not alive(pid), "the watchdog to bite", 20)
        wait_until(lambda: site.pid() not in (pid, None), "the next master", 20)
        site.wait_state("active")
        assert site.get().status == 200


# who waits is served


def waiting_at(site, address, meanwhile):
    """A client that connects while nobody accepts, and is answered after `meanwhile`."""
    for worker in site.workers():
        stand_still(worker)
    with site.connect(address) as client:
        client.send(request("GET", "/hello"))
        meanwhile()
        assert client.read().body == b"Hello World\n"


@pytest.mark.parametrize("accept", ["shared", "reuseport"])
def test_who_waits_when_the_master_is_killed_is_served_by_the_next(site, accept):
    site.conf(listens={"127.0.0.1:80": {"accept": accept}, "unix:/run/eddy/web.sock": {}})
    with site.booted():
        site.systemctl("start", "eddy.service")
        assert site.show("NFileDescriptorStore") == {"shared": "2", "reuseport": "3"}[accept]
        for address in (("127.0.0.1", 80), "/run/eddy/web.sock"):
            pid = site.pid()
            waiting_at(site, address, lambda: os.kill(pid, signal.SIGKILL))
            site.wait_state("active")
            assert site.pid() != pid
        assert site.show("NRestarts") == "2"


@pytest.mark.parametrize("address", [("127.0.0.1", 80), "/run/eddy/web.sock"], ids=["tcp", "unix"])
def test_who_comes_while_the_service_is_restarted_is_served_by_the_next(site, address):
    """Its eddyd stops: what it still has takes its time, and what comes waits for the next."""
    site.conf(listens={"127.0.0.1:80": {}, "unix:/run/eddy/web.sock": {}})
    with site.booted():
        site.systemctl("start", "eddy.service")
        pid = site.pid()
        with site.connect(address) as slow:
            slow.send(request("GET", "/later?1500"))
            site.wait_parked()
            site.systemctl("restart", "--no-block", "eddy.service")
            site.wait_state("deactivating")
            with site.connect(address) as client:
                client.send(request("GET", "/hello"))
                assert slow.read().body == b"later\n"
                assert client.read().body == b"Hello World\n"
        site.wait_state("active")
        assert site.pid() != pid


def test_what_the_conf_no_longer_names_is_stored_no_longer(site):
    site.conf(listens={"127.0.0.1:80": {}, "127.0.0.1:81": {}})
    with site.booted():
        site.systemctl("start", "eddy.service")
        assert site.show("NFileDescriptorStore") == "2"
        site.conf()
        site.systemctl("reload", "eddy.service")
        wait_until(lambda: site.show("NFileDescriptorStore") == "1", "one to go")
        with pytest.raises(ConnectionRefusedError):
            site.connect(("127.0.0.1", 81))
        site.conf(listens={"0.0.0.0:80": {}})  # overlaps with what is stored
        site.systemctl("restart", "eddy.service")
        wait_until(lambda: site.show("NFileDescriptorStore") == "1", "the other one to go")
        assert "127.0.0.1:80, which was kept open" in site.said()
        assert site.get().status == 200


def test_a_manager_that_stores_nothing_does_no_harm(site):
    site.conf(listens={"127.0.0.1:80": {}, "unix:/run/eddy/web.sock": {}})
    with site.booted("[Service]\nFileDescriptorStoreMax=0\n"):
        for verb in ("start", "reload", "restart", "restart"):
            site.systemctl(verb, "eddy.service")
            assert site.get().status == 200
            assert site.get(address="/run/eddy/web.sock").status == 200
        assert site.show("NFileDescriptorStore") == "0"


# eddy.socket

SOCKET = """\
    [Socket]
    ListenStream=/run/web.sock
    SocketMode=0666
    """


def with_socket(site, dropin=""):
    site.conf(listens={"127.0.0.1:8080": {}, "unix:/run/web.sock": {}})
    return site.booted(dropin, **{"eddy.socket.d/test.conf": textwrap.dedent(SOCKET)})


def test_the_first_client_starts_the_service(site):
    with with_socket(site):
        site.systemctl("start", "eddy.socket")
        assert site.show("ActiveState") == "inactive"
        assert site.get(address=("127.0.0.1", 8080)).body == b"Hello World\n"
        site.wait_state("active")  # it serves a moment before it says so
        assert site.get(address="/run/web.sock").status == 200
        assert site.show("NFileDescriptorStore") == "0"  # systemd has them in any case
        site.systemctl("reload", "eddy.service")
        site.systemctl("stop", "eddy.service")
        assert site.get(address="/run/web.sock").status == 200


@pytest.mark.parametrize("keep_alive", [True, False], ids=["kept", "closed"])
def test_a_restart_loses_no_request(site, keep_alive):
    with with_socket(site):
        site.systemctl("start", "eddy.socket", "eddy.service")
        address = f"/proc/{site.box.pid}/root/run/web.sock"
        with Load(address, keep_alive=keep_alive) as load:
            for _ in range(3):
                load.more(20)
                site.systemctl("restart", "eddy.service")
            load.more(20)
        assert site.show("NRestarts") == "0"


def test_a_master_that_is_killed_loses_nobody_who_waits_at_the_socket(site):
    with with_socket(site):
        site.systemctl("start", "eddy.socket", "eddy.service")
        pid = site.pid()
        waiting_at(site, ("127.0.0.1", 8080), lambda: os.kill(pid, signal.SIGKILL))


def test_a_listen_names_the_socket_of_a_unit(site):
    site.conf(listens={"fd:front": {}, "127.0.0.1:80": {}})
    dropin = "[Socket]\nListenStream=\nListenStream=[::]:8080\nFileDescriptorName=front\n"
    with site.booted(**{"eddy.socket.d/test.conf": dropin}):
        site.systemctl("start", "eddy.socket", "eddy.service")
        assert site.get(address=("127.0.0.1", 8080)).status == 200
        assert site.get().status == 200
        assert "listening on fd:front ([::]:8080), 127.0.0.1:80" in site.said()
