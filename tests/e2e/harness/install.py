"""
An installation, as `make install` leaves it: where things are in it, and how a module is built against
it.
"""
from .daemon import Programs, environment, run


def make_environment():
    """For a make that is not the one that runs the tests."""
    env = environment()
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "DESTDIR"):
        env.pop(name, None)
    return env


def install(build, stage):
    """Installs a build folder below `stage`, and returns the prefix that is then there."""
    done = run(
        "make", "-C", str(build), "install", f"DESTDIR={stage}", seconds=300, env=make_environment()
    )
    assert done.returncode == 0, done.stderr
    (pc,) = stage.rglob("eddy.pc")
    return stage / _said_prefix(pc).lstrip("/")


def found(prefix, name):
    (path,) = [path for path in prefix.rglob(name) if path.is_file()]
    return path


def installed_programs(prefix):
    return Programs(
        eddyd=str(prefix / "sbin/eddyd"),
        eddyctl=str(prefix / "bin/eddyctl"),
        worker=str(found(prefix, "eddy-worker")),
        modules=str(found(prefix, "hello.so").parent),
        include=None,
    )


def module_environment(prefix):
    """What building a module against an installation needs."""
    env = make_environment()
    env["PKG_CONFIG_PATH"] = str(found(prefix, "eddy.pc").parent)
    env["PKG_CONFIG_SYSROOT_DIR"] = _sysroot(prefix)
    return env


def said_prefix(prefix):
    """Where the programs think that they are, which DESTDIR has put somewhere else."""
    return _said_prefix(found(prefix, "eddy.pc"))


def _said_prefix(pc):
    (said,) = [line for line in pc.read_text().splitlines() if line.startswith("prefix=")]
    return said.partition("=")[2]


def _sysroot(prefix):
    """DESTDIR of a staged installation: what stands before the prefix that eddy.pc names."""
    said = _said_prefix(found(prefix, "eddy.pc"))
    real = str(prefix)
    return real[: -len(said)] if real.endswith(said) else ""
