"""The real daemon under fire: cycles of a second daemon, a split, a merge, a SIGTERM and a kill -9, in an order drawn by lot,
on the emulators and with a producer running. Nothing is lost, nothing counts twice, every closed shard is read to its end.

    daemon_torture.py BINARIES [--cycles N] [--seed S]
"""

import argparse
import collections
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from fire import Fire
from stack import Emulators

SHARDS = 3


class Cycles:
    """What befalls a pipeline, drawn from a seed. At least one worker is running after each stroke."""

    def __init__(self, fire, seed):
        self.fire = fire
        self.random = random.Random(seed)
        self.started = 0
        self.struck = collections.Counter()
        self.slowest = collections.Counter()  # stroke -> seconds until every open shard was read again
        self.start_worker()

    def start_worker(self):
        self.started += 1
        self.fire.start(f"worker-{self.started}")

    def second_daemon(self):
        self.start_worker()
        self.fire.wait_until_shared()

    def split(self):
        self.fire.split(self.random.choice(list(self.fire.open_shards())))

    def merge(self):
        shards = list(self.fire.open_shards())
        first = self.random.randrange(len(shards) - 1)
        self.fire.merge(shards[first], shards[first + 1])

    def sigterm(self):
        self.stop(self.fire.terminate)

    def kill(self):
        self.stop(self.fire.kill)

    def stop(self, way):
        """The last worker comes back under its own name, as a service manager has it."""
        worker = self.random.choice(sorted(self.fire.workers))
        way(worker)
        if not self.fire.workers:
            self.fire.start(worker)

    def run(self):
        strokes = [self.second_daemon, self.split, self.merge, self.sigterm, self.kill]
        self.random.shuffle(strokes)
        for stroke in strokes:
            began = time.monotonic()
            stroke()
            self.fire.wait_until_read()
            self.struck[stroke.__name__] += 1
            self.slowest[stroke.__name__] = max(self.slowest[stroke.__name__], time.monotonic() - began)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries")
    parser.add_argument("--cycles", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with Emulators() as emulators, Fire(emulators, "torture", options.binaries, SHARDS, options.seed) as fire:
        cycles = Cycles(fire, options.seed)
        fire.wait_until_read()
        for cycle in range(1, options.cycles + 1):
            cycles.run()
            print(f"cycle {cycle}: {len(fire.producer.put)} records put, {len(fire.ended)} of {len(fire.closed)} closed shards at "
                  "their end", flush=True)
        fire.settle()
        lost, double = fire.verdict()
        print(f"seed {options.seed}: {options.cycles} cycles, {', '.join(f'{n} {stroke}' for stroke, n in cycles.struck.items())}; "
              f"{len(fire.producer.put)} records, {fire.producer.repeated} of them twice; {len(lost)} lost, {len(double)} double; "
              f"{len(fire.closed & fire.ended)} of {len(fire.closed)} closed shards at SHARD_END; slowest until all was read again: "
              + ", ".join(f"{seconds:.1f} s after {stroke}" for stroke, seconds in cycles.slowest.items()))
        for line in (lost + double)[:10]:
            print(line)
        return 1 if lost or double else 0


if __name__ == "__main__":
    sys.exit(main())
