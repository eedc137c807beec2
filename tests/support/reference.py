"""The state that a *set* of records must end in, written without any of the product's code.

Order, repeats and batches cannot matter here: every register is simply the event with the highest stamp. The lines and
their hash have the form that store/README.md documents.
"""

import decimal
import hashlib
import json
import re

decimal.getcontext().prec = 100

MONEY = re.compile(r"-?[0-9]+(\.[0-9]+)?")
DEFINITION = ["userId", "brandId", "currencyCode", "type", "period", "status", "value", "previousLimitValue", "activeFrom",
              "activeUntil", "createdAt"]
TERMS = ["activeUntil", "previousLimitValue", "status", "value"]  # what change_limit sets, each by a stamp of its own
NULLABLE = {"activeUntil", "previousLimitValue"}  # where null takes away, instead of being as good as absent
HANDLERS = {
    "USER_LIMIT_CHANGED": ("change_limit", [*TERMS, "userLimitId"]),
    "USER_LIMIT_CREATED": ("create_limit", [*DEFINITION, "nextResetTime", "progress", "userLimitId"]),
    "USER_LIMIT_PROGRESS_CHANGED": (
        "change_progress",
        ["amount", "brandId", "currencyCode", "nextResetTime", "previousProgress", "remainingAmount", "userId", "userLimitId"],
    ),
    "USER_LIMIT_RESET": (
        "reset_progress",
        ["brandId", "currencyCode", "nextResetTime", "period", "resetAmount", "resetPercentage", "type", "unusedAmount", "userId",
         "userLimitId"],
    ),
}


def money(text):
    """Canonical decimal text, by way of Python's exact decimals."""
    assert MONEY.fullmatch(text), text
    number = decimal.Decimal(text)
    return format(abs(number) if number == 0 else number, "f")


def money_sum(a, b):
    return money(format(decimal.Decimal(a) + decimal.Decimal(b), "f"))


MONEY_FIELDS = {"amount", "previousLimitValue", "previousProgress", "progress", "remainingAmount", "resetAmount",
                "resetPercentage", "unusedAmount", "value"}


class Reference:
    """Feed it every record that was ever put, once or often, in any order."""

    def __init__(self):
        self.events = {}  # (aggregate, limit) -> stamp -> event
        self.dead = set()  # (reason, raw bytes)

    def feed(self, raw, fault=None):
        """`fault`: the reason for which the record cannot be applied, known to whoever made it so."""
        if fault:
            self.dead.add((fault, raw))
            return
        event = json.loads(raw)
        if event["type"] in HANDLERS:
            key = (event["aggregateId"], event["payload"]["userLimitId"])
            self.events.setdefault(key, {})[event["sequenceNumber"], event["eventId"]] = event

    def lines(self):
        limits, parked, changed, history = [], [], [], []
        for key, events in sorted(self.events.items(), key=lambda item: [part.encode() for part in item[0]]):
            stamps = sorted(events, key=lambda stamp: (stamp[0], stamp[1].encode()))
            defined = [stamp for stamp in stamps if events[stamp]["type"] == "USER_LIMIT_CREATED"]
            terms = self.terms(events, stamps[stamps.index(defined[-1]) + 1 :] if defined else stamps)
            progressed = [stamp for stamp in stamps if events[stamp]["type"] != "USER_LIMIT_CHANGED"]
            progress = [None, None]
            if progressed:
                newest = events[progressed[-1]]
                progress = [self.progress_after(newest), newest["payload"].get("nextResetTime")]
            if defined:
                payload = events[defined[-1]]["payload"]
                fields = [terms[name][0] if name in terms else self.value(name, payload.get(name)) for name in DEFINITION]
                limits.append(["limit", *key, *fields, *defined[-1], *progress, *progressed[-1]])
            else:
                parked.append(["parked", *key, *progress, *stamps[-1]])
            changed += [["term", *key, name, value, *stamp] for name, (value, stamp) in sorted(terms.items())]
            history += [self.history_line(key, stamp, events[stamp]) for stamp in stamps]
        dead = sorted(self.dead, key=lambda letter: hashlib.sha256(letter[0].encode() + b"\0" + letter[1]).digest())
        rows = limits + parked + changed + history + [["dead", reason, raw.hex()] for reason, raw in dead]
        return [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]

    def digest(self):
        return self.digest_of(self.lines())

    @staticmethod
    def digest_of(lines):
        return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()

    @staticmethod
    def value(name, value):
        return money(value) if name in MONEY_FIELDS and value is not None else value

    @staticmethod
    def says(payload, name):
        return payload.get(name) is not None or (name in NULLABLE and name in payload)

    @classmethod
    def terms(cls, events, stamps):
        """By name, the last value that a change gave a term, and its stamp."""
        terms = {}
        for stamp in stamps:
            payload = events[stamp]["payload"]
            if events[stamp]["type"] == "USER_LIMIT_CHANGED":
                terms |= {name: (cls.value(name, payload[name]), stamp) for name in TERMS if cls.says(payload, name)}
        return terms

    @staticmethod
    def progress_after(event):
        payload = event["payload"]
        if event["type"] == "USER_LIMIT_CHANGED":
            return None
        if event["type"] == "USER_LIMIT_CREATED":
            return money(payload.get("progress") or "0")
        if event["type"] == "USER_LIMIT_RESET":
            return "0"
        return money_sum(payload["previousProgress"], payload["amount"])

    @classmethod
    def history_line(cls, key, stamp, event):
        handler, names = HANDLERS[event["type"]]
        payload = event["payload"]
        nullable = NULLABLE if handler == "change_limit" else ()
        fields = {name: cls.value(name, payload[name]) for name in sorted(names)
                  if payload.get(name) is not None or (name in nullable and name in payload)}
        return ["history", *key, *stamp, event["type"], handler, event["createdAt"], cls.progress_after(event), fields]
