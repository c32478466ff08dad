"""The module metrics: what Prometheus and a load balancer are told."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness.client import request
from harness.wait import wait_until

TOP = Path(__file__).resolve().parents[2]
SAMPLE = re.compile(r'([a-z_]+)(?:\{([^}]*)\})? (\S+)$')


@pytest.fixture
def watched(daemon, modules):
    daemon.conf(
        workers=2,
        modules={
            "metrics": {"path": "metrics.so"},
            "hello": {"path": "hello.so"},
            "probe": {"path": str(modules / "probe.so")},
            "crash": {"path": str(modules / "crash.so")},
        },
        routes={
            "/metrics": "metrics",
            "/health": {"module": "metrics", "handler": "health"},
            "/hello": "hello",
            "/park": {"module": "probe", "handler": "park"},
            "/crash": {"module": "crash", "handler": "null"},
        },
    )
    return daemon.start()


def scrape(daemon):
    """{name{labels}: value}"""
    answer = daemon.get("/metrics")
    assert answer.status == 200
    samples = {}
    for line in answer.body.decode().splitlines():
        if not line.startswith("#"):
            name, labels, value = SAMPLE.match(line).groups()
            key = f"{name}{{{labels}}}" if labels else name
            assert key not in samples, "each series once"
            samples[key] = float(value)
    return samples


def die(daemon):
    """Costs one worker."""
    with daemon.connect() as client:
        client.send(request("GET", "/crash"))
        client.expect_close(reset_is_fine=True)


def types(daemon):
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", daemon.get("/metrics").body.decode(), re.M))


def counters(daemon):
    kinds = types(daemon)
    return {
        key: value
        for key, value in scrape(daemon).items()
        if kinds.get(re.sub(r"(_bucket|_sum|_count)?(\{.*)?$", "", key), kinds.get(key.partition("{")[0]))
        in ("counter", "histogram")
    }


def test_the_form_is_that_of_prometheus(watched):
    answer = watched.get("/metrics")
    assert answer.get("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.get("Cache-Control") == "no-store"
    text = answer.body.decode()
    assert text.endswith("\n")
    assert re.findall(r"^# HELP (\S+)", text, re.M) == re.findall(r"^# TYPE (\S+)", text, re.M)


def test_promtool_has_nothing_to_say(watched):
    if not shutil.which("promtool"):
        pytest.skip("no promtool on this machine (Debian: prometheus)")
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=watched.get("/metrics").body, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_head_has_no_body_and_other_methods_are_refused(watched):
    client = watched.connect()
    for path in ("/metrics", "/health"):
        answer = client.get(path, method="HEAD")
        assert (answer.status, answer.body) == (200, b"")
        answer = client.get(path, method="DELETE")
        assert (answer.status, answer.get("Allow")) == (405, "GET, HEAD")


def test_requests_are_counted_once_each_whichever_worker_is_asked(watched):
    before = scrape(watched)
    for _ in range(20):
        watched.get("/hello")
    watched.get("/nothing")
    after = scrape(watched)
    assert after["eddy_requests_total"] - before["eddy_requests_total"] == 22
    assert after['eddy_responses_total{class="4xx"}'] - before['eddy_responses_total{class="4xx"}'] == 1
    assert after["eddy_connections_accepted_total"] - before["eddy_connections_accepted_total"] == 22


def test_what_is_so_now_is_a_gauge(watched):
    clients = [watched.connect() for _ in range(5)]
    for client in clients:
        client.get("/hello")
    for client in clients[:2]:
        client.send(b"GET /park HTTP/1.1\r\nHost: x\r\n\r\n")

    def quiet():
        now = scrape(watched)
        return now['eddy_connections{state="idle"}'] == 3 and now['eddy_connections{state="parked"}'] == 2

    wait_until(quiet, lambda: f"3 idle, 2 parked: {scrape(watched)}")
    now = scrape(watched)
    assert now['eddy_workers{state="accepting"}'] == 2
    assert now["eddy_generation"] == 1
    assert now['eddy_worker_processes{worker="0"}'] == now['eddy_worker_processes{worker="1"}'] == 1
    for worker in watched.workers():
        name = f'eddy_worker_resident_memory_bytes{{worker="{worker["worker"]}"}}'
        assert 0.5 < now[name] / worker["rss"] < 2


def test_lags_are_a_histogram_as_prometheus_wants_one(watched):
    wait_until(lambda: scrape(watched)["eddy_loop_lag_seconds_count"] >= 4, "a second of ticks")
    now = scrape(watched)
    buckets = [
        (float(re.search('le="(.*)"', key)[1]), value)
        for key, value in now.items()
        if key.startswith("eddy_loop_lag_seconds_bucket")
    ]
    assert buckets == sorted(buckets)
    assert buckets[0][0] == 1e-6 and buckets[-1] == (float("inf"), now["eddy_loop_lag_seconds_count"])
    assert 0 < now["eddy_loop_lag_seconds_sum"] < 60


def test_counters_never_go_back_over_reloads_and_crashes(watched):
    watched.expect_log("crash")
    for _ in range(10):
        watched.get("/hello")
    before = counters(watched)
    assert len(before) > 40

    def grown():
        nonlocal before
        now = counters(watched)
        assert now.keys() == before.keys()
        for key, value in now.items():
            assert value >= before[key], key
        before = now
        return now

    watched.reload()
    grown()
    pids = watched.pids()
    die(watched)
    wait_until(lambda: grown()["eddy_worker_crashes_total"] == 1, "the crash to be counted")
    watched.wait_serving()
    assert len(set(watched.pids()) - set(pids)) == 1
    assert grown()["eddy_worker_restarts_total"] == 1
    os.kill(watched.pids()[0], signal.SIGTERM)  # it is replaced, and no crash
    wait_until(lambda: grown()["eddy_worker_restarts_total"] == 2, "the restart to be counted")
    watched.wait_serving()
    now = grown()
    assert now["eddy_worker_crashes_total"] == 1
    assert now['eddy_reloads_total{result="ok"}'] == 1
    assert now["eddy_requests_total"] == watched.totals()["requests"]


def test_a_failed_reload_shows_until_one_succeeds(watched):
    good = Path(watched.conf_path).read_text()
    assert scrape(watched)["eddy_last_reload_successful"] == 1
    watched.expect_log("nonsense|reload failed")
    watched.write_conf(good + "nonsense = 1\n")
    watched.reload(expect=78)
    now = scrape(watched)
    assert (now["eddy_last_reload_successful"], now['eddy_reloads_total{result="failed"}']) == (0, 1)
    assert now["eddy_generation"] == 1
    watched.write_conf(good)
    watched.reload()
    now = scrape(watched)
    assert (now["eddy_last_reload_successful"], now['eddy_reloads_total{result="failed"}']) == (1, 1)
    assert now["eddy_generation"] == 2


def test_a_generation_that_drains_is_seen(watched):
    client = watched.connect()
    client.send(b"GET /park HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until(lambda: scrape(watched)['eddy_connections{state="parked"}'] == 1, "the request to be parked")
    watched.reload()
    wait_until(lambda: scrape(watched)['eddy_workers{state="draining"}'] == 1, "one worker to drain")
    now = scrape(watched)
    assert now["eddy_draining_generations"] == 1
    assert now['eddy_worker_processes{worker="0"}'] + now['eddy_worker_processes{worker="1"}'] == 3
    client.close()
    wait_until(lambda: scrape(watched)["eddy_draining_generations"] == 0, "it to be gone")


def test_a_route_in_quarantine_is_counted(watched):
    watched.expect_log("crash|quarantine")
    for _ in range(3):
        die(watched)
        watched.wait_serving()
    wait_until(lambda: scrape(watched)["eddy_quarantined_routes"] == 1, "the quarantine")


def test_the_table_of_metrics_names_each_and_nothing_else(watched):
    table = (TOP / "packaging/metrics.md").read_text()
    said = {
        name: (kind, set(filter(None, labels.strip("{}").split(","))))
        for name, labels, kind in re.findall(r"^\| `(\w+)(\{[\w,]+\})?` \| (\w+) \|", table, re.M)
    }
    kinds = types(watched)
    labels = {name: set() for name in kinds}
    for key in scrape(watched):
        name = re.sub(r"_(bucket|sum|count)$", "", key.partition("{")[0])
        name = name if name in kinds else key.partition("{")[0]
        labels[name] |= set(re.findall(r'(\w+)="', key)) - {"le"}
    assert said == {name: (kind, labels[name]) for name, kind in kinds.items()}


def scribble(pid):
    """Has a worker say that it is number 2^32 - 1: behind its pid, in the page that it alone may write."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as file:
        (line,) = [line for line in file if "eddy-scoreboard" in line and " rw-s " in line]
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        start = int(line.partition("-")[0], 16)
        memory.seek(start)
        page = memory.read(64)
        memory.seek(start + page.index(pid.to_bytes(4, sys.byteorder)) + 4)
        memory.write(b"\xff" * 4)


def test_a_worker_that_has_lost_its_mind_costs_no_other(watched):
    pids = watched.pids()
    try:
        scribble(pids[0])
    except PermissionError:
        pytest.skip("here nobody may write to another process")
    for _ in range(10):
        now = scrape(watched)
    assert now['eddy_workers{state="accepting"}'] == 2
    assert sum(value for key, value in now.items() if key.startswith("eddy_worker_processes")) == 1
    assert watched.pids() == pids


# health


def health(client):
    answer = client.get("/health")
    assert answer.get("Content-Type") == "application/json"
    assert answer.get("Cache-Control") == "no-store"
    return answer.status, json.loads(answer.body)


def test_health_is_ok_while_eddy_accepts(watched):
    status, said = health(watched.connect())
    version = watched.status()["version"]
    assert (status, said) == (200, {"status": "ok", "version": version, "generation": 1, "workers": 2})


def half_asked(daemon):
    """A connection whose worker waits for the rest of the request."""
    client = daemon.connect()
    client.send(b"GET /health HTTP/1.1\r\nHost: x\r\n")
    wait_until(lambda: sum(w["bytes_in"] for w in daemon.workers()) > 0, "the worker to have read it")
    return client


def test_health_is_still_ok_in_a_worker_that_a_reload_replaces(watched):
    half = half_asked(watched)
    watched.reload()
    half.send(b"\r\n")
    answer = half.read()
    assert (answer.status, answer.get("Connection")) == (200, "close")
    assert json.loads(answer.body)["generation"] == 2


def test_health_is_503_once_eddy_stops(watched):
    asking = half_asked(watched)
    watched.signal(signal.SIGTERM)
    wait_until(lambda: not watched.accepting(), "eddy to stop accepting")
    asking.send(b"\r\n")
    answer = asking.read()
    assert (answer.status, json.loads(answer.body)["status"]) == (503, "draining")
    assert answer.get("Connection") == "close"
    assert watched.wait_exit() == 0
