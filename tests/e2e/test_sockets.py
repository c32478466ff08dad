"""Raw sockets: listen { protocol = "tcp" }, connections taken over from HTTP, and those that a module makes."""
import os
import select
import socket
import struct
import threading

import pytest

from harness import ports
from harness.wait import wait_until

MODES = ["echo", "shut", "hello", "deaf", "drop", "reset", "detach", "flood", "quiet", "bye", "sink", "denied", "flooded"]


@pytest.fixture
def raw(daemon, modules, tmp_path):
    """A daemon with a unix socket for each mode: raw("echo") connects to that one."""
    path = str(modules / "raw.so")
    listens = {f"127.0.0.1:{daemon.port}": {}}
    for mode in MODES:
        listens[f"unix:{tmp_path}/{mode}"] = {"protocol": "tcp", "module": mode, "mode": "0666"}
    daemon.conf(
        workers=1,
        listens=listens,
        modules={**{mode: {"path": path, "mode": mode} for mode in MODES}, "raw": {"path": path}},
        routes={
            "/upgrade": "raw",
            "/later": {"module": "raw", "handler": "later"},
            "/tardy": {"module": "raw", "handler": "tardy"},
            "/named": {"module": "raw", "handler": "named"},
            "/lost": {"module": "raw", "handler": "lost"},
            "/denied": {"module": "raw", "handler": "denied"},
            "/denied_later": {"module": "raw", "handler": "denied_later"},
            "/dial": {"module": "raw", "handler": "dial"},
            "/pause": {"module": "raw", "handler": "pause"},
            "/go": {"module": "raw", "handler": "go"},
            "/flooded": {"module": "flood", "handler": "flooded"},
            "*": {"module": "raw", "handler": "tunnel", "methods": ["CONNECT"]},
        },
    )
    daemon.start()

    def connect(mode):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(10)
        peer.connect(f"{tmp_path}/{mode}")
        return peer

    return connect


def drained(peer):
    pieces = []
    while piece := peer.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def test_echo_answers_the_fin_behind_all_bytes(raw):
    with raw("echo") as peer:
        peer.sendall(b"hello")
        assert peer.recv(5) == b"hello"
        peer.shutdown(socket.SHUT_WR)
        assert drained(peer) == b"[end]"


def test_without_an_end_event_eddy_ends(raw):
    with raw("shut") as peer:
        peer.sendall(b"bye")
        peer.shutdown(socket.SHUT_WR)
        assert drained(peer) == b"bye"


def test_hello_world(raw):
    with raw("hello") as peer:
        assert drained(peer) == b"Hello World\n"


def test_much_comes_back_byte_for_byte(raw):
    data = os.urandom(1 << 20) * 20
    with raw("echo") as peer:

        def send():
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        answer = drained(peer)
        sender.join()
    assert answer == data + b"[end]"


def test_events_that_nobody_sets_close_the_connection(raw):
    with raw("drop") as peer:
        assert peer.recv(1) == b""


def test_a_peer_that_nobody_reads_is_noticed_when_it_resets(raw, daemon):
    peer = raw("deaf")
    peer.sendall(b"unread")
    wait_until(lambda: daemon.workers()[0]["connections"] == 1, "the connection to be counted")
    peer.close()
    with raw("echo") as other:
        other.sendall(b"x")
        assert other.recv(1) == b"x"


def test_bytes_with_a_reset_behind_them(raw, daemon):
    with raw("sink") as peer:
        wait_until(lambda: daemon.workers()[0]["connections"] == 1, "the connection to be counted")
        wait_until(lambda: select.select([peer], [], [], 0)[0], "the byte that is not read")
        with daemon.stopped(daemon.workers()[0]["pid"]):
            peer.sendall(b"last words")
            peer.close()  # with a byte unread: a reset
    wait_until(lambda: daemon.workers()[0]["connections"] == 0, "the connection to be gone")


def test_who_does_not_read_hears_the_fin(raw, daemon):
    with raw("deaf"):
        wait_until(lambda: daemon.workers()[0]["connections"] == 1, "the connection to be counted")
    wait_until(lambda: daemon.workers()[0]["connections"] == 0, "the connection to be gone")


def test_ended_on_both_sides_is_over_even_unread(raw, daemon):
    with raw("bye") as peer:
        peer.sendall(b"never read")
        assert drained(peer) == b"bye"
        peer.shutdown(socket.SHUT_WR)
        wait_until(lambda: daemon.workers()[0]["connections"] == 0, "the connection to be gone")


def test_a_detached_descriptor_is_the_modules(raw):
    with raw("detach") as peer:
        peer.sendall(b"by hand")
        assert drained(peer) == b"by hand"


def test_what_is_written_before_the_destroy_arrives(raw):
    with raw("denied") as peer:
        assert drained(peer) == b"denied here\n"


def test_a_destroy_does_not_wait_for_a_kernel_that_is_full(raw, daemon):
    with raw("flooded") as peer:
        wait_until(lambda: daemon.workers()[0]["connections"] == 0, "the socket to be gone")
        assert 65536 <= len(drained(peer)) < 1000 * 16384


def test_nothing_moves_for_so_long(raw):
    with raw("quiet") as peer:
        peer.sendall(b"a")
        assert peer.recv(1) == b"a"
        assert peer.recv(100) == b"timeout"


def test_a_reader_that_stops_bounds_what_is_kept(raw, daemon):
    with raw("flood") as peer:
        wait_until(lambda: daemon.get("/flooded").body != b"0 0", "the kernel to be full")
        got = 0
        while got < 8 << 20:
            got += len(peer.recv(65536))
        most, drains = daemon.get("/flooded").body.split()
    assert int(most) <= 65536 + 16384
    assert int(drains) > 1  # the first, and at least one when the kernel had room again


def test_connections_end_with_the_client(raw, daemon):
    peers = [raw("echo") for _ in range(50)]
    for peer in peers:
        peer.sendall(b"1")
        assert peer.recv(1) == b"1"
    assert daemon.workers()[0]["connections"] == 50
    for peer in peers:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
    wait_until(lambda: daemon.workers()[0]["connections"] == 0, "the connections to be gone")


def test_drain_ends_what_the_module_does_not(raw, daemon):
    with raw("echo") as peer:
        peer.sendall(b"x")
        assert peer.recv(1) == b"x"
        daemon.reload()
        peer.sendall(b"still there")
        assert peer.recv(100) == b"still there"
        try:
            assert drained(peer) == b""  # drain_timeout has passed
        except ConnectionResetError:
            pass


# Taking over -----------------------------------------------------------------------

ASK = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: other, echo\r\n%s\r\n"


@pytest.fixture
def tcp(raw, daemon):
    peer = socket.create_connection(("127.0.0.1", daemon.port), timeout=10)
    yield peer
    peer.close()


def head(peer):
    got = b""
    while b"\r\n\r\n" not in got:
        piece = peer.recv(65536)
        assert piece, got
        got += piece
    text, _, rest = got.partition(b"\r\n\r\n")
    return text.decode(), rest


def receive(peer, n, got=b""):
    while len(got) < n:
        piece = peer.recv(65536)
        assert piece, got
        got += piece
    return got


def test_upgrade(tcp, daemon):
    tcp.sendall(ASK % (b"/upgrade", b""))
    text, rest = head(tcp)
    lines = text.split("\r\n")
    assert lines[0] == "HTTP/1.1 101 Switching Protocols"
    assert "Upgrade: echo" in lines and "Connection: Upgrade" in lines and "X-Taken: over" in lines
    assert not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in lines)
    assert receive(tcp, 8, rest) == b"welcome "
    tcp.sendall(b"over to you")
    assert receive(tcp, 11) == b"over to you"
    tcp.shutdown(socket.SHUT_WR)
    assert drained(tcp) == b"[end]"
    daemon.wait_log("response closed")


def test_the_handler_has_the_descriptor_and_the_names_at_once(tcp):
    tcp.sendall(ASK % (b"/named", b""))
    _, rest = head(tcp)
    wanted = b"%s:%d %d" % (tcp.getsockname()[0].encode(), tcp.getsockname()[1], socket.SOCK_STREAM)
    assert receive(tcp, len(wanted), rest) == wanted


def test_a_connection_that_its_handler_destroys_behind_the_takeover(tcp, daemon):
    tcp.sendall(ASK % (b"/lost", b""))
    daemon.wait_log("lost: descriptor (none|some)")
    try:
        assert b"101" in drained(tcp)
    except ConnectionResetError:
        pass
    wait_until(lambda: daemon.workers()[0]["connections"] == 0, "the socket to be gone")


@pytest.mark.parametrize("path, headed", [(b"/denied", False), (b"/denied?101", True), (b"/denied_later", False)])
def test_what_is_written_to_a_taken_connection_before_the_destroy_arrives(tcp, daemon, path, headed):
    tcp.sendall(ASK % (path, b""))
    got = drained(tcp)
    assert got.startswith(b"HTTP/1.1 101 ") == headed
    assert got[got.find(b"\r\n\r\n") + 4 if headed else 0 :] == b"denied here\n"
    wait_until(lambda: daemon.workers()[0]["connections"] == 0, "the socket to be gone")


@pytest.mark.parametrize("path, word", [(b"/upgrade", b"welcome "), (b"/later", b"late ")])
def test_bytes_behind_the_request_come_first(tcp, path, word):
    early = b"GET /not/a/request HTTP/1.1\r\n" + bytes(range(256)) * 8
    tcp.sendall(ASK % (path, b"") + early)
    _, rest = head(tcp)
    assert receive(tcp, len(word) + len(early), rest) == word + early
    tcp.sendall(b"more")
    assert receive(tcp, 4) == b"more"


@pytest.mark.parametrize("path, word", [(b"/upgrade", b"welcome "), (b"/tardy", b"")])
def test_half_close_before_the_takeover(tcp, path, word):
    tcp.sendall(ASK % (path, b"") + b"last")
    tcp.shutdown(socket.SHUT_WR)
    _, rest = head(tcp)
    assert rest + drained(tcp) == word + b"last[end]"


@pytest.mark.parametrize("path, word", [(b"/upgrade", b"welcome "), (b"/later", b"late ")])
def test_a_head_in_two_pieces(tcp, daemon, path, word):
    ask = ASK % (path, b"")
    tcp.sendall(ask[:60])
    wait_until(lambda: daemon.totals()["bytes_in"] >= 60, "the first piece to be read")
    tcp.sendall(ask[60:])
    _, rest = head(tcp)
    tcp.sendall(b"hello")
    assert receive(tcp, len(word) + 5, rest) == word + b"hello"


def test_upgrade_behind_a_pipelined_request(tcp):
    tcp.sendall(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n" + ASK % (b"/upgrade", b"") + b"tail")
    got = receive(tcp, 1)
    while not got.endswith(b"welcome tail"):
        got += receive(tcp, 1)
    assert got.count(b"HTTP/1.1 ") == 2 and b" 404 " in got and b" 101 " in got


@pytest.mark.parametrize(
    "request_, why",
    [
        (b"GET /upgrade HTTP/1.1\r\nHost: x\r\n\r\n", "has not asked for it"),
        (b"GET /upgrade HTTP/1.1\r\nHost: x\r\nUpgrade: echo\r\n\r\n", "has not asked for it"),
        (b"GET /upgrade HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n\r\n", "has not asked for it"),
        (b"GET /upgrade HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n", "has not asked for it"),
        (
            b"GET /upgrade HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket, echoes\r\n\r\n",
            "has not offered that protocol",
        ),
        (ASK % (b"/upgrade", b"Content-Length: 3\r\n") + b"abc", "has a body"),
        (ASK % (b"/upgrade", b"Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n", "has a body"),
    ],
)
def test_what_cannot_be_taken_over_is_answered(tcp, daemon, request_, why):
    daemon.expect_log(why)
    tcp.sendall(request_)
    text, _ = head(tcp)
    assert text.startswith("HTTP/1.1 426 ")
    daemon.wait_log(why)


def test_connect(tcp):
    tcp.sendall(b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\nearly")
    text, rest = head(tcp)
    assert text.split("\r\n")[0] == "HTTP/1.1 200 OK"
    assert "content-length" not in text.lower() and "transfer-encoding" not in text.lower()
    assert receive(tcp, 5, rest) == b"early"
    tcp.shutdown(socket.SHUT_WR)
    assert drained(tcp) == b"[end]"


def test_connect_refused_goes_on(tcp):
    tcp.sendall(b"CONNECT refuse:80 HTTP/1.1\r\nHost: refuse:80\r\n\r\n" * 2)
    got = receive(tcp, 1)
    while got.count(b"\r\n\r\nno\n") < 2:
        got += receive(tcp, 1)
    assert got.count(b"HTTP/1.1 403 ") == 2


def test_connect_that_succeeds_without_a_takeover_has_no_body(tcp):
    tcp.sendall(b"CONNECT empty:80 HTTP/1.1\r\nHost: empty:80\r\n\r\n")
    text, rest = head(tcp)
    assert text.startswith("HTTP/1.1 200 ") and "content-length" not in text.lower()
    assert rest + drained(tcp) == b""


def test_a_socket_taken_over_counts_as_a_connection(tcp, daemon):
    tcp.sendall(ASK % (b"/upgrade", b""))
    head(tcp)
    assert daemon.workers()[0]["connections"] == 1
    assert daemon.workers()[0]["parked"] == 0
    tcp.close()
    wait_until(lambda: daemon.workers()[0]["connections"] == 0, "the socket to be gone")


# Connecting ------------------------------------------------------------------------


@pytest.fixture
def server():
    """A listener whose one client is answered with what it sent."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve():
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(10)
            peer.sendall(b"<" + drained(peer) + b">")

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    listener.close()
    thread.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_connecting_tells_all_in_order(raw, daemon, server, host):
    body = daemon.get(f"/dial?{host}:{server}").body
    assert body.decode() == f"connect:{server} finish data:<ping> end close"


def test_connecting_to_a_unix_socket(raw, daemon, tmp_path):
    assert daemon.get(f"/dial?unix:{tmp_path}/shut").body == b"connect:0 finish data:ping end close"


@pytest.mark.parametrize(
    "to, name",
    [
        ("unix:/nothing/here", "ENOENT"),
        ("127.0.0.1", "EINVAL"),
        ("127.0.0.1:99999", "EINVAL"),
        (":80:80", "EINVAL"),
        ("[::1]", "EINVAL"),
        ("host.invalid:0", "EINVAL"),
    ],
)
def test_what_cannot_be_connected_to_is_named(raw, daemon, to, name):
    assert daemon.get(f"/dial?{to}").body.decode() == f"{name} close"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_where_nobody_listens(raw, daemon, host):
    assert daemon.get(f"/dial?{host}:{ports.free_port()}").body == b"ECONNREFUSED close"


def test_a_server_that_resets(raw, daemon, tmp_path):
    answer = daemon.get(f"/dial?unix:{tmp_path}/reset").body.decode().split()
    assert answer[-1] == "close"
    assert answer[-2] in ("ECONNRESET", "EPIPE", "end", "finish", "ENOTCONN")


def test_the_last_words_of_a_server_that_does_not_read_are_heard(raw, daemon):
    """It answers and closes with unread bytes: its RST makes the next write fail before its words are read."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=10) as asking:
        to = f"127.0.0.1:{listener.getsockname()[1]}"
        asking.sendall(f"GET /pause?{to} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        peer, _ = listener.accept()
        assert peer.recv(4, socket.MSG_PEEK | socket.MSG_WAITALL) == b"ping"
        peer.sendall(b"413")
        peer.close()
        listener.close()
        assert daemon.get("/go").status == 204
        got = head(asking)[1]
        while not got.endswith(b"close"):
            got = receive(asking, len(got) + 1, got)
    words = got.decode().split()
    assert "data:413" in words
    assert words[-2] in ("ECONNRESET", "EPIPE"), words
