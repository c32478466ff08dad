"""
The packages, made once: of this tree, and of one that is a version older; and a Debian for them.
"""
import shutil

import pytest

import debian
from box import Box, why_not

OLDER = "0.0.9"
KEPT = debian.TOP / "build/packages"


@pytest.fixture(scope="session")
def debs():
    """Of this tree; the Debian that they are to be installed in is begun with, since that takes long."""
    if not shutil.which("dpkg-buildpackage"):
        pytest.skip("there is no dpkg-buildpackage on this machine")
    return debian.Debs(debian.TOP, KEPT / "deb")


@pytest.fixture(scope="session")
def root_begun(debs):
    why = debian.why_no_root() or why_not()
    needed = {*debian.IN_ROOT, *debs.needs("eddy"), *debs.needs("eddy-dev"), *debs.needs("eddy-js")} - debs.names
    return why or debian.Root(KEPT, needed)


@pytest.fixture(scope="session")
def older_debs(root_begun, tmp_path_factory):
    """As an unpacked release makes them, and without the tests that the others have run."""
    tree = tmp_path_factory.mktemp("older") / "eddy"
    debian.copy_tree(tree, OLDER)
    return debian.Debs(tree, tmp_path_factory.mktemp("debs"), DEB_BUILD_OPTIONS="nocheck")


@pytest.fixture(scope="session")
def root(root_begun):
    if isinstance(root_begun, str):
        pytest.skip(root_begun)
    why = root_begun.ready()
    if why:
        pytest.skip(why)
    return root_begun.folder


@pytest.fixture
def machine(root, debs, older_debs):
    """A Debian that has booted; what is done to it is forgotten."""
    binds = [(debs.folder, "/srv/debs"), (older_debs.folder, "/srv/older")]
    binds += [(debs.folder, "/srv/tree/build/deb")]  # as README.md has it
    with Box(root=root, binds=binds) as box:
        yield box
