"""The http client: requests that the module `client` makes, to servers that are played here."""
import http.server
import os
import re
import socket
import struct
import threading
import time

import pytest

from harness import dns
from harness.wait import wait_until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def asking(daemon, modules):
    daemon.conf(
        workers=1,
        modules={"client": {"path": str(modules / "client.so")}},
        routes={"/fetch": "client"},
    )
    return daemon.start()


def fetch(daemon, url, **options):
    """The events of the request, and the body of its answer."""
    fields = [f"X-{name.capitalize()}: {value}" for name, value in options.items()]
    answer = daemon.get("/fetch", f"X-Url: {url}", *fields)
    assert answer.status == 200
    log, _, body = answer.body.partition(b"\n\n")
    return log.decode().split("\n"), body


def answering(*answers):
    """Gives one of these to each request of a connection, then waits for its end."""

    def script(peer, n):
        for answer in answers:
            peer.head()
            peer.send(answer)
        peer.gone()

    return script


def closing(answer):
    """Answers one request and closes."""

    def script(peer, n):
        peer.head()
        peer.send(answer)

    return script


GOOD = ["response 200 OK", "data", "end", "close"]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *unused):
        pass


def test_a_stock_server_is_understood_and_understands(asking):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = "http://localhost:%d" % server.server_port
        assert fetch(asking, url) == (GOOD, b"hello")
        assert fetch(asking, url, method="POST", body="sent") == (GOOD, b"sent")
    finally:
        server.shutdown()
        server.server_close()


# What is sent


@pytest.mark.parametrize(
    "options, head, body",
    [
        ({}, "GET /a?b HTTP/1.1|Host: {host}", b""),
        ({"method": "POST"}, "POST /a?b HTTP/1.1|Host: {host}|Content-Length: 0", b""),
        ({"method": "PUT", "body": "12345"}, "PUT /a?b HTTP/1.1|Host: {host}|Content-Length: 5", b"12345"),
        ({"field": "X-Mine: yes"}, "GET /a?b HTTP/1.1|Host: {host}|X-Mine: yes", b""),
        ({"field": "Host: other"}, "GET /a?b HTTP/1.1|Host: other", b""),
        ({"agent": 2}, "GET /a?b HTTP/1.1|Host: {host}|Connection: close", b""),
        (
            {"method": "POST", "chunk": 3, "chunks": 2},
            "POST /a?b HTTP/1.1|Host: {host}|Transfer-Encoding: chunked",
            b"3\r\nwww\r\n3\r\nwww\r\n0\r\n\r\n",
        ),
        ({"path": "/other?query"}, "GET /other?query HTTP/1.1|Host: {host}", b""),
        ({"path": "*", "method": "OPTIONS"}, "OPTIONS * HTTP/1.1|Host: {host}", b""),
        ({"path": "http://far.test:81/x?y"}, "GET http://far.test:81/x?y HTTP/1.1|Host: far.test:81", b""),
        ({"path": "http://far.test"}, "GET http://far.test HTTP/1.1|Host: far.test", b""),
        ({"path": "http://a/", "field": "Host: b"}, "GET http://a/ HTTP/1.1|Host: b", b""),
        ({"path": "http://never.read/", "size": "first"}, "GET /a?b HTTP/1.1|Host: {host}", b""),
        ({"get": 1}, "GET /a?b HTTP/1.1|Host: {host}", b""),
        (
            {"method": "POST", "chunk": 3, "chunks": 2, "field": "Content-Length: 6"},
            "POST /a?b HTTP/1.1|Host: {host}|Content-Length: 6",
            b"wwwwww",
        ),
    ],
)
def test_a_request_is_these_bytes(asking, serve, options, head, body):
    seen = []

    def script(peer, n):
        seen.append(peer.head())
        seen.append(peer.exactly(len(body)))
        peer.send(OK)
        peer.gone()

    server = serve(script)
    assert fetch(asking, server.url + "/a?b#c", **options) == (GOOD, b"ok")
    wanted = head.format(host=server.url[len("http://") :]).replace("|", "\r\n").encode()
    assert seen == [wanted, body]


@pytest.mark.parametrize(
    "url, options",
    [
        ("ftp://127.0.0.1/", {}),
        ("http://user@127.0.0.1/", {}),
        ("http://127.0.0.1/", {"method": "G(T"}),
        ("http://127.0.0.1/", {"field": "Content-Length: 1x"}),
        ("http://127.0.0.1/", {"field": "Transfer-Encoding: gzip"}),
        ("http://127.0.0.1/", {"field": "Bad Name: x"}),
        ("http://127.0.0.1/not-a-host", {"method": "CONNECT"}),
        ("http://127.0.0.1", {"method": "CONNECT"}),
        ("http://127.0.0.1?a.host:80", {"method": "CONNECT"}),
        ("http://127.0.0.1/a.host:80", {"method": "CONNECT", "path": "/a.host:80"}),
        ("http://127.0.0.1/", {"path": "no-slash"}),
        ("http://127.0.0.1/", {"path": "*"}),
        ("http://127.0.0.1/", {"path": "/a b"}),
        ("http://127.0.0.1/", {"path": "https://far.test/"}),
        ("http://127.0.0.1/", {"path": "http://far.test/#x"}),
        ("http://127.0.0.1/", {"size": "less"}),
    ],
)
def test_bad_options_are_an_error_event_and_a_line_in_the_log(asking, url, options):
    asking.expect_log(r"eddy_http_request: ")
    assert fetch(asking, url, **options) == (["error EINVAL", "close"], b"")
    asking.wait_log(r"\(client\): eddy_http_request: ")


def test_a_second_end_is_a_line_in_the_log(asking, serve):
    asking.expect_log(r"eddy_client_request_")
    assert fetch(asking, serve(closing(OK)).url, write="response") == (GOOD, b"ok")
    asking.wait_log(r"\(client\): eddy_client_request_write: .*")
    asking.wait_log(r"\(client\): eddy_client_request_end: .*")


def test_no_url_is_said_to_be_missing(asking):
    asking.expect_log(r"eddy_http_get: ")
    answer = asking.get("/fetch", "X-Get: 1")
    assert answer.body == b"error EINVAL\nclose\n\n"
    asking.wait_log(r"\(client\): eddy_http_get: there is no url")


def test_more_than_content_length_is_an_error(asking, serve):
    asking.expect_log(r"eddy_client_request_write: ")
    server = serve(lambda peer, n: peer.gone())
    events, _ = fetch(asking, server.url, method="POST", chunk=4, chunks=2, field="Content-Length: 7")
    assert events == ["error ECONTENT_LENGTH", "close"]


def test_less_than_content_length_is_an_error(asking, serve):
    asking.expect_log(r"eddy_client_request_end: ")
    server = serve(lambda peer, n: peer.gone())
    events, _ = fetch(asking, server.url, method="POST", body="1234", field="Content-Length: 7")
    assert events == ["error ECONTENT_LENGTH", "close"]


def test_a_large_body_waits_for_drain(asking, serve):
    size = 20000 * 500
    got = []

    def script(peer, n):
        peer.head()
        got.append(len(peer.exactly(size)))
        peer.send(OK)
        peer.gone()

    server = serve(script)
    events, _ = fetch(
        asking, server.url, method="POST", chunk=20000, chunks=500, field=f"Content-Length: {size}"
    )
    assert events == ["drain"] + GOOD
    assert got == [size]


@pytest.mark.parametrize("field, full", [("X-Y: z", 4), ("Expect: 100-continue", 5)])
def test_a_write_says_false_above_the_mark_before_there_is_a_connection(asking, serve, field, full):
    """
    Four pieces are 64 KB just so, and nothing can leave within the call that makes the request. The head waits in
    front of them, unless they wait for 100.
    """
    size = 16384 * 20

    def script(peer, n):
        peer.head()
        peer.exactly(size)
        peer.send(OK)
        peer.gone()

    options = {"chunk": 16384, "chunks": 20, "count": 1, "length": size, "field": field}
    events, _ = fetch(asking, serve(script).url, method="POST", **options)
    assert events == ["drain"] + GOOD[:-1] + [f"full {full}", "close"]


@pytest.mark.parametrize("chunk, chunks", [(3, 2), (20000, 500)])
@pytest.mark.parametrize("field", ["Content-Length: %d", "Transfer-Encoding: chunked"])
def test_lent_buffers_arrive_and_go_back(asking, serve, field, chunk, chunks):
    got = []

    def script(peer, n):
        peer.head()
        if field.startswith("Content"):
            got.append(peer.exactly(chunk * chunks))
        else:
            got.append(peer.until(b"\r\n0\r\n\r\n").replace(b"%x\r\n" % chunk, b"").replace(b"\r\n", b"")[:-1])
        peer.send(OK)
        peer.gone()

    events, _ = fetch(
        asking,
        serve(script).url,
        method="POST",
        chunk=chunk,
        chunks=chunks,
        owned=1,
        field=field.replace("%d", str(chunk * chunks)),
    )
    assert [event for event in events if event != "drain"] == [
        *GOOD[:-1],
        f"lent {chunks} released {chunks}",
        "close",
    ]
    assert got == [b"w" * (chunk * chunks)]


def test_lent_buffers_go_back_when_the_request_fails(asking, serve):
    def script(peer, n):
        peer.head()
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    events, _ = fetch(asking, serve(script).url, method="POST", chunk=65536, chunks=1000, owned=1)
    lent, released = re.fullmatch(r"lent (\d+) released (\d+)", events[-2]).groups()
    assert int(lent) == int(released) > 0
    assert events[-3] in ("error ECONNRESET", "error EPIPE")


def test_the_head_leaves_when_it_is_flushed(asking, serve):
    seen = []

    def script(peer, n):
        seen.append(peer.head())
        seen.append(peer.buffer)
        peer.send(b"HTTP/1.1 102 Go\r\n\r\n")
        seen.append(peer.until(b"0\r\n\r\n"))
        peer.send(OK)
        peer.gone()

    events, _ = fetch(asking, serve(script).url, method="POST", late="body")
    assert events == ["information 102 Go"] + GOOD
    assert seen[0].endswith(b"Transfer-Encoding: chunked")
    assert seen[1:] == [b"", b"4\r\nbody\r\n0\r\n\r\n"]


def test_other_events_take_over(asking, serve):
    events, body = fetch(asking, serve(answering(OK)).url, other=1)
    assert (events, body) == (["response 200 OK", "other", "data", "end", "close"], b"ok")


def test_a_body_waits_for_100(asking, serve):
    seen = []

    def script(peer, n):
        peer.head()
        seen.append(peer.buffer)
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        seen.append(peer.exactly(4))
        peer.send(OK)
        peer.gone()

    server = serve(script)
    events, body = fetch(asking, server.url, method="POST", body="late", field="Expect: 100-continue")
    assert events == ["information 100 Continue"] + GOOD
    assert seen == [b"", b"late"]


def test_a_body_does_not_wait_for_100_for_ever(asking, serve):
    seen = []

    def script(peer, n):
        peer.head()
        seen.append(peer.buffer)
        seen.append(peer.exactly(4))
        peer.send(OK)
        peer.gone()

    server = serve(script)
    assert fetch(asking, server.url, method="POST", body="late", field="Expect: 100-continue") == (GOOD, b"ok")
    assert seen == [b"", b"late"]


# How answers end


@pytest.mark.parametrize(
    "answer, body",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=b\r\n!\r\n0\r\n\r\n", b"hello!"),
        (b"HTTP/1.1 200 OK\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.0 200 OK\r\n\r\nold", b"old"),
    ],
)
@pytest.mark.parametrize("bytewise", [False, True])
def test_a_body_ends_as_its_framing_says(asking, serve, answer, body, bytewise):
    def script(peer, n):
        peer.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.head()
        for i in range(len(answer)) if bytewise else [None]:
            peer.send(answer if i is None else answer[i : i + 1])

    assert fetch(asking, serve(script).url) == (GOOD, body)


@pytest.mark.parametrize(
    "method, answer",
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 OK\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 OK\r\nContent-Length: 5\r\n\r\n"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_an_answer_without_a_body_ends_with_its_head(asking, serve, method, answer):
    events, body = fetch(asking, serve(answering(answer)).url, method=method)
    assert (re.sub(r"\d+ ", "", events[0]), events[1:], body) == ("response OK", ["end", "close"], b"")


@pytest.mark.parametrize(
    "answer, events",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", ["response 200 OK", "data", "error EABORTED", "close"]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", ["response 200 OK", "data", "error EABORTED", "close"]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ["response 200 OK", "error EBADMSG", "close"]),
        (b"HTTP/1.1 200 OK\r\n", ["error EABORTED", "close"]),
        (b"", ["error EABORTED", "close"]),
        (b"SSH-2.0-x\r\n", ["error EBADMSG", "close"]),
        (b"HTTP/2.0 200 OK\r\n\r\n", ["error EBADMSG", "close"]),
        (b"HTTP/1.1 999 OK\r\n\r\n", ["error EBADMSG", "close"]),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", ["error EBADMSG", "close"]),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", ["error EBADMSG", "close"]),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000 + b"\r\n\r\n", ["error ETOOBIG", "close"]),
        (b"HTTP/1.1 102 P\r\n\r\n" * 65, ["information 102 P"] * 64 + ["error EBADMSG", "close"]),
        (b"HTTP/1.1 101 S\r\n\r\n", ["upgrade 101 S", "close"]),
    ],
)
def test_a_broken_answer_is_an_error_once(asking, serve, answer, events):
    assert fetch(asking, serve(closing(answer)).url)[0] == events


def test_trailers_and_joined_headers(asking, serve):
    answer = (
        b"HTTP/1.1 200 OK\r\nX-Joined: a\r\nX-Note: n\r\nx-joined: b\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"1\r\nx\r\n0\r\nX-Sum: 42\r\n\r\n"
    )
    events, body = fetch(asking, serve(answering(answer)).url)
    assert events == ["response 200 OK", "joined a, b", "note n", "data", "trailer 42", "end", "close"]
    assert body == b"x"


def test_trailers_go_behind_a_chunked_body_and_no_other(asking, serve):
    asking.expect_log("eddy_socket_(on|detach): .* not the module's")
    seen = []

    def script(peer, n):
        head = peer.head()
        seen.append(peer.exactly(23) if b"chunked" in head else peer.exactly(3))
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: 1\r\nb:  2\r\nA: 3\r\n\r\n")
        peer.gone()

    server = serve(script)
    wanted = ["connect anew 127.0.0.1", "finish", "response 200 OK", "A=1", "b=2", "A=3", "end", "close"]
    assert fetch(asking, server.url, method="POST", chunk=3, chunks=1, more=1)[0] == wanted
    assert fetch(asking, server.url, method="POST", body="abc", agent=1, more=1)[0] == wanted
    assert seen == [b"3\r\nwww\r\n0\r\nX-End: 7\r\n\r\n", b"abc"]


def test_it_tells_of_its_connection_and_of_the_end_of_sending(asking, serve):
    asking.expect_log("eddy_socket_(on|detach): .* not the module's")
    server = serve(answering(OK, OK))
    told = ["connect anew 127.0.0.1", "finish", *GOOD]
    assert fetch(asking, server.url, more=1)[0] == told
    assert fetch(asking, server.url, more=1)[0] == [told[0].replace("anew", "again"), *told[1:]]


def test_what_is_sent_again_has_another_connection(asking, serve):
    asking.expect_log("eddy_socket_(on|detach): .* not the module's")
    server = serve(stale)
    fetch(asking, server.url, more=1)
    told = ["connect again 127.0.0.1", "finish", "connect anew 127.0.0.1", *GOOD]
    assert fetch(asking, server.url, more=1)[0] == told


def test_finish_waits_until_the_server_has_read(asking, serve):
    asking.expect_log("eddy_socket_(on|detach): .* not the module's")
    go = threading.Event()

    def script(peer, n):
        peer.head()
        go.wait(20)
        peer.exactly(30_000_000)
        peer.send(OK)
        peer.gone()

    server = serve(script)
    field = "Content-Length: 30000000"
    client = begin(asking, server.url, method="POST", more=1, chunk=30_000_000, chunks=1, field=field)
    client.expect_silence()
    go.set()
    log = client.read().body.partition(b"\n\n")[0].decode().split("\n")
    assert log == ["connect anew 127.0.0.1", "finish", *GOOD]


def test_a_timeout_can_be_set_later(asking, serve):
    def script(peer, n):
        peer.head()
        peer.gone()

    assert fetch(asking, serve(script).url, later=50, destroy="timeout")[0] == ["timeout", "close"]


def test_interim_answers_come_before_the_answer(asking, serve):
    early = b"HTTP/1.1 103 Early Hints\r\nX-Note: hint\r\n\r\n"
    events, _ = fetch(asking, serve(answering(early + early + OK)).url)
    assert events == ["information 103 Early Hints", "note hint"] * 2 + GOOD


# Connections


def test_a_connection_is_used_again(asking, serve):
    server = serve(answering(OK, OK, OK))
    for _ in range(3):
        assert fetch(asking, server.url) == (GOOD, b"ok")
    assert len(server.connections) == 1


@pytest.mark.parametrize(
    "answer, options",
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", {}),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", {}),
        (OK + b"more", {}),
        (OK, {"agent": 2}),
        (OK, {"field": "Connection: close"}),
    ],
)
def test_a_connection_that_cannot_be_used_again_is_closed(asking, serve, answer, options):
    server = serve(answering(answer))
    for _ in range(2):
        assert fetch(asking, server.url, **options) == (GOOD, b"ok")
    assert len(server.connections) == 2


def stale(peer, n):
    """The first connection answers once, and closes when it is asked again."""
    peer.head()
    peer.send(OK)
    peer.head()
    if n > 1:
        peer.gone()


def test_an_idempotent_request_is_sent_again_when_its_connection_was_stale(asking, serve):
    server = serve(stale)
    assert fetch(asking, server.url) == (GOOD, b"ok")
    assert fetch(asking, server.url) == (GOOD, b"ok")
    assert len(server.connections) == 2


def test_a_post_is_not_sent_again(asking, serve):
    server = serve(stale)
    assert fetch(asking, server.url) == (GOOD, b"ok")
    events, _ = fetch(asking, server.url, method="POST", body="once")
    assert events in (["error EABORTED", "close"], ["error ECONNRESET", "close"])
    assert len(server.connections) == 1


def test_requests_wait_for_the_only_socket_in_their_order(asking, serve):
    seen = []
    go = threading.Event()

    def script(peer, n):
        while head := peer.head():
            seen.append(head.split()[1].decode())
            go.wait(20)
            peer.send(OK)

    server = serve(script)
    clients = []
    for i in range(4):
        client = asking.connect()
        client.send(f"GET /fetch HTTP/1.1\r\nHost: a\r\nX-Url: {server.url}/{i}\r\nX-Agent: 1\r\n\r\n".encode())
        clients.append(client)
        wait_until(lambda: asking.totals()["requests"] > i, "the request to come")
    wait_until(lambda: seen, "the first")
    go.set()
    for client in clients:
        assert client.read().body.endswith(b"\n\nok")
    assert len(server.connections) == 1
    assert seen == ["/0", "/1", "/2", "/3"]


def begin(daemon, url, **options):
    """A client that has sent its request, and whose answer is still to be read."""
    fields = "".join(f"X-{name.capitalize()}: {value}\r\n" for name, value in options.items())
    client = daemon.connect()
    requests = daemon.totals()["requests"]
    client.send(f"GET /fetch HTTP/1.1\r\nHost: a\r\nX-Url: {url}\r\n{fields}\r\n".encode())
    wait_until(lambda: daemon.totals()["requests"] > requests, "the request to come")
    return client


def test_a_request_that_is_sent_again_does_so_before_those_in_line(asking, serve):
    """The only socket turns out to be closed when the first has been sent on it, and the second waits."""
    seen = []
    arrived, go = threading.Event(), threading.Event()

    def script(peer, n):
        if n == 1:
            peer.head()
            peer.send(OK)
            seen.append(peer.head().split()[1])
            arrived.set()
            go.wait(20)
            return
        while head := peer.head():
            seen.append(head.split()[1])
            peer.send(OK)

    server = serve(script)
    assert fetch(asking, server.url, agent=1)[0] == GOOD
    first = begin(asking, f"{server.url}/first", agent=1)
    assert arrived.wait(20)
    second = begin(asking, f"{server.url}/second", agent=1)
    go.set()
    for client in (first, second):
        assert client.read().body.endswith(b"\n\nok")
    assert seen == [b"/first", b"/first", b"/second"]
    assert len(server.connections) == 2


def test_a_request_in_line_has_its_timeout(asking, serve):
    arrived, go = threading.Event(), threading.Event()

    def script(peer, n):
        while peer.head():
            arrived.set()
            go.wait(20)
            peer.send(OK)

    server = serve(script)
    first = begin(asking, server.url, agent=1)
    assert arrived.wait(20)
    assert fetch(asking, server.url, agent=1, timeout=50, destroy="timeout")[0] == ["timeout", "close"]
    go.set()
    assert first.read().body.endswith(b"\n\nok")
    assert len(server.connections) == 1


def test_a_connection_is_closed_before_its_server_does_it(asking, serve):
    """The agent would keep it for 5 s, the server for 2: it goes a second before that."""
    closed = []

    def script(peer, n):
        peer.head()
        peer.send(b"HTTP/1.1 200 OK\r\nKeep-Alive: max=7, timeout=2\r\nContent-Length: 2\r\n\r\nok")
        began = time.monotonic()
        peer.gone()
        closed.append(time.monotonic() - began)

    assert fetch(asking, serve(script).url) == (GOOD, b"ok")
    wait_until(lambda: closed, "it to close", seconds=10)
    assert closed[0] > 0.9


@pytest.mark.parametrize("field", ["timeout=1", "timeout=0", "max=3, Timeout=1"])
def test_a_connection_that_its_server_may_be_closing_is_not_used_again(asking, serve, field):
    answer = b"HTTP/1.1 200 OK\r\nKeep-Alive: %s\r\nContent-Length: 2\r\n\r\nok" % field.encode()
    server = serve(answering(answer))
    for _ in range(2):
        assert fetch(asking, server.url) == (GOOD, b"ok")
    assert len(server.connections) == 2


@pytest.mark.parametrize("field", ["timeout=60", "timeout", "timeout=x", "timeout=", "max=1", "timeout=99999999999"])
def test_a_connection_is_kept_whatever_else_its_server_says(asking, serve, field):
    answer = b"HTTP/1.1 200 OK\r\nKeep-Alive: %s\r\nContent-Length: 2\r\n\r\nok" % field.encode()
    server = serve(answering(answer, answer))
    for _ in range(2):
        assert fetch(asking, server.url) == (GOOD, b"ok")
    assert len(server.connections) == 1


def ask_together(daemon, server, n, agent):
    """n requests that are under way at the same time, answered when all of them have come."""
    clients = [daemon.connect() for _ in range(n)]
    for client in clients:
        client.send(f"GET /fetch HTTP/1.1\r\nHost: a\r\nX-Url: {server.url}\r\nX-Agent: {agent}\r\n\r\n".encode())
    for client in clients:
        assert client.read().body.endswith(b"\n\nok")
        client.close()


def together(n, closed):
    """Answers when n connections have asked; what has closed is added to the list."""
    barrier = threading.Barrier(n)

    def script(peer, number):
        peer.head()
        barrier.wait(20)
        peer.send(OK)
        while peer.head():
            peer.send(OK)
        closed.append(number)

    return script


def test_no_more_idle_connections_are_kept_than_the_agent_says(asking, serve):
    closed = []
    server = serve(together(3, closed))
    ask_together(asking, server, 3, agent=3)
    wait_until(lambda: len(closed) == 2, "two of three to close")
    assert fetch(asking, server.url, agent=3) == (GOOD, b"ok")
    assert len(server.connections) == 3 and len(closed) == 2


def test_an_idle_connection_is_closed_in_its_time(asking, serve):
    closed = []
    server = serve(together(1, closed))
    assert fetch(asking, server.url, agent=4) == (GOOD, b"ok")
    wait_until(lambda: closed == [1], "it to close")


def test_a_unix_socket_is_connected_to(asking, serve, tmp_path):
    path = str(tmp_path / "s")
    serve(answering(OK), family=socket.AF_UNIX, address=path)
    os.chmod(path, 0o777)
    for parent in (tmp_path, *tmp_path.parents):
        if os.access(parent, os.W_OK) and str(parent) != "/" and parent.stat().st_uid == os.geteuid():
            os.chmod(parent, parent.stat().st_mode | 0o055)
    assert fetch(asking, "http://any.host/", socket=path) == (GOOD, b"ok")


def test_what_cannot_be_connected_to_is_an_error(asking):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = "http://127.0.0.1:%d/" % unused.getsockname()[1]
        assert fetch(asking, url) == (["error ECONNREFUSED", "close"], b"")


def test_a_server_that_resets_is_an_error(asking, serve):
    def script(peer, n):
        peer.head()
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert fetch(asking, serve(script).url) == (["error ECONNRESET", "close"], b"")


def test_a_name_that_is_none_is_an_error(daemon, modules):
    server = dns.Odd(dns.rcode(3))
    try:
        client = {"path": str(modules / "client.so"), "servers": server.address}
        daemon.conf(workers=1, modules={"client": client}, routes={"/fetch": "client"})
        daemon.start()
        assert fetch(daemon, "http://nowhere.test/") == (["error ENOTFOUND", "close"], b"")
        assert server.asked > 0
    finally:
        server.stop()


def test_a_unix_socket_that_is_not_there_is_an_error(asking, tmp_path):
    events, _ = fetch(asking, "http://any.host/", socket=tmp_path / "nothing")
    assert events == ["error ENOENT", "close"]


def test_a_unix_socket_that_may_not_be_connected_to_is_an_error(daemon, modules, serve):
    path = f"{daemon.folder}/s"
    serve(answering(OK), family=socket.AF_UNIX, address=path)
    os.chmod(path, 0)
    daemon.conf(
        workers=1,
        modules={"client": {"path": str(modules / "client.so")}},
        routes={"/fetch": "client"},
        **({"extra": 'user = "nobody"'} if os.geteuid() == 0 else {}),
    )
    daemon.start()
    assert fetch(daemon, "http://any.host/", socket=path) == (["error EACCES", "close"], b"")


# Upgrade


def test_101_hands_the_socket_over_with_what_came_behind_it(asking, serve):
    def script(peer, n):
        peer.head()
        peer.send(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nfirst ")
        assert peer.exactly(4) == b"mine"
        peer.send(b"second")

    events, body = fetch(asking, serve(script).url, say="mine", field="Upgrade: x")
    assert (events, body) == (["upgrade 101 Switching", "close"], b"first second")


@pytest.mark.parametrize("url, path", [("/to.host:443", None), ("/", "to.host:443"), ("", "to.host:443")])
def test_connect_hands_the_socket_over(asking, serve, url, path):
    heads = []
    more = {"path": path} if path else {}

    def script(peer, n):
        heads.append(peer.head())
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        assert peer.exactly(4) == b"mine"
        peer.send(b"theirs")

    events, body = fetch(asking, serve(script).url + url, method="CONNECT", say="mine", **more)
    assert (events, body) == (["upgrade 200 OK", "close"], b"theirs")
    assert heads == [b"CONNECT to.host:443 HTTP/1.1\r\nHost: to.host:443"]


def test_101_that_nobody_takes_is_an_error(asking, serve):
    server = serve(answering(b"HTTP/1.1 101 Switching\r\n\r\n"))
    assert fetch(asking, server.url, bare=1)[0] == ["error EBADMSG", "close"]


# At any stage


@pytest.mark.parametrize(
    "stage, events",
    [
        ("made", ["close"]),
        ("asked", ["close"]),
        ("information", ["information 103 E", "close"]),
        ("response", ["information 103 E", "response 200 OK", "close"]),
        ("data", ["information 103 E", "response 200 OK", "data", "close"]),
        ("end", ["information 103 E", "response 200 OK", "data", "end", "close"]),
    ],
)
def test_a_request_can_be_destroyed_at_any_stage(asking, serve, stage, events):
    answer = b"HTTP/1.1 103 E\r\n\r\n" + OK
    server = serve(answering(answer, answer))
    assert fetch(asking, server.url, destroy=stage)[0] == events
    assert fetch(asking, server.url)[0][-1] == "close"


def test_timeout_tells_and_does_not_end(asking, serve):
    server = serve(answering())
    assert fetch(asking, server.url, timeout=50, destroy="timeout")[0] == ["timeout", "close"]


@pytest.mark.parametrize("answer", [OK, b"HTTP/1.1 200 OK\r\n\r\nok", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"])
@pytest.mark.parametrize("stage, place", [("response", 1), ("data", 2)])
def test_a_paused_answer_waits_for_resume(asking, serve, answer, stage, place):
    events, body = fetch(asking, serve(closing(answer)).url, pause=stage)
    wanted = list(GOOD)
    wanted.insert(place, "resume")
    assert (events, body) == (wanted, b"ok")


def test_a_connection_whose_answer_was_paused_for_a_moment_is_used_again(asking, serve):
    server = serve(answering(OK, OK, OK))
    for _ in range(3):
        assert fetch(asking, server.url, blink=1) == (GOOD, b"ok")
    assert len(server.connections) == 1


@pytest.mark.parametrize("stage, place", [("response", 1), ("data", 2)])
def test_the_time_of_a_paused_answer_stands_still(asking, serve, stage, place):
    events, body = fetch(asking, serve(closing(OK)).url, pause=stage, hold=1500, timeout=500)
    wanted = list(GOOD)
    wanted.insert(place, "resume")
    assert (events, body) == (wanted, b"ok")


def test_the_time_of_an_answer_begins_anew_with_resume(asking, serve):
    server = serve(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha"))
    events, _ = fetch(asking, server.url, pause="data", hold=1500, timeout=500, destroy="timeout")
    assert events == ["response 200 OK", "data", "resume", "timeout", "close"]


def test_the_time_stands_still_while_the_module_has_more_to_write(asking, serve):
    def script(peer, n):
        peer.head()
        time.sleep(1.5)
        peer.send(b"HTTP/1.1 103 Go\r\n\r\n")
        peer.gone()

    options = {"method": "POST", "late": "body", "timeout": 500, "destroy": "timeout"}
    assert fetch(asking, serve(script).url, **options)[0] == ["information 103 Go", "timeout", "close"]


@pytest.mark.parametrize("options", [{}, {"owned": 1}, {"field": "Expect: 100-continue"}])
def test_the_time_passes_while_the_server_does_not_read(asking, serve, options):
    gone = threading.Event()
    server = serve(lambda peer, n: gone.wait(30))
    try:
        options |= {"method": "POST", "chunk": 65536, "chunks": 2000, "timeout": 500, "destroy": "timeout"}
        events, _ = fetch(asking, server.url, **options)
        assert "timeout" in events
    finally:
        gone.set()


def test_what_is_written_when_the_answer_is_whole_goes_nowhere(asking, serve):
    server = serve(answering(OK))
    events, body = fetch(asking, server.url, method="POST", late="unused", write="end")
    assert (events, body) == (GOOD, b"ok")


def test_an_early_answer_ends_a_request_that_is_still_being_sent(asking, serve):
    def script(peer, n):
        peer.head()
        peer.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        peer.gone()

    events, body = fetch(asking, serve(script).url, method="POST", chunk=65536, chunks=2000)
    assert [event for event in events if event != "drain"] == ["response 413 Too Large", "data", "end", "close"]


def test_a_worker_that_leaves_waits_for_its_requests_and_closes_idle_connections(asking, serve):
    arrived, go = threading.Event(), threading.Event()

    def script(peer, n):
        while peer.head():
            if n == 2:
                arrived.set()
                go.wait(20)
            peer.send(OK)

    server = serve(script)
    assert fetch(asking, server.url)[0] == GOOD
    with asking.connect() as client:
        client.send(f"GET /fetch HTTP/1.1\r\nHost: a\r\nX-Url: {server.url}\r\nX-Agent: 2\r\n\r\n".encode())
        assert arrived.wait(20)
        asking.signal(15)
        go.set()
        assert client.read().body.endswith(b"ok")
    assert asking.wait_exit() == 0
