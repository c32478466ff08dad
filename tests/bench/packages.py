"""
Installs what the bench needs from Debian's packages, if it is missing, and asks nothing.

Servers that a package would start, now or at the next boot, are kept from it: they are measured
when we start them. What was there before is left as it is.
"""
import contextlib
import os
import shutil
import subprocess
import sys

POLICY = "/usr/sbin/policy-rc.d"
_REFUSE = "#!/bin/sh\n# tests/bench/run's, while it installs: no service is started.\nexit 101\n"


def say(line):
    print(line, file=sys.stderr, flush=True)


def installed(package):
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}", package],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.stdout == b"installed"


@contextlib.contextmanager
def _no_services_started():
    """Meanwhile packages start nothing; if somebody else's rule is there, that one rules."""
    ours = not os.path.exists(POLICY)
    if ours:
        with open(POLICY, "x", encoding="ascii") as file:
            file.write(_REFUSE)
        os.chmod(POLICY, 0o755)
    try:
        yield
    finally:
        if ours:
            os.unlink(POLICY)


def _services(package):
    """The units of systemd that it brought."""
    done = subprocess.run(["dpkg", "-L", package], stdout=subprocess.PIPE, check=False)
    return [
        os.path.basename(path)
        for path in done.stdout.decode().split()
        if "/systemd/system/" in path and path.endswith(".service") and "@" not in path
    ]


def _quiet(*command):
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"),
        check=False,
    )


def _apt(*arguments):
    options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "APT::Install-Recommends=false"]
    return _quiet("apt-get", *options, *arguments)


def _keep_stopped(package):
    for service in _services(package):
        if shutil.which("systemctl"):
            _quiet("systemctl", "disable", "--now", service)


def install(packages):
    """Installs those of them that are missing and can be had; as root, else says what to do."""
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        return
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return
    if os.geteuid() != 0:
        say(f"bench: not root, so these stay missing: apt-get install {' '.join(missing)}")
        return
    say(f"bench: installing {' '.join(missing)}")
    _apt("update")
    for package in missing:  # one by one: one that cannot be had must not cost the others
        with _no_services_started():
            done = _apt("install", package)
        if done.returncode != 0:
            say(
                f"bench: apt-get could not install {package}: {done.stdout.decode()[-300:].strip()}"
            )
        else:
            _keep_stopped(package)
