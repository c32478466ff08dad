"""
Scripts that would serve nothing are refused when they are loaded, and say where: one that exports no handler for what
the conf has it serve, one whose server cannot listen, one that is an ES module. And what eddyd -t finds in a script.
"""
import re
import socket

import pytest

from harness.daemon import run

pytestmark = pytest.mark.usefixtures("engine")

HANDLER = "module.exports = (req, res) => res.end('fine');\n"
ROUTE = 'route "/app/*" { module = "app" }'


def write(folder, files, conf=ROUTE):
    """The files and a conf for main.js among them."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "eddy.conf").write_text(
        f'workers = 1\ncontrol = "{folder}/c.sock"\n'
        f'module "app" {{ path = "js.so" options {{ script = "main.js" }} }}\n'
        f'listen "unix:{folder}/web.sock" {{ }}\n{conf}\n'
    )


def eddyd(programs, folder, *options):
    return run(*programs.eddyd_command("-c", str(folder / "eddy.conf"), *options), seconds=30)


def refused(programs, folder, files, conf=ROUTE):
    """Why main.js is not loaded, without the folder's name."""
    write(folder, files, conf)
    done = eddyd(programs, folder)
    assert done.returncode == 78, done.stderr
    return re.search(r'eddy\.conf:3: module "app": load failed: (.*)$', done.stderr, re.M)[1].replace(f"{folder}/", "")


# what serves nothing


@pytest.mark.parametrize(
    "text, what",
    [
        ("", "nothing"),
        ("require('http');\n", "nothing"),
        ("module.exports = { handle() {}, close() {} };\n", "no function but an object (handle, close)"),
        ("exports.handler = (req, res) => res.end();\n", "no function but an object (handler)"),
        ("module.exports = null;\n", "no function but null"),
        ("module.exports = 'app';\n", "no function but 'app'"),
        ("module.exports = new (class App {});\n", "no function but App {}"),
        ("module.exports = (async () => () => {})();\n", "no function but [Promise]"),
        ("exports.connection = (socket) => socket.end();\n", "no function but an object (connection)"),
    ],
)
def test_a_script_that_exports_no_handler_for_its_route_is_refused(programs, tmp_path, text, what):
    said = refused(programs, tmp_path, {"main.js": text})
    assert said == (
        f'Error: main.js exports {what}, and route "/app/*" is to be served by it: '
        "say module.exports = (req, res) => { … }"
    )


@pytest.mark.parametrize("text", ["", HANDLER, "exports.connection = 7;\n"])
def test_a_script_that_exports_no_connection_for_its_listen_is_refused(programs, tmp_path, text):
    at = f"unix:{tmp_path}/raw.sock"
    conf = f'{ROUTE if text == HANDLER else ""}\nlisten "{at}" {{ protocol = "tcp" module = "app" }}'
    said = refused(programs, tmp_path, {"main.js": text}, conf)
    assert said == (
        'Error: main.js exports no function connection, and listen "unix:raw.sock" is to be served by it: '
        "say module.exports.connection = (socket) => { … }"
    )


def test_a_reload_to_a_script_that_exports_no_handler_changes_nothing(daemon, tmp_path):
    script = tmp_path / "app.js"
    script.write_text(HANDLER)
    daemon.conf(workers=2, modules={"app": {"path": "js.so", "script": str(script)}}, routes={"/*": "app"})
    daemon.start()
    before = daemon.pids()
    script.write_text("module.exports = { handle: (req, res) => res.end() };\n")
    daemon.expect_log("reload failed|load failed")
    done = daemon.reload(expect=78)
    assert f"{script} exports no function but an object (handle), and route \"/*\"" in done.stdout + done.stderr
    assert daemon.pids() == before
    assert daemon.get("/").body == b"fine"


def test_what_is_exported_when_the_script_has_been_loaded_counts(daemon, tmp_path):
    script = tmp_path / "app.js"
    script.write_text(f"(async () => {{\n\tawait null;\n\t{HANDLER}}})();\nexports.early = true;\n")
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": str(script)}}, routes={"/*": "app"})
    daemon.start()
    assert daemon.get("/").body == b"fine"


# what cannot listen


def listening(text, port):
    return text.replace("PORT", str(port))


@pytest.mark.parametrize(
    "text, at, code",
    [
        ("require('http').createServer((q, r) => r.end())\n\t.listen(PORT, '127.0.0.1');\n", "2:9", "EADDRINUSE"),
        ("const s = require('net').Server();\n\ns.listen({ port: PORT, host: '127.0.0.1' });\n", "3:9", "EADDRINUSE"),
        (
            "async function main() {\n\tawait 1;\n\trequire('net').Server().listen(PORT, '127.0.0.1');\n}\nmain();\n",
            "3:32",
            "EADDRINUSE",
        ),
        ("require('net').createServer().listen(0, '192.0.2.1');\n", "1:37", "EADDRNOTAVAIL"),
        ("require('net').createServer().listen('/no/such/folder/x.sock');\n", "1:37", "ENOENT"),
        (
            "const s = require('net').createServer();\ns.once('error', () => s.listen(0, '127.0.0.1'));\n"
            "s.listen(0, '192.0.2.1');\nrequire('net').createServer().listen(PORT, '127.0.0.1');\n",
            "4:37",
            "EADDRINUSE",
        ),
    ],
)
def test_a_script_whose_server_cannot_listen_is_refused_where_it_asked_for_that(programs, tmp_path, text, at, code):
    with socket.create_server(("127.0.0.1", 0)) as other:
        said = refused(programs, tmp_path, {"main.js": listening(text, other.getsockname()[1])}, conf="")
    assert re.match(rf"main\.js:{at}: Error: listen {code}: ", said), said


def test_a_script_whose_server_cannot_listen_where_its_name_leads_is_refused(programs, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as one, socket.socket(socket.AF_INET6) as other:
        port = one.getsockname()[1]
        try:
            other.bind(("::1", port))
            other.listen()
        except OSError:
            pass  # there is no IPv6, or somebody has that port: then nobody else can have it, either
        text = f"require('http').createServer().listen({port}, 'localhost');\n"
        said = refused(programs, tmp_path, {"main.js": text}, conf="")
    assert re.match(r"main\.js:1:38: Error: listen E(ADDRINUSE|ADDRNOTAVAIL|AFNOSUPPORT): ", said), said


def test_a_script_whose_server_has_a_name_that_nobody_knows_is_refused(programs, tmp_path):
    text = "require('net').createServer().listen(0, 'a..b');\n"  # which no name server is asked for
    said = refused(programs, tmp_path, {"main.js": text}, conf="")
    assert said == "main.js:1:37: Error: getaddrinfo ENOTFOUND a..b"


def test_a_reload_to_a_script_whose_server_cannot_listen_changes_nothing(daemon, tmp_path):
    script = tmp_path / "app.js"
    script.write_text(HANDLER)
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": str(script)}}, routes={"/*": "app"})
    daemon.start()
    before = daemon.pids()
    daemon.expect_log(r"reload failed|load failed|cannot listen on")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        script.write_text(f"{HANDLER}require('net').createServer().listen({port}, '127.0.0.1');\n")
        done = daemon.reload(expect=78)
    said = done.stdout + done.stderr
    assert f"{script}:2:37: Error: listen EADDRINUSE: address already in use 127.0.0.1:{port}" in said
    assert daemon.pids() == before
    assert daemon.get("/").body == b"fine"


@pytest.mark.parametrize(
    "listener",
    ["server.on('error', (error) => console.log('heard', error.code));",
     "process.on('uncaughtException', (error) => console.log('heard', error.code));"],
)
def test_an_error_of_listening_that_is_handled_is_the_scripts_business(daemon, tmp_path, listener):
    (tmp_path / "app.js").write_text(
        f"{HANDLER}const server = require('net').createServer();\n{listener}\nserver.listen(0, '192.0.2.1');\n"
    )
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": f"{tmp_path}/app.js"}}, routes={"/*": "app"})
    daemon.expect_log("cannot listen on")
    daemon.start()
    daemon.wait_log(r"\(app\): heard EADDRNOTAVAIL$")
    assert daemon.get("/").body == b"fine"


def test_a_server_that_cannot_listen_when_the_worker_serves_harms_nobody(daemon, tmp_path):
    (tmp_path / "app.js").write_text(
        "const net = require('net');\nmodule.exports = (req, res) => {\n"
        "\tnet.createServer().listen(0, '192.0.2.1');\n\tres.end('asked');\n};\n"
    )
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": f"{tmp_path}/app.js"}}, routes={"/*": "app"})
    daemon.expect_log(r"cannot listen on|\(app\): ")
    daemon.start()
    (before,) = daemon.pids()
    assert daemon.get("/").body == b"asked"
    daemon.wait_log(r"Uncaught Error: listen EADDRNOTAVAIL: address not available 192\.0\.2\.1")
    assert daemon.get("/").body == b"asked"
    assert daemon.pids() == [before]


def test_a_script_that_exits_before_its_worker_is_ready_is_refused_there(programs, tmp_path):
    text = "const server = require('net').Server();\nserver.listen(0, '127.0.0.1', () => {\n\tprocess.exit(4);\n});\n"
    said = refused(programs, tmp_path, {"main.js": text}, conf="")
    assert said == "main.js:3:14: Error: the script has called process.exit(4) while it was loaded"


# ES modules

INSTEAD = "eddy does not offer ES modules: use require() and module.exports"
OUTSIDE = "Cannot use import statement outside a module"


@pytest.mark.parametrize(
    "text, said",
    [
        ('import http from "http";\n', f"main.js:1:1: SyntaxError: {OUTSIDE}"),
        ('\nimport { readFile } from "node:fs";\n', f"main.js:2:1: SyntaxError: {OUTSIDE}"),
        ('  import * as fs from "fs";\n', f"main.js:1:3: SyntaxError: {OUTSIDE}"),
        ("const a = 1;\nexport default a;\n", "main.js:2:1: SyntaxError: Unexpected token 'export'"),
        ("export const a = 1;\n", "main.js:1:1: SyntaxError: Unexpected token 'export'"),
        ("console.log(import.meta.url);\n", "main.js:1:13: SyntaxError: Cannot use 'import.meta' outside a module"),
        (
            "const x = 1;\nconst y = await Promise.resolve(x);\n",
            "main.js:2:11: SyntaxError: await is only valid in async functions and the top level bodies of modules",
        ),
        ("import('fs');\n", "main.js:1:7: Error: Could not import the module 'fs'"),
    ],
)
def test_what_only_an_es_module_has_is_told_as_that(programs, tmp_path, text, said):
    assert refused(programs, tmp_path, {"main.js": text}) == f"{said}: {INSTEAD}"


def test_a_slip_in_a_script_is_not_taken_for_an_es_module(programs, tmp_path):
    for text in ("const x = ;\n", "const y = { await: 1 b };\n", "function f() {\n\tawait (1;\n}\n"):
        assert INSTEAD not in refused(programs, tmp_path, {"main.js": text})


def test_a_file_that_is_an_es_module_by_its_name_is_refused_with_nodes_code(programs, tmp_path):
    said = refused(programs, tmp_path, {"main.js": "\nrequire('./lib/a.mjs');\n", "lib/a.mjs": "export default 1;\n"})
    assert said == (
        f"main.js:2:8: Error [ERR_REQUIRE_ESM]: require() of ES Module lib/a.mjs from main.js not supported: {INSTEAD}"
    )


def test_a_package_that_is_an_es_module_is_refused_with_nodes_code(programs, tmp_path):
    package = "node_modules/modern"
    files = {
        "main.js": "require('modern');\n",
        f"{package}/package.json": '{ "type": "module", "main": "src/index.js" }',
        f"{package}/src/index.js": "export default 1;\n",
    }
    said = refused(programs, tmp_path, files)
    assert said == (
        f"main.js:1:8: Error [ERR_REQUIRE_ESM]: require() of ES Module {package}/src/index.js from main.js "
        f'not supported ({package}/package.json has "type": "module"): {INSTEAD}'
    )
    said = refused(programs, tmp_path, {"main.js": "", "package.json": '{ "type": "module" }'})
    assert said == f'Error [ERR_REQUIRE_ESM]: main.js is an ES module (package.json has "type": "module"): {INSTEAD}'


def test_a_script_in_a_package_that_says_nothing_of_modules_is_loaded(daemon, tmp_path):
    package = tmp_path / "node_modules/plain"
    package.mkdir(parents=True)
    (tmp_path / "package.json").write_text('{ "type": "commonjs" }')
    (package / "package.json").write_text('{ "name": "plain" }')
    (package / "index.js").write_text("module.exports = require('./both.cjs');\n")
    (package / "both.cjs").write_text("module.exports = 'both';\n")
    script = tmp_path / "app.js"
    script.write_text("const both = require('plain');\nmodule.exports = (req, res) => res.end(both);\n")
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": str(script)}}, routes={"/*": "app"})
    daemon.start()
    assert daemon.get("/").body == b"both"


# eddyd -t


def checked(programs, folder, files):
    """What eddyd -t finds, without the folder's name; None: nothing."""
    write(folder, files)
    done = eddyd(programs, folder, "-t")
    if done.returncode == 0:
        return None
    assert done.returncode == 78, done.stderr
    return re.search(r'eddy\.conf:3: module "app": check failed: (.*)$', done.stderr, re.M)[1].replace(f"{folder}/", "")


@pytest.mark.parametrize(
    "files, said",
    [
        ({}, "Error: main.js cannot be read: No such file or directory"),
        ({"main.js": "let a;\nlet b = ;\n"}, "main.js:2:9: SyntaxError: Unexpected token ';'"),
        ({"main.js": "import a from 'a';\n"}, f"main.js:1:1: SyntaxError: {OUTSIDE}: {INSTEAD}"),
        (
            {"main.js": "'use strict';\n// one\nconst { a } = require('./lib');\n", "lib/index.js": "exports.a = (;\n"},
            "lib/index.js:1:14: SyntaxError: Unexpected token ';'",
        ),
        (
            {
                "main.js": "const a = require('./a');\n",
                "a.js": "exports.b = 1;\nexports.c = require('./b.json').c;\n",
                "b.json": "{,}",
            },
            "b.json:1:2: SyntaxError: b.json: ",
        ),
        (
            {"main.js": "const fs = require('fs');\nconst a = require('./a');\n"},
            "main.js:2:11: Error [MODULE_NOT_FOUND]: Cannot find module './a' Require stack: main.js",
        ),
        ({"main.js": "const vm = require('vm');\n"}, "main.js:1:12: Error [MODULE_NOT_FOUND]: Cannot find module 'vm'"),
        ({"main.js": "require('./a.mjs');\n", "a.mjs": ""}, "main.js:1:1: Error [ERR_REQUIRE_ESM]: "),
    ],
)
def test_eddyd_t_finds_what_cannot_be_read_or_parsed(programs, tmp_path, files, said):
    found = checked(programs, tmp_path, files)
    assert found is not None and found.startswith(said), found


@pytest.mark.parametrize(
    "text",
    [
        HANDLER,
        "throw new Error('it runs');\n",
        "while (true);\n",
        "process.exit(1);\n",
        "try {\n\trequire('./absent');\n} catch {}\n",
        "if (process.env.NOBODY)\n\trequire('./absent');\n",
        "function later() {\nrequire('./absent');\n}\n",
        "const later = () =>\nrequire('./absent');\n",
        "/*\nrequire('./absent');\n*/\n",
        "`\nrequire('./absent');\n`;\n",
        "const a = process.env.NOBODY &&\nrequire('./absent');\n",
        "return;\nrequire('./absent');\n",
        "const a = require('./main.js');\nconst b = require('node:http'), c = require('eddy');\n",
    ],
)
def test_eddyd_t_runs_nothing_and_complains_of_nothing_that_may_not_be_reached(programs, tmp_path, text):
    assert checked(programs, tmp_path, {"main.js": text}) is None


def test_eddyd_t_looks_at_each_script_and_at_their_options(programs, tmp_path):
    write(tmp_path, {"main.js": "}\n", "other.js": "let a = ;\n", "fine.js": HANDLER})
    with open(tmp_path / "eddy.conf", "a", encoding="utf-8") as conf:
        conf.write(
            'module "other" { path = "js.so" options { script = "other.js" } }\n'
            'module "fine" { path = "js.so" options { script = "fine.js" } }\n'
            'module "big" { path = "js.so" options { script = "fine.js" memory = "much" } }\n'
        )
    done = eddyd(programs, tmp_path, "-t")
    assert done.returncode == 78
    assert re.findall(r'module "(\w+)": check failed', done.stderr) == ["app", "other", "big"]
    done = eddyd(programs, tmp_path)
    assert re.findall(r'module "(\w+)": load failed', done.stderr) == ["app", "other", "big"]
