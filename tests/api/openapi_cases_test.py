"""openapi_cases_test.py API PROCESSOR CLI [--per-operation N] [--at-least CASES] [--seed S]: schemathesis makes requests of
api/openapi.yaml, good ones and bad ones, and holds each answer against it. The server is the real one, on a filled store.

`/changes/stream` does not end by itself: an event of it is read, or what comes in STREAM_SECONDS."""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

import yaml

from openapi_document import Document
from openapi_store import LIMITS, WithFilledStore

HERE = pathlib.Path(__file__).resolve().parent
STREAM_SECONDS = 2
HEX = "([0-9a-f]{2})*"
NUMBER = "^(3[0-9]){1,18}$"
# What `next` says is for the server alone, so the document leaves it open. This is what it takes.
CURSORS = {
    "/user-limits": f"^{HEX}-{HEX}-{HEX}$",
    "/user-limits/user/{userId}": f"^{HEX}-{HEX}-{HEX}$",
    "/user-limits/{limitId}/history": NUMBER,
    "/parked": f"^{HEX}-{HEX}$",
    "/dead-letters": NUMBER,
}
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "positive_data_acceptance", "unsupported_method",
    "allow_header_conformance",
]


def configuration():
    return {
        "hooks": str(HERE / "openapi" / "hooks.py"),
        "dictionaries": {"limits": {"values": LIMITS}},
        "parameters": {"path.limitId": {"dictionary": "limits", "probability": 0.6}},
        "checks": {
            "positive_data_acceptance": {"expected-statuses": [200, 304, 404, 409, 410]},
            "negative_data_rejection": {"expected-statuses": [400, 404, 405]},
        },
        "operations": [{"include-path": "/changes/stream", "max-stream-events": 1, "request-timeout": STREAM_SECONDS}],
    }


def as_toml(value):
    """Inline, so that a table is a value like any other."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {as_toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def statuses(api):
    """How many answers the server gave by its own count."""
    counts = collections.Counter()
    for status, count in re.findall(r'^limits_api_answer_duration_seconds_count\{code="(\d+)".*\} (\d+)$', api.get("/metrics").body.decode(), flags=re.M):
        counts[int(status)] += int(count)
    return counts


class Cases(WithFilledStore):
    def test_every_answer_is_as_the_document_says(self):
        (self.folder / "openapi.yaml").write_text(yaml.safe_dump(self.document()))
        (self.folder / "schemathesis.toml").write_text("".join(f"{name} = {as_toml(value)}\n" for name, value in configuration().items()))
        api = self.serve("--ready-lag", "0", "--stuck-after", "86400")
        report = self.run_cases(f"http://127.0.0.1:{api.port}")
        counts, operations = report["test_cases"], report["operations"]
        print(f"seed {OPTIONS.seed}: {counts['generated']} cases of {operations['tested']} operations, "
              f"{counts['with_failures']} with failures, {counts['errored']} with errors, {report['running_time']:.0f} s", flush=True)
        self.assertEqual((operations["tested"], operations["errored"], counts["errored"]), (len(Document().operations), 0, 0))
        self.assertGreaterEqual(counts["generated"], OPTIONS.at_least)
        answers = statuses(api)
        print("answers by status: " + ", ".join(f"{status}: {count}" for status, count in sorted(answers.items())), flush=True)
        self.assertEqual([status for status in answers if status >= 500], [])
        code, said = api.end()
        self.assertEqual((code, [line for line in said.splitlines() if ": info: " not in line]), (0, []))

    def document(self):
        """The strict one, in which `next` is what the server takes."""
        document = Document()
        for path, pattern in CURSORS.items():
            parameters = document.strict["paths"][path]["get"]["parameters"]
            place = parameters.index({"$ref": "#/components/parameters/Next"})
            parameters[place] = {"name": "next", "in": "query", "schema": {"type": "string", "pattern": pattern}}
        return document.strict

    def run_cases(self, url):
        command = [
            sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run", "openapi.yaml", "--url", url, "--checks",
            ",".join(CHECKS), "--max-examples", str(OPTIONS.per_operation), "--seed", str(OPTIONS.seed), "--continue-on-failure",
            "--generation-database", "none", "--report-json-path", "report.json", "--no-color",
        ]
        done = subprocess.run(command, cwd=self.folder, env={**os.environ, "COLUMNS": "120"}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"seed {OPTIONS.seed}\n{done.stdout}{done.stderr}")
        return json.loads((self.folder / "report.json").read_text())


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-operation", type=int, default=20, help="cases that are drawn for each operation")
    parser.add_argument("--at-least", type=int, default=500, help="cases in all, or the run fails")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    OPTIONS = options()
    unittest.main(argv=sys.argv[:1])
