"""The example fetch: what another server says, as it says it, and what becomes of it when it fails."""
import functools
import http.server
import os
import re
import shutil
import socket
import subprocess
import threading
import time

import pytest

from harness import ports
from harness.client import Closed, request
from harness.wait import wait_until

MEGABYTE = 1 << 20
TEN = os.urandom(MEGABYTE) * 10


@pytest.fixture
def fetch(daemon):
    """Starts a daemon with one worker that fetches from a url."""

    def start(url, timeout="10000"):
        daemon.conf(
            workers=1,
            modules={
                "hello": {"path": "hello.so"},
                "fetch": {"path": "fetch.so", "from": url, "timeout": timeout},
            },
            routes={"/hello": "hello", "/fetch/*": "fetch"},
        )
        return daemon.start()

    return start


def answering(*pieces):
    """A server's script: what it has been asked goes to `asked`."""

    def script(peer, _):
        script.asked.append(peer.head())
        for piece in pieces:
            peer.send(piece)

    script.asked = []
    return script


# real servers


@pytest.fixture
def python_server(tmp_path):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_file_of_pythons_server(fetch, python_server, tmp_path):
    (tmp_path / "ten.html").write_bytes(TEN)
    answer = fetch(python_server).connect(seconds=30).get("/fetch/ten.html")
    assert (answer.status, answer.get("Content-Type")) == (200, "text/html")
    assert (answer.framing, answer.get("Content-Length")) == ("length", str(len(TEN)))
    assert answer.get("Last-Modified")
    assert answer.body == TEN


def test_a_head_of_pythons_server_has_no_body(fetch, python_server, tmp_path):
    (tmp_path / "ten.html").write_bytes(TEN)
    client = fetch(python_server).connect()
    answer = client.get("/fetch/ten.html", method="HEAD")
    assert (answer.status, answer.get("Content-Length"), answer.body) == (200, str(len(TEN)), b"")
    client.expect_open()


def test_a_status_of_pythons_server(fetch, python_server):
    assert fetch(python_server).get("/fetch/none").status == 404


@pytest.mark.skipif(not shutil.which("nginx"), reason="no nginx on this machine")
def test_a_file_of_nginx(fetch, tmp_path):
    port = ports.free_port()
    (tmp_path / "ten").write_bytes(TEN)
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; pid {tmp_path}/pid; error_log stderr; user root; events {{ }}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; root {tmp_path}; }} }}\n"
    )
    nginx = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
    try:
        wait_until(lambda: not ports.can_bind(port), "nginx to listen")
        answer = fetch(f"http://127.0.0.1:{port}").connect(seconds=30).get("/fetch/ten")
        assert (answer.status, answer.framing, answer.body) == (200, "length", TEN)
        assert answer.get("ETag")
    finally:
        nginx.terminate()
        nginx.wait()


def test_an_answer_of_eddys_own(fetch, daemon):
    daemon = fetch(f"http://127.0.0.1:{daemon.port}")
    answer = daemon.get("/fetch/hello")
    assert (answer.status, answer.body) == (200, b"Hello World\n")
    answer = daemon.get("/fetch/fetch/fetch/hello")
    assert (answer.status, answer.body) == (200, b"Hello World\n")


# what is asked, and of whom


@pytest.mark.parametrize(
    "path, asked",
    [
        ("", "/"),
        ("a/b", "/a/b"),
        ("a%2fb?c=d&e", "/a%2fb?c=d&e"),
        ("?x", "/?x"),
        ("http://example.org/", "/http://example.org/"),
        ("/example.org/", "//example.org/"),
        ("@example.org/", "/@example.org/"),
    ],
)
def test_nobody_but_the_server_of_the_conf_is_asked(fetch, serve, path, asked):
    script = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    url = serve(script).url
    assert fetch(url).get(f"/fetch/{path}").status == 200
    head = script.asked[0].decode()
    assert head.startswith(f"GET {asked} HTTP/1.1\r\nHost: {url[7:]}")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "GETS"])
def test_other_methods_than_get_and_head_are_405(fetch, serve, method):
    server = serve(answering(b""))
    answer = fetch(server.url).connect().get("/fetch/", "Content-Length: 0", method=method)
    assert (answer.status, answer.get("Allow")) == (405, "GET, HEAD")
    assert answer.body == b"GET it, or HEAD: nothing is sent there\n"
    assert not server.connections


# the answer


def test_headers_about_the_body_are_passed_on_and_others_are_not(fetch, serve):
    script = answering(
        b"HTTP/1.1 302 Found\r\nContent-Type: a/b\r\nContent-Encoding: gzip\r\nLocation: /else\r\n"
        b"Set-Cookie: a=b\r\nConnection: x-hop\r\nX-Hop: 1\r\nContent-Length: 4\r\n\r\ntext"
    )
    answer = fetch(serve(script).url).get("/fetch/")
    assert (answer.status, answer.body) == (302, b"text")
    assert answer.get("Content-Type") == "a/b"
    assert answer.get("Content-Encoding") == "gzip"
    assert answer.get("Location") == "/else"
    assert answer.get("Set-Cookie") is None
    assert answer.get("X-Hop") is None


def test_headers_are_passed_on_whole_however_long_they_are(fetch, serve):
    tag = '"' + "x" * 8000 + '"'
    script = answering(f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: 4\r\n\r\ntext".encode())
    answer = fetch(serve(script).url).get("/fetch/")
    assert (answer.body, answer.get("ETag")) == (b"text", tag)


def test_an_answer_without_a_length_is_chunked(fetch, serve):
    script = answering(b"HTTP/1.0 200 OK\r\n\r\n", TEN)
    answer = fetch(serve(script).url).connect(seconds=30).get("/fetch/")
    assert (answer.framing, answer.body) == ("chunked", TEN)


def test_a_body_flows_as_it_comes(fetch, serve):
    def script(peer, _):
        peer.head()
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        go_on.wait(10)
        peer.send(b"4\r\nlate\r\n0\r\n\r\n")

    go_on = threading.Event()
    client = fetch(serve(script).url).connect()
    client.send(request("GET", "/fetch/"))
    answer = client.read_head()
    assert answer.status == 200
    go_on.set()
    assert client.read_body(answer).body == b"late"


def test_a_client_that_reads_slowly_has_all_the_time_it_needs(fetch, python_server, tmp_path):
    (tmp_path / "ten").write_bytes(TEN + TEN)
    client = fetch(python_server, timeout="500").connect(seconds=30, rcvbuf=65536)
    client.send(request("GET", "/fetch/ten"))
    answer = client.read_head()
    time.sleep(1.5)
    assert client.read_body(answer).body == TEN + TEN


# failures


def test_a_server_that_is_not_there_is_502(fetch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        answer = fetch(f"http://127.0.0.1:{unused.getsockname()[1]}").get("/fetch/")
    assert (answer.status, answer.body) == (502, b"Connection refused\n")


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 2", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"],
)
def test_a_server_that_does_not_answer_as_one_is_502(fetch, serve, said):
    assert fetch(serve(answering(said)).url).get("/fetch/").status == 502


def test_a_server_that_says_nothing_is_504(fetch, serve):
    def script(peer, _):
        peer.head()
        peer.gone()
        gone.set()

    gone = threading.Event()
    daemon = fetch(serve(script).url, timeout="50")
    daemon.expect_log("the server is given up")
    answer = daemon.get("/fetch/")
    assert (answer.status, answer.body) == (504, b"it took too long\n")
    assert gone.wait(10)
    daemon.wait_log(r"\(fetch\): the server is given up: ETIMEOUT$")


@pytest.mark.parametrize("stalls", [False, True], ids=["ends", "stalls"])
def test_half_an_answer_is_not_taken_for_a_whole_one(fetch, serve, stalls):
    def script(peer, _):
        peer.head()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        read.wait(10)
        if stalls:
            peer.gone()

    read = threading.Event()
    daemon = fetch(serve(script).url, timeout="1000" if stalls else "10000")  # its head may take its time
    daemon.expect_log("an answer was cut off|the server is given up")
    client = daemon.connect()
    client.send(request("GET", "/fetch/"))
    answer = client.read_head()
    assert answer.status == 200
    read.set()
    with pytest.raises(Closed, match="reset"):
        client.read_body(answer)
    daemon.wait_log(r"\(fetch\): an answer was cut off: ")


@pytest.mark.parametrize("answered", [False, True], ids=["before", "in"])
def test_a_client_that_leaves_ends_the_request(fetch, serve, answered):
    def script(peer, _):
        peer.head()
        if answered:
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        asked.set()
        peer.gone()
        gone.set()

    asked, gone = threading.Event(), threading.Event()
    daemon = fetch(serve(script).url)
    client = daemon.connect()
    client.send(request("GET", "/fetch/"))
    assert asked.wait(10)
    if answered:
        client.read_once()
    client.reset()
    assert gone.wait(10)
    wait_until(lambda: daemon.workers()[0]["connections"] == 0, "the connections to go")


def test_a_worker_that_leaves_finishes_what_it_fetches(fetch, serve):
    def script(peer, _):
        peer.head()
        asked.set()
        go_on.wait(10)
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntext")

    asked, go_on = threading.Event(), threading.Event()
    daemon = fetch(serve(script).url)
    client = daemon.connect()
    client.send(request("GET", "/fetch/"))
    assert asked.wait(10)
    daemon.reload()
    go_on.set()
    assert client.read().body == b"text"


# the conf


@pytest.mark.parametrize(
    "options, why",
    [
        ({}, "from where\\? options"),
        (
            {"from": "https://a"},
            'bad from "https://a": it does not begin with http://; "http://host:port" is due',
        ),
        ({"from": "http://"}, "it has no host"),
        ({"from": "http://:80"}, "its host is no name or address"),
        ({"from": "http://a b"}, "its host is no name or address"),
        ({"from": "http://a..b"}, "its host is no name or address"),
        ({"from": "http://u@a"}, "its host is no name or address"),
        ({"from": "http://::1"}, "its host is no name or address"),
        ({"from": "http://[::1"}, "its host is no name or address"),
        ({"from": "http://[1.2.3.4]"}, "its host is no name or address"),
        ({"from": "http://[::1]80"}, "its host is no name or address"),
        ({"from": "http://%s" % ("a" * 255)}, "its host is no name or address"),
        ({"from": "http://[%s]" % ("1" * 99)}, "its host is no name or address"),
        ({"from": "http://a:b:c"}, "its port is no number from 1 to 65535"),
        ({"from": "http://a:"}, "its port is no number from 1 to 65535"),
        ({"from": "http://a:-1"}, "its port is no number from 1 to 65535"),
        ({"from": "http://127.0.0.1:0"}, "its port is no number from 1 to 65535"),
        ({"from": "http://127.0.0.1:99999"}, "its port is no number from 1 to 65535"),
        ({"from": "http://a/path"}, "it has a path or query"),
        ({"from": "http://a?x"}, "it has a path or query"),
        ({"from": "http://a", "timeout": "soon"}, 'bad timeout "soon"'),
        ({"from": "http://a", "timeout": "0"}, 'bad timeout "0"'),
    ],
)
def test_options_that_cannot_be_are_refused(daemon, options, why):
    daemon.expect_log(why)
    daemon.expected_exit = 78
    daemon.conf(
        workers=1,
        modules={"fetch": {"path": "fetch.so", **options}},
        routes={"/fetch/*": "fetch"},
    )
    daemon.launch()
    assert daemon.wait_exit() == 78
    assert re.search(why, daemon.log())


@pytest.mark.parametrize(
    "url",
    [
        "http://a",
        "http://a-b.c_d.:65535",
        "http://192.0.2.1:1",
        "http://[::1]",
        "http://[2001:db8::1]:80",
    ],
)
def test_options_that_can_be_are_taken(fetch, url):
    fetch(url)
