"""The module js asks for names: a script prints the same under eddy as under node, of one and the same server."""
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness import dns
from harness.daemon import environment
from harness.wait import wait_until

pytestmark = pytest.mark.usefixtures("engine")

SCRIPTS = Path(__file__).resolve().parent / "scripts"


@pytest.fixture(scope="module")
def unbound():
    if not dns.UNBOUND:
        pytest.skip("there is no unbound here")
    one = dns.Unbound()
    yield one
    one.stop()


def printed(daemon):
    return re.findall(r"^<\d>worker \d+ \(dns\): (.*)$", daemon.log(), re.M)


@pytest.mark.skipif(not shutil.which("node"), reason="no node to compare with")
def test_a_server_s_answers_are_those_that_node_gets(daemon, unbound):
    script = SCRIPTS / "dns.js"
    wanted = subprocess.run(
        ["node", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(DNS_SERVER=unbound.address),
        timeout=30,
        check=True,
    ).stdout.decode()
    daemon.expect_log(r"\(dns\): ")
    daemon.conf(workers=1, modules={"dns": {"path": "js.so", "script": str(script)}}, listens={}, routes={})
    daemon.launch("-c", daemon.conf_path, DNS_SERVER=unbound.address)
    daemon.wait_ready()
    wait_until(lambda: "done" in printed(daemon), lambda: f"its last line:\n{daemon.log()}", seconds=20)
    assert printed(daemon) == wanted.rstrip("\n").split("\n")
