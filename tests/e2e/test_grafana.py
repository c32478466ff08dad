"""What comes with the metrics: the dashboard for Grafana, and the rules of metrics.md, against /metrics."""
import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from harness import ports
from harness.wait import wait_until

TOP = Path(__file__).resolve().parents[2]
DASHBOARD = json.loads((TOP / "packaging/grafana/eddy.json").read_text())
RULES = re.search(r"```yaml\n(groups:.*?)```", (TOP / "packaging/metrics.md").read_text(), re.S)[1]
VARIABLES = {"$__rate_interval": "1m", "$job": ".*", "$instance": ".*"}


@pytest.fixture
def watched(daemon):
    daemon.conf(
        modules={"metrics": {"path": "metrics.so"}, "hello": {"path": "hello.so"}},
        routes={"/metrics": "metrics", "/hello": "hello"},
    )
    return daemon.start()


def panels():
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions(interval="1m"):
    """What the dashboard asks Prometheus for."""
    found = [target["expr"] for panel in panels() for target in panel["targets"]]
    found += [one["expr"] for one in DASHBOARD["annotations"]["list"]]
    for name, value in (VARIABLES | {"$__rate_interval": interval}).items():
        found = [text.replace(name, value) for text in found]
    return found


def metrics_of(daemon):
    """The names of all series."""
    return set(re.findall(r"^(eddy_\w+)", daemon.get("/metrics").body.decode(), re.M))


def test_dashboard_and_rules_name_only_metrics_that_there_are(watched):
    known = metrics_of(watched)
    texts = expressions() + [one["definition"] for one in DASHBOARD["templating"]["list"] if "definition" in one]
    named = set(re.findall(r"\beddy_\w+", " ".join(texts)))
    assert len(named) > 25
    assert named <= known
    assert set(re.findall(r"\beddy_\w+", RULES)) <= known


def test_dashboard_asks_for_its_data_source_and_has_no_other(watched):
    assert [(one["name"], one["type"], one["pluginId"]) for one in DASHBOARD["__inputs"]] == [
        ("DS_PROMETHEUS", "datasource", "prometheus")
    ]
    assert DASHBOARD["id"] is None, "Grafana gives it one"
    sources = {text for text in re.findall(r'"uid": "([^"]*)"', json.dumps(DASHBOARD))}
    assert sources == {"${datasource}", "eddy"}
    for panel in panels():
        for target in panel["targets"]:
            assert target["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    required = {one["id"] for one in DASHBOARD["__requires"] if one["type"] == "panel"}
    assert {panel["type"] for panel in panels()} == required


def test_panels_lie_side_by_side(watched):
    taken = set()
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


def test_promtool_understands_the_rules_and_every_expression(watched, tmp_path):
    if not shutil.which("promtool"):
        pytest.skip("no promtool on this machine (Debian: prometheus)")
    rules = tmp_path / "rules.yml"
    rules.write_text(RULES)
    records = [{"record": f"panel:{i}", "expr": text} for i, text in enumerate(expressions())]
    panel_rules = tmp_path / "panels.json"  # which is YAML, too
    panel_rules.write_text(json.dumps({"groups": [{"name": "panels", "rules": records}]}))
    done = subprocess.run(
        ["promtool", "check", "rules", str(rules), str(panel_rules)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr + done.stdout


class Prometheus:
    """A server of its own that asks eddy every second."""

    def __init__(self, folder, target):
        self.port = ports.free_port()
        conf = folder / "prometheus.yml"
        conf.write_text(
            json.dumps(
                {
                    "global": {"scrape_interval": "1s"},
                    "scrape_configs": [{"job_name": "eddy", "static_configs": [{"targets": [target]}]}],
                }
            )
        )
        self.process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={conf}",
                f"--storage.tsdb.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{self.port}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, path, **query):
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
            return json.load(answer)["data"]

    def values(self, text):
        """The values of an expression now; None: it does not answer yet."""
        try:
            return [float(one["value"][1]) for one in self.ask("query", query=text)["result"]]
        except OSError:
            return None

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


@pytest.mark.once
@pytest.mark.skipif(not shutil.which("prometheus"), reason="no prometheus on this machine (Debian: prometheus)")
def test_prometheus_has_data_for_every_panel(watched, tmp_path):
    server = Prometheus(tmp_path, f"127.0.0.1:{watched.port}")
    try:
        wait_until(lambda: server.values("sum(rate(eddy_requests_total[10s])) > 0"), "two scrapes", 60)
        (target,) = server.ask("targets")["activeTargets"]
        assert (target["health"], target["lastError"]) == ("up", "")
        for text in expressions("10s")[: sum(len(panel["targets"]) for panel in panels())]:
            values = server.values(text)
            assert values, text
            assert all(value == value for value in values), f"{text}: not a number"
        (quantile,) = server.values("histogram_quantile(0.99, eddy_loop_lag_seconds_bucket)")
        assert 0 < quantile < 60
    finally:
        server.stop()
