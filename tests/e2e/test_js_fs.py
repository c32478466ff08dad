"""
Files in JavaScript: what is streamed to a disk and from it, a disk that is full or hangs, and that a worker that
serves never waits for one.
"""
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from harness.client import chunked, request
from harness.daemon import file_links, rss_bytes, run
from harness.held_disk import SIZE, HeldDisk
from harness.strace import needs_strace, traced
from harness.wait import wait_until

pytestmark = pytest.mark.usefixtures("engine")

SCRIPT = Path(__file__).resolve().parent / "scripts/files.js"
ROOT = os.geteuid() == 0
MEGABYTE = 1 << 20
LARGE = 64 * MEGABYTE
GROWTH = 60 * MEGABYTE  # a garbage collector takes its time


class Site:
    """A daemon with one worker that runs the script, and a folder for its files."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.folder = os.path.join(daemon.folder, "files")
        os.mkdir(self.folder)
        os.chmod(self.folder, 0o777)

    def start(self):
        self.daemon.conf(
            workers=1,
            modules={"files": {"path": "js.so", "script": str(SCRIPT)}},
            routes={"/*": {"module": "files", "max_body": "0"}},
        )
        self.daemon.expect_log(r"\(files\): ")
        self.daemon.start()
        return self

    def path(self, name):
        return os.path.join(self.folder, name)

    def pid(self):
        return self.daemon.wait_serving()[0]

    def open_here(self):
        return [link for link in file_links(self.pid()) if link.startswith(self.folder)]


@pytest.fixture
def unstarted(daemon):
    return Site(daemon)


@pytest.fixture
def site(unstarted):
    return unstarted.start()


@pytest.fixture
def disk(tmp_path):
    one = HeldDisk(tmp_path)
    if one.reason:
        one.stop()
        pytest.skip(one.reason)
    yield one
    one.stop()


def test_a_large_upload_in_chunks_comes_to_the_disk_and_back_in_constant_memory(site):
    before = rss_bytes(site.pid())
    piece = os.urandom(MEGABYTE)
    client = site.daemon.connect()
    client.send(request("POST", f"/put?{site.path('large')}", "Transfer-Encoding: chunked"))
    frame = b"%x\r\n" % len(piece) + piece + b"\r\n"
    sending = client.send_in_background([frame] * (LARGE // MEGABYTE) + [b"0\r\n\r\n"])
    answer = client.read()
    sending.finish()
    assert (answer.status, answer.body) == (201, b"%d\n" % LARGE)
    assert rss_bytes(site.pid()) - before < GROWTH
    assert os.path.getsize(site.path("large")) == LARGE
    with open(site.path("large"), "rb") as file:
        assert all(file.read(MEGABYTE) == piece for _ in range(LARGE // MEGABYTE))
    for way in ("get", "pipe"):
        client.send(request("GET", f"/{way}?{site.path('large')}"))
        assert client.read().body == piece * (LARGE // MEGABYTE)
        assert rss_bytes(site.pid()) - before < GROWTH
    wait_until(lambda: site.open_here() == [], lambda: f"{site.open_here()} to be closed")


def test_a_client_that_leaves_in_the_middle_leaves_no_file_open(site):
    client = site.daemon.connect()
    client.send(request("POST", f"/put?{site.path('part')}", "Content-Length: 1000000") + b"x" * 1000)
    wait_until(lambda: site.open_here() == [site.path("part")], "the file to be opened")
    client.close()
    site.daemon.wait_log(r"put: (aborted|Premature close)")
    wait_until(lambda: site.open_here() == [], "the file to be closed")
    with open(site.path("large"), "wb") as file:
        file.truncate(LARGE)
    client = site.daemon.connect()
    client.send(request("GET", f"/get?{site.path('large')}"))
    client.read_head()
    client.close()
    site.daemon.wait_log("get: ERR_STREAM_PREMATURE_CLOSE")
    wait_until(lambda: site.open_here() == [], "the file to be closed")
    assert site.daemon.get("/hello").status == 200


def test_a_file_that_is_not_there_is_told_before_the_head_is_out(site):
    answer = site.daemon.get(f"/get?{site.path('none')}")
    assert answer.status == 404
    assert answer.body.decode() == f"ENOENT: no such file or directory, open '{site.path('none')}'\n"


@pytest.mark.skipif(not ROOT, reason="only root can mount a small disk")
def test_a_full_disk_reaches_the_script(unstarted):
    site = unstarted
    if subprocess.call(["mount", "-t", "tmpfs", "-o", "size=256k,mode=777", "none", site.folder]) != 0:
        pytest.skip("nothing can be mounted here")
    try:
        site.start()
        client = site.daemon.connect()
        ask = request("POST", f"/store?{site.path('large')}", "Transfer-Encoding: chunked")
        client.send_ignoring_close(ask + chunked(*[b"x" * 65536] * 10))
        answer = client.read()
        assert (answer.status, answer.body) == (507, b"ENOSPC: no space left on device, write\n")
        client = site.daemon.connect()
        client.send_ignoring_close(request("POST", f"/put?{site.path('large')}", "Content-Length: 655360") + b"x" * 655360)
        site.daemon.wait_log("put: ENOSPC: no space left on device, write")
        wait_until(lambda: site.open_here() == [], "the files to be closed")
        os.unlink(site.path("large"))
        assert site.daemon.connect().post(f"/put?{site.path('small')}", b"small").status == 201
        site.daemon.signal(signal.SIGTERM)
        assert site.daemon.wait_exit() == 0
    finally:
        subprocess.call(["umount", "-l", site.folder])


def test_a_disk_that_hangs_hinders_nobody_else(site, disk):
    waiting = site.daemon.connect()
    waiting.send(request("GET", f"/size?{disk.path('held-1')}"))
    streaming = site.daemon.connect()
    streaming.send(request("GET", f"/pipe?{disk.path('held-2')}"))
    disk.wait_held("held-1", "held-2")
    with open(site.path("file"), "wb") as file:
        file.write(b"12345")
    client = site.daemon.connect()
    for _ in range(10):
        assert client.get("/hello").body == b"hello\n"
        assert client.get(f"/size?{site.path('file')}").body == b"5\n"
    waiting.expect_silence(0)
    disk.open_gate()
    assert waiting.read().body == b"%d\n" % SIZE
    assert len(streaming.read().body) == SIZE


LATE = {
    "readFileSync": "fs.promises.readFile, or fs.readFile",
    "writeFileSync": "fs.promises.writeFile, or fs.writeFile",
    "existsSync": "fs.promises.access, or fs.exists",
    "statSync": "fs.promises.stat, or fs.stat",
    "mkdirSync": "fs.promises.mkdir, or fs.mkdir",
    "rmSync": "fs.promises.rm, or fs.rm",
    "copyFileSync": "fs.promises.copyFile, or fs.copyFile",
    "realpathSync": "fs.promises.realpath, or fs.realpath",
    "openSync": "fs.promises.open, or fs.open",
    "opendirSync": "fs.promises.opendir, or fs.opendir",
}


def test_what_waits_is_refused_by_a_worker_that_serves(site):
    for name, instead in LATE.items():
        answer = site.daemon.get(f"/late/{name}?r")
        assert answer.status == 500
        assert answer.body.decode() == (
            f"ERR_WORKER_SERVES: fs.{name} cannot be called now: a worker that serves never waits for a disk. Say await "
            f"{instead} with a callback, or call it where the script begins, before it has been loaded\n"
        )


def test_what_is_not_offered_says_so(site):
    answer = site.daemon.get("/late/watch?r")
    assert answer.body.decode() == (
        "ERR_METHOD_NOT_IMPLEMENTED: fs.watch() is not offered by eddy: look at fs.promises.stat(path) with a timer\n"
    )


def test_what_was_opened_while_the_script_loaded_is_read_later(site):
    assert site.daemon.get("/opened").body == b"// Fi\n"


@needs_strace
def test_the_loops_own_thread_touches_no_file(site, tmp_path):
    pid = site.pid()
    with traced(pid, tmp_path / "calls") as calls:
        assert site.daemon.get(f"/touch?{site.path('x-')}").body == b"5\n"
        assert site.daemon.connect().post(f"/put?{site.path('put')}", b"some bytes").status == 201
        assert site.daemon.get(f"/get?{site.path('put')}").body == b"some bytes"
    assert [call for thread, call in calls if thread == pid and site.folder in call] == []
    names = {call.split("(")[0] for thread, call in calls if thread != pid and site.folder in call}
    assert {"mkdir", "symlink", "unlink", "rmdir"} <= names


def test_a_load_that_fails_while_files_are_opened_ends_as_any_other(programs, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "bad.js").write_text(
        'const fs = require("fs");\n'
        f'fs.open("{tmp_path}/fifo", () => {{}});\n'
        'fs.readFile("/proc/self/status", () => {});\n'
        'throw new Error("while a disk is waited for");\n'
    )
    conf = tmp_path / "bad.conf"
    conf.write_text(
        f'control = "{tmp_path}/c.sock"\nlisten "unix:{tmp_path}/web.sock" {{ }}\n'
        f'module "bad" {{ path = "js.so" options {{ script = "{tmp_path}/bad.js" }} }}\nroute "/" {{ module = "bad" }}\n'
    )
    done = run(*programs.eddyd_command("-c", str(conf)), seconds=30)
    assert done.returncode == 78, done.stderr
    assert re.search(r"bad\.js:4:\d+: Error: while a disk is waited for", done.stderr), done.stderr
    assert "signal" not in done.stderr
