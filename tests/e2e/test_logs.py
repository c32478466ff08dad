"""Where eddyd's own log goes, what is in it, and that log files can be moved away."""
import gzip
import os
import re
import shutil
import signal
import subprocess

import pytest

from box import Box, why_not
from harness.client import request
from harness.daemon import environment, file_links, run, stand_still
from harness.load import Load
from harness.wait import wait_until

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4} (error|warning|notice|info|debug): .+"
)


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def crash_conf(daemon, modules, **more):
    daemon.conf(
        modules={
            "hello": {"path": "hello.so"},
            "crash": {"path": str(modules / "crash.so")},
            "probe": {"path": str(modules / "probe.so")},
        },
        routes={
            "/hello": "hello",
            "/crash": {"module": "crash", "handler": "null"},
            "/say": {"module": "probe", "handler": "say"},
        },
        **more,
    )


# the journal

needs_systemd = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


class Journaled:
    """eddy.service in a box with a journal; what it has logged."""

    def __init__(self, daemon, box):
        self.daemon, self.box = daemon, box

    def systemctl(self, *arguments):
        done = self.box.systemctl(*arguments)
        assert done.returncode == 0, (done, self.box.console())

    def entry(self, pattern):
        """The entry whose message matches."""

        def found():
            entries = self.box.entries("_SYSTEMD_UNIT=eddy.service")
            return [one for one in entries if re.search(pattern, str(one["MESSAGE"]))]

        entries = wait_until(found, f"an entry like {pattern!r}", every=0.1)
        assert len(entries) == 1, entries
        return entries[0]


@pytest.fixture
def journaled(daemon, modules, request):
    socket = f"{daemon.folder}/http.sock"
    daemon.address = socket
    crash_conf(
        daemon,
        modules,
        listens={f"unix:{socket}": {"mode": "0666"}},
        extra=getattr(request, "param", ""),
    )
    unit = f"""\
        [Unit]
        DefaultDependencies=no
        [Service]
        Type=notify
        NotifyAccess=main
        Environment=ASAN_OPTIONS=handle_segv=0:handle_abort=0
        ExecStart={' '.join(daemon.programs.eddyd_command("-c", daemon.conf_path))}
        KillMode=mixed
        """
    with Box({"eddy.service": unit}, journal=True) as box:
        made = Journaled(daemon, box)
        made.systemctl("start", "eddy.service")
        yield made
        daemon.close_clients()
        box.systemctl("stop", "eddy.service")


@needs_systemd
def test_a_service_logs_to_the_journal_with_fields(journaled):
    daemon = journaled.daemon
    ready = journaled.entry(r"^eddyd \S+ ready: ")
    assert (ready["PRIORITY"], ready["_TRANSPORT"]) == ("5", "journal")
    assert ready["SYSLOG_IDENTIFIER"] == "eddyd"
    assert "EDDY_WORKER" not in ready

    assert daemon.connect().post("/say", b"tell the journal").body == b"0\n"
    heard = journaled.entry("worker 0 .*heard tell the journal")
    assert heard["EDDY_MODULE"] == "probe"
    assert (heard["EDDY_WORKER"], heard["EDDY_GENERATION"]) == ("0", "1")
    assert "EDDY_ROUTE" not in heard

    daemon.connect().send(request("GET", "/crash"))
    died = journaled.entry("SIGSEGV")
    assert died["PRIORITY"] == "3"
    assert (died["EDDY_MODULE"], died["EDDY_ROUTE"]) == ("crash", "/crash")
    assert re.search(rf"\(pid {died['EDDY_WORKER_PID']}, generation 1\)", died["MESSAGE"])
    assert died["EDDY_WORKER"] in ("0", "1")


@needs_systemd
def test_what_others_say_cannot_pass_for_a_field(journaled):
    body = b"evil\nPRIORITY=0\nEDDY_MODULE=hello\n\x00\x01"
    assert journaled.daemon.connect().post("/say", body).status == 200
    heard = journaled.entry("worker 0 .*heard evil")
    assert heard["EDDY_MODULE"] == "probe" and heard["PRIORITY"] != "0"
    assert r"evil\nPRIORITY=0\nEDDY_MODULE=hello" in heard["MESSAGE"]


@needs_systemd
def test_a_journal_that_is_restarted_gets_the_lines_after_it(journaled):
    journaled.entry(r"^eddyd \S+ ready: ")
    journaled.systemctl("restart", "systemd-journald.service")
    assert journaled.daemon.connect().post("/say", b"after the restart").status == 200
    assert journaled.entry("worker 0 .*heard after the restart")["EDDY_MODULE"] == "probe"


@needs_systemd
@pytest.mark.parametrize("journaled", ['log = "stderr"'], indirect=True, ids=["stderr"])
def test_stderr_that_leads_to_the_journal_has_priorities(journaled):
    """As the conf says: what journald makes of the <N> in front."""
    ready = journaled.entry(r"^eddyd \S+ ready: ")
    assert (ready["PRIORITY"], ready["_TRANSPORT"]) == ("5", "stdout")


@needs_systemd
def test_a_service_that_is_upgraded_is_the_same_to_systemd_and_to_the_journal(journaled):
    names = ("MainPID", "ActiveState", "NRestarts", "InvocationID")
    before = journaled.box.show("eddy.service", *names)
    assert journaled.daemon.ctl("upgrade").returncode == 0
    assert journaled.entry("has taken over from")["_TRANSPORT"] == "journal"
    assert journaled.box.show("eddy.service", *names) == before
    journaled.systemctl("kill", "--kill-who=main", "--signal=USR2", "eddy.service")
    wait_until(lambda: journaled.daemon.status()["upgrades"] == 2, "the second upgrade")
    assert journaled.box.show("eddy.service", *names) == before


def test_a_journal_that_is_not_behind_stderr_is_left_alone(daemon):
    """JOURNAL_STREAM is inherited, and stderr may lead somewhere else since."""
    daemon.conf()
    daemon.start(JOURNAL_STREAM="1:2")
    assert re.search(r"^<5>eddyd \S+ ready: ", daemon.log(), re.M)


def test_a_journal_that_is_not_there_is_an_error_at_its_line(daemon):
    if os.path.exists("/run/systemd/journal/socket"):
        pytest.skip("there is a journal on this machine")
    daemon.conf(extra='log = "journal"')
    daemon.expect_log("cannot open the log")
    daemon.expected_exit = 78
    daemon.launch()
    assert daemon.wait_exit() == 78
    assert (
        f"{daemon.conf_path}:1: cannot open the log /run/systemd/journal/socket: "
        "No such file or directory" in daemon.log()
    )


# a file


@pytest.fixture
def filed(daemon, modules):
    daemon.own_log = f"{daemon.folder}/eddyd.log"
    crash_conf(daemon, modules, extra=f'log = "{daemon.own_log}"')
    return daemon


def test_a_log_file_has_the_time_and_the_level_in_each_line(filed):
    filed.start()
    assert filed.connect().post("/say", b"to the file").body == b"0\n"
    wait_until(lambda: "worker 1 heard to the file" in read(filed.own_log), "the line")
    filed.connect().send(request("GET", "/crash"))
    wait_until(lambda: "SIGSEGV" in read(filed.own_log), "the crash")
    filed.wait_serving()
    filed.signal(signal.SIGTERM)
    assert filed.wait_exit() == 0
    lines = read(filed.own_log).splitlines()
    assert all(LINE.fullmatch(line) for line in lines), lines
    for text in ("notice: eddyd", "error: worker", "notice: eddyd has stopped"):
        assert any(text in line for line in lines), lines
    # and who has started it is told where the log is
    assert filed.log().splitlines()[-1] == f"<5>the log goes on in {filed.own_log}"


def test_what_keeps_eddyd_from_starting_is_said_on_stderr(filed):
    filed.conf(modules={"hello": {"path": "nonesuch.so"}}, routes={"/hello": "hello"})
    filed.expect_log("nonesuch")
    filed.expected_exit = 78
    filed.launch()
    assert filed.wait_exit() == 78
    assert "nonesuch.so" in filed.log()
    assert read(filed.own_log) == ""


def test_a_log_file_that_cannot_be_opened_is_an_error_at_its_line(daemon):
    path = f"{daemon.folder}/none/eddyd.log"
    daemon.conf(extra=f'log = "{path}"')
    text = f"{daemon.conf_path}:1: cannot open the log {path}: No such file or directory"
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 78 and text in done.stderr, done
    daemon.conf(extra="")
    daemon.start()
    daemon.conf(extra=f'log = "{path}"')
    daemon.expect_log("cannot open the log|reload failed")
    done = daemon.reload(expect=78)
    assert text in done.stderr
    assert daemon.get().status == 200


def test_a_check_makes_no_log_file(filed):
    done = run(*filed.programs.eddyd_command("-t", "-c", filed.conf_path))
    assert done.returncode == 0, done
    assert not os.path.exists(filed.own_log)


def test_the_log_moves_by_a_reload_and_stays_where_it_was_when_that_fails(filed):
    filed.start()
    other = f"{filed.folder}/other.log"
    filed.conf(extra=f'log = "{other}"')
    filed.reload()
    assert read(filed.own_log).splitlines()[-1].endswith(f"notice: the log goes on in {other}")
    assert "generation 2 is serving" in read(other)
    filed.conf(extra='log = "stderr"\nuser = "no-such-user"\nworkers = 0')
    assert filed.ctl("reload").returncode == 78
    assert "reload failed" in read(other)
    filed.conf(extra='log = "stderr"')
    filed.expect_log(".*")
    filed.reload()
    filed.wait_log(r"<5>generation \d+ is serving")


def test_an_upgrade_goes_on_in_the_file_that_is_open(filed):
    filed.start()
    moved = filed.own_log + ".1"
    os.rename(filed.own_log, moved)
    assert filed.ctl("upgrade").returncode == 0
    assert "has taken over from" in read(moved)
    assert filed.ctl("reopen").returncode == 0
    assert "reopening log files" in read(filed.own_log)
    filed.reload()
    assert "generation 2 is serving" in read(filed.own_log)
    assert "generation 2" not in read(moved)


# moving them away


@pytest.fixture
def rotated(daemon):
    """Both logs in files."""
    daemon.own_log, daemon.access = f"{daemon.folder}/eddyd.log", f"{daemon.folder}/access.log"
    daemon.conf(
        extra=f'log = "{daemon.own_log}"', http={"access_log": daemon.access, "access_format": "%U"}
    )
    return daemon


def holders(daemon, path):
    """Which processes of the daemon have that file open."""
    return [
        pid for pid in (daemon.pid, *daemon.pids()) for link in file_links(pid) if link == path
    ]


def test_when_reopen_returns_nobody_has_the_files_of_before(rotated):
    """So they can be compressed at once."""
    daemon = rotated
    daemon.start()
    with Load(daemon.address, clients=4) as load:
        for i in range(5):
            load.more(20)
            for path in (daemon.own_log, daemon.access):
                os.rename(path, f"{path}.{i}")
            done = daemon.ctl("reopen")
            assert done.returncode == 0, done
            for path in (daemon.own_log, daemon.access):
                assert holders(daemon, f"{path}.{i}") == []
    assert load.lost == []
    wait_until(lambda: daemon.totals()["requests"] == load.count, "the totals")
    paths = [daemon.access, *(f"{daemon.access}.{i}" for i in range(5))]
    wait_until(
        lambda: sum(read(path).count("\n") for path in paths) == load.count,
        lambda: f"{load.count} lines, not {[read(path).count(chr(10)) for path in paths]}",
    )
    logged = "".join(read(f"{daemon.own_log}.{i}") for i in range(5)) + read(daemon.own_log)
    assert logged.count("reopening log files, asked for by eddyctl") == 5


def test_usr1_is_acknowledged_in_the_log(rotated):
    daemon = rotated
    daemon.start()
    os.rename(daemon.access, daemon.access + ".1")
    daemon.signal(signal.SIGUSR1)
    wait_until(
        lambda: "nothing is written to the log files of before any more" in read(daemon.own_log),
        "the acknowledgement",
    )
    assert holders(daemon, daemon.access + ".1") == []


def test_reopen_waits_for_each_worker(rotated):
    daemon = rotated
    daemon.start()
    slow = daemon.pids()[0]
    with daemon.stopped(slow):
        os.rename(daemon.access, daemon.access + ".1")
        ctl = subprocess.Popen(
            [daemon.programs.eddyctl, "-s", daemon.control, "reopen"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(),
        )
        wait_until(lambda: holders(daemon, daemon.access + ".1") == [slow], "the other to change")
        assert ctl.poll() is None
        # who asks goes on waiting with the program that takes over
        assert daemon.ctl("upgrade").returncode == 0
        assert ctl.poll() is None
    out, _ = ctl.communicate(timeout=30)
    assert (ctl.returncode, out) == (0, b"")
    assert holders(daemon, daemon.access + ".1") == []


def test_a_worker_that_does_not_change_over_is_named(rotated):
    daemon = rotated
    daemon.start()
    slow = daemon.pids()[0]
    with daemon.stopped(slow):
        done = daemon.ctl("reopen")
    assert done.returncode == 1
    assert f"(pid {slow}, generation 1) may still write to the log file of before" in done.stderr
    assert daemon.ctl("reopen").returncode == 0


def test_a_worker_that_dies_is_not_waited_for(rotated):
    daemon = rotated
    daemon.start()
    slow = daemon.pids()[0]
    stand_still(slow)
    os.rename(daemon.access, daemon.access + ".1")
    ctl = subprocess.Popen(
        [daemon.programs.eddyctl, "-s", daemon.control, "reopen"], env=environment()
    )
    wait_until(lambda: holders(daemon, daemon.access + ".1") == [slow], "the other to change")
    os.kill(slow, signal.SIGKILL)
    assert ctl.wait(30) == 0
    daemon.wait_serving(without=[slow])


def test_a_generation_that_drains_opens_its_file_again_too(rotated, modules):
    daemon = rotated
    crash_conf(daemon, modules, drain_timeout="20s")
    daemon.conf(
        modules=daemon.settings["modules"],
        routes=daemon.settings["routes"] | {"/upload": {"module": "probe", "handler": "upload"}},
    )
    daemon.start()
    client = daemon.connect()
    client.send(request("POST", "/upload", "Content-Length: 2") + b"a")
    wait_until(lambda: daemon.totals()["requests"] == 1, "the upload to begin")
    daemon.reload()
    os.rename(daemon.access, daemon.access + ".1")
    assert daemon.ctl("reopen").returncode == 0
    client.send(b"b")
    assert client.read().body == b"2\n"
    wait_until(lambda: "/upload\n" in read(daemon.access), "the line in the new file")
    assert read(daemon.access + ".1") == ""


@pytest.mark.skipif(not shutil.which("logrotate"), reason="there is no logrotate")
def test_logrotate_loses_no_line(rotated):
    daemon = rotated
    os.chmod(daemon.folder, 0o755)
    conf = f"{daemon.folder}/logrotate.conf"
    with open(conf, "w", encoding="ascii") as file:
        file.write(
            f"{daemon.access} {daemon.own_log} {{\n"
            "\trotate 9\n\tcompress\n\tmissingok\n\tsharedscripts\n\tpostrotate\n"
            f"\t\t{daemon.programs.eddyctl} -s {daemon.control} reopen\n"
            "\tendscript\n}\n"
        )
    os.chmod(conf, 0o644)
    daemon.start()
    with Load(daemon.address, clients=4) as load:
        for _ in range(4):
            load.more(50)
            done = run("logrotate", "-f", "-s", f"{daemon.folder}/state", conf)
            assert done.returncode == 0, done
    assert load.lost == []
    old = [f"{daemon.access}.{i}.gz" for i in range(1, 5)]
    wait_until(lambda: daemon.totals()["requests"] == load.count, "the totals")

    def lines():
        text = read(daemon.access)
        for path in old:
            with gzip.open(path, "rt", encoding="ascii") as file:
                text += file.read()
        return text.splitlines()

    wait_until(
        lambda: len(lines()) == load.count, lambda: f"{load.count} lines, not {len(lines())}"
    )
    assert set(lines()) == {"/hello"}
