import json
import pathlib
import sys

import command_line

PROJECT = pathlib.Path(sys.argv[2]).resolve()

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
    del sys.argv[2]
    command_line.main()
