"""
Modules that cannot be loaded: said with module, path and reason, exit 78, nothing half started.
"""
import os
import shutil
import signal
import threading
import time

import pytest

from harness import ports
from harness.daemon import children, cpu_seconds, run, state
from harness.wait import wait_until


def _missing(modules, folder):
    return {"path": "/nonexistent/missing.so"}, ["there is no /nonexistent/missing.so: has it been built?"]


def _missing_by_name(modules, folder):
    return {"path": "no-such-module.so"}, ["there is no no-such-module.so in ", ": there are echo.so, "]


def _text(modules, folder):
    path = os.path.join(folder, "text.so")
    with open(path, "w", encoding="ascii") as file:
        file.write("this is not a shared object\n" * 10)
    return {"path": path}, [f"{path} is no shared object: a module is compiled with cc -shared -fPIC"]


def _empty(modules, folder):
    path = os.path.join(folder, "empty.so")
    open(path, "w", encoding="ascii").close()
    return {"path": path}, [f"{path} is empty"]


def _folder(modules, folder):
    path = os.path.join(folder, "folder.so")
    os.makedirs(path, exist_ok=True)
    return {"path": path}, [f"{path} is a folder"]


def _cut(modules, folder):
    path = os.path.join(folder, "cut.so")
    shutil.copy(modules / "probe.so", path)
    os.truncate(path, 2000)
    return {"path": path}, [path]


def _no_entry(modules, folder):
    path = str(modules / "no_entry.so")
    return {"path": path}, [path, "eddy_module_entry"]


def _wrong_abi(modules, folder):
    path = str(modules / "wrong_abi.so")
    return {"path": path}, [path, "ABI", "42", "1"]


def _cut_definition(modules, folder):
    path = str(modules / "def_cut.so")
    return {"path": path}, [path, "definition of", "EDDY_MODULE"]


def _unresolved(modules, folder):
    path = str(modules / "unresolved.so")
    return {"path": path}, [f"{path} calls eddy_no_such_function, which eddy ", " does not have: "]


def _refuses(modules, folder):
    return {"path": str(modules / "refuse.so"), "wish": "flying pigs"}, [
        "no flying pigs today, 3 times no"
    ]


def _refuses_silently(modules, folder):
    return {"path": str(modules / "refuse.so"), "silent": "yes"}, ["load"]


BROKEN = {
    "a file that is not there": _missing,
    "a name that is not there": _missing_by_name,
    "a text file": _text,
    "an empty file": _empty,
    "a folder": _folder,
    "a file cut short": _cut,
    "a library that is no module": _no_entry,
    "a module of another ABI": _wrong_abi,
    "a module with half a definition": _cut_definition,
    "a module with an unknown symbol": _unresolved,
    "a module that refuses": _refuses,
    "a module that refuses without a word": _refuses_silently,
}


def broken_conf(daemon, module):
    daemon.conf(
        modules={"hello": {"path": "hello.so"}, "broken": module},
        routes={"/hello": "hello", "/b": "broken"},
    )


@pytest.mark.parametrize("case", BROKEN)
def test_eddyd_does_not_start_with_a_module_that_does_not_load(daemon, modules, case):
    module, words = BROKEN[case](modules, daemon.folder)
    broken_conf(daemon, module)
    daemon.expect_log(".*")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78, daemon.log()
    for word in ["broken", *words]:
        assert word in daemon.log(), f"{word!r} is not in the log: {daemon.log()}"
    assert ports.can_bind(daemon.port)
    assert not os.path.exists(daemon.control)


@pytest.mark.parametrize(
    "case", [case for case in BROKEN if not case.startswith("a module that refuses")]
)
def test_eddyd_t_finds_a_module_that_does_not_load(daemon, modules, case):
    module, words = BROKEN[case](modules, daemon.folder)
    broken_conf(daemon, module)
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 78, done
    for word in ["broken", *words]:
        assert word in done.stderr, f"{word!r} is not in: {done.stderr}"
    # and where in the conf it is said
    line = [
        i for i, text in enumerate(open(daemon.conf_path), 1) if text.startswith('module "broken"')
    ][0]
    assert f"{daemon.conf_path}:{line}: " in done.stderr


def test_modules_of_the_first_release_and_of_years_to_come_are_served(daemon, modules):
    daemon.conf(
        modules={
            "old": {"path": str(modules / "def_old.so")},
            "new": {"path": str(modules / "def_new.so")},
        },
        routes={"/old": "old", "/new": "new"},
    )
    daemon.start()
    assert daemon.get("/old").body == b"old\n"
    assert daemon.get("/new").body == b"new\n"


def test_what_an_old_definition_lacks_is_not_there_whatever_lies_behind_it(daemon, modules):
    path = modules / "def_old.so"
    daemon.write_conf(
        f'control = "{daemon.control}"\n'
        f'listen "127.0.0.1:{daemon.port}" {{ protocol = "tcp"  module = "old" }}\n'
        f'module "old" {{ path = "{path}" }}\n'
    )
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 78, done
    assert f"{daemon.conf_path}:2: " in done.stderr


def test_a_relative_path_starts_at_the_file_that_says_it(daemon):
    hello = os.path.join(daemon.programs.modules, "hello.so")
    os.mkdir(os.path.join(daemon.folder, "near"))
    shutil.copy(hello, os.path.join(daemon.folder, "near", "by.so"))
    daemon.conf(modules={"hello": {"path": "./near/by.so"}}, routes={"/hello": "hello"})
    daemon.start(popen={"cwd": "/"})
    assert daemon.get("/hello").body == b"Hello World\n"


def several_that_refuse(modules):
    refuse = {"path": str(modules / "refuse.so")}
    return {"one": {**refuse, "wish": "one"}, "fine": {"path": "hello.so"}, "two": {**refuse, "wish": "two"}}


def test_of_several_modules_that_refuse_each_is_told(daemon, modules):
    daemon.conf(modules=several_that_refuse(modules), routes={"/": "fine"})
    daemon.expect_log("load failed")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78, daemon.log()
    said = [line.partition(": ")[2] for line in daemon.log().splitlines() if "load failed" in line]
    assert said == [f'module "{name}": load failed: no {name} today, 3 times no' for name in ("one", "two")]


def test_a_reload_tells_of_each_module_that_refuses(daemon, modules):
    daemon.start()
    daemon.conf(modules=several_that_refuse(modules), routes={"/hello": "fine"})
    daemon.expect_log("reload failed|load failed")
    done = daemon.reload(expect=78)
    for name in ("one", "two"):
        assert f'module "{name}": load failed: no {name} today' in done.stdout + done.stderr
    assert daemon.get("/hello").body == b"Hello World\n"


def test_eddyd_t_does_not_call_load(daemon, modules):
    broken_conf(daemon, {"path": str(modules / "refuse.so")})
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 0, done


def test_eddyd_does_not_start_when_a_module_crashes_while_it_loads(daemon, modules):
    broken_conf(daemon, {"path": str(modules / "crash.so"), "when": "load"})
    daemon.expect_log(".*")
    daemon.expected_exit = 78
    daemon.launch()
    code = daemon.wait_exit()
    assert code in (70, 78), daemon.log()
    daemon.expected_exit = code
    for word in ("SIGSEGV", "broken"):
        assert word in daemon.log(), daemon.log()


@pytest.mark.parametrize(
    "module,route,words",
    [
        ("probe", {"module": "m", "handler": "nonesuch"}, ["has no handler \"nonesuch\": there are "]),
        ("no_request", {"module": "m"}, ["handler"]),
        ("probe", {"module": "m", "handler": ""}, ["handler"]),
    ],
    ids=["an unknown handler", "no handler where one is needed", "an empty handler"],
)
def test_a_route_to_a_handler_that_is_not_there_is_an_error_at_its_line(
    daemon, modules, module, route, words
):
    daemon.conf(
        modules={"hello": {"path": "hello.so"}, "m": {"path": str(modules / f"{module}.so")}},
        routes={"/hello": "hello", "/b": route},
    )
    line = [i for i, text in enumerate(open(daemon.conf_path), 1) if text.startswith('route "/b"')][
        0
    ]
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 78, done
    for word in [f"{daemon.conf_path}:{line}: ", *words]:
        assert word in done.stderr, f"{word!r} is not in: {done.stderr}"
    daemon.expect_log(".*")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    for word in words:
        assert word in daemon.log()


def test_a_listen_for_tcp_to_a_module_that_takes_no_connections_is_an_error_at_its_line(daemon):
    other = {f"127.0.0.2:{daemon.port}": {"protocol": "tcp", "module": "hello"}}
    daemon.conf(listens={f"127.0.0.1:{daemon.port}": {}} | other)
    text = (
        f'{daemon.conf_path}:5: listen "127.0.0.2:{daemon.port}": module "hello" takes no '
        "connections: it has no connection handler"
    )
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 78 and done.stderr.endswith(text + "\n"), done
    daemon.expect_log("takes no connections")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    assert text in daemon.log()


def test_named_handlers_alone_are_enough_for_a_module(daemon, modules):
    daemon.conf(
        modules={"m": {"path": str(modules / "no_request.so")}},
        routes={"/b": {"module": "m", "handler": "named"}},
    )
    daemon.start()
    assert daemon.get("/b").body == b"named\n"


def test_one_module_file_serves_under_several_names_with_own_options(daemon):
    daemon.conf(
        modules={name: {"path": "hello.so", "greeting": name} for name in ("one", "two", "three")},
        routes={"/1": "one", "/2": "two", "/3": "three"},
    )
    daemon.start()
    assert [daemon.get(path).body for path in ("/1", "/2", "/3")] == [
        b"one\n",
        b"two\n",
        b"three\n",
    ]


def test_a_worker_program_that_is_not_there_is_said(daemon):
    daemon.conf()
    done = run(
        daemon.programs.eddyd,
        "-w",
        "/nonexistent/eddy-worker",
        "-m",
        daemon.programs.modules,
        "-c",
        daemon.conf_path,
    )
    assert done.returncode in (70, 78), done
    assert "/nonexistent/eddy-worker" in done.stderr
    assert "No such file" in done.stderr


def test_a_worker_program_that_is_no_worker_is_said(daemon):
    daemon.conf()
    done = run(
        daemon.programs.eddyd,
        "-w",
        "/bin/true",
        "-m",
        daemon.programs.modules,
        "-c",
        daemon.conf_path,
    )
    assert done.returncode in (70, 78), done
    assert done.stderr.strip()


class Listener(threading.Thread):
    """
    Lets the master, which the module has stopped, go on when the module has said all that it has to
    say: the link is full then.
    """

    def __init__(self, daemon, before=()):
        super().__init__(daemon=True)
        self.pid, self.before, self.heard = daemon.pid, before, False

    def run(self):
        try:
            wait_until(lambda: state(self.pid) == "T", "the master to be stopped")
            (worker,) = set(children(self.pid)) - set(self.before)
            wait_until(lambda: self._rests(worker), "the worker to have said it all", every=0)
            self.heard = True
        finally:
            os.kill(self.pid, signal.SIGCONT)

    @staticmethod
    def _rests(pid):
        def look():
            return state(pid), cpu_seconds(pid)

        first = look()
        time.sleep(0.1)
        return first[0] == "S" and look() == first

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *unused):
        self.join(30)
        assert kind or self.heard


def talking_conf(daemon, modules, lines=5000, **options):
    """A worker whose module says more while it loads than the link to the master holds."""
    daemon.expect_log("log lines were dropped|talker")
    module = {"path": str(modules / "talker.so"), "lines": lines, **options}
    daemon.conf(workers=1, modules={"talker": module}, routes={"/talker": "talker"})


def test_a_module_that_logs_a_lot_as_it_loads_is_started_and_reloaded(daemon, modules):
    talking_conf(daemon, modules)
    daemon.launch()
    with Listener(daemon):
        pass
    daemon.wait_ready()
    assert daemon.get("/talker").body == b"listening\n"
    before = daemon.pids()
    with Listener(daemon, before):
        daemon.reload()
    daemon.wait_serving(without=before)
    assert daemon.get("/talker").body == b"listening\n"
    assert "line 4999 of 5000" not in daemon.log(), "the link was never full"


def test_a_refusal_behind_a_lot_of_log_lines_arrives_at_start(daemon, modules):
    talking_conf(daemon, modules, wish="flying pigs")
    daemon.expected_exit = 78
    daemon.launch()
    with Listener(daemon):
        assert daemon.wait_exit() == 78, daemon.log()[-3000:]
    assert "no flying pigs after so many words" in daemon.log()


def test_a_refusal_behind_a_lot_of_log_lines_arrives_at_reload(daemon, modules):
    talking_conf(daemon, modules, lines=0)
    daemon.start()
    before = daemon.pids()
    talking_conf(daemon, modules, wish="flying pigs")
    daemon.expect_log("reload failed")
    with Listener(daemon, before):
        done = daemon.reload(expect=78)
    assert "no flying pigs after so many words" in done.stdout + done.stderr
    assert daemon.serving() and daemon.pids() == before
    assert daemon.get("/talker").body == b"listening\n"
