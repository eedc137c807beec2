"""Children that are killed at any moment, again and again, while all write to one file: nothing is lost, nothing is double.

    kill_loop_test.py PROCESSOR CLI [--kills N] [--seed S]

Each round has a new file, four shards and a hundred kills. (The seed decides events, batches and victims, the host's
scheduler the very moment.)
"""

import argparse
import itertools
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "fault")]

from child import Child, ChildEnded, record  # noqa: E402
from database import compare, integrity_of  # noqa: E402
from producer import Producer  # noqa: E402
from reference import Reference  # noqa: E402
from scratch import scratch_folder  # noqa: E402

CHILDREN = 4
KILLS_PER_ROUND = 100
LONGEST_LIFE_S = 0.03


class Stream:
    """Endless events of the same users for all shards."""

    def __init__(self, rng, reference):
        self.rng = rng
        self.reference = reference
        producer = Producer(rng, 6)
        self.events = itertools.chain.from_iterable(producer.events(100) for _ in itertools.count())
        self.number = 10**55
        self.lock = threading.Lock()

    def put(self):
        with self.lock:
            batch = []
            for _, data, fault in itertools.islice(self.events, self.rng.randrange(1, 20)):
                self.number += 1
                batch.append(record(data, self.number))
                self.reference.feed(data, fault)
            return batch


class Shard(threading.Thread):
    """Keeps a child at work, and starts another from the last checkpoint when it was killed."""

    def __init__(self, name, start_child, stream):
        super().__init__(name=name)
        self.start_child = start_child
        self.stream = stream
        self.child = None
        self.unchecked = []  # batches delivered or due, and not checkpointed
        self.stopping = threading.Event()
        self.records = 0
        self.failure = None

    def run(self):
        try:
            while not (self.stopping.is_set() and not self.unchecked):
                self.own()
        except Exception as failure:  # noqa: BLE001: told by the main thread
            self.failure = failure

    def own(self):
        with self.start_child() as child:
            self.child = child
            try:
                child.initialize(self.name)
                while self.unchecked or not self.stopping.is_set():
                    if not self.unchecked:
                        self.unchecked.append(self.stream.put())
                    self.deliver(child, self.unchecked[0])
            except (ChildEnded, BrokenPipeError):
                if child.process.wait(10) != -9:  # whatever ends a child but a kill is a failure
                    raise

    def deliver(self, child, batch):
        child.send("processRecords", records=batch, millisBehindLatest=0)
        line = child.read()
        if line is None:
            raise ChildEnded
        assert line["sequenceNumber"] == batch[-1]["sequenceNumber"], line
        self.unchecked.pop(0)
        self.records += len(batch)
        child.send("checkpoint", sequenceNumber=line["sequenceNumber"], subSequenceNumber=line["subSequenceNumber"], error=None)
        if child.read() is None:
            raise ChildEnded


def run_round(options, seed, kills):
    """Returns how many records were put."""
    rng, reference = random.Random(seed), Reference()
    with tempfile.TemporaryDirectory(prefix="kill-loop-", dir=scratch_folder()) as folder:
        database = f"{folder}/limits.db"

        def start_child():
            return Child(options.processor, "--store", f"sqlite:{database}", "--rules", str(ROOT / "properties" / "rules.json"),
                         "--log-dir", "", "--checkpoint-interval", "0")

        stream = Stream(random.Random(seed), reference)
        shards = [Shard(f"shardId-{n}", start_child, stream) for n in range(CHILDREN)]
        for shard in shards:
            shard.start()
        kill_some(rng, shards, kills)
        for shard in shards:
            shard.stopping.set()
        for shard in shards:
            shard.join()
            if shard.failure:
                raise shard.failure
        compare(options.cli, f"sqlite:{database}", reference)
        assert (found := integrity_of(database)) == ["ok"], found
    return sum(shard.records for shard in shards)


def kill_some(rng, shards, kills):
    while kills and all(shard.is_alive() for shard in shards):
        time.sleep(rng.random() * LONGEST_LIFE_S)
        child = rng.choice(shards).child
        if child and child.process.poll() is None:
            child.process.kill()
            child.process.wait()
            kills -= 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("processor")
    parser.add_argument("cli")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began, records, kills, seed = time.monotonic(), 0, 0, options.seed
    while kills < options.kills:
        records += run_round(options, seed, KILLS_PER_ROUND)
        kills += KILLS_PER_ROUND
        seed += 1
    print(f"seeds {options.seed} to {seed - 1}: {kills} kills of {CHILDREN} children on one file, {records} records, "
          f"0 lost, 0 double, integrity_check ok, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
