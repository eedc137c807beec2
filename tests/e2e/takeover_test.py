#!/usr/bin/env python3
"""Two daemons share the shards of a stream while a producer puts; one ends, gracefully or not, and the other takes over."""

import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from fire import Fire
from stack import Emulators

SEED = 5


class Takeover(unittest.TestCase):
    def test_the_other_worker_takes_over_and_nothing_is_lost_or_counted_twice(self):
        emulators = self.enterContext(Emulators())
        fire = self.enterContext(Fire(emulators, "takeover", BINARIES, 4, SEED))
        fire.start("first")
        fire.wait_until_read()
        fire.start("second")
        fire.wait_until_shared()
        fire.wait_until_read()

        took = {}
        for name, stop, stopped, other in (("graceful", fire.terminate, "first", "second"), ("kill -9", fire.kill, "second", "first")):
            with self.subTest(name):
                began = time.monotonic()
                stop(stopped)
                fire.wait_until_read()
                took[name] = time.monotonic() - began
                self.assertEqual(set(fire.owners().values()), {other})
            fire.start(stopped)
            fire.wait_until_shared()
            fire.wait_until_read()

        fire.settle()
        self.assertEqual(fire.verdict(), ([], []))
        self.assertEqual(fire.limits("status")["totals"]["dead"], 0)
        print(f"seed {SEED}: {len(fire.producer.put)} records, {fire.producer.repeated} of them twice; all shards were read again "
              + ", ".join(f"{seconds:.1f} s after {name} began" for name, seconds in took.items()))


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=2)
