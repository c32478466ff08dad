"""
Nothing blocks the loop: not what the kernel does for files, names, logs and connects, nor a disk
that does not come back.
"""
import os
import re
import select

import pytest

from harness import dns
from harness.client import Closed, request
from harness.held_disk import LATE_SIZE, SIZE, HeldDisk, content
from harness.strace import needs_strace, traced
from harness.wait import deadline, wait_until

THREADS = 4
MEGABYTE = 1 << 20


class Site:
    """A daemon with one worker that does all at once that could wait for something."""

    def __init__(self, daemon, modules, servers=None):
        self.daemon = daemon
        self.log_path = os.path.join(daemon.folder, "access.log")
        own = ("sender", "files", "pipes", "client", "names")
        resolve = {"path": "resolve.so", "timeout": "5000"} | (
            {"servers": servers} if servers else {}
        )
        daemon.conf(
            workers=1,
            http={"access_log": self.log_path, "access_format": "%r %>s"},
            modules={"hello": {"path": "hello.so"}, "resolve": resolve}
            | {name: {"path": str(modules / f"{name}.so")} for name in own},
            routes={
                "/hello": "hello",
                "/resolve": "resolve",
                "/send/*": {"module": "sender"},
                "/files": {"module": "files"},
                "/save": {"module": "pipes", "handler": "save", "max_body": "0"},
                "/fetch": "client",
                "/crowd": {"module": "names", "handler": "crowd"},
            },
            extra=f"fs_threads = {THREADS}",
        )
        daemon.start()
        self.pid = daemon.wait_serving()[0]

    def begin(self, data, **more):
        client = self.daemon.connect(**more)
        client.send(data)
        return client

    def send(self, path, **more):
        """Asks for a file by eddy_response_send_file."""
        script = f"Script: open a {path} r;send a 0 end;end;close a"
        return self.begin(request("GET", f"/send/{os.path.basename(path)}", script), **more)

    def files(self, *lines):
        body = "\n".join(lines).encode()
        return self.begin(request("POST", "/files", f"Content-Length: {len(body)}") + body)

    def save(self, path, body):
        return self.begin(request("POST", f"/save?{path}", f"Content-Length: {len(body)}") + body)

    def fetch(self, url):
        return self.begin(request("GET", "/fetch", f"X-Url: {url}"))

    def resolve(self, name):
        return self.begin(request("GET", f"/resolve?name={name}"))

    def logged(self):
        with open(self.log_path, encoding="ascii") as file:
            return file.read()


@pytest.fixture(scope="module")
def unbound():
    if not dns.UNBOUND:
        pytest.skip("there is no unbound here")
    one = dns.Unbound()
    yield one
    one.stop()


@pytest.fixture
def site(daemon, modules, unbound):
    return Site(daemon, modules, unbound.address)


# by system calls


def all_at_once(site):
    """Everything that might wait, several times at the same time."""
    folder = site.daemon.folder
    upload = os.urandom(MEGABYTE)
    for i in range(3):
        sent = [site.send(f"{folder}/static") for _ in range(3)]
        saved = [site.save(f"{folder}/saved{n}", upload) for n in range(2)]
        read = site.files(f"open a {folder}/static r", "wait", "read a 7 0", "close a")
        fetched = [
            site.fetch(f"http://{host}:{site.daemon.port}/hello")
            for host in ("localhost", "127.0.0.1")
        ]
        crowd = site.begin(request("GET", "/crowd?100"))
        resolved = site.resolve("www.example.test")
        assert site.daemon.get("/hello").status == 200
        if i == 1:
            assert site.daemon.ctl("reopen").returncode == 0
        for client in sent:
            assert client.read().body == content(0, 2 * MEGABYTE)
        for n, client in enumerate(saved):
            assert client.read().status == 201
            with open(f"{folder}/saved{n}", "rb") as file:
                assert file.read() == upload
        assert read.read().body.decode().splitlines()[1] == "1 OK 7 0000000"
        for client in fetched:
            assert client.read().body.endswith(b"\n\nHello World\n")
        assert crowd.read().body == b"100 of 100, OK"
        assert b"192.0.2.1" in resolved.read().body
    wait_until(lambda: site.logged().count("GET /hello") >= 3, "the access log to be written")


def first_descriptor(call):
    """What a call's first argument stands for, as strace -yy says; None: it is no descriptor."""
    found = re.match(r"\w+\((?:AT_FDCWD|\d+)<(.*?)>?>[,) ]", call)
    return found and found[1]


CALLS = "%file,%desc,%network,poll,ppoll,select,pselect6,nanosleep,clock_nanosleep"
OPENS = re.compile(
    r"(open\w*|creat|\w*stat\w*|access|faccessat\d?|readlink\w*|unlink\w*|rename\w*)\("
)
WAITS = re.compile(r"(poll|ppoll|select|pselect6|nanosleep|clock_nanosleep)\(")
FILES = re.compile(r"/(?!proc/\d+/statm)")  # the worker's own figures are no disk's


@needs_strace
def test_the_loop_does_nothing_that_waits_while_all_is_going_on(site, tmp_path):
    with open(f"{site.daemon.folder}/static", "wb") as file:
        file.write(content(0, 2 * MEGABYTE))
    with traced(site.pid, tmp_path / "calls", CALLS) as calls:
        all_at_once(site)
    loop = [call for thread, call in calls if thread == site.pid]
    others = "\n".join(call for thread, call in calls if thread != site.pid)
    # all of it has happened, elsewhere
    for what in (
        r"^sendfile\(.*/static",
        r"^p?write\w*\(\d+<[^>]*/saved",
        r"^openat\(.*/etc/hosts",
        r"^write\w*\(\d+<[^>]*/access\.log",
    ):
        assert re.search(what, others, re.M), what
    assert any(call.startswith("connect(") for call in loop)
    # and none of it here
    for call in loop:
        assert not OPENS.match(call), call
        assert not WAITS.match(call), call
        assert not FILES.match(first_descriptor(call) or ""), call
        if call.startswith("connect("):
            assert re.search(r"<UDP|EINPROGRESS|AF_UNSPEC|<UNIX", call), call


# by a disk that hangs


@pytest.fixture
def disk(tmp_path):
    one = HeldDisk(tmp_path)
    try:
        if one.reason:
            pytest.skip(one.reason)
        yield one
    finally:
        one.stop()


def still_serves(site):
    """What needs no file of the threads', on new connections and on an old one."""
    kept = site.daemon.connect()
    for _ in range(5):
        assert kept.get("/hello").status == 200
        assert site.daemon.get("/hello").status == 200
    assert b"192.0.2.1" in site.resolve("www.example.test").read().body
    fetched = site.fetch(f"http://localhost:{site.daemon.port}/hello").read()
    assert fetched.body.endswith(b"\n\nHello World\n")
    before = site.logged().count("GET /hello")
    assert kept.get("/hello").status == 200
    wait_until(lambda: site.logged().count("GET /hello") > before, "the access log")


def test_a_disk_that_hangs_holds_up_its_own_files_alone(site, disk):
    with open(f"{site.daemon.folder}/static", "wb") as file:
        file.write(content(0, 1000))
    read = site.files(f"open a {disk.path('held-1')} r", "wait", "read a 8 800", "close a")
    sent = site.send(disk.path("held-2"))
    disk.wait_held("held-1", "held-2")
    still_serves(site)
    assert site.send(f"{site.daemon.folder}/static").read().body == content(0, 1000)
    read.expect_silence(0)
    disk.open_gate()
    assert read.read().body.decode().splitlines()[1] == "1 OK 8 0000100"
    assert sent.read().body == content(0, SIZE)


def test_all_threads_stuck_hold_up_files_alone(site, disk):
    """The fifth operation on a file waits for one; names, logs and connects have none of these."""
    with open(f"{site.daemon.folder}/static", "wb") as file:
        file.write(content(0, 1000))
    reads = [
        site.files(f"open {letter} {disk.path(f'held-{letter}')} r", "wait", f"read {letter} 8 800")
        for letter in "ab"
    ]
    sends = [site.send(disk.path(f"held-{name}")) for name in "xy"]
    disk.wait_held("held-a", "held-b", "held-x", "held-y")
    fifth = site.files(f"stat {site.daemon.folder}/static")
    sixth = site.send(f"{site.daemon.folder}/static")
    still_serves(site)
    fifth.expect_silence(0)
    sixth.expect_silence(0)
    disk.open_gate()
    for client in reads:
        assert client.read().body.decode().splitlines()[1] == "1 OK 8 0000100"
    for client in sends:
        assert client.read().body == content(0, SIZE)
    assert fifth.read().body == b"0 OK 1000 100644\n"
    assert sixth.read().body == content(0, 1000)


def take_all_there_is(client):
    """Reads until nothing comes any more: as much as the disk has given. How much that was."""
    n = 0
    while client.buffer or client.sock in select.select([client.sock], [], [], 0.3)[0]:
        n += len(client.buffer or client.read_once())
        client.buffer = b""
    return n


def test_a_client_is_not_late_while_the_disk_is(site, disk):
    """One that takes nothing, and began later, is cut off by write_timeout before that."""
    http = {"access_log": site.log_path, "access_format": "%r %>s", "write_timeout": "400ms"}
    site.daemon.conf(http=http)
    site.daemon.reload()
    with open(f"{site.daemon.folder}/large", "wb") as file:
        file.truncate(1 << 30)
    client = site.send(disk.path("late"), rcvbuf=4096)
    head = client.read_head()
    n = LATE_SIZE - len(client.buffer)
    client.buffer = b""
    while disk.held() != {"late"}:
        n -= len(client.read_once())
        client.buffer = b""
    n -= take_all_there_is(client)
    assert head.get("Content-Length") == str(LATE_SIZE) and n > 0
    site.send(f"{site.daemon.folder}/large", rcvbuf=4096)
    site.daemon.wait_log(r"\(sender\): large sent 0 ECLOSED$")
    disk.open_gate()
    assert len(client._exactly(n, deadline(30))) == n
    assert client.get("/hello").status == 200


def looked_at(site, disk, steps="end;close a"):
    """Asks for a file that a hanging read is before: the head waits for its length."""
    script = f"Script: open a {disk.path('held')} r;get a;send a 0 end;{steps}"
    client = site.begin(request("GET", "/send/looked", script))
    disk.wait_held("held")
    return client


def test_a_head_that_waits_for_a_file_counts_as_begun(site, disk):
    """A client that has closed its half is answered."""
    client = looked_at(site, disk)
    client.half_close()
    still_serves(site)
    client.expect_silence(0)
    disk.open_gate()
    assert client.read().body == content(0, SIZE)
    client.expect_close()


def test_a_client_that_leaves_before_the_head_is_noticed(site, disk):
    client = looked_at(site, disk)
    client.reset()
    site.daemon.wait_log(r"\(sender\): looked sent 0 ECLOSED\n.*looked close$")
    disk.open_gate()
    assert site.send(disk.path("held")).read().body == content(0, SIZE)


def test_a_response_is_destroyed_before_the_head(site, disk):
    client = looked_at(site, disk, "destroy")
    client.expect_close(reset_is_fine=True)
    site.daemon.wait_log(r"\(sender\): looked sent 0 ECLOSED\n.*looked close$")


@pytest.mark.parametrize("steps", ["end", "close a"])
def test_what_drain_timeout_ends_before_the_head_is_a_503(site, disk, steps):
    site.daemon.conf(drain_timeout="100ms")
    site.daemon.reload()
    client = looked_at(site, disk, steps)
    site.daemon.expect_log("hangs in a file operation")
    site.daemon.signal(15)
    answer = client.read()
    assert (answer.status, answer.closes) == (503, True)
    site.daemon.wait_log(r"\(sender\): looked sent 0 ECLOSED\n.*looked (finish\n.*looked )?close$")
    disk.open_gate()
    assert site.daemon.wait_exit() == 0


def test_a_client_that_leaves_a_hanging_disk_is_gone_at_once(site, disk):
    """Its thread comes back later; nobody else gets the descriptor, nor the file, before that."""
    clients = [site.send(disk.path(f"held-{n}")) for n in range(THREADS)]
    disk.wait_held(*(f"held-{n}" for n in range(THREADS)))
    for client in clients:
        assert client.read_head().get("Content-Length") == str(SIZE)
        client.reset()
    wait_until(lambda: site.daemon.workers()[0]["connections"] == 0, "the connections to be gone")
    for n in range(THREADS):
        site.daemon.wait_log(rf"\(sender\): held-{n} sent 0 ECLOSED\n.*held-{n} close")
    others = [site.daemon.connect() for _ in range(2 * THREADS)]
    for client in others:
        assert client.get("/hello").body == b"Hello World\n"
    disk.open_gate()
    for client in others:
        assert client.get("/hello").body == b"Hello World\n"
    assert site.send(disk.path("held-0")).read().body == content(0, SIZE)


def test_a_client_that_leaves_before_a_thread_has_time_leaves_no_descriptor_to_others(site, disk):
    """What is sent when there is a thread again does not go to who has that number by then."""
    with open(f"{site.daemon.folder}/large", "wb") as file:
        file.truncate(1 << 30)
    leaving = [site.send(f"{site.daemon.folder}/large") for _ in range(3)]
    for client in leaving:
        client.read_head()
    hanging = [
        site.files(f"open {x} {disk.path(f'held-{x}')} r", "wait", f"read {x} 8 0") for x in "abcd"
    ]
    disk.wait_held(*(f"held-{x}" for x in "abcd"))
    for client in leaving:
        take_all_there_is(client)  # which leaves room, for a thread to be found
        client.reset()
    wait_until(
        lambda: site.daemon.log().count("large sent 0 ECLOSED") == 3, "the connections to be gone"
    )
    others = [site.daemon.connect() for _ in range(8)]
    for client in others:
        assert client.get("/hello").body == b"Hello World\n"
    disk.open_gate()
    for client in hanging:
        assert client.read().status == 200
    for client in others:
        assert client.get("/hello").body == b"Hello World\n"


def test_what_drain_timeout_ends_is_reset_though_the_disk_hangs(site, disk):
    site.daemon.conf(drain_timeout="100ms")
    site.daemon.reload()
    client = site.send(disk.path("held"))
    disk.wait_held("held")
    client.read_head()
    site.daemon.expect_log("hangs in a file operation")
    site.daemon.signal(15)
    with pytest.raises(Closed, match="connection reset"):
        client.read_once()
    site.daemon.wait_log(r"\(sender\): held sent 0 ECLOSED$")
    disk.open_gate()
    assert site.daemon.wait_exit() == 0


def test_a_read_error_in_the_middle_is_a_reset(site, disk):
    client = site.send(disk.path("bad"))
    head = client.read_head()
    assert head.get("Content-Length") == str(SIZE)
    with pytest.raises(Closed):
        client.read_body(head)
    site.daemon.wait_log(r"\(sender\): bad sent 0 EIO$")


def test_a_worker_that_drains_waits_for_a_disk_that_is_slow(site, disk):
    site.daemon.conf(drain_timeout="60s")
    site.daemon.reload()
    client = site.send(disk.path("held"))
    disk.wait_held("held")
    site.daemon.signal(15)
    wait_until(
        lambda: [one["state"] for one in site.daemon.workers()] == ["DRAINING"],
        "the worker to drain",
    )
    disk.open_gate()
    assert client.read().body == content(0, SIZE)
    assert site.daemon.wait_exit() == 0
