"""eddyctl top: a live view in a terminal, which gets it back as it was; tables where there is none."""
import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios

import pytest

from harness.client import request
from harness.daemon import environment, run, stand_still
from harness.wait import wait_until

pyte = pytest.importorskip("pyte")


class Terminal:
    """eddyctl top on a terminal of its own, as a user sees it."""

    def __init__(self, daemon, *arguments, rows=24, columns=120):
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.master, self.slave = pty.openpty()
        self.resize(rows, columns, tell=False)
        self.before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            [daemon.programs.eddyctl, "-s", daemon.control, "top", *arguments],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env=environment(TERM="xterm"),
            preexec_fn=self._own,
        )

    def _own(self):
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    def resize(self, rows, columns, tell=True):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if tell:
            self.screen.resize(rows, columns)

    def read(self):
        """Takes in what has come."""
        while select.select([self.master], [], [], 0.02)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return
            if not data:
                return
            self.raw += data
            self.stream.feed(data)

    def text(self):
        self.read()
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def wait(self, pattern):
        return wait_until(
            lambda: re.search(pattern, self.text(), re.M),
            lambda: f"{pattern!r} on the screen:\n{self.text()}",
        )

    def type(self, keys):
        os.write(self.master, keys)

    def wait_exit(self):
        code = wait_until(
            lambda: (self.read(), self.process.poll())[1] is not None and [self.process.poll()],
            lambda: f"eddyctl to end:\n{self.text()}",
        )[0]
        self.read()
        return code

    def check_restored(self):
        """The other screen is left, the cursor seen, and keys do what they did."""
        self.read()
        assert self.raw.rfind(b"\x1b[?1049l") > self.raw.rfind(b"\x1b[?1049h") >= 0
        assert self.raw.rfind(b"\x1b[?25h") > self.raw.rfind(b"\x1b[?25l") >= 0
        assert termios.tcgetattr(self.slave) == self.before

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.slave)
        if self.master >= 0:
            os.close(self.master)


@pytest.fixture
def terminal(daemon):
    with contextlib.ExitStack() as stack:

        def start(*arguments, **more):
            return stack.enter_context(contextlib.closing(Terminal(daemon, *arguments, **more)))

        yield start


HEAD = r"^eddyd \S+, pid \d+: RUNNING for \S+"
ROW = r"^ +0 +\d+ +1 +ACCEPTING +\S+ "


# live


def test_top_shows_the_workers_and_goes_on(daemon, terminal):
    daemon.conf(workers=2)
    daemon.start()
    top = terminal("-d", "0.2")
    top.wait(HEAD + ", generation 1, 2 workers$")
    top.wait(r"^WORKER +PID +GEN +STATE")
    top.wait(ROW)
    top.wait(r"requests/s, \d+ connections/s")
    client = daemon.connect()
    assert client.get("/hello").status == 200
    top.wait(r"^1 connections of [\d,]+ at most: 1 idle, 0 parked, 0 active$")
    assert daemon.ctl("set", "workers", "3").returncode == 0
    daemon.settings["workers"] = 3
    top.wait(r", 3 workers \(the conf says 2\)$")
    top.wait(r"^ +2 +\d+ +1 +ACCEPTING")
    top.type(b"q")
    assert top.wait_exit() == 0
    top.check_restored()


def test_requests_are_shown_by_the_second(daemon, terminal):
    daemon.start()
    top = terminal("-d", "0.3")
    top.wait(ROW)
    client = daemon.connect()

    def seen():
        for _ in range(20):
            assert client.get("/hello").status == 200
        match = re.search(r"^([\d,]+) requests/s", top.text(), re.M)
        return match and int(match[1].replace(",", "")) > 0

    wait_until(seen, lambda: top.text())


def test_parked_requests_are_shown(daemon, terminal):
    daemon.conf(workers=1, modules={"poll": {"path": "poll.so"}}, routes={"/poll": "poll"})
    daemon.start()
    top = terminal("-d", "0.2")
    top.wait(ROW)
    client = daemon.connect()
    client.send(request("GET", "/poll"))
    top.wait(r"0 idle, 1 parked, 0 active$")


@pytest.mark.parametrize("key", [b"q", b"Q", b"\x04"], ids=["q", "Q", "Ctrl-D"])
def test_keys_that_end_it(daemon, terminal, key):
    daemon.start()
    top = terminal()
    top.wait(ROW)
    top.type(b"x")  # means nothing
    top.type(key)
    assert top.wait_exit() == 0
    top.check_restored()


def test_ctrl_c_ends_it_and_gives_the_terminal_back(daemon, terminal):
    daemon.start()
    top = terminal()
    top.wait(ROW)
    top.type(b"\x03")
    assert top.wait_exit() == -signal.SIGINT
    top.check_restored()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_signals_end_it_and_the_terminal_is_given_back(daemon, terminal, number):
    daemon.start()
    top = terminal()
    top.wait(ROW)
    top.process.send_signal(number)
    assert top.wait_exit() == -number
    top.check_restored()


def test_a_terminal_that_goes_away_ends_it(daemon, terminal):
    daemon.start()
    top = terminal()
    top.wait(ROW)
    os.close(top.master)
    top.master = -1
    wait_until(lambda: top.process.poll() is not None, "eddyctl to end")


def test_it_ends_in_a_terminal_that_has_been_stopped(daemon, terminal):
    """Ctrl-S: nothing can be written."""
    daemon.start()
    top = terminal("-d", "0.1")
    top.wait(ROW)
    top.type(b"\x13")
    top.process.send_signal(signal.SIGTERM)
    wait_until(lambda: top.process.poll() is not None, "eddyctl to end")
    assert termios.tcgetattr(top.slave) == top.before


def test_after_so_many_it_ends(daemon, terminal):
    daemon.start()
    top = terminal("-n", "2", "-d", "0.1")
    assert top.wait_exit() == 0
    top.check_restored()
    assert top.raw.count(b"\x1b[H") == 2


def test_ctrl_z_gives_the_terminal_back_until_it_goes_on(daemon, terminal):
    daemon.start()
    top = terminal("-d", "0.2")
    top.wait(ROW)
    top.process.send_signal(signal.SIGTSTP)
    wait_until(
        lambda: os.waitpid(top.process.pid, os.WUNTRACED | os.WNOHANG)[1] & 0xFF == 0x7F,
        "eddyctl to stand still",
    )
    top.check_restored()
    drawn = len(top.raw)
    top.process.send_signal(signal.SIGCONT)
    wait_until(lambda: b"\x1b[?1049h" in (top.read(), top.raw[drawn:])[1], "the screen again")
    top.wait(ROW)
    top.type(b"q")
    assert top.wait_exit() == 0
    top.check_restored()


def test_lines_end_where_the_terminal_does(daemon, terminal):
    daemon.conf(workers=8)
    daemon.start()
    top = terminal("-d", "10", rows=8, columns=40)
    top.wait(r"^WORKER")
    assert len(top.text().splitlines()) == 8
    assert not re.search(r"^ +7 ", top.text(), re.M)
    top.resize(30, 130)
    top.process.send_signal(signal.SIGWINCH)
    top.wait(r"^ +7 +\d+ +1 +ACCEPTING .* ms$")
    top.resize(6, 20)
    top.process.send_signal(signal.SIGWINCH)
    wait_until(lambda: top.raw.endswith(b"\x1b[J") and len(top.text().splitlines()) == 6, top.text)


def test_an_eddyd_that_goes_and_comes_again_is_told(daemon, terminal):
    daemon.conf(workers=1)
    daemon.start()
    top = terminal("-d", "0.2")
    top.wait(ROW)
    first = daemon.pid
    daemon.signal(signal.SIGTERM)
    daemon.wait_exit()
    top.wait(r"^eddyctl: no eddyd answers on ")
    assert not re.search(ROW, top.text(), re.M)
    daemon.start()
    top.wait(rf"^eddyd \S+, pid {daemon.pid}: RUNNING")
    assert daemon.pid != first
    top.wait(ROW)
    top.type(b"q")
    assert top.wait_exit() == 0
    top.check_restored()


def test_an_eddyd_that_does_not_answer_is_told_and_q_works(daemon, terminal):
    daemon.start()
    top = terminal("-d", "0.2")
    top.wait(ROW)
    stand_still(daemon.pid)
    try:
        top.wait(rf"^eddyd \(pid {daemon.pid}\) does not answer on ")
        top.type(b"q")
        assert top.wait_exit() == 0
        top.check_restored()
    finally:
        daemon.signal(signal.SIGCONT)


# piped


def test_without_a_terminal_it_prints_tables(daemon):
    daemon.conf(workers=2)
    daemon.start()
    done = daemon.ctl("top", "-n", "3", "-d", "0.1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert len(re.findall(HEAD, done.stdout, re.M)) == 3
    assert len(re.findall(r"requests/s", done.stdout)) == 3, "each has rates"
    assert len(re.findall(r" ACCEPTING ", done.stdout)) == 6


def test_a_dumb_terminal_gets_tables_too(daemon):
    daemon.start()
    master, slave = pty.openpty()
    try:
        with subprocess.Popen(
            [daemon.programs.eddyctl, "-s", daemon.control, "top", "-n", "1", "-d", "0.1"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment(TERM="dumb"),
        ) as process:
            assert process.wait(20) == 0
        text = os.read(master, 65536)
        assert b"\x1b" not in text and b"RUNNING" in text
    finally:
        os.close(master)
        os.close(slave)


def test_json_is_a_line_for_each_interval(daemon):
    daemon.start()
    done = daemon.ctl("--json", "top", "-n", "2", "-d", "0.1")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["pid"] for line in lines] == [daemon.pid, daemon.pid]
    assert lines[0]["uptime"] < lines[1]["uptime"]


def test_piped_it_tells_of_an_eddyd_that_is_gone(daemon):
    daemon.conf(workers=1)
    daemon.start()
    process = subprocess.Popen(
        [daemon.programs.eddyctl, "-s", daemon.control, "top", "-d", "0.1"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    with process:
        assert re.search(HEAD, process.stdout.readline())
        daemon.signal(signal.SIGTERM)
        daemon.wait_exit()
        for line in process.stdout:
            if line.startswith("eddyctl: no eddyd answers on"):
                break
        process.send_signal(signal.SIGINT)
        for _ in process.stdout:
            pass
        assert process.wait(20) == -signal.SIGINT


def test_without_an_eddyd_it_fails_like_any_command(programs, tmp_path):
    done = run(programs.eddyctl, "-s", str(tmp_path / "none"), "top", "-n", "1")
    assert done.returncode == 69
    assert done.stderr.startswith("eddyctl: no eddyd answers on ")
    assert done.stdout == ""


@pytest.mark.parametrize(
    "words, said",
    [
        (("top", "-n", "0"), "-n wants a number from 1 on, not 0"),
        (("top", "-n", "x"), "-n wants a number from 1 on, not x"),
        (("top", "-d", "0"), "-d wants seconds, 0.1 or more, not 0"),
        (("top", "-d", "-1"), "-d wants seconds, 0.1 or more, not -1"),
        (("top", "-d", "1e9"), "-d wants seconds, 0.1 or more, not 1e9"),
        (("status", "-n", "1"), "-n and -d are for top, not for status"),
        (("top", "now"), "unexpected argument: now"),
    ],
)
def test_a_wrong_command_line_is_64(programs, words, said):
    done = run(programs.eddyctl, *words)
    assert (done.returncode, done.stderr) == (64, f"eddyctl: {said}\ntry eddyctl --help\n")
