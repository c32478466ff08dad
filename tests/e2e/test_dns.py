"""Names: the dns functions and the example `resolve`, against a real server and odd ones."""
import json
import os
import re
import shutil
import subprocess
import urllib.parse

import pytest

from harness import dns
from harness.client import request
from harness.daemon import environment
from harness.strace import needs_strace, traced
from harness.wait import wait_until

HANDLERS = "crowd cancel cancel_later servers change family misuse leave ask_on stop own".split()


@pytest.fixture(scope="module")
def unbound():
    if not dns.UNBOUND:
        pytest.skip("there is no unbound here")
    one = dns.Unbound()
    yield one
    one.stop()


@pytest.fixture
def odd():
    """Makes servers that misbehave."""
    made = []

    def make(answer):
        made.append(dns.Odd(answer))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def configure(daemon, modules, servers=None, timeout="2000", workers=1, tries="0", **more):
    resolve = {"path": "resolve.so", "timeout": timeout}
    if servers:
        resolve["servers"] = servers
    daemon.conf(
        workers=workers,
        modules={
            "resolve": resolve,
            "names": {"path": str(modules / "names.so"), "timeout": timeout, "tries": tries},
            "hello": {"path": "hello.so"},
        },
        routes={"/resolve": "resolve", "/hello": "hello"}
        | {f"/{name}": {"module": "names", "handler": name} for name in HANDLERS},
        **more,
    )


@pytest.fixture
def asking(daemon, modules, unbound):
    """A daemon whose server is unbound."""
    configure(daemon, modules, unbound.address)
    return daemon.start()


def resolve(daemon, name, type=None):
    """Status and answer of the example."""
    query = {"name": name} | ({"type": type} if type else {})
    answer = daemon.get("/resolve?" + urllib.parse.urlencode(query))
    assert answer.get("Content-Type") == "application/json"
    return answer.status, json.loads(answer.body)


def error(daemon, name, type=None):
    status, said = resolve(daemon, name, type)
    return status, said["error"]


def text(daemon, path):
    answer = daemon.get(path)
    assert answer.status == 200
    return answer.body.decode()


# good answers


def test_each_type_of_record(asking):
    def records(name, type):
        status, said = resolve(asking, name, type)
        assert status == 200, said
        assert all(record.pop("type") == type for record in said)
        return said

    assert records("www.example.test", "A") == [{"ttl": 60, "value": "192.0.2.1"}]
    assert records("www.example.test", "AAAA") == [{"ttl": 120, "value": "2001:db8::1"}]
    assert records("alias.example.test", "CNAME") == [{"ttl": 30, "value": "www.example.test"}]
    assert sorted(r["value"] for r in records("example.test", "NS")) == [
        "ns1.example.test",
        "ns2.example.test",
    ]
    mx = sorted(records("example.test", "MX"), key=lambda record: record["priority"])
    assert mx == [
        {"ttl": 3600, "value": "mail.example.test", "priority": 10},
        {"ttl": 3600, "value": "mail2.example.test", "priority": 20},
    ]
    assert records("example.test", "TXT") == [{"ttl": 3600, "value": "v=spf1 -all"}]
    caa = sorted(records("example.test", "CAA"), key=lambda record: record["critical"])
    assert caa == [
        {"ttl": 3600, "value": "ca.example", "critical": 0, "tag": "issue"},
        {"ttl": 3600, "value": "mailto:x@example.test", "critical": 128, "tag": "iodef"},
    ]
    assert records("example.test", "SOA") == [
        {
            "ttl": 3600,
            "value": "ns1.example.test",
            "hostmaster": "hostmaster.example.test",
            "serial": 2026,
            "refresh": 7200,
            "retry": 900,
            "expire": 1209600,
            "minimum_ttl": 300,
        }
    ]
    srv = records("_http._tcp.example.test", "SRV")[0]
    del srv["ttl"]
    assert srv == {"value": "www.example.test", "priority": 1, "weight": 2, "port": 8080}
    naptr = records("naptr.example.test", "NAPTR")[0]
    del naptr["ttl"]
    assert naptr == {
        "value": "",
        "order": 100,
        "preference": 10,
        "flags": "U",
        "service": "E2U+sip",
        "regexp": "!^.*$!sip:x@example.test!",
    }
    ptr = records("1.2.0.192.in-addr.arpa", "PTR")
    assert sorted(r["value"] for r in ptr) == ["mail.example.test", "www.example.test"]


def test_types_are_taken_in_any_case(asking):
    assert resolve(asking, "www.example.test", "aaaa")[1][0]["type"] == "AAAA"


@pytest.mark.parametrize("name", ["www.example.test", "WWW.example.test.", "alias.example.test"])
def test_a_lookup_has_the_addresses_of_both_families(asking, name):
    status, said = resolve(asking, name)
    assert status == 200
    assert sorted((one["family"], one["address"]) for one in said) == [
        (4, "192.0.2.1"),
        (6, "2001:db8::1"),
    ]


def test_a_lookup_of_one_family(asking):
    assert text(asking, "/family?4four.example.test") == "1 of 1, OK"
    assert text(asking, "/family?6four.example.test") == "0 of 1, ENODATA"
    assert text(asking, "/family?5four.example.test") == "0 of 1, EBADFAMILY"
    assert text(asking, "/family?6::1") == "1 of 1, OK"
    assert text(asking, "/family?6127.0.0.1") == "0 of 1, ENODATA"


def test_reverse(asking):
    assert sorted(resolve(asking, "192.0.2.1")[1]) == ["mail.example.test", "www.example.test"]
    assert resolve(asking, "2001:db8::1") == (200, ["www.example.test"])
    assert error(asking, "192.0.2.99") == (404, "ENOTFOUND")


def test_an_answer_that_does_not_fit_in_a_datagram_comes_by_tcp(asking):
    status, said = resolve(asking, "large.example.test", "TXT")
    assert status == 200
    assert sorted(record["value"][:2] for record in said) == [f"{i:02d}" for i in range(20)]
    assert all(record["value"][2:] == "x" * 200 for record in said)


def test_the_query_is_percent_decoded(asking):
    assert asking.get("/resolve?type=%41&name=%77ww%2Eexample.test").status == 200
    for query in ("name=%", "name=%4", "name=%zz", "name=a%00b", "type=%&name=a"):
        answer = asking.get(f"/resolve?{query}")
        assert (answer.status, json.loads(answer.body)["error"]) == (400, "EBADQUERY")


# what needs no server


def test_localhost_and_addresses_ask_nobody(daemon, modules, odd):
    server = odd(dns.silence)
    configure(daemon, modules, server.address)
    daemon.start()
    both = {("127.0.0.1", 4), ("::1", 6)}
    for name in ("localhost", "LOCALHOST.", "a.b.localhost"):
        status, said = resolve(daemon, name)
        assert (status, {(one["address"], one["family"]) for one in said}) == (200, both)
    assert text(daemon, "/family?0127.0.0.1") == "1 of 1, OK"
    assert text(daemon, "/family?0::ffff:1.2.3.4") == "1 of 1, OK"
    for name in ("", "a b", "a..b", ".", "x" * 64, "a." * 127 + "a", "http://a", "a\n"):
        assert error(daemon, name) == (400, "EBADNAME"), name
    assert error(daemon, "a..b", "A") == (400, "EBADNAME")
    assert error(daemon, "", "A") == (400, "EBADNAME")
    assert error(daemon, "a", "ANY") == (400, "EINVAL")
    known = b"type is one of A, AAAA, CNAME, MX, NS, PTR, SOA, SRV, TXT, CAA and NAPTR"
    assert known in daemon.get("/resolve?name=a&type=ZZ").body
    assert server.asked == 0


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "no%20name"])
def test_asking_again_in_each_answer_leaves_others_their_turn(daemon, modules, name):
    configure(daemon, modules)
    daemon.start()
    with daemon.connect() as client:
        client.send(request("GET", f"/ask_on?{name}"))
        client.expect_silence()
        assert text(daemon, "/stop") == "stop"
        assert client.read().body == b"stopped"


# errors by name


def test_no_such_name_and_no_such_record(asking):
    assert error(asking, "no.example.test") == (404, "ENOTFOUND")
    assert error(asking, "no.example.test", "MX") == (404, "ENOTFOUND")
    assert error(asking, "www.example.test", "MX") == (404, "ENODATA")
    assert error(asking, "example.test") == (404, "ENODATA")


@pytest.mark.parametrize(
    "number, name",
    [(1, "EFORMERR"), (2, "ESERVFAIL"), (4, "ENOTIMP"), (5, "EREFUSED")],
)
def test_what_a_server_says_instead_of_an_answer(daemon, modules, odd, number, name):
    configure(daemon, modules, odd(dns.rcode(number)).address)
    daemon.start()
    assert error(daemon, "www.example.test") == (502, name)
    assert error(daemon, "www.example.test", "A") == (502, name)
    assert error(daemon, "192.0.2.1") == (502, name)


def test_a_server_that_never_answers(daemon, modules, odd):
    server = odd(dns.silence)
    configure(daemon, modules, server.address, timeout="50", tries="2")
    daemon.start()
    assert error(daemon, "www.example.test", "A") == (504, "ETIMEOUT")
    assert server.asked == 2
    assert error(daemon, "www.example.test") == (504, "ETIMEOUT")
    assert error(daemon, "192.0.2.1") == (504, "ETIMEOUT")


def test_a_server_that_is_not_there(daemon, modules, odd):
    gone = odd(dns.silence)
    address = gone.address
    gone.stop()
    gone.stop = lambda: None
    configure(daemon, modules, address, timeout="100", tries="2")
    daemon.start()
    assert error(daemon, "www.example.test", "A") == (502, "ECONNREFUSED")


def test_a_server_that_answers_garbage(daemon, modules, odd):
    configure(daemon, modules, odd(dns.garbage).address, timeout="50", tries="1")
    daemon.start()
    assert error(daemon, "www.example.test", "A") == (502, "EBADRESP")
    assert error(daemon, "www.example.test") == (502, "EBADRESP")
    assert error(daemon, "192.0.2.1") == (502, "EBADRESP")


def test_noise_is_no_answer(daemon, modules, odd):
    configure(daemon, modules, odd(dns.noise).address, timeout="50", tries="1")
    daemon.start()
    assert error(daemon, "www.example.test", "A") == (504, "ETIMEOUT")


# servers


def test_servers_are_set_and_told_in_one_form(asking, unbound):
    assert text(asking, "/servers") == f"OK {unbound.address}"
    assert text(asking, "/servers?192.0.2.1:53,[2001:DB8::1]:5353,2001:db8::2") == (
        "OK 192.0.2.1,[2001:db8::1]:5353,[2001:db8::2]"
    )
    asking.expect_log("eddy_dns_set_servers: an argument")
    for bad in ("example.test", "192.0.2.1,", "192.0.2.1:0", "[::1"):
        assert text(asking, f"/servers?{bad}") == (
            "EINVAL 192.0.2.1,[2001:db8::1]:5353,[2001:db8::2]"
        )


def test_a_query_under_way_keeps_its_servers(asking, odd):
    silent = odd(dns.silence)
    assert text(asking, f"/change?{silent.address}") == "1 of 2, ETIMEOUT"
    assert silent.asked == 1


def test_a_resolver_has_servers_of_its_own(asking, odd, unbound):
    silent = odd(dns.silence)
    assert text(asking, f"/own?{silent.address}") == "1 of 3, ETIMEOUT"
    assert silent.asked == 2
    assert text(asking, f"/own?{unbound.address}") == "3 of 3, OK"
    assert text(asking, "/servers") == f"OK {unbound.address}"


def test_servers_that_are_none_refuse_the_start(daemon, modules):
    configure(daemon, modules, "nonsense")
    daemon.expect_log("nonsense|eddy_dns_set_servers")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    assert 'load failed: bad servers "nonsense": addresses separated by commas' in daemon.log()


def in_a_mount_namespace(folder):
    """
    A command that shows what follows it the resolv.conf and hosts of this folder; None: cannot be.
    """
    files = ("resolv.conf", "hosts")
    binds = " && ".join(f"mount --bind {folder}/{name} /etc/{name}" for name in files)
    wrapper = ["unshare", "-m", "sh", "-c", f'{binds} && exec "$@"', "sh"]
    if not shutil.which("unshare") or os.geteuid() != 0:
        return None
    done = subprocess.run(
        [*wrapper, "true"], env=environment(), stderr=subprocess.DEVNULL, check=False
    )
    return wrapper if done.returncode == 0 else None


@pytest.fixture
def etc(tmp_path):
    """A folder whose resolv.conf and hosts stand for /etc's, and the wrapper that does it."""
    (tmp_path / "resolv.conf").write_text("nameserver 192.0.2.1\n")
    (tmp_path / "hosts").write_text(
        "192.0.2.77 Wiki.example.test wiki # a comment\n2001:db8::77 wiki\n192.0.2.78 wiki2\n"
    )
    wrapper = in_a_mount_namespace(tmp_path)
    if wrapper is None:
        pytest.skip("no mount namespace can be made here")
    return tmp_path, wrapper


def test_resolv_conf_is_read_at_start_and_again_at_a_reload(daemon, modules, etc):
    folder, wrapper = etc
    configure(daemon, modules, workers=2)
    daemon.start(wrapper=wrapper)
    assert text(daemon, "/servers") == "OK 192.0.2.1"
    (folder / "resolv.conf").write_text("nameserver 192.0.2.2\nnameserver 2001:db8::2\n")
    assert text(daemon, "/servers") == "OK 192.0.2.1"
    daemon.reload()
    assert text(daemon, "/servers") == "OK 192.0.2.2,[2001:db8::2]"


def test_the_hosts_file_comes_before_the_servers(daemon, modules, etc, odd):
    folder, wrapper = etc
    server = odd(dns.rcode(3))
    configure(daemon, modules, server.address)
    daemon.start(wrapper=wrapper)
    status, said = resolve(daemon, "WIKI")
    assert (status, {one["address"] for one in said}) == (200, {"192.0.2.77", "2001:db8::77"})
    assert resolve(daemon, "wiki.example.test")[1] == [{"address": "192.0.2.77", "family": 4}]
    assert resolve(daemon, "192.0.2.77") == (200, ["Wiki.example.test", "wiki"])
    assert server.asked == 0
    assert error(daemon, "wiki3.example.test") == (404, "ENOTFOUND")
    assert server.asked > 0
    with open(folder / "hosts", "a", encoding="ascii") as hosts:  # the same file: it is mounted
        hosts.write("192.0.2.79 wiki3.example.test\n")
    assert resolve(daemon, "wiki3.example.test")[1] == [{"address": "192.0.2.79", "family": 4}]


# cancelling, crowds, leaving


def test_a_cancelled_query_ends_once_and_not_inside_the_call(asking, odd):
    assert text(asking, "/cancel?www.example.test") == "0 of 4, ECANCELLED"
    assert text(asking, f"/servers?{odd(dns.silence).address}").startswith("OK")
    assert text(asking, "/cancel?www.example.test") == "0 of 4, ECANCELLED"
    assert text(asking, "/cancel_later?www.example.test") == "0 of 1, ECANCELLED"


def test_a_client_that_leaves_cancels_its_query(daemon, modules, odd):
    server = odd(dns.silence)
    configure(daemon, modules, server.address, timeout="60000", drain_timeout="60s")
    daemon.start()
    client = daemon.connect()
    client.send(b"GET /resolve?name=www.example.test&type=A HTTP/1.1\r\nHost: a\r\n\r\n")
    wait_until(lambda: server.asked == 1, "the query to be sent")
    client.reset()
    wait_until(lambda: daemon.workers()[0]["connections"] == 0, "the client to be gone")
    # the stop at the end of the test does not wait for it


def test_a_thousand_at_once(asking):
    for _ in range(2):
        assert text(asking, "/crowd?1000") == "1000 of 1000, OK"
    assert asking.get("/hello").status == 200


def test_misuse_is_refused(asking):
    asking.expect_log("module names: eddy_dns_|names.*eddy_dns_")
    assert text(asking, "/misuse") == "refused"


def test_a_worker_that_drains_finishes_what_is_under_way(daemon, modules, odd):
    server = odd(dns.silence)
    configure(daemon, modules, server.address, timeout="400", tries="1")
    daemon.start()
    assert text(daemon, "/leave?www.example.test") == "asked"
    wait_until(lambda: server.asked == 1, "the query to be sent")
    daemon.reload()
    daemon.wait_log("left behind: ETIMEOUT")


def test_drain_timeout_ends_queries_before_their_module_is_unloaded(daemon, modules, odd):
    server = odd(dns.silence)
    configure(daemon, modules, server.address, timeout="60000", drain_timeout="200ms")
    daemon.start()
    assert text(daemon, "/leave?www.example.test") == "asked"
    wait_until(lambda: server.asked == 1, "the query to be sent")
    daemon.signal(15)
    assert daemon.wait_exit() == 0
    assert re.search("left behind: ECANCELLED\n.*no more questions", daemon.log())


# the loop opens nothing


@needs_strace
def test_the_loop_opens_no_file_and_waits_for_nothing(asking, tmp_path):
    pid = asking.pids()[0]
    what = "%file,read,pread64,connect,poll,ppoll,select,pselect6"
    with traced(pid, tmp_path / "calls", what) as calls:
        assert text(asking, "/crowd?1000") == "1000 of 1000, OK"
        assert error(asking, "no.example.test") == (404, "ENOTFOUND")
        assert resolve(asking, "large.example.test", "TXT")[0] == 200
    assert any("/etc/hosts" in call for _, call in calls), "the threads have read the hosts file"
    loop = [call for thread, call in calls if thread == pid]
    assert any("connect(" in line for line in loop)
    for line in loop:
        assert not re.search(r"\b(open|openat|[a-z]*stat[a-z]*|access|readlink)\(", line), line
        assert not re.search(r"\b(poll|ppoll|select|pselect6)\(", line), line
        if re.search(r"\b(read|pread64)\(", line):
            assert re.search(r"<(anon_inode|TCP|UDP|UNIX|socket|/proc/\d+/statm)", line), line
        if "connect(" in line:  # a datagram's, which waits for nothing, or a nonblocking one
            assert "<UDP" in line or "EINPROGRESS" in line, line
