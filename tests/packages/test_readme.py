"""
README.md, typed as it stands: its ten minutes by somebody who is not root in a Debian that runs, packaging/quickstart in a
network of its own. What else it types, tests/e2e/test_readme.py and test_units.py do.
"""
import re
import subprocess
import sys

import pytest

import debian
from box import Box, why_not
from harness.wait import wait_until

sys.path.insert(0, str(debian.TOP / "tests/docs"))
import guide  # noqa: E402

TEXT = (debian.TOP / "README.md").read_text()
MINUTES = 600


def typed(section):
    return guide.blocks_of(TEXT, section, "sh")


@pytest.fixture
def newcomer(machine):
    """`newcomer(text)`: types it in a checkout of theirs, of which there is what packaging/deb has left."""
    setup = (
        "useradd --create-home --shell /bin/bash ada && "
        "echo 'ada ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ada && "
        "cd ~ada && mkdir -p eddy/build && ln -s /srv/debs eddy/build/deb && chown -R ada: eddy"
    )
    done = machine.run("sh", "-c", setup)
    assert done.returncode == 0, done

    def newcomer(text):
        command = ("runuser", "--login", "ada", "-c", f"set -e\ncd ~/eddy\n{text}")
        return machine.run(*command, seconds=MINUTES)

    return newcomer


def test_the_ten_minutes_go_as_they_say(newcomer):
    first, *others = typed("Ten minutes to a module of your own")
    making, _, first = first.partition("\n")
    assert making.startswith("packaging/deb ")  # which has made what is installed here
    done = newcomer("\necho ----\n".join([first, *others]))
    assert done.returncode == 0, done.stdout + done.stderr
    installed, built, served, changed = done.stdout.split("----\n")
    assert '"status":"ok"' in installed
    assert built.rstrip().endswith("ok")
    assert served.endswith("Good morning from greeter: request 1, for /greeter/you\n")
    assert "Good morning, said greeter: request 1, for /greeter/you\n" in changed
    assert "ACCEPTING" in changed


def test_a_conf_that_is_wrong_fails_the_reload_and_the_journal_says_why(newcomer):
    first = typed("Ten minutes to a module of your own")[0].partition("\n")[2]
    done = newcomer(
        first
        + 'echo \'route "/greeter" { modul = "greeter" }\' | sudo tee /etc/eddy/conf.d/greeter.conf\n'
        "! sudo systemctl reload eddy\n"
        "sudo journalctl -u eddy --no-pager\ncurl -f http://127.0.0.1:8080/ > page\n"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        '/etc/eddy/conf.d/greeter.conf:1: unknown key "modul" in route: did you mean "module"?'
        in done.stdout
    )


def test_quickstart_serves_and_what_it_has_built_is_used(tmp_path_factory):
    why = why_not()
    if why:
        pytest.skip(why)
    tree = tmp_path_factory.mktemp("newcomer") / "eddy"
    debian.copy_tree(tree, debian.release())
    start, commands = typed("Without installing anything")
    start = re.sub(r" +#.*", "", start.strip())
    with Box({}) as box, open(tree.parent / "said", "w+") as said:
        server = subprocess.Popen(
            box.enter("sh", "-c", f"cd {tree} && exec {start}"),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )

        def serves():
            assert server.poll() is None, (tree.parent / "said").read_text()
            return box.run("curl", "-sf", "http://127.0.0.1:8080/").returncode == 0

        wait_until(serves, lambda: (tree.parent / "said").read_text(), MINUTES)
        done = box.run("bash", "-e", "-c", f"cd {tree}\n{commands}")
        assert done.returncode == 0, done.stderr
        assert '"status":"ok"' in done.stdout and ": RUNNING for " in done.stdout
        assert server.wait(60) == 0
