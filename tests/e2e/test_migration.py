"""
packaging/migration.md, for those who come from other servers: of each section, eddy's half and the other one answer the same
commands as it stands there; and the proxies that it puts in front of eddy.
"""
import re

import pytest

from harness import document
from harness.daemon import run

TEXT = (document.TOP / "packaging/migration.md").read_text()
SECTIONS = {one.title: one for one in document.guide.sections(TEXT)}
PEERS = [
    (title, language)
    for title, one in SECTIONS.items()
    for language in one.texts
    if language in document.PEERS
]


@pytest.fixture
def eddy(daemon, programs):
    def eddy(section):
        conf = section.texts["eddy"]
        moved = document.Moved(daemon.folder, p8080=daemon.port)
        if "c" in section.texts:
            document.build(programs, "c", section.texts["c"], conf, daemon.folder)
        daemon.write_conf(f'workers = 2\ncontrol = "{daemon.control}"\n{moved(conf)}')
        daemon.start()
        return moved

    return eddy


def test_there_is_a_program_of_each_kind():
    assert {language for _, language in PEERS} == set(document.PEERS)
    known = {"eddy", "c", "c kore", *document.PEERS}
    assert {language for one in SECTIONS.values() for language in one.texts} == known
    assert all(one.session for one in SECTIONS.values())


@pytest.mark.parametrize("title", [title for title, language in PEERS if "proxy" not in language])
def test_eddy_answers_what_stands_there(daemon, eddy, title):
    section = SECTIONS[title]
    document.converse(section.session, eddy(section), daemon.folder)


@pytest.mark.parametrize(
    "title,language", [one for one in PEERS if "proxy" not in one[1]], ids=lambda one: one
)
def test_the_other_server_answers_the_same(tmp_path, title, language):
    section = SECTIONS[title]
    moved = document.Moved(tmp_path)
    with document.peer(language, section.texts, moved, tmp_path):
        document.converse(section.session, moved, tmp_path)


@pytest.mark.parametrize(
    "title,language", [one for one in PEERS if "proxy" in one[1]], ids=lambda one: one
)
def test_a_proxy_in_front_of_eddy_brings_what_it_answers(daemon, eddy, title, language):
    section = SECTIONS[title]
    moved = eddy(section)
    with document.peer(language, section.texts, moved, daemon.folder):
        document.converse(section.session, moved, daemon.folder)


@pytest.mark.parametrize("word", sorted(set(re.findall(r"`(eddy_[a-z_]+)`", TEXT))))
def test_a_function_that_is_named_is_there(word):
    assert re.search(rf"\b{word}\b", (document.TOP / "worker/eddy.h").read_text())


def test_a_key_that_is_named_is_there(programs):
    """eddy's half of the tables: what is set there with a value is a key or section of the conf."""
    keys = set(
        re.findall(r"^\s*#?\s*([a-z_0-9]+) = ", (document.TOP / "conf/eddy.conf").read_text(), re.M)
    )
    rows = re.findall(r"^\|.*\| (.*) \|$", TEXT, re.M)
    named = set(re.findall(r"(?<!\.)\b([a-z_]+) = ", " ".join(rows)))
    assert len(named) > 8 and named <= keys, named - keys


def test_commands_that_are_named_are_there(programs):
    shown = run(programs.eddyctl, "--help").stdout
    assert set(re.findall(r"`eddyctl ([a-z-]+)", TEXT)) <= set(
        re.findall(r"^  ([a-z-]+) ", shown, re.M)
    )
