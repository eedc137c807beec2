"""A short life of a child, from a new file to a clean end, that is disturbed at one chosen system call by strace."""

import collections
import contextlib
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "fault")]

from child import record  # noqa: E402
from database import compare, integrity_of  # noqa: E402
from producer import Producer  # noqa: E402
from reference import Reference  # noqa: E402
from scratch import scratch_folder  # noqa: E402

EVENTS = 50
BATCH = 10
SEED = 1
LIMIT_S = 10  # a child that cannot go on must have said so and ended within this

# All by which a child writes, or takes and leaves a lock.
CALLS = ["write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fcntl"]


class Life:
    """What the daemon sends and the state it must lead to."""

    def __init__(self):
        self.reference, self.batches, records = Reference(), [], []
        for _, data, fault in Producer(random.Random(SEED), 2).events(EVENTS):
            self.reference.feed(data, fault)
            records.append(record(data, 10**55 + len(records)))
        self.batches = [records[first : first + BATCH] for first in range(0, len(records), BATCH)]

    def lines(self, first_batch=0):
        """All that the daemon says to a child that starts at this batch, its answers to the checkpoints too."""
        accepted = {"action": "checkpoint", "sequenceNumber": None, "subSequenceNumber": None, "error": None}
        yield {"action": "initialize", "shardId": "shardId-0", "sequenceNumber": "TRIM_HORIZON", "subSequenceNumber": 0}
        for batch in self.batches[first_batch:]:
            yield {"action": "processRecords", "records": batch, "millisBehindLatest": 0}
            yield accepted
        yield {"action": "shutdownRequested"}
        yield accepted


Outcome = collections.namedtuple("Outcome", "code checkpoints statuses said")


class Rehearsal:
    """One file, and the children that work on it one after the other."""

    def __init__(self, processor, cli, life, folder):
        self.processor, self.cli, self.life = processor, cli, life
        self.folder = pathlib.Path(folder)
        self.database = self.folder / "limits.db"

    def run(self, *under, first_batch=0, environment=()):
        """A child under `under` (a command that runs commands). Raises TimeoutExpired if it does not end in time."""
        script = self.folder / "daemon-says"
        script.write_text("".join(json.dumps(line) + "\n" for line in self.life.lines(first_batch)))
        with script.open() as stdin:
            child = subprocess.Popen(
                [*under, self.processor, "--store", f"sqlite:{self.database}", "--rules", str(ROOT / "properties" / "rules.json"),
                 "--log-dir", "", "--checkpoint-interval", "0", "--batch-timeout", "5"],
                stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **dict(environment)},
                start_new_session=True,
            )
        try:
            output, errors = child.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)  # strace, and the child that it leaves behind
            child.communicate()
            raise
        said = [json.loads(line) for line in output.splitlines() if line.strip()]
        checkpoints = sum(line["action"] == "checkpoint" for line in said)
        return Outcome(child.returncode, checkpoints, len(said) - checkpoints, errors)

    def recover(self, outcome):
        """The next child starts at the last checkpoint, as the daemon would let it; then the state must be right."""
        after = self.run(first_batch=min(outcome.checkpoints, len(self.life.batches)))
        assert after.code == 0, after
        self.check()

    def check(self):
        compare(self.cli, f"sqlite:{self.database}", self.life.reference)
        assert (found := integrity_of(self.database)) == ["ok"], found

    def is_complete(self, outcome):
        """Every line was answered: as many checkpoints as batches and one for the shutdown, and all the statuses."""
        batches = len(self.life.batches)
        return (outcome.checkpoints, outcome.statuses) == (batches + 1, batches + 2)


@contextlib.contextmanager
def rehearsal(processor, cli, life):
    with tempfile.TemporaryDirectory(prefix="interrupted-", dir=scratch_folder()) as folder:
        yield Rehearsal(processor, cli, life, folder)


def strace(*injections, log="/dev/null"):
    calls = ",".join(CALLS)
    return ["strace", "--follow-forks", "--quiet=all", f"--output={log}", f"--trace={calls}",
            *(f"--inject={injection}" for injection in injections)]


def count_calls(processor, cli, life):
    """How often the main thread of an undisturbed child makes each of CALLS."""
    with rehearsal(processor, cli, life) as stage:
        log = f"{stage.folder}/calls"
        outcome = stage.run(*strace(log=log))
        assert outcome.code == 0 and stage.is_complete(outcome), outcome
        stage.check()
        with open(log) as lines:
            found = [re.match(r"(\d+) +(\w+)\(", line) for line in lines]
    main_thread = found[0].group(1)
    return collections.Counter(call.group(2) for call in found if call and call.group(1) == main_thread)
