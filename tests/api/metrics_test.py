"""What /metrics serves, and what alerts, dashboard and runbook make of it; with Prometheus' own tool."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from server import ROOT, SHARD, WithServer
from child import created, progress, record

PROMTOOL = pathlib.Path(sys.argv.pop(1)).resolve() / "promtool"
ALERTS = ROOT / "docker" / "alerts.yaml"
DASHBOARD = ROOT / "docker" / "dashboard.json"
RUNBOOK = ROOT / "docs" / "operations.md"


def samples(text):
    """{(name, labels as written): value}"""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            series, value = line.rsplit(" ", 1)
            name, _, labels = series.partition("{")
            found[name, labels.rstrip("}")] = float(value)
    return found


def promtool(*words, **run):
    return subprocess.run([PROMTOOL, *words], capture_output=True, text=True, **run)


class Metrics(WithServer):
    def scrape(self, server, **headers):
        answer = server.get("/metrics", **headers)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        text = answer.body.decode()
        checked = promtool("check", "metrics", input=text)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))
        return samples(text)

    def fill(self):
        self.deliver(record(created(1), 100), record(progress(2, "7", "5"), 101), record(created(1), 102), record(b"{", 103),
                     record(progress(1, "0", "5", limit="orphan", user="user-2"), 104), behind=30_000)
        self.deliver(record(progress(3, "12", "5"), 105), behind=1000)

    def test_what_the_children_left_in_the_store(self):
        self.fill()
        found = self.scrape(self.serve())
        shard = f'stream="user-events",shard="{SHARD}"'
        for verdict, count in {"applied": 3, "duplicate": 1, "dead": 1, "parked": 1, "ignored": 0}.items():
            self.assertEqual(found["limits_records_total", f'{shard},verdict="{verdict}"'], count, verdict)
        self.assertEqual(found["limits_dead_records_total", f'{shard},reason="bad_json"'], 1)
        self.assertEqual(found["limits_findings_total", f'{shard},finding="discrepancy"'], 1)
        self.assertEqual(found["limits_open_dead_letters", ""], 1)
        self.assertEqual(found["limits_parked_limits", ""], 1)
        self.assertEqual(found["limits_store_readable", ""], 1)
        self.assertGreater(found["limits_store_bytes", ""], 0)
        self.assertGreater(found["limits_store_available_bytes", ""], 0)
        written = found["limits_last_batch_timestamp_seconds", shard]
        self.assertAlmostEqual(written - found["limits_as_of_timestamp_seconds", shard], 1, delta=0.001)

    def test_how_long_batches_took_is_said_by_the_next(self):
        with self.start_child() as child:
            for step in range(1, 4):
                child.deliver(record(created(step), 100 + step))
        found = self.scrape(self.serve())
        shard = f'stream="user-events",shard="{SHARD}"'
        self.assertGreaterEqual(found["limits_batch_duration_seconds_count", shard], 2)
        self.assertGreater(found["limits_batch_duration_seconds_sum", shard], 0)
        self.assertEqual(found["limits_batch_duration_seconds_bucket", f'{shard},le="+Inf"'],
                         found["limits_batch_duration_seconds_count", shard])

    def test_a_shard_at_its_end_is_not_late(self):
        with self.start_child() as child:
            child.deliver(record(created(1), 100))
            child.call("shardEnded")
        found = self.scrape(self.serve())
        shard = f'stream="user-events",shard="{SHARD}"'
        self.assertEqual(found["limits_shard_ended", shard], 1)
        for name in ["limits_as_of_timestamp_seconds", "limits_last_batch_timestamp_seconds"]:
            self.assertNotIn((name, shard), found)

    def test_a_store_that_is_not_there_is_told(self):
        found = self.scrape(self.serve())
        self.assertEqual(found["limits_store_readable", ""], 0)
        self.assertNotIn(("limits_parked_limits", ""), found)

    def test_requests_are_counted_by_route_and_not_by_path(self):
        self.fill()
        server = self.serve()
        for path in ["/user-limits/a", "/user-limits/b", "/user-limits/limit-1", "/nothing", "/nowhere"]:
            server.get(path)
        found = self.scrape(server)
        name = "limits_api_answer_duration_seconds_count"
        self.assertEqual(found[name, 'code="404",route="/user-limits/{}"'], 2)
        self.assertEqual(found[name, 'code="200",route="/user-limits/{}"'], 1)
        self.assertEqual(found[name, 'code="404",route="none"'], 2)

    def test_who_has_a_token_shows_it(self):
        secret = self.folder / "token"
        secret.write_text("s3cret\n")
        server = self.serve("--token-file", str(secret))
        self.check_problem(server.get("/metrics"), 401, "unauthorized")
        self.scrape(server, Authorization="Bearer s3cret")

    def test_alerts_dashboard_and_runbook_speak_of_what_is_served(self):
        self.fill()
        with self.start_child() as child:
            child.deliver(record(progress(4, "17", "1"), 106))
        server = self.serve()
        server.get("/livez")
        served = {re.sub("_(bucket|sum|count)$", "", name) for name, _ in self.scrape(server)}
        served.add("limits_last_checkpoint_timestamp_seconds")  # of shards that were checkpointed
        for path in [ALERTS, DASHBOARD, RUNBOOK]:
            named = {re.sub("_(bucket|sum|count)$", "", name) for name in re.findall(r"\blimits_[a-z_]+\b", path.read_text())}
            self.assertGreater(len(named), 7, path)
            self.assertEqual(named - served, set(), path)
        undescribed = {name for name in served if f"`{name}`" not in RUNBOOK.read_text()}
        self.assertEqual(undescribed, set())


class Alerts(unittest.TestCase):
    def test_they_fire_when_they_should_and_not_before(self):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for path in [ALERTS, ROOT / "tests" / "docker" / "alerts_test.yaml"]:
            shutil.copy(path, folder)
        for words in [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts_test.yaml")]:
            done = promtool(*words, cwd=folder)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_each_has_its_lines_in_the_runbook_and_a_test(self):
        text = ALERTS.read_text()
        names = re.findall(r"alert: (\w+)", text)
        self.assertGreaterEqual(len(names), 6)
        tested = (ROOT / "tests" / "docker" / "alerts_test.yaml").read_text()
        for name in names:
            self.assertIn(f"### {name}\n", RUNBOOK.read_text())
            self.assertIn(f"runbook: docs/operations.md#{name.lower()}\n", text)
            self.assertRegex(tested, rf"alertname: {name}\n")

    def test_the_dashboard_asks_in_words_that_prometheus_knows(self):
        queries = [target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel["targets"]]
        self.assertGreater(len(queries), 8)
        rules = {"groups": [{"name": "dashboard", "rules": [{"record": f"query:{i}", "expr": query} for i, query in enumerate(queries)]}]}
        path = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "rules.yaml"
        path.write_text(json.dumps(rules))
        done = promtool("check", "rules", path)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
