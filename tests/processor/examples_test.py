"""The examples of rules, run by the real limits-processor: what they build is what our own events say."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from child import Child, record  # noqa: E402

PROCESSOR, LIMITS = sys.argv[1:3]
EXAMPLES = ROOT / "docs" / "examples"
WALLET = EXAMPLES / "wallet.rules.json"


def lines(name):
    return [line.encode() for line in (EXAMPLES / name).read_text().splitlines()]


class ExamplesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="examples-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_child(self, name, rules, events):
        """What it wrote to stderr; its store is there afterwards."""
        with Child(PROCESSOR, "--store", self.store(name), "--rules", str(rules), "--log-dir", str(self.folder)) as child:
            child.initialize()
            child.deliver(*(record(event, 100 + place) for place, event in enumerate(events)))
            code, errors = child.end()
        self.assertEqual(code, 0, errors)
        return errors

    def store(self, name):
        return f"sqlite:{self.folder}/{name}.db"

    def limits(self, *arguments):
        return subprocess.run([LIMITS, *arguments], check=True, capture_output=True, text=True).stdout

    def test_a_foreign_producers_events_end_in_the_same_limits_as_ours(self):
        foreign, ours = lines("wallet.events.jsonl"), lines("wallet.same.jsonl")
        self.assertEqual(self.run_child("foreign", WALLET, foreign), "")
        self.assertEqual(self.run_child("ours", ROOT / "properties" / "rules.json", ours), "")
        self.assertEqual(self.limits("digest", "--store", self.store("foreign")),
                         self.limits("digest", "--store", self.store("ours")))
        listed = json.loads(self.limits("list", "--json", "--store", self.store("foreign")))
        self.assertEqual([(limit["progress"], limit["value"], limit["status"], limit.get("activeUntil")) for limit in listed],
                         [("0", "250.00", "IN_COOLDOWN", None), ("0.07", "3000.05", "ACTIVE", None)])

    def test_what_cannot_be_built_is_a_dead_letter_that_names_the_source_and_the_rule(self):
        opened = json.loads(lines("wallet.events.jsonl")[0])
        wrong = {
            "amount_cents": ("12.50", "ill_typed", 'payload.value: expected an integer of minor units, found "12.50" '
                             "(from /amount_cents, by /rules/0/transform/payload/value)"),
            "window": ("DD", "unknown_value", 'payload.period: expected one of D, M, W, found "DD"; did you mean "D"? '
                       "(from /window, by /rules/0/transform/payload/period)"),
            "kind": ("bets", "unknown_value", "payload.type: expected one of BALANCE, BET, DEPOSIT, LOSS, SESSION, "
                     'found "BETS"; did you mean "BET"? (from /kind, by /rules/0/transform/payload/type)'),
            "at": ("2026-02-30T10:00:00Z", "ill_typed", "createdAt: expected a time like "
                   '"2026-02-28T12:30:00.5+01:00", found "2026-02-30T10:00:00Z" (from /at, by '
                   "/rules/0/transform/createdAt)"),
            "starts_at": (None, "missing_field", "payload.activeFrom: expected a time in whole milliseconds since 1970, "
                          "found null (from /starts_at or /valid_from, by /rules/0/transform/payload/activeFrom)"),
            "seq": (2**63, "out_of_range", "sequenceNumber: expected an integer of 64 bits, found the number "
                    "9223372036854775808 (from /seq, by /rules/0/transform/sequenceNumber)"),
        }
        events = [json.dumps({**opened, key: value}).encode() for key, (value, _, _) in wrong.items()]
        self.run_child("wrong", WALLET, events)
        letters = [json.loads(self.limits("dead", "show", str(i + 1), "--json", "--store", self.store("wrong")))
                   for i in range(len(events))]
        self.assertEqual([(each["reason"], each["what"]) for each in letters], [(r, w) for _, r, w in wrong.values()])


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main()
