#!/usr/bin/env python3
"""The events that `make run` puts, through the real daemon: the state they end in, and that it stays."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from reference import Reference
from stack import ROOT, Emulators, Pipeline, end, wait_until

SAMPLES = ROOT / "daemon" / "samples" / "events.json"
BROKEN = "dana-event-4"


def sample_records():
    """(event, its bytes as they stand in the file): the file has one event a line."""
    lines = [line.strip().rstrip(",") for line in SAMPLES.read_text().splitlines()[1:-1]]
    return [(json.loads(line), line.encode()) for line in lines]


def expected_digest():
    reference = Reference()
    for event, raw in sample_records():
        reference.feed(raw, "ill_typed" if event["eventId"] == BROKEN else None)
    return reference.digest()


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulators = cls.enterClassContext(Emulators())
        cls.records = len(sample_records())

    def processed(self, name):
        """A pipeline whose daemon has judged every sample record, and that daemon."""
        pipeline = Pipeline(self.emulators, name, BINARIES)
        self.assertEqual(pipeline.put(str(SAMPLES))["records"], self.records)
        daemon = pipeline.daemon()
        pipeline.wait_for_verdicts(self.records, daemon)
        return pipeline, daemon

    def test_samples_end_in_the_right_tables_and_replays_change_nothing(self):
        pipeline, daemon = self.processed("tables")
        limits = {row["limitId"]: (row["userId"], row["value"], row["progress"]) for row in pipeline.limits("list")}
        self.assertEqual(limits, {
            "anna-deposit-day": ("anna", "500", "35.25"),
            "anna-loss-month": ("anna", "3000", "40"),
            "boris-balance": ("boris", "25000", "0"),
            "boris-bet-week": ("boris", "10000", "3750.00"),
            "boris-session-instance": ("boris", "7200", "0"),
            "dana-deposit-month": ("dana", "1000.00", "349.99"),
        })
        self.assertEqual([row["limitId"] for row in pipeline.limits("parked", "list")], ["otto-session-day"])
        self.assertEqual([row["reason"] for row in pipeline.limits("dead", "list")], ["ill_typed"])
        self.assertEqual({verdict: count for verdict, count in pipeline.limits("status")["totals"].items() if count},
                         {"applied": 14, "duplicate": 1, "stale": 1, "parked": 1, "ignored": 2, "dead": 1})
        digest = pipeline.digest()
        self.assertEqual(digest, expected_digest())
        end(daemon)

        replay = pipeline.daemon(application="tables-replay")
        pipeline.wait_for_verdicts(2 * self.records, replay)
        self.assertEqual(pipeline.digest(), digest)
        end(replay)

    def test_sigterm_leaves_every_lease_checkpointed_and_released(self):
        pipeline, daemon = self.processed("leases")
        digest = pipeline.digest()
        end(daemon)
        leases = self.emulators.leases("leases-application")
        self.assertEqual(len(leases), 4)
        rows = pipeline.shards()
        for shard, lease in leases.items():
            with self.subTest(shard=shard):
                self.assertEqual(lease["checkpoint"], rows[shard]["sequenceNumber"] or "TRIM_HORIZON")
                self.assertEqual(rows[shard]["checkpointSequenceNumber"], rows[shard]["sequenceNumber"])

        # Released: nobody renews them, and a worker of another name has them all soon, from where the first one stopped.
        second = pipeline.daemon(worker="second")
        wait_until(lambda: pipeline.alive(second) and all(
            lease["leaseOwner"] == "second" for lease in self.emulators.leases("leases-application").values()),
            lambda: f"the second worker to own all leases; it said: {second.words()}")
        pipeline.put(stdin=json.dumps(sample_records()[0][0]))
        pipeline.wait_for_verdicts(self.records + 1, second)
        self.assertEqual(pipeline.judged(), self.records + 1)
        self.assertEqual(pipeline.digest(), digest)
        end(second)


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=2)
