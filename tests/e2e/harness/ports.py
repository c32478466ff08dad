"""
Free TCP ports, safe when several test runs share the machine.

Ports come from below the ephemeral range, so that no outgoing connection takes one by chance. A
port that is given out is held by an abstract unix socket of this process: the kernel makes that a
lock between all runs, and frees it when the process ends, however it ends. What a test has taken
is let go when it is over: a socket for each of some thousand tests is more than a process may open.
"""
import contextlib
import random
import socket

FIRST, LAST = 10000, 31999

_held = {}


def _bindable(family, host, port):
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def free_port():
    """A port that is free on every IPv4 and IPv6 address, and this process's own while it is held."""
    for _ in range(1000):
        port = random.randint(FIRST, LAST)
        lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            lock.bind(f"\0eddy-e2e-port-{port}")
        except OSError:
            lock.close()
            continue
        free = _bindable(socket.AF_INET, "0.0.0.0", port)
        if free and has_ipv6():
            free = _bindable(socket.AF_INET6, "::", port)
        if free:
            _held[port] = lock
            return port
        lock.close()
    raise RuntimeError(f"no free port between {FIRST} and {LAST}")


@contextlib.contextmanager
def let_go():
    """The ports that are given out in here are nobody's own behind it."""
    before = set(_held)
    yield
    for port in set(_held) - before:
        _held.pop(port).close()


def can_bind(port, host="127.0.0.1"):
    """Whether a new daemon could bind this port now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return _bindable(family, host, port)
