"""A daemon whose every decision comes from a seed: it drives real children on one real SQLite file and does to them all
that daemons, hosts and producers do: replays, kills, stolen leases and zombies, refused checkpoints, splits and merges, the
same event under new numbers, records out of order and records that are no events."""

import collections
import itertools
import json
import os
import random
import signal
import zlib

from child import Child, created, event, progress, record

ACCEPTED = None
POSTPONED = ["ThrottlingException", "KinesisClientLibDependencyException", "SomethingNewException"]


class Producer:
    """Users and their lives. `put` is called with (partition, bytes, fault)."""

    def __init__(self, rng, users):
        self.rng = rng
        self.sequences = collections.Counter()
        self.totals = {}
        self.users = [f"user-{n}" for n in range(users)] + ["user-é\"\\"]

    def events(self, count):
        """Yields (user, bytes, fault): some out of order, some twice, some broken."""
        waiting = []
        for _ in range(count):
            waiting.append(self.one())
            while waiting and self.rng.random() < 0.7:
                item = waiting.pop(self.rng.randrange(len(waiting)))
                yield item
                if self.rng.random() < 0.1:
                    yield item
        yield from waiting

    def one(self):
        rng, user = self.rng, self.rng.choice(self.users)
        limit = f"limit-{user}-{rng.randrange(3)}"
        self.sequences[user] += rng.choice([1, 1, 1, 2, 5])
        sequence = self.sequences[user]
        reset = rng.choice([{}, {"nextResetTime": None}, {"nextResetTime": 1712000000000 + sequence}])
        dice = rng.random()
        if dice < 0.08:
            return user, *self.broken(sequence, user, limit)
        if dice < 0.15:
            made = event(sequence, rng.choice(["LIMIT_USER_CREATED", "USER_LIMIT_CHANGE_SOURCE_ADDED"]), user, {"x": [1, {}]})
        elif dice < 0.30:
            optional = rng.choice([{}, {"progress": self.money()}, {"activeUntil": 1800000000000, "previousLimitValue": self.money()}])
            made = created(sequence, limit, user, value=self.money(), **reset, **optional)
        elif dice < 0.40:
            made = event(sequence, "USER_LIMIT_RESET", user, {
                "userLimitId": limit, "userId": user, "resetAmount": self.money(), "unusedAmount": self.money(),
                "resetPercentage": "40.00", "type": "DEPOSIT", "period": "DAY", **reset,
            })
        else:
            made = progress(sequence, self.money(), self.money(), limit, user, remainingAmount=self.money(), unknown={"a": "b"}, **reset)
        return user, record_bytes(made), None

    def money(self):
        digits = self.rng.randrange(1, 13)
        text = str(self.rng.randrange(10**digits))
        places = self.rng.choice([0, 0, 1, 2, 2, 8])
        fraction = "." + str(self.rng.randrange(10**places)).zfill(places) if places else ""
        return self.rng.choice(["", "", "", "-"]) + text + fraction

    def broken(self, sequence, user, limit):
        good = progress(sequence, "0", "1", limit, user)
        kind = self.rng.randrange(6)
        if kind == 0:
            return record_bytes(good)[: self.rng.randrange(1, 40)], "bad_json"
        if kind == 1:
            return bytes([0xFF, sequence % 256]), "bad_json"
        if kind == 2:
            del good["payload"]["amount"]
            return record_bytes(good), "missing_field"
        if kind == 3:
            good["payload"]["amount"] = "1e3"
            return record_bytes(good), "ill_typed"
        if kind == 4:
            bad = created(sequence, limit, user, period="FORTNIGHT")
            return record_bytes(bad), "unknown_value"
        good["type"] = "USER_LIMIT_EXPLODED"
        return record_bytes(good), "unrouted"


def record_bytes(made):
    return json.dumps(made, ensure_ascii=False).encode()


class Shard:
    def __init__(self, name):
        self.name = name
        self.records = []
        self.closed = False
        self.ended = False
        self.checkpoint = 0  # so many records are checkpointed
        self.delivered = 0  # so many were given to the present owner
        self.owner = None

    @property
    def rest(self):
        return len(self.records) - self.delivered


class SimulatedDaemon:
    def __init__(self, seed, start_child, reference, events):
        self.rng = random.Random(seed)
        self.start_child = start_child
        self.reference = reference
        self.faults = collections.Counter()
        self.number = 10**55 - 50  # sequence numbers grow a digit on the way
        self.shards = [Shard(f"shardId-{n}") for n in range(self.rng.randrange(1, 4))]
        self.zombies = []
        self.unput = Producer(self.rng, 6).events(events)
        self.put_count = 0

    # The stream

    def put(self, count):
        for user, data, fault in itertools.islice(self.unput, count):
            open_shards = [shard for shard in self.shards if not shard.closed]
            shard = open_shards[zlib.crc32(user.encode()) % len(open_shards)]
            self.number += self.rng.randrange(1, 1000)
            shard.records.append(record(data, self.number, self.rng.choice([0, 0, 0, 1])))
            self.reference.feed(data, fault)
            self.put_count += 1

    def reshard(self):
        self.faults["reshard"] += 1
        open_shards = [shard for shard in self.shards if not shard.closed]
        for shard in self.rng.sample(open_shards, self.rng.randrange(1, len(open_shards) + 1)):
            shard.closed = True
        self.shards += [Shard(f"shardId-{len(self.shards) + n}") for n in range(self.rng.randrange(1, 4))]

    # What a daemon does

    def own(self, shard):
        """Starts a child where the lease says."""
        shard.owner = self.start_child()
        shard.owner.initialize(shard.name)
        shard.delivered = shard.checkpoint

    def next_batch(self, shard):
        size = min(shard.rest, self.rng.choice([1, 2, 10, 50, 1500]))
        return shard.records[shard.delivered : shard.delivered + size]

    def send(self, shard, batch):
        shard.owner.send("processRecords", records=batch, millisBehindLatest=len(batch))

    def finish(self, shard, child, action, refused=None):
        """Answers the child's checkpoints until its status comes."""
        while (line := child.read())["action"] == "checkpoint":
            error = refused or (self.rng.choice(POSTPONED) if self.rng.random() < 0.1 else ACCEPTED)
            if error:
                self.faults["checkpoint refused"] += 1
            else:
                shard.checkpoint = self.index_after(shard, line)
            child.send("checkpoint", sequenceNumber=line["sequenceNumber"], subSequenceNumber=line["subSequenceNumber"], error=error)
        assert line == {"action": "status", "responseFor": action}, line

    def index_after(self, shard, line):
        if line["sequenceNumber"] is None:
            return shard.delivered
        position = line["sequenceNumber"], line["subSequenceNumber"]
        index = next(i for i, r in enumerate(shard.records) if (r["sequenceNumber"], r["subSequenceNumber"]) == position)
        assert index < shard.delivered, "a checkpoint beyond what was delivered"
        return index + 1

    def end_shard(self, shard):
        # The end may be refused for a while; the child tries again, with growing pauses.
        shard.owner.send("shardEnded")
        line = shard.owner.read()
        assert line["action"] == "checkpoint" and line["sequenceNumber"] is None, line
        shard.owner.send("checkpoint", sequenceNumber=None, subSequenceNumber=None, error=None)
        assert shard.owner.read() == {"action": "status", "responseFor": "shardEnded"}
        self.leave(shard)
        shard.ended = True

    def leave(self, shard):
        code, said = shard.owner.end()
        assert code == 0, (code, said)
        shard.owner.__exit__()
        shard.owner = None

    # What goes wrong

    def kill(self, shard):
        """In mid-batch if there is one; the next owner starts at the checkpoint."""
        self.faults["kill"] += 1
        if batch := self.next_batch(shard):
            self.send(shard, batch)
        os.kill(shard.owner.process.pid, signal.SIGKILL)
        shard.owner.process.wait()
        shard.owner.__exit__()
        shard.owner = None

    def cut(self, shard):
        """The pipe closes within a line, at any byte."""
        self.faults["cut"] += 1
        line = json.dumps({"action": "processRecords", "records": self.next_batch(shard), "millisBehindLatest": 0})
        shard.owner.write(line[: self.rng.randrange(len(line))])
        self.leave(shard)

    def steal(self, shard):
        """Another worker takes the lease in mid-batch, and the old one goes on writing for a while."""
        self.faults["steal"] += 1
        zombie, batch = shard.owner, self.next_batch(shard)
        if batch:
            self.send(shard, batch)
        self.zombies.append((shard, zombie, bool(batch)))
        self.own(shard)

    def bury(self):
        shard, zombie, busy = self.zombies.pop(self.rng.randrange(len(self.zombies)))
        if busy:
            self.finish(shard, zombie, "processRecords", refused="ShutdownException")
        zombie.call("leaseLost")
        assert zombie.end()[0] == 0
        zombie.__exit__()

    def stop(self, shard):
        self.faults["stop"] += 1
        shard.owner.send("shutdownRequested")
        line = shard.owner.read()
        assert line["action"] == "checkpoint", line
        shard.checkpoint = self.index_after(shard, line)
        shard.owner.send("checkpoint", sequenceNumber=None, subSequenceNumber=None, error=None)
        assert shard.owner.read() == {"action": "status", "responseFor": "shutdownRequested"}
        self.leave(shard)

    def replay(self, shard):
        """Somebody set the lease back to an earlier place."""
        self.faults["replay"] += 1
        self.leave(shard)
        shard.checkpoint = self.rng.randrange(shard.checkpoint + 1)

    def tick(self, shard):
        self.send(shard, [])
        self.finish(shard, shard.owner, "processRecords")

    # The schedule

    def run(self, least_faults=10):
        while not self.done(least_faults):
            self.put(self.rng.randrange(0, 60))
            if self.rng.random() < 0.03 and len(self.shards) < 8:
                self.reshard()
            self.deliver_together()
            live = [shard for shard in self.shards if shard.owner]
            if live and self.rng.random() < 0.5:
                self.rng.choice([self.kill, self.cut, self.steal, self.stop, self.replay, self.tick])(self.rng.choice(live))
            if self.zombies and self.rng.random() < 0.4:
                self.bury()
        while self.zombies:
            self.bury()
        for shard in self.shards:
            if shard.owner:
                self.leave(shard)

    def deliver_together(self):
        """Several shards at once, so that their children meet at the store."""
        busy = []
        for shard in self.shards:
            if shard.ended:
                continue
            if not shard.owner:
                self.own(shard)
            if batch := self.next_batch(shard):
                self.send(shard, batch)
                shard.delivered += len(batch)
                busy.append(shard)
            elif shard.closed:
                self.end_shard(shard)
        self.rng.shuffle(busy)
        for shard in busy:
            self.finish(shard, shard.owner, "processRecords")

    def done(self, least_faults):
        if sum(self.faults.values()) < least_faults:
            return False
        if (item := next(self.unput, None)) is not None:
            self.unput = itertools.chain([item], self.unput)
            return False
        return all(shard.ended or (not shard.closed and shard.owner and not shard.rest) for shard in self.shards)
