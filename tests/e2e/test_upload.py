"""The example upload: what becomes a file, under which name, and that nothing else is left behind."""
import os
import re
import shutil
import signal
import stat
import subprocess

import pytest

from harness.client import chunked, request
from harness.daemon import rss_bytes
from harness.strace import needs_strace, traced
from harness.wait import wait_until

ROOT = os.geteuid() == 0
MEGABYTE = 1 << 20
TEN = os.urandom(MEGABYTE) * 10


class Store:
    """A daemon with one worker, and the folder that files go to."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.folder = os.path.join(daemon.folder, "store")
        os.mkdir(self.folder)
        self.conf()

    def conf(self, sync="no", max_body="0", **more):
        self.daemon.conf(
            workers=1,
            modules={"upload": {"path": "upload.so", "folder": self.folder, "sync": sync}},
            routes={"/upload/:name": {"module": "upload", "max_body": max_body}},
            **more,
        )
        return self

    def start(self):
        self.daemon.start()
        return self

    def send(self, method, name, body=b"text", *fields):
        client = self.daemon.connect()
        client.send(
            request(method, f"/upload/{name}", f"Content-Length: {len(body)}", *fields),
        )
        client.send_ignoring_close(body)
        return client.read()

    def files(self):
        return {name: self.read(name) for name in os.listdir(self.folder)}

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as file:
            return file.read()

    def parts(self):
        return [name for name in os.listdir(self.folder) if name.startswith(".upload-")]

    def begin(self, name, method="PUT"):
        """A client in the middle of its upload, when some of it is in the folder."""
        client, before = self.daemon.connect(), len(self.parts())
        client.send(request(method, f"/upload/{name}", "Content-Length: 1000") + b"x" * 500)
        wait_until(lambda: len(self.parts()) > before, "the upload to begin")
        wait_until(lambda: {len(self.read(part)) for part in self.parts()} == {500}, "its bytes")
        return client


@pytest.fixture
def unstarted(daemon):
    return Store(daemon)


@pytest.fixture
def store(unstarted):
    return unstarted.start()


# what is sent is a file


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("size", [0, 1, len(TEN)])
def test_what_is_sent_becomes_a_file(store, method, size):
    answer = store.send(method, "new", TEN[:size])
    assert (answer.status, answer.get("Location"), answer.body) == (201, "/upload/new", b"")
    assert store.files() == {"new": TEN[:size]}
    assert stat.S_IMODE(os.stat(os.path.join(store.folder, "new")).st_mode) & 0o111 == 0


def test_a_chunked_body_becomes_a_file(store):
    answer = store.daemon.connect().ask(
        request("PUT", "/upload/new", "Transfer-Encoding: chunked") + chunked(b"one", b"two")
    )
    assert answer.status == 201
    assert store.files() == {"new": b"onetwo"}


@needs_strace
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("old", [False, True])
def test_it_is_on_the_disk_before_it_has_its_name(unstarted, tmp_path, method, old):
    """And its name is before the client hears of it."""
    unstarted.conf(sync="yes").start()
    if old:
        with open(os.path.join(unstarted.folder, "new"), "wb") as file:
            file.write(b"old")
    worker = unstarted.daemon.wait_serving()[0]
    with traced(worker, tmp_path / "calls", "fsync,link,rename,sendto") as calls:
        status = unstarted.send(method, "new").status
    if old and method == "POST":
        assert (status, unstarted.files()) == (409, {"new": b"old"})
        return
    assert (status, unstarted.files()) == (204 if old else 201, {"new": b"text"})
    store = re.escape(unstarted.folder)
    steps = [
        rf"fsync\(\d+<{store}/\.upload-\S+>\) += 0",
        r"rename\(.*= 0" if old else r"link\(.*= 0",
        rf"fsync\(\d+<{store}>\) += 0",
        r"sendto\(.*HTTP/1.1 20",
    ]
    order = [call for _, call in calls if any(re.match(step, call) for step in steps)]
    assert [bool(re.match(*pair)) for pair in zip(steps, order)] == [True] * 4, order
    assert len(order) == 4


def test_a_client_that_waits_for_100_is_told_to_go_on(store):
    client = store.daemon.connect()
    client.send(request("PUT", "/upload/new", "Content-Length: 4", "Expect: 100-continue"))
    assert client.read_head().status == 100
    client.send(b"text")
    assert client.read().status == 201
    assert store.files() == {"new": b"text"}


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")
def test_curl_uploads_a_file(store, tmp_path):
    source = tmp_path / "a file"
    source.write_bytes(TEN)
    url = f"http://127.0.0.1:{store.daemon.port}/upload/"
    subprocess.run(["curl", "-sSf", "-T", str(source), url], check=True, timeout=60)
    assert store.files() == {"a file": TEN}


def test_a_large_upload_costs_a_bounded_amount(store):
    assert store.send("PUT", "first", TEN).status == 201
    before = rss_bytes(store.daemon.pids()[0])
    body = TEN * 10
    client = store.daemon.connect(seconds=30)
    client.send(request("PUT", "/upload/large", f"Content-Length: {len(body)}"))
    for i in range(0, len(body), MEGABYTE):
        client.send(body[i : i + MEGABYTE])
        if not store.daemon.programs.sanitized:
            assert rss_bytes(store.daemon.pids()[0]) - before < 2 * MEGABYTE
    assert client.read().status == 201
    assert store.read("large") == body


# what is there already


def test_post_does_not_touch_a_file_that_is_there(store):
    assert store.send("POST", "name", b"old").status == 201
    answer = store.send("POST", "name", TEN)
    assert (answer.status, answer.body) == (409, b"File exists\n")
    assert store.files() == {"name": b"old"}


def test_post_is_refused_before_the_body_is_sent(store):
    store.send("POST", "name", b"old")
    client = store.daemon.connect()
    client.send(request("POST", "/upload/name", "Content-Length: 9", "Expect: 100-continue"))
    assert client.read().status == 409


def test_put_takes_the_place_of_a_file_that_is_there(store):
    store.send("PUT", "name", b"old")
    assert store.send("PUT", "name", b"new").status == 204
    assert store.files() == {"name": b"new"}


def test_a_file_keeps_its_bytes_until_the_new_ones_are_all_there(store):
    store.send("PUT", "name", b"old")
    client = store.begin("name")
    assert store.read("name") == b"old"
    client.send(b"y" * 500)
    assert client.read().status == 204
    assert store.files() == {"name": b"x" * 500 + b"y" * 500}


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_folder_is_nobodys_to_replace(store, method):
    os.mkdir(os.path.join(store.folder, "name"))
    assert store.send(method, "name").status == 409
    assert os.listdir(store.folder) == ["name"]


@pytest.mark.parametrize("second, statuses", [("POST", (201, 409)), ("PUT", (201, 204))])
def test_of_two_at_once_one_is_the_file(store, second, statuses):
    clients = [store.begin("name", "POST"), store.begin("name", second)]
    for client, rest in zip(clients, (b"a", b"b")):
        client.send(rest * 500)
        assert client.read().status in statuses
    winner = b"a" if second == "POST" else b"b"
    assert store.files() == {"name": b"x" * 500 + winner * 500}


# names


@pytest.mark.parametrize(
    "name, file",
    [("a%20b", "a b"), ("%c3%a9", "é"), ("a.b", "a.b"), ("%25", "%"), ("x" * 255, "x" * 255)],
)
def test_names_are_decoded(store, name, file):
    answer = store.send("POST", name)
    assert (answer.status, answer.get("Location")) == (201, f"/upload/{name}")
    assert os.listdir(store.folder) == [file]


@pytest.mark.parametrize(
    "name",
    [
        ".hidden",
        "%2ehidden",
        "..",
        "%2e%2e",
        ".upload-1-1",
        "a%2fb",
        "..%2Fb",
        "a%00",
        "a%0a",
        "a%7f",
    ]
    + ["%", "%4", "a%zz", "x" * 256],
)
def test_names_that_no_file_is_to_have_are_refused(store, name):
    assert store.send("PUT", name).status == 400
    assert store.files() == {}
    assert os.listdir(store.daemon.folder).count("b") == 0


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_other_methods_are_told_which_there_are(store, method):
    answer = store.send(method, "name", b"")
    assert (answer.status, answer.get("Allow")) == (405, "POST, PUT")
    assert store.files() == {}


# failures leave nothing


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_client_that_leaves_leaves_nothing(store, how):
    client = store.begin("name")
    getattr(client, how)()
    wait_until(lambda: os.listdir(store.folder) == [], "the rest to be removed")


def test_a_body_that_is_too_large_leaves_nothing(unstarted):
    unstarted.conf(max_body="1k").start()
    body = chunked(b"x" * 600, b"x" * 600)
    answer = unstarted.daemon.connect().ask(
        request("PUT", "/upload/name", "Transfer-Encoding: chunked") + body
    )
    assert answer.status == 413
    wait_until(lambda: os.listdir(unstarted.folder) == [], "the rest to be removed")


def test_a_body_that_is_broken_leaves_nothing(store):
    client = store.daemon.connect()
    client.send(request("PUT", "/upload/name", "Transfer-Encoding: chunked") + b"3\r\nabc\r\nx\r\n")
    assert client.read().status == 400
    wait_until(lambda: os.listdir(store.folder) == [], "the rest to be removed")


def test_a_folder_that_has_gone_is_an_error_that_the_log_explains(store):
    store.daemon.expect_log("is not stored: No such file")
    os.rmdir(store.folder)
    assert store.send("PUT", "name").status == 500
    store.daemon.wait_log(
        re.escape(f"{store.folder}/name is not stored: No such file or directory")
    )


@pytest.mark.skipif(not ROOT, reason="only root can mount a small disk")
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_full_disk_leaves_nothing(unstarted, method):
    store = unstarted
    if subprocess.call(["mount", "-t", "tmpfs", "-o", "size=256k", "none", store.folder]) != 0:
        pytest.skip("nothing can be mounted here")
    try:
        store.daemon.expect_log("is not stored: No space left on device")
        store.start()
        answer = store.send(method, "large", TEN)
        assert (answer.status, answer.body) == (507, b"No space left on device\n")
        assert store.files() == {}
        assert store.send(method, "small").status == 201
        store.daemon.wait_log("large is not stored: No space left on device")
        store.daemon.signal(signal.SIGTERM)
        assert store.daemon.wait_exit() == 0
    finally:
        subprocess.call(["umount", "-l", store.folder])


@pytest.mark.skipif(not ROOT, reason="only root can become another user")
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_folder_that_may_not_be_written_to_is_403(unstarted, method):
    unstarted.daemon.expect_log("is not stored: Permission denied")
    unstarted.conf(extra='user = "nobody"').start()
    answer = unstarted.send(method, "name")
    assert (answer.status, answer.body) == (403, b"Permission denied\n")
    assert unstarted.files() == {}


def test_a_worker_that_leaves_finishes_what_is_on_its_way(store):
    client = store.begin("name")
    store.daemon.conf(drain_timeout="20s")
    store.daemon.reload()
    client.send(b"y" * 500)
    assert client.read().status == 201
    assert store.files() == {"name": b"x" * 500 + b"y" * 500}


# the conf


@pytest.mark.parametrize(
    "options, why",
    [
        ({}, "where to\\? options"),
        ({"folder": "/nowhere"}, 'folder "/nowhere": No such file or directory'),
        ({"folder": "/dev/null"}, 'folder "/dev/null" is none'),
        ({"folder": "/", "sync": "maybe"}, 'bad sync "maybe": "yes" or "no"'),
    ],
)
def test_options_that_cannot_be_are_refused(daemon, options, why):
    daemon.expect_log(why)
    daemon.conf(
        workers=1,
        modules={"upload": {"path": "upload.so", **options}},
        routes={"/upload/:name": "upload"},
    )
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    daemon.wait_log(why)
