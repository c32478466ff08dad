"""The modules that ship: welcome, hello, echo, poll."""
import json
import re

import pytest

from harness.client import chunked, request
from harness.daemon import Daemon
from harness.wait import wait_until


def parked(daemon):
    return sum(worker["parked"] for worker in daemon.workers())


# welcome


def test_welcome_is_a_page_that_says_what_this_server_is(site):
    answer = site.get("/")
    assert answer.status == 200
    assert answer.get("Content-Type").startswith("text/html")
    page = answer.body.decode()
    assert page.lower().startswith("<!doctype html>")
    assert "eddy" in page
    assert not re.search(
        r'(src|href)="(https?:)?//', page
    ), "the page must not load anything from elsewhere"


def test_welcome_live_has_the_figures_of_every_worker(site):
    for _ in range(3):
        site.get("/hello")
    answer = site.get("/live")
    assert answer.status == 200
    assert answer.get("Content-Type").startswith("application/json")
    said = json.loads(answer.body)
    workers = said["workers"] if isinstance(said, dict) else said
    assert {worker["pid"] for worker in workers} == set(site.pids())
    for worker in workers:
        assert worker["state"].upper() == "ACCEPTING"
        assert worker["uptime"] >= 0


def test_welcome_live_figures_move(site):
    def requests():
        said = json.loads(site.get("/live").body)
        return sum(
            worker["requests"] for worker in (said["workers"] if isinstance(said, dict) else said)
        )

    first = requests()
    for _ in range(20):
        site.get("/hello")
    assert requests() >= first + 20


def test_welcome_has_the_figures_before_any_script_runs(site):
    page = site.get("/").body.decode()
    rows = re.findall(r'<tr role="row" data-pid="(\d+)" data-state="accepting">', page)
    assert sorted(map(int, rows)) == site.pids()
    assert not re.search("@[A-Z_0-9]+@", page), "no place is left empty"
    assert site.status()["version"] in page
    assert '<meta http-equiv="refresh" content="5">' in page


def test_welcome_lets_nothing_run_but_its_own(site):
    pages = [site.get("/") for _ in range(2)]
    nonces = set()
    for answer in pages:
        policy = answer.get("Content-Security-Policy")
        (nonce,) = set(re.findall("'nonce-([0-9a-f]{32})'", policy))
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert re.findall('<(style|script) nonce="(.*?)">', answer.body.decode()) == [("style", nonce), ("script", nonce)]
        assert answer.get("Cache-Control") == "no-store"
        nonces.add(nonce)
    assert len(nonces) == 2


def events(client, n):
    """The next n events of a stream that has been asked for."""
    answer = client.read_head()
    assert (answer.status, answer.get("Content-Type")) == (200, "text/event-stream")
    text = b""
    for piece in client.body_pieces(answer):
        text += piece
        if text.count(b"\n\n") >= n:
            break
    return [json.loads(data) for data in re.findall(rb"^data: (.*)$", text, re.M)]


STREAM = request("GET", "/live").replace(b"\r\n\r\n", b"\r\nAccept: text/event-stream\r\n\r\n")


def test_welcome_streams_the_figures_to_who_asks_for_events(client, site):
    client.send(STREAM)
    first, second = events(client, 2)
    assert second["at"] > first["at"]
    assert {worker["pid"] for worker in second["workers"]} == set(site.pids())
    assert sum(second["lags"]) > sum(first["lags"]) or second["at"] - first["at"] < 0.3


def test_welcome_gives_all_streams_of_a_worker_the_same_figures(daemon):
    daemon.conf(
        workers=1,
        modules={"welcome": {"path": "welcome.so"}},
        routes={"/live": {"module": "welcome", "handler": "live"}},
    )
    daemon.start()
    clients = [daemon.connect() for _ in range(3)]
    for client in clients:
        client.send(STREAM)
    heard = [{event["at"] for event in events(client, 4)} for client in clients]
    assert len(set.intersection(*heard)) >= 2, "collected once for all"


def test_welcome_ends_its_streams_at_a_reload_and_says_when_to_come_back(daemon):
    daemon.conf(
        workers=1,
        modules={"welcome": {"path": "welcome.so"}},
        routes={"/live": {"module": "welcome", "handler": "live"}},
    )
    daemon.start()
    client = daemon.connect()
    client.send(STREAM)
    answer = client.read_head()
    daemon.reload()
    client.read_body(answer)
    assert 500 <= int(re.match(rb"retry: (\d+)\n", answer.body)[1]) < 1500


def test_welcome_head_of_a_stream_is_no_stream(client):
    for _ in range(2):
        answer = client.ask(STREAM.replace(b"GET", b"HEAD"), method="HEAD")
        assert (answer.status, answer.get("Content-Type")) == (200, "text/event-stream")


# hello


def test_hello_says_hello_world(site):
    answer = site.get("/hello")
    assert (answer.status, answer.body) == (200, b"Hello World\n")


def test_hello_says_the_greeting_of_its_options(daemon):
    daemon.conf(
        modules={
            "hello": {"path": "hello.so", "greeting": 'Grüß "Gott"'},
            "other": {"path": "hello.so", "greeting": "x"},
        },
        routes={"/": "hello", "/other": "other"},
    )
    daemon.start()
    assert daemon.get("/").body.decode() == 'Grüß "Gott"\n'
    assert daemon.get("/other").body == b"x\n"


def test_a_module_without_a_path_is_looked_up_by_its_name(daemon):
    daemon.conf()
    daemon.write_conf(
        f'workers = 2\ncontrol = "{daemon.control}"\nlisten "127.0.0.1:{daemon.port}" {{ }}\n'
        'module "hello" { }\nroute "/" { module = "hello" }\n'
    )
    daemon.start()
    assert daemon.get("/").body == b"Hello World\n"


# echo


def test_echo_sends_the_body_back(client):
    assert client.post("/echo", b"abc").body == b"abc"
    assert client.post("/echo", b"").body == b""
    assert (
        client.ask(
            request("POST", "/echo", "Transfer-Encoding: chunked") + chunked(b"a", b"bc")
        ).body
        == b"abc"
    )
    client.expect_open()


def test_echo_streams_the_body_back_as_it_arrives(client):
    client.send(request("POST", "/echo", "Transfer-Encoding: chunked"))
    client.send(b"5\r\nfirst\r\n")
    head = client.read_head()
    assert head.status == 200
    assert next(client.body_pieces(head)) == b"first"
    client.send(b"6\r\nsecond\r\n0\r\n\r\n")
    assert client.read_body(head).body == b"second"
    client.expect_open()


def test_echo_to_http_1_0(client):
    client.send(request("POST", "/echo", "Content-Length: 5", version="1.0") + b"abcde")
    answer = client.read()
    assert answer.body == b"abcde"
    assert answer.framing in ("length", "close")


def test_echo_keeps_the_content_type(client):
    answer = client.post("/echo", b"{}", "Content-Type: application/json")
    assert answer.get("Content-Type") in ("application/json", "application/octet-stream")
    assert answer.body == b"{}"


def test_a_client_that_leaves_in_the_middle_of_echo_harms_nobody(site):
    for _ in range(5):
        client = site.connect()
        client.send(request("POST", "/echo", "Content-Length: 1000000") + b"x" * 100000)
        client.read_once()
        client.reset()
    assert site.get("/hello").status == 200


# poll


@pytest.fixture(scope="module")
def poll(programs):
    """Two workers, and a poll that gives up after 400 ms on a path of its own."""
    one = Daemon(programs)
    try:
        one.conf(
            modules={"poll": {"path": "poll.so"}, "short": {"path": "poll.so", "timeout": "400"}},
            routes={"/poll": "poll", "/short": "short"},
        )
        one.start()
    except BaseException:
        one.kill()
        raise
    yield one
    one.finish()


@pytest.fixture
def quiet_poll(poll):
    yield poll
    poll.close_clients()
    wait_until(lambda: parked(poll) == 0, "the parked requests of this test to go")


def test_poll_parks_a_get_until_a_post(quiet_poll):
    client = quiet_poll.connect()
    client.send(request("GET", "/poll"))
    wait_until(lambda: parked(quiet_poll) == 1, "the request to park")
    client.expect_silence(0.1)
    answer = quiet_poll.connect().post("/poll", b"news")
    assert answer.status in (200, 202, 204)
    answer = client.read()
    assert (answer.status, answer.body) == (200, b"news")
    client.send(request("GET", "/poll"))
    client.expect_silence(0.05)


def test_poll_answers_the_parked_of_all_workers(quiet_poll):
    clients = []
    for pid in quiet_poll.pids():
        with quiet_poll.only(pid):
            clients.append(quiet_poll.connect())
            clients[-1].send(request("GET", "/poll"))
            wait_until(lambda: parked(quiet_poll) == len(clients), "the request to park")
    assert [worker["parked"] for worker in quiet_poll.workers()] == [1, 1]
    quiet_poll.connect().post("/poll", b"to all of you")
    for client in clients:
        answer = client.read()
        assert (answer.status, answer.body) == (200, b"to all of you")


def test_poll_answers_204_when_nothing_happens(quiet_poll):
    client = quiet_poll.connect()
    answer = client.get("/short")
    assert (answer.status, answer.body) == (204, b"")
    client.send(request("GET", "/short"))
    wait_until(lambda: parked(quiet_poll) == 1, "the request to park")
    quiet_poll.connect().post("/short", b"in time")
    assert client.read().body == b"in time"


def test_two_polls_do_not_hear_each_other(quiet_poll):
    client = quiet_poll.connect()
    client.send(request("GET", "/short"))
    quiet_poll.connect().post("/poll", b"not for /short")
    assert client.read().status == 204


def test_a_post_that_nobody_waits_for_is_fine(quiet_poll):
    client = quiet_poll.connect()
    assert client.post("/poll", b"into the void").status in (200, 202, 204)
    assert client.post("/poll", b"").status in (200, 202, 204, 400)
    # A post is answered before it has gone round the workers: this poll's timeout gives it the time.
    assert client.get("/short").status == 204
    client.send(request("GET", "/poll"))
    client.expect_silence(0.1)


def test_a_poll_of_binary_bytes(quiet_poll):
    client = quiet_poll.connect()
    client.send(request("GET", "/poll"))
    wait_until(lambda: parked(quiet_poll) == 1, "the request to park")
    quiet_poll.connect().post("/poll", bytes(range(256)) * 100)
    assert client.read().body == bytes(range(256)) * 100


def test_a_poll_message_that_is_too_large_is_refused(quiet_poll):
    answer = quiet_poll.connect().post("/poll", b"x" * 200000)
    assert answer.status == 413


def test_poll_answers_head_and_other_methods_sensibly(quiet_poll):
    client = quiet_poll.connect()
    assert client.get("/poll", method="DELETE").status == 405
    client.expect_silence(0.05)


def test_pollers_that_leave_are_forgotten_at_once(quiet_poll):
    clients = [quiet_poll.connect() for _ in range(20)]
    for client in clients:
        client.send(request("GET", "/poll"))
    wait_until(lambda: parked(quiet_poll) == 20, "20 parked requests")
    for i, client in enumerate(clients):
        client.reset() if i % 2 else client.close()
    wait_until(lambda: parked(quiet_poll) == 0, "the parked requests to be forgotten")
    assert quiet_poll.connect().post("/poll", b"anybody?").status in (200, 202, 204)


def test_a_poller_that_half_closes_is_taken_for_gone(quiet_poll):
    client = quiet_poll.connect()
    client.send(request("GET", "/poll"))
    wait_until(lambda: parked(quiet_poll) == 1, "the request to park")
    client.half_close()
    client.expect_close()
    wait_until(lambda: parked(quiet_poll) == 0, "the parked request to go")
