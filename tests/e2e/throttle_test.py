#!/usr/bin/env python3
"""A lease table that is out of capacity: leases and checkpoints come late, and no record is lost or counted twice."""

import pathlib
import random
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from fire import Fire
from stack import Emulators, end
from throttle import Throttle

SEED = 6
ITEM_CALLS = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Scan", "Query"}


class ThrottledLeaseTable(unittest.TestCase):
    checkpoints_refused = 0

    def test_records_are_applied_while_checkpoints_are_refused_and_checkpointed_when_they_are_not(self):
        emulators = self.enterContext(Emulators())
        lots, closed = random.Random(SEED), threading.Event()

        def refuse(action, body):
            """Every third call by lot; while the table is closed, every write of a checkpoint."""
            if closed.is_set() and action == "UpdateItem" and b'"checkpoint"' in body:
                self.checkpoints_refused += 1
                return True
            return action in ITEM_CALLS and lots.random() < 0.3
        throttle = self.enterContext(Throttle(emulators.dynamodb_port, refuse))
        fire = self.enterContext(Fire(emulators, "throttle", BINARIES, 2, SEED, patience=300))
        # A lease outlives a few refused renewals, and late ones of a busy machine.
        fire.start("only", dynamoDBEndpoint=f"http://127.0.0.1:{throttle.port}", failoverTimeMillis="20000")
        fire.wait_until_read()

        closed.set()
        fire.wait_for(lambda: self.checkpoints_refused >= 10, "checkpoints to be refused")
        fire.wait_until_read()
        closed.clear()

        fire.settle()
        self.assertEqual(fire.verdict(), ([], []))
        end(fire.workers.pop("only"))
        leases, rows = fire.leases(), fire.shards()
        self.assertEqual({shard: lease["checkpoint"] for shard, lease in leases.items()},
                         {shard: row["sequenceNumber"] for shard, row in rows.items()})
        print(f"seed {SEED}: {len(fire.producer.put)} records, {throttle.refused} calls refused, "
              f"{self.checkpoints_refused} checkpoints among them")


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=2)
