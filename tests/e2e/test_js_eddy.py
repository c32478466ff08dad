"""
What a script has of eddy that Node has no name for: require("eddy"), and the option `script`.
"""
import os
import re
import shutil
from pathlib import Path

import pytest

from harness.client import request
from harness.wait import wait_until

pytestmark = pytest.mark.usefixtures("engine")

SCRIPT = Path(__file__).resolve().parent / "scripts/eddy.js"


@pytest.fixture
def app(daemon):
    daemon.conf(
        workers=2,
        modules={"app": {"path": "js.so", "script": str(SCRIPT)}, "poll": {"path": "poll.so"}},
        routes={"/*": "app", "/poll/:room": "poll"},
    )
    daemon.expect_log(r"\(app\): |is blocked for")
    return daemon.start()


def lines(daemon):
    return re.findall(r"^<\d>worker \d+ \(app\): (.*)$", daemon.log(), re.M)


def test_a_message_reaches_all_workers_as_it_was(app):
    assert app.get("/send").body == b"true"
    for worker in (0, 1):
        said = app.wait_log(rf"worker {worker} heard (.*)$")[1]
        assert re.fullmatch(r'{"from":[01],"text":"für alle","list":\[1,null\]}', said)
    wait_until(lambda: lines(app).count("the next hears it, too") == 2, "those behind one that throws")
    app.wait_log(r"Uncaught Error: of one listener")
    app.get("/send")
    wait_until(lambda: lines(app).count("the next hears it, too") == 4, "the second")
    assert lines(app).count("once für alle") == 2


def test_another_modules_messages_are_heard_as_bytes(app):
    assert app.connect().post("/poll/tea", b"Hello").status == 204
    wait_until(lambda: lines(app).count("a module's bytes: true true") == 2, "it in both workers")


def test_what_cannot_be_sent_says_why(app):
    assert app.get("/failures").body.decode().split("\n") == [
        "Error ETOOBIG: send: the message is 70002 bytes of JSON, and 65000 are the most, its topic included",
        'TypeError ERR_INVALID_ARG_TYPE: The "message" argument must be of a type that JSON has. Received undefined',
        "TypeError ERR_INVALID_ARG_VALUE: The argument 'topic' must be a non-empty string without null bytes. Received ''",
        'TypeError ERR_INVALID_ARG_TYPE: The "topic" argument must be of type string. Received type number (7)',
        'TypeError ERR_INVALID_ARG_TYPE: The "listener" argument must be of type function. Received undefined',
        "TypeError ERR_INVALID_ARG_TYPE: The \"listener\" argument must be of type function. Received type string ('x')",
        "Error ERR_UNKNOWN_BUILTIN_MODULE: No such built-in module: node:eddy",
    ]


def test_a_script_is_told_that_its_worker_leaves(app):
    peers = [app.connect() for _ in range(4)]
    for peer in peers:
        peer.send(request("GET", "/park"))
    wait_until(lambda: sum(worker["parked"] for worker in app.workers()) == 4, "all to be parked")
    app.reload()
    for peer in peers:
        assert peer.read().body == b"the worker leaves\n"
    wait_until(lambda: lines(app).count("added late") == 2, "what is added late")


def test_a_relative_script_starts_at_the_conf_wherever_eddyd_was_started(daemon):
    os.mkdir(f"{daemon.folder}/app")
    shutil.copy(SCRIPT, f"{daemon.folder}/app/main.js")
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": "./app/main.js"}}, routes={"/*": "app"})
    daemon.expect_log(r"\(app\): ")
    daemon.start(popen={"cwd": "/"})
    assert daemon.get("/send").body == b"true"
