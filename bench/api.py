#!/usr/bin/env python3
"""What a look at a limit costs on a large store that is being written to, beside an answer that is always the same.

    bench/api.py [--limits 1000000] [--runs 5] [--seconds 5] [--json FILE]

One limits-api on one core; wrk with 8 connections and a child that gets a batch of 1,000 every 100 ms on another. In turns,
medians; ratios are to /livez, which is the same server without the store.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import tempfile

import runs
import sessions

CONNECTIONS = 8
PATHS = 50_000  # of each kind, drawn by lot
EVERY_MS = 100

# What wrk asks for, made before it starts; and what it says at the end.
ASKING = """
local requests, next = {}, 0
function init()
  for path in io.lines(os.getenv("PATHS")) do requests[#requests + 1] = wrk.format("GET", path) end
end
function request()
  next = next % #requests + 1
  return requests[next]
end
function done(summary, latency)
  io.write(string.format('\\nfigures {"requests_per_second":%f,"p50_us":%d,"p99_us":%d,"errors":%d}\\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


class Server:
    """A limits-api on the first core that this program may use."""

    def __init__(self, store):
        self.process = subprocess.Popen(
            ["taskset", "-c", str(min(os.sched_getaffinity(0))), runs.BUILD / "bin" / "limits-api", "--store", store,
             "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Bench:
    def __init__(self, folder, options):
        self.folder, self.options, self.round = folder, options, 0
        self.database = folder / "limits.db"
        self.asking = folder / "asking.lua"
        self.asking.write_text(ASKING)
        subprocess.run([runs.BENCH / "fill", f"sqlite:{self.database}", str(options.limits)], check=True)
        drawn = random.Random(1).choices(range(options.limits), k=PATHS)
        self.paths = {
            "the constant answer": ["/livez"],
            "a limit by its id": [f"/user-limits/{sessions.stored_id(number)}" for number in drawn],
            "a user's limits": [f"/user-limits/user/{sessions.stored_id(number // sessions.LIMITS_PER_USER)}" for number in drawn],
        }

    def jobs(self):
        return {name: lambda paths=paths: self.ask(paths) for name, paths in self.paths.items()}

    def ask(self, paths):
        self.round += 1
        batches = (self.options.seconds + 1) * 1000 // EVERY_MS
        shape = sessions.Shape(records=batches * 1_000, stored=self.options.limits, seed=self.round)
        session, = sessions.session_files(shape, 1, self.folder)
        (self.folder / "paths").write_text("".join(path + "\n" for path in paths))
        program = runs.programs(runs.BENCH / "peers")["ours-default"]
        command = [word.replace("DB", str(self.database)) for word in program.command]
        cores = ["taskset", "-c", str(max(os.sched_getaffinity(0)))]
        with Server(f"sqlite:{self.database}") as server:
            writing = subprocess.Popen([*cores, runs.BENCH / "drive", "--every", str(EVERY_MS), session, "--", *command],
                                       stdout=subprocess.DEVNULL)
            wrk = subprocess.run([*cores, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{self.options.seconds}s", "-s", self.asking, server.url],
                                 capture_output=True, text=True, check=True, env=os.environ | {"PATHS": str(self.folder / "paths")})
            if writing.poll() is not None:
                raise SystemExit("the child ended before the questions did: the figures mean nothing")
            if writing.wait() != 0:
                raise SystemExit("the child that writes failed: the figures mean nothing")
        session.unlink()
        figures = json.loads(wrk.stdout.partition("\nfigures ")[2])
        if figures["errors"]:
            raise SystemExit(f"{figures['errors']} questions were not answered: the figures mean nothing")
        return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limits", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="api-", dir=runs.BENCH) as folder:
        results = runs.in_turns(Bench(pathlib.Path(folder), options).jobs(), options.runs)
    constant = results["the constant answer"]
    print(f"{options.limits:,} limits, a batch of 1,000 every {EVERY_MS} ms, {CONNECTIONS} connections, medians of {options.runs} runs")
    print(f"{'':20}{'requests/s':>12}{'ratio':>8}{'p50 us':>9}{'p99 us':>9}{'ratio':>8}")
    for name, row in results.items():
        print(f"{name:20}{row['requests_per_second']:12,.0f}{row['requests_per_second'] / constant['requests_per_second']:8.2f}"
              f"{row['p50_us']:9,.0f}{row['p99_us']:9,.0f}{row['p99_us'] / constant['p99_us']:8.2f}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
