"""
Waiting for a condition, with a deadline that says what was waited for. Tests never sleep and hope.
"""
import os
import time

# Sanitizer builds and busy machines are slower; a deadline is only ever reached by a test that
# fails.
SCALE = float(os.environ.get("E2E_SCALE", "1"))


def deadline(seconds):
    return time.monotonic() + seconds * SCALE


def wait_until(condition, what, seconds=10, every=0.01):
    """The first true value of `condition()`; fails with `what` (text, or its maker)."""
    end = deadline(seconds)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(
                f"waited {seconds * SCALE:g} s for {what() if callable(what) else what}"
            )
        time.sleep(every)
