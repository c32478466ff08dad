"""What a process asks of the kernel while something goes on, as strace(1) tells it."""
import contextlib
import re
import shutil
import subprocess

import pytest

needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="there is no strace here")


@contextlib.contextmanager
def traced(pid, output, calls="%file,%desc"):
    """
    Traces these calls of all threads of a process, for as long as the block runs; a list that has
    (thread, call) for each of them when it has ended. Skips the test where that may not be done.
    """
    found = []
    tracer = subprocess.Popen(
        ["strace", "-f", "-yy", "-e", f"trace={calls}", "-o", str(output), "-p", str(pid)],
        stderr=subprocess.PIPE,
        text=True,
    )
    if "attached" not in (said := tracer.stderr.readline()):
        tracer.communicate()
        pytest.skip(f"strace cannot attach: {said}")
    try:
        yield found
    finally:
        tracer.terminate()
        tracer.communicate(timeout=20)
    with open(output, encoding="utf-8", errors="replace") as file:
        found += _calls(file)


def _calls(lines):
    """A call that another thread's has cut in two comes whole, with what is said at its end."""
    calls, begun = [], {}
    for line in lines:
        thread, call = line.rstrip("\n").split(maxsplit=1)
        if call.endswith("<unfinished ...>"):
            begun[thread] = call.removesuffix("<unfinished ...>")
            continue
        if resumed := re.match(r"<\.\.\. \w+ resumed>", call):
            call = begun.pop(thread, "") + call[resumed.end() :]
        calls.append((int(thread), call))
    return calls + [(int(thread), call) for thread, call in begun.items()]
