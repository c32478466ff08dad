"""
Runs what documents show: modules, confs, commands with their answers, and other servers. Ports are others than those in the
text, "…" in an answer stands for anything, and so do files that the text has in folders of the system.
"""
import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from . import ports
from .daemon import environment, run
from .wait import wait_until

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "tests/docs"))
import guide  # noqa: E402,F401

PLACE = re.compile(r"127\.0\.0\.1[: ](\d+)|(?<=listen\()(\d+)|\*:(\d+)|0\.0\.0\.0:(\d+)")


class Moved:
    """The same places in all texts of a section, moved to free ports and into a folder of the test's."""

    def __init__(self, folder, **known):
        self.folder = str(folder)
        self.ports = {port.lstrip("p"): str(at) for port, at in known.items()}

    def port(self, said):
        if said not in self.ports:
            self.ports[said] = str(ports.free_port())
        return self.ports[said]

    def __call__(self, text):
        def other(match):
            said = next(group for group in match.groups() if group)
            return match[0][: -len(said)] + self.port(said)

        text = PLACE.sub(other, text)
        text = re.sub(r"(evhttp_bind_socket\(http), \"127\.0\.0\.1\", (\d+)", self._c_port, text)
        return (
            text.replace("/run/eddy/web.sock", f"{self.folder}/eddy.sock")
            .replace("/var/log/eddy/", f"{self.folder}/")
            .replace("unix@eddy.sock", f"unix@{self.folder}/eddy.sock")
        )

    def _c_port(self, match):
        return match[0][: -len(match[2])] + self.port(match[2])


def build(programs, language, text, conf, folder):
    """The modules that the conf names by a path of their own are made of this text."""
    compiler = shlex.split(programs.cc) if language == "c" else ["c++", "-std=c++20"]
    source = Path(folder, "text.c" if language == "c" else "text.cc")
    source.write_text(text)
    for name in sorted(set(re.findall(r'"\./(\w+\.so)"', conf))):
        done = run(
            *compiler,
            *"-shared -fPIC -O1 -g -Wall -Wextra -Werror".split(),
            f"-I{programs.include}",
            *("-o", f"{folder}/{name}", str(source)),
        )
        assert done.returncode == 0, done.stderr


def matches(expected, said):
    """Whether a session's answer is what stands there; a newline at its end is the shell's."""
    pattern = ".*".join(map(re.escape, expected.rstrip("\n").split("…")))
    return re.fullmatch(pattern, said.rstrip("\n"), re.S)


def converse(session, moved, folder, **env):
    """Types a session, and compares what is answered."""
    for command, expected in session:
        said = run("sh", "-c", moved(command), cwd=folder, env=environment(**env), seconds=20)
        assert matches(moved(expected), said.stdout), f"$ {command}\n{said.stdout}{said.stderr}"


def programs_in(folder, programs):
    """A PATH on which eddyd and eddyctl are those under test."""
    folder = Path(folder, "bin")
    folder.mkdir()
    for name, command in (
        ("eddyd", programs.eddyd_command()),
        ("eddyctl", [programs.eddyctl]),
    ):
        path = folder / name
        path.write_text(f'#!/bin/sh\nexec {" ".join(command)} "$@"\n')
        path.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


# other servers


def _write(folder, name, text):
    path = Path(folder, name)
    path.write_text(text)
    return str(path)


def _nginx(folder, text, _):
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "scgi", "uwsgi")
    )
    text = text.replace("http {", f"http {{ access_log off; {temporary}", 1)
    conf = _write(folder, "nginx.conf", f"daemon off; pid {folder}/nginx.pid;\n{text}")
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", conf]


def _haproxy(folder, text, _):
    return ["haproxy", "-db", "-f", _write(folder, "haproxy.cfg", text)]


def _node(folder, text, _):
    return ["node", _write(folder, "server.js", text)]


def _kore(folder, text, texts):
    source = _write(folder, "kore.c", texts["c kore"])
    flags = Path("/usr/share/kore/features").read_text().split()
    run("cc", "-std=gnu99", "-fPIC", "-shared", *flags, "-o", f"{folder}/page.so", source)
    user = "" if os.geteuid() else "seccomp_tracing no\n"
    return [
        "kore",
        "-f",
        "-n",
        "-r",
        "-c",
        _write(folder, "kore.conf", user + "workers 1\n" + text),
    ]


def _evhttp(folder, text, _):
    source = _write(folder, "evhttp.c", text)
    done = run(
        *(
            "cc",
            "-Wall",
            "-Werror",
            source,
            "-o",
            f"{folder}/evhttp",
            "-levent_core",
            "-levent_extra",
        )
    )
    assert done.returncode == 0, done.stderr
    return [f"{folder}/evhttp"]


PEERS = {
    "nginx": ("nginx", _nginx),
    "nginx proxy": ("nginx", _nginx),
    "haproxy proxy": ("haproxy", _haproxy),
    "js": ("node", _node),
    "kore": ("kore", _kore),
    "c evhttp": ("cc", _evhttp),
}


def certificate(folder):
    run(
        *"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost".split(),
        *("-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"),
    )
    Path(folder, "tls.pem").write_text(
        Path(folder, "cert.pem").read_text() + Path(folder, "key.pem").read_text()
    )


@contextlib.contextmanager
def peer(language, texts, moved, folder):
    """Another server, with the text that stands there, until the end."""
    program, command = PEERS[language]
    if not shutil.which(program):
        pytest.skip(f"no {program} on this machine")
    if "tls.pem" in texts[language]:
        certificate(folder)
    arguments = command(folder, moved(texts[language]), texts)
    with open(Path(folder, "peer.log"), "wb") as log:
        process = subprocess.Popen(
            arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    (port,) = {
        next(group for group in match if group)
        for match in PLACE.findall(texts[language])
        if "8443" in match or "proxy" not in language
    } or {"8080"}

    def serves():
        assert process.poll() is None, Path(folder, "peer.log").read_text()
        return not ports.can_bind(int(moved.port(port)))

    try:
        wait_until(serves, lambda: f"{program}: {Path(folder, 'peer.log').read_text()}")
        yield
    finally:
        process.terminate()
        process.wait(20)
