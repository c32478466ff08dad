"""Requests in every framing that HTTP/1 has, and what the handler and the client see of them."""
import itertools
import json

import pytest

from harness.client import chunked, request
from harness.daemon import rss_bytes

HELLO = b"Hello World\n"


def seen(answer):
    """What the module saw of the request."""
    assert answer.status == 200, answer
    return json.loads(answer.body)


def test_get_is_answered_with_a_content_length_and_a_date(client):
    answer = client.get("/hello")
    assert (answer.status, answer.reason) == (200, "OK")
    assert answer.framing == "length"
    assert answer.body == HELLO
    assert answer.get("Content-Type").startswith("text/plain")
    assert answer.get("Connection") is None


def test_head_has_the_heads_of_get_and_no_body(client):
    get, head = client.get("/hello"), client.get("/hello", method="HEAD")
    assert head.status == 200
    assert head.body == b""
    assert head.get("Content-Length") == get.get("Content-Length") == str(len(HELLO))
    client.expect_silence()
    client.expect_open()


def test_head_of_a_chunked_answer_has_no_body(client):
    client.send(request("HEAD", "/chunks?3"))
    answer = client.read("HEAD")
    assert answer.status == 200
    client.expect_silence()
    client.expect_open()


def test_a_hundred_requests_on_one_connection(client):
    for i in range(100):
        assert client.get(f"/json/{i}").status == 200


def test_connection_close_is_honoured(client):
    answer = client.get("/hello", "Connection: close")
    assert answer.body == HELLO
    assert answer.closes
    client.expect_close()


@pytest.mark.parametrize("value", ["Close", "keep-alive, close", "close, x-y", "x-y ,CLOSE"])
def test_connection_close_is_found_in_a_list_and_in_any_case(client, value):
    assert client.get("/hello", f"Connection: {value}").closes
    client.expect_close()


# bodies of requests


def test_a_body_with_content_length_reaches_the_handler(client):
    assert seen(client.post("/json", b"twelve bytes"))["body"] == "twelve bytes"
    client.expect_open()


def test_a_body_of_content_length_0_is_empty(client):
    assert seen(client.post("/json", b""))["body"] in ("", None)
    client.expect_open()


def test_a_post_without_any_framing_has_no_body(client):
    assert seen(client.ask(request("POST", "/json")))["body"] in ("", None)
    client.expect_open()


def test_get_may_have_a_body(client):
    assert (
        seen(client.ask(request("GET", "/json", "Content-Length: 4") + b"body"))["body"] == "body"
    )
    client.expect_open()


def test_a_chunked_body_reaches_the_handler(client):
    head = request("POST", "/json", "Transfer-Encoding: chunked")
    assert seen(client.ask(head + chunked(b"one ", b"two ", b"three")))["body"] == "one two three"
    client.expect_open()


def test_an_empty_chunked_body_is_empty(client):
    assert seen(client.ask(request("POST", "/json", "Transfer-Encoding: chunked") + b"0\r\n\r\n"))[
        "body"
    ] in ("", None)
    client.expect_open()


@pytest.mark.parametrize(
    "extension",
    [";a", ";a=b", ';a="quoted; \\" string"', "; a = b", ";a=b;c;d=e", ";" + "x" * 200],
    ids=lambda e: e[:12],
)
def test_chunk_extensions_are_ignored(client, extension):
    head = request("POST", "/json", "Transfer-Encoding: chunked")
    assert seen(client.ask(head + chunked(b"abc", b"def", extension=extension)))["body"] == "abcdef"
    client.expect_open()


@pytest.mark.parametrize("size", ["{:X}", "{:x}", "00{:x}", "000000000{:X}"])
def test_chunk_sizes_are_hexadecimal_in_any_case_and_with_leading_zeros(client, size):
    head = request("POST", "/json", "Transfer-Encoding: chunked")
    piece = b"0123456789" * 17
    assert (
        seen(client.ask(head + chunked(piece, b"x" * 14, size=size)))["body"]
        == piece.decode() + "x" * 14
    )


def test_trailers_reach_the_handler(client):
    head = request("POST", "/json", "Transfer-Encoding: chunked", "Trailer: X-Sum")
    view = seen(client.ask(head + chunked(b"abc", trailers=["X-Other: 1", "X-Sum: 42"])))
    assert (view["body"], view["sum"]) == ("abc", "42")
    client.expect_open()


def test_trailers_do_not_become_headers(client):
    head = request("POST", "/json", "Transfer-Encoding: chunked")
    view = seen(client.ask(head + chunked(b"abc", trailers=["X-Joined: evil", "Cookie: evil"])))
    assert view["joined"] is None
    assert view["cookie"] is None


def test_the_coding_is_named_in_any_case(client):
    assert (
        seen(client.ask(request("POST", "/json", "transfer-encoding: CHUNKED") + chunked(b"abc")))[
            "body"
        ]
        == "abc"
    )


# what the handler sees of the head


def test_the_target_is_split_into_path_and_query(client):
    view = seen(client.get("/json/a%20b?c=d?e&f=%2F"))
    assert view["url"] == "/json/a%20b?c=d?e&f=%2F"
    assert view["path"] == "/json/a%20b"
    assert view["query"] == "c=d?e&f=%2F"


def test_an_empty_query_is_not_an_absent_one(client):
    assert seen(client.get("/json"))["query"] is None
    assert seen(client.get("/json?"))["query"] == ""


def test_the_absolute_form_of_a_target_is_understood(client):
    view = seen(client.get("http://test/json/abs?q=1"))
    assert view["url"] == "http://test/json/abs?q=1"
    assert (view["path"], view["query"]) == ("/json/abs", "q=1")


def test_options_asterisk_is_answered_and_the_connection_goes_on(client):
    answer = client.get("*", method="OPTIONS")
    assert answer.status in (200, 204, 404), answer
    client.expect_open()


def test_methods_are_case_sensitive_and_may_be_any_token(client):
    for method in ("get", "PROPFIND", "M-SEARCH", "X", "A!b#c"):
        assert seen(client.get("/json", method=method))["method"] == method


def test_header_lines_come_as_they_were_sent_without_outer_space(client):
    view = seen(
        client.get("/json", "X-Spaced:  \t a  b\t \t", "x-MiXed: Case", "X-Empty:", "X-Blank:   ")
    )
    assert view["headers"] == [
        ["Host", "test"],
        ["X-Spaced", "a  b"],
        ["x-MiXed", "Case"],
        ["X-Empty", ""],
        ["X-Blank", ""],
    ]


def test_several_lines_of_one_header_are_joined(client):
    view = seen(
        client.get(
            "/json", "X-Joined: a", "Cookie: c=1", "x-joined: b", "cookie: d=2", "X-JOINED: c, d"
        )
    )
    assert view["joined"] == "a, b, c, d"
    assert view["cookie"] == "c=1; d=2"


def test_bytes_above_ascii_are_kept_in_header_values(client):
    assert ["X-Text", "gr\u00fc\u00df \u00ff"] in seen(
        client.get("/json", "X-Text: gr\u00fc\u00df \u00ff")
    )["headers"]


def test_the_client_address_is_told(client):
    assert seen(client.get("/json"))["remote"].startswith("127.0.0.1")


def test_a_head_of_nearly_16k_is_read(client):
    fields = [f"X-{i}: " + "v" * 160 for i in range(95)]
    assert 15900 < len(request("GET", "/json", *fields)) < 16384
    view = seen(client.get("/json", *fields))
    assert len(view["headers"]) == 96
    assert view["headers"][95] == ["X-94", "v" * 160]


def test_more_header_lines_than_anybody_sends_are_refused(client):
    client.send(request("GET", "/json", *["X: y"] * 150))
    assert client.read().status == 431
    client.expect_close()


# HTTP/1.0


def test_http_1_0_closes_after_the_answer(client):
    answer = client.ask(request("GET", "/hello", version="1.0"))
    assert answer.body == HELLO
    client.expect_close()


def test_http_1_0_needs_no_host(client):
    answer = client.ask(request("GET", "/hello", version="1.0", host=None))
    assert (answer.status, answer.body) == (200, HELLO)
    client.expect_close()


def test_http_1_0_with_keep_alive_goes_on(client):
    for _ in range(3):
        answer = client.ask(request("GET", "/hello", "Connection: keep-alive", version="1.0"))
        assert answer.body == HELLO
        assert answer.get("Connection").lower() == "keep-alive"
    answer = client.ask(request("GET", "/json", version="1.0"))
    assert seen(answer)["minor"] == 0
    client.expect_close()


@pytest.mark.parametrize("fields", [(), ("Connection: keep-alive",)], ids=["plain", "keep-alive"])
def test_http_1_0_never_gets_a_chunked_answer(client, fields):
    answer = client.ask(request("GET", "/chunks?3", *fields, version="1.0"))
    assert answer.get("Transfer-Encoding") is None
    assert answer.framing == "close"
    assert answer.body == b"piece 0\npiece 1\npiece 2\n"


def test_http_1_0_post_with_content_length(client):
    head = request("POST", "/json", "Content-Length: 3", version="1.0")
    assert seen(client.ask(head + b"abc"))["body"] == "abc"
    client.expect_close()


# segments


def test_empty_lines_before_a_request_are_skipped(client):
    client.send(b"\r\n" + request("GET", "/hello"))
    assert client.read().body == HELLO
    client.send(b"\r\n\r\n" + request("GET", "/hello"))
    assert client.read().body == HELLO


def test_a_request_byte_by_byte(client):
    client.send_slowly(request("GET", "/hello", "X-Long: " + "x" * 50))
    assert client.read().body == HELLO


def test_a_chunked_request_byte_by_byte(client):
    head = request("POST", "/json", "Transfer-Encoding: chunked")
    client.send_slowly(
        head + chunked(b"abc", b"defghijklmnop", trailers=["X-Sum: 7"], extension=";e=f")
    )
    view = seen(client.read())
    assert (view["body"], view["sum"]) == ("abcdefghijklmnop", "7")
    client.expect_open()


def test_a_request_cut_in_two_at_every_byte(client):
    data = request("POST", "/json", "Transfer-Encoding: chunked") + chunked(
        b"abcdef", trailers=["X-Sum: 7"]
    )
    for i in range(1, len(data)):
        client.send_slowly(data[:i], len(data), pause=0.0005)
        client.send(data[i:])
        view = seen(client.read())
        assert (view["body"], view["sum"]) == ("abcdef", "7"), f"cut at {i}: {data[:i]!r}"


# pipelining


def test_ten_pipelined_requests_are_answered_in_order_and_in_one_go(client):
    client.get("/hello")  # accepted and served: the ten meet a worker that waits for them
    client.send(b"".join(request("GET", f"/json/{i}") for i in range(10)))
    assert (
        client.read_once().count(b"HTTP/1.1 200 OK\r\n") == 10
    ), "the answers to one segment leave in one send"
    for i in range(10):
        assert seen(client.read())["path"] == f"/json/{i}"
    client.expect_open()


def test_a_hundred_pipelined_requests_of_every_framing_are_answered_in_order(client):
    data, expected = b"", []
    for i in range(25):
        data += request("GET", f"/json/{i}?get")
        data += request("POST", f"/json/{i}?length", "Content-Length: 3") + b"abc"
        data += request("POST", f"/json/{i}?chunked", "Transfer-Encoding: chunked") + chunked(
            b"a", b"bc"
        )
        data += request("HEAD", "/hello")
        expected += [
            (f"/json/{i}?get", ""),
            (f"/json/{i}?length", "abc"),
            (f"/json/{i}?chunked", "abc"),
            None,
        ]
    client.send(data)
    for want in expected:
        if want is None:
            assert client.read("HEAD").get("Content-Length") == str(len(HELLO))
        else:
            view = seen(client.read())
            assert (view["url"], view["body"] or "") == want
    client.expect_open()


def test_pipelined_requests_behind_a_later_answer_wait_for_it(client):
    client.send(request("GET", "/later?80") + request("GET", "/hello") + request("GET", "/later?5"))
    assert [client.read().body for _ in range(3)] == [b"later\n", HELLO, b"later\n"]
    client.expect_open()


def test_pipelined_requests_behind_a_streamed_answer_wait_for_it(client):
    client.send(request("GET", "/chunks?5") + request("GET", "/hello"))
    assert client.read().body == b"".join(b"piece %d\n" % i for i in range(5))
    assert client.read().body == HELLO


def test_nothing_behind_connection_close_is_answered(client):
    client.send(request("GET", "/hello", "Connection: close") + request("GET", "/json"))
    assert client.read().closes
    client.expect_close(reset_is_fine=True)


def test_nothing_behind_an_http_1_0_request_is_answered(client):
    client.send(request("GET", "/hello", version="1.0") + request("GET", "/json"))
    assert client.read().body == HELLO
    client.expect_close(reset_is_fine=True)


def test_more_pipelined_requests_than_the_kernel_buffers_are_all_answered(client):
    """900 requests sent before one answer is read."""
    data = request("GET", "/hello")
    for _ in range(9):
        client.send(data * 100)
    for _ in range(900):
        assert client.read().body == HELLO


# Expect


def test_100_continue_comes_when_the_handler_starts_to_read(client):
    client.send(request("POST", "/upload", "Content-Length: 3", "Expect: 100-continue"))
    interim = client.read_head()
    assert (interim.status, interim.fields) == (100, [])
    client.send(b"abc")
    answer = client.read()
    assert (answer.status, answer.body) == (200, b"3\n")
    client.expect_open()


def test_100_continue_does_not_come_before_the_handler_reads(client):
    client.send(request("POST", "/reluctant?300", "Content-Length: 3", "Expect: 100-Continue"))
    client.expect_silence(0.1)
    assert client.read_head().status == 100
    assert client.ask(b"abc").body == b"3\n"


def test_no_100_when_the_body_is_there_already(client):
    client.send(request("POST", "/upload", "Content-Length: 3", "Expect: 100-continue") + b"abc")
    answer = client.read()
    assert (answer.status, answer.body) == (200, b"3\n")
    assert [interim.status for interim in answer.interim] in ([], [100])
    client.expect_open()


def test_no_100_when_the_handler_answers_without_reading(client):
    client.send(request("POST", "/ignore", "Content-Length: 300", "Expect: 100-continue"))
    answer = client.read()
    assert (answer.status, answer.body, answer.interim) == (200, b"ignored\n", [])
    # whether the 300 bytes will follow nobody knows: the connection cannot go on
    assert answer.closes
    client.expect_close()


def test_100_continue_with_a_chunked_body(client):
    client.send(request("POST", "/upload", "Transfer-Encoding: chunked", "Expect: 100-continue"))
    assert client.read_head().status == 100
    assert client.ask(chunked(b"abc", b"de")).body == b"5\n"


def test_other_expectations_fail_with_417(client):
    client.send(request("POST", "/upload", "Content-Length: 3", "Expect: miracles"))
    answer = client.read()
    assert (answer.status, answer.interim) == (417, [])


def test_http_1_0_gets_no_100(client):
    client.send(
        request("POST", "/upload", "Content-Length: 3", "Expect: 100-continue", version="1.0")
        + b"abc"
    )
    answer = client.read()
    assert (answer.status, answer.body, answer.interim) == (200, b"3\n", [])


def test_too_large_a_body_is_refused_instead_of_continued(client):
    client.send(request("POST", "/small", "Content-Length: 1025", "Expect: 100-continue"))
    answer = client.read()
    assert (answer.status, answer.interim) == (413, [])
    client.expect_close()


# limits of bodies


def test_413_for_a_declared_length_before_the_body_is_read(client):
    client.send(request("POST", "/small", "Content-Length: 1025"))
    answer = client.read()
    assert answer.status == 413
    assert answer.closes
    client.expect_close()


def test_413_when_a_chunked_body_passes_the_limit(client):
    client.send(
        request("POST", "/small", "Transfer-Encoding: chunked") + b"400\r\n" + b"x" * 1024 + b"\r\n"
    )
    client.expect_silence(0.1)
    client.send_ignoring_close(b"1\r\nx\r\n")
    answer = client.read()
    assert answer.status == 413
    client.expect_close(reset_is_fine=True)


def test_a_body_of_exactly_the_limit_is_fine(client):
    assert client.post("/small", b"x" * 1024).body == b"1024\n"
    head = request("POST", "/small", "Transfer-Encoding: chunked")
    assert client.ask(head + chunked(b"x" * 1000, b"y" * 24)).body == b"1024\n"


def test_the_default_limit_of_8m_holds_where_the_route_says_nothing(client):
    client.send(request("POST", "/upload", f"Content-Length: {8 << 20 | 1}"))
    assert client.read().status == 413


def test_max_body_0_is_no_limit(client):
    size = 9 << 20
    client.send(request("POST", "/unlimited", f"Content-Length: {size}"))
    for _ in range(9):
        client.send(b"x" * (1 << 20))
    assert client.read().body == f"{size}\n".encode()


def test_a_module_that_collects_a_body_sets_its_own_limit(client):
    assert client.post("/limit", b"x" * 100).body == b"0 100\n"
    answer = client.post("/limit", b"x" * 101)
    assert (answer.status, answer.body.split()[0]) == (413, b"-4")


def test_a_collected_body_is_the_same_however_it_comes(client):
    body = bytes(range(256)) * 1200  # more than one read brings
    for size in (1, 4096, 5000, len(body)):
        head = request("POST", "/collect", f"Content-Length: {size}")
        assert client.ask(head + body[:size]).body == body[:size]
        client.send(head + body[: size // 2])
        client.expect_silence()
        assert client.ask(body[size // 2 : size]).body == body[:size]
    head = request("POST", "/collect", "Transfer-Encoding: chunked")
    assert client.ask(head + chunked(body[:7], body[7:])).body == body
    assert client.post("/collect", b"").body == b""


def test_a_collected_body_ends_where_the_next_request_begins(client):
    head = request("POST", "/collect", "Content-Length: 3")
    client.send(head + b"abc" + request("GET", "/hello") + head + b"def")
    assert [client.read().body for _ in range(3)] == [b"abc", HELLO, b"def"]


def test_the_refused_client_gets_its_413_although_it_is_still_sending(site):
    """A reset would take the answer away from a client that has not read it yet."""
    client = site.connect()
    client.send_ignoring_close(request("POST", "/small", "Content-Length: 4000000") + b"x" * 300000)
    answer = client.read()
    assert answer.status == 413
    assert answer.closes


# bodies that nobody reads


def test_a_small_body_that_the_handler_ignores_is_thrown_away(client):
    answer = client.post("/ignore", b"GET /json HTTP/1.1\r\nHost: test\r\n\r\n")
    assert answer.body == b"ignored\n"
    client.expect_silence()
    client.expect_open()


def test_a_small_chunked_body_that_the_handler_ignores_is_thrown_away(client):
    client.send(request("POST", "/ignore", "Transfer-Encoding: chunked"))
    assert client.read().body == b"ignored\n"
    client.send(chunked(b"abc", b"GET /json HTTP/1.1\r\nHost: test\r\n\r\n", trailers=["X: y"]))
    client.expect_silence()
    client.expect_open()


def test_the_answer_to_a_large_ignored_body_arrives(client):
    client.send_ignoring_close(
        request("POST", "/ignore", "Content-Length: 8000000") + b"x" * 500000
    )
    answer = client.read()
    assert answer.body == b"ignored\n"


def test_a_pipelined_request_behind_an_ignored_body_is_answered(client):
    client.send(request("POST", "/ignore", "Content-Length: 3") + b"abc" + request("GET", "/hello"))
    assert client.read().body == b"ignored\n"
    assert client.read().body == HELLO


def test_a_body_to_a_path_without_route_is_thrown_away(client):
    assert client.post("/nowhere", b"abc").status == 404
    client.expect_open()


# streams


def test_a_module_that_pauses_gets_all_of_the_body(client):
    body = bytes(range(256)) * 800
    assert client.post("/slow", body).body == f"{len(body)}\n".encode()
    client.expect_open()


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_50_mb_go_through_echo_both_ways_at_once_in_constant_memory(daemon, framing):
    total = 50 << 20
    daemon.conf(
        workers=1,
        modules={"echo": {"path": "echo.so"}},
        routes={"/echo": {"module": "echo", "max_body": "0"}},
    )
    daemon.start()
    (pid,) = daemon.pids()
    with daemon.connect() as warm:
        assert warm.post("/echo", b"x" * 300000).body == b"x" * 300000
    before, most = rss_bytes(pid), 0

    client = daemon.connect()
    if framing == "length":
        fields, frame = f"Content-Length: {total}", bytes
    else:
        fields, frame = (
            "Transfer-Encoding: chunked",
            lambda p: b"%x\r\n%b\r\n" % (len(p), p) if p else b"0\r\n\r\n",
        )
    piece = bytes(range(256)) * 256
    pieces = (frame(piece) for _ in range(total // len(piece)))
    sender = client.send_in_background(
        itertools.chain([request("POST", "/echo", fields)], pieces, [frame(b"")])
    )
    answer = client.read_head()
    assert answer.status == 200
    got = 0
    for data in client.body_pieces(answer):
        offset = got % len(piece)
        assert data == (piece[offset:] + piece * (len(data) // len(piece) + 1))[: len(data)]
        got += len(data)
        if got % (1 << 22) < len(data):
            most = max(most, rss_bytes(pid))
    sender.finish()
    assert got == total
    if not daemon.programs.sanitized:
        assert most - before < 2 << 20, f"the worker grew by {(most - before) >> 10} KB"
