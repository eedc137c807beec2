"""A store with one of each: what an answer of the API can hold is in there."""

import json
import subprocess

from server import CLI, ROOT, RULES, WithServer
from child import created, event, progress, record

SAMPLES = json.loads((ROOT / "daemon" / "samples" / "events.json").read_text())
LIMITS = ["anna-deposit-day", "boris-bet-week", "otto-session-day", "pruned", "shared", "far below", 'a/b, "c"\r\nü', "terms"]
NINES = "9" * 38


def samples():
    """What `make run` puts on its stream."""
    return [record(one, 49600000000 + at, arrival=one["createdAt"] + 500) for at, one in enumerate(SAMPLES)]


def dead_letters():
    """A record for each reason."""
    return [
        {**record(b"", 900), "data": "!"},
        record(b"{", 901),
        record(event(1, "USER_LIMIT_CREATED", "dead", {"userLimitId": "dead"}), 902),
        record(created(2, user="dead", value=5), 903),
        record(created(3, user="dead", period="YEAR"), 904),
        record(created(4, user="dead", value="1" + NINES), 905),
        record(event(5, "SOMETHING_ELSE", "dead", {}), 906),
    ]


class WithFilledStore(WithServer):
    def setUp(self):
        super().setUp()
        self.deliver(record(created(1, limit="pruned"), 1), *(record(progress(step, str(step), "1", limit="pruned"), step) for step in (2, 3, 4)))
        self.run_cli("prune", "--older-than", "1d")
        self.deliver(*samples())
        self.deliver(
            record(created(10, limit="shared", user="user-1"), 100), record(created(1, limit="shared", user="user/2"), 101),
            record(created(2, limit="far below", user="user/2", value=NINES, previousLimitValue="0.50", activeUntil=1, createdAt=-1), 102),
            record(progress(3, "0", "-" + NINES, limit="far below", user="user/2"), 103),
            record(created(4, limit='a/b, "c"\r\nü', user="user/2"), 104),
            record(progress(6, "5", "1", limit='a/b, "c"\r\nü', user="user/2"), 106),  # it was 0 before
            record(event(5, "USER_LIMIT_CHANGED", "user/2", {"userLimitId": "terms", "value": "7"}), 105),
            shard="shardId-1",
        )
        self.deliver(*dead_letters(), shard="shardId-2")
        self.settle_dead_letters()
        with self.start_child("shardId-3") as child:
            child.call("shardEnded")

    def settle_dead_letters(self):
        """Some are replayed, discarded, or fail once more."""
        rules = self.folder / "more-rules.json"
        rules.write_text('{"rules": [{"match": {"type": "SOMETHING_ELSE"}, "handler": "ignore"}], "default": "dead_letter"}')
        self.run_cli("dead", "replay", "--reason", "unrouted", "--rules", str(rules))
        self.run_cli("dead", "discard", "--reason", "out_of_range")
        self.run_cli("dead", "replay", "--reason", "bad_json", "--rules", str(RULES), code=1)

    def run_cli(self, *words, code=0):
        done = subprocess.run([CLI, *words, "--store", self.store], capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
