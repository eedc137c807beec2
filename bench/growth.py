#!/usr/bin/env python3
"""How cost grows: with the limits in the store, the size of a batch, the children on one file, and time.

    bench/growth.py [stored] [batches] [children] [log] [--runs 5] [--minutes 60] [--plots docs/images] [--json FILE]

All of our child's runs are durable before each checkpoint. In turns, medians; CPU is that of the children, all together.
    stored    10,000 to 10,000,000 limits that were there before (--most says where to end); batches of 1,000
    batches   of 1 to 10,000 records
    children  1 to 32 on one file, batches of 100: do all get on, and how long does a batch wait?
    log       the size of the write-ahead log while four children write for --minutes
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import threading
import time

import runs
import sessions

SESSIONS = runs.BENCH / "sessions"
CHILD = {"history on": ("ours", ""), "history off": ("ours-history-off", "?history=off")}
PROGRAMS = runs.programs(runs.BENCH / "peers")


class Filled:
    """A file with limits in it, of which each run touches some, with numbers that are new to it."""

    def __init__(self, folder, name, limits, settings):
        self.path = folder / f"{name.replace(' ', '-')}-{limits}.db"
        self.limits, self.rounds = limits, 0
        self.program = PROGRAMS[CHILD[name][0]]
        subprocess.run([runs.BENCH / "fill", f"sqlite:{self.path}{settings}", str(limits)], check=True)

    def run(self):
        self.rounds += 1
        shape = sessions.Shape(records=50_000, stored=self.limits, seed=self.rounds)
        return runs.run(self.program, sessions.session_files(shape, 1, SESSIONS), self.path)


def stored(options):
    counts = [count for count in (10_000, 100_000, 1_000_000, 10_000_000) if count <= options.most]
    with tempfile.TemporaryDirectory(prefix="growth-", dir=runs.BENCH) as folder:
        files = {(name, count): Filled(pathlib.Path(folder), name, count, settings)
                 for name, (_, settings) in CHILD.items() for count in counts}
        return runs.in_turns({key: file.run for key, file in files.items()}, options.runs)


def batches(options):
    jobs = {}
    for name, (program, _) in CHILD.items():
        for size in (1, 10, 100, 1_000, 10_000):
            shape = sessions.Shape(records=min(20_000 * max(size, 1), 100_000), batch=size, limits=10_000)
            jobs[name, size] = measured(program, shape, 1)
    return runs.in_turns(jobs, options.runs)


def children(options):
    """The same work altogether, however many share it."""
    jobs = {}
    for count in (1, 2, 4, 8, 16, 32):
        shape = sessions.Shape(records=320_000 // count, batch=100, limits=32_000 // count)
        jobs["history on", count] = measured("ours", shape, count)
    return runs.in_turns(jobs, options.runs)


def measured(program, shape, count):
    files = sessions.session_files(shape, count, SESSIONS)
    expected = runs.Expected(shape, count)
    return lambda: runs.measure(program, PROGRAMS[program], files, expected)


def log(options):
    """Four children with a batch of 25 every quarter of a second each. The log's size every second, in MB."""
    shape = sessions.Shape(records=options.minutes * 60 * 4 * 25, batch=25, limits=10_000)
    files = sessions.session_files(shape, 4, SESSIONS)
    with tempfile.TemporaryDirectory(prefix="growth-", dir=runs.BENCH) as folder:
        path = pathlib.Path(folder) / "limits.db"
        sizes, over = [], threading.Event()

        def watch():
            start = time.monotonic()
            while not over.wait(1):
                wal = path.with_name(path.name + "-wal")
                sizes.append((time.monotonic() - start, wal.stat().st_size / 1e6 if wal.exists() else 0))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            runs.run(PROGRAMS["ours-default"], files, path, every_ms=250)
        finally:
            over.set()
            watcher.join()
    for file in files:
        file.unlink()
    return sizes


COLUMNS = {"cpu_us_per_record": ("CPU us", 2), "records_per_second": ("records/s", 0), "batch_ms_p50": ("p50 ms", 2),
           "batch_ms_p99": ("p99 ms", 2), "slowest_to_fastest": ("slowest/fastest", 2), "peak_mb": ("peak MB", 1)}


def print_table(results, title):
    print(f"{title:24}" + "".join(f"{column:>17}" for column, _ in COLUMNS.values()))
    for (name, at), row in results.items():
        print(f"{name:13}{at:>11,}" + "".join(f"{row[key]:17,.{digits}f}" for key, (_, digits) in COLUMNS.items()))


def plot(file, across, up, lines, logarithmic=True):
    """An SVG by gnuplot; the same figures make the same file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(
        f"$line_{name.replace(' ', '_')} << EOD\n" + "".join(f"{x} {y:.3f}\n" for x, y in points) + "EOD\n"
        for name, points in lines.items()
    )
    style = "linespoints pointtype 7 pointsize 0.5" if logarithmic else "lines"
    drawn = ", ".join(f"$line_{name.replace(' ', '_')} with {style} linewidth 2 title '{name}'" for name in lines)
    script = f"""
        set terminal svg size 640,360 font 'sans-serif,12' background '#ffffff'
        set output '{file}'
        set xlabel '{across}'
        set ylabel '{up}'
        set yrange [0:*]
        set grid
        set key top left
        {"set logscale x; set format x '%.0f'" if logarithmic else ""}
        """
    subprocess.run(["gnuplot", "-"], input=f"{data}{script}\nplot {drawn}\n", text=True, check=True)


def lines(results, key):
    by_name = {}
    for (name, at), row in results.items():
        by_name.setdefault(name, []).append((at, row[key]))
    return by_name


SERIES = {
    "stored": (stored, "limits in the store", "cpu_us_per_record", "CPU, microseconds per record"),
    "batches": (batches, "records in a batch", "cpu_us_per_record", "CPU, microseconds per record"),
    "children": (children, "children on one file", "records_per_second", "records a second, all together"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("series", nargs="*", metavar="SERIES", help="stored, batches, children, log; all but log if none")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--most", type=int, default=1_000_000, help="limits stored; 10,000,000 take half an hour and 9 GB of disk")
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--plots", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()
    if unknown := set(options.series) - {*SERIES, "log"}:
        parser.error(f"there is no series {unknown.pop()}; there are {', '.join(SERIES)} and log")

    figures = {}
    for name in options.series or SERIES:
        if name == "log":
            sizes = log(options)
            figures[name] = sizes
            print(f"log: at most {max(size for _, size in sizes):.1f} MB in {options.minutes} minutes")
            if options.plots:
                plot(options.plots / "growth-log.svg", "seconds", "write-ahead log, MB", {"4 children": sizes}, False)
            continue
        series, across, key, up = SERIES[name]
        results = series(options)
        figures[name] = [{"series": which, "at": at} | row for (which, at), row in results.items()]
        print_table(results, across)
        if options.plots:
            plot(options.plots / f"growth-{name}.svg", across, up, lines(results, key))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
