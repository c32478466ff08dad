"""
A real systemd to run services in: PID 1 of namespaces and a cgroup of its own.

    with Box({"a.service": "[Service]\\nExecStart=/bin/true\\n"}) as box:
        box.systemctl("start", "a.service")

It knows the units that it is given, and a few empty targets that most units ask for; with `journal`
a journald too. What runs inside has its own network (loopback only) and its own /run; what it
changes in /etc and /var is forgotten. With `root`, a folder with a whole system, it is a machine of
its own, which has the units of that system and forgets all that it changes. `box.enter(...)` gives
a command that runs inside, `box.connect(...)` a client of what listens there.
"""
import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

from harness.client import Client
from harness.daemon import environment, run
from harness.wait import SCALE, wait_until

HERE = Path(__file__).resolve().parent
SYSTEMD = "/lib/systemd/systemd"
CLONE_NEWNET = 0x40000000

TARGETS = "basic sysinit sockets multi-user shutdown network network-online".split()
JOURNAL = {
    "systemd-journald.socket": """\
        [Unit]
        DefaultDependencies=no
        [Socket]
        ListenDatagram=/run/systemd/journal/socket
        ListenStream=/run/systemd/journal/stdout
        PassCredentials=yes
        ReceiveBuffer=8M
        Service=systemd-journald.service
        SocketMode=0666
        Timestamping=us
        """,
    "systemd-journald.service": """\
        [Unit]
        DefaultDependencies=no
        Requires=systemd-journald.socket
        After=systemd-journald.socket
        [Service]
        Type=notify
        ExecStart=/lib/systemd/systemd-journald
        Sockets=systemd-journald.socket
        StandardOutput=null
        RuntimeDirectory=systemd/journal
        RuntimeDirectoryPreserve=yes
        """,
}
# Every line counts, and the kernel's are not ours.
JOURNALD_CONF = "[Journal]\nStorage=volatile\nReadKMsg=no\nRateLimitIntervalSec=0\n"


def why_not():
    """Why no systemd can be booted here; None if it can."""
    if os.geteuid() != 0:
        return "booting systemd takes root"
    if not os.access(SYSTEMD, os.X_OK):
        return "there is no systemd on this machine"
    if _cgroups() is None:
        return "there is no cgroup v2 that can be written to"
    return None


def _cgroups():
    for place in ("/sys/fs/cgroup/unified", "/sys/fs/cgroup"):
        if os.path.exists(f"{place}/cgroup.procs") and os.access(place, os.W_OK):
            return place
    return None


def _plain(text):
    return re.sub(r"^[ \t]+", "", text, flags=re.M)


class Box:
    def __init__(self, units=(), binds=(), journal=False, root=None):
        """units: name → text, or a path to take it from; binds: (what, where inside) pairs."""
        self.units = dict(units)
        self.root = root
        self.binds = [str(word) for pair in binds for word in pair]
        if journal:
            self.units |= JOURNAL
        self.journal = journal
        self.pid = None

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            self.folder = Path(tempfile.mkdtemp(prefix="box-"))
            undo.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.folder.chmod(0o755)
            self._write_units()
            if self.journal:
                (self.folder / "journald.conf").write_text(JOURNALD_CONF)
                self.binds += [str(self.folder / "journald.conf"), "/etc/systemd/journald.conf"]
            self.cgroup = Path(tempfile.mkdtemp(prefix="eddy-box-", dir=_cgroups()))
            undo.callback(self._remove_cgroup)
            self._console = open(self.folder / "console", "w+", encoding="utf-8")
            undo.callback(self._console.close)
            what = ["--root", self.root] if self.root else [self.folder / "units"]
            self._boot = subprocess.Popen(
                [HERE / "boot", self.cgroup, *what, *self.binds],
                stdin=subprocess.DEVNULL,
                stdout=self._console,
                stderr=subprocess.STDOUT,
                env=environment(),
            )
            undo.callback(self._kill)
            wait_until(self._booted, lambda: f"systemd to boot; its console:\n{self.console()}", 30)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *unused):
        self._undo.close()

    # inside

    def enter(self, *command):
        """The command line that runs a command inside, as root."""
        return ["nsenter", "-t", str(self.pid), "-m", "-p", "-n", "-i", "-u", "-C", *command]

    def run(self, *command, **more):
        return run(*self.enter(*map(str, command)), **more)

    def connect(self, address, **more):
        """A client of (host, port), or of a unix socket's path, inside."""
        if isinstance(address, str):
            return Client(f"/proc/{self.pid}/root{address}", **more)
        return self.in_network(lambda: Client(address, **more))

    def in_network(self, call):
        """What a call returns whose sockets are inside: made there, they stay there."""
        made = []

        def work():
            try:
                with open(f"/proc/{self.pid}/ns/net", encoding="ascii") as namespace:
                    libc = ctypes.CDLL(None, use_errno=True)
                    if libc.setns(namespace.fileno(), CLONE_NEWNET) < 0:
                        raise OSError(ctypes.get_errno(), "cannot enter the box's network")
                made.append((call(), None))
            except Exception as error:  # pylint: disable=broad-except # it is raised below
                made.append((None, error))

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        result, error = made[0]
        if error:
            raise error
        return result

    def systemctl(self, *arguments, **more):
        return self.run("systemctl", "--no-pager", *arguments, **more)

    def show(self, unit, *names):
        """The properties of a unit, as text each."""
        done = self.systemctl("show", unit, *(f"--property={name}" for name in names))
        assert done.returncode == 0, done
        found = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
        return [found[name] for name in names] if len(names) != 1 else found[names[0]]

    def entries(self, *matches):
        """journalctl's entries, a dictionary each; all that was logged before the call is there."""
        assert self.run("journalctl", "--sync").returncode == 0
        done = self.run("journalctl", "-o", "json", "--no-pager", "-q", *matches)
        assert done.returncode == 0, done
        return [json.loads(line) for line in done.stdout.splitlines()]

    def outside(self, pid):
        """The host's number of a process inside."""
        for procs in self.cgroup.rglob("cgroup.procs"):
            for one in procs.read_text().split():
                with contextlib.suppress(OSError), open(f"/proc/{one}/status") as file:
                    if re.search(rf"^NSpid:.*\s{pid}$", file.read(), re.M):
                        return int(one)
        return None

    def console(self):
        """What systemd itself has said."""
        return (self.folder / "console").read_text(errors="replace")

    # outside

    def _write_units(self):
        folder = self.folder / "units"
        folder.mkdir()
        wants = "Wants=systemd-journald.service\nAfter=systemd-journald.service\n"
        (folder / "test.target").write_text(
            "[Unit]\nDefaultDependencies=no\n" + (wants if self.journal else "")
        )
        for name in TARGETS:
            (folder / f"{name}.target").write_text("[Unit]\nDefaultDependencies=no\n")
        for name, text in self.units.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text.read_text() if isinstance(text, Path) else _plain(text))

    def _booted(self):
        assert self._boot.poll() is None, f"systemd did not boot:\n{self.console()}"
        if self.pid is None:
            self.pid = self._find()
        if self.pid is None:
            return False
        target = "multi-user.target" if self.root else "test.target"
        done = self.run("systemctl", "is-active", target, seconds=20)
        return done.stdout.strip() == "active"

    def _find(self):
        """systemd as the host knows it: the process of our cgroup that runs it."""
        for procs in self.cgroup.rglob("cgroup.procs"):
            try:
                pids = procs.read_text().split()
            except OSError:
                continue
            for pid in pids:
                with contextlib.suppress(OSError):
                    if os.readlink(f"/proc/{pid}/exe") == os.path.realpath(SYSTEMD):
                        return int(pid)
        return None

    def _kill(self):
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._boot.kill()
        self._boot.wait(20 * SCALE)

    def _remove_cgroup(self):
        def gone():
            for folder in sorted(self.cgroup.rglob("*/"), reverse=True):
                with contextlib.suppress(OSError):
                    folder.rmdir()
            with contextlib.suppress(FileNotFoundError):
                self.cgroup.rmdir()
            return True

        def removed():
            try:
                return gone()
            except OSError:
                return False

        wait_until(removed, f"{self.cgroup} to be empty", 20)
