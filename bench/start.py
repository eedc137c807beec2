#!/usr/bin/env python3
"""How soon a child answers and how little it holds, beside the start of the smallest process there is.

    bench/start.py [--processor build/release/bin/limits-processor] [--runs 21]

Prints medians of interleaved runs: from fork to the first status line (on a store that exists, as on every start but the
first), the same for `true`, which does nothing, and the child's resident memory when idle.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from child import Child  # noqa: E402


def milliseconds(work):
    start = time.perf_counter()
    result = work()
    return (time.perf_counter() - start) * 1000, result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processor", default=str(ROOT / "build" / "release" / "bin" / "limits-processor"))
    parser.add_argument("--runs", type=int, default=21)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="start-") as folder:

        def first_status():
            child = Child(
                options.processor, "--store", f"sqlite:{folder}/limits.db", "--rules", str(ROOT / "properties" / "rules.json"),
                "--log-dir", f"{folder}/log",
            )
            child.initialize()
            return child

        first_status().__exit__()
        starts, nothings, resident = [], [], []
        for _ in range(options.runs):
            took, child = milliseconds(first_status)
            starts.append(took)
            status = pathlib.Path(f"/proc/{child.process.pid}/status").read_text()
            resident.append(int(status.split("VmRSS:")[1].split()[0]))
            child.__exit__()
            nothings.append(milliseconds(lambda: subprocess.run(["true"], check=True))[0])

    start, nothing = statistics.median(starts), statistics.median(nothings)
    print(f"start to first status  {start:6.1f} ms  ({start / nothing:.1f} x the start and end of `true`, {nothing:.1f} ms)")
    print(f"resident when idle     {statistics.median(resident):6.0f} kB")


if __name__ == "__main__":
    main()
