"""The units that are installed, as they are, under a real systemd: eddy.service, eddy.socket, eddy@.service."""
import contextlib
import json
import os
import re
import signal
import textwrap
from pathlib import Path

import pytest

from box import Box, why_not
from harness.conf import build
from harness.daemon import alive, children, run, state
from harness.install import found
from harness.wait import SCALE, wait_until

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

# What the services of the units cannot see or reach (ProtectHome, PrivateTmp).
HIDDEN = ("/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/")

NET_BIND_SERVICE = 1 << 10


def settled(prefix):
    """Where the installation says that it is; `prefix` is where `make install` has staged it."""
    said = re.search(r"^ExecStart=(\S*)/sbin/eddyd ", found(prefix, "eddy.service").read_text(), re.M)[1]
    if said.startswith(HIDDEN):
        pytest.skip(f"a hardened service does not see what is installed below {said}")
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
        self.units = {path.name: path for path in found(prefix, "eddy.service").parent.glob("eddy*")}
        self.box = None

    def conf(self, name="eddy", listens=None, **more):
        """Writes etc/eddy/NAME.conf: with `hello`, `probe` and `crash`, and no control socket of its own."""
        listens = listens or {"127.0.0.1:80": {}}
        modules = {name: {"path": f"{name}.so"} for name in ("hello", "welcome")}
        modules |= {name: {"path": f"/var/modules/{name}.so"} for name in ("probe", "crash")}
        routes = {"/hello": "hello", "/park": {"module": "probe", "handler": "park"}}
        routes |= {"/later": {"module": "probe", "handler": "later"}}
        routes |= {"/crash": {"module": "crash", "handler": "null"}}
        settings = {"modules": modules, "routes": routes, "drain_timeout": "60s"} | more
        text = build("/unused", listens=listens, **settings)
        (self.etc / f"{name}.conf").write_text(text.replace('control = "/unused"\n', ""))

    @contextlib.contextmanager
    def booted(self, dropin="", instances=(), **units):
        """The box; `dropin` is added to eddy.service and to the instances."""
        dropin = textwrap.dedent(dropin)
        if self.sanitized:  # leaks are looked for with ptrace, which the unit does not let in
            dropin += "\n[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0:handle_segv=0:handle_abort=0\n"
        units = self.units | {name.replace("_", "."): text for name, text in units.items()}
        for name in ("eddy", "eddy@"):
            units[f"{name}.service.d/test.conf"] = dropin
        with Box(units, binds=self.binds, journal=True) as box:
            made = box.run("systemd-sysusers", "--inline", "u eddy - eddy")
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

    def get(self, path="/hello", address=("127.0.0.1", 80)):
        with self.box.connect(address) as client:
            return client.get(path)


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
    names = ("eddy.service", "eddy@shop.service", "eddy.socket")
    with site.booted():
        done = site.box.run("systemd-analyze", "verify", "--man=no", *names)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


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


def test_an_instance_without_a_conf_says_so(site):
    with site.booted():
        done = site.box.systemctl("start", "eddy@none.service")
        assert done.returncode == 1
        assert "none.conf" in site.said("eddy@none.service")
        assert site.show("ExecMainStatus", unit="eddy@none.service") == "78"
