"""Who accepts: shared listeners, each worker's share of the connections, workers that are stuck."""
import os
import signal

import pytest

from harness import ports
from harness.client import request
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
        os.kill(pid, signal.SIGSTOP)
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
