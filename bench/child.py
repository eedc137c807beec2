#!/usr/bin/env python3
"""What a record costs the child, beside plain programs at the same job and beside the limits of the machine.

    bench/child.py [--runs 5] [--records 200000] [--batches 1000 100] [--children 8] [--only ours rust …] [--json FILE]

Every program gets the same session (bench/sessions.py) over its pipes from bench/drive, in turns; the figures are medians.
CPU is user and system time of the whole process, from its first status to its last. Ours runs with --checkpoint-interval 0: each
batch is durable before its checkpoint. What every program leaves in its store is compared with the reference model.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import runs
import sessions


def sqlite_only(shape):
    """SQLite's part alone, in a process of its own: it has no pipe and so no other figure."""
    with tempfile.TemporaryDirectory(prefix="run-", dir=runs.BENCH) as folder:
        command = [runs.BENCH / "sqlite_only", f"{folder}/limits.db", str(shape.limits), str(shape.records), str(shape.batch)]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measured(chosen, shape, children, times):
    files = sessions.session_files(shape, children, runs.BENCH / "sessions")
    expected = runs.Expected(shape, children)
    jobs = {
        name: lambda name=name, program=program: runs.measure(name, program, files, expected)
        for name, program in chosen.items()
    }
    return runs.in_turns(jobs | {"sqlite-only": lambda: sqlite_only(shape)}, times)


COLUMNS = {"records_per_second": "records/s", "first_status_ms": "first ms", "idle_mb": "idle MB", "peak_mb": "peak MB",
           "batch_ms_p50": "p50 ms", "batch_ms_p99": "p99 ms"}


def print_table(results, against):
    print(f"  {'':18}{'CPU us':>8}{'ratio':>7}" + "".join(f"{title:>12}" for title in COLUMNS.values()))
    for name, row in results.items():
        ratio = row["cpu_us_per_record"] / results[against]["cpu_us_per_record"]
        rest = "".join(f"{row[key]:12,.1f}" if key in row else f"{'-':>12}" for key in COLUMNS)
        print(f"  {name:18}{row['cpu_us_per_record']:8.2f}{ratio:7.2f}{rest}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--limits", type=int, default=10_000)
    parser.add_argument("--batches", type=int, nargs="+", default=[1_000, 100])
    parser.add_argument("--children", type=int, default=1, help="all on one database")
    parser.add_argument("--peers", type=pathlib.Path, default=runs.BENCH / "peers", help="where bench/peers/install put them")
    parser.add_argument("--only", nargs="+", metavar="PROGRAM", help="some of them; ratios are to rust, or to the last")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()

    known = runs.programs(options.peers)
    if unknown := [name for name in options.only or [] if name not in known]:
        parser.error(f"there is no program {unknown[0]}; there are {', '.join(known)}")
    chosen = runs.installed({name: known[name] for name in options.only or known})
    if not chosen:
        parser.error("none of them is installed")
    against = "rust" if "rust" in chosen else list(chosen)[-1]

    by_batch = {}
    for batch in options.batches:
        shape = sessions.Shape(records=options.records, batch=batch, limits=options.limits)
        by_batch[batch] = measured(chosen, shape, options.children, options.runs)
        print(f"batches of {batch:,}: {options.records:,} records on {options.limits:,} limits, {options.children} at once, "
              f"medians of {options.runs} runs, ratio to {against}")
        print_table(by_batch[batch], against)
    if options.json:
        said = {name: str(value) for name, value in vars(options).items()}
        options.json.write_text(json.dumps({"options": said, "batches": by_batch}, indent=2) + "\n")


if __name__ == "__main__":
    main()
