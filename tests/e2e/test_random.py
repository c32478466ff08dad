"""
Random traffic with fixed seeds: sequences that nobody would have thought of as a test.

Good requests of every kind, cut into segments anywhere, have to get their answers in order; broken ones may be refused in
any way that is HTTP, and must not hang, crash or reach a module as something that nobody sent.
"""
import json
import random

import pytest

from harness.client import BadAnswer, Closed, chunked, request

SEEDS = range(8)


def good_request(rng, i):
    """The bytes of a request, and a function that says whether an answer is the right one."""
    path = f"/json/{i}?{rng.randrange(1000)}"
    body = bytes(rng.choices(b"abc\r\n0123 GET/:", k=rng.choice([0, 1, 2, 10, 100, 1000, 20000])))
    filler = [f"X-{n}: {'v' * rng.randrange(200)}" for n in range(rng.randrange(6))]

    def view(answer):
        seen = json.loads(answer.body)
        return seen["url"] == path and (seen["body"] or "").encode("latin-1") == body

    kind = rng.randrange(9)
    if kind < 2:
        data = request("POST", path, f"Content-Length: {len(body)}", *filler) + body
        return data, "POST", view
    if kind < 5:
        pieces = []
        rest = body
        while rest:
            n = rng.randrange(1, len(rest) + 1)
            pieces.append(rest[:n])
            rest = rest[n:]
        trailers = ["X-Sum: 1"] * rng.randrange(2)
        extension = rng.choice(["", ";a=b", ';q=" ; "'])
        framed = chunked(*pieces, trailers=trailers, extension=extension)
        return request("PUT", path, *filler, "Transfer-Encoding: chunked") + framed, "PUT", view
    if kind == 5:
        return request("HEAD", "/hello", *filler), "HEAD", lambda a: a.get("Content-Length") == "12"
    if kind == 6:
        data = request("POST", "/ignore", f"Content-Length: {len(body)}") + body
        return data, "POST", lambda answer: answer.body == b"ignored\n"
    if kind == 7:
        return request("GET", "/missing", *filler), "GET", lambda answer: answer.status == 404
    slow = rng.choice(["/later?1", "/chunks?2", "/pieces", "/status?204", "/empty"])
    return request("GET", slow, *filler), "GET", lambda answer: answer.status in (200, 204)


@pytest.mark.parametrize("seed", SEEDS)
def test_good_requests_in_any_segments_get_their_answers_in_order(site, seed):
    rng = random.Random(seed)
    for _ in range(4):
        wanted = [good_request(rng, i) for i in range(40)]
        stream = b"".join(data for data, _, _ in wanted)
        segments = []
        while stream:
            n = rng.choice([1, 2, 3, 17, 100, 1460, 9000, 65536])
            segments.append(stream[:n])
            stream = stream[n:]
        client = site.connect()
        sender = client.send_in_background(segments)
        for data, method, right in wanted:
            answer = client.read(method)
            assert right(answer), (data[:200], answer, answer.body[:300])
        sender.finish()
        client.half_close()
        client.expect_close()


def mutate(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        at = rng.randrange(len(data))
        what = rng.randrange(5)
        if what == 0:
            data[at] = rng.randrange(256)
        elif what == 1:
            del data[at : at + rng.choice([1, 1, 2, 10])]
        elif what == 2:
            data[at:at] = rng.choice(
                [b"\r", b"\n", b"\0", b" ", b":", b"\r\n", b"\t", b",", b"0", b"-", b";"]
            )
        elif what == 3:
            n = rng.randrange(1, 40)
            data[at:at] = data[rng.randrange(len(data)) :][:n]
        else:
            data[at : at + 1] = bytes([data[at : at + 1][0] ^ 0x20]) if at < len(data) else b""
        if not data:
            data = bytearray(b"G")
    return bytes(data)


@pytest.mark.parametrize("seed", SEEDS)
def test_broken_requests_are_answered_with_http_or_not_at_all(site, seed):
    """Each is sent whole, then the client half-closes: the server must come to an end by itself."""
    rng = random.Random(1000 + seed)
    neighbour = site.connect()
    for i in range(60):
        data = b"".join(good_request(rng, i)[0] for _ in range(rng.randrange(1, 4)))
        data = mutate(rng, data)
        client = site.connect()
        client.send_ignoring_close(data)
        try:
            client.half_close()
        except OSError:
            pass
        method = "HEAD" if b"HEAD" in data else "GET"
        try:
            while True:
                # an answer to HEAD cannot be told from one to GET in what is broken anyhow
                answer = client.read_head()
                if method == "HEAD":
                    break
                client.read_body(answer)
        except Closed:
            pass
        except BadAnswer as problem:
            raise AssertionError(f"seed {seed}, request {i}: {data[:400]!r}: {problem}") from None
        client.close()
        if i % 20 == 19:
            neighbour.expect_open()
