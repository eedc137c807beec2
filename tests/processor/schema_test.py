"""properties/rules.schema.json and the processor, held against each other: both take a rules file, or neither does."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROCESSOR = sys.argv.pop(1)
SCHEMA = json.loads((ROOT / "properties" / "rules.schema.json").read_text())
RESET = {"match": {"type": "A"}, "handler": "reset_progress"}


def rules_with(**rule):
    return {"rules": [{**RESET, **rule}], "default": "ignore"}


def match(**condition):
    return rules_with(match=condition)


def source(value):
    return rules_with(transform={"eventId": value})


GOOD = [
    {"rules": [], "default": "ignore"},
    {"$schema": "x", "rules": [RESET], "default": "create_limit"},
    match(type="*"),
    match(type="A*", at="/a~0b/~1", equals=None),
    match(at="/", one_of=["a", 1, True, None]),
    match(at="/a", exists=False, prefix="x", minimum=1, maximum=2.5, exclusive_minimum=0, exclusive_maximum=9),
    match(all=[{"any": [{"type": "A"}, {"not": {"at": "/a", "equals": "b"}}]}]),
    rules_with(transform={}),
    rules_with(transform={"payload": {"resetAmount": {"from": ["/a", "/b"], "as": "decimal", "scale": 0, "default": "0"}}}),
    source("/id"),
    source({"value": None}),
    source({"from": "/id", "as": "upper", "map": {"A": "b", "C": 1}}),
    source({"from": "/id", "as": "minor_units", "scale": 37}),
]
BAD = [
    [],
    {},
    {"rules": []},
    {"default": "ignore"},
    {"rules": {}, "default": "ignore"},
    {"rules": [], "default": "nothing"},
    {"rules": [], "default": "ignore", "more": 1},
    {"rules": [7], "default": "ignore"},
    {"rules": [{"match": {"type": "A"}}], "default": "ignore"},
    rules_with(more=1),
    rules_with(handler="reset"),
    match(),
    match(type=""),
    match(type="A*B"),
    match(type="**"),
    match(type="A" * 257),
    match(type=7),
    match(typo="A"),
    match(equals="A"),
    match(at="/a"),
    match(at="a", equals=1),
    match(at="", equals=1),
    match(at="/~2", equals=1),
    match(at="/a", equals=[]),
    match(at="/a", equals=1, one_of=[1]),
    match(at="/a", one_of=[]),
    match(at="/a", one_of=[[]]),
    match(at="/a", exists=1),
    match(at="/a", prefix=""),
    match(at="/a", minimum="1"),
    match(all=[]),
    match(any={}),
    match(**{"not": []}),
    match(all=[{"typ": "A"}]),
    rules_with(handler="ignore", transform={}),
    rules_with(transform=[]),
    rules_with(transform={"eventID": "/a"}),
    rules_with(transform={"payload": []}),
    rules_with(transform={"payload": {"amount": "/a"}}),
    source("a"),
    source(7),
    source({}),
    source({"from": []}),
    source({"from": [7]}),
    source({"from": "/a", "value": 1}),
    source({"value": []}),
    source({"from": "/a", "as": "Upper"}),
    source({"from": "/a", "as": "decimal"}),
    source({"from": "/a", "as": "time", "scale": 2}),
    source({"from": "/a", "scale": 2}),
    source({"from": "/a", "as": "decimal", "scale": 38}),
    source({"from": "/a", "as": "decimal", "scale": -1}),
    source({"from": "/a", "as": "decimal", "scale": 1.5}),
    source({"from": "/a", "map": {}}),
    source({"from": "/a", "map": {"a": []}}),
    source({"from": "/a", "default": {}}),
]


class WithFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="schema-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)


class SchemaTest(WithFolder):
    def setUp(self):
        super().setUp()
        self.schema = jsonschema.Draft202012Validator(SCHEMA)

    def processor_takes(self, text):
        """Its input ends at once, so it only reads the rules and opens the store."""
        rules = self.folder / "rules.json"
        rules.write_text(text)
        done = subprocess.run(
            [PROCESSOR, "--store", "memory:", "--rules", str(rules), "--log-dir", str(self.folder)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertEqual(done.returncode == 1, f"{rules}: " in done.stderr, done.stderr)
        return done.returncode == 0

    def test_is_a_schema_of_its_draft(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_both_take_what_is_good(self):
        for rules in GOOD:
            with self.subTest(rules):
                self.assertTrue(self.processor_takes(json.dumps(rules)))
                self.schema.validate(rules)

    def test_both_refuse_what_is_bad(self):
        for rules in BAD:
            with self.subTest(rules):
                self.assertFalse(self.processor_takes(json.dumps(rules)))
                self.assertFalse(self.schema.is_valid(rules))

    def test_takes_the_shipped_rules_and_the_examples(self):
        for path in [ROOT / "properties" / "rules.json", *(ROOT / "docs" / "examples").glob("*.rules.json")]:
            rules = json.loads(re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.MULTILINE))
            self.schema.validate(rules)
            self.assertEqual((path.parent / rules["$schema"]).resolve(), ROOT / "properties" / "rules.schema.json")

    def test_a_field_is_known_to_both_or_to_neither(self):
        names = {name for handler in ("change_limit", "change_progress", "create_limit", "reset_progress")
                 for name in SCHEMA["$defs"][handler]["properties"]}
        for handler in ("change_limit", "change_progress", "create_limit", "reset_progress"):
            for name in names | {"other"}:
                rules = rules_with(handler=handler, transform={"payload": {name: "/a"}})
                with self.subTest(f"{handler} {name}"):
                    self.assertEqual(self.processor_takes(json.dumps(rules)), self.schema.is_valid(rules))


class CostTest(WithFolder):
    """What a file can cost the processor that is started on it. Figures of the build that users run."""

    def assert_refused_cheaply(self, rules, reason, most_mb=64):
        child = subprocess.Popen([PROCESSOR, "--store", "memory:", "--rules", rules, "--log-dir", ""],
                                 stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        said = child.stderr.read()
        _, status, used = os.wait4(child.pid, 0)
        child.stderr.close()
        child.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(child.returncode, 1, said)
        self.assertIn(f"{rules}: ", said)
        self.assertIn(reason, said)
        self.assertLess(used.ru_utime + used.ru_stime, 1.0, "seconds of the processor's own time")
        self.assertLess(used.ru_maxrss, most_mb * 1024, "kB, of which what this test had when it started the processor counts too")

    def test_a_file_beyond_4_mb_is_refused_unread(self):
        rules = self.folder / "rules.json"
        rules.touch()
        os.truncate(rules, 100_000_000)
        self.assert_refused_cheaply(rules, "has 100000000 bytes; a rules file has at most 4194304")

    def test_depth_is_refused_at_little_cost(self):
        rules = self.folder / "rules.json"
        rules.write_text('{"rules":[{"match":' + '{"not":' * 500_000)
        self.assert_refused_cheaply(rules, "nested deeper than 16 levels")

    def test_more_values_than_anybody_writes_are_refused_before_they_take_memory(self):
        rules = self.folder / "rules.json"
        rules.write_text('{"rules":[' + "{}," * 1_300_000 + '{}],"default":"ignore"}')
        self.assert_refused_cheaply(rules, "/rules/399998: stands behind 400000 other values, and a rules file has no more")

    def test_what_leads_to_itself_is_refused(self):
        circle = self.folder / "circle.json"
        circle.symlink_to(circle)
        self.assert_refused_cheaply(circle, "cannot read the rules: Too many levels of symbolic links")
        rules = self.folder / "rules.json"
        rules.write_text(json.dumps(match(all=[{"$ref": "#/rules/0/match"}])))
        self.assert_refused_cheaply(rules, "/rules/0/match/all/0/$ref: no such key here")


if __name__ == "__main__":
    unittest.main()
