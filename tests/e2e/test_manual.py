"""The man pages say all that there is, and what they say is so."""
import re
import shutil
import subprocess

import pytest

from conftest import TOP
from harness.daemon import environment, run

MAN = TOP / "packaging/man"


def page(name):
    return (MAN / name).read_text()


def words(text):
    """Without the macros' escapes."""
    return text.replace("\\&", "").replace("\\-", "-")


@pytest.mark.skipif(not shutil.which("mandoc"), reason="no mandoc on this machine")
@pytest.mark.parametrize("name", sorted(path.name for path in MAN.iterdir()))
def test_a_page_is_without_a_warning(name):
    done = run("mandoc", "-T", "lint", "-W", "warning", str(MAN / name))
    assert (done.returncode, done.stdout) == (0, "")


def test_the_conf_file_has_every_key(daemon, tmp_path):
    """eddyd names all that it knows in a place where it is told of another."""
    places = {"": "{}", "listen": 'listen "127.0.0.1:1" {{ {} }}', "http": "http {{ {} }}"}
    places |= {"module": 'module "a" {{ {} }}', "route": 'route "/" {{ {} }}'}
    said = (TOP / "conf/eddy.conf").read_text()
    for place, text in places.items():
        (tmp_path / "a.conf").write_text(text.format("zzzzzzzzzzzzzzzz = 1") + "\n")
        done = run(*daemon.programs.eddyd_command("-t", "-c", f"{tmp_path}/a.conf"))
        known = re.search(r'unknown key "z+".*: there are (.*)', done.stderr)
        names = re.findall(r"\w+", known[1].partition(";")[0].replace(" and ", " "))
        assert len(names) > 1, done
        if place:
            scope = "".join(re.findall(rf"^#?{place} [^\n]*\{{\n.*?^#?\}}", said, re.M | re.S))
        else:
            scope = said
        missing = {name for name in names if not re.search(rf"^[#\s]*{name}\b *[=({{\"]", scope, re.M)}
        assert not missing, (place, missing)


def test_the_conf_page_has_every_key_with_its_default(daemon):
    """All keys are in the conf file that is installed, commented out with their defaults."""
    text = words(page("eddy.conf.5"))
    said = (TOP / "conf/eddy.conf").read_text()
    keys = set(re.findall(r"^\s*#?([a-z_]+) = ", said, re.M)) - {"greeting"}
    assert len(keys) > 25
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"^\.It .*", text, re.M))))
    assert keys <= named, keys - named
    for key, default in re.findall(r'^\s*#([a-z_]+) = "?([0-9]+(?:ms|[smhkg])?)"?\s', said, re.M):
        item = re.search(rf"^\.It .*\b{key}\b.*\n((?:(?!\.It ).*\n)*)", text, re.M)
        assert re.search(rf"\b{default}\b", item[0]), (key, default)


def test_the_conf_page_has_every_word_of_the_access_log(daemon):
    said = re.findall(r"^\t#\t(%.*)$", (TOP / "conf/eddy.conf").read_text(), re.M)
    wanted = set(re.findall(r"%(?:\{\w+\})?[a-zA-Z%]", " ".join(said)))
    assert len(wanted) > 25
    assert wanted <= set(re.findall(r"%(?:\{\w+\})?[a-zA-Z%]", words(page("eddy.conf.5"))))


def test_the_example_of_the_conf_page_is_good(daemon, tmp_path):
    text = page("eddy.conf.5").partition(".Sh EXAMPLES")[2]
    example = re.search(r"\.Bd.*?\n(.*?)\.Ed", text, re.S)[1]
    example = example.replace('"/srv/uploads"', f'"{tmp_path}"').replace('user = "eddy"\n', "")
    path = tmp_path / "eddy.conf"
    path.write_text(example)
    done = run(*daemon.programs.eddyd_command("-t", "-c", str(path)))
    assert done.returncode == 0 and "ok" in done.stdout, done


def test_the_chat_of_the_conf_page_is_one(daemon):
    """The page that people see, and what it talks to beside it."""
    text = page("eddy.conf.5").partition(".Sh EXAMPLES")[2]
    routes = re.findall(r'^route .*module = "poll".*$', text, re.M)
    daemon.write_conf(
        f'control = "{daemon.control}"\nlisten "127.0.0.1:{daemon.port}" {{ }}\nmodule "poll" {{ }}\n'
        + "\n".join(routes)
    )
    daemon.start()
    answer = daemon.get("/chat")
    assert (answer.status, answer.get("Content-Type")[:9]) == (200, "text/html")
    with daemon.connect() as client:
        assert client.post("/poll/lobby", b"Hello").status == 204


@pytest.mark.parametrize("program", ["eddyd", "eddyctl"])
def test_a_program_s_page_has_every_option_and_command(programs, program):
    name = {"eddyd": "eddyd.8", "eddyctl": "eddyctl.1"}[program]
    shown = run(getattr(programs, program), "--help").stdout
    text = words(page(name))
    options = set(re.findall(r"--([a-z-]+)", shown))
    assert options <= set(re.findall(r"^\.It Fl \w , -([a-z-]+)", text, re.M))
    if program == "eddyctl":
        commands = set(re.findall(r"^  ([a-z-]+) ", shown, re.M))
        assert commands and commands <= set(re.findall(r"^\.It Cm ([a-z-]+)", text, re.M))
    codes = set(re.findall(r"\b(\d+) [a-z]", shown.partition("exit codes:")[2]))
    assert codes and codes <= set(re.findall(r"^\.It (\d+)$", text, re.M))


def test_the_daemon_s_page_has_every_signal(programs):
    shown = run(programs.eddyd, "--help").stdout.partition("signals:")[2].partition("exit codes")[0]
    signals = set(re.findall(r"\b[A-Z]{3,}[0-9]?\b", shown))
    items = set(
        re.findall(r"[A-Z0-9]+", " ".join(re.findall(r"^\.It [A-Z].*", page("eddyd.8"), re.M)))
    )
    assert {"TERM", "HUP"} <= signals <= items


def test_man_shows_the_installed_pages(prefix):
    if not shutil.which("man"):
        pytest.skip("no man on this machine")
    for section, name in ((8, "eddyd"), (1, "eddyctl"), (5, "eddy.conf"), (3, "eddy_module")):
        done = subprocess.run(
            ["man", "-M", str(prefix / "share/man"), str(section), name],
            env=environment(PAGER="cat", MANPAGER="cat"),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0 and "NAME" in done.stdout, done
