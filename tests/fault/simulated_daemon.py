"""A daemon whose every decision comes from a seed: it drives real children on one real SQLite file and does to them all
that daemons, hosts and producers do: replays, kills, stolen leases and zombies that go on writing, checkpoints put off or
refused, pipes that close at any byte, splits and merges, the same event under new numbers, records out of order and records
that are no events. (Only the very moment of a kill is the host's.)"""

import collections
import itertools
import json
import random
import time
import zlib

from child import record
from producer import Producer

ACCEPTED = None
PUT_OFF = ["ThrottlingException", "KinesisClientLibDependencyException", "SomethingNewException"]
LEASE_LOST = "ShutdownException"
REFUSED = ["InvalidStateException", "IllegalArgumentException"]

FAULTS = ["checkpoint put off", "checkpoint refused", "cut", "cut in an answer", "host crash", "kill", "kill at a checkpoint",
          "merge", "replay", "restart", "shutdown", "split", "steal", "zombie's batch"]


class Shard:
    def __init__(self, name):
        self.name = name
        self.records = []
        self.places = {}  # (sequence, sub-sequence) -> how many records there are up to this one
        self.closed = False
        self.ended = False
        self.checkpoint = 0  # so many records are checkpointed
        self.owner = None  # the worker that has the lease

    def put(self, made):
        self.records.append(made)
        self.places[made["sequenceNumber"], made["subSequenceNumber"]] = len(self.records)


class Worker:
    """A reader of a shard, with its child. Once another owns the shard it is a zombie, which learns that later."""

    def __init__(self, child, shard):
        self.child = child
        self.shard = shard
        self.delivered = shard.checkpoint
        self.busy = False
        self.lease_lost = False  # and was told so

    @property
    def rest(self):
        return len(self.shard.records) - self.delivered

    def deliver(self, size):
        batch = self.shard.records[self.delivered : self.delivered + size]
        self.child.send("processRecords", records=batch, millisBehindLatest=len(batch))
        self.delivered += len(batch)
        self.busy = True

    def kill(self):
        self.child.process.kill()
        self.child.process.wait()
        self.child.__exit__()

    def close(self):
        """The pipe closes, with or without a line before it: the child ends, and that is no failure of its."""
        code, said = self.child.end()
        assert code == 0, (code, said)
        self.child.__exit__()


class SimulatedDaemon:
    def __init__(self, seed, start_child, reference, events):
        self.rng = random.Random(seed)
        self.start_child = start_child
        self.reference = reference
        self.faults = collections.Counter()
        self.number = 10**55 - 50  # sequence numbers grow a digit on the way
        self.shards = [Shard(f"shardId-{n}") for n in range(self.rng.randrange(2, 5))]
        self.zombies = []
        self.unput = Producer(self.rng, 6).events(events)
        self.put_count = 0

    def chance(self, probability):
        return self.rng.random() < probability

    # The stream

    def put(self, count):
        for user, data, fault in itertools.islice(self.unput, count):
            open_shards = [shard for shard in self.shards if not shard.closed]
            shard = open_shards[zlib.crc32(user.encode()) % len(open_shards)]
            self.number += self.rng.randrange(1, 1000)
            shard.put(record(data, self.number, self.rng.choice([0, 0, 0, 1])))
            self.reference.feed(data, fault)
            self.put_count += 1

    def reshard(self):
        open_shards = [shard for shard in self.shards if not shard.closed]
        if len(open_shards) > 1 and self.chance(0.5):
            self.faults["merge"] += 1
            parents, children = self.rng.sample(open_shards, 2), 1
        else:
            self.faults["split"] += 1
            parents, children = [self.rng.choice(open_shards)], 2
        for shard in parents:
            shard.closed = True
        self.shards += [Shard(f"shardId-{len(self.shards) + n}") for n in range(children)]

    # What a daemon does

    def own(self, shard):
        """Starts a child where the lease says."""
        child = self.start_child(self.rng.choice(["0", "0", "1", "3600"]), self.rng.choice(["checkpoint", "checkpoint", "batch"]))
        child.initialize(shard.name)
        shard.owner = Worker(child, shard)

    def deliver(self, worker):
        worker.deliver(self.rng.choice([1, 2, 10, 50, 1500]))

    def deliver_together(self):
        """To all at once, so that their children meet at the store."""
        for shard in self.shards:
            if not shard.ended and not shard.owner:
                self.own(shard)
        owners = [shard.owner for shard in self.shards if shard.owner]
        for worker in owners:
            if worker.rest or self.chance(0.2):  # a batch without records is the tick of a quiet shard
                self.deliver(worker)
        for zombie in self.zombies:
            if not zombie.busy and self.chance(0.5):
                self.faults["zombie's batch"] += 1
                self.deliver(zombie)
        for worker in self.rng.sample(owners, len(owners)):
            if worker.busy:
                self.finish(worker, "processRecords")
            elif worker.shard.closed:
                self.end_shard(worker)
        for zombie in self.zombies:
            if zombie.busy and self.chance(0.5):
                self.finish(zombie, "processRecords")

    def finish(self, worker, action):
        """Answers the child's checkpoints until its status comes. False: the child has ended instead."""
        worker.busy = False
        while (line := worker.child.read()) is not None and line["action"] == "checkpoint":
            assert not worker.lease_lost, f"a checkpoint after {LEASE_LOST}: {line}"
            # By its number, the last record is checkpointed already: nothing would happen, and the children never start.
            assert action != "shardEnded" or line["sequenceNumber"] is None, f"a shard does not end by a number: {line}"
            error = self.judge(worker, line)
            self.answer(worker, line, error)
            if error in REFUSED:
                return self.see_refused(worker, error)
        assert line == {"action": "status", "responseFor": action}, (line, action)
        return True

    def judge(self, worker, line):
        """What the lease table says to a checkpoint, and what that does to the lease."""
        if worker is not worker.shard.owner:
            worker.lease_lost = True
            return LEASE_LOST
        if self.chance(0.1):
            self.faults["checkpoint put off"] += 1
            return self.rng.choice(PUT_OFF)
        if self.chance(0.01):
            self.faults["checkpoint refused"] += 1
            return self.rng.choice(REFUSED)
        self.accept(worker, line)
        return ACCEPTED

    def accept(self, worker, line):
        worker.shard.checkpoint = self.place_of(worker, line)

    @staticmethod
    def place_of(worker, line):
        if line["sequenceNumber"] is None:
            return worker.delivered
        place = worker.shard.places[line["sequenceNumber"], line["subSequenceNumber"]]
        assert place <= worker.delivered, "a checkpoint beyond what was delivered"
        return place

    @staticmethod
    def answer(worker, line, error):
        worker.child.send("checkpoint", sequenceNumber=line["sequenceNumber"], subSequenceNumber=line["subSequenceNumber"], error=error)

    def see_refused(self, worker, error):
        """The child says why and ends; it must not be taken for one that has done its work."""
        line = worker.child.read()
        assert line is None, line
        code, said = worker.child.end()
        assert code == 1 and error in said, (code, said)
        worker.child.__exit__()
        worker.shard.owner = None
        return False

    def end_shard(self, worker):
        worker.child.send("shardEnded")
        if self.finish(worker, "shardEnded"):
            worker.close()
            worker.shard.owner = None
            worker.shard.ended = True

    def leave(self, worker):
        worker.close()
        worker.shard.owner = None

    # What goes wrong

    def kill(self, worker):
        """At any moment of a batch; the next owner starts at the checkpoint."""
        self.faults["kill"] += 1
        self.deliver(worker)
        time.sleep(self.rng.random() * 0.004)
        worker.kill()
        worker.shard.owner = None

    def kill_at_a_checkpoint(self, worker):
        """The batch is committed; whether the lease table has heard of it, the child never learns."""
        self.faults["kill at a checkpoint"] += 1
        self.deliver(worker)
        line = worker.child.read()
        if line["action"] == "checkpoint" and self.chance(0.5):
            self.accept(worker, line)
        worker.kill()
        worker.shard.owner = None

    def host_crash(self, _):
        """All children of the host at once, each in its batch; zombies too."""
        self.faults["host crash"] += 1
        workers = [shard.owner for shard in self.shards if shard.owner]
        for worker in workers:
            self.deliver(worker)
        time.sleep(self.rng.random() * 0.004)
        for worker in workers + self.zombies:
            worker.kill()
            if worker is worker.shard.owner:
                worker.shard.owner = None
        self.zombies = []

    def restart(self, _):
        """The daemon ends under its busy children: all pipes close."""
        self.faults["restart"] += 1
        workers = [shard.owner for shard in self.shards if shard.owner]
        for worker in workers:
            self.deliver(worker)
        for worker in workers:
            self.leave(worker)

    def cut(self, worker):
        """The pipe closes within a line, at any byte from before its first to after its last."""
        self.faults["cut"] += 1
        batch = worker.shard.records[worker.delivered :][:50]
        line = json.dumps(self.rng.choice([
            {"action": "processRecords", "records": batch, "millisBehindLatest": 0},
            {"action": "shutdownRequested"},
            {"action": "leaseLost"},
        ])) + "\n"
        worker.child.write(line[: self.rng.randrange(len(line) + 1)])
        self.leave(worker)

    def cut_in_an_answer(self, worker):
        self.faults["cut in an answer"] += 1
        worker.child.send("shutdownRequested")
        line = worker.child.read()
        assert line["action"] == "checkpoint", line
        if self.chance(0.5):
            self.accept(worker, line)
        answer = json.dumps({"action": "checkpoint", "sequenceNumber": None, "subSequenceNumber": None, "error": None}) + "\n"
        worker.child.write(answer[: self.rng.randrange(len(answer))])
        self.leave(worker)

    def steal(self, worker):
        """Another takes the lease in mid-batch; the old owner goes on writing until it is told."""
        self.faults["steal"] += 1
        self.deliver(worker)
        self.zombies.append(worker)
        self.own(worker.shard)

    def bury(self):
        zombie = self.zombies.pop(self.rng.randrange(len(self.zombies)))
        if zombie.busy:
            self.finish(zombie, "processRecords")
        zombie.child.call("leaseLost")
        zombie.close()

    def shutdown(self, worker):
        self.faults["shutdown"] += 1
        worker.child.send("shutdownRequested")
        if self.finish(worker, "shutdownRequested"):
            self.leave(worker)

    def replay(self, worker):
        """Somebody set leases back to an earlier place, that of a shard that had ended perhaps too."""
        self.faults["replay"] += 1
        self.leave(worker)
        for shard in [worker.shard] + [shard for shard in self.shards if shard.ended and self.chance(0.1)]:
            shard.checkpoint = self.rng.randrange(shard.checkpoint + 1)
            shard.ended = False

    # The schedule

    def run(self, least_faults=10):
        trouble = [self.kill, self.kill_at_a_checkpoint, self.host_crash, self.restart, self.cut, self.cut_in_an_answer, self.steal,
                   self.shutdown, self.replay]
        while not self.done(least_faults):
            self.put(self.rng.randrange(0, 60))
            if self.chance(0.05) and len(self.shards) < 8:
                self.reshard()
            self.deliver_together()
            owners = [shard.owner for shard in self.shards if shard.owner]
            if owners and self.chance(0.5):
                self.rng.choice(trouble)(self.rng.choice(owners))
            if self.zombies and self.chance(0.3):
                self.bury()
        while self.zombies:
            self.bury()
        for shard in self.shards:
            if shard.owner:
                self.leave(shard.owner)

    def done(self, least_faults):
        if sum(self.faults.values()) < least_faults:
            return False
        if (item := next(self.unput, None)) is not None:
            self.unput = itertools.chain([item], self.unput)
            return False
        return all(shard.ended or (not shard.closed and shard.owner and not shard.owner.rest) for shard in self.shards)
