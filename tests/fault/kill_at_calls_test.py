"""SIGKILL at every write, sync, truncate and lock call of a short life of a child; the next one goes on as if nothing were.

    kill_at_calls_test.py PROCESSOR CLI [--jobs N]
"""

import argparse
import collections
import multiprocessing.pool
import sys
import time

from interrupted_run import EVENTS, Life, count_calls, rehearsal, strace

KILLED = 128 + 9  # strace ends as its child does


def kill_at(options, life, call, number):
    """Returns what went wrong, or None."""
    with rehearsal(options.processor, options.cli, life) as stage:
        try:
            outcome = stage.run(*strace(f"{call}:signal=KILL:when={number}"))
            assert outcome.code in (-9, KILLED), f"not killed: {outcome}"
            stage.recover(outcome)
        except Exception as failure:  # noqa: BLE001: whatever went wrong belongs to this call
            return f"{call} {number}: {type(failure).__name__}: {failure}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("processor")
    parser.add_argument("cli")
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    options = parser.parse_args()
    began, life = time.monotonic(), Life()
    calls = count_calls(options.processor, options.cli, life)
    cases = [(options, life, call, number) for call, count in sorted(calls.items()) for number in range(1, count + 1)]
    with multiprocessing.pool.ThreadPool(options.jobs) as pool:
        failures = [failure for failure in pool.starmap(kill_at, cases) if failure]
    for failure in failures[:20]:
        print(failure)
    counts = collections.Counter(call for _, _, call, _ in cases)
    print(f"killed at each of {len(cases)} calls of a life of {EVENTS} events ({', '.join(f'{n} {call}' for call, n in counts.items())}): "
          f"{len(failures)} differences, {time.monotonic() - began:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
