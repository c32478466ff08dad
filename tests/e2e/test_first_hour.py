"""
The first hour: every slip that somebody makes who is new here, and the words that mend it, to the letter. What the
conf's parser says of a text alone, tests/unit/conf has.
"""
import os
import pty
import re
import select
import shutil
import socket
import subprocess
import threading

import pytest

from harness import ports
from harness.daemon import environment, run
from harness.install import said_prefix

NOBODY = 65534
ROOT_WARNING = re.compile(r"the workers run as root: .*\n")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")


@pytest.fixture
def check(daemon):
    """`check(text)`: what eddyd -t says of it, its exit code first; {conf} is the file's path."""

    def check(text, code=78, **more):
        daemon.write_conf(text)
        command = daemon.programs.eddyd_command("-t", "-c", daemon.conf_path)
        done = run(*command, cwd=daemon.folder, **more)
        assert done.returncode == code, done
        return ROOT_WARNING.sub("", done.stderr).replace(daemon.conf_path, "{conf}")

    return check


def conf(daemon, *more):
    """One that is good, and more."""
    return "\n".join(
        (
            f'listen "127.0.0.1:{daemon.port}" {{ }}',
            f'control = "{daemon.control}"',
            'module "hello" { }',
            'route "/" { module = "hello" }',
            *more,
        )
    )


# modules


def module_conf(daemon, module):
    start = f'listen "127.0.0.1:{daemon.port}" {{ }}  control = "{daemon.control}"'
    return f'{start}\n{module}\nroute "/" {{ module = "m" }}\n'


def test_a_module_that_is_not_there_is_looked_for_aloud(daemon, check):
    folder = daemon.programs.modules
    there = ", ".join(sorted(name for name in os.listdir(folder) if name.endswith(".so")))
    looked = f"in {folder}, where a path without a slash is looked up"
    assert check(module_conf(daemon, 'module "m" { path = "nothing.so" }')) == (
        f'{{conf}}:2: module "m": there is no nothing.so {looked}: there are {there}; '
        'for a file of your own write path = "./nothing.so"\n'
    )
    assert check(module_conf(daemon, 'module "m" { path = "helo.so" }')) == (
        f'{{conf}}:2: module "m": there is no helo.so {looked}: did you mean "hello.so"?\n'
    )
    assert check(module_conf(daemon, 'module "m" { path = "./mine.so" }')) == (
        f'{{conf}}:2: module "m": there is no {daemon.folder}/mine.so: has it been built? '
        "A relative path starts at the conf file\n"
    )


def make(daemon, command, source="int gone(void); int call(void) { return gone(); }\n"):
    with open(os.path.join(daemon.folder, "mine.c"), "w", encoding="ascii") as file:
        file.write(source)
    done = run("sh", "-c", command.format(cc=daemon.programs.cc), cwd=daemon.folder)
    assert done.returncode == 0, done


@pytest.mark.parametrize(
    "command,name,says",
    [
        (
            "true",
            "mine.c",
            "is source code: compile it with cc -shared -fPIC (eddyctl new-module writes a Makefile that does), "
            "and name the .so",
        ),
        ("{cc} -c mine.c -o mine.o", "mine.o", "is an object file: link it, with cc -shared"),
        (
            "{cc} -c mine.c -o mine.o && ar rc mine.a mine.o",
            "mine.a",
            "is a static library: link a shared object, with cc -shared",
        ),
        ("mkdir mine.d", "mine.d", "is a folder: name the .so in it"),
        ("touch empty.so", "empty.so", "is empty: was it being written?"),
        (
            "{cc} -shared -fPIC mine.c -o mine.so",
            "mine.so",
            "needs gone, which nothing defines: a source file, or a library (-l...), is missing where it is linked",
        ),
        (
            "sed -i s/gone/eddy_gone/g mine.c && {cc} -shared -fPIC mine.c -o mine.so",
            "mine.so",
            "calls eddy_gone, which eddy {version} does not have: was it built for a newer one, or is the name misspelt?",
        ),
        (
            "echo 'int gone(void) {{ return 0; }}' > gone.c && {cc} -shared -fPIC gone.c -o libgone.so"
            " && {cc} -shared -fPIC mine.c -o mine.so -L. -lgone && rm libgone.so",
            "mine.so",
            "needs libgone.so, which is not installed (`ldd {path}` shows all that it needs)",
        ),
        (
            "echo 'int x;' > mine.c && {cc} -shared -fPIC mine.c -o mine.so",
            "mine.so",
            "is not a module of eddy: it exports no eddy_module_entry (EDDY_MODULE in its source makes it)",
        ),
    ],
    ids=lambda value: value if "." in value and " " not in value else "",
)
def test_what_is_no_module_is_said_to_be_what_it_is(daemon, check, command, name, says):
    make(daemon, command)
    path = os.path.join(daemon.folder, name)
    said = check(module_conf(daemon, f'module "m" {{ path = "{path}" }}'))
    version = run(daemon.programs.eddyd, "-V").stdout.split()[1]
    says = says.replace("{path}", path).replace("{version}", version)
    assert said == f'{{conf}}:2: module "m": {path} {says}\n'


@needs_root
def test_a_module_that_the_workers_may_not_read_is_said_to_be_one(daemon):
    path = os.path.join(daemon.folder, "mine.so")
    shutil.copy(os.path.join(daemon.programs.modules, "hello.so"), path)
    os.chmod(path, 0o600)
    daemon.write_conf(module_conf(daemon, f'module "m" {{ path = "{path}" }}'))
    os.chmod(daemon.conf_path, 0o644)
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path), user=NOBODY)
    assert done.stderr == (
        f'{daemon.conf_path}:2: module "m": the workers (user id {NOBODY}) may not read {path}: '
        "give them the right to, and to enter all folders above it\n"
    )


@pytest.mark.parametrize(
    "name,says",
    [
        ("greting", 'did you mean "greeting"?'),
        ("color", "there is greeting"),
    ],
)
def test_an_option_that_a_module_does_not_take_is_an_error_at_its_line(daemon, check, name, says):
    text = module_conf(daemon, f'module "m" {{ path = "hello.so"\noptions {{\n{name} = "x" }} }}')
    said = f'module "m" has no option "{name}": {says}'
    assert check(text) == f"{{conf}}:4: {said}\n"
    # at a reload as well, which leaves everything as it was
    daemon.write_conf(conf(daemon))
    daemon.start()
    daemon.expect_log("has no option|reload failed")
    daemon.write_conf(text)
    assert daemon.reload(expect=78).stderr == f"eddyctl: {daemon.conf_path}:4: {said}\n"


def test_a_module_that_asks_for_an_option_that_it_does_not_list_is_told(daemon):
    make(
        daemon,
        f"{{cc}} -shared -fPIC -I{daemon.programs.include} mine.c -o mine.so",
        "#include <eddy.h>\n"
        "static int load(eddy_module *self, void **state) {\n"
        '*state = (void *)eddy_module_option(self, "two", ""); return 0; }\n'
        'static const char *const options[] = {"one", NULL};\n'
        'EDDY_MODULE(.name = "mine", .load = load, .options = options);\n',
    )
    daemon.write_conf(conf(daemon, 'module "mine" { path = "./mine.so"  options { one = 1 } }'))
    daemon.expect_log(r"eddy_module_option")
    daemon.start()
    assert (
        'worker 0 (mine): eddy_module_option: "two" is not in the module\'s .options, and so cannot be set\n'
        in daemon.log()
    )


def test_what_libevent_has_to_say_of_a_module_s_slip_is_in_the_log(daemon):
    """The module closes a descriptor that is not its own: the one that the loop waits at."""
    make(
        daemon,
        f"{{cc}} -shared -fPIC -I{daemon.programs.include} mine.c -o mine.so",
        """
        #include <eddy.h>
        #include <stdio.h>
        #include <string.h>
        #include <unistd.h>
        static void slip(eddy_request *req, eddy_response *res, void *state) {
            char path[32], link[64];
            for (int fd = 3; fd < 64; fd++) {
                snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
                ssize_t n = readlink(path, link, sizeof(link) - 1);
                link[n > 0 ? n : 0] = 0;
                if (strcmp(link, "anon_inode:[eventpoll]") == 0) close(fd);
            }
        }
        EDDY_MODULE(.name = "mine", .request = slip);
        """,
    )
    daemon.write_conf(
        conf(daemon, 'module "mine" { path = "./mine.so" }', 'route "/slip" { module = "mine" }')
    )
    daemon.expect_log(".*")
    daemon.start()
    with daemon.connect() as client:
        client.send(b"GET /slip HTTP/1.1\r\nHost: x\r\n\r\n")
        daemon.wait_log(r"^<4>worker \d: libevent: epoll_wait: Bad file descriptor$")


@pytest.mark.parametrize(
    "module,handler,says",
    [
        ("welcome", "liv", 'did you mean "live"?'),
        ("hello", "other", "it has only the one that a route without `handler` calls"),
    ],
)
def test_a_handler_that_is_not_there_is_answered_with_those_that_are(
    daemon, check, module, handler, says
):
    text = f'listen "127.0.0.1:{daemon.port}" {{ }}\nmodule "{module}" {{ }}\n'
    said = check(text + f'route "/" {{ module = "{module}"  handler = "{handler}" }}')
    assert said == f'{{conf}}:3: route "/": module "{module}" has no handler "{handler}": {says}\n'


# what is said of a conf that is taken


def test_a_conf_without_a_route_is_taken_and_said_to_answer_404(daemon, check):
    text = f'control = "{daemon.control}"\nlisten "127.0.0.1:{daemon.port}" {{ }}\nmodule "hello" {{ }}'
    says = (
        f'{{conf}}:2: listen "127.0.0.1:{daemon.port}" answers 404 to everything: there is no route, '
        'such as route "/" { module = "hello" }\n'
    )
    assert check(text, code=0) == says
    daemon.expect_log("answers 404")
    daemon.start()
    assert says.replace("{conf}", daemon.conf_path) in daemon.log()
    assert daemon.get("/").status == 404


def test_an_address_of_another_machine_is_said_by_eddyd_t(daemon, check):
    """A start fails; what is only not up yet must not fail a check."""
    text = f'control = "{daemon.control}"\nlisten "192.0.2.1:8080" {{ }}\nmodule "hello" {{ }}\n'
    assert check(text + 'route "/" { module = "hello" }\n', code=0) == (
        '{conf}:2: listen "192.0.2.1:8080": a start would fail now: no interface of this machine has that address\n'
    )


def test_a_conf_with_nothing_but_a_module_is_taken(daemon, modules):
    """It may have servers of its own."""
    port = ports.free_port()
    options = f'address = "127.0.0.1:{port}"'
    daemon.write_conf(
        f'control = "{daemon.control}"\nmodule "s" {{ path = "{modules}/server.so"  options {{ {options} }} }}\n'
    )
    daemon.start()
    with socket.create_connection(("127.0.0.1", port)) as client:
        assert client.fileno() >= 0


@needs_root
def test_a_user_or_group_that_is_not_there_comes_with_the_command_that_makes_it(daemon, check):
    assert check(conf(daemon, 'user = "nix"')) == (
        '{conf}:5: user: there is no user "nix": `useradd --system --no-create-home --shell /usr/sbin/nologin '
        "NAME` makes one\n"
    )
    assert check(conf(daemon, 'user = "nobody" group = "nix"')) == (
        '{conf}:5: group: there is no group "nix": `groupadd --system NAME` makes one\n'
    )


@needs_root
def test_a_user_without_root_is_ignored_aloud_unless_it_is_this_one(daemon, check):
    daemon.write_conf("")
    os.chmod(daemon.conf_path, 0o644)
    assert check(conf(daemon, 'user = "daemon"'), code=0, user=NOBODY) == (
        '{conf}:5: user "daemon" is ignored: eddyd was not started as root, and its workers are who it is\n'
    )
    assert check(conf(daemon, 'user = "nobody"'), code=0, user=NOBODY) == ""


@needs_root
@pytest.mark.parametrize("start", [True, False], ids=["at a start", "by eddyd -t"])
def test_a_port_for_root_comes_with_the_ways_to_have_it(daemon, check, start):
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as file:
        if int(file.read()) < 82:
            pytest.skip("everybody may have this port here")
    eddyd = os.path.realpath(daemon.programs.eddyd)
    ways = (
        "ports below 1024 need root or CAP_NET_BIND_SERVICE: a unit of systemd's gives it with "
        "AmbientCapabilities=CAP_NET_BIND_SERVICE, or binds the port itself as a socket unit; "
        f"`setcap cap_net_bind_service=+ep {eddyd}` gives it to the program; or take a higher port\n"
    )
    daemon.write_conf("")
    os.chmod(daemon.conf_path, 0o644)
    os.chmod(daemon.folder, 0o777)
    text = f'listen "127.0.0.1:81" {{ }}  control = "{daemon.control}"\n'
    text += 'module "hello" { }\nroute "/" { module = "hello" }\n'
    if not start:
        assert check(text, code=0, user=NOBODY) == (
            f'{{conf}}:1: listen "127.0.0.1:81": whoever runs this check could not: {ways}'
        )
        return
    daemon.write_conf(text)
    daemon.expect_log("cannot listen")
    daemon.expected_exit = 69
    daemon.launch(popen={"user": NOBODY})
    assert daemon.wait_exit() == 69
    assert (
        f"{daemon.conf_path}:1: cannot listen on 127.0.0.1:81: Permission denied: {ways}"
        in daemon.log()
    )


def test_a_port_that_is_taken_comes_with_who_has_it(daemon):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        daemon.write_conf(
            f'listen "127.0.0.1:{port}" {{ }}  control = "{daemon.control}"\n'
            'module "hello" { }\nroute "/" { module = "hello" }\n'
        )
        daemon.expect_log("cannot listen")
        daemon.expected_exit = 69
        daemon.launch()
        assert daemon.wait_exit() == 69
    with open("/proc/self/comm", encoding="ascii") as file:
        name = file.read().strip()
    assert (
        f"{daemon.conf_path}:1: cannot listen on 127.0.0.1:{port}: Address already in use: "
        f"{name} (pid {os.getpid()}) listens there\n" in daemon.log()
    )


def test_eddyd_run_twice_says_who_runs_and_how_to_stop_it(daemon):
    daemon.write_conf(conf(daemon))
    daemon.start()
    done = run(*daemon.programs.eddyd_command("-c", daemon.conf_path))
    assert done.returncode == 69
    assert ROOT_WARNING.sub("", done.stderr.replace("<4>", "")) == (
        f"<3>{daemon.conf_path}:1: cannot listen on 127.0.0.1:{daemon.port}: Address already in use: "
        f"eddyd (pid {daemon.pid}) listens there: is eddy running already? `eddyctl status` says\n"
        f"<3>{daemon.conf_path}:2: cannot open the control socket {daemon.control}: another eddyd "
        f"(pid {daemon.pid}) is using it: stop that one with eddyctl -s {daemon.control} stop, or set "
        "another `control` in the conf\n"
    )


def test_a_control_socket_that_cannot_be_made_comes_with_where_it_could_be(daemon):
    text = conf(daemon).replace(daemon.control, "/proc/no/control.sock")
    daemon.write_conf(text)
    done = run(*daemon.programs.eddyd_command("-c", daemon.conf_path))
    assert done.returncode == 69
    assert (
        f"<3>{daemon.conf_path}:2: cannot open the control socket /proc/no/control.sock: "
        "its directory does not exist: set `control` to a path in a folder that user id "
        f"{os.geteuid()} may write to, or leave it out: eddyd then looks for one\n"
    ) in done.stderr


@needs_root
def test_a_conf_that_may_not_be_read_is_said_to_be_one(daemon):
    daemon.write_conf(conf(daemon))
    os.chmod(daemon.conf_path, 0o600)
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path), user=NOBODY)
    assert (done.returncode, done.stderr) == (
        78,
        f"{daemon.conf_path}: Permission denied: whoever runs eddyd may not read it, or not enter a folder "
        "above it\n",
    )


# the command lines


@pytest.mark.parametrize(
    "arguments,says",
    [
        (["my.conf"], 'unexpected argument "my.conf": did you mean -c my.conf?'),
        (
            ["start"],
            'unexpected argument "start": eddyd alone starts it, in the foreground; `systemctl start eddy` '
            "as a service",
        ),
        (["reload"], 'unexpected argument "reload": did you mean eddyctl reload?'),
        (["surplus"], 'unexpected argument "surplus"'),
        (["-f", "x"], "there is no option -f"),
        (["--config", "x"], "there is no option --config"),
        (["-c"], "-c needs a value behind it"),
        (["--test=my.conf"], "it takes no value: --test=my.conf"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_eddyd_says_what_was_meant(programs, arguments, says):
    done = run(programs.eddyd, *arguments)
    assert (done.returncode, done.stderr) == (64, f"eddyd: {says}\ntry eddyd --help\n")


@pytest.mark.parametrize(
    "arguments,says",
    [
        (["statu"], "there is no such command: statu: did you mean status?"),
        (
            ["restart"],
            "there is no such command: restart: `systemctl restart eddy` does it for a service; else run eddyd",
        ),
        (["check"], "there is no such command: check: `eddyd -t` checks the conf"),
        (["frobnicate"], "there is no such command: frobnicate"),
        (["-x"], "there is no option -x"),
        (["--jsn"], "there is no option --jsn"),
        (["--json=yes"], "it takes no value: --json=yes"),
        (["status", "-s"], "a value is missing behind -s"),
        (["drain"], "this command is: eddyctl drain PID"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_eddyctl_says_what_was_meant(programs, arguments, says):
    done = run(programs.eddyctl, *arguments)
    assert (done.returncode, done.stderr) == (64, f"eddyctl: {says}\ntry eddyctl --help\n")


def test_eddyctl_says_that_eddyd_is_older(programs, tmp_path):
    path = str(tmp_path / "control.sock")
    with socket.socket(socket.AF_UNIX) as old:
        old.bind(path)
        old.listen()

        def answer():
            client, _ = old.accept()
            with client:
                client.recv(100)
                client.sendall(
                    b'{"ok": false, "code": 64, "error": "unknown request: there are status"}\n'
                )

        thread = threading.Thread(target=answer)
        thread.start()
        done = run(programs.eddyctl, "-s", path, "workers")
        thread.join()
    assert (done.returncode, done.stderr) == (
        1,
        f"eddyctl: eddyd (pid {os.getpid()}) does not know this command: it is older than this eddyctl, and "
        "`eddyctl upgrade`, or a restart, makes it the one that is installed\n",
    )


@needs_root
def test_eddyctl_without_rights_says_who_has_them(daemon):
    daemon.write_conf(conf(daemon))
    daemon.start()
    done = run(daemon.programs.eddyctl, "-s", daemon.control, "status", user=NOBODY, group=NOBODY)
    assert (done.returncode, done.stderr) == (
        69,
        f"eddyctl: no eddyd answers on {daemon.control}: Permission denied; only root, its user and the "
        "socket's group are let in\n",
    )


@pytest.mark.parametrize("program", ["eddyd", "eddyctl"])
def test_help_fits_a_screen(prefix, program):
    """Of 80 by 24, the prompt included; where paths are short, that is."""
    command = prefix / ("sbin" if program == "eddyd" else "bin") / program
    lines = run(str(command), "--help").stdout.replace(said_prefix(prefix), "/usr/local").splitlines()
    assert len(lines) <= 23
    assert [line for line in lines if len(line) > 80] == []


# colour


def on_terminal(command, **env):
    """What a program writes to a terminal, both ways out."""
    leader, follower = pty.openpty()
    env = environment(**{"TERM": "xterm", **env})
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=follower, stderr=follower, env=env
    )
    os.close(follower)
    said = b""
    while select.select([leader], [], [], 20)[0]:
        try:
            more = os.read(leader, 65536)
        except OSError:  # the last one has closed it
            break
        if not more:
            break
        said += more
    os.close(leader)
    process.wait(20)
    return said.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "env,colour",
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
    ids=["a terminal", "NO_COLOR", "an empty NO_COLOR", "a dumb terminal"],
)
def test_errors_of_eddyd_t_have_colour_on_a_terminal(daemon, env, colour):
    daemon.write_conf(conf(daemon, "workers = 0"))
    said = on_terminal(daemon.programs.eddyd_command("-t", "-c", daemon.conf_path), **env)
    place, rest = f"{daemon.conf_path}:5:", ' bad workers "0": give a number from 1 to 256'
    assert ("\033[1;31m" + place + "\033[0m" + rest if colour else place + rest) in said
    assert colour or "\033" not in said


@pytest.mark.parametrize("env,colour", [({}, True), ({"NO_COLOR": "1"}, False)])
def test_tables_of_eddyctl_have_a_bold_head_on_a_terminal(daemon, env, colour):
    daemon.write_conf(conf(daemon))
    daemon.start()
    command = [daemon.programs.eddyctl, "-s", daemon.control, "routes"]
    said = on_terminal(command, **env)
    assert said.startswith("\033[1m") == colour
    assert re.sub(r"\033\[\d*m", "", said) == run(*command).stdout
    assert "\033" not in run(*command, env=environment(TERM="xterm")).stdout
