"""The real limits-processor and the real command line on what a producer may send and a person then sees.

    odd_input_test.py PROCESSOR CLI
"""

import json
import pathlib
import re
import sqlite3
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROCESSOR = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "cli")]

import command_line  # noqa: E402: takes the CLI from the command line
from child import Child, created, progress, record  # noqa: E402

DEEP = 1_000_000
SQL = "'); DROP TABLE limit_definition; --"
ANSI = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202ered\r\n\x7f"
# What a terminal acts upon: control characters (but the end of a line), and marks that reorder text.
ACTED_UPON = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def text(event):
    return json.dumps(event).encode()


class OddInputTest(command_line.CommandLineTest):
    def setUp(self):
        super().setUp()
        self.database = self.folder / "limits.db"
        self.env = {"LIMITS_STORE": f"sqlite:{self.database}", "NO_COLOR": "1"}
        self.child = Child(PROCESSOR, "--store", f"sqlite:{self.database}", "--rules", ROOT / "properties" / "rules.json",
                           "--log-dir", self.folder / "log", "--checkpoint-interval", "0")
        self.addCleanup(self.child.__exit__)

    def query(self, sql):
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as database:
            return database.execute(sql).fetchall()

    def deliver(self, *records):
        """Delivers the bytes of records under Kinesis numbers 1, 2, … Returns reason by number of those that are dead."""
        self.child.initialize()
        self.child.deliver(*(record(data, number) for number, data in enumerate(records, 1)))
        return {int(number): reason for number, reason in self.query("select kinesis_sequence, reason from dead_letters")}

    def test_bytes_that_are_no_event_are_dead_letters_and_their_neighbours_are_applied(self):
        good = text(created(1))
        bad = {
            "deep arrays": good[:-1] + b',"more":' + b"[" * DEEP + b"]" * DEEP + b"}",
            "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
            "deep and open": b"[" * DEEP,
            "NUL": b"\0",
            "NUL in a string": good.replace(b"EUR", b"EU\0"),
            "NUL behind": good + b"\0",
            "UTF-16": good.decode().encode("utf-16"),
            "Latin-1": good.replace(b"EUR", "Eüro".encode("latin-1")),
            "a surrogate in UTF-8": good.replace(b"EUR", b"\xed\xa0\x80"),
            "an escaped lone surrogate": good.replace(b"EUR", b"\\ud800"),
            "two byte order marks": b"\xef\xbb\xbf" * 2 + good,
        }
        dead = self.deliver(*bad.values(), text(created(2, limit="neighbour")))
        self.assertEqual(dead, {number: "bad_json" for number in range(1, len(bad) + 1)})
        self.assertEqual(self.query("select user_limit_id from user_limits"), [("neighbour",)])

    def test_a_mark_before_an_event_and_line_ends_in_it_change_nothing(self):
        spread = json.dumps(created(2, limit="b"), indent=1).replace("\n", "\r\n").encode()
        self.assertEqual(self.deliver(b"\xef\xbb\xbf" + text(created(1, limit="a")), b"\r\n" + spread + b"\r\n"), {})
        self.assertEqual(self.query("select user_limit_id from user_limits order by 1"), [("a",), ("b",)])

    def test_money_is_exact_or_refused(self):
        amounts = {"1e3": "ill_typed", ".5": "ill_typed", "5.": "ill_typed", "+1": "ill_typed", " 1": "ill_typed",
                   "0x10": "ill_typed", "": "ill_typed", "١": "ill_typed", 5: "ill_typed", 1e3: "ill_typed",
                   "0." + "0" * 39 + "1": "out_of_range", "9" * 39: "out_of_range",
                   "-0": "0", "-0.00": "0.00", "007.50": "7.50", "9" * 38: "9" * 38, "0." + "0" * 36 + "1": "0." + "0" * 36 + "1"}
        dead = self.deliver(*(text(created(n, limit=f"limit-{n}", value=amount)) for n, amount in enumerate(amounts, 1)))
        values = dict(self.query("select cast(substr(user_limit_id, 7) as integer), value from user_limits"))
        got = {amount: dead.get(number) or values[number] for number, amount in enumerate(amounts, 1)}
        self.assertEqual(got, amounts)

    def test_a_sequence_number_of_129_digits_comes_back_in_the_checkpoint(self):
        number = "9" * 129
        self.child.initialize()
        self.assertEqual(self.child.deliver(record(created(1), number)), [(number, 0)])
        self.assertEqual(self.query("select sequence, checkpoint_sequence from shards"), [(number, number)])

    def test_sql_in_an_id_is_an_id(self):
        self.assertEqual(self.deliver(text(created(1, limit=SQL, user=SQL)), text(progress(2, "0", "5", limit=SQL, user=SQL))), {})
        self.assertEqual(self.query("select user_limit_id, user_id, progress from user_limits"), [(SQL, SQL, "5")])
        for args in (["list", "--user", SQL], ["get", SQL], ["history", SQL]):
            self.assertEqual(self.limits(*args, "--json").returncode, 0, args)
        self.assertEqual(json.loads(self.limits("get", SQL, "--json").stdout)["progress"], "5")

    def test_no_escape_sequence_reaches_a_terminal_or_the_log(self):
        self.child.initialize(shard=ANSI)
        self.child.deliver(
            record(created(1, limit=ANSI, user=ANSI, brandId=ANSI, currencyCode=ANSI), 1),
            record(progress(2, "0", "5", limit="parked" + ANSI), 2),
            record({**created(3), "type": ANSI + "x" * 100_000}, 3),
            record(created(4, value=ANSI), 4),
            record(ANSI.encode(), 5),
        )
        letters = json.loads(self.limits("dead", "list", "--json").stdout)
        self.assertEqual(len(letters), 3)
        shows = [["dead", "show", letter["id"]] for letter in letters]
        for args in (["list"], ["list", "--user", ANSI], ["get", ANSI], ["get", "no" + ANSI], ["history", ANSI],
                     ["parked", "list"], ["dead", "list"], *shows, ["status"]):
            for form in ([], ["--json"]):
                with self.subTest([*args, *form]):
                    _, seen = self.limits_on_terminal(*args, *form)
                    self.assertIsNone(ACTED_UPON.search(seen), repr(seen[:2000]))
        _, said = self.child.end()
        self.assertIn("could not be applied", said)
        for log in (said, *(file.read_text() for file in (self.folder / "log").iterdir())):
            self.assertIsNone(re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", log), repr(log[:2000]))
            self.assertLess(max(map(len, log.splitlines())), 2000)

    def test_lines_of_the_daemon_may_be_odd_too(self):
        deep = "[" * DEEP + "]" * DEEP
        lines = [
            '\ufeff{"action":"initialize","shardId":"shardId-0","sequenceNumber":null,"subSequenceNumber":0}\r\n',
            json.dumps({"action": "processRecords", "records": [{**record(created(1), 1), "partitionKey": "\ud800 \0 é"}],
                        "millisBehindLatest": 0, "trace": "DEEP"}).replace('"DEEP"', deep) + "\r\n",
            json.dumps({"action": "processRecords", "records": [{**record(progress(2, "0", "5"), 2), "partitionKey": "gr\xfcn"}],
                        "millisBehindLatest": 0}, ensure_ascii=False).encode("latin-1") + b"\n",
        ]
        for line, action in zip(lines, ("initialize", "processRecords", "processRecords")):
            self.child.write(line)
            self.child.finish(action)
        self.assertEqual(self.query("select user_limit_id, progress from user_limits"), [("limit-1", "5")])
        _, said = self.child.end()
        self.assertIn("not UTF-8", said)


if __name__ == "__main__":
    command_line.main()
