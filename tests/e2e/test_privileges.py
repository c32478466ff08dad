"""What the processes may do: capabilities, users, and the descriptors that each one has."""
import collections
import grp
import json
import os
import pwd
import re
import signal
import socket

import pytest

from harness.daemon import alive, file_links, run, stand_still
from harness.wait import wait_until

NOBODY = pwd.getpwnam("nobody")
SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")

# capabilities(7)
DAC_OVERRIDE, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE = 1, 5, 6, 7, 8, 10
KEPT = sum(1 << cap for cap in (DAC_OVERRIDE, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE))

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def status(pid):
    with open(f"/proc/{pid}/status", encoding="latin-1") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def capabilities(pid):
    seen = status(pid)
    return {name: int(seen[name], 16) for name in SETS}


@pytest.fixture
def for_nobody(daemon):
    """A daemon whose workers are nobody, which has to be able to run the programs."""
    done = run(daemon.programs.worker, user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[])
    if done.returncode != 64:
        pytest.skip("the user nobody cannot run the programs here")
    daemon.conf(extra='user = "nobody"')
    return daemon


# capabilities


def check_workers(daemon):
    for pid in daemon.wait_serving():
        assert capabilities(pid) == dict.fromkeys(SETS, 0)
        assert status(pid)["NoNewPrivs"] == "1"
        assert status(pid)["Uid"].split() == [str(NOBODY.pw_uid)] * 4
        assert status(pid)["Gid"].split() == [str(NOBODY.pw_gid)] * 4


def check_master(daemon):
    mine = capabilities("self")["CapBnd"]
    seen = capabilities(daemon.pid)
    assert seen == {
        "CapInh": 0,
        "CapPrm": KEPT & mine,
        "CapEff": KEPT & mine,
        "CapBnd": KEPT & mine,
        "CapAmb": 0,
    }


def test_a_worker_has_no_capability_and_can_gain_none(for_nobody):
    daemon = for_nobody
    daemon.expect_log("SIGKILL")
    daemon.start()
    check_workers(daemon)
    before = daemon.pids()
    daemon.reload()
    check_workers(daemon)
    wait_until(lambda: not any(alive(pid) for pid in before), "the old workers to leave")
    victim = daemon.pids()[0]
    os.kill(victim, signal.SIGKILL)
    daemon.wait_serving(without=[victim])
    check_workers(daemon)
    assert daemon.ctl("upgrade").returncode == 0
    check_master(daemon)
    daemon.reload()
    check_workers(daemon)


def test_a_worker_gains_nothing_from_ambient_and_inheritable_capabilities(for_nobody):
    """As a service manager may have handed them to eddyd."""
    daemon = for_nobody
    wrapper = ["setpriv", "--inh-caps", "+net_raw,+chown", "--ambient-caps", "+net_raw,+chown"]
    daemon.start(wrapper=wrapper)
    check_workers(daemon)
    check_master(daemon)


def test_a_master_that_is_not_root_keeps_its_capabilities_to_itself(for_nobody):
    """A service with User= and AmbientCapabilities=: for low ports, which workers need not bind."""
    daemon = for_nobody
    os.chown(daemon.folder, NOBODY.pw_uid, NOBODY.pw_gid)
    port = next(port for port in range(1023, 500, -1) if _free(port))
    daemon.conf(listens={f"127.0.0.1:{port}": {}}, extra="")
    wrapper = f"setpriv --reuid {NOBODY.pw_uid} --regid {NOBODY.pw_gid} --clear-groups".split()
    wrapper += ["--inh-caps", "-all,+net_bind_service", "--ambient-caps", "-all,+net_bind_service"]
    daemon.start(wrapper=wrapper)
    bind = 1 << NET_BIND_SERVICE
    for act in (daemon.reload, lambda: daemon.ctl("upgrade"), daemon.reload):
        act()
        seen = capabilities(daemon.pid)
        assert {seen[name] for name in SETS if name != "CapBnd"} == {bind}
        for pid in daemon.wait_serving():
            seen = capabilities(pid)
            assert {seen[name] for name in SETS if name != "CapBnd"} == {0}
            assert status(pid)["NoNewPrivs"] == "1"
    assert daemon.get(address=("127.0.0.1", port)).status == 200


def test_a_master_that_is_not_root_lends_its_capabilities_to_no_module(for_nobody, modules):
    """What a module listens at, it binds as the worker itself could."""
    daemon = for_nobody
    os.chown(daemon.folder, NOBODY.pw_uid, NOBODY.pw_gid)
    port, other = [port for port in range(1023, 500, -1) if _free(port)][:2]
    server = {"path": f"{modules}/server.so", "address": f"127.0.0.1:{other}", "error": "tell"}
    daemon.conf(
        listens={f"127.0.0.1:{port}": {}},
        modules={"server": server},
        routes={"/address": {"module": "server", "handler": "address"}},
        extra="",
    )
    daemon.expect_log("cannot listen on")
    wrapper = f"setpriv --reuid {NOBODY.pw_uid} --regid {NOBODY.pw_gid} --clear-groups".split()
    wrapper += ["--inh-caps", "-all,+net_bind_service", "--ambient-caps", "-all,+net_bind_service"]
    daemon.start(wrapper=wrapper)
    assert daemon.get("/address", address=("127.0.0.1", port)).body == b"EACCES"
    assert 'eddyd itself can, for listen "127.0.0.1:' in daemon.log()
    for name in ("CapPrm", "CapEff", "CapAmb"):
        assert capabilities(daemon.pid)[name] == 1 << NET_BIND_SERVICE
    server["address"] = f"unix:{daemon.folder}/server.sock"
    daemon.conf(modules={"server": server})
    daemon.reload()
    assert daemon.get("/address", address=("127.0.0.1", port)).body == server["address"].encode()


@pytest.mark.parametrize("owner", [0, NOBODY.pw_uid], ids=["root", "workers"])
def test_root_writes_its_logs_through_no_link_but_its_own(for_nobody, tmp_path, owner):
    """The folder is the workers' user's, as that of a service is: whoever has a worker may put links there."""
    daemon = for_nobody
    logs, target = tmp_path / "logs", tmp_path / "target"
    logs.mkdir()
    os.chown(logs, NOBODY.pw_uid, NOBODY.pw_gid)
    daemon.conf(http={"access_log": f"{logs}/access.log"})
    daemon.start()
    os.unlink(logs / "access.log")
    os.symlink(target, logs / "access.log")
    os.chown(logs / "access.log", owner, owner, follow_symlinks=False)
    daemon.expect_log("cannot open the access log|reload failed")
    done = daemon.ctl("reopen")
    assert (done.returncode == 0) == target.exists() == (owner == 0), done
    if owner:
        assert "a symbolic link that is not root's" in done.stderr
        assert daemon.ctl("reload").returncode == 78
        assert not target.exists()
    assert daemon.get().status == 200


def test_the_master_keeps_only_what_it_needs(for_nobody):
    for_nobody.start()
    check_master(for_nobody)


def test_the_master_can_do_all_it_has_to_with_what_it_keeps(for_nobody):
    """A conf, a log and a unix socket in somebody else's folder, a low port, workers that hang."""
    daemon = for_nobody
    folder = os.path.join(daemon.folder, "private")
    os.mkdir(folder, 0o700)
    os.chown(folder, NOBODY.pw_uid, NOBODY.pw_gid)
    daemon.expect_log("SIGKILL|was killed|at once")
    daemon.start()
    check_master(daemon)
    port = next(port for port in range(1023, 500, -1) if _free(port))
    daemon.conf(
        listens={
            f"127.0.0.1:{daemon.port}": {},
            f"127.0.0.1:{port}": {},
            f"unix:{folder}/web.sock": {"mode": "0600"},
        },
        http={"access_log": f"{folder}/access.log"},
        extra=f'user = "nobody"\ninclude("{folder}/more.conf")',
    )
    with open(f"{folder}/more.conf", "w", encoding="ascii") as file:
        file.write('module "more" { path = "hello.so" }\nroute "/more" { module = "more" }\n')
    os.chown(f"{folder}/more.conf", NOBODY.pw_uid, NOBODY.pw_gid)
    os.chmod(f"{folder}/more.conf", 0o400)
    daemon.reload()
    assert daemon.get("/more", address=("127.0.0.1", port)).status == 200
    assert daemon.get("/more", address=f"{folder}/web.sock").status == 200
    workers = daemon.wait_serving()
    for pid in workers:
        stand_still(pid)
    daemon.signal(signal.SIGQUIT)  # it has to kill them
    assert daemon.wait_exit() == 0
    assert not os.path.exists(f"{folder}/web.sock")


def _free(port):
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def test_without_a_user_nothing_is_taken_away(daemon):
    """The workers are root's then, with what root may."""
    daemon.start()
    for pid in (daemon.pid, *daemon.pids()):
        assert capabilities(pid)["CapEff"] == capabilities("self")["CapEff"]
        assert capabilities(pid)["CapBnd"] == capabilities("self")["CapBnd"]


def test_a_reload_that_brings_a_user_takes_roots_rights_away(daemon, for_nobody):
    daemon.conf(extra="")
    daemon.start()
    daemon.conf(extra='user = "nobody"')
    daemon.reload()
    check_workers(daemon)
    check_master(daemon)


# descriptors


def kind(pid, fd, daemon):
    link = os.readlink(f"/proc/{pid}/fd/{fd}")
    link = link.replace(daemon.folder + "/", "").replace(f"/proc/{pid}/", "/proc/PID/")
    return re.sub(r":\[\d+\]$|^anon_inode:|[][]", "", link)


def kinds(pid, daemon):
    """What a process has open, by kind, each with how many there are."""
    found = collections.Counter()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            found[kind(pid, fd, daemon)] += 1
        except FileNotFoundError:
            pass
    return found


def sockets(pid):
    return {link for link in file_links(pid) if link.startswith("socket:")}


def check_descriptors(daemon, listeners):
    workers = daemon.wait_serving()
    masters = sockets(daemon.pid)
    for pid in workers:
        assert os.readlink(f"/proc/{pid}/fd/0") == "/dev/null"
        assert os.readlink(f"/proc/{pid}/fd/3").startswith("socket:")  # the link
        others = set().union(*(sockets(other) for other in workers if other != pid))
        shared = sockets(pid) & others
        assert len(shared) == listeners and shared <= masters
        assert len(sockets(pid) - shared) == 1
        assert not any("memfd" in name or name == daemon.conf_path for name in kinds(pid, daemon))
    return [kinds(pid, daemon) for pid in workers]


@pytest.fixture
def listed(daemon):
    daemon.conf(
        listens={
            f"127.0.0.1:{daemon.port}": {},
            f"unix:{daemon.folder}/web.sock": {},
        },
        http={"access_log": f"{daemon.folder}/access.log"},
    )
    daemon.expect_log("SIGKILL")
    return daemon


def expected(daemon):
    with open(daemon.programs.worker, "rb") as file:
        traces = b"libunwind" in file.read()
    one = {
        "/dev/null": 1,
        "stdout": 1,
        "stderr": 1,
        "socket": 3,  # the link and two listeners
        "access.log": 1,
        "/proc/PID/statm": 1,
        "eventpoll": 1,
        "eventfd": 2,  # of the two thread pools
        "timerfd": 2,
        # libevent's, for signals; libunwind's, to try addresses with
        "pipe": 4 if traces else 2,
    }
    return [collections.Counter(one)] * 2


def test_a_worker_has_exactly_the_descriptors_that_it_should(listed):
    daemon = listed
    read, write = os.pipe()
    daemon.start(popen={"pass_fds": [write]})
    os.close(read)
    os.close(write)
    assert check_descriptors(daemon, 2) == expected(daemon)

    before = daemon.pids()
    daemon.reload()
    wait_until(lambda: not any(alive(pid) for pid in before), "the old workers to leave")
    assert check_descriptors(daemon, 2) == expected(daemon)

    victim = daemon.pids()[0]
    os.kill(victim, signal.SIGKILL)
    daemon.wait_serving(without=[victim])
    assert check_descriptors(daemon, 2) == expected(daemon)

    assert daemon.ctl("upgrade").returncode == 0
    assert check_descriptors(daemon, 2) == expected(daemon)
    before = daemon.pids()
    daemon.reload()
    wait_until(lambda: not any(alive(pid) for pid in before), "the old workers to leave")
    assert check_descriptors(daemon, 2) == expected(daemon)


def test_reloads_and_upgrades_leave_no_descriptor_behind_in_the_master(listed):
    daemon = listed
    daemon.start()

    def quiet():
        """Of one generation, and without eddyctl's connection of just now."""
        return len(daemon.pids()) == 2 and kinds(daemon.pid, daemon)

    before = wait_until(quiet, "the master to be quiet")
    for _ in range(3):
        daemon.reload()
        assert daemon.ctl("upgrade").returncode == 0
    wait_until(lambda: quiet() == before, lambda: f"{before}, not {kinds(daemon.pid, daemon)}")


# the control socket


def ctl_as(daemon, *who):
    return run("setpriv", *who, "--", daemon.programs.eddyctl, "-s", daemon.control, "status")


def test_the_control_socket_refuses_who_is_neither_root_nor_of_its_group(for_nobody):
    daemon = for_nobody
    daemon.start()
    stranger = ("--reuid", "nobody", "--regid", str(NOBODY.pw_gid), "--clear-groups")
    done = ctl_as(daemon, *stranger)
    assert done.returncode == 69 and "Permission denied" in done.stderr, done
    os.chmod(daemon.control, 0o666)
    done = ctl_as(daemon, *stranger)
    assert done.returncode == 1, done
    assert "not allowed: only root, the user of eddyd and the socket's group are" in done.stderr


def test_the_control_socket_lets_its_group_in(for_nobody):
    daemon = for_nobody
    daemon.start()
    group = grp.getgrnam("daemon")
    os.chown(daemon.control, 0, group.gr_gid)
    for how in (
        ("--regid", "daemon", "--clear-groups"),
        ("--regid", str(NOBODY.pw_gid), "--groups", "daemon"),
    ):
        done = ctl_as(daemon, "--reuid", "nobody", *how)
        assert done.returncode == 0, done
    assert json.loads(daemon.ctl("status", "--json").stdout)["pid"] == daemon.pid
