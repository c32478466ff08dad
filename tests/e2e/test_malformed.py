"""
Malformed requests: refused with the right status, closed, nothing smuggled, nobody else harmed.

RFC 9112 says what is malformed; the rows here are those where servers have disagreed with each
other, and so have let requests through that nobody had sent.
"""
import pytest

from harness.client import Client, chunked, request

# Sent in the same segment behind what is malformed. If it is ever answered, it has been smuggled.
BEHIND = request("GET", "/json/smuggled")

HEADS = {
    # request line
    "an empty method": (400, b" / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "no target": (400, b"GET HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an empty target": (400, b"GET  HTTP/1.1\r\nHost: a\r\n\r\n"),
    "two spaces after the method": (400, b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "two spaces after the target": (400, b"GET /  HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a space in the target": (400, b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a space before the method": (400, b" GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a tab instead of a space": (400, b"GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n"),
    "no version": (400, b"GET /\r\nHost: a\r\n\r\n"),
    "a space after the version": (400, b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
    "the protocol in lower case": (400, b"GET / http/1.1\r\nHost: a\r\n\r\n"),
    "another protocol": (400, b"GET / ICAP/1.0\r\nHost: a\r\n\r\n"),
    "a version of three digits": (400, b"GET / HTTP/1.10\r\nHost: a\r\n\r\n"),
    "a version without a minor": (400, b"GET / HTTP/1\r\nHost: a\r\n\r\n"),
    "a version of letters": (400, b"GET / HTTP/a.b\r\nHost: a\r\n\r\n"),
    "HTTP/2.0": (505, b"GET / HTTP/2.0\r\nHost: a\r\n\r\n"),
    "HTTP/3.0": (505, b"GET / HTTP/3.0\r\nHost: a\r\n\r\n"),
    "HTTP/0.9 with a version": ((400, 505), b"GET / HTTP/0.9\r\nHost: a\r\n\r\n"),
    "the preface of HTTP/2": ((400, 505), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "a method with a slash": (400, b"G/T / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a method with a colon": (400, b"GET: / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a method with a byte above ASCII": (400, b"G\xc3\x84T / HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a control byte in the target": (400, b"GET /a\x01b HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a NUL in the target": (400, b"GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a DEL in the target": (400, b"GET /a\x7fb HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a target without a slash": (400, b"GET hello HTTP/1.1\r\nHost: a\r\n\r\n"),
    "an asterisk for GET": (400, b"GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
    "TLS on a plain port": (
        400,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(40)) + b"\r\n\r\n",
    ),
    "rubbish": (400, b"\x00\xff\xfe\xfd\r\n\r\n"),
    # line ends
    "a bare LF after the request line": (400, b"GET / HTTP/1.1\nHost: a\r\n\r\n"),
    "a bare LF after a header": (400, b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
    "a bare LF as the last line": (400, b"GET / HTTP/1.1\r\nHost: a\r\n\n"),
    "bare LFs alone": (400, b"GET / HTTP/1.1\nHost: a\n\n"),
    "a bare CR in the request line": (400, b"GET /\rX HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a bare CR in a value": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"),
    "CR CR LF": (400, b"GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"),
    # header lines
    "a space before the colon": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"),
    "a tab before the colon": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX\t: y\r\n\r\n"),
    "a space in a name": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n"),
    "no colon": (400, b"GET / HTTP/1.1\r\nHost: a\r\nrubbish\r\n\r\n"),
    "an empty name": (400, b"GET / HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n"),
    "obs-fold with a space": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"),
    "obs-fold with a tab": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n"),
    "a fold before the first header": (400, b"GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n"),
    "a NUL in a value": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
    "a control byte in a value": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x0bb\r\n\r\n"),
    "a DEL in a value": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x7fb\r\n\r\n"),
    "a NUL in a name": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n"),
    "a byte above ASCII in a name": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX\xe4: b\r\n\r\n"),
    "a parenthesis in a name": (400, b"GET / HTTP/1.1\r\nHost: a\r\nX(): b\r\n\r\n"),
    # Host
    "no Host": (400, b"GET / HTTP/1.1\r\n\r\n"),
    "two Hosts": (400, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    "the same Host twice": (400, b"GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"),
    "two Hosts in HTTP/1.0": (400, b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    "a Host with a space": (400, b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    "a Host with a comma": (400, b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    "a Host with a slash": (400, b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    "a Host with user information": (400, b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    "a Host with a port of letters": (400, b"GET / HTTP/1.1\r\nHost: a:http\r\n\r\n"),
    # length of the body
    "Content-Length and Transfer-Encoding": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "Transfer-Encoding and Content-Length": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    ),
    "two Content-Lengths that differ": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ),
    "a list of Content-Lengths that differ": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 2\r\n\r\nab",
    ),
    "an empty Content-Length": (400, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"),
    "a Content-Length with a sign": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
    ),
    "a negative Content-Length": (400, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
    "a hexadecimal Content-Length": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na",
    ),
    "a Content-Length with letters": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1a\r\n\r\na",
    ),
    "a Content-Length with a space inside": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\na",
    ),
    "a Content-Length with a fraction": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1.0\r\n\r\na",
    ),
    # no number that is there can be counted in 64 bits: not a length, or too large a body
    "a Content-Length beyond 64 bits": (
        (400, 413),
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551617\r\n\r\na",
    ),
    # transfer codings
    "an unknown coding": (501, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
    "an unknown coding before chunked": (
        501,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ),
    "chunked that is not last": (
        (400, 501),
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    ),
    "chunked twice": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    ),
    "chunked twice in two lines": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "identity": ((400, 501), b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"),
    "xchunked": (
        501,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    ),
    "chunked in quotes": (
        (400, 501),
        b'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    ),
    "chunked with a vertical tab": (
        400,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    ),
    "an empty Transfer-Encoding": (
        (400, 501),
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n",
    ),
    "Transfer-Encoding in HTTP/1.0": (
        400,
        b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    # too long
    "a target of 16k": ((414, 431), b"GET /" + b"a" * 16384 + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a target of 70k": (414, b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
    "a target without an end": (414, b"GET /" + b"a" * 70000),
    "a header of 20k": (431, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20000 + b"\r\n\r\n"),
    "a header without an end": (431, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 70000),
    "headers of 20k": (
        431,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: 012345678901234567890\r\n" * 800 + b"\r\n",
    ),
    "thousands of tiny headers": (
        431,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"a:\r\n" * 10000 + b"\r\n",
    ),
}

CHUNKS = {
    "a chunk size of letters": b"xyz\r\nabc\r\n0\r\n\r\n",
    "an empty chunk size": b"\r\nabc\r\n0\r\n\r\n",
    "a chunk size with a sign": b"+3\r\nabc\r\n0\r\n\r\n",
    "a negative chunk size": b"-3\r\nabc\r\n0\r\n\r\n",
    "a chunk size with 0x": b"0x3\r\nabc\r\n0\r\n\r\n",
    "a chunk size with an underscore": b"1_0\r\n0123456789abcdef\r\n0\r\n\r\n",
    "a space before the chunk size": b" 3\r\nabc\r\n0\r\n\r\n",
    "a chunk size beyond 64 bits": b"10000000000000003\r\nabc\r\n0\r\n\r\n",
    "a chunk size of 70 digits": b"0" * 69 + b"3z\r\nabc\r\n0\r\n\r\n",
    "a bare LF after the chunk size": b"3\nabc\r\n0\r\n\r\n",
    "a bare CR in a chunk extension": b"3;a\rb\r\nabc\r\n0\r\n\r\n",
    "a bare LF in a chunk extension": b"3;a\nb\r\nabc\r\n0\r\n\r\n",
    "a NUL in a chunk extension": b"3;a\0b\r\nabc\r\n0\r\n\r\n",
    "a chunk without its line end": b"3\r\nabcdef\r\n0\r\n\r\n",
    "a bare LF after a chunk": b"3\r\nabc\n0\r\n\r\n",
    "junk after a chunk": b"3\r\nabcX\r\n0\r\n\r\n",
    "a bare LF after the last chunk": b"3\r\nabc\r\n0\n\r\n",
    "a bare LF at the end": b"3\r\nabc\r\n0\r\n\n",
    "a trailer without a colon": b"3\r\nabc\r\n0\r\nrubbish\r\n\r\n",
    "a trailer with a space before the colon": b"3\r\nabc\r\n0\r\nX : y\r\n\r\n",
    "a folded trailer": b"3\r\nabc\r\n0\r\nX: y\r\n z\r\n\r\n",
    "a NUL in a trailer": b"3\r\nabc\r\n0\r\nX: a\0b\r\n\r\n",
}


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
def test_a_malformed_head_is_refused_when_it_comes_in_pieces(site, case):
    statuses, head = HEADS[case]
    client = site.connect()
    pieces = (
        [head[i : i + 7] for i in range(0, len(head), 7)]
        if len(head) < 300
        else [head[:9000], head[9000:]]
    )
    for piece in pieces:
        client.send_ignoring_close(piece)
    client.send_ignoring_close(BEHIND)
    answer = client.read()
    assert answer.status in (statuses if isinstance(statuses, tuple) else (statuses,)), answer
    client.expect_close(reset_is_fine=True)


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
