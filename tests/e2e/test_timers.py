"""Timers in a real worker: Node's order, and many of them."""
import pytest

from harness.daemon import Daemon, rss_bytes
from harness.wait import wait_until

HANDLERS = ("turns", "crowd", "pile", "unpile")
MB = 1 << 20


@pytest.fixture(scope="module")
def timers(programs, modules):
    one = Daemon(programs)
    try:
        one.conf(
            workers=1,
            modules={"timers": {"path": str(modules / "timers.so")}},
            routes={f"/{name}": {"module": "timers", "handler": name} for name in HANDLERS},
        )
        one.start()
    except BaseException:
        one.kill()
        raise
    yield one
    one.finish()


def test_everything_runs_in_the_order_in_which_node_runs_it(timers):
    # As Node.js 20 does, from a request's callback that takes 6 ms.
    assert timers.get("/turns").body.decode().split() == [
        "handler",
        "tick",
        "immediate-1",
        "immediate-1-tick",
        "immediate-2",
        "timeout-1",
        "timeout-1-tick",
        "timeout-2",
        "immediate-in-immediate",
        "immediate-in-timeout",
        "timeout-in-timeout",
    ]


def test_of_many_timers_each_fires_once_not_early_and_in_order(timers):
    assert timers.get("/crowd").body == b"20000 fired, 0 early or out of order\n"


def test_timers_give_their_memory_back(timers):
    if timers.programs.sanitized:
        pytest.skip("the sanitizers keep what is freed")
    (pid,) = timers.pids()
    timers.get("/turns")
    before = rss_bytes(pid)
    assert timers.get("/pile").status == 200
    piled = rss_bytes(pid)
    assert 10 * MB < piled - before < 24 * MB, "200,000 of 80 bytes, and their handles"
    assert timers.get("/unpile").status == 200
    wait_until(lambda: rss_bytes(pid) < before + 3 * MB, "the memory of the timers to go back")
