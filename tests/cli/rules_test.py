import json
import pathlib
import sys

import command_line

PROCESSOR, PROJECT = (pathlib.Path(path).resolve() for path in sys.argv[2:4])
sys.path.insert(0, str(PROJECT / "tests" / "support"))
import child  # noqa: E402

WRONG = """// Ours
{
  "rules": [
    {"match": {"type": "A"}, "handler": "ignore"},
    {
      "match": {"type": "é", "ät": "/x"},
      "handler": "create_limit"
    }
  ],
  "default": "dead_letter"
}
"""


class Check(command_line.CommandLineTest):
    def check(self, text, *flags):
        self.file("rules.json", text)
        done = self.limits("rules", "check", "rules.json", *flags)
        return done, done.stdout.decode().splitlines()

    def test_finds_nothing_wrong_with_what_is_shipped(self):
        for path in (PROJECT / "properties/rules.json", *sorted((PROJECT / "docs/examples").glob("*.rules.json"))):
            with self.subTest(path.name):
                done = self.limits("rules", "check", path)
                self.assert_ends(done, 0, "is good, version")
                self.assertEqual(done.stdout, b"")

    def test_points_at_what_is_wrong(self):
        done, said = self.check(WRONG)
        self.assert_ends(done, 1, "rules.json is no good")
        self.assertEqual(said, [
            "rules.json:6:30: error: /rules/1/match/ät: no such key here; there may be one of type, at, equals, "
            "one_of, exists, prefix, minimum, maximum, exclusive_minimum, exclusive_maximum, all, any, not; did you mean \"at\"?",
            '      "match": {"type": "é", "ät": "/x"},',
            "                             ^^^^^^^^^^",
        ])

    def test_points_at_each_kind_of_fault(self):
        good = WRONG.replace('"ät"', '"at"').replace('"/x"', '"/x", "exists": true')
        for change, line, column, marked, what in [
            (("create_limit", "create_limits"), 7, 7, '"handler": "create_limits"', 'did you mean "create_limit"?'),
            (('"handler": "ignore"', '"handler": ["ignore"]'), 4, 30, '"handler": ["ignore"]', "expected a non-empty string, found array"),
            (('"default": "dead_letter"', '"rules": []'), 10, 3, '"rules": []', "stands here for the second time"),
            ((',\n  "default": "dead_letter"', ""), 2, 1, "{", 'the key "default" is missing'),
            (('"/x"', '"x"'), 6, 30, '"at": "x"', 'expected a JSON Pointer'),
            (('"dead_letter"\n', '"dead_letter",\n'), 11, 1, "}", "syntax error while parsing object key"),
            (('"A"', "A"), 4, 24, "A", "syntax error while parsing value - invalid literal"),
        ]:
            with self.subTest(change):
                self.assertIn(change[0], good)
                done, said = self.check(good.replace(*change))
                self.assertEqual(done.returncode, 1)
                self.assertTrue(said[0].startswith(f"rules.json:{line}:{column}: error: "), said[0])
                self.assertIn(what, said[0])
                start, end = said[2].find("^"), len(said[2])
                self.assertEqual(said[1][start:end], marked)

    def test_warns_of_rules_that_never_match_and_ends_well(self):
        done, said = self.check('{"rules": [{"match": {"type": "*"}, "handler": "ignore"},\n'
                                ' {"match": {"type": "A"}, "handler": "ignore"}], "default": "ignore"}')
        self.assert_ends(done, 0, "is good, version")
        self.assertEqual(said[0], "rules.json:2:2: warning: /rules/1: can never match: /rules/0 stands before it and takes every "
                                  "event of such a type")

    def test_says_the_same_as_json(self):
        done, _ = self.check(WRONG, "--json")
        self.assertEqual(done.returncode, 1)
        report = json.loads(done.stdout)
        finding, = report["findings"]
        self.assertEqual(report["file"], "rules.json")
        self.assertEqual({key: finding[key] for key in ("severity", "line", "column", "pointer")},
                         {"severity": "error", "line": 6, "column": 30, "pointer": "/rules/1/match/ät"})

    def test_no_byte_of_a_file_reaches_the_terminal_raw(self):
        done, said = self.check('{"rules": [], "\x1b[31m": 1, "default": "ignore"}')
        self.assertEqual(done.returncode, 1)
        self.assertNotIn(b"\x1b", done.stdout + done.stderr)

    def test_names_a_file_that_cannot_be_read(self):
        self.assert_ends(self.limits("rules", "check", "none.json"), 1, "none.json", "No such file")
        self.assert_ends(self.limits("rules", "check", "."), 1, ".: cannot read the rules")
        with (self.folder / "large.json").open("wb") as file:
            file.truncate(100_000_000)
        self.assert_ends(self.limits("rules", "check", "large.json"), 1, "has 100000000 bytes; a rules file has at most 4194304")


class Explain(command_line.CommandLineTest):
    """On a store that the real processor has filled."""

    def setUp(self):
        super().setUp()
        self.env = {"LIMITS_STORE": "sqlite:limits.db"}
        self.deliver(child.created(1), child.progress(3, "0", "7"))

    def deliver(self, *events):
        with child.Child(PROCESSOR, "--store", f"sqlite:{self.folder}/limits.db", "--rules", PROJECT / "properties/rules.json",
                         "--log-dir", "") as processor:
            processor.initialize()
            processor.deliver(*(child.record(event, 100 + place) for place, event in enumerate(events)))
            processor.end()

    def explain(self, event, *flags, rules=PROJECT / "properties/rules.json"):
        text = event if isinstance(event, str) else json.dumps(event, indent=1)
        return self.limits("rules", "explain", self.file("event.json", text), "--rules", rules, *flags)

    def account(self, event, code=0, **options):
        done = self.explain(event, "--json", **options)
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout)

    def test_tells_the_way_of_an_event_and_writes_nothing(self):
        before = (self.folder / "limits.db").read_bytes()
        account = self.account(child.progress(4, "7", "5"))
        self.assertEqual(account["rule"], "/rules/1")
        self.assertEqual(account["refusals"], [{"rule": "/rules/0", "whyNot":
                                                'the type is "USER_LIMIT_PROGRESS_CHANGED", not "USER_LIMIT_CREATED"'}])
        self.assertEqual((account["handler"], account["verdict"]), ("change_progress", "applied"))
        self.assertEqual((account["before"]["progress"], account["after"]["progress"]), ("7", "12"))
        self.assertEqual(account["event"]["payload"]["amount"], "5")
        self.assertEqual((self.folder / "limits.db").read_bytes(), before)

    def test_says_the_same_to_people(self):
        done = self.explain(child.progress(4, "7", "5"))
        self.assert_ends(done, 0)
        said = done.stdout.decode()
        for line in ('/rules/0: no, the type is "USER_LIMIT_PROGRESS_CHANGED", not "USER_LIMIT_CREATED"\n/rules/1: yes\n',
                     "Handler  change_progress\n", "Before   ACTIVE, 7 of 500 EUR\n", "After    ACTIVE, 12 of 500 EUR\n",
                     "Verdict  applied\n"):
            self.assertIn(line, said)

    def test_says_what_would_have_no_effect_and_what_waits(self):
        self.deliver(child.progress(9, "7", "1"))
        for event, verdict in [(child.progress(3, "0", "7"), "duplicate"), (child.progress(9, "7", "1"), "duplicate"),
                               (child.progress(5, "7", "3"), "stale"), (child.progress(5, "7", "3", "orphan"), "parked"),
                               ({**child.progress(5, "7", "3"), "type": "LIMIT_USER_X"}, "ignored")]:
            with self.subTest(verdict):
                self.assertEqual(self.account(event)["verdict"], verdict)

    def test_says_why_an_event_would_be_a_dead_letter(self):
        unknown = self.account({**child.created(5), "type": "NEW"}, code=1)
        self.assertEqual((unknown["rule"], unknown["verdict"], unknown["reason"]), ("default", "dead", "unrouted"))
        self.assertEqual(len(unknown["refusals"]), 6)
        broken = child.progress(5, "7", "3")
        broken["payload"]["amount"] = "1e3"
        self.assertEqual(self.account(broken, code=1)["what"], 'payload.amount: expected decimal text like "12.50", found "1e3"')
        self.assertEqual(self.account("{}x", code=1)["reason"], "bad_json")

    def test_shows_the_event_that_a_transform_builds(self):
        wallet = (PROJECT / "docs/examples/wallet.events.jsonl").read_text().splitlines()
        account = self.account(wallet[0], rules=PROJECT / "docs/examples/wallet.rules.json")
        self.assertEqual((account["rule"], account["handler"], account["verdict"]), ("/rules/0", "create_limit", "applied"))
        self.assertEqual(account["event"]["payload"]["value"], "500.00")
        self.assertIsNone(account["before"])
        self.assertEqual(account["after"]["value"], "500.00")
        amended = self.account(wallet[6], rules=PROJECT / "docs/examples/wallet.rules.json")
        self.assertIn({"rule": "/rules/0", "whyNot": '/event is "limit.amended", not "limit.opened"'}, amended["refusals"])

    def test_does_without_a_store_and_says_so(self):
        (self.folder / "limits.db").unlink()
        done = self.explain(child.created(1), "--json")
        self.assert_ends(done, 0, "what the event would change cannot be said")
        self.assertEqual(json.loads(done.stdout)["handler"], "create_limit")

    def test_takes_the_bytes_of_one_record_from_a_file_or_standard_input(self):
        rules = PROJECT / "properties/rules.json"
        done = self.limits("rules", "explain", "-", "--rules", rules, "--json", stdin=json.dumps(child.created(5)))
        self.assertEqual(json.loads(done.stdout)["handler"], "create_limit")
        for text in ("", "[]", "{}\n{}\n"):
            self.assertEqual(self.account(text, code=1)["reason"], "bad_json", text)
        self.assert_ends(self.limits("rules", "explain", "none.json", "--rules", rules), 1, "none.json: No such file")
        self.assert_ends(self.limits("rules", "explain", ".", "--rules", rules), 1, ".: Is a directory")
        self.assert_ends(self.limits("rules", "explain", self.file("large", "x" * 11_000_000), "--rules", rules), 1, "more bytes than")
        self.assert_ends(self.limits("rules", "explain", "none.json", "--rules", "none"), 1, "none: cannot read the rules")


class Handlers(command_line.CommandLineTest):
    def test_are_those_that_the_documentation_has(self):
        done = self.limits("rules", "handlers", "--json")
        self.assert_ends(done, 0)
        text = "\n\n".join(
            f"### `{handler['name']}`\n\n{handler['summary']}\n\n| field | must it come | what it is |\n|---|---|---|\n" +
            "\n".join(f"| `{field['name']}` | {field['presence']} | {field['kind']} |" for field in handler["fields"])
            for handler in json.loads(done.stdout))
        self.assertIn(text, (PROJECT / "docs/rules.md").read_text())

    def test_are_listed_for_people(self):
        done = self.limits("rules", "handlers")
        self.assert_ends(done, 0)
        said = done.stdout.decode()
        self.assertIn("create_limit: Sets the definition of a limit", said)
        self.assertRegex(said, r"activeUntil +optional, or null +a time in whole milliseconds since 1970")


if __name__ == "__main__":
    del sys.argv[2:4]
    command_line.main()
