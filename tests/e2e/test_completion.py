"""What bash completes for eddyctl and eddyd, as it is installed."""
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import threading

import pytest

from harness.client import request
from harness.daemon import environment, run
from harness.wait import wait_until

LOADER = "/usr/share/bash-completion/bash_completion"

pytestmark = pytest.mark.skipif(
    not (shutil.which("bash") and os.path.exists(LOADER)),
    reason="there is no bash-completion on this machine",
)

# What bash does when Tab is pressed behind the words: it looks for the program's completion, and calls it.
SCRIPT = """
. {loader}
_completion_loader {name}
function=$(complete -p {name} | sed -n 's/.* -F \\([^ ]*\\) .*/\\1/p')
COMP_WORDS=({words})
COMP_LINE={line}
COMP_POINT=${{#COMP_LINE}}
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
compopt() {{ :; }}
"$function" {name}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def complete(prefix, programs, tmp_path):
    """What may follow: of the words of a line, whose last one is not whole."""

    def make(program, *words, folder=tmp_path):
        said = [getattr(programs, program), *words]
        broken = [part for word in said for part in re.split(r"([=:])", word) if part or not word]
        text = SCRIPT.format(
            loader=LOADER,
            name=program,
            words=" ".join(map(shlex.quote, broken)),
            line=shlex.quote(" ".join(said)),
        )
        done = subprocess.run(
            ["bash", "--norc", "--noprofile", "-c", text],
            cwd=folder,
            env=environment(XDG_DATA_DIRS=f"{prefix}/share", HOME=str(tmp_path)),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stderr == "", done.stderr
        return set(done.stdout.split())

    return make


def test_commands_and_options_are_those_of_the_help(complete, programs):
    said = run(programs.eddyctl, "--help").stdout
    assert complete("eddyctl", "") == set(re.findall(r"^  ([a-z-]+) ", said, re.M))
    assert complete("eddyctl", "-j", "re") == {"reload", "reopen"}
    for program in ("eddyctl", "eddyd"):
        said = run(getattr(programs, program), "--help").stdout
        assert complete(program, "--") == set(re.findall(r"--[a-z]+", said))


def test_words_that_belong_to_a_command_follow_it(complete):
    assert complete("eddyctl", "set", "") == {"workers"}
    assert complete("eddyctl", "quarantine", "") == {"clear"}
    assert complete("eddyctl", "reload", "") == set()
    assert complete("eddyctl", "-n", "2", "to") == {"top"}
    assert complete("eddyctl", "-n", "") == set()


@pytest.mark.parametrize("command", ["drain", "dump"])
@pytest.mark.parametrize("option", ["-s {}", "--socket={}"])
def test_pids_are_those_of_the_workers(complete, daemon, command, option):
    daemon.conf(workers=3)
    daemon.start()
    words = option.format(daemon.control).split()
    assert complete("eddyctl", *words, command, "") == set(map(str, daemon.pids()))


def test_there_are_no_pids_where_no_eddyd_is(complete, tmp_path):
    assert complete("eddyctl", "-s", f"{tmp_path}/none", "drain", "") == set()


def test_routes_are_those_in_quarantine(complete, daemon, modules):
    daemon.conf(
        modules={"crash": {"path": str(modules / "crash.so")}, "hello": {"path": "hello.so"}},
        routes={"/rooms/:room": {"module": "crash", "handler": "leave"}, "/hello": "hello"},
    )
    daemon.expect_log("worker|crash|quarantine")
    daemon.start()
    for _ in range(3):
        before = sorted(daemon.wait_serving())
        with daemon.connect() as client:
            client.send(request("GET", "/rooms/1"))
            client.expect_close(reset_is_fine=True)
        wait_until(lambda: daemon.pids() != before, "the worker to die")
    wait_until(lambda: daemon.ctl_json("quarantine")["quarantine"], "the quarantine")
    words = ("-s", daemon.control, "quarantine", "clear")
    assert complete("eddyctl", *words, "") == {"crash", "crash/rooms/:room"}
    # the colon is where bash breaks words: what stands before it is there already
    assert complete("eddyctl", *words, "crash/rooms/:r") == {"room"}


def answer_once(listener, text):
    """As an eddyd does, or what has taken its place."""
    client, _ = listener.accept()
    with client:
        client.recv(1000)
        client.sendall(text)


def test_no_name_is_run_as_a_command(complete, tmp_path):
    """Routes have bytes that mean something to a shell, and whoever has the control socket says what they are."""
    (tmp_path / "run").write_text("#!/bin/sh\ntouch has-run\n")
    (tmp_path / "run").chmod(0o755)
    names = [("crash", "/a"), ("$(./run)", "/b"), ("m", "/$(./run)"), ("m", "/`./run`"), ("m", "/x;./run"), ("m", "/*")]
    shut = [{"module": module, "route": route} for module, route in names]
    text = json.dumps({"quarantine": shut}) + '\n{"ok":true}\n'
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        listener.settimeout(20)
        thread = threading.Thread(target=answer_once, args=(listener, text.encode()))
        thread.start()
        offered = complete("eddyctl", "-s", f"{tmp_path}/s", "quarantine", "clear", "")
        thread.join()
    assert offered == {"crash", "crash/a", "m", "m/*"}
    assert not (tmp_path / "has-run").exists()


def test_files_follow_the_options_that_take_one(complete, tmp_path):
    (tmp_path / "some.conf").touch()
    (tmp_path / "folder").mkdir()
    for words in (("-c", ""), ("--conf", "some"), ("--conf=so",), ("-w", "s")):
        assert "some.conf" in complete("eddyd", *words), words
    assert complete("eddyd", "-m", "") == {"folder"}
    assert "some.conf" in complete("eddyctl", "-s", "")
