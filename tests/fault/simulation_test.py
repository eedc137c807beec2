"""Whatever the daemon, the host or a producer does, the state equals one clean run over the set of events.

    simulation_test.py PROCESSOR CLI [--schedules N] [--seed S] [--events N] [--jobs N]

Each schedule has its own seed, printed if it fails: run it again with --seed SEED --schedules 1.
"""

import argparse
import collections
import functools
import multiprocessing
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "fault")]

from child import Child  # noqa: E402
from database import compare  # noqa: E402
from reference import Reference  # noqa: E402
from scratch import scratch_folder  # noqa: E402
from simulated_daemon import FAULTS, SimulatedDaemon  # noqa: E402

LEAST_FAULTS = 10
ENOUGH_FOR_EVERY_FAULT = 40


def run_schedule(options, seed):
    """Returns the records and the faults of the schedule, and what went wrong or None."""
    reference = Reference()
    with tempfile.TemporaryDirectory(prefix="simulation-", dir=scratch_folder()) as folder:
        store = f"sqlite:{folder}/limits.db"

        def start_child(checkpoint_interval, durability):
            return Child(
                options.processor, "--store", store, "--rules", str(ROOT / "properties" / "rules.json"), "--log-dir", "",
                "--checkpoint-interval", checkpoint_interval, "--durability", durability,
            )

        daemon = SimulatedDaemon(seed, start_child, reference, options.events)
        try:
            daemon.run(LEAST_FAULTS)
            compare(options.cli, store, reference)
            faults = sum(daemon.faults.values())
            assert daemon.put_count >= options.events and faults >= LEAST_FAULTS, f"only {daemon.put_count} records, {faults} faults"
        except Exception as failure:  # noqa: BLE001: whatever went wrong belongs to this seed
            return daemon.put_count, daemon.faults, f"seed {seed}: {type(failure).__name__}: {failure}"
        return daemon.put_count, daemon.faults, None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("processor")
    parser.add_argument("cli")
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    options = parser.parse_args()

    began, records, faults, failures = time.monotonic(), 0, collections.Counter(), []
    seeds = range(options.seed, options.seed + options.schedules)
    with multiprocessing.Pool(options.jobs) as pool:
        for put, met, failure in pool.imap_unordered(functools.partial(run_schedule, options), seeds):
            records += put
            faults += met
            if failure:
                failures.append(failure)
                print(failure, flush=True)
    print(f"seeds {seeds[0]} to {seeds[-1]}: {options.schedules} schedules, {records} records, {sum(faults.values())} faults "
          f"({', '.join(f'{n} {kind}' for kind, n in sorted(faults.items()))}), {len(failures)} differences, "
          f"{time.monotonic() - began:.0f} s")
    assert set(faults) <= set(FAULTS), set(faults) - set(FAULTS)
    if options.schedules >= ENOUGH_FOR_EVERY_FAULT and (unmet := set(FAULTS) - set(faults)):
        print(f"never met: {', '.join(sorted(unmet))}")
        return 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
