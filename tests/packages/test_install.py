"""
The packages in a Debian that runs: installed, upgraded while it serves, removed, purged.
"""
import re
from collections import Counter
from pathlib import Path

import pytest

from conftest import OLDER
from debian import release
from harness.client import request
from harness.load import Load
from harness.wait import wait_until

ADDRESS = ("127.0.0.1", 8080)
# What whoever installs any package leaves behind, and what merely runs.
NOT_OURS = r"/(proc|sys|dev|tmp|srv|root|run/(systemd|log|lock|initctl|utmp|cron.*)|var/lib/dpkg|var/lib/apt|var/cache|var/log/journal)(/|$)"
NOT_OURS += r"|/var/log/(apt|dpkg.log|lastlog|wtmp)|/etc/(passwd|group|shadow|gshadow)-?$|/etc/\.pwd\.lock$|/var/lib/logrotate"
NOT_OURS += r"|/var/lib/systemd|/run/(dmesg|crond|motd)|/etc/systemd/system$"


def dpkg(box, *words, expect=0):
    done = box.run("env", "DEBIAN_FRONTEND=noninteractive", *words, seconds=120)
    assert done.returncode == expect, (done.stdout, done.stderr)
    return done.stdout + done.stderr


def install(box, folder="/srv/debs"):
    return dpkg(box, "sh", "-c", f"dpkg -i {folder}/eddy_*.deb")


def get(box, path="/", port=8080):
    with box.connect(("127.0.0.1", port)) as client:
        return client.get(path)


def listed(box):
    done = box.run("find", "/", "-xdev", seconds=60)
    mounts = box.run("find", "/run", seconds=60)
    return {line for line in (done.stdout + mounts.stdout).splitlines() if not re.match(NOT_OURS, line)}


def write(box, path, text, mode=0o644):
    inside = Path(f"/proc/{box.pid}/root{path}")
    inside.write_text(text)
    inside.chmod(mode)


def start_second(box):
    """eddy@two, with the conf of the first but for its address and log."""
    conf = Path(f"/proc/{box.pid}/root/etc/eddy/eddy.conf").read_text()
    write(box, "/etc/eddy/two.conf", conf.replace("8080", "8081").replace("/log/eddy/", "/log/eddy-two/"))
    done = box.systemctl("enable", "--now", "eddy@two")
    assert done.returncode == 0, box.run("journalctl", "-u", "eddy@two", "--no-pager").stdout
    assert get(box, port=8081).status == 200


def running(box):
    """How many processes of each name there are."""
    names = box.run("sh", "-c", "cat /proc/[0-9]*/comm").stdout.split()
    assert "systemd" in names
    return Counter(name for name in names if name.startswith("eddy"))


def main_pid(box, unit="eddy.service"):
    pid = int(box.show(unit, "MainPID"))
    assert pid > 0, box.systemctl("status", unit).stdout
    return pid


def programs_of(box, unit="eddy.service"):
    """What the processes of a service run, as /proc has it: with "(deleted)" behind what was replaced."""
    path = "/sys/fs/cgroup" + box.show(unit, "ControlGroup")
    pids = box.run("cat", f"{path}/cgroup.procs").stdout.split()
    return [box.run("readlink", f"/proc/{pid}/exe").stdout.strip() for pid in pids]


def test_it_serves_when_it_is_installed(machine):
    dpkg(machine, "sh", "-c", "apt-get install -y -q /srv/debs/eddy_*.deb")
    assert machine.show("eddy.service", "ActiveState") == "active"
    assert machine.systemctl("is-enabled", "eddy.service").stdout == "enabled\n"
    assert machine.systemctl("is-enabled", "eddy.socket").stdout == "disabled\n"
    done = machine.run("curl", "-sf", "http://127.0.0.1:8080/")
    assert done.returncode == 0 and "</title>" in done.stdout
    user = machine.run("id", "-u", "eddy").stdout
    assert machine.run("stat", "-c", "%u", f"/proc/{main_pid(machine)}").stdout == user
    assert "is ignored" not in machine.run("journalctl", "-u", "eddy", "--no-pager").stdout
    for command in ("status", "reload"):
        done = machine.run("eddyctl", command)
        assert done.returncode == 0, done.stderr


def test_scripts_run_at_once_and_compiled_from_the_next_restart_on(machine):
    install(machine)
    write(machine, "/etc/eddy/conf.d/app.js", "module.exports = (req, res) => res.end('of a script\\n');\n")
    conf = 'module "app" { path = "js.so" options { script = "app.js" } }\nroute "/app" { module = "app" }\n'
    write(machine, "/etc/eddy/conf.d/app.conf", conf)
    done = machine.run("systemctl", "reload", "eddy")
    assert done.returncode != 0
    assert "js.so" in machine.run("journalctl", "-u", "eddy", "--no-pager").stdout
    dpkg(machine, "sh", "-c", "dpkg -i /srv/debs/eddy-js_*.deb")
    assert machine.systemctl("reload", "eddy").returncode == 0
    assert get(machine, "/app").body == b"of a script\n"
    interpreted = "JavaScript is interpreted"
    assert interpreted in machine.run("journalctl", "-u", "eddy", "--no-pager").stdout
    assert machine.systemctl("restart", "eddy").returncode == 0
    assert get(machine, "/app").body == b"of a script\n"
    assert interpreted not in machine.run("journalctl", f"_PID={main_pid(machine)}", "--no-pager").stdout
    assert machine.show("eddy.service", "MemoryDenyWriteExecute") == "no"
    dpkg(machine, "dpkg", "--purge", "eddy-js")
    assert machine.show("eddy.service", "MemoryDenyWriteExecute") == "yes"
    assert get(machine, "/app").body == b"of a script\n"  # what runs goes on


def test_its_log_is_rotated_with_nothing_lost(machine):
    install(machine)
    with machine.connect(ADDRESS) as client:
        assert client.get("/before").status == 404
        done = machine.run("logrotate", "-f", "/etc/logrotate.d/eddy")
        assert (done.returncode, done.stderr) == (0, "")
        assert client.get("/after").status == 404

    def there():
        new = machine.run("cat", "/var/log/eddy/access.log").stdout
        return "/after" in new and "/before" not in new

    wait_until(there, "the request in the new log")
    assert "/before" in machine.run("zcat", "/var/log/eddy/access.log.1.gz").stdout


def test_its_log_is_rotated_while_it_is_stopped(machine):
    install(machine)
    get(machine)
    machine.systemctl("stop", "eddy")
    done = machine.run("logrotate", "-f", "/etc/logrotate.d/eddy")
    assert (done.returncode, done.stderr) == (0, "")


def test_an_upgrade_under_load_loses_no_request(machine):
    install(machine, "/srv/older")
    start_second(machine)
    units = ("eddy.service", "eddy@two.service")
    before = [main_pid(machine, unit) for unit in units]
    assert machine.run("eddyctl", "-V").stdout == f"eddyctl {OLDER}\n"

    with machine.connect(ADDRESS) as waiting:
        waiting.send(request("GET", "/")[:-2])  # a head that is not whole
        loads = [
            Load(ADDRESS, path="/", body=None),
            Load(ADDRESS, path="/", body=None, keep_alive=False),
        ]
        for load in loads:
            machine.in_network(load.__enter__)
        said = install(machine)
        for load in loads:
            load.more(200)
            load.__exit__(None)
        waiting.send(b"\r\n")
        assert waiting.read().status == 200

    taken_over = f"eddyd {release()} has taken over from eddyd {OLDER}"
    assert said.count(taken_over) == 2, said
    assert [main_pid(machine, unit) for unit in units] == before
    for unit in units:
        assert machine.show(unit, "NRestarts", "ActiveState") == ["0", "active"]
        wait_until(
            lambda unit=unit: set(programs_of(machine, unit))
            == {"/usr/sbin/eddyd", "/usr/libexec/eddy/eddy-worker"},
            lambda unit=unit: f"new programs only: {programs_of(machine, unit)}",
            60,
        )


def test_an_upgrade_leaves_stopped_what_is_disabled(machine):
    install(machine, "/srv/older")
    machine.systemctl("disable", "--now", "eddy")
    install(machine)
    assert machine.show("eddy.service", "ActiveState") == "inactive"


def test_an_upgrade_with_a_bad_conf_leaves_the_service_as_it_is(machine):
    install(machine, "/srv/older")
    pid = main_pid(machine)
    write(machine, "/etc/eddy/conf.d/a.conf", "rubbish = 1\n")
    said = install(machine)
    assert '/etc/eddy/conf.d/a.conf:1: unknown key "rubbish"' in said
    assert "when this is mended, run systemctl reload eddy.service" in said
    assert main_pid(machine) == pid
    assert get(machine).status == 200


def test_an_eddyd_that_cannot_be_taken_over_is_restarted(machine):
    """As when what they share has changed: here eddyctl is one that is refused."""
    install(machine, "/srv/older")
    pid = main_pid(machine)
    real, fake = "/usr/bin/eddyctl.real", "case $* in *upgrade) echo refused >&2; exit 1 ;; esac"
    dpkg(machine, "dpkg-divert", "--rename", "--divert", real, "--add", "/usr/bin/eddyctl")
    write(machine, "/usr/bin/eddyctl", f'#!/bin/sh\n{fake}\nexec {real} "$@"\n', 0o755)
    said = install(machine)
    assert "refused" in said and "eddy: restarting eddy.service" in said
    assert main_pid(machine) != pid
    assert machine.show("eddy.service", "ActiveState") == "active"
    assert get(machine).status == 200


def test_an_upgrade_does_what_the_policy_of_the_machine_says(machine):
    install(machine, "/srv/older")
    pid = main_pid(machine)
    write(machine, "/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
    assert "has taken over" not in install(machine)
    assert main_pid(machine) == pid
    assert "/usr/sbin/eddyd (deleted)" in programs_of(machine)
    assert get(machine).status == 200


def test_removed_it_is_gone_but_for_conf_and_logs_and_comes_back_with_them(machine):
    before = listed(machine)
    install(machine)
    get(machine)
    assert machine.run("sed", "-i", "$a # mine", "/etc/eddy/eddy.conf").returncode == 0
    write(machine, "/etc/eddy/conf.d/a.conf", "workers = 1\n")
    with machine.connect(ADDRESS) as client:
        client.get("/")
        dpkg(machine, "dpkg", "-r", "eddy")
        client.expect_close(reset_is_fine=True)
    assert not running(machine)
    left = listed(machine) - before
    assert {name for name in left if re.match(r"/(usr|lib|run)/", name)} == set()
    assert left >= {"/etc/eddy/eddy.conf", "/etc/eddy/conf.d/a.conf", "/var/log/eddy/access.log"}

    install(machine)
    assert machine.show("eddy.service", "ActiveState") == "active"
    assert "# mine" in machine.run("cat", "/etc/eddy/eddy.conf").stdout
    assert running(machine) == {"eddyd": 1, "eddy-worker": 1}


@pytest.mark.parametrize("removed_before", [False, True])
def test_purged_it_leaves_nothing_but_the_user(machine, removed_before):
    before = listed(machine)
    install(machine)
    start_second(machine)
    assert machine.systemctl("enable", "eddy.socket").returncode == 0
    get(machine)
    assert machine.run("rm", "/etc/eddy/two.conf").returncode == 0  # what dpkg does not know is not its to remove
    if removed_before:
        dpkg(machine, "dpkg", "-r", "eddy")
    dpkg(machine, "dpkg", "-P", "eddy")
    assert listed(machine) - before == set()
    assert not running(machine)
    assert machine.run("id", "eddy").returncode == 0
