"""
packaging/operations.md: what its sections type is answered what stands there, by an eddyd with the conf that stands there. That
its list of the log's lines is whole, tests/docs/check says.
"""
import re

import pytest

from harness import document

TEXT = (document.TOP / "packaging/operations.md").read_text()
SECTIONS = [one for one in document.guide.sections(TEXT) if one.session]


def test_every_conf_is_tried():
    assert {one.title for one in SECTIONS} == {
        one.title for one in document.guide.sections(TEXT) if "eddy" in one.texts
    }
    assert len(SECTIONS) > 7


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.title)
def test_what_a_section_types_is_answered_as_it_says(daemon, programs, section):
    conf = section.texts["eddy"]
    if "c" in section.texts:
        document.build(programs, "c", section.texts["c"], conf, daemon.folder)
    moved = document.Moved(daemon.folder, p8080=daemon.port)
    daemon.write_conf(f'workers = 2\ncontrol = "{daemon.control}"\n{moved(conf)}')
    daemon.expect_log(".*")  # reloads that fail and workers that die are what this is about
    daemon.start()
    path = document.programs_in(daemon.folder, programs)
    # where eddyctl looks first, which is why the texts need no -s
    document.converse(
        section.session, moved, daemon.folder, PATH=path, RUNTIME_DIRECTORY=daemon.folder
    )


def test_links_lead_somewhere():
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in re.findall(r"^#+ .*$", TEXT, re.M)
    }
    assert set(re.findall(r"\]\(#([a-z0-9-]+)\)", TEXT)) <= headings
    for name in set(re.findall(r"\]\(([a-z]+\.md)", TEXT)):
        assert (document.TOP / "packaging" / name).is_file(), name
