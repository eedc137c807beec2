"""Cases: what rules are to do with an event, in files."""
import json
import os
import pathlib
import stat
import sys

import command_line

PROJECT = pathlib.Path(sys.argv[2]).resolve()
sys.path.insert(0, str(PROJECT / "tests" / "support"))
import child  # noqa: E402

SHIPPED = PROJECT / "properties" / "rules.json"
SPENT = child.progress(3, "0", "7")
EXPECTED = {
    "rule": "/rules/1",
    "handler": "change_progress",
    "event": {**{key: SPENT[key] for key in ("aggregateId", "createdAt", "eventId")},
              "payload": dict(sorted(SPENT["payload"].items())), "sequenceNumber": SPENT["sequenceNumber"], "type": SPENT["type"]},
    "sets": {"progress": "7", "nextResetTime": SPENT["payload"].get("nextResetTime")},
}


class Cases(command_line.CommandLineTest):
    def setUp(self):
        super().setUp()
        (self.folder / "cases").mkdir()

    def case(self, name, text):
        return self.file(f"cases/{name}.json", text if isinstance(text, str) else json.dumps(text))

    def run_cases(self, *flags, rules=SHIPPED):
        return self.limits("rules", "test", "cases", "--rules", rules, *flags)

    def assert_said(self, done, code, lines, *talk):
        self.assert_ends(done, code, *talk)
        self.assertEqual(done.stdout.decode().splitlines(), lines)

    def test_are_as_expected(self):
        self.case("spent", {"about": "Seven.", "event": SPENT, "expect": EXPECTED})
        self.case("ignored", {"expect": {"handler": "ignore"}, "event": {"type": "LIMIT_USER_CREATED"}})
        self.case("of_no_type", {"event": {}, "expect": {
            "handler": "dead_letter", "reason": "missing_field", "what": "type: expected a non-empty string, found nothing"}})
        self.file("cases/README.md", "no case")
        (self.folder / "cases" / "old.json").mkdir()
        self.assert_said(self.run_cases(), 0, [], "3 cases as expected")

    def test_say_what_is_otherwise_and_where(self):
        expect = json.loads(json.dumps(EXPECTED))
        expect["rule"] = "/rules/0"
        expect["sets"]["progress"] = "8"
        del expect["event"]["payload"]["amount"]
        expect["event"]["payload"]["am~o/unt"] = [1]
        self.case("spent", {"event": SPENT, "expect": expect})
        self.case("well", {"event": SPENT, "expect": EXPECTED})
        self.assert_said(self.run_cases(), 1, [
            'cases/spent.json: /expect/rule: expected "/rules/0", found "/rules/1"',
            "cases/spent.json: /expect/event/payload/am~0o~1unt: expected [1], found nothing",
            'cases/spent.json: /expect/event/payload/amount: expected nothing, found "7"',
            'cases/spent.json: /expect/sets/progress: expected "8", found "7"',
        ], "1 of 2 cases not as expected")
        report = json.loads(self.run_cases("--json").stdout)
        self.assertEqual([each["case"] for each in report], ["cases/spent.json"])
        self.assertEqual(report[0]["differences"][3],
                         {"pointer": "/expect/sets/progress", "expected": "8", "found": "7"})

    def test_see_that_an_event_becomes_a_dead_letter_under_the_same_rule(self):
        broken = json.loads(json.dumps(SPENT))
        broken["payload"]["amount"] = 7
        self.case("spent", {"event": broken, "expect": {"handler": "change_progress"}})
        self.assert_said(self.run_cases(), 1, [
            'cases/spent.json: /expect/reason: expected nothing, found "ill_typed"',
            'cases/spent.json: /expect/what: expected nothing, found "payload.amount: expected decimal text like '
            '\\"12.50\\", found the number 7"',
        ])

    def test_take_the_events_bytes_as_they_stand(self):
        event = json.dumps(SPENT).replace('"0"', '"0", "previousProgress": "1"')
        self.assertIn('"previousProgress": "0", "previousProgress": "1"', event)
        self.case("twice", '{"event": ' + event + "}")
        done = self.run_cases("--json")
        self.assertEqual(json.loads(done.stdout)[0]["differences"][0]["found"]["reason"], "bad_json")

    def test_are_updated_where_they_differ_and_nowhere_else(self):
        event = json.dumps(SPENT, indent=7).replace('"7"', '"\\u0037"')
        old = self.case("old", '\n{ "expect" : {"handler": "ignore", "sets": {}},\n"event":\t' + event + ' }\n')
        new = self.case("new", '{"event": ' + event + "\n}")
        well = self.case("well", {"event": SPENT, "expect": EXPECTED})
        old.chmod(0o640)
        before = os.stat(well)
        text = old.read_text()
        os.link(old, self.folder / "opened_before")
        self.assert_said(self.run_cases("--update"), 0, ["cases/new.json: updated", "cases/old.json: updated"],
                         "2 of 3 cases updated")
        self.assertEqual(os.stat(well), before)
        self.assertEqual(stat.S_IMODE(os.stat(old).st_mode), 0o640)
        self.assertTrue(old.read_text().startswith('\n{ "expect" : {\n    "handler": "change_progress",\n    "event": {'))
        self.assertTrue(old.read_text().endswith('  },\n"event":\t' + event + " }\n"))
        self.assertEqual(new.read_text()[:-len("\n}")],
                         '{"event": ' + event + ',\n  "expect": ' + json.dumps(EXPECTED, indent=2).replace("\n", "\n  "))
        self.assertEqual((self.folder / "opened_before").read_text(), text, "was written in place")
        # Who did not care which rule it is does not care now.
        self.assertEqual(json.loads(old.read_text())["expect"], {k: v for k, v in EXPECTED.items() if k != "rule"})
        self.assert_said(self.run_cases(), 0, [], "3 cases as expected")
        self.assertEqual(sorted(path.name for path in (self.folder / "cases").iterdir()), ["new.json", "old.json", "well.json"])

    def test_are_updated_behind_a_link(self):
        real = self.file("real.json", json.dumps({"event": SPENT}))
        (self.folder / "cases" / "link.json").symlink_to(real)
        self.assert_said(self.run_cases("--update"), 0, ["cases/link.json: updated"])
        self.assertEqual(json.loads(real.read_text())["expect"], EXPECTED)
        self.assertTrue((self.folder / "cases" / "link.json").is_symlink())

    def test_that_are_none_are_told_and_stay(self):
        for name, text, what in [
            ("syntax", '{"event": {},\n "expect": }', "is no JSON: parse error at line 2, column 12: syntax error"),
            ("list", "[]", "is no JSON object"),
            ("empty", "", "is no JSON: parse error at line 1, column 1"),
            ("without", '{"expect": {}}', 'has no member "event": what is to be routed'),
            ("member", '{"event": {}, "expct": {}}', '/expct: no such member here; there may be one of about, event, '
             'expect; did you mean "expect"?'),
            ("expectation", '{"event": {}, "expect": {"hander": "ignore"}}', "/expect/hander: no such member here; there may "
             'be one of rule, handler, event, sets, reason, what; did you mean "handler"?'),
            ("twice", '{"event": {}, "event": {}}', "/event: stands here for the second time"),
            ("kind", '{"event": {}, "expect": "ignore"}', "/expect: expected an object, found string"),
        ]:
            with self.subTest(name):
                path = self.case(name, text)
                done = self.run_cases("--update")
                self.assert_ends(done, 1, "1 of 1 file no case")
                self.assertIn(f"cases/{name}.json: {what}", done.stdout.decode())
                self.assertEqual(path.read_text(), text)
                path.unlink()

    def test_that_are_good_are_run_beside_one_that_is_none(self):
        self.case("a", "{")
        self.case("b", {"event": SPENT, "expect": {**EXPECTED, "handler": "ignore"}})
        self.case("c", {"event": SPENT})
        self.assert_ends(self.run_cases(), 1, "2 of 3 cases not as expected, 1 of 3 files no case")
        self.assert_ends(self.run_cases("--update"), 1, "2 of 3 cases updated", "1 of 3 files no case")

    def test_no_byte_of_a_case_reaches_the_terminal_raw(self):
        self.case("a", {"event": {"type": "LIMIT_USER_\x9b"}, "expect": {"handler": "\x9b31m"}})
        self.case("b", '{"\x1b[31m": 1}')
        done = self.run_cases()
        self.assertEqual(done.returncode, 1)
        self.assertNotIn(b"\x1b", done.stdout + done.stderr)
        self.assertNotIn("\x9b".encode(), done.stdout + done.stderr)

    def test_name_a_folder_that_has_none(self):
        self.assert_ends(self.run_cases(), 1, "cases: has no case in it, no file *.json")
        for path, why in (("none", "No such file or directory"), (self.file("file", ""), "Not a directory")):
            self.assert_ends(self.limits("rules", "test", path, "--rules", SHIPPED), 1, f"{path}: {why}. Name a folder with cases")
        self.case("large", '{"event": "' + "x" * 5_000_000 + '"}')
        self.assert_ends(self.run_cases(), 1, "cases/large.json: has more bytes than the 4194304 it may have")
        self.assert_ends(self.run_cases(rules="none.json"), 1, "none.json: cannot read the rules")
        self.assert_ends(self.limits("rules", "test"), 2, "FOLDER is required")


if __name__ == "__main__":
    del sys.argv[2:3]
    command_line.main()
