"""
Malformed requests: refused with the right status, closed, nothing smuggled, nobody else harmed.
"""
import pytest

from harness.client import Client, Closed, chunked, request

from malformed import CHUNKS, HEADS

# Sent in the same segment behind what is malformed. If it is ever answered, it has been smuggled.
BEHIND = request("GET", "/json/smuggled")


def refused(site, data, statuses):
    """Sends it on a connection of its own: one answer, the end; a neighbour notices nothing."""
    neighbour = site.connect()
    neighbour.send(request("GET", "/hello")[:-2])
    client = site.connect()
    client.send_ignoring_close(data)
    answer = client.read()
    assert answer.status in (statuses if isinstance(statuses, tuple) else (statuses,)), answer
    assert answer.closes, answer.fields
    client.expect_close(reset_is_fine=True)
    assert neighbour.ask(b"\r\n").status == 200
    return answer


@pytest.mark.parametrize("case", HEADS)
def test_a_malformed_head_is_refused_and_nothing_behind_it_is_answered(site, case):
    statuses, head = HEADS[case]
    refused(site, head + BEHIND, statuses)


@pytest.mark.parametrize("case", HEADS)
def test_a_malformed_head_is_refused_byte_by_byte(site, case):
    """Each byte is sent when the worker has read the one before."""
    statuses, head = HEADS[case]
    client = site.connect(site.unix_path)
    client.send_bytewise(head)
    client.send_ignoring_close(BEHIND)
    answer = client.read()
    assert answer.status in (statuses if isinstance(statuses, tuple) else (statuses,)), answer
    assert answer.closes, answer.fields
    client.expect_close(reset_is_fine=True)


def answers(client):
    """All that comes until the end."""
    try:
        while client.read_once() and not client.eof:
            pass
    except Closed:
        pass
    return client.buffer


@pytest.mark.parametrize("case", HEADS)
def test_so_many_good_requests_before_a_malformed_one_have_so_many_answers(site, case):
    """And those behind it have none, however often somebody asks."""
    statuses, head = HEADS[case]
    good = request("GET", "/hello") + request("POST", "/json", "Content-Length: 3") + b"abc"
    client = site.connect()
    client.send_ignoring_close(good * 5 + head + good * 5 + head + BEHIND)
    said = answers(client)
    assert said.count(b"HTTP/1.1 200 OK\r\n") == 10
    assert said.count(b"HTTP/1.1 ") == 11
    assert b"smuggled" not in said


@pytest.mark.parametrize("case", HEADS)
def test_a_malformed_head_is_refused_behind_a_good_request(site, case):
    """A pipelined good request is answered first, then the refusal."""
    statuses, head = HEADS[case]
    client = site.connect()
    client.send_ignoring_close(request("GET", "/hello") + head + BEHIND)
    assert client.read().body == b"Hello World\n"
    answer = client.read()
    assert answer.status in (statuses if isinstance(statuses, tuple) else (statuses,)), answer
    client.expect_close(reset_is_fine=True)


@pytest.mark.parametrize("case", CHUNKS)
def test_malformed_chunks_are_refused_and_nothing_behind_them_is_answered(site, case):
    refused(
        site, request("POST", "/json", "Transfer-Encoding: chunked") + CHUNKS[case] + BEHIND, 400
    )


@pytest.mark.parametrize("path", ["/json", "/ignore"])
@pytest.mark.parametrize("case", CHUNKS)
def test_malformed_chunks_are_refused_byte_by_byte(site, path, case):
    client = site.connect(site.unix_path)
    client.send_bytewise(request("POST", path, "Transfer-Encoding: chunked") + CHUNKS[case])
    client.send_ignoring_close(BEHIND)
    answer = client.read()
    assert answer.status == (400 if path == "/json" else 200)
    client.expect_close(reset_is_fine=True)


@pytest.mark.parametrize("case", CHUNKS)
def test_malformed_chunks_that_nobody_reads_smuggle_nothing(site, case):
    """The handler answers without reading; the junk must not become a request."""
    client = site.connect()
    client.send_ignoring_close(
        request("POST", "/ignore", "Transfer-Encoding: chunked") + CHUNKS[case] + BEHIND
    )
    first = client.read()
    assert (first.status, first.body) in ((200, b"ignored\n"), (400, first.body))
    client.expect_close(reset_is_fine=True)


def test_an_endless_chunk_extension_is_refused(site):
    head = request("POST", "/json", "Transfer-Encoding: chunked")
    refused(site, head + b"3;" + b"x" * 100000 + b"\r\nabc\r\n0\r\n\r\n" + BEHIND, (400, 413, 431))


def test_endless_trailers_are_refused(site):
    head = request("POST", "/json", "Transfer-Encoding: chunked")
    refused(
        site, head + b"3\r\nabc\r\n0\r\n" + b"X: y\r\n" * 20000 + b"\r\n" + BEHIND, (400, 413, 431)
    )


def test_a_body_error_is_told_to_the_module(site):
    before = len(site.log())
    with site.connect() as client:
        client.send(request("POST", "/upload", "Transfer-Encoding: chunked") + b"3\r\nabc\r\n")
        client.send_ignoring_close(b"zz\r\n" + BEHIND)
        assert client.read().status == 400
        client.expect_close(reset_is_fine=True)
    site.wait_log(r"upload broken off with -12 after 3 bytes", after=before)


def test_equal_content_lengths_are_refused_or_taken_for_one(site):
    """RFC 9112 6.3 leaves the choice; what may not be is a body of another length."""
    client = site.connect()
    client.send(request("POST", "/upload", "Content-Length: 3", "Content-Length: 3") + b"abc")
    answer = client.read()
    assert answer.status == 400 or (answer.status, answer.body) == (200, b"3\n")


def test_leading_zeros_in_content_length_are_decimal(site):
    client = site.connect()
    client.send(request("POST", "/upload", "Content-Length: 0010") + b"0123456789")
    assert client.read().body == b"10\n"
    client.expect_open()


def test_there_are_more_than_two_hundred_cases():
    assert len(HEADS) + len(CHUNKS) > 200


def test_a_hundred_malformed_requests_at_once_harm_nobody(site):
    neighbour = site.connect()
    assert neighbour.get("/hello").status == 200
    cases = [head for _, head in HEADS.values()]
    clients = [Client(site.address) for _ in range(100)]
    for i, client in enumerate(clients):
        client.send_ignoring_close(cases[i % len(cases)])
    for client in clients:
        assert client.read().status >= 400
        client.close()
    neighbour.expect_open()


def test_the_answer_to_a_malformed_request_says_what_is_wrong(site):
    client = site.connect()
    answer = client.ask(b"GET / HTTP/1.1\r\n\r\n")
    assert answer.status == 400
    assert answer.reason == "Bad Request"


@pytest.mark.parametrize(
    "host", ["a", "a.example:80", "[::1]", "[::1]:80", "127.0.0.1", "a-b_c.d", "", "a:"]
)
def test_a_well_formed_host_is_taken(client, host):
    assert client.ask(request("GET", "/hello", host=host)).status == 200


def test_a_chunked_upload_in_http_1_1_still_works_after_all_this(client):
    head = request("POST", "/upload", "Transfer-Encoding: chunked")
    assert client.ask(head + chunked(b"abc")).body == b"3\n"
