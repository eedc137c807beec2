#!/usr/bin/env python3
"""A stream goes from two shards to four and back while a producer puts: each parent is read to its end, before its children."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from fire import Fire
from stack import Emulators

SEED = 4


class Reshard(unittest.TestCase):
    def test_two_to_four_to_two_under_load(self):
        emulators = self.enterContext(Emulators())
        fire = self.enterContext(Fire(emulators, "reshard", BINARIES, 2, SEED))
        fire.start("only")
        fire.wait_until_read()

        for shard in fire.open_shards():
            fire.split(shard)
        self.assertEqual(len(fire.open_shards()), 4)
        split = fire.wait_until_read()

        first, second, third, fourth = fire.open_shards()
        fire.merge(first, second)
        fire.merge(third, fourth)
        self.assertEqual(len(fire.open_shards()), 2)
        merged = fire.wait_until_read()

        fire.settle()
        self.assertEqual(fire.verdict(), ([], []))
        self.assertEqual(len(fire.closed & fire.ended), 6)
        self.assertEqual(fire.limits("status")["totals"]["dead"], 0)
        print(f"seed {SEED}: {len(fire.producer.put)} records, {fire.producer.repeated} of them twice; the children of a split "
              f"were read after {split:.1f} s, those of a merge after {merged:.1f} s")


if __name__ == "__main__":
    BINARIES = sys.argv.pop(1)
    unittest.main(verbosity=2)
