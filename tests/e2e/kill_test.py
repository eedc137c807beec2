#!/usr/bin/env python3
"""kill -9 in the middle of the work, of a child and of the daemon: nothing is lost, nothing counts twice."""

import json
import os
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from child import created, progress
from reference import Reference
from stack import Emulators, Pipeline, children_of, end, session_of, wait_until

USERS = 40
EVENTS_PER_USER = 50


def waves(count):
    """Each user's events in their order, all users side by side, cut into `count` parts: (user, bytes) pairs."""
    records = []
    for sequence in range(1, EVENTS_PER_USER + 1):
        for user in (f"user-{number}" for number in range(USERS)):
            limit = f"limit-{user}"
            event = created(1, limit, user) if sequence == 1 else progress(sequence, f"{sequence - 2}.00", "1.00", limit, user)
            records.append((user, json.dumps(event).encode()))
    size = len(records) // count
    return [records[start:start + size] for start in range(0, len(records), size)]


class Kill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.emulators = cls.enterClassContext(Emulators())

    def judge(self, pipeline, parts):
        reference = Reference()
        for _, raw in (record for part in parts for record in part):
            reference.feed(raw)
        self.assertEqual(pipeline.digest(), reference.digest())
        totals = pipeline.limits("status")["totals"]
        self.assertGreaterEqual(totals["applied"], USERS * EVENTS_PER_USER)
        self.assertEqual(totals["dead"], 0)
        limits = pipeline.limits("list")
        self.assertEqual({row["progress"] for row in limits}, {f"{EVENTS_PER_USER - 1}.00"})
        self.assertEqual(len(limits), USERS)

    def killed_in_the_middle(self, name, kill):
        """Puts in four waves; `kill` strikes while the daemon is at work on one. A new daemon then does the rest."""
        pipeline = Pipeline(self.emulators, name, BINARIES)
        parts = waves(4)
        pipeline.put_raw(parts[0])
        daemon = pipeline.daemon()
        pipeline.wait_for_verdicts(1, daemon)
        pipeline.put_raw(parts[1])
        kill(daemon)
        pipeline.put_raw(parts[2])
        self.assertEqual(session_of(daemon.pid), [])
        again = pipeline.daemon()
        pipeline.put_raw(parts[3])
        pipeline.wait_for_positions(again)
        end(again)
        self.judge(pipeline, parts)

    def test_a_killed_child_takes_the_daemon_down_and_a_restart_loses_nothing(self):
        def kill(daemon):
            os.kill(children_of(daemon)[0], signal.SIGKILL)
            wait_until(lambda: not daemon.running(), "the daemon to end after its child was killed")
            wait_until(lambda: not session_of(daemon.pid), "the other children to end")
        self.killed_in_the_middle("child", kill)

    def test_a_killed_daemon_leaves_no_child_and_a_restart_loses_nothing(self):
        self.killed_in_the_middle("daemon", lambda daemon: daemon.kill())


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=2)
