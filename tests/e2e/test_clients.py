"""Real clients, where they are installed: what they count as failed must be nothing."""
import re
import shutil
import subprocess

import pytest

from harness.client import request
from harness.daemon import environment, run
from harness.wait import wait_until


def tool(name):
    return pytest.mark.skipif(not shutil.which(name), reason=f"no {name} on this machine")


@tool("curl")
def test_curl_keeps_its_connection(site):
    url = f"http://127.0.0.1:{site.port}/hello"
    done = run("curl", "-sS", "-w", "%{http_code} %{num_connects}\n", url, url, url)
    assert done.returncode == 0, done
    assert done.stdout == "Hello World\n200 1\n" + "Hello World\n200 0\n" * 2


@tool("curl")
def test_curl_in_http_1_0(site):
    done = run("curl", "-sS", "--http1.0", f"http://127.0.0.1:{site.port}/chunks?3")
    assert (done.returncode, done.stdout) == (0, "piece 0\npiece 1\npiece 2\n")


@tool("curl")
def test_curl_head(site):
    done = run("curl", "-sS", "-I", f"http://127.0.0.1:{site.port}/hello")
    assert done.returncode == 0
    assert done.stdout.startswith("HTTP/1.1 200 OK")
    assert re.search(r"(?i)^content-length: 12\r?$", done.stdout, re.M)


@tool("curl")
@pytest.mark.parametrize("framing", ["length", "chunked", "expect"])
def test_curl_uploads_in_every_framing(site, tmp_path, framing):
    file = tmp_path / "upload"
    file.write_bytes(bytes(range(256)) * 12000)
    more = {
        "length": ["-H", "Expect:"],
        "chunked": ["-H", "Transfer-Encoding: chunked"],
        "expect": ["-H", "Expect: 100-continue"],
    }[framing]
    url = f"http://127.0.0.1:{site.port}/echo"
    back = tmp_path / "back"
    done = run("curl", "-sS", "-T", str(file), *more, "-o", str(back), "-w", "%{http_code}", url)
    assert (done.returncode, done.stdout) == (0, "200"), done
    assert back.read_bytes() == file.read_bytes()


@tool("curl")
def test_curl_gets_the_413_of_a_large_upload(site, tmp_path):
    file = tmp_path / "upload"
    file.write_bytes(b"x" * 3_000_000)
    url = f"http://127.0.0.1:{site.port}/small"
    done = run("curl", "-sS", "-T", str(file), "-o", "/dev/null", "-w", "%{http_code}", url)
    assert done.stdout == "413", done


@tool("curl")
def test_curl_over_a_unix_socket(daemon):
    path = f"{daemon.folder}/web.sock"
    daemon.conf(listens={f"unix:{path}": {}})
    daemon.start()
    done = run("curl", "-sS", "--unix-socket", path, "http://localhost/hello")
    assert (done.returncode, done.stdout) == (0, "Hello World\n")


@tool("curl")
def test_curl_waits_for_a_parked_answer(daemon):
    daemon.conf(modules={"poll": {"path": "poll.so"}}, routes={"/poll": "poll"})
    daemon.start()
    url = f"http://127.0.0.1:{daemon.port}/poll"
    waiting = subprocess.Popen(["curl", "-sS", url], stdout=subprocess.PIPE, env=environment())
    wait_until(
        lambda: sum(worker["parked"] for worker in daemon.workers()) == 1, "the request to park"
    )
    assert run("curl", "-sS", "-d", "news", url).returncode == 0
    assert waiting.communicate(timeout=20)[0] == b"news"


@tool("ab")
@pytest.mark.parametrize("keep", [["-k"], []], ids=["keep-alive", "one request each"])
def test_ab_fails_no_request(site, keep):
    done = run("ab", *keep, "-q", "-n", "3000", "-c", "20", f"http://127.0.0.1:{site.port}/hello")
    assert done.returncode == 0, done
    assert re.search(r"Complete requests:\s+3000\b", done.stdout)
    assert re.search(r"Failed requests:\s+0\b", done.stdout)
    assert "Non-2xx" not in done.stdout
    if keep:
        assert re.search(r"Keep-Alive requests:\s+3000\b", done.stdout), done.stdout


@tool("wrk")
def test_wrk_counts_no_error(site):
    done = run("wrk", "-t1", "-c32", "-d1s", f"http://127.0.0.1:{site.port}/hello")
    assert done.returncode == 0, done
    assert "Socket errors" not in done.stdout
    assert "Non-2xx" not in done.stdout
    assert int(re.search(r"(\d+) requests in", done.stdout)[1]) > 0


@tool("h2load")
@pytest.mark.parametrize("pipelined", ["1", "16"])
def test_h2load_in_http_1_counts_no_error(site, pipelined):
    done = run(
        "h2load", "--h1", "-n3000", "-c10", f"-m{pipelined}", f"http://127.0.0.1:{site.port}/hello"
    )
    assert done.returncode == 0, done
    assert (
        "3000 total, 3000 started, 3000 done, 3000 succeeded, 0 failed, 0 errored, 0 timeout"
        in done.stdout
    )
    assert "3000 2xx" in done.stdout


@pytest.mark.parametrize(
    "command,fine",
    [
        pytest.param(
            "wrk -t1 -c16 -d2s {url}",
            lambda out: "Socket errors" not in out and "Non-2xx" not in out,
            marks=tool("wrk"),
            id="wrk",
        ),
        pytest.param(
            "ab -k -q -n 30000 -c 8 {url}",
            lambda out: re.search(r"Failed requests:\s+0\b", out) and "Non-2xx" not in out,
            marks=tool("ab"),
            id="ab",
        ),
    ],
)
def test_real_clients_do_not_notice_reloads(daemon, command, fine):
    daemon.conf()
    daemon.start()
    command = command.format(url=f"http://127.0.0.1:{daemon.port}/hello").split()
    client = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())
    reloads = 0
    while client.poll() is None and reloads < 10:
        daemon.reload()
        reloads += 1
    out, _ = client.communicate(timeout=60)
    assert client.returncode == 0
    assert reloads >= 2
    assert fine(out), out


@tool("nc")
def test_nc_gets_an_answer(site):
    done = subprocess.run(
        ["nc", "-w", "5", "127.0.0.1", str(site.port)],
        input=request("GET", "/hello", "Connection: close"),
        stdout=subprocess.PIPE,
        timeout=20,
    )
    assert done.stdout.startswith(b"HTTP/1.1 200 OK\r\n")
    assert done.stdout.endswith(b"\r\n\r\nHello World\n")


def test_pythons_http_client_is_served(site):
    connection = site.http()
    for method, path, body in (
        ("GET", "/hello", None),
        ("POST", "/echo", b"abc"),
        ("GET", "/chunks?3", None),
    ):
        connection.request(method, path, body)
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.read() in (b"Hello World\n", b"abc", b"piece 0\npiece 1\npiece 2\n")
    connection.close()
