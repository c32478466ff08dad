"""
Clients in threads that go on asking while something happens to the daemon, and count what they get.

Every request must be answered, once, with what it asked for; whatever else happens is kept in
`lost`. A client that is told `Connection: close` comes back on a new connection, as every HTTP
client does.
"""
import threading
import time

from .client import Client, request
from .wait import wait_until


class Load:
    def __init__(
        self,
        address,
        clients=4,
        path="/hello",
        body=b"Hello World\n",
        keep_alive=True,
        check=None,
        send=None,
        wait=True,
    ):
        self.address = address
        self.path = path
        self.body = body
        self.keep_alive = keep_alive
        self.check = check
        self.send = send
        self.wait = wait  # for first answers, before anything else happens
        self.answered = [0] * clients
        self.lost = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(i,), daemon=True) for i in range(clients)
        ]

    def _right(self, answer):
        if self.check:
            return self.check(answer)
        return answer.status == 200 and (self.body is None or answer.body == self.body)

    def _run(self, i):
        fields = [] if self.keep_alive else ["Connection: close"]
        if self.send is None:
            data = request("GET", self.path, *fields)
        else:
            data = request("POST", self.path, f"Content-Length: {len(self.send)}", *fields)
            data += self.send
        client = None
        while not self._stop.is_set():
            try:
                if client is None:
                    client = Client(self.address)
                answer = client.ask(data)
                if not self._right(answer):
                    self.lost.append(repr(answer))
                self.answered[i] += 1
                if answer.closes:
                    client.close()
                    client = None
            except (OSError, AssertionError) as problem:
                self.lost.append(
                    f"{self.path}: client {i} after {self.answered[i]} answers: {problem!r}"
                )
                if client:
                    client.close()
                client = None
            time.sleep(0.0005)
        if client:
            client.close()

    @property
    def count(self):
        return sum(self.answered)

    def more(self, n):
        """Waits until n more requests have been answered; or many have been lost."""
        target, lost = self.count + n, len(self.lost)
        wait_until(
            lambda: self.count >= target or len(self.lost) > lost + 20, f"{n} more answers", 30
        )

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        if self.wait:
            self.more(len(self._threads))
        return self

    def stop(self):
        """No further requests; who waits for an answer goes on waiting."""
        self._stop.set()

    def __exit__(self, kind, *unused):
        self.stop()
        for thread in self._threads:
            thread.join(30)
        if kind is None:
            assert not self.lost, f"{len(self.lost)} of {self.count} lost: {self.lost[:5]}"
