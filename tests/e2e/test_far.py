"""
Connecting to hosts that are not there: in a network of its own, whose addresses are black holes, refuse, or have no way.

eddyd and its workers live in a network namespace with nothing but `lo`. 203.0.113.0/24 leads there, where nobody has it:
the kernel sends its SYNs and never hears of them. The daemon's HTTP is a unix socket, which has no network.
An address of IPv6 has its route a moment after `ip` has returned, whatever it is told of duplicates.
"""
import os
import re
import shutil
import subprocess

import pytest

from harness.daemon import environment

HERE, HOLE, NOWHERE = "192.0.2.2", "203.0.113.1", "198.51.100.1"

HOSTS = f"""
{HOLE} hole.test
{HERE} hole.test
::1 refused.test
127.0.0.1 refused.test
::1 lost.test
{NOWHERE} lost.test
{HOLE} holes.test
203.0.113.2 holes.test
"""

SETUP = f"""
ip link set lo up
ip addr add {HERE}/32 dev lo
ip route add 203.0.113.0/24 dev lo
ip -6 addr add fe80::1/64 dev lo nodad
until ip -6 route show table local | grep -q "^local fe80::1 "; do sleep 0.01; done
echo 1 >/proc/sys/net/ipv4/tcp_syn_retries
"""


def in_a_network(folder):
    """A command that runs what follows it in that network; None: none can be made here."""
    (folder / "hosts").write_text(HOSTS)
    (folder / "setup").write_text(f"{SETUP}mount --bind {folder}/hosts /etc/hosts\n")
    wrapper = ["unshare", "-n", "-m", "sh", "-ec", f'. {folder}/setup; exec "$@"', "sh"]
    if os.geteuid() != 0 or not shutil.which("unshare") or not shutil.which("ip", path=environment()["PATH"]):
        return None
    done = subprocess.run([*wrapper, "true"], env=environment(), stderr=subprocess.DEVNULL, check=False)
    return wrapper if done.returncode == 0 else None


@pytest.fixture
def far(daemon, modules, tmp_path):
    """A daemon in that network: 8080 of 127.0.0.1 and 192.0.2.2 echo, and so does 8081 of any address of IPv6."""
    wrapper = in_a_network(tmp_path)
    if wrapper is None:
        pytest.skip("no network namespace can be made here")
    daemon.address = os.path.join(daemon.folder, "http.sock")
    tcp = {"protocol": "tcp", "module": "shut"}
    raw = str(modules / "raw.so")
    daemon.conf(
        workers=1,
        listens={f"unix:{daemon.address}": {}, "127.0.0.1:8080": tcp, f"{HERE}:8080": tcp, "[::]:8081": tcp},
        modules={
            "shut": {"path": raw, "mode": "shut"},
            "client": {"path": str(modules / "client.so")},
        },
        routes={"/dial": {"module": "shut", "handler": "dial"}, "/fetch": "client"},
    )
    return daemon.start(wrapper=wrapper)


def dial(daemon, to):
    return daemon.get(f"/dial?{to}").body.decode()


def tries(daemon):
    """How many connections have been begun in that network."""
    with open(f"/proc/{daemon.workers()[0]['pid']}/net/snmp", encoding="ascii") as file:
        names, values = re.findall(r"^Tcp: (.*)$", file.read(), re.M)
    return dict(zip(names.split(), map(int, values.split())))["ActiveOpens"]


def test_beside_an_address_that_never_answers_the_next_is_tried(far):
    before = tries(far)
    assert dial(far, "hole.test:8080") == "connect:8080 finish data:ping end close"
    assert tries(far) == before + 2


def test_behind_an_address_that_refuses_the_next_is_tried(far):
    before = tries(far)
    assert dial(far, "refused.test:8080") == "connect:8080 finish data:ping end close"
    assert tries(far) == before + 2


def test_when_all_addresses_fail_the_first_ones_error_is_told(far):
    assert dial(far, "lost.test:9") == "ECONNREFUSED close"


def test_a_host_without_a_way_is_named(far):
    assert dial(far, f"{NOWHERE}:80") == "ENETUNREACH close"


@pytest.mark.parametrize("to", [f"{HOLE}:80", "holes.test:80"])
def test_a_host_that_never_answers_is_named_when_the_kernel_gives_up(far, to):
    assert dial(far, to) == "ETIMEDOUT close"


def test_the_http_client_names_it_too(far):
    assert far.get("/fetch", f"X-Url: http://{HOLE}/").body == b"error ETIMEDOUT\nclose\n\n"
    assert far.get("/fetch", f"X-Url: http://{NOWHERE}/").body == b"error ENETUNREACH\nclose\n\n"


def test_the_http_clients_timeout_is_told_before_that(far):
    url = f"http://{HOLE}/"
    body = far.get("/fetch", f"X-Url: {url}", "X-Timeout: 50", "X-Destroy: timeout").body
    assert body == b"timeout\nclose\n\n"


def test_an_address_of_a_link_is_connected_to_with_its_zone(far):
    assert dial(far, "[fe80::1%lo]:8081") == "connect:fe80::1%lo:8081 finish data:ping end close"
    assert dial(far, "[fe80::1%1]:8081") == "connect:fe80::1%lo:8081 finish data:ping end close"
    for bad in ("[fe80::1]:8081", "[fe80::1%nothing]:8081", "[fe80::1%lo]", "[%lo]:80", "[::1%]:8081"):
        assert dial(far, bad) == "EINVAL close"
