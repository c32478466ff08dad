"""Scripts that end their worker with process.exit: what is under way is finished, the log says who and why."""
import re

import pytest

from harness.client import request
from harness.wait import wait_until

SCRIPT = """
let parked;
function leave(code) {
	process.exit(code);
}
function coded(call) {
	try {
		call();
	} catch (error) {
		return error.code;
	}
}
module.exports = (req, res) => {
	if (req.url === "/park") {
		parked = res;
		return;
	}
	if (req.url.startsWith("/code")) {
		const code = eval(`(${decodeURIComponent(req.url.split("?")[1])})`);
		res.end(`${coded(() => process.exit(code))} ${coded(() => process.exitCode = code)}`);
		return;
	}
	process.on("exit", (code) => console.log(`leaves with ${code}`));
	res.end("bye\\n");
	setTimeout(() => console.log("later"), 1);
	try {
		leave("3");
	} finally {
		console.log("unwinds");
	}
	console.log("not reached");
};
require("eddy").onDrain(() => parked?.end("drained\\n"));
"""


@pytest.fixture
def leaving(daemon, engine, tmp_path):
    script = tmp_path / "app.js"
    script.write_text(SCRIPT)
    daemon.conf(workers=1, modules={"app": {"path": "js.so", "script": str(script)}}, routes={"/*": "app"})
    daemon.expect_log("exit with code|process.exit was called by")
    daemon.script = script
    return daemon.start()


def test_process_exit_finishes_what_is_under_way_and_is_no_crash(leaving):
    (pid,) = leaving.pids()
    with leaving.connect() as parked:
        parked.send(request("GET", "/park"))
        wait_until(lambda: leaving.workers()[0]["parked"] == 1, "the request to be parked")
        assert leaving.get("/exit").body == b"bye\n"
        assert parked.read().body == b"drained\n"
    leaving.wait_serving(without=[pid])
    leaving.wait_log(rf"worker 0 \(pid {pid}, generation 1\) has drained")
    log = leaving.log()
    assert log.count("worker 0 (app): leaves with 3") == 1
    assert "(app): unwinds" in log and "not reached" not in log
    assert log.count("worker 0 (app): exit with code 3: this worker drains, and another takes its place") == 1
    assert re.search(rf"\(app\): process\.exit was called by leave \({leaving.script}:\d+:\d+\)$", log, re.M)


def test_an_exit_code_that_is_none_is_refused(leaving):
    before = leaving.pids()
    for code in ("'abc'", "''", "true", "{}"):
        assert leaving.get(f"/code?{code}").body == b"ERR_INVALID_ARG_TYPE ERR_INVALID_ARG_TYPE"
    assert leaving.get("/code?1.5").body == b"ERR_OUT_OF_RANGE ERR_OUT_OF_RANGE"
    assert leaving.pids() == before
    assert leaving.status()["crashes"] == 0
