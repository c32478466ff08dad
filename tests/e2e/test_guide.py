"""
The guide for module authors, packaging/guide.md: its modules are built, loaded by the confs that stand there, and tried
with the commands that stand there, which have to answer what stands there.
"""
import shutil

import pytest

from harness import document

TEXT = (document.TOP / "packaging/guide.md").read_text()
PROGRAMS = [one for one in document.guide.programs(TEXT) if one.conf]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda one: f"{one.title} ({one.language})")
def test_a_module_of_the_guide_does_what_stands_there(daemon, programs, program):
    if program.language == "c++" and not shutil.which("c++"):
        pytest.skip("no C++ compiler on this machine")
    document.build(programs, program.language, program.text, program.conf, daemon.folder)
    moved = document.Moved(daemon.folder, p8080=daemon.port)
    settings = f'workers = 2\ncontrol = "{daemon.control}"\ndrain_timeout = "2s"\n'
    daemon.write_conf(settings + moved(program.conf))
    daemon.start()
    document.converse(program.session or [], moved, daemon.folder)
