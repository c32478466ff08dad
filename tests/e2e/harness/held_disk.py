"""
A disk whose reads do not come back until a test lets them: a FUSE file system.

HeldDisk mounts it; run as a program this file is it, until it is unmounted. Every path is a file of
SIZE bytes. Reads of those that begin with `held` wait until the test opens the gate; `bad` ones are
EIO behind BAD_FROM; those of `slow` take two seconds each. `late` ones are of LATE_SIZE bytes and
wait from LATE_FROM on: no socket has so much room.
"""
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

from .wait import wait_until

SIZE = 1 << 20
BAD_FROM = SIZE // 2
LATE_SIZE = 20 << 20
LATE_FROM = 16 << 20


def content(offset, n):
    """Bytes that tell where in the file they are from."""
    first = offset // 8
    text = b"".join(b"%07d\n" % i for i in range(first, (offset + n) // 8 + 1))
    return text[offset - 8 * first :][:n]


class HeldDisk:
    """Mounted on a folder. `reason` says why not, if it could not be."""

    def __init__(self, folder):
        self.mount, self.control = folder / "disk", folder / "control"
        self.mount.mkdir()
        self.control.mkdir()
        self.reason = None
        self.process = subprocess.Popen(
            [sys.executable, "-m", "harness.held_disk", self.mount, self.control],
            cwd=Path(__file__).resolve().parent.parent,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_until(
            lambda: os.path.ismount(self.mount) or self.process.poll() is not None, "a mount"
        )
        if self.process.poll() is not None:
            self.reason = f"no FUSE here: {self.process.stderr.read().strip()[-200:]}"

    def path(self, name):
        return str(self.mount / name)

    def held(self):
        """The files of which a read has waited."""
        return {path.name for path in self.control.iterdir()}

    def wait_held(self, *names):
        wait_until(
            lambda: self.held() >= set(names), lambda: f"reads of {names}, not {self.held()}"
        )

    def open_gate(self):
        (self.control / "gate").touch()

    def stop(self):
        """Whatever is still open there fails from now on."""
        self.open_gate()
        if self.process.poll() is None:
            subprocess.run(["umount", "-l", self.mount], check=False)
            self.process.kill()
        self.process.communicate()


def size_of(name):
    return LATE_SIZE if name.startswith("late") else SIZE


def held_from(name):
    """The offset from which on its reads wait."""
    if name.startswith("held"):
        return 0
    return LATE_FROM if name.startswith("late") else SIZE


def serve(mount, control):
    import errno

    from fusepy import FUSE, FuseOSError, Operations

    class Disk(Operations):
        def getattr(self, path, fh=None):
            if path == "/":
                return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}
            return {"st_mode": stat.S_IFREG | 0o644, "st_nlink": 1, "st_size": size_of(path[1:])}

        def read(self, path, size, offset, fh):
            name = path[1:]
            if offset + size > held_from(name):
                (control / name).touch()
                while not (control / "gate").exists():
                    time.sleep(0.01)
            if name.startswith("slow"):
                time.sleep(2)
            if name.startswith("bad") and offset + size > BAD_FROM:
                raise FuseOSError(errno.EIO)
            return content(offset, min(size, size_of(name) - offset))

    FUSE(Disk(), str(mount), foreground=True, allow_other=os.geteuid() == 0)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]))
