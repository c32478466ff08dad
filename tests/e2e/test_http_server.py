"""HTTP servers that modules make: the whole engine, at listeners that all workers share."""
import os
import re
import socket
import threading

import pytest

from harness import ports
from harness.client import Closed, chunked, request
from harness.wait import wait_until

ROUTES = {f"/{name}": {"module": "httpd", "handler": name} for name in ("listens", "stop", "misuse")}


@pytest.fixture
def configure(daemon, modules):
    def start(address=None, options={}, **more):
        port = ports.free_port()
        daemon.own = ("127.0.0.1", port)
        options = {"path": str(modules / "httpd.so"), "address": address or f"127.0.0.1:{port}"} | options
        more = {"workers": 1} | more
        daemon.conf(modules={"httpd": options}, routes=ROUTES, **more)
        return daemon.start()

    return start


def listens(daemon):
    """Where, and with how many connections, as the one worker has it."""
    return daemon.get("/listens").body.decode()


def wait_connections(daemon, n):
    wait_until(lambda: listens(daemon).endswith(f" {n}"), lambda: f"{n} connections: {listens(daemon)}")


def test_a_request_comes_whole(configure):
    daemon = configure()
    host, port = daemon.own
    with daemon.connect(daemon.own) as client:
        mine = client.sock.getsockname()[1]
        for method in ("GET", "DELETE", "OPTIONS", "MADE-UP"):
            answer = client.ask(request(method, "/a/b?c=d"))
            assert answer.body.decode() == f"{method} /a/b?c=d {host} {mine} {host} {port} 0"
        assert client.ask(request("OPTIONS", "*")).body.startswith(b"OPTIONS * ")
        assert client.ask(request("HEAD", "/x"), "HEAD").body == b""
        assert listens(daemon) == f"{host}:{port} 1"
    wait_connections(daemon, 0)
    daemon.wait_log(rf"\(httpd\): listening at {host}:{port}")


def test_the_facts_of_a_unix_socket(configure, tmp_path):
    path = str(tmp_path / "s")
    daemon = configure(f"unix:{path}")
    assert daemon.get("/facts", address=path).body.decode() == f"GET /facts unix: 0 unix:{path} 0 0"


def test_pipelined_requests_are_answered_in_their_order(configure):
    daemon = configure()
    with daemon.connect(daemon.own) as client:
        client.send(b"".join(request("GET", f"/{i}") for i in range(200)))
        for i in range(200):
            assert client.read().body.startswith(f"GET /{i} ".encode())


def test_a_chunked_body_with_trailers(configure):
    daemon = configure()
    with daemon.connect(daemon.own) as client:
        body = chunked(b"abc", b"defg", trailers=("X-One: 1", "X-Two: 2", "X-One: 3"))
        answer = client.ask(request("POST", "/body", "Transfer-Encoding: chunked") + body)
        assert answer.body == b"7\nX-One=1\nX-Two=2\nX-One=3"
        assert client.ask(request("POST", "/body", "Content-Length: 3") + b"abc").body == b"3"


def test_the_word_to_go_on_is_sent_once_and_before_the_body(configure):
    daemon = configure()
    with daemon.connect(daemon.own) as client:
        client.send(request("POST", "/continue", "Content-Length: 3", "Expect: 100-continue"))
        assert client.read_once() == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(b"abc")
        answer = client.read()
        assert (answer.status, answer.body, len(answer.interim)) == (200, b"3", 1)
        answer = client.ask(request("POST", "/continue", "Content-Length: 3") + b"abc")
        assert (answer.body, answer.interim) == (b"3", [])


def test_the_word_is_no_use_behind_the_head(configure):
    daemon = configure()
    daemon.expect_log("eddy_response_write_continue")
    assert daemon.get("/late-word", address=daemon.own).body == b"EHEADERS_SEN"


@pytest.mark.parametrize("size, status", [(1000, 200), (1001, 413)])
def test_a_body_has_the_servers_own_limit(configure, size, status):
    daemon = configure(options={"max_body": "1000"})
    body = b"x" * size
    with daemon.connect(daemon.own) as client:
        client.send_ignoring_close(request("POST", "/body", f"Content-Length: {size}") + body)
        assert client.read().status == status
    with daemon.connect(daemon.own) as client:
        client.send_ignoring_close(request("POST", "/body", "Transfer-Encoding: chunked") + chunked(body))
        assert client.read().status == status


def test_a_limit_of_the_conf_holds_where_the_server_has_none(configure):
    daemon = configure(http={"max_body": "10"})
    with daemon.connect(daemon.own) as client:
        assert client.ask(request("POST", "/body", "Content-Length: 11")).status == 413


def test_an_idle_connection_has_the_servers_own_time(configure):
    daemon = configure(options={"keep_alive": "100"}, http={"keepalive_timeout": "60s"})
    with daemon.connect(daemon.own) as client:
        client.get("/pid")
        client.expect_close()
    with daemon.connect() as client:  # and no other does
        client.get("/listens")
        client.expect_silence(0.3)


def test_a_head_has_the_servers_own_time(configure):
    daemon = configure(options={"headers": "100"}, http={"header_timeout": "60s"})
    with daemon.connect(daemon.own) as client:
        client.send(b"GET / HT")
        assert client.read().status == 408
    with daemon.connect(daemon.own) as client:
        client.expect_close()


def test_an_idle_connection_makes_room_for_others(configure):
    daemon = configure(options={"keep_alive": "60000"}, extra="worker_connections = 2")
    with daemon.connect(daemon.own) as first, daemon.connect(daemon.own) as second:
        first.get("/pid")
        second.get("/pid")
        with daemon.connect(daemon.own) as third:
            assert third.get("/pid").status == 200
            first.expect_close()
            assert second.get("/pid").status == 200


def test_a_detached_socket_is_sent_nothing_but_what_is_written(configure):
    daemon = configure()
    with daemon.connect(daemon.own) as client:
        client.send(request("GET", "/detach", "Connection: upgrade", "Upgrade: echo") + b"early ")
        client.send(b"late")
        got = b""
        while not got.endswith(b"late"):
            got += client.sock.recv(4096)
        assert got == b"HTTP/1.1 101 My Own Words\r\nUpgrade: echo\r\n\r\nearly late"
        assert listens(daemon).endswith(" 1")
    wait_connections(daemon, 0)


def test_connect_comes_to_the_server(configure):
    daemon = configure()
    with daemon.connect(daemon.own) as client:
        client.send(request("CONNECT", "example.org:443"))
        assert client.sock.recv(12) == b"HTTP/1.1 101"


def test_only_who_asks_for_an_upgrade_is_detached(configure):
    daemon = configure()
    daemon.expect_log("eddy_response_detach_socket")
    assert daemon.get("/detach", address=daemon.own).status == 400
    daemon.wait_log("eddy_response_detach_socket: the client has not asked for it")


# closing


def test_closing_ends_idle_connections_and_finishes_what_is_under_way(configure):
    daemon = configure()
    idle, parked = daemon.connect(daemon.own), daemon.connect(daemon.own)
    idle.get("/pid")
    parked.get("/pid")
    parked.send(request("GET", "/park"))
    with daemon.connect(daemon.own) as client:
        answer = client.get("/stop")
        assert (answer.body, answer.closes) == (b"OK", True)
        client.expect_close()
    idle.expect_close()
    daemon.wait_log("no longer listening on")
    with pytest.raises(ConnectionRefusedError):
        daemon.connect(daemon.own)
    assert listens(daemon) == " 1"
    assert "closed with" not in daemon.log()
    daemon.reload()
    answer = parked.read()
    assert (answer.body, answer.closes) == (b"drained", True)
    parked.expect_close()
    daemon.wait_log(r"\(httpd\): closed with 0 connections")


def test_a_request_that_has_come_is_answered_when_the_server_closes(configure):
    """It is in the kernel when the module closes the server in the same turn."""
    daemon = configure()
    (pid,) = daemon.pids()
    with daemon.connect(daemon.own) as idle, daemon.connect() as other:
        idle.get("/pid")
        other.get("/listens")
        with daemon.stopped(pid):
            other.send(request("GET", "/stop"))
            idle.send(request("GET", "/last"))
        answer = idle.read()
        assert answer.body.startswith(b"GET /last ") and answer.closes
        assert other.read().body == b"OK"


def test_who_has_not_asked_yet_is_answered_once(configure):
    daemon = configure()
    with daemon.connect(daemon.own) as fresh:
        wait_connections(daemon, 1)
        daemon.get("/stop")
        answer = fresh.get("/x")
        assert answer.closes
        fresh.expect_close()
    daemon.wait_log(r"\(httpd\): closed with 0 connections")


def test_idle_connections_are_closed_alone(configure):
    daemon = configure()
    idle, fresh, parked = (daemon.connect(daemon.own) for _ in range(3))
    idle.get("/pid")
    parked.send(request("GET", "/park"))
    wait_connections(daemon, 3)
    with daemon.connect(daemon.own) as client:
        answer = client.get("/idle")
        assert answer.body == b"OK" and not answer.closes
        idle.expect_close()
        assert fresh.get("/pid").status == 200
        client.get("/unpark")
        assert parked.read().body == b"unparked"


def test_all_connections_are_closed_at_once(configure):
    daemon = configure()
    clients = [daemon.connect(daemon.own) for _ in range(3)]
    clients[0].get("/pid")
    clients[1].send(request("GET", "/park"))
    wait_connections(daemon, 3)
    clients[2].send(request("GET", "/all"))
    for client in clients:
        client.expect_close(reset_is_fine=True)
    daemon.wait_log("close_all: OK, then: ECLOSED")
    wait_connections(daemon, 0)
    assert daemon.get("/pid", address=daemon.own).status == 200


def test_a_detached_socket_keeps_its_server_from_closing(configure):
    daemon = configure()
    with daemon.connect(daemon.own) as client:
        client.send(request("GET", "/detach", "Connection: upgrade", "Upgrade: echo"))
        client.sock.recv(10)
        daemon.get("/stop")
        assert listens(daemon) == " 1"
        assert "closed with" not in daemon.log()
    daemon.wait_log(r"\(httpd\): closed with 0 connections")


# workers


def test_all_workers_share_the_server_over_reloads(configure):
    daemon = configure(workers=2)
    workers = daemon.wait_serving()
    for _ in range(2):
        for pid in workers:
            with daemon.only(pid):
                assert daemon.get("/pid", address=daemon.own).body == str(pid).encode()
        daemon.reload()
        workers = daemon.wait_serving(without=workers)


def test_no_request_is_lost_over_reloads_and_an_upgrade(configure):
    daemon = configure(workers=2)
    lost, answered, over = [], [0], threading.Event()

    def ask():
        while not over.is_set():
            try:
                with daemon.connect(daemon.own) as client:
                    for _ in range(3):
                        if client.get("/pid").closes:
                            break
                answered[0] += 1
            except (OSError, AssertionError) as problem:
                lost.append(problem)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    for act in (daemon.reload, lambda: daemon.ctl("upgrade"), daemon.reload):
        before = answered[0]
        act()
        wait_until(lambda: answered[0] > before + 20, "more answers")
    over.set()
    thread.join(20)
    assert not lost, lost


def test_a_parked_request_is_answered_while_its_worker_drains(configure):
    daemon = configure()
    idle, parked = daemon.connect(daemon.own), daemon.connect(daemon.own)
    idle.get("/pid")
    parked.send(request("GET", "/park"))
    wait_connections(daemon, 2)
    daemon.reload()
    assert parked.read().body == b"drained"
    idle.expect_close()
    daemon.wait_log(r"\(httpd\): closed with 0 connections")


def test_a_port_that_is_taken_is_told(configure, daemon):
    daemon.expect_log("cannot listen on")
    configure(f"127.0.0.1:{daemon.port}")
    assert daemon.get("/listens").body == b"EADDRINUSE"


# what is said of it


def test_the_access_log_has_the_address_for_a_route(configure, tmp_path):
    path = str(tmp_path / "access.log")
    daemon = configure(http={"access_log": path, "access_format": "%r %>s %{route}n %{module}n %b"})
    with daemon.connect(daemon.own) as client:
        client.get("/pid")
        client.send(request("GET", "/detach", "Connection: upgrade", "Upgrade: echo"))
        client.sock.recv(10)
    host, port = daemon.own

    def lines():
        with open(path) as log:
            return log.read().splitlines()

    wait_until(lambda: len(lines()) == 2, "two lines")
    assert re.fullmatch(rf"GET /pid HTTP/1.1 200 {host}:{port} httpd \d+", lines()[0]), lines()
    assert lines()[1].startswith(f"GET /detach HTTP/1.1 101 {host}:{port} httpd ")


def test_requests_and_connections_are_counted(configure):
    daemon = configure()
    before = daemon.totals()
    with daemon.connect(daemon.own) as client:
        client.get("/pid")
        client.ask(request("POST", "/body", "Content-Length: 999999999"))
    wait_until(lambda: daemon.totals()["requests"] >= before["requests"] + 2, "two requests")


def test_a_crash_is_told_with_the_servers_address(configure):
    daemon = configure()
    host, port = daemon.own
    daemon.expect_log("worker|httpd")
    (pid,) = daemon.pids()
    with daemon.connect(daemon.own) as client:
        client.send(request("GET", "/die"))
        with pytest.raises(Closed):
            client.read()
    daemon.wait_log(rf'SIGABRT .* in module "httpd" \(request callback, server "{host}:{port}", request "GET /die"\)')
    daemon.wait_serving(without=[pid])
    assert daemon.get("/pid", address=daemon.own).status == 200


def test_a_server_that_kills_its_workers_is_put_in_quarantine(configure):
    daemon = configure(extra='quarantine = "60s"')
    daemon.expect_log("worker|httpd|quarantine")
    for _ in range(3):
        pids = daemon.wait_serving()
        with daemon.connect(daemon.own) as client:
            client.send(request("GET", "/die"))
            with pytest.raises(Closed):
                client.read()
        daemon.wait_serving(without=pids)
    daemon.wait_log('the HTTP server of module "httpd" has killed its worker 3 times within 60 s: it answers 503 for 60 s')
    answer = daemon.get("/pid", address=daemon.own)
    assert answer.status == 503 and 1 <= int(answer.get("Retry-After")) <= 60
    assert daemon.get("/listens").status == 200
    (entry,) = daemon.ctl_json("quarantine")["quarantine"]
    assert (entry["module"], entry["route"], entry["state"]) == ("httpd", None, "shut")
    assert daemon.ctl("quarantine", "clear", "httpd").returncode == 0
    assert daemon.get("/pid", address=daemon.own).status == 200


def test_a_probe_that_is_answered_ends_the_quarantine_of_a_server(configure):
    daemon = configure(extra='quarantine = "1s"')
    daemon.expect_log("worker|httpd|quarantine")
    for _ in range(3):
        pids = daemon.wait_serving()
        with daemon.connect(daemon.own) as client:
            client.send(request("GET", "/die"))
            with pytest.raises(Closed):
                client.read()
        daemon.wait_serving(without=pids)
    daemon.wait_log('the HTTP server of module "httpd" lets one request through, to try')
    wait_until(lambda: daemon.get("/pid", address=daemon.own).status == 200, "the probe")
    daemon.wait_log('the HTTP server of module "httpd" is out of quarantine: its probe was answered')


def test_what_is_no_server_is_refused(configure):
    daemon = configure()
    daemon.expect_log("eddy_http_create_server|eddy_server_close_all_connections")
    assert daemon.get("/misuse").body == b"1 1 1 EINVAL"
    daemon.wait_log("eddy_http_create_server: there is no `request`: who would answer?")
    daemon.wait_log(r"eddy_http_create_server: .* \.size = sizeof\(eddy_http_server_options\)")
    daemon.wait_log("eddy_server_close_all_connections: .*none of eddy_http_create_server's")
