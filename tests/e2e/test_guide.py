"""
The guide for module authors, packaging/guide.md: its modules are built, loaded by the confs that stand there, and tried
with the commands that stand there, which have to answer what stands there. Ports are others. "…" stands for anything.
"""
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from harness import ports
from harness.daemon import environment, run

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tests/docs"))
import guide  # noqa: E402

PROGRAMS = [one for one in guide.programs((TOP / "packaging/guide.md").read_text()) if one.conf]


def build(programs, program, folder):
    """The modules that the conf names by a path of their own are this one."""
    compiler = shlex.split(programs.cc) if program.language == "c" else ["c++", "-std=c++20"]
    source = Path(folder, "guide.c" if program.language == "c" else "guide.cc")
    source.write_text(program.text)
    for name in set(re.findall(r'"\./(\w+\.so)"', program.conf)):
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


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda one: f"{one.title} ({one.language})")
def test_a_module_of_the_guide_does_what_stands_there(daemon, programs, program):
    if program.language == "c++" and not shutil.which("c++"):
        pytest.skip("no C++ compiler on this machine")
    build(programs, program, daemon.folder)
    conf = program.conf
    others = {port: str(ports.free_port()) for port in set(re.findall(r"127\.0\.0\.1:(\d+)", conf))}
    others |= {"8080": str(daemon.port)}

    def moved(text):
        return re.sub(r"(127\.0\.0\.1[: ])(\d+)", lambda at: at[1] + others.get(at[2], at[2]), text)

    daemon.write_conf(f'workers = 2\ncontrol = "{daemon.control}"\ndrain_timeout = "2s"\n' + moved(conf))
    daemon.start()
    for command, expected in program.session or []:
        said = run("sh", "-c", moved(command), cwd=daemon.folder, env=environment(), seconds=20)
        assert matches(moved(expected), said.stdout), f"$ {command}\n{said.stdout}{said.stderr}"
