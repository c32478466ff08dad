"""
The build of eddy that is measured: one that was given, or one of our own in build/bench.
"""
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def die(text):
    print(f"{sys.argv[0]}: {text}", file=sys.stderr)
    sys.exit(1)


def step(command, folder):
    """A step of the build: silent unless it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        said = done.stdout.decode(errors="replace")[-3000:]
        die(f"{' '.join(command)} failed in {folder}:\n{said}")


def add_arguments(parser):
    add = parser.add_argument
    add("--build", metavar="FOLDER", help="a build of eddy's; default: one of its own, build/bench")
    add("--no-setup", action="store_true", help="do not look for missing packages")


def setup():
    """What eddy is built with."""
    if subprocess.run([os.path.join(TOP, "packaging", "setup"), "build"], check=False).returncode:
        die("packaging/setup build has failed")


def make(folder):
    """Makes eddy and the bench's programs; the folder's absolute path."""
    if folder is None:
        folder = os.path.join(TOP, "build", "bench")
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(os.path.join(TOP, "Makefile.in")):
            step(["autoreconf", "-i"], TOP)
        if not os.path.exists(os.path.join(folder, "Makefile")):
            step([os.path.join(TOP, "configure"), "-q"], folder)
    folder = os.path.abspath(folder)
    if not os.path.exists(os.path.join(folder, "Makefile")):
        die(f"--build {folder}: there is no Makefile: run configure there first")
    step(["make", "-s", f"-j{os.cpu_count() or 1}", "all", "bench"], folder)
    return folder
