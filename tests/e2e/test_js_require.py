"""
What require finds that it would not find under Node, or not in that way: packages in place of what Node has and eddy
has not, and files that are read ahead. What is the same is in tests/js/require_*.js.
"""
import json
import os
import re

import pytest

from harness.daemon import run

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def script(daemon, tmp_path):
    """script(files): serves main.js of them, whose handler answers with what `answer(req)` gives, as JSON."""
    os.chmod(tmp_path, 0o755)

    def start(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        tail = "\nmodule.exports = (req, res) => res.end(JSON.stringify(answer(req)));\n"
        (tmp_path / "main.js").write_text(files["main.js"] + tail)
        daemon.conf(
            workers=1, modules={"app": {"path": "js.so", "script": str(tmp_path / "main.js")}}, routes={"/*": "app"}
        )
        daemon.start()
        return lambda: json.loads(daemon.get("/").body)

    return start


def test_a_package_is_taken_in_place_of_what_node_has_and_eddy_has_not(script):
    ask = script(
        {
            "main.js": 'const a = require("crypto"), b = require("node:crypto");\n'
            'const inside = require("user"), net = require("net");\n'
            'function answer() { return [a.mine, a === b, inside.crypto === a, require.resolve("crypto").slice(-12),'
            " typeof net.createServer, inside.none]; }",
            "node_modules/crypto/index.js": "exports.mine = true;",
            "node_modules/net/index.js": "exports.never = true;",
            "node_modules/user/index.js": 'exports.crypto = require("crypto");\n'
            'try { require("zlib"); } catch (error) { exports.none = error.code; }',
        }
    )
    assert ask() == [True, True, True, "pto/index.js", "function", "MODULE_NOT_FOUND"]


@pytest.mark.parametrize(
    "name, said",
    [
        ("crypto", "a package of that name in node_modules is used"),
        ("node:zlib", "A proxy in front compresses"),
        ("child_process", "Have a service of its own for other programs"),
        ("https", "A proxy in front has TLS"),
        ("tls", "A proxy in front has TLS"),
        ("node:test", r"It has assert, .*, util[^;]*$"),
        ("v8", "It has assert, .*; a package of that name in node_modules is used"),
    ],
)
def test_what_is_not_offered_is_refused_with_what_to_use_instead(programs, tmp_path, name, said):
    (tmp_path / "bad.js").write_text(f'require("{name}");\n')
    conf = tmp_path / "bad.conf"
    conf.write_text(
        f'control = "{tmp_path}/c.sock"\nmodule "bad" {{ path = "js.so" options {{ script = "{tmp_path}/bad.js" }} }}\n'
    )
    done = run(*programs.eddyd_command("-c", str(conf)), seconds=30)
    assert done.returncode == 78, done.stderr
    wanted = rf"bad\.js:1:\d+: Error \[MODULE_NOT_FOUND\]: Cannot find module '{name}': it is one of Node's .* {said}"
    assert re.search(wanted, done.stderr), done.stderr


def test_a_module_that_imports_lead_to_may_be_a_core_module(script):
    ask = script(
        {
            "package.json": '{ "imports": { "#paths": { "browser": "./none.js", "default": "path" } } }',
            "main.js": 'const paths = require("#paths");\nfunction answer() { return paths === require("path"); }',
        }
    )
    assert ask() is True


def test_what_is_too_much_to_read_ahead_is_said(daemon, script):
    ask = script(
        {
            "main.js": 'function answer() { try { return require("./large"); } catch (error) { return [require("./small"), '
            "error.code, error.message]; } }",
            "large.json": '{ "text": "' + "x" * (16 << 20) + '" }',
            "small.json": "5",
        }
    )
    daemon.wait_log(r"may require later, too many to read ahead: 1\. They cannot be required by then\. Read ahead are 1, 1 kB, of at")
    small, code, said = ask()
    assert (small, code) == (5, "ERR_WORKER_SERVES")
    assert "large.json cannot be read now: a worker that serves never" in said
