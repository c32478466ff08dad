"""
Runs eddyd as a user does and watches it from outside: exit codes, stderr, /proc, eddyctl, sockets.

A Daemon is stopped by its fixture at the end of the test, which checks that it ended well: the exit
code, no sanitizer report, no unexpected complaint in the log, no process left behind.
"""
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from . import conf as conf_text
from . import ports
from .client import Client
from .wait import SCALE, wait_until

# What no process may ever print. The rest of what is unexpected is in Daemon.check_log.
_SANITIZER = re.compile(r"Sanitizer|runtime error:|LeakSanitizer")
# A line of the log with the priority of a warning or worse, or one that is no log line at all.
_COMPLAINT = re.compile(r"<[0-4]>|(?!<[0-7]>)")

# On a machine that does much else a worker may wait for a disk, at a page or a path, or an engine for its threads.
_SLOW_MACHINE = re.compile(r"^<4>worker \d+ \(pid \d+, generation \d+\) is blocked for 0\.\d s")

_DROPPED = re.compile(
    r"NOTIFY_SOCKET|LISTEN_|WATCHDOG_|JOURNAL_STREAM|INVOCATION_ID|XDG_RUNTIME_DIR|.SAN_OPTIONS"
)


class Programs:
    """Where the programs under test are."""

    def __init__(self, eddyd, eddyctl, worker, modules, include, cc="cc"):
        self.eddyd = eddyd
        self.eddyctl = eddyctl
        self.worker = worker
        self.modules = modules
        self.include = include
        self.cc = cc
        with open(worker, "rb") as file:
            code = file.read()
        self.sanitized = b"__asan_" in code
        self.debug = b": called on thread " in code  # --enable-debug

    def eddyd_command(self, *arguments):
        return [self.eddyd, "-w", self.worker, "-m", self.modules, *arguments]


def environment(**more):
    """A clean environment: nothing of a service manager's; sanitizers leave signals alone."""
    env = {key: value for key, value in os.environ.items() if not _DROPPED.match(key)}
    # A crash on purpose has to die of its signal, as it does without sanitizers.
    env[
        "ASAN_OPTIONS"
    ] = "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0:exitcode=99:detect_leaks=1"
    env["UBSAN_OPTIONS"] = "print_stacktrace=1"
    env["LC_ALL"] = "C.UTF-8"
    env.update(more)
    return env


def run(*command, seconds=20, **more):
    """Runs a program to its end; output as text; no sanitizer report may be in it."""
    done = subprocess.run(
        command,
        stdin=more.pop("stdin", subprocess.DEVNULL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=seconds * SCALE,
        text=True,
        errors="replace",
        env=more.pop("env", None) or environment(),
        **more,
    )
    assert not _SANITIZER.search(done.stderr), done.stderr
    return done


def state(pid):
    """One letter, as ps(1) says it; X for a process that is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def stand_still(pid):
    """Stops a process, and returns when it stands: what is sent to it before may still be seen."""
    os.kill(pid, signal.SIGSTOP)
    wait_until(lambda: state(pid) in "TXZ", f"process {pid} to stop")


def alive(pid):
    """Whether a process runs; a zombie does not."""
    return state(pid) not in "ZX"


def children(pid):
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="latin-1") as file:
                fields = file.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] not in "ZX":
            found.append(int(name))
    return sorted(found)


def rss_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="latin-1") as file:
        return int(re.search(r"VmRSS:\s+(\d+) kB", file.read())[1]) * 1024


def file_links(pid):
    """What a process has open."""
    links = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            links.append(os.readlink(f"/proc/{pid}/fd/{name}"))
        except FileNotFoundError:
            pass
    return sorted(links)


def open_files(pid):
    return len(file_links(pid))


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def marked(marker):
    """The processes whose environment has this marker: all of a daemon, orphans too."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                if marker in file.read() and alive(int(name)):
                    found.append(int(name))
        except OSError:
            continue
    return found


class Daemon:
    """One eddyd with a conf, a port, a control socket and a folder of its own."""

    def __init__(self, programs):
        self.programs = programs
        base = tempfile.gettempdir()
        if len(base) > 40:  # a unix socket's path has 107 bytes
            base = "/tmp"
        self.folder = tempfile.mkdtemp(prefix="eddy-e2e-", dir=base)
        os.chmod(self.folder, 0o755)
        self.control = os.path.join(self.folder, "control.sock")
        self.conf_path = os.path.join(self.folder, "eddy.conf")
        self.log_path = os.path.join(self.folder, "stderr")
        self.out_path = os.path.join(self.folder, "stdout")
        self.port = ports.free_port()
        self.address = ("127.0.0.1", self.port)
        self.process = None
        self.expected_exit = 0
        self.expected_log = [re.compile(r"the workers run as root"), _SLOW_MACHINE]
        self.settings = {}
        self._clients = []
        self._seen = set()
        self._marker = f"EDDY_E2E={self.folder}".encode()

    # conf and start

    def conf(self, **settings):
        """Writes the conf file; what is not said stays as it was. Returns the text."""
        self.settings.update(settings)
        said = dict(self.settings)
        said.setdefault("listens", {f"127.0.0.1:{self.port}": {}})
        said.setdefault("modules", {"hello": {"path": "hello.so"}})
        said.setdefault("routes", {"/hello": "hello"})
        text = conf_text.build(self.control, **said)
        self.write_conf(text)
        return text

    def write_conf(self, text):
        with open(self.conf_path, "w", encoding="utf-8") as file:
            file.write(text)

    def launch(self, *arguments, wrapper=(), popen=None, **env):
        """
        Starts eddyd without waiting for anything. `wrapper`: a command that execs the one that
        follows it; `popen`: more for subprocess.Popen.
        """
        if not arguments:
            arguments = ("-c", self.conf_path)
        with open(self.log_path, "ab") as err, open(self.out_path, "ab") as out:
            how = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err, "cwd": self.folder}
            self.process = subprocess.Popen(
                [*wrapper, *self.programs.eddyd_command(*arguments)],
                env=environment(EDDY_E2E=self.folder, **env),
                **(how | (popen or {})),
            )
        return self

    def start(self, *arguments, **more):
        """Starts eddyd and waits until all its workers serve."""
        if not os.path.exists(self.conf_path):
            self.conf()
        self.launch(*arguments, **more)
        self.wait_ready()
        return self

    def wait_ready(self):
        def ready():
            code = self.process.poll()
            assert code is None, f"eddyd ended with {code} at start:\n{self.log()}"
            return os.path.exists(self.control) and self.serving()

        wait_until(ready, lambda: f"eddyd to serve; its log:\n{self.log()}", seconds=15)
        return self

    @property
    def pid(self):
        return self.process.pid

    def serving(self):
        """The pids of the workers if all that the conf asks for are there and accept."""
        workers = self.workers(missing_ok=True)
        if workers is None:
            return None
        accepting = [worker["pid"] for worker in workers if worker["state"].upper() == "ACCEPTING"]
        wanted = self.settings.get("workers", 2)
        return accepting if len(workers) == len(accepting) == wanted else None

    def wait_serving(self, without=()):
        """Waits until all workers accept and none of `without` is among them; their pids."""

        def condition():
            pids = self.serving()
            return pids if pids and not set(pids) & set(without) else None

        return wait_until(
            condition,
            lambda: f"workers to serve: {self.workers(missing_ok=True)}\n{self.log()}",
            20,
        )

    # watching

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_log(self, pattern, seconds=10, after=0):
        """Waits for a line that matches; the match."""
        regex = re.compile(pattern, re.M)
        return wait_until(
            lambda: regex.search(self.log(), after),
            lambda: f"a log line like {pattern!r}; log:\n{self.log()}",
            seconds,
        )

    def ctl(self, *arguments, seconds=40):
        return run(self.programs.eddyctl, "-s", self.control, *arguments, seconds=seconds)

    def ctl_json(self, *arguments):
        done = self.ctl(*arguments, "--json")
        assert done.returncode == 0, done
        return json.loads(done.stdout)

    def workers(self, missing_ok=False):
        done = self.ctl("workers", "--json")
        if done.returncode != 0 and missing_ok:
            return None
        assert done.returncode == 0, done
        answer = json.loads(done.stdout)
        workers = answer["workers"] if isinstance(answer, dict) else answer
        self._seen.update(worker["pid"] for worker in workers)
        return workers

    def status(self):
        return self.ctl_json("status")

    def totals(self):
        """The counters of all workers, those that are gone included."""
        return self.status()["totals"]

    def pids(self):
        """The running worker processes, as the kernel knows them."""
        found = children(self.pid)
        self._seen.update(found)
        return found

    @contextlib.contextmanager
    def only(self, pid):
        """Meanwhile new connections can go to this worker alone: the others stand still."""
        others = [other for other in self.pids() if other != pid]
        for other in others:
            stand_still(other)
        try:
            yield
        finally:
            for other in others:
                os.kill(other, signal.SIGCONT)

    @contextlib.contextmanager
    def stopped(self, pid):
        """Meanwhile that worker stands still, and what comes to it comes in one turn of its loop."""
        stand_still(pid)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    # talking

    def connect(self, address=None, **more):
        client = Client(address or self.address, **more)
        self._clients.append(client)
        return client

    def get(self, path="/hello", *fields, address=None):
        """One request on a connection of its own."""
        with self.connect(address) as client:
            return client.get(path, "Connection: close", *fields)

    def http(self):
        """The same with a stock client, as a second opinion."""
        return http.client.HTTPConnection(*self.address, timeout=15 * SCALE)

    # signals and stop

    def signal(self, number):
        self.process.send_signal(number)

    def reload(self, expect=0):
        """eddyctl reload; when it says that it is done, no worker of before accepts any more."""
        done = self.ctl("reload")
        codes = expect if isinstance(expect, tuple) else (expect,)
        assert done.returncode in codes, (done, self.log())
        if done.returncode == 0:
            assert len(self.accepting()) <= 1, self.workers()  # the new may just begin
        return done

    def accepting(self):
        """The generations whose workers take connections."""
        return {worker["generation"] for worker in self.workers() if worker["state"] == "ACCEPTING"}

    def wait_exit(self, seconds=20):
        try:
            return self.process.wait(seconds * SCALE)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"eddyd still runs after {seconds * SCALE:g} s; its log:\n{self.log()}"
            ) from None

    def expect_log(self, pattern):
        """Complaints that match are what this test is about."""
        self.expected_log.append(re.compile(pattern))

    def close_clients(self):
        for client in self._clients:
            client.close()
        self._clients.clear()

    def check_log(self):
        log = self.log()
        assert not _SANITIZER.search(log), log
        for line in log.splitlines():
            if _COMPLAINT.match(line) and not any(
                pattern.search(line) for pattern in self.expected_log
            ):
                raise AssertionError(f"unexpected in the log: {line}\n\nthe whole log:\n{log}")

    def finish(self):
        """The end of every test: stops what runs, checks how it ended, removes the folder."""
        try:
            self.close_clients()
            if self.process is None:
                return
            if self.process.poll() is None:
                self.pids()
                self.signal(signal.SIGTERM)
                self.wait_exit()
            code = self.process.returncode
            assert (
                code == self.expected_exit
            ), f"exit code {code}, not {self.expected_exit}; log:\n{self.log()}"
            wait_until(
                lambda: not [pid for pid in self._seen if alive(pid)] and not marked(self._marker),
                lambda: f"the processes of the daemon to end: {marked(self._marker)}\n{self.log()}",
            )
            self.check_log()
        finally:
            self.kill()
            shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self):
        """Nothing of this daemon stays, whatever went wrong."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in marked(self._marker):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def listening(port):
    """Whether any process still listens on this TCP port (of 127.0.0.1 or any)."""
    wanted = f":{port:04X}"
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as file:
            for line in list(file)[1:]:
                fields = line.split()
                if fields[1].endswith(wanted) and fields[3] == "0A":
                    return True
    return False


def hold_port(port, host="127.0.0.1"):
    """A socket that listens on the port, so that nobody else can."""
    holder = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind((host, port))
    holder.listen(1)
    return holder


def pause_shortly():
    """For loops of load threads: gives the others the processor."""
    time.sleep(0.001)
