"""
The conf file: every error is said with file, line, and what would be right, all in one go; what is
printed by -T means the same.
"""
import os
import re

import pytest

from harness.daemon import run

GOOD = 'listen "127.0.0.1:8080" { }\nmodule "hello" { }\nroute "/" { module = "hello" }\n'

# What is added to a good conf, the line at which it is wrong, and what the message has to name.
WRONG = {
    "an unknown key": ("wrokers = 2\n", 4, ["wrokers", "workers"]),
    "an unknown key in a section": (
        'http { keepalive_timout = "5s" }\n',
        4,
        ["keepalive_timout", "keepalive_timeout"],
    ),
    "an unknown section": ('lisen "127.0.0.1:81" { }\n', 4, ["lisen", "listen"]),
    "no worker": ("workers = 0\n", 4, ["workers", "auto"]),
    "a negative number of workers": ("workers = -1\n", 4, ["workers", "auto"]),
    "too many workers": ("workers = 257\n", 4, ["workers", "256"]),
    "workers in words": ("workers = several\n", 4, ["several", "auto"]),
    "a size with an unknown unit": ('http { max_body = "8q" }\n', 4, ["max_body", "8q"]),
    "a size that is none": ('http { max_body = "big" }\n', 4, ["max_body", "big"]),
    "a negative size": ('http { max_body = "-1" }\n', 4, ["max_body", "-1"]),
    "a size beyond 64 bits": ('http { max_body = "99999999999999999999g" }\n', 4, ["max_body"]),
    "a max_head above 64k": ('http { max_head = "1m" }\n', 4, ["max_head"]),
    "a duration without a unit": (
        'http { header_timeout = "10" }\n',
        4,
        ["header_timeout", "10", "s"],
    ),
    "a duration with an unknown unit": (
        'http { header_timeout = "10 parsecs" }\n',
        4,
        ["header_timeout"],
    ),
    "a negative duration": ('http { header_timeout = "-1s" }\n', 4, ["header_timeout"]),
    "an address without a port": ('listen "127.0.0.1" { }\n', 4, ["127.0.0.1", "port"]),
    "port 0": ('listen "127.0.0.1:0" { }\n', 4, ["127.0.0.1:0", "65535"]),
    "port 65536": ('listen "127.0.0.1:65536" { }\n', 4, ["127.0.0.1:65536", "65535"]),
    "a port in words": ('listen "127.0.0.1:http" { }\n', 4, ["127.0.0.1:http"]),
    "a name instead of an address": ('listen "localhost:8081" { }\n', 4, ["localhost"]),
    "an address of five numbers": ('listen "1.2.3.4.5:80" { }\n', 4, ["1.2.3.4.5"]),
    "an IPv6 address without brackets": ('listen "::1:8081" { }\n', 4, ["::1:8081"]),
    "a bracket that does not close": ('listen "[::1:8081" { }\n', 4, ["[::1:8081"]),
    "a unix address without a path": ('listen "unix:" { }\n', 4, ["unix:"]),
    "a unix path that is too long": (f'listen "unix:/{"x" * 120}" {{ }}\n', 4, ["107"]),
    "the same listener twice": ('listen "127.0.0.1:8080" { }\n', 4, ["127.0.0.1:8080", "1"]),
    "a listener without a title": ("listen { }\n", 4, ["listen"]),
    "a negative backlog": ('listen "127.0.0.1:81" { backlog = -1 }\n', 4, ["backlog"]),
    "a mode that is none": ('listen "unix:/tmp/a.sock" { mode = "rw-rw----" }\n', 4, ["mode"]),
    "a mode with a 9": ('listen "unix:/tmp/a.sock" { mode = "0690" }\n', 4, ["mode"]),
    "ipv6only that is neither": ('listen "[::1]:81" { ipv6only = perhaps }\n', 4, ["ipv6only"]),
    "a protocol that is none": ('listen "127.0.0.1:81" { protocol = "udp" }\n', 4, ["udp", "tcp"]),
    "TCP for nobody": ('listen "127.0.0.1:81" { protocol = "tcp" }\n', 4, ["127.0.0.1:81", "module"]),
    "TCP for an unknown module": (
        'listen "127.0.0.1:81" { protocol = "tcp"  module = "helo" }\n',
        4,
        ["helo", "hello"],
    ),
    "a module where routes decide": (
        'listen "127.0.0.1:81" { module = "hello" }\n',
        4,
        ["module", "tcp", "routes"],
    ),
    "no thread for files": ("fs_threads = 0\n", 4, ["fs_threads", "64"]),
    "CONNECT to a path": (
        'route "/x" { module = "hello"  methods = { "CONNECT" } }\n',
        4,
        ["CONNECT", "*"],
    ),
    "a route without a path for more than CONNECT": (
        'route "*" { module = "hello" }\n',
        4,
        ["*", "CONNECT"],
    ),
    "the same module twice": ('module "hello" { }\n', 4, ["hello", "2"]),
    "a module without a name": ("module { }\n", 4, ["module"]),
    "a route to an unknown module": ('route "/x" { module = "nobody" }\n', 4, ["nobody"]),
    "a route without a module": ('route "/x" { }\n', 4, ["module"]),
    "a route without a slash": ('route "x" { module = "hello" }\n', 4, ["x", "/"]),
    "the same route twice": ('route "/" { module = "hello" }\n', 4, ["/", "3"]),
    "the same parameter route twice": (
        'route "/a/:x" { module = "hello" }\nroute "/a/:y" { module = "hello" }\n',
        5,
        ["/a/:y"],
    ),
    "an asterisk in the middle": ('route "/a/*/b" { module = "hello" }\n', 4, ["/a/*/b", "*"]),
    "a parameter without a name": ('route "/a/:" { module = "hello" }\n', 4, ["/a/:"]),
    "a query in a route": ('route "/a?b" { module = "hello" }\n', 4, ["/a?b"]),
    "a method that is no token": (
        'route "/x" { module = "hello" methods = { "GE T" } }\n',
        4,
        ["GE T"],
    ),
    "a string that does not end": ('control = "/tmp/x\n', 4, []),
    "a brace that is not closed": ('http { max_body = "8m"\n', (4, 5), []),
    "a brace too many": ("}\n", 4, ["}"]),
    "a value that is missing": ("workers =\n", (4, 5), ["workers"]),
    "rubbish": ("???\n", 4, ["???"]),
    "an include of one file that is not there": (
        'include("/nonexistent/more.conf")\n',
        4,
        ["/nonexistent/more.conf"],
    ),
    "a control path that is too long": (f'control = "/{"x" * 120}"\n', 4, ["control", "107"]),
}


def check(programs, path, *arguments):
    return run(*programs.eddyd_command("-t", "-c", str(path), *arguments))


def write(folder, text, name="eddy.conf"):
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize("case", WRONG)
def test_an_error_is_said_with_file_line_and_what_would_be_right(programs, tmp_path, case):
    more, lines, words = WRONG[case]
    path = write(tmp_path, GOOD + more)
    done = check(programs, path)
    assert done.returncode == 78, done
    lines = lines if isinstance(lines, tuple) else (lines,)
    said = [
        line
        for line in done.stderr.splitlines()
        if any(f"{path}:{number}: " in line for number in lines)
    ]
    assert said, f"no {path}:{lines}: in\n{done.stderr}"
    for word in words:
        assert any(word in line for line in said), f"{word!r} is not in: {said}"
    assert len([line for line in done.stderr.splitlines() if f"{path}:" in line]) == 1, done.stderr


def test_all_errors_are_said_in_one_go_and_in_order(programs, tmp_path):
    path = write(
        tmp_path,
        'workers = many\nlisten "127.0.0.1:99999" { }\nhttp {\n\tmax_body = "8q"\n\tunknown = 1\n}\n'
        'module "hello" { }\nroute "/" { module = "nobody" }\nroute "x" { module = "hello" }\n',
    )
    done = check(programs, path)
    assert done.returncode == 78
    lines = [int(n) for n in re.findall(re.escape(str(path)) + r":(\d+): ", done.stderr)]
    assert lines == [1, 2, 4, 5, 8, 9], done.stderr


def test_a_daemon_does_not_start_with_a_bad_conf_and_says_all(daemon):
    daemon.write_conf(
        f'control = "{daemon.control}"\nworkers = many\nlisten "127.0.0.1:99999" {{ }}\n'
    )
    daemon.expect_log(".*")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    for line in (2, 3):
        assert f"{daemon.conf_path}:{line}: " in daemon.log()
    assert not os.path.exists(daemon.control)


def test_an_error_in_an_included_file_names_that_file(programs, tmp_path):
    write(tmp_path, "# more\n\nworkers = many\n", "more.conf")
    path = write(
        tmp_path, f'include("{tmp_path}/more.conf")\n' + GOOD + 'route "x" { module = "hello" }\n'
    )
    done = check(programs, path)
    assert done.returncode == 78
    assert f"{tmp_path}/more.conf:3: " in done.stderr
    assert f"{path}:5: " in done.stderr


def test_includes_that_go_round_in_a_circle_are_an_error(programs, tmp_path):
    write(tmp_path, f'include("{tmp_path}/eddy.conf")\n', "more.conf")
    path = write(tmp_path, GOOD + f'include("{tmp_path}/more.conf")\n')
    done = check(programs, path)
    assert done.returncode == 78
    assert f"{tmp_path}/more.conf:1: " in done.stderr


def test_a_glob_that_matches_nothing_is_fine_and_one_that_does_is_read_in_order(programs, tmp_path):
    path = write(tmp_path, f'include("{tmp_path}/conf.d/*.conf")\n')
    (tmp_path / "conf.d").mkdir()
    assert check(programs, path).returncode in (0, 78)
    write(tmp_path / "conf.d", GOOD, "10-site.conf")
    write(tmp_path / "conf.d", 'route "/more" { module = "hello" }\n', "20-more.conf")
    write(tmp_path / "conf.d", "this is not read", "30-readme.txt")
    done = check(programs, path)
    assert done.returncode == 0, done
    printed = run(*programs.eddyd_command("-T", "-c", str(path)))
    assert '"/more"' in printed.stdout


@pytest.mark.parametrize("what", ["missing", "folder", "unreadable"])
def test_a_conf_file_that_cannot_be_read_is_said_with_its_name(programs, tmp_path, what):
    path = tmp_path / "eddy.conf"
    if what == "folder":
        path.mkdir()
    if what == "unreadable":
        if os.geteuid() == 0:
            pytest.skip("root reads everything")
        path.write_text(GOOD)
        path.chmod(0)
    done = check(programs, path)
    assert done.returncode == 78, done
    assert str(path) in done.stderr
    assert {"missing": "No such file", "folder": "irectory", "unreadable": "ermission"}[
        what
    ] in done.stderr


@pytest.mark.parametrize(
    "text",
    ["", "# nothing but a comment\n", 'module "hello" { }\n', 'listen "127.0.0.1:8080" { }\n'],
    ids=["empty", "comment", "module alone", "listener alone"],
)
def test_a_conf_that_would_serve_nothing_is_an_error_or_said_to_be_fine_but_never_a_crash(
    programs, tmp_path, text
):
    done = check(programs, write(tmp_path, text))
    assert done.returncode in (0, 78), done
    if done.returncode == 78:
        assert "eddy.conf" in done.stderr


def test_a_conf_with_nul_bytes_is_an_error(programs, tmp_path):
    done = check(programs, write(tmp_path, GOOD.encode() + b"\0\0\0\n"))
    assert done.returncode == 78
    assert ":4: " in done.stderr


@pytest.mark.parametrize("seed", range(3))
def test_rubbish_never_crashes_the_check(programs, tmp_path, seed):
    import random

    rubbish = random.Random(seed)
    text = list((GOOD + 'http { max_body = "8m" }\n') * 3)
    for _ in range(40):
        text[rubbish.randrange(len(text))] = chr(rubbish.randrange(1, 255))
    done = check(programs, write(tmp_path, "".join(text)))
    assert done.returncode in (0, 78), done


@pytest.mark.parametrize(
    "text",
    [
        "workers = auto\n" + GOOD,
        "workers = 256\n" + GOOD,
        "/* a comment */ # and one more\n" + GOOD,
        GOOD
        + 'http { keepalive_timeout = "0" header_timeout = "500ms" write_timeout = "2m" '
        + 'max_head = "4k" max_body = "1g" }\n',
        GOOD + 'http { body_timeout = "1h" }\ndrain_timeout = "1d"\n',
        GOOD
        + 'listen "[::1]:8080" { ipv6only = true }\nlisten "unix:/tmp/a.sock" { mode = "0600" }\n',
        GOOD + 'listen "*:8081" { backlog = 128 }\n',
        GOOD
        + 'route "/a/:b/c" { module = "hello" methods = { "GET", "PUT" } max_body = "0" }\n'
        + 'route "/*" { module = "hello" }\n',
        'module "a-b.c_1" { path = "echo.so" '
        'options { greeting = "say \\"hi\\" \\\\ # no comment" other = "1" } }\n'
        'listen "127.0.0.1:8080" {}\nroute "/" { module = "a-b.c_1" }\n',
    ],
    ids=(
        "auto;256 workers;comments;all of http;durations;listeners;any address;routes;strings"
    ).split(";"),
)
def test_what_is_dumped_is_accepted_and_prints_the_same_again(programs, tmp_path, text):
    path = write(tmp_path, text)
    done = check(programs, path)
    assert done.returncode == 0, done
    first = run(*programs.eddyd_command("-T", "-c", str(path)))
    assert first.returncode == 0, first
    again = write(tmp_path, first.stdout, "printed.conf")
    done = check(programs, again)
    assert done.returncode == 0, (done, first.stdout)
    second = run(*programs.eddyd_command("-T", "-c", str(again)))
    assert second.stdout == first.stdout
    for word in (
        "workers",
        "listen",
        "module",
        "route",
        "keepalive_timeout",
        "max_body",
        "drain_timeout",
    ):
        assert word in first.stdout, f"{word} is not in the effective conf"


def test_what_is_dumped_serves_the_same(daemon):
    daemon.conf(modules={"hello": {"path": "hello.so", "greeting": "printed"}})
    printed = run(*daemon.programs.eddyd_command("-T", "-c", daemon.conf_path))
    daemon.write_conf(printed.stdout)
    daemon.start()
    assert daemon.get().body == b"printed\n"


def test_a_dump_without_a_conf_prints_the_built_in_one(programs, tmp_path):
    if os.path.exists("/etc/eddy/eddy.conf"):
        pytest.skip("this machine has a conf of its own")
    done = run(*programs.eddyd_command("-T"))
    assert done.returncode == 0, done
    assert '"127.0.0.1:8080"' in done.stdout
    assert '"welcome"' in done.stdout


def test_t_does_not_bind_and_does_not_need_a_free_port(daemon):
    daemon.conf()
    daemon.start()
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 0, done
    assert daemon.get().status == 200
