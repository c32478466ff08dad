"""
DNS servers for the tests: unbound with a zone of its own, and ones that misbehave.
"""
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading

from . import ports
from .wait import SCALE, wait_until

UNBOUND = shutil.which("unbound", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")

_CONF = """
server:
  chroot: ""
  username: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  num-threads: 1
  interface: 127.0.0.1@{port}
  do-daemonize: no
  do-ip6: no
  access-control: 127.0.0.0/8 allow
  module-config: "iterator"
  local-zone: "test." nodefault
  local-zone: "2.0.192.in-addr.arpa." static
  local-data-ptr: "192.0.2.1 www.example.test"
  local-data-ptr: "192.0.2.1 mail.example.test"
  local-data-ptr: "2001:db8::1 www.example.test"
auth-zone:
  name: "example.test"
  zonefile: "example.zone"
  for-upstream: no
  for-downstream: yes
remote-control:
  control-enable: no
"""

_ZONE = """
$ORIGIN example.test.
$TTL 3600
@ IN SOA ns1 hostmaster 2026 7200 900 1209600 300
@ IN NS ns1
@ IN NS ns2
@ IN MX 10 mail
@ IN MX 20 mail2
@ IN TXT "v=spf1 " "-all"
@ IN CAA 0 issue "ca.example"
@ IN CAA 128 iodef "mailto:x@example.test"
ns1 IN A 192.0.2.53
ns2 IN A 192.0.2.54
mail IN A 192.0.2.25
www 60 IN A 192.0.2.1
www 120 IN AAAA 2001:db8::1
alias 30 IN CNAME www
_http._tcp IN SRV 1 2 8080 www
naptr IN NAPTR 100 10 "U" "E2U+sip" "!^.*$!sip:x@example.test!" .
four IN A 192.0.2.4
"""


class Unbound:
    """An unbound that has example.test, on a port of its own."""

    def __init__(self):
        self.port = ports.free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.folder = tempfile.mkdtemp(prefix="eddy-dns-")
        zone = _ZONE
        zone += "".join(f'large IN TXT "{i:02d}{"x" * 200}"\n' for i in range(20))
        zone += "".join(f"h{i} IN A 192.0.2.{i % 250 + 1}\n" for i in range(1000))
        with open(os.path.join(self.folder, "example.zone"), "w", encoding="ascii") as file:
            file.write(zone)
        conf = os.path.join(self.folder, "unbound.conf")
        with open(conf, "w", encoding="ascii") as file:
            file.write(_CONF.format(folder=self.folder, port=self.port))
        self.process = subprocess.Popen(
            [UNBOUND, "-d", "-c", conf],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(self._answers, "unbound to answer")

    def _answers(self):
        assert self.process.poll() is None, self.process.stderr.read()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.2 * SCALE)
            try:
                probe.sendto(
                    b"\1\2\1\0\0\1\0\0\0\0\0\0\3www\7example\4test\0\0\1\0\1",
                    ("127.0.0.1", self.port),
                )
                return probe.recv(512)[3] & 15 == 0
            except OSError:
                return False

    def stop(self):
        self.process.terminate()
        self.process.wait(10 * SCALE)
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Odd(threading.Thread):
    """A server that sends what `answer` (packet to packet, or None) makes of a datagram."""

    def __init__(self, answer):
        super().__init__(daemon=True)
        self.answer = answer
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.sock.getsockname()[1]}"
        self.asked = 0
        self.start()

    def run(self):
        while True:
            packet, client = self.sock.recvfrom(4096)
            if not packet:
                break
            self.asked += 1
            answer = self.answer(packet)
            if answer is not None:
                self.sock.sendto(answer, client)

    def stop(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.sock.getsockname())
        self.join(10)
        self.sock.close()


def silence(_packet):
    return None


def rcode(number):
    """Answers with this response code and nothing else."""

    def answer(packet):
        return packet[:2] + struct.pack(">HHHHH", 0x8180 | number, 1, 0, 0, 0) + packet[12:]

    return answer


def garbage(packet):
    """The right question, and behind it an answer that is none."""
    return packet[:2] + struct.pack(">HHHHH", 0x8180, 1, 3, 0, 0) + packet[12:] + b"\xff\xc0" * 9


def noise(packet):
    """Nothing right but the id."""
    return packet[:2] + b"\xde\xad\xbe\xef" * 5
