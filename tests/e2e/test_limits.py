"""
More clients than there is room for: worker_connections, descriptors that run out,
connections_per_address.
"""
import os
import re
import resource
import signal
import socket
import threading
import time

import pytest

from harness import ports
from harness.client import Client, Closed, request
from harness.daemon import cpu_seconds, file_links, rss_bytes, stand_still, state
from harness.wait import wait_until

FULL = r"all \d+ connections of this worker are in use and none is idle"
SHORT = r"cannot accept connections: Too many open files"
GREEDY = r"has \d+ connections to this worker already"


def limits_conf(daemon, **more):
    daemon.conf(
        workers=1,
        modules={"hello": {"path": "hello.so"}, "poll": {"path": "poll.so"}},
        routes={"/hello": "hello", "/poll": "poll"},
        **more,
    )


def limited(daemon, connections, **more):
    """One worker that takes so many connections."""
    limits_conf(daemon, extra=f"worker_connections = {connections}", **more)
    daemon.start()
    return daemon


def parked(daemon, n):
    """So many clients whose requests wait for a POST."""
    clients = [daemon.connect() for _ in range(n)]
    for client in clients:
        client.send(request("GET", "/poll"))
    wait_until(lambda: daemon.totals()["parked"] == n, f"{n} parked requests")
    return clients


def greeted(daemon, **more):
    """A client that has had an answer and keeps its connection."""
    client = daemon.connect(**more)
    assert client.get("/hello").body == b"Hello World\n"
    return client


def calm(pid, seconds=0.5):
    """The process hardly runs meanwhile."""
    before = cpu_seconds(pid)
    time.sleep(seconds)
    assert cpu_seconds(pid) - before < seconds / 4, "the process spins"


def sockets(pid):
    return sum(link.startswith("socket:") for link in file_links(pid))


class Peak(threading.Thread):
    """How many sockets a process has had open at most, as far as looking often can tell."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.most, self.over = pid, 0, threading.Event()

    def run(self):
        while not self.over.is_set():
            self.most = max(self.most, sockets(self.pid))
            time.sleep(0.0005)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        self.over.set()
        self.join()


# worker_connections


def test_two_hundred_clients_get_their_answers_through_twenty_connections(daemon):
    limited(daemon, 20)
    (pid,) = daemon.pids()
    own = sockets(pid)
    with Peak(pid) as peak:
        for _ in range(3):
            clients = [daemon.connect() for _ in range(200)]
            for client in clients:
                client.send(request("GET", "/hello"))
            for client in clients:
                assert client.read().body == b"Hello World\n"
            daemon.close_clients()
    assert peak.most - own <= 20
    assert daemon.pids() == [pid]
    totals = daemon.totals()
    assert totals["requests"] == totals["responses"]["2xx"] == 600
    assert totals["refused"] == 0


def test_clients_that_come_and_go_share_twenty_connections(daemon):
    daemon.expect_log(FULL)
    limited(daemon, 20)
    (pid,) = daemon.pids()
    own, problems = sockets(pid), []

    def visit():
        try:
            for _ in range(10):
                with Client(daemon.address) as client:
                    assert client.get("/hello").body == b"Hello World\n"
        except (OSError, AssertionError) as problem:
            problems.append(problem)

    threads = [threading.Thread(target=visit) for _ in range(40)]
    with Peak(pid) as peak:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not problems
    assert peak.most - own <= 20


def test_the_connection_that_has_been_idle_for_longest_makes_room(daemon):
    limited(daemon, 3)
    first, second, third = greeted(daemon), greeted(daemon), greeted(daemon)
    first.expect_open()
    fourth = greeted(daemon)
    second.expect_close()
    fifth = greeted(daemon)
    third.expect_close()
    for client in (first, fourth, fifth):
        client.expect_open()


def test_parked_and_busy_requests_are_never_closed_for_room(daemon):
    """New clients wait in the kernel, without the worker spinning, until one leaves."""
    daemon.expect_log(FULL)
    limited(daemon, 6)
    (pid,) = daemon.pids()
    waiting = parked(daemon, 5)
    busy = daemon.connect()
    busy.send(request("POST", "/poll", "Content-Length: 5") + b"he")  # its body is on its way
    wait_until(lambda: daemon.totals()["connections"] == 6, "6 connections")
    late = [daemon.connect() for _ in range(3)]
    for client in late:
        client.send(request("GET", "/hello", "Connection: close"))
    daemon.wait_log(FULL)
    calm(pid)
    for client in waiting + [busy] + late:
        client.expect_silence(0.05)
    assert daemon.totals()["connections"] == 6
    waiting.pop().close()
    for client in late:
        assert client.read().body == b"Hello World\n"
    busy.send(b"llo")
    assert busy.read().status == 204
    for client in waiting:
        assert client.read().body == b"hello"


def test_a_connection_that_becomes_idle_makes_room_for_who_waits(daemon):
    daemon.expect_log(FULL)
    limited(daemon, 2)
    waiting = parked(daemon, 1)[0]
    busy = daemon.connect()
    busy.send(request("POST", "/poll", "Content-Length: 5") + b"he")
    wait_until(lambda: daemon.totals()["connections"] == 2, "2 connections")
    late = daemon.connect()
    late.send(request("GET", "/hello"))
    daemon.wait_log(FULL)
    busy.send(b"llo")
    assert busy.read().status == 204
    assert waiting.read().body == b"hello"
    assert late.read().body == b"Hello World\n"


def test_a_request_that_arrives_as_its_connection_is_to_be_closed_is_answered(daemon):
    limited(daemon, 2)
    (pid,) = daemon.pids()
    for _ in range(20):
        one, two = greeted(daemon), greeted(daemon)
        stand_still(pid)
        late = daemon.connect()
        late.send(request("GET", "/hello"))
        one.send(request("GET", "/hello"))
        two.send(request("GET", "/hello"))
        os.kill(pid, signal.SIGCONT)
        for client in (one, two, late):
            assert client.read().body == b"Hello World\n"
        daemon.close_clients()


def test_a_flood_is_one_line_in_the_log(daemon):
    daemon.expect_log(FULL)
    limited(daemon, 2)
    waiting = parked(daemon, 2)
    late = [daemon.connect() for _ in range(50)]
    for client in late:
        client.send(request("GET", "/hello", "Connection: close"))
    daemon.wait_log(FULL)
    for client in waiting:
        client.close()
    for client in late:
        assert client.read().body == b"Hello World\n"
    assert len([line for line in daemon.log().splitlines() if "are in use" in line]) == 1


def test_status_shows_how_near_the_limit_is(daemon):
    limited(daemon, 20)
    parked(daemon, 2)
    totals = daemon.totals()
    assert (totals["connections"], totals["connections_max"]) == (2, 20)
    assert daemon.workers()[0]["connections_max"] == 20
    assert "2 open of 20 at most" in daemon.ctl("status").stdout


@pytest.mark.parametrize("files, room", [(256, 191), (64, 32)])
def test_more_connections_than_files_are_a_warning_and_as_many_as_there_can_be(daemon, files, room):
    daemon.expect_log("worker_connections")
    limits_conf(daemon, extra="worker_connections = 1000")
    daemon.start(
        popen={"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))}
    )
    assert (
        f"{daemon.conf_path}:1: worker_connections = 1000 is more than the limit of open files "
        f"({files}) has room for: each worker takes {room}; LimitNOFILE= in the unit, or "
        "ulimit -n, raises it\n" in daemon.log()
    )
    assert daemon.log().count("worker_connections") == 1
    assert daemon.totals()["connections_max"] == room


def test_auto_takes_what_the_limit_of_open_files_allows(daemon):
    limits_conf(daemon)
    daemon.start(
        popen={"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (300, 300))}
    )
    assert daemon.totals()["connections_max"] == 300 - 65


# descriptors


def squeeze(pid, more):
    """Leaves the process so many free descriptors."""
    used = {int(name) for name in os.listdir(f"/proc/{pid}/fd")}
    limit, free = 0, 0
    while free < more or (limit <= max(used) if more else limit in used):
        free += limit not in used
        limit += 1
    hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, hard))


def release(pid):
    hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)[1]
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (hard, hard))


def test_a_worker_out_of_descriptors_waits_calmly_and_serves_again(daemon):
    daemon.expect_log(SHORT)
    limits_conf(daemon)
    daemon.start()
    (pid,) = daemon.pids()
    squeeze(pid, 5)
    waiting = parked(daemon, 5)
    late = [daemon.connect() for _ in range(20)]
    for client in late:
        client.send(request("GET", "/hello"))
    daemon.wait_log(SHORT)
    calm(pid, 1)
    for client in waiting + late:
        client.expect_silence(0.01)
    assert len([line for line in daemon.log().splitlines() if "cannot accept" in line]) == 1
    release(pid)
    for client in late:
        assert client.read().body == b"Hello World\n"
    assert daemon.pids() == [pid]


def test_idle_connections_make_room_when_descriptors_are_short(daemon):
    daemon.expect_log(SHORT)
    limits_conf(daemon)
    daemon.start()
    (pid,) = daemon.pids()
    squeeze(pid, 3)
    waiting = parked(daemon, 1)[0]
    first, second = greeted(daemon), greeted(daemon)
    third = greeted(daemon)
    first.expect_close()
    second.expect_open()
    third.expect_open()
    waiting.expect_silence(0.01)


# connections_per_address


def refused(daemon, **more):
    """Whether a further connection is reset before it gets an answer."""
    with daemon.connect(**more) as client:
        try:
            client.get("/hello")
        except (Closed, ConnectionResetError, BrokenPipeError):
            return True
    return False


def test_one_address_has_so_many_connections_and_others_theirs(daemon):
    daemon.expect_log(GREEDY)
    limits_conf(daemon, http={"connections_per_address": 3})
    daemon.start()
    mine = [greeted(daemon, source="127.0.0.2") for _ in range(3)]
    assert refused(daemon, source="127.0.0.2")
    assert refused(daemon, source="127.0.0.2")
    others = [greeted(daemon, source=f"127.0.0.{i}") for i in range(3, 20)]
    for client in mine + others:
        client.expect_open()
    mine.pop().close()
    wait_until(lambda: daemon.totals()["connections"] == 19, "one connection to leave")
    greeted(daemon, source="127.0.0.2")
    assert refused(daemon, source="127.0.0.2")
    totals = daemon.totals()
    assert (totals["refused"], totals["accepted"]) == (3, 21)
    assert ", 3 refused" in daemon.ctl("status").stdout
    (line,) = [line for line in daemon.log().splitlines() if "refused" in line]
    assert "127.0.0.2 has 3 connections" in line and "connections_per_address" in line


def test_ipv6_counts_by_net_and_ipv4_the_same_through_it(daemon):
    daemon.expect_log(GREEDY)
    limits_conf(
        daemon,
        http={"connections_per_address": 2},
        listens={f"[::]:{daemon.port}": {"ipv6only": False}},
    )
    daemon.start()
    six = ("::1", daemon.port)
    greeted(daemon, address=six)
    greeted(daemon, address=six)
    assert refused(daemon, address=six)
    greeted(daemon, source="127.0.0.2")
    greeted(daemon, source="127.0.0.2")
    assert refused(daemon, source="127.0.0.2")
    greeted(daemon, source="127.0.0.3")


def test_unix_sockets_are_not_counted(daemon):
    path = os.path.join(daemon.folder, "web.sock")
    limits_conf(daemon, http={"connections_per_address": 1}, listens={f"unix:{path}": {}})
    daemon.start()
    for _ in range(10):
        greeted(daemon, address=path)


def test_reload_changes_the_limits(daemon):
    daemon.expect_log(GREEDY)
    limited(daemon, 5, http={"connections_per_address": 1})
    old = parked(daemon, 1)[0]
    assert refused(daemon)
    limits_conf(daemon, extra="worker_connections = 7", http={"connections_per_address": 2})
    daemon.reload()
    assert daemon.totals()["connections_max"] == 7
    old.read()  # answered as its worker leaves
    greeted(daemon)
    greeted(daemon)
    assert refused(daemon)
    limits_conf(daemon, extra="worker_connections = 8", http={})
    daemon.reload()
    for _ in range(5):
        greeted(daemon)


# memory


def anonymous_bytes(pid):
    """Memory of the process's own: what it shares with others comes and goes with them."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return int(re.search(r"^Anonymous:\s+(\d+) kB", file.read(), re.M)[1]) * 1024


def test_the_memory_of_a_crowd_comes_back_when_it_leaves(daemon):
    if daemon.programs.sanitized:
        pytest.skip("the sanitizers keep what is freed")
    limits_conf(daemon)
    daemon.start()
    (pid,) = daemon.pids()
    before = anonymous_bytes(pid)
    for _ in range(3):
        clients = parked(daemon, 3000)
        crowd = anonymous_bytes(pid) - before
        assert crowd / 3000 < 700
        daemon.get("/hello")
        with Client(daemon.address) as client:
            assert client.post("/poll", b"now").status == 204
        for client in clients:
            assert client.read().body == b"now"
        daemon.close_clients()
        wait_until(
            lambda: anonymous_bytes(pid) - before < crowd / 4,
            lambda: f"{crowd} bytes to come back, all but {anonymous_bytes(pid) - before}",
        )
    assert daemon.pids() == [pid]


@pytest.mark.parametrize("when", ["with it", "later"])
def test_what_is_sent_behind_a_parked_request_stays_in_the_kernel(daemon, modules, when):
    if daemon.programs.sanitized:
        pytest.skip("the sanitizers keep what is freed")
    daemon.conf(
        workers=1,
        modules={"probe": {"path": str(modules / "probe.so")}, "hello": {"path": "hello.so"}},
        routes={"/park": {"module": "probe", "handler": "park"}, "/hello": "hello"},
    )
    daemon.start()
    (pid,) = daemon.pids()
    garbage = b"garbage " * 12800

    def send_more(client, data):
        """As much as the kernel takes."""
        try:
            while data:
                data = data[client.sock.send(data) :]
        except BlockingIOError:
            pass

    def crowd(n):
        clients = [daemon.connect() for _ in range(n)]
        for client in clients:
            client.sock.setblocking(False)
            send_more(client, request("GET", "/park") + (garbage if when == "with it" else b""))
        wait_until(lambda: daemon.totals()["parked"] == n, f"{n} parked requests")
        if when == "later":
            for client in clients:
                send_more(client, garbage)

    crowd(1)
    daemon.close_clients()
    wait_until(lambda: daemon.totals()["parked"] == 0, "the first to leave")
    before = rss_bytes(pid)
    crowd(200)
    daemon.get("/hello")  # asked behind all that: it has been read, as far as it is
    wait_until(lambda: state(pid) == "S", "the worker to rest")
    assert rss_bytes(pid) - before < 8 << 20
    assert daemon.totals()["parked"] == 200


# raw connections: listen { protocol = "tcp" }


@pytest.fixture
def raw(daemon, modules, tmp_path):
    """Starts a worker with the module echo behind a unix socket and a TCP port; connects to these."""
    port = ports.free_port()

    def start(**more):
        daemon.conf(
            workers=1,
            listens={
                f"127.0.0.1:{daemon.port}": {},
                f"127.0.0.1:{port}": {"protocol": "tcp", "module": "echo"},
            },
            modules={"hello": {"path": "hello.so"}, "echo": {"path": "echo.so"}, "raw": {"path": str(modules / "raw.so")}},
            routes={"/hello": "hello", "/dial": {"module": "raw", "handler": "dial"}},
            **more,
        )
        daemon.start()
        return daemon.pids()[0]

    def connect():
        peer = socket.create_connection(("127.0.0.1", port), timeout=20)
        peers.append(peer)
        peer.sendall(b"x")
        return peer

    peers = []
    start.connect = connect
    yield start
    for peer in peers:
        peer.close()


def echoes(peer):
    return peer.recv(1) == b"x"


def is_silent(peer):
    peer.setblocking(False)
    try:
        peer.recv(1)
    except BlockingIOError:
        peer.settimeout(20)
        return True
    return False


def test_raw_connections_count_with_the_others(daemon, raw):
    daemon.expect_log(FULL)
    raw(extra="worker_connections = 2")
    first, second = raw.connect(), raw.connect()
    assert echoes(first) and echoes(second)
    third = raw.connect()
    daemon.wait_log(FULL)
    assert is_silent(third)
    assert daemon.workers()[0]["connections"] == 2
    first.close()
    assert echoes(third)


def test_idle_connections_make_room_for_raw_ones(daemon, raw):
    raw(extra="worker_connections = 2")
    assert echoes(raw.connect())
    idle = greeted(daemon)
    assert echoes(raw.connect())
    idle.expect_close()


def test_one_address_has_as_many_raw_connections_as_others(daemon, raw):
    daemon.expect_log(GREEDY)
    raw(http={"connections_per_address": 2})
    first, second = raw.connect(), raw.connect()
    assert echoes(first) and echoes(second)
    with pytest.raises(ConnectionError):
        while True:  # the reset may come behind the connection
            assert raw.connect().recv(1) == b""
    assert daemon.totals()["refused"] >= 1
    first.close()
    wait_until(lambda: daemon.workers()[0]["connections"] == 1, "the first to be gone")
    assert echoes(raw.connect())


def test_raw_connections_wait_calmly_for_descriptors(daemon, raw):
    daemon.expect_log(SHORT)
    pid = raw()
    squeeze(pid, 2)
    peers = [raw.connect() for _ in range(2)]
    assert all(echoes(peer) for peer in peers)
    late = [raw.connect() for _ in range(5)]
    daemon.wait_log(SHORT)
    calm(pid)
    assert all(is_silent(peer) for peer in late)
    release(pid)
    assert all(echoes(peer) for peer in late)


def test_a_module_that_connects_without_descriptors_hears_so(daemon, raw):
    pid = raw()
    client = greeted(daemon)
    squeeze(pid, 0)
    for to in ("127.0.0.1:1", "unix:/nothing"):
        assert client.get(f"/dial?{to}").body == b"EMFILE close"
    release(pid)
    assert client.get("/dial?unix:/nothing").body == b"ENOENT close"


# the control socket


def test_a_master_out_of_descriptors_waits_calmly_and_answers_again(daemon):
    daemon.expect_log("control socket: Too many open files")
    limits_conf(daemon)
    daemon.start()
    squeeze(daemon.pid, 3)
    clients = []
    for _ in range(10):
        client = socket.socket(socket.AF_UNIX)
        client.connect(daemon.control)
        clients.append(client)
    limit = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)[0]
    wait_until(lambda: len(file_links(daemon.pid)) == limit, "all descriptors to be in use")
    calm(daemon.pid, 1)
    greeted(daemon)
    for client in clients:
        client.close()
    assert daemon.ctl("status").returncode == 0
    release(daemon.pid)
    daemon.reload()
    greeted(daemon)
