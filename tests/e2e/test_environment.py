"""How eddyd is started: users, descriptors, signal masks, folders, terminals."""
import json
import os
import pwd
import re
import signal
import socket
import stat
import subprocess
import time
from email.utils import parsedate_to_datetime

import pytest

from harness import ports
from harness.client import request
from harness.daemon import alive, environment, file_links, run
from harness.wait import wait_until

NOBODY = pwd.getpwnam("nobody")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def identity(pid):
    with open(f"/proc/{pid}/status", encoding="latin-1") as file:
        text = file.read()
    return {
        name: re.search(rf"^{name}:\s*(.*)$", text, re.M)[1].split()
        for name in ("Uid", "Gid", "Groups", "CapEff", "NoNewPrivs")
    }


@pytest.fixture
def for_nobody(programs, modules):
    """Skips where the programs lie in a folder that another user cannot enter."""
    if (
        run(programs.worker, user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[]).returncode
        != 64
    ):
        pytest.skip("the user nobody cannot run the programs here")


# users


@needs_root
def test_the_workers_of_root_run_as_the_user_of_the_conf(daemon, for_nobody):
    daemon.conf(extra='user = "nobody"')
    daemon.start()
    for pid in daemon.pids():
        seen = identity(pid)
        assert set(seen["Uid"]) == {str(NOBODY.pw_uid)}
        assert set(seen["Gid"]) == {str(NOBODY.pw_gid)}
        assert "0" not in seen["Groups"]
        assert int(seen["CapEff"][0], 16) == 0
        assert seen["NoNewPrivs"] == ["1"]
    assert identity(daemon.pid)["Uid"][0] == "0"
    assert daemon.get().status == 200
    assert "run as root" not in daemon.log()


@needs_root
def test_workers_of_another_user_are_supervised_as_well(daemon, for_nobody):
    daemon.conf(extra='user = "nobody"')
    daemon.expect_log("worker")
    daemon.start()
    victim = daemon.pids()[0]
    os.kill(victim, signal.SIGKILL)
    daemon.wait_serving(without=[victim])
    daemon.reload()
    workers = daemon.wait_serving()
    daemon.expected_exit = -signal.SIGKILL
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.wait_exit()
    wait_until(
        lambda: not any(alive(pid) for pid in workers), "the workers to leave with their master", 6
    )


@needs_root
@pytest.mark.parametrize("key", ["user", "group"])
def test_a_user_or_group_that_does_not_exist_is_an_error_at_its_line(programs, tmp_path, key):
    path = tmp_path / "eddy.conf"
    path.write_text(
        'user = "nobody"\n' * (key == "group")
        + f'{key} = "no-such-{key}"\nlisten "127.0.0.1:8080" {{ }}\nmodule "hello" {{ }}\n'
        'route "/" { module = "hello" }\n'
    )
    done = run(*programs.eddyd_command("-t", "-c", str(path)))
    assert done.returncode == 78, done
    line = 2 if key == "group" else 1
    assert f"{path}:{line}: " in done.stderr
    assert f"no-such-{key}" in done.stderr


@needs_root
def test_eddyd_runs_as_any_user_whole(daemon, for_nobody):
    daemon.conf(extra='user = "root"')
    daemon.expect_log("is ignored")
    os.chown(daemon.folder, NOBODY.pw_uid, NOBODY.pw_gid)
    daemon.start(popen={"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []})
    for pid in (daemon.pid, *daemon.pids()):
        assert set(identity(pid)["Uid"]) == {str(NOBODY.pw_uid)}
    assert daemon.get().status == 200
    daemon.reload()


@needs_root
def test_a_user_that_eddyd_is_already_is_in_order(daemon, for_nobody):
    """One conf does for both: a service that is started as the user, and eddyd started by root."""
    daemon.conf(extra=f'user = "{NOBODY.pw_name}"')
    os.chown(daemon.folder, NOBODY.pw_uid, NOBODY.pw_gid)
    daemon.start(popen={"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []})
    assert daemon.get().status == 200
    assert "is ignored" not in daemon.log()


@needs_root
def test_the_control_socket_lets_nobody_in_who_is_a_stranger(daemon, for_nobody):
    daemon.start()
    os.chmod(daemon.control, 0o666)
    done = run(
        *(daemon.programs.eddyctl, "-s", daemon.control, "stop"),
        user=NOBODY.pw_uid,
        group=NOBODY.pw_gid,
        extra_groups=[],
    )
    assert done.returncode not in (0, 64), done
    assert "not allowed" in done.stderr
    assert daemon.status()["pid"] == daemon.pid


# descriptors, masks, masks of files


def test_eddyd_starts_without_stdin_stdout_and_stderr(daemon):
    """Descriptors 0 to 2 closed: sockets that land there must not be taken for a log."""
    daemon.conf()
    daemon.start(wrapper=["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"])
    assert daemon.get().status == 200
    daemon.reload()
    victim = daemon.wait_serving()[0]
    os.kill(victim, signal.SIGKILL)
    daemon.wait_serving(without=[victim])
    assert daemon.get().status == 200


def test_descriptors_that_eddyd_was_started_with_do_not_reach_the_workers(daemon):
    reading, writing = os.pipe()
    daemon.conf()
    daemon.start(popen={"pass_fds": [writing]})
    os.close(writing)
    for pid in daemon.pids():
        assert f"pipe:[{os.fstat(reading).st_ino}]" not in file_links(pid)
    os.close(reading)


def test_the_children_of_a_module_inherit_nothing_of_its_worker(daemon, modules):
    """Neither the link nor a socket: their ends would outlive the worker."""
    daemon.conf(
        workers=1,
        modules={"child": {"path": str(modules / "child.so")}},
        routes={"/child": "child"},
    )
    daemon.start()
    answer = daemon.get("/child")
    assert answer.status == 200
    listed = re.findall(r" (\d+) -> (.*)", answer.body.decode())
    assert {int(fd) for fd, _ in listed} == {0, 1, 2}, listed


def test_signals_that_were_blocked_or_ignored_by_the_parent_work(daemon):
    def block():
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))

    daemon.expect_log("worker")
    daemon.start(popen={"preexec_fn": block})
    before = daemon.pids()
    os.kill(before[0], signal.SIGKILL)
    daemon.wait_serving(without=before[:1])
    before = daemon.pids()
    daemon.signal(signal.SIGHUP)
    daemon.wait_serving(without=before)
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_exit() == 0


@pytest.mark.parametrize("mask", [0o000, 0o077, 0o777])
def test_the_umask_does_not_decide_who_may_connect(daemon, mask):
    path = f"{daemon.folder}/web.sock"
    daemon.conf(listens={f"127.0.0.1:{daemon.port}": {}, f"unix:{path}": {"mode": "0620"}})
    daemon.start(popen={"umask": mask})
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o620
    assert stat.S_IMODE(os.stat(daemon.control).st_mode) == 0o660
    assert daemon.get(address=path).status == 200


@pytest.mark.parametrize(
    "number", [signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGUSR1, signal.SIGUSR2]
)
def test_workers_do_not_mind_signals_that_are_the_masters(daemon, number):
    daemon.start()
    before = daemon.pids()
    for pid in before:
        os.kill(pid, number)
    for _ in range(10):
        assert daemon.get().status == 200
    assert daemon.pids() == before


# folders and files


def test_a_relative_conf_file_is_found_again_at_reload(daemon):
    daemon.conf(modules={"hello": {"path": "hello.so", "greeting": "old"}})
    daemon.start("-c", "eddy.conf")
    assert daemon.get().body == b"old\n"
    daemon.conf(modules={"hello": {"path": "hello.so", "greeting": "new"}})
    daemon.reload()
    assert daemon.get().body == b"new\n"


def test_an_include_is_relative_to_the_file_that_says_it(programs, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "eddy.conf").write_text(
        'include("more/one.conf")\nlisten "127.0.0.1:8080" { }\nroute "/" { module = "hello" }\n'
    )
    (tmp_path / "more/one.conf").write_text('include("two.conf")\n')
    (tmp_path / "more/two.conf").write_text('module "hello" { }\n')
    done = run(*programs.eddyd_command("-t", "-c", str(tmp_path / "eddy.conf")), cwd="/")
    assert done.returncode == 0, done


def test_the_control_socket_moves_by_a_reload(daemon):
    daemon.start()
    old = daemon.control
    daemon.control = f"{daemon.folder}/moved.sock"
    daemon.conf()
    assert run(daemon.programs.eddyctl, "-s", old, "reload").returncode == 0
    assert daemon.status()["pid"] == daemon.pid
    wait_until(lambda: not os.path.exists(old), "the old control socket to go")


def test_a_control_socket_that_was_removed_is_no_obstacle(daemon):
    daemon.start()
    os.unlink(daemon.control)
    before = daemon.pids()
    daemon.signal(signal.SIGHUP)
    wait_until(lambda: not any(alive(pid) for pid in before), "the old workers to leave")
    assert daemon.get().status == 200
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_exit() == 0


def test_the_mode_of_a_unix_listener_changes_by_a_reload(daemon):
    path = f"{daemon.folder}/web.sock"
    for mode in ("0600", "0666"):
        daemon.conf(listens={f"unix:{path}": {"mode": mode}})
        if daemon.process:
            daemon.reload()
        else:
            daemon.start()
        assert stat.S_IMODE(os.stat(path).st_mode) == int(mode, 8)
    assert daemon.get(address=path).status == 200


@pytest.mark.skipif(not ports.has_ipv6(), reason="no IPv6 on this machine")
def test_a_listener_becomes_dual_stack_by_a_reload_or_the_reload_says_why_not(daemon):
    address = f"[::]:{daemon.port}"
    daemon.conf(listens={address: {"ipv6only": True}})
    daemon.start()
    daemon.conf(listens={address: {"ipv6only": False}})
    before = daemon.pids()
    done = daemon.ctl("reload")
    if done.returncode == 0:
        # what the kernel had queued on the socket of before is reset when that closes
        wait_until(lambda: not any(alive(pid) for pid in before), "the old workers to leave")
        assert daemon.get().status == 200
    else:
        daemon.expect_log("listen|reload")
        assert address in done.stderr
    assert daemon.get(address=("::1", daemon.port)).status == 200


# commands and what surrounds them


@pytest.mark.parametrize("command", [["status"], ["workers"], ["status", "--json"]], ids=" ".join)
def test_eddyctl_says_when_its_output_cannot_be_written(daemon, command):
    daemon.start()
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [daemon.programs.eddyctl, "-s", daemon.control, *command],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            timeout=30,
        )
    assert done.returncode not in (0, -signal.SIGSEGV, -signal.SIGABRT)
    assert b"No space left" in done.stderr


def test_eddyd_says_when_the_conf_cannot_be_written(daemon):
    daemon.conf()
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            daemon.programs.eddyd_command("-T", "-c", daemon.conf_path),
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            timeout=30,
        )
    assert done.returncode != 0
    assert b"No space left" in done.stderr


@pytest.mark.parametrize("answer", [b"", b"hello\n", b"{}", b"\0" * 100, b'{"ok":1'], ids=repr)
def test_eddyctl_knows_when_what_answers_is_no_eddyd(programs, tmp_path, answer):
    path = str(tmp_path / "other.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(1)
        ctl = subprocess.Popen(
            [programs.eddyctl, "-s", path, "status"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        connection, _ = server.accept()
        connection.recv(100)
        connection.sendall(answer)
        connection.close()
        out, err = ctl.communicate(timeout=30)
    assert ctl.returncode not in (0, 64) and ctl.returncode > 0
    assert out == b""
    assert path.encode() in err


def test_a_daemon_on_a_terminal_logs_for_people(daemon):
    """No priorities in angle brackets, but a word for the level, and the time."""
    import pty

    leader, follower = pty.openpty()
    daemon.conf()
    daemon.start(popen={"stderr": follower})
    os.close(follower)
    daemon.get()
    text = os.read(leader, 65536).decode()
    assert re.search(r"^\d\d:\d\d:\d\d notice: eddyd \S+ ready", text, re.M), text
    assert "<5>" not in text
    daemon.signal(signal.SIGTERM)
    assert daemon.wait_exit() == 0
    os.close(leader)


def test_the_date_of_an_answer_is_now(site):
    for _ in range(3):
        said = parsedate_to_datetime(site.get("/hello").get("Date")).timestamp()
        assert abs(said - time.time()) < 3
        time.sleep(0.4)


def test_every_worker_takes_connections(daemon, modules):
    """With two workers, load on many connections reaches both."""
    daemon.conf(modules={"probe": {"path": str(modules / "probe.so")}}, routes={"/hello": "probe"})
    daemon.start()
    seen = set()

    def both():
        clients = [daemon.connect() for _ in range(50)]
        for client in clients:
            client.send(request("GET", "/hello"))
        seen.update(json.loads(client.read().body)["pid"] for client in clients)
        return len(seen) == 2

    wait_until(both, lambda: f"answers of both workers: {seen}")
