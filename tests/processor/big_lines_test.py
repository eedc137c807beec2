"""The real limits-processor on lines as large as the daemon writes them: how much memory, how much time.

    big_lines_test.py PROCESSOR MEGABYTES...

A record may have 10 MiB, which is a line of 14 MB; the user records of a KPL aggregate come in one line, of 77 MB and more.
"""

import json
import pathlib
import sqlite3
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from child import Child, created, progress, record  # noqa: E402

MB = 1_000_000
MIB = 1 << 20
RULES = ROOT / "properties" / "rules.json"


def one_large_record(size):
    """An event with a member that nobody reads, so that the line has about `size` bytes."""
    filler = "x" * (size * 3 // 4)
    return [json.dumps(record({**created(1), "context": {"filler": filler}}, 1)).encode()], {"applied": 1}


def one_large_dead_letter(size):
    return [json.dumps(record(b"{" + b"x" * (size * 3 // 4), 1)).encode()], {"dead": 1}


def many_events(size):
    records, length = [json.dumps(record(created(1), 1)).encode()], 0
    while length < size:
        number = len(records) + 1
        records.append(json.dumps(record(progress(number, "0", "1.50", limit=f"limit-{number % 1000}"), number)).encode())
        length += len(records[-1]) + 1
    # Only limit-1 is defined; what else there is has progress and waits for its definition.
    applied = 1 + sum(1 for number in range(2, len(records) + 1) if number % 1000 == 1)
    return records, {"applied": applied, "parked": len(records) - applied}


def many_tiny_records(size):
    """What takes the most memory for its line: beside the bytes of a record stands the child's view of them."""
    tiny = json.dumps(record({"type": "LIMIT_USER_X"}, "49590338271490256608559692538361571095921575989136588001")).encode()
    count = size // (len(tiny) + 1)
    return [tiny] * count, {"ignored": count}


def deliver(child, records):
    """Returns the line's length in bytes."""
    line = b'{"action":"processRecords","records":[' + b",".join(records) + b'],"millisBehindLatest":0}\n'
    child.write(line)
    child.finish("processRecords")
    return len(line)


def peak_of(child):
    status = pathlib.Path(f"/proc/{child.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def run(binary, kind, size):
    """Returns whether the child took no more memory than it may."""
    with tempfile.TemporaryDirectory(prefix="big-lines-") as folder:
        database = pathlib.Path(folder) / "limits.db"
        records, expected = kind(size)
        with Child(binary, "--store", f"sqlite:{database}", "--rules", str(RULES), "--log-dir", "") as child:
            child.initialize()
            start = time.monotonic()
            length = deliver(child, records)
            seconds = time.monotonic() - start
            peak = peak_of(child)
            code, said = child.end(60)
        assert code == 0, said
        with sqlite3.connect(database) as counts:
            got = dict(zip(expected, counts.execute(f"select {', '.join(expected)} from shards").fetchone()))
    assert got == expected, (got, expected)
    allowed = 64 * MIB + 3 * length // 2
    print(f"{kind.__name__.replace('_', ' ')}: a line of {length / MB:.1f} MB with {len(records)} records: peak {peak / MIB:.0f} MiB "
          f"of {allowed / MIB:.0f} MiB allowed, {seconds:.1f} s", flush=True)
    return peak <= allowed


def main():
    binary, sizes = sys.argv[1], [int(size) for size in sys.argv[2:]]
    fits = True
    for size in sizes:
        kinds = [one_large_record, one_large_dead_letter] if size < 16 else [many_events, many_tiny_records]
        for kind in kinds:
            fits &= run(binary, kind, size * MB)
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main())
