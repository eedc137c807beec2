#!/usr/bin/env python3
"""The whole way: records from Kinesis through the real daemon into the store, and who spends the CPU.

    bench/whole_way.py [--records 30000] [--shards 4] [--runs 3] [--json FILE]

On the local emulators, which share the machine with all the rest. The records are put first; the figures are of the time
from the first record that is committed to the last. The state is compared with the reference model. Medians.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import time

import runs
import sessions

sys.path.insert(0, str(runs.ROOT / "tests" / "support"))

from stack import Emulators, Pipeline, children_of, end  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids):
    """User and system time of these processes so far."""
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def way(records, shards):
    shape = sessions.Shape(records=records, limits=records // 20)
    with Emulators() as emulators:
        pipeline = Pipeline(emulators, "whole-way", runs.BUILD / "bin", shards)
        pipeline.put_raw([(json.loads(raw)["aggregateId"], raw) for raw, _ in sessions.Session(shape, 0).events()])
        daemon = pipeline.daemon()
        pipeline.wait_for_verdicts(1, daemon)

        parts = {"children": lambda: children_of(daemon), "daemon": lambda: [daemon.pid],
                 "emulators": lambda: [process.pid for process in emulators.processes if process is not daemon]}
        before = {name: cpu_seconds(pids()) for name, pids in parts.items()}
        there, start = pipeline.judged(), time.monotonic()
        pipeline.wait_for_verdicts(records, daemon)
        seconds = time.monotonic() - start
        spent = {name: cpu_seconds(pids()) - before[name] for name, pids in parts.items()}

        if pipeline.digest() != runs.Expected(shape, 1).digest:
            raise SystemExit("the records did not end in the state that they make; the figures mean nothing")
        end(daemon)
    return {"records_per_second": (records - there) / seconds, "measured": records - there,
            **{f"{name}_us_per_record": 1e6 * cpu / (records - there) for name, cpu in spent.items()}}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()

    taken = [way(options.records, options.shards) for _ in range(options.runs)]
    figures = {key: statistics.median(one[key] for one in taken) for key in taken[0]}
    cpu = {name: figures[f"{name}_us_per_record"] for name in ("children", "daemon", "emulators")}
    print(f"{figures['records_per_second']:,.0f} records a second from Kinesis to the store, {options.shards} shards, "
          f"medians of {options.runs} runs of {options.records:,} records")
    for name, us in cpu.items():
        print(f"  {name:10}{us:9.1f} us of CPU per record {us / sum(cpu.values()):7.1%}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
