"""A daemon's end of the pipe: starts the real limits-processor and speaks the protocol with it."""

import base64
import json
import os
import subprocess


def record(data, sequence, sub=0, arrival=1712000000000):
    """A record as the daemon delivers it; `data` is bytes, or a JSON value."""
    if not isinstance(data, bytes):
        data = json.dumps(data).encode()
    return {
        "action": "record",
        "data": base64.b64encode(data).decode(),
        "partitionKey": "key",
        "sequenceNumber": str(sequence),
        "subSequenceNumber": sub,
        "approximateArrivalTimestamp": arrival,
    }


def created(sequence, limit="limit-1", user="user-1", **payload):
    return event(
        sequence,
        "USER_LIMIT_CREATED",
        user,
        {
            "userLimitId": limit, "userId": user, "brandId": "brand-1", "currencyCode": "EUR", "type": "DEPOSIT",
            "period": "DAY", "status": "ACTIVE", "value": "500", "activeFrom": 1712000000000, **payload,
        },
    )


def progress(sequence, before, amount, limit="limit-1", user="user-1", **payload):
    return event(
        sequence,
        "USER_LIMIT_PROGRESS_CHANGED",
        user,
        {"userLimitId": limit, "userId": user, "previousProgress": before, "amount": amount, **payload},
    )


def event(sequence, kind, user, payload):
    return {
        "aggregateId": user, "context": {}, "createdAt": 1712000000000 + sequence, "eventId": f"event-{user}-{sequence}",
        "payload": payload, "sequenceNumber": sequence, "source": "limitUser", "type": kind,
    }


class ChildEnded(AssertionError):
    """It ended where it should have answered."""


class Child:
    """One limits-processor. Leaving the `with` block closes its input and waits for its end."""

    def __init__(self, binary, *flags, cwd=None, **popen):
        self.process = subprocess.Popen(
            [binary, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd,
            env={**os.environ, **popen.pop("env", {})}, **popen,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end()
        self.close_input()
        self.process.stdout.close()
        self.process.stderr.close()

    def close_input(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:  # it ended with a line unread
            pass

    def write(self, text):
        self.process.stdin.write(text if isinstance(text, bytes) else text.encode())
        self.process.stdin.flush()

    def send(self, action, **fields):
        self.write(json.dumps({"action": action, **fields}) + "\n")

    def read(self):
        """The child's next line that is not empty, as JSON; None at the end of its output, which may be within a line."""
        for line in iter(self.process.stdout.readline, b""):
            if line.strip():
                return json.loads(line) if line.endswith(b"\n") else None
        return None

    def call(self, action, answer=None, **fields):
        """One action up to its status. Returns the checkpoints it asked for, which are answered with error=`answer`."""
        self.send(action, **fields)
        return self.finish(action, answer)

    def finish(self, action, answer=None):
        """The same, of an action that was sent."""
        checkpoints = []
        while (line := self.read()) is not None:
            if line["action"] == "status":
                assert line == {"action": "status", "responseFor": action}, line
                return checkpoints
            checkpoints.append((line["sequenceNumber"], line["subSequenceNumber"]))
            self.send("checkpoint", sequenceNumber=line["sequenceNumber"], subSequenceNumber=line["subSequenceNumber"], error=answer)
        raise ChildEnded(f"{action}: the child ended with {self.process.wait()}: {self.process.stderr.read().decode()}")

    def initialize(self, shard="shardId-000000000000"):
        return self.call("initialize", shardId=shard, sequenceNumber="TRIM_HORIZON", subSequenceNumber=0)

    def deliver(self, *records, answer=None, behind=0):
        return self.call("processRecords", answer, records=list(records), millisBehindLatest=behind)

    def end(self, timeout=10):
        """Closes the child's input, as a daemon that ends does. Returns exit code and stderr."""
        self.close_input()
        code = self.process.wait(timeout)
        return code, self.process.stderr.read().decode()
