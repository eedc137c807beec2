"""The example in kcl/README.md, as a program, speaks the protocol."""
import base64
import json
import subprocess
import sys


def main(program):
    position = {"sequenceNumber": "4959", "subSequenceNumber": 0}
    record = {"action": "record", "data": base64.b64encode(b"hello").decode(), "partitionKey": "user-1", **position}
    daemon_says = [
        {"action": "initialize", "shardId": "shardId-0", "sequenceNumber": "TRIM_HORIZON", "subSequenceNumber": 0},
        {"action": "processRecords", "records": [record], "millisBehindLatest": 0},
        {"action": "checkpoint", **position, "error": None},
        {"action": "processRecords", "records": [], "millisBehindLatest": 0},
        {"action": "leaseLost"},
    ]
    child = subprocess.run([program], input="".join(json.dumps(line) + "\n" for line in daemon_says),
                           capture_output=True, text=True, timeout=60)
    answers = [json.loads(line) for line in child.stdout.split("\n") if line]
    expected = [
        {"action": "status", "responseFor": "initialize"},
        {"action": "checkpoint", **position},
        {"action": "status", "responseFor": "processRecords"},
        {"action": "status", "responseFor": "processRecords"},
        {"action": "status", "responseFor": "leaseLost"},
    ]
    assert answers == expected, answers
    assert child.stderr == "user-1: hello\n", child.stderr
    assert child.returncode == 0, child.returncode


main(sys.argv[1])
