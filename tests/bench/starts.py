"""
The load of starts: how much later a server with a script answers first than one without, and how
long after SIGHUP a script that has been changed is served.
"""
import os
import signal
import socket
import time

import measure
import servers

SCRIPT_LINES = 200
STARTS = 4  # in each round
START_MOST_MS = 60
RELOAD_MOST_MS = 200
PATIENCE_S = 10

_HEAD = '''"use strict";
const fs = require("fs");
const http = require("http");
const path = require("path");
const util = require("util");
const { Transform } = require("stream");
'''
_PART = '''
class Part{0} extends Transform {{
	constructor(limit) {{
		super();
		this.limit = limit;
	}}
	_transform(piece, encoding, done) {{
		done(null, piece.subarray(0, this.limit));
	}}
}}
'''


def script(word):
    """A handler that answers with this word, at the end of a script of some size."""
    text, parts = _HEAD, 0
    while text.count("\n") < SCRIPT_LINES - 2:
        text += _PART.format(parts)
        parts += 1
    return text + f'const word = util.format("%s", "{word}");\nmodule.exports = (req, res) => res.end(word);\n'


class Started(servers.Eddy):
    """eddy with one worker and one route, to the script or to hello; nobody waits for it."""

    def __init__(self, options, with_script):
        super().__init__(servers.Alone, options)
        self.with_script = with_script

    def write_script(self, word):
        return self.write("start.js", script(word))

    def conf_lines(self):
        modules = f"{self.options.build}/worker/modules"
        module = f'module "hello" {{ path = "{modules}/hello.so" }}'
        if self.with_script:
            path = self.write_script("before")
            module = f'module "hello" {{ path = "{modules}/js.so"  options {{ script = "{path}" }} }}'
        return [
            "workers = 1",
            f'control = "{self.folder}/control.sock"',
            'drain_timeout = "1s"',
            f'listen "127.0.0.1:{self.port}" {{ }}',
            module,
            'route "/" { module = "hello" }',
        ]

    def _wait_started(self):
        """Until the first answer, to the millisecond."""
        begun = time.monotonic()
        self.wait_answer(None)
        self.took_ms = (time.monotonic() - begun) * 1000

    def wait_answer(self, word):
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), PATIENCE_S) as sock:
                    sock.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                    answer = b""
                    while piece := sock.recv(65536):
                        answer += piece
                if answer and (word is None or answer.endswith(word)):
                    return
            except OSError:
                pass
            if time.monotonic() > end or self.process.poll() is not None:
                raise servers.Failed(f"does not answer: {self.said()}")
            time.sleep(0.001)


def _start(options, with_script):
    with Started(options, with_script) as server:
        return server.took_ms


def _reload(options):
    with Started(options, True) as server:
        server.write_script("after")
        begun = time.monotonic()
        os.kill(server.process.pid, signal.SIGHUP)
        server.wait_answer(b"after")
        return (time.monotonic() - begun) * 1000


def run(options):
    """{"without", "with", "reload": summaries in ms, "said", "error"}."""
    samples = {"without": [], "with": [], "reload": []}
    try:
        for _ in range(options.rounds * STARTS):
            samples["without"].append(_start(options, False))
            samples["with"].append(_start(options, True))
            samples["reload"].append(_reload(options))
    except servers.Failed as error:
        return {"said": f"starts: FAILED: {error}", "error": str(error)}
    found = {name: measure.summary(values) for name, values in samples.items()}
    more = found["with"]["median"] - found["without"]["median"]
    return found | {"said": table(found, more), "error": None}


def _line(found, name, what):
    figures = found[name]
    return f"  {what:<44} {figures['median']:>7.1f}  ({figures['min']:.1f} to {figures['max']:.1f})"


def table(found, more):
    def limit(value, most, what):
        return f"  {'holds ' if value <= most else 'MISSED'} {what} <= {most} ms: {value:.1f}"

    return "\n".join(
        [
            f"start and reload, a script of {SCRIPT_LINES} lines, one worker: ms until the answer",
            _line(found, "without", "start, a module in C"),
            _line(found, "with", "start, with the script"),
            _line(found, "reload", "SIGHUP, the script has been changed"),
            limit(more, START_MOST_MS, "the script's part of the start"),
            limit(found["reload"]["median"], RELOAD_MOST_MS, "a changed script is served after"),
        ]
    )
