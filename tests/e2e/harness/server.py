"""Servers that a test plays, byte by byte."""
import socket
import threading


class Server:
    """Plays `script(connection, n)` for the n-th connection, each in a thread of its own."""

    def __init__(self, script, family=socket.AF_INET, address=("127.0.0.1", 0)):
        self.listener = socket.socket(family)
        self.listener.bind(address)
        self.listener.listen(64)
        self.script = script
        self.connections = []
        self.failed = []
        threading.Thread(target=self.run, daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.listener.getsockname()[1]

    def run(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.settimeout(20)
            self.connections.append(sock)
            threading.Thread(
                target=self.play, args=(sock, len(self.connections)), daemon=True
            ).start()

    def play(self, sock, n):
        try:
            self.script(Peer(sock), n)
        except BaseException as error:
            self.failed.append(error)
            raise
        finally:
            sock.close()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        assert not self.failed


class Peer:
    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""

    def more(self):
        try:
            piece = self.sock.recv(65536)
        except ConnectionError:
            return False
        self.buffer += piece
        return bool(piece)

    def head(self):
        """The next request's head; b"": it has closed."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.more():
                return b""
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        return head

    def exactly(self, n):
        while len(self.buffer) < n:
            assert self.more()
        body, self.buffer = self.buffer[:n], self.buffer[n:]
        return body

    def line(self):
        """The next line, without its end."""
        while b"\r\n" not in self.buffer:
            assert self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def until(self, end):
        while not self.buffer.endswith(end):
            assert self.more()
        body, self.buffer = self.buffer, b""
        return body

    def send(self, data):
        """The other side may have gone: what it has made of that is asked of it."""
        try:
            self.sock.sendall(data)
        except ConnectionError:
            pass

    def gone(self):
        """Waits for the other side to close."""
        try:
            while self.sock.recv(65536):
                pass
        except ConnectionError:
            pass
