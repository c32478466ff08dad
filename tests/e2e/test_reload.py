"""Reload: a new generation takes over and nothing is lost; or it cannot, and nothing changes."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest

from harness import ports
from harness.client import request
from harness.daemon import alive, environment, hold_port, listening, open_files, rss_bytes, stand_still
from harness.load import Load
from harness.wait import wait_until

from test_load import BROKEN


def greet(daemon, greeting, **more):
    daemon.conf(
        modules={"hello": {"path": "hello.so", "greeting": greeting}},
        routes={"/hello": "hello"},
        **more,
    )


def probe_conf(daemon, modules, *handlers, **more):
    daemon.conf(
        modules={"probe": {"path": str(modules / "probe.so")}, "hello": {"path": "hello.so"}},
        routes={f"/{name}": {"module": "probe", "handler": name} for name in handlers}
        | {"/hello": "hello"},
        **more,
    )


def reload_by_ctl(daemon):
    daemon.reload()


def reload_by_hup(daemon):
    before = daemon.pids()
    daemon.signal(signal.SIGHUP)
    daemon.wait_serving(without=before)


BOTH = pytest.mark.parametrize("reload", [reload_by_ctl, reload_by_hup], ids=["eddyctl", "HUP"])


@BOTH
def test_a_reload_starts_a_new_generation_with_the_new_conf(daemon, reload):
    greet(daemon, "old")
    daemon.start()
    before, pid = daemon.pids(), daemon.pid
    assert daemon.accepting() == {1}
    assert daemon.get().body == b"old\n"
    greet(daemon, "new")
    reload(daemon)
    wait_until(lambda: daemon.accepting() == {2}, "the old generation to stop accepting")
    assert daemon.get().body == b"new\n"
    assert daemon.accepting() == {2}
    wait_until(lambda: not any(alive(old) for old in before), "the old workers to leave")
    assert daemon.pid == pid and daemon.process.poll() is None
    assert len(daemon.pids()) == 2


@BOTH
@pytest.mark.parametrize("keep_alive", [True, False], ids=["keep-alive", "one request each"])
def test_no_request_is_lost_while_generations_change(daemon, reload, keep_alive):
    daemon.conf()
    daemon.start()
    with Load(daemon.address, clients=4, keep_alive=keep_alive) as load:
        for _ in range(3):
            reload(daemon)
            load.more(100)
    assert daemon.totals()["requests"] >= load.count


def test_nothing_of_a_mixed_load_is_lost_while_generations_change(daemon, modules):
    """Keep-alive and single requests, uploads, streamed and later answers, all at once."""
    probe_conf(daemon, modules, "upload", "chunks", "later", drain_timeout="20s")
    daemon.start()
    pieces = b"".join(b"piece %d\n" % i for i in range(4))
    with (
        Load(daemon.address, clients=2) as first,
        Load(daemon.address, clients=2, keep_alive=False) as second,
        Load(daemon.address, clients=2, path="/chunks?4", body=pieces) as third,
        Load(daemon.address, clients=2, path="/later?5", body=b"later\n") as fourth,
        Load(
            daemon.address, clients=2, path="/upload", body=b"50000\n", send=b"x" * 50000
        ) as fifth,
    ):
        for _ in range(5):
            daemon.reload()
            for load in (first, second, third, fourth, fifth):
                load.more(20)


@pytest.mark.long
def test_how_long_a_start_and_a_reload_take(daemons, record_property):
    """From exec until two workers serve; and until those of before take nothing any more."""
    starts, reloads = [], []
    for _ in range(20):
        daemon = daemons()
        daemon.conf(workers=2)
        begin = time.monotonic()
        daemon.launch()
        while "ready" not in daemon.log():
            time.sleep(0.0005)
        starts.append(time.monotonic() - begin)
        daemon.wait_ready()
        begin = time.monotonic()
        daemon.reload()
        reloads.append(time.monotonic() - begin)
        daemon.signal(signal.SIGTERM)
        daemon.wait_exit()
    for name, times, most in (("READY", starts, 0.1), ("eddyctl reload", reloads, 0.2)):
        median = sorted(times)[len(times) // 2]
        record_property(name, f"median {median * 1000:.1f} ms, most {max(times) * 1000:.1f} ms")
        assert median < most


def threads_and_files(pid):
    return len(os.listdir(f"/proc/{pid}/task")), open_files(pid)


@pytest.mark.parametrize("count", [12, pytest.param(100, marks=pytest.mark.long)])
def test_reload_after_reload_under_every_kind_of_load(daemon, modules, record_property, count):
    """The master is the same after all of them as after the tenth; a hundred take a minute."""
    probe_conf(daemon, modules, "upload")
    daemon.conf(
        modules=daemon.settings["modules"] | {"poll": {"path": "poll.so"}},
        routes=daemon.settings["routes"] | {"/poll": "poll"},
        workers=2,
        drain_timeout="10s",
    )
    daemon.start()
    kinds = {
        "keep-alive": {},
        "one request each": {"keep_alive": False},
        "upload": {"path": "/upload", "body": b"50000\n", "send": b"x" * 50000},
        "parked": {"path": "/poll", "check": lambda answer: answer.status == 204, "wait": False},
    }
    loads = {name: Load(daemon.address, clients=2, **more) for name, more in kinds.items()}
    took, tenth = [], None
    with contextlib.ExitStack() as stack:
        for load in loads.values():
            stack.enter_context(load)
        for i in range(count):
            wait_until(lambda: daemon.accepting() <= parked_in(daemon), "a request to park")
            answers = loads["parked"].count
            daemon.reload()
            wait_until(lambda: loads["parked"].count > answers, "parked requests to be answered")
            took.append(daemon.status()["reload"]["took_ms"])
            for name, load in loads.items():
                if name != "parked":
                    load.more(10)
            if count > 12:
                time.sleep(0.45)
            if i == 9:
                tenth = *threads_and_files(daemon.pid), rss_bytes(daemon.pid)
        loads["parked"].stop()
        daemon.reload()  # answers the last of them
    daemon.close_clients()
    wait_until(lambda: len(daemon.pids()) == 2, "the old workers to leave")
    wait_until(lambda: threads_and_files(daemon.pid)[1] <= tenth[1], "descriptors to be closed")
    last = *threads_and_files(daemon.pid), rss_bytes(daemon.pid)
    assert last[0] == tenth[0]
    if not daemon.programs.sanitized:
        assert last[2] - tenth[2] < 200 << 10
    for name, load in loads.items():
        record_property(name, f"{load.count} answered, {len(load.lost)} lost")
    record_property("threads, files, RSS", f"after 10: {tenth}, after {count}: {last}")
    record_property("ms to the switch", f"median {sorted(took)[count // 2]}, most {max(took)}")


def test_eddyctl_reload_returns_when_the_new_generation_serves(daemon):
    for i in range(4):
        greet(daemon, f"greeting {i}")
        if i == 0:
            daemon.start()
        else:
            daemon.reload()
        for _ in range(5):
            assert daemon.get().body == f"greeting {i}\n".encode()


def test_requests_that_are_parked_are_answered_by_drain(daemon, modules):
    daemon.conf(
        modules={"drain": {"path": str(modules / "drain.so")}},
        routes={"/park": "drain"},
        drain_timeout="20s",
    )
    daemon.start()
    clients = [daemon.connect() for _ in range(20)]
    for client in clients:
        client.send(request("GET", "/park"))
    wait_until(
        lambda: sum(worker["parked"] for worker in daemon.workers()) == 20, "20 parked requests"
    )
    before = daemon.pids()
    daemon.reload()
    for client in clients:
        answer = client.read()
        assert (answer.status, answer.body) == (200, b"answered by drain\n")
        assert answer.closes
        client.expect_close()
    wait_until(lambda: not any(alive(old) for old in before), "the old workers to leave")
    for said in ("drain was called", "unload was called, drained 1, parked 0"):
        wait_until(lambda: daemon.log().count(said) == 2, lambda: f"{said} twice:\n{daemon.log()}")


def test_pollers_are_answered_when_their_generation_leaves(daemon):
    daemon.conf(
        modules={"poll": {"path": "poll.so"}}, routes={"/poll": "poll"}, drain_timeout="20s"
    )
    daemon.start()
    clients = [daemon.connect() for _ in range(20)]
    for client in clients:
        client.send(request("GET", "/poll"))
    wait_until(
        lambda: sum(worker["parked"] for worker in daemon.workers()) == 20, "20 parked requests"
    )
    before = daemon.pids()
    daemon.reload()
    for client in clients:
        assert client.read().status in (200, 204)
    wait_until(lambda: not any(alive(old) for old in before), "the old workers to leave")


def test_a_parked_request_that_nobody_answers_ends_with_the_drain_timeout(daemon, modules):
    probe_conf(daemon, modules, "park", drain_timeout="300ms")
    daemon.expect_log("probe")
    daemon.start()
    client = daemon.connect()
    client.send(request("GET", "/park"))
    wait_until(
        lambda: sum(worker["parked"] for worker in daemon.workers()) == 1, "the request to park"
    )
    before = daemon.pids()
    daemon.reload()
    try:
        assert client.read().status == 503
    except AssertionError as problem:
        assert "without an answer" in str(problem) or "reset" in str(problem), problem
    client.expect_close(reset_is_fine=True)
    wait_until(lambda: not any(alive(old) for old in before), "the old workers to leave")


def test_without_a_drain_timeout_a_parked_request_may_stay(daemon, modules):
    probe_conf(daemon, modules, "park", drain_timeout="0")
    daemon.start()
    client = daemon.connect()
    client.send(request("GET", "/park"))
    wait_until(lambda: parked_in(daemon) == {1}, "the request to park")
    for number in (2, 3):
        daemon.reload()
        wait_until(
            lambda: {worker["generation"] for worker in daemon.workers()} == {1, number},
            "those that hold nothing to leave",
        )
    assert parked_in(daemon) == {1}
    client.close()
    wait_until(lambda: len(daemon.pids()) == 2, "the old worker to leave")


def test_a_later_answer_comes_although_its_generation_leaves(daemon, modules):
    probe_conf(daemon, modules, "later", drain_timeout="20s")
    daemon.start()
    client = daemon.connect()
    client.send(request("GET", "/later?700"))
    wait_until(
        lambda: sum(worker["parked"] for worker in daemon.workers()) == 1, "the request to park"
    )
    daemon.reload()
    answer = client.read()
    assert (answer.status, answer.body, answer.closes) == (200, b"later\n", True)
    client.expect_close()


def test_a_slow_upload_is_finished_by_the_generation_that_began_it(daemon, modules):
    probe_conf(daemon, modules, "upload", drain_timeout="20s")
    daemon.start()
    before = daemon.pids()
    clients = [daemon.connect() for _ in range(8)]
    for client in clients:
        client.send(request("POST", "/upload", "Content-Length: 3000") + b"x" * 1000)
    wait_until(lambda: daemon.totals()["requests"] >= 8, "the uploads to have begun")
    daemon.reload()
    for client in clients:
        client.send(b"x" * 1000)
    assert [pid for pid in before if alive(pid)], "the old workers have to wait for the uploads"
    for client in clients:
        answer = client.ask(b"x" * 1000)
        assert (answer.status, answer.body, answer.closes) == (200, b"3000\n", True)
    wait_until(lambda: not any(alive(old) for old in before), "the old workers to leave")


def test_a_streamed_answer_is_finished_by_the_generation_that_began_it(daemon, modules):
    probe_conf(daemon, modules, "chunks", drain_timeout="20s")
    daemon.start()
    client = daemon.connect()
    client.send(request("GET", "/chunks?200"))
    client.read_head()
    before = daemon.pids()
    daemon.reload()
    wait_until(lambda: client.read_once().endswith(b"0\r\n\r\n"), "the end of the answer")
    assert client.buffer.count(b"piece") == 200
    wait_until(lambda: not any(alive(old) for old in before), "the old workers to leave")


def test_requests_on_idle_connections_of_the_old_generation_are_answered(daemon):
    """What has come before its connection is closed is answered, however late the worker looks."""
    daemon.conf(drain_timeout="20s")
    daemon.start()
    clients = [daemon.connect() for _ in range(50)]
    for client in clients:
        client.get("/hello")
    before = daemon.pids()
    for pid in before:
        stand_still(pid)
    daemon.ctl("reload")
    for client in clients:
        client.send(request("GET", "/hello"))
    for pid in before:
        os.kill(pid, signal.SIGCONT)
    for client in clients:
        answer = client.read()
        assert (answer.body, answer.closes) == (b"Hello World\n", True)
        client.expect_close()
    wait_until(lambda: not any(alive(old) for old in before), "the old workers to leave")


def test_idle_connections_are_closed_when_their_generation_leaves(daemon):
    daemon.conf(drain_timeout="20s")
    daemon.start()
    clients = [daemon.connect() for _ in range(20)]
    for client in clients:
        client.get("/hello")
    daemon.reload()
    for client in clients:
        client.expect_close()


def test_a_listener_is_added_by_a_reload_and_removed_by_another(daemon):
    second = ports.free_port()
    first = {f"127.0.0.1:{daemon.port}": {}}
    daemon.conf(listens=first)
    daemon.start()
    assert not listening(second)
    daemon.conf(listens=first | {f"127.0.0.1:{second}": {}})
    daemon.reload()
    assert daemon.get(address=("127.0.0.1", second)).status == 200
    assert daemon.get().status == 200
    kept = daemon.connect(("127.0.0.1", second))
    kept.get("/hello")
    daemon.conf(listens=first)
    daemon.reload()
    wait_until(lambda: not listening(second), "the removed listener to close")
    assert ports.can_bind(second)
    assert daemon.get().status == 200


def test_a_unix_listener_is_kept_over_a_reload_and_its_file_goes_with_it(daemon):
    path = os.path.join(daemon.folder, "web.sock")
    first = {f"127.0.0.1:{daemon.port}": {}}
    daemon.conf(listens=first | {f"unix:{path}": {}})
    daemon.start()
    inode = os.stat(path).st_ino
    daemon.reload()
    assert os.stat(path).st_ino == inode
    assert daemon.get(address=path).status == 200
    daemon.conf(listens=first)
    daemon.reload()
    wait_until(lambda: not os.path.exists(path), "the file of the removed listener to go")


def test_totals_do_not_go_back_by_a_reload(daemon):
    daemon.conf()
    daemon.start()
    for _ in range(30):
        daemon.get()
    wait_until(lambda: daemon.totals()["requests"] == 30, "30 requests to be counted")
    before = daemon.pids()
    seen = [daemon.totals()]
    daemon.reload()
    while any(alive(pid) for pid in before):
        seen.append(daemon.totals())
    seen.append(daemon.totals())
    for one, next_one in zip(seen, seen[1:]):
        for name in ("accepted", "requests", "bytes_in", "bytes_out"):
            assert next_one[name] >= one[name], name
    assert seen[-1]["requests"] == 30
    daemon.get()
    wait_until(lambda: daemon.totals()["requests"] == 31, "the next request to be counted")


def test_the_number_of_workers_changes_by_a_reload(daemon):
    daemon.conf(workers=1)
    daemon.start()
    assert len(daemon.pids()) == 1
    for number in (3, 2):
        before = daemon.pids()
        daemon.conf(workers=number)
        daemon.reload()
        wait_until(lambda: not any(alive(old) for old in before), "the old workers to leave")
        assert len(daemon.wait_serving(without=before)) == number
        assert len(daemon.pids()) == number


def test_many_hups_at_once_end_in_one_serving_generation(daemon):
    daemon.conf()
    daemon.start()
    with Load(daemon.address, clients=2) as load:
        for _ in range(20):
            daemon.signal(signal.SIGHUP)
        load.more(200)
        wait_until(
            lambda: len(daemon.pids()) == 2 and len(daemon.accepting()) == 1, "one generation", 20
        )
    assert 2 <= daemon.accepting().pop() <= 21


def parked_in(daemon):
    """The generations that hold a parked request."""
    return {worker["generation"] for worker in daemon.workers() if worker["parked"]}


def reload_over_parked_requests(daemon, modules, count):
    """Generation after generation with a parked request; the clients."""
    probe_conf(daemon, modules, "park", workers=1, drain_timeout="60s")
    daemon.start()
    clients = []
    for number in range(1, count + 1):
        client = daemon.connect()
        client.send(request("GET", "/park"))
        wait_until(lambda: number in parked_in(daemon), "the request to park")
        clients.append(client)
        daemon.reload()
    return clients


def test_at_most_three_generations_drain_and_the_oldest_finishes_first(daemon, modules):
    """Its parked request is answered 503; the others' drain_timeout goes on."""
    clients = reload_over_parked_requests(daemon, modules, 5)
    assert [client.read().status for client in clients[:2]] == [503, 503]
    assert parked_in(daemon) == {3, 4, 5}
    assert {worker["generation"] for worker in daemon.workers()} == {3, 4, 5, 6}
    assert re.findall(r"generation (\d+) has to finish now", daemon.log()) == ["1", "2"]


def test_a_reload_that_fails_cuts_no_draining_short(daemon, modules):
    daemon.expect_log("there is no module|reload failed")
    reload_over_parked_requests(daemon, modules, 3)
    daemon.conf(modules={"hello": {"path": "hello.so"}})
    daemon.reload(expect=78)
    assert parked_in(daemon) == {1, 2, 3}


def test_a_reload_waits_for_a_generation_that_has_to_finish(daemon, modules):
    """Its worker stands still: it is killed in the end. Meanwhile the one before serves."""
    daemon.expect_log("was killed: it had not finished when it was told to")
    reload_over_parked_requests(daemon, modules, 3)
    (oldest,) = [worker["pid"] for worker in daemon.workers() if worker["generation"] == 1]
    stand_still(oldest)
    after = len(daemon.log())
    with Load(daemon.address, clients=2) as load:
        daemon.signal(signal.SIGHUP)
        daemon.wait_log("generation 1 has to finish now", after=after)
        load.more(50)
        assert alive(oldest) and daemon.accepting() == {4}
        daemon.reload()  # one more follows the one that waits
    assert not alive(oldest)
    assert daemon.accepting() == {6}


def test_reloads_that_are_asked_for_at_once_are_all_answered(daemon):
    daemon.conf()
    daemon.start()
    codes = []

    def ask():
        codes.append(daemon.ctl("reload").returncode)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0] * 4
    wait_until(
        lambda: len(daemon.pids()) == 2 and len(daemon.accepting()) == 1, "one generation", 20
    )


def test_a_module_that_was_built_anew_is_taken_by_a_reload(daemon, modules):
    path = os.path.join(daemon.folder, "mine.so")
    shutil.copy(modules / "drain.so", path)
    daemon.conf(modules={"mine": {"path": path}}, routes={"/hello": "mine"})
    daemon.start()
    shutil.copy(os.path.join(daemon.programs.modules, "hello.so"), path + ".new")
    os.rename(path + ".new", path)
    daemon.reload()
    assert daemon.get().body == b"Hello World\n"


def test_an_included_file_is_read_again_by_a_reload(daemon):
    folder = os.path.join(daemon.folder, "conf.d")
    os.mkdir(folder)
    daemon.conf(extra=f'include("{folder}/*.conf")')
    daemon.start()
    assert daemon.get("/more").status == 404
    with open(os.path.join(folder, "more.conf"), "w", encoding="ascii") as file:
        file.write('route "/more" { module = "hello" }\n')
    daemon.reload()
    assert daemon.get("/more").status == 200


# reloads that fail


def failed_reload(daemon, *words, expected_log, code=78):
    """A reload that cannot be: by eddyctl, which says why, and by HUP, where the log does."""
    daemon.expect_log(expected_log)
    pids, generation = daemon.pids(), daemon.accepting()
    with Load(daemon.address, clients=2, body=None) as load:
        done = daemon.reload(expect=code)
        said = done.stdout + done.stderr
        for word in words:
            assert word in said, f"{word!r} is not in what eddyctl says: {said}"
        load.more(20)
        before = len(daemon.log())
        daemon.signal(signal.SIGHUP)
        for word in words:
            wait_until(
                lambda: word in daemon.log()[before:],
                lambda: f"{word!r} in the log:\n{daemon.log()}",
            )
        load.more(20)
    wait_until(lambda: daemon.pids() == pids, lambda: f"{pids} to be all: {daemon.pids()}")
    assert daemon.accepting() == generation
    return said


def test_a_bad_conf_at_reload_changes_nothing_and_all_errors_are_told(daemon):
    greet(daemon, "old")
    daemon.start()
    daemon.write_conf(
        'workers = "many"\nlisten "127.0.0.1:99999" { }\nroute "/" { module = "nobody" }\n'
    )
    failed_reload(
        daemon,
        *[f"{daemon.conf_path}:{line}: " for line in (1, 2, 3)],
        "nobody",
        expected_log=r"eddy\.conf|reload",
    )
    assert daemon.get().body == b"old\n"
    greet(daemon, "mended")
    daemon.reload()
    assert daemon.get().body == b"mended\n"


def test_a_conf_file_that_is_gone_at_reload_changes_nothing(daemon):
    daemon.conf()
    daemon.start()
    os.unlink(daemon.conf_path)
    failed_reload(daemon, daemon.conf_path, "No such file", expected_log=r"eddy\.conf|reload")


@pytest.mark.parametrize("case", BROKEN)
def test_a_module_that_does_not_load_at_reload_changes_nothing(daemon, modules, case):
    greet(daemon, "old")
    daemon.start()
    module, words = BROKEN[case](modules, daemon.folder)
    daemon.conf(
        modules={"hello": {"path": "hello.so"}, "broken": module},
        routes={"/hello": "hello", "/b": "broken"},
    )
    failed_reload(daemon, "broken", *words, expected_log=r"broken|reload|worker")
    assert daemon.get().body == b"old\n"
    greet(daemon, "mended")
    daemon.reload()
    assert daemon.get().body == b"mended\n"


def test_a_port_that_is_taken_at_reload_changes_nothing(daemon):
    taken = ports.free_port()
    daemon.conf()
    daemon.start()
    with hold_port(taken):
        daemon.conf(listens={f"127.0.0.1:{daemon.port}": {}, f"127.0.0.1:{taken}": {}})
        failed_reload(
            daemon,
            f"127.0.0.1:{taken}",
            "eddy.conf",
            expected_log=r"127\.0\.0\.1|reload",
            code=1,
        )
    daemon.reload()
    assert daemon.get(address=("127.0.0.1", taken)).status == 200


def test_a_new_listener_is_closed_again_when_the_reload_fails(daemon, modules):
    second = ports.free_port()
    daemon.conf()
    daemon.start()
    listens = {f"127.0.0.1:{daemon.port}": {}, f"127.0.0.1:{second}": {}}
    module = {"path": str(modules / "refuse.so")}
    daemon.conf(
        listens=listens,
        modules={"hello": {"path": "hello.so"}, "broken": module},
        routes={"/hello": "hello"},
    )
    failed_reload(daemon, "pigs that fly", expected_log=r"broken|reload|worker")
    assert not listening(second)


def test_a_module_that_crashes_while_it_loads_at_reload_changes_nothing(daemon, modules):
    greet(daemon, "old")
    daemon.start()
    module = {"path": str(modules / "crash.so"), "when": "load"}
    daemon.conf(
        modules={"hello": {"path": "hello.so"}, "crash": module},
        routes={"/hello": "hello", "/c": "crash"},
    )
    failed_reload(daemon, "SIGSEGV", "crash", expected_log=r"crash|reload|worker", code=(1, 78))
    assert daemon.get().body == b"old\n"


def test_eddyctl_reload_can_be_broken_off(daemon):
    """Who asked leaves: the reload goes on and the daemon does not mind."""
    daemon.conf()
    daemon.start()
    before = daemon.pids()
    for _ in range(3):
        ctl = subprocess.Popen(
            [daemon.programs.eddyctl, "-s", daemon.control, "reload"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        ctl.kill()
        ctl.wait()
    daemon.reload()
    daemon.wait_serving(without=before)
    assert daemon.get().status == 200
