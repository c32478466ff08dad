"""`eddyctl new-module`: what it writes builds and serves, and what it refuses stays as it was."""
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from harness import ports
from harness.client import Client
from harness.daemon import Daemon, environment, run
from harness.install import installed_programs, module_environment
from harness.wait import wait_until


def new_module(programs, folder, *names):
    return run(programs.eddyctl, "new-module", *names, cwd=folder)


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_new_module_is_three_files_and_the_commands_that_come_next(programs, tmp_path):
    done = new_module(programs, tmp_path, "greeter")
    assert (done.returncode, done.stderr) == (0, "")
    assert tree(tmp_path) == [
        "greeter",
        "greeter/Makefile",
        "greeter/greeter.c",
        "greeter/greeter.conf",
    ]
    for command in ("cd greeter", "make run", "curl http://127.0.0.1:8081/"):
        assert re.search(rf"^  {command}( +#.*)?$", done.stdout, re.M), command
    for path in (tmp_path / "greeter").iterdir():
        text = path.read_text()
        assert "greeter" in text
        assert "@" not in text.replace("$@", ""), "a place was not filled in"
    assert 'listen "127.0.0.1:8081"' in (tmp_path / "greeter/greeter.conf").read_text()
    assert "pkg-config" in (tmp_path / "greeter/Makefile").read_text()


@pytest.mark.skipif(not shutil.which("pkg-config"), reason="no pkg-config on this machine")
@pytest.mark.parametrize("name", ["greeter", "int", "A_2"])
def test_a_new_module_builds_with_its_makefile_and_serves(prefix, tmp_path, name):
    programs = installed_programs(prefix)
    assert new_module(programs, tmp_path, name).returncode == 0
    folder = tmp_path / name
    env = module_environment(prefix) | {"CFLAGS": "-O2 -Wall -Wextra -Werror"}
    built = run("make", cwd=folder, env=env)
    assert built.returncode == 0, built.stderr
    assert (folder / f"{name}.so").exists()
    daemon = Daemon(programs)
    try:
        # its own conf, but for what two tests at a time cannot share
        conf = (folder / f"{name}.conf").read_text()
        conf = conf.replace("127.0.0.1:8081", f"127.0.0.1:{daemon.port}")
        daemon.conf_path = str(folder / f"{name}.conf")
        daemon.settings["workers"] = 1
        daemon.write_conf(f'control = "{daemon.control}"\nworkers = 1\n' + conf)
        daemon.start()
        assert daemon.get("/").body == f"Hello from {name}: request 1, for /\n".encode()
        assert daemon.get("/a/b").body == f"Hello from {name}: request 2, for /a/b\n".encode()
        assert daemon.get("/" + "x" * 1000).status == 200
        # built again, it takes the place of the one that runs
        os.utime(folder / f"{name}.c")
        assert run("make", cwd=folder, env=env).returncode == 0
        assert daemon.ctl("reload").returncode == 0
        assert daemon.get("/").body == f"Hello from {name}: request 1, for /\n".encode()
    finally:
        daemon.finish()
    assert run("make", "clean", cwd=folder, env=env).returncode == 0
    assert set(tree(folder)) == {"Makefile", f"{name}.c", f"{name}.conf"}


@pytest.mark.skipif(not shutil.which("pkg-config"), reason="no pkg-config on this machine")
def test_make_run_serves_beside_any_other_eddyd_and_make_reload_reaches_it(daemon, prefix):
    """The other one has the control socket that eddyctl would find first without the Makefile."""
    programs = daemon.programs
    daemon.start()
    assert new_module(programs, daemon.folder, "greeter").returncode == 0
    folder, port = Path(daemon.folder, "greeter"), ports.free_port()
    conf = folder / "greeter.conf"
    conf.write_text(conf.read_text().replace(":8081", f":{port}"))
    env = module_environment(prefix) | {
        "EDDYD": " ".join(programs.eddyd_command()),
        "EDDYCTL": programs.eddyctl,
        "RUNTIME_DIRECTORY": daemon.folder,
    }
    with open(folder / "log", "wb") as log:
        running = subprocess.Popen(["make", "run"], cwd=folder, env=env, stdout=log, stderr=log)

    def served():
        assert running.poll() is None, (folder / "log").read_text()
        return not ports.can_bind(port)

    wait_until(served, lambda: (folder / "log").read_text(), 60)
    source = folder / "greeter.c"
    source.write_text(source.read_text().replace("%s from", "%s again from"))
    done = run("make", "reload", cwd=folder, env=env, seconds=60)
    assert done.returncode == 0 and done.stdout.endswith("generation 2 is serving\n"), done
    with Client(("127.0.0.1", port)) as client:
        assert client.get("/").body == b"Hello again from greeter: request 1, for /\n"
    assert run(programs.eddyctl, "-s", str(folder / "control.sock"), "stop").returncode == 0
    assert running.wait(20) == 0
    assert daemon.status()["generation"] == 1


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_there_already_is_left_alone(programs, tmp_path, kind):
    place = tmp_path / "mine"
    if kind == "folder":
        place.mkdir()
        (place / "mine.c").write_text("my own\n")
    elif kind == "file":
        place.write_text("my own\n")
    else:
        place.symlink_to("nowhere")
    before = tree(tmp_path)
    done = new_module(programs, tmp_path, "mine")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is a mine here already" in done.stderr
    assert tree(tmp_path) == before
    if kind == "folder":
        assert (place / "mine.c").read_text() == "my own\n"


@pytest.mark.parametrize(
    "name",
    ["", "a-b", "1st", "_a", "../up", "/abs", "a b", "a.c", "grün", "a" * 33, "eddy", "eddy_fs"],
    ids=lambda name: name or "nothing",
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(programs, tmp_path, name):
    done = new_module(programs, tmp_path, name)
    assert (done.returncode, done.stdout) == (64, "")
    assert f'bad name "{name}": ' in done.stderr
    assert tree(tmp_path) == []


@pytest.mark.parametrize("names", [[], ["one", "two"]], ids=["none", "two"])
def test_it_wants_one_name(programs, tmp_path, names):
    done = new_module(programs, tmp_path, *names)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith("eddyctl: ")
    assert tree(tmp_path) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_made_is_said(programs, tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    done = new_module(programs, tmp_path, "mine")
    tmp_path.chmod(stat.S_IRWXU)
    assert done.returncode == 73
    assert "cannot make the folder mine: Permission denied" in done.stderr


def test_a_module_that_cannot_be_written_whole_does_not_stay(programs, tmp_path):
    # no byte may be written: as a full disk would have it
    done = subprocess.run(
        ["sh", "-c", 'trap "" XFSZ; ulimit -f 0; exec "$0" new-module mine', programs.eddyctl],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 73
    assert "cannot write into the folder mine: File too large" in done.stderr
    assert tree(tmp_path) == []
