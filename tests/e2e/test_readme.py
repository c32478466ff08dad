"""
README.md: its module, confs and sessions, and what it types after packaging/quickstart. What it types to make and install
packages, and with systemd, tests/packages does in a Debian of its own.
"""
import os
import re

import pytest

from harness import document
from harness.daemon import environment, run

TEXT = (document.TOP / "README.md").read_text()
SECTIONS = {one.title: one for one in document.guide.sections(TEXT)}


@pytest.fixture
def shell(daemon, tmp_path):
    """`shell(text)`: types it where eddyd and eddyctl are those under test."""
    path = document.programs_in(tmp_path, daemon.programs)

    def shell(text, **more):
        env = environment(**({"PATH": path, "RUNTIME_DIRECTORY": daemon.folder} | more))
        return run("sh", "-e", "-c", text, cwd=tmp_path, env=env, seconds=60)

    return shell


def test_the_smallest_module_serves(daemon, programs):
    text = SECTIONS["The smallest module"].texts["c"]
    # nothing of it is used but the answer: that is what it shows
    text = f'#pragma GCC diagnostic ignored "-Wunused-parameter"\n{text}'
    document.build(programs, "c", text, '"./mine.so"', daemon.folder)
    daemon.conf(modules={"mine": {"path": "./mine.so"}}, routes={"/": "mine"})
    daemon.start()
    assert daemon.get("/").body == b"Hello World\n"


def test_the_conf_is_good_and_has_what_the_text_says(daemon):
    daemon.write_conf(SECTIONS["The conf"].texts["eddy"])
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 0, done.stderr


def test_the_session_is_answered_as_it_says(shell, tmp_path):
    for command, expected in SECTIONS["The conf"].session:
        said = shell(f"{command} || :").stdout
        assert document.matches(expected, said), said


def test_what_quickstart_has_built_is_used_as_it_says(daemon, prefix, tmp_path):
    """Its installation is elsewhere, and so is the port."""
    _, commands = document.guide.blocks_of(TEXT, "Without installing anything", "sh")
    (tmp_path / "build/quickstart").mkdir(parents=True)
    (tmp_path / "build/quickstart/prefix").symlink_to(prefix)
    daemon.conf(
        modules={"metrics": {"path": "metrics.so"}},
        routes={"/health": {"module": "metrics", "handler": "health"}},
    )
    daemon.start()
    moved = document.Moved(daemon.folder, p8080=daemon.port)
    check = "\npkg-config --exists eddy && command -v eddyd"
    text = moved(commands)
    env = environment(RUNTIME_DIRECTORY=daemon.folder)
    done = run("sh", "-e", "-c", text + check, cwd=tmp_path, env=env, seconds=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('{"status":"ok",') and "\neddyd " in done.stdout
    assert done.stdout.endswith(f"{tmp_path}/build/quickstart/prefix/sbin/eddyd\n")
    assert daemon.process.wait(20) == 0  # `eddyctl stop`


def test_nothing_is_typed_that_no_test_types():
    """A section more has to be tried by somebody."""
    assert [title for title, one in SECTIONS.items() if "sh" in one.texts] == [
        "Ten minutes to a module of your own",
        "Without installing anything",
        "From source",
    ]


def test_links_lead_somewhere():
    for name in re.findall(r"\]\(([^)#]+)", TEXT):
        assert os.path.exists(document.TOP / name), name
