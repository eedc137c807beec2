"""A program that is not ours writes to the database all the time: no batch fails for it, and the state is right.

    foreign_writer_test.py PROCESSOR CLI [--batches N]
"""

import argparse
import pathlib
import random
import sqlite3
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "fault")]

from child import Child, record  # noqa: E402
from database import compare, integrity_of  # noqa: E402
from producer import Producer  # noqa: E402
from reference import Reference  # noqa: E402
from scratch import scratch_folder  # noqa: E402

EVENTS = 50  # in a batch


class ForeignWriter(threading.Thread):
    """Commits in a table of its own, one transaction after the other."""

    def __init__(self, database):
        super().__init__()
        self.database = database
        self.stopping = threading.Event()
        self.commits = 0
        self.failure = None

    def run(self):
        try:
            connection = sqlite3.connect(self.database, isolation_level=None, timeout=10)
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("CREATE TABLE foreign_counter (n INTEGER)")
            while not self.stopping.is_set():
                connection.execute("INSERT INTO foreign_counter VALUES (1)")
                self.commits += 1
            connection.execute("DROP TABLE foreign_counter")
            connection.close()
        except sqlite3.Error as failure:
            self.failure = failure

    def __exit__(self, *_):
        self.stopping.set()
        self.join()
        if self.failure:
            raise self.failure

    def __enter__(self):
        self.start()
        return self


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("processor")
    parser.add_argument("cli")
    parser.add_argument("--batches", type=int, default=100)
    options = parser.parse_args()

    reference, number = Reference(), 10**55
    events = Producer(random.Random(1), 6).events(options.batches * EVENTS)
    with tempfile.TemporaryDirectory(prefix="foreign-writer-", dir=scratch_folder()) as folder:
        store = f"sqlite:{folder}/limits.db"
        with Child(options.processor, "--store", store, "--rules", str(ROOT / "properties" / "rules.json"), "--log-dir", "",
                   "--checkpoint-interval", "0") as child:
            child.initialize()
            with ForeignWriter(f"{folder}/limits.db") as foreign:
                for _ in range(options.batches):
                    batch = []
                    for _, data, fault in (next(events) for _ in range(EVENTS)):
                        number += 1
                        batch.append(record(data, number))
                        reference.feed(data, fault)
                    child.deliver(*batch)
        compare(options.cli, store, reference)
        assert (found := integrity_of(f"{folder}/limits.db")) == ["ok"], found
    assert foreign.commits > options.batches, f"only {foreign.commits} foreign commits"
    print(f"{options.batches} batches beside {foreign.commits} commits of another program, 0 refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
