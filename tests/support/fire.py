"""A pipeline under fire: a producer that never rests, and what befalls its daemons and shards meanwhile."""

import json
import os
import random
import signal
import threading
import time

from child import created, event, progress
from reference import Reference
from stack import Pipeline, children_of, end, session_of, wait_until

ENDED = "SHARD_END"
HASH_KEYS = 1 << 128


class Producer(threading.Thread):
    """Puts a few records at a time until it is stopped: users' lives, each in its order, and now and then one of them again,
    as a producer does that got no answer. `put` is all that it has put; one seed makes one sequence of records."""

    USERS = 50
    PAUSE = 0.02  # seconds between two calls: about 500 records a second at most

    def __init__(self, pipeline, seed):
        super().__init__(daemon=True)
        self.pipeline = pipeline
        self.random = random.Random(seed)
        self.sequences = [0] * self.USERS
        self.put = []
        self.repeated = 0
        self.stopping = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not self.stopping.wait(self.PAUSE):
                records = [self.next_record() for _ in range(10)]
                if self.put and self.random.random() < 0.2:
                    records.append(self.random.choice(self.put))
                    self.repeated += 1
                self.pipeline.put_raw(records)
                self.put += records
        except Exception as failure:  # noqa: BLE001: told to whoever stops the producer
            self.failure = failure

    def next_record(self):
        """(partition key, bytes). Sums go on from a user's event to the next."""
        number = self.random.randrange(self.USERS)
        self.sequences[number] += 1
        sequence, user, limit = self.sequences[number], f"user-{number}", f"limit-{number}"
        if sequence == 1:
            made = created(1, limit, user)
        elif sequence % 50 == 0:
            made = event(sequence, "USER_LIMIT_RESET", user, {"userLimitId": limit, "userId": user, "resetAmount": "1.00"})
        else:
            made = progress(sequence, f"{sequence % 50}.00", "1.25", limit, user)
        return user, json.dumps(made).encode()

    def stop(self):
        self.stopping.set()
        self.join()
        if self.failure:
            raise self.failure


class Fire(Pipeline):
    """A pipeline with a producer, several workers, and shards that split and merge. Leaving the `with` block ends its daemons."""

    def __init__(self, emulators, name, binaries, shards, seed, patience=150):
        super().__init__(emulators, name, binaries, shards)
        self.patience = patience  # seconds until what is waited for is given up
        self.workers = {}  # name -> its daemon
        self.closed = set()  # shards that have been split or merged
        self.ended = set()  # shards whose lease has been at its end; the daemon deletes such leases after a while
        self.producer = Producer(self, seed)

    def __enter__(self):
        self.producer.start()
        return self

    def __exit__(self, *_):
        self.producer.stopping.set()
        for daemon in self.workers.values():
            daemon.kill()

    # --- Workers

    def start(self, worker, **settings):
        self.workers[worker] = self.daemon(worker=worker, **settings)

    def terminate(self, worker):
        end(self.workers.pop(worker))

    def kill(self, worker):
        """The whole of it, the JVM and every child at once, as when a host is gone."""
        daemon = self.workers.pop(worker)
        for pid in session_of(daemon.pid):
            os.kill(pid, signal.SIGKILL)
        daemon.kill()

    def leases(self):
        leases = self.emulators.leases(f"{self.name}-application")
        self.ended |= {shard for shard, lease in leases.items() if lease["checkpoint"] == ENDED}
        return leases

    def owners(self):
        """The lease table: shard -> worker, or None. Shards that are done stay there for some minutes, and are shared too."""
        return {shard: lease.get("leaseOwner") for shard, lease in self.leases().items()}

    def all_alive(self):
        return all([self.alive(daemon) for daemon in self.workers.values()])

    def words(self):
        return "\n".join(f"{name} said: {daemon.words()}" for name, daemon in self.workers.items())

    def wait_for(self, condition, what):
        return wait_until(lambda: self.all_alive() and condition(),
                          lambda: f"{what}; the leases are {self.owners()}, the open shards {self.open_shards()}; {self.words()}",
                          self.patience)

    def wait_until_shared(self):
        """Until every worker has a lease, and no lease another owner."""
        self.wait_for(lambda: set(self.owners().values()) == set(self.workers), "the workers to share the leases")

    def wait_until_read(self):
        """Until every open shard is read by a child of a worker that runs, past all that had been put before the call.
        Returns the seconds that it took."""
        began, marks = time.monotonic(), dict(self.last)

        def read():
            self.leases()
            rows = self.shards()
            pids = {str(pid) for daemon in self.workers.values() for pid in children_of(daemon)}
            return all(shard in rows and rows[shard]["owner"].rpartition(":")[2] in pids
                       and int(rows[shard]["sequenceNumber"] or 0) >= marks.get(shard, 0) for shard in self.open_shards())
        self.wait_for(read, "every open shard to be read")
        return time.monotonic() - began

    # --- Shards

    def open_shards(self):
        """shard -> its (first, last) hash key, in the order of these."""
        shards = [shard for shard in self.emulators.kinesis("ListShards", StreamName=self.name)["Shards"]
                  if shard["SequenceNumberRange"].get("EndingSequenceNumber") is None]
        assert shards
        ranges = {shard["ShardId"]: (int(shard["HashKeyRange"]["StartingHashKey"]), int(shard["HashKeyRange"]["EndingHashKey"]))
                  for shard in shards}
        return dict(sorted(ranges.items(), key=lambda item: item[1]))

    def reshard(self, action, closes, **arguments):
        self.emulators.kinesis(action, StreamName=self.name, **arguments)
        self.closed |= closes
        wait_until(lambda: self.emulators.kinesis("DescribeStreamSummary", StreamName=self.name)
                   ["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE", f"{action} to be done")

    def split(self, shard):
        first, last = self.open_shards()[shard]
        self.reshard("SplitShard", {shard}, ShardToSplit=shard, NewStartingHashKey=str((first + last + 1) // 2))

    def merge(self, shard, adjacent):
        self.reshard("MergeShards", {shard, adjacent}, ShardToMerge=shard, AdjacentShardToMerge=adjacent)

    def wait_until_ended(self):
        """Until the lease of each shard that was split or merged has been at its end."""
        self.wait_for(lambda: self.leases() and self.closed <= self.ended, f"{ENDED} of {sorted(self.closed)}")

    # --- The end

    def settle(self):
        """Stops the producer and waits until all that it has put is committed, and every closed shard is at its end."""
        self.producer.stop()
        self.wait_for_positions(*self.workers.values())
        self.wait_until_ended()

    def verdict(self):
        """Against one clean run over the set of all that was put: what was lost, and what is there that should not be or took
        effect more than once. Lines of the digest, and events by count."""
        reference, put = Reference(), {raw for _, raw in self.producer.put}
        for raw in put:
            reference.feed(raw)
        expected, found = set(reference.lines()), set(self.lines())
        totals = self.limits("status")["totals"]
        effects = totals["applied"] + totals["stale"] + totals["parked"]
        lost, double = sorted(expected - found), sorted(found - expected)
        if not lost and not double:
            assert reference.digest() == self.digest()
        if effects != len(put):
            (lost if effects < len(put) else double).append(f"{len(put)} events took effect {effects} times")
        return lost, double

    def lines(self):
        return [json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in self.limits("digest", "--lines")]
