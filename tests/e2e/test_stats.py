"""What eddyd says about itself and its workers: totals that only grow, the loop's lag, who waits."""
import os
import re
import signal

from harness import ports
from harness.client import request
from harness.load import Load
from harness.wait import wait_until

# What the totals have beside counters: of now.
NOW = {
    "connections",
    "connections_max",
    "idle",
    "parked",
    "rss",
    "heap_total",
    "heap_used",
    "fs_threads",
    "fs_busy",
    "fs_queued",
}


def counters(totals):
    """All that may only grow, by name; percentiles may go either way."""
    flat = {key: value for key, value in totals.items() if isinstance(value, (int, float))}
    flat = {key: value for key, value in flat.items() if key not in NOW}
    flat |= {f"responses {key}": value for key, value in totals["responses"].items()}
    lag = totals["loop_lag"]
    flat |= {"ticks": lag["ticks"], "highest": lag["max_ms"]}
    flat |= {f"lag {i}": count for i, count in enumerate(lag["buckets"])}
    return flat


def wait_ticks(daemon, ticks=1):
    """Waits until each worker has ticked so many times more."""
    before = {w["pid"]: w["loop_lag"]["ticks"] for w in daemon.workers()}
    wait_until(
        lambda: all(
            w["loop_lag"]["ticks"] >= before.get(w["pid"], 0) + ticks for w in daemon.workers()
        ),
        "ticks",
    )


class Watch:
    """Looks at the totals again and again; none of them may go back."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.last = counters(daemon.totals())

    def look(self):
        now = counters(self.daemon.totals())
        back = {key: (self.last[key], now[key]) for key in now if now[key] < self.last[key]}
        assert not back, back
        self.last = now


def test_totals_never_go_back(daemon):
    """Over crashes, a worker that is drained, fewer and more workers, and reloads."""
    daemon.conf(workers=2)
    daemon.start()
    daemon.expect_log(r"was killed by SIGKILL")
    watch = Watch(daemon)
    with Load(daemon.address, clients=2, keep_alive=False) as load:

        def drain():
            pids = daemon.wait_serving()
            assert daemon.ctl("drain", str(pids[0])).returncode == 0

        def resize():
            for n in (3, 1, 2):
                assert daemon.ctl("set", "workers", str(n)).returncode == 0
                watch.look()

        for change in (drain, resize, daemon.reload, drain, daemon.reload):
            load.more(20)
            watch.look()
            change()
            for _ in range(5):
                watch.look()
    count = load.count
    for pid in daemon.wait_serving():
        wait_ticks(daemon)
        os.kill(pid, signal.SIGKILL)
        daemon.wait_serving(without=[pid])
        watch.look()
    assert daemon.totals()["requests"] >= count
    assert daemon.totals()["responses"]["2xx"] >= count


def test_what_a_dead_worker_has_done_stays_counted(daemon):
    daemon.conf(workers=1)
    daemon.start()
    daemon.expect_log(r"was killed by SIGKILL")
    for _ in range(7):
        assert daemon.get().status == 200
    assert daemon.get("/nothing").status == 404
    wait_ticks(daemon, 5)  # CPU time is told every second
    before = daemon.totals()
    pid = daemon.pids()[0]
    os.kill(pid, signal.SIGKILL)
    daemon.wait_serving(without=[pid])
    after = daemon.totals()
    assert (after["requests"], after["accepted"]) == (8, 8)
    assert (after["responses"]["2xx"], after["responses"]["4xx"]) == (7, 1)
    assert after["bytes_in"] == before["bytes_in"] and after["bytes_out"] == before["bytes_out"]
    assert after["loop_turns"] >= before["loop_turns"] > 0
    assert after["cpu_user"] + after["cpu_system"] >= before["cpu_user"] + before["cpu_system"] > 0
    worker = daemon.workers()[0]
    assert (worker["requests"], worker["accepted"]) == (0, 0)


def test_percentiles_of_the_loops_lag(daemon):
    daemon.conf(workers=2)
    daemon.start()
    wait_ticks(daemon, 3)
    status = daemon.status()
    for lag in [status["totals"]["loop_lag"], *(w["loop_lag"] for w in status["workers"])]:
        assert sum(lag["buckets"]) == lag["ticks"] >= 3
        assert 0 <= lag["p50_ms"] <= lag["p90_ms"] <= lag["p99_ms"] <= lag["max_ms"]
    text = daemon.ctl("status").stdout
    assert re.search(
        r"^loop lag     p50 [\d.]+ ms, p90 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms$", text, re.M
    ), text
    assert "LAG P99" in daemon.ctl("workers").stdout


def test_a_loop_that_was_blocked_shows_in_its_lag(daemon, modules):
    daemon.conf(
        workers=1,
        modules={"hang": {"path": str(modules / "hang.so")}},
        routes={"/block": {"module": "hang", "handler": "block"}},
    )
    daemon.expect_log(r"is blocked for")
    daemon.start()
    assert daemon.get("/block?ms=900").status == 200
    wait_ticks(daemon)
    lag = daemon.totals()["loop_lag"]
    assert lag["max_ms"] >= 600, lag  # a tick was due within the first quarter of a second
    assert sum(lag["buckets"][20:]) >= 1, lag  # 2^19 us and more
    assert lag["p99_ms"] > lag["p50_ms"]


def test_jobs_that_wait_for_a_disk_show(daemon, modules):
    """A FIFO that nobody writes to is a disk that hangs: two threads, three files to open."""
    fifo = os.path.join(daemon.folder, "fifo")
    os.mkfifo(fifo)
    os.chmod(fifo, 0o666)
    daemon.conf(
        workers=1,
        extra="fs_threads = 2",
        modules={"files": {"path": str(modules / "files.so")}},
        routes={"/files": {"module": "files", "max_body": "0"}},
    )
    daemon.start()
    body = f"open a {fifo} r".encode()
    clients = [daemon.connect() for _ in range(5)]
    for client in clients:
        client.send(request("POST", "/files", f"Content-Length: {len(body)}") + body)

    def seen(totals):
        return totals["fs_threads"], totals["fs_busy"], totals["fs_queued"]

    wait_until(lambda: seen(daemon.totals()) == (2, 2, 3), lambda: seen(daemon.totals()))
    assert seen(daemon.workers()[0]) == (2, 2, 3)
    assert "files        2 of 2 threads busy, 3 jobs wait" in daemon.ctl("status").stdout
    writer = os.open(fifo, os.O_RDWR)
    for client in clients:
        assert client.read().status == 200
    os.close(writer)
    wait_until(lambda: seen(daemon.totals()) == (2, 0, 0), lambda: seen(daemon.totals()))


def test_listeners_of_modules_are_shown_with_who_holds_them(daemon, modules):
    address = f"127.0.0.1:{ports.free_port()}"
    daemon.conf(
        workers=2,
        modules={"server": {"path": str(modules / "server.so"), "address": address}},
        routes={"/address": {"module": "server", "handler": "address"}},
    )
    daemon.start()
    assert daemon.status()["shared_listeners"] == [{"address": address, "workers": 2}]
    assert f"\nfor modules  {address} (2 workers)\n" in daemon.ctl("status").stdout
    assert f"\nbeside these, modules listen on {address} (2 workers)\n" in daemon.ctl("routes").stdout
    assert daemon.ctl("set", "workers", "1").returncode == 0
    daemon.settings["workers"] = 1
    wait_until(
        lambda: daemon.status()["shared_listeners"] == [{"address": address, "workers": 1}],
        "one worker to hold it",
    )


def test_a_number_of_workers_that_is_not_the_confs_is_shown(daemon):
    daemon.conf(workers=1)
    daemon.start()
    status = daemon.status()
    assert (status["workers_wanted"], status["workers_conf"]) == (1, 1)
    assert "until the next reload" not in daemon.ctl("status").stdout
    assert daemon.ctl("set", "workers", "2").returncode == 0
    daemon.settings["workers"] = 2
    status = daemon.status()
    assert (status["workers_wanted"], status["workers_conf"]) == (2, 1)
    assert (
        "\nworkers      2 until the next reload; the conf says 1\n" in daemon.ctl("status").stdout
    )
