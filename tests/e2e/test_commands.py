"""eddyd, eddyctl and eddy-worker on the command line: options, exit codes, what they say."""
import fcntl
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import termios

import pytest

from harness import ports
from harness.daemon import alive, environment, file_links, hold_port, run
from harness.wait import SCALE, wait_until

FIELDS = {
    *("pid", "generation", "state", "uptime", "rss", "heap_used", "cpu_user", "cpu_system"),
    *("connections", "requests", "loop_lag_ms"),
}


# eddyd


@pytest.mark.parametrize("option", ["-V", "--version"])
def test_eddyd_says_its_version(programs, option):
    done = run(programs.eddyd, option)
    assert done.returncode == 0
    assert re.fullmatch(r"eddyd \d+\.\d+\.\d+\S*\n", done.stdout)
    assert done.stderr == ""


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("program", ["eddyd", "eddyctl"])
def test_help_goes_to_stdout_and_names_the_options(programs, program, option):
    done = run(getattr(programs, program), option)
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: {program}")
    assert done.stderr == ""
    for word in {
        "eddyd": ["-c", "-t", "-T", "-V"],
        "eddyctl": ["status", "workers", "reload", "stop", "--json", "-s"],
    }[program]:
        assert word in done.stdout, word


@pytest.mark.parametrize(
    "arguments",
    [["--nonsense"], ["-x"], ["-c"], ["surplus"], ["-t", "surplus"]],
    ids=lambda a: " ".join(a),
)
def test_eddyd_refuses_a_wrong_command_line_with_64(programs, arguments):
    done = run(programs.eddyd, *arguments)
    assert done.returncode == 64
    assert done.stdout == ""
    assert "eddyd" in done.stderr and "--help" in done.stderr


def test_eddyd_t_says_that_a_good_conf_is_good(daemon):
    daemon.conf()
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 0
    assert "eddy.conf" in done.stdout + done.stderr


def test_every_error_of_eddyd_t_reaches_a_reader_who_takes_his_time(daemon):
    """More than a pipe holds."""
    daemon.conf()
    with open(daemon.conf_path, "a", encoding="utf-8") as file:
        for i in range(4000):
            file.write(f'route "/wrong/{i}" {{ module = "absent-{i}" }}\n')
    reading, writing = os.pipe()
    with open(reading, "rb") as errors:
        checking = subprocess.Popen(
            daemon.programs.eddyd_command("-t", "-c", daemon.conf_path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=writing,
            env=environment(),
        )
        os.close(writing)

        def filled():
            waiting = fcntl.ioctl(reading, termios.FIONREAD, bytes(4))
            return int.from_bytes(waiting, sys.byteorder) > 60000 or checking.poll() is not None

        wait_until(filled, "the pipe to be full")
        try:
            checking.wait(0.3)
        except subprocess.TimeoutExpired:
            pass
        text = errors.read().decode()
    assert checking.wait(20 * SCALE) == 78
    named = {int(i) for i in re.findall(r'"absent-(\d+)"', text)}
    assert len(named) == 4000, f"{4000 - len(named)} errors are lost; the end: {text[-300:]}"


def test_eddyd_without_a_conf_serves_the_welcome_page(daemon, tmp_path):
    """The built-in conf has a fixed port: only where that is free."""
    if os.path.exists("/etc/eddy/eddy.conf"):
        pytest.skip("this machine has a conf of its own")
    lock = socket.socket(socket.AF_UNIX)
    try:
        lock.bind("\0eddy-e2e-port-8080")
    except OSError:
        pytest.skip("another run of these tests uses port 8080")
    if not ports.can_bind(8080):
        pytest.skip("port 8080 is in use")
    runtime = os.path.join(daemon.folder, "run")
    os.mkdir(runtime, 0o700)
    daemon.launch("-m", daemon.programs.modules, XDG_RUNTIME_DIR=runtime)

    def page():
        assert daemon.process.poll() is None, daemon.log()
        try:
            return daemon.get("/", address=("127.0.0.1", 8080))
        except OSError:
            return None

    answer = wait_until(page, lambda: f"the welcome page; log:\n{daemon.log()}")
    assert b"eddy" in answer.body
    match = daemon.wait_log(r"\S*control\S*\.sock|\S*/eddy\S*\.sock")
    assert json.loads(daemon.get("/live", address=("127.0.0.1", 8080)).body)
    done = run(daemon.programs.eddyctl, "status", env={**os.environ, "XDG_RUNTIME_DIR": runtime})
    assert done.returncode == 0, (done, match[0])
    lock.close()


# cannot bind


def test_a_taken_port_is_said_and_exits_69(daemon):
    daemon.conf()
    daemon.expect_log("in use")
    daemon.expected_exit = 69
    with hold_port(daemon.port):
        daemon.launch()
        assert daemon.wait_exit() == 69
    line = [i for i, text in enumerate(open(daemon.conf_path), 1) if text.startswith("listen")][0]
    assert f"127.0.0.1:{daemon.port}" in daemon.log()
    assert f"{daemon.conf_path}:{line}: " in daemon.log()
    assert re.search(r"in use", daemon.log())
    assert not os.path.exists(daemon.control)


def test_all_taken_ports_are_said_in_one_go(daemon):
    other = ports.free_port()
    daemon.conf(listens={f"127.0.0.1:{daemon.port}": {}, f"127.0.0.1:{other}": {}})
    daemon.expect_log("in use")
    daemon.expected_exit = 69
    with hold_port(daemon.port), hold_port(other):
        daemon.launch()
        assert daemon.wait_exit() == 69
    for port in (daemon.port, other):
        assert f"127.0.0.1:{port}" in daemon.log()


def test_an_address_that_is_not_of_this_machine_exits_69(daemon):
    daemon.conf(listens={f"192.0.2.1:{daemon.port}": {}})
    daemon.expect_log("192")
    daemon.expected_exit = 69
    daemon.launch()
    assert daemon.wait_exit() == 69
    assert f"192.0.2.1:{daemon.port}" in daemon.log()


def test_a_second_daemon_on_the_same_control_socket_is_refused(daemon, daemons):
    daemon.conf()
    daemon.start()
    second = daemons()
    second.control = daemon.control
    second.conf()
    second.expect_log(".*")
    second.expected_exit = 69
    second.launch()
    assert second.wait_exit() == 69, second.log()
    assert daemon.control in second.log()
    assert daemon.ctl("status").returncode == 0


# eddyctl


def test_status_json_has_master_totals_and_workers(daemon):
    daemon.conf()
    daemon.start()
    for _ in range(5):
        daemon.get()
    said = wait_until(
        lambda: (now := daemon.status())["totals"]["requests"] == 5 and now,
        "5 requests to be counted",
    )
    assert said["pid"] == daemon.pid
    assert said["generation"] == 1
    assert said["state"].upper() == "RUNNING"
    assert said["uptime"] >= 0
    assert said["totals"]["accepted"] == 5


def test_workers_json_has_all_figures_of_each_worker(daemon):
    daemon.conf(workers=3)
    daemon.start()
    workers = daemon.workers()
    assert len(workers) == 3
    assert {worker["pid"] for worker in workers} == set(daemon.pids())
    for worker in workers:
        assert FIELDS <= set(worker), FIELDS - set(worker)
        assert worker["state"].upper() == "ACCEPTING"
        assert worker["generation"] == 1


def test_routes_says_which_module_answers_what(daemon):
    daemon.conf(
        modules={"hello": {"path": "hello.so"}, "welcome": {"path": "welcome.so"}},
        routes={
            "/hello": {"module": "hello", "methods": ["GET", "HEAD"]},
            "/live": {"module": "welcome", "handler": "live"},
        },
    )
    daemon.start()
    assert daemon.ctl_json("routes") == {
        "routes": [
            {
                "path": "/hello",
                "methods": ["GET", "HEAD"],
                "module": "hello",
                "handler": None,
                "quarantine": None,
            },
            {
                "path": "/live",
                "methods": [],
                "module": "welcome",
                "handler": "live",
                "quarantine": None,
            },
        ],
        "shared_listeners": [],
    }
    rows = [line.split() for line in daemon.ctl("routes").stdout.splitlines()]
    assert rows == [
        ["ROUTE", "METHODS", "MODULE", "HANDLER", "STATE"],
        ["/hello", "GET,HEAD", "hello", "-", "served"],
        ["/live", "any", "welcome", "live", "served"],
    ]


def test_the_figures_of_workers_are_live(daemon):
    daemon.conf(workers=1)
    daemon.start()
    (first,) = daemon.workers()

    def later():
        (now,) = daemon.workers()
        return now if now["uptime"] > first["uptime"] and now["rss"] > 0 else None

    now = wait_until(later, "uptime and rss to move")
    assert 1 << 20 < now["rss"] < 1 << 30
    clients = [daemon.connect() for _ in range(7)]
    for client in clients:
        client.get("/hello")
    wait_until(lambda: daemon.workers()[0]["connections"] == 7, "7 connections")
    assert daemon.workers()[0]["requests"] == 7


@pytest.mark.parametrize("command", ["status", "workers"])
def test_tables_for_people_have_a_line_for_each_worker_and_no_escape_codes(daemon, command):
    daemon.conf()
    daemon.start()
    done = daemon.ctl(command)
    assert done.returncode == 0
    for pid in daemon.pids():
        assert re.search(rf"\b{pid}\b", done.stdout), done.stdout
    assert "\x1b" not in done.stdout
    assert all(line == line.rstrip() for line in done.stdout.splitlines()), "blanks at line ends"
    if command == "workers":
        head = done.stdout.splitlines()[0].lower()
        for word in "pid gen state uptime conn requests rss heap cpu lag".split():
            assert word in head, word


def test_json_may_be_asked_for_before_the_command(daemon):
    daemon.start()
    done = daemon.ctl("--json", "status")
    assert done.returncode == 0
    assert json.loads(done.stdout)["pid"] == daemon.pid


def test_stop_ends_the_daemon_and_returns_when_it_is_gone(daemon):
    daemon.start()
    workers, pid = daemon.pids(), daemon.pid
    done = daemon.ctl("stop")
    assert done.returncode == 0, done
    assert daemon.wait_exit() == 0
    assert not any(alive(worker) for worker in workers)
    assert not alive(pid)
    assert not os.path.exists(daemon.control)
    assert ports.can_bind(daemon.port)


@pytest.mark.parametrize("command", ["status", "workers", "reload", "stop"])
def test_without_a_daemon_eddyctl_says_so_with_69(programs, tmp_path, command):
    done = run(programs.eddyctl, "-s", str(tmp_path / "none.sock"), command)
    assert done.returncode == 69
    assert str(tmp_path / "none.sock") in done.stderr
    assert done.stdout == ""


def test_a_stale_control_socket_is_no_daemon(programs, tmp_path):
    path = str(tmp_path / "stale.sock")
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(path)
    done = run(programs.eddyctl, "-s", path, "status")
    assert done.returncode == 69
    assert path in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["--nonsense", "status"],
        ["status", "surplus"],
        ["-s"],
        ["reload", "now"],
    ],
    ids=lambda a: " ".join(a) or "nothing",
)
def test_eddyctl_refuses_a_wrong_command_line_with_64(programs, arguments):
    done = run(programs.eddyctl, *arguments)
    assert done.returncode == 64, done
    assert done.stdout == ""
    assert "eddyctl" in done.stderr


def test_eddyctl_says_its_version(programs):
    done = run(programs.eddyctl, "-V")
    assert done.returncode == 0
    assert re.fullmatch(r"eddyctl \d+\.\d+\.\d+\S*\n", done.stdout)


# the control socket itself


def test_the_control_socket_is_not_for_everybody(daemon):
    daemon.start()
    assert stat.S_IMODE(os.stat(daemon.control).st_mode) == 0o660


@pytest.mark.parametrize(
    "data",
    [b"nonsense\n", b"\n", b"\0\0\0\0\n", b"{}\n", b"status\0\n", b"x" * 100000, b"status"],
    ids=["a word", "nothing", "NULs", "json", "status and NUL", "an endless line", "no line end"],
)
def test_rubbish_on_the_control_socket_harms_nobody(daemon, data):
    daemon.start()
    with socket.socket(socket.AF_UNIX) as control:
        control.settimeout(15)
        control.connect(daemon.control)
        try:
            control.sendall(data)
            control.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := control.recv(65536):
                answer += piece
        except (BrokenPipeError, ConnectionResetError):
            answer = None
    if answer:
        last = json.loads(answer.splitlines()[-1])
        assert last["ok"] in (True, False)
    assert daemon.status()["pid"] == daemon.pid


def test_many_control_connections_that_say_nothing_do_not_lock_eddyctl_out(daemon):
    daemon.start()
    silent = []
    for _ in range(30):
        control = socket.socket(socket.AF_UNIX)
        control.settimeout(5)
        control.connect(daemon.control)
        silent.append(control)
    assert daemon.status()["pid"] == daemon.pid
    for control in silent:
        control.close()


# eddy-worker


def test_eddy_worker_by_hand_says_what_it_is_and_exits_64(programs):
    done = run(programs.worker)
    assert done.returncode == 64
    assert "eddyd" in done.stderr


@pytest.mark.parametrize("argument", ["-h", "--help", "-V", "rubbish"])
def test_eddy_worker_by_hand_with_arguments_exits_64_too(programs, argument):
    done = run(programs.worker, argument)
    assert done.returncode == 64
    assert "eddyd" in done.stderr


@pytest.mark.parametrize("kind", ["a file", "a pipe", "a stream socket"])
def test_eddy_worker_with_a_link_that_is_none_exits_64(programs, kind):
    """What a worker is to find at descriptor 3 comes from a master only."""
    ends = {
        "a file": lambda: (os.open("/dev/null", os.O_RDWR),),
        "a pipe": os.pipe,
        "a stream socket": lambda: [end.detach() for end in socket.socketpair()],
    }[kind]()
    for end in ends[1:]:
        os.close(end)
    done = run(
        *("sh", "-c", 'exec "$0" 3<&0', programs.worker),
        stdin=ends[0],
        env=environment(),
        seconds=10,
    )
    os.close(ends[0])
    assert done.returncode == 64, done
    assert "eddyd" in done.stderr


def test_workers_carry_nothing_of_a_service_manager(daemon):
    """NOTIFY_SOCKET and its like are the master's."""
    daemon.start(
        NOTIFY_SOCKET=os.path.join(daemon.folder, "notify"),
        WATCHDOG_USEC="10000000",
        LISTEN_FDS="0",
    )
    for pid in daemon.pids():
        with open(f"/proc/{pid}/environ", "rb") as file:
            names = {entry.split(b"=")[0] for entry in file.read().split(b"\0") if entry}
        assert not names & {
            b"NOTIFY_SOCKET",
            b"WATCHDOG_USEC",
            b"WATCHDOG_PID",
            b"LISTEN_FDS",
            b"LISTEN_PID",
        }


def test_workers_inherit_no_descriptor_that_they_do_not_need(daemon):
    """One worker is killed: what the new one has open is what the first ones had."""
    daemon.expect_log("worker")
    daemon.start()

    def sockets(pid):
        return [re.sub(r"\d+", "", link) for link in file_links(pid)]

    first = sockets(daemon.pids()[0])
    for _ in range(2):
        victim = daemon.pids()[0]
        os.kill(victim, signal.SIGKILL)
        daemon.wait_serving(without=[victim])
    daemon.reload()
    for pid in daemon.wait_serving():
        assert sockets(pid) == first
