"""
Workers and the master that die: the others go on, the slot is refilled, the log says why, no orphan
stays.
"""
import json
import os
import re
import signal
import time

import pytest

from harness import ports
from harness.client import Closed, request
from harness.daemon import alive, listening, stand_still
from harness.load import Load
from harness.wait import wait_until


@pytest.fixture
def crashing(daemon, modules):
    handlers = (
        "null abort leave exit_0 exit_3 timer data release release_late ways callback thread"
    ).split()
    daemon.conf(
        extra='quarantine = "0"',
        modules={
            "hello": {"path": "hello.so"},
            "crash": {"path": str(modules / "crash.so")},
            "probe": {"path": str(modules / "probe.so")},
        },
        routes={f"/crash/{name}": {"module": "crash", "handler": name} for name in handlers}
        | {"/hello": "hello", "/json": "probe", "/park": {"module": "probe", "handler": "park"}},
    )
    daemon.expect_log(r"worker|crash")
    daemon.start()
    return daemon


def test_a_killed_worker_is_refilled_and_the_others_go_on(crashing):
    victim, other = crashing.pids()
    os.kill(victim, signal.SIGKILL)
    pids = crashing.wait_serving(without=[victim])
    assert other in pids
    assert len(pids) == 2
    assert crashing.get().status == 200


def test_the_log_says_which_worker_was_killed_by_which_signal(crashing):
    victim = crashing.pids()[0]
    os.kill(victim, signal.SIGKILL)
    crashing.wait_log(rf"(?=.*\b{victim}\b)(?=.*SIGKILL).*")


def test_requests_of_the_other_workers_are_not_disturbed_by_a_kill(crashing):
    victim, other = crashing.pids()
    clients = {}
    for pid in (victim, other):
        with crashing.only(pid):
            clients[pid] = crashing.connect()
            assert json.loads(clients[pid].get("/json").body)["pid"] == pid
    os.kill(victim, signal.SIGKILL)
    crashing.wait_serving(without=[victim])
    clients[other].expect_open()
    clients[victim].expect_close(reset_is_fine=True)


def test_totals_do_not_go_back_when_a_worker_is_killed(crashing):
    for _ in range(40):
        crashing.get()
    wait_until(lambda: crashing.totals()["requests"] == 40, "40 requests to be counted")
    seen = [crashing.totals()]
    for _ in range(2):
        victims = crashing.pids()
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        while not (serving := crashing.serving()) or set(serving) & set(victims):
            seen.append(crashing.totals())
    seen.append(crashing.totals())
    for one, next_one in zip(seen, seen[1:]):
        for name in ("accepted", "requests", "bytes_in", "bytes_out"):
            assert next_one[name] >= one[name], name
    assert seen[-1]["requests"] == 40
    crashing.get()
    wait_until(lambda: crashing.totals()["requests"] == 41, "the next request to be counted")


def test_requests_wait_while_no_worker_is_alive_and_are_answered_then(crashing):
    for pid in crashing.pids():
        stand_still(pid)
    victims = crashing.pids()
    client = crashing.connect()
    client.send(request("GET", "/hello"))
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    assert client.read().body == b"Hello World\n"
    crashing.wait_serving(without=victims)


@pytest.mark.parametrize(
    "handler,words",
    [
        ("null", ["SIGSEGV"]),
        ("abort", ["SIGABRT"]),
        ("leave", ["7"]),
        ("data", ["SIGSEGV", "data"]),
    ],
)
def test_the_log_blames_module_route_and_request_for_a_crash(crashing, handler, words):
    client = crashing.connect()
    before = crashing.pids()
    client.send(request("POST", f"/crash/{handler}?query=1", "Content-Length: 3") + b"abc")
    with pytest.raises(Closed):
        client.read()
    expected = [*words, "crash", f"/crash/{handler}", f"POST /crash/{handler}?query=1"]
    crashing.wait_log("".join(rf"(?=.*{re.escape(word)})" for word in expected) + ".*")
    wait_until(lambda: crashing.pids() != before, "a new worker")
    crashing.wait_serving()
    assert crashing.get().status == 200


def test_the_log_blames_the_module_for_a_crash_in_a_timer(crashing):
    client = crashing.connect()
    client.send(request("GET", "/crash/timer"))
    with pytest.raises(Closed):
        client.read()
    crashing.wait_log(r"(?=.*SIGSEGV)(?=.*crash)(?=.*timer).*")
    crashing.wait_serving()


@pytest.mark.parametrize("handler", ["release", "release_late"])
def test_the_log_blames_the_module_for_a_crash_in_the_release_of_its_memory(crashing, handler):
    client = crashing.connect()
    before = crashing.pids()
    client.send(request("GET", f"/crash/{handler}"))
    with pytest.raises(Closed):
        while True:  # the answer may be there, or half of it, or nothing
            client.read_once()
            client.buffer = b""
    crashing.wait_log(r'(?=.*SIGSEGV)(?=.*in module "crash").*')
    wait_until(lambda: crashing.pids() != before, "a new worker")
    crashing.wait_serving()
    assert crashing.get().status == 200


@pytest.mark.parametrize(
    "way,how",
    [
        ("stack", "SIGSEGV (Segmentation fault"),
        ("heap", "SIGABRT (Aborted"),
        ("fpe", "SIGFPE (Floating point exception"),
        ("bus", "SIGBUS (Bus error"),
        ("pipe", "SIGPIPE (Broken pipe"),
        ("kill", "SIGKILL (Killed"),
    ],
)
def test_one_line_says_how_a_worker_has_died_and_of_whom(crashing, way, how):
    if way == "heap" and crashing.programs.sanitized:
        pytest.skip("the sanitizers find it before the C library does")
    crashing.expect_log(r"^free\(\)")  # what the C library says
    client = crashing.connect()
    client.send(request("GET", f"/crash/ways?{way}"))
    with pytest.raises(Closed):
        client.read()
    crashing.wait_log("was killed by")
    lines = [line for line in crashing.log().splitlines() if "was killed by" in line]
    assert len(lines) == 1, lines
    assert re.fullmatch(
        rf"<3>worker \d \(pid \d+, generation 1\) was killed by {re.escape(how)}"
        r'(, core dumped)?\) in module "crash" \(request callback, route "/crash/ways", '
        rf'request "GET /crash/ways\?{way}"(, running for [\d.]+ s)?\); starting it again',
        lines[0],
    ), lines
    crashing.wait_serving()
    assert crashing.get().status == 200


@pytest.mark.parametrize("kind", ["dns", "fs"])
def test_the_log_blames_the_module_for_a_crash_in_a_callback(crashing, kind):
    client = crashing.connect()
    client.send(request("GET", f"/crash/callback?{kind}"))
    with pytest.raises(Closed):
        client.read()
    crashing.wait_log(rf'SIGSEGV .* in module "crash" \({kind} callback\)')
    crashing.wait_serving()


def test_the_log_blames_no_call_for_a_crash_in_a_thread(crashing):
    client = crashing.connect()
    client.send(request("GET", "/crash/thread"))
    with pytest.raises(Closed):
        client.read()
    crashing.wait_log(
        r"<3>worker \d \(pid \d+, generation 1\) was killed by SIGSEGV [^;]*; starting it again$"
    )
    assert "in module" not in crashing.log()
    crashing.wait_serving()


LOADING = [
    ("load", r"was killed by SIGSEGV \([^)]*\)"),
    ("abort", r"was killed by SIGABRT \([^)]*\)"),
    ("exit_0", "exited with code 0"),
    ("exit_3", "exited with code 3"),
    ("exit_7", "exited with code 7"),
]


@pytest.mark.parametrize("when,how", LOADING, ids=[when for when, _ in LOADING])
def test_a_module_that_dies_in_its_load_is_named_and_nothing_starts(daemon, modules, when, how):
    daemon.conf(
        modules={"crash": {"path": str(modules / "crash.so"), "when": when}},
        routes={"/hello": "crash"},
    )
    daemon.expect_log(r"worker 0")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    lines = [line for line in daemon.log().splitlines() if line.startswith("<3>")]
    assert len(lines) == 1, lines
    end = r'in module "crash" \(load callback\) before it could serve'
    assert re.fullmatch(rf"<3>worker 0 \(pid \d+\) {how} {end}", lines[0]), lines


def test_a_module_whose_tables_are_wrong_is_named(daemon, modules):
    """Reading them ends the worker, and nothing of the module's own has been called by then."""
    daemon.conf(
        modules={"hello": {"path": "hello.so"}, "wrong": {"path": str(modules / "wrong_table.so")}},
        routes={"/hello": "hello", "/wrong": {"module": "wrong", "handler": "named"}},
    )
    daemon.expect_log(r"worker 0")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    assert 'in module "wrong" (load callback) before it could serve' in daemon.log()


def test_a_handler_without_a_function_is_refused(daemon, modules):
    daemon.conf(
        modules={"m": {"path": str(modules / "no_end.so")}},
        routes={"/": {"module": "m", "handler": "named"}},
    )
    daemon.expect_log("no function")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    assert (
        'module "m": its handler "named" has no function or no name: does .handlers end with {NULL, NULL}?'
    ) in daemon.log()


@pytest.mark.parametrize("when,how", LOADING, ids=[when for when, _ in LOADING])
def test_a_module_that_dies_in_its_load_later_is_named_too(daemon, modules, when, how):
    """It has loaded well in all workers; then one of them dies, and the next one cannot load."""
    once = f"{daemon.folder}/well"
    with open(once, "w", encoding="ascii"):
        pass
    daemon.conf(
        extra='quarantine = "0"',
        modules={"crash": {"path": str(modules / "crash.so"), "when": when, "once": once}},
        routes={"/hello": "crash"},
    )
    daemon.expect_log(r"worker \d")
    daemon.start()
    victim, other = daemon.pids()
    os.unlink(once)
    os.kill(victim, signal.SIGKILL)
    daemon.wait_log(rf'{how} in module "crash" \(load callback\)')
    assert daemon.get().body == b"alive\n"
    if when == "exit_3":
        daemon.wait_log("refuses to run: it exited with code 3 .*; it stays away until the next")
        return
    with open(once, "w", encoding="ascii"):
        pass
    assert other in daemon.wait_serving(without=[victim])


def test_control_bytes_of_a_request_line_do_not_reach_the_log(crashing):
    client = crashing.connect()
    client.send(request("GET", "/crash/null?\xc2\x9b31mred"))
    try:
        client.read()
    except Closed:
        pass
    crashing.wait_serving()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]", crashing.log())


def test_a_crash_takes_nothing_from_a_client_of_another_worker(crashing):
    with Load(crashing.address, clients=1, keep_alive=False, check=lambda answer: True) as load:
        parked = crashing.connect()
        parked.send(request("GET", "/park"))
        wait_until(
            lambda: sum(worker["parked"] for worker in crashing.workers()) == 1,
            "the request to park",
        )
        (holder,) = [worker["pid"] for worker in crashing.workers() if worker["parked"]]
        (victim,) = [pid for pid in crashing.pids() if pid != holder]
        os.kill(victim, signal.SIGKILL)
        crashing.wait_serving(without=[victim])
        parked.expect_silence(0.05)
        load.lost.clear()  # what ran in the victim is gone, and no more than that
        load.more(20)


def test_a_worker_that_crashes_again_and_again_is_refilled_again_and_again(crashing):
    for _ in range(4):
        before = crashing.pids()
        client = crashing.connect()
        client.send(request("GET", "/crash/abort"))
        with pytest.raises(Closed):
            client.read()
        wait_until(lambda: set(crashing.pids()) != set(before), "the crash")
        assert crashing.get().status == 200
    crashing.wait_serving()


@pytest.mark.parametrize("code", [0, 3])
def test_a_handler_that_calls_exit_does_not_cost_its_worker_the_seat(crashing, code):
    """Whatever the code means at another time: a worker that has served is replaced."""
    crashing.conf(workers=1)
    crashing.reload()
    for _ in range(4):
        before = crashing.wait_serving()
        client = crashing.connect()
        client.send(request("GET", f"/crash/exit_{code}"))
        with pytest.raises(Closed):
            client.read()
        crashing.wait_serving(without=before)
        assert crashing.get().status == 200
    crashing.reload()
    assert crashing.get().status == 200


def test_a_crash_loop_is_slowed_down(daemon, modules):
    """A back-off, so that a module that kills its worker at once does not eat the machine."""
    daemon.conf(
        workers=1,
        extra='quarantine = "0"',
        modules={"crash": {"path": str(modules / "crash.so")}},
        routes={"/null": {"module": "crash", "handler": "null"}, "/hello": "crash"},
    )
    daemon.expect_log("worker|crash")
    daemon.start()
    began, crashes = time.monotonic(), 0
    while time.monotonic() < began + 2:
        client = daemon.connect()
        client.send(request("GET", "/null"))
        with pytest.raises(Closed):
            client.read()
        crashes += 1
    assert crashes <= 12, f"{crashes} crashes in two seconds"
    daemon.wait_serving()
    assert daemon.get().status == 200


def test_a_worker_that_is_told_to_leave_drains_and_is_replaced(crashing):
    victim, other = crashing.pids()
    with Load(crashing.address, clients=2) as load:
        os.kill(victim, signal.SIGTERM)
        pids = crashing.wait_serving(without=[victim])
        load.more(50)
    assert other in pids
    wait_until(lambda: not alive(victim), "the worker to leave")


def test_no_worker_outlives_a_killed_master(daemon):
    daemon.conf()
    daemon.start()
    workers = daemon.pids()
    idle = daemon.connect()
    idle.get("/hello")
    daemon.expected_exit = -signal.SIGKILL
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.wait_exit()
    wait_until(
        lambda: not any(alive(pid) for pid in workers), "the workers to leave with their master", 6
    )
    assert not listening(daemon.port)
    assert ports.can_bind(daemon.port)
    idle.expect_close(reset_is_fine=True)


def test_no_worker_outlives_a_master_that_is_killed_under_load_and_with_parked_requests(daemon):
    daemon.conf(
        modules={"hello": {"path": "hello.so"}, "poll": {"path": "poll.so"}},
        routes={"/hello": "hello", "/poll": "poll"},
    )
    daemon.start()
    workers = daemon.pids()
    clients = [daemon.connect() for _ in range(20)]
    for client in clients:
        client.send(request("GET", "/poll"))
    wait_until(
        lambda: sum(worker["parked"] for worker in daemon.workers()) == 20, "20 parked requests"
    )
    daemon.expected_exit = -signal.SIGKILL
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.wait_exit()
    wait_until(
        lambda: not any(alive(pid) for pid in workers), "the workers to leave with their master", 6
    )
    assert not listening(daemon.port)


def test_a_daemon_starts_again_where_one_was_killed(daemon):
    """The control socket's file and the port of the dead one are no obstacle."""
    daemon.conf(
        listens={f"127.0.0.1:{daemon.port}": {}, f"unix:{daemon.folder}/web.sock": {"mode": "0660"}}
    )
    daemon.start()
    workers = daemon.pids()
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.wait_exit()
    wait_until(
        lambda: not any(alive(pid) for pid in workers), "the workers to leave with their master", 6
    )
    assert os.path.exists(daemon.control)
    daemon.start()
    assert daemon.get().status == 200
    assert daemon.get(address=f"{daemon.folder}/web.sock").status == 200
