"""
Requests that scripts answer, by a route's handler and by a server of their own: streams and their back-pressure,
parked requests, handlers that fail. What Node would do, too, the scripts of tests/js say.
"""
import subprocess
from pathlib import Path

import pytest

from harness.client import BadAnswer
from harness.wait import wait_until

pytestmark = pytest.mark.usefixtures("engine")

SCRIPT = Path(__file__).resolve().parent / "scripts/http.js"
PIECE = 65536


@pytest.fixture(params=["route", "server"])
def app(daemon, request):
    """An eddyd whose `asked` is the address that the script answers at."""
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": str(SCRIPT)}}, routes={"/*": "app"})
    daemon.expect_log(r"\(app\): ")
    daemon.start()
    port = daemon.wait_log(r"port (\d+)$")[1]
    daemon.asked = daemon.address if request.param == "route" else ("127.0.0.1", int(port))
    return daemon


def get(app, path, *fields):
    return app.get(path, *fields, address=app.asked)


def peer(app, path, *fields):
    """A connection with that request on it, of which nothing has been read."""
    client = app.connect(app.asked)
    lines = [f"GET {path} HTTP/1.1", "Host: x", *fields]
    client.send(("\r\n".join(lines) + "\r\n\r\n").encode())
    return client


@pytest.mark.parametrize("path, said", [("/throw", "thrown by"), ("/reject", "rejected by a"), ("/several", "rejected by one")])
def test_a_handler_that_fails_is_a_500_and_the_next_request_is_served(app, path, said):
    answer = get(app, path)
    assert (answer.status, answer.body) == (500, b"Internal Server Error\n")
    app.wait_log(rf"Uncaught Error: {said} .*listener")
    assert get(app, "/hello").body == b"Hello World\n"


def test_a_second_head_is_refused(app):
    answer = get(app, "/head-twice")
    assert (answer.status, answer.get("first")) == (200, "yes")
    assert answer.body == b"ERR_HTTP_HEADERS_SENT: Cannot write headers after they are sent to the client\n"


@pytest.mark.parametrize("path", ["/throw-behind-the-head", "/reject-behind-the-head"])
def test_a_handler_that_fails_behind_the_head_cuts_the_connection_off(app, path):
    with pytest.raises((BadAnswer, ConnectionResetError)):
        get(app, path)
    app.wait_log(r"Uncaught Error: (thrown|rejected) behind the head")
    assert get(app, "/hello").status == 200


def test_a_slow_reader_stops_its_writer(app):
    client = peer(app, "/endless")
    waits = int(app.wait_log(r"endless: waits after (\d+)")[1])
    assert waits * PIECE < 32 << 20  # what the kernel takes for both sides, and eddy's high-water mark
    client.close()
    app.wait_log(r"endless: close after \d+ false")


def test_a_body_is_streamed_back_as_it_comes(app):
    client = app.connect(app.asked)
    client.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    assert b"abc" in read_until(client, b"abc")
    client.send(b"2\r\nde\r\n0\r\n\r\n")
    assert read_until(client, b"0\r\n\r\n").endswith(b"0\r\n\r\n")


def read_until(client, wanted):
    got = b""

    def came():
        nonlocal got
        got += client.sock.recv(65536)
        return wanted in got

    wait_until(came, lambda: f"{wanted!r} in {got!r}")
    return got


def test_parked_requests_are_answered_by_another_one_with_their_own_fields(app):
    clients = [peer(app, "/park", f"X-Name: {i}") for i in range(5)]
    app.wait_log(r"parked: 5$")
    assert get(app, "/wake").body == b"5\n"
    for i, client in enumerate(clients):
        assert read_until(client, f"woken, {i}\n".encode())
    app.wait_log(r"left: 0$")


def test_a_parked_request_hears_of_its_client_leaving(app):
    client = peer(app, "/park")
    app.wait_log(r"parked: 1$")
    client.close()
    app.wait_log(r"left: 0$")


def test_events_leave_as_they_are_written(app):
    client = peer(app, "/events")
    assert b"text/event-stream" in read_until(client, b"data: 1\n\n")


def test_a_body_that_is_longer_than_was_promised_is_a_500_and_not_sent(app):
    app.expect_log(r"Content-Length")
    assert get(app, "/wrong-length").status == 500
    assert get(app, "/hello").status == 200


def test_agents_that_nobody_holds_cost_nothing(app):
    get(app, "/agents")
    before = heap(app)
    get(app, "/agents")
    wait_until(lambda: heap(app) < before + 500_000, lambda: f"{before} bytes again, not {heap(app)}")


def heap(app):
    return int(get(app, "/heap").body)


def test_curl_has_what_it_sent_back(app, tmp_path):
    sent = tmp_path / "sent"
    sent.write_bytes(bytes(range(256)) * 8192)
    host, port = app.asked
    command = ["curl", "-sS", "--max-time", "20", "--data-binary", f"@{sent}", f"http://{host}:{port}/echo"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=30)
    assert done.stdout == sent.read_bytes()
