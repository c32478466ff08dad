"""
eddy_response_send_file: the bytes of files in answers, in every framing and order, and what becomes
of the answer where a file or a client fails.

The module sender.c is given its steps in a header (see there), and logs what is called back.
"""
import contextlib
import os
import random
import re

import pytest

from harness.client import Closed, request
from harness.daemon import file_links
from harness.strace import needs_strace, traced
from harness.wait import wait_until

BIG = 8 << 20


def content(n):
    """Bytes that tell where in the file they are from."""
    line = b"".join(b"%07d\n" % i for i in range(n // 8 + 1))
    return line[:n]


class Site:
    """A daemon with one worker that sends the files of a folder."""

    def __init__(self, daemon, modules):
        self.daemon = daemon
        self.folder = os.path.join(daemon.folder, "files")
        self.asked = 0
        os.mkdir(self.folder)
        self.settings = {
            "workers": 1,
            "modules": {
                "hello": {"path": "hello.so"},
                "sender": {"path": str(modules / "sender.so")},
            },
            "routes": {"/hello": "hello", "/send/*": {"module": "sender", "max_body": "0"}},
        }

    def start(self, **settings):
        self.daemon.conf(**self.settings, **settings)
        self.daemon.start()
        return self

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, n):
        with open(self.path(name), "wb") as file:
            file.write(content(n))
        return content(n)

    def sparse(self, name, n):
        with open(self.path(name), "wb") as file:
            file.truncate(n)

    def request(self, script, method="GET", version="1.1", fields=()):
        """@ in a script is this site's folder."""
        self.asked += 1
        self.id = f"r{self.asked}"
        script = script.replace("@", self.folder + "/")
        return request(method, f"/send/{self.id}", f"Script: {script}", *fields, version=version)

    def ask(self, script, method="GET", client=None, **more):
        client = client or self.daemon.connect()
        return client.ask(self.request(script, method, **more), method)

    def begin(self, script, client=None, rcvbuf=None, **more):
        """Sends the request; its client, to be read from."""
        client = client or self.daemon.connect(rcvbuf=rcvbuf)
        client.send(self.request(script, **more))
        return client

    def told(self, text, id=None):
        self.daemon.wait_log(rf"\(sender\): {id or self.id} {text}$")

    def silent(self, text):
        assert f" {self.id} {text}" not in self.daemon.log()

    def all_told(self, id=None):
        """What this request has been told, in its order."""
        self.told("close", id)
        return re.findall(rf"\(sender\): {id or self.id} (.*)", self.daemon.log())


@pytest.fixture
def make(daemon, modules):
    return lambda: Site(daemon, modules)


@pytest.fixture
def site(make):
    return make().start()


# framing


@pytest.mark.parametrize("size", [1, 5, 100_000, BIG])
def test_a_file_that_the_answer_ends_with_has_its_length(site, size):
    whole = site.file("file", size)
    client = site.daemon.connect()
    answer = site.ask("open a @file r;send a 0 end;end;close a", client=client)
    assert (answer.status, answer.framing) == (200, "length")
    assert answer.body == whole
    assert not answer.closes
    client.expect_open()
    assert site.all_told() == ["sent 0 OK", "finish", "close"]


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_an_empty_file_is_an_empty_body(site, version):
    site.file("file", 0)
    answer = site.ask("open a @file r;send a 0 end;end", version=version)
    assert (answer.framing, answer.get("Content-Length"), answer.body) == ("length", "0", b"")
    assert site.all_told() == ["sent 0 OK", "finish", "close"]


def test_an_answer_that_goes_on_is_chunked_and_a_piece_is_a_chunk(site):
    whole = site.file("file", 300_000)
    client = site.daemon.connect()
    answer = site.ask(
        "open a @file r;trailer X-Sum 7;send a 0 end;wait;write more;end", client=client
    )
    assert (answer.framing, answer.chunks) == ("chunked", [whole, b"more"])
    assert answer.trailers == [("X-Sum", "7")]
    client.expect_open()


def test_an_answer_with_a_trailer_is_chunked_though_its_length_is_known(site):
    whole = site.file("file", 1000)
    answer = site.ask("open a @file r;trailer X-Sum 7;send a 0 end;end")
    assert (answer.chunks, answer.trailers) == ([whole], [("X-Sum", "7")])


def test_an_empty_piece_does_not_end_a_chunked_answer(site):
    site.file("file", 100)
    answer = site.ask("open a @file r;send a 0 0;send a 100 end;write x;send a 50 0;end")
    assert (answer.framing, answer.chunks) == ("chunked", [b"x"])
    assert site.all_told().count("finish") == 1


def test_a_length_of_the_modules_own_is_kept_to(site):
    whole = site.file("file", 1000)
    client = site.daemon.connect()
    answer = site.ask(
        "open a @file r;header Content-Length 1006;write abc;send a 0 1000;write def;end",
        client=client,
    )
    assert (answer.framing, answer.body) == ("length", b"abc" + whole + b"def")
    client.expect_open()


@pytest.mark.parametrize("keep", [True, False])
def test_http_1_0_is_sent_what_it_knows(site, keep):
    whole = site.file("file", 300_000)
    client = site.daemon.connect()
    fields = ["Connection: keep-alive"] if keep else []
    answer = site.ask(
        "open a @file r;send a 0 end;end", client=client, version="1.0", fields=fields
    )
    assert (answer.framing, answer.body) == ("length", whole)
    if keep:
        answer = site.ask(
            "open a @file r;write x;send a 0 end;end", client=client, version="1.0", fields=fields
        )
        assert (answer.framing, answer.body) == ("close", b"x" + whole)
    client.expect_close()


def test_head_is_told_the_length_and_sent_no_byte(site):
    site.file("file", 300_000)
    client = site.daemon.connect()
    answer = site.ask("open a @file r;send a 0 end;end", "HEAD", client=client)
    assert (answer.status, answer.get("Content-Length")) == (200, "300000")
    client.expect_open()
    assert site.all_told() == ["sent 0 OK", "finish", "close"]
    site.ask("open a @file r;send a 0 end;write x;send a 5 end;end", "HEAD", client=client)
    client.expect_open()
    told = site.all_told()
    assert (told[-1], sorted(told[:3])) == ("close", ["finish", "sent 0 OK", "sent 1 OK"])


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_is_sent_none(site, status):
    site.file("file", 300_000)
    client = site.daemon.connect()
    answer = site.ask(f"head {status};open a @file r;send a 0 end;end", client=client)
    assert (answer.status, answer.framing) == (status, "none")
    client.expect_open()
    assert site.all_told() == ["sent 0 OK", "finish", "close"]


def test_a_range_is_a_partial_answer_when_the_module_says_so(site):
    whole = site.file("file", 300_000)
    answer = site.ask(
        "open a @file r;head 206;send a 1000 200000;end;close a",
    )
    assert (answer.status, answer.get("Content-Length")) == (206, "200000")
    assert answer.body == whole[1000:201_000]


# order


def test_pieces_and_writes_leave_in_their_order(site):
    one, two = site.file("one", 200_000), site.file("two", BIG)
    client = site.daemon.connect()
    answer = site.ask(
        "open a @one r;open b @two r;write <;send a 0 end;write |;send b 8 end;send a 16 8;write >;"
        "fill 100000;send a 0 1;end !;close a;close b",
        client=client,
    )
    want = b"<" + one + b"|" + two[8:] + one[16:24] + b">" + b"x" * 100_000 + one[:1] + b"!"
    assert answer.body == want
    client.expect_open()
    assert [one for one in site.all_told() if "sent" in one] == [f"sent {i} OK" for i in range(4)]


def test_a_piece_behind_a_queue_waits_for_it(site):
    whole = site.file("file", BIG)
    client = site.begin("open a @file r;fill 9000000;send a 0 end;end tail", rcvbuf=4096)
    site.told("fill false")
    answer = client.read()
    assert answer.body == b"x" * 9_000_000 + whole + b"tail"


def test_what_was_asked_of_the_file_before_is_done_before(site):
    site.file("file", 0)
    answer = site.ask("open a @file rw;put a Hello;put a World;send a 0 end;end;close a")
    assert answer.body == b"HelloWorld"


def test_a_file_may_be_closed_while_it_is_sent(site):
    site.sparse("file", 64 << 20)
    client = site.begin("open a @file r;send a 0 end;close a;end", rcvbuf=4096)
    head = client.read_head()
    pid = site.daemon.pids()[0]
    assert site.path("file") in file_links(pid)
    assert sum(map(len, client.body_pieces(head))) == 64 << 20
    client.expect_open()
    wait_until(lambda: site.path("file") not in file_links(pid), "the file to be closed")


def read(client, n):
    """The next n bytes, thrown away."""
    while n > 0:
        n -= len(client.buffer or client.read_once())
        client.buffer = b""


def test_many_are_sent_from_one_file_at_once(site):
    whole = site.file("file", 1 << 20)
    clients = [site.begin(f"open a @file r;send a {i} end;end;close a") for i in range(40)]
    for i, client in enumerate(clients):
        assert client.read().body == whole[i:]


def test_a_pipelined_request_waits_for_the_file(site):
    whole = site.file("file", BIG)
    client = site.daemon.connect()
    first = site.request("open a @file r;send a 0 end;end")
    client.send(first + request("GET", "/hello") + site.request("open a @file r;send a 8 8;end"))
    assert client.read().body == whole
    assert client.read().body == b"Hello World\n"
    assert client.read().body == whole[8:16]


def test_the_head_may_leave_before_the_file_is_looked_at(site):
    whole = site.file("file", 1000)
    answer = site.ask("open a @file r;send a 0 end;flush;end")
    assert (answer.framing, answer.chunks) == ("chunked", [whole])


# the kernel and the client


def test_a_unix_socket_is_sent_files_too(make):
    site = make()
    path = f"{site.daemon.folder}/web.sock"
    site.start(listens={f"127.0.0.1:{site.daemon.port}": {}, f"unix:{path}": {}})
    whole = site.file("file", BIG)
    client = site.daemon.connect(path)
    assert site.ask("open a @file r;send a 0 end;end", client=client).body == whole
    client.expect_open()
    client = site.begin("open a @file r;write x;send a 0 end;wait;destroy", client=client)
    with pytest.raises(Closed):
        client.read()


def test_head_and_file_share_a_packet(site):
    """Unless the thread comes so late that the kernel does not wait for it any more."""
    site.file("file", 500)

    def first_packet():
        client = site.begin("open a @file r;send a 0 end;end")
        return len(client.read_once().partition(b"\r\n\r\n")[2])

    assert 500 in [first_packet() for _ in range(5)]


def test_a_client_that_reads_slowly_holds_no_memory_and_no_thread(make):
    site = make().start(extra="fs_threads = 1")
    whole = site.file("file", BIG)
    site.sparse("large", 1 << 30)
    clients = [site.begin("open a @large r;send a 0 end;end", rcvbuf=4096) for _ in range(10)]
    for client in clients:
        assert client.read_head().get("Content-Length") == str(1 << 30)
    assert site.ask("open b @file r;send b 0 end;end").body == whole


def test_drain_follows_when_all_is_sent(site):
    site.file("file", BIG)
    client = site.begin("open a @file r;send a 0 end;fill 10;fill 100000;wait", rcvbuf=4096)
    site.told("fill true")
    site.told("fill false")
    head = client.read_head()
    assert head.get("Transfer-Encoding") == "chunked"
    site.silent("drain")
    read(client, BIG)
    site.told("drain")


def test_a_client_that_leaves_while_no_thread_has_its_file_is_let_go(make):
    """The only thread hangs, and what has been asked of it since is not waited for."""
    site = make()
    site.start(extra="fs_threads = 1")
    site.sparse("large", 64 << 20)
    os.mkfifo(site.path("fifo"))
    (pid,) = site.daemon.pids()

    def threads():
        (worker,) = site.daemon.workers()
        return worker["fs_busy"], worker["fs_queued"]

    def sockets():
        return sum(link.startswith("socket:") for link in file_links(pid))

    before = sockets()
    clients = [
        site.begin("open a @large r;send a 0 end;end;close a", rcvbuf=4096) for _ in range(5)
    ]
    for client in clients:
        client.read_head()
    wait_until(lambda: threads() == (0, 0), "the sockets to be full")
    assert sockets() == before + 5
    hanging = site.begin("open b @fifo r;answer 200")
    wait_until(lambda: threads()[0] == 1, "the thread to hang")
    for client in clients:
        client.sock.settimeout(0.01)

    def queued():
        for client in clients:
            with contextlib.suppress(OSError):
                client.sock.recv(1 << 20)
        return threads()[1] >= 5

    wait_until(queued, "all to have room again")
    for client in clients:
        client.reset()
    wait_until(lambda: sockets() == before + 1, lambda: f"{before}: {file_links(pid)}")
    fd = os.open(site.path("fifo"), os.O_RDWR)
    assert hanging.read().status == 200
    os.close(fd)


def test_a_client_that_leaves_is_told_of_before_close(site):
    site.sparse("file", 1 << 30)
    client = site.begin("open a @file r;send a 0 end;send a 0 5;end;close a", rcvbuf=4096)
    client.read_head()
    client.reset()
    assert site.all_told() == ["sent 0 ECLOSED", "sent 1 ECLOSED", "close"]
    wait_until(
        lambda: site.path("file") not in file_links(site.daemon.pids()[0]), "the file to be closed"
    )


def test_a_client_that_closes_its_half_is_sent_the_file(site):
    whole = site.file("file", BIG)
    client = site.begin("open a @file r;send a 0 end;end", rcvbuf=4096)
    head = client.read_head()
    client.half_close()
    assert client.read_body(head).body == whole
    client.expect_close()
    assert site.all_told() == ["sent 0 OK", "finish", "close"]


def test_a_client_that_takes_nothing_is_cut_off(make):
    site = make().start(http={"write_timeout": "300ms"})
    site.sparse("file", 1 << 30)
    client = site.begin("open a @file r;send a 0 end;end", rcvbuf=4096)
    client.read_head()
    assert site.all_told() == ["sent 0 ECLOSED", "close"]
    with pytest.raises(Closed):
        read(client, 1 << 30)


def test_the_responses_timeout_counts_from_the_last_byte(site):
    site.sparse("file", 1 << 30)
    client = site.begin("timeout 200;open a @file r;send a 0 end", rcvbuf=4096)
    client.read_head()
    site.told("timeout")


def test_a_response_that_is_destroyed_is_reset_at_once(site):
    site.sparse("file", 1 << 30)
    client = site.begin("open a @file r;head 200;flush;send a 0 end;send a 7 end;destroy")
    client.read_head()
    with pytest.raises(Closed):
        client.read_body(client.read_head())
    assert site.all_told() == ["sent 0 ECLOSED", "sent 1 ECLOSED", "close"]


def test_a_storm_of_clients_that_leave_leaves_nothing(site):
    """Each reads as much as it likes, of what it asked for, byte for byte, and then is gone."""
    whole = site.file("file", BIG)
    pid = site.daemon.pids()[0]
    forms = [
        ("send a 0 end;end", lambda: whole),
        ("write x;send a 8 1000000;send a 16 end;end y", lambda: b"x" + whole[8:1_000_008]),
        ("header Content-Length 100001;fill 100000;send a 5 1;end", lambda: b"x" * 100_000),
    ]
    dice = random.Random(7)
    before = len(file_links(pid))
    for _ in range(40):
        clients = []
        for _ in range(10):
            steps, start = dice.choice(forms)
            client = site.begin(
                f"open a @file r;{steps};close a", rcvbuf=dice.choice([None, 4096]), version="1.0"
            )
            clients.append((client, start()))
        for client, start in clients:
            n = dice.choice([0, 1, 1000, 100_000])
            while len(client.buffer) < n:
                client.read_once()
            body = client.buffer.partition(b"\r\n\r\n")[2][: len(start)]
            assert start.startswith(body)
            dice.choice([client.close, client.reset])()
    wait_until(lambda: site.daemon.workers()[0]["connections"] == 0, "all to be gone")
    wait_until(lambda: len(file_links(pid)) <= before, lambda: f"descriptors: {file_links(pid)}")
    client = site.daemon.connect()
    assert site.ask("open a @file r;send a 0 end;end", client=client).body == whole


# failures


@pytest.mark.parametrize(
    "open_, send, error",
    [
        ("open a @file r", "send a 101 end", "ENODATA"),
        ("open a @file r", "send a 0 101", "ENODATA"),
        ("open a @file r", "send a 100 1", "ENODATA"),
        ("open a @file w", "send a 0 end", "EBADF"),
        ("open a @ r", "send a 0 end", "EISDIR"),
        ("open a @fifo rw", "send a 0 end", "ESPIPE"),
        ("open a /dev/zero r", "send a 0 10", "ESPIPE"),
    ],
)
def test_what_cannot_be_sent_is_told_while_the_answer_can_still_be_another(
    site, open_, send, error
):
    site.file("file", 100)
    os.mkfifo(site.path("fifo"))
    client = site.daemon.connect()
    answer = site.ask(f"{open_};{send};or answer 404", client=client)
    assert (answer.status, answer.body) == (404, b"instead\n")
    client.expect_open()
    assert site.all_told() == [f"sent 0 {error}", "finish", "close"]


@pytest.mark.parametrize(
    "open_, send, error",
    [
        ("open a @ r", "send a 0 end", "EISDIR"),
        ("open a @file r", "send a 0 101", "ENODATA"),
        ("open a /dev/zero r", "send a 0 10", "ESPIPE"),
    ],
)
@pytest.mark.parametrize("head", ["head 206", "head 206 Some of it"])
def test_a_head_that_was_written_for_it_is_given_back(site, head, open_, send, error):
    site.file("file", 100)
    client = site.daemon.connect()
    answer = site.ask(f"{open_};header X-Mine 1;{head};{send};or answer 404", client=client)
    assert (answer.status, answer.reason, answer.body) == (404, "Not Found", b"instead\n")
    assert answer.get("X-Mine") == "1"
    client.expect_open()
    assert site.all_told() == [f"sent 0 {error}", "finish", "close"]
    answer = site.ask(f"{open_};{head};{send};or header A b;head 410;end gone", client=client)
    assert (answer.status, answer.get("A"), answer.body) == (410, "b", b"gone")
    answer = site.ask(f"{open_};{head};{send};or end gone", client=client)
    assert (answer.status, answer.reason, answer.body) == (200, "OK", b"gone")


def test_the_end_of_a_file_may_be_where_it_begins(site):
    site.file("file", 100)
    assert site.ask("open a @file r;send a 100 end;end").get("Content-Length") == "0"


def test_what_has_been_ended_and_cannot_be_sent_is_a_500(site):
    site.file("file", 100)
    answer = site.ask("open a @file r;header X-Mine 1;send a 0 101;end")
    assert (answer.status, answer.get("X-Mine"), answer.closes) == (500, None, True)
    assert site.all_told()[0] == "sent 0 ENODATA"


def test_an_error_without_a_callback_is_in_the_log_and_a_500(site):
    site.file("file", 100)
    site.daemon.expect_log(r"\(sender\): eddy_response_send_file: No data available")
    assert site.ask("open a @file r;send a 0 101 quiet").status == 500
    site.daemon.wait_log(r"\(sender\): eddy_response_send_file: No data available")
    assert site.all_told() == ["finish", "close"] or site.all_told() == ["close"]


@pytest.mark.parametrize("first", ["flush", "write x", "send a 0 100"])
def test_what_cannot_be_sent_behind_the_head_is_a_reset(site, first):
    site.file("file", 100)
    client = site.begin(f"open a @file r;{first};send a 0 101;end", version="1.0")
    with pytest.raises(Closed):
        client.read()
    told = site.all_told()
    assert told[-1] == "close" and "ENODATA" in told[-2]


@pytest.mark.parametrize("version", ["1.1", "1.0"])
@pytest.mark.parametrize("form", ["end", "wait;end"])
def test_a_file_that_is_truncated_meanwhile_is_a_reset_and_never_padded(site, version, form):
    site.sparse("file", 1 << 30)
    client = site.begin(f"open a @file r;send a 0 end;{form}", version=version, rcvbuf=4096)
    client.read_head()
    os.truncate(site.path("file"), 1 << 10)
    with pytest.raises(Closed):
        read(client, 1 << 30)
    assert site.all_told() == ["sent 0 ENODATA", "close"]


def test_a_file_that_grows_meanwhile_is_sent_as_long_as_it_was(site):
    whole = site.file("file", BIG)
    client = site.begin("open a @file r;send a 0 end;end", rcvbuf=4096)
    head = client.read_head()
    with open(site.path("file"), "ab") as file:
        file.write(b"more")
    assert client.read_body(head).body == whole
    client.expect_open()


def test_more_than_content_length_is_refused(site):
    """At once, where the length is said; else when it is known, which is before the head."""
    site.file("file", 100)
    site.daemon.expect_log("eddy_response_send_file: ")
    answer = site.ask("open a @file r;header Content-Length 99;send a 0 100;send a 1 99;end")
    assert (answer.status, len(answer.body)) == (200, 99)
    assert site.all_told()[0] == "send ECONTENT_LENGTH"
    answer = site.ask("open a @file r;header Content-Length 99;send a 0 end;or answer 404")
    assert answer.status == 404
    assert site.all_told()[0] == "sent 0 ECONTENT_LENGTH"
    site.daemon.wait_log(r"\(sender\): eddy_response_send_file: more or fewer body bytes")


@pytest.mark.parametrize("length", ["99", "101"])
def test_another_length_than_the_files_is_a_500_when_it_is_ended(site, length):
    site.file("file", 100)
    site.daemon.expect_log("eddy_response_(send_file|end): ")
    answer = site.ask(f"open a @file r;header Content-Length {length};send a 0 end;end")
    assert answer.status == 500
    assert site.all_told()[0] == "sent 0 ECONTENT_LENGTH"


def test_less_than_content_length_is_a_reset_behind_the_head(site):
    site.file("file", 100)
    site.daemon.expect_log("eddy_response_(send_file|end): ")
    client = site.begin("open a @file r;header Content-Length 300;write x;send a 0 end;end")
    with pytest.raises(Closed):
        client.read()
    site.daemon.wait_log(r"\(sender\): eddy_response_send_file: more or fewer body bytes")


def test_misuse_is_an_error_and_a_line(site):
    site.file("file", 100)
    site.daemon.expect_log(r"\(sender\): eddy_")
    site.ask("open a @file r;send a 0 end;end;send a 0 end")
    assert "send EWRITE_AFTER_END" in site.all_told()
    site.ask(f"open a @file r;send a {1 << 63} 1;send a 5 {(1 << 63) - 5};end")
    assert site.all_told()[:2] == ["send EINVAL", "send EINVAL"]
    site.ask("open a @file r;close a;send a 0 end;end")
    assert "send ECLOSED" in site.all_told()
    site.ask("open a @file r;send a 0 end;header A b;head 201;end;close a")
    assert site.all_told()[:2] == ["header EHEADERS_SENT", "head EHEADERS_SENT"]


@pytest.mark.parametrize("head", ["head 206", "open a @file r;send a 0 end"])
def test_a_whole_answer_behind_a_head_that_is_not_out_is_a_500(site, head):
    site.file("file", 100)
    site.daemon.expect_log(r"\(sender\): eddy_response_send: ")
    answer = site.ask(f"header X-Mine 1;{head};answer 404")
    assert (answer.status, answer.get("X-Mine")) == (500, None)
    assert site.all_told()[-1] == "close"
    site.daemon.wait_log(r"\(sender\): eddy_response_send: the head has been written already")


@pytest.mark.parametrize("head", ["flush", "head 206;flush", "write x"])
def test_a_whole_answer_behind_a_head_that_is_out_is_a_reset(site, head):
    site.daemon.expect_log(r"\(sender\): eddy_response_send: ")
    client = site.begin(f"{head};answer 404")
    with pytest.raises(Closed):
        client.read()
    site.daemon.wait_log(r"\(sender\): eddy_response_send: the head has been written already")
    assert site.all_told() == ["close"]


# leaving, logging


def test_a_reload_in_the_middle_of_a_file_loses_nothing(make):
    site = make().start(drain_timeout="60s")
    site.sparse("file", 64 << 20)
    client = site.begin("open a @file r;send a 0 end;end", rcvbuf=4096)
    head = client.read_head()
    site.daemon.reload()
    assert sum(map(len, client.body_pieces(head))) == 64 << 20


def test_drain_timeout_resets_what_is_left(make):
    site = make().start(drain_timeout="100ms")
    site.sparse("file", 1 << 30)
    client = site.begin("open a @file r;send a 0 end;end", rcvbuf=4096)
    head = client.read_head()
    site.daemon.expect_log("drain_timeout")
    site.daemon.reload()
    with pytest.raises(Closed):
        client.read_body(head)
    assert site.all_told() == ["sent 0 ECLOSED", "close"]


def test_the_access_log_counts_the_bytes_of_files(make):
    site = make()
    log = os.path.join(site.daemon.folder, "access.log")
    site.start(http={"access_log": log, "access_format": "%s %b"})
    site.file("file", BIG)
    site.sparse("large", 1 << 30)

    def lines():
        with open(log, encoding="ascii") as file:
            return file.read().splitlines()

    site.ask("open a @file r;send a 0 end;end")
    site.ask("open a @file r;write abc;send a 0 1000;end d")
    site.ask("open a @file r;send a 0 end;end", "HEAD")
    wait_until(lambda: len(lines()) == 3, "three lines")
    assert lines() == [f"200 {BIG}", "200 1004", "200 -"]
    client = site.begin("open a @large r;send a 0 end;end", rcvbuf=4096)
    client.read_head()
    read(client, 2 << 20)  # a thread has brought its first turn back, and is at another
    client.reset()
    wait_until(lambda: len(lines()) == 4, "a fourth line")
    status, n = lines()[3].split()
    assert status == "200" and 0 < int(n) < 1 << 29


@pytest.mark.long
def test_a_file_beyond_4_gb_is_sent_whole(site):
    n = (5 << 30) + 7
    site.sparse("file", n)
    with open(site.path("file"), "r+b") as file:
        file.seek(n - 7)
        file.write(b"the end")
    client = site.begin("open a @file r;send a 0 end;end")
    head = client.read_head()
    assert head.get("Content-Length") == str(n)
    count, last = 0, b""
    for piece in client.body_pieces(head):
        count += len(piece)
        last = (last + piece)[-7:]
    assert (count, last) == (n, b"the end")
    client = site.begin("open a @file r;write x;send a 0 end;end", client=client)
    head = client.read_head()
    assert sum(map(len, client.body_pieces(head))) == n + 1
    client.expect_open()


# who does the work


@needs_strace
def test_the_loops_own_thread_sends_no_file(site, tmp_path):
    whole = site.file("file", BIG)
    pid = site.daemon.wait_serving()[0]
    with traced(pid, tmp_path / "calls") as calls:
        assert site.ask("open a @file r;send a 0 end;end;close a").body == whole
        wait_until(lambda: site.path("file") not in file_links(pid), "the file to be closed")
    own = [call for thread, call in calls if thread == pid]
    assert own, "the loop's thread was traced"
    assert [call for call in own if site.folder in call or "sendfile" in call] == []
    others = {call.split("(")[0] for thread, call in calls if thread != pid and site.folder in call}
    assert {"openat", "fstat", "sendfile", "close"} <= others | {"fstat"}
