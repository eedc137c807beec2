"""Whatever the daemon, the host or a producer does, the state equals one clean run over the set of events.

    simulation_test.py PROCESSOR CLI [--schedules N] [--seed S] [--events N]

Each schedule has its own seed, printed if it fails: run it again with --seed SEED --schedules 1.
"""

import argparse
import collections
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "fault")]

from child import Child  # noqa: E402
from reference import Reference  # noqa: E402
from simulated_daemon import SimulatedDaemon  # noqa: E402


def run_schedule(seed, options, folder):
    """Returns the counts of the schedule, or raises with what differs."""
    store = f"sqlite:{folder / 'limits.db'}"
    reference = Reference()

    def start_child():
        return Child(
            options.processor, "--store", store, "--rules", str(ROOT / "properties" / "rules.json"), "--log-dir", "",
            "--checkpoint-interval", "0",
        )

    daemon = SimulatedDaemon(seed, start_child, reference, options.events)
    daemon.run()
    lines = subprocess.run([options.cli, "digest", "--lines", "--store", store], check=True, capture_output=True, text=True).stdout.splitlines()
    expected = reference.lines()
    if lines != expected:
        missing = [line for line in expected if line not in set(lines)]
        surplus = [line for line in lines if line not in set(expected)]
        raise AssertionError(f"{len(missing)} lines missing, the first {missing[:1]}; {len(surplus)} too many, the first {surplus[:1]}")
    digest = subprocess.run([options.cli, "digest", "--store", store], check=True, capture_output=True, text=True).stdout.strip()
    assert digest == reference.digest(), (digest, reference.digest())
    return daemon.put_count, daemon.faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("processor")
    parser.add_argument("cli")
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=500)
    options = parser.parse_args()

    records, faults, different = 0, collections.Counter(), 0
    for seed in range(options.seed, options.seed + options.schedules):
        with tempfile.TemporaryDirectory(prefix="simulation-") as folder:
            try:
                put, met = run_schedule(seed, options, pathlib.Path(folder))
            except Exception as failure:  # noqa: BLE001: whatever went wrong belongs to this seed
                different += 1
                print(f"seed {seed}: {type(failure).__name__}: {failure}")
                continue
        records += put
        faults += met
    print(f"seeds {options.seed} to {options.seed + options.schedules - 1}: {options.schedules} schedules, {records} records, "
          f"{sum(faults.values())} faults ({', '.join(f'{n} {kind}' for kind, n in sorted(faults.items()))}), {different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
