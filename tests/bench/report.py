"""
What the samples come to: medians, ratios, limits; as a table for people and as JSON for programs.

samples: [{"load", "server", "round", and a sample's figures, or "error"}].
"""
import measure

FIGURES = ("cost", "user", "rate", "memory", "share")
LOPSIDED = 0.8  # of the work, by one of the processes


def _rounds(samples, load, server, figure):
    """{round: figure} of what succeeded."""
    return {
        each["round"]: each[figure]
        for each in samples
        if each["load"] == load and each["server"] == server and each.get(figure) is not None
    }


def _errors(samples, load, server):
    return [
        each["error"]
        for each in samples
        if each["load"] == load and each["server"] == server and "error" in each
    ]


def _best(samples, load, figure, peers):
    """The peer with the lowest median."""
    found = []
    for peer in peers:
        values = _rounds(samples, load, peer, figure)
        if values and not _errors(samples, load, peer):
            found.append((measure.summary(list(values.values()))["median"], peer))
    return min(found)[1] if found else None


def judge(samples, load, limit, peers):
    """
    One limit: {"text", "ratio" or "value", "of", "holds"}; "holds" is None, with "why", when there
    is nothing to judge by.
    """
    said = {"text": limit.text, "ratio": None, "of": limit.of, "holds": None}
    ours = _rounds(samples, load.name, "eddy", limit.figure)
    if _errors(samples, load.name, "eddy"):
        return said | {"holds": False, "why": "eddy failed"}
    if not ours:
        return said | {"why": "eddy was not measured"}
    if limit.most is not None:
        value = measure.summary(list(ours.values()))["median"]
        return said | {"value": value, "holds": value <= limit.most}
    if limit.load is not None:
        of, theirs = "eddy", _rounds(samples, limit.load, "eddy", limit.figure)
        name = f"load {limit.load}"
    else:
        of = limit.of if limit.of != "best peer" else _best(samples, load.name, limit.figure, peers)
        theirs = _rounds(samples, load.name, of, limit.figure)
        name = of or limit.of
    ratio = measure.ratio(ours, theirs)
    if ratio is None or _errors(samples, limit.load or load.name, of):
        return said | {"of": name, "why": f"{name} was not measured"}
    holds = ratio < limit.factor if limit.below else ratio <= limit.factor
    return said | {"of": name, "ratio": ratio, "holds": holds}


def _row(samples, load, server):
    """A server's figures; None if it was not there."""
    row = {"errors": _errors(samples, load.name, server)}
    for figure in FIGURES:
        values = _rounds(samples, load.name, server, figure)
        if values:
            row[figure] = measure.summary(list(values.values()))
    if len(row) == 1 and not row["errors"]:
        return None
    theirs = _rounds(samples, load.name, list(load.floors)[-1], "cost")
    row["ratio"] = measure.ratio(_rounds(samples, load.name, server, "cost"), theirs)
    return row


def result(samples, loads, kinds, skipped):
    """
    {load: {"title", "unit", "workers", "servers": {server: its figures, "ratio" to the floor,
    "note", "threads", "errors"}, "skipped", "limits"}}. The floor is the last, and best, of the load's.
    """
    peers = [kind.name for kind in kinds if kind.is_peer]
    found = {}
    for load in loads:
        rows = {}
        for kind in kinds:
            row = _row(samples, load, kind.name)
            if row is not None:
                note = kind.notes.get(load.name)
                rows[kind.name] = row | {"note": note, "threads": kind.threads}
        found[load.name] = {
            "title": load.title,
            "unit": f"{load.unit} of CPU per {load.per}",
            "workers": load.workers,
            "servers": rows,
            "skipped": skipped.get(load.name, {}),
            "limits": [judge(samples, load, limit, peers) for limit in load.limits],
        }
    return found


def noise(samples):
    """What other processes have used of the machine meanwhile, as parts of it: median and most."""
    others = [each["others"] for each in samples if "others" in each]
    return measure.summary(others) if others else None


# the table

_ROW = "  {:<16} {:>9} {:>7} {:>9} {:>7} {:>12} {:>13} {}"


def _number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _spread(cost):
    """Half of what the extremes are apart; one round has none."""
    return f"±{cost['spread'] / 2:.0%}" if cost["rounds"] > 1 else "-"


def _memory(load, value):
    if load.per_connection:
        return f"{value:,.0f} B/conn"
    return f"{value / (1 << 20):.1f} MB"


def _rate(load, value):
    return f"{value / (1 << 20):,.0f} MB/s" if load.per == "GB" else f"{value:,.0f}/s"


def _remarks(load, row):
    """What one has to know of a row. Who never shares the work never waits for it, which is cheap."""
    remarks = [row["note"]] if row["note"] else []
    share = row["share"]["median"] if "share" in row else 0
    if load.workers > 1 and not row["threads"] and share > LOPSIDED:
        remarks.append(f"one process did {share:.0%} of it")
    return f"({'; '.join(remarks)})" if remarks else ""


def _line(load, server, row):
    if row["errors"]:
        of = f" (in {len(row['errors'])} rounds)" if len(row["errors"]) > 1 else ""
        return f"  {server:<16} FAILED{of}: {row['errors'][0]}"
    return _ROW.format(
        server,
        _number(row["cost"]["median"]),
        _spread(row["cost"]),
        _number(row["user"]["median"]),
        f"{row['ratio']:.2f}" if row["ratio"] else "-",
        _rate(load, row["rate"]["median"]),
        _memory(load, row["memory"]["median"]),
        _remarks(load, row),
    ).rstrip()


def limit_line(said):
    if said["holds"] is None:
        return f"  limit {said['text']}: not known, {said['why']}"
    mark = "holds " if said["holds"] else "MISSED"
    if said.get("value") is not None:
        return f"  {mark} {said['text']}: {said['value']:.0f}"
    if said["ratio"] is None:
        return f"  {mark} {said['text']}: {said['why']}"
    return f"  {mark} {said['text']}: {said['ratio']:.2f} x {said['of']}"


def table(found, loads):
    lines = []
    for load in loads:
        part = found[load.name]
        lines += ["", f"{part['title']} ({load.name}, {load.workers} workers): {part['unit']}"]
        lines.append(
            _ROW.format(
                "", "median", "spread", "user", "ratio", "per second", "memory", ""
            ).rstrip()
        )
        lines += [_line(load, server, row) for server, row in part["servers"].items()]
        lines += [f"  {server:<16} left out: {why}" for server, why in part["skipped"].items()]
        lines += [limit_line(said) for said in part["limits"]]
    return "\n".join(lines)
