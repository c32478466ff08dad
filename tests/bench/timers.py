"""
The load of timers: tests/bench/timers compares eddy's with libevent's own; this reads its table.
"""
import re
import subprocess

_ROW = re.compile(
    r"^  (set|fire|clear|memory)\s+([\d.-]+)\s+([\d.-]+) (ns|bytes)\s+([\d.-]+)(  too much)?$"
)


def parse(text):
    """[{"pattern", "what", "unit", "libevent", "eddy", "ratio", "holds"}]."""
    rows, pattern = [], None
    for line in text.splitlines()[1:]:
        row = _ROW.match(line)
        if row is None:
            pattern = line.strip()
            continue
        rows.append(
            {
                "pattern": pattern,
                "what": row[1],
                "unit": row[4],
                "libevent": float(row[2]),
                "eddy": float(row[3]),
                "ratio": float(row[5]),
                "holds": row[6] is None,
            }
        )
    return rows


def run(build, count, rounds):
    """{"said", "rows", "error"}; the error is None if all was measured, whatever the limits say."""
    done = subprocess.run(
        [f"{build}/tests/bench/timers", str(count), str(rounds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    said = done.stdout.decode(errors="replace")
    rows = parse(said)
    fine = rows and done.returncode == (0 if all(row["holds"] for row in rows) else 1)
    return {"said": said, "rows": rows, "error": None if fine else said.strip()[-200:] or "silent"}
