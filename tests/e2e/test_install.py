"""
What `make install` leaves: enough to build a module out of tree, and programs that find each other.
"""
import os
import re
import shutil
import subprocess
import textwrap
from pathlib import Path

import pytest

from harness.daemon import Daemon, environment, run
from harness.install import found, installed_programs, module_environment


def test_the_programs_header_and_modules_are_installed(prefix):
    for path in ("sbin/eddyd", "bin/eddyctl", "include/eddy.h"):
        assert (prefix / path).is_file(), path
    assert os.access(found(prefix, "eddy-worker"), os.X_OK)
    modules = {path.name for path in found(prefix, "hello.so").parent.iterdir()}
    modules.discard("js.so")  # it is there where JavaScriptCore is
    assert modules == {"welcome.so", "hello.so", "echo.so", "poll.so", "resolve.so", "ticker.so", "signals.so", "upload.so", "fetch.so", "metrics.so"}
    assert found(prefix, "hello.so").parent.as_posix().endswith("/eddy/modules")
    assert {path.name for path in (prefix / "include").iterdir()} == {"eddy.h"}


def test_the_manual_is_installed_and_the_examples_are_as_source(prefix):
    assert (prefix / "share/man/man3/eddy_module.3").is_file()
    modules = {path.stem for path in found(prefix, "hello.so").parent.iterdir()} - {"js"}
    examples = found(prefix, "examples.conf").parent
    assert examples == prefix / "share/eddy/examples"
    assert {path.stem for path in examples.glob("*.c")} == modules


def test_the_units_are_installed_and_name_what_is_installed(prefix):
    if not any(prefix.rglob("eddy.socket")):
        pytest.skip("configure was told to install no units, or not within the prefix")
    units = {path.name: path.read_text() for path in found(prefix, "eddy.socket").parent.iterdir() if path.is_file()}
    assert set(units) == {"eddy.service", "eddy@.service", "eddy.socket"}
    for text in units.values():
        assert not re.search(r"@\w+@", text)
        for program in re.findall(r"^Exec\w+=(\S+)", text, re.M):
            there, folder, name = program.rsplit("/", 2)
            assert str(prefix).endswith(there)
            assert os.access(prefix / folder / name, os.X_OK)


def test_scripts_to_start_from_are_installed_with_the_module_js(prefix):
    if not any(prefix.rglob("js.so")):
        pytest.skip("this build has no module js: there was no JavaScriptCore when it was configured")
    examples = prefix / "share/eddy/javascript"
    source = Path(__file__).resolve().parents[2] / "worker/modules/js/examples"
    assert {path.relative_to(examples) for path in examples.rglob("*")} == {
        path.relative_to(source) for path in source.rglob("*")
    }
    assert (prefix / "share/man/man7/eddy_js.7").is_file()
    if any(prefix.rglob("eddy.socket")):
        units = found(prefix, "eddy.socket").parent
        for unit in ("eddy.service.d", "eddy@.service.d"):
            assert "\nMemoryDenyWriteExecute=no\n" in (units / unit / "50-javascript.conf").read_text()


@pytest.mark.usefixtures("engine")
def test_eddyd_finds_nothing_wrong_with_the_scripts_to_start_from(prefix):
    conf = prefix / "share/eddy/javascript/scripts.conf"
    checked = run(*installed_programs(prefix).eddyd_command("-t", "-c", str(conf)))
    assert checked.returncode == 0, checked.stderr


def test_what_other_programs_read_is_where_they_look(prefix):
    for path in (
        "share/bash-completion/completions/eddyctl",
        "share/bash-completion/completions/eddyd",
        "lib/sysusers.d/eddy.conf",
        "lib/tmpfiles.d/eddy.conf",
        "share/doc/eddy/logrotate",
    ):
        assert (prefix / path).is_file(), path


@pytest.mark.parametrize(
    "command",  # to groff a callback's type is one word, which it cannot break
    ["groff -mandoc -Tutf8 -w all -W break", "mandoc -T utf8 -W warning,stop"],
    ids=["groff", "mandoc"],
)
def test_the_manual_renders_without_a_complaint(prefix, command):
    if not shutil.which(command.split()[0]):
        pytest.skip(f"no {command.split()[0]} on this machine")
    done = run(*command.split(), str(prefix / "share/man/man3/eddy_module.3"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "eddy_response_send" in done.stdout


@pytest.mark.skipif(not shutil.which("pkg-config"), reason="no pkg-config on this machine")
def test_the_examples_build_out_of_tree_and_are_what_their_conf_says(prefix, tmp_path):
    programs = installed_programs(prefix)
    env = module_environment(prefix)
    examples = found(prefix, "examples.conf").parent
    said = run("pkg-config", "--variable=exampledir", "eddy", env=env).stdout.strip()
    assert str(examples).endswith(said)
    for source in sorted(examples.glob("*.c")):
        command = f"cc -shared -fPIC -Wall -Wextra -Werror $(pkg-config --cflags eddy) -o {source.stem}.so {source}"
        built = subprocess.run(
            ["sh", "-ec", command], cwd=tmp_path, env=env, capture_output=True, text=True
        )
        assert built.returncode == 0, built.stderr
    programs.modules = str(tmp_path)
    checked = run(*programs.eddyd_command("-t", "-c", str(examples / "examples.conf")))
    assert checked.returncode == 0, checked.stderr


@pytest.mark.skipif(not shutil.which("pkg-config"), reason="no pkg-config on this machine")
@pytest.mark.parametrize("language", ["c", "c++"])
def test_a_module_of_ones_own_is_built_out_of_tree_and_served(prefix, request, tmp_path, language):
    if language == "c++" and not shutil.which("c++"):
        pytest.skip("no C++ compiler on this machine")
    programs = installed_programs(prefix)
    source = tmp_path / ("mine.c" if language == "c" else "mine.cc")
    source.write_text(
        textwrap.dedent(
            """\
            #include <eddy.h>

            static void mine(eddy_request *req, eddy_response *res, void *state)
            {
            \teddy_response_send(res, 200, "text/plain", "my own\\n", 7);
            }
            """
        )
        + (
            'EDDY_MODULE(.name = "mine", .request = mine);\n'
            if language == "c"
            else 'extern "C" {\nEDDY_MODULE(.name = "mine", .version = nullptr, .load = nullptr, '
            ".drain = nullptr,\n"
            "\t.unload = nullptr, .request = mine, .handlers = nullptr); }\n"
        )
    )
    env = module_environment(prefix)
    cc = "cc" if language == "c" else "c++ -std=c++20"
    command = f"{cc} -shared -fPIC $(pkg-config --cflags eddy) -o mine.so {source.name}"
    built = subprocess.run(
        ["sh", "-ec", command], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    daemon = Daemon(programs)
    try:
        shutil.copy(tmp_path / "mine.so", daemon.folder)
        daemon.conf(
            modules={"mine": {"path": f"{daemon.folder}/mine.so"}}, routes={"/hello": "mine"}
        )
        daemon.start()
        assert daemon.get().body == b"my own\n"
    finally:
        daemon.finish()


@pytest.mark.skipif(not shutil.which("pkg-config"), reason="no pkg-config on this machine")
def test_pkg_config_knows_the_version_of_eddyd(prefix):
    env = environment(PKG_CONFIG_PATH=str(found(prefix, "eddy.pc").parent))
    version = run("pkg-config", "--modversion", "eddy", env=env).stdout.strip()
    assert run(str(prefix / "sbin/eddyd"), "-V").stdout == f"eddyd {version}\n"


def test_eddy_h_is_clean_under_strict_warnings_in_c_and_c_plus_plus(request, tmp_path):
    include = request.config.programs.include
    source = tmp_path / "strict.c"
    source.write_text(
        "#include <eddy.h>\n"
        "int nothing(void);\n"
        "int nothing(void) { return EDDY_ABI; }\n"
        "int flow(eddy_request *req, eddy_file *file, void (*done)(int, void *));\n"
        "int flow(eddy_request *req, eddy_file *file, void (*done)(int, void *))\n"
        "{ return eddy_pipeline(req, file, done, req); }\n"
    )
    for compiler, std in (("cc", "-std=c11"), ("cc", "-std=gnu17"), ("c++", "-std=c++17")):
        if not shutil.which(compiler):
            continue
        language = "c++" if compiler == "c++" else "c"
        done = run(
            *f"{compiler} -x {language} {std} -pedantic -Wall -Wextra -Werror -fsyntax-only".split(),
            f"-I{include}",
            str(source),
        )
        assert done.returncode == 0, done.stderr
