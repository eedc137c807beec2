#!/usr/bin/env python3
"""How soon a child answers and how little it holds, beside the start of the smallest process there is.

    bench/start.py [--peers build/release/bench/peers] [--runs 21]

Prints medians of interleaved runs: from fork to the first status line, with the rules loaded, on a store that exists, as on
every start but the first; the same for the plain Rust child, and for `true`, which does nothing; and resident memory when idle.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import runs

sys.path.insert(0, str(runs.ROOT / "tests" / "support"))

from child import Child  # noqa: E402


def milliseconds(work):
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1000, result


def first_status(command, database):
    child = Child(*(word.replace("DB", database) for word in command))
    child.initialize()
    return child


def resident_mb(child):
    status = pathlib.Path(f"/proc/{child.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=pathlib.Path, default=runs.BENCH / "peers", help="where bench/peers/install put them")
    parser.add_argument("--runs", type=int, default=21)
    options = parser.parse_args()

    known = runs.programs(options.peers)
    commands = {name: known[name].command for name in runs.installed({name: known[name] for name in ("ours", "rust")})}
    starts, resident = {name: [] for name in [*commands, "true"]}, {name: [] for name in commands}
    with tempfile.TemporaryDirectory(prefix="start-", dir=runs.BENCH) as folder:
        databases = {name: f"{folder}/{name}.db" for name in commands}
        for name, command in commands.items():
            first_status(command, databases[name]).__exit__()
        for _ in range(options.runs):
            for name, command in commands.items():
                took, child = milliseconds(lambda command=command, name=name: first_status(command, databases[name]))
                starts[name].append(took)
                resident[name].append(resident_mb(child))
                child.__exit__()
            starts["true"].append(milliseconds(lambda: subprocess.run(["true"], check=True))[0])

    print(f"{'':6}{'first status ms':>16}{'idle MB':>9}")
    for name, times in starts.items():
        idle = f"{statistics.median(resident[name]):9.1f}" if name in resident else ""
        print(f"{name:6}{statistics.median(times):16.1f}{idle}")


if __name__ == "__main__":
    main()
