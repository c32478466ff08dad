"""What is in the RPM packages."""
import re
import shutil

import pytest

import debian
from conftest import KEPT
from debian import run

pytestmark = pytest.mark.skipif(not shutil.which("rpmbuild"), reason="no rpmbuild on this machine")


class Rpms:
    def __init__(self, output):
        done = run(debian.TOP / "packaging/rpm", "--output", output)
        assert done.returncode == 0, done.stderr[-5000:]
        self.paths = {re.sub(r"-\d.*", "", path.name): path for path in output.glob("*.rpm")}

    def query(self, package, *words):
        done = run("rpm", "-qp", *words, self.paths[package])
        assert done.returncode == 0, done.stderr
        return done.stdout

    def files(self, package):
        listed = set(self.query(package, "-l").split())
        return {name for name in listed if not name.startswith("/usr/lib/.build-id")}


@pytest.fixture(scope="module")
def rpms(root_begun):  # which goes on meanwhile
    return Rpms(KEPT / "rpm")


def test_there_are_three_packages_of_the_version_that_configure_ac_says(rpms):
    assert set(rpms.paths) == {"eddy", "eddy-devel", "eddy-js"}
    for name in rpms.paths:
        assert rpms.query(name, "--qf", "%{VERSION}") == debian.release()


def test_they_have_the_files_of_the_debian_packages(rpms, debs):
    """But for where each of the two has its libraries, units, compressed pages and licence."""

    def plain(names):
        names = (re.sub(r"\.(gz|xz|bz2)$", "", name) for name in names)
        names = (re.sub(r"^/usr/lib/\w+-linux-gnu\w*/|^/usr/lib64/", "/usr/lib/", name) for name in names)
        names = (re.sub(r"^/lib/", "/usr/lib/", name) for name in names)
        own = r"/usr/share/(licenses|doc/eddy(-dev|-js)?/(changelog|copyright|guide.md|examples))"
        return {name for name in names if not re.match(own, name)}

    for rpm, deb in (("eddy", "eddy"), ("eddy-devel", "eddy-dev"), ("eddy-js", "eddy-js")):
        folders = {line.split()[-1] for line in rpms.query(rpm, "-lv").splitlines() if line[0] == "d"}
        assert plain(rpms.files(rpm) - folders) == plain(debs.files(deb))


def test_what_the_administrator_changes_is_kept(rpms):
    assert set(rpms.query("eddy", "-c").split()) == {"/etc/eddy/eddy.conf", "/etc/logrotate.d/eddy"}


def test_an_upgrade_is_no_restart(rpms):
    scripts = rpms.query("eddy", "--scripts")
    assert "/usr/libexec/eddy/eddy-upgrade" in scripts.partition("posttrans scriptlet")[2]
    assert "restart" not in scripts.replace("is no restart", "")


@pytest.mark.skipif(not shutil.which("rpmlint"), reason="no rpmlint on this machine")
def test_rpmlint_finds_no_error(rpms):
    done = run("rpmlint", "-c", debian.TOP / "tests/packages/rpmlint.toml", *rpms.paths.values())
    assert " 0 errors" in done.stdout, done.stdout
