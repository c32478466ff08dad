"""
The access log: what a line says, where it goes, and that no request ever waits for it.
"""
import json
import os
import re
import signal
import socket
import stat
import subprocess
import time

import pytest

from harness.client import request
from harness.daemon import run
from harness.load import Load
from harness.wait import wait_until

ROOT = os.getuid() == 0
TIME = r"\[\d\d/(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]"


class Site:
    """A daemon with an access log; `lines(n)` waits until there are n."""

    def __init__(self, daemon, modules, **http):
        self.daemon = daemon
        self.path = os.path.join(daemon.folder, "access.log")
        http = {"access_log": self.path} | http
        daemon.conf(
            workers=1,
            http=http,
            modules={
                "hello": {"path": "hello.so"},
                "probe": {"path": str(modules / "probe.so")},
            },
            routes={
                "/hello": {"module": "hello", "methods": ["GET", "HEAD"]},
                "/quiet": {"module": "hello", "access_log": "off"},
            }
            | {
                f"/{name}": {"module": "probe", "handler": name}
                for name in ("later", "park", "upload", "flood", "destroy", "vanish", "released")
            }
            | {"/small": {"module": "probe", "handler": "upload", "max_body": "1k"}},
        )

    def start(self, **more):
        self.daemon.start(**more)
        return self

    def read(self, path=None):
        try:
            with open(path or self.path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def lines(self, n):
        wait_until(
            lambda: self.read().count(b"\n") >= n,
            lambda: f"{n} lines in the log: {self.read()!r}",
        )
        text = self.read()
        assert text.endswith(b"\n")
        lines = text.decode("ascii" if b"{" not in text[:1] else "utf-8").splitlines()
        assert len(lines) == n, lines
        return lines


@pytest.fixture
def make(daemon, modules):
    return lambda **http: Site(daemon, modules, **http)


# what a line says


def test_a_combined_line_is_what_other_servers_write(make):
    site = make().start()
    site.daemon.get("/hello?a=b", "Referer: http://r/", 'User-Agent: me "1"')
    line = site.lines(1)[0]
    wanted = (
        r'127\.0\.0\.1 - - TIME "GET /hello\?a=b HTTP/1\.1" 200 12 "http://r/" "me \\x221\\x22"\Z'
    )
    assert re.match(wanted.replace("TIME", TIME), line), line


def test_every_pipelined_request_has_its_line(make):
    site = make(access_format="%k %r %>s %B").start()
    client = site.daemon.connect()
    client.send(
        request("GET", "/hello")
        + request("GET", "/nothing")
        + request("HEAD", "/hello")
        + request("DELETE", "/hello")
        + request("GET", "/hello", "Connection: close")
    )
    for method in ("GET", "GET", "HEAD", "DELETE", "GET"):
        client.read(method)
    assert site.lines(5) == [
        "0 GET /hello HTTP/1.1 200 12",
        "1 GET /nothing HTTP/1.1 404 14",
        "2 HEAD /hello HTTP/1.1 200 0",
        "3 DELETE /hello HTTP/1.1 405 23",
        "4 GET /hello HTTP/1.1 200 12",
    ]


@pytest.mark.parametrize(
    "data,line",
    [
        (b"\x16\x03\x01\x02\x00\x01\r\nGET", r"\x16\x03\x01\x02\x00\x01 400"),
        (b'G"\\T / HTTP/1.1\r\n\r\n', r"G\x22\x5CT / HTTP/1.1 400"),
        (b"GET /a\nHost: b\n\n", r"GET /a 400"),
        (b"GET / HTTP/2.0\r\n\r\n", r"GET / HTTP/2.0 505"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n", "GET /" + "a" * 9000 + " HTTP/1.1 414"),
        (request("CONNECT", "a:1"), "CONNECT a:1 HTTP/1.1 501"),
        (request("OPTIONS", "*"), "OPTIONS * HTTP/1.1 204"),
        (request("POST", "/small", "Content-Length: 2000"), "POST /small HTTP/1.1 413"),
        (
            request("POST", "/upload", "Transfer-Encoding: chunked") + b"xyz\r\n",
            "POST /upload HTTP/1.1 400",
        ),
    ],
    ids=["TLS", "quotes", "bare LF", "505", "414", "CONNECT", "OPTIONS *", "413", "bad chunk"],
)
def test_what_eddy_answers_itself_is_logged_escaped(make, data, line):
    site = make(access_format="%r %>s").start()
    client = site.daemon.connect()
    client.send_ignoring_close(data)
    client.read_head()
    assert site.lines(1) == [line]


def test_a_head_that_does_not_come_whole_is_logged_as_far_as_it_came(make):
    site = make(access_format="%r %>s %m", header_timeout="200ms").start()
    client = site.daemon.connect()
    client.send(b"\r\nGET /slo")
    assert client.read().status == 408
    assert site.lines(1) == ["GET /slo 408 -"]


def test_a_body_that_does_not_come_is_logged(make):
    site = make(access_format="%r %>s", body_timeout="200ms").start()
    client = site.daemon.connect()
    client.send(request("POST", "/upload", "Content-Length: 10") + b"abc")
    assert client.read().status == 408
    assert site.lines(1) == ["POST /upload HTTP/1.1 408"]


def test_a_client_that_leaves_before_the_answer_is_499(make):
    site = make(access_format="%r %>s %b %{route}n %{module}n %{User-Agent}i").start()
    client = site.daemon.connect()
    client.send(request("GET", "/park?1", "User-Agent: impatient"))
    wait_until(lambda: site.daemon.totals()["parked"] == 1, "the request to park")
    client.close()
    assert site.lines(1) == ["GET /park?1 HTTP/1.1 499 - /park probe impatient"]


def test_a_request_whose_head_was_released_is_logged_whole(make):
    site = make(access_format="%r %>s %{X-Id}i").start()
    with site.daemon.connect() as client:
        client.send(request("GET", "/released", "X-Id: 7", "Connection: close"))
        answer = client.read()
    assert site.lines(1) == [f"GET /released HTTP/1.1 {answer.status} 7"]


def test_an_answer_that_the_module_destroys_says_what_went_out(make):
    site = make(access_format="%U %>s %B").start()
    client = site.daemon.connect()
    client.send(request("GET", "/destroy"))
    client.read_head()
    assert site.lines(1) == ["/destroy 200 14"]


def test_a_response_that_the_module_destroys_before_it_began_is_444(make):
    site = make(access_format="%U %>s %B").start()
    client = site.daemon.connect()
    client.send(request("GET", "/vanish"))
    client.expect_close(reset_is_fine=True)
    assert site.lines(1) == ["/vanish 444 0"]


def test_an_answer_cut_off_says_how_much_of_it_went_out(make):
    site = make(access_format="%U %>s %B").start()
    client = site.daemon.connect(rcvbuf=4096)
    client.send(request("GET", "/flood"))
    client.read_head()
    client.reset()
    path, status, n = site.lines(1)[0].split()
    assert (path, status) == ("/flood", "200")
    assert int(n) > 0


def test_a_parked_request_is_logged_with_the_time_it_took(make):
    site = make(access_format="%U %>s %D %{ms}T").start()
    site.daemon.get("/later?300")
    path, status, us, ms = site.lines(1)[0].split()
    assert (path, status) == ("/later", "200")
    assert 290000 <= int(us) < 10000000
    assert abs(float(ms) - int(us) / 1000) < 0.01


def test_a_route_may_be_left_out(make):
    site = make(access_format="%U").start()
    site.daemon.get("/quiet")
    site.daemon.get("/hello")
    assert site.lines(1) == ["/hello"]


EVIL = [
    b'a"b\\c',
    b"\xff\xfe\xfd",
    "grün 😀".encode(),
    b"\xed\xa0\x80\xc0\x80",
    b"tab\there",
    b"</script>\x80",
    b'","status":999,"x":"',
]


@pytest.mark.parametrize("value", EVIL)
def test_every_json_line_parses_and_has_the_values(make, value):
    site = make(access_format="json").start()
    client = site.daemon.connect()
    client.send(b"GET /hello?q HTTP/1.1\r\nHost: a\r\nUser-Agent: " + value + b"\r\n\r\n")
    assert client.read().status == 200
    client.send(b"GET /\x01" + value + b" HTTP/1.1\r\n\r\n")
    assert client.read().status == 400
    good, bad = (json.loads(line) for line in site.lines(2))

    def told(data):
        """As UTF-8 where it is, and byte by byte where it is not."""
        text = data.decode("utf-8", "surrogateescape")
        return "".join(chr(ord(c) - 0xDC00) if 0xDC80 <= ord(c) <= 0xDCFF else c for c in text)

    assert good["user_agent"] == told(value)
    assert (good["method"], good["url"], good["status"]) == ("GET", "/hello?q", 200)
    assert (good["bytes"], good["route"], good["module"]) == (12, "/hello", "hello")
    assert (good["remote"], good["referer"], good["unparsed"]) == ("127.0.0.1", None, None)
    assert good["port"] == client.sock.getsockname()[1]
    assert (good["kept"], good["worker"]) == (0, 0)
    assert 0 <= good["duration_ms"] < 10000
    assert (bad["status"], bad["method"], bad["url"]) == (400, None, None)
    assert bad["unparsed"].startswith("GET /\x01")
    assert told(value) in bad["unparsed"]


# where it goes


def test_stderr_takes_it_too(make):
    site = make(access_log="stderr", access_format="ACCESS %r %>s")
    site.daemon.expect_log("^ACCESS ")
    site.start()
    site.daemon.get("/hello")
    site.daemon.wait_log(r"^ACCESS GET /hello HTTP/1\.1 200$")


def test_stderr_may_be_a_pipe_that_nobody_reads(make):
    site = make(access_log="stderr", access_format="ACCESS %{User-Agent}i")
    ends = os.pipe()
    try:
        site.start(popen={"stderr": ends[1]})
        with Load(site.daemon.address, clients=2) as load:
            load.more(100)
        client = site.daemon.connect()
        for _ in range(40):
            client.get("/hello", "User-Agent: " + "x" * 6000)
        os.set_blocking(ends[1], True)
        assert os.get_blocking(ends[1])
        while b"ACCESS x" not in os.read(ends[0], 65536):
            pass
    finally:
        os.close(ends[0])
        os.close(ends[1])


def test_the_file_is_made_for_its_owner_and_group(make):
    site = make().start()
    assert stat.S_IMODE(os.stat(site.path).st_mode) == 0o640


def test_a_file_that_cannot_be_opened_is_an_error_of_the_conf(make, tmp_path):
    path = f"{tmp_path}/none/access.log"
    site = make(access_log=path)
    daemon = site.daemon
    line = [i for i, text in enumerate(open(daemon.conf_path), 1) if text.startswith("http")][0]
    wanted = f"{daemon.conf_path}:{line}: cannot open the access log {path}: No such"
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 78
    assert wanted in done.stderr
    daemon.expect_log(".*")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    assert wanted in daemon.log()


def test_a_reload_to_a_file_that_cannot_be_opened_is_refused(make, tmp_path):
    site = make().start()
    daemon = site.daemon
    daemon.expect_log("cannot open|reload failed")
    daemon.conf(http={"access_log": f"{tmp_path}/none/access.log"})
    assert "cannot open the access log" in daemon.reload(expect=78).stderr
    daemon.get("/hello")
    site.lines(1)
    daemon.conf(http={"access_log": site.path + ".new", "access_format": "%r"})
    daemon.reload()
    daemon.get("/hello")
    wait_until(
        lambda: site.read(site.path + ".new") == b"GET /hello HTTP/1.1\n", "a line in the new file"
    )
    assert site.read().count(b"\n") == 1


def test_checking_a_conf_makes_no_file(make):
    site = make()
    done = run(*site.daemon.programs.eddyd_command("-t", "-c", site.daemon.conf_path))
    assert done.returncode == 0, done
    assert not os.path.exists(site.path)


@pytest.mark.skipif(not ROOT, reason="only root can become another user")
def test_workers_of_another_user_log_to_a_file_that_is_not_theirs(make):
    site = make()
    folder = os.path.join(site.daemon.folder, "logs")
    os.mkdir(folder, 0o700)
    site.path = os.path.join(folder, "access.log")
    site.daemon.conf(http={"access_log": site.path, "access_format": "%U"}, extra='user = "nobody"')
    site.start()
    site.daemon.get("/hello")
    site.lines(1)
    os.rename(site.path, site.path + ".1")
    assert site.daemon.ctl("reopen").returncode == 0
    wait_until(lambda: os.path.exists(site.path), "the new file")
    site.daemon.get("/hello")
    wait_until(
        lambda: (site.read() + site.read(site.path + ".1")).count(b"\n") == 2, "the second line"
    )


def journal_socket(folder):
    place = os.path.join(folder, "journal")
    os.mkdir(place)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind(os.path.join(place, "socket"))
    sock.settimeout(20)
    wrapper = (
        "unshare -m sh -c 'mount -t tmpfs none /run && mkdir -p /run/systemd/journal && "
        f'mount --bind {place} /run/systemd/journal && exec "$0" "$@"\''
    )
    return sock, wrapper


@pytest.mark.skipif(not ROOT, reason="only root can give a daemon a journal of its own")
def test_the_journal_gets_fields(make):
    site = make(access_log="journal", access_format="%r %>s")
    done = run(*site.daemon.programs.eddyd_command("-T", "-c", site.daemon.conf_path))
    if "without libsystemd" in done.stderr:
        pytest.skip("built without libsystemd")
    sock, wrapper = journal_socket(site.daemon.folder)
    with sock:
        if subprocess.call(wrapper.replace('exec "$0" "$@"', "true"), shell=True) != 0:
            pytest.skip("no mount namespaces here")
        command = wrapper.split(" ", 4)
        site.start(wrapper=(*command[:4], command[4].strip("'")))
        site.daemon.get("/hello")
        fields = dict(line.split(b"=", 1) for line in sock.recv(65536).splitlines() if b"=" in line)
    wanted = {
        b"MESSAGE": b"GET /hello HTTP/1.1 200",
        b"SYSLOG_IDENTIFIER": b"eddy",
        b"PRIORITY": b"6",
        b"EDDY_STATUS": b"200",
        b"EDDY_METHOD": b"GET",
        b"EDDY_PATH": b"/hello",
        b"EDDY_ROUTE": b"/hello",
        b"EDDY_MODULE": b"hello",
    }
    assert wanted.items() <= fields.items(), fields


# rotation


@pytest.mark.parametrize("how", ["USR1", "eddyctl"])
def test_no_line_is_lost_when_the_file_is_moved_away_under_load(make, how):
    site = make(access_format="%U")
    site.daemon.conf(workers=2)
    site.start()
    old = [f"{site.path}.{i}" for i in range(5)]
    with Load(site.daemon.address, clients=4) as load:
        for path in old:
            load.more(50)
            os.rename(site.path, path)
            if how == "USR1":
                site.daemon.signal(signal.SIGUSR1)
            else:
                assert site.daemon.ctl("reopen").returncode == 0
            wait_until(lambda: site.read(), "lines in the new file")
    total = site.daemon.totals()["requests"]
    assert load.count == total

    def written():
        return b"".join(site.read(path) for path in [*old, site.path])

    wait_until(lambda: written().count(b"\n") == total, lambda: f"{total} lines")
    assert set(written().splitlines()) == {b"/hello"}


def test_a_file_that_cannot_be_reopened_is_said_and_the_old_one_goes_on(make):
    site = make(access_format="%U").start()
    os.rename(site.path, site.path + ".1")
    os.mkdir(site.path)
    site.daemon.expect_log("cannot open the access log")
    done = site.daemon.ctl("reopen")
    assert done.returncode == 1
    assert f"cannot open the access log {site.path}: Is a directory" in done.stderr
    site.daemon.get("/hello")
    wait_until(lambda: site.read(site.path + ".1") == b"/hello\n", "the line in the old file")


def test_reopening_without_a_log_is_fine(daemon):
    daemon.conf()
    daemon.start()
    before = daemon.pids()
    assert daemon.ctl("reopen").returncode == 0
    daemon.signal(signal.SIGUSR1)
    daemon.wait_log("reopening log files, asked for by SIGUSR1")
    assert daemon.get().status == 200
    assert daemon.pids() == before


# nothing waits for it


def threads(pid):
    """{name: system calls that write} of each thread."""
    found = {}
    for tid in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{tid}/comm", encoding="ascii") as file:
            name = file.read().strip()
        with open(f"/proc/{pid}/task/{tid}/io", encoding="ascii") as file:
            found[name] = int(re.search(r"syscw: (\d+)", file.read())[1])
    return found


def test_the_loop_writes_nothing_to_the_file(make):
    site = make().start()
    (pid,) = site.daemon.pids()
    client = site.daemon.connect()
    client.get("/hello")
    site.lines(1)
    before = threads(pid)
    for _ in range(100):
        client.get("/hello")
    site.lines(101)
    after = threads(pid)
    assert set(after) == {"eddy-worker", "eddy-log"}
    assert after["eddy-worker"] == before["eddy-worker"]
    assert after["eddy-log"] > before["eddy-log"]


def test_without_a_log_there_is_no_thread(daemon):
    daemon.conf(workers=1)
    daemon.start()
    (pid,) = daemon.pids()
    assert len(os.listdir(f"/proc/{pid}/task")) == 1


def test_a_pipe_that_nobody_reads_stalls_no_request_and_drops_are_counted(make):
    site = make(access_format="%{User-Agent}i")
    os.mkfifo(site.path)
    site.daemon.expect_log("lines of the access log")
    site.start()
    client = site.daemon.connect()
    started = time.monotonic()
    for _ in range(400):
        client.get("/hello", "User-Agent: " + "x" * 6000)
    assert time.monotonic() - started < 20
    dropped = site.daemon.totals()["access_dropped"]
    assert 100 < dropped < 400
    site.daemon.wait_log(r"<4>worker 0: \d+ lines of the access log were dropped: they are not")
    assert f"access log   {dropped} lines dropped" in site.daemon.ctl("status").stdout
    started = time.monotonic()
    site.daemon.signal(signal.SIGTERM)
    assert site.daemon.wait_exit() == 0
    assert time.monotonic() - started < 10
    assert "lines of the access log are lost" in site.daemon.log()


def test_a_pipe_that_is_read_later_gets_what_has_waited(make):
    site = make(access_format="%U")
    os.mkfifo(site.path)
    site.start()
    for _ in range(10):
        site.daemon.get("/hello")
    fd = os.open(site.path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        text = b""

        def read():
            nonlocal text
            try:
                text += os.read(fd, 65536)
            except BlockingIOError:
                pass
            return text.count(b"\n") == 10

        wait_until(read, lambda: f"ten lines: {text!r}")
    finally:
        os.close(fd)


@pytest.mark.skipif(not ROOT, reason="only root can mount a small disk")
def test_a_full_disk_stalls_no_request_and_leaves_whole_lines(make):
    site = make(access_format="%k %{User-Agent}i")
    disk = os.path.join(site.daemon.folder, "disk")
    os.mkdir(disk)
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk]
    if subprocess.call(command, stderr=subprocess.DEVNULL) != 0:
        pytest.skip("nothing can be mounted here")
    try:
        site.path = os.path.join(disk, "access.log")
        with open(os.path.join(disk, "ballast"), "wb") as file:
            file.write(b"x" * 32768)
        site.daemon.conf(http={"access_log": site.path, "access_format": "%k %{User-Agent}i"})
        site.daemon.expect_log("access log")
        site.start()
        client = site.daemon.connect()
        for _ in range(60):
            assert client.get("/hello", "User-Agent: " + "x" * 1000).status == 200
        site.daemon.wait_log("the access log cannot be written: No space left on device")
        subprocess.check_call(["mount", "-o", "remount,size=1m", disk])
        site.daemon.get("/hello", "User-Agent: last")
        wait_until(lambda: site.read().endswith(b"0 last\n"), "the disk to have room again")
        lines = [line for line in site.read().decode().splitlines()]
        whole = [line for line in lines if re.match(r"\d+ (x{1000}|last)\Z", line)]
        assert [line.split()[0] for line in whole] == [str(i) for i in range(60)] + ["0"]
        assert len(lines) - len(whole) <= 1
        assert site.daemon.totals()["access_dropped"] == 0
        site.daemon.signal(signal.SIGTERM)
        assert site.daemon.wait_exit() == 0
    finally:
        subprocess.call(["umount", "-l", disk])
