#!/usr/bin/env python3
"""The rules file changes under the real daemon while a producer puts: its children go by the new one, and none starts anew."""

import hashlib
import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from child import created, progress
from fire import Fire
from stack import ROOT, Emulators, children_of

SEED = 7
SHIPPED = (ROOT / "properties" / "rules.json").read_text()
IGNORES_PROBES = SHIPPED.replace('"rules": [', '"rules": [\n    {"match": {"at": "/source", "equals": "probe"}, "handler": "ignore"},')
AS_SHIPPED = "// Again as shipped.\n" + SHIPPED
BROKEN = SHIPPED.replace("create_limit", "create_limits")


def version(rules):
    return hashlib.sha256(rules.encode()).hexdigest()


class RulesChange(unittest.TestCase):
    def setUp(self):
        self.emulators = self.enterContext(Emulators())
        self.fire = self.enterContext(Fire(self.emulators, "rules", BINARIES, 2, SEED))
        self.rules = self.fire.path / "rules.json"

    def rename(self, rules):
        new = self.rules.with_suffix(".new")
        new.write_text(rules)
        new.rename(self.rules)

    def edit(self, rules):
        self.rules.write_text(rules)

    def wait_for_rules(self, rules, problem=""):
        """Until each shard was read by this version, with that in what is wrong, or nothing wrong."""
        began = time.monotonic()

        def in_force():
            rows = self.fire.shards().values()
            return len(rows) == 2 and all(row["rulesVersion"] == version(rules) and problem in row.get("rulesProblem", "")
                                          and bool(problem) == bool(row.get("rulesProblem")) for row in rows)
        self.fire.wait_for(in_force, f"both shards to go by the rules {version(rules)} {problem}")
        return time.monotonic() - began

    def put_probe(self, event, is_applied):
        record = ("probe", json.dumps({**event, "source": "probe"}).encode())
        self.fire.put_raw([record])
        if is_applied:
            self.fire.producer.put.append(record)
        self.fire.wait_until_read()

    def test_children_take_each_version_with_their_next_batch_and_keep_theirs_while_it_is_no_good(self):
        fire, took = self.fire, {}
        self.rename(SHIPPED)
        fire.start("only", executableName=f"{fire.binaries}/limits-processor --store {fire.store} --stream {fire.name} "
                                          f"--rules {self.rules} --log-dir {fire.path / 'only'}")
        self.wait_for_rules(SHIPPED)
        children = sorted(children_of(fire.workers["only"]))
        self.put_probe(created(1, "probe", "probe"), True)

        self.rename(IGNORES_PROBES)
        took["another file"] = self.wait_for_rules(IGNORES_PROBES)
        self.put_probe(progress(2, "0", "7", "probe", "probe"), False)
        self.assertEqual(fire.limits("get", "probe")["progress"], "0")
        (fire.path / "shipped.json").write_text(SHIPPED)
        would = fire.limits("rules", "diff", str(fire.path / "shipped.json"), "--rules", str(self.rules), "--threshold", "1",
                            "--stream", fire.name, *fire.endpoint())
        self.assertEqual([(each["limitId"], each["before"]["progress"], each["after"]["progress"]) for each in would["limits"]],
                         [("probe", "0", "7")])

        self.edit(AS_SHIPPED)
        took["an edit in place"] = self.wait_for_rules(AS_SHIPPED)
        self.put_probe(progress(3, "7", "1", "probe", "probe"), True)

        self.edit(BROKEN)
        took["a fault shown"] = self.wait_for_rules(AS_SHIPPED, f'{self.rules}: /rules/0/handler: no handler "create_limits"')
        self.put_probe(progress(4, "8", "1", "probe", "probe"), True)

        self.rename(SHIPPED)
        took["the file mended"] = self.wait_for_rules(SHIPPED)
        self.put_probe(progress(5, "9", "1", "probe", "probe"), True)

        self.assertEqual([(row["sequenceNumber"], row["rulesVersion"]) for row in fire.limits("history", "probe")],
                         [(1, version(SHIPPED)), (3, version(AS_SHIPPED)), (4, version(AS_SHIPPED)), (5, version(SHIPPED))])
        self.assertEqual(sorted(children_of(fire.workers["only"])), children)
        fire.settle()
        self.assertEqual(fire.verdict(), ([], []))
        print(f"seed {SEED}: {len(fire.producer.put)} records; "
              + ", ".join(f"{what}: both shards after {seconds:.1f} s" for what, seconds in took.items()))


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=2)
