"""
A stand-in for a service manager: passes sockets to an eddyd (LISTEN_FDS) and keeps those that it is
told to (FDSTORE), byte for byte as sd_listen_fds(3) and sd_notify(3) say. What a real systemd makes
of it is in test_units.py.
"""
import array
import os
import re
import socket

from .wait import wait_until

FIRST = 3
# eddyd's own pid, which nobody knows before it runs; the rest of the words is the command.
PID_WRAPPER = ["sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@"']


def listening(address, **options):
    """A socket that listens at (host, port), "/path" or "@name"."""
    if isinstance(address, str):
        one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        address = address.replace("@", "\0", 1) if address[0] == "@" else address
    else:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        one = socket.socket(family, socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, options.get("ipv6only", 1))
    one.bind(address)
    one.listen(64)
    return one


class Manager:
    def __init__(self, daemon):
        self.daemon = daemon
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(f"{daemon.folder}/notify")
        self.notify.setblocking(False)
        self.sockets = []  # (name, fd) of units
        self.store = []  # (name, fd)
        self.said = []

    def pass_on(self, name, one):
        """From the next start on."""
        self.sockets.append((name, one.fileno()))
        return one

    def launch(self, *arguments, **env):
        if not os.path.exists(self.daemon.conf_path):
            self.daemon.conf()
        fds = self.sockets + self.store
        if fds:
            env["LISTEN_FDS"] = str(len(fds))
            env["LISTEN_FDNAMES"] = ":".join(name for name, _ in fds)
        env["NOTIFY_SOCKET"] = f"{self.daemon.folder}/notify"
        free = 200  # out of the way of where they go

        def place():
            for i, (_, fd) in enumerate(fds):
                os.dup2(fd, free + i)
            for i in range(len(fds)):
                os.dup2(free + i, FIRST + i)
                os.close(free + i)

        more = {"preexec_fn": place, "close_fds": False}
        self.daemon.launch(*arguments, wrapper=PID_WRAPPER, popen=more, **env)

    def start(self, **env):
        self.launch(**env)
        self.daemon.wait_ready()

    def take(self):
        """Reads what has been said, and acts on it."""
        while True:
            try:
                text, fds = self._receive()
            except BlockingIOError:
                return
            self.said.append(text)
            name = re.search(r"^FDNAME=(.*)$", text, re.M)
            if "FDSTORE=1" in text:
                self._keep(name[1], fds)
            elif "FDSTOREREMOVE=1" in text:
                self.forget(name[1])

    def _receive(self):
        text, ancillary, _, _ = self.notify.recvmsg(65536, socket.CMSG_SPACE(253 * 4))
        fds = array.array("i")
        for level, kind, data in ancillary:
            assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
            fds.frombytes(data)
        for fd in fds:  # what the next eddyd has of these is what is passed
            os.set_inheritable(fd, False)
        return text.decode(), list(fds)

    def _keep(self, name, fds):
        """What is there already is not kept twice; no name has a colon or odd bytes."""
        assert re.fullmatch(r"[ -9;-~]{1,255}", name), name
        assert fds
        for fd in fds:
            if any(os.path.sameopenfile(fd, kept) for _, kept in self.store):
                os.close(fd)
            else:
                self.store.append((name, fd))

    def forget(self, name):
        for _, fd in [one for one in self.store if one[0] == name]:
            os.close(fd)
        self.store = [one for one in self.store if one[0] != name]

    def names(self):
        self.take()
        return sorted(name for name, _ in self.store)

    def wait_names(self, *names):
        wait_until(lambda: self.names() == sorted(names), lambda: f"{names}, not {self.names()}")

    def wait_said(self, line):
        def found():
            self.take()
            return any(line in text.splitlines() for text in self.said)

        wait_until(found, lambda: f"{line!r} in {self.said}")

    def close(self):
        self.take()
        for _, fd in self.store:
            os.close(fd)
        self.store = []
        self.notify.close()
