"""
Debian's side of the tests: packages made and looked into, and a Debian to install them in.
"""
import hashlib
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
# What the tests ask for inside, besides what the packages do: a system that boots, a client, somebody who is not root.
IN_ROOT = ["systemd", "systemd-sysv", "curl", "sudo"]


def run(*command, seconds=600, **more):
    more.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=seconds, **more
    )


def release():
    """The version that configure.ac says."""
    text = (TOP / "configure.ac").read_text()
    return re.search(r"^AC_INIT\(\[eddy\], \[(.*)\]\)$", text, re.M)[1]


def copy_tree(target, version):
    """A tree as an unpacked release has it, without git, of another version."""
    shutil.copytree(TOP, target, ignore=shutil.ignore_patterns(".git", "build", "autom4te.cache"))
    configure = target / "configure.ac"
    text = configure.read_text()
    configure.write_text(text.replace(f"AC_INIT([eddy], [{release()}])", f"AC_INIT([eddy], [{version}])"))


class Debs:
    """What packaging/deb makes of a tree."""

    def __init__(self, tree, output, **environment):
        done = run(tree / "packaging/deb", "--output", output, env=os.environ | environment)
        assert done.returncode == 0, done.stderr[-5000:]
        self.said = done.stdout
        self.folder = Path(output)

    def __getitem__(self, package):
        (path,) = self.folder.glob(f"{package}_*.deb")
        return path

    @property
    def names(self):
        return {path.name.partition("_")[0] for path in self.folder.glob("*.deb")}

    @property
    def changes(self):
        (path,) = self.folder.glob("*.changes")
        return path

    def field(self, package, name):
        return run("dpkg-deb", "-f", self[package], name).stdout.strip()

    def files(self, package):
        """Path → (mode, owner) of all that is no folder."""
        listed = run("dpkg-deb", "-c", self[package]).stdout.splitlines()
        words = [line.split(None, 5) for line in listed]
        return {
            word[5].partition(" -> ")[0].lstrip("."): (word[0], word[1])
            for word in words
            if not word[0].startswith("d")
        }

    def needs(self, package):
        """The packages that it depends on or recommends: of alternatives the first."""
        said = ", ".join(self.field(package, name) for name in ("Depends", "Recommends"))
        return [re.match(r"[^ |(:]+", one)[0] for one in said.split(", ") if one]


# a Debian of its own ---------------------------------------------------------------------------


def why_no_root():
    if os.geteuid() != 0:
        return "debootstrap takes root"
    for tool in ("debootstrap", "apt-get", "dpkg"):
        if not shutil.which(tool):
            return f"there is no {tool} on this machine"
    if not mirror():
        return "apt knows no source of Debian's for this release"
    return None


def mirror():
    """Where apt takes this machine's release from: (address, name of the release)."""
    line = "$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT) $(ORIGIN)"
    listed = run("apt-get", "indextargets", "--format", line, "Created-By: Packages").stdout
    codename = re.search(r"^VERSION_CODENAME=(.*)$", Path("/etc/os-release").read_text(), re.M)
    for words in map(str.split, listed.splitlines()):
        if codename and words[1:] == [codename[1], codename[1], "main", "Debian"]:
            return words[0], words[1]
    return None


def _proxies():
    """As apt has them, for who does not ask apt."""
    found = {}
    for kind in ("http", "https"):
        said = run("apt-config", "shell", "P", f"Acquire::{kind}::Proxy").stdout
        if match := re.match(r"P='(.+)'", said):
            found[f"{kind}_proxy"] = match[1]
    return found


class Root:
    """A folder with a minimal Debian that has these packages; made in the background, and kept."""

    def __init__(self, kept, packages):
        self._where = mirror()
        self._packages = sorted(packages)
        key = " ".join([*self._where, *self._packages])
        self.folder = kept / f"root-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
        self._why = None
        self._thread = threading.Thread(target=self._make)
        self._thread.start()

    def ready(self):
        """None when it is there, or why it cannot be."""
        self._thread.join()
        return self._why

    def _make(self):
        if self.folder.exists():
            return
        half = self.folder.with_suffix(".half")
        for other in self.folder.parent.glob("root-*"):  # with what was needed before
            shutil.rmtree(other, ignore_errors=True)
        address, name = self._where
        try:
            done = run(
                *("debootstrap", "--variant=minbase", f"--include={','.join(self._packages)}"),
                *(name, half, address),
                env=os.environ | _proxies(),
            )
            if done.returncode == 0:
                half.rename(self.folder)
            else:
                self._why = f"debootstrap failed: {(done.stdout + done.stderr)[-1000:]}"
        except (OSError, subprocess.SubprocessError) as error:
            self._why = f"debootstrap failed: {error}"
