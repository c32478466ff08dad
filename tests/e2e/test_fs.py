"""
Files: what the fs functions do and how they fail, in which order, and that nobody waits for a disk.

The module files.c is given its operations as lines of a request's body (see there). A FIFO that
nobody writes to stands in for a disk that hangs: opening it holds a thread until this test opens it.
"""
import os
import re
import signal
import stat
import subprocess

import pytest

from harness.client import request
from harness.daemon import Daemon
from harness.strace import needs_strace, traced
from harness.wait import wait_until

ROOT = os.geteuid() == 0


class Site:
    """A daemon with one worker that runs scripts, and a folder for them."""

    def __init__(self, daemon, modules):
        self.daemon = daemon
        self.folder = os.path.join(daemon.folder, "files")
        os.mkdir(self.folder)
        self.with_files = {
            "modules": {
                "hello": {"path": "hello.so"},
                "files": {"path": str(modules / "files.so")},
            },
            "routes": {"/hello": "hello", "/files": {"module": "files", "max_body": "0"}},
        }
        daemon.conf(workers=1, **self.with_files)

    def conf(self, **settings):
        self.daemon.conf(**settings)
        return self

    def start(self):
        self.daemon.start()
        return self

    def path(self, name=""):
        return os.path.join(self.folder, name)

    def body(self, lines):
        """@ in a line is this site's folder."""
        return "\n".join(line.replace("@", self.folder + "/") for line in lines).encode()

    def ask(self, *lines):
        """Sends a script; the client, to be read from."""
        body = self.body(lines)
        client = self.daemon.connect()
        client.send(request("POST", "/files", f"Content-Length: {len(body)}") + body)
        return client

    def results(self, client):
        answer = client.read()
        assert answer.status == 200, answer
        return answer.body.decode().splitlines()

    def run(self, *lines):
        return self.results(self.ask(*lines))

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def fifo(self):
        os.mkfifo(self.path("fifo"))
        return self.path("fifo")

    def wait_hanging(self, threads=1):
        """Waits until so many threads hang in an open(2), as the kernel knows them."""
        pid = self.daemon.wait_serving()[0]
        wait_until(lambda: hanging(pid) == threads, f"{threads} threads to hang in open")

    def let_go(self):
        """Those that hang in the opening of the FIFO go on."""
        os.close(os.open(self.path("fifo"), os.O_WRONLY))


@pytest.fixture
def make(daemon, modules):
    return lambda: Site(daemon, modules)


@pytest.fixture
def site(make):
    return make().start()


def hanging(pid):
    """How many threads of a process wait in the kernel for the other end of a FIFO."""
    count = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/wchan", encoding="ascii") as file:
                count += file.read() == "wait_for_partner"
        except OSError:
            pass
    return count


# what there is


def test_a_file_is_made_written_read_and_removed(site):
    assert site.run(
        "open a @new wrcx",
        "wait",
        "write a Hello -1",
        "write a World -1",
        "fsync a",
        "fstat a",
        "read a 100 0",
        "read a 3 5",
        "read a 100 10",
        "close a",
        "wait",
        "stat @new",
        "unlink @new",
        "wait",
        "stat @new",
    ) == [
        "0 OK",
        "1 OK 5",
        "2 OK 5",
        "3 OK",
        "4 OK 10 100640",
        "5 OK 10 HelloWorld",
        "6 OK 3 Wor",
        "7 OK 0 ",
        "8 OK",
        "9 OK 10 100640",
        "10 OK",
        "11 ENOENT",
    ]


def test_reading_moves_the_files_own_place_and_a_position_does_not(site):
    site.write("file", "abcdefgh")
    assert site.run(
        "open a @file r", "wait", "read a 3 -1", "read a 2 0", "read a 3 -1", "close a"
    ) == ["0 OK", "1 OK 3 abc", "2 OK 2 ab", "3 OK 3 def", "4 OK"]


def test_a_position_writes_there(site):
    site.write("file", "abcdefgh")
    site.run("open a @file w", "wait", "write a XY 3", "write a Z -1", "close a")
    assert site.read("file") == "ZbcXYfgh"


def test_appending_appends(site):
    site.write("file", "abc")
    site.run("open a @file wa", "wait", "write a def -1", "close a")
    assert site.read("file") == "abcdef"


def test_folders_are_made_and_removed(site):
    assert site.run(
        "mkdir @folder 700",
        "wait",
        "stat @folder",
        "mkdir @folder/sub 755",
        "wait",
        "readdir @folder",
        "wait",
        "rmdir @folder/sub",
        "wait",
        "readdir @folder",
        "wait",
        "rmdir @folder",
    )[3:] == ["3 OK sub", "4 OK", "5 OK", "6 OK"]
    assert os.listdir(site.folder) == []


def test_a_folder_has_the_mode_that_it_was_made_with(site):
    assert site.run("mkdir @folder 710") == ["0 OK"]
    assert stat.S_IMODE(os.stat(site.path("folder")).st_mode) == 0o710


def test_a_folder_lists_what_is_in_it(site):
    for name in ("one", "two", ".hidden"):
        site.write(name, "")
    os.mkdir(site.path("folder"))
    assert site.run("readdir @") == ["0 OK .hidden folder one two"]


def test_a_large_folder_is_listed_whole(site):
    names = sorted(f"file{i:04}" for i in range(1000))
    for name in names:
        site.write(name, "")
    assert site.run("readdir @") == ["0 OK " + " ".join(names)]


def test_renaming_replaces(site):
    site.write("from", "new")
    site.write("to", "old")
    assert site.run("rename @from @to") == ["0 OK"]
    assert os.listdir(site.folder) == ["to"]
    assert site.read("to") == "new"


def test_linking_gives_a_second_name(site):
    site.write("one", "text")
    assert site.run("link @one @two", "wait", "unlink @one") == ["0 OK", "1 OK"]
    assert os.listdir(site.folder) == ["two"]
    assert site.read("two") == "text"


def test_a_link_is_looked_at_and_what_it_leads_to(site):
    site.write("file", "abc")
    target = site.path("file")
    assert site.run(
        *("symlink file @link", "wait", "readlink @link", "wait", "realpath @link", "wait"),
        *("lstat @link", "wait", "stat @link"),
    ) == ["0 OK", "1 OK file", f"2 OK {target}", "3 OK 4 120777", "4 OK 3 100644"]


def test_a_long_link_is_read_whole(site):
    os.symlink("x" * 3000, site.path("link"))
    assert site.run("readlink @link") == ["0 OK " + "x" * 3000]


def test_a_folder_of_ones_own_has_a_name_that_nobody_had(site):
    (first,) = site.run("mkdtemp @mine-")
    (second,) = site.run("mkdtemp @mine-")
    assert re.fullmatch(re.escape(f"0 OK {site.path('mine-')}") + "[A-Za-z0-9]{6}", first)
    assert first != second
    assert stat.S_IMODE(os.stat(first.split()[2]).st_mode) == 0o700


def test_lengths_modes_and_times_are_set(site):
    site.write("file", "abcdefgh")
    os.symlink("file", site.path("link"))
    assert site.run("truncate @file 3", "wait", "chmod @file 600", "utimens @link 1 2") == ["0 OK", "1 OK", "2 OK"]
    facts = os.stat(site.path("file"))
    assert (facts.st_size, facts.st_mode & 0o777, facts.st_atime, facts.st_mtime) == (3, 0o600, 1, 2)
    assert site.run("lutimens @link 3 4") == ["0 OK"]
    assert os.lstat(site.path("link")).st_mtime == 4
    assert os.stat(site.path("file")).st_mtime == 2
    assert site.run(
        *("open a @file w", "wait", "ftruncate a 10", "fchmod a 640", "fdatasync a", "futimens a 5 6", "close a")
    ) == ["0 OK", "1 OK", "2 OK", "3 OK", "4 OK", "5 OK"]
    facts = os.stat(site.path("file"))
    assert (facts.st_size, facts.st_mode & 0o777, facts.st_atime, facts.st_mtime) == (10, 0o640, 5, 6)


@pytest.mark.skipif(not ROOT, reason="only root can give files away")
def test_owners_are_set(site):
    site.write("file", "x")
    os.symlink("file", site.path("link"))
    assert site.run("chown @link 10 11", "wait", "lchown @link 12 13") == ["0 OK", "1 OK"]
    assert (os.stat(site.path("link")).st_uid, os.stat(site.path("link")).st_gid) == (10, 11)
    assert (os.lstat(site.path("link")).st_uid, os.lstat(site.path("link")).st_gid) == (12, 13)
    assert site.run("open a @file r", "wait", "fchown a 14 -1", "close a") == ["0 OK", "1 OK", "2 OK"]
    assert (os.stat(site.path("file")).st_uid, os.stat(site.path("file")).st_gid) == (14, 11)


def test_access_says_whether_there_is_something(site):
    site.write("file", "x")
    assert site.run("access @file 0", "wait", "access @file 1", "wait", "access @none 0") == [
        "0 OK",
        "1 EACCES",
        "2 ENOENT",
    ]


def test_a_folder_tells_the_types_of_what_is_in_it(site):
    site.write("file", "")
    os.mkdir(site.path("folder"))
    os.symlink("file", site.path("link"))
    site.fifo()
    assert site.run("scandir @") == ["0 OK fifo:1 file:8 folder:4 link:10"]


def test_a_file_system_tells_its_blocks(site):
    assert site.run("statfs @") == ["0 OK blocks"]


def test_a_descriptor_is_taken_over(site):
    site.write("file", "abcdef")
    assert site.run(
        "open a @file r", "wait", "again a b", "wait", "close a", "wait", "read b 3 0", "close b", "wait"
    ) == ["0 OK", "1 OK 6 100644", "2 OK", "3 OK 3 abc", "4 OK"]
    pid = site.daemon.pids()[0]
    assert site.path("file") not in [_link(pid, fd) for fd in os.listdir(f"/proc/{pid}/fd")]


def test_a_file_that_is_opened_stays_open_until_it_is_closed(site):
    site.write("file", "still here")
    assert site.run("open a @file r") == ["0 OK"]
    os.unlink(site.path("file"))
    assert site.run("read a 100 0", "close a") == ["0 OK 10 still here", "1 OK"]


def test_files_do_not_reach_what_a_module_executes(site):
    site.write("file", "")
    site.run("open a @file r")
    pid = site.daemon.pids()[0]
    fds = [fd for fd in os.listdir(f"/proc/{pid}/fd") if _link(pid, fd) == site.path("file")]
    assert len(fds) == 1
    with open(f"/proc/{pid}/fdinfo/{fds[0]}", encoding="ascii") as file:
        flags = int(re.search(r"flags:\s+(\d+)", file.read())[1], 8)
    assert flags & os.O_CLOEXEC


def _link(pid, fd):
    try:
        return os.readlink(f"/proc/{pid}/fd/{fd}")
    except FileNotFoundError:
        return None


# how it fails

FAILURES = {
    "open what is not there": ("open a @none r", "ENOENT"),
    "open below a file": ("open a @file/x r", "ENOTDIR"),
    "open a folder to write": ("open a @folder w", "EISDIR"),
    "make what is there": ("open a @file wcx", "EEXIST"),
    "open a file as a folder": ("open a @file rd", "ENOTDIR"),
    "open a loop": ("open a @loop r", "ELOOP"),
    "open a long name": ("open a @" + "x" * 300 + " r", "ENAMETOOLONG"),
    "open a socket": ("open a @../control.sock r", "ENXIO"),
    "stat what is not there": ("stat @none", "ENOENT"),
    "unlink what is not there": ("unlink @none", "ENOENT"),
    "unlink a folder": ("unlink @folder", "EISDIR"),
    "rename what is not there": ("rename @none @other", "ENOENT"),
    "rename a file to a folder": ("rename @file @folder", "EISDIR"),
    "rename into another file system": ("rename @file /proc/none", "EXDEV"),
    "link what is not there": ("link @none @other", "ENOENT"),
    "link to what is there": ("link @file @loop", "EEXIST"),
    "make a folder that is there": ("mkdir @folder 700", "EEXIST"),
    "make a folder below nothing": ("mkdir @none/folder 700", "ENOENT"),
    "remove a folder that is not empty": ("rmdir @folder", "ENOTEMPTY"),
    "remove a file as a folder": ("rmdir @file", "ENOTDIR"),
    "list what is not there": ("readdir @none", "ENOENT"),
    "list a file": ("readdir @file", "ENOTDIR"),
    "list a file with types": ("scandir @file", "ENOTDIR"),
    "look at a link that is not there": ("lstat @none", "ENOENT"),
    "ask for the blocks of nothing": ("statfs @none", "ENOENT"),
    "cut a folder": ("truncate @folder 1", "EISDIR"),
    "set the mode of nothing": ("chmod @none 600", "ENOENT"),
    "set the owner of nothing": ("chown @none 0 0", "ENOENT"),
    "set the owner of a link that is not there": ("lchown @none 0 0", "ENOENT"),
    "set the times of nothing": ("utimens @none 1 1", "ENOENT"),
    "set the times of a link that is not there": ("lutimens @none 1 1", "ENOENT"),
    "link softly to what is there": ("symlink @file @loop", "EEXIST"),
}


TEXTLESS = {
    "read what is no link": ("readlink @file", "EINVAL"),
    "follow a loop": ("realpath @loop", "ELOOP"),
    "make a folder of ones own in nothing": ("mkdtemp @none/x", "ENOENT"),
}


@pytest.mark.parametrize("line, error", TEXTLESS.values(), ids=TEXTLESS)
def test_a_failure_has_its_name_and_no_text(shared, line, error):
    assert shared.run(line) == [f"0 {error} -"]


@pytest.mark.parametrize("line, error", FAILURES.values(), ids=FAILURES)
def test_a_failure_has_its_name(shared, line, error):
    assert shared.run(line) == [f"0 {error}"]


@pytest.fixture(scope="module")
def shared_daemon(programs, modules):
    daemon = Daemon(programs)
    one = Site(daemon, modules)
    one.write("file", "x")
    os.makedirs(one.path("folder/sub"))
    os.symlink("loop", one.path("loop"))
    try:
        one.start()
        yield one
    except BaseException:
        daemon.kill()
        raise
    daemon.finish()


@pytest.fixture
def shared(shared_daemon):
    yield shared_daemon
    shared_daemon.daemon.close_clients()


def test_a_file_that_is_open_the_wrong_way_says_so(shared):
    assert shared.run("open a @file r", "wait", "write a x -1", "wait", "close a") == [
        "0 OK",
        "1 EBADF 0",
        "2 OK",
    ]
    assert shared.run("open a @file w", "wait", "read a 1 -1", "wait", "close a") == [
        "0 OK",
        "1 EBADF 0 ",
        "2 OK",
    ]
    assert shared.run("open a @folder r", "wait", "read a 1 -1", "wait", "close a") == [
        "0 OK",
        "1 EISDIR 0 ",
        "2 OK",
    ]


@pytest.mark.skipif(not ROOT, reason="only root can become another user")
def test_workers_of_another_user_may_not_do_what_that_one_may_not(make):
    site = make()
    site.write("secret", "x")
    os.chmod(site.path("secret"), 0o600)
    os.mkdir(site.path("closed"), 0o700)
    site.conf(extra='user = "nobody"').start()
    assert site.run("open a @secret r") == ["0 EACCES"]
    assert site.run("open a @new wc") == ["0 EACCES"]
    assert site.run("readdir @closed") == ["0 EACCES"]
    assert site.run("stat @closed/x") == ["0 EACCES"]
    assert site.run("unlink @secret") == ["0 EACCES"]
    assert site.run("mkdir @folder 700") == ["0 EACCES"]
    assert site.run("rename @secret @other") == ["0 EACCES"]
    assert site.read("secret") == "x"


@pytest.mark.skipif(not ROOT, reason="only root can mount a small disk")
def test_a_full_disk_says_how_much_it_has_taken(make):
    site = make()
    if subprocess.call(["mount", "-t", "tmpfs", "-o", "size=64k", "none", site.folder]) != 0:
        pytest.skip("nothing can be mounted here")
    try:
        site.start()
        assert site.run("open a @file wc", "wait", "fill a 100000", "fill a 1", "close a") == [
            "0 OK",
            "1 ENOSPC 65536",
            "2 ENOSPC 0",
            "3 OK",
        ]
        assert os.path.getsize(site.path("file")) == 65536
        os.unlink(site.path("file"))
        assert site.run("open a @file wc", "wait", "fill a 10", "close a") == [
            "0 OK",
            "1 OK 10",
            "2 OK",
        ]
        site.daemon.signal(signal.SIGTERM)
        assert site.daemon.wait_exit() == 0
    finally:
        subprocess.call(["umount", "-l", site.folder])


def test_what_is_closed_is_closed_and_the_log_names_the_module(site):
    site.daemon.expect_log(r"\(files\): eddy_fs_")
    site.write("file", "x")
    assert site.run("open a @file r", "wait", "close a", "read a 1 0", "fstat a", "close a") == [
        "0 OK",
        "2 =ECLOSED",
        "3 =ECLOSED",
        "4 =ECLOSED",
        "1 OK",
    ]
    site.daemon.wait_log(r"\(files\): eddy_fs_read: it is closed already")
    site.daemon.wait_log(r"\(files\): eddy_fs_fstat: it is closed already")
    site.daemon.wait_log(r"\(files\): eddy_fs_close: it is closed already")


def test_arguments_that_cannot_be_are_refused(site):
    site.daemon.expect_log(r"\(files\): eddy_fs_")
    assert site.run("null") == ["0 =EINVAL"]
    site.daemon.wait_log(r"\(files\): eddy_fs_open: an argument is not what the function takes")


# order


def test_operations_on_one_file_run_in_their_order(site):
    words = [f"word{i:03}" for i in range(200)]
    results = site.run(
        "open a @file wc", "wait", *(f"write a {word} -1" for word in words), "close a"
    )
    assert results == ["0 OK", *(f"{i + 1} OK 7" for i in range(200)), "201 OK"]
    assert site.read("file") == "".join(words)


def test_a_read_sees_the_write_before_it(site):
    lines = ["open a @file wrc", "wait"]
    for i in range(50):
        lines += [f"write a {i:03} 0", "read a 3 0"]
    results = site.run(*lines, "close a")
    assert [line for line in results if len(line.split()) == 4] == [
        f"{2 * i + 2} OK 3 {i:03}" for i in range(50)
    ]


def test_a_thousand_operations_at_once_are_each_done_once(site):
    letters = "abcdefghijklmnopqrstuvwxyz"
    lines = [f"open {letter} @{letter} wrc" for letter in letters] + ["wait"]
    lines += [f"write {letters[i % 26]} x -1" for i in range(1000)]
    lines += [f"mkdir @folder{i} 700" for i in range(1000)]
    lines += [f"close {letter}" for letter in letters]
    results = site.run(*lines)
    assert sorted(int(line.split()[0]) for line in results) == list(range(2052))
    assert {line.split()[1] for line in results} == {"OK"}
    assert sum(len(site.read(letter)) for letter in letters) == 1000


def test_a_file_that_hangs_does_not_hold_up_the_others(site):
    """Nor does it hold up requests: the answers come though the first operation never ends."""
    site.fifo()
    first = site.ask("open a @fifo r")
    site.wait_hanging()
    site.write("file", "text")
    assert site.run("open b @file r", "wait", "read b 10 0", "close b")[1] == "1 OK 4 text"
    assert site.daemon.get("/hello").status == 200
    site.let_go()
    assert site.results(first) == ["0 OK"]


def test_requests_are_answered_while_all_threads_hang(make):
    site = make()
    site.conf(extra="fs_threads = 2").start()
    site.fifo()
    site.write("file", "text")
    clients = [site.ask("open a @fifo r") for _ in range(2)]
    site.wait_hanging(2)
    waiting = site.ask("stat @file")
    kept = site.daemon.connect()
    for _ in range(20):
        assert kept.get("/hello").status == 200
    waiting.expect_silence(0)
    site.let_go()
    assert site.results(waiting) == ["0 OK 4 100644"]
    for client in clients:
        assert site.results(client) == ["0 OK"]


# the threads


def tasks(pid):
    """The names of a process's threads."""
    names = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/comm", encoding="ascii") as file:
            names.append(file.read().strip())
    return sorted(names)


def test_there_are_threads_when_they_are_needed_and_so_many_as_the_conf_says(make):
    site = make()
    site.daemon.conf(
        modules={"hello": {"path": "hello.so"}}, routes={"/hello": "hello"}, extra="fs_threads = 3"
    )
    site.start()
    assert site.daemon.get("/hello").status == 200
    assert tasks(site.daemon.pids()[0]) == ["eddy-worker"]
    site.conf(**site.with_files)
    site.daemon.reload()
    pid = site.daemon.wait_serving()[0]
    site.fifo()
    clients = [site.ask("open a @fifo r") for _ in range(10)]
    wait_until(lambda: tasks(pid) == 3 * ["eddy-pool"] + ["eddy-worker"], lambda: f"{tasks(pid)}")
    with open(site.path("fifo"), "wb"):
        for client in clients:
            assert site.results(client) == ["0 OK"]
    assert tasks(pid) == 3 * ["eddy-pool"] + ["eddy-worker"]


# the end


def test_load_may_ask_for_files(site):
    site.daemon.wait_log(r"\(files\): load: stat says OK, a directory")


def test_a_worker_that_leaves_stays_until_its_files_are_done(make):
    """The client has left and nothing but a job keeps the worker: what follows the job is done."""
    site = make()
    site.conf(drain_timeout="60s").start()
    site.fifo()
    client = site.ask("open a @fifo r", "wait", "mkdir @followed 700")
    site.wait_hanging()
    client.close()
    site.daemon.signal(signal.SIGTERM)
    wait_until(
        lambda: [(one["state"], one["connections"]) for one in site.daemon.workers()]
        == [("DRAINING", 0)],
        "the worker to drain",
    )
    site.let_go()
    assert site.daemon.wait_exit() == 0
    assert os.path.isdir(site.path("followed"))


def test_a_response_that_waits_for_a_file_is_answered_by_a_worker_that_leaves(make):
    site = make()
    site.conf(drain_timeout="60s").start()
    site.fifo()
    client = site.ask("open a @fifo r", "wait", "stat @fifo")
    site.wait_hanging()
    site.daemon.signal(signal.SIGTERM)
    wait_until(
        lambda: [one["state"] for one in site.daemon.workers()] == ["DRAINING"],
        "the worker to drain",
    )
    site.let_go()
    assert site.results(client) == ["0 OK", "1 OK 0 10644"]
    assert site.daemon.wait_exit() == 0


def test_a_disk_that_hangs_for_good_does_not_keep_a_worker_for_good(make):
    site = make()
    site.conf(drain_timeout="100ms", extra="fs_threads = 1").start()
    site.daemon.expect_log("hangs in a file operation")
    site.fifo()
    clients = [site.ask("open a @fifo r"), site.ask("mkdir @late 700", "wait", "mkdir @later 700")]
    site.wait_hanging()
    site.daemon.get("/hello")
    site.daemon.signal(signal.SIGTERM)
    assert site.daemon.wait_exit() == 0
    site.daemon.wait_log("a thread hangs in a file operation")
    assert "it had not drained within drain_timeout" not in site.daemon.log()
    assert os.listdir(site.folder) == ["fifo"]
    for client in clients:
        client.close()


def test_files_that_a_module_has_left_open_are_closed_at_the_end(site):
    site.write("file", "x")
    results = site.run("open a @file r", "open b @file r", "open c @file r")
    assert sorted(results) == ["0 OK", "1 OK", "2 OK"]
    site.daemon.signal(signal.SIGTERM)
    assert site.daemon.wait_exit() == 0
    site.daemon.wait_log(r"\(files\): unload: stat says ECLOSED")


# who does the work


@needs_strace
def test_the_loops_own_thread_touches_no_file(site, tmp_path):
    pid = site.daemon.wait_serving()[0]
    with traced(pid, tmp_path / "calls") as calls:
        site.run(
            *("mkdir @folder 700", "open a @file wrc", "wait"),
            *("write a text -1", "read a 4 0", "fsync a", "fstat a", "close a", "wait"),
            *("stat @file", "readdir @folder", "rename @file @folder/other", "wait"),
            *("unlink @folder/other", "wait", "rmdir @folder"),
        )
    own = [call for thread, call in calls if thread == pid]
    others = [call for thread, call in calls if thread != pid]
    assert [call for call in own if site.folder in call] == []
    assert own, "the loop's thread was traced"
    names = {call.split("(")[0] for call in others if site.folder in call}
    assert {"fsync", "close", "unlink", "rmdir", "mkdir"} <= names
