"""What a daemon sends to one child in a session, made from a seed: the bytes that bench/drive replays.

A session's events are in their users' order and each comes once, so that a plain program that knows neither replays nor late
events ends in the same limits, and can be measured at the same job.
"""

import base64
import collections
import dataclasses
import datetime
import json
import os
import pathlib
import random
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from reference import Reference  # noqa: E402

START = 1760000000000  # ms since 1970
DAY = 86_400_000
LIMITS_PER_USER = 4


@dataclasses.dataclass(frozen=True)
class Shape:
    """`records` in batches of `batch`, over `limits` limits that are created first; the rest is progress, resets (6 %) and
    events that concern nobody (4 %). `faults`: the share of records that cannot be applied. With `stored`, the limits are
    as many that bench/fill has made, and all records are progress of some of them, drawn by lot. With `wallet`, the facts come
    as the producer of docs/examples/wallet.rules.json tells them."""

    records: int = 200_000
    batch: int = 1_000
    limits: int = 10_000
    faults: float = 0.0
    stored: int = 0
    seed: int = 1
    wallet: bool = False

    def name(self, child):
        on = f"{self.stored}-stored" if self.stored else f"{self.limits}"
        faults = f"-faults{self.faults:g}" if self.faults else ""
        wallet = "-wallet" if self.wallet else ""
        return f"{self.records}-by-{self.batch}-on-{on}{faults}{wallet}-seed{self.seed}-child{child}"


def stored_id(number):
    """The id that bench/fill gives a limit or a user."""
    return f"{(number + 1) * 0x9E3779B97F4A7C15F39CC061 % 2**96:024x}"


class Limit:
    def __init__(self, rng, user, limit_id=None):
        self.id = limit_id or f"{rng.getrandbits(96):024x}"
        self.user = user
        self.spent = 0  # cents
        self.value = 100 * rng.randrange(100, 10_000)
        self.period_end = START + DAY


class Session:
    """The events of one child, raw; and the lines that carry them."""

    def __init__(self, shape, child):
        self.shape = shape
        self.child = child
        self.rng = random.Random(f"{shape.seed}/{child}")
        self.limits = []
        self.sequences = collections.Counter()

    def events(self):
        """(raw bytes, the reason why it cannot be applied or None)"""
        return self.of_stored_limits() if self.shape.stored else self.of_new_limits()

    def of_stored_limits(self):
        limits = {}
        for _ in range(self.shape.records):
            number = self.rng.randrange(self.shape.stored)
            user = stored_id(number // LIMITS_PER_USER)
            if number not in limits:
                limits[number] = Limit(self.rng, user, stored_id(number))
                self.sequences.setdefault(user, self.shape.seed * 1_000_000)  # above those of the sessions before
            yield self.progress(limits[number], None), None

    def of_new_limits(self):
        rng, shape = self.rng, self.shape
        user = None
        for index in range(shape.records):
            if index < shape.limits:
                if index % LIMITS_PER_USER == 0:
                    user = f"{rng.getrandbits(96):024x}"
                self.limits.append(Limit(rng, user))
                yield self.created(self.limits[-1]), None
                continue
            limit = rng.choice(self.limits)
            dice = rng.random()
            if dice < shape.faults:
                yield self.progress(limit, "a hundred"), "ill_typed_field"
            elif dice < shape.faults + 0.04:
                yield self.envelope(limit.user, "LIMIT_USER_CALL_ADDED", '{"userId":"%s"}' % limit.user), None
            elif dice < shape.faults + 0.10:
                yield self.reset(limit), None
            else:
                yield self.progress(limit, None), None

    def envelope(self, user, kind, payload):
        self.sequences[user] += 1
        sequence = self.sequences[user]
        return (
            f'{{"aggregateId":"{user}","context":{{"correlationId":"call-{sequence}"}},"createdAt":{START + 60_000 * sequence},'
            f'"eventId":"{user}-{sequence}","payload":{payload},"sequenceNumber":{sequence},"source":"limitUser","type":"{kind}"}}'
        ).encode()

    def created(self, limit):
        return self.envelope(limit.user, "USER_LIMIT_CREATED", (
            f'{{"activeFrom":{START},"brandId":"00000000000000000000b001","currencyCode":"EUR","period":"DAY","status":"ACTIVE",'
            f'"type":"DEPOSIT","userId":"{limit.user}","userLimitId":"{limit.id}","value":"{cents(limit.value)}",'
            f'"nextResetTime":{limit.period_end}}}'
        ))

    def progress(self, limit, ill_typed):
        before, amount = limit.spent, self.rng.randrange(1, 5_000)
        if not ill_typed:
            limit.spent += amount
        return self.envelope(limit.user, "USER_LIMIT_PROGRESS_CHANGED", (
            f'{{"amount":"{ill_typed or cents(amount)}","brandId":"00000000000000000000b001","currencyCode":"EUR",'
            f'"nextResetTime":{limit.period_end},"previousProgress":"{cents(before)}",'
            f'"remainingAmount":"{cents(limit.value - before - amount)}","userId":"{limit.user}","userLimitId":"{limit.id}"}}'
        ))

    def reset(self, limit):
        spent, limit.spent = limit.spent, 0
        limit.period_end += DAY
        return self.envelope(limit.user, "USER_LIMIT_RESET", (
            f'{{"brandId":"00000000000000000000b001","currencyCode":"EUR","nextResetTime":{limit.period_end},"period":"DAY",'
            f'"resetAmount":"{cents(spent)}","resetPercentage":"{100 * spent / limit.value:.2f}","type":"DEPOSIT",'
            f'"unusedAmount":"{cents(limit.value - spent)}","userId":"{limit.user}","userLimitId":"{limit.id}"}}'
        ))

    def lines(self):
        """The daemon's lines, as bytes."""
        yield (f'{{"action":"initialize","shardId":"shardId-{self.child:012d}","sequenceNumber":"TRIM_HORIZON",'
               f'"subSequenceNumber":0}}\n').encode()
        kinesis = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898
        records = []
        for index, (raw, _) in enumerate(self.events(), 1):
            kinesis += 17
            records.append(
                f'{{"action":"record","data":"{base64.b64encode(raw).decode()}","partitionKey":"user","sequenceNumber":"{kinesis}",'
                f'"subSequenceNumber":0,"approximateArrivalTimestamp":{START + index}}}'
            )
            if len(records) == self.shape.batch or index == self.shape.records:
                yield f'{{"action":"processRecords","records":[{",".join(records)}],"millisBehindLatest":0}}\n'.encode()
                records.clear()


class WalletSession(Session):
    """The same facts as the wallet's producer tells them or, if `as_built`, as its rules build our events from that."""

    def __init__(self, shape, child, as_built=False):
        super().__init__(shape, child)
        self.as_built = as_built

    def say(self, user, name, flat, kind, payload):
        self.sequences[user] += 1
        sequence = self.sequences[user]
        event_id, created_at = f"{user}-{sequence}", START + 60_000 * sequence
        if self.as_built:
            return compact({"aggregateId": user, "createdAt": created_at, "eventId": event_id, "payload": payload,
                            "sequenceNumber": sequence, "type": kind})
        return compact({"event": name, "id": event_id, "seq": sequence, "player_id": user, "at": iso(created_at), **flat})

    def envelope(self, user, kind, payload):
        return self.say(user, "wallet.called", {}, kind, {})

    def created(self, limit):
        return self.say(limit.user, "limit.opened", {
            "limit_id": limit.id, "brand": "b001", "currency": "eur", "kind": "deposit", "window": "D", "amount_cents": limit.value,
            "starts_at": iso(START), "resets_at": iso(limit.period_end),
        }, "USER_LIMIT_CREATED", {
            "userLimitId": limit.id, "userId": limit.user, "brandId": "b001", "currencyCode": "EUR", "type": "DEPOSIT",
            "period": "DAY", "status": "ACTIVE", "value": cents(limit.value), "activeFrom": START,
            "nextResetTime": limit.period_end,
        })

    def progress(self, limit, ill_typed):
        before, amount = limit.spent, ill_typed or self.rng.randrange(1, 5_000)
        left = 0 if ill_typed else limit.value - before - amount
        limit.spent += 0 if ill_typed else amount
        return self.say(limit.user, "limit.spent", {
            "limit_id": limit.id, "spent": {"before_cents": before, "cents": amount, "left_cents": left},
            "resets_at": iso(limit.period_end),
        }, "USER_LIMIT_PROGRESS_CHANGED", {
            "userLimitId": limit.id, "userId": limit.user, "previousProgress": cents(before), "amount": ill_typed or cents(amount),
            "remainingAmount": cents(left), "nextResetTime": limit.period_end,
        })

    def reset(self, limit):
        spent, limit.spent = limit.spent, 0
        limit.period_end += DAY
        return self.say(limit.user, "limit.reset", {
            "limit_id": limit.id, "was_cents": spent, "resets_at": iso(limit.period_end),
        }, "USER_LIMIT_RESET", {
            "userLimitId": limit.id, "resetAmount": cents(spent), "nextResetTime": limit.period_end,
        })


def compact(event):
    return json.dumps(event, separators=(",", ":")).encode()


def iso(ms):
    return datetime.datetime.fromtimestamp(ms // 1000, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cents(amount):
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def session_files(shape, children, folder):
    """One file per child, made if it is not there yet, maybe by two at once. Each child has its own users."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for child in range(children):
        path = folder / f"{shape.name(child)}.jsonl"
        if not path.exists():
            unfinished = path.with_suffix(f".{os.getpid()}")
            with unfinished.open("wb", buffering=1 << 20) as out:
                out.writelines((WalletSession if shape.wallet else Session)(shape, child).lines())
            unfinished.rename(path)
        files.append(path)
    return files


def reference(shape, children):
    """The state that all these sessions together must end in."""
    model = Reference()
    for child in range(children):
        session = WalletSession(shape, child, as_built=True) if shape.wallet else Session(shape, child)
        for raw, fault in session.events():
            model.feed(raw, fault)
    return model
