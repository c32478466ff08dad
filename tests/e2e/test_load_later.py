"""
What modules may say of their load: what they are asked to serve, that they are not ready yet, that they refuse after all,
and, for eddyd -t, what is wrong without loading.
"""
import os
import socket

from harness.daemon import run
from harness.wait import wait_until


def late(modules, **options):
    return {"path": str(modules / "late.so"), **options}


def refused(daemon, **more):
    """All lines of the log about modules that refuse, at a start that ends by that."""
    daemon.expect_log(r'module "|cannot listen on "')
    daemon.conf(workers=1, **more)
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78, daemon.log()
    return [line.partition(": ")[2] for line in daemon.log().splitlines() if 'module "' in line]


def test_a_module_knows_its_routes_and_listens_in_the_order_of_the_conf(daemon, modules):
    unix = f"unix:{daemon.folder}/raw.sock"
    said = refused(
        daemon,
        listens={f"127.0.0.1:{daemon.port}": {}, unix: {"protocol": "tcp", "module": "late"}},
        modules={"hello": {"path": "hello.so"}, "late": late(modules, how="mounts")},
        routes={"/z/*": "late", "/hello": "hello", "/a/:b": "late"},
    )
    assert said == [f'module "late": load failed: it is sent [/z/*][/a/:b]({unix})']


def test_a_module_without_routes_is_sent_nothing(daemon, modules):
    said = refused(daemon, modules={"hello": {"path": "hello.so"}, "late": late(modules, how="mounts")})
    assert said == ['module "late": load failed: it is sent ']


def test_a_worker_is_not_ready_as_long_as_a_module_holds_it(daemon, modules):
    flag = os.path.join(daemon.folder, "flag")
    daemon.conf(workers=1, modules={"late": late(modules, how="held", flag=flag)}, routes={"/": "late"})
    daemon.launch()
    wait_until(lambda: daemon.log() or daemon.process.poll() is not None, "a word of it")
    open(flag, "w", encoding="ascii").close()
    daemon.wait_ready()
    assert daemon.log().index("(late): it is there") < daemon.log().index(" ready: 1 worker")


def test_a_module_may_refuse_behind_its_load(daemon, modules):
    said = refused(daemon, modules={"late": late(modules, how="fail")}, routes={"/": "late"})
    assert said == ['module "late": load failed: no pigs, as one sees later']
    assert "it may" not in daemon.log()


def test_a_reload_that_is_refused_behind_its_load_changes_nothing(daemon, modules):
    daemon.start()
    before = daemon.pids()
    daemon.conf(modules={"late": late(modules, how="fail")}, routes={"/hello": "late"})
    daemon.expect_log(r"reload failed: |load failed: ")
    done = daemon.reload(expect=78)
    assert "load failed: no pigs, as one sees later" in done.stdout + done.stderr
    assert daemon.pids() == before
    assert daemon.get("/hello").body == b"Hello World\n"


def test_a_module_may_refuse_since_it_cannot_listen(daemon, modules):
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = "%s:%d" % other.getsockname()
        said = refused(daemon, modules={"late": late(modules, how="listen", address=address)}, routes={"/": "late"})
    assert said[-1] == 'module "late": load failed: nobody hears: EADDRINUSE'


def test_a_module_that_serves_can_refuse_no_more(daemon, modules):
    daemon.conf(workers=1, modules={"late": late(modules, how="served")}, routes={"/hello": "late"})
    daemon.start()
    (before,) = daemon.pids()
    closed = -7  # EDDY_ECLOSED
    assert daemon.get("/hello").body == b"%d %d /hello" % (closed, closed)
    assert daemon.pids() == [before]


def test_eddyd_t_has_each_module_look_at_its_options_without_loading_it(daemon, modules):
    daemon.conf(
        modules={"one": late(modules, bad="1"), "two": late(modules, how="fail"), "three": late(modules, bad="3")},
        routes={"/": "two"},
    )
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 78, done
    said = [line.partition(": ")[2] for line in done.stderr.splitlines() if "module" in line]
    assert said == [f'module "{name}": check failed: bad is {n}' for name, n in (("one", 1), ("three", 3))]
    daemon.conf(modules={"two": late(modules, how="fail")}, routes={"/": "two"})
    assert run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path)).returncode == 0
