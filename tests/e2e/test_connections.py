"""
Connections and what clients do to them: half-close, leaving, a thousand at once, parked requests,
timeouts.
"""
import json
import re
import select
import time

import pytest

from harness.client import request
from harness.wait import SCALE, wait_until


@pytest.fixture
def probe(daemon, modules):
    """One worker with the test module, so that its counters are those of all requests."""
    handlers = "park counters orphan upload later json flood slow chunks".split()
    daemon.conf(
        workers=1,
        modules={
            "hello": {"path": "hello.so"},
            "probe": {"path": str(modules / "probe.so")},
            "poll": {"path": "poll.so"},
            "echo": {"path": "echo.so"},
        },
        routes={
            f"/{name}": {"module": "probe", "handler": name} for name in handlers if name != "json"
        }
        | {"/hello": "hello", "/poll": "poll", "/echo": "echo", "/json": "probe"},
    )
    return daemon


def counters(daemon):
    return json.loads(daemon.get("/counters").body)


def figure(daemon, name):
    return sum(worker[name] for worker in daemon.workers())


# half-close


def test_a_client_that_half_closes_behind_its_request_gets_the_answer(client):
    client.send(request("GET", "/hello"))
    client.half_close()
    assert client.read().body == b"Hello World\n"
    client.expect_close()


def test_a_later_answer_reaches_a_client_that_half_closed_if_the_module_says_so(client):
    """eddy.h: with an `end` event the request stays, without one the client is taken for gone."""
    client.send(request("GET", "/patient?150"))
    client.half_close()
    client.expect_silence(0.05)
    assert client.read().body == b"orphan\n"
    client.expect_close()


def test_a_half_close_on_a_parked_request_is_taken_for_leaving_otherwise(client):
    client.send(request("GET", "/park"))
    client.half_close()
    client.expect_close()


def test_an_answer_that_has_begun_is_finished_for_a_client_that_half_closes(client):
    client.send(request("GET", "/chunks?50"))
    head = client.read_head()
    client.half_close()
    assert client.read_body(head).body.count(b"piece") == 50
    client.expect_close()


@pytest.mark.parametrize("late", ["0", "60"], ids=["at once", "to events set later"])
def test_a_half_close_behind_a_begun_answer_is_told_to_who_asks(client, late):
    client.send(request("GET", f"/stream?{late}"))
    head = client.read_head()
    client.half_close()
    assert client.read_body(head).body == b"begun\nend 1\n"
    client.expect_close()


BODIES = {
    "a length": b"Content-Length: 5\r\n\r\nhello",
    "chunks": b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
}


def posted(path, body):
    """A request whose head, and then its body, are sent as they stand."""
    return request("POST", path)[:-2] + body


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_half_close_behind_a_body_that_nobody_reads_is_taken_for_leaving(client, body):
    client.send(posted("/park", body))
    client.half_close()
    client.expect_close()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("late", ["0", "60"], ids=["at once", "to events set later"])
def test_a_half_close_behind_a_body_that_nobody_reads_is_told_to_who_asks(client, body, late):
    client.send(posted(f"/stream?{late}", body))
    head = client.read_head()
    client.half_close()
    assert client.read_body(head).body == b"begun\nend 1\n"
    client.expect_close()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("together", [True, False], ids=["at once", "later"])
def test_a_body_can_be_read_behind_the_half_close_which_is_told_once(client, body, together):
    client.send(posted("/tardy", body))
    if not together:
        client.expect_silence(0.05)
    client.half_close()
    assert client.read().body == b"body 0 hello, end 1\n"
    client.expect_close()


def test_all_pipelined_requests_before_a_half_close_are_answered(client):
    client.send(request("GET", "/hello") * 20)
    client.half_close()
    for _ in range(20):
        assert client.read().body == b"Hello World\n"
    client.expect_close()


def test_pipelined_requests_behind_a_later_answer_are_answered_after_a_half_close(client):
    client.send(
        request("GET", "/patient?50") + request("GET", "/patient?5") + request("GET", "/hello")
    )
    client.half_close()
    assert [client.read().body for _ in range(3)] == [b"orphan\n", b"orphan\n", b"Hello World\n"]
    client.expect_close()


def test_a_half_close_in_the_middle_of_a_head_ends_the_connection(client):
    client.send(request("GET", "/hello")[:-3])
    client.half_close()
    try:
        assert client.read_head().status == 400
        client.read_once()
    except AssertionError:
        pass
    client.buffer = b""
    client.expect_close(reset_is_fine=True)


def test_a_half_close_in_the_middle_of_a_body_is_told_to_the_module(site):
    before = len(site.log())
    client = site.connect()
    client.send(request("POST", "/upload", "Content-Length: 100") + b"abc")
    client.half_close()
    site.wait_log(r"upload broken off with -10 after 3 bytes", after=before)


# clients that leave


def test_a_client_that_leaves_while_parked_is_noticed_at_once(probe):
    probe.start()
    clients = [probe.connect() for _ in range(10)]
    for client in clients:
        client.send(request("GET", "/park"))
    wait_until(lambda: figure(probe, "parked") == 10, "10 parked requests")
    assert counters(probe)["parked"] == 10
    for i, client in enumerate(clients):
        client.reset() if i % 2 else client.close()
    wait_until(lambda: counters(probe)["closed"] == 10, "the close event of all 10")
    said = counters(probe)
    assert (said["parked"], said["finished"]) == (0, 0)
    wait_until(lambda: figure(probe, "parked") == 0, "nothing to be parked")


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_client_that_leaves_while_nobody_reads_its_body_is_noticed_at_once(probe, body):
    probe.start()
    clients = [probe.connect() for _ in range(10)]
    for client in clients:
        client.send(posted("/park", body))
    wait_until(lambda: figure(probe, "parked") == 10, "10 parked requests")
    for i, client in enumerate(clients):
        client.reset() if i % 2 else client.close()
    wait_until(lambda: counters(probe)["closed"] == 10, "the close event of all 10")
    wait_until(lambda: figure(probe, "parked") == 0, "nothing to be parked")


def test_a_late_answer_to_a_client_that_has_left_is_harmless(probe):
    probe.start()
    for _ in range(10):
        client = probe.connect()
        client.send(request("GET", "/orphan?30"))
        client.reset()
    wait_until(lambda: counters(probe)["closed"] == 10, "the close event of all 10")
    assert probe.get("/orphan?1").body == b"orphan\n"


def test_a_client_that_leaves_in_the_middle_of_its_body_is_told_to_the_module(probe):
    probe.start()
    client = probe.connect()
    client.send(request("POST", "/upload", "Content-Length: 1000") + b"x" * 500)
    probe.get("/hello")
    client.reset()
    wait_until(lambda: counters(probe)["errors"] == 1, "the error event")
    assert counters(probe)["last_error"] == -10
    assert probe.get("/hello").status == 200


def test_clients_that_connect_and_say_nothing_or_rubbish_and_leave_harm_nobody(site):
    neighbour = site.connect()
    for i in range(50):
        client = site.connect()
        if i % 3:
            client.send(b"GET /hello HT" if i % 3 == 1 else b"\0\1\2")
        client.reset() if i % 2 else client.close()
    neighbour.expect_open()


def test_open_connections_are_counted_and_go_down_again(probe):
    probe.start()
    clients = [probe.connect() for _ in range(20)]
    for client in clients:
        client.get("/hello")
    wait_until(
        lambda: (figure(probe, "connections"), figure(probe, "idle")) == (20, 20),
        "20 idle connections",
    )
    for client in clients:
        client.close()
    wait_until(
        lambda: (figure(probe, "connections"), figure(probe, "idle")) == (0, 0), "no connection"
    )


# a thousand


def test_a_thousand_keep_alive_connections_are_served_in_turn(site):
    clients = [site.connect() for _ in range(1000)]
    for _ in range(2):
        for client in clients:
            client.send(request("GET", "/hello"))
        for client in clients:
            assert client.read().body == b"Hello World\n"
    wait_until(lambda: figure(site, "idle") >= 1000, "1,000 idle connections")


def test_a_thousand_requests_park_and_are_all_answered(site):
    clients = [site.connect() for _ in range(1000)]
    for client in clients:
        client.send(request("GET", "/poll"))
    wait_until(
        lambda: figure(site, "parked") == 1000,
        lambda: f"1,000 parked requests, not {figure(site, 'parked')}",
    )
    assert site.get("/hello").status == 200
    site.connect().post("/poll", b"now")
    for client in clients:
        answer = client.read()
        assert (answer.status, answer.body) == (200, b"now")
    wait_until(lambda: figure(site, "parked") == 0, "nothing to be parked")


def test_a_thousand_connections_at_once_before_any_is_served(probe):
    """More than a backlog of connections in one go, each with a request of its own."""
    probe.start()
    clients = []
    for _ in range(1000):
        client = probe.connect()
        client.send(request("GET", "/hello", "Connection: close"))
        clients.append(client)
    for client in clients:
        assert client.read().body == b"Hello World\n"
        client.expect_close()


# timeouts


def test_a_head_that_does_not_come_whole_in_time_is_closed(probe):
    probe.conf(http={"header_timeout": "300ms"})
    probe.start()
    client = probe.connect()
    started = time.monotonic()
    client.send(b"GET /hello HTTP/1.1\r\nHost: te")
    try:
        assert client.read().status == 408
    except AssertionError as problem:
        assert "closed without an answer" in str(problem), problem
    client.expect_close()
    assert time.monotonic() - started >= 0.25


def test_a_head_that_drips_does_not_win_time(probe):
    probe.conf(http={"header_timeout": "400ms"})
    probe.start()
    client = probe.connect()
    end = time.monotonic() + 10 * SCALE
    client.send(b"GET /hello HTTP/1.1\r\nX: ")
    while not select.select([client.sock], [], [], 0.05)[0]:
        assert time.monotonic() < end, "dripping bytes keep the connection open for ever"
        client.send_ignoring_close(b"x")


@pytest.mark.parametrize("early", [b"", b"GET /hel"], ids=["silent at first", "slow at first"])
def test_a_pipelined_head_has_a_time_of_its_own(probe, early):
    """
    Half of it comes with the request before it, late; the rest when that one's time would be over.
    """
    limit, pause = 1.6 * SCALE, 1 * SCALE
    path = f"{probe.folder}/web.sock"  # accepted at once, where TCP waits for the first byte
    probe.conf(http={"header_timeout": f"{int(limit * 1000)}ms"}, listens={f"unix:{path}": {}})
    probe.start()
    one = request("GET", "/hello")
    two = request("GET", "/later?1")
    for _ in range(5):
        client = probe.connect(path)
        client.send(early)
        time.sleep(pause)
        started = time.monotonic()
        client.send(one[len(early) :] + two[:10])
        assert client.read().body == b"Hello World\n"
        time.sleep(pause)
        late = time.monotonic() - started > limit - 0.2 * SCALE  # of the test's own making
        client.send_ignoring_close(two[10:])
        if not late:
            break
    assert client.read().body == b"later\n"


def test_a_connection_that_never_says_anything_is_closed(probe):
    probe.conf(http={"header_timeout": "300ms", "keepalive_timeout": "400ms"})
    probe.start()
    client = probe.connect()
    client.seconds = 20
    try:
        assert client.read().status == 408
    except AssertionError as problem:
        assert "closed without an answer" in str(problem), problem
    client.expect_close(reset_is_fine=True)


def test_an_idle_connection_is_closed_without_a_word(probe):
    probe.conf(http={"keepalive_timeout": "300ms"})
    probe.start()
    client = probe.connect()
    client.get("/hello")
    started = time.monotonic()
    client.expect_close()
    assert time.monotonic() - started >= 0.25


def test_a_parked_request_is_not_an_idle_connection(probe):
    probe.conf(
        http={"keepalive_timeout": "200ms", "header_timeout": "200ms", "body_timeout": "200ms"}
    )
    probe.start()
    client = probe.connect()
    client.send(request("GET", "/later?900"))
    assert client.read().body == b"later\n"


def test_a_body_that_stops_coming_is_given_up(probe):
    probe.conf(http={"body_timeout": "300ms"})
    probe.start()
    client = probe.connect()
    client.send(request("POST", "/upload", "Content-Length: 100") + b"abc")
    wait_until(lambda: counters(probe)["errors"] == 1, "the error event")
    assert counters(probe)["last_error"] == -11
    try:
        assert client.read().status in (400, 408)
    except AssertionError as problem:
        assert "without an answer" in str(problem), problem
    client.expect_close(reset_is_fine=True)


@pytest.mark.parametrize("path", ["/nowhere", "/ignore"])
@pytest.mark.parametrize(
    "tail",
    [b"5\r\nhello\r\n", b"0\r\n", b"0\r\nX-Sum: 1\r\n", b"0\r\nX-Su"],
    ids=["no last chunk", "no trailers", "no end of the trailers", "half a trailer"],
)
def test_a_body_that_nobody_reads_is_given_up_when_it_does_not_end(probe, path, tail):
    probe.conf(
        http={"body_timeout": "300ms"},
        routes=probe.settings["routes"] | {"/ignore": {"module": "probe", "handler": "ignore"}},
    )
    probe.start()
    client = probe.connect(seconds=5)
    client.send(request("POST", path, "Transfer-Encoding: chunked") + b"3\r\nabc\r\n" + tail)
    assert client.read().status == (200 if path == "/ignore" else 404)
    client.expect_close(reset_is_fine=True)


@pytest.mark.parametrize(
    "path,start,drip",
    [
        ("/nowhere", b"", b"1\r\nx\r\n"),
        ("/ignore", b"", b"1\r\nx\r\n"),
        ("/nowhere", b"0\r\nX: ", b"x"),
        ("/echo", b"0\r\nX: ", b"x"),
    ],
)
def test_what_is_dripped_without_being_read_has_its_time_as_a_whole(probe, path, start, drip):
    probe.conf(
        http={"body_timeout": "1s"},
        modules=probe.settings["modules"] | {"echo": {"path": "echo.so"}},
        routes=probe.settings["routes"]
        | {"/ignore": {"module": "probe", "handler": "ignore"}, "/echo": "echo"},
    )
    probe.start()
    client = probe.connect()
    client.send(request("POST", path, "Transfer-Encoding: chunked") + start)
    end = time.monotonic() + 10 * SCALE
    while time.monotonic() < end:
        client.send_ignoring_close(drip)
        try:
            if select.select([client.sock], [], [], 0.2)[0] and not client.sock.recv(4096):
                break
        except ConnectionResetError:
            break
    assert time.monotonic() < end, "a byte now and then keeps it open"


def test_a_body_that_nobody_reads_has_no_endless_trailers(probe):
    probe.start()
    client = probe.connect()
    client.send(request("POST", "/nowhere", "Transfer-Encoding: chunked") + b"0\r\n")
    assert client.read().status == 404
    end = time.monotonic() + 10 * SCALE
    while not select.select([client.sock], [], [], 0.001)[0]:
        assert time.monotonic() < end, "trailers may go on for ever"
        client.send_ignoring_close(b"X-Sum: 1\r\n" * 100)


def test_a_body_that_keeps_coming_slowly_is_not_given_up(probe):
    probe.conf(http={"body_timeout": "1s"})
    probe.start()
    client = probe.connect()
    client.send(request("POST", "/upload", "Content-Length: 20"))
    client.send_slowly(b"x" * 20, pause=0.1)
    assert client.read().body == b"20\n"


def test_a_client_that_does_not_read_its_answer_is_given_up(probe):
    probe.conf(http={"write_timeout": "300ms"})
    probe.start()
    client = probe.connect(rcvbuf=4096)
    client.send(request("GET", "/flood?16000"))
    probe.wait_log(r"flood closed with [1-9]\d* pieces left", seconds=15)
    wait_until(lambda: figure(probe, "connections") == 0, "the connection to go")


def test_a_smaller_max_head_is_kept_to(probe):
    probe.conf(http={"max_head": "1k"})
    probe.start()
    assert probe.connect().get("/hello", "X: " + "x" * 800).status == 200
    client = probe.connect()
    client.send_ignoring_close(request("GET", "/hello", "X: " + "x" * 1100))
    assert client.read().status == 431
    client.expect_close(reset_is_fine=True)


# limits of the conf


def test_keepalive_requests_ends_a_connection_with_a_word(probe):
    probe.conf(http={"keepalive_requests": 5})
    probe.start()
    client = probe.connect()
    for i in range(5):
        assert client.get("/hello").closes == (i == 4)
    client.expect_close()
    client = probe.connect()
    client.send(request("GET", "/hello") * 8)
    for i in range(5):
        assert client.read().closes == (i == 4)
    client.expect_close(reset_is_fine=True)


def test_max_headers_is_kept_to(probe):
    probe.conf(http={"max_headers": 10})
    probe.start()
    assert probe.connect().get("/hello", *["X: y"] * 9).status == 200  # and Host
    client = probe.connect()
    client.send(request("GET", "/hello", *["X: y"] * 10))
    assert client.read().status == 431
    client.expect_close()


@pytest.mark.parametrize("segment", [1, 50, 1000])
def test_max_request_line_is_kept_to_in_any_segments(probe, segment):
    probe.conf(http={"max_request_line": "256"})
    probe.start()
    fits, too_long = "/json?" + "x" * 230, "/json?" + "x" * 260
    client = probe.connect()
    client.send_slowly(request("GET", fits), segment, pause=0.0002)
    assert client.read().status == 200
    for i in range(0, len(data := request("GET", too_long)), segment):
        client.send_ignoring_close(data[i : i + segment])
    assert client.read().status == 414
    client.expect_close(reset_is_fine=True)


def test_a_body_slower_than_min_rate_is_given_up(probe):
    probe.conf(http={"min_rate": "1k", "body_timeout": "60s"})
    probe.start()
    client = probe.connect()
    client.send(request("POST", "/upload", "Content-Length: 100000"))
    end = time.monotonic() + 20 * SCALE
    while not select.select([client.sock], [], [], 0.1)[0]:
        assert time.monotonic() < end, "a dripping body keeps the connection open for ever"
        client.send_ignoring_close(b"x")
    assert client.read().status in (400, 408)
    client.expect_close(reset_is_fine=True)
    assert counters(probe)["last_error"] == -11


def test_a_route_has_a_body_timeout_of_its_own(probe):
    probe.conf(http={"body_timeout": "60s"})
    quick = {"module": "probe", "handler": "upload", "body_timeout": "300ms"}
    probe.settings["routes"]["/quick"] = quick
    probe.conf()
    probe.start()
    client = probe.connect()
    client.send(request("POST", "/quick", "Content-Length: 100") + b"abc")
    assert client.read().status in (400, 408)
    client.expect_close(reset_is_fine=True)
    client = probe.connect()
    client.send(request("POST", "/upload", "Content-Length: 6") + b"abc")
    client.expect_silence(0.5)
    assert client.ask(b"def").body == b"6\n"


def test_a_route_has_a_min_rate_of_its_own(probe):
    probe.conf(http={"min_rate": "0"})
    probe.settings["routes"]["/quick"] = {
        "module": "probe",
        "handler": "upload",
        "min_rate": "1k",
    }
    probe.conf()
    probe.start()
    slow, quick = probe.connect(), probe.connect()
    for client, path in ((slow, "/upload"), (quick, "/quick")):
        client.send(request("POST", path, "Content-Length: 100000"))
    end = time.monotonic() + 20 * SCALE
    while not select.select([quick.sock], [], [], 0.1)[0]:
        assert time.monotonic() < end, "a dripping body keeps the connection open for ever"
        quick.send_ignoring_close(b"x")
        slow.send(b"x")
    assert quick.read().status in (400, 408)
    slow.expect_silence(0.05)


def test_a_route_has_a_write_timeout_of_its_own(probe):
    probe.conf(http={"write_timeout": "60s"})
    probe.settings["routes"]["/quick"] = {
        "module": "probe",
        "handler": "flood",
        "write_timeout": "300ms",
    }
    probe.conf()
    probe.start()
    slow, quick = probe.connect(rcvbuf=4096), probe.connect(rcvbuf=4096)
    slow.send(request("GET", "/flood?16000"))
    quick.send(request("GET", "/quick?16000"))
    probe.wait_log(r"flood closed with [1-9]\d* pieces left", seconds=15)
    wait_until(lambda: figure(probe, "connections") == 1, "one connection to go")
    assert len(re.findall("flood closed", probe.log())) == 1
