"""
The module js: scripts of tests/js print the same under eddy as under node, and what goes wrong in a script is
told and harms nobody else.
"""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.daemon import run
from harness.wait import wait_until

pytestmark = pytest.mark.usefixtures("engine")

TOP = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((TOP / "tests/js").glob("*.js"))
APP = Path(__file__).resolve().parent / "scripts/app.js"


def printed(log, name):
    """What a script has printed, without what the log puts before each line, and what eddy says of a slow machine."""
    lines = re.findall(rf"^<\d>worker \d+ \({name}\): (.*)$", log, re.M)
    return [line for line in lines if not line.startswith("JavaScript has run for a second")]


def ended(lines):
    return any(re.search(r"\bdone", line) for line in lines)


@pytest.mark.skipif(not shutil.which("node"), reason="no node to compare with")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_prints_what_it_prints_under_node(daemon, script):
    wanted = subprocess.run(
        ["node", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=script.parent, timeout=30, check=True
    )
    name = script.stem
    daemon.expect_log(rf"\({name}\): |cannot listen on \"")
    daemon.conf(workers=1, modules={name: {"path": "js.so", "script": str(script)}}, listens={}, routes={})
    daemon.launch("-c", daemon.conf_path, popen={"cwd": str(script.parent)})
    daemon.wait_ready()
    wait_until(lambda: ended(printed(daemon.log(), name)), lambda: f"its last line:\n{daemon.log()}", seconds=10)
    wanted = wanted.stdout.decode().rstrip("\n").split("\n")
    wait_until(lambda: len(printed(daemon.log(), name)) >= len(wanted), "all that follows", seconds=5)
    assert printed(daemon.log(), name) == wanted


@pytest.fixture
def app(daemon):
    daemon.conf(
        workers=1, modules={"app": {"path": "js.so", "script": str(APP), "memory": "400m"}}, routes={"/*": "app"}
    )
    daemon.expect_log(r"\(app\): ")
    daemon.start()
    return daemon


def test_a_throw_in_a_handler_answers_500_and_logs_the_stack(app):
    assert app.get("/throw").status == 500
    app.wait_log(r"Uncaught TypeError: thrown on purpose")
    app.wait_log(r"    at .*app\.js:\d+:\d+")
    assert app.get("/hello").body == b"Hello World\n"


def test_an_async_handler_that_rejects_answers_500(app):
    assert app.get("/reject").status == 500
    app.wait_log(r"Uncaught Error: rejected on purpose")


def test_a_rejection_that_nobody_handles_is_logged_with_its_stack(app):
    assert app.get("/nobody").body == b"ok\n"
    app.wait_log(r"Unhandled rejection: RangeError: nobody handles this")


def test_a_loop_is_named_by_function_and_line(app):
    peer = app.connect()
    peer.send(b"GET /loop HTTP/1.1\r\nHost: x\r\n\r\n")
    app.wait_log(r"has run for a second without coming back to the loop, in spin\(\) at .*app\.js:\d+")
    app.expect_log(r"is blocked for|goes on: it was blocked")
    peer.close()


def test_a_worker_whose_memory_is_used_up_says_so_and_is_replaced(app):
    before = app.pids()
    peer = app.connect()
    peer.send(b"GET /memory HTTP/1.1\r\nHost: x\r\n\r\n")
    app.wait_log(r"the module's option memory allows 400 MB: this worker ends, in ", seconds=20)
    app.expect_log(r"exited with code 70|is blocked for|goes on: it was blocked")
    peer.close()
    wait_until(lambda: app.serving() and app.pids() != before, "another worker", seconds=10)
    assert app.get("/hello").status == 200


def test_process_exit_drains_the_worker(app):
    before = app.pids()
    assert app.get("/exit").body == b"bye\n"
    wait_until(lambda: app.serving() and app.pids() != before, "another worker", seconds=10)
    assert app.get("/hello").status == 200
    app.expect_log(r"drains unasked")


def test_a_file_cannot_be_required_by_a_worker_that_serves(app):
    code, said = app.get("/require").body.split(b" ", 1)
    assert code == b"ERR_WORKER_SERVES"
    assert re.search(rb"^Cannot find module './not-loaded-yet': /.*/scripts/not-loaded-yet cannot be read now", said)


def test_a_file_that_was_not_there_when_the_script_loaded_is_not_found(app):
    assert app.get("/maybe").body == b"MODULE_NOT_FOUND"


@pytest.mark.parametrize(
    "text, said",
    [
        ("const a = 1;\nlet b = ;\n", r"bad\.js:2:\d+: SyntaxError: "),
        ("\n\nthrow new Error('while loading');\n", r"bad\.js:3:16: Error: while loading"),
        ("\nfetch('http://x');\n", r"bad\.js:2:\d+: ReferenceError: .*: fetch \(.* not offer: .* http\.request\)"),
        ("require('vm');\n", r"bad\.js:1:\d+: Error \[MODULE_NOT_FOUND\]: .* that eddy does not offer"),
    ],
)
def test_a_script_that_fails_refuses_the_load_with_its_place(programs, tmp_path, text, said):
    (tmp_path / "bad.js").write_text(text)
    conf = tmp_path / "bad.conf"
    conf.write_text(
        f'control = "{tmp_path}/c.sock"\nlisten "unix:{tmp_path}/web.sock" {{ }}\n'
        f'module "bad" {{ path = "js.so" options {{ script = "{tmp_path}/bad.js" }} }}\nroute "/" {{ module = "bad" }}\n'
    )
    done = run(*programs.eddyd_command("-c", str(conf)), seconds=30)
    assert done.returncode == 78, done.stderr
    assert re.search(said, done.stderr), done.stderr


def test_a_reload_with_a_broken_script_keeps_the_old_generation(daemon, tmp_path):
    script = tmp_path / "app.js"
    script.write_text("module.exports = (req, res) => res.end('first');\n")
    os.chmod(tmp_path, 0o755)
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": str(script)}}, routes={"/": "app"})
    daemon.start()
    script.write_text("module.exports = (req, res) => res.end('second')\n}\n")
    daemon.expect_log(r"reload failed: generation 1 goes on serving")
    daemon.expect_log(r"app\.js:2:\d+: SyntaxError")
    done = daemon.ctl("reload")
    assert done.returncode != 0
    assert re.search(r"app\.js:2:\d+: SyntaxError", done.stderr + done.stdout)
    assert daemon.get("/").body == b"first"
    script.write_text("module.exports = (req, res) => res.end('second');\n")
    assert daemon.ctl("reload").returncode == 0
    wait_until(lambda: daemon.get("/").body == b"second", "the new script")
