"""
The scripts that come with the module js: those of few lines as they stand and in other words, the others as their own
comments say they are used, with their pages in a real browser.
"""
import json
import os
import re
import shutil
import signal
import socket
import textwrap
from pathlib import Path

import pytest

from harness import browser as chromium
from harness import ports
from harness.client import Closed, request
from harness.daemon import run
from harness.wait import wait_until

pytestmark = pytest.mark.usefixtures("engine")

EXAMPLES = Path(__file__).resolve().parents[2] / "worker/modules/js/examples"
SCRIPTS = sorted(path for path in EXAMPLES.glob("*.js") if path.stem != "pages")
HELLO = b"Hello World\n"
# On a machine that does much else the engine may wait for its own threads, which wait for a processor.
SLOW = r"is blocked for"


# those of a few lines ------------------------------------------------------------------

VERBATIM = {
    "net_hello": """\
        const net = require("net");
        const server = net.createServer();
        server.on("connection", (socket) => { socket.end("Hello World\\n"); });
        server.listen(8000);
        """,
    "net_hello_short": """\
        const net = require("net");
        net.createServer((socket) => { socket.end("Hello World\\n"); }).listen(8000);
        """,
    "signals": """\
        setInterval(() => console.log("tick"), 500);
        process.on("SIGINT", () => { console.log("got SIGINT"); process.exit(0); });
        console.log(process.pid, process.env.HOME, process.cwd(), process.memoryUsage().rss > 0);
        """,
}


@pytest.mark.parametrize("name", VERBATIM)
def test_a_script_of_a_few_lines_ships_as_it_is_known(name):
    assert (EXAMPLES / f"{name}.js").read_text() == textwrap.dedent(VERBATIM[name])


def serve_script(daemon, text, workers=2):
    """A script with a server at port 8000, which has another one meanwhile: (host, port)."""
    port = ports.free_port()
    Path(daemon.folder, "script.js").write_text(re.sub(r"\b8000\b", str(port), text))
    daemon.conf(workers=workers, modules={"app": {"path": "js.so", "script": "script.js"}}, listens={}, routes={})
    daemon.expect_log(SLOW)
    daemon.start()
    return "127.0.0.1", port


def read_all(address):
    with socket.create_connection(address, timeout=10) as peer:
        got = b""
        while piece := peer.recv(65536):
            got += piece
    return got


def serves(address):
    try:
        return read_all(address) == HELLO
    except OSError:
        return False


@pytest.mark.parametrize(
    "text",
    [
        (EXAMPLES / "net_hello.js").read_text(),
        (EXAMPLES / "net_hello_short.js").read_text(),
        "const { createServer } = require('node:net');\n"
        "createServer().on('connection', s => s.end('Hello World\\n')).listen('8000');",
        "require('net').Server((s) => { s.write('Hello '); s.write('World\\n'); s.end(); }).listen(8000, '127.0.0.1');",
        "const net = require('net');\nconst server = new net.Server();\nserver.listen({ port: 8000, host: '0.0.0.0' });\n"
        "const answer = async (s) => { await null; s.end(Buffer.from('Hello World\\n')); };\n"
        "server.once('listening', () => server.on('connection', answer));",
        "const net = require('net');\nnet.createServer({ allowHalfOpen: true }, function (socket) {\n"
        "\tsetTimeout(() => this.emit('later', socket), 1);\n"
        "}).on('later', (s) => s.end('Hello World\\n')).listen(8000, () => {});",
        "const { Readable } = require('stream');\n"
        "require('net').createServer((s) => Readable.from(['Hello ', 'World\\n']).pipe(s)).listen(8000);",
    ],
)
def test_a_server_of_a_few_lines_answers_whoever_connects_also_after_a_reload(daemon, text):
    address = serve_script(daemon, text)
    wait_until(lambda: serves(address), lambda: f"it to serve:\n{daemon.log()}")
    assert [read_all(address) for _ in range(20)] == [HELLO] * 20
    daemon.reload()
    assert [read_all(address) for _ in range(20)] == [HELLO] * 20


@pytest.mark.parametrize(
    "text",
    [
        (EXAMPLES / "http_hello.js").read_text(),
        "require('http').createServer((req, res) => res.end('Hello World\\n')).listen(8000);",
        "const http = require('http');\nconst server = new http.Server();\n"
        "server.on('request', async (req, res) => { await null; res.write('Hello '); res.end('World\\n'); });\n"
        "server.listen({ port: 8000 });",
    ],
)
def test_an_http_server_of_a_few_lines_answers_on_connections_that_stay(daemon, text):
    address = serve_script(daemon, text)

    def answers():
        try:
            return daemon.get("/", address=address).body == HELLO
        except OSError:
            return False

    wait_until(answers, lambda: f"it to serve:\n{daemon.log()}")
    with daemon.connect(address) as client:
        assert [client.get("/").body for _ in range(5)] == [HELLO] * 5


@pytest.mark.parametrize(
    "text",
    [
        (EXAMPLES / "signals.js").read_text(),
        "setTimeout(function again() { console.log('tick'); setTimeout(again, 20); }, 20);\n"
        "process.once('SIGINT', async () => { await null; console.log('got', 'SIGINT'); process.exit(); });\n"
        "console.log(process.pid, process.env['HOME'], process.cwd(), process.memoryUsage.rss() > 0);",
        "const { setInterval: ticks } = require('timers/promises');\n"
        "(async () => { for await (const _ of ticks(20)) console.log('tick'); })();\n"
        "process.addListener('SIGINT', (name, n) => { console.log(`got ${name}`); process.exit(n - 2); });\n"
        "console.log(process.pid, process.env.HOME, require('process').cwd(), true);",
    ],
)
def test_a_ticker_knows_its_process_and_hears_of_sigint(daemon, text):
    Path(daemon.folder, "script.js").write_text(text)
    daemon.conf(workers=2, modules={"app": {"path": "js.so", "script": "script.js"}}, listens={}, routes={})
    daemon.expect_log(SLOW)
    daemon.start()
    for worker, pid in enumerate(sorted(daemon.pids())):
        home = os.environ.get("HOME", "undefined")
        daemon.wait_log(rf"worker \d \(app\): {pid} {home} {os.readlink(f'/proc/{pid}/cwd')} true$")
        daemon.wait_log(rf"worker {worker} \(app\): tick\n(.*\n)*.*worker {worker} \(app\): tick$")
    daemon.signal(signal.SIGINT)
    assert daemon.wait_exit() == 0
    assert daemon.log().count("got SIGINT") == 2


@pytest.mark.parametrize("document", ["README.md", "packaging/javascript.md"])
def test_the_handler_of_a_document_serves_with_the_conf_beside_it(daemon, document):
    text = (EXAMPLES.parents[3] / document).read_text()
    script, conf = re.search(r"^```js\n(.*?)^```\n\n```eddy\n(.*?)^```$", text, re.M | re.S).groups()
    Path(daemon.folder, "app.js").write_text(script)
    daemon.conf(workers=1, modules={}, routes={})
    listen = f'listen "127.0.0.1:{daemon.port}" {{ }}\n'
    conf = re.sub(r"^listen .*\n", "", conf, flags=re.M)
    daemon.write_conf(f'workers = 1\ncontrol = "{daemon.control}"\n{listen}{conf}')
    daemon.start()
    assert daemon.get("/app/x").body == b"Hello /app/x\n"


# the others ----------------------------------------------------------------------------


@pytest.mark.parametrize("script", [path for path in SCRIPTS if "//\tmodule" in path.read_text()], ids=lambda p: p.stem)
def test_the_conf_at_the_head_of_a_script_is_one(programs, tmp_path, script):
    lines = re.findall(r"^//\t(.*)$", script.read_text(), re.M)
    assert lines[0].startswith("module ") and lines[1].startswith("route ")
    conf = shutil.copytree(EXAMPLES, tmp_path / "javascript") / "head.conf"
    conf.write_text('listen "127.0.0.1:8080" { }\n' + "\n".join(lines) + "\n")
    done = run(*programs.eddyd_command("-t", "-c", str(conf)))
    assert done.returncode == 0, done.stderr


def test_the_conf_of_all_scripts_has_every_one(programs):
    text = (EXAMPLES / "scripts.conf").read_text()
    assert set(re.findall(r'script = "(\w+)\.js"', text)) == {path.stem for path in SCRIPTS}


@pytest.fixture
def site(daemon, tmp_path):
    """All that have a page, in two workers; uploads go to a folder of the test's."""
    (tmp_path / "uploads").mkdir()
    text = (EXAMPLES / "scripts.conf").read_text()
    modules = {
        name: {"path": "js.so", "script": str(EXAMPLES / script)}
        for name, script in re.findall(r'^module "(\w+)" .* script = "(\w+\.js)"', text, re.M)
        if name != "net_hello"
    }
    daemon.conf(
        workers=2,
        modules=modules,
        routes={
            "/chat/*": {"module": "chat", "max_body": "16k"},
            "/ticks/*": {"module": "ticks", "write_timeout": "0"},
            "/upload/*": {"module": "upload", "max_body": "0"},
        },
    )
    daemon.expect_log(SLOW)
    daemon.uploads = tmp_path / "uploads"
    daemon.url = f"http://127.0.0.1:{daemon.port}"
    return daemon.start(UPLOADS=str(daemon.uploads))


PAGES = pytest.mark.parametrize("name, path", [("chat", "/chat/"), ("ticker", "/ticks/"), ("upload", "/upload/")])


@PAGES
def test_a_page_comes_with_its_files_and_a_policy(site, name, path):
    with site.connect() as client:
        for file, kind in ((f"{name}.html", "html"), (f"{name}.js", "javascript"), ("page.css", "css")):
            answer = client.get(path + ("" if kind == "html" else file))
            assert answer.body == (EXAMPLES / "pages" / file).read_bytes()
            assert answer.get("Content-Type") == f"text/{kind}; charset=utf-8"
            assert "script-src 'self';" in answer.get("Content-Security-Policy")
        assert client.get(path + "pages.js").status == 404
        assert client.get(path + "..%2fpages.js").status == 404
        assert client.post(path, b"x").status == 405


# chat


def test_a_chat_answers_all_who_wait_in_all_workers(site):
    waiting = [site.connect() for _ in range(8)]
    for peer in waiting:
        peer.send(request("GET", "/chat/messages?since="))
    wait_until(lambda: sum(worker["parked"] for worker in site.workers()) == 8, "all to be parked")
    said = json.dumps({"name": "Anna", "text": "Grüße"}).encode()
    assert site.connect().post("/chat/messages", said).status == 204
    for peer in waiting:
        (message,) = json.loads(peer.read().body)
        assert (message["name"], message["text"]) == ("Anna", "Grüße")
    site.connect().post("/chat/messages", said.replace(b"Anna", b"Ben"))
    # between two GETs nothing is missed, and nothing comes twice
    for _ in range(4):
        news = json.loads(site.get(f"/chat/messages?since={message['id']}").body)
        assert [one["name"] for one in news] == ["Ben"]
    assert [one["name"] for one in json.loads(site.get("/chat/messages").body)] == ["Anna", "Ben"]


def test_a_chat_refuses_what_is_no_message(site):
    with site.connect() as client:
        for body in (b"", b"x", b"null", b'{"name": "A"}', b'{"name": "", "text": "x"}', b'{"name": "A", "text": 7}'):
            assert client.post("/chat/messages", body).status == 400
        assert client.post("/chat/messages", b"x" * 20000).status == 413
    with site.connect() as client:
        assert client.get("/chat/messages", method="PUT").get("Allow") == "GET, POST"


def test_who_leaves_a_chat_is_forgotten_and_a_reload_answers_who_waits(site):
    gone, stays = site.connect(), site.connect()
    for peer in (gone, stays):
        peer.send(request("GET", "/chat/messages"))
    wait_until(lambda: sum(worker["parked"] for worker in site.workers()) == 2, "both to be parked")
    gone.close()
    wait_until(lambda: sum(worker["parked"] for worker in site.workers()) == 1, "one to be gone")
    site.reload()
    assert stays.read().status == 204


# ticker



def test_a_ticker_beats_for_all_and_ends_its_streams_at_a_reload(site):
    peer = socket.create_connection(site.address, timeout=20)
    peer.sendall(request("GET", "/ticks/events"))
    got = b""
    while got.count(b"\ndata: ") < 2:
        piece = peer.recv(65536)
        assert piece, got
        got += piece
    assert b"Content-Type: text/event-stream\r\n" in got
    assert [int(n) for n in re.findall(rb"^id: (\d+)", got, re.M)] == [1, 2]
    assert json.loads(re.search(rb"^data: (.*)$", got, re.M)[1])["listeners"] == 1
    site.reload()
    while not got.endswith(b"\r\n0\r\n\r\n"):
        piece = peer.recv(65536)
        assert piece, got
        got += piece
    peer.close()


# upload


def chunked(*pieces):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def stored(site):
    return sorted(path.name for path in site.uploads.iterdir())


def test_an_upload_becomes_a_file_in_chunks_or_not_and_never_twice(site):
    body = os.urandom(3 << 20)
    pieces = [body[i : i + 100003] for i in range(0, len(body), 100003)]
    client = site.connect()
    head = request("PUT", "/upload/files/a%20b.bin", "Transfer-Encoding: chunked")
    client.send_in_background([head, chunked(*pieces)])
    answer = client.read()
    assert (answer.status, answer.body) == (201, b"%d bytes\n" % len(body))
    assert (site.uploads / "a b.bin").read_bytes() == body
    assert client.post("/upload/files/a%20b.bin", b"other", method="PUT").status == 409
    assert client.post("/upload/files/empty", b"", method="PUT").status == 201
    wait_until(lambda: stored(site) == ["a b.bin", "empty"], lambda: f"nothing else: {stored(site)}")
    assert (site.uploads / "a b.bin").read_bytes() == body
    site.expect_log("EEXIST")


@pytest.mark.parametrize("name", [".hidden", "..%2fx", "%2e%2e", "%00", "%zz", "x" * 201])
def test_an_upload_with_no_name_for_a_file_is_refused(site, name):
    assert site.connect().post(f"/upload/files/{name}", b"x", method="PUT").status == 400
    assert stored(site) == []


def test_an_upload_that_is_broken_off_leaves_nothing(site):
    site.expect_log(r"half was broken off: ")
    client = site.connect()
    client.send(request("PUT", "/upload/files/half", "Content-Length: 1000000") + b"x" * 100000)
    wait_until(lambda: len(stored(site)) == 1, "its beginning to be there")
    client.reset()
    wait_until(lambda: stored(site) == [], "nothing of it to be left")


def test_an_upload_to_a_folder_that_is_gone_says_so(site):
    site.expect_log(r"no such file|ENOENT")
    site.uploads.rmdir()
    assert site.connect().post("/upload/files/x", b"x", method="PUT").status == 500
    site.uploads.mkdir()


# proxy


@pytest.fixture
def proxy(daemons, programs):
    """A daemon that asks another: (proxy, server)."""
    server, one = daemons(), daemons()
    server.conf(modules={"hello": {"path": "hello.so"}, "echo": {"path": "echo.so"}},
                routes={"/hello": "hello", "/echo": {"module": "echo", "max_body": "0"}})
    server.start()
    one.conf(
        workers=2,
        modules={"proxy": {"path": "js.so", "script": str(EXAMPLES / "proxy.js")}},
        routes={"/*": {"module": "proxy", "max_body": "0"}},
    )
    one.expect_log(SLOW)
    one.start(PROXY_TO=f"http://127.0.0.1:{server.port}")
    return one, server


def test_a_proxy_passes_answers_and_bodies_on(proxy):
    one, server = proxy
    with one.connect() as client:
        assert client.get("/hello").body == server.get("/hello").body
        assert client.get("/nothing").status == 404
        assert client.get("/hello", method="HEAD").get("Content-Length") == "12"
        body = os.urandom(2 << 20)
        pieces = [body[i : i + 65536] for i in range(0, len(body), 65536)]
        client.send_in_background([request("POST", "/echo", "Transfer-Encoding: chunked"), chunked(*pieces)])
        assert client.read().body == body
        assert client.post("/echo", b"short").body == b"short"


def test_a_proxy_whose_server_is_gone_answers_502_and_then_again_as_it_is_back(proxy):
    one, server = proxy
    assert one.get("/hello").status == 200
    server.signal(signal.SIGTERM)
    assert server.wait_exit() == 0
    answer = one.get("/hello")
    assert (answer.status, b"ECONNREFUSED" in answer.body) == (502, True)
    server.start()
    assert one.get("/hello").status == 200


def test_a_proxy_keeps_what_is_of_one_connection_and_cuts_half_answers_off(daemons, serve):
    asked = []

    def script(peer, n):
        asked.append(peer.head())
        if n == 1:
            peer.sock.sendall(
                b"HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nConnection: x-secret, close\r\nX-Secret: 1\r\n"
                b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok"
            )
        else:
            peer.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    target = serve(script)
    one = daemons()
    script = {"path": "js.so", "script": str(EXAMPLES / "proxy.js")}
    one.conf(workers=1, modules={"proxy": script}, routes={"/*": "proxy"})
    one.expect_log(SLOW)
    one.start(PROXY_TO=target.url)
    answer = one.connect().get("/x", "Connection: x-mine", "X-Mine: 1", "X-Other: 2", "TE: trailers")
    assert (answer.status, answer.reason, answer.body) == (200, "Fine", b"ok")
    assert answer.all("Set-Cookie") == ["a=1", "b=2"] and answer.get("X-Secret") is None
    head = asked[0].lower()
    assert b"x-other: 2\r\n" in head and b"x-forwarded-for: 127.0.0.1\r\n" in head
    assert b"x-mine" not in head and b"te: " not in head
    client = one.connect()
    with pytest.raises(Closed):  # where the rest of the answer should be
        client.get("/half")


# their pages in a browser ----------------------------------------------------------------

NO_SERVER = "ERR_(CONNECTION|INCOMPLETE|EMPTY)"
needs_chromium = pytest.mark.skipif(not chromium.PROGRAM, reason="no chromium on this machine (Debian: chromium)")


def reload_pages(site, waiting):
    """Until the old workers are gone: what one of them is told the new ones do not hear."""
    site.reload()
    wait_until(
        lambda: {worker["state"] for worker in site.workers()} == {"ACCEPTING"}
        and sum(worker["parked"] for worker in site.workers()) == waiting,
        lambda: f"{waiting} pages to wait in new workers: {site.workers()}",
    )


def say(page, name, text):
    page.js("document.getElementById('name').value = ''; document.getElementById('name').focus(); 1")
    page.type(name)
    page.tab()
    page.type(text)
    page.enter()
    page.wait("document.getElementById('text').value === ''")  # it has been sent


@needs_chromium
@pytest.mark.once
def test_two_people_chat_across_a_reload_and_see_text_as_text(site, window):
    anna, ben = window(f"{site.url}/chat/"), window(f"{site.url}/chat/")
    say(anna, "Anna", "Hello Ben")
    ben.wait("document.getElementById('log').textContent.includes('Anna Hello Ben')")
    say(ben, "Ben", "Hello <b>Anna</b>")
    anna.wait("document.getElementById('log').textContent.includes('Ben Hello <b>Anna</b>')")
    assert anna.js("document.querySelectorAll('#log li').length") == 2
    reload_pages(site, 2)
    say(anna, "Anna", "still here")
    ben.wait("document.getElementById('log').textContent.includes('still here')")
    assert set(url.partition("?")[0].rpartition("/")[2] for url in ben.asked) == {"", "chat.js", "page.css", "messages"}


@needs_chromium
@pytest.mark.once
def test_a_page_shows_the_server_s_time_stops_and_comes_back(site, window):
    page = window(f"{site.url}/ticks/", expected=NO_SERVER)
    page.wait("+document.getElementById('beats').textContent >= 2")
    assert re.fullmatch(r"\d\d:\d\d:\d\d", page.text("#time"))
    page.js("document.getElementById('turn').focus(); 1")
    page.enter()
    page.wait("document.getElementById('said').textContent === 'Stopped.'")
    wait_until(lambda: sum(worker["parked"] for worker in site.workers()) == 0, "its stream to be gone")
    page.enter()
    before = int(page.text("#beats"))
    page.wait(f"+document.getElementById('beats').textContent > {before}")
    site.reload()
    before = int(page.text("#beats"))
    page.wait(f"+document.getElementById('beats').textContent > {before + 1}")


@needs_chromium
@pytest.mark.once
def test_files_are_uploaded_from_a_page(site, window, tmp_path):
    page = window(f"{site.url}/upload/", expected="409")
    files = [tmp_path / "one.bin", tmp_path / "zwei ü.txt"]
    files[0].write_bytes(os.urandom(1 << 20))
    files[1].write_text("two")
    document = page.call("DOM.getDocument")["root"]["nodeId"]
    node = page.call("DOM.querySelector", nodeId=document, selector="#files")["nodeId"]
    for said in ("All is there.", "2 of 2 failed."):
        page.call("DOM.setFileInputFiles", nodeId=node, files=[str(file) for file in files])
        page.js("document.getElementById('send').click(); 1")
        page.wait(f"document.getElementById('said').textContent === '{said}'")
    wait_until(lambda: stored(site) == ["one.bin", "zwei ü.txt"], lambda: f"both, and nothing else: {stored(site)}")
    assert (site.uploads / "one.bin").read_bytes() == files[0].read_bytes()
    assert page.js("[...document.querySelectorAll('#log li')].map((line) => line.className)") == ["", "", "bad", "bad"]


@needs_chromium
@pytest.mark.once
@PAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_can_be_read_and_fits_a_phone(site, window, name, path, scheme):
    page = window(site.url + path, expected=NO_SERVER, width=360, height=740, scheme=scheme)
    assert page.js(chromium.CONTRAST) == []
    assert page.js("document.documentElement.scrollWidth") <= 360
    assert page.js("document.documentElement.lang") == "en"
    for node in page.call("Accessibility.getFullAXTree")["nodes"]:
        if node.get("role", {}).get("value") in ("button", "textbox", "link"):
            assert node["name"]["value"], node
    if os.environ.get("EDDY_SCREENSHOTS"):
        page.screenshot(os.path.join(os.environ["EDDY_SCREENSHOTS"], f"js-{name}-{scheme}.png"))
