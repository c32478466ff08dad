"""Who accepts: shared listeners, each worker's share of the connections, workers that are stuck."""
import os
import signal

import pytest

from harness import ports
from harness.client import request
from harness.daemon import run, stand_still
from harness.load import Load
from harness.wait import wait_until


def held(daemon):
    """How many connections each worker has, by its number."""
    return {w["worker"]: w["connections"] for w in daemon.workers() if w["state"] == "ACCEPTING"}


def hold(daemon, n, address=None):
    """So many connections that stay, each after an answer."""
    clients = [daemon.connect(address) for _ in range(n)]
    for client in clients:
        assert client.get("/hello").status == 200
    return clients


def wait_held(daemon, n):
    wait_until(
        lambda: sum(held(daemon).values()) == n, lambda: f"{n} connections: {held(daemon)}", 20
    )
    return held(daemon)


def drop(clients):
    for client in clients:
        client.close()


def reuseport(daemon, **more):
    return {f"127.0.0.1:{daemon.port}": {"accept": "reuseport", **more}}


def sockets(port):
    """How many listening sockets there are at a port, as the kernel knows them."""
    with open("/proc/net/tcp", encoding="ascii") as file:
        lines = [line.split() for line in file][1:]
    return sum(fields[1].endswith(f":{port:04X}") and fields[3] == "0A" for fields in lines)


@pytest.mark.parametrize("where", ["tcp", "unix"])
def test_400_connections_are_100_to_each_of_four_workers(daemon, where):
    path = os.path.join(daemon.folder, "web.sock")
    daemon.conf(workers=4, listens={f"127.0.0.1:{daemon.port}": {}, f"unix:{path}": {}})
    daemon.start()
    hold(daemon, 400, daemon.address if where == "tcp" else path)
    counts = wait_held(daemon, 400)
    assert all(70 <= n <= 130 for n in counts.values()), counts


def test_connections_that_come_all_at_once_are_spread_too(daemon):
    daemon.conf(workers=4)
    daemon.start()
    clients = [daemon.connect() for _ in range(400)]  # they say nothing yet
    for client in clients:
        client.send(request("GET", "/hello"))
    for client in clients:
        assert client.read().status == 200
    counts = wait_held(daemon, 400)
    assert all(70 <= n <= 130 for n in counts.values()), counts


def test_a_worker_with_many_connections_leaves_the_next_ones_to_others(daemon):
    daemon.conf(workers=2)
    daemon.start()
    heavy = daemon.workers()[0]
    with daemon.only(heavy["pid"]):
        hold(daemon, 60)
    assert wait_held(daemon, 60)[heavy["worker"]] == 60
    # those that stood still are counted again when they have ticked
    wait_until(lambda: all(w["loop_lag_ms"] < 250 for w in daemon.workers()), "ticks")
    hold(daemon, 50)
    counts = wait_held(daemon, 110)
    assert counts[heavy["worker"]] <= 65, counts


def test_a_worker_with_many_connections_accepts_when_the_others_are_stuck(daemon):
    daemon.conf(workers=2)
    daemon.start()
    heavy = daemon.workers()[0]
    with daemon.only(heavy["pid"]):
        hold(daemon, 40)
        hold(daemon, 40)
    assert wait_held(daemon, 80)[heavy["worker"]] == 80
    with daemon.only(heavy["pid"]):  # it has stepped back by now; nobody else comes
        hold(daemon, 20)
    assert wait_held(daemon, 100)[heavy["worker"]] >= 90


def test_a_worker_that_joins_takes_its_share(daemon):
    daemon.conf(workers=2)
    daemon.start()
    first = hold(daemon, 100)
    assert daemon.ctl("set", "workers", "3").returncode == 0
    daemon.settings["workers"] = 3
    daemon.wait_serving()
    hold(daemon, 50)
    counts = wait_held(daemon, 150)
    assert 30 <= counts[2] <= 60, counts
    drop(first)


def test_who_waits_for_a_worker_that_is_killed_is_taken_by_another(daemon):
    """
    A client is one worker's to wake for; all that stand still are killed with those that came for
    them, and the one that is left takes them in.
    """
    daemon.conf(workers=3)
    daemon.start()
    last = daemon.pids()[0]
    daemon.expect_log(r"was killed by SIGKILL")
    others = [pid for pid in daemon.pids() if pid != last]
    for pid in others:
        stand_still(pid)
    clients = [daemon.connect() for _ in range(20)]
    for client in clients:
        client.send(request("GET", "/hello"))
    for pid in others:
        os.kill(pid, signal.SIGKILL)
    for client in clients:
        assert client.read().status == 200
    daemon.wait_serving(without=others)


def test_each_of_many_listeners_is_served(daemon):
    more = [ports.free_port() for _ in range(20)]
    daemon.conf(workers=3, listens={f"127.0.0.1:{port}": {} for port in [daemon.port, *more]})
    daemon.start()
    for _ in range(3):
        for port in [daemon.port, *more]:
            assert daemon.get(address=("127.0.0.1", port)).status == 200


# a socket for each worker


def test_reuseport_is_a_socket_for_each_worker(daemon):
    daemon.conf(workers=3, listens=reuseport(daemon))
    daemon.start()
    assert sockets(daemon.port) == 3
    hold(daemon, 90)
    counts = wait_held(daemon, 90)
    assert all(n >= 10 for n in counts.values()), counts


def test_the_kernel_spreads_connections_over_the_sockets(daemon):
    """It throws dice: 100 to each, and a standard deviation of 9."""
    daemon.conf(workers=4, listens=reuseport(daemon))
    daemon.start()
    hold(daemon, 400)
    counts = wait_held(daemon, 400)
    assert all(40 <= n <= 160 for n in counts.values()), counts


def test_workers_that_have_no_socket_of_their_own_help_at_the_others(daemon):
    daemon.conf(workers=1, listens=reuseport(daemon))
    daemon.start()
    assert daemon.ctl("set", "workers", "2").returncode == 0
    daemon.settings["workers"] = 2
    first = next(w["pid"] for w in daemon.workers() if w["worker"] == 0)
    with daemon.stopped(first):
        assert daemon.get().status == 200


def test_no_connection_is_lost_with_reuseport_whatever_the_number_of_workers_becomes(daemon):
    daemon.conf(workers=2, listens=reuseport(daemon))
    daemon.start()
    with (
        Load(daemon.address, clients=3) as kept,
        Load(daemon.address, clients=4, keep_alive=False) as single,
    ):
        for n in (4, 1, 3, 2):
            daemon.conf(workers=n)
            daemon.reload()
            kept.more(30)
            single.more(60)
        assert daemon.ctl("set", "workers", "4").returncode == 0
        single.more(60)
        assert daemon.ctl("set", "workers", "1").returncode == 0
        daemon.settings["workers"] = 1
        single.more(60)
    assert sockets(daemon.port) == 4, "none of them has been closed"
    assert daemon.totals()["requests"] >= kept.count + single.count


def test_no_connection_is_lost_between_shared_and_reuseport(daemon):
    daemon.conf(workers=3)
    daemon.start()
    assert sockets(daemon.port) == 1
    with (
        Load(daemon.address, clients=3) as kept,
        Load(daemon.address, clients=4, keep_alive=False) as single,
    ):
        for listens in (reuseport(daemon), {f"127.0.0.1:{daemon.port}": {}}, reuseport(daemon)):
            daemon.conf(listens=listens)
            daemon.reload()
            kept.more(30)
            single.more(60)
    assert sockets(daemon.port) == 3


def test_a_reload_that_fails_leaves_the_sockets_as_they_were(daemon, modules):
    daemon.conf(workers=2, listens=reuseport(daemon))
    daemon.start()
    daemon.expect_log(r"module|reload failed")
    with Load(daemon.address, clients=4, keep_alive=False) as single:
        for workers in (4, 3):
            daemon.conf(
                workers=workers,
                modules={"hello": {"path": str(modules / "refuse.so")}},
            )
            daemon.reload(expect=78)
            single.more(60)
            assert sockets(daemon.port) == 2
    daemon.conf(workers=2, modules={"hello": {"path": "hello.so"}})
    daemon.reload()
    assert daemon.get().status == 200


def test_the_socket_of_a_worker_that_is_away_is_served_by_the_others(daemon):
    """Stopped, then killed: the kernel goes on choosing its socket for some of the clients."""
    daemon.conf(workers=3, listens=reuseport(daemon))
    daemon.start()
    away = daemon.pids()[1]
    daemon.expect_log(r"was killed by SIGKILL")
    stand_still(away)
    for _ in range(60):
        assert daemon.get().status == 200
    os.kill(away, signal.SIGKILL)
    for _ in range(60):
        assert daemon.get().status == 200
    daemon.wait_serving(without=[away])


def test_sockets_outlast_an_upgrade(daemon):
    daemon.conf(workers=3, listens=reuseport(daemon))
    daemon.start()
    with Load(daemon.address, clients=4, keep_alive=False) as single:
        assert daemon.ctl("upgrade").returncode == 0
        single.more(60)
        daemon.reload()
        single.more(60)
    assert sockets(daemon.port) == 3


def test_a_listen_that_goes_takes_its_sockets_with_it(daemon):
    other = ports.free_port()
    daemon.conf(workers=3, listens=reuseport(daemon) | {f"127.0.0.1:{other}": {}})
    daemon.start()
    assert (sockets(daemon.port), sockets(other)) == (3, 1)
    daemon.conf(listens={f"127.0.0.1:{other}": {}})
    daemon.reload()
    wait_until(lambda: sockets(daemon.port) == 0, "the sockets to close")
    assert daemon.get(address=("127.0.0.1", other)).status == 200


def test_tcp_modules_have_reuseport_too(daemon):
    daemon.conf(
        workers=3,
        listens=reuseport(daemon, protocol="tcp", module="echo"),
        modules={"echo": {"path": "echo.so"}},
        routes={},
    )
    daemon.start()
    for i in range(20):
        with daemon.connect() as client:
            client.send(b"hello %d" % i)
            assert client.read_once() == b"hello %d" % i
            client.buffer = b""


@pytest.mark.parametrize(
    "listen, said",
    [
        (
            'listen "unix:/tmp/x.sock" { accept = "reuseport" }',
            'accept = "reuseport" in listen "unix:/tmp/x.sock": it is for ports; the workers '
            "share a unix socket",
        ),
        (
            'listen "127.0.0.1:1" { accept = "reusport" }',
            'bad accept "reusport" in listen: did you mean "reuseport"?',
        ),
    ],
)
def test_what_accept_cannot_be_is_told(daemon, listen, said):
    daemon.write_conf(f'{listen}\nmodule "hello" {{ }}\nroute "/" {{ module = "hello" }}\n')
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 78
    assert said in done.stderr
