#!/usr/bin/env python3
"""Records that the Kinesis Producer Library has aggregated: the daemon takes them apart, and each part is a record of its own."""

import hashlib
import itertools
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from child import created, progress
from kpl import aggregate
from reference import Reference
from stack import Emulators, Pipeline, children_of, end

MEGABYTE = 1 << 20
CHILD_MEBIBYTES = 64 + 1.5 * 40  # what a child may take for a line of 40 MiB, which is what becomes of a megabyte of tiny records
SHIPPED = ("properties/local.properties",)  # without --local: the memory that a production host gives


def life(user, events):
    """A user's events as their bytes, in order."""
    limit = f"limit-{user}"
    return [json.dumps(created(1, limit, user) if sequence == 1 else progress(sequence, f"{sequence - 2}.00", "1.00", limit, user)).encode()
            for sequence in range(1, events + 1)]


def peak_memory(pid):
    """MiB of a process's largest resident size so far."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


class Aggregated(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulators = cls.enterClassContext(Emulators())

    def test_each_part_of_an_aggregate_is_applied_and_checkpointed(self):
        pipeline = Pipeline(self.emulators, "parts", BINARIES)
        reference, events = Reference(), life("anna", 30)
        for raw in events:
            reference.feed(raw)
        pipeline.put_raw([("anna", aggregate("anna", events))])
        daemon = pipeline.daemon()
        pipeline.wait_for_verdicts(len(events), daemon)
        self.assertEqual(pipeline.digest(), reference.digest())
        row = pipeline.shards()[next(iter(pipeline.last))]
        self.assertEqual((row["subSequenceNumber"], row["verdicts"]["applied"]), (len(events) - 1, len(events)))
        end(daemon)

        again = pipeline.daemon()
        pipeline.put_raw([("anna", events[0])])
        pipeline.wait_for_verdicts(len(events) + 1, again)
        self.assertEqual(pipeline.judged(), len(events) + 1)
        end(again)

    def keys_of_shards(self, stream):
        """shard -> a partition key that belongs there: the daemon drops a part whose own key belongs elsewhere."""
        keys = {}
        for shard in self.emulators.kinesis("ListShards", StreamName=stream)["Shards"]:
            first, last = (int(shard["HashKeyRange"][end]) for end in ("StartingHashKey", "EndingHashKey"))
            keys[shard["ShardId"]] = next(key for key in map(str, itertools.count())
                                          if first <= int(hashlib.md5(key.encode()).hexdigest(), 16) <= last)
        return keys

    def test_a_megabyte_of_tiny_records_on_each_of_four_shards_at_the_shipped_memory_settings(self):
        pipeline = Pipeline(self.emulators, "megabyte", BINARIES)
        tiny = [b"{}"] * (MEGABYTE // len(aggregate("", [b"{}"] * 1000)) * 1000)
        keys = self.keys_of_shards(pipeline.name)
        for key in keys.values():
            record = aggregate(key, tiny)
            self.assertTrue(0.9 * MEGABYTE < len(record) <= MEGABYTE)
            pipeline.put_raw([(key, record)])
        self.assertEqual(pipeline.last.keys(), keys.keys())
        daemon = pipeline.daemon(properties=SHIPPED)
        pipeline.wait_for_verdicts(4 * len(tiny), daemon)
        self.assertEqual({row["verdicts"]["dead"] for row in pipeline.shards().values()}, {len(tiny)})
        self.assertNotIn("OutOfMemory", daemon.log.read_text())
        children = sorted(peak_memory(pid) for pid in children_of(daemon))
        print(f"{len(record)} bytes on each of 4 shards, {len(tiny)} records each: children at most "
              f"{', '.join(f'{size:.0f}' for size in children)} MiB, the daemon {peak_memory(daemon.pid):.0f} MiB")
        self.assertLess(children[-1], CHILD_MEBIBYTES)
        end(daemon)


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=2)
