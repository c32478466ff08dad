"""What is in the Debian packages."""
import difflib
import os
import re
import shutil

import pytest

from debian import TOP, release, run


def test_there_are_five_packages_and_their_names_are_printed(debs):
    assert debs.names == {"eddy", "eddy-dev", "eddy-js", "eddy-dbgsym", "eddy-js-dbgsym"}
    assert set(debs.said.split()) >= {str(debs[name]) for name in debs.names}


def test_the_version_is_that_of_the_daemon_and_of_the_header(debs, tmp_path):
    version = debs.field("eddy", "Version")
    assert version == release() or re.match(rf"{re.escape(release())}~git\d{{14}}\.[0-9a-f]{{8}}$", version)
    assert debs.field("eddy-dev", "Version") == version
    assert f"eddy (= {version})" in debs.field("eddy-dev", "Depends")
    unpack(debs, tmp_path, "eddy", "eddy-dev")
    assert run(tmp_path / "usr/sbin/eddyd", "-V").stdout == f"eddyd {release()}\n"
    said = run("pkg-config", "--modversion", "eddy", env=pkg_config(tmp_path)).stdout
    assert said == f"{release()}\n"


def test_a_tree_without_git_is_the_release_that_configure_ac_says(older_debs):
    assert older_debs.field("eddy", "Version") == "0.0.9"


def test_the_package_of_the_daemon_has_what_it_needs(debs):
    files = set(debs.files("eddy"))
    assert files >= {
        "/etc/eddy/eddy.conf",
        "/etc/logrotate.d/eddy",
        "/lib/systemd/system/eddy.service",
        "/lib/systemd/system/eddy.socket",
        "/lib/systemd/system/eddy@.service",
        "/usr/bin/eddyctl",
        "/usr/lib/sysusers.d/eddy.conf",
        "/usr/lib/tmpfiles.d/eddy.conf",
        "/usr/libexec/eddy/eddy-upgrade",
        "/usr/libexec/eddy/eddy-worker",
        "/usr/sbin/eddyd",
        "/usr/share/bash-completion/completions/eddyctl",
        "/usr/share/bash-completion/completions/eddyd",
        "/usr/share/doc/eddy/README.md",
        "/usr/share/man/man1/eddyctl.1.gz",
        "/usr/share/man/man5/eddy.conf.5.gz",
        "/usr/share/man/man8/eddyd.8.gz",
    }
    assert len([name for name in files if name.endswith(".so")]) >= 9


def test_the_package_for_authors_has_what_they_need(debs):
    files = set(debs.files("eddy-dev"))
    assert files >= {
        "/usr/include/eddy.h",
        "/usr/share/doc/eddy-dev/examples",
        "/usr/share/doc/eddy-dev/guide.md",
        "/usr/share/eddy/examples/hello.c",
        "/usr/share/man/man3/eddy_module.3.gz",
    }
    assert [name for name in files if name.endswith("/pkgconfig/eddy.pc")]


def test_the_package_of_scripts_has_the_engine_to_itself(debs):
    files = set(debs.files("eddy-js"))
    assert files >= {
        "/lib/systemd/system/eddy.service.d/50-javascript.conf",
        "/lib/systemd/system/eddy@.service.d/50-javascript.conf",
        "/usr/share/eddy/javascript/chat.js",
        "/usr/share/eddy/javascript/scripts.conf",
        "/usr/share/eddy/javascript/pages/chat.html",
        "/usr/share/man/man7/eddy_js.7.gz",
    }
    assert [name for name in files if name.endswith("/eddy/modules/js.so")]
    assert "libjavascriptcoregtk-4.1-0" in debs.field("eddy-js", "Depends")
    assert "javascriptcore" not in debs.field("eddy", "Depends")
    assert f"eddy (= {debs.field('eddy', 'Version')})" in debs.field("eddy-js", "Depends")


def test_every_file_is_in_one_package_and_root_s(debs):
    daemon, authors, scripts = (debs.files(name) for name in ("eddy", "eddy-dev", "eddy-js"))
    assert not set(daemon) & set(authors) and not set(daemon) & set(scripts) and not set(authors) & set(scripts)
    for name, (mode, owner) in (daemon | authors | scripts).items():
        assert owner == "root/root", name
        wanted = "-rwxr-xr-x" if re.match(r"/usr/(s?bin|libexec)/", name) else "-rw-r--r--"
        assert mode in (wanted, "lrwxrwxrwx"), name


def test_what_the_administrator_changes_is_kept(debs, tmp_path):
    run("dpkg-deb", "-e", debs["eddy"], tmp_path)
    assert set((tmp_path / "conffiles").read_text().split()) == {
        "/etc/eddy/eddy.conf",
        "/etc/logrotate.d/eddy",
    }


def test_the_conf_is_that_of_the_source_with_user_logs_and_conf_d(debs, tmp_path):
    unpack(debs, tmp_path, "eddy")
    said = (tmp_path / "etc/eddy/eddy.conf").read_text().splitlines()
    source = (TOP / "conf/eddy.conf").read_text().splitlines()
    changed = [line for line in difflib.ndiff(source, said) if line[0] == "+"]
    assert [line.split(None, 1)[1] for line in changed] == [
        'user = "eddy"',
        'include("conf.d/*.conf")',
        'access_log = "/var/log/eddy/access.log"',
    ]
    assert (tmp_path / "etc/eddy/conf.d").is_dir()


@pytest.mark.skipif(not shutil.which("cc"), reason="no C compiler on this machine")
def test_a_module_is_built_with_the_package_and_loaded_by_its_daemon(debs, tmp_path):
    unpack(debs, tmp_path, "eddy", "eddy-dev")
    (tmp_path / "new").mkdir()
    made = run(tmp_path / "usr/bin/eddyctl", "new-module", "mine", cwd=tmp_path / "new")
    assert made.returncode == 0, made.stderr
    built = run("make", "-C", tmp_path / "new/mine", env=pkg_config(tmp_path))
    assert built.returncode == 0, built.stderr
    checked = run(
        *(tmp_path / "usr/sbin/eddyd", "-t", "-c", tmp_path / "new/mine/mine.conf"),
        *("-w", tmp_path / "usr/libexec/eddy/eddy-worker"),
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.skipif(not shutil.which("lintian"), reason="no lintian on this machine")
def test_lintian_has_nothing_to_say(debs):
    done = run("lintian", "--pedantic", "--fail-on", "error,warning", "-i", debs.changes)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def unpack(debs, folder, *names):
    for name in names:
        done = run("dpkg-deb", "-x", debs[name], folder)
        assert done.returncode == 0, done.stderr


def pkg_config(folder):
    (path,) = folder.glob("usr/lib/*/pkgconfig")
    clean = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return clean | {"PKG_CONFIG_PATH": str(path), "PKG_CONFIG_SYSROOT_DIR": str(folder)}
