"""
USR2 and `eddyctl upgrade`: the master becomes the program that is installed now, and nobody notices;
or that program cannot, and nothing changes.
"""
import copy
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import textwrap
import threading

import pytest

from harness import ports
from harness.client import request
from harness.daemon import alive, environment, listening, marked, open_files, stand_still
from harness.load import Load
from harness.wait import wait_until

TAKEN_OVER = r"eddyd \S+ has taken over from eddyd \S+: "


@pytest.fixture
def upgradable(daemon):
    """A daemon whose programs are its own, to be replaced."""
    programs = copy.copy(daemon.programs)
    for name in ("eddyd", "worker"):
        path = os.path.join(daemon.folder, os.path.basename(getattr(programs, name)))
        shutil.copy2(getattr(programs, name), path)
        setattr(programs, name, path)
    daemon.original = daemon.programs
    daemon.programs = programs
    return daemon


def install(daemon, source=None, text=None, mode=0o755):
    """Puts another program in the place of eddyd as packages do: the file of before is deleted."""
    path = daemon.programs.eddyd
    if text is None:
        shutil.copy2(source or daemon.original.eddyd, path + ".new")
    else:
        with open(path + ".new", "w", encoding="ascii") as file:
            file.write(text)
    os.chmod(path + ".new", mode)
    os.rename(path + ".new", path)


def is_installed(daemon):
    """Whether the master runs the file that is there now."""
    running, there = os.stat(f"/proc/{daemon.pid}/exe"), os.stat(daemon.programs.eddyd)
    return (running.st_dev, running.st_ino) == (there.st_dev, there.st_ino)


def upgrade_by_ctl(daemon):
    done = daemon.ctl("upgrade")
    assert done.returncode == 0, (done, daemon.log())
    assert re.fullmatch(r"eddyd (\S+) has taken over from eddyd \1\n", done.stdout)


def upgrade_by_usr2(daemon):
    before = len(daemon.log())
    daemon.signal(signal.SIGUSR2)
    daemon.wait_log(TAKEN_OVER, after=before)


BOTH = pytest.mark.parametrize(
    "upgrade", [upgrade_by_ctl, upgrade_by_usr2], ids=["eddyctl", "USR2"]
)


def probe_conf(daemon, modules, *handlers, **more):
    daemon.conf(
        modules={
            "probe": {"path": str(modules / "probe.so")},
            "hello": {"path": "hello.so"},
            "crash": {"path": str(modules / "crash.so")},
            "poll": {"path": "poll.so"},
        },
        routes={f"/{name}": {"module": "probe", "handler": name} for name in handlers}
        | {"/hello": "hello", "/poll": "poll", "/crash": {"module": "crash", "handler": "null"}},
        **more,
    )


# it takes over


@BOTH
def test_the_new_program_has_the_pid_the_workers_and_the_sockets_of_the_old_one(
    upgradable, upgrade
):
    daemon = upgradable
    daemon.conf(listens={f"127.0.0.1:{daemon.port}": {}, f"unix:{daemon.folder}/web.sock": {}})
    daemon.start()
    workers, before = daemon.pids(), daemon.status()
    install(daemon)
    assert not is_installed(daemon)
    upgrade(daemon)
    assert is_installed(daemon)
    assert daemon.wait_serving() and daemon.pids() == workers
    assert daemon.get().status == 200
    assert daemon.get(address=f"{daemon.folder}/web.sock").status == 200
    after = daemon.status()
    for name in ("pid", "version", "generation", "conf", "control", "listeners", "restarts"):
        assert after[name] == before[name], name
    assert after["uptime"] >= before["uptime"]
    assert (before["upgrades"], after["upgrades"]) == (0, 1)


@pytest.mark.parametrize("keep_alive", [True, False], ids=["keep-alive", "one request each"])
def test_no_request_is_lost_over_upgrades(upgradable, keep_alive):
    daemon = upgradable
    daemon.start()
    workers, requests = daemon.pids(), 0
    with Load(daemon.address, clients=4, keep_alive=keep_alive) as load:
        for _ in range(5):
            install(daemon)
            upgrade_by_ctl(daemon)
            load.more(50)
            now = daemon.totals()["requests"]
            assert now >= requests
            requests = now
    assert load.lost == []
    assert daemon.pids() == workers
    wait_until(lambda: daemon.totals()["requests"] >= load.count, "the totals to be whole")


def test_parked_requests_and_uploads_outlive_an_upgrade(upgradable, modules):
    daemon = upgradable
    probe_conf(daemon, modules, "upload")
    daemon.start()
    parked = [daemon.connect() for _ in range(8)]
    for client in parked:
        client.send(request("GET", "/poll"))
    upload = daemon.connect()
    upload.send(request("POST", "/upload", "Content-Length: 6") + b"abc")
    wait_until(
        lambda: sum(worker["parked"] for worker in daemon.workers()) >= 8, "the clients to park"
    )
    upgrade_by_ctl(daemon)
    upload.send(b"def")
    assert upload.read().body == b"6\n"
    assert daemon.connect().post("/poll", b"news").status in (200, 202, 204)
    for client in parked:
        assert client.read().body == b"news"


def test_upgrade_after_upgrade_leaves_nothing_behind(upgradable):
    daemon = upgradable
    daemon.start()
    upgrade_by_ctl(daemon)
    files = open_files(daemon.pid)
    for _ in range(10):
        upgrade_by_ctl(daemon)
    assert daemon.status()["upgrades"] == 11
    wait_until(
        lambda: open_files(daemon.pid) <= files,
        lambda: f"at most {files} open files, not {open_files(daemon.pid)}",
    )


def test_a_reload_after_an_upgrade_is_as_any_other(upgradable):
    daemon = upgradable
    daemon.start()
    before = daemon.pids()
    upgrade_by_ctl(daemon)
    daemon.conf(modules={"hello": {"path": "hello.so", "greeting": "new"}})
    daemon.reload()
    assert daemon.get().body == b"new\n"
    assert daemon.status()["generation"] == 2
    wait_until(lambda: not any(alive(pid) for pid in before), "the old workers to leave")
    upgrade_by_ctl(daemon)
    assert daemon.status()["reload"]["ok"]
    assert daemon.status()["generation"] == 2
    assert daemon.get().body == b"new\n"


def test_a_crash_after_an_upgrade_is_told_and_the_worker_replaced(upgradable, modules):
    daemon = upgradable
    probe_conf(daemon, modules)
    daemon.expect_log("SIGSEGV|crash")
    daemon.start()
    upgrade_by_ctl(daemon)
    before = daemon.pids()
    daemon.connect().send(request("GET", "/crash"))
    daemon.wait_log(r'SIGSEGV.*module "crash".*route "/crash".*GET /crash')
    wait_until(lambda: set(daemon.serving() or before) != set(before), "another worker to serve")
    assert len(daemon.wait_serving()) == 2
    assert daemon.status()["restarts"] == 1
    upgrade_by_ctl(daemon)
    assert daemon.status()["restarts"] == 1


def test_a_crash_while_the_programs_change_is_not_missed(upgradable):
    daemon = upgradable
    daemon.expect_log("SIGKILL")
    daemon.start()
    victim = daemon.pids()[0]
    stand_still(daemon.pid)
    daemon.signal(signal.SIGUSR2)
    os.kill(victim, signal.SIGKILL)
    daemon.signal(signal.SIGHUP)
    os.kill(daemon.pid, signal.SIGCONT)
    daemon.wait_log(TAKEN_OVER)
    wait_until(lambda: daemon.accepting() == {2}, "the reload to be over")
    daemon.wait_serving(without=[victim])


def test_a_worker_that_waits_to_be_started_again_is_started_by_the_next_program(upgradable):
    daemon = upgradable
    daemon.expect_log("SIGKILL")
    daemon.start()
    for _ in range(3):  # the back-off grows: 0, 100 ms, 200 ms
        victim = daemon.wait_serving()[0]
        os.kill(victim, signal.SIGKILL)
        daemon.wait_log(rf"pid {victim}.*SIGKILL")
    upgrade_by_ctl(daemon)
    assert len(daemon.wait_serving()) == 2
    assert daemon.status()["restarts"] == 3


def test_a_stop_after_an_upgrade_removes_what_eddyd_has_made(upgradable):
    daemon = upgradable
    path = f"{daemon.folder}/web.sock"
    daemon.conf(listens={f"127.0.0.1:{daemon.port}": {}, f"unix:{path}": {}})
    daemon.start()
    workers = daemon.pids()
    upgrade_by_ctl(daemon)
    assert stat.S_ISSOCK(os.stat(path).st_mode)
    done = daemon.ctl("stop")
    assert done.returncode == 0, done
    assert daemon.wait_exit() == 0
    assert not os.path.exists(path) and not os.path.exists(daemon.control)
    assert not any(alive(pid) for pid in workers)
    assert ports.can_bind(daemon.port)


def test_the_workers_leave_when_the_new_program_dies(upgradable):
    daemon = upgradable
    daemon.start()
    upgrade_by_ctl(daemon)
    workers = daemon.pids()
    daemon.expected_exit = -signal.SIGKILL
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.wait_exit()
    wait_until(lambda: not any(alive(pid) for pid in workers), "the workers to leave", 6)


def test_a_generation_that_drains_goes_on_draining(upgradable, modules):
    daemon = upgradable
    probe_conf(daemon, modules, "upload", drain_timeout="20s")
    daemon.start()
    client = daemon.connect()
    client.send(request("POST", "/upload", "Content-Length: 6") + b"abc")
    wait_until(lambda: daemon.totals()["requests"] == 1, "the upload to begin")
    before = daemon.pids()
    daemon.reload()
    upgrade_by_ctl(daemon)
    assert {worker["generation"] for worker in daemon.workers()} == {1, 2}
    client.send(b"def")
    assert client.read().body == b"6\n"
    wait_until(lambda: not any(alive(pid) for pid in before), "the old workers to leave")
    daemon.wait_log("generation 1 has drained")


def test_a_generation_that_does_not_drain_is_still_ended_in_time(upgradable, modules):
    daemon = upgradable
    probe_conf(daemon, modules, "park", drain_timeout="1s")
    daemon.expect_log("drain|probe")
    daemon.start()
    client = daemon.connect()
    client.send(request("GET", "/park"))
    wait_until(lambda: sum(w["parked"] for w in daemon.workers()) == 1, "the request to park")
    (stuck,) = (worker["pid"] for worker in daemon.workers() if worker["parked"])
    daemon.reload()
    stand_still(stuck)
    upgrade_by_ctl(daemon)
    daemon.wait_log(rf"pid {stuck}.*not drained within drain_timeout", seconds=15)


def test_the_number_of_workers_that_was_set_is_kept(upgradable):
    daemon = upgradable
    daemon.start()
    assert daemon.ctl("set", "workers", "3").returncode == 0
    daemon.settings["workers"] = 3
    upgrade_by_ctl(daemon)
    assert len(daemon.wait_serving()) == 3
    assert daemon.ctl("set", "workers", "1").returncode == 0
    daemon.settings["workers"] = 1
    assert len(daemon.wait_serving()) == 1


def test_listeners_of_modules_are_kept_and_closed_with_their_last_worker(upgradable, modules):
    daemon = upgradable
    port = ports.free_port()
    options = {"path": str(modules / "server.so"), "address": f"127.0.0.1:{port}"}
    routes = {"/close": {"module": "server", "handler": "close"}}
    daemon.conf(modules={"server": options}, routes=routes)
    daemon.start()
    workers = daemon.wait_serving()
    upgrade_by_ctl(daemon)
    for pid in workers:
        with daemon.only(pid), socket.create_connection(("127.0.0.1", port), 20) as client:
            assert int(client.makefile("rb").read()) == pid
    daemon.reload()
    daemon.wait_serving(without=workers)
    with socket.create_connection(("127.0.0.1", port), 20) as client:
        assert int(client.makefile("rb").read()) in daemon.pids()
    for pid in daemon.pids():
        with daemon.only(pid):
            daemon.get("/close")
    wait_until(lambda: not listening(port), "the port to close")


def test_messages_that_had_not_been_sent_to_a_worker_are_sent_by_the_next_program(
    upgradable, modules
):
    daemon = upgradable
    probe_conf(daemon, modules, "say")
    daemon.start()
    slow, quick = daemon.wait_serving()
    said = [b"%02d" % i + b"\0\xff" * 7000 for i in range(60)]
    with daemon.stopped(slow):
        client = daemon.connect()
        for body in said:
            # EAGAIN: the sender's own link is full for the moment
            wait_until(lambda: client.post("/say", body).body == b"0\n", "the message to be taken")
        numbers = {worker["pid"]: worker["worker"] for worker in daemon.workers()}
        daemon.wait_log(rf"worker {numbers[quick]} heard 59")
        upgrade_by_ctl(daemon)
    daemon.wait_log(rf"worker {numbers[slow]} heard 59")
    heard = re.findall(rf"worker {numbers[slow]} heard (\d\d)", daemon.log())
    assert heard == ["%02d" % i for i in range(60)]


def test_a_worker_that_is_blocked_is_watched_on(upgradable, modules):
    """It is blocked since when it was seen first, and that is told once."""
    daemon = upgradable
    probe_conf(daemon, modules, "block")
    daemon.expect_log("is blocked|backtrace|#")
    daemon.start()
    client = daemon.connect()
    client.send(request("GET", "/block?1500"))
    daemon.wait_log("is blocked for")
    upgrade_by_ctl(daemon)
    assert client.read().body == b"unblocked\n"
    said = daemon.wait_log(r"goes on: it was blocked for (\d+\.\d) s")
    assert float(said[1]) >= 1.3
    assert daemon.log().count("is blocked for") == 1


def test_who_waits_for_a_backtrace_gets_it_from_the_next_program(upgradable):
    daemon = upgradable
    daemon.expect_log("is stopped")
    daemon.start()
    pid = daemon.pids()[0]
    with daemon.stopped(pid):
        ctl = subprocess.Popen(
            [daemon.programs.eddyctl, "-s", daemon.control, "dump", str(pid)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(),
        )
        wait_until(lambda: pending(pid), "the signal to be sent")
        upgrade_by_ctl(daemon)
    out, _ = ctl.communicate(timeout=30)
    assert ctl.returncode == 0, out
    assert b"epoll" in out


def pending(pid):
    """The signals that wait for the first thread of a process."""
    with open(f"/proc/{pid}/status", encoding="latin-1") as file:
        return int(re.search(r"SigPnd:\s*(\w+)", file.read())[1], 16) & ~(1 << 18)


def test_a_client_of_the_control_socket_stays_connected(upgradable):
    daemon = upgradable
    daemon.start()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(daemon.control)
        client.sendall(b"stat")
        assert daemon.status()["pid"] == daemon.pid  # that one has been read by now, too
        upgrade_by_ctl(daemon)
        client.sendall(b"us\n")
        lines = client.makefile("rb").read().splitlines()
    assert json.loads(lines[0])["pid"] == daemon.pid
    assert json.loads(lines[-1]) == {"ok": True}


def test_all_who_ask_at_once_are_answered(upgradable):
    daemon = upgradable
    daemon.start()
    done = []
    threads = [
        threading.Thread(target=lambda: done.append(daemon.ctl("upgrade").returncode))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [0] * 8
    assert 1 <= daemon.status()["upgrades"] <= 8


def test_workers_see_nothing_of_an_upgrade_in_their_environment(upgradable):
    daemon = upgradable
    daemon.start()
    upgrade_by_ctl(daemon)
    daemon.reload()
    for pid in (daemon.pid, *daemon.wait_serving()):
        with open(f"/proc/{pid}/environ", "rb") as file:
            said = file.read()
        assert (b"EDDY_HANDOVER" in said) == (pid == daemon.pid)  # as it was started
    with open(f"/proc/{daemon.pid}/cmdline", "rb") as file:
        words = file.read().decode().split("\0")[:-1]
    assert words == daemon.programs.eddyd_command("-c", daemon.conf_path)


def test_the_program_is_found_by_the_name_that_eddyd_was_started_with(upgradable):
    """By PATH and through a symbolic link to the version in use."""
    daemon = upgradable
    versions = os.path.join(daemon.folder, "versions")
    for version in ("1", "2"):
        os.makedirs(f"{versions}/{version}")
        shutil.copy2(daemon.original.eddyd, f"{versions}/{version}/eddyd")
    os.symlink("1", f"{versions}/current")
    daemon.programs.eddyd = "eddyd"
    daemon.conf()
    with open(daemon.log_path, "ab") as err:
        daemon.process = subprocess.Popen(
            daemon.programs.eddyd_command("-c", daemon.conf_path),
            env=environment(
                EDDY_E2E=daemon.folder, PATH=f"{versions}/current:{os.environ['PATH']}"
            ),
            executable=f"{versions}/current/eddyd",
            stdout=subprocess.DEVNULL,
            stderr=err,
        )
    daemon.wait_ready()
    assert os.readlink(f"/proc/{daemon.pid}/exe") == f"{versions}/1/eddyd"
    os.symlink("2", f"{versions}/next")
    os.rename(f"{versions}/next", f"{versions}/current")
    # the name is another program now, and the one that runs is found where it is
    upgrade_by_ctl(daemon)
    assert os.readlink(f"/proc/{daemon.pid}/exe") in (
        f"{versions}/1/eddyd",
        f"{versions}/2/eddyd",
    )


# it waits, or says no


def test_an_upgrade_waits_for_the_reload_that_runs(upgradable):
    daemon = upgradable
    daemon.start()
    before = daemon.pids()
    stand_still(daemon.pid)
    daemon.signal(signal.SIGHUP)
    daemon.signal(signal.SIGUSR2)
    os.kill(daemon.pid, signal.SIGCONT)
    daemon.wait_log(TAKEN_OVER)
    wait_until(lambda: daemon.accepting() == {2}, "the reload to be over")
    wait_until(lambda: not any(alive(pid) for pid in before), "the old workers to leave")
    assert "upgrade failed" not in daemon.log()


def test_reloads_and_upgrades_in_any_order_lose_nothing(upgradable):
    daemon = upgradable
    daemon.conf(drain_timeout="10s")
    daemon.start()
    with Load(daemon.address, clients=2) as first, Load(
        daemon.address, clients=2, keep_alive=False
    ) as second:
        for i in range(8):
            daemon.signal(signal.SIGUSR2 if i % 3 else signal.SIGHUP)
            daemon.signal(signal.SIGHUP if i % 3 else signal.SIGUSR2)
            done = daemon.ctl("reload" if i % 2 else "upgrade")
            assert done.returncode == 0, done
            first.more(10)
            second.more(10)
    assert first.lost == [] and second.lost == []
    assert daemon.get().status == 200


@pytest.mark.parametrize("first", [signal.SIGUSR2, signal.SIGTERM], ids=["USR2", "TERM"])
def test_a_stop_and_an_upgrade_at_once_are_a_stop(upgradable, first):
    daemon = upgradable
    daemon.expect_log("SIGUSR2 is ignored")
    daemon.start()
    second = signal.SIGTERM if first == signal.SIGUSR2 else signal.SIGUSR2
    daemon.signal(first)
    daemon.signal(second)
    assert daemon.wait_exit() == 0
    # What was to try the program may have been killed in the middle of its fork.
    wait_until(lambda: ports.can_bind(daemon.port), "the port to be free")


def test_an_upgrade_of_an_eddyd_that_stops_is_refused(upgradable, modules):
    daemon = upgradable
    probe_conf(daemon, modules, "upload", drain_timeout="20s")
    daemon.start()
    client = daemon.connect()
    client.send(request("POST", "/upload", "Content-Length: 2") + b"a")
    wait_until(lambda: daemon.totals()["requests"] == 1, "the upload to begin")
    daemon.signal(signal.SIGTERM)
    daemon.wait_log("stopping, asked for by SIGTERM")
    done = daemon.ctl("upgrade")
    assert done.returncode == 1 and "eddyd is stopping" in done.stderr, done
    daemon.signal(signal.SIGUSR2)
    daemon.wait_log("SIGUSR2 is ignored: eddyd is stopping")
    client.send(b"b")
    assert client.read().body == b"2\n"
    assert daemon.wait_exit() == 0


# it cannot


def changed(daemon, edit):
    """A program that finds another state than the one that was handed over."""
    return textwrap.dedent(
        f"""\
        #!/usr/bin/python3
        import json, os, sys
        kind, _, fd = os.environ["EDDY_HANDOVER"].rpartition(":")
        state = json.loads(os.pread(int(fd), 1 << 26, 0))
        {edit}
        new = os.memfd_create("state", 0)
        os.write(new, json.dumps(state).encode())
        os.environ["EDDY_HANDOVER"] = f"{{kind}}:{{new}}"
        os.execv({daemon.original.eddyd!r}, sys.argv)
        """
    )


REFUSED = {
    "it ends with an error": (
        "#!/bin/sh\necho not today >&2\nexit 1\n",
        1,
        ["code 1", "not today"],
    ),
    "it ends as if all were well": ("#!/bin/sh\nexit 0\n", 1, ["code 0"]),
    "it crashes": ("#!/bin/sh\nkill -SEGV $$\n", 1, ["SIGSEGV"]),
    "it is no program": ("no program\n", 1, ["cannot run", "Exec format error"]),
    "its interpreter is missing": ("#!/nonexistent/sh\n", 1, ["cannot run", "No such file"]),
    "it does not know an option": (
        '#!/bin/sh\nexec "$ORIGINAL" --modern "$@"\n',
        1,
        ["code 64", "--modern"],
    ),
}


def check_refused(daemon, code, words):
    workers, before = daemon.pids(), daemon.status()
    daemon.expect_log("upgrade failed|cannot|eddyd|code|was killed|said|usage|try")
    daemon.expect_log("|".join(map(re.escape, words)))
    done = daemon.ctl("upgrade")
    assert done.returncode == code, (done, daemon.log())
    for word in words:
        assert word in done.stderr, done
        assert word in daemon.log()
    assert re.search(r"upgrade failed: eddyd \S+ goes on", daemon.log())
    assert daemon.pids() == workers
    assert daemon.get().status == 200
    for name in ("pid", "generation", "state", "upgrades"):
        assert daemon.status()[name] == before[name]
    # and when the program is a good one again, it does
    install(daemon)
    upgrade_by_ctl(daemon)
    assert is_installed(daemon)


@pytest.mark.parametrize("case", REFUSED)
def test_a_program_that_cannot_take_over_changes_nothing(upgradable, case):
    daemon = upgradable
    text, code, words = REFUSED[case]
    daemon.start()
    install(daemon, text=text.replace("$ORIGINAL", daemon.original.eddyd))
    check_refused(daemon, code, words)


def test_a_program_that_is_not_there_changes_nothing(upgradable):
    daemon = upgradable
    daemon.start()
    os.unlink(daemon.programs.eddyd)
    check_refused(daemon, 1, [f"cannot run {daemon.programs.eddyd}: No such file or directory"])


def test_a_program_that_may_not_be_run_changes_nothing(upgradable):
    daemon = upgradable
    daemon.start()
    install(daemon, mode=0o644)
    check_refused(daemon, 1, [f"cannot run {daemon.programs.eddyd}: Permission denied"])


def test_a_program_that_hangs_is_ended_and_changes_nothing(upgradable):
    daemon = upgradable
    daemon.start()
    install(daemon, text="#!/bin/sh\necho thinking\nsleep 1000 & sleep 1000\n")
    load = Load(daemon.address, clients=2)
    with load:
        check_refused(daemon, 1, ["has not said within 5 s whether it can take over", "thinking"])
    assert load.lost == []
    wait_until(
        lambda: len(marked(daemon._marker)) == 3,
        lambda: f"the sleepers to end: {marked(daemon._marker)}",
    )


def test_a_program_that_is_gone_when_it_has_said_that_it_would_fit_changes_nothing(upgradable):
    """The exec itself fails, when all is prepared for it."""
    daemon = upgradable
    daemon.expect_log("SIGKILL|cannot run|upgrade failed")
    daemon.start()
    files = inherited_files(daemon)
    install(daemon, text='#!/bin/sh\nrm -f "$0"\nexit 113\n')
    done = daemon.ctl("upgrade")
    assert done.returncode == 1, done
    assert f"cannot run {daemon.programs.eddyd}: No such file or directory" in done.stderr
    assert inherited_files(daemon) == files
    victim = daemon.pids()[0]
    os.kill(victim, signal.SIGKILL)
    daemon.wait_serving(without=[victim])
    assert inherited_files(daemon) == files
    daemon.reload()
    install(daemon)
    upgrade_by_ctl(daemon)
    inherited_files(daemon)


def inherited_files(daemon):
    """How many the workers have each; and the master has none that it would pass on by mistake."""
    for fd in set(os.listdir(f"/proc/{daemon.pid}/fd")) - {"0", "1", "2"}:
        try:
            with open(f"/proc/{daemon.pid}/fdinfo/{fd}", encoding="ascii") as file:
                flags = int(re.search(r"flags:\s*(\d+)", file.read())[1], 8)
        except FileNotFoundError:
            continue
        assert flags & os.O_CLOEXEC, os.readlink(f"/proc/{daemon.pid}/fd/{fd}")
    return [open_files(pid) for pid in daemon.pids()]


def test_a_stop_does_not_wait_for_a_program_that_hangs(upgradable):
    daemon = upgradable
    daemon.start()
    install(daemon, text=f"#!/bin/sh\n>{daemon.folder}/begun\nexec sleep 1000\n")
    daemon.signal(signal.SIGUSR2)
    wait_until(lambda: os.path.exists(f"{daemon.folder}/begun"), "the program to run")
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_exit(4) == 0


def test_a_reload_does_not_wait_for_a_program_that_hangs(upgradable):
    daemon = upgradable
    daemon.expect_log("upgrade failed|has not said")
    daemon.start()
    install(daemon, text=f"#!/bin/sh\n>{daemon.folder}/begun\nexec sleep 1000\n")
    daemon.signal(signal.SIGUSR2)
    wait_until(lambda: os.path.exists(f"{daemon.folder}/begun"), "the program to run")
    daemon.reload()
    assert "has not said" not in daemon.log()
    daemon.wait_log("upgrade failed")
    assert daemon.get().status == 200


def test_a_state_of_another_version_is_refused_by_name(upgradable):
    daemon = upgradable
    daemon.start()
    install(daemon, text=changed(daemon, 'state["handover"] = 42; state["version"] = "9.8.7"'))
    check_refused(
        daemon, 1, ["eddyd 9.8.7 hands over a state of version 42", "takes version", "restart"]
    )


def test_workers_of_another_contract_are_refused_by_name(upgradable):
    daemon = upgradable
    daemon.start()
    install(daemon, text=changed(daemon, 'state["contract"] += 1'))
    check_refused(daemon, 1, ["the workers of eddyd", "do not speak as", "restart"])


def test_a_conf_in_use_that_the_new_program_does_not_understand_is_an_error_of_the_conf(
    upgradable,
):
    daemon = upgradable
    daemon.start()
    install(daemon, text=changed(daemon, 'state["generations"][0]["conf"] = 0'))
    check_refused(daemon, 78, ["cannot read the conf in use"])


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"handover": "1"}', "\\0\\0"])
def test_what_is_no_state_is_refused(upgradable, text):
    daemon = upgradable
    daemon.start()
    install(
        daemon,
        text=changed(daemon, "pass").replace("json.dumps(state).encode()", f"b'''{text}'''"),
    )
    check_refused(daemon, 1, ["cannot take over"])


def test_a_worker_program_that_is_not_there_is_a_reason_to_refuse(upgradable):
    daemon = upgradable
    daemon.start()
    os.rename(daemon.programs.worker, daemon.programs.worker + ".away")
    done = daemon.ctl("upgrade")
    assert done.returncode == 1, done
    assert f"cannot run the worker program {daemon.programs.worker}: No such file" in done.stderr
    daemon.expect_log("upgrade failed|cannot")
    os.rename(daemon.programs.worker + ".away", daemon.programs.worker)
    upgrade_by_ctl(daemon)


def test_eddyctl_shows_the_result_as_json(upgradable):
    daemon = upgradable
    daemon.start()
    version = daemon.status()["version"]
    assert daemon.ctl_json("upgrade") == {"ok": True, "version": version, "before": version}
    install(daemon, text="#!/bin/sh\nexit 1\n")
    daemon.expect_log("upgrade failed|code 1")
    done = daemon.ctl("upgrade", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["ok"] is False
    assert version in daemon.ctl("status").stdout.splitlines()[0]


# the worker's program


def test_a_reload_alone_brings_a_new_worker_program(upgradable):
    daemon = upgradable
    daemon.start()
    before = daemon.pids()
    path = daemon.programs.worker
    shutil.copy2(path, path + ".new")
    os.rename(path + ".new", path)
    assert all(os.readlink(f"/proc/{pid}/exe") == f"{path} (deleted)" for pid in before)
    daemon.signal(signal.SIGHUP)
    workers = daemon.wait_serving(without=before)
    assert all(os.readlink(f"/proc/{pid}/exe") == path for pid in workers)
    assert daemon.status()["upgrades"] == 0
