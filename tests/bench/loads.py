"""
The loads: what is sent, by whom, and how it is known that all of it was answered.

wrk does what asks again and again, over HTTP as its users do: it keeps 64 connections busy from one
thread, and says how many requests were answered with which bytes. A client of our own (client.c)
does what wrk cannot: thousands of requests that wait, and bodies of a gigabyte, byte by byte.

Each gives a sample: {"requests", "seconds", "cost" (of one unit), "user" (its part in user space),
…}, or raises Failed.
"""
import json
import os
import select
import socket
import subprocess

import measure
from servers import BODY, HERE, Failed

CONNECTIONS = 64
WARM_UP_S = 1  # without measuring: caches, pools, and compilers that learn
PIPELINED = 16
CROWD = 8000
GIGABYTE = 1 << 30
WORD = "now"  # what parked requests are answered with; the park floor's is BODY

BROWSER_HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.7,de;q=0.3",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Referer": "https://www.example.org/articles/2026/11/a-page-with-a-long-name.html?from=index",
    "Cookie": "session=4f1d0c8c9b7a4f0e9d2b6c1a8e7f5d3c; consent=1; theme=dark; "
    "_ga=GA1.2.1234567890.1763900000; last=%2Farticles%2F2026",
    "DNT": "1",
    "Upgrade-Insecure-Requests": "1",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Site": "same-origin",
    "Sec-Fetch-User": "?1",
    "Sec-CH-UA": '"Not)A;Brand";v="8", "Chromium";v="138", "Browser";v="138"',
    "Sec-CH-UA-Mobile": "?0",
    "Sec-CH-UA-Platform": '"Linux"',
    "If-None-Match": 'W/"5f3a-18c2b1d9e40"',
    "Priority": "u=0, i",
    "Pragma": "no-cache",
    "Cache-Control": "no-cache",
}


def request(method="GET", path="/", headers=None, body=b""):
    """An HTTP request, as bytes; with Host it has one header more than `headers`."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def parse_answer(data):
    """The answer at the front: (status, {lower-case name: value}, body, bytes in all); or None."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = data[:end].decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if not headers.get("content-length", "").isdigit():
        raise Failed(f"an answer without Content-Length: {first}")
    size = end + 4 + int(headers["content-length"])
    if len(data) < size:
        return None
    return int(first.split()[1]), headers, data[end + 4 : size], size


def probe(port, sent, count):
    """
    Sends these bytes, which are so many requests, and looks at each answer; how many bytes they
    have in all.
    """
    data, total = b"", 0
    with socket.create_connection(("127.0.0.1", port), 10) as sock:
        sock.settimeout(10)
        sock.sendall(sent)
        while count > 0:
            answer = parse_answer(data)
            if answer is None:
                try:
                    more = sock.recv(65536)
                except OSError as error:
                    raise Failed(f"{count} answers did not come: {error}") from error
                if not more:
                    raise Failed(f"closed before {count} answers had come")
                data += more
                continue
            status, _, body, size = answer
            if status != 200:
                raise Failed(f"answered {status}")
            if body != BODY:
                raise Failed(f"wrong bytes: {body[:40]!r}")
            data, total, count = data[size:], total + size, count - 1
    if data:
        raise Failed(f"wrong bytes behind the answer: {data[:40]!r}")
    return total


def check_counts(result, answer_bytes, asked):
    """
    What wrk says of itself: none may have failed, and the bytes are those of as many answers, but
    for those `asked` that it has cut off at its end.
    """
    wrong = [
        f"{result[key]} {what}"
        for key, what in (
            ("status", "answers were no 2xx or 3xx"),
            ("connect", "connections failed"),
            ("read", "reads failed"),
            ("write", "writes failed"),
            ("timeout", "answers came late"),
        )
        if result[key]
    ]
    if not result["requests"]:
        wrong.append("nothing was answered")
    surplus = result["bytes"] - result["requests"] * answer_bytes
    if not wrong and not 0 <= surplus <= asked * answer_bytes:
        each = result["bytes"] / result["requests"]
        wrong.append(f"wrong bytes: {each:.1f} in an answer, not {answer_bytes:g}")
    if wrong:
        raise Failed(", ".join(wrong))


def sample(usage, client_us, requests, unit):
    """`unit`: how many requests, or bytes, one unit of cost is for."""
    cores = os.cpu_count() or 1
    others = usage["busy_us"] - usage["cpu_us"] - client_us
    return {
        "requests": requests,
        "seconds": usage["seconds"],
        "cost": usage["cpu_us"] / requests * unit,
        "user": usage["user_us"] / requests * unit,
        "rate": requests / usage["seconds"],
        "share": usage["share"],
        "others": max(0.0, others / (usage["seconds"] * 1e6 * cores)),
    }


class Limit:
    """
    The most that a figure may be: `most`, or `factor` times that of another server (a name, or
    "best peer"), or of eddy under another load (`load`). `below`: it must be less.
    """

    def __init__(self, text, most=None, factor=1, of=None, load=None, figure="cost", below=False):
        self.text, self.most, self.factor, self.of = text, most, factor, of
        self.load, self.figure, self.below = load, figure, below


class Load:
    """One row of the table."""

    unit = "µs"
    per = "request"
    per_connection = False  # what is said of memory

    def __init__(self, name, title, limits=(), floors=None, workers=2, flags=()):
        self.name, self.title, self.limits = name, title, limits
        self.floors = floors or {}
        self.workers, self.flags = workers, set(flags)

    def run(self, server, options):
        """A sample."""
        raise NotImplementedError


class Wrk(Load):
    """What wrk sends for some seconds: `sent`, which is `count` requests."""

    def __init__(self, name, title, sent, count=1, **more):
        super().__init__(name, title, **more)
        self.sent, self.count = sent, count

    def run(self, server, options):
        answer_bytes = probe(server.port, self.sent, self.count) / self.count
        pids = server.pids()
        self._wrk(server, WARM_UP_S)
        measure.settle(pids)
        before = measure.Usage(pids)
        result, client_us = self._wrk(server, options.duration)
        after = measure.Usage(server.pids())
        check_counts(result, answer_bytes, CONNECTIONS * self.count)
        probe(server.port, self.sent, self.count)
        done = sample(after.since(before), client_us, result["requests"], 1)
        done["rate"] = result["requests"] / (result["us"] / 1e6)
        done["memory"] = measure.pss_bytes(pids)
        return done

    def _wrk(self, server, seconds):
        path = os.path.join(server.folder, "request")
        with open(path, "wb") as file:
            file.write(self.sent)
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
        command += ["-s", os.path.join(HERE, "wrk.lua"), f"http://127.0.0.1:{server.port}/"]
        said, client_us = run_client(command, seconds + 30, dict(os.environ, BENCH_REQUEST=path))
        for line in said.splitlines():
            if line.startswith("result "):
                return json.loads(line[len("result ") :]), client_us
        raise Failed("wrk: " + said.strip()[-200:])


def run_client(command, seconds, env=None):
    """Runs it to its end; what it has said, and the CPU time that it took, in µs."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=env
    ) as process:
        try:
            before = os.times()
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failed(f"{os.path.basename(command[0])} did not end in {seconds} s") from None
    after = os.times()
    children = after.children_user + after.children_system
    children -= before.children_user + before.children_system
    return said.decode(errors="replace"), children * 1e6


class Client:
    """client.c, while it has something to wait for."""

    def __init__(self, options, server, *arguments):
        self.process = subprocess.Popen(
            [f"{options.build}/tests/bench/client", str(server.port), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def expect(self, word, seconds=60):
        """What it says next, after this word."""
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline().decode(errors="replace").strip() if ready else ""
        if line.split(" ")[0] != word:
            raise Failed(line or f"the client does not say {word!r}")
        return line[len(word) :].strip()

    def go_on(self):
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def cpu_us(self):
        return measure.cpu_ns(self.process.pid) / 1000


class Parked(Load):
    """
    Requests that wait are answered all at once. The memory is that of one that waits.
    """

    per = "answer"
    per_connection = True

    def run(self, server, options):
        pids = server.pids()
        pss = measure.pss_bytes(pids)
        word = BODY.decode() if "floor" in server.name else WORD
        with Client(options, server, "park", CROWD, word) as client:
            client.expect("ready")
            measure.settle(pids)
            memory = (measure.pss_bytes(pids) - pss) / CROWD
            before, client_us = measure.Usage(pids), client.cpu_us()
            client.go_on()
            seconds = int(client.expect("done")) / 1e9
            measure.settle(pids)
            usage = measure.Usage(server.pids()).since(before)
            done = sample(usage, client.cpu_us() - client_us, CROWD, 1)
        return done | {"memory": memory, "seconds": seconds, "rate": CROWD / seconds}


class Idle(Load):
    """Connections that have had an answer, and stay. What counts is their memory."""

    per = "connection"
    per_connection = True

    def run(self, server, options):
        probe(server.port, request(), 1)
        pids = server.pids()
        pss = measure.pss_bytes(pids)
        before = measure.Usage(pids)
        with Client(options, server, "idle", CROWD, BODY.decode()) as client:
            client.expect("done")
            usage = measure.Usage(server.pids()).since(before)
            client_us = client.cpu_us()
            measure.settle(pids)
            memory = (measure.pss_bytes(pids) - pss) / CROWD
        return sample(usage, client_us, CROWD, 1) | {"memory": memory}


class Body(Load):
    """
    Bodies of a gigabyte, in or out, one after the other until the time is over: where the kernel
    does its part of one, in the server's time or in the client's, is chance.
    """

    unit = "ms"
    per = "GB"

    def __init__(self, name, title, arguments, **more):
        super().__init__(name, title, **more)
        self.arguments = arguments

    def run(self, server, options):
        pids = server.pids()
        before = measure.Usage(pids)
        bodies = took = client_us = 0
        while took < options.duration:
            seconds, more_us = self._body(server, options)
            bodies, took, client_us = bodies + 1, took + seconds, client_us + more_us
        usage = measure.Usage(server.pids()).since(before)
        done = sample(usage, client_us, bodies * GIGABYTE, GIGABYTE / 1000)
        return done | {"rate": bodies * GIGABYTE / took, "memory": measure.pss_bytes(pids)}

    def _body(self, server, options):
        """One of them: seconds, and the client's CPU time in µs."""
        command = [f"{options.build}/tests/bench/client", str(server.port), *self.arguments]
        said, client_us = run_client(command, 120)
        if not said.startswith("done "):
            raise Failed(said.strip() or "the client has said nothing")
        return int(said.split()[1]) / 1e9, client_us


_POST = request("POST", "/post", {"Content-Type": "application/json"}, b'"' + b"x" * 1022 + b'"')
_CLOSE = request(headers={"Connection": "close"})
_ANSWER = {"floor": ["answer"]}
_CLOSING = {"floor": ["close"], "floor, deferred": ["defer"]}
_BEST = "best peer"

LOADS = {
    load.name: load
    for load in (
        Wrk(
            "keepalive",
            "keep-alive",
            request(),
            floors=_ANSWER,
            limits=[
                Limit("<= 1.10 x floor", factor=1.10, of="floor"),
                Limit("< every peer", of=_BEST, below=True),
            ],
        ),
        Wrk(
            "pipelined",
            f"{PIPELINED} pipelined",
            request() * PIPELINED,
            PIPELINED,
            floors=_ANSWER,
            limits=[
                Limit("<= 1.35 x floor", factor=1.35, of="floor"),
                Limit("< 0.2 x nginx", factor=0.2, of="nginx", below=True),
            ],
        ),
        Wrk(
            "close",
            "one request per connection",
            _CLOSE,
            floors=_CLOSING,
            limits=[
                Limit("<= 1.10 x deferred floor", factor=1.10, of="floor, deferred"),
                Limit("< 0.8 x best peer", factor=0.8, of=_BEST, below=True),
            ],
        ),
        Wrk(
            "headers",
            "20 browser-size headers",
            request(headers=BROWSER_HEADERS),
            floors=_ANSWER,
            limits=[Limit("<= 1.20 x floor", factor=1.20, of="floor")],
        ),
        Wrk(
            "post",
            "POST 1 KB",
            _POST,
            floors={"floor": ["answer", 1024]},
            flags=["post"],
            limits=[Limit("<= 1.15 x floor", factor=1.15, of="floor")],
        ),
        Parked(
            "parked",
            f"{CROWD:,} parked, all answered",
            floors={"floor": ["park"]},
            flags=["park"],
            limits=[
                Limit("<= 1.3 x bare send(2)", factor=1.3, of="floor"),
                Limit("<= 700 bytes each", most=700, figure="memory"),
            ],
        ),
        Idle(
            "idle",
            f"{CROWD:,} idle",
            floors=_ANSWER,
            limits=[Limit("<= 400 bytes each", most=400, figure="memory")],
        ),
        Body(
            "upload",
            "1 GB upload",
            ["upload", str(GIGABYTE), BODY.decode()],
            floors={"floor": ["receive", GIGABYTE]},
            limits=[Limit("<= 1.10 x bare recv", factor=1.10, of="floor")],
        ),
        Body(
            "download",
            "1 GB chunked response",
            ["download", str(GIGABYTE)],
            floors={"floor": ["send", GIGABYTE]},
            limits=[Limit("<= 1.10 x bare send", factor=1.10, of="floor")],
        ),
        Wrk(
            "accept16",
            "16 workers, one request per connection",
            _CLOSE,
            workers=16,
            floors=_CLOSING,
            limits=[Limit("<= 1.3 x two workers", factor=1.3, load="close")],
        ),
        Wrk(
            "log",
            "keep-alive, access log to a file",
            request(),
            floors=_ANSWER,
            flags=["log"],
            limits=[Limit("<= 1.25 x without", factor=1.25, load="keepalive")],
        ),
        Wrk(
            "js",
            "keep-alive, answered by a script",
            request(),
            floors=_ANSWER,
            flags=["script"],
            limits=[
                Limit("<= 1.6 x eddy's C", factor=1.6, load="keepalive"),
                Limit("<= 0.55 x node", factor=0.55, of="node"),
                Limit("< njs", of="njs", below=True),
                Limit("< lua", of="lua", below=True),
            ],
        ),
        Parked(
            "jsparked",
            f"{CROWD:,} parked in a script, all answered",
            floors={"floor": ["park"]},
            flags=["script", "park"],
            limits=[Limit("<= 2,500 bytes each", most=2500, figure="memory")],
        ),
    )
}
