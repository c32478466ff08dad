"""
A raw HTTP/1 client: sends exactly the bytes it is given and reads answers strictly.

A lenient client hides a server's mistakes, so every answer is checked against RFC 9112 as it is
read: the status line, the header syntax, exactly one framing, no byte too many. What breaks a rule
raises a BadAnswer.
"""
import array
import fcntl
import re
import select
import socket
import termios
import threading
import time

from . import wait

DEADLINE = 15

_STATUS = re.compile(rb"HTTP/1\.1 ([1-5][0-9][0-9]) ([\x20-\x7e\x80-\xff]*)\Z")
_FIELD = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?"
    rb"([\x21-\x7e\x80-\xff](?:[\x20-\x7e\t\x80-\xff]*[\x21-\x7e\x80-\xff])?|)\Z"
)
_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d GMT\Z"
)


class BadAnswer(AssertionError):
    pass


class Closed(BadAnswer):
    """The connection ended (FIN or reset) where an answer, or its rest, should have been."""


class Answer:
    """One answer as it was read; `interim` holds the 1xx answers that came before it."""

    def __init__(self, status, reason, fields):
        self.status = status
        self.reason = reason
        self.fields = fields
        self.body = b""
        self.trailers = []
        self.chunks = None
        self.framing = None  # "none", "length", "chunked", "close"
        self.interim = []
        self.head = b""

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def get(self, name):
        """The value of a field that may be there once at most."""
        values = self.all(name)
        if len(values) > 1:
            raise BadAnswer(f"{name} came {len(values)} times: {values}")
        return values[0] if values else None

    @property
    def closes(self):
        return (self.get("Connection") or "").lower() == "close"

    def __repr__(self):
        return f"<Answer {self.status} {self.framing} {len(self.body)} bytes {self.body[:60]!r}>"


class Client:
    """
    One connection. `address` is (host, port) or the path of a unix socket; `source` is the host to
    come from.
    """

    def __init__(self, address, seconds=DEADLINE, rcvbuf=None, source=None):
        self.seconds = seconds
        self.buffer = b""
        self.eof = False
        if isinstance(address, str):
            family = socket.AF_UNIX
        else:
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        if rcvbuf:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        if source:
            self.sock.bind((source, 0))
        self.sock.settimeout(seconds * wait.SCALE)
        self.sock.connect(address)
        if family != socket.AF_UNIX:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        self.sock.close()

    def reset(self):
        """Closes with a RST, as a client does that crashes with bytes unread."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    # sending

    def send(self, data):
        self.sock.sendall(data)

    def send_slowly(self, data, size=1, pause=0.001):
        """Sends in pieces of `size`, each in a segment of its own."""
        for i in range(0, len(data), size):
            self.sock.sendall(data[i : i + size])
            time.sleep(pause)

    def send_ignoring_close(self, data):
        """Sends as much as the server takes; it may refuse and close before the end."""
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def send_bytewise(self, data):
        """
        Each byte when the server has read the one before, which a unix socket tells; until the
        server closes.
        """
        unread, end = array.array("i", [0]), time.monotonic() + self.seconds * wait.SCALE
        for i in range(len(data)):
            try:
                self.sock.send(data[i : i + 1])
            except (BrokenPipeError, ConnectionResetError):
                return
            while fcntl.ioctl(self.sock, termios.TIOCOUTQ, unread) == 0 and unread[0] > 0:
                if time.monotonic() > end:
                    raise BadAnswer(f"the server does not read on, behind {data[: i + 1]!r}")

    def send_in_background(self, pieces):
        """Sends these pieces in a thread while the test reads; see Sender.finish."""
        sender = Sender(self, pieces)
        sender.start()
        return sender

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    # reading

    def _readable(self, seconds):
        poll = select.poll()  # select(2) ends at descriptor 1023
        poll.register(self.sock, select.POLLIN)
        return poll.poll(max(seconds, 0) * 1000)

    def _more(self, end):
        """Reads once into the buffer; false at the end of the stream."""
        if self.eof:
            return False
        left = end - time.monotonic()
        if left <= 0 or not self._readable(left):
            raise BadAnswer(
                f"nothing more in {self.seconds * wait.SCALE:g} s; so far {self.buffer[-300:]!r}"
            )
        try:
            data = self.sock.recv(1 << 18)
        except ConnectionResetError:
            self.eof = True
            raise Closed(f"connection reset; read before it {self.buffer[-300:]!r}") from None
        if not data:
            self.eof = True
            return False
        self.buffer += data
        return True

    def _line(self, end):
        start = 0
        while True:
            i = self.buffer.find(b"\n", start)
            if i >= 0:
                break
            start = len(self.buffer)
            if not self._more(end):
                raise Closed(f"connection ended in a head, after {self.buffer[-300:]!r}")
        line, self.buffer = self.buffer[:i], self.buffer[i + 1 :]
        if not line.endswith(b"\r"):
            raise BadAnswer(f"a line ends with a bare LF: {line!r}")
        line = line[:-1]
        if b"\r" in line or b"\0" in line:
            raise BadAnswer(f"CR or NUL in a line: {line!r}")
        return line

    def _fields(self, end):
        fields = []
        while True:
            line = self._line(end)
            if not line:
                return fields
            match = _FIELD.match(line)
            if not match:
                raise BadAnswer(f"not a header line: {line!r}")
            fields.append((match[1].decode(), match[2].decode("latin-1")))

    def _exactly(self, n, end):
        parts, have = [], 0
        while have < n:
            if not self.buffer and not self._more(end):
                raise Closed(f"connection ended {n - have} bytes before the end of the body")
            part, self.buffer = self.buffer[: n - have], self.buffer[n - have :]
            parts.append(part)
            have += len(part)
        return b"".join(parts)

    def _chunked(self, answer, end):
        answer.chunks = []
        while True:
            line = self._line(end)
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,16}", line):
                raise BadAnswer(f"not a chunk size: {line!r}")
            size = int(line, 16)
            if size == 0:
                answer.trailers = self._fields(end)
                break
            answer.chunks.append(self._exactly(size, end))
            if self._exactly(2, end) != b"\r\n":
                raise BadAnswer("no CRLF after a chunk")
        answer.body = b"".join(answer.chunks)

    def read_head(self, end=None):
        """The next status line and header block; its body is still to be read."""
        end = end or time.monotonic() + self.seconds * wait.SCALE
        if not self.buffer and not self._more(end):
            raise Closed("connection closed without an answer")
        line = self._line(end)
        match = _STATUS.match(line)
        if not match:
            raise BadAnswer(f"not a status line: {line!r}")
        return Answer(int(match[1]), match[2].decode("latin-1"), self._fields(end))

    def _check_head(self, answer, method):
        lengths, codings = answer.all("Content-Length"), answer.all("Transfer-Encoding")
        if len(lengths) > 1 or len(codings) > 1 or (lengths and codings):
            raise BadAnswer(f"framed more than once: {answer.fields}")
        if lengths and not re.fullmatch(r"[0-9]+", lengths[0]):
            raise BadAnswer(f"Content-Length: {lengths[0]}")
        if codings and codings[0].lower() != "chunked":
            raise BadAnswer(f"Transfer-Encoding: {codings[0]}")
        if answer.status == 204 and (lengths or codings):
            raise BadAnswer(f"204 with a framing header: {answer.fields}")
        if answer.status < 200:
            return
        date = answer.get("Date")
        if date is None or not _DATE.match(date):
            raise BadAnswer(f"Date: {date}")

    def read_body(self, answer, method="GET", end=None):
        end = end or time.monotonic() + self.seconds * wait.SCALE
        length = answer.get("Content-Length")
        if method == "HEAD" or answer.status in (204, 304) or answer.status < 200:
            answer.framing = "none"
        elif answer.get("Transfer-Encoding"):
            answer.framing = "chunked"
            self._chunked(answer, end)
        elif length is not None:
            answer.framing = "length"
            answer.body = self._exactly(int(length), end)
        else:
            answer.framing = "close"
            while self._more(end):
                pass
            answer.body, self.buffer = self.buffer, b""
        return answer

    def read(self, method="GET"):
        """The next final answer, with the interim ones before it."""
        end = time.monotonic() + self.seconds * wait.SCALE
        interim = []
        while True:
            answer = self.read_head(end)
            self._check_head(answer, method)
            if answer.status >= 200 or answer.status == 101:
                break
            interim.append(answer)
        answer.interim = interim
        return self.read_body(answer, method, end)

    def read_once(self):
        """What one recv(2) gives; the bytes stay to be read."""
        if not self._more(time.monotonic() + self.seconds * wait.SCALE):
            raise Closed("connection closed without an answer")
        return self.buffer

    def body_pieces(self, answer):
        """The body piece by piece as it comes, for one that is too large to collect."""

        def end():
            return time.monotonic() + self.seconds * wait.SCALE

        if answer.get("Transfer-Encoding"):
            while size := int(self._line(end()), 16):
                piece = self._exactly(size, end())
                if self._exactly(2, end()) != b"\r\n":
                    raise BadAnswer("no CRLF after a chunk")
                yield piece
            self._fields(end())
            return
        left = int(answer.get("Content-Length"))
        while left:
            if not self.buffer and not self._more(end()):
                raise Closed(f"connection ended {left} bytes before the end of the body")
            piece, self.buffer = self.buffer[:left], self.buffer[left:]
            left -= len(piece)
            yield piece

    def ask(self, data, method="GET"):
        self.send(data)
        return self.read(method)

    def get(self, path, *fields, method="GET"):
        return self.ask(request(method, path, *fields), method)

    def post(self, path, body, *fields, method="POST"):
        return self.ask(request(method, path, f"Content-Length: {len(body)}", *fields) + body)

    # what must or must not follow

    def expect_close(self, reset_is_fine=False):
        """The server closes the connection and sends nothing before that."""
        end = time.monotonic() + self.seconds * wait.SCALE
        try:
            while self._more(end):
                pass
        except Closed:
            if not reset_is_fine:
                raise
        if self.buffer:
            raise BadAnswer(f"bytes after the last answer: {self.buffer[:300]!r}")

    def expect_silence(self, seconds=0.15):
        """Nothing comes, and the connection stays open, for this long."""
        if self.buffer:
            raise BadAnswer(f"bytes where none should be: {self.buffer[:300]!r}")
        if self._readable(seconds):
            raise BadAnswer(f"something came: {self.sock.recv(300)!r}")

    def expect_open(self, path="/hello"):
        """The connection is still good for one more request."""
        answer = self.get(path)
        assert answer.status == 200, answer
        return answer


class Sender(threading.Thread):
    def __init__(self, client, pieces):
        super().__init__(daemon=True)
        self.client, self.pieces, self.problem = client, pieces, None

    def run(self):
        try:
            for piece in self.pieces:
                self.client.sock.sendall(piece)
        except OSError as error:
            self.problem = error

    def finish(self):
        """Waits until all has been sent; fails if it could not be."""
        self.join(self.client.seconds * wait.SCALE)
        assert not self.is_alive(), "the server does not take the rest of the body"
        assert self.problem is None, self.problem


def request(method, path, *fields, version="1.1", host="test"):
    """A request head; `host` None leaves the Host line out."""
    lines = [f"{method} {path} HTTP/{version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += fields
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def chunked(*pieces, trailers=(), size="{:x}", extension=""):
    """A chunked body of these pieces."""
    out = b""
    for piece in pieces:
        out += (size.format(len(piece)) + extension + "\r\n").encode() + piece + b"\r\n"
    out += b"0\r\n"
    for trailer in trailers:
        out += trailer.encode() + b"\r\n"
    return out + b"\r\n"
