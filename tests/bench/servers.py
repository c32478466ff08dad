"""
The servers that are measured: eddy, the floors and the peers, each started for one measurement.

All listen on a port of their own on 127.0.0.1, write into a folder of their own, and get the same
number of workers. What a server cannot do (`cannot`) is left out with the reason.
"""
import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import measure

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "e2e"))
from harness.ports import free_port  # pylint: disable=wrong-import-position

NGINX_MODULES = "/usr/lib/nginx/modules"
NCHAN = f"{NGINX_MODULES}/ngx_nchan_module.so"  # Debian: libnginx-mod-nchan
START_S = 10
STOP_S = 10
BODY = b"Hello World\n"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """A server, or a load, has not done what it should; the text says what."""


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def files_max():
    with open("/proc/self/limits", encoding="ascii") as file:
        hard = re.search(r"^Max open files\s+\S+\s+(\S+)", file.read(), re.M)[1]
    return min(int(hard), 65536) if hard != "unlimited" else 65536


def fill_in(text, values, flags):
    """A conf of peers/: @NAME@ is a value; "@flag " begins what is there with that flag only."""
    lines = []
    for line in text.splitlines():
        mark = re.match(r"(\s*)@([a-z]+)[ \t](.*)", line)
        if mark is None:
            lines.append(line)
        elif mark[2] in flags:
            lines.append(mark[1] + mark[3])
    return re.sub(r"@([A-Z]+)@", lambda name: str(values[name[1]]), "\n".join(lines)) + "\n"


class Alone:
    """No load, for who needs a server with one worker."""

    workers, flags = 1, set()


class Server:
    """One that runs, from `with` to its end; a subclass says how it is started."""

    name = None
    is_peer = False
    threads = False  # instead of processes
    plain = True  # takes the loads that are not for scripts
    script = False  # takes those that are
    cannot = {}  # {load: why}
    notes = {}  # {load: what to know of its figures}

    def __init__(self, load, options):
        self.load, self.options = load, options
        self.folder = self.process = self.port = None

    @classmethod
    def missing(cls, _options):
        """Why it cannot be run here at all, or None."""
        return None

    @classmethod
    def version(cls, _options):
        return ""

    def prepare(self):
        """Writes what it needs into its folder; gives its command line."""
        raise NotImplementedError

    def conf(self, name, *more):
        """A file of peers/, filled in, in the folder; its path. `more`: flags of its own."""
        flags = self.load.flags | {"log" if "log" in self.load.flags else "nolog", *more}
        values = {
            "PORT": self.port,
            "WORKERS": self.load.workers,
            "FOLDER": self.folder,
            "FILES": files_max(),
            "NCHAN": NCHAN,
            "MODULES": NGINX_MODULES,
            "CONNECTIONS": files_max() // 2 - 500,  # haproxy wants two descriptors for each
        }
        with open(os.path.join(HERE, "peers", name), encoding="utf-8") as file:
            text = fill_in(file.read(), values, flags)
        return self.write(name, text)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="bench-")
        os.chmod(self.folder, 0o755)  # peers give root up
        self.port = free_port()
        try:
            command = self.prepare()
            with open(os.path.join(self.folder, "said"), "wb") as said:
                # In a session of its own: what it sends to its group is for it alone.
                self.process = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                    preexec_fn=_die_with_parent,
                )
            self._wait_started()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *unused):
        self.stop()

    def said(self):
        with open(os.path.join(self.folder, "said"), encoding="utf-8", errors="replace") as file:
            return file.read()[-500:].strip()

    def _wait_started(self):
        end = time.monotonic() + START_S
        while True:
            if self.process.poll() is not None:
                raise Failed(f"ended with {self.process.returncode}: {self.said()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                if time.monotonic() > end:
                    raise Failed(f"does not listen after {START_S} s: {self.said()}") from None
                time.sleep(0.02)
        time.sleep(0.2)  # the first worker listens: so do the others by then
        measure.settle(self.pids())

    def pids(self):
        return measure.family(self.process.pid)

    def stop(self):
        """Ends the processes it is made of, and removes its folder."""
        if self.process is not None:
            there = self.pids() if self.process.poll() is None else []
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            for pid in there[1:]:
                self._end(pid)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, pid):
        """A process of its session that has outlived it."""
        try:
            if os.getsid(pid) == self.process.pid:
                os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Eddy(Server):
    name = "eddy"
    script = True

    def programs(self):
        """The worker, and further options of eddyd's."""
        return ["-w", f"{self.options.build}/worker/eddy-worker"]

    def conf_lines(self):
        modules = f"{self.options.build}/worker/modules"
        bench = f"{self.options.build}/tests/bench/bench.so"
        log = f"{self.folder}/access.log" if "log" in self.load.flags else "off"
        script = "script" in self.load.flags
        more = []
        if script:
            if not os.path.exists(f"{modules}/js.so"):
                raise Failed("built without JavaScript (Debian: libjavascriptcoregtk-4.1-dev)")
            options = f'options {{ script = "{HERE}/script.js" }}'
            more.append(f'module "script" {{ path = "{modules}/js.so"  {options} }}')
        return [
            *more,
            f"workers = {self.load.workers}",
            f'control = "{self.folder}/control.sock"',
            'drain_timeout = "1s"',
            f'listen "127.0.0.1:{self.port}" {{ }}',
            f'http {{ access_log = "{log}" }}',
            f'module "hello" {{ path = "{modules}/hello.so" }}',
            f'module "poll" {{ path = "{modules}/poll.so"  options {{ timeout = "600000" }} }}',
            f'module "bench" {{ path = "{bench}" }}',
            f'route "/" {{ module = "{"script" if script else "hello"}" }}',
            f'route "/poll" {{ module = "{"script" if script else "poll"}" }}',
            'route "/post" { module = "bench"  handler = "post" }',
            'route "/upload" { module = "bench"  handler = "upload"  max_body = "0" }',
            'route "/download" { module = "bench"  handler = "download" }',
            'route "/chunks" { module = "bench"  handler = "chunks" }',
        ]

    def prepare(self):
        conf = self.write("eddy.conf", "\n".join(self.conf_lines()) + "\n")
        return [f"{self.options.build}/daemon/eddyd", *self.programs(), "-c", conf]

    @classmethod
    def version(cls, options):
        return _first_line([f"{options.build}/daemon/eddyd", "-V"])


class Floor(Server):
    """The bare epoll loop; the load says which work it is to do."""

    name = "floor"
    work = "floor"  # which entry of the load's

    def prepare(self):
        program = f"{self.options.build}/tests/bench/floor"
        work = [str(word) for word in self.load.floors[self.work]]
        return [program, str(self.port), str(self.load.workers), *work]


class DeferredFloor(Floor):
    """The same with TCP_DEFER_ACCEPT, reading at once."""

    name = work = "floor, deferred"


# peers


def _first_line(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    lines = done.stdout.decode(errors="replace").strip().splitlines()
    return lines[0].strip() if lines else ""


_NO_HANDLER = "has no handler that could take it"
_NO_PARKING = "cannot keep a request without a module of one's own"
_FILES = "sends files, with their length"


class Peer(Server):
    is_peer = True
    packages = []  # Debian's
    program = None
    version_flag = "-v"

    @classmethod
    def path(cls):
        found = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
        return shutil.which(cls.program, path=found)

    @classmethod
    def missing(cls, _options):
        return None if cls.path() else "not installed"

    @classmethod
    def version(cls, _options):
        return _first_line([cls.path(), cls.version_flag])


class Nginx(Peer):
    name = program = "nginx"
    packages = ["nginx", "libnginx-mod-nchan"]
    cannot = {"upload": _NO_HANDLER, "download": _FILES}
    notes = {"post": "throws the body away", "parked": "with nchan"}

    def prepare(self):
        if "park" in self.load.flags and not os.path.exists(NCHAN):
            raise Failed("there is no nchan (Debian: libnginx-mod-nchan)")
        return self.command(self.conf("nginx.conf", "fixed"))

    def command(self, conf):
        return [self.path(), "-p", self.folder, "-c", conf, "-e", "stderr"]


class Njs(Nginx):
    """nginx with its own JavaScript."""

    name = "njs"
    packages = ["nginx", "libnginx-mod-http-js"]
    plain, script = False, True
    module = "ngx_http_js_module.so"
    cannot = {"jsparked": _NO_PARKING}
    notes = {}

    @classmethod
    def missing(cls, options):
        if not os.path.exists(f"{NGINX_MODULES}/{cls.module}"):
            return "not installed"
        return super().missing(options)

    def prepare(self):
        with open(os.path.join(HERE, "peers", "njs.js"), encoding="utf-8") as file:
            self.write("njs.js", file.read())
        return self.command(self.conf("nginx.conf", self.name))


class Lua(Njs):
    """nginx with OpenResty's Lua."""

    name = "lua"
    packages = ["nginx", "libnginx-mod-http-lua"]
    module = "ngx_http_lua_module.so"
    cannot = {"jsparked": "the handler would have to be written around its timers"}


class H2o(Peer):
    name = program = "h2o"
    packages = ["h2o"]
    threads = True
    cannot = {
        "post": _NO_HANDLER,
        "upload": _NO_HANDLER,
        "download": _FILES,
        "parked": _NO_PARKING,
    }

    def prepare(self):
        self.write("www/index.txt", BODY.decode())
        return [self.path(), "-c", self.conf("h2o.conf")]


class Kore(Peer):
    name = program = "kore"
    packages = ["kore"]
    cannot = {
        "pipelined": "its 4.1 does not answer all of them",
        "upload": "collects a body before its handler is called",
        "download": "the handler would have to be written around its netbufs",
        "parked": "the handler would have to be written around its tasks",
        "log": "formats its own kind of line",
    }

    def prepare(self):
        source = os.path.join(HERE, "peers", "kore.c")
        flags = ["-std=gnu99", "-O2", "-fPIC", "-shared", "-I/usr/include"]
        with open("/usr/share/kore/features", encoding="ascii") as file:
            flags += file.read().split()
        built = subprocess.run(
            ["cc", *flags, "-o", os.path.join(self.folder, "kore.so"), source],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if built.returncode != 0:
            raise Failed("its handler does not build: " + built.stdout.decode()[-300:])
        return [self.path(), "-f", "-n", "-r", "-c", self.conf("kore.conf")]


class Haproxy(Peer):
    name = program = "haproxy"
    packages = ["haproxy"]
    threads = True
    cannot = {
        "upload": _NO_HANDLER,
        "download": _NO_HANDLER,
        "parked": _NO_PARKING,
        "log": "logs to syslog, not to a file",
    }
    notes = {"post": "collects the body, no handler sees it"}

    def prepare(self):
        return [self.path(), "-db", "-f", self.conf("haproxy.cfg")]


class Lighttpd(Peer):
    name = program = "lighttpd"
    packages = ["lighttpd"]
    cannot = {
        "post": _NO_HANDLER,
        "upload": _NO_HANDLER,
        "download": _FILES,
        "parked": _NO_PARKING,
    }

    def prepare(self):
        self.write("www/index.txt", BODY.decode())
        return [self.path(), "-D", "-f", self.conf("lighttpd.conf")]


class Node(Peer):
    name = "node"
    script = True
    packages = ["nodejs"]
    program = "node"
    version_flag = "--version"
    cannot = {"log": "has none"}

    def prepare(self):
        script = os.path.join(HERE, "peers", "node.js")
        return [self.path(), script, str(self.port), str(self.load.workers)]


PEERS = {peer.name: peer for peer in (Nginx, H2o, Kore, Haproxy, Lighttpd, Node, Njs, Lua)}
