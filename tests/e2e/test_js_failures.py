"""
What goes wrong in a script: it is told with file, line and column, it harms nobody else, and what cannot be loaded does
not take the place of what serves.
"""
import os
import re
import signal
from pathlib import Path

import pytest

from harness.client import Closed, request
from harness.daemon import run
from harness.wait import SCALE, wait_until

pytestmark = pytest.mark.usefixtures("engine")

SCRIPT = Path(__file__).resolve().parent / "scripts/failures.js"
PATIENCE = 90  # seconds: what waits for a processor is not called blocked, on a busy machine


@pytest.fixture
def app(daemon):
    return started(daemon)


def started(daemon, workers=1, extra="", **options):
    daemon.conf(
        workers=workers,
        extra=extra,
        modules={"app": {"path": "js.so", "script": str(SCRIPT), **options}},
        routes={"/*": "app"} | {path: "app" for path in ("/allocate", "/spin")},
    )
    daemon.expect_log(r"\(app\): |is blocked for")  # the engine may wait for its threads, and they for a processor
    return daemon.start()


def place(text):
    """The line and column of a text in the script, as a frame of a stack has it."""
    before = SCRIPT.read_text().partition(text)[0]
    return rf"failures\.js:{before.count(chr(10)) + 1}:\d+"


# loading


def refused(programs, folder, script="main.js", text=None):
    """What eddyd says that cannot load the script, in one line; and all that it says."""
    if text is not None:
        (folder / "main.js").write_text(text)
    (folder / "eddy.conf").write_text(
        f'workers = 1\ncontrol = "{folder}/c.sock"\nlisten "unix:{folder}/web.sock" {{ }}\n'
        f'module "app" {{ path = "js.so" options {{ script = "{script}" }} }}\nroute "/" {{ module = "app" }}\n'
    )
    done = run(*programs.eddyd_command("-c", str(folder / "eddy.conf")), seconds=30)
    assert done.returncode == 78, done.stderr
    return re.search(r'module "app": load failed: (.*)$', done.stderr, re.M)[1], done.stderr


@pytest.mark.parametrize(
    "text, at",
    [
        ("const a = 1;\nlet b = ;\n", "2:9: SyntaxError: Unexpected token ';'"),
        ("const x = 1, y = { a: 1 b: 2 };\n", "1:25: SyntaxError: Unexpected identifier 'b'"),
        ("function f() {\n\treturn 1;\n}\n\t}\nf();\n", "4:2: SyntaxError: Unexpected token '}'"),
        ("function a() {\n\tif (x) {\n\n}\n", "5:1: SyntaxError: Unexpected end of script"),
        ("\n\nthrow new Error('while loading');\n", "3:16: Error: while loading"),
        ("#!/usr/bin/env node\n  nowhere();\n", "2:10: ReferenceError: Can't find variable: nowhere"),
        (
            "async function main() {\n\tawait null;\n\tthrow new TypeError('late');\n}\nmain();\n",
            "3:21: TypeError: late",
        ),
        ("Promise.reject(new Error('nobody'));\n", "1:25: Error: nobody"),
        ("process.nextTick(() => {\n\tnull.x;\n});\n", "2:6: TypeError: null is not an object"),
        ("require('net').createServer(7);\n", "1:28: TypeError [ERR_INVALID_ARG_TYPE]: The \"options\" argument"),
    ],
)
def test_a_slip_is_told_with_its_line_and_column(programs, tmp_path, text, at):
    said, _ = refused(programs, tmp_path, text=text)
    assert said.startswith(f"{tmp_path}/main.js:{at}"), said


def test_a_slip_in_a_required_file_is_told_there_and_so_is_who_requires_it(programs, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/index.js").write_text("exports.one = 1;\n\nfunction two() {\n\tnull.x;\n}\ntwo();\n")
    said, log = refused(programs, tmp_path, text="// first\nrequire('./lib');\n")
    assert said.startswith(f"{tmp_path}/lib/index.js:4:6: TypeError: ")
    assert re.search(rf"at two \({tmp_path}/lib/index.js:4:6\)\n.*at {tmp_path}/lib/index.js:6:4\n", log)
    assert re.search(rf"at {tmp_path}/main.js:2:8$", log, re.M)
    (tmp_path / "lib/index.js").write_text("let a;\n  if if\n")
    said, _ = refused(programs, tmp_path)
    assert said.startswith(f"{tmp_path}/lib/index.js:2:6: SyntaxError: Unexpected keyword 'if'")


@pytest.mark.parametrize(
    "text, at",
    [
        ('{ "a": [1, 2],\n  "b": tru }\n', "2:8"),
        ('{ "a": 1, }\n', "1:11"),
        ('{ "a": 1 "b": 2 }\n', "1:10"),
        ("[1, 2\n", "2:1"),
        ('["a\nb"]', "1:2"),
        ("[1] 2", "1:5"),
        ("", "1:1"),
        ('[1, -2.5e+3, "\\u00e9", null, {}, []]]', "1:37"),
    ],
)
def test_a_file_that_is_no_json_is_told_with_its_line_and_column(programs, tmp_path, text, at):
    (tmp_path / "data.json").write_text(text)
    said, _ = refused(programs, tmp_path, text="require('./data');\n")
    assert said.startswith(f"{tmp_path}/data.json:{at}: SyntaxError: {tmp_path}/data.json: "), said


def test_a_script_that_is_not_there_or_cannot_be_read_says_so(programs, tmp_path):
    said, _ = refused(programs, tmp_path, "app.js")
    assert said == f"Error: {tmp_path}/app.js cannot be read: No such file or directory"
    (tmp_path / "empty").mkdir()
    said, _ = refused(programs, tmp_path, "./empty")
    assert said == f"Error: {tmp_path}/empty cannot be read: Is a directory"
    said, _ = refused(programs, tmp_path, text="require('./nothing');\n")
    assert said.startswith(f"{tmp_path}/main.js:1:8: Error [MODULE_NOT_FOUND]: Cannot find module './nothing'")
    if os.geteuid() != 0:
        (tmp_path / "main.js").chmod(0)
        said, _ = refused(programs, tmp_path)
        assert said == f"Error: {tmp_path}/main.js cannot be read: Permission denied"


def test_what_is_no_regular_file_is_refused_at_once(programs, tmp_path):
    fifo = tmp_path / "fifo.js"
    os.mkfifo(fifo)
    said, _ = refused(programs, tmp_path, "fifo.js")
    assert said == f"Error: {fifo} cannot be read: it is no regular file"
    said, _ = refused(programs, tmp_path, "/dev/null")
    assert said == "Error: /dev/null cannot be read: it is no regular file"
    said, _ = refused(programs, tmp_path, text="require('./fifo.js');\n")
    assert said.startswith(f"{tmp_path}/main.js:1:8: Error [MODULE_NOT_FOUND]: Cannot find module './fifo.js'")
    for call in (f"readFileSync('{fifo}')", f"writeFileSync('{fifo}', '')", f"openSync('{fifo}', 'r+')"):
        said, _ = refused(programs, tmp_path, text=f"require('fs').{call};\n")
        assert re.search(rf"main.js:1:\d+: Error: ENXIO: .*, open '{fifo}': a FIFO is not opened at once", said), said


def test_a_script_that_exits_while_it_is_loaded_is_refused(programs, tmp_path):
    text = "process.stdout.write('its last words');\nprocess.on('exit', (n) => console.error('exit', n));\nprocess.exit(3);\n"
    said, log = refused(programs, tmp_path, text=text)
    assert said == f"{tmp_path}/main.js:3:13: Error: the script has called process.exit(3) while it was loaded"
    assert "(app): exit 3\n" in log
    assert "(app): its last words\n" in log


def test_thrown_things_that_are_no_errors_are_shown(programs, tmp_path):
    for text, shown in (("throw { code: 7 };\n", "{ code: 7 }"), ("throw undefined;\n", "undefined")):
        said, _ = refused(programs, tmp_path, text=text)
        assert said == f"{tmp_path}/main.js: the script threw {shown}, which is no Error and so has no line"
    (tmp_path / "lib.js").write_text("throw 'a text';\n")
    said, _ = refused(programs, tmp_path, text="require('./lib');\n")
    assert said == f"{tmp_path}/lib.js: the script threw 'a text', which is no Error and so has no line"


def test_what_a_listener_handles_while_loading_refuses_nothing(daemon, tmp_path):
    (tmp_path / "main.js").write_text(
        "process.on('unhandledRejection', (reason) => console.log('handled', reason));\nPromise.reject(1);\n"
        "module.exports = (req, res) => res.end('fine');\n"
    )
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": f"{tmp_path}/main.js"}}, routes={"/": "app"})
    daemon.start()
    daemon.wait_log(r"\(app\): handled 1$")
    assert daemon.get("/").body == b"fine"


@pytest.mark.parametrize("slip", ["}", "null.x;", "require('./none');", "(async () => { throw new Error('x'); })();"])
def test_a_reload_that_cannot_load_a_script_keeps_what_serves(daemon, tmp_path, slip):
    script = tmp_path / "app.js"
    script.write_text("module.exports = (req, res) => res.end('first');\n")
    daemon.conf(workers=2, modules={"app": {"path": "js.so", "script": str(script)}}, routes={"/": "app"})
    daemon.expect_log(r"reload failed: generation 1 goes on serving|app\.js:2:\d+: |\(app\): ")
    daemon.start()
    before = daemon.pids()
    script.write_text(f"module.exports = (req, res) => res.end('second');\n{slip}\n")
    done = daemon.ctl("reload")
    assert done.returncode == 78
    assert re.search(rf"{script}:2:\d+: ", done.stdout + done.stderr)
    daemon.wait_log(rf"{script}:2:\d+: ")
    assert daemon.get("/").body == b"first"
    assert daemon.pids() == before
    script.write_text("module.exports = (req, res) => res.end('third');\n")
    daemon.signal(signal.SIGHUP)
    wait_until(lambda: daemon.get("/").body == b"third", "the file as it is now")


# throwing


def test_a_throw_in_a_handler_is_answered_500_and_logged_with_the_scripts_own_stack(app):
    assert app.get("/throw").status == 500
    line = app.wait_log(rf"Uncaught TypeError: in a handler\n.* at handlerThatThrows \(.*{place('new TypeError')}\)")
    assert app.get("/hello").body == b"Hello World\n"
    stack = app.log()[line.end() :]
    assert "node:" not in stack


def test_a_throw_behind_the_head_breaks_off_that_answer_alone(app):
    other = app.connect()
    other.send(request("GET", "/slow"))
    peer = app.connect()
    peer.send(request("GET", "/behind"))
    app.wait_log(r"Uncaught Error: behind the head")
    with pytest.raises(Closed):
        peer.read()
    assert other.read().body == b"slow\n"


@pytest.mark.parametrize(
    "path, said",
    [
        ("/body-data", r"Uncaught Error: in a body's data"),
        ("/body-end", r"Uncaught Error: in a body's end"),
        ("/body-transform", r"Uncaught Error: in a transform"),
        ("/body-read", r"Uncaught Error: in a read"),
    ],
)
def test_a_throw_behind_an_event_of_a_body_is_answered_500(app, path, said):
    peer = app.connect()
    peer.send(request("POST", path, "Content-Length: 3") + b"abc")
    assert peer.read().status == 500
    app.wait_log(said)
    assert app.get("/hello").body == b"Hello World\n"


def test_a_throw_in_a_listener_of_a_request_breaks_off_a_begun_answer(app):
    peer = app.connect()
    peer.send(request("POST", "/body-end-begun", "Content-Length: 3") + b"abc")
    app.wait_log(r"Uncaught Error: in a body's end")
    assert b"begun" in peer.read_once()
    with pytest.raises(Closed):
        peer.read()


def test_a_request_whose_end_throws_as_well_keeps_no_tick_back(app):
    peer = app.connect()
    peer.send(request("POST", "/body-end-own", "Content-Length: 3") + b"abc")
    app.wait_log(r"Uncaught Error: in a body's end\n(.*\n)*.*Uncaught Error: in its own end\n(.*\n)*.*the tick behind it$")
    assert app.get("/hello").body == b"Hello World\n"


def test_what_a_script_catches_of_a_listener_of_a_request_is_its_own(app):
    assert app.get("/body-caught").body == b"caught by the script\n"


@pytest.mark.parametrize(
    "path, body, said",
    [
        ("/timer", b"another timer\n", [r"Error: in a timer\n.* at timerThatThrows \("]),
        ("/event", b"answered\n", [r"Error: in a listener\n.* at listenerThatThrows \("]),
        ("/unheard", b"answered\n", [r"Error: nobody listens\n"]),
        ("/classes", b"500\n", [r"Error: in a constructor\n"]),
        ("/connection", b"closed\n", [r"Error: in a connection's listener\n.* at connectionThatThrows \("]),
        ("/upgrade", b"closed\n", [r"Error: in an upgrade's listener\n.* at upgradeThatThrows \("]),
        ("/response", b"answered\n", [r"Error: in a response's listener\n.* at responseThatThrows \("]),
        ("/socket", b"closed\n", [r"Error: in a socket's data\n.* at dataThatThrows \("]),
        (
            "/promise",
            b"answered\n",
            [
                r"Unhandled rejection: Error: in a promise\n.* at jobThatThrows \(",
                r"Uncaught Error: in a microtask\n",
                r"Uncaught Error: in a tick\n",
            ],
        ),
        (
            "/reasons",
            b"answered\n",
            [
                r"Unhandled rejection: undefined$",
                r"Unhandled rejection: { code: 7, list: \[ 1, 2 \] }$",
                r"Unhandled rejection: 'a text'$",
            ],
        ),
    ],
)
def test_a_throw_elsewhere_is_logged_and_harms_nobody(app, path, body, said):
    (pid,) = app.pids()
    assert app.get(path).body == body
    for line in said:
        app.wait_log(line)
    assert app.get("/hello").body == b"Hello World\n"
    assert app.pids() == [pid]


@pytest.mark.parametrize(
    "path, said",
    [
        ("/refused", r"Error: end: larger than the limit"),
        ("/refused-write", r"Error: writeHead: an argument is not what the function takes"),
        ("/split-later", r"TypeError \[ERR_INVALID_CHAR\]: Invalid character in header content \[\"X\"\]"),
        ("/split-hint", r"TypeError \[ERR_INVALID_CHAR\]: Invalid character in header content \[\"Link\"\]"),
    ],
)
def test_a_head_that_cannot_be_sent_is_answered_500_and_told(app, path, said):
    app.expect_log(r"eddy_response_append_header: ")
    peer = app.connect()
    peer.send(request("GET", path))
    answer = peer.read()
    assert (answer.status, answer.interim) == (500, [])
    assert b"Evil" not in answer.head
    app.wait_log(said)


def test_what_throws_when_it_is_shown_is_told_all_the_same_and_once(app):
    assert app.get("/untold").status == 500
    for line in ("Uncaught ", "Unhandled rejection: "):
        app.wait_log(rf"{line}\(a thrown value that cannot be shown")
    assert app.get("/hello").body == b"Hello World\n"
    assert app.log().count("(a thrown value that cannot be shown") == 3
    assert "in eddy's libraries" not in app.log()


def test_a_stack_that_overflows_is_a_throw_like_any_other(app):
    assert app.get("/stack").status == 500
    said = r"Uncaught RangeError: Maximum call stack size exceeded.*"
    app.wait_log(rf"{said}\n.* at deeper \(.*{place('return deeper')}\)")
    assert app.get("/hello").body == b"Hello World\n"


# loops


@pytest.mark.parametrize(
    "path, caller", [("/spin", "handlerThatSpins"), ("/spin-timer", "timerThatSpins"), ("/spin-promise", "jobThatSpins")]
)
def test_a_loop_is_named_by_function_and_line_and_its_worker_is_replaced(daemon, path, caller):
    started(daemon, workers=2, extra=f'hang_timeout = "{int(3000 * SCALE)}ms"')
    daemon.expect_log(r"is blocked for|was killed|has not ended of SIGABRT|worker \d+ \(pid \d+\): #")
    before = daemon.pids()
    client = daemon.connect()
    client.send(request("GET", path))
    line = daemon.wait_log(r"JavaScript has run for a second without coming back to the loop, in (.*)", PATIENCE)[1]
    assert re.match(rf"spin\(\) at \S*failures\.js:\d+, called by {caller}\(\) at \S*failures\.js:\d+", line)
    at = int(re.search(r"js:(\d+)", line)[1])
    first = SCRIPT.read_text().partition("const spin")[0].count("\n") + 1
    assert first <= at <= first + 1
    assert "node:" not in line
    daemon.wait_log(r"was killed: it was blocked for longer than hang_timeout", PATIENCE)
    wait_until(lambda: len(daemon.serving() or []) == 2, "both to serve", PATIENCE)
    assert len(set(daemon.pids()) & set(before)) == 1  # the other one goes on
    assert daemon.get("/hello").body == b"Hello World\n"


def test_a_loop_while_loading_is_named_too(daemon, tmp_path):
    (tmp_path / "main.js").write_text("let n = 0;\nfunction setUp() {\n\twhile (n >= 0);\n}\nsetUp();\n")
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": f"{tmp_path}/main.js"}}, routes={"/": "app"})
    daemon.expect_log(r"\(app\): JavaScript has run|is blocked for|was killed|worker \d+ \(pid \d+\): #")
    daemon.launch()
    daemon.wait_log(rf"without coming back to the loop, in setUp\(\) at {tmp_path}/main.js:3, called by", PATIENCE)
    daemon.expected_exit = None
    daemon.kill()
    daemon.process = None


def test_a_regular_expression_that_goes_mad_comes_back(app):
    app.expect_log(r"is blocked for|goes on: it was blocked|worker \d+ \(pid \d+\): #")
    assert app.get("/regex").body == b"false"
    assert app.get("/hello").body == b"Hello World\n"


# memory


def test_a_loop_that_allocates_ends_its_worker_with_the_place_and_no_other(daemon):
    started(daemon, workers=2, memory="300m")
    daemon.expect_log(r"exited with code 70|is blocked for|worker \d+ \(pid \d+\): #")
    before = daemon.pids()
    client = daemon.connect()
    client.send(request("GET", "/allocate"))
    daemon.wait_log(
        r"<3>worker \d \(app\): the worker has \d+ MB of memory, and the module's option memory allows 300 MB: "
        rf"this worker ends, in allocator\(\) at .*failures\.js:\d+",
        PATIENCE,
    )
    wait_until(lambda: len(daemon.serving() or []) == 2 and daemon.pids() != before, "another worker", PATIENCE)
    assert len(set(daemon.pids()) & set(before)) == 1
    assert daemon.get("/hello").body == b"Hello World\n"


def test_a_worker_that_has_grown_drains_and_loses_no_request(daemon):
    started(daemon, memory="250m")
    (before,) = daemon.pids()
    for _ in range(9):
        assert daemon.get("/leak").body == b"%d\n" % before
    daemon.wait_log(
        r"<3>worker 0 \(app\): the worker has \d+ MB of memory, and the module's option memory allows 250 MB: "
        r"another takes its place, and this worker drains$"
    )
    wait_until(lambda: daemon.serving() and before not in daemon.pids(), "another worker", PATIENCE)
    assert daemon.get("/hello").body == b"Hello World\n"
    assert "drains unasked" not in daemon.log()


def test_a_worker_that_has_grown_goes_on_when_the_script_cannot_be_loaded_any_more(daemon, tmp_path):
    script = tmp_path / "app.js"
    script.write_text(
        "const kept = [];\nmodule.exports = (req, res) => {\n\tif (req.url === '/leak')\n\t\tkept.push(Buffer.alloc(20e6, 1));\n"
        "\tres.end('fine');\n};\n"
    )
    os.chmod(tmp_path, 0o755)
    module = {"path": "js.so", "script": str(script), "memory": "200m"}
    daemon.conf(workers=1, modules={"app": module}, routes={"/*": "app"})
    daemon.expect_log(r"\(app\): the worker has|goes on: the next one refuses to run|app\.js:1:\d+: |has drained")
    daemon.start()
    (before,) = daemon.pids()
    script.write_text("half a script(\n")
    for _ in range(9):
        assert daemon.get("/leak").body == b"fine"
    daemon.wait_log(rf"worker 0 \(pid {before}\) goes on: the next one refuses to run: .*app\.js:1:\d+: SyntaxError", PATIENCE)
    assert daemon.get("/").body == b"fine"
    assert daemon.pids() == [before]


def test_a_script_that_uses_memory_up_again_and_again_gets_its_route_quarantined(daemon):
    started(daemon, memory="200m")
    daemon.expect_log(r"exited with code 70|is blocked for|quarantine|has killed its worker 3 times|worker \d+ \(pid \d+\): #|goes on")
    for _ in range(3):
        wait_until(lambda: daemon.serving(), "a worker", PATIENCE)
        before = daemon.pids()
        daemon.connect().send(request("GET", "/allocate"))
        wait_until(lambda: daemon.pids() and daemon.pids() != before, "the next", PATIENCE)
    wait_until(lambda: daemon.serving(), "a worker", PATIENCE)
    answer = daemon.get("/allocate")
    assert (answer.status, answer.get("Retry-After") is not None) == (503, True)
    assert daemon.get("/hello").body == b"Hello World\n"


@pytest.mark.parametrize("path", ["/buffers", "/text", "/grow"])
def test_no_worker_has_more_than_twice_its_memory(daemon, path):
    started(daemon, memory="150m")
    daemon.expect_log(r"exited with code 70|is blocked for|drains unasked")
    (before,) = daemon.pids()
    client = daemon.connect()
    client.send(request("GET", path))
    had = daemon.wait_log(
        r"<3>worker 0 \(app\): the worker has (\d+) MB of memory, more than twice what the module's option memory allows, "
        r"150 MB: this worker ends at once$",
        PATIENCE,
    )[1]
    assert int(had) >= 300
    wait_until(lambda: daemon.serving() and daemon.pids() != [before], "another worker", PATIENCE)
    assert daemon.get("/hello").body == b"Hello World\n"


def test_a_memory_that_the_loaded_script_is_beyond_is_refused(programs, tmp_path):
    (tmp_path / "main.js").write_text("const kept = Buffer.alloc(60e6, 1);\nmodule.exports = () => kept;\n")
    conf = tmp_path / "eddy.conf"
    conf.write_text(
        f'workers = 1 control = "{tmp_path}/c.sock"\nlisten "unix:{tmp_path}/web.sock" {{ }}\n'
        f'module "app" {{ path = "js.so" options {{ script = "main.js" memory = "80M" }} }}\n'
        'route "/" { module = "app" }\n'
    )
    done = run(*programs.eddyd_command("-c", str(conf)), seconds=30)
    assert done.returncode == 78
    said = re.search(r"has (\d+) MB of memory with the script loaded, and the module's option memory allows 80 MB", done.stderr)
    assert said and int(said[1]) > 80, done.stderr


def test_ticks_that_queue_ticks_keep_nothing_of_what_has_run(daemon, tmp_path):
    (tmp_path / "main.js").write_text(
        "let left = 600;\nfunction next() {\n\tconst bytes = Buffer.alloc(1e6, 1);\n"
        "\tif (left-- > 0)\n\t\tprocess.nextTick(() => next(bytes.length));\n}\n"
        "module.exports = (req, res) => {\n\tnext();\n\tprocess.nextTick(() => res.end('fine'));\n};\n"
    )
    options = {"path": "js.so", "script": f"{tmp_path}/main.js", "memory": "250m"}
    daemon.conf(workers=1, modules={"app": options}, routes={"/": "app"})
    daemon.start()
    (before,) = daemon.pids()
    assert daemon.get("/").body == b"fine"
    assert daemon.get("/").body == b"fine"
    assert daemon.pids() == [before]


@pytest.mark.parametrize("size", ["", "much", "-1", "1t", "512mb", "99999999999g"])
def test_a_memory_that_is_none_is_refused(programs, tmp_path, size):
    (tmp_path / "main.js").write_text("")
    (tmp_path / "eddy.conf").write_text(
        f'control = "{tmp_path}/c.sock"\nlisten "unix:{tmp_path}/web.sock" {{ }}\n'
        f'module "app" {{ path = "js.so" options {{ script = "main.js" memory = "{size}" }} }}\n'
    )
    done = run(*programs.eddyd_command("-c", str(tmp_path / "eddy.conf")), seconds=30)
    assert done.returncode == 78
    assert f'bad memory "{size}": a size is a number of bytes, or of k, m or g, such as "512m"' in done.stderr


# signals and the end


def test_process_exit_drains_the_worker_and_loses_no_request(app):
    (before,) = app.pids()
    app.expect_log(r"drains unasked")
    other = app.connect()
    other.send(request("GET", "/slow"))
    wait_until(lambda: app.workers()[0]["parked"] == 1, "a request under way")
    assert app.get("/exit").body == b"bye\n"
    assert other.read().body == b"slow\n"
    wait_until(lambda: app.serving() and app.pids() != [before], "another worker", PATIENCE)
    assert app.get("/hello").body == b"Hello World\n"


def test_a_script_hears_the_signals_that_the_daemon_gets(app):
    app.signal(signal.SIGINT)
    app.wait_log(r"\(app\): got SIGINT 2$")
    assert app.wait_exit() == 0
