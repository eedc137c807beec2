"""What producers put on a stream: users' limit events, some out of order, some twice, some broken."""

import collections
import json

from child import created, event, progress


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
            made = event(sequence, "USER_LIMIT_CHANGED", user, {"userLimitId": limit, **self.terms()})
        elif dice < 0.50:
            made = event(sequence, "USER_LIMIT_RESET", user, {
                "userLimitId": limit, "userId": user, "resetAmount": self.money(), "unusedAmount": self.money(),
                "resetPercentage": "40.00", "type": "DEPOSIT", "period": "DAY", **reset,
            })
        else:
            made = progress(sequence, self.money(), self.money(), limit, user, remainingAmount=self.money(), unknown={"a": "b"}, **reset)
        return user, record_bytes(made), None

    def terms(self):
        """Some of what may change of a limit."""
        rng = self.rng
        any_of_them = {
            "value": self.money(),
            "status": rng.choice(["ACTIVE", "CANCELED", "FUTURE", "IN_COOLDOWN"]),
            "activeUntil": rng.choice([None, 1800000000000 + rng.randrange(1000)]),
            "previousLimitValue": rng.choice([None, self.money()]),
        }
        return {name: any_of_them[name] for name in rng.sample(list(any_of_them), rng.randrange(1, 5))}

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
