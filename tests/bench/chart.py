"""
The chart: for each load the CPU time of every server, as a bar with its extremes; SVG, by hand.

Bars are to the scale of their own load, which ends where the one that is next to the worst does:
a server that is ten times slower must not make the others look alike.
"""
from xml.sax.saxutils import escape

WIDTH = 900
NAME_WIDTH = 150
BAR_WIDTH = 540
BAR_HEIGHT = 16
GAP = 5
HEAD_HEIGHT = 30
MARGIN = 20

COLOURS = {"eddy": "#1b7f5c", "floor": "#8a8f98", "floor, deferred": "#8a8f98"}
PEER_COLOUR = "#c9a14a"


def _text(x, y, text, size=12, anchor="start", weight="normal"):
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )


def _number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _scale(rows):
    """How much cost the whole width is."""
    costs = sorted(row["cost"]["max"] for row in rows.values())
    if len(costs) > 1 and costs[-1] > 2 * costs[-2]:
        return costs[-2] * 1.1
    return costs[-1]


def _bar(server, row, y, scale):
    """The bar of one server, and what is written beside it."""
    cost, middle = row["cost"], y + BAR_HEIGHT / 2
    per = BAR_WIDTH / scale if scale else 0
    width = min(cost["median"] * per, BAR_WIDTH)
    low, high = (min(cost[end] * per, BAR_WIDTH) for end in ("min", "max"))
    said = _number(cost["median"])
    if row["ratio"]:
        said += f" ({row['ratio']:.2f})"
    if cost["median"] * per > BAR_WIDTH:
        said += " →"
    weight = "bold" if server == "eddy" else "normal"
    return [
        _text(MARGIN + NAME_WIDTH - 8, middle + 4, server, anchor="end", weight=weight),
        f'<rect x="{MARGIN + NAME_WIDTH}" y="{y:.0f}" width="{width:.1f}" height="{BAR_HEIGHT}" '
        f'fill="{COLOURS.get(server, PEER_COLOUR)}"/>',
        f'<path d="M{MARGIN + NAME_WIDTH + low:.1f} {middle:.0f}H{MARGIN + NAME_WIDTH + high:.1f}" '
        'stroke="#222" stroke-width="2"/>',
        _text(MARGIN + NAME_WIDTH + max(width, high) + 8, middle + 4, said, weight=weight),
    ]


def draw(found, caption):
    """The whole picture, from report.result's."""
    parts, y = [], MARGIN + 20
    parts.append(_text(MARGIN, y, "eddy, the floor and its peers", 18, weight="bold"))
    y += 20
    parts.append(_text(MARGIN, y, caption))
    for load in found.values():
        rows = {name: row for name, row in load["servers"].items() if "cost" in row}
        failed = [name for name, row in load["servers"].items() if row["errors"]]
        rows = {name: row for name, row in rows.items() if name not in failed}
        if not rows and not failed:
            continue
        y += HEAD_HEIGHT
        parts.append(_text(MARGIN, y, f"{load['title']}: {load['unit']}", 14, weight="bold"))
        y += GAP + 3
        scale = _scale(rows) if rows else 0
        for server, row in sorted(rows.items(), key=lambda item: item[1]["cost"]["median"]):
            parts += _bar(server, row, y, scale)
            y += BAR_HEIGHT + GAP
        for server in failed:
            parts.append(_text(MARGIN + NAME_WIDTH - 8, y + 12, server, anchor="end"))
            parts.append(_text(MARGIN + NAME_WIDTH, y + 12, "failed"))
            y += BAR_HEIGHT + GAP
    y += MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y:.0f}" '
        f'viewBox="0 0 {WIDTH} {y:.0f}" font-family="sans-serif" fill="#222">\n'
        f'<rect width="{WIDTH}" height="{y:.0f}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )
