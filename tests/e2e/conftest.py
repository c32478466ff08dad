"""
Fixtures of the black-box tests: where the programs are, the test modules, daemons.

The programs come from the environment (EDDYD, EDDYCTL, EDDY_WORKER, EDDY_MODULES, EDDY_H, CC) or
from a build folder given with --build. `site` is one daemon that many tests share, with a route for
each handler of the test modules; `daemon` is one of the test's own.
"""
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from harness import browser as chromium
from harness import ports, wait
from harness.daemon import Daemon, Programs, environment
from harness.install import install
from harness.server import Server

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
FILES = 20000

PROBE_HANDLERS = (
    "collect limit upload slow reluctant ignore later chunks pieces empty flush status reason cookies "
    "goodbye own_length length_204 length_short length_long trailers owned destroy flood park counters "
    "released orphan patient stream tardy anew chatter timeout order interval clear refresh process cluster say about block "
    "misuse destroy_at_once leave leave_much hints evil_type evil_trailers late"
).split()


def pytest_addoption(parser):
    parser.addoption("--build", help="the build folder to test, where make was run")
    parser.addoption(
        "--long", action="store_true", help="the tests that take minutes: 10 GB, 8,000 clients"
    )


def pytest_collection_modifyitems(config, items):
    """Those that take minutes are for a person to start, and the others are then left out."""
    wanted = config.getoption("--long")
    left_out = [item for item in items if bool(item.get_closest_marker("long")) != wanted]
    if os.environ.get("EDDY_ONCE") == "no":  # what they show does not depend on the build
        left_out += [item for item in items if item.get_closest_marker("once") and item not in left_out]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter, config):
    """What the long tests have measured."""
    if not config.getoption("--long"):
        return
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                terminalreporter.write_line(f"{report.nodeid.partition('::')[2]}: {name}: {value}")


def pytest_configure(config):
    # nohup and shells' background jobs have them ignored, and programs would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    # Some tests are thousands of clients at once; a process may have 1,024 files where nobody says more.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, FILES), hard))
    build = config.getoption("--build") or os.environ.get("EDDY_BUILD")
    top = Path(build).resolve() if build else None

    def place(variable, *inside):
        said = os.environ.get(variable)
        if top and (not said or config.getoption("--build")):
            said = str(top.joinpath(*inside))
        if not said:
            raise pytest.UsageError(
                f"{variable} is not set: say where the programs are with --build FOLDER, "
                "or in EDDYD, EDDYCTL, EDDY_WORKER, EDDY_MODULES and EDDY_H"
            )
        path = Path(said).resolve()
        if not path.exists():
            raise pytest.UsageError(f"{variable}: there is no {path}; run make first")
        return str(path)

    places = {
        "eddyd": place("EDDYD", "daemon", "eddyd"),
        "eddyctl": place("EDDYCTL", "daemon", "eddyctl"),
        "worker": place("EDDY_WORKER", "worker", "eddy-worker"),
        "modules": place("EDDY_MODULES", "worker", "modules"),
    }
    if os.geteuid() == 0 and not all(_open_to_all(path) for path in places.values()):
        places = _copied_for_all(config, places)
    config.programs = Programs(
        **places,
        include=os.environ.get("EDDY_H") or str(TOP / "worker"),
        cc=os.environ.get("CC") or "cc",
    )
    if config.programs.sanitized and "E2E_SCALE" not in os.environ:
        wait.SCALE = 4.0


def _open_to_all(path):
    """Whether every user can get there: root's home, for one, is closed to those that some tests become."""
    return all(folder.stat().st_mode & 0o001 for folder in Path(path).parents)


def _copied_for_all(config, places):
    copies = Path(tempfile.mkdtemp(prefix="eddy-programs-"))
    config.add_cleanup(lambda: shutil.rmtree(copies, ignore_errors=True))
    copies.chmod(0o755)
    for path in (Path(path) for path in places.values()):
        if path.is_dir():
            shutil.copytree(path, copies / path.name, ignore=shutil.ignore_patterns("*.o", ".deps"))
        else:
            shutil.copy2(path, copies / path.name)
    return {name: str(copies / Path(path).name) for name, path in places.items()}


@pytest.fixture(scope="session")
def programs(request):
    return request.config.programs


@pytest.fixture(scope="session")
def engine(programs):
    """Skips what needs the engine of the module js, where there is none."""
    if not (Path(programs.modules) / "js.so").exists():
        pytest.skip("this build has no module js: there was no JavaScriptCore when it was configured")
    if programs.sanitized:
        pytest.skip("the engine reserves the address space that the sanitizers have")


@pytest.fixture(scope="session")
def browser():
    one = chromium.Browser()
    yield one
    one.stop()


@pytest.fixture
def window(browser):
    """Opens a page; at the end none may have complained of anything that was not expected."""
    made = []

    def open_window(url, expected="$^", **how):
        page = browser.page(**how)
        made.append((page, expected))
        return page.open(url)

    yield open_window
    for page, expected in made:
        assert [text for text in page.complaints if not re.search(expected, text)] == []
        page.close()


@pytest.fixture(scope="session")
def modules(programs, tmp_path_factory):
    """The folder with the test modules, built against eddy.h as a user's module is."""
    folder = tmp_path_factory.mktemp("modules")
    building = []
    for source in sorted((HERE / "modules").glob("*.c")):
        command = shlex.split(programs.cc) + [
            "-shared",
            "-fPIC",
            "-O1",
            "-g",
            "-Wall",
            "-Wextra",
            "-Werror",
        ]
        command += [f"-I{programs.include}", str(source), "-o", str(folder / f"{source.stem}.so")]
        building.append(
            (
                command,
                subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment()),
            )
        )
    for command, process in building:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, f"{shlex.join(command)}:\n{err}"
    for path in (folder, *folder.parents):  # a worker may run as another user
        if path == Path("/") or path.stat().st_uid != os.getuid():
            break
        if path.name != "tmp":
            path.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def prefix(request, tmp_path_factory):
    """An installation's prefix: EDDY_PREFIX, or made from a build folder (EDDY_BUILD, --build)."""
    if os.environ.get("EDDY_PREFIX"):
        return Path(os.environ["EDDY_PREFIX"]).resolve()
    build = os.environ.get("EDDY_BUILD") or request.config.getoption("--build")
    if not build:
        pytest.skip("neither EDDY_PREFIX nor EDDY_BUILD says where an installation can come from")
    return install(build, tmp_path_factory.mktemp("stage"))


@pytest.fixture(autouse=True)
def _own_ports():
    """Before all other fixtures of a test, so behind them at its end; those of longer life keep what they have."""
    with ports.let_go():
        yield


@pytest.fixture
def daemon(programs):
    """A daemon of the test's own: to be configured and started by it."""
    one = Daemon(programs)
    yield one
    one.finish()


@pytest.fixture
def daemons(programs):
    """Makes several."""
    made = []

    def make():
        made.append(Daemon(programs))
        return made[-1]

    yield make
    for one in reversed(made):
        one.finish()


def site_conf(modules):
    """Modules and routes of the shared daemon."""
    routes = {"/": "welcome", "/live": {"module": "welcome", "handler": "live"}}
    routes |= {
        "/hello": "hello",
        "/echo": "echo",
        "/poll": "poll",
        "/json": "probe",
        "/json/*": "probe",
    }
    routes |= {f"/{name}": {"module": "probe", "handler": name} for name in PROBE_HANDLERS}
    routes["/small"] = {"module": "probe", "handler": "upload", "max_body": "1k"}
    routes["/small/ignore"] = {"module": "probe", "handler": "ignore", "max_body": "1k"}
    routes["/unlimited"] = {"module": "probe", "handler": "upload", "max_body": "0"}
    routes["/echo/unlimited"] = {"module": "echo", "max_body": "0"}
    return {
        "modules": {
            "welcome": {"path": "welcome.so"},
            "hello": {"path": "hello.so"},
            "echo": {"path": "echo.so"},
            "poll": {"path": "poll.so", "timeout": "25000"},
            "probe": {"path": str(modules / "probe.so"), "color": "green"},
        },
        "routes": routes,
    }


@pytest.fixture(scope="session")
def shared_site(programs, modules):
    one = Daemon(programs)
    try:
        # what the tests that use it provoke
        one.expect_log(r"probe|length|misuse")
        one.unix_path = f"{one.folder}/web.sock"
        listens = {f"127.0.0.1:{one.port}": {}, f"unix:{one.unix_path}": {}}
        one.conf(workers=2, listens=listens, **site_conf(modules))
        one.start()
        one.first_workers = one.serving()
    except BaseException:
        one.kill()
        raise
    yield one
    one.finish()


@pytest.fixture
def site(shared_site):
    """The shared daemon. No test may harm its workers: they stay the same processes."""
    yield shared_site
    shared_site.close_clients()
    assert shared_site.process.poll() is None, f"the shared daemon has ended:\n{shared_site.log()}"
    pids = shared_site.pids()
    if pids != sorted(shared_site.first_workers):
        before, shared_site.first_workers = shared_site.first_workers, shared_site.wait_serving()
        pytest.fail(f"workers {before} became {pids}; the log:\n{shared_site.log()[-3000:]}")


@pytest.fixture
def client(site):
    return site.connect()


@pytest.fixture
def serve():
    """Makes servers that this test plays."""
    made = []

    def make(script, **more):
        made.append(Server(script, **more))
        return made[-1]

    yield make
    for one in made:
        one.stop()
